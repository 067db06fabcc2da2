//! What a facility asks of those who use it beyond times and people, and what a booking says to that. Not the judging: that is `judge`.

use chrono::NaiveDate;

use super::extras::{self, Asked};
use super::holder::HolderId;
use super::ids::{BookingId, FacilityId, OccurrenceId, OrganisationId, Slug, UnitId};
use super::kinds::Kind;
use super::person::Email;
use super::span::{Instant, Span};
use super::words::{length, listed};

/// The allergens that food law in the United Kingdom names (Food Information Regulations 2014, from Annex II of Regulation (EU)
/// No 1169/2011), as stored and as shown.
pub const ALLERGENS: [(&str, &str); 14] = [
    ("celery", "Celery"),
    ("gluten", "Cereals with gluten"),
    ("crustaceans", "Crustaceans"),
    ("eggs", "Eggs"),
    ("fish", "Fish"),
    ("lupin", "Lupin"),
    ("milk", "Milk"),
    ("molluscs", "Molluscs"),
    ("mustard", "Mustard"),
    ("nuts", "Nuts"),
    ("peanuts", "Peanuts"),
    ("sesame", "Sesame"),
    ("soya", "Soya"),
    ("sulphites", "Sulphur dioxide and sulphites"),
];

/// What people may need to take part, as stored and as shown.
pub const ACCESS: [(&str, &str); 7] = [
    ("step_free", "Step-free way in"),
    ("wheelchair", "Space for a wheelchair"),
    ("hearing_loop", "Hearing loop"),
    ("toilet", "Accessible toilet close by"),
    ("parking", "Blue Badge parking"),
    ("assistance_dog", "Assistance dog welcome"),
    ("quiet", "Quiet way in, soft light"),
];

/// What a facility asks of those who use it. The default asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Care {
    /// The booking says which allergens it handles, and the day's other users are told.
    pub allergens: bool,
    /// What can be kept apart: "Nuts", "Raw meat".
    pub labels: Vec<String>,
    /// Which two of the labels may not be there at the same time.
    pub pairs: Vec<(String, String)>,
    /// What is to be done at the end of a session.
    pub checklist: Vec<String>,
    /// The lengths of a session in minutes, in order; empty for every length that the other rules allow.
    pub lengths: Vec<i32>,
    /// Nobody uses it before they have had an induction.
    pub induction: bool,
    /// The booking gives the date on which its own risk assessment was confirmed; never what stands in it.
    pub risk_date: bool,
    /// The end of each session is a job that somebody ticks off.
    pub turnaround_jobs: bool,
    /// How it can be set out: "Theatre", "Circle".
    pub layouts: Vec<String>,
    /// What opens its door, for the people of its sessions only.
    pub entry: Option<Entry>,
}

/// Usually what opens a door is shown a day before.
pub const ENTRY_HOURS: i32 = 24;

/// What opens a door: the number of a key safe, a door code. It is in no mail, and shown late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub words: String,
    /// So many hours before the start of a session.
    pub hours: i32,
}

impl Entry {
    /// From when on the people of a session see it.
    pub fn from(&self, session: Span) -> Instant {
        session.start().plus_hours(-i64::from(self.hours))
    }

    /// Whether they see it now; not any more when the session is over.
    pub fn is_released(&self, session: Span, now: Instant) -> bool {
        self.from(session) <= now && now < session.end()
    }
}

impl Care {
    /// What a new facility of a kind starts with.
    pub fn of_kind(kind: Kind) -> Self {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        match kind {
            Kind::Kitchen => Self {
                allergens: true,
                checklist: lines(&[
                    "Benches and sinks wiped down and sanitised",
                    "Equipment washed and put away",
                    "Fridge shelves cleared",
                    "Bins emptied",
                    "Floor swept and mopped",
                    "Ovens, hobs and extractor off",
                ]),
                ..Self::default()
            },
            Kind::Sensory => Self {
                lengths: vec![30, 45, 60],
                induction: true,
                risk_date: true,
                turnaround_jobs: true,
                ..Self::default()
            },
            Kind::Group => Self { layouts: lines(&["Theatre", "Circle", "Boardroom", "Empty"]), ..Self::default() },
            _ => Self::default(),
        }
    }

    /// Whether a booking has anything to say to it.
    pub fn asks(&self) -> bool {
        self.allergens || !self.labels.is_empty() || self.risk_date || !self.layouts.is_empty()
    }

    /// Whether anything is to be done at the end of a session.
    pub fn has_jobs(&self) -> bool {
        self.turnaround_jobs || !self.checklist.is_empty()
    }

    /// The first of `ours` and the first of `theirs` that may not be there at the same time.
    pub fn clash<'a>(&self, ours: &'a [String], theirs: &'a [String]) -> Option<(&'a String, &'a String)> {
        let apart = |one: &String, other: &String| {
            self.pairs.iter().any(|(a, b)| (a, b) == (one, other) || (b, a) == (one, other))
        };
        ours.iter().find_map(|one| theirs.iter().find(|other| apart(one, other)).map(|other| (one, other)))
    }

    /// As label and plain words, for the card beside a form.
    pub fn in_words(&self) -> Vec<(&'static str, String)> {
        let mut rows = Vec::new();
        if !self.lengths.is_empty() {
            rows.push(("Lengths", self.lengths_in_words()));
        }
        if self.induction {
            rows.push(("Induction", "Needed before the first use. Without one, your request asks for it".to_owned()));
        }
        if self.risk_date {
            rows.push(("Risk assessment", "Its date, never what stands in it".to_owned()));
        }
        if self.allergens {
            rows.push(("Allergens", "The other users of the day are told which you handle".to_owned()));
        }
        for (one, other) in &self.pairs {
            rows.push(("Kept apart", format!("{one} and {other} are never there at the same time")));
        }
        if !self.layouts.is_empty() {
            rows.push(("Layouts", listed(&self.layouts)));
        }
        if !self.checklist.is_empty() {
            rows.push(("At the end", "You tick a short cleaning checklist".to_owned()));
        }
        rows
    }

    /// "30 minutes, 45 minutes or 1 hour".
    pub fn lengths_in_words(&self) -> String {
        lengths_in_words(&self.lengths)
    }
}

/// "30 minutes, 45 minutes or 1 hour".
pub fn lengths_in_words(lengths: &[i32]) -> String {
    let words: Vec<String> = lengths.iter().map(|minutes| length((*minutes).into())).collect();
    listed(&words).replace(" and ", " or ")
}

/// What a booking says because its facility asks for it. The default says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Particulars {
    /// Codes of [`ALLERGENS`], in that order.
    pub allergens: Vec<String>,
    pub allergen_note: String,
    /// Those of the facility's labels that will be there.
    pub labels: Vec<String>,
    /// When its risk assessment was confirmed.
    pub risk_assessed: Option<NaiveDate>,
    /// One of the facility's layouts; empty where it does not matter.
    pub layout: String,
    /// What people who come need to take part: codes of [`ACCESS`], in that order. Never of whom.
    pub access: Vec<String>,
    pub access_note: String,
    /// The extras that it asks for.
    pub extras: Vec<Asked>,
    /// Which of its dates, by their ordinals, go without which of them.
    pub without: Vec<(i32, Slug)>,
}

impl Particulars {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The extras that go with a date, by its ordinal.
    pub fn extras_on(&self, ordinal: i32) -> Vec<Asked> {
        let gone = |one: &&Asked| self.without.iter().any(|(of, extra)| *of == ordinal && *extra == one.extra);
        self.extras.iter().filter(|one| !gone(one)).cloned().collect()
    }

    /// The same, with dates that go without extras as well.
    pub fn going_without(&self, dates: impl IntoIterator<Item = (i32, Slug)>) -> Self {
        let mut said = self.clone();
        said.without.extend(dates);
        said.without.sort_unstable();
        said.without.dedup();
        said
    }

    /// The same for a booking that begins with the date of this ordinal, which becomes its first.
    pub fn from_ordinal(&self, first: i32) -> Self {
        let later = self.without.iter().filter(|(ordinal, _)| first <= *ordinal);
        Self { without: later.map(|(ordinal, extra)| (ordinal - (first - 1), extra.clone())).collect(), ..self.clone() }
    }

    /// The same for a booking that ends before the date of this ordinal.
    pub fn before_ordinal(&self, end: i32) -> Self {
        let earlier = self.without.iter().filter(|(ordinal, _)| *ordinal < end).cloned();
        Self { without: earlier.collect(), ..self.clone() }
    }

    /// What is to be set out on a date: layout and extras; empty where nothing is asked for.
    pub fn to_set_out(&self, ordinal: i32) -> String {
        let parts = [self.layout.clone(), extras::in_words(&self.extras_on(ordinal))];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// "Hearing loop, space for a wheelchair. A chair with arms"; empty where nobody needs anything.
    pub fn access_in_words(&self) -> String {
        in_words(&ACCESS, &self.access, &self.access_note)
    }

    /// Whether there is anything to tell the other users of the day.
    pub fn tells_allergens(&self) -> bool {
        !self.allergens.is_empty() || !self.allergen_note.is_empty()
    }

    /// "Milk and nuts. We bake with ground almonds".
    pub fn allergens_in_words(&self) -> String {
        in_words(&ALLERGENS, &self.allergens, &self.allergen_note)
    }
}

/// The names of codes with a note of one's own words: "Milk and nuts. We bake with ground almonds".
fn in_words(table: &[(&str, &str)], codes: &[String], note: &str) -> String {
    let named = table.iter().filter(|(code, _)| codes.iter().any(|one| one == code));
    let names: Vec<String> = named.map(|(_, name)| lower_first(name)).collect();
    let names = capitalised(&listed(&names));
    let parts = [names.as_str(), note];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
}

/// Small where it begins, so that "Blue Badge" stays as it is.
fn lower_first(words: &str) -> String {
    let named = words.starts_with("Blue Badge");
    let mut chars = words.chars();
    let first = chars.next().filter(|_| !named).map(|first| first.to_lowercase().chain(chars).collect());
    first.unwrap_or_else(|| words.to_owned())
}

fn capitalised(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What a proposal brings beyond place and time, as far as it is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brings {
    pub labels: Vec<String>,
    /// The address or telephone number of the person who asks, or for whom it is; none where that is not known.
    pub contact: Option<String>,
    /// The extras that it takes along.
    pub extras: Vec<Asked>,
    /// Whether it goes without extras that cannot be had.
    pub gives_way: bool,
}

impl Brings {
    /// What a holder brings. `booker` is the one who books for their own organisation; whoever books on behalf of others has no
    /// part in it.
    pub fn of(holder: &HolderId, booker: Option<&Email>, labels: &[String]) -> Self {
        use super::holder::Holder;
        let contact = match holder {
            Holder::Person(contact) => Some(contact.reach.as_str().to_owned()),
            Holder::Organisation(_) => booker.map(|email| email.as_str().to_owned()),
            Holder::Site => None,
        };
        Self { labels: labels.to_vec(), contact, ..Self::default() }
    }
}

/// Whose induction it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inducted {
    Organisation(OrganisationId),
    /// By address or telephone number.
    Person(String),
}

/// An induction that somebody has had; both dates belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Induction {
    pub facility: FacilityId,
    pub whose: Inducted,
    pub given_on: NaiveDate,
    pub valid_until: NaiveDate,
}

impl Induction {
    /// Whether it counts for somebody on a date.
    pub fn counts(&self, organisation: Option<OrganisationId>, contact: Option<&str>, date: NaiveDate) -> bool {
        let theirs = match &self.whose {
            Inducted::Organisation(id) => organisation == Some(*id),
            Inducted::Person(own) => contact.is_some_and(|contact| contact.eq_ignore_ascii_case(own)),
        };
        theirs && self.given_on <= date && date <= self.valid_until
    }
}

/// The labels of something that takes a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelsThere {
    pub unit: UnitId,
    /// From the start of the session to the end of its turnaround: that is how long what it brought is about. Set-up does not
    /// count, for nothing is there yet.
    pub span: Span,
    /// Past it the place is free.
    pub until: Option<Instant>,
    pub booking: Option<BookingId>,
    /// None for what is kept by a change that waits, or by an offer.
    pub occurrence: Option<OccurrenceId>,
    pub labels: Vec<String>,
}

/// What is loaded for judging beyond times, where the rules ask for it.
#[derive(Debug, Clone, Default)]
pub struct CareFacts {
    pub labels: Vec<LabelsThere>,
    pub inductions: Vec<Induction>,
}

/// Where no rule asks for any.
pub static NO_CARE: CareFacts = CareFacts { labels: Vec::new(), inductions: Vec::new() };

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn a_pair_clashes_whichever_way_round_it_is_asked() {
        let care = Care {
            labels: labels(&["Nuts", "Gluten-free", "Raw meat"]),
            pairs: vec![("Nuts".to_owned(), "Gluten-free".to_owned())],
            ..Care::default()
        };
        let clash = |a: &[&str], b: &[&str]| care.clash(&labels(a), &labels(b)).is_some();
        assert!(clash(&["Nuts"], &["Gluten-free"]) && clash(&["Gluten-free"], &["Raw meat", "Nuts"]));
        assert!(!clash(&["Nuts"], &["Nuts"]) && !clash(&["Raw meat"], &["Nuts"]) && !clash(&[], &["Nuts"]));
    }

    #[test]
    fn a_date_may_go_without_an_extra_and_keeps_that_when_the_booking_is_cut() {
        let slug = |text: &str| Slug::parse(text).unwrap();
        let asked = |name: &str| Asked { extra: slug(name), name: name.to_owned(), number: 1 };
        let all = Particulars {
            layout: "Circle".to_owned(),
            extras: vec![asked("projector"), asked("loop")],
            ..Particulars::default()
        };
        let some = all.going_without([(4, slug("loop")), (2, slug("projector")), (4, slug("loop"))]);
        assert_eq!(some.without.len(), 2);
        for (ordinal, words) in [(1, "Circle, projector, loop"), (2, "Circle, loop"), (4, "Circle, projector")] {
            assert_eq!(some.to_set_out(ordinal), words);
        }
        assert_eq!(some.from_ordinal(3).without, [(2, slug("loop"))]);
        assert_eq!(some.before_ordinal(3).without, [(2, slug("projector"))]);
        assert_eq!(Particulars::default().to_set_out(1), "");
    }

    #[test]
    fn allergens_read_as_a_sentence() {
        let said = |allergens: &[&str], note: &str| {
            let all =
                Particulars { allergens: labels(allergens), allergen_note: note.to_owned(), ..Default::default() };
            all.allergens_in_words()
        };
        assert_eq!(said(&["nuts", "milk"], ""), "Milk and nuts");
        assert_eq!(said(&["eggs"], "We bake at bench 2"), "Eggs. We bake at bench 2");
        assert_eq!(said(&[], "Flour in the air"), "Flour in the air");
        assert!(!Particulars::default().tells_allergens());
    }

    #[test]
    fn needs_read_as_a_sentence() {
        let said = Particulars {
            access: labels(&["hearing_loop", "parking", "step_free"]),
            access_note: "A chair with arms".to_owned(),
            ..Default::default()
        };
        assert_eq!(said.access_in_words(), "Step-free way in, hearing loop and Blue Badge parking. A chair with arms");
        assert_eq!(Particulars::default().access_in_words(), "");
    }

    #[test]
    fn what_opens_a_door_is_shown_from_some_hours_before_until_the_end() {
        let at = |minute: i64| Instant::from_seconds(1_800_000_000 + minute * 60);
        let session = Span::new(at(0), at(120)).unwrap();
        let entry = Entry { words: "1234".to_owned(), hours: 2 };
        for (minute, shown) in [(-121, false), (-120, true), (119, true), (120, false)] {
            assert_eq!(entry.is_released(session, at(minute)), shown, "{minute}");
        }
    }

    #[test]
    fn an_induction_counts_on_both_its_dates_and_for_nobody_else() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let one = Induction {
            facility: FacilityId::new(1),
            whose: Inducted::Person("wendy@alcove.test".to_owned()),
            given_on: date("2026-11-20"),
            valid_until: date("2026-12-01"),
        };
        for (contact, on, counts) in [
            ("Wendy@alcove.test", "2026-11-20", true),
            ("wendy@alcove.test", "2026-12-01", true),
            ("wendy@alcove.test", "2026-12-02", false),
            ("wendy@alcove.test", "2026-11-19", false),
            ("rob@alcove.test", "2026-11-24", false),
        ] {
            assert_eq!(one.counts(None, Some(contact), date(on)), counts, "{contact} {on}");
        }
        let theirs = Induction { whose: Inducted::Organisation(OrganisationId::new(1)), ..one };
        assert!(theirs.counts(Some(OrganisationId::new(1)), None, date("2026-11-24")));
        assert!(!theirs.counts(Some(OrganisationId::new(2)), Some("x"), date("2026-11-24")));
    }
}
