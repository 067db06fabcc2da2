//! Extras of a site: each item of stock is a unit, and which facilities may ask for it stands beside their own units. Not whether one is free.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::holders;
use super::schema::{booking, facility, facility_unit, occupancy, occurrence, organisation, unit};
use super::schema_extras::{extra, extra_unit};
use super::{Conn, StoreError, sites};
use crate::domain::extras::{Asked, Extra, Item};
use crate::domain::holder::HolderName;
use crate::domain::ids::{ExtraId, FacilityId, Reference, SiteId, Slug, UnitId};
use crate::domain::kinds::Kind;
use crate::domain::span::{Instant, Span};

/// Items stand behind a facility's own units, extra by extra.
const BEHIND: i32 = 1_000;

/// "projector\t1\tProjector", a line each.
pub(super) fn asked_text(asked: &[Asked]) -> String {
    let line = |one: &Asked| format!("{}\t{}\t{}", one.extra, one.number, one.name);
    asked.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn read_asked(text: &str) -> Option<Vec<Asked>> {
    let line = |line: &str| {
        let mut parts = line.splitn(3, '\t');
        let (extra, number, name) = (parts.next()?, parts.next()?, parts.next()?);
        let number: usize = number.parse().ok().filter(|number| 0 < *number)?;
        Some(Asked { extra: Slug::parse(extra)?, name: name.to_owned(), number })
    };
    text.lines().map(line).collect()
}

/// "3\tprojector", a line each.
pub(super) fn without_text(without: &[(i32, Slug)]) -> String {
    without.iter().map(|(ordinal, extra)| format!("{ordinal}\t{extra}")).collect::<Vec<_>>().join("\n")
}

pub(super) fn read_without(text: &str) -> Option<Vec<(i32, Slug)>> {
    let line = |line: &str| {
        let (ordinal, extra) = line.split_once('\t')?;
        Some((ordinal.parse().ok()?, Slug::parse(extra)?))
    };
    text.lines().map(line).collect()
}

/// An extra with its row and whom it is for.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: ExtraId,
    pub extra: Extra,
    /// Every space of the site that is booked by the hour, also those that are added later.
    pub for_all: bool,
    pub facilities: Vec<FacilityId>,
}

/// The extras of a site in the order in which they were added, in two queries.
pub fn of_site(conn: &mut Conn, site: SiteId) -> Result<Vec<Kept>, StoreError> {
    type Row = ((i64, String, String, bool), (i64, Option<String>));
    let rows: Vec<Row> = extra::table
        .inner_join(extra_unit::table.inner_join(unit::table))
        .filter(extra::site_id.eq(site.row()))
        .order((extra::id, extra_unit::position))
        .select(((extra::id, extra::slug, extra::name, extra::for_all), (unit::id, unit::retired_from)))
        .load(conn)?;
    let lent: Vec<(i64, i64)> = facility_unit::table
        .inner_join(extra_unit::table.on(extra_unit::unit_id.eq(facility_unit::unit_id)))
        .inner_join(extra::table.on(extra::id.eq(extra_unit::extra_id)))
        .filter(extra::site_id.eq(site.row()).and(extra_unit::position.eq(1)))
        .order((extra::id, facility_unit::facility_id))
        .select((extra::id, facility_unit::facility_id))
        .load(conn)?;
    let mut kept: Vec<Kept> = Vec::new();
    for ((id, slug, name, for_all), (unit, retired)) in rows {
        let retired_from = match retired {
            Some(text) => Some(read(text.parse().ok(), "unit", unit, "retired_from")?),
            None => None,
        };
        let item = Item { unit: UnitId::new(unit), retired_from };
        match kept.last_mut().filter(|last| last.id.row() == id) {
            Some(last) => last.extra.items.push(item),
            None => {
                let slug = read(Slug::parse(&slug), "extra", id, "slug")?;
                let facilities =
                    lent.iter().filter(|(of, _)| *of == id).map(|(_, one)| FacilityId::new(*one)).collect();
                let extra = Extra { slug, name, items: vec![item] };
                kept.push(Kept { id: ExtraId::new(id), extra, for_all, facilities });
            }
        }
    }
    Ok(kept)
}

/// What an extra is to be.
#[derive(Debug, Clone)]
pub struct NewExtra<'a> {
    pub slug: &'a Slug,
    pub name: &'a str,
    pub for_all: bool,
    /// Which spaces may ask for it, also where that is all of them now.
    pub facilities: &'a [FacilityId],
}

/// Adds an extra with so many items.
///
/// # Errors
/// `Duplicate` when the site has an extra of that slug.
pub fn insert(conn: &mut Conn, site: SiteId, new: &NewExtra<'_>, number: usize) -> Result<ExtraId, StoreError> {
    let id: i64 = diesel::insert_into(extra::table)
        .values((
            extra::site_id.eq(site.row()),
            extra::slug.eq(new.slug.as_str()),
            extra::name.eq(new.name),
            extra::for_all.eq(new.for_all),
        ))
        .returning(extra::id)
        .get_result(conn)?;
    let id = ExtraId::new(id);
    for position in 1..=number {
        add_item(conn, (site, id), new, position)?;
    }
    sites::mark_changed(conn, site)?;
    Ok(id)
}

fn behind(id: ExtraId, position: usize) -> (i32, i32) {
    let position = i32::try_from(position).unwrap_or(i32::MAX);
    let of = i32::try_from(id.row() % 100_000).unwrap_or_default();
    (position, BEHIND + of * 16 + position)
}

/// Adds an item to an extra and lends it with the spaces that may ask for it.
pub fn add_item(
    conn: &mut Conn,
    (site, id): (SiteId, ExtraId),
    of: &NewExtra<'_>,
    position: usize,
) -> Result<(), StoreError> {
    let (position, place) = behind(id, position);
    let item: i64 = diesel::insert_into(unit::table)
        // The name is for whoever looks into the database; no page shows it.
        .values((unit::site_id.eq(site.row()), unit::name.eq(format!("extra {}: {position}", id.row()))))
        .returning(unit::id)
        .get_result(conn)?;
    diesel::insert_into(extra_unit::table)
        .values((extra_unit::unit_id.eq(item), extra_unit::extra_id.eq(id.row()), extra_unit::position.eq(position)))
        .execute(conn)?;
    for facility in of.facilities {
        lend(conn, *facility, item, place)?;
    }
    Ok(())
}

fn lend(conn: &mut Conn, facility: FacilityId, item: i64, place: i32) -> Result<(), StoreError> {
    diesel::insert_into(facility_unit::table)
        .values((
            facility_unit::facility_id.eq(facility.row()),
            facility_unit::unit_id.eq(item),
            facility_unit::position.eq(place),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes the name of an extra and which spaces may ask for it. What is booked stays.
pub fn update(conn: &mut Conn, site: SiteId, kept: &Kept, new: &NewExtra<'_>) -> Result<(), StoreError> {
    diesel::update(extra::table.find(kept.id.row()))
        .set((extra::name.eq(new.name), extra::for_all.eq(new.for_all)))
        .execute(conn)?;
    let items: Vec<i64> = kept.extra.items.iter().map(|item| item.unit.row()).collect();
    diesel::delete(facility_unit::table.filter(facility_unit::unit_id.eq_any(&items))).execute(conn)?;
    for (number, item) in items.iter().enumerate() {
        for facility in new.facilities {
            lend(conn, *facility, *item, behind(kept.id, number + 1).1)?;
        }
    }
    sites::mark_changed(conn, site)
}

/// A new space may ask for what goes with all of its site.
pub fn lend_with(conn: &mut Conn, site: SiteId, new: FacilityId, kind: Kind) -> Result<(), StoreError> {
    if !kind.entry().by_the_hour {
        return Ok(());
    }
    let items: Vec<(i64, i64, i32)> = extra_unit::table
        .inner_join(extra::table)
        .filter(extra::site_id.eq(site.row()).and(extra::for_all.eq(true)))
        .select((extra_unit::unit_id, extra::id, extra_unit::position))
        .load(conn)?;
    for (item, of, position) in items {
        lend(conn, new, item, behind(ExtraId::new(of), usize::try_from(position).unwrap_or(1)).1)?;
    }
    Ok(())
}

/// From when items are lent no more, or that they are again.
pub fn retire(conn: &mut Conn, items: &[UnitId], from: Option<NaiveDate>) -> Result<(), StoreError> {
    let ids: Vec<i64> = items.iter().map(|item| item.row()).collect();
    diesel::update(unit::table.filter(unit::id.eq_any(ids)))
        .set(unit::retired_from.eq(from.map(|date| date.to_string())))
        .execute(conn)?;
    Ok(())
}

/// A date of a booking that has an item.
#[derive(Debug, Clone)]
pub struct Lent {
    pub unit: UnitId,
    pub reference: Reference,
    pub session: Span,
    pub facility: String,
    pub holder: HolderName,
}

/// The dates that have any of these items and end after an instant, soonest first, so many at the most.
pub fn lent(conn: &mut Conn, items: &[UnitId], after: Instant, most: i64) -> Result<Vec<Lent>, StoreError> {
    type Row = (i64, (i64, i64, i64), (i64, String, (String, String)), String, Option<String>);
    let ids: Vec<i64> = items.iter().map(|item| item.row()).collect();
    let rows: Vec<Row> = occupancy::table
        .inner_join(occurrence::table)
        .inner_join(booking::table.on(occurrence::booking_id.eq(booking::id)))
        .inner_join(facility::table.on(occurrence::facility_id.eq(facility::id)))
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
        .filter(occupancy::unit_id.eq_any(ids).and(occupancy::ends_at.gt(after.seconds())))
        .order((occurrence::starts_at, booking::reference))
        .limit(most)
        .select((
            occupancy::unit_id,
            (occurrence::id, occurrence::starts_at, occurrence::ends_at),
            (booking::id, booking::reference, (booking::holder, booking::contact_name)),
            facility::name,
            organisation::name.nullable(),
        ))
        .load(conn)?;
    let one = |(unit, (row, from, to), (booking, reference, holder), facility, organisation): Row| {
        let session = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
        Ok(Lent {
            unit: UnitId::new(unit),
            reference: read(Reference::parse(&reference), "booking", booking, "reference")?,
            session: read(session, "occurrence", row, "ends_at")?,
            facility,
            holder: holders::holder_name(booking, holder, organisation)?,
        })
    };
    rows.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_back_as_written() {
        let slug = |text: &str| Slug::parse(text).unwrap();
        let asked = vec![
            Asked { extra: slug("projector"), name: "Projector, long cable".to_owned(), number: 1 },
            Asked { extra: slug("table"), name: "Table".to_owned(), number: 6 },
        ];
        assert_eq!(read_asked(&asked_text(&asked)), Some(asked));
        assert_eq!(read_asked(""), Some(Vec::new()));
        let without = vec![(3, slug("projector")), (12, slug("table"))];
        assert_eq!(read_without(&without_text(&without)), Some(without));
        for wrong in ["projector", "projector\t0\tProjector", "Projector\t1\tx", "projector\tx\tx"] {
            assert_eq!(read_asked(wrong), None, "{wrong}");
        }
        assert_eq!(read_without("x\tprojector"), None);
    }
}
