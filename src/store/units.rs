//! The units of facilities with the extras that go with them, and the units beside them where arrivals are kept apart. Not the facilities themselves.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;

use super::error::read;
use super::schema::{facility, facility_unit, unit};
use super::schema_extras::{extra, extra_unit};
use super::{Conn, StoreError};
use crate::domain::extras::{Extra, Item};
use crate::domain::ids::{FacilityId, SiteId, Slug, UnitId};
use crate::domain::places::Unit;

/// Of which facility the units are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of<'a> {
    pub facility: i64,
    pub site: i64,
    pub kind: &'a str,
    /// The units of all facilities of its kind at its site are wanted too.
    pub keeps_apart: bool,
}

/// The units of facilities, and of those of the same kind beside the ones that keep arrivals apart.
#[derive(Default)]
pub(super) struct Parts {
    pub units: HashMap<i64, Vec<Unit>>,
    /// The extras of their site that may be asked for with them.
    pub extras: HashMap<i64, Vec<Extra>>,
    /// Site, kind and unit.
    pub beside: Vec<(i64, String, UnitId)>,
}

/// A unit: its row, its name, and from when there is none of it.
pub(super) type UnitColumns = (i64, String, Option<String>);

/// The extra of which a unit is an item: its slug and name.
pub(super) type ExtraColumns = (String, String);

impl Parts {
    /// Puts a unit where it belongs: the items of extras are no units of a facility. Says whether it is one of its own.
    pub fn add(
        &mut self,
        facility: i64,
        (id, name, retired_from): UnitColumns,
        extra: Option<ExtraColumns>,
    ) -> Result<bool, StoreError> {
        let unit = UnitId::new(id);
        let Some((slug, title)) = extra else {
            self.units.entry(facility).or_default().push(Unit { id: unit, name });
            return Ok(true);
        };
        let retired_from = match retired_from {
            Some(text) => Some(read(text.parse().ok(), "unit", id, "retired_from")?),
            None => None,
        };
        let slug = read(Slug::parse(&slug), "unit", id, "extra_id")?;
        let extras = self.extras.entry(facility).or_default();
        let item = Item { unit, retired_from };
        match extras.iter_mut().find(|one| one.slug == slug) {
            Some(known) => known.items.push(item),
            None => extras.push(Extra { slug, name: title, items: vec![item] }),
        }
        Ok(false)
    }

    pub fn neighbours(&self, arrival_gap_minutes: i32, (site, kind): (i64, &str)) -> Arc<[UnitId]> {
        if arrival_gap_minutes < 1 {
            return Arc::default();
        }
        let beside = self.beside.iter().filter(|(at, of, _)| (*at, of.as_str()) == (site, kind));
        beside.map(|(.., unit)| *unit).collect()
    }
}

/// In one query, whatever is asked for.
pub(super) fn parts<'a>(conn: &mut Conn, of: impl Iterator<Item = Of<'a>> + Clone) -> Result<Parts, StoreError> {
    let ids: Vec<i64> = of.clone().map(|one| one.facility).collect();
    let keeps_apart = of.filter(|one| one.keeps_apart);
    let (sites, kinds): (Vec<i64>, Vec<String>) = keeps_apart.map(|one| (one.site, one.kind.to_owned())).unzip();
    let units = facility_unit::table
        .inner_join(unit::table)
        .inner_join(facility::table)
        .left_join(extra_unit::table.on(extra_unit::unit_id.eq(unit::id)))
        .left_join(extra::table.on(extra::id.nullable().eq(extra_unit::extra_id.nullable())))
        .order((facility_unit::facility_id, facility_unit::position));
    let columns = (unit::id, unit::name, unit::retired_from);
    let of_extra = (extra::slug, extra::name).nullable();
    let mut parts = Parts::default();
    if sites.is_empty() {
        let rows: Vec<(i64, UnitColumns, Option<ExtraColumns>)> = units
            .filter(facility_unit::facility_id.eq_any(ids))
            .select((facility_unit::facility_id, columns, of_extra))
            .load(conn)?;
        for (of, unit, extra) in rows {
            parts.add(of, unit, extra)?;
        }
        return Ok(parts);
    }
    let beside = facility::site_id.eq_any(sites).and(facility::kind.eq_any(kinds));
    let rows: Vec<(i64, UnitColumns, Option<ExtraColumns>, i64, String)> = units
        .filter(facility_unit::facility_id.eq_any(ids).or(beside))
        .select((facility_unit::facility_id, columns, of_extra, facility::site_id, facility::kind))
        .load(conn)?;
    for (of, unit, extra, site, kind) in rows {
        let id = UnitId::new(unit.0);
        if parts.add(of, unit, extra)? {
            parts.beside.push((site, kind, id));
        }
    }
    Ok(parts)
}

/// Facilities that share a unit with any of these, themselves among them.
pub fn sharing_units(conn: &mut Conn, units: &[UnitId]) -> Result<Vec<FacilityId>, StoreError> {
    let ids: Vec<i64> = units.iter().map(|unit| unit.row()).collect();
    let rows: Vec<i64> = facility_unit::table
        .filter(facility_unit::unit_id.eq_any(ids))
        .select(facility_unit::facility_id)
        .distinct()
        .load(conn)?;
    Ok(rows.into_iter().map(FacilityId::new).collect())
}

/// The unit of that name at the site, added if it is not there.
pub fn unit_named(conn: &mut Conn, site: SiteId, name: &str) -> Result<UnitId, StoreError> {
    let there: Option<i64> = unit::table
        .filter(unit::site_id.eq(site.row()).and(unit::name.eq(name)))
        .select(unit::id)
        .first(conn)
        .optional()?;
    if let Some(id) = there {
        return Ok(UnitId::new(id));
    }
    let id: i64 = diesel::insert_into(unit::table)
        .values((unit::site_id.eq(site.row()), unit::name.eq(name)))
        .returning(unit::id)
        .get_result(conn)?;
    Ok(UnitId::new(id))
}

/// Adds a unit to a facility that has no future occurrences yet.
pub fn add_unit(conn: &mut Conn, id: FacilityId, unit: UnitId, position: i32) -> Result<(), StoreError> {
    diesel::insert_into(facility_unit::table)
        .values((
            facility_unit::facility_id.eq(id.row()),
            facility_unit::unit_id.eq(unit.row()),
            facility_unit::position.eq(position),
        ))
        .execute(conn)?;
    Ok(())
}
