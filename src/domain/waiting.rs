//! Waiting lists: who wants what is taken, in which order, and how long a freed place is kept. Not the judging, and not the offering.

use super::availability::Wanted;
use super::booking::Booker;
use super::holder::OrganisationName;
use super::ids::{BookingId, FacilityId, OfferId, Reference, SiteId, WaitingId};
use super::organisation::Class;
use super::refusal::Refusal;
use super::rules::Privacy;
use super::span::{Instant, Span};

/// With less than so many hours to go nothing is kept for anybody: all are told, and the first click wins.
const HOURS_TO_HOLD: i64 = 4;
/// An offer ends so many hours before the start at the latest, so that the next in line still has some use of it.
const HOURS_LEFT: i64 = 2;
/// So many entries that still wait or are offered one organisation may have.
pub const MOST_ENTRIES: i64 = 100;

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Waiting,
    /// A place is kept for it.
    Offered,
    Taken,
    Left,
    /// The offer ran out, or the time has come without one.
    Lapsed,
}

impl Standing {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Offered, Self::Taken, Self::Left, Self::Lapsed];

    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Taken => "taken",
            Self::Left => "left",
            Self::Lapsed => "lapsed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Offered => "Offered to you",
            Self::Taken => "Taken",
            Self::Left => "Left",
            Self::Lapsed => "Ran out",
        }
    }

    /// The same for the site's staff.
    pub fn site_words(self) -> &'static str {
        match self {
            Self::Offered => "Offered",
            other => other.words(),
        }
    }

    /// The value of `data-state`, which sets colour and icon.
    pub fn shown_as(self) -> &'static str {
        match self {
            Self::Waiting | Self::Offered => "requested",
            Self::Taken => "confirmed",
            Self::Left | Self::Lapsed => "cancelled",
        }
    }

    /// Whether it is still in the queue.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Offered)
    }
}

/// One place in a queue: a holder who wants a facility for a span that is taken.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: WaitingId,
    pub reference: Reference,
    pub site: SiteId,
    pub facility: FacilityId,
    pub organisation: OrganisationName,
    /// Who asked, and gets the mail.
    pub person: Booker,
    /// The booking that it led to; with an ordinal, the left-out date of a series that it stands for.
    pub booking: Option<BookingId>,
    pub ordinal: Option<i32>,
    pub session: Span,
    pub wanted: Wanted,
    pub purpose: String,
    pub note: String,
    pub people: i32,
    pub privacy: Privacy,
    /// The organisation's class when it joined.
    pub class: Class,
    pub joined_at: Instant,
    pub standing: Standing,
    pub offer: Option<Offer>,
}

/// A freed place that is kept for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    pub id: OfferId,
    pub until: Instant,
}

impl Entry {
    /// The left-out date of a series that it stands for.
    pub fn of_series(&self) -> Option<(BookingId, i32)> {
        self.booking.zip(self.ordinal)
    }

    /// How it stands at a moment: an offer past its deadline has run out whether or not that is written down.
    pub fn stands(&self, now: Instant) -> Standing {
        let over = self.offer.is_some_and(|offer| offer.until <= now) || self.session.start() <= now;
        if self.standing.is_open() && over { Standing::Lapsed } else { self.standing }
    }
}

/// The classes that come first, as stored: codes in order, apart by commas. Unknown ones are passed over.
pub fn priorities(stored: &str) -> Vec<Class> {
    stored.split(',').filter_map(Class::parse).collect()
}

/// As [`priorities`] reads it.
pub fn stored_priorities(classes: &[Class]) -> String {
    classes.iter().map(|class| class.code()).collect::<Vec<_>>().join(",")
}

/// What an entry is ordered by: the published priority of its class, then who joined first.
pub fn rank(priorities: &[Class], entry: &Entry) -> (usize, Instant, i64) {
    let class = priorities.iter().position(|class| *class == entry.class).unwrap_or(priorities.len());
    (class, entry.joined_at, entry.id.row())
}

/// The rule of order in plain words: "Charities come first, then community groups, then who asked first."
pub fn rule_words(priorities: &[Class]) -> String {
    match priorities {
        [] => "Who asked first comes first.".to_owned(),
        [first, rest @ ..] => {
            let then: String = rest.iter().map(|class| format!(", then {}", lower(plural(*class)))).collect();
            format!("{} come first{then}, then who asked first.", plural(*first))
        }
    }
}

/// A class as those who are in it.
pub fn plural(class: Class) -> &'static str {
    match class {
        Class::Charity => "Charities",
        Class::Community => "Community groups",
        Class::Statutory => "NHS and council services",
        Class::Commercial => "Businesses",
    }
}

/// As it stands inside a sentence; what is spelt in capitals stays so.
fn lower(words: &str) -> String {
    let (first, rest) = words.split_at_checked(1).unwrap_or((words, ""));
    if rest.starts_with(char::is_uppercase) { words.to_owned() } else { format!("{}{rest}", first.to_lowercase()) }
}

/// "You are second": the place in the queue, from 1.
pub fn place_words(place: usize) -> String {
    match place {
        0 | 1 => "You are first".to_owned(),
        2 => "You are second".to_owned(),
        3 => "You are third".to_owned(),
        more => format!("You are number {more}"),
    }
}

/// Whether it is too late to keep a place for anybody.
pub fn is_short_notice(now: Instant, start: Instant) -> bool {
    start < now.plus_hours(HOURS_TO_HOLD)
}

/// Until when a freed place is kept: so many minutes, but no later than two hours before the start. `None` with under four hours
/// to go, when all are told and the first click wins.
pub fn offer_deadline(now: Instant, hold_minutes: i32, start: Instant) -> Option<Instant> {
    if is_short_notice(now, start) {
        return None;
    }
    let until = now.plus_minutes(hold_minutes.into()).min(start.plus_hours(-HOURS_LEFT));
    (now < until).then_some(until)
}

/// Whether nothing stands in the way but that others have the place, so that waiting may help.
pub fn is_only_taken(refusals: &[Refusal]) -> bool {
    let taken = |one: &Refusal| matches!(one, Refusal::NotFree { .. } | Refusal::TooFewUnits { .. });
    // An extra does not keep anybody waiting: the place comes without it then.
    refusals.iter().any(taken) && refusals.iter().all(|one| taken(one) || one.is_about_extras())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_seconds(1_800_000_000);

    #[test]
    fn the_rule_is_said_in_plain_words() {
        assert_eq!(rule_words(&[]), "Who asked first comes first.");
        assert_eq!(rule_words(&[Class::Charity]), "Charities come first, then who asked first.");
        assert_eq!(
            rule_words(&[Class::Charity, Class::Statutory, Class::Community]),
            "Charities come first, then NHS and council services, then community groups, then who asked first."
        );
        assert_eq!([1, 2, 9].map(place_words), ["You are first", "You are second", "You are number 9"]);
    }

    #[test]
    fn priorities_are_read_back_as_stored() {
        let classes = [Class::Community, Class::Charity];
        assert_eq!(priorities(&stored_priorities(&classes)), classes);
        assert_eq!(priorities(""), []);
        assert_eq!(priorities("charity,unknown"), [Class::Charity]);
    }

    #[test]
    fn an_offer_ends_two_hours_before_the_start_and_late_there_is_none() {
        let hours = |hours: i64| NOW.plus_hours(hours);
        assert_eq!(offer_deadline(NOW, 60, hours(10)), Some(hours(1)));
        assert_eq!(offer_deadline(NOW, 4320, hours(10)), Some(hours(8)));
        assert_eq!(offer_deadline(NOW, 4320, hours(4)), Some(hours(2)));
        assert_eq!(offer_deadline(NOW, 4320, hours(4).plus_minutes(-1)), None);
        assert_eq!(offer_deadline(NOW, 0, hours(10)), None);
    }

    #[test]
    fn waiting_helps_only_where_others_have_the_place() {
        assert!(is_only_taken(&[Refusal::NotFree { until: None }]));
        assert!(!is_only_taken(&[]));
        assert!(!is_only_taken(&[Refusal::NotFree { until: None }, Refusal::TooManyPeople { capacity: 2 }]));
    }
}
