//! Requests that hold no place: taking a place declines at once exactly those that no longer fit. They are never told who won.

use super::case::{Case, Circumstances};
use crate::domain::availability::{Place, choose, free_units};
use crate::domain::history::EventKind;
use crate::domain::ids::{BookingId, UnitId};
use crate::domain::occurrence::{Act, Stage};
use crate::domain::rendered::MailKind;
use crate::domain::span::Span;
use crate::store::occurrences::ListFilter;
use crate::store::{Conn, StoreError, bookings, facilities, occupancies, occurrences, outbox};

/// Declines the pending occurrences that the units just taken leave no room for. A closure has no winner.
pub(super) fn decline_outrun(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    winner: Option<BookingId>,
    units: &[UnitId],
    span: Span,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    let sharing = facilities::sharing_units(conn, units)?;
    let filter = ListFilter {
        facilities: Some(&sharing),
        stages: Some(&[Stage::Requested]),
        // Wider than the span by a day: a rival may be in the way with its set-up or turnaround only.
        starts_after: Some(span.start().plus_days(-1)),
        starts_before: Some(span.end().plus_days(1)),
        until_after: Some(now),
        ..ListFilter::default()
    };
    let rivals = occurrences::list(conn, &filter)?;
    for rival in rivals.into_iter().filter(|rival| Some(rival.booking) != winner) {
        if occupancies::of_occurrence(conn, rival.occurrence)?.is_empty() {
            decline_if_it_no_longer_fits(conn, circumstances, rival.booking)?;
        }
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
    for one in case.booking.waiting(now) {
        let Some(facility) = case.facility_of(one) else {
            continue;
        };
        let taken = occupancies::taken(conn, &facility.unit_ids(), one.occupied)?;
        let place = Place {
            session: one.session,
            occupied: one.occupied,
            may_touch: case.booking.organisation_id().filter(|_| facility.rules.own_may_touch),
            besides: Some(one.id),
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
        circumstances.post(conn, circumstances.mailer.declined(case.for_mail(), None))?;
    }
    Ok(())
}
