//! Plots of an allotment, what a manager set for it, keys and inspections. Not who has a plot and not who waits for one.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::schema::plots::{allotment, plot, plot_inspection, plot_key};
use super::schema::{facility, facility_unit, unit};
use super::{Conn, StoreError};
use crate::domain::ids::{FacilityId, PersonId, PlotKeyId, TenancyId, UnitId};
use crate::domain::kinds::Kind;
use crate::domain::plots::{AllotmentRules, Found, Inspection, Plot, PlotKey, PlotNumber, SeasonStart, Size};

/// So many inspections are read at once.
const MOST: i64 = 200;

/// All allotments of the estate.
pub fn allotments(conn: &mut Conn) -> Result<Vec<FacilityId>, StoreError> {
    let kind = Kind::Allotment.code();
    let rows: Vec<i64> = facility::table.filter(facility::kind.eq(kind)).select(facility::id).load(conn)?;
    Ok(rows.into_iter().map(FacilityId::new).collect())
}

type RulesRow = (i64, String, (i32, i32), i32, i32, (i32, i32), bool);

#[diesel::dsl::auto_type(no_type_alias)]
fn rules_columns() -> _ {
    (
        allotment::facility_id,
        allotment::season_start,
        (allotment::holder_notice_days, allotment::site_notice_days),
        allotment::renew_days,
        allotment::offer_days,
        (allotment::ask_days, allotment::answer_days),
        allotment::refusal_keeps,
    )
}

fn rules_of(row: Option<RulesRow>) -> Result<AllotmentRules, StoreError> {
    let Some((row, season, notice, renew_days, offer_days, ask, refusal_keeps)) = row else {
        return Ok(AllotmentRules::usual());
    };
    Ok(AllotmentRules {
        season: read(SeasonStart::parse(&season), "allotment", row, "season_start")?,
        holder_notice_days: notice.0,
        site_notice_days: notice.1,
        renew_days,
        offer_days,
        ask_days: ask.0,
        answer_days: ask.1,
        refusal_keeps,
    })
}

pub fn set_rules(conn: &mut Conn, id: FacilityId, rules: &AllotmentRules) -> Result<(), StoreError> {
    diesel::delete(allotment::table.find(id.row())).execute(conn)?;
    diesel::insert_into(allotment::table)
        .values((
            allotment::facility_id.eq(id.row()),
            allotment::season_start.eq(rules.season.stored()),
            allotment::holder_notice_days.eq(rules.holder_notice_days),
            allotment::site_notice_days.eq(rules.site_notice_days),
            allotment::renew_days.eq(rules.renew_days),
            allotment::offer_days.eq(rules.offer_days),
            allotment::ask_days.eq(rules.ask_days),
            allotment::answer_days.eq(rules.answer_days),
            allotment::refusal_keeps.eq(rules.refusal_keeps),
        ))
        .execute(conn)?;
    Ok(())
}

type PlotRow = (i64, i64, String, i32, (Option<i32>, Option<i32>), String, String);

/// The plots of an allotment in the natural order of their numbers, and what was set for it, or what is usual.
pub fn of_facility(conn: &mut Conn, id: FacilityId) -> Result<(AllotmentRules, Vec<Plot>), StoreError> {
    let rows: Vec<(PlotRow, Option<RulesRow>)> = plot::table
        .left_join(allotment::table.on(allotment::facility_id.eq(plot::facility_id)))
        .filter(plot::facility_id.eq(id.row()))
        .select((
            (
                plot::unit_id,
                plot::facility_id,
                plot::number,
                plot::size,
                (plot::plan_row, plot::plan_column),
                plot::notes,
                plot::resting,
            ),
            rules_columns().nullable(),
        ))
        .load(conn)?;
    let set = match rows.first() {
        Some((_, rules)) => rules.clone(),
        None => allotment::table.find(id.row()).select(rules_columns()).first(conn).optional()?,
    };
    let mut plots = rows.into_iter().map(|(row, _)| plot_of(row)).collect::<Result<Vec<_>, _>>()?;
    plots.sort_by_key(|plot| plot.number.rank());
    Ok((rules_of(set)?, plots))
}

fn plot_of((unit, facility, number, size, place, notes, resting): PlotRow) -> Result<Plot, StoreError> {
    Ok(Plot {
        unit: UnitId::new(unit),
        facility: FacilityId::new(facility),
        number: read(PlotNumber::parse(&number), "plot", unit, "number")?,
        size: read(Size::new(size), "plot", unit, "size")?,
        place: place.0.zip(place.1),
        notes,
        resting,
    })
}

/// Writes what is said of a unit as a plot, whether or not anything was.
pub fn set(conn: &mut Conn, one: &Plot) -> Result<(), StoreError> {
    diesel::delete(plot::table.find(one.unit.row())).execute(conn)?;
    diesel::insert_into(plot::table)
        .values((
            plot::unit_id.eq(one.unit.row()),
            plot::facility_id.eq(one.facility.row()),
            plot::number.eq(one.number.as_str()),
            plot::size.eq(one.size.hundredths()),
            plot::plan_row.eq(one.place.map(|place| place.0)),
            plot::plan_column.eq(one.place.map(|place| place.1)),
            plot::notes.eq(&one.notes),
            plot::resting.eq(&one.resting),
        ))
        .execute(conn)?;
    Ok(())
}

/// Names a unit as its plot's number says.
pub fn rename_unit(conn: &mut Conn, id: UnitId, name: &str) -> Result<(), StoreError> {
    diesel::update(unit::table.find(id.row())).set(unit::name.eq(name)).execute(conn)?;
    Ok(())
}

/// The last place among the units of a facility.
pub fn last_position(conn: &mut Conn, id: FacilityId) -> Result<i32, StoreError> {
    let last: Option<i32> = facility_unit::table
        .filter(facility_unit::facility_id.eq(id.row()))
        .select(diesel::dsl::max(facility_unit::position))
        .first(conn)?;
    Ok(last.unwrap_or_default())
}

fn stored_date(id: i64, table: &'static str, text: &str) -> Result<NaiveDate, StoreError> {
    read(text.parse().ok(), table, id, "date")
}

/// The keys of tenancies, the latest first.
pub fn keys(conn: &mut Conn, of: &[TenancyId]) -> Result<Vec<PlotKey>, StoreError> {
    type Row = (i64, i64, String, String, i32, Option<String>, Option<i32>);
    let ids: Vec<i64> = of.iter().map(|id| id.row()).collect();
    let rows: Vec<Row> = plot_key::table
        .filter(plot_key::tenancy_id.eq_any(ids))
        .order((plot_key::given_on.desc(), plot_key::id.desc()))
        .select((
            plot_key::id,
            plot_key::tenancy_id,
            plot_key::number,
            plot_key::given_on,
            plot_key::deposit_pence,
            plot_key::back_on,
            plot_key::back_pence,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, tenancy, number, given, deposit_pence, back_on, back_pence)| {
            let back = back_on.map(|text| stored_date(id, "plot_key", &text)).transpose()?;
            Ok(PlotKey {
                id: PlotKeyId::new(id),
                tenancy: TenancyId::new(tenancy),
                number,
                given: stored_date(id, "plot_key", &given)?,
                deposit_pence,
                back: back.zip(back_pence),
            })
        })
        .collect()
}

pub fn give_key(
    conn: &mut Conn,
    tenancy: TenancyId,
    number: &str,
    given: NaiveDate,
    deposit_pence: i32,
) -> Result<(), StoreError> {
    diesel::insert_into(plot_key::table)
        .values((
            plot_key::tenancy_id.eq(tenancy.row()),
            plot_key::number.eq(number),
            plot_key::given_on.eq(given.to_string()),
            plot_key::deposit_pence.eq(deposit_pence),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that a key came back; false when it had before.
pub fn take_key_back(conn: &mut Conn, id: PlotKeyId, on: NaiveDate, pence: i32) -> Result<bool, StoreError> {
    let changed = diesel::update(plot_key::table.find(id.row()).filter(plot_key::back_on.is_null()))
        .set((plot_key::back_on.eq(on.to_string()), plot_key::back_pence.eq(pence)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// What was seen on plots, the latest first.
pub fn inspections(conn: &mut Conn, units: &[UnitId]) -> Result<Vec<Inspection>, StoreError> {
    type Row = (i64, i64, Option<i64>, String, String, String);
    let ids: Vec<i64> = units.iter().map(|id| id.row()).collect();
    let rows: Vec<Row> = plot_inspection::table
        .filter(plot_inspection::unit_id.eq_any(ids))
        .order((plot_inspection::on_date.desc(), plot_inspection::id.desc()))
        .limit(MOST)
        .select((
            plot_inspection::id,
            plot_inspection::unit_id,
            plot_inspection::tenancy_id,
            plot_inspection::on_date,
            plot_inspection::state,
            plot_inspection::note,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, unit, tenancy, date, state, note)| {
            Ok(Inspection {
                unit: UnitId::new(unit),
                tenancy: tenancy.map(TenancyId::new),
                date: stored_date(id, "plot_inspection", &date)?,
                found: read(Found::parse(&state), "plot_inspection", id, "state")?,
                note,
            })
        })
        .collect()
}

pub fn inspect(conn: &mut Conn, one: &Inspection, by: PersonId) -> Result<(), StoreError> {
    diesel::insert_into(plot_inspection::table)
        .values((
            plot_inspection::unit_id.eq(one.unit.row()),
            plot_inspection::tenancy_id.eq(one.tenancy.map(|id| id.row())),
            plot_inspection::on_date.eq(one.date.to_string()),
            plot_inspection::state.eq(one.found.code()),
            plot_inspection::note.eq(&one.note),
            plot_inspection::noted_by.eq(by.row()),
        ))
        .execute(conn)?;
    Ok(())
}
