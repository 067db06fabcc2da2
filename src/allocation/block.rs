//! Blocks and closures: units out of use for a span. Bookings in the way lose their place in the same transaction and are told once.

use super::case::{Case, Circumstances};
use super::expire::clear_void;
use super::ground;
use super::lapse::{self, Why};
use super::offer::offer_freed;
use super::outrun::decline_outrun;
use crate::domain::availability::{Hold, TakenBy};
use crate::domain::history::EventKind;
use crate::domain::ids::{BlockId, BookingId, OccurrenceId, Slug, UnitId};
use crate::domain::occurrence::{Act, Stage};
use crate::domain::policy::Actor;
use crate::domain::span::Span;
use crate::store::blocks::{self, NewBlock};
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, bookings, engine, occupancies, sites};

/// What a manager closes, when and why.
#[derive(Debug, Clone)]
pub struct BlockDraft {
    pub site: Slug,
    /// Facilities by slug; empty for the whole site.
    pub facilities: Vec<Slug>,
    pub span: Span,
    /// Shown to everybody.
    pub reason: String,
    /// The bookings that the manager has seen would be affected; others stop the act.
    pub seen: Vec<BookingId>,
}

/// What became of it.
#[derive(Debug)]
pub enum BlockAnswer {
    Done {
        displaced: usize,
    },
    NotFound,
    /// Bookings are in the way that the manager has not seen yet.
    WouldDisplace(Vec<Case>),
    /// Another block takes the time already, or something there has begun.
    InTheWay,
}

/// Closes units for a span.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn make(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    draft: &BlockDraft,
) -> Result<BlockAnswer, StoreError> {
    let Some(site) = sites::by_slug(conn, &draft.site)?.filter(|site| actor.manages(site.id)) else {
        return Ok(BlockAnswer::NotFound);
    };
    engine::lock(conn, site.id, None)?;
    let units = units_of(conn, draft)?;
    if units.is_empty() {
        return Ok(BlockAnswer::NotFound);
    }
    let mut taken = occupancies::taken(conn, &units, draft.span)?;
    clear_void(conn, circumstances, &mut taken)?;
    let mut affected: Vec<(BookingId, OccurrenceId)> = Vec::new();
    let mut offers = Vec::new();
    for one in &taken {
        match &one.by {
            TakenBy::Held { hold: Hold::Offer(offer), .. } => offers.push(*offer),
            TakenBy::Closure { .. } | TakenBy::Held { .. } => return Ok(BlockAnswer::InTheWay),
            TakenBy::Occurrence { session, .. } if session.start() <= circumstances.now => {
                return Ok(BlockAnswer::InTheWay);
            }
            TakenBy::Occurrence { booking, occurrence, .. } => affected.push((*booking, *occurrence)),
        }
    }
    affected.sort_unstable();
    affected.dedup();
    let cases = affected.iter().filter_map(|(booking, _)| Case::by_id(conn, *booking).transpose());
    let mut cases = cases.collect::<Result<Vec<Case>, _>>()?;
    cases.dedup_by_key(|case| case.booking.id);
    if cases.iter().any(|case| !draft.seen.contains(&case.booking.id)) {
        return Ok(BlockAnswer::WouldDisplace(cases));
    }
    let occurrences: Vec<OccurrenceId> = affected.iter().map(|(_, occurrence)| *occurrence).collect();
    let mut freed = Vec::new();
    for case in cases {
        freed.extend(displace(conn, circumstances, actor, case, &occurrences, &draft.reason)?);
    }
    offers.dedup();
    for offer in offers {
        let ended = lapse::end_by_id(conn, circumstances, offer, Why::Closed(&draft.reason))?;
        freed.extend(ended.map_or_else(Vec::new, |(_, freed)| freed));
    }
    let new = NewBlock {
        site: site.id,
        reason: &draft.reason,
        is_closure: draft.facilities.is_empty(),
        span: draft.span,
        by: actor.person,
    };
    let block = blocks::insert(conn, &new, circumstances.now)?;
    let holder = OccupancyHolder::Block(block);
    let places: Vec<_> = units.iter().map(|unit| NewOccupancy { unit: *unit, span: draft.span, holder }).collect();
    ground::make_way(conn, &units, draft.span)?;
    insert_occupancies(conn, &places)?;
    decline_outrun(conn, circumstances, None, &[(units, draft.span)])?;
    offer_freed(conn, circumstances, site.id, &freed)?;
    let event = NewEvent { site: Some(site.id), ..NewEvent::new(EventKind::BlockMade, Some(actor.person)) };
    events::insert(conn, &event, circumstances.now)?;
    sites::mark_changed(conn, site.id)?;
    Ok(BlockAnswer::Done { displaced: occurrences.len() })
}

fn units_of(conn: &mut Conn, draft: &BlockDraft) -> Result<Vec<UnitId>, StoreError> {
    let all = facilities::with_sites(conn, &Filter { site: Some(&draft.site), ..Filter::default() })?;
    let mut units: Vec<UnitId> = all
        .iter()
        .filter(|(_, facility)| draft.facilities.is_empty() || draft.facilities.contains(&facility.slug))
        .flat_map(|(_, facility)| facility.unit_ids())
        .collect();
    units.sort_unstable();
    units.dedup();
    Ok(units)
}

fn displace(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: Case,
    occurrences: &[OccurrenceId],
    reason: &str,
) -> Result<Vec<NewOccupancy>, StoreError> {
    let (now, by) = (circumstances.now, Some(actor.person));
    let message = events::write_message(conn, Some(case.booking.id), reason, by, now)?;
    let (mut was_confirmed, mut freed) = (false, Vec::new());
    for one in case.booking.occurrences.iter().filter(|one| occurrences.contains(&one.id)) {
        freed.extend(ground::release(conn, &[one], case.booking.organisation_id(), now)?);
        let Ok(state) = one.state.apply(Act::Displace { by, reason: Some(message) }, one.session, now) else {
            continue;
        };
        was_confirmed |= one.state.stage() == Stage::Confirmed;
        bookings::set_state(conn, one.id, one.state.stage(), &state)?;
        case.note(conn, (EventKind::Displaced, by), one, Some(message), now)?;
    }
    let case = case.changed(conn)?;
    circumstances.post(conn, circumstances.mailer.displaced(case.for_mail(), reason, was_confirmed, now))?;
    Ok(freed)
}

/// Opens again what a block closed; false when there is no such block at a site that this person manages.
///
/// # Errors
/// Surprises of the store.
pub fn lift(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    site: &Slug,
    block: BlockId,
) -> Result<bool, StoreError> {
    let Some(site) = sites::by_slug(conn, site)?.filter(|site| actor.manages(site.id)) else {
        return Ok(false);
    };
    engine::lock(conn, site.id, None)?;
    if !blocks::lift(conn, site.id, block, circumstances.now)? {
        return Ok(false);
    }
    let freed = occupancies::of_block(conn, block)?;
    occupancies::delete_of_block(conn, block)?;
    let event = NewEvent { site: Some(site.id), ..NewEvent::new(EventKind::BlockLifted, Some(actor.person)) };
    events::insert(conn, &event, circumstances.now)?;
    sites::mark_changed(conn, site.id)?;
    offer_freed(conn, circumstances, site.id, &freed)?;
    Ok(true)
}
