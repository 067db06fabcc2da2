//! Blocks and closures: units out of use for one span or several that repeat. Not what becomes of the bookings in the way: that is `displace`.

use super::case::{Case, Circumstances};
use super::displace::{self, Closing, clear_holds};
use super::expire::clear_void;
use super::offer::offer_freed;
use super::outrun::decline_outrun;
use crate::domain::history::EventKind;
use crate::domain::ids::{BlockId, BookingId, OccurrenceId, SiteId, Slug, UnitId};
use crate::domain::kinds::Kind;
use crate::domain::nearest::Instead;
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::enquiry::closing::{self, Hit, Met};
use crate::store::blocks::{self, NewBlock};
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, bulk, engine, occupancies, sites};

/// What a manager closes, when and why.
#[derive(Debug, Clone)]
pub struct BlockDraft {
    pub site: Slug,
    /// Facilities by slug; empty for the whole site.
    pub facilities: Vec<Slug>,
    /// In order of their start and apart. Each becomes a block of its own, and the first leads the group.
    pub spans: Vec<Span>,
    /// Shown to everybody.
    pub reason: String,
    /// The dates of bookings that the manager has seen would be affected; others stop the act.
    pub seen: Vec<OccurrenceId>,
    /// What those could have instead, looked for before anything was written.
    pub instead: Vec<(OccurrenceId, Vec<Instead>)>,
}

/// What became of it.
#[derive(Debug)]
pub enum BlockAnswer {
    Done {
        /// The first of the group.
        block: BlockId,
        displaced: usize,
        cut_short: usize,
    },
    NotFound,
    /// These dates of bookings are in the way, and not all of them were seen. Nothing was written.
    WouldDisplace(Vec<OccurrenceId>),
    /// Other blocks take part of these spans already. Nothing was written.
    InTheWay(Vec<Span>),
}

/// Closes units for one span or several, all in one transaction.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn make(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    draft: &BlockDraft,
) -> Result<BlockAnswer, StoreError> {
    make_part(conn, circumstances, actor, draft, &[])
}

/// As [`make`], of these units only, where some are named.
pub(super) fn make_part(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    draft: &BlockDraft,
    only: &[UnitId],
) -> Result<BlockAnswer, StoreError> {
    let now = circumstances.now;
    let Some(site) = sites::by_slug(conn, &draft.site)?.filter(|site| actor.manages(site.id)) else {
        return Ok(BlockAnswer::NotFound);
    };
    engine::lock(conn, site.id, None)?;
    let mut units = units_of(conn, &draft.site, &draft.facilities)?;
    units.retain(|unit| only.is_empty() || only.contains(unit));
    if units.is_empty() || draft.spans.is_empty() {
        return Ok(BlockAnswer::NotFound);
    }
    let mut taken = closing::taken(conn, &units, &draft.spans)?;
    let met = closing::sort_out(&taken, &draft.spans, now);
    let closed: Vec<Span> = met.iter().filter(|one| one.closed.is_some()).map(|one| one.span).collect();
    if !closed.is_empty() {
        return Ok(BlockAnswer::InTheWay(closed));
    }
    let hit = hits(&met);
    if hit.iter().any(|one| !draft.seen.contains(&one.occurrence)) {
        return Ok(BlockAnswer::WouldDisplace(hit.into_iter().map(|one| one.occurrence).collect()));
    }
    // What the spans do not touch is none of this act's business.
    taken.retain(|one| draft.spans.iter().any(|span| span.overlaps(one.span)));
    clear_void(conn, circumstances, &mut taken)?;
    let kept = met.iter().flat_map(|one| one.held.iter().copied());
    let mut freed = clear_holds(conn, circumstances, kept, &draft.reason)?;
    let mut bookings: Vec<BookingId> = hit.iter().map(|one| one.booking).collect();
    bookings.dedup();
    let cases = Case::by_ids(conn, &bookings)?;
    let closing =
        Closing { by: actor.person, spans: &draft.spans, hit: &hit, reason: &draft.reason, instead: &draft.instead };
    let ground = displace::clear(conn, circumstances, &closing, &cases)?;
    let block = write(conn, (site.id, actor), draft, &units, now)?;
    freed.extend(ground.places());
    ground.settle(conn)?;
    let took: Vec<(Vec<UnitId>, Span)> = draft.spans.iter().map(|span| (units.clone(), *span)).collect();
    decline_outrun(conn, circumstances, None, &took)?;
    offer_freed(conn, circumstances, site.id, &freed)?;
    let event = NewEvent {
        site: Some(site.id),
        number: i64::try_from(draft.spans.len()).ok(),
        ..NewEvent::new(EventKind::BlockMade, Some(actor.person))
    };
    events::insert(conn, &event, now)?;
    sites::mark_changed(conn, site.id)?;
    let (displaced, cut_short) = displace::tell(conn, circumstances, &closing, cases)?;
    Ok(block.map_or(BlockAnswer::NotFound, |block| BlockAnswer::Done { block, displaced, cut_short }))
}

/// The blocks with their places; the first of them leads the group.
fn write(
    conn: &mut Conn,
    (site, actor): (SiteId, &Actor),
    draft: &BlockDraft,
    units: &[UnitId],
    now: Instant,
) -> Result<Option<BlockId>, StoreError> {
    let Some((first, rest)) = draft.spans.split_first() else {
        return Ok(None);
    };
    let new = |span: Span, group: Option<BlockId>| NewBlock {
        site,
        reason: &draft.reason,
        is_closure: draft.facilities.is_empty(),
        span,
        by: actor.person,
        group,
    };
    let block = blocks::insert(conn, &new(*first, None), now)?;
    let rest: Vec<NewBlock<'_>> = rest.iter().map(|span| new(*span, Some(block))).collect();
    let ids: Vec<BlockId> = [vec![block], bulk::insert_blocks(conn, &rest, now)?].concat();
    let places = ids.iter().zip(&draft.spans).flat_map(|(id, span)| {
        units.iter().map(|unit| NewOccupancy { unit: *unit, span: *span, holder: OccupancyHolder::Block(*id) })
    });
    insert_occupancies(conn, &places.collect::<Vec<_>>())?;
    Ok(Some(block))
}

/// All that is in the way, each date once though it may reach into two spans.
fn hits(met: &[Met]) -> Vec<Hit> {
    let mut hit: Vec<Hit> = met.iter().flat_map(|one| one.hit.iter().copied()).collect();
    hit.sort_unstable();
    hit.dedup();
    hit
}

/// The units of some facilities of a site, or of all of it where none are named. Plots are never among them: a tenancy goes on while
/// the house is closed, and a plot rests by a word of its own.
pub fn units_of(conn: &mut Conn, site: &Slug, named: &[Slug]) -> Result<Vec<UnitId>, StoreError> {
    let all = facilities::with_sites(conn, &Filter { site: Some(site), ..Filter::default() })?;
    let mut units: Vec<UnitId> = all
        .iter()
        .filter(|(_, facility)| facility.kind != Kind::Allotment)
        .filter(|(_, facility)| named.is_empty() || named.contains(&facility.slug))
        .flat_map(|(_, facility)| facility.unit_ids())
        .collect();
    units.sort_unstable();
    units.dedup();
    Ok(units)
}

/// Opens again what blocks closed; false when none of them is there any more at a site that this person manages.
///
/// # Errors
/// Surprises of the store.
pub fn lift(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    site: &Slug,
    ids: &[BlockId],
) -> Result<bool, StoreError> {
    let Some(site) = sites::by_slug(conn, site)?.filter(|site| actor.manages(site.id)) else {
        return Ok(false);
    };
    engine::lock(conn, site.id, None)?;
    let lifted = blocks::lift(conn, site.id, ids, circumstances.now)?;
    if lifted == 0 {
        return Ok(false);
    }
    let mut freed = Vec::new();
    for id in ids {
        freed.extend(occupancies::of_block(conn, *id)?);
    }
    occupancies::delete_of_blocks(conn, ids)?;
    let event = NewEvent {
        site: Some(site.id),
        number: i64::try_from(lifted).ok(),
        ..NewEvent::new(EventKind::BlockLifted, Some(actor.person))
    };
    events::insert(conn, &event, circumstances.now)?;
    sites::mark_changed(conn, site.id)?;
    offer_freed(conn, circumstances, site.id, &freed)?;
    Ok(true)
}
