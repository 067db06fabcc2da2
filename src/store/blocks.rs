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
}

/// A block that has not been lifted, with the names of what it closes.
#[derive(Debug, Clone)]
pub struct Block {
    pub id: BlockId,
    pub reason: String,
    pub span: Span,
    pub facilities: Vec<String>,
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
        ))
        .returning(block::id)
        .get_result(conn)?;
    Ok(BlockId::new(id))
}

/// The blocks of a site that have not ended, soonest first.
pub fn coming(conn: &mut Conn, site: SiteId, now: Instant) -> Result<Vec<Block>, StoreError> {
    let rows: Vec<(i64, String, i64, i64)> = block::table
        .filter(block::site_id.eq(site.row()).and(block::ends_at.gt(now.seconds())).and(block::lifted_at.is_null()))
        .order((block::starts_at, block::id))
        .select((block::id, block::reason, block::starts_at, block::ends_at))
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
        .map(|(id, reason, from, to)| {
            let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
            let facilities = names.iter().filter(|(of, _)| *of == Some(id)).map(|(_, name)| name.clone()).collect();
            Ok(Block { id: BlockId::new(id), reason, span: read(span, "block", id, "ends_at")?, facilities })
        })
        .collect()
}

/// Marks a block as lifted; false when it was lifted before or is not of this site.
pub fn lift(conn: &mut Conn, site: SiteId, id: BlockId, now: Instant) -> Result<bool, StoreError> {
    let changed = diesel::update(
        block::table.find(id.row()).filter(block::site_id.eq(site.row()).and(block::lifted_at.is_null())),
    )
    .set(block::lifted_at.eq(now.seconds()))
    .execute(conn)?;
    Ok(changed == 1)
}
