//! Exchanging the rooms of two dates in one act: each keeps its time and takes the other's place. Both bookers see the difference.

use super::case::{Case, Circumstances, with_old_places};
use super::decide::in_the_way;
use super::expire::clear_void;
use super::offer::offer_freed;
use super::outrun::decline_outrun;
use super::rearrange::{Move, rearrange};
use super::{Answer, DateRefused};
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{OccurrenceId, Reference};
use crate::domain::judge::{Proposal, Verdict};
use crate::domain::occurrence::{NotPossible, Stage};
use crate::domain::places::Facility;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::enquiry;
use crate::enquiry::series::elsewhere;
use crate::store::{Conn, StoreError, engine};

/// One side of an exchange: a booking as it was seen, and its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub reference: Reference,
    pub version: i32,
    pub ordinal: i32,
}

/// Exchanges the facilities of two confirmed dates at a site that this person manages. The answer speaks of the first.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn exchange(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (one, other): (&Side, &Side),
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let (Some(first), Some(second)) =
        (Case::by_reference(conn, &one.reference)?, Case::by_reference(conn, &other.reference)?)
    else {
        return Ok(Answer::NotFound);
    };
    engine::lock(conn, first.site.id, first.booking.organisation_id())?;
    let (Some(first), Some(second)) = (Case::by_id(conn, first.booking.id)?, Case::by_id(conn, second.booking.id)?)
    else {
        return Ok(Answer::NotFound);
    };
    if first.site.id != second.site.id || !actor.manages(first.site.id) {
        return Ok(Answer::NotFound);
    }
    if (first.booking.version, second.booking.version) != (one.version, other.version) {
        return Ok(Answer::Stale(Box::new(first)));
    }
    let (Some(a), Some(b)) = (date_of(&first, one.ordinal), date_of(&second, other.ordinal)) else {
        return Ok(Answer::NotFound);
    };
    for (case, date) in [(&first, a), (&second, b)] {
        if let Some(why) = fixed(date, now) {
            return Ok(Answer::NotPossible(why, Box::new(case.clone())));
        }
    }
    let (Some(place_a), Some(place_b)) = (first.facility_of(a), second.facility_of(b)) else {
        return Ok(Answer::NotFound);
    };
    if a.id == b.id || place_a.id == place_b.id {
        return Ok(Answer::NotPossible(NotPossible::Already(Stage::Confirmed), Box::new(first)));
    }
    let sides = [(&first, a, place_b), (&second, b, place_a)];
    let verdicts = judged(conn, circumstances, &sides)?;
    let refused: Vec<DateRefused> = sides
        .iter()
        .zip(&verdicts)
        .map(|((_, date, _), verdict)| DateRefused { ordinal: date.ordinal, refusals: in_the_way(verdict) })
        .filter(|one| !one.refusals.is_empty())
        .collect();
    if !refused.is_empty() {
        return Ok(Answer::Refused(refused, Box::new(first.clone())));
    }
    swap(conn, circumstances, actor, (&sides, &verdicts))
}

/// Carries out what was judged: both dates move at once, and requests that no longer fit where they go are declined.
fn swap(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (sides, verdicts): (&[(&Case, &Occurrence, &Facility); 2], &[Verdict]),
) -> Result<Answer, StoreError> {
    let [(first, ..), _] = sides;
    let mut groups: Vec<(&Case, Vec<Move>)> = Vec::new();
    for ((case, date, place), verdict) in sides.iter().zip(verdicts) {
        groups.push((case, vec![as_move(case, date, place, verdict)]));
    }
    let freed = rearrange(conn, circumstances, &groups)?;
    let mut answer = None;
    for (case, date, _) in sides {
        answer = answer.or(tell(conn, circumstances, actor, (case, date))?);
    }
    for (case, moves) in &groups {
        let took: Vec<_> = moves.iter().map(|one| (one.units.clone(), one.occupied)).collect();
        decline_outrun(conn, circumstances, Some(case.booking.id), &took)?;
    }
    offer_freed(conn, circumstances, first.site.id, &freed)?;
    Ok(answer.map_or(Answer::NotFound, |case| Answer::Done(Box::new(case))))
}

/// History and mail of one side, and the booking as it stands now.
fn tell(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (case, date): (&Case, &Occurrence),
) -> Result<Option<Case>, StoreError> {
    let now = circumstances.now;
    case.note(conn, (EventKind::Exchanged, Some(actor.person)), date, None, now)?;
    let Some(changed) = Case::by_id(conn, case.booking.id)? else {
        return Ok(None);
    };
    let changed = changed.changed(conn)?;
    let old = with_old_places(conn, &changed, std::slice::from_ref(date))?;
    changed.tell_all(conn, circumstances, |mailer, case| mailer.changed(case, &old, now))?;
    Ok(Some(changed))
}

/// Why a date cannot be exchanged; none when it is confirmed and has not begun.
fn fixed(date: &Occurrence, now: Instant) -> Option<NotPossible> {
    if date.state.stage() != Stage::Confirmed {
        return Some(NotPossible::Already(date.state.stage()));
    }
    (date.session.start() <= now).then_some(NotPossible::HasBegun)
}

fn date_of(case: &Case, ordinal: i32) -> Option<&Occurrence> {
    case.booking.occurrences.iter().find(|one| one.ordinal == ordinal)
}

/// Judges both in the other's place; neither is in the other's way.
fn judged(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    sides: &[(&Case, &Occurrence, &Facility); 2],
) -> Result<Vec<Verdict>, StoreError> {
    let [(case, ..), _] = sides;
    let zone = case.site.zone;
    let dates = sides.iter().map(|(_, date, _)| local_date(zone, date.session.start()));
    let (from, to) = (dates.clone().min().unwrap_or_default(), dates.max().unwrap_or_default());
    let places: Vec<&Facility> = sides.iter().map(|(_, _, place)| *place).collect();
    let mut loaded = enquiry::load_all(conn, &case.site, &places, None, (from, to))?;
    clear_void(conn, circumstances, &mut loaded.taken)?;
    let besides: Vec<OccurrenceId> = sides.iter().map(|(_, date, _)| date.id).collect();
    let asked: Vec<(&Facility, Proposal)> = sides
        .iter()
        .map(|(case, date, place)| {
            let proposal = Proposal {
                session: date.session,
                wanted: elsewhere(&date.wanted, place),
                people: case.booking.people,
                organisation: case.booking.organisation_id(),
                besides: besides.clone(),
                asked: case.booking.created_at,
                brings: case.brings_on(date),
            };
            (*place, proposal)
        })
        .collect();
    Ok(loaded.judge_in_turn(&asked, circumstances.now))
}

fn as_move(case: &Case, date: &Occurrence, place: &Facility, verdict: &Verdict) -> Move {
    Move {
        occurrence: date.clone(),
        facility: place.id,
        session: date.session,
        occupied: verdict.occupied,
        wanted: elsewhere(&date.wanted, place),
        units: verdict.units.clone(),
        shares: case.booking.organisation_id().filter(|_| place.rules.own_may_touch),
        holds: true,
        // The site exchanges them, so nobody pays more for it.
        price: date.price,
    }
}
