//! Facilities with their rules and units. Not what is booked in them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::care::{self, CareRow};
use super::error::read;
use super::schema::{facility, facility_care, facility_rules, facility_unit, site, unit};
use super::schema_extras::{extra, extra_unit};
use super::sites::{SITE_COLUMNS, SiteRow};
use super::units::{self, ExtraColumns, Parts, UnitColumns};
use super::{Conn, StoreError, extras};
use crate::domain::care::Care;
use crate::domain::ids::{FacilityId, SiteId, Slug, TermsId, UnitId};
use crate::domain::kinds::{Kind, Need};
use crate::domain::papers::Required;
use crate::domain::places::{Facility, Site, UnitChoice};
use crate::domain::rates;
use crate::domain::rules::{Approval, Privacy, Rules};
use crate::domain::safety::Safety;
use crate::domain::season::Season;
use crate::domain::services::{Access, ClassSet, ServiceSet};

pub use super::units::{add_unit, sharing_units, unit_named};

#[derive(Queryable)]
struct FacilityRow {
    id: i64,
    site_id: i64,
    slug: String,
    name: String,
    kind: String,
    room: String,
    floor: String,
    about: String,
    arrival: String,
    needs: String,
    unit_choice: String,
    listed: bool,
    #[expect(dead_code, reason = "read with the whole row, used for ordering")]
    position: i32,
    retired_from: Option<String>,
    fallback_id: Option<i64>,
    safety: String,
    terms_id: Option<i64>,
    rates: String,
}

#[derive(Queryable)]
struct RulesRow {
    facility_id: i64,
    step_minutes: i32,
    start_minutes: String,
    shortest_minutes: i32,
    longest_minutes: i32,
    set_up_minutes: i32,
    turnaround_minutes: i32,
    own_may_touch: bool,
    notice_minutes: i32,
    horizon_days: i32,
    capacity: i32,
    approval: String,
    holds_place: bool,
    hold_minutes: i32,
    late_cancel_minutes: i32,
    week_bookings: Option<i32>,
    week_minutes: Option<i32>,
    privacy: String,
    still_needed_weeks: i32,
    daylight: bool,
    season_from: Option<String>,
    season_to: Option<String>,
    by_session: bool,
    horizon_commissioned_days: Option<i32>,
    warns_alone: bool,
    arrival_gap_minutes: i32,
    papers: String,
    classes: String,
    services: String,
}

/// Reads "04-01", month and day.
fn stored_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    month.parse().ok().zip(day.parse().ok())
}

fn day_text((month, day): (u32, u32)) -> String {
    format!("{month:02}-{day:02}")
}

impl RulesRow {
    fn rules(self) -> Result<Rules, StoreError> {
        let (table, id) = ("facility_rules", self.facility_id);
        let starts: Result<Vec<i32>, _> =
            self.start_minutes.split(',').filter(|s| !s.is_empty()).map(str::parse).collect();
        Ok(Rules {
            step_minutes: self.step_minutes,
            start_minutes: read(starts.ok(), table, id, "start_minutes")?,
            shortest_minutes: self.shortest_minutes,
            longest_minutes: self.longest_minutes,
            set_up_minutes: self.set_up_minutes,
            turnaround_minutes: self.turnaround_minutes,
            own_may_touch: self.own_may_touch,
            notice_minutes: self.notice_minutes,
            horizon_days: self.horizon_days,
            horizon_commissioned_days: self.horizon_commissioned_days,
            by_session: self.by_session,
            warns_alone: self.warns_alone,
            arrival_gap_minutes: self.arrival_gap_minutes,
            capacity: self.capacity,
            approval: read(Approval::parse(&self.approval), table, id, "approval")?,
            holds_place: self.holds_place,
            hold_minutes: self.hold_minutes,
            late_cancel_minutes: self.late_cancel_minutes,
            week_bookings: self.week_bookings,
            week_minutes: self.week_minutes,
            privacy: read(Privacy::parse(&self.privacy), table, id, "privacy")?,
            still_needed_weeks: self.still_needed_weeks,
            daylight: self.daylight,
            papers: read(Required::parse(&self.papers), table, id, "papers")?,
            access: Access {
                classes: read(ClassSet::parse(&self.classes), table, id, "classes")?,
                services: read(ServiceSet::parse(&self.services), table, id, "services")?,
            },
            season: match (&self.season_from, &self.season_to) {
                (Some(from), Some(to)) => {
                    let read = read(stored_day(from).zip(stored_day(to)), table, id, "season_from")?;
                    Some(Season { from: read.0, to: read.1 })
                }
                _ => None,
            },
        })
    }
}

impl FacilityRow {
    fn of_units<'a>(&'a self, rules: &RulesRow) -> units::Of<'a> {
        let keeps_apart = 0 < rules.arrival_gap_minutes;
        units::Of { facility: self.id, site: self.site_id, kind: &self.kind, keeps_apart }
    }

    fn facility(
        self,
        (rules, care): (RulesRow, Option<CareRow>),
        parts: &mut Parts,
        site: &Site,
    ) -> Result<Facility, StoreError> {
        let (table, id) = ("facility", self.id);
        let retired_from: Option<NaiveDate> = match &self.retired_from {
            Some(text) => Some(read(text.parse().ok(), table, id, "retired_from")?),
            None => None,
        };
        let rules = rules.rules()?;
        let neighbours = parts.neighbours(rules.arrival_gap_minutes, (self.site_id, &self.kind));
        let (units, extras) = (parts.units.remove(&id), parts.extras.remove(&id));
        Ok(Facility {
            id: FacilityId::new(id),
            site: SiteId::new(self.site_id),
            slug: read(Slug::parse(&self.slug), table, id, "slug")?,
            name: self.name,
            kind: read(Kind::parse(&self.kind), table, id, "kind")?,
            room: self.room,
            floor: self.floor,
            about: self.about,
            arrival: self.arrival,
            needs: self.needs.split_whitespace().filter_map(Need::parse).collect(),
            choice: read(UnitChoice::parse(&self.unit_choice), table, id, "unit_choice")?,
            listed: self.listed,
            retired_from,
            fallback: self.fallback_id.map(FacilityId::new),
            terms: self.terms_id.map(TermsId::new),
            sessions: if rules.by_session { site.sessions.clone() } else { Arc::default() },
            rules,
            care: Arc::new(care.map_or(Ok(Care::default()), CareRow::care)?),
            units: units.unwrap_or_default(),
            extras: extras.unwrap_or_default(),
            neighbours,
            safety: read(Safety::parse(&self.safety), table, id, "safety")?,
            rates: read(rates::parse(&self.rates), table, id, "rates")?.into(),
        })
    }
}

/// A facility's own rows: itself, its rules, and what it asks of those who use it.
type Own = (FacilityRow, RulesRow, Option<CareRow>);

/// Which facilities are wanted. Everything left at its default leaves that question open.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    pub site: Option<&'a Slug>,
    pub slug: Option<&'a Slug>,
    pub kind: Option<Kind>,
    pub ids: Option<&'a [FacilityId]>,
    pub sites: Option<&'a [SiteId]>,
    pub listed_only: bool,
    /// With a site given: also what is listed elsewhere of the same kind as this facility of it.
    pub or_like: Option<&'a Slug>,
}

/// Facilities with their sites, by site name, then in the site's own order. Two queries, however many there are.
pub fn with_sites(conn: &mut Conn, filter: &Filter<'_>) -> Result<Vec<(Site, Facility)>, StoreError> {
    let own = (facility::all_columns, facility_rules::all_columns, facility_care::all_columns.nullable());
    let columns = (SITE_COLUMNS, own);
    let rows: Vec<(SiteRow, Own)> = wanted(filter).select(columns).load(conn)?;
    let mut parts = units::parts(conn, rows.iter().map(|(_, (row, rules, _))| row.of_units(rules)))?;
    rows.into_iter()
        .map(|(site, (row, rules, care))| {
            let site = site.site()?;
            let facility = row.facility((rules, care), &mut parts, &site)?;
            Ok((site, facility))
        })
        .collect()
}

diesel::alias!(const PEER: Alias<peer> = facility as peer);

/// A row a unit, and the units beside where arrivals are kept apart.
#[diesel::dsl::auto_type]
fn with_units() -> _ {
    let like = PEER.field(facility::kind).eq(facility::kind).and(facility_rules::arrival_gap_minutes.gt(0_i32));
    let beside = PEER.field(facility::id).eq(facility::id).or(like);
    joined()
        .inner_join(PEER.on(PEER.field(facility::site_id).eq(facility::site_id).and(beside)))
        .left_join(facility_unit::table.on(facility_unit::facility_id.eq(PEER.field(facility::id))))
        .left_join(unit::table.on(unit::id.nullable().eq(facility_unit::unit_id.nullable())))
        .left_join(extra_unit::table.on(extra_unit::unit_id.nullable().eq(unit::id.nullable())))
        .left_join(extra::table.on(extra::id.nullable().eq(extra_unit::extra_id.nullable())))
}

type UnitRow = (SiteRow, Own, (i64, Option<UnitColumns>, Option<ExtraColumns>));

/// As [`with_sites`], for the few of a booking, by id and in one query.
pub fn of_booking(conn: &mut Conn, ids: &[FacilityId]) -> Result<Vec<(Site, Facility)>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    in_one_query(conn, with_units().filter(facility::id.eq_any(ids)).into_boxed())
}

/// One facility and its site, in one query.
pub fn by_slug(conn: &mut Conn, site: &Slug, slug: &Slug) -> Result<Option<(Site, Facility)>, StoreError> {
    let named = facility::slug.eq(slug.as_str()).and(site::slug.eq(site.as_str()));
    Ok(in_one_query(conn, with_units().filter(named).into_boxed())?.pop())
}

fn in_one_query(
    conn: &mut Conn,
    few: diesel::dsl::IntoBoxed<'_, with_units, <Conn as Connection>::Backend>,
) -> Result<Vec<(Site, Facility)>, StoreError> {
    let rows: Vec<UnitRow> = few
        .order((site::name, facility::position, facility::name, facility::id, facility_unit::position.nullable()))
        .select((
            SITE_COLUMNS,
            (facility::all_columns, facility_rules::all_columns, facility_care::all_columns.nullable()),
            (
                PEER.field(facility::id),
                (unit::id, unit::name, unit::retired_from).nullable(),
                (extra::slug, extra::name).nullable(),
            ),
        ))
        .load(conn)?;
    let mut parts = Parts::default();
    let mut found: Vec<(SiteRow, Own)> = Vec::new();
    for (site, own, (of, unit, extra)) in rows {
        let row = &own.0;
        if let Some(unit) = unit {
            if extra.is_none() {
                parts.beside.push((row.site_id, row.kind.clone(), UnitId::new(unit.0)));
            }
            if of == row.id {
                parts.add(of, unit, extra)?;
            }
        }
        if found.last().is_none_or(|(_, (last, ..))| last.id != row.id) {
            found.push((site, own));
        }
    }
    // Two facilities of one kind in a booking name the same neighbours.
    parts.beside.sort_unstable();
    parts.beside.dedup();
    let complete = |(site, (row, rules, care)): (SiteRow, Own)| {
        let site = site.site()?;
        let facility = row.facility((rules, care), &mut parts, &site)?;
        Ok((site, facility))
    };
    found.into_iter().map(complete).collect()
}

/// As [`with_sites`], of sites that are loaded already; across the estate it is a fifth faster not to read a site again with
/// each of its facilities.
pub fn of_sites(conn: &mut Conn, filter: &Filter<'_>, sites: &[Site]) -> Result<Vec<(Site, Facility)>, StoreError> {
    let columns = (facility::all_columns, facility_rules::all_columns, facility_care::all_columns.nullable());
    let rows: Vec<Own> = wanted(filter).select(columns).load(conn)?;
    let mut parts = units::parts(conn, rows.iter().map(|(row, rules, _)| row.of_units(rules)))?;
    rows.into_iter()
        .filter_map(|(row, rules, care)| {
            let site = sites.iter().find(|site| site.id.row() == row.site_id)?.clone();
            Some(row.facility((rules, care), &mut parts, &site).map(|facility| (site, facility)))
        })
        .collect()
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    facility::table.inner_join(site::table).inner_join(facility_rules::table).left_join(facility_care::table)
}

type Wanted<'a> = diesel::dsl::IntoBoxed<'a, joined, <Conn as Connection>::Backend>;

/// What a filter asks for, in its order.
fn wanted<'a>(filter: &'a Filter<'_>) -> Wanted<'a> {
    let mut query = joined().into_boxed();
    query = match (filter.site, filter.or_like) {
        (Some(site), Some(like)) => {
            let (model, home) = diesel::alias!(facility as model, site as home);
            let of_site = home.field(site::slug).eq(site.as_str()).and(model.field(facility::slug).eq(like.as_str()));
            let kind = model
                .inner_join(home.on(model.field(facility::site_id).eq(home.field(site::id))))
                .filter(of_site)
                .select(model.field(facility::kind));
            query.filter(site::slug.eq(site.as_str()).or(facility::listed.eq(true).and(facility::kind.eq_any(kind))))
        }
        (Some(site), None) => query.filter(site::slug.eq(site.as_str())),
        (None, _) => query,
    };
    if let Some(slug) = filter.slug {
        query = query.filter(facility::slug.eq(slug.as_str()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(facility::kind.eq(kind.code()));
    }
    if let Some(ids) = filter.ids {
        query = query.filter(facility::id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()));
    }
    if let Some(sites) = filter.sites {
        query = query.filter(facility::site_id.eq_any(sites.iter().map(|id| id.row()).collect::<Vec<_>>()));
    }
    if filter.listed_only {
        query = query.filter(facility::listed.eq(true));
    }
    query.order((site::name, facility::position, facility::name))
}

/// The words and facts of a facility, to be added or changed.
#[derive(Debug)]
pub struct FacilityFacts<'a> {
    pub site: SiteId,
    pub slug: &'a Slug,
    pub name: &'a str,
    pub kind: Kind,
    pub room: &'a str,
    pub floor: &'a str,
    pub about: &'a str,
    pub arrival: &'a str,
    pub needs: &'a [Need],
    pub choice: UnitChoice,
    pub listed: bool,
    pub position: i32,
}

fn needs_text(needs: &[Need]) -> String {
    needs.iter().map(|need| need.code()).collect::<Vec<_>>().join(" ")
}

/// Adds a facility with its rules, asking what its kind starts with; its units are named afterwards.
///
/// # Errors
/// `Duplicate` when the site has a facility of that slug.
pub fn insert(conn: &mut Conn, new: &FacilityFacts<'_>, rules: &Rules) -> Result<FacilityId, StoreError> {
    let id: i64 = diesel::insert_into(facility::table)
        .values((
            facility::site_id.eq(new.site.row()),
            facility::slug.eq(new.slug.as_str()),
            facility::name.eq(new.name),
            facility::kind.eq(new.kind.code()),
            facility::room.eq(new.room),
            facility::floor.eq(new.floor),
            facility::about.eq(new.about),
            facility::arrival.eq(new.arrival),
            facility::needs.eq(needs_text(new.needs)),
            facility::unit_choice.eq(new.choice.code()),
            facility::listed.eq(new.listed),
            facility::position.eq(new.position),
        ))
        .returning(facility::id)
        .get_result(conn)?;
    let id = FacilityId::new(id);
    set_rules(conn, id, rules)?;
    care::set(conn, id, &Care::of_kind(new.kind))?;
    extras::lend_with(conn, new.site, id, new.kind)?;
    Ok(id)
}

/// Changes the words of a facility; its slug, kind and units stay.
pub fn update(conn: &mut Conn, id: FacilityId, facts: &FacilityFacts<'_>) -> Result<(), StoreError> {
    diesel::update(facility::table.find(id.row()))
        .set((
            facility::name.eq(facts.name),
            facility::room.eq(facts.room),
            facility::floor.eq(facts.floor),
            facility::about.eq(facts.about),
            facility::arrival.eq(facts.arrival),
            facility::needs.eq(needs_text(facts.needs)),
            facility::listed.eq(facts.listed),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets where to go instead of a facility in bad weather.
pub fn set_fallback(conn: &mut Conn, id: FacilityId, other: Option<FacilityId>) -> Result<(), StoreError> {
    let other = other.map(|other| other.row());
    diesel::update(facility::table.find(id.row())).set(facility::fallback_id.eq(other)).execute(conn)?;
    Ok(())
}

/// Writes a facility's rules, whether or not it had some.
pub fn set_rules(conn: &mut Conn, id: FacilityId, rules: &Rules) -> Result<(), StoreError> {
    diesel::delete(facility_rules::table.find(id.row())).execute(conn)?;
    let starts: Vec<String> = rules.start_minutes.iter().map(ToString::to_string).collect();
    diesel::insert_into(facility_rules::table)
        .values((
            facility_rules::facility_id.eq(id.row()),
            facility_rules::step_minutes.eq(rules.step_minutes),
            facility_rules::start_minutes.eq(starts.join(",")),
            facility_rules::shortest_minutes.eq(rules.shortest_minutes),
            facility_rules::longest_minutes.eq(rules.longest_minutes),
            facility_rules::set_up_minutes.eq(rules.set_up_minutes),
            facility_rules::turnaround_minutes.eq(rules.turnaround_minutes),
            facility_rules::own_may_touch.eq(rules.own_may_touch),
            facility_rules::notice_minutes.eq(rules.notice_minutes),
            facility_rules::horizon_days.eq(rules.horizon_days),
            facility_rules::capacity.eq(rules.capacity),
            facility_rules::approval.eq(rules.approval.code()),
            facility_rules::holds_place.eq(rules.holds_place),
            facility_rules::hold_minutes.eq(rules.hold_minutes),
            facility_rules::late_cancel_minutes.eq(rules.late_cancel_minutes),
            facility_rules::week_bookings.eq(rules.week_bookings),
            facility_rules::week_minutes.eq(rules.week_minutes),
            facility_rules::privacy.eq(rules.privacy.code()),
            facility_rules::still_needed_weeks.eq(rules.still_needed_weeks),
            facility_rules::daylight.eq(rules.daylight),
            facility_rules::season_from.eq(rules.season.map(|season| day_text(season.from))),
            facility_rules::season_to.eq(rules.season.map(|season| day_text(season.to))),
            facility_rules::by_session.eq(rules.by_session),
            facility_rules::horizon_commissioned_days.eq(rules.horizon_commissioned_days),
            facility_rules::warns_alone.eq(rules.warns_alone),
            facility_rules::arrival_gap_minutes.eq(rules.arrival_gap_minutes),
            facility_rules::papers.eq(rules.papers.stored()),
            facility_rules::classes.eq(rules.access.classes.stored()),
            facility_rules::services.eq(rules.access.services.stored()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Retires a facility from a date at its site on, or takes that back.
pub fn retire(conn: &mut Conn, id: FacilityId, from: Option<NaiveDate>) -> Result<(), StoreError> {
    diesel::update(facility::table.find(id.row()))
        .set(facility::retired_from.eq(from.map(|date| date.to_string())))
        .execute(conn)?;
    Ok(())
}

/// How many minutes before its start giving up counts as late, for each of these facilities.
pub fn late_windows(conn: &mut Conn, ids: &[FacilityId]) -> Result<HashMap<FacilityId, i32>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let rows: Vec<(i64, i32)> = facility_rules::table
        .filter(facility_rules::facility_id.eq_any(ids))
        .select((facility_rules::facility_id, facility_rules::late_cancel_minutes))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, minutes)| (FacilityId::new(id), minutes)).collect())
}
