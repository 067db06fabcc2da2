//! The use cases of a closing list: whose it is on a day, how it stands, ticking it. Not what stands on it.

use chrono::NaiveDate;

use crate::domain::closing::Closing;
use crate::domain::history::EventKind;
use crate::domain::hours::{day, local_date};
use crate::domain::ids::Slug;
use crate::domain::places::Site;
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::Audience;
use crate::domain::span::Instant;
use crate::enquiry::last_out::last_out;
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, Db, StoreError, closing, engine, sites};

pub use crate::store::occurrences::Line;

/// The people of the last session may tick for so long after the day; the site's staff always.
const DAYS: i64 = 7;

/// A day of a site, for whoever may tick its list.
#[derive(Debug)]
pub struct Day {
    pub site: Site,
    pub date: NaiveDate,
    pub lines: Vec<String>,
    pub closing: Option<Closing>,
    /// The session of whose people somebody is the last out.
    pub last: Option<Line>,
    pub is_staff: bool,
}

/// The day; today where no date is given. `None` when there is no such list, or not for this person.
pub async fn load(
    db: &Db,
    actor: Actor,
    slug: Slug,
    date: Option<NaiveDate>,
    now: Instant,
) -> Result<Option<Day>, StoreError> {
    db.read(move |conn| found(conn, &actor, &slug, date, now)).await
}

fn found(
    conn: &mut Conn,
    actor: &Actor,
    slug: &Slug,
    date: Option<NaiveDate>,
    now: Instant,
) -> Result<Option<Day>, StoreError> {
    let Some(site) = sites::by_slug(conn, slug)? else {
        return Ok(None);
    };
    let date = date.unwrap_or_else(|| local_date(site.zone, now));
    let last = last_out(conn, &site, date)?;
    let is_staff = actor.is_staff(site.id);
    let theirs = last
        .as_ref()
        .is_some_and(|last| audience(Some(actor), site.id, (last.organisation, last.shared_with)) == Audience::Insider);
    if !is_staff && !theirs {
        return Ok(None);
    }
    let closing = closing::on(conn, site.id, date)?;
    // A list that somebody has begun stays as they found it, whatever it says by now.
    let lines = match &closing {
        Some(closing) => closing.lines.clone(),
        None => closing::list(conn, site.id)?,
    };
    // The people of a session see nothing where there is nothing to tick.
    Ok((is_staff || !lines.is_empty()).then_some(Day { site, date, lines, closing, last, is_staff }))
}

/// What became of ticking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticked {
    Done,
    /// There is nothing to tick there, or not for this person.
    NotFound,
    /// The last session has not begun, or the day has not come.
    NotYet,
    /// It is over for too long.
    TooLate,
}

/// Ticks lines by their places. Ticking the same twice does no harm: what was ticked stays so.
pub async fn tick(
    db: &Db,
    actor: Actor,
    (slug, date): (Slug, NaiveDate),
    (places, name): (Vec<usize>, String),
    now: Instant,
) -> Result<Ticked, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)? else {
            return Ok(Ticked::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        let Some(found) = found(conn, &actor, &slug, Some(date), now)?.filter(|found| !found.lines.is_empty()) else {
            return Ok(Ticked::NotFound);
        };
        match when(&found, now) {
            Ticked::Done => {}
            other => return Ok(other),
        }
        let had = found.closing.as_ref().map_or(&[][..], |closing| &closing.ticked);
        let ticked: Vec<usize> =
            (0..found.lines.len()).filter(|place| had.contains(place) || places.contains(place)).collect();
        if had.len() < ticked.len() {
            let new = Closing {
                lines: found.lines.clone(),
                ticked,
                done_at: now,
                done_name: name.clone(),
                by_staff: found.is_staff,
            };
            closing::set(conn, (site.id, date), &new, Some(actor.person))?;
            let event = NewEvent {
                site: Some(site.id),
                booking: found.last.as_ref().map(|last| last.booking),
                occurrence: found.last.as_ref().map(|last| last.occurrence),
                number: i64::try_from(new.left()).ok(),
                ..NewEvent::new(EventKind::ClosingTicked, Some(actor.person))
            };
            events::insert(conn, &event, now)?;
        }
        Ok(Ticked::Done)
    })
    .await
}

/// Whether it can be ticked now: `Done` where it can.
fn when(found: &Day, now: Instant) -> Ticked {
    let Ok(day) = day(found.site.zone, found.date) else {
        return Ticked::NotFound;
    };
    let begun = found.last.as_ref().map_or(day.start(), |last| last.session.start());
    let from = if found.is_staff { day.start() } else { begun };
    if now < from {
        Ticked::NotYet
    } else if day.end().plus_days(DAYS) < now && !found.is_staff {
        Ticked::TooLate
    } else {
        Ticked::Done
    }
}
