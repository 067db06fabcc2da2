//! The use cases of a reception: the day's sessions with who has come, noting that somebody came or left, keys on loan. Not how they look.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::chance;
use crate::domain::arrivals::{Arrival, FORGOTTEN_HOURS, Presence, first_and_last};
use crate::domain::history::EventKind;
use crate::domain::hours::{day, local_date};
use crate::domain::ids::{ArrivalId, BookingId, KeyLoanId, Reference, Slug};
use crate::domain::keys::KeyLoan;
use crate::domain::notice::Notice;
use crate::domain::occurrence::Stage;
use crate::domain::places::Site;
use crate::domain::policy::Actor;
use crate::domain::rendered::MailKind;
use crate::domain::span::{Instant, Span};
use crate::enquiry::last_out::of_day;
use crate::store::arrivals::{self, NewArrival};
use crate::store::events::{self, NewEvent};
use crate::store::keys::{self, NewLoan};
use crate::store::occurrences;
use crate::store::{Conn, Db, StoreError, attendance, closing, day_sheet, engine, notices, outbox, sites};

pub use crate::store::closing::Desk;
pub use crate::store::day_sheet::Detail;
pub use crate::store::occurrences::Line;

/// Arrivals are noted from so many hours before a session until as many after it.
const NEAR_HOURS: i64 = 12;
/// So many loans that ended are listed.
const MOST_BACK: i64 = 20;

/// A session of the sheet.
#[derive(Debug)]
pub struct Session {
    pub line: Line,
    pub detail: Option<Detail>,
    pub arrival: Option<Arrival>,
    pub presence: Presence,
    /// Whether arriving and leaving can be noted now.
    pub near: bool,
}

/// What stands on a sheet.
#[derive(Debug)]
pub struct Sheet {
    pub site: Site,
    pub date: NaiveDate,
    pub sessions: Vec<Session>,
    /// People without a booking.
    pub others: Vec<Arrival>,
}

impl Sheet {
    /// How many people are known to be in the building, and how many more may be.
    pub fn inside(&self) -> (i32, i32) {
        let here = self.others.iter().filter(|one| one.is_here()).map(|one| one.people).sum::<i32>();
        let mut counted: Vec<(BookingId, i32)> = Vec::new();
        let (mut here, mut perhaps) = (here, 0);
        for one in self.sessions.iter().filter(|one| one.presence.may_be_inside()) {
            let date = (one.line.booking, one.line.ordinal);
            // Two rooms on one date are one party.
            if counted.contains(&date) {
                continue;
            }
            counted.push(date);
            match &one.arrival {
                Some(arrival) => here += arrival.people,
                None => perhaps += one.line.people,
            }
        }
        (here, perhaps)
    }
}

/// The day of a site for its staff.
#[derive(Debug)]
pub struct DayView {
    pub sheet: Sheet,
    pub notices: Vec<Notice>,
    /// Keys out, and how the closing list stands.
    pub desk: Desk,
    /// Whose people open the building, and whose are the last out: places in the list of sessions.
    pub keepers: Option<(usize, usize)>,
}

/// A site's day; today where no date is given. `None` when there is no such site, or this person does not work there.
pub async fn load_day(
    db: &Db,
    actor: Actor,
    slug: Slug,
    date: Option<NaiveDate>,
    now: Instant,
) -> Result<Option<DayView>, StoreError> {
    db.read(move |conn| {
        let Some(site) = staffed(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let today = local_date(site.zone, now);
        let date = date.unwrap_or(today);
        let Ok(day) = day(site.zone, date) else {
            return Ok(None);
        };
        let notices = notices::within(conn, site.id, day)?;
        let desk = closing::desk(conn, (site.id, actor.person), date)?;
        let mut sheet = sheet(conn, site, date, (day, day.widened(NEAR_HOURS * 60, NEAR_HOURS * 60)), now)?;
        sheet.others.retain(|one| day.contains_instant(one.at) || (date == today && one.is_here()));
        let spans: Vec<Span> = sheet.sessions.iter().map(|one| one.line.session).collect();
        Ok(Some(DayView { sheet, notices, desk, keepers: first_and_last(&spans) }))
    })
    .await
}

/// Everybody who is, or may be, in the building now. `None` as for the day.
pub async fn load_evacuation(db: &Db, actor: Actor, slug: Slug, now: Instant) -> Result<Option<Sheet>, StoreError> {
    db.read(move |conn| {
        let Some(site) = staffed(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let date = local_date(site.zone, now);
        let (from, until) = (now.plus_hours(-FORGOTTEN_HOURS), now.plus_hours(NEAR_HOURS));
        let Some(span) = Span::new(from, until) else {
            return Ok(None);
        };
        let mut sheet = sheet(conn, site, date, (span, span), now)?;
        sheet.sessions.retain(|one| one.presence.may_be_inside());
        sheet.others.retain(Arrival::is_here);
        Ok(Some(sheet))
    })
    .await
}

fn staffed(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<Site>, StoreError> {
    Ok(sites::by_slug(conn, slug)?.filter(|site| actor.is_staff(site.id)))
}

/// The sessions that touch one span beside what was noted in another, in three queries.
fn sheet(
    conn: &mut Conn,
    site: Site,
    date: NaiveDate,
    (sessions, noted): (Span, Span),
    now: Instant,
) -> Result<Sheet, StoreError> {
    let lines = occurrences::list(conn, &of_day(&[site.id], sessions))?;
    let ids: Vec<_> = lines.iter().map(|line| line.occurrence).collect();
    let mut details = if ids.is_empty() { HashMap::new() } else { day_sheet::details(conn, &ids)? };
    let noted = arrivals::within(conn, site.id, noted)?;
    let of = |line: &Line| noted.iter().find(|one| one.of == Some((line.booking, line.ordinal))).cloned();
    let sessions = lines.into_iter().map(|line| {
        let arrival = of(&line);
        let detail = details.remove(&line.occurrence);
        // Nobody looks in a room for people of whom it is known that they did not come.
        let absent = arrival.is_none() && detail.as_ref().is_some_and(|one| one.no_show.is_some());
        Session {
            detail,
            presence: if absent { Presence::Over } else { Presence::of(line.session, arrival.as_ref(), now) },
            near: is_near(line.session, now),
            arrival,
            line,
        }
    });
    let sessions = sessions.collect();
    let others = noted.into_iter().filter(|one| one.of.is_none()).collect();
    Ok(Sheet { site, date, sessions, others })
}

fn is_near(session: Span, now: Instant) -> bool {
    session.widened(NEAR_HOURS * 60, NEAR_HOURS * 60).contains_instant(now)
}

/// Of whom something is noted.
#[derive(Debug, Clone)]
pub enum Whom {
    /// The date of a booking.
    Date(Reference, i32),
    /// People without a booking, by the key of what was noted.
    Others(String),
    /// People without a booking who come now, by name.
    New(String),
}

/// What was noted of somebody, and of which date.
type Noted = (Option<Arrival>, Option<(BookingId, i32)>);

impl Whom {
    /// What was noted of them already; `None` where there are no such people, or nothing can be noted of them now.
    fn noted(&self, conn: &mut Conn, site: &Site, now: Instant) -> Result<Option<Noted>, StoreError> {
        match self {
            Self::New(_) => Ok(Some((None, None))),
            Self::Others(key) => {
                let span = Span::new(now.plus_days(-2), now.plus_minutes(1));
                let noted = span.map_or(Ok(Vec::new()), |span| arrivals::within(conn, site.id, span))?;
                let found = noted.into_iter().find(|one| one.of.is_none() && arrival_key(one.id) == *key);
                Ok(found.map(|one| (Some(one), None)))
            }
            Self::Date(reference, ordinal) => {
                let Some(date) = date_of(conn, site, reference, *ordinal, now)? else {
                    return Ok(None);
                };
                Ok(Some((arrivals::of_date(conn, date.0, date.1)?, Some(date))))
            }
        }
    }
}

/// What is noted of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// They are here, so many of them. A second time it corrects the number.
    Arrived {
        people: i32,
        alone: bool,
    },
    Left,
    /// The last thing noted was a mistake.
    TakeBack,
}

/// What names an arrival in a form.
pub fn arrival_key(id: ArrivalId) -> String {
    chance::hash(&format!("arrival {}", id.row())).chars().take(16).collect()
}

/// What names a loan in a form.
pub fn loan_key(id: KeyLoanId) -> String {
    chance::hash(&format!("loan {}", id.row())).chars().take(16).collect()
}

/// Notes it. `None` when there is no such site for this person; false where that cannot be noted as things stand.
pub async fn note(
    db: &Db,
    actor: Actor,
    slug: Slug,
    (whom, deed): (Whom, Deed),
    now: Instant,
) -> Result<Option<bool>, StoreError> {
    db.write(move |conn| {
        let Some(site) = staffed(conn, &actor, &slug)? else {
            return Ok(None);
        };
        engine::lock(conn, site.id, None)?;
        let Some((arrival, of)) = whom.noted(conn, &site, now)? else {
            return Ok(Some(false));
        };
        let who = if let Whom::New(name) = &whom { name.as_str() } else { "" };
        let kind = match (deed, &arrival) {
            (Deed::Arrived { people, alone }, None) => {
                let new = NewArrival { site: site.id, of, who, people, alone, by: actor.person };
                arrivals::insert(conn, &new, now)?;
                if let Some(of) = of
                    && attendance::take_no_show_back(conn, of, true)?
                {
                    // They came after all, and late.
                    outbox::drop_queued(conn, of.0, &[MailKind::NoShow], now)?;
                }
                EventKind::Arrived
            }
            (Deed::Arrived { people, alone }, Some(arrival)) if arrival.is_here() => {
                arrivals::set_people(conn, arrival.id, people, alone)?;
                EventKind::Arrived
            }
            (Deed::Left, Some(arrival)) if arrival.is_here() => {
                arrivals::set_left(conn, arrival.id, Some((now, actor.person)))?;
                EventKind::Left
            }
            (Deed::TakeBack, Some(arrival)) => {
                if arrival.is_here() {
                    arrivals::delete(conn, arrival.id)?;
                } else {
                    arrivals::set_left(conn, arrival.id, None)?;
                }
                EventKind::ArrivalTakenBack
            }
            _ => return Ok(Some(false)),
        };
        let number = if let Deed::Arrived { people, .. } = deed { Some(i64::from(people)) } else { None };
        let booking = of.map(|(booking, _)| booking);
        let event = NewEvent { site: Some(site.id), booking, number, ..NewEvent::new(kind, Some(actor.person)) };
        events::insert(conn, &event, now)?;
        Ok(Some(true))
    })
    .await
}

/// The date of a booking at a site, if it stands and is near.
fn date_of(
    conn: &mut Conn,
    site: &Site,
    reference: &Reference,
    ordinal: i32,
    now: Instant,
) -> Result<Option<(BookingId, i32)>, StoreError> {
    let Some(booking) = crate::store::bookings::by_reference(conn, reference)?.filter(|one| one.site == site.id) else {
        return Ok(None);
    };
    let stands = |stage: Stage| matches!(stage, Stage::Conditional | Stage::Confirmed);
    let mut dates = booking.occurrences.iter().filter(|one| one.ordinal == ordinal);
    let found = dates.any(|one| stands(one.state.stage()) && is_near(one.session, now));
    Ok(found.then_some((booking.id, ordinal)))
}

/// Keys on loan, and the last that came back.
#[derive(Debug)]
pub struct KeysView {
    pub site: Site,
    pub out: Vec<KeyLoan>,
    pub back: Vec<KeyLoan>,
}

pub async fn load_keys(db: &Db, actor: Actor, slug: Slug) -> Result<Option<KeysView>, StoreError> {
    db.read(move |conn| {
        let Some(site) = staffed(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let (out, back) = (keys::out(conn, site.id)?, keys::came_back(conn, site.id, MOST_BACK)?);
        Ok(Some(KeysView { site, out, back }))
    })
    .await
}

/// A key as it is lent.
#[derive(Debug, Clone)]
pub struct Lent {
    pub item: String,
    pub borrower: String,
    pub reach: String,
}

/// What became of lending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LendAnswer {
    Done,
    /// What is labelled so is out already.
    OutAlready,
    NotFound,
}

/// Lends a key.
pub async fn lend(db: &Db, actor: Actor, slug: Slug, lent: Lent, now: Instant) -> Result<LendAnswer, StoreError> {
    db.write(move |conn| {
        let Some(site) = staffed(conn, &actor, &slug)? else {
            return Ok(LendAnswer::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        let label = lent.item.to_lowercase();
        if keys::out(conn, site.id)?.iter().any(|one| one.item.to_lowercase() == label) {
            return Ok(LendAnswer::OutAlready);
        }
        let Lent { item, borrower, reach } = &lent;
        let new = NewLoan { site: site.id, item, borrower, reach, by: actor.person };
        keys::insert(conn, &new, now)?;
        let event = NewEvent { site: Some(site.id), ..NewEvent::new(EventKind::KeyLent, Some(actor.person)) };
        events::insert(conn, &event, now)?;
        Ok(LendAnswer::Done)
    })
    .await
}

/// Takes a key back, or notes with `back` false that it did not come back after all. `None` and false as in [`note`].
pub async fn key_back(
    db: &Db,
    actor: Actor,
    slug: Slug,
    (key, back): (String, bool),
    now: Instant,
) -> Result<Option<bool>, StoreError> {
    db.write(move |conn| {
        let Some(site) = staffed(conn, &actor, &slug)? else {
            return Ok(None);
        };
        engine::lock(conn, site.id, None)?;
        let known = if back { keys::out(conn, site.id)? } else { keys::came_back(conn, site.id, MOST_BACK)? };
        let Some(loan) = known.iter().find(|one| loan_key(one.id) == key) else {
            return Ok(Some(false));
        };
        let done = keys::set_back(conn, loan.id, back.then_some((now, actor.person)))?;
        if done {
            let kind = if back { EventKind::KeyBack } else { EventKind::KeyLent };
            let event = NewEvent { site: Some(site.id), ..NewEvent::new(kind, Some(actor.person)) };
            events::insert(conn, &event, now)?;
        }
        Ok(Some(done))
    })
    .await
}
