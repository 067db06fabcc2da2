//! The use cases of cafés and shops: whether one is open, its sessions, who opens it, what is on. Not how they look.

use chrono::{Days, NaiveDate};

use crate::allocation::{self, Case, Circumstances};
use crate::chance::{self, Chance};
use crate::domain::drop_ins::{Door, DropIn, LOOK_AHEAD_DAYS, door, public_open};
use crate::domain::history::EventKind;
use crate::domain::holder::OrganisationName;
use crate::domain::hours::{WeeklyHours, local_date, wall_span};
use crate::domain::ids::{Reference, Slug};
use crate::domain::kinds::Kind;
use crate::domain::openers::{Keeper, OnDay, OpeningDuty, Task};
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::enquiry::whats_on::{self, Session};
use crate::mail::Mailer;
use crate::store::drop_ins::{self, Where};
use crate::store::events::{self, NewEvent};
use crate::store::openers::{self, Whose};
use crate::store::{Conn, Db, StoreError, engine, facilities, organisations, sites};

pub use crate::enquiry::whats_on::Session as OnSession;

type Slugs = (Slug, Slug);

/// So many days ahead are shown of who opens up.
pub const OPENERS_DAYS: u64 = 14;

/// A café or shop as anybody sees it.
#[derive(Debug)]
pub struct CafeView {
    pub site: Site,
    pub facility: Facility,
    /// Of the facility, or of the site where it has none of its own.
    pub hours: Vec<WeeklyHours>,
    pub door: Door,
    /// Open spans from today on.
    pub open: Vec<Span>,
    pub sessions: Vec<DropIn>,
    pub on_holidays: bool,
}

fn cafe(conn: &mut Conn, (site, facility): &Slugs) -> Result<Option<(Site, Facility)>, StoreError> {
    Ok(facilities::by_slug(conn, site, facility)?.filter(|(_, facility)| facility.kind == Kind::Cafe))
}

/// Loads one; unlisted ones for the site's staff only.
pub async fn load(db: &Db, slugs: Slugs, actor: Option<Actor>, now: Instant) -> Result<Option<CafeView>, StoreError> {
    db.read(move |conn| {
        let sees = |site: &Site| actor.as_ref().is_some_and(|actor| actor.is_staff(site.id));
        let Some((site, facility)) = cafe(conn, &slugs)?.filter(|(site, facility)| facility.listed || sees(site))
        else {
            return Ok(None);
        };
        let today = local_date(site.zone, now);
        let last = today.checked_add_days(Days::new(LOOK_AHEAD_DAYS)).unwrap_or(today);
        let hours: Vec<WeeklyHours> = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours).collect();
        let (open, on_holidays) = opening(conn, (&site, &facility), &hours, (today, last))?;
        let sessions = drop_ins::list(conn, Where::Facility(facility.id))?.into_iter().map(|(_, one)| one);
        let sessions = sessions.filter(|one| !one.is_over(today)).collect();
        let own = hours.iter().any(|one| one.facility == Some(facility.id));
        let shown = |one: &WeeklyHours| one.facility == own.then_some(facility.id);
        let hours = hours.iter().copied().filter(shown).collect();
        Ok(Some(CafeView { door: door(&open, now), site, facility, hours, open, sessions, on_holidays }))
    })
    .await
}

/// When a café or shop is open on some dates, and whether it opens on bank holidays. Two queries.
fn opening(
    conn: &mut Conn,
    (site, facility): (&Site, &Facility),
    hours: &[WeeklyHours],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<(Vec<Span>, bool), StoreError> {
    let on_holidays = drop_ins::opens_on_holidays(conn, facility.id)?;
    let whole = wall_span(site.zone, from, (0, 1440)).zip(wall_span(site.zone, to, (0, 1440)));
    let closed = match whole {
        Some((first, last)) => drop_ins::closed(conn, &facility.unit_ids(), first.with(last))?,
        None => Vec::new(),
    };
    let closed: Vec<Span> = closed.into_iter().map(|(_, span)| span).collect();
    Ok((public_open((site, facility), hours, &closed, on_holidays, (from, to)), on_holidays))
}

/// What names a row in a form.
pub fn key(kind: &str, row: i64) -> String {
    chance::hash(&format!("{kind} {row}")).chars().take(16).collect()
}

/// The café or shop with its sessions, for its manager. `None` for everybody else.
pub async fn load_managed(db: &Db, actor: Actor, slugs: Slugs, now: Instant) -> Result<Option<CafeView>, StoreError> {
    let view = load(db, slugs, Some(actor.clone()), now).await?;
    Ok(view.filter(|view| actor.manages(view.site.id)))
}

/// What a manager does to the sessions of a café or shop.
#[derive(Debug, Clone)]
pub enum Deed {
    /// A new one, or other facts for the one of this key.
    Set(Option<String>, Box<DropIn>),
    Remove(String),
    /// One date is cancelled, or put back.
    Off(String, NaiveDate, bool),
    OnHolidays(bool),
}

/// Does it; false when there is no such place or session for this manager.
pub async fn act(db: &Db, actor: Actor, slugs: Slugs, deed: Deed, now: Instant) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(id) = sites::ids(conn, &[&slugs.0])?.first().copied().filter(|id| actor.manages(*id)) else {
            return Ok(false);
        };
        engine::lock(conn, id, None)?;
        let Some((site, facility)) = cafe(conn, &slugs)? else {
            return Ok(false);
        };
        let all = drop_ins::list(conn, Where::Facility(facility.id))?;
        let find = |wanted: &str| all.iter().map(|(_, one)| one).find(|one| key("drop-in", one.id.row()) == wanted);
        match &deed {
            Deed::Set(None, new) => {
                drop_ins::insert(conn, &DropIn { facility: facility.id, ..(**new).clone() })?;
            }
            Deed::Set(Some(wanted), new) => match find(wanted) {
                Some(one) => drop_ins::update(conn, one.id, new)?,
                None => return Ok(false),
            },
            Deed::Remove(wanted) => match find(wanted) {
                Some(one) => drop_ins::remove(conn, one.id)?,
                None => return Ok(false),
            },
            Deed::Off(wanted, date, off) => match find(wanted).filter(|one| one.has(*date)) {
                Some(one) => drop_ins::set_off(conn, one.id, *date, *off)?,
                None => return Ok(false),
            },
            Deed::OnHolidays(on) => drop_ins::set_opens_on_holidays(conn, facility.id, *on)?,
        }
        let event = NewEvent {
            site: Some(site.id),
            facility: Some(facility.id),
            ..NewEvent::new(EventKind::FacilityChanged, Some(actor.person))
        };
        events::insert(conn, &event, now)?;
        sites::mark_changed(conn, site.id)?;
        Ok(true)
    })
    .await
}

/// Who opens and locks up a café or shop in the days to come.
#[derive(Debug)]
pub struct OpenersView {
    pub site: Site,
    pub facility: Facility,
    pub manages: bool,
    /// From the first opening to the last closing of each day on which it is open.
    pub days: Vec<Span>,
    pub duties: Vec<OpeningDuty>,
}

/// The café or shop of this path, where this person works.
fn staffed(conn: &mut Conn, actor: &Actor, slugs: &Slugs) -> Result<Option<(Site, Facility)>, StoreError> {
    Ok(cafe(conn, slugs)?.filter(|(site, _)| actor.is_staff(site.id)))
}

/// For the site's staff; `None` for everybody else.
pub async fn load_openers(
    db: &Db,
    actor: Actor,
    slugs: Slugs,
    now: Instant,
) -> Result<Option<OpenersView>, StoreError> {
    db.read(move |conn| {
        let Some((site, facility)) = staffed(conn, &actor, &slugs)? else {
            return Ok(None);
        };
        let today = local_date(site.zone, now);
        let last = today.checked_add_days(Days::new(OPENERS_DAYS)).unwrap_or(today);
        let hours: Vec<WeeklyHours> = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours).collect();
        let (open, _) = opening(conn, (&site, &facility), &hours, (today, last))?;
        let mut days: Vec<Span> = Vec::new();
        for span in open {
            let date = local_date(site.zone, span.start());
            match days.last_mut() {
                Some(day) if local_date(site.zone, day.start()) == date => *day = day.with(span),
                _ => days.push(span),
            }
        }
        let duties = openers::list(conn, Whose::Facility(facility.id))?;
        Ok(Some(OpenersView { manages: actor.manages(site.id), site, facility, days, duties }))
    })
    .await
}

/// Whom a manager can put on a day.
#[derive(Debug)]
pub struct KeepersView {
    pub site: Site,
    pub facility: Facility,
    pub staff: Vec<(String, Keeper)>,
    pub organisations: Vec<OrganisationName>,
}

/// For the site's managers; `None` for everybody else.
pub async fn load_keepers(db: &Db, actor: Actor, slugs: Slugs) -> Result<Option<KeepersView>, StoreError> {
    db.read(move |conn| {
        let Some((site, facility)) = staffed(conn, &actor, &slugs)?.filter(|(site, _)| actor.manages(site.id)) else {
            return Ok(None);
        };
        let people = sites::staff(conn, site.id)?.into_iter();
        let staff = people.map(|one| (key("person", one.person.row()), Keeper::Person(one.person, one.name))).collect();
        let organisations = organisations::approved_names(conn)?;
        Ok(Some(KeepersView { site, facility, staff, organisations }))
    })
    .await
}

/// What a writer needs from outside.
#[derive(Clone)]
pub struct Outside {
    pub now: Instant,
    pub chance: Chance,
    pub mailer: Mailer,
}

impl Outside {
    fn circumstances(&self) -> Circumstances<'_> {
        Circumstances { now: self.now, chance: self.chance, mailer: &self.mailer }
    }
}

/// Puts somebody on a day.
pub async fn set_keeper(
    db: &Db,
    outside: Outside,
    actor: Actor,
    slugs: Slugs,
    (tasks, day, keeper): (Vec<Task>, OnDay, Keeper),
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let what = (tasks.as_slice(), day, &keeper);
        allocation::set_keeper(conn, outside.circumstances(), &actor, (&slugs.0, &slugs.1), what)
    })
    .await
}

/// Takes somebody off a day.
pub async fn remove_keeper(
    db: &Db,
    outside: Outside,
    actor: Actor,
    slugs: Slugs,
    wanted: String,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let is = |id: crate::domain::ids::OpeningDutyId| key("opener", id.row()) == wanted;
        allocation::remove_keeper(conn, outside.circumstances(), &actor, (&slugs.0, &slugs.1), is)
    })
    .await
}

/// What anyone may come to on some dates, and all sites for the form.
pub async fn whats_on(
    db: &Db,
    dates: (NaiveDate, NaiveDate),
    now: Instant,
) -> Result<(Vec<Session>, Vec<Site>), StoreError> {
    db.read(move |conn| Ok((whats_on::whats_on(conn, dates, now)?, sites::all(conn)?))).await
}

/// A booking that its people may open to everybody, and for whom it is open.
#[derive(Debug)]
pub struct OpenBooking {
    pub reference: Reference,
    pub purpose: String,
    /// Whether its privacy lets everybody know of it.
    pub open: bool,
    pub listed: bool,
    pub words: Option<String>,
}

/// For those who speak for its holder; `None` for everybody else.
pub async fn load_booking(db: &Db, actor: Actor, reference: Reference) -> Result<Option<OpenBooking>, StoreError> {
    db.read(move |conn| {
        let Some(case) = own_case(conn, &actor, &reference)? else {
            return Ok(None);
        };
        Ok(Some(OpenBooking {
            reference: case.booking.reference.clone(),
            purpose: case.booking.purpose.clone(),
            open: case.booking.privacy == Privacy::Open,
            listed: case.facilities.iter().all(|facility| facility.listed),
            words: drop_ins::open_words(conn, case.booking.id)?,
        }))
    })
    .await
}

fn own_case(conn: &mut Conn, actor: &Actor, reference: &Reference) -> Result<Option<Case>, StoreError> {
    let case = Case::by_reference(conn, reference)?;
    // A private person's booking is nobody else's to see.
    Ok(case.filter(|case| !case.booking.holder.is_person() && actor.speaks_for(case.site.id, &case.booking.holder)))
}

/// Opens a booking to everybody, or no longer. False when it is not there for this person, or must not be open.
pub async fn open_booking(
    db: &Db,
    actor: Actor,
    reference: Reference,
    words: Option<String>,
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(case) = own_case(conn, &actor, &reference)? else {
            return Ok(false);
        };
        engine::lock(conn, case.site.id, case.booking.organisation_id())?;
        let Some(case) = own_case(conn, &actor, &reference)? else {
            return Ok(false);
        };
        if words.is_some() && case.booking.privacy != Privacy::Open {
            return Ok(false);
        }
        drop_ins::set_open(conn, case.booking.id, words.as_deref(), now)?;
        let event = NewEvent {
            site: Some(case.site.id),
            booking: Some(case.booking.id),
            organisation: case.booking.organisation_id(),
            ..NewEvent::new(EventKind::Changed, Some(actor.person))
        };
        events::insert(conn, &event, now)?;
        sites::mark_changed(conn, case.site.id)?;
        Ok(true)
    })
    .await
}
