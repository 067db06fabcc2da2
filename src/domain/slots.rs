//! The slots of a baby bank: two streams that share nothing, their times, and the only words that are kept of a bundle. Not who may book them.

use chrono::{Days, NaiveDate};

use super::availability::Taken;
use super::bank_holidays::holiday;
use super::hours::{WeeklyHours, local_date, open_spans, wall_span};
use super::ids::{FacilityId, Reference, StreamId, UnitId};
use super::occurrence::{NotPossible, Stage, State};
use super::places::{Facility, Site};
use super::span::{Instant, Span};
use super::{opening, typed};

/// How long a slot is.
pub const SLOT_MINUTES: i64 = 15;
/// A slot can be booked until so many minutes before it begins.
pub const NOTICE_MINUTES: i64 = 60;
/// A donor's slot is kept so long until they confirm it.
pub const HELD_MINUTES: i64 = 30;
/// The link in the mail works so long.
pub const LINK_HOURS: i64 = 24;
/// A donor's name and address are forgotten so many days after the slot.
pub const DETAILS_KEPT_DAYS: i64 = 30;
/// So many times a day one address may ask.
pub const MOST_A_DAY: i64 = 3;

/// One of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamKind {
    /// Bundles are collected by approved referrers.
    Collection,
    /// Anybody brings what others can use.
    Donation,
}

impl StreamKind {
    pub const ALL: [Self; 2] = [Self::Collection, Self::Donation];

    pub fn code(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::Donation => "donation",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// What its bookings are called where a booking has a purpose.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Collection => "Collection",
            Self::Donation => "Drop-off",
        }
    }
}

/// Why nobody can book for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    pub words: String,
    /// The first day on which it is over; none where it is for good.
    pub until: Option<NaiveDate>,
}

/// A stream of slots with hours and units of its own.
#[derive(Debug, Clone)]
pub struct Stream {
    pub id: StreamId,
    pub facility: FacilityId,
    pub kind: StreamKind,
    /// So many visits at once.
    pub places: usize,
    pub days_ahead: i64,
    /// For whoever books: what is not taken, where to go.
    pub words: String,
    pub pause: Option<Pause>,
    pub hours: Vec<WeeklyHours>,
    /// In the order in which they are taken; those past the number of places are used by nobody new.
    pub units: Vec<UnitId>,
}

impl Stream {
    /// What stands against booking a slot on a date.
    pub fn paused_on(&self, date: NaiveDate) -> Option<&Pause> {
        self.pause.as_ref().filter(|pause| pause.until.is_none_or(|until| date < until))
    }

    /// The slots that begin in the days ahead, whether or not they are taken: within the hours of the stream and of the
    /// place, and not on bank holidays.
    pub fn slots(&self, site: &Site, facility: &Facility, hours: &[WeeklyHours], now: Instant) -> Vec<Span> {
        let today = local_date(site.zone, now);
        let days = u64::try_from(self.days_ahead).unwrap_or_default();
        let last = today.checked_add_days(Days::new(days)).unwrap_or(today);
        let open = opening::open_spans(site, facility, hours, (today, last));
        let soonest = now.plus_minutes(NOTICE_MINUTES);
        let retired = |date: NaiveDate| facility.retired_from.is_some_and(|from| from <= date);
        open_spans(&self.hours, site.zone, today, last)
            .into_iter()
            .flat_map(pieces)
            .filter(|slot| soonest <= slot.start())
            .filter(|slot| open.iter().any(|open| open.contains(*slot)))
            .filter(|slot| {
                let date = local_date(site.zone, slot.start());
                date <= last && !retired(date) && holiday(site.nation, date).is_none() && self.paused_on(date).is_none()
            })
            .collect()
    }

    /// The first unit of the stream that nothing takes then; what is void counts for nothing.
    pub fn free_unit(&self, taken: &[Taken], slot: Span, now: Instant) -> Option<UnitId> {
        let busy =
            |unit: UnitId| taken.iter().any(|one| one.unit == unit && one.span.overlaps(slot) && !one.is_void(now));
        self.units.iter().take(self.places).copied().find(|unit| !busy(*unit))
    }
}

fn pieces(open: Span) -> Vec<Span> {
    let number = open.minutes() / SLOT_MINUTES;
    let piece = |place: i64| {
        let start = open.start().plus_minutes(place * SLOT_MINUTES);
        Span::new(start, start.plus_minutes(SLOT_MINUTES))
    };
    (0..number).filter_map(piece).collect()
}

/// A booked slot, with what is known of it.
#[derive(Debug, Clone)]
pub struct Visit {
    pub booking: super::ids::BookingId,
    pub occurrence: super::ids::OccurrenceId,
    pub reference: Reference,
    pub version: i32,
    pub facility: FacilityId,
    pub kind: StreamKind,
    pub slot: Span,
    pub stage: Stage,
    /// The deadline of a donor who has not confirmed.
    pub until: Option<Instant>,
    pub sequence: i32,
    /// The referrer, by id and name.
    pub organisation: Option<(super::ids::OrganisationId, String)>,
    pub bundle: String,
    pub size: String,
    /// A donor's; empty once they are forgotten.
    pub name: String,
    pub email: String,
    pub brings: Vec<String>,
    pub confirm_until: Option<Instant>,
}

impl Visit {
    /// Whether it is kept or confirmed, and has not begun.
    pub fn is_coming(&self, now: Instant) -> bool {
        let kept = self.until.is_none_or(|until| now < until);
        self.stage.is_active() && kept && now < self.slot.start()
    }
}

/// What becomes of a donor's slot when they use the link in their mail.
///
/// # Errors
/// Says why it cannot be confirmed; what has lapsed has to be taken anew first.
pub fn confirmed(state: State, slot: Span, now: Instant) -> Result<State, NotPossible> {
    if slot.start() <= now {
        return Err(NotPossible::HasBegun);
    }
    match state {
        State::Requested { until, .. } if until <= now => Err(NotPossible::DeadlinePassed),
        State::Requested { .. } => Ok(State::Confirmed { at: now, by: None }),
        other => Err(NotPossible::Already(other.stage())),
    }
}

/// The sizes of a bundle: code and words.
pub const SIZES: [(&str, &str); 4] = [
    ("one", "1 bag"),
    ("two", "2 bags"),
    ("more", "3 bags or more"),
    ("large", "With a pram, cot or other large thing"),
];

/// What a donor may bring: code and words.
pub const BRINGS: [(&str, &str); 6] = [
    ("clothes", "Baby and children’s clothes"),
    ("nappies", "Nappies and wipes, unopened"),
    ("bedding", "Blankets and bedding"),
    ("prams", "Prams, slings and carriers"),
    ("toys", "Toys and books"),
    ("feeding", "Feeding things, new"),
];

/// What is said where the manager has written nothing of their own.
pub const NOT_TAKEN: &str =
    "We cannot take car seats, cot mattresses, used bottles and dummies, opened formula, or anything broken.";

/// The words of a code, in one of the lists above.
pub fn words_of(list: &[(&'static str, &'static str)], code: &str) -> Option<&'static str> {
    list.iter().find(|(known, _)| *known == code).map(|(_, words)| *words)
}

/// Reads the reference of a bundle: the baby bank's own number, and nothing that says whose it is.
///
/// # Errors
/// The words to show at the field.
pub fn bundle_reference(typed: &str) -> Result<String, &'static str> {
    let plain: String = typed.trim().to_uppercase();
    if plain.is_empty() {
        return Err("Enter the bundle’s reference, like BB-2041");
    }
    if !plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') || 20 < plain.len() {
        return Err("Use letters, digits and hyphens only, 20 at the most, like BB-2041");
    }
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    let letters = plain.split(|c: char| !c.is_ascii_alphabetic()).map(str::len).max().unwrap_or_default();
    if digits.is_empty() || 3 < letters {
        return Err("That looks like a name or a word. Enter the bundle’s reference only, like BB-2041");
    }
    if digits.len() == 10 {
        return Err("That looks like an NHS number. Enter the bundle’s reference only, like BB-2041");
    }
    if has_date(&plain, &digits) {
        return Err("That looks like a date of birth. Enter the bundle’s reference only, like BB-2041");
    }
    Ok(plain)
}

/// Whether digits, or groups of digits and a month, can be read as a day of some year.
fn has_date(plain: &str, digits: &str) -> bool {
    const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let day = |day: u32| (1..=31).contains(&day);
    let month = |month: u32| (1..=12).contains(&month);
    let year = |year: u32| (1900..=2100).contains(&year);
    let whole = match digits.len() {
        8 => {
            (day(number(0, 2)) && month(number(2, 4)) && year(number(4, 8)))
                || (year(number(0, 4)) && month(number(4, 6)) && day(number(6, 8)))
        }
        6 => (day(number(0, 2)) && month(number(2, 4))) || (month(number(2, 4)) && day(number(4, 6))),
        _ => false,
    };
    whole || (3 <= digits.len() && MONTHS.iter().any(|name| plain.contains(name)))
}

/// Reads the hours of one day: "10am to 12 noon, 2pm to 4pm"; nothing for a day without.
///
/// # Errors
/// The words to show at the field.
pub fn day_hours(typed_hours: &str) -> Result<Vec<(i32, i32)>, String> {
    let mut spans: Vec<(i32, i32)> = Vec::new();
    for part in typed_hours.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let edges = part.split_once(" to ").or_else(|| part.split_once('-')).or_else(|| part.split_once('–'));
        let read = edges.and_then(|(from, to)| typed::clock(from.trim()).zip(typed::clock(to.trim())));
        match read {
            Some((from, to)) if from < to && from % 15 == 0 && to % 15 == 0 => spans.push((from, to)),
            _ => return Err(format!("Enter “{part}” like 10am to 12 noon, on the quarter hour")),
        }
    }
    spans.sort_unstable();
    let overlap = spans.windows(2).any(|pair| matches!(pair, [(_, end), (start, _)] if start < end));
    if overlap { Err("Enter times that do not overlap".to_owned()) } else { Ok(spans) }
}

/// The whole of a date at the site.
pub fn of_date(site: &Site, date: NaiveDate) -> Option<Span> {
    wall_span(site.zone, date, (0, 1440))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::instant_at;
    use chrono_tz::Europe::London;

    #[test]
    fn a_bundle_has_a_number_and_says_nothing_of_a_family() {
        for (typed, read) in [
            (" bb-2041 ", Some("BB-2041")),
            ("TS-118-B", Some("TS-118-B")),
            ("4711", Some("4711")),
            ("BB-24112026", None),
            ("12-03-1985", None),
            ("1985-03-12", None),
            ("120385", None),
            ("12MAR1985", None),
            ("943 476 5919", None),
            ("943-476-5919", None),
            ("9434765919", None),
            ("Smith-12", None),
            ("ANNA", None),
            ("BB", None),
            ("BB_2041", None),
            ("BB-20410000000000000000", None),
            ("", None),
        ] {
            assert_eq!(bundle_reference(typed).ok().as_deref(), read, "{typed}");
        }
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        assert_eq!(day_hours("10am to 12 noon, 2pm to 4pm"), Ok(vec![(600, 720), (840, 960)]));
        assert_eq!(day_hours(" "), Ok(Vec::new()));
        for wrong in ["10am", "noon to 10am", "10:05am to 11am", "10am to 12 noon, 11am to 1pm", "x to y"] {
            assert!(day_hours(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_donor_confirms_in_time_or_takes_the_slot_anew() {
        let at = |minute| instant_at(London, "2026-11-24".parse().unwrap(), minute).unwrap();
        let slot = Span::new(at(600), at(615)).unwrap();
        let held = State::Requested { at: at(0), until: at(30) };
        assert_eq!(confirmed(held, slot, at(29)).unwrap().stage(), Stage::Confirmed);
        assert_eq!(confirmed(held, slot, at(30)), Err(NotPossible::DeadlinePassed));
        assert_eq!(confirmed(held, slot, at(600)), Err(NotPossible::HasBegun));
        let done = State::Confirmed { at: at(5), by: None };
        assert_eq!(confirmed(done, slot, at(30)), Err(NotPossible::Already(Stage::Confirmed)));
    }

    #[test]
    fn open_time_is_cut_into_whole_slots() {
        let at = |minute| instant_at(London, "2026-11-24".parse().unwrap(), minute).unwrap();
        let cut = pieces(Span::new(at(600), at(640)).unwrap());
        assert_eq!(cut.iter().map(|slot| slot.start()).collect::<Vec<_>>(), [at(600), at(615)]);
    }
}
