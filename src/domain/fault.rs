//! A fault that somebody reports: what is wrong, whether the room can be used, how far it is. Not who may see it, and no concern for a person.

use super::document::FileFacts;
use super::ids::{BlockId, FacilityId, FaultId, PersonId, Reference, SiteId, Slug};
use super::span::Instant;

/// So long after it is mended, nothing says any more who reported it.
pub const REPORTER_KEPT_DAYS: i64 = 30;
/// So many reports of one space are taken in an hour; more are no reports.
pub const MOST_AN_HOUR: i64 = 10;
/// Bookers of so many days ahead can be told at the most.
pub const MOST_DAYS_TOLD: i32 = 14;
/// What somebody writes about a fault is no longer than this.
pub const LONGEST_WORDS: usize = 1_000;

/// What is wrong, from a short list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    Power,
    Heating,
    Water,
    Door,
    Access,
    Things,
    Clean,
    Alarm,
    Other,
}

impl FaultKind {
    /// With the code, the words to choose by, and the words for everybody.
    const TABLE: [(Self, &'static str, &'static str, &'static str); 9] = [
        (Self::Power, "power", "Lights or electricity", "Fault with the lights or electricity"),
        (Self::Heating, "heating", "Heating or air", "Fault with the heating or air"),
        (Self::Water, "water", "Water, a leak or a toilet", "Fault with the water"),
        (Self::Door, "door", "Door, lock or window", "Fault with a door or window"),
        (Self::Access, "access", "Lift, ramp or way in", "Fault with the lift or the way in"),
        (Self::Things, "things", "Furniture or equipment", "Fault with furniture or equipment"),
        (Self::Clean, "clean", "Not clean", "Needs cleaning"),
        (Self::Alarm, "alarm", "Fire safety or panic alarm", "Fault with an alarm"),
        (Self::Other, "other", "Something else", "Fault in this space"),
    ];

    pub fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().map(|row| row.0)
    }

    fn row(self) -> (Self, &'static str, &'static str, &'static str) {
        let [first, ..] = Self::TABLE;
        Self::TABLE.into_iter().find(|row| row.0 == self).unwrap_or(first)
    }

    pub fn code(self) -> &'static str {
        self.row().1
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    pub fn words(self) -> &'static str {
        self.row().2
    }

    /// The reason that everybody sees when the space is closed or people are told, before a manager changes it.
    pub fn public(self) -> &'static str {
        self.row().3
    }
}

/// Whether the room can be used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usable {
    Yes,
    Partly,
    No,
}

impl Usable {
    pub const ALL: [Self; 3] = [Self::Yes, Self::Partly, Self::No];

    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The answer to "Can the room be used?".
    pub fn words(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::Partly => "Only in part",
            Self::No => "No",
        }
    }

    /// As a sentence for the manager.
    pub fn said(self) -> &'static str {
        match self {
            Self::Yes => "Can be used",
            Self::Partly => "Can be used in part",
            Self::No => "Cannot be used",
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultState {
    Open,
    InHand,
    Mended,
}

impl FaultState {
    pub const ALL: [Self; 3] = [Self::Open, Self::InHand, Self::Mended];

    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InHand => "in_hand",
            Self::Mended => "mended",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::InHand => "In hand",
            Self::Mended => "Mended",
        }
    }

    /// The value of `data-state` for its mark.
    pub fn shown_as(self) -> &'static str {
        match self {
            Self::Open => "declined",
            Self::InHand => "requested",
            Self::Mended => "confirmed",
        }
    }

    /// The drawing beside its words.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Open => "warning",
            Self::InHand => "requested",
            Self::Mended => "confirmed",
        }
    }
}

/// What was done about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultAct {
    Reported,
    Taken,
    Noted,
    Closed,
    Opened,
    Told,
    NoticeEnded,
    Mended,
    Reopened,
}

impl FaultAct {
    const TABLE: [(Self, &'static str, &'static str, &'static str); 9] = [
        (Self::Reported, "reported", "Reported", "requested"),
        (Self::Taken, "taken", "Taken in hand", "free"),
        (Self::Noted, "noted", "Note", "free"),
        (Self::Closed, "closed", "Closed because of it", "closed"),
        (Self::Opened, "opened", "Opened again", "free"),
        (Self::Told, "told", "Bookers told", "free"),
        (Self::NoticeEnded, "notice_ended", "Notice taken back", "cancelled"),
        (Self::Mended, "mended", "Mended", "confirmed"),
        (Self::Reopened, "reopened", "Not mended after all", "declined"),
    ];

    fn row(self) -> (Self, &'static str, &'static str, &'static str) {
        let [first, ..] = Self::TABLE;
        Self::TABLE.into_iter().find(|row| row.0 == self).unwrap_or(first)
    }

    pub fn code(self) -> &'static str {
        self.row().1
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    pub fn words(self) -> &'static str {
        self.row().2
    }

    /// The value of `data-state` for its mark.
    pub fn shown_as(self) -> &'static str {
        self.row().3
    }

    /// The drawing beside its words.
    pub fn icon(self) -> &'static str {
        if self.shown_as() == "free" { "confirmed" } else { self.shown_as() }
    }
}

/// One line of what was done about it.
#[derive(Debug, Clone)]
pub struct FaultLine {
    pub at: Instant,
    /// Nobody where it was reported without an account, or where nothing says so any more.
    pub by: Option<String>,
    pub act: FaultAct,
    pub body: String,
}

/// A fault with its place.
#[derive(Debug, Clone)]
pub struct Fault {
    pub id: FaultId,
    pub reference: Reference,
    pub site: SiteId,
    pub facility: FacilityId,
    pub facility_slug: Slug,
    pub facility_name: String,
    /// The booking from which it was reported.
    pub booking: Option<Reference>,
    pub kind: FaultKind,
    pub usable: Usable,
    pub words: String,
    pub photo: Option<FileFacts>,
    pub reporter: Option<PersonId>,
    pub email: String,
    pub at: Instant,
    pub state: FaultState,
    pub mended_at: Option<Instant>,
    pub taken_by: Option<(PersonId, String)>,
    pub block: Option<BlockId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back() {
        assert!(FaultKind::all().all(|one| FaultKind::parse(one.code()) == Some(one)));
        assert!(Usable::ALL.into_iter().all(|one| Usable::parse(one.code()) == Some(one)));
        assert!(FaultState::ALL.into_iter().all(|one| FaultState::parse(one.code()) == Some(one)));
        assert!(FaultAct::TABLE.iter().all(|row| FaultAct::parse(row.1) == Some(row.0)));
        assert_eq!((FaultKind::parse(""), Usable::parse("x"), FaultState::parse("")), (None, None, None));
    }

    #[test]
    fn what_everybody_reads_names_nobody() {
        for kind in FaultKind::all() {
            assert_eq!(crate::domain::naming::sign(kind.public()), None, "{}", kind.public());
        }
    }
}
