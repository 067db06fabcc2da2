//! What the demo world shows beside its weekly round: requests that wait for a decision, closures, and the sites' own use. Data only.

/// A request for one date, which mostly still waits when the demo starts.
#[derive(Debug)]
pub struct SingleRequest {
    pub site: &'static str,
    pub facility: &'static str,
    pub organisation: &'static str,
    pub purpose: &'static str,
    /// For so many days from today, or the next day on which the site is open then.
    pub days_ahead: i64,
    /// Minutes after local midnight.
    pub start: i32,
    /// Length of the session in minutes.
    pub minutes: i32,
    pub units: usize,
    pub people: i32,
    /// How long ago it was asked; with 72 hours to decide, the oldest is nearest to its end.
    pub asked_minutes_ago: i64,
    pub note: &'static str,
    /// None where it still waits, unless somebody else's place has outrun it.
    pub approved_hours_ago: Option<i64>,
}

const ASKED: SingleRequest = SingleRequest {
    site: "hunter-street",
    facility: "",
    organisation: "",
    purpose: "",
    days_ahead: 0,
    start: 0,
    minutes: 0,
    units: 1,
    people: 2,
    asked_minutes_ago: 0,
    note: "",
    approved_hours_ago: None,
};

const COUNSELLING_HOUR: i32 = 50;

#[rustfmt::skip] // a request a paragraph
pub const SINGLE_REQUESTS: &[SingleRequest] = &[
    SingleRequest { facility: "cedar", organisation: "threadmoor", purpose: "Private support",
        days_ahead: 6, start: 600, minutes: COUNSELLING_HOUR, people: 3, asked_minutes_ago: 69 * 60 + 10,
        note: "We bring an interpreter, so there are three of us.", ..ASKED },
    SingleRequest { facility: "rowan", organisation: "cradlesworth", purpose: "Parents' listening hour",
        days_ahead: 9, start: 780, minutes: 110, asked_minutes_ago: 51 * 60, ..ASKED },
    SingleRequest { facility: "willow", organisation: "hartsedge", purpose: "Carers' coffee morning",
        days_ahead: 12, start: 600, minutes: 120, people: 12, asked_minutes_ago: 26 * 60 + 25,
        note: "Could the table be folded away? We sit in a circle.", ..ASKED },
    SingleRequest { facility: "alder", organisation: "milestead", purpose: "One to one support",
        days_ahead: 4, start: 840, minutes: COUNSELLING_HOUR, asked_minutes_ago: 20 * 60, ..ASKED },
    SingleRequest { facility: "birch", organisation: "brackenhay", purpose: "Private support",
        days_ahead: 16, start: 660, minutes: 170, asked_minutes_ago: 5 * 60 + 40,
        note: "A room near the lift would help one of us.", ..ASKED },
    SingleRequest { facility: "elder", organisation: "hartsedge", purpose: "Carers' listening hour",
        days_ahead: 2, start: 900, minutes: COUNSELLING_HOUR, asked_minutes_ago: 4 * 60, ..ASKED },
    SingleRequest { facility: "willow", organisation: "fingerpost", purpose: "Club night",
        days_ahead: 20, start: 1110, minutes: 120, people: 14, asked_minutes_ago: 45,
        note: "We sign, so please leave the lights bright.", ..ASKED },
    // Nobody's place is held in the waiting area, so these two may overlap.
    SingleRequest { facility: "waiting-area", organisation: "lanternwick", purpose: "Welcome table",
        days_ahead: 5, start: 600, minutes: 180, people: 3, asked_minutes_ago: 30 * 60, ..ASKED },
    SingleRequest { facility: "waiting-area", organisation: "oakspire", purpose: "Benefits drop-in",
        days_ahead: 5, start: 660, minutes: 180, people: 4, asked_minutes_ago: 7 * 60,
        note: "Two advisers and a laptop. A socket near the seats would be good.", ..ASKED },
    // Of these two the first was approved, which declined the second.
    SingleRequest { facility: "waiting-area", organisation: "lanternwick", purpose: "Welcome table",
        days_ahead: 8, start: 600, minutes: 180, people: 3, asked_minutes_ago: 50 * 60, approved_hours_ago: Some(21),
        ..ASKED },
    SingleRequest { facility: "waiting-area", organisation: "oakspire", purpose: "Benefits drop-in",
        days_ahead: 8, start: 720, minutes: 150, people: 4, asked_minutes_ago: 44 * 60, ..ASKED },
    SingleRequest { site: "axminster", facility: "kitchen", organisation: "saffronby", purpose: "Baking morning",
        days_ahead: 8, start: 570, minutes: 120, people: 3, asked_minutes_ago: 8 * 60, ..ASKED },
    SingleRequest { site: "axminster", facility: "kitchen", organisation: "fingerpost", purpose: "Signed cookery",
        days_ahead: 10, start: 840, minutes: 150, units: 2, people: 7, asked_minutes_ago: 30 * 60,
        note: "One of us uses a wheelchair and needs the bench that lowers.", ..ASKED },
    SingleRequest { site: "axminster", facility: "kitchen", organisation: "saffronby", purpose: "Lunch club",
        days_ahead: 13, start: 600, minutes: 210, units: 4, people: 14, asked_minutes_ago: 52 * 60,
        note: "The yearly big lunch. We cook without nuts.", ..ASKED },
    SingleRequest { site: "larkmeadow", facility: "sensory-room", organisation: "sparrowgate", purpose: "Stay and play",
        days_ahead: 6, start: 660, minutes: 45, people: 6, asked_minutes_ago: 18 * 60, ..ASKED },
    SingleRequest { site: "tidewell-house", facility: "harbour-room", organisation: "threadmoor", purpose: "Private support",
        days_ahead: 3, start: 840, minutes: 110, people: 3, asked_minutes_ago: 11 * 60, ..ASKED },
];

/// Space taken out of use.
#[derive(Debug)]
pub struct Closure {
    pub site: &'static str,
    /// By slug; empty for the whole site.
    pub facilities: &'static [&'static str],
    /// So many days from today, or the next working day.
    pub days_ahead: i64,
    /// Minutes after local midnight; `to` may lie days later.
    pub from: i32,
    pub to: i32,
    /// How many hours before its beginning it was decided; more than lie between now and then.
    pub hours_before: i64,
    pub reason: &'static str,
}

/// What people at a site must know once a week.
#[derive(Debug)]
pub struct WeeklyNotice {
    pub site: &'static str,
    /// 0 is Monday.
    pub weekday: i32,
    /// Minutes after local midnight.
    pub from: i32,
    pub to: i32,
    pub words: &'static str,
}

pub const NOTICES: &[WeeklyNotice] = &[
    WeeklyNotice {
        site: "hunter-street",
        weekday: 2,
        from: 600,
        to: 615,
        words: "Fire alarm test. There is no need to leave",
    },
    WeeklyNotice {
        site: "axminster",
        weekday: 0,
        from: 540,
        to: 570,
        words: "Water is flushed and runs brown at first",
    },
];

#[rustfmt::skip]
pub const CLOSURES: &[Closure] = &[
    Closure { site: "hunter-street", facilities: &["birch"], days_ahead: -18, from: 780, to: 1260, hours_before: 5,
        reason: "Water is coming through the ceiling" },
    Closure { site: "hunter-street", facilities: &["hazel"], days_ahead: 10, from: 480, to: 1260, hours_before: 300,
        reason: "The room is being painted" },
    Closure { site: "tannery-hill", facilities: &["exercise-hall"], days_ahead: 7, from: 480, to: 2 * 1440 + 1260,
        hours_before: 250, reason: "Maintenance: the floor is sanded and sealed" },
    Closure { site: "axminster", facilities: &["kitchen"], days_ahead: -9, from: 480, to: 780, hours_before: 50,
        reason: "Yearly check of the gas" },
    Closure { site: "fenlark", facilities: &[], days_ahead: -12, from: 540, to: 1050, hours_before: 200,
        reason: "Staff training day" },
    Closure { site: "polgwyn", facilities: &[], days_ahead: 20, from: 540, to: 1440 + 1020, hours_before: 600,
        reason: "New heating is put in" },
    Closure { site: "offerton", facilities: &["exercise-court"], days_ahead: -3, from: 480, to: 1200, hours_before: 14,
        reason: "Ice on the court" },
];

/// What a site regularly uses itself.
#[derive(Debug)]
pub struct OwnUse {
    pub site: &'static str,
    pub facility: &'static str,
    /// 0 is Monday.
    pub weekday: i32,
    /// Minutes after local midnight.
    pub start: i32,
    pub minutes: i32,
    pub people: i32,
    pub purpose: &'static str,
}

#[rustfmt::skip]
pub const OWN_USE: &[OwnUse] = &[
    OwnUse { site: "hunter-street", facility: "maple", weekday: 2, start: 750, minutes: 60, people: 7, purpose: "Practice meeting" },
    OwnUse { site: "hunter-street", facility: "willow", weekday: 0, start: 540, minutes: 60, people: 12, purpose: "Staff training" },
    OwnUse { site: "axminster", facility: "dining-room", weekday: 3, start: 960, minutes: 60, people: 15, purpose: "Ward meeting" },
    OwnUse { site: "tannery-hill", facility: "weir", weekday: 1, start: 780, minutes: 60, people: 10, purpose: "Practice meeting" },
];

pub const NOTES: &[&str] = &[
    "We bring our own tea and cups.",
    "Please put the chairs in a circle.",
    "Two of us come early to set up.",
    "We need a flip chart if there is one.",
    "One person uses a wheelchair.",
];

/// What managers write when they decline.
pub const DECLINE_REASONS: &[&str] = &[
    "The room is being cleaned that morning. The next day is free.",
    "We keep this time for a clinic that is being planned.",
    "Too many people for this room. Please look at our meeting rooms.",
    "We cannot open the side door at that time.",
];

/// What people write when they cancel; many write nothing.
pub const CANCEL_REASONS: &[&str] =
    &["", "", "", "Our counsellor is ill.", "Too few people signed up.", "We have moved it to next month."];

/// What managers write when they cancel a booking of somebody else's.
pub const MANAGER_REASONS: &[&str] =
    &["We need the room for a clinic. We are sorry.", "You asked us by phone to cancel."];
