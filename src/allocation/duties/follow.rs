//! Duties follow their sessions: they move with them, end with them, and come back with them; the volunteer is told each time. Called by the acts
//! that free places, in their transaction, and by a chore for everything else that changes a date.

use super::{Date, Told, date_of, given, tell};
use crate::allocation::case::{Case, Circumstances};
use crate::domain::duty::{Duty, Ended, clashes};
use crate::domain::ids::{BookingId, FacilityId, OrganisationId, PersonId, SiteId};
use crate::domain::span::Span;
use crate::domain::words::date_and_times;
use crate::mail::duties::{Given, Over};
use crate::store::engine::{NewOccupancy, OccupancyHolder};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, duties, engine, occurrences, organisations, sites};

/// The bookings that these places were freed from.
pub(in crate::allocation) fn follow_freed(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    freed: &[NewOccupancy],
) -> Result<(), StoreError> {
    let mut ids: Vec<_> = freed
        .iter()
        .filter_map(|one| match one.holder {
            OccupancyHolder::Occurrence(id) => Some(id),
            _ => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let bookings = occurrences::bookings_of(conn, &ids)?;
    follow(conn, circumstances, &bookings).map(drop)
}

/// Looks for dates with duties that have changed and lets the duties follow; says how many bookings.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn follow_sessions(conn: &mut Conn, circumstances: Circumstances<'_>, most: i64) -> Result<usize, StoreError> {
    let bookings = duties::unseen(conn, circumstances.now, most)?;
    let all = duties::coming_of(conn, &bookings, circumstances.now)?;
    let people: Vec<PersonId> = all.iter().map(|one| one.person).collect();
    let mut places: Vec<SiteId> = Case::by_ids(conn, &bookings)?.iter().map(|case| case.site.id).collect();
    places.sort_unstable();
    places.dedup();
    // Another copy of the program may be at it as well: what is done is judged after this.
    engine::lock_people(conn, &people, &places, None)?;
    follow_all(conn, circumstances, &bookings, true)
}

/// What became of one duty.
enum Became {
    Same,
    Moved(FacilityId, Span),
    Confirmed,
    Over,
    Back,
}

/// Lets the duties of bookings follow; says how many bookings have any. What comes back is left to the chore, because people are locked before
/// sites, and whoever calls this has locked the site already.
pub(in crate::allocation) fn follow(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    bookings: &[BookingId],
) -> Result<usize, StoreError> {
    follow_all(conn, circumstances, bookings, false)
}

fn follow_all(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    bookings: &[BookingId],
    may_revive: bool,
) -> Result<usize, StoreError> {
    let all = duties::coming_of(conn, bookings, circumstances.now)?;
    let mut ids: Vec<BookingId> = all.iter().map(|one| one.booking).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(0);
    }
    for case in Case::by_ids(conn, &ids)? {
        let own: Vec<&Duty> = all.iter().filter(|one| one.booking == case.booking.id).collect();
        follow_one(conn, circumstances, &case, &own, may_revive)?;
    }
    Ok(ids.len())
}

/// Duties of one booking of which their people are told alike.
#[derive(Default)]
struct ToTell<'a> {
    moved: Vec<Told<'a>>,
    confirmed: Vec<Told<'a>>,
    over: Vec<Told<'a>>,
    back: Vec<Told<'a>>,
}

fn follow_one(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    own: &[&Duty],
    may_revive: bool,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    let mut told = ToTell::default();
    for duty in own {
        let Some(date) = date_of(case, duty.ordinal, now) else {
            continue;
        };
        let (sequence, occurrence) = (duty.sequence + 1, date.occurrence);
        match became(conn, case, duty, &date, own)? {
            Became::Same => {}
            Became::Moved(facility, session) => {
                duties::set_moved(conn, duty, (facility, session), now)?;
                let was = Some(place_before(conn, case, duty)?);
                told.moved.push((duty, sequence, occurrence, was));
            }
            Became::Confirmed => {
                if duties::set_confirmed(conn, duty.id)? {
                    told.confirmed.push((duty, sequence, occurrence, None));
                }
            }
            Became::Over => {
                if duties::end(conn, duty.id, Ended::SessionOff, now)? {
                    told.over.push((duty, sequence, occurrence, None));
                }
            }
            Became::Back => {
                // Seen only when it has been done.
                if !may_revive || !duties::revive(conn, duty.id)? {
                    continue;
                }
                let has_moved = (duty.facility, duty.session) != (date.facility(), date.session);
                if has_moved {
                    duties::set_moved(conn, duty, (date.facility(), date.session), now)?;
                }
                told.back.push((duty, sequence + i32::from(has_moved), occurrence, None));
            }
        }
        if duty.seen != date.sequence {
            duties::set_seen(conn, duty.id, date.sequence)?;
        }
    }
    tell_each(conn, circumstances, case, told)?;
    sites::mark_changed(conn, case.site.id)
}

fn tell_each(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    told: ToTell<'_>,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    for (person, theirs) in by_person(told.moved) {
        tell(conn, circumstances, case, (person, &theirs), |mailer, duties| mailer.duty_changed(duties, now))?;
    }
    for (person, theirs) in by_person(told.over) {
        let off = Over::SessionOff;
        tell(conn, circumstances, case, (person, &theirs), |mailer, duties| mailer.duty_ended(duties, off, now))?;
    }
    for (list, given) in [(told.back, Given::Again), (told.confirmed, Given::Confirmed)] {
        for (person, theirs) in by_person(list) {
            tell(conn, circumstances, case, (person, &theirs), |mailer, duties| mailer.duty_given(duties, given, now))?;
        }
    }
    Ok(())
}

/// One list a person, in order.
fn by_person(told: Vec<Told<'_>>) -> Vec<(PersonId, Vec<Told<'_>>)> {
    let mut lists: Vec<(PersonId, Vec<Told<'_>>)> = Vec::new();
    for one in told {
        match lists.iter_mut().find(|(person, _)| *person == one.0.person) {
            Some((_, theirs)) => theirs.push(one),
            None => lists.push((one.0.person, vec![one])),
        }
    }
    lists
}

fn became(conn: &mut Conn, case: &Case, duty: &Duty, date: &Date<'_>, own: &[&Duty]) -> Result<Became, StoreError> {
    let here = (date.facility(), date.session);
    if duty.stands() {
        return Ok(match date.stands {
            false => Became::Over,
            true if (duty.facility, duty.session) != here => Became::Moved(here.0, here.1),
            true if duty.tentative && date.confirmed => Became::Confirmed,
            true => Became::Same,
        });
    }
    let on_again = own.iter().any(|one| one.person == duty.person && one.is_on(case.booking.id, duty.ordinal));
    if !date.stands || on_again {
        return Ok(Became::Same);
    }
    // They may have something else by now, or have left.
    let is_member = organisations::members(conn, duty.organisation)?.iter().any(|one| one.person == duty.person);
    let busy = duties::busy(conn, &[duty.person], date.session)?;
    let free = !clashes(&busy, duty.person, (case.booking.id, duty.ordinal), date.session);
    Ok(if is_member && free { Became::Back } else { Became::Same })
}

/// Where and when a duty was, as its person was told.
fn place_before(conn: &mut Conn, case: &Case, duty: &Duty) -> Result<String, StoreError> {
    let known = case.facilities.iter().find(|one| one.id == duty.facility).map(|one| one.name.clone());
    let name = match known {
        Some(name) => Some(name),
        None => facilities::with_sites(conn, &Filter { ids: Some(&[duty.facility]), ..Filter::default() })?
            .pop()
            .map(|(_, facility)| facility.name),
    };
    let place = name.map_or_else(String::new, |name| format!(", in {name}"));
    Ok(format!("{}{place}", date_and_times(case.site.zone, duty.session)))
}

/// Ends what is to come of somebody who leaves an organisation, and tells them.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn end_duties_of(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (organisation, person): (OrganisationId, PersonId),
    by: PersonId,
) -> Result<(), StoreError> {
    let all = duties::of_person(conn, person, circumstances.now)?;
    let theirs: Vec<&Duty> = all.iter().filter(|one| one.stands() && one.organisation == organisation).collect();
    let mut bookings: Vec<BookingId> = theirs.iter().map(|one| one.booking).collect();
    bookings.sort_unstable();
    bookings.dedup();
    for case in Case::by_ids(conn, &bookings)? {
        let own: Vec<&Duty> = theirs.iter().copied().filter(|one| one.booking == case.booking.id).collect();
        given::end(conn, circumstances, &case, (&own, Ended::Left), by)?;
    }
    Ok(())
}
