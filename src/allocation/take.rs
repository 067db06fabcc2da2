//! The answer to an offer: taking it, through the same judged writer as any request, or letting it go. The first answer counts.

use super::care::of_entry;
use super::case::{Case, Circumstances};
use super::expire::clear_void;
use super::lapse::{end_entry, give_back, once_key};
use super::offer::{event, offer_freed};
use super::request::{Dated, Draft, RequestAnswer, ask};
use super::{Answer, undo};
use crate::domain::history::EventKind;
use crate::domain::holder::Holder;
use crate::domain::hours::local_date;
use crate::domain::ids::{BookingId, Reference};
use crate::domain::occurrence::Stage;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::waiting::{Entry, Standing};
use crate::enquiry::facts::around;
use crate::store::engine::{NewOccupancy, insert_occupancies};
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::waiting::OfferEnd;
use crate::store::{Conn, StoreError, bookings, engine, occupancies, outbox, waiting};

/// What became of taking an offer.
#[derive(Debug)]
pub enum TakeAnswer {
    Done {
        booking: Reference,
        confirmed: bool,
    },
    /// It was taken before, with this booking.
    Before(Reference),
    /// There is no such entry, or not for this person; which of the two is not said.
    NotFound,
    /// It ran out or was left.
    Over(Standing),
    /// It cannot be had, or not any more. Nothing has changed.
    Refused(Vec<Refusal>),
}

/// Takes the place that an entry waits for: the one that is kept for it, or, at short notice, one that is free.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn take(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    reference: &Reference,
) -> Result<TakeAnswer, StoreError> {
    let now = circumstances.now;
    let Some(entry) = locked(conn, actor, reference)? else {
        return Ok(TakeAnswer::NotFound);
    };
    match entry.stands(now) {
        Standing::Taken => return before(conn, &entry),
        Standing::Left => return Ok(TakeAnswer::Over(Standing::Left)),
        Standing::Lapsed => {
            if entry.standing.is_open() {
                end_entry(conn, circumstances, &entry)?;
            }
            return Ok(TakeAnswer::Over(Standing::Lapsed));
        }
        Standing::Waiting | Standing::Offered => {}
    }
    let places = facilities::with_sites(conn, &Filter { ids: Some(&[entry.facility]), ..Filter::default() })?;
    let Some((site, facility)) = places.first() else {
        return Ok(TakeAnswer::NotFound);
    };
    // What is void near by is offered on before this place is let go, so that nobody else is offered it in between.
    let date = local_date(site.zone, entry.session.start());
    if let Some(within) = around(site, date, date) {
        let mut taken = occupancies::taken(conn, &facility.unit_ids(), within)?;
        clear_void(conn, circumstances, &mut taken)?;
    }
    let held = match entry.offer {
        Some(offer) => give_back(conn, offer.id)?,
        None => Vec::new(),
    };
    let became = match entry.of_series() {
        Some((booking, ordinal)) => put_back(conn, circumstances, actor, &entry, (booking, ordinal))?,
        None => book(conn, circumstances, actor, &entry, (site, facility))?,
    };
    match &became {
        TakeAnswer::Done { booking, .. } => taken(conn, circumstances, actor, &entry, booking)?,
        // Nothing was written, so what was kept is kept on.
        _ => insert_occupancies(conn, &held)?,
    }
    Ok(became)
}

/// The entry, loaded anew after its site and holder are locked.
fn locked(conn: &mut Conn, actor: &Actor, reference: &Reference) -> Result<Option<Entry>, StoreError> {
    let own = |entry: &Entry| actor.may_book_for(entry.organisation.id);
    let Some(entry) = waiting::by_reference(conn, reference)?.filter(own) else {
        return Ok(None);
    };
    engine::lock(conn, entry.site, Some(entry.organisation.id))?;
    waiting::by_reference(conn, reference)
}

fn before(conn: &mut Conn, entry: &Entry) -> Result<TakeAnswer, StoreError> {
    let booking = match entry.booking {
        Some(id) => bookings::by_id(conn, id)?,
        None => None,
    };
    Ok(booking.map_or(TakeAnswer::Over(Standing::Taken), |booking| TakeAnswer::Before(booking.reference)))
}

/// A booking of its own, asked for when the entry joined.
fn book(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    entry: &Entry,
    (site, facility): (&Site, &Facility),
) -> Result<TakeAnswer, StoreError> {
    let (particulars, _) = of_entry(conn, entry, facility)?;
    let draft = Draft {
        site: site.slug.clone(),
        facility: facility.slug.clone(),
        holder: Holder::Organisation(entry.organisation.id),
        booked_by: actor.person,
        dates: vec![Dated::at(entry.session)],
        repeat: None,
        wanted: entry.wanted.clone(),
        purpose: entry.purpose.clone(),
        note: entry.note.clone(),
        people: entry.people,
        privacy: entry.privacy,
        set_aside: None,
        terms: None,
        particulars,
        nonce: String::new(),
    };
    Ok(match ask(conn, circumstances, &draft, entry.joined_at)? {
        RequestAnswer::Done { reference, confirmed } => TakeAnswer::Done { booking: reference, confirmed },
        RequestAnswer::SentBefore(reference) => TakeAnswer::Before(reference),
        RequestAnswer::Refused(dates) => {
            TakeAnswer::Refused(dates.into_iter().flat_map(|(_, verdict)| verdict.refusals).collect())
        }
        RequestAnswer::NoSuchPlace | RequestAnswer::NotAllowed => TakeAnswer::NotFound,
    })
}

/// The left-out date of a series, put back.
fn put_back(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    entry: &Entry,
    (booking, ordinal): (BookingId, i32),
) -> Result<TakeAnswer, StoreError> {
    let Some(case) = Case::by_id(conn, booking)? else {
        return Ok(TakeAnswer::NotFound);
    };
    let reference = case.booking.reference.clone();
    let one = case.booking.occurrences.iter().find(|one| one.ordinal == ordinal && one.facility == entry.facility);
    let Some(one) = one.filter(|one| one.state.stage() == Stage::Skipped).cloned() else {
        return Ok(TakeAnswer::Over(Standing::Left));
    };
    Ok(match undo::put_back_waited(conn, circumstances, actor, case, &one, entry.joined_at)? {
        Answer::Done(case) => {
            let stage = case.booking.occurrences.iter().find(|other| other.id == one.id).map(|one| one.state.stage());
            TakeAnswer::Done { booking: reference, confirmed: stage == Some(Stage::Confirmed) }
        }
        Answer::Refused(dates, _) => TakeAnswer::Refused(dates.into_iter().flat_map(|date| date.refusals).collect()),
        Answer::NotFound => TakeAnswer::NotFound,
        Answer::Stale(_) | Answer::NotPossible(..) => TakeAnswer::Over(Standing::Lapsed),
    })
}

/// Writes down that an entry got what it waited for.
fn taken(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    entry: &Entry,
    booking: &Reference,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    if let Some(offer) = entry.offer {
        waiting::end_offer(conn, offer.id, OfferEnd::Taken, now)?;
        outbox::drop_once(conn, &once_key(offer.id), now)?;
    }
    waiting::set_standing(conn, entry.id, (entry.standing, Standing::Taken), now)?;
    let booking = bookings::by_reference(conn, booking)?.map(|booking| booking.id);
    if let (Some(booking), None) = (booking, entry.booking) {
        waiting::set_booking(conn, entry.id, booking)?;
    }
    let line = NewEvent { booking, actor: Some(actor.person), ..event(EventKind::OfferTaken, entry) };
    events::insert(conn, &line, now)
}

/// What became of leaving a list.
#[derive(Debug, PartialEq, Eq)]
pub enum LeaveAnswer {
    Done,
    NotFound,
    /// It is over already.
    Over(Standing),
}

/// Leaves a waiting list, or says no to an offer: then the next in line gets it.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn leave(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    reference: &Reference,
) -> Result<LeaveAnswer, StoreError> {
    let Some(entry) = locked(conn, actor, reference)? else {
        return Ok(LeaveAnswer::NotFound);
    };
    if !entry.standing.is_open() {
        return Ok(LeaveAnswer::Over(entry.standing));
    }
    let freed = let_go(conn, circumstances, &entry)?;
    let line = NewEvent { actor: Some(actor.person), ..event(EventKind::WaitingLeft, &entry) };
    events::insert(conn, &line, circumstances.now)?;
    offer_freed(conn, circumstances, entry.site, &freed)?;
    Ok(LeaveAnswer::Done)
}

/// Ends an open entry because its people no longer want it, and says what was kept for it.
pub(super) fn let_go(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    entry: &Entry,
) -> Result<Vec<NewOccupancy>, StoreError> {
    let now = circumstances.now;
    waiting::set_standing(conn, entry.id, (entry.standing, Standing::Left), now)?;
    let Some(offer) = entry.offer else {
        return Ok(Vec::new());
    };
    waiting::end_offer(conn, offer.id, OfferEnd::Declined, now)?;
    outbox::drop_once(conn, &once_key(offer.id), now)?;
    give_back(conn, offer.id)
}
