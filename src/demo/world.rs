//! The shape of the demo world and the list of its sites: plain data, with no database, no dates and no logic.

pub use super::people::{ORGANISATIONS, PEOPLE};
use super::sites_full as full;
use super::sites_more as more;

/// A building or grounds with its own hours and staff.
#[derive(Debug, Clone, Copy)]
pub struct SiteSeed {
    pub slug: &'static str,
    pub name: &'static str,
    pub street: &'static str,
    pub town: &'static str,
    pub postcode: &'static str,
    pub phone: &'static str,
    pub about: &'static str,
    pub arrival: &'static str,
    /// Degrees north, for sunrise and for distances.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    pub step_free: bool,
    pub hours: &'static [HoursSeed],
    pub facilities: &'static [FacilitySeed],
    /// Emails of people in [`PEOPLE`], the deputy after the manager.
    pub managers: &'static [&'static str],
    /// Emails of people in [`PEOPLE`].
    pub receptionists: &'static [&'static str],
}

/// Open from one minute of the local day up to, not including, another. A weekday may have several.
#[derive(Debug, Clone, Copy)]
pub struct HoursSeed {
    /// 0 is Monday, 6 is Sunday.
    pub weekday: i32,
    pub from_minute: i32,
    pub to_minute: i32,
}

/// Something at a site that can be booked.
#[derive(Debug, Clone, Copy)]
pub struct FacilitySeed {
    /// Unique within its site.
    pub slug: &'static str,
    pub name: &'static str,
    /// counselling, consulting, group, kitchen, sensory, outdoor, allotment, cafe, babybank or waiting.
    pub kind: &'static str,
    /// The number on the door, or nothing.
    pub room: &'static str,
    pub floor: &'static str,
    pub about: &'static str,
    pub capacity: i32,
    /// Codes of what it offers: step_free, hearing_loop, accessible_toilet, adjustable_lighting, soundproofed,
    /// wifi, projector, kitchenette, changing_place, parking, outdoors, quiet.
    pub needs: &'static [&'static str],
    /// Names of its units. Two facilities of a site that name the same unit share it.
    pub units: &'static [&'static str],
    /// "whole": all units at once. "any": some of them can be had.
    pub choice: &'static str,
    /// Who needs a decision: "none", "trusted" (all but organisations trusted here) or "always".
    pub approval: &'static str,
    /// Nothing for the kind's default, or "confidential", "organisation" or "open".
    pub privacy: &'static str,
    /// How to get in, where the site's own words are not enough.
    pub arrival: &'static str,
    pub listed: bool,
    /// Nothing means the site's hours.
    pub hours: &'static [HoursSeed],
}

/// A charity or other group that books.
#[derive(Debug, Clone, Copy)]
pub struct OrganisationSeed {
    pub slug: &'static str,
    pub name: &'static str,
    pub about: &'static str,
    /// england_wales, scotland, northern_ireland or none.
    pub register: &'static str,
    /// Invented, from ranges that the registers have not reached.
    pub charity_number: &'static str,
    pub unregistered_reason: &'static str,
    /// charity, statutory, community or commercial.
    pub class: &'static str,
    /// approved, applied or suspended.
    pub state: &'static str,
    /// Slugs of the sites that trust it.
    pub trusted_at: &'static [&'static str],
    /// Kinds of facility that it books.
    pub kinds: &'static [&'static str],
    /// What its sessions are called. None names a person or what is the matter with one.
    pub purposes: &'static [&'static str],
}

/// Someone with an account.
#[derive(Debug, Clone, Copy)]
pub struct PersonSeed {
    pub email: &'static str,
    pub name: &'static str,
    /// Organisation slug and role: coordinator, booker or volunteer.
    pub memberships: &'static [(&'static str, &'static str)],
    pub administrator: bool,
    /// Printed at the start as one who can sign in.
    pub sign_in_shown: bool,
    pub what: &'static str,
}

/// What most facilities have in common. Each one says for itself what differs.
pub const ROOM: FacilitySeed = FacilitySeed {
    slug: "",
    name: "",
    kind: "group",
    room: "",
    floor: "Ground floor",
    about: "",
    capacity: 1,
    needs: &[],
    units: &[],
    choice: "whole",
    approval: "trusted",
    privacy: "",
    arrival: "",
    listed: true,
    hours: &[],
};

#[rustfmt::skip] // a day a line
pub const EVERY_DAY_8_TO_9: &[HoursSeed] = &[
    HoursSeed { weekday: 0, from_minute: 480, to_minute: 1260 },
    HoursSeed { weekday: 1, from_minute: 480, to_minute: 1260 },
    HoursSeed { weekday: 2, from_minute: 480, to_minute: 1260 },
    HoursSeed { weekday: 3, from_minute: 480, to_minute: 1260 },
    HoursSeed { weekday: 4, from_minute: 480, to_minute: 1260 },
    HoursSeed { weekday: 5, from_minute: 480, to_minute: 1260 },
    HoursSeed { weekday: 6, from_minute: 480, to_minute: 1260 },
];

/// Monday to Friday 8am to 8pm, Saturday 9am to 5pm, Sunday 10am to 4pm.
#[rustfmt::skip]
pub const ALL_WEEK_SHORT_WEEKEND: &[HoursSeed] = &[
    HoursSeed { weekday: 0, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 1, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 2, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 3, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 4, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 5, from_minute: 540, to_minute: 1020 },
    HoursSeed { weekday: 6, from_minute: 600, to_minute: 960 },
];

/// Monday to Friday 8am to 8pm, Saturday 9am to 5pm.
#[rustfmt::skip]
pub const WEEKDAYS_AND_SATURDAY: &[HoursSeed] = &[
    HoursSeed { weekday: 0, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 1, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 2, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 3, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 4, from_minute: 480, to_minute: 1200 },
    HoursSeed { weekday: 5, from_minute: 540, to_minute: 1020 },
];

/// Monday to Friday 8:30am to 6:30pm, Tuesday and Thursday until 8:30pm.
#[rustfmt::skip]
pub const WEEKDAYS_TWO_LATE: &[HoursSeed] = &[
    HoursSeed { weekday: 0, from_minute: 510, to_minute: 1110 },
    HoursSeed { weekday: 1, from_minute: 510, to_minute: 1230 },
    HoursSeed { weekday: 2, from_minute: 510, to_minute: 1110 },
    HoursSeed { weekday: 3, from_minute: 510, to_minute: 1230 },
    HoursSeed { weekday: 4, from_minute: 510, to_minute: 1110 },
];

/// Monday to Friday 9am to 5:30pm.
#[rustfmt::skip]
pub const OFFICE_HOURS: &[HoursSeed] = &[
    HoursSeed { weekday: 0, from_minute: 540, to_minute: 1050 },
    HoursSeed { weekday: 1, from_minute: 540, to_minute: 1050 },
    HoursSeed { weekday: 2, from_minute: 540, to_minute: 1050 },
    HoursSeed { weekday: 3, from_minute: 540, to_minute: 1050 },
    HoursSeed { weekday: 4, from_minute: 540, to_minute: 1050 },
];

/// Monday to Friday 9am to 12:30pm and 1:30pm to 5pm, but no Wednesday afternoon.
#[rustfmt::skip]
pub const CLOSED_FOR_LUNCH: &[HoursSeed] = &[
    HoursSeed { weekday: 0, from_minute: 540, to_minute: 750 },
    HoursSeed { weekday: 0, from_minute: 810, to_minute: 1020 },
    HoursSeed { weekday: 1, from_minute: 540, to_minute: 750 },
    HoursSeed { weekday: 1, from_minute: 810, to_minute: 1020 },
    HoursSeed { weekday: 2, from_minute: 540, to_minute: 750 },
    HoursSeed { weekday: 3, from_minute: 540, to_minute: 750 },
    HoursSeed { weekday: 3, from_minute: 810, to_minute: 1020 },
    HoursSeed { weekday: 4, from_minute: 540, to_minute: 750 },
    HoursSeed { weekday: 4, from_minute: 810, to_minute: 1020 },
];

/// Monday to Saturday 9am to 4pm, for cafés and shops.
#[rustfmt::skip]
pub const CAFE_HOURS: &[HoursSeed] = &[
    HoursSeed { weekday: 0, from_minute: 540, to_minute: 960 },
    HoursSeed { weekday: 1, from_minute: 540, to_minute: 960 },
    HoursSeed { weekday: 2, from_minute: 540, to_minute: 960 },
    HoursSeed { weekday: 3, from_minute: 540, to_minute: 960 },
    HoursSeed { weekday: 4, from_minute: 540, to_minute: 960 },
    HoursSeed { weekday: 5, from_minute: 540, to_minute: 960 },
];

/// Every site of the demo world: the seven shown in full, then the rest.
pub static SITES: &[&SiteSeed] = &[
    &full::HUNTER_STREET,
    &full::AXMINSTER,
    &full::OFFERTON,
    &full::TIDEWELL_HOUSE,
    &full::LARKMEADOW,
    &full::FOXHOLM,
    &full::TALLOW_STREET,
    &more::INKWELL_YARD,
    &more::SADDLERS_REACH,
    &more::FENLARK,
    &more::TANNERY_HILL,
    &more::TRAWL_STREET,
    &more::HEATHERLAW,
    &more::KENTBECK,
    &more::BOSUN_STREET,
    &more::WEAVERS_GREEN,
    &more::THIMBLE_LANE,
    &more::OSIERBANK,
    &more::CAPSTAN_ROAD,
    &more::GANNET_STREET,
    &more::POLGWYN,
];
