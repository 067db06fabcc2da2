//! Joining a waiting list: for one session that is taken, or for left-out dates of a series. Not the order, and not the offers.

use super::case::{Case, Circumstances};
use super::expire::clear_void;
use super::offer::event;
use super::request::{Draft, locked_places};
use crate::chance;
use crate::domain::booking::Occurrence;
use crate::domain::care::{Brings, Particulars};
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{BookingId, OrganisationId, Reference};
use crate::domain::judge::{Proposal, judge};
use crate::domain::places::{Facility, Site};
use crate::domain::refusal::Refusal;
use crate::domain::waiting::{MOST_ENTRIES, is_only_taken};
use crate::enquiry::{self, Question};
use crate::store::events::{self, NewEvent};
use crate::store::particulars::{self, Whose};
use crate::store::waiting::NewEntry;
use crate::store::{Conn, StoreError, organisations, sessions, submissions, waiting};

/// What became of joining.
#[derive(Debug)]
pub enum JoinAnswer {
    Joined(Reference),
    /// This form was sent before, or the organisation waits for this very session already.
    Before(Reference),
    /// Nobody is in the way: it can be booked.
    Free,
    /// The rules would never allow it, for all these reasons.
    Refused(Vec<Refusal>),
    /// The organisation waits for so many things that it may not wait for more.
    TooMany(i64),
    NoSuchPlace,
    /// This person does not book for this organisation, or not any more.
    NotAllowed,
}

/// Puts an organisation on the waiting list for the one session of a draft.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn join(conn: &mut Conn, circumstances: Circumstances<'_>, draft: &Draft) -> Result<JoinAnswer, StoreError> {
    let now = circumstances.now;
    let nonce = chance::nonce_hash("waiting", draft.booked_by, &draft.nonce);
    let before = submissions::result(conn, &nonce, draft.booked_by)?;
    if let Some(before) = before.and_then(|text| Reference::parse(&text)) {
        return Ok(JoinAnswer::Before(before));
    }
    let (Some(organisation), Some(date)) = (draft.organisation(), draft.dates.first()) else {
        return Ok(JoinAnswer::NotAllowed);
    };
    let Some((site, facility)) = locked_places(conn, draft)?.and_then(|mut places| places.pop()) else {
        return Ok(JoinAnswer::NoSuchPlace);
    };
    let actor = sessions::actor(conn, draft.booked_by, now)?.filter(|actor| actor.may_book_for(organisation));
    let Some(actor) = actor else {
        return Ok(JoinAnswer::NotAllowed);
    };
    if !facility.listed && !actor.sees_unlisted(site.id) {
        return Ok(JoinAnswer::NoSuchPlace);
    }
    if let Some(there) = waiting::same(conn, organisation, facility.id, date.session)? {
        return Ok(JoinAnswer::Before(there));
    }
    let refusals = refusals(conn, circumstances, (&site, &facility), (draft, organisation))?;
    if refusals.is_empty() {
        return Ok(JoinAnswer::Free);
    }
    if !is_only_taken(&refusals) {
        return Ok(JoinAnswer::Refused(refusals));
    }
    if MOST_ENTRIES <= waiting::open_of(conn, organisation, now)? {
        return Ok(JoinAnswer::TooMany(MOST_ENTRIES));
    }
    let reference = circumstances.chance.reference();
    let new = NewEntry {
        reference: &reference,
        site: site.id,
        facility: facility.id,
        organisation,
        person: draft.booked_by,
        series: None,
        session: date.session,
        wanted: &draft.wanted,
        purpose: &draft.purpose,
        note: &draft.note,
        people: draft.people,
        privacy: draft.privacy,
        class: class_of(conn, organisation)?,
    };
    let entry = waiting::insert(conn, &new, now)?;
    particulars::insert(conn, Whose::Entry(entry), &without_extras(draft))?;
    let line = NewEvent {
        site: Some(site.id),
        facility: Some(facility.id),
        organisation: Some(organisation),
        ..NewEvent::new(EventKind::WaitingJoined, Some(draft.booked_by))
    };
    events::insert(conn, &line, now)?;
    submissions::record(conn, &nonce, draft.booked_by, reference.stored(), now).map(|()| JoinAnswer::Joined(reference))
}

/// Everything that stands in the way now, judged like any request.
fn refusals(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (site, facility): (&Site, &Facility),
    (draft, organisation): (&Draft, OrganisationId),
) -> Result<Vec<Refusal>, StoreError> {
    let Some(session) = draft.dates.first().map(|date| date.session) else {
        return Ok(Vec::new());
    };
    let date = local_date(site.zone, session.start());
    let question = Question { site, facility, organisation: Some(organisation), from: date, to: date };
    let mut loaded = enquiry::load(conn, question)?;
    clear_void(conn, circumstances, &mut loaded.taken)?;
    let proposal = Proposal {
        session,
        wanted: draft.wanted.clone(),
        people: draft.people,
        organisation: Some(organisation),
        besides: Vec::new(),
        asked: circumstances.now,
        brings: Brings::of(&draft.holder, None, &draft.particulars.labels),
    };
    Ok(judge(&loaded.facts(facility), &proposal, circumstances.now).refusals)
}

/// Who waits, waits for the place; an extra would keep them waiting longer.
fn without_extras(draft: &Draft) -> Particulars {
    Particulars { extras: Vec::new(), without: Vec::new(), ..draft.particulars.clone() }
}

fn class_of(conn: &mut Conn, organisation: OrganisationId) -> Result<crate::domain::organisation::Class, StoreError> {
    let found = organisations::by_id(conn, organisation)?;
    found.map(|one| one.class).ok_or(StoreError::TryAgain)
}

/// Puts left-out dates of a booking on the waiting list, in the transaction that writes them.
pub(super) fn join_dates(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (draft, case): (&Draft, &Case),
    dates: &[&Occurrence],
) -> Result<(), StoreError> {
    let (Some(organisation), false) = (draft.organisation(), dates.is_empty()) else {
        return Ok(());
    };
    let class = class_of(conn, organisation)?;
    for one in dates {
        if waiting::same(conn, organisation, one.facility, one.session)?.is_some() {
            continue;
        }
        let reference = circumstances.chance.reference();
        let new = NewEntry {
            reference: &reference,
            site: case.site.id,
            facility: one.facility,
            organisation,
            person: draft.booked_by,
            series: Some((case.booking.id, one.ordinal)),
            session: one.session,
            wanted: &one.wanted,
            purpose: &draft.purpose,
            note: &draft.note,
            people: draft.people,
            privacy: draft.privacy,
            class,
        };
        let entry = waiting::insert(conn, &new, circumstances.now)?;
        particulars::insert(conn, Whose::Entry(entry), &without_extras(draft))?;
        let what = (EventKind::WaitingJoined, Some(draft.booked_by));
        case.note(conn, what, one, None, circumstances.now)?;
    }
    Ok(())
}

/// Dates of a booking that were given up wait no more.
pub(super) fn leave_dates(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    booking: BookingId,
    ordinals: &[i32],
) -> Result<Vec<crate::store::engine::NewOccupancy>, StoreError> {
    let mut freed = Vec::new();
    for entry in waiting::of_booking(conn, booking)? {
        if entry.ordinal.is_some_and(|ordinal| ordinals.contains(&ordinal)) {
            freed.extend(super::take::let_go(conn, circumstances, &entry)?);
            events::insert(conn, &event(EventKind::WaitingLeft, &entry), circumstances.now)?;
        }
    }
    Ok(freed)
}
