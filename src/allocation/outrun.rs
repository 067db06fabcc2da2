//! Requests that hold no place: taking a place declines at once exactly those that no longer fit. They are never told who won.

use super::case::{Case, Circumstances};
use crate::domain::availability::{Place, choose, free_units};
use crate::domain::history::EventKind;
use crate::domain::ids::{BookingId, UnitId};
use crate::domain::occurrence::{Act, Stage};
use crate::domain::rendered::MailKind;
use crate::domain::span::Span;
use crate::store::occurrences::ListFilter;
use crate::store::{Conn, StoreError, bookings, occupancies, occurrences, outbox};

/// Declines the pending occurrences that the places just taken leave no room for. A closure has no winner.
pub(super) fn decline_outrun(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    winner: Option<BookingId>,
    took: &[(Vec<UnitId>, Span)],
) -> Result<(), StoreError> {
    let (Some(from), Some(to)) =
        (took.iter().map(|(_, span)| span.start()).min(), took.iter().map(|(_, span)| span.end()).max())
    else {
        return Ok(());
    };
    let mut units: Vec<UnitId> = took.iter().flat_map(|(units, _)| units.iter().copied()).collect();
    units.sort_unstable();
    units.dedup();
    let filter = ListFilter {
        of_units: Some(&units),
        stages: Some(&[Stage::Requested]),
        // Wider than the span by a day: a rival may be in the way with its set-up or turnaround only.
        starts_after: Some(from.plus_days(-1)),
        starts_before: Some(to.plus_days(1)),
        until_after: Some(circumstances.now),
        ..ListFilter::default()
    };
    let mut rivals = occurrences::list(conn, &filter)?;
    rivals.retain(|rival| {
        let near = rival.session.widened(1440, 1440);
        Some(rival.booking) != winner && took.iter().any(|(_, span)| span.overlaps(near))
    });
    let ids: Vec<_> = rivals.iter().map(|rival| rival.occurrence).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let hold: Vec<_> = occupancies::of_occurrences(conn, &ids)?.into_iter().map(|(id, _)| id).collect();
    let mut bookings: Vec<BookingId> =
        rivals.iter().filter(|rival| !hold.contains(&rival.occurrence)).map(|rival| rival.booking).collect();
    bookings.sort_unstable();
    bookings.dedup();
    for booking in bookings {
        decline_if_it_no_longer_fits(conn, circumstances, booking)?;
    }
    Ok(())
}

fn decline_if_it_no_longer_fits(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    booking: BookingId,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    let Some(case) = Case::by_id(conn, booking)? else {
        return Ok(());
    };
    let mut declined = false;
    let ids: Vec<_> = case.booking.waiting(now).map(|one| one.id).collect();
    let hold: Vec<_> = occupancies::of_occurrences(conn, &ids)?.into_iter().map(|(id, _)| id).collect();
    for one in case.booking.waiting(now).filter(|one| !hold.contains(&one.id)) {
        let Some(facility) = case.facility_of(one) else {
            continue;
        };
        let taken = occupancies::taken(conn, &facility.unit_ids(), one.occupied)?;
        let place = Place {
            session: one.session,
            occupied: one.occupied,
            may_touch: case.booking.organisation_id().filter(|_| facility.rules.own_may_touch),
            besides: &[one.id],
        };
        if choose(facility, &free_units(facility, &taken, place, now), &one.wanted).is_some() {
            continue;
        }
        let Ok(state) = one.state.apply(Act::Decline { by: None, reason: None }, one.session, now) else {
            continue;
        };
        declined |= bookings::set_state(conn, one.id, one.state.stage(), &state)?;
        case.note(conn, (EventKind::Outrun, None), one, None, now)?;
    }
    if declined {
        outbox::drop_queued(conn, booking, &[MailKind::DecisionNeeded, MailKind::DecisionReminder], now)?;
        let case = case.changed(conn)?;
        case.tell(conn, circumstances, |mailer, case| mailer.declined(case, None, now))?;
    }
    Ok(())
}
