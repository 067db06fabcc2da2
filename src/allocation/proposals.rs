//! Changes that need a decision: the confirmed place stays, the change keeps only what it needs beyond that. Deciding, taking back, running out.

use super::Answer;
use super::DateRefused;
use super::case::{Case, Circumstances, with_old_places};
use super::change::PlannedDate;
use super::decide::{as_seen, in_the_way};
use super::expire::clear_void;
use super::extras::note_without;
use super::offer::offer_freed;
use super::outrun::decline_outrun;
use super::rearrange::{Move, rearrange};
use crate::domain::availability::{Hold, Taken, TakenBy};
use crate::domain::booking::{Occurrence, Proposed};
use crate::domain::care::Brings;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{BookingId, FacilityId, OccurrenceId, ProposalId, Reference, SiteId, UnitId};
use crate::domain::judge::{Proposal, Verdict};
use crate::domain::occurrence::{NotPossible, hold_deadline};
use crate::domain::places::Facility;
use crate::domain::policy::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::rendered::MailKind;
use crate::domain::span::{Instant, Span, joined, without};
use crate::enquiry;
use crate::mail::accounts::Recipient;
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::facilities::{self, Filter};
use crate::store::proposals::{self, Ended, NewProposal};
use crate::store::{Conn, StoreError, events, occupancies, outbox};

/// Writes changes that wait, with what they keep, and tells the managers.
pub(super) fn propose(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: &Case,
    dates: &[&PlannedDate],
) -> Result<(), StoreError> {
    if dates.is_empty() {
        return Ok(());
    }
    let now = circumstances.now;
    let ids: Vec<OccurrenceId> = dates.iter().map(|one| one.occurrence.id).collect();
    // A second change to a date replaces the first.
    let earlier = proposals::of_occurrences(conn, &ids)?;
    end_all(conn, &earlier, Ended::Withdrawn, actor, None, circumstances)?;
    let busy = taken_around(conn, dates)?;
    let mut kept: Vec<NewOccupancy> = Vec::new();
    for one in dates {
        let Some((session, verdict, wanted)) = one.as_judged() else {
            continue;
        };
        let earliest = session.start().min(one.occurrence.session.start());
        let hold = one.facility.rules.hold_minutes;
        let until = hold_deadline(now, hold, earliest).unwrap_or(earliest);
        let new = NewProposal {
            occurrence: one.occurrence.id,
            facility: one.facility.id,
            session,
            occupied: verdict.occupied,
            wanted,
            asked_by: actor.person,
            until,
        };
        let id = proposals::insert(conn, &new, now)?;
        if !one.facility.rules.holds_place {
            continue;
        }
        let holder = OccupancyHolder::Proposal(id, until);
        for unit in &verdict.units {
            // What is taken there was judged to be no obstacle: places of this booking that move away with it, and neighbours of
            // the same holder that share an edge. All of them stay as they are until the change is decided.
            let taken = busy.iter().filter(|place| place.unit == *unit).map(|place| place.span);
            let before = kept.iter().filter(|place| place.unit == *unit).map(|place| place.span);
            let pieces = without(&[verdict.occupied], &joined(taken.chain(before).collect()));
            kept.extend(pieces.into_iter().map(|span| NewOccupancy { unit: *unit, span, holder }));
        }
    }
    insert_occupancies(conn, &kept)?;
    for manager in case.managers(conn)? {
        let to = Recipient { name: &manager.name, email: &manager.email };
        circumstances.post(conn, Some(circumstances.mailer.change_asked(case.for_mail(), &to)))?;
    }
    Ok(())
}

/// What takes the units that changes would lead to, around the times of all of them.
fn taken_around(conn: &mut Conn, dates: &[&PlannedDate]) -> Result<Vec<Taken>, StoreError> {
    let judged = || dates.iter().filter_map(|one| one.as_judged()).map(|(_, verdict, _)| verdict);
    let from = judged().map(|verdict| verdict.occupied.start()).min();
    let to = judged().map(|verdict| verdict.occupied.end()).max();
    let Some(around) = from.zip(to).and_then(|(from, to)| Span::new(from, to)) else {
        return Ok(Vec::new());
    };
    let mut units: Vec<UnitId> = judged().flat_map(|verdict| verdict.units.iter().copied()).collect();
    units.sort_unstable();
    units.dedup();
    occupancies::taken(conn, &units, around)
}

/// A change that waits, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub ordinal: i32,
    pub was: String,
    pub wish: String,
    pub until: Instant,
}

/// The changes of a booking that wait and may still be decided.
///
/// # Errors
/// Surprises of the store.
pub fn changes_waiting(conn: &mut Conn, case: &Case, now: Instant) -> Result<Vec<Waiting>, StoreError> {
    let mut open = case.booking.changes.clone();
    open.retain(|one| now < one.until);
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let dates: Vec<Occurrence> = occurrences_of(case, &open).into_iter().cloned().collect();
    let as_wished = |one: &Occurrence| {
        let change = open.iter().find(|change| change.occurrence == one.id)?;
        Some(Occurrence { facility: change.facility, session: change.session, ..one.clone() })
    };
    // Read the other way round: "before" is what is wished, so that places which the booking does not know yet are looked up.
    let wished: Vec<Occurrence> = dates.iter().filter_map(as_wished).collect();
    let words = with_old_places(conn, case, &wished)?;
    Ok(dates
        .iter()
        .zip(words)
        .filter_map(|(one, (wish, was))| {
            let until = open.iter().find(|change| change.occurrence == one.id)?.until;
            Some(Waiting { ordinal: one.ordinal, was, wish, until })
        })
        .collect())
}

/// A manager's answer to the changes of a booking that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeDecision {
    Approve,
    Decline { reason: String },
}

/// Decides all changes of a booking that wait.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn decide_change(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    decision: &ChangeDecision,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let case = match as_seen(conn, (reference, version), |case| actor.manages(case.site.id))? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let open = open_changes(&case, circumstances.now);
    if open.is_empty() {
        return Ok(Answer::NotPossible(NotPossible::Already(case.booking.stage()), Box::new(case)));
    }
    match decision {
        ChangeDecision::Approve => approve(conn, circumstances, actor, case, &open),
        ChangeDecision::Decline { reason } => {
            let by = Some(actor.person);
            let message = events::write_message(conn, Some(case.booking.id), reason, by, now)?;
            let ids: Vec<ProposalId> = open.iter().map(|one| one.id).collect();
            let freed = end_all(conn, &ids, Ended::Declined, actor, Some(message), circumstances)?;
            let about = occurrences_of(&case, &open);
            case.note_all(conn, (EventKind::ChangeDeclined, by), about, Some(message), now)?;
            outbox::drop_queued(conn, case.booking.id, &[MailKind::ChangeAsked], now)?;
            let case = case.changed(conn)?;
            case.tell(conn, circumstances, |mailer, case| mailer.change_declined(case, Some(reason)))?;
            offer_freed(conn, circumstances, case.site.id, &freed)?;
            Ok(Answer::Done(Box::new(case)))
        }
    }
}

/// The booking's own people take back the changes that they asked for.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn withdraw_change(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
) -> Result<Answer, StoreError> {
    let case = match as_seen(conn, (reference, version), |case| super::may_give_up(actor, case))? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let open = open_changes(&case, circumstances.now);
    if open.is_empty() {
        return Ok(Answer::NotPossible(NotPossible::Already(case.booking.stage()), Box::new(case)));
    }
    let ids: Vec<ProposalId> = open.iter().map(|one| one.id).collect();
    let freed = end_all(conn, &ids, Ended::Withdrawn, actor, None, circumstances)?;
    let about = occurrences_of(&case, &open);
    case.note_all(conn, (EventKind::ChangeWithdrawn, Some(actor.person)), about, None, circumstances.now)?;
    outbox::drop_queued(conn, case.booking.id, &[MailKind::ChangeAsked], circumstances.now)?;
    let case = case.changed(conn)?;
    offer_freed(conn, circumstances, case.site.id, &freed)?;
    Ok(Answer::Done(Box::new(case)))
}

/// The changes of a booking that wait and whose deadline has not passed.
fn open_changes(case: &Case, now: Instant) -> Vec<Proposed> {
    case.booking.changes.iter().filter(|one| now < one.until).cloned().collect()
}

fn occurrences_of<'a>(case: &'a Case, changes: &[Proposed]) -> Vec<&'a Occurrence> {
    let of = |one: &&Occurrence| changes.iter().any(|change| change.occurrence == one.id);
    case.booking.occurrences.iter().filter(of).collect()
}

fn end_all(
    conn: &mut Conn,
    ids: &[ProposalId],
    how: Ended,
    actor: &Actor,
    reason: Option<crate::domain::ids::MessageId>,
    circumstances: Circumstances<'_>,
) -> Result<Vec<NewOccupancy>, StoreError> {
    let freed = give_back(conn, ids)?;
    proposals::end(conn, ids, (how, Some(actor.person)), reason, circumstances.now)?;
    Ok(freed)
}

fn approve(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: Case,
    open: &[Proposed],
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let ids: Vec<FacilityId> = open.iter().map(|one| one.facility).collect();
    let places = facilities::with_sites(conn, &Filter { ids: Some(&ids), ..Filter::default() })?;
    let places: Vec<Facility> = places.into_iter().map(|(_, facility)| facility).collect();
    let judged = judged(conn, circumstances, &case, open, &places)?;
    let refused: Vec<DateRefused> = judged
        .iter()
        .map(|(one, _, _, verdict)| {
            let lacking = verdict.induction.then_some(Refusal::NoInduction);
            DateRefused { ordinal: one.ordinal, refusals: in_the_way(verdict).into_iter().chain(lacking).collect() }
        })
        .filter(|one| !one.refusals.is_empty())
        .collect();
    if !refused.is_empty() {
        return Ok(Answer::Refused(refused, Box::new(case)));
    }
    let ids: Vec<ProposalId> = open.iter().map(|one| one.id).collect();
    end_all(conn, &ids, Ended::Approved, actor, None, circumstances)?;
    note_without(conn, &case, judged.iter().map(|(one, _, _, verdict)| (*one, verdict)))?;
    let moves: Vec<Move> = judged
        .iter()
        .map(|(one, change, facility, verdict)| Move {
            occurrence: (*one).clone(),
            facility: change.facility,
            session: change.session,
            occupied: change.occupied,
            wanted: change.wanted.clone(),
            units: verdict.units.clone(),
            shares: case.booking.organisation_id().filter(|_| facility.rules.own_may_touch),
            holds: true,
            price: verdict.price,
        })
        .collect();
    let took: Vec<_> = moves.iter().map(|one| (one.units.clone(), one.occupied)).collect();
    let before: Vec<Occurrence> = moves.iter().map(|one| one.occurrence.clone()).collect();
    let freed = rearrange(conn, circumstances, &[(&case, moves)])?;
    case.note_all(conn, (EventKind::ChangeApproved, Some(actor.person)), &before, None, now)?;
    outbox::drop_queued(conn, case.booking.id, &[MailKind::ChangeAsked], now)?;
    let case = Case::by_id(conn, case.booking.id)?.unwrap_or(case).changed(conn)?;
    let old = with_old_places(conn, &case, &before)?;
    case.tell_all(conn, circumstances, |mailer, case| mailer.changed(case, &old, now))?;
    decline_outrun(conn, circumstances, Some(case.booking.id), &took)?;
    offer_freed(conn, circumstances, case.site.id, &freed)?;
    Ok(Answer::Done(Box::new(case)))
}

type Judged<'a> = (&'a Occurrence, &'a Proposed, &'a Facility, Verdict);

/// Judges the new places beside each other; what the changes themselves keep is no obstacle.
fn judged<'a>(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &'a Case,
    open: &'a [Proposed],
    places: &'a [Facility],
) -> Result<Vec<Judged<'a>>, StoreError> {
    let zone = case.site.zone;
    let dates = open.iter().map(|one| local_date(zone, one.session.start()));
    let (Some(from), Some(to)) = (dates.clone().min(), dates.max()) else {
        return Ok(Vec::new());
    };
    let organisation = case.booking.organisation_id();
    let facilities: Vec<&Facility> = places.iter().collect();
    let mut loaded = enquiry::load_all(conn, &case.site, &facilities, organisation, (from, to))?;
    clear_void(conn, circumstances, &mut loaded.taken)?;
    let own = |hold: Hold| open.iter().any(|one| hold == Hold::Proposal(one.id));
    loaded.taken.retain(|one| !matches!(one.by, TakenBy::Held { hold, .. } if own(hold)));
    let besides: Vec<OccurrenceId> = open.iter().map(|one| one.occurrence).collect();
    let found: Vec<(&Occurrence, &Proposed, &Facility)> = open
        .iter()
        .filter_map(|change| {
            let one = case.booking.occurrences.iter().find(|one| one.id == change.occurrence)?;
            Some((one, change, places.iter().find(|place| place.id == change.facility)?))
        })
        .collect();
    let asked: Vec<(&Facility, Proposal)> = found
        .iter()
        .map(|(one, change, facility)| {
            let proposal = Proposal {
                session: change.session,
                wanted: change.wanted.clone(),
                people: case.booking.people,
                organisation,
                besides: besides.clone(),
                asked: change.asked_at,
                // Whoever asked for the move has it even where an extra cannot be had there.
                brings: Brings { gives_way: true, ..case.brings_on(one) },
            };
            (*facility, proposal)
        })
        .collect();
    let verdicts = loaded.judge_in_turn(&asked, circumstances.now);
    Ok(found.into_iter().zip(verdicts).map(|((one, change, place), verdict)| (one, change, place, verdict)).collect())
}

/// Ends the changes of a booking whose deadline has passed. Running it twice does no harm.
pub(super) fn lapse(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    booking: BookingId,
) -> Result<Option<(SiteId, Vec<NewOccupancy>)>, StoreError> {
    let now = circumstances.now;
    let Some(case) = Case::by_id(conn, booking)? else {
        return Ok(None);
    };
    let due: Vec<Proposed> = case.booking.changes.iter().filter(|one| one.until <= now).cloned().collect();
    if due.is_empty() {
        return Ok(None);
    }
    let ids: Vec<ProposalId> = due.iter().map(|one| one.id).collect();
    let freed = give_back(conn, &ids)?;
    if proposals::end(conn, &ids, (Ended::Lapsed, None), None, now)? == 0 {
        return Ok(None);
    }
    case.note_all(conn, (EventKind::ChangeLapsed, None), occurrences_of(&case, &due), None, now)?;
    outbox::drop_queued(conn, booking, &[MailKind::ChangeAsked], now)?;
    let case = case.changed(conn)?;
    case.tell(conn, circumstances, |mailer, case| mailer.change_declined(case, None))?;
    Ok(Some((case.site.id, freed)))
}

/// Gives back what changes keep, and says what that was.
pub(super) fn give_back(conn: &mut Conn, ids: &[ProposalId]) -> Result<Vec<NewOccupancy>, StoreError> {
    let mut freed = Vec::new();
    for id in ids {
        freed.extend(occupancies::of_hold(conn, Hold::Proposal(*id))?);
        occupancies::delete_of_hold(conn, Hold::Proposal(*id))?;
    }
    Ok(freed)
}
