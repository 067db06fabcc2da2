//! Asking for a place: judged, written and mailed in one transaction. What the rules allow by themselves is confirmed at once.

use super::case::{Case, Circumstances};
use super::expire::clear_void;
use super::ground::{self, Claim};
use super::outrun::decline_outrun;
use crate::chance;
use crate::domain::availability::Wanted;
use crate::domain::history::EventKind;
use crate::domain::hours::{local_date, local_time};
use crate::domain::ids::{BookingId, OrganisationId, PersonId, Reference, Slug};
use crate::domain::judge::{Needs, Proposal, Verdict, judge};
use crate::domain::occurrence::State;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::StaffRole;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::enquiry::{self, Question};
use crate::mail::accounts::Recipient;
use crate::store::bookings::{NewBooking, NewOccurrence};
use crate::store::{Conn, StoreError, bookings, engine, facilities, sessions, sites, submissions};

/// What somebody asks for, read and checked as far as the form itself can be.
#[derive(Debug, Clone)]
pub struct Draft {
    pub site: Slug,
    pub facility: Slug,
    /// None where the site itself is the holder.
    pub organisation: Option<OrganisationId>,
    pub booked_by: PersonId,
    pub session: Span,
    pub wanted: Wanted,
    pub purpose: String,
    pub note: String,
    pub people: i32,
    pub privacy: Privacy,
    /// The form's nonce, so that sending it twice books once.
    pub nonce: String,
}

/// What became of a request.
#[derive(Debug)]
pub enum RequestAnswer {
    Done {
        reference: Reference,
        confirmed: bool,
    },
    /// This form was sent before, and led to this booking.
    SentBefore(Reference),
    Refused(Verdict),
    NoSuchPlace,
    /// This person does not book for this organisation, or not any more.
    NotAllowed,
}

/// Judges and writes a request.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn request(conn: &mut Conn, circumstances: Circumstances<'_>, draft: &Draft) -> Result<RequestAnswer, StoreError> {
    let now = circumstances.now;
    let nonce = chance::nonce_hash("booking", draft.booked_by, &draft.nonce);
    if let Some(before) = submissions::result(conn, &nonce, draft.booked_by)?.and_then(|text| Reference::parse(&text)) {
        return Ok(RequestAnswer::SentBefore(before));
    }
    let Some(site) = sites::by_slug(conn, &draft.site)? else {
        return Ok(RequestAnswer::NoSuchPlace);
    };
    engine::lock(conn, site.id, draft.organisation)?;
    let found = facilities::by_slug(conn, &draft.site, &draft.facility)?;
    // What is booked in a way of its own is never taken by the hour.
    let Some((site, facility)) = found.filter(|(_, facility)| facility.kind.entry().by_the_hour) else {
        return Ok(RequestAnswer::NoSuchPlace);
    };
    if !may_ask(conn, draft, &site, now)? {
        return Ok(RequestAnswer::NotAllowed);
    }
    let date = local_date(site.zone, draft.session.start());
    let question =
        Question { site: &site, facility: &facility, organisation: draft.organisation, from: date, to: date };
    let mut loaded = enquiry::load(conn, question)?;
    clear_void(conn, circumstances, &mut loaded.taken)?;
    let proposal = Proposal {
        session: draft.session,
        wanted: draft.wanted.clone(),
        people: draft.people,
        organisation: draft.organisation,
        besides: None,
        asked: now,
    };
    let verdict = judge(&loaded.facts(&site, &facility), &proposal, now);
    if !verdict.is_yes() {
        return Ok(RequestAnswer::Refused(verdict));
    }
    let place = Place { site: &site, facility: &facility, taken: &loaded.taken, verdict: &verdict };
    let (reference, booking) = write(conn, circumstances, draft, place)?;
    submissions::record(conn, &nonce, draft.booked_by, reference.stored(), now)?;
    let confirmed = verdict.needs == Needs::Nothing;
    if confirmed {
        decline_outrun(conn, circumstances, Some(booking), &verdict.units, verdict.occupied)?;
    }
    Ok(RequestAnswer::Done { reference, confirmed })
}

/// Rights are read after the lock, so that a suspension a moment ago counts.
fn may_ask(conn: &mut Conn, draft: &Draft, site: &Site, now: Instant) -> Result<bool, StoreError> {
    let actor = sessions::actor(conn, draft.booked_by, now)?;
    Ok(actor.is_some_and(|actor| match draft.organisation {
        Some(organisation) => actor.may_book_for(organisation),
        None => actor.manages(site.id),
    }))
}

/// Where a request goes, as it was judged.
#[derive(Clone, Copy)]
struct Place<'a> {
    site: &'a Site,
    facility: &'a Facility,
    taken: &'a [crate::domain::availability::Taken],
    verdict: &'a Verdict,
}

fn write(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    draft: &Draft,
    place: Place<'_>,
) -> Result<(Reference, BookingId), StoreError> {
    let (now, verdict, zone) = (circumstances.now, place.verdict, place.site.zone);
    let reference = circumstances.chance.reference();
    let booking = bookings::insert(
        conn,
        &NewBooking {
            reference: &reference,
            site: place.site.id,
            organisation: draft.organisation,
            booked_by: Some(draft.booked_by),
            purpose: &draft.purpose,
            note: &draft.note,
            people: draft.people,
            privacy: draft.privacy,
        },
        now,
    )?;
    let state = match (verdict.needs, verdict.until) {
        (Needs::Approval, Some(until)) => State::Requested { at: now, until },
        _ => State::Confirmed { at: now, by: None },
    };
    let occurrence = bookings::insert_occurrence(
        conn,
        &NewOccurrence {
            booking,
            ordinal: 1,
            site: place.site.id,
            facility: place.facility.id,
            session: draft.session,
            occupied: verdict.occupied,
            local: (local_time(zone, draft.session.start()), local_time(zone, draft.session.end())),
            wanted: &draft.wanted,
            state,
        },
    )?;
    if verdict.needs == Needs::Nothing || place.facility.rules.holds_place {
        let claim = Claim {
            occurrence,
            organisation: draft.organisation.filter(|_| place.facility.rules.own_may_touch),
            session: draft.session,
            occupied: verdict.occupied,
            units: &verdict.units,
            taken: place.taken,
            now,
        };
        ground::take(conn, claim)?;
    }
    sites::mark_changed(conn, place.site.id)?;
    tell(conn, circumstances, booking, draft.booked_by)?;
    Ok((reference, booking))
}

/// History and mail of a new booking.
fn tell(conn: &mut Conn, circumstances: Circumstances<'_>, booking: BookingId, by: PersonId) -> Result<(), StoreError> {
    let Some(case) = Case::by_id(conn, booking)? else {
        return Ok(());
    };
    let mailer = circumstances.mailer;
    let waits = case.booking.waiting(circumstances.now).next().is_some();
    let kind = if waits { EventKind::Requested } else { EventKind::Booked };
    for one in &case.booking.occurrences {
        case.note(conn, (kind, Some(by)), one, None, circumstances.now)?;
    }
    if !waits {
        return circumstances.post(conn, mailer.confirmed(case.for_mail(), circumstances.now));
    }
    circumstances.post(conn, mailer.request_received(case.for_mail()))?;
    for manager in sites::staff(conn, case.site.id)?.iter().filter(|one| one.role == StaffRole::Manager) {
        let to = Recipient { name: &manager.name, email: &manager.email };
        circumstances.post(conn, Some(mailer.decision_needed(case.for_mail(), &to, false)))?;
    }
    Ok(())
}
