//! The units of facilities, and of those beside them where arrivals are kept apart. Not the facilities themselves.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;

use super::schema::{facility, facility_unit, unit};
use super::{Conn, StoreError};
use crate::domain::ids::UnitId;
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
    /// Site, kind and unit.
    pub beside: Vec<(i64, String, UnitId)>,
}

impl Parts {
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
        .order((facility_unit::facility_id, facility_unit::position));
    let mut parts = Parts::default();
    if sites.is_empty() {
        let columns = (facility_unit::facility_id, unit::id, unit::name);
        let rows: Vec<(i64, i64, String)> =
            units.filter(facility_unit::facility_id.eq_any(ids)).select(columns).load(conn)?;
        for (of, id, name) in rows {
            parts.units.entry(of).or_default().push(Unit { id: UnitId::new(id), name });
        }
        return Ok(parts);
    }
    let beside = facility::site_id.eq_any(sites).and(facility::kind.eq_any(kinds));
    let rows: Vec<(i64, i64, String, i64, String)> = units
        .filter(facility_unit::facility_id.eq_any(ids).or(beside))
        .select((facility_unit::facility_id, unit::id, unit::name, facility::site_id, facility::kind))
        .load(conn)?;
    for (of, id, name, site, kind) in rows {
        parts.units.entry(of).or_default().push(Unit { id: UnitId::new(id), name });
        parts.beside.push((site, kind, UnitId::new(id)));
    }
    Ok(parts)
}
