//! The use cases of attendance: the form of a date, recording it, the figures of a month, noting that nobody came. Not how they look.

use chrono::{Datelike, Months, NaiveDate};

use crate::allocation::{self, Case, Circumstances, Teller};
use crate::chance::Token;
use crate::domain::attendance::{Figures, HeldDate, NoShow, Recorded};
use crate::domain::hours::{day, local_date};
use crate::domain::ids::{BookingId, Reference, Slug};
use crate::domain::kinds::Kind;
use crate::domain::occurrence::Stage;
use crate::domain::organisation::Organisation;
use crate::domain::places::Site;
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::Audience;
use crate::domain::span::{Instant, Span};
use crate::mail::Mailer;
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, Db, StoreError, attendance, organisations, sites};

pub use crate::allocation::{AttendanceAnswer, NoShowAnswer};
pub use crate::store::occurrences::Line;

/// So many dates of a month are read at the most.
const MOST_LINES: i64 = 5_000;

/// Who asks for the form.
#[derive(Debug, Clone)]
pub enum Asks {
    /// Somebody signed in; the date is the last that has begun where none is given.
    Person(Actor, Reference, Option<i32>),
    /// Whoever has the mailed link.
    Link(Token),
}

impl Asks {
    /// By what stands in the path of a mailed link.
    pub fn link(path: &str) -> Option<Self> {
        Token::parse(path).map(Self::Link)
    }
}

/// A date with what is known of it.
#[derive(Debug)]
pub struct Known {
    pub case: Case,
    pub date: HeldDate,
    /// Its other dates that have begun, the latest first, and this one.
    pub begun: Vec<HeldDate>,
    pub recorded: Vec<Recorded>,
    pub no_shows: Vec<NoShow>,
}

impl Known {
    pub fn recorded(&self, ordinal: i32) -> Option<&Recorded> {
        self.recorded.iter().find(|one| one.of.1 == ordinal)
    }

    pub fn no_show(&self) -> Option<&NoShow> {
        self.no_shows.iter().find(|one| one.of.1 == self.date.ordinal)
    }
}

/// The form of a date; `None` where there is no such date, or not for whoever asks.
pub async fn form(db: &Db, asks: Asks, now: Instant) -> Result<Option<Known>, StoreError> {
    db.read(move |conn| {
        let Some((case, ordinal)) = asked(conn, &asks, now)? else {
            return Ok(None);
        };
        let begun = HeldDate::begun(&case.booking, now);
        // Before its first date, when that is.
        let next = || case.booking.next(now).map(|one| one.ordinal);
        let ordinal = ordinal.or_else(|| begun.first().map(|date| date.ordinal)).or_else(next);
        let Some(date) = ordinal.and_then(|ordinal| HeldDate::of(&case.booking, ordinal)) else {
            return Ok(None);
        };
        let recorded = attendance::of_bookings(conn, &[case.booking.id])?;
        let no_shows = attendance::no_shows(conn, &[case.booking.id])?;
        Ok(Some(Known { case, date, begun, recorded, no_shows }))
    })
    .await
}

fn asked(conn: &mut Conn, asks: &Asks, now: Instant) -> Result<Option<(Case, Option<i32>)>, StoreError> {
    match asks {
        Asks::Person(actor, reference, ordinal) => {
            let case = Case::by_reference(conn, reference)?.filter(|case| sees(actor, case));
            Ok(case.map(|case| (case, *ordinal)))
        }
        Asks::Link(token) => {
            let Some((booking, ordinal)) = attendance::by_link(conn, &token.hash(), now)? else {
                return Ok(None);
            };
            Ok(Case::by_id(conn, booking)?.map(|case| (case, Some(ordinal))))
        }
    }
}

fn sees(actor: &Actor, case: &Case) -> bool {
    let shared_with = case.booking.shared_with.as_ref().map(|second| second.id);
    audience(Some(actor), case.site.id, (case.booking.organisation_id(), shared_with)) == Audience::Insider
}

/// Records the figures of a date.
pub async fn record(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    asks: Asks,
    (ordinal, figures): (i32, Figures),
) -> Result<AttendanceAnswer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        match &asks {
            Asks::Person(actor, reference, _) => {
                allocation::record_attendance(conn, circumstances, Teller::Person(actor, reference, ordinal), &figures)
            }
            Asks::Link(token) => {
                allocation::record_attendance(conn, circumstances, Teller::Link(&token.hash()), &figures)
            }
        }
    })
    .await
}

/// Notes that nobody came, or with `came` that somebody did after all. The booking has to be of this site.
pub async fn note_no_show(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    (actor, site): (Actor, Slug),
    (reference, ordinal, came): (Reference, i32, bool),
) -> Result<NoShowAnswer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        let here = Case::by_reference(conn, &reference)?.is_some_and(|case| case.site.slug == site);
        if !here {
            return Ok(NoShowAnswer::NotFound);
        }
        allocation::note_no_show(conn, circumstances, &actor, (&reference, ordinal), came)
    })
    .await
}

/// A date of a month with what is known of it; two rooms on one date are one.
#[derive(Debug)]
pub struct Dated {
    pub line: Line,
    /// All rooms of the date by name.
    pub places: Vec<String>,
    pub figures: Option<Figures>,
    pub no_show: bool,
}

/// The dates of a month that are over, the latest first.
#[derive(Debug)]
pub struct Month {
    pub first: NaiveDate,
    pub dates: Vec<Dated>,
}

/// The figures of a site; `None` where there is none, or this person does not work there.
pub async fn of_site(
    db: &Db,
    actor: Actor,
    slug: Slug,
    first: Option<NaiveDate>,
    now: Instant,
) -> Result<Option<(Site, Month)>, StoreError> {
    db.read(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.is_staff(site.id)) else {
            return Ok(None);
        };
        let sites = [site.id];
        let month = month(conn, ListFilter { sites: Some(&sites), ..ListFilter::default() }, first, now)?;
        Ok(Some((site, month)))
    })
    .await
}

/// The figures of an organisation; `None` where there is none, or this person may not see its bookings.
pub async fn of_organisation(
    db: &Db,
    actor: Actor,
    slug: Slug,
    first: Option<NaiveDate>,
    now: Instant,
) -> Result<Option<(Organisation, Month)>, StoreError> {
    db.read(move |conn| {
        let sees = |one: &Organisation| actor.sees_bookings_of(one.id) || actor.administrator;
        let Some(organisation) = organisations::by_slug(conn, &slug)?.filter(sees) else {
            return Ok(None);
        };
        let own = [organisation.id];
        let month = month(conn, ListFilter { organisations: Some(&own), ..ListFilter::default() }, first, now)?;
        Ok(Some((organisation, month)))
    })
    .await
}

/// Three queries, whatever the month holds.
fn month(conn: &mut Conn, filter: ListFilter<'_>, first: Option<NaiveDate>, now: Instant) -> Result<Month, StoreError> {
    let zone = chrono_tz::Tz::Europe__London;
    let first = first.or_else(|| local_date(zone, now).with_day(1)).unwrap_or_default();
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let edges = day(zone, first).ok().zip(day(zone, next).ok());
    let span = edges.and_then(|(from, to)| Span::new(from.start(), to.start()));
    let Some(span) = span else {
        return Ok(Month { first, dates: Vec::new() });
    };
    let filter = ListFilter {
        stages: Some(&[Stage::Confirmed]),
        // What is still to end has no figures yet.
        ends_after: Some(span.start()),
        ends_by: Some(now),
        starts_after: Some(span.start().plus_minutes(-1)),
        starts_before: Some(span.end()),
        latest_first: true,
        most: MOST_LINES,
        ..filter
    };
    let mut lines = occurrences::list(conn, &filter)?;
    lines.retain(|line| line.kind != Kind::Allotment);
    let mut bookings: Vec<BookingId> = lines.iter().map(|line| line.booking).collect();
    bookings.sort_unstable();
    bookings.dedup();
    let (recorded, no_shows) = if bookings.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        (attendance::of_bookings(conn, &bookings)?, attendance::no_shows(conn, &bookings)?)
    };
    let mut dates: Vec<Dated> = Vec::new();
    for line in lines {
        let of = (line.booking, line.ordinal);
        if let Some(known) = dates.iter_mut().find(|one| (one.line.booking, one.line.ordinal) == of) {
            known.places.push(line.facility_name);
            continue;
        }
        dates.push(Dated {
            places: vec![line.facility_name.clone()],
            figures: recorded.iter().find(|one| one.of == of).map(|one| one.figures.clone()),
            no_show: no_shows.iter().any(|one| one.of == of),
            line,
        });
    }
    Ok(Month { first, dates })
}
