//! Who opens and locks up a café or shop: put on a day, taken off it, reminded the day before. Those concerned are told by mail.

use chrono::NaiveDate;

use super::case::Circumstances;
use crate::domain::drop_ins::public_open;
use crate::domain::history::EventKind;
use crate::domain::holder::Reach;
use crate::domain::hours::local_date;
use crate::domain::ids::{FacilityId, OpeningDutyId, Slug};
use crate::domain::kinds::Kind;
use crate::domain::openers::{Keeper, OnDay, Task, keeper_on};
use crate::domain::person::Email;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::rendered::Rendered;
use crate::domain::span::Span;
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::openers::{self, Whose};
use crate::store::{Conn, StoreError, drop_ins, engine, holders, people, settings, sites};

/// Reminders go out from so many hours after midnight, UTC.
const MORNING: i64 = 8;

/// A café or shop that this person manages, locked.
fn managed(
    conn: &mut Conn,
    actor: &Actor,
    (site, facility): (&Slug, &Slug),
) -> Result<Option<(Site, Facility)>, StoreError> {
    let Some(id) = sites::ids(conn, &[site])?.first().copied().filter(|id| actor.manages(*id)) else {
        return Ok(None);
    };
    engine::lock(conn, id, None)?;
    let found = facilities::by_slug(conn, site, facility)?;
    Ok(found.filter(|(_, facility)| facility.kind == Kind::Cafe))
}

/// Puts somebody on a day in place of whoever was there, and tells both. False when there is no such place for this manager.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn set_keeper(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    slugs: (&Slug, &Slug),
    (tasks, day, keeper): (&[Task], OnDay, &Keeper),
) -> Result<bool, StoreError> {
    let Some((site, facility)) = managed(conn, actor, slugs)? else {
        return Ok(false);
    };
    let before = openers::list(conn, Whose::Facility(facility.id))?;
    let mut gone: Vec<(Keeper, Vec<Task>)> = Vec::new();
    let mut came: Vec<Task> = Vec::new();
    for task in tasks {
        let old = before.iter().find(|one| one.task == *task && one.day == day).map(|one| one.keeper.clone());
        openers::set(conn, (facility.id, *task, day), keeper)?;
        if old.as_ref() == Some(keeper) {
            continue;
        }
        came.push(*task);
        let Some(old) = old else {
            continue;
        };
        match gone.iter_mut().find(|(whose, _)| *whose == old) {
            Some((_, theirs)) => theirs.push(*task),
            None => gone.push((old, vec![*task])),
        }
    }
    for (old, theirs) in &gone {
        tell(conn, circumstances, (&site, &facility), (old, theirs, day), false)?;
    }
    if !came.is_empty() {
        tell(conn, circumstances, (&site, &facility), (keeper, &came, day), true)?;
    }
    note(conn, circumstances, actor, (&site, facility.id))?;
    Ok(true)
}

/// Takes somebody off a day, and tells them. False when there is no such duty for this manager.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn remove_keeper(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    slugs: (&Slug, &Slug),
    is: impl Fn(OpeningDutyId) -> bool,
) -> Result<bool, StoreError> {
    let Some((site, facility)) = managed(conn, actor, slugs)? else {
        return Ok(false);
    };
    let Some(duty) = openers::list(conn, Whose::Facility(facility.id))?.into_iter().find(|one| is(one.id)) else {
        return Ok(false);
    };
    openers::remove(conn, duty.id)?;
    tell(conn, circumstances, (&site, &facility), (&duty.keeper, &[duty.task], duty.day), false)?;
    note(conn, circumstances, actor, (&site, facility.id))?;
    Ok(true)
}

fn note(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (site, facility): (&Site, FacilityId),
) -> Result<(), StoreError> {
    let event = NewEvent {
        site: Some(site.id),
        facility: Some(facility),
        ..NewEvent::new(EventKind::FacilityChanged, Some(actor.person))
    };
    events::insert(conn, &event, circumstances.now)
}

/// Name and address of those who stand behind a keeper; none where there is nobody or only a number.
fn addresses(conn: &mut Conn, keeper: &Keeper) -> Result<Vec<(String, Email)>, StoreError> {
    Ok(match keeper {
        Keeper::Organisation(id, _) => {
            holders::readers_of(conn, *id)?.into_iter().map(|reader| (reader.name, reader.email)).collect()
        }
        Keeper::Person(id, _) => {
            people::by_id(conn, *id)?.map(|account| (account.name, account.email)).into_iter().collect()
        }
        Keeper::Named(name, reach) => {
            let email = Reach::parse(reach).ok().and_then(|reach| reach.email().cloned());
            email.map(|email| (name.clone(), email)).into_iter().collect()
        }
        Keeper::Nobody => Vec::new(),
    })
}

fn tell(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    place: (&Site, &Facility),
    (keeper, tasks, day): (&Keeper, &[Task], OnDay),
    put_on: bool,
) -> Result<(), StoreError> {
    for (name, email) in addresses(conn, keeper)? {
        let to = Recipient { name: &name, email: &email };
        let mail = circumstances.mailer.opening_changed(place, &to, (tasks, day), put_on);
        circumstances.post(conn, Some(mail))?;
    }
    Ok(())
}

/// Reminds those who open or lock up tomorrow, once each; on days on which the place is closed nobody. Says how many.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn remind_openers(conn: &mut Conn, circumstances: Circumstances<'_>) -> Result<usize, StoreError> {
    // Once a day, in the morning: whoever is put on tomorrow later than that is told of it then.
    let today = local_date(chrono_tz::Tz::UTC, circumstances.now.plus_hours(-MORNING)).to_string();
    if settings::get(conn, settings::OPENERS_REMINDED)?.is_some_and(|last| last == today) {
        return Ok(0);
    }
    settings::set(conn, settings::OPENERS_REMINDED, &today)?;
    let duties = openers::list(conn, Whose::Everybody)?;
    let mut ids: Vec<FacilityId> = duties.iter().map(|one| one.facility).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(0);
    }
    let mut told = 0;
    for (site, facility) in facilities::with_sites(conn, &Filter { ids: Some(&ids), ..Filter::default() })? {
        let Some(date) = local_date(site.zone, circumstances.now).succ_opt() else {
            continue;
        };
        let Some(open) = open_on(conn, (&site, &facility), date)? else {
            continue;
        };
        let (opens, locks) =
            (keeper_on(&duties, facility.id, Task::Opens, date), keeper_on(&duties, facility.id, Task::Locks, date));
        let mut whom: Vec<(&Keeper, Vec<Task>)> = vec![(opens, vec![Task::Opens])];
        match whom.first_mut() {
            Some((keeper, tasks)) if *keeper == locks => tasks.push(Task::Locks),
            _ => whom.push((locks, vec![Task::Locks])),
        }
        for (keeper, tasks) in whom {
            for (name, email) in addresses(conn, keeper)? {
                let to = Recipient { name: &name, email: &email };
                let mail = circumstances.mailer.opening_tomorrow((&site, &facility), &to, &tasks, open);
                let codes: Vec<&str> = tasks.iter().map(|task| task.code()).collect();
                let once = format!("opening/{}/{date}/{}/{}", facility.id.row(), codes.join("+"), email.as_str());
                circumstances.post(conn, Some(Rendered { once: Some(once), ..mail }))?;
                told += 1;
            }
        }
    }
    Ok(told)
}

/// From the first opening to the last closing of a day; none where it stays closed.
pub fn open_on(
    conn: &mut Conn,
    (site, facility): (&Site, &Facility),
    date: NaiveDate,
) -> Result<Option<Span>, StoreError> {
    let hours: Vec<_> = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours).collect();
    let Ok(day) = crate::domain::hours::day(site.zone, date) else {
        return Ok(None);
    };
    let closed: Vec<Span> =
        drop_ins::closed(conn, &facility.unit_ids(), day)?.into_iter().map(|(_, span)| span).collect();
    let on_holidays = drop_ins::opens_on_holidays(conn, facility.id)?;
    let open = public_open((site, facility), &hours, &closed, on_holidays, (date, date));
    Ok(open.into_iter().filter(|span| local_date(site.zone, span.start()) == date).reduce(Span::with))
}
