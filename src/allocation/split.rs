//! Cutting a booking in two: the dates from one on go to a booking of their own, with the rest of the rule. Nothing else about them changes.

use super::case::{Case, Circumstances};
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::ids::BookingId;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::store::bookings::{self, NewBooking};
use crate::store::particulars::{self, Whose};
use crate::store::{Conn, StoreError, arrivals, changes, drop_ins, duties, share, waiting};

/// Cuts a booking before everything that starts at `first` or later, and gives back the second half. The first half keeps its
/// reference and what has been; its calendar entry ends where the second begins.
pub(super) fn split(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: Case,
    first: Instant,
) -> Result<Case, StoreError> {
    let now = circumstances.now;
    let mut later: Vec<&Occurrence> =
        case.booking.occurrences.iter().filter(|one| first <= one.session.start()).collect();
    later.sort_by_key(|one| one.ordinal);
    let Some(start) = later.first().map(|one| one.ordinal) else {
        return Ok(case);
    };
    let halves = case.booking.repeat.as_ref().and_then(|pattern| pattern.split_at(start));
    let reference = circumstances.chance.reference();
    let booking = &case.booking;
    let holder = booking.holder.id();
    let new = NewBooking {
        reference: &reference,
        site: case.site.id,
        holder: &holder,
        booked_by: booking.booked_by.as_ref().map(|booker| booker.id),
        purpose: &booking.purpose,
        note: &booking.note,
        people: booking.people,
        privacy: booking.privacy,
        repeat: halves.as_ref().map(|(_, after)| after),
        sibling_of: None,
        split_from: Some(booking.id),
        terms: booking.terms,
    };
    let id = bookings::insert(conn, &new, booking.created_at)?;
    take_along(conn, &case, (id, start), now)?;
    // Dates that no longer follow each other are counted on, so that each of the rule keeps its place in it.
    for one in &later {
        changes::hand_over(conn, one.id, id, one.ordinal - (start - 1))?;
        let (from, to) = ((booking.id, one.ordinal), (id, one.ordinal - (start - 1)));
        duties::hand_over(conn, from, to)?;
        waiting::hand_over(conn, from, to)?;
        arrivals::hand_over(conn, from, to)?;
    }
    if booking.repeat.is_some() {
        changes::set_pattern(conn, booking.id, halves.as_ref().map(|(before, _)| before))?;
    }
    bookings::raise_version(conn, booking.id)?;
    case.note_all(conn, (EventKind::Split, Some(actor.person)), later.first().copied(), None, now)?;
    let kept = Case::by_id(conn, booking.id)?;
    let new = Case::by_id(conn, id)?.unwrap_or(case);
    new.note_all(conn, (EventKind::Split, Some(actor.person)), new.booking.occurrences.first(), None, now)?;
    if let Some(kept) = kept {
        kept.tell_all(conn, circumstances, |mailer, case| mailer.split(case, &reference, now))?;
    }
    Ok(new)
}

/// What a booking says and whom it concerns goes with the second half, too.
fn take_along(conn: &mut Conn, case: &Case, (id, start): (BookingId, i32), now: Instant) -> Result<(), StoreError> {
    let booking = &case.booking;
    let said = &booking.particulars;
    particulars::insert(conn, Whose::Booking(id), &said.from_ordinal(start))?;
    // The first half may get more dates, which get the numbers that went.
    if said.before_ordinal(start) != *said {
        particulars::set(conn, booking.id, &said.before_ordinal(start))?;
    }
    if let Some(words) = drop_ins::open_words(conn, booking.id)? {
        drop_ins::set_open(conn, id, Some(&words), now)?;
    }
    if let Some(second) = &booking.shared_with {
        share::set(conn, id, Some(second.id))?;
    }
    if let Some(needed) = duties::needs(conn, &[booking.id])?.get(&booking.id) {
        duties::set_need(conn, id, *needed)?;
    }
    Ok(())
}
