//! The slots of a baby bank: a referrer's collection, a donor's drop-off that waits for its link, changes and ends. One writer for both streams.

use super::case::{Case, Circumstances};
use super::expire::clear_void;
use super::ground::{self, Claim};
use super::{dates, tell};
use crate::domain::availability::{Taken, Wanted};
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::holder::{Holder, HolderId};
use crate::domain::hours::local_time;
use crate::domain::ids::{BookingId, OccurrenceId, OrganisationId, PersonId, Reference, SiteId, Slug, UnitId};
use crate::domain::occurrence::{Act, Stage, State};
use crate::domain::person::Email;
use crate::domain::policy::Actor;
use crate::domain::rules::Privacy;
use crate::domain::slots::{
    HELD_MINUTES, LINK_HOURS, MOST_A_DAY, Stream, StreamKind, Visit, confirmed as confirmed_state,
};
use crate::domain::span::{Instant, Span};
use crate::enquiry::slots::{Bank, bank, free};
use crate::mail::accounts::Recipient;
use crate::mail::slots::SlotCase;
use crate::store::bookings::NewBooking;
use crate::store::changes::{self, NewPlace};
use crate::store::events::{self, NewEvent};
use crate::store::slots::{self as store_slots, NewVisit, Which};
use crate::store::{Conn, StoreError, bookings, engine, occupancies, sites};

/// What became of an act on a slot.
#[derive(Debug)]
pub enum SlotAnswer {
    Done(Box<Visit>),
    /// There is no such thing, or not for this person; which of the two is not said.
    NotFound,
    /// Somebody else has it now, or it can no longer be had.
    Taken,
    /// It changed since the form was made, or it is over.
    Stale,
    /// This address asked too often today.
    TooOften,
}

/// A collection as its form asks for it.
#[derive(Debug, Clone)]
pub struct Collection {
    pub organisation: OrganisationId,
    pub slot: Instant,
    pub bundle: String,
    pub size: String,
}

/// A drop-off as its form asks for it.
#[derive(Debug, Clone)]
pub struct Donation {
    pub slot: Instant,
    pub name: String,
    pub email: Email,
    pub brings: Vec<String>,
}

/// Who gives a slot up.
#[derive(Debug, Clone, Copy)]
pub enum GivenUpBy<'a> {
    /// A referrer, or the site's staff.
    Actor(&'a Actor),
    /// A donor, by the link in their mail.
    Link,
}

/// Loads a baby bank after its site is locked.
fn locked(
    conn: &mut Conn,
    (site, facility): (&Slug, &Slug),
    holder: Option<OrganisationId>,
) -> Result<Option<Bank>, StoreError> {
    let Some(id) = sites::ids(conn, &[site])?.first().copied() else {
        return Ok(None);
    };
    engine::lock(conn, id, holder)?;
    bank(conn, (site, facility))
}

/// The slot that begins then with the unit to take, and what is taken around it; nothing where it cannot be had.
fn place(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (bank, stream): (&Bank, &Stream),
    start: Instant,
) -> Result<Option<(Span, UnitId, Vec<Taken>)>, StoreError> {
    let now = circumstances.now;
    let Some(slot) = bank.slots(stream, now).into_iter().find(|slot| slot.start() == start) else {
        return Ok(None);
    };
    let mut taken = occupancies::taken(conn, &stream.units, slot)?;
    clear_void(conn, circumstances, &mut taken)?;
    Ok(stream.free_unit(&taken, slot, now).map(|unit| (slot, unit, taken)))
}

/// The slots of a stream that can be had now; none where there is no such baby bank.
///
/// # Errors
/// Surprises of the store.
pub fn free_slots(
    conn: &mut Conn,
    slugs: (&Slug, &Slug),
    kind: StreamKind,
    now: Instant,
) -> Result<Vec<Span>, StoreError> {
    bank(conn, slugs)?.map_or(Ok(Vec::new()), |bank| free(conn, &bank, kind, now))
}

/// Books a collection for a referrer: confirmed at once.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn book_collection(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    slugs: (&Slug, &Slug),
    draft: &Collection,
) -> Result<SlotAnswer, StoreError> {
    let Some(bank) = locked(conn, slugs, Some(draft.organisation))? else {
        return Ok(SlotAnswer::NotFound);
    };
    let is_referrer = store_slots::referrers(conn, bank.facility.id)?.contains(&draft.organisation);
    let Some(stream) = bank.stream(StreamKind::Collection) else {
        return Ok(SlotAnswer::NotFound);
    };
    if !is_referrer || !actor.may_book_for(draft.organisation) {
        return Ok(SlotAnswer::NotFound);
    }
    let Some((slot, unit, taken)) = place(conn, circumstances, (&bank, stream), draft.slot)? else {
        return Ok(SlotAnswer::Taken);
    };
    let now = circumstances.now;
    let state = State::Confirmed { at: now, by: None };
    let new = NewVisit { bundle: &draft.bundle, size: &draft.size, ..NewVisit::default() };
    let whose = (Holder::Organisation(draft.organisation), Some(actor.person));
    let visit = write(conn, circumstances, (&bank, stream), whose, (slot, unit, &taken, state), &new)?;
    tell_referrer(conn, circumstances, &bank, &visit, false)?;
    Ok(SlotAnswer::Done(Box::new(visit)))
}

/// Keeps a slot for a donor until they use the link in their mail. Asking twice for the same slot keeps it once.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn ask_donation(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    slugs: (&Slug, &Slug),
    draft: &Donation,
) -> Result<SlotAnswer, StoreError> {
    let Some(bank) = locked(conn, slugs, None)?.filter(|bank| bank.facility.listed) else {
        return Ok(SlotAnswer::NotFound);
    };
    let Some(stream) = bank.stream(StreamKind::Donation) else {
        return Ok(SlotAnswer::NotFound);
    };
    let (now, email) = (circumstances.now, draft.email.as_str());
    let before = store_slots::visits(conn, Which::Email(bank.facility.id, email, now.plus_hours(-LINK_HOURS)))?;
    if let Some(same) = before.into_iter().find(|one| one.slot.start() == draft.slot && one.is_coming(now)) {
        return Ok(SlotAnswer::Done(Box::new(same)));
    }
    if MOST_A_DAY <= store_slots::asked_since(conn, email, now.plus_hours(-24))? {
        return Ok(SlotAnswer::TooOften);
    }
    let Some((slot, unit, taken)) = place(conn, circumstances, (&bank, stream), draft.slot)? else {
        return Ok(SlotAnswer::Taken);
    };
    let token = circumstances.chance.token();
    let hash = token.hash();
    let until = now.plus_minutes(HELD_MINUTES).min(slot.start());
    let new = NewVisit {
        name: &draft.name,
        email,
        brings: &draft.brings,
        confirm: Some((&hash, now.plus_hours(LINK_HOURS).min(slot.start()))),
        ..NewVisit::default()
    };
    let state = State::Requested { at: now, until };
    let visit = write(conn, circumstances, (&bank, stream), (Holder::Site, None), (slot, unit, &taken, state), &new)?;
    let case = SlotCase { site: &bank.site, facility: &bank.facility, visit: &visit };
    let to = Recipient { name: &draft.name, email: &draft.email };
    circumstances.post(conn, Some(circumstances.mailer.confirm_drop_off(case, &to, token.reveal())))?;
    Ok(SlotAnswer::Done(Box::new(visit)))
}

/// Writes a booking of one slot with its place and history.
fn write(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (bank, stream): (&Bank, &Stream),
    (holder, by): (HolderId, Option<PersonId>),
    (slot, unit, taken, state): (Span, UnitId, &[Taken], State),
    new: &NewVisit<'_>,
) -> Result<Visit, StoreError> {
    let now = circumstances.now;
    let reference = circumstances.chance.reference();
    let booking = NewBooking {
        reference: &reference,
        site: bank.site.id,
        holder: &holder,
        booked_by: by,
        purpose: stream.kind.purpose(),
        note: "",
        people: 1,
        privacy: Privacy::Confidential,
        repeat: None,
        sibling_of: None,
        split_from: None,
        terms: None,
    };
    let booking = bookings::insert(conn, &booking, now)?;
    let mut one = [Occurrence {
        id: OccurrenceId::new(0),
        ordinal: 1,
        facility: bank.facility.id,
        session: slot,
        occupied: slot,
        wanted: Wanted::These(vec![unit]),
        state,
        sequence: 0,
        ended_at: None,
        price: None,
    }];
    dates::insert(conn, (booking, &bank.site), &mut one)?;
    let [one] = one;
    take(conn, one.id, (slot, unit), taken, now)?;
    store_slots::insert_visit(conn, (booking, stream.id), new, now)?;
    let kind = if state.stage() == Stage::Confirmed { EventKind::Booked } else { EventKind::Requested };
    let visit = visit(conn, booking)?;
    note(conn, (kind, by), bank.site.id, &visit, now)?;
    Ok(visit)
}

fn take(
    conn: &mut Conn,
    occurrence: OccurrenceId,
    (slot, unit): (Span, UnitId),
    taken: &[Taken],
    now: Instant,
) -> Result<(), StoreError> {
    let claim = Claim { occurrence, organisation: None, session: slot, occupied: slot, units: &[unit] };
    ground::take(conn, &[claim], taken, now)
}

fn visit(conn: &mut Conn, booking: BookingId) -> Result<Visit, StoreError> {
    let found = store_slots::visits(conn, Which::Booking(booking))?.pop();
    found.ok_or(StoreError::Corrupt { table: "slot_visit", id: booking.row(), column: "booking_id" })
}

fn note(
    conn: &mut Conn,
    (kind, by): (EventKind, Option<PersonId>),
    site: SiteId,
    visit: &Visit,
    now: Instant,
) -> Result<(), StoreError> {
    let event = NewEvent {
        site: Some(site),
        facility: Some(visit.facility),
        booking: Some(visit.booking),
        occurrence: Some(visit.occurrence),
        organisation: visit.organisation.as_ref().map(|(id, _)| *id),
        ..NewEvent::new(kind, by)
    };
    events::insert(conn, &event, now)?;
    sites::mark_changed(conn, site)
}

/// The state of a slot as it stands, with its facts.
fn state_of(conn: &mut Conn, visit: &Visit) -> Result<Option<State>, StoreError> {
    let booking = bookings::by_id(conn, visit.booking)?;
    Ok(booking.and_then(|booking| booking.occurrences.first().map(|one| one.state)))
}

/// A visit and its baby bank, loaded anew after the lock.
fn locked_visit(conn: &mut Conn, which: Which<'_>) -> Result<Option<(Bank, Visit)>, StoreError> {
    let Some(found) = store_slots::visits(conn, which)?.pop() else {
        return Ok(None);
    };
    let Some(case) = Case::by_id(conn, found.booking)? else {
        return Ok(None);
    };
    let Some(facility) = case.facilities.first() else {
        return Ok(None);
    };
    let holder = found.organisation.as_ref().map(|(id, _)| *id);
    let bank = locked(conn, (&case.site.slug, &facility.slug), holder)?;
    let again = store_slots::visits(conn, which)?.pop();
    Ok(bank.zip(again))
}

/// Confirms a drop-off by the link in its mail. Where the slot was not kept any longer, it is taken anew if it is still free.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn confirm_donation(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    hash: &str,
) -> Result<SlotAnswer, StoreError> {
    let now = circumstances.now;
    let in_time = |visit: &Visit| visit.confirm_until.is_some_and(|until| now < until);
    let Some((bank, visit)) = locked_visit(conn, Which::Confirm(hash))?.filter(|(_, visit)| in_time(visit)) else {
        return Ok(SlotAnswer::NotFound);
    };
    let Some((state, email)) = state_of(conn, &visit)?.zip(Email::parse(&visit.email).ok()) else {
        return Ok(SlotAnswer::NotFound);
    };
    let became = match confirmed_state(state, visit.slot, now) {
        Ok(became) => became,
        Err(_) if matches!(state.stage(), Stage::Requested | Stage::Expired) => {
            if !retake(conn, circumstances, &bank, &visit)? {
                return Ok(SlotAnswer::Taken);
            }
            State::Confirmed { at: now, by: None }
        }
        Err(_) => return Ok(SlotAnswer::NotFound),
    };
    // What has lapsed was written down as such meanwhile.
    let from = state_of(conn, &visit)?.map_or(state.stage(), |state| state.stage());
    bookings::set_state(conn, visit.occurrence, from, &became)?;
    bookings::raise_version(conn, visit.booking)?;
    let token = circumstances.chance.token();
    store_slots::set_confirmed(conn, visit.booking, &token.hash())?;
    let visit = self::visit(conn, visit.booking)?;
    note(conn, (EventKind::Booked, None), bank.site.id, &visit, now)?;
    let case = SlotCase { site: &bank.site, facility: &bank.facility, visit: &visit };
    let to = Recipient { name: &visit.name, email: &email };
    circumstances.post(conn, Some(circumstances.mailer.drop_off_booked(case, &to, token.reveal(), now)))?;
    Ok(SlotAnswer::Done(Box::new(visit)))
}

/// Takes the place of a slot that has lapsed again; false when it is not free any more.
fn retake(conn: &mut Conn, circumstances: Circumstances<'_>, bank: &Bank, visit: &Visit) -> Result<bool, StoreError> {
    let Some(stream) = bank.stream(visit.kind) else {
        return Ok(false);
    };
    let Some((slot, unit, taken)) = place(conn, circumstances, (bank, stream), visit.slot.start())? else {
        return Ok(false);
    };
    // Nothing may be left of what it held itself.
    occupancies::delete_of_occurrence(conn, visit.occurrence)?;
    take(conn, visit.occurrence, (slot, unit), &taken, circumstances.now)?;
    Ok(true)
}

/// Gives a collection another slot, bundle or size.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn change_collection(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    (start, bundle, size): (Instant, &str, &str),
) -> Result<SlotAnswer, StoreError> {
    let now = circumstances.now;
    let Some((bank, visit)) = locked_visit(conn, Which::Reference(reference))? else {
        return Ok(SlotAnswer::NotFound);
    };
    if visit.kind != StreamKind::Collection || !may_act(actor, &bank, &visit) {
        return Ok(SlotAnswer::NotFound);
    }
    if visit.version != version || visit.stage != Stage::Confirmed || !visit.is_coming(now) {
        return Ok(SlotAnswer::Stale);
    }
    if start != visit.slot.start() {
        let Some(stream) = bank.stream(visit.kind) else {
            return Ok(SlotAnswer::NotFound);
        };
        let Some((slot, unit, taken)) = place(conn, circumstances, (&bank, stream), start)? else {
            return Ok(SlotAnswer::Taken);
        };
        let local = (local_time(bank.site.zone, slot.start()), local_time(bank.site.zone, slot.end()));
        let wanted = Wanted::These(vec![unit]);
        let (facility, until, price) = (bank.facility.id, None, None);
        let new = NewPlace { facility, session: slot, occupied: slot, local, wanted: &wanted, until, price };
        occupancies::delete_of_occurrence(conn, visit.occurrence)?;
        changes::set_place(conn, visit.occurrence, &new)?;
        take(conn, visit.occurrence, (slot, unit), &taken, now)?;
    }
    store_slots::set_bundle(conn, visit.booking, bundle, size)?;
    bookings::raise_version(conn, visit.booking)?;
    let visit = self::visit(conn, visit.booking)?;
    note(conn, (EventKind::Changed, Some(actor.person)), bank.site.id, &visit, now)?;
    tell_referrer(conn, circumstances, &bank, &visit, true)?;
    Ok(SlotAnswer::Done(Box::new(visit)))
}

/// A referrer's own, and everything for the site's staff.
fn may_act(actor: &Actor, bank: &Bank, visit: &Visit) -> bool {
    let own = visit.organisation.as_ref().is_some_and(|(id, _)| actor.may_book_for(*id));
    own || actor.is_staff(bank.site.id)
}

/// Gives a slot up: a referrer or the site's staff by its reference, a donor by the link in their mail.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn cancel_slot(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    by: GivenUpBy<'_>,
    which: Which<'_>,
) -> Result<SlotAnswer, StoreError> {
    let Some((bank, visit)) = locked_visit(conn, which)? else {
        return Ok(SlotAnswer::NotFound);
    };
    let allowed = match by {
        GivenUpBy::Actor(actor) => may_act(actor, &bank, &visit),
        GivenUpBy::Link => visit.kind == StreamKind::Donation,
    };
    if !allowed {
        return Ok(SlotAnswer::NotFound);
    }
    if !visit.is_coming(circumstances.now) {
        return Ok(SlotAnswer::Stale);
    }
    let by_site = matches!(by, GivenUpBy::Actor(actor) if visit.kind == StreamKind::Donation
        || !visit.organisation.as_ref().is_some_and(|(id, _)| actor.may_book_for(*id)));
    let person = match by {
        GivenUpBy::Actor(actor) => Some(actor.person),
        GivenUpBy::Link => None,
    };
    let why = by_site.then_some("it cannot take place at that time.");
    let visit = end_one(conn, circumstances, &bank, &visit, (person, why))?;
    Ok(SlotAnswer::Done(Box::new(visit)))
}

/// State, place, history and mail of a slot that is given up.
pub(super) fn end_one(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    bank: &Bank,
    visit: &Visit,
    (by, why): (Option<PersonId>, Option<&str>),
) -> Result<Visit, StoreError> {
    let now = circumstances.now;
    let Some(state) = state_of(conn, visit)? else {
        return Ok(visit.clone());
    };
    let was_confirmed = state.stage() == Stage::Confirmed;
    let act = if was_confirmed { Act::Cancel { by, late: false, reason: None } } else { Act::Withdraw { by } };
    let Ok(became) = state.apply(act, visit.slot, now) else {
        return Ok(visit.clone());
    };
    bookings::set_state(conn, visit.occurrence, state.stage(), &became)?;
    bookings::raise_version(conn, visit.booking)?;
    occupancies::delete_of_occurrence(conn, visit.occurrence)?;
    store_slots::void_links(conn, visit.booking)?;
    let visit = self::visit(conn, visit.booking)?;
    note(conn, (EventKind::Cancelled, by), bank.site.id, &visit, now)?;
    if was_confirmed {
        let case = SlotCase { site: &bank.site, facility: &bank.facility, visit: &visit };
        for (name, email) in readers(conn, &visit)? {
            let to = Recipient { name: &name, email: &email };
            circumstances.post(conn, Some(circumstances.mailer.slot_cancelled(case, &to, why, now)))?;
        }
    }
    Ok(visit)
}

/// Who is written to about a slot: the donor alone, or the referrer who booked it.
pub(super) fn readers(conn: &mut Conn, visit: &Visit) -> Result<Vec<(String, Email)>, StoreError> {
    if visit.kind == StreamKind::Donation {
        let email = Email::parse(&visit.email).ok();
        return Ok(email.map(|email| (visit.name.clone(), email)).into_iter().collect());
    }
    let Some(booking) = bookings::by_id(conn, visit.booking)? else {
        return Ok(Vec::new());
    };
    let readers = tell::readers(conn, &booking)?;
    Ok(readers.into_iter().map(|reader| (reader.name, reader.email)).collect())
}

fn tell_referrer(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    bank: &Bank,
    visit: &Visit,
    changed: bool,
) -> Result<(), StoreError> {
    let case = SlotCase { site: &bank.site, facility: &bank.facility, visit };
    for (name, email) in readers(conn, visit)? {
        let to = Recipient { name: &name, email: &email };
        let mail = circumstances.mailer.collection_booked(case, &to, changed, circumstances.now);
        circumstances.post(conn, Some(mail))?;
    }
    Ok(())
}
