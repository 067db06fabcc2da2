//! What happens to slots from outside: drop-offs are paused, a closure takes the place, the day before has come. Not the booking of slots.

use super::case::{Case, Circumstances};
use super::slots::{end_one, readers};
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::policy::Actor;
use crate::domain::rendered::Rendered;
use crate::domain::slots::{Pause, StreamKind};
use crate::enquiry::slots::bank;
use crate::mail::accounts::Recipient;
use crate::mail::slots::SlotCase;
use crate::store::events::{self, NewEvent};
use crate::store::slots::{self as store_slots, Which};
use crate::store::{Conn, StoreError, engine, sites};

/// Pauses drop-offs with words for everybody, or opens them again with `None`. Those who have a slot to come are told, and with
/// `cancel` lose it. Says how many those were; `None` when there is no such baby bank for this manager.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn pause_donations(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (site, facility): (&Slug, &Slug),
    pause: Option<&Pause>,
    cancel: bool,
) -> Result<Option<usize>, StoreError> {
    let now = circumstances.now;
    let Some(id) = sites::ids(conn, &[site])?.first().copied().filter(|id| actor.manages(*id)) else {
        return Ok(None);
    };
    engine::lock(conn, id, None)?;
    let Some(bank) = bank(conn, (site, facility))? else {
        return Ok(None);
    };
    let Some(stream) = bank.stream(StreamKind::Donation) else {
        return Ok(None);
    };
    store_slots::set_pause(conn, stream.id, pause)?;
    let mut told = 0;
    if let Some(pause) = pause {
        let which = Which::OfStream(bank.facility.id, StreamKind::Donation, now);
        for visit in store_slots::visits(conn, which)?.into_iter().filter(|visit| visit.is_coming(now)) {
            let date = local_date(bank.site.zone, visit.slot.start());
            if pause.until.is_some_and(|until| until <= date) {
                continue;
            }
            told += 1;
            if cancel {
                end_one(conn, circumstances, &bank, &visit, (Some(actor.person), Some(&pause.words)))?;
                continue;
            }
            let case = SlotCase { site: &bank.site, facility: &bank.facility, visit: &visit };
            for (name, email) in readers(conn, &visit)?.into_iter().filter(|_| visit.until.is_none()) {
                let to = Recipient { name: &name, email: &email };
                circumstances.post(conn, Some(circumstances.mailer.drop_offs_paused(case, &to, pause)))?;
            }
        }
    }
    let event = NewEvent {
        site: Some(bank.site.id),
        facility: Some(bank.facility.id),
        number: i64::try_from(told).ok(),
        ..NewEvent::new(EventKind::FacilityChanged, Some(actor.person))
    };
    events::insert(conn, &event, now)?;
    sites::mark_changed(conn, bank.site.id)?;
    Ok(Some(told))
}

/// Tells whoever had a slot that a closure took its place; a donor who had not confirmed it yet hears nothing.
pub(super) fn tell_displaced(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (case, reason): (&Case, &str),
    was_confirmed: bool,
) -> Result<(), StoreError> {
    let visit = store_slots::visits(conn, Which::Booking(case.booking.id))?.pop();
    let (Some(visit), Some(facility), true) = (visit, case.facilities.first(), was_confirmed) else {
        return Ok(());
    };
    let slot = SlotCase { site: &case.site, facility, visit: &visit };
    for (name, email) in readers(conn, &visit)? {
        let to = Recipient { name: &name, email: &email };
        let mail = circumstances.mailer.slot_cancelled(slot, &to, Some(reason), circumstances.now);
        circumstances.post(conn, Some(mail))?;
    }
    store_slots::void_links(conn, case.booking.id)
}

/// The mail of the day before, once for each who gets it.
pub(super) fn remind(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (case, one): (&Case, &Occurrence),
) -> Result<bool, StoreError> {
    let visit = store_slots::visits(conn, Which::Booking(case.booking.id))?.pop();
    let Some((visit, facility)) = visit.zip(case.facilities.first()) else {
        return Ok(false);
    };
    let slot = SlotCase { site: &case.site, facility, visit: &visit };
    for (number, (name, email)) in readers(conn, &visit)?.into_iter().enumerate() {
        let mail = circumstances.mailer.slot_tomorrow(slot, &Recipient { name: &name, email: &email });
        let once = format!("reminder/{}/{}/{number}", one.id.row(), one.session.start().seconds());
        circumstances.post(conn, Some(Rendered { once: Some(once), ..mail }))?;
    }
    Ok(true)
}
