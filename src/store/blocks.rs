//! Blocks: units taken out of use for a span, with a public reason. Not their occupancies, and not whom they displace.

use diesel::prelude::*;

use super::error::read;
use super::schema::{block, facility, facility_unit, occupancy};
use super::{Conn, StoreError};
use crate::domain::ids::{BlockId, PersonId, SiteId};
use crate::domain::span::{Instant, Span};

/// A block to be written.
#[derive(Debug)]
pub struct NewBlock<'a> {
    pub site: SiteId,
    pub reason: &'a str,
    /// The whole site or whole facilities for named dates.
    pub is_closure: bool,
    pub span: Span,
    pub by: PersonId,
    /// The first of those that were made together; none for the first itself.
    pub group: Option<BlockId>,
}

/// A block that has not been lifted, with the names of what it closes.
#[derive(Debug, Clone)]
pub struct Block {
    pub id: BlockId,
    pub reason: String,
    pub span: Span,
    pub facilities: Vec<String>,
    /// The first of those that were made together, which may be this one.
    pub group: BlockId,
}

/// Blocks that were made together, each group in order, the groups in the order of their first that is still there.
pub fn in_groups(blocks: Vec<Block>) -> Vec<Vec<Block>> {
    let mut groups: Vec<Vec<Block>> = Vec::new();
    for block in blocks {
        let together = |group: &&mut Vec<Block>| group.first().is_some_and(|first| first.group == block.group);
        match groups.iter_mut().find(together) {
            Some(group) => group.push(block),
            None => groups.push(vec![block]),
        }
    }
    groups
}

pub fn insert(conn: &mut Conn, new: &NewBlock<'_>, now: Instant) -> Result<BlockId, StoreError> {
    let id: i64 = diesel::insert_into(block::table)
        .values((
            block::site_id.eq(new.site.row()),
            block::reason.eq(new.reason),
            block::is_closure.eq(new.is_closure),
            block::starts_at.eq(new.span.start().seconds()),
            block::ends_at.eq(new.span.end().seconds()),
            block::created_at.eq(now.seconds()),
            block::created_by.eq(new.by.row()),
            block::group_id.eq(new.group.map(|id| id.row())),
        ))
        .returning(block::id)
        .get_result(conn)?;
    Ok(BlockId::new(id))
}

/// The blocks of a site that have not ended, soonest first.
pub fn coming(conn: &mut Conn, site: SiteId, now: Instant) -> Result<Vec<Block>, StoreError> {
    let rows: Vec<(i64, String, i64, i64, Option<i64>)> = block::table
        .filter(block::site_id.eq(site.row()).and(block::ends_at.gt(now.seconds())).and(block::lifted_at.is_null()))
        .order((block::starts_at, block::id))
        .select((block::id, block::reason, block::starts_at, block::ends_at, block::group_id))
        .load(conn)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Option<i64>> = rows.iter().map(|row| Some(row.0)).collect();
    let names: Vec<(Option<i64>, String)> = occupancy::table
        .inner_join(facility_unit::table.on(facility_unit::unit_id.eq(occupancy::unit_id)))
        .inner_join(facility::table.on(facility::id.eq(facility_unit::facility_id)))
        .filter(occupancy::block_id.eq_any(ids))
        .order((occupancy::block_id, facility::name))
        .select((occupancy::block_id, facility::name))
        .distinct()
        .load(conn)?;
    rows.into_iter()
        .map(|(id, reason, from, to, group)| {
            let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
            let facilities = names.iter().filter(|(of, _)| *of == Some(id)).map(|(_, name)| name.clone()).collect();
            let (span, group) = (read(span, "block", id, "ends_at")?, BlockId::new(group.unwrap_or(id)));
            Ok(Block { id: BlockId::new(id), reason, span, facilities, group })
        })
        .collect()
}

/// Marks blocks as lifted, and says how many that were not lifted before and are of this site.
pub fn lift(conn: &mut Conn, site: SiteId, ids: &[BlockId], now: Instant) -> Result<usize, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let these = block::table.filter(block::id.eq_any(ids).and(block::site_id.eq(site.row())));
    let changed = diesel::update(these.filter(block::lifted_at.is_null()))
        .set(block::lifted_at.eq(now.seconds()))
        .execute(conn)?;
    Ok(changed)
}
