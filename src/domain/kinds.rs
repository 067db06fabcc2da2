//! The kinds of facility: one table with the name, the drawing, the default rules and the needs that people ask for. A new kind is one new entry.

use super::papers::{PaperKind, Required};
use super::rules::{Approval, Privacy, Rules};

/// What sort of space a facility is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Counselling,
    Consulting,
    Group,
    Kitchen,
    Sensory,
    Outdoor,
    Allotment,
    Cafe,
    BabyBank,
}

/// How pages speak of a kind and draw it, and the rules a new facility of it starts with.
pub struct KindEntry {
    pub kind: Kind,
    /// As stored, and in links.
    pub code: &'static str,
    pub name: &'static str,
    /// For the search form: "Counselling rooms".
    pub plural: &'static str,
    /// The value of `data-kind`, which sets colour and drawing.
    pub drawing: &'static str,
    /// Whether it is booked by the time of day here; the others have ways of their own.
    pub by_the_hour: bool,
    rules: fn() -> Rules,
}

impl KindEntry {
    /// The rules that a new facility of this kind starts with.
    pub fn default_rules(&self) -> Rules {
        (self.rules)()
    }
}

pub static KINDS: [KindEntry; 9] = [
    KindEntry {
        kind: Kind::Counselling,
        code: "counselling",
        name: "Counselling room",
        plural: "Counselling rooms",
        drawing: "counselling",
        by_the_hour: true,
        rules: counselling,
    },
    KindEntry {
        kind: Kind::Consulting,
        code: "consulting",
        name: "Consulting room",
        plural: "Consulting rooms",
        drawing: "counselling",
        by_the_hour: true,
        rules: consulting,
    },
    KindEntry {
        kind: Kind::Group,
        code: "group",
        name: "Group room",
        plural: "Group and meeting rooms",
        drawing: "group",
        by_the_hour: true,
        rules: Rules::ordinary,
    },
    KindEntry {
        kind: Kind::Kitchen,
        code: "kitchen",
        name: "Kitchen",
        plural: "Kitchens",
        drawing: "kitchen",
        by_the_hour: true,
        rules: kitchen,
    },
    KindEntry {
        kind: Kind::Sensory,
        code: "sensory",
        name: "Sensory room",
        plural: "Sensory rooms",
        drawing: "sensory",
        by_the_hour: true,
        rules: sensory,
    },
    KindEntry {
        kind: Kind::Outdoor,
        code: "outdoor",
        name: "Garden or exercise space",
        plural: "Gardens and exercise space",
        drawing: "outdoor",
        by_the_hour: true,
        rules: outdoor,
    },
    KindEntry {
        kind: Kind::Allotment,
        code: "allotment",
        name: "Allotment",
        plural: "Allotments",
        drawing: "allotment",
        by_the_hour: false,
        rules: Rules::ordinary,
    },
    KindEntry {
        kind: Kind::Cafe,
        code: "cafe",
        name: "Café or shop",
        plural: "Cafés and shops",
        drawing: "cafe",
        by_the_hour: false,
        rules: Rules::ordinary,
    },
    KindEntry {
        kind: Kind::BabyBank,
        code: "babybank",
        name: "Baby bank",
        plural: "Baby banks",
        drawing: "babybank",
        by_the_hour: false,
        rules: Rules::ordinary,
    },
];

impl Kind {
    pub fn parse(code: &str) -> Option<Self> {
        KINDS.iter().find(|entry| entry.code == code).map(|entry| entry.kind)
    }

    pub fn entry(self) -> &'static KindEntry {
        let [first, ..] = &KINDS;
        KINDS.iter().find(|entry| entry.kind == self).unwrap_or(first)
    }

    pub fn code(self) -> &'static str {
        self.entry().code
    }
}

/// A 50-minute session and 10 minutes between; steps count both.
fn counselling() -> Rules {
    Rules {
        step_minutes: 60,
        shortest_minutes: 60,
        longest_minutes: 480,
        turnaround_minutes: 10,
        own_may_touch: true,
        capacity: 3,
        privacy: Privacy::Confidential,
        warns_alone: true,
        papers: Required::of([PaperKind::Liability]),
        ..Rules::ordinary()
    }
}

/// In days.
const FIFTEEN_MONTHS: i32 = 457;
const TWENTY_ONE_MONTHS: i32 = 640;

/// In the site's named sessions, far ahead and further still for commissioned services.
fn consulting() -> Rules {
    Rules {
        shortest_minutes: 60,
        longest_minutes: 720,
        horizon_days: FIFTEEN_MONTHS,
        horizon_commissioned_days: Some(TWENTY_ONE_MONTHS),
        by_session: true,
        capacity: 4,
        ..Rules::ordinary()
    }
}

fn kitchen() -> Rules {
    Rules {
        shortest_minutes: 120,
        longest_minutes: 600,
        turnaround_minutes: 30,
        own_may_touch: false,
        notice_minutes: 24 * 60,
        capacity: 8,
        approval: Approval::Always,
        papers: Required::of([PaperKind::FoodHygiene, PaperKind::FoodRegistration]),
        ..Rules::ordinary()
    }
}

fn sensory() -> Rules {
    Rules {
        step_minutes: 15,
        shortest_minutes: 45,
        longest_minutes: 75,
        turnaround_minutes: 15,
        own_may_touch: false,
        horizon_days: 42,
        capacity: 6,
        ..Rules::ordinary()
    }
}

fn outdoor() -> Rules {
    Rules { capacity: 30, longest_minutes: 480, daylight: true, ..Rules::ordinary() }
}

/// Something a facility offers that people ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Need(&'static NeedEntry);

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct NeedEntry {
    code: &'static str,
    label: &'static str,
}

static NEEDS: [NeedEntry; 12] = [
    NeedEntry { code: "step_free", label: "Step-free" },
    NeedEntry { code: "hearing_loop", label: "Hearing loop" },
    NeedEntry { code: "accessible_toilet", label: "Accessible toilet" },
    NeedEntry { code: "changing_place", label: "Changing place" },
    NeedEntry { code: "adjustable_lighting", label: "Adjustable lighting" },
    NeedEntry { code: "soundproofed", label: "Soundproofed" },
    NeedEntry { code: "quiet", label: "Quiet" },
    NeedEntry { code: "wifi", label: "Wi-Fi" },
    NeedEntry { code: "projector", label: "Projector" },
    NeedEntry { code: "kitchenette", label: "Kitchenette" },
    NeedEntry { code: "parking", label: "Parking" },
    NeedEntry { code: "outdoors", label: "Outdoors" },
];

impl Need {
    pub fn parse(code: &str) -> Option<Self> {
        NEEDS.iter().find(|entry| entry.code == code).map(Self)
    }

    pub fn all() -> impl Iterator<Item = Self> {
        NEEDS.iter().map(Self)
    }

    pub fn code(self) -> &'static str {
        self.0.code
    }

    pub fn label(self) -> &'static str {
        self.0.label
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_entry_and_rules_that_hold_together() {
        for entry in &KINDS {
            assert_eq!(Kind::parse(entry.code), Some(entry.kind));
            assert_eq!(entry.kind.entry().code, entry.code);
            let rules = entry.default_rules();
            assert!(rules.faults().is_empty(), "{}: {:?}", entry.code, rules.faults());
        }
    }
}
