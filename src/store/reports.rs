//! What reports read, added up by the database and grouped: a few rows for any number of sessions. Not what the sums mean.

use diesel::dsl::{case_when, exists, max, not, sum};
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::error::read;
use super::funding::stored_date;
use super::schema::reports::{facility_funding, site_funding};
use super::schema::{
    block, booking, facility, facility_rules, facility_unit, occupancy, occurrence, organisation, site, unit,
};
use super::schema_doors::{attendance, no_show};
use super::schema_extras::extra_unit;
use super::{Conn, StoreError};
use crate::domain::availability::Wanted;
use crate::domain::ids::{FacilityId, OrganisationId, SiteId, Slug, UnitId};
use crate::domain::kinds::Kind;
use crate::domain::money::Pence;
use crate::domain::occurrence::Stage;
use crate::domain::places::UnitChoice;
use crate::domain::report::period::{MOST_QUARTERS, Period};
use crate::domain::report::{Amount, Home, Part, People, Place, Use, Who};
use crate::domain::rules::Privacy;
use crate::domain::season::Season;
use crate::domain::span::{Instant, Span};
use crate::domain::statement::Charging;

/// What a report is of: these spaces, or what one organisation had in them.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub places: &'a [Place],
    pub organisation: Option<OrganisationId>,
}

impl Asked<'_> {
    fn facilities(&self) -> Vec<i64> {
        self.places.iter().map(|place| place.id.row()).collect()
    }
}

/// Whose spaces.
#[derive(Debug, Clone, Copy)]
pub enum Spaces<'a> {
    /// One site's, by its name in links.
    Of(&'a Slug),
    /// These sites'.
    Sites(&'a [SiteId]),
    All,
}

#[derive(Queryable)]
struct PlaceRow {
    facility: (i64, String, String, String, String, Option<String>),
    site: (i64, String, String, String, Option<f64>, Option<f64>, bool, bool),
    rules: (bool, Option<String>, Option<String>),
    funding: Option<(String, Option<String>)>,
    site_funder: Option<String>,
    unit: Option<(i64, Option<String>)>,
    extra: Option<i64>,
}

/// Spaces with their parts, by site and in its order, retired ones too; one query.
pub fn places(conn: &mut Conn, of: Spaces<'_>) -> Result<Vec<Place>, StoreError> {
    let query = facility::table
        .inner_join(site::table)
        .inner_join(facility_rules::table)
        .left_join(facility_funding::table.on(facility_funding::facility_id.eq(facility::id)))
        .left_join(site_funding::table.on(site_funding::site_id.eq(site::id)))
        .left_join(facility_unit::table.on(facility_unit::facility_id.eq(facility::id)))
        .left_join(unit::table.on(unit::id.nullable().eq(facility_unit::unit_id.nullable())))
        .left_join(extra_unit::table.on(extra_unit::unit_id.nullable().eq(unit::id.nullable())))
        .order((site::name, facility::position, facility::name, facility::id, facility_unit::position.nullable()))
        .select((
            (
                facility::id,
                facility::slug,
                facility::name,
                facility::kind,
                facility::unit_choice,
                facility::retired_from,
            ),
            (
                site::id,
                site::slug,
                site::name,
                site::time_zone,
                site::latitude,
                site::longitude,
                site::charges_late,
                site::charges_absent,
            ),
            (facility_rules::daylight, facility_rules::season_from, facility_rules::season_to),
            (facility_funding::funder, facility_funding::in_use_from).nullable(),
            site_funding::funder.nullable(),
            (unit::id, unit::retired_from).nullable(),
            extra_unit::unit_id.nullable(),
        ))
        .into_boxed();
    let rows: Vec<PlaceRow> = match of {
        Spaces::Of(slug) => query.filter(site::slug.eq(slug.as_str())).load(conn)?,
        Spaces::Sites(ids) => {
            query.filter(site::id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>())).load(conn)?
        }
        Spaces::All => query.load(conn)?,
    };
    let mut places: Vec<Place> = Vec::new();
    for mut row in rows {
        let part = row.unit.take().filter(|_| row.extra.is_none()).map(part).transpose()?;
        if places.last().is_none_or(|last| last.id.row() != row.facility.0) {
            places.push(row.place()?);
        }
        if let Some(place) = places.last_mut() {
            place.parts.extend(part);
        }
    }
    Ok(places)
}

fn part((id, retired): (i64, Option<String>)) -> Result<Part, StoreError> {
    let retired = retired.map(|text| read(text.parse().ok(), "unit", id, "retired_from")).transpose()?;
    Ok(Part { unit: UnitId::new(id), retired_from: retired })
}

/// Reads "04-01", month and day.
fn stored_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    month.parse().ok().zip(day.parse().ok())
}

impl PlaceRow {
    fn place(self) -> Result<Place, StoreError> {
        let (id, slug, name, kind, choice, retired) = self.facility;
        let (site, site_slug, site_name, zone, latitude, longitude, late, absent) = self.site;
        let (daylight, from, to) = self.rules;
        let season = from.zip(to).map(|(from, to)| {
            let days = stored_day(&from).zip(stored_day(&to));
            read(days.map(|(from, to)| Season { from, to }), "facility_rules", id, "season_from")
        });
        let (own, in_use_from) = self.funding.unwrap_or_default();
        let funder = if own.is_empty() { self.site_funder.unwrap_or_default() } else { own };
        Ok(Place {
            id: FacilityId::new(id),
            slug: read(Slug::parse(&slug), "facility", id, "slug")?,
            name,
            kind: read(Kind::parse(&kind), "facility", id, "kind")?,
            home: Home {
                id: SiteId::new(site),
                slug: read(Slug::parse(&site_slug), "site", site, "slug")?,
                name: site_name,
                zone: read(zone.parse().ok(), "site", site, "time_zone")?,
                position: latitude.zip(longitude),
                charging: Charging { late, absent },
            },
            funder,
            choice: read(UnitChoice::parse(&choice), "facility", id, "unit_choice")?,
            parts: Vec::new(),
            in_use_from: stored_date(id, in_use_from)?,
            retired_from: retired.map(|text| read(text.parse().ok(), "facility", id, "retired_from")).transpose()?,
            season: season.transpose()?,
            daylight,
        })
    }
}

/// What blocks and closures take of units anywhere in a span. First the few blocks, then what is theirs: of both together one engine reads
/// through all that was ever taken.
pub fn closed(conn: &mut Conn, sites: &[SiteId], within: Span) -> Result<Vec<(UnitId, Span)>, StoreError> {
    let ids: Vec<i64> = block::table
        .filter(block::site_id.eq_any(sites.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .filter(block::starts_at.lt(within.end().seconds()).and(block::ends_at.gt(within.start().seconds())))
        .filter(block::lifted_at.is_null())
        .select(block::id)
        .load(conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, i64, i64, i64)> = occupancy::table
        .filter(occupancy::block_id.eq_any(ids.into_iter().map(Some).collect::<Vec<_>>()))
        .select((occupancy::id, occupancy::unit_id, occupancy::starts_at, occupancy::ends_at))
        .load(conn)?;
    let one = |(id, unit, from, to)| {
        let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
        Ok((UnitId::new(unit), read(span, "occupancy", id, "ends_at")?))
    };
    rows.into_iter().map(one).collect()
}

/// Confirmed sessions of one length at one time of a weekday.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub facility: FacilityId,
    pub wanted: Wanted,
    pub weekday: i32,
    pub minutes: (i32, i32),
    pub sessions: i64,
}

fn wanted(text: &str) -> Result<Wanted, StoreError> {
    read(Wanted::parse(text), "occurrence", 0, "units_wanted")
}

/// When confirmed sessions were, by weekday and times on the wall; one query.
pub fn patterns(conn: &mut Conn, asked: Asked<'_>, period: Period) -> Result<Vec<Pattern>, StoreError> {
    let query = occurrence::table
        .filter(occurrence::facility_id.eq_any(asked.facilities()))
        .filter(occurrence::local_date.ge(period.from.to_string()))
        .filter(occurrence::local_date.le(period.to.to_string()))
        .filter(occurrence::state.eq(Stage::Confirmed.code()))
        .group_by((
            occurrence::facility_id,
            occurrence::weekday,
            occurrence::from_minute,
            occurrence::to_minute,
            occurrence::units_wanted,
        ))
        .select((
            occurrence::facility_id,
            occurrence::units_wanted,
            occurrence::weekday,
            (occurrence::from_minute, occurrence::to_minute),
            diesel::dsl::count_star(),
        ))
        .into_boxed();
    let rows: Vec<(i64, String, i32, (i32, i32), i64)> = match asked.organisation {
        Some(id) => {
            let own = booking::table.filter(booking::organisation_id.eq(id.row())).select(booking::id);
            query.filter(occurrence::booking_id.eq_any(own)).load(conn)?
        }
        None => query.load(conn)?,
    };
    let one = |(facility, text, weekday, minutes, sessions): (i64, String, _, _, _)| {
        Ok(Pattern { facility: FacilityId::new(facility), wanted: wanted(&text)?, weekday, minutes, sessions })
    };
    rows.into_iter().map(one).collect()
}

/// How a booking of the site itself is stored.
const SITE: &str = "site";

/// Who, as its columns.
type WhoColumns = (Option<i64>, String, Option<String>, Option<String>);

fn who((id, holder, slug, name): WhoColumns) -> Result<Who, StoreError> {
    let row = id.unwrap_or_default();
    if id.is_some() {
        let slug = slug.as_deref().and_then(Slug::parse);
        return Ok(Who::Organisation(read(slug, "organisation", row, "slug")?, name.unwrap_or_default()));
    }
    Ok(if holder == SITE { Who::Site } else { Who::Persons })
}

/// How sessions went, of one space and by whom.
#[derive(Debug, Clone)]
pub struct UseLine {
    pub facility: FacilityId,
    pub who: Who,
    /// With the minutes of each place that was taken.
    pub used: Use,
}

/// What was booked, used, not used and cancelled late, by space and who had it; one query.
pub fn uses(conn: &mut Conn, asked: Asked<'_>, period: Period, now: Instant) -> Result<Vec<UseLine>, StoreError> {
    let minutes = occurrence::to_minute - occurrence::from_minute;
    let confirmed = occurrence::state.eq(Stage::Confirmed.code());
    let absent = confirmed.and(no_show::id.nullable().is_not_null());
    let used = confirmed.and(no_show::id.nullable().is_null()).and(occurrence::ends_at.le(now.seconds()));
    let late = occurrence::state.eq(Stage::Cancelled.code());
    let counts = confirmed.or(late.and(occurrence::state_late));
    let unused = no_show::booking_id.eq(occurrence::booking_id).and(no_show::ordinal.eq(occurrence::ordinal));
    let query = occurrence::table
        .inner_join(booking::table)
        .left_join(no_show::table.on(unused))
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
        .filter(occurrence::facility_id.eq_any(asked.facilities()))
        .filter(occurrence::local_date.ge(period.from.to_string()))
        .filter(occurrence::local_date.le(period.to.to_string()))
        .filter(counts)
        .group_by((occurrence::facility_id, occurrence::units_wanted, booking::organisation_id, booking::holder))
        .select((
            (occurrence::facility_id, occurrence::units_wanted),
            (
                booking::organisation_id,
                booking::holder,
                max(organisation::slug.nullable()),
                max(organisation::name.nullable()),
            ),
            (
                sum(case_when(confirmed, 1_i32.into_sql::<Integer>()).otherwise(0_i32)),
                sum(case_when(confirmed, minutes).otherwise(0_i32)),
            ),
            (
                sum(case_when(used, 1_i32.into_sql::<Integer>()).otherwise(0_i32)),
                sum(case_when(used, minutes).otherwise(0_i32)),
            ),
            (
                sum(case_when(absent, 1_i32.into_sql::<Integer>()).otherwise(0_i32)),
                sum(case_when(absent, minutes).otherwise(0_i32)),
            ),
            (
                sum(case_when(late, 1_i32.into_sql::<Integer>()).otherwise(0_i32)),
                sum(case_when(late, minutes).otherwise(0_i32)),
            ),
        ))
        .into_boxed();
    let rows: Vec<UseRow> = match asked.organisation {
        Some(id) => query.filter(booking::organisation_id.eq(id.row())).load(conn)?,
        None => query.load(conn)?,
    };
    rows.into_iter().map(|row| use_line(row, asked.places)).collect()
}

type Sums = (Option<i64>, Option<i64>);
type UseRow = ((i64, String), WhoColumns, Sums, Sums, Sums, Sums);

fn use_line(row: UseRow, places: &[Place]) -> Result<UseLine, StoreError> {
    let ((facility, text), by, booked, used, absent, late) = row;
    let amount = |(sessions, minutes): Sums| Amount {
        sessions: sessions.unwrap_or_default(),
        minutes: minutes.unwrap_or_default(),
    };
    let all = Use { booked: amount(booked), used: amount(used), absent: amount(absent), late: amount(late) };
    let facility = FacilityId::new(facility);
    let places = places_of(places, facility, &wanted(&text)?);
    Ok(UseLine { facility, who: who(by)?, used: all.times(places) })
}

fn places_of(places: &[Place], facility: FacilityId, wanted: &Wanted) -> i64 {
    places.iter().find(|place| place.id == facility).map_or(1, |place| place.places(wanted))
}

/// How many came, of one space and to whom.
#[derive(Debug, Clone)]
pub struct PeopleLine {
    pub facility: FacilityId,
    pub who: Who,
    pub people: People,
}

diesel::alias!(const TWIN: Alias<twin> = occurrence as twin);

/// Figures of how dates went, by space and who had it; a date in two rooms counts at the first of them. One query.
pub fn people(conn: &mut Conn, asked: Asked<'_>, period: Period) -> Result<Vec<PeopleLine>, StoreError> {
    let earlier = TWIN
        .filter(TWIN.field(occurrence::booking_id).eq(occurrence::booking_id))
        .filter(TWIN.field(occurrence::ordinal).eq(occurrence::ordinal))
        .filter(TWIN.field(occurrence::state).eq(Stage::Confirmed.code()))
        .filter(TWIN.field(occurrence::id).lt(occurrence::id));
    let recorded = attendance::booking_id.eq(occurrence::booking_id).and(attendance::ordinal.eq(occurrence::ordinal));
    let confidential = booking::privacy.eq(Privacy::Confidential.code());
    let query = occurrence::table
        .inner_join(booking::table)
        .inner_join(attendance::table.on(recorded))
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
        .filter(occurrence::facility_id.eq_any(asked.facilities()))
        .filter(occurrence::local_date.ge(period.from.to_string()))
        .filter(occurrence::local_date.le(period.to.to_string()))
        .filter(occurrence::state.eq(Stage::Confirmed.code()))
        .filter(not(exists(earlier)))
        .group_by((occurrence::facility_id, booking::organisation_id, booking::holder))
        .select((
            occurrence::facility_id,
            (
                booking::organisation_id,
                booking::holder,
                max(organisation::slug.nullable()),
                max(organisation::name.nullable()),
            ),
            (diesel::dsl::count_star(), sum(case_when(confidential, 1_i32.into_sql::<Integer>()).otherwise(0_i32))),
            (sum(attendance::people), sum(attendance::new_people)),
            (
                sum(attendance::from_gp),
                sum(attendance::from_link_worker),
                sum(attendance::from_self),
                sum(attendance::from_other),
            ),
        ))
        .into_boxed();
    let rows: Vec<PeopleRow> = match asked.organisation {
        Some(id) => query.filter(booking::organisation_id.eq(id.row())).load(conn)?,
        None => query.load(conn)?,
    };
    rows.into_iter().map(people_line).collect()
}

type PeopleRow = (i64, WhoColumns, (i64, Count), (Count, Count), (Count, Count, Count, Count));

fn people_line(row: PeopleRow) -> Result<PeopleLine, StoreError> {
    let (facility, by, (dates, confidential), (people, new_people), (gp, link_worker, own, other)) = row;
    let people = People {
        dates,
        confidential: confidential.unwrap_or_default(),
        people: people.unwrap_or_default(),
        new_people: new_people.unwrap_or_default(),
        gp: gp.unwrap_or_default(),
        link_worker: link_worker.unwrap_or_default(),
        own: own.unwrap_or_default(),
        other: other.unwrap_or_default(),
    };
    Ok(PeopleLine { facility: FacilityId::new(facility), who: who(by)?, people })
}

/// Sessions of one price, of one space and by whom.
#[derive(Debug, Clone)]
pub struct ValueLine {
    pub facility: FacilityId,
    pub who: Who,
    pub price: Pence,
    pub value: Pence,
    /// Confirmed and not noted as not used, in each quarter of the period.
    pub had: Vec<i64>,
    pub absent: i64,
    pub late: i64,
}

/// What sessions with a rate cost and are worth, by space and who had it; one query. A season counts on the day on which it begins.
pub fn values(conn: &mut Conn, asked: Asked<'_>, period: Period) -> Result<Vec<ValueLine>, StoreError> {
    let quarters = period.quarters();
    let confirmed = occurrence::state.eq(Stage::Confirmed.code());
    let absent = confirmed.and(no_show::id.nullable().is_not_null());
    let late = occurrence::state.eq(Stage::Cancelled.code());
    let counts = confirmed.or(late.and(occurrence::state_late));
    let unused = no_show::booking_id.eq(occurrence::booking_id).and(no_show::ordinal.eq(occurrence::ordinal));
    let had = |number: usize| {
        // A quarter that the period does not touch has no date.
        let none = || ("9".to_owned(), String::new());
        let dates = quarters.get(number).map(|one| (one.period.from.to_string(), one.period.to.to_string()));
        let (from, to) = dates.unwrap_or_else(none);
        let within = occurrence::local_date.ge(from).and(occurrence::local_date.le(to));
        let had = confirmed.and(no_show::id.nullable().is_null()).and(within);
        sum(case_when(had, 1_i32.into_sql::<Integer>()).otherwise(0_i32))
    };
    let query = occurrence::table
        .inner_join(booking::table)
        .left_join(no_show::table.on(unused))
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
        .filter(occurrence::facility_id.eq_any(asked.facilities()))
        .filter(occurrence::local_date.ge(period.from.to_string()))
        .filter(occurrence::local_date.le(period.to.to_string()))
        .filter(counts)
        .filter(occurrence::value_pence.is_not_null())
        .group_by((
            occurrence::facility_id,
            occurrence::price_pence,
            occurrence::value_pence,
            booking::organisation_id,
            booking::holder,
        ))
        .select((
            (occurrence::facility_id, occurrence::price_pence, occurrence::value_pence),
            (
                booking::organisation_id,
                booking::holder,
                max(organisation::slug.nullable()),
                max(organisation::name.nullable()),
            ),
            (
                sum(case_when(absent, 1_i32.into_sql::<Integer>()).otherwise(0_i32)),
                sum(case_when(late, 1_i32.into_sql::<Integer>()).otherwise(0_i32)),
            ),
            (had(0), had(1), had(2), had(3), had(4), had(5), had(6), had(7), had(8)),
        ))
        .into_boxed();
    let rows: Vec<ValueRow> = match asked.organisation {
        Some(id) => query.filter(booking::organisation_id.eq(id.row())).load(conn)?,
        None => query.load(conn)?,
    };
    rows.into_iter().map(|row| value_line(row, quarters.len())).collect()
}

type Count = Option<i64>;
type ValueRow = (
    (i64, Option<i64>, Option<i64>),
    WhoColumns,
    (Count, Count),
    (Count, Count, Count, Count, Count, Count, Count, Count, Count),
);

fn value_line(row: ValueRow, quarters: usize) -> Result<ValueLine, StoreError> {
    let ((facility, price, value), by, (absent, late), (a, b, c, d, e, f, g, h, i)) = row;
    let all: [Count; MOST_QUARTERS] = [a, b, c, d, e, f, g, h, i];
    Ok(ValueLine {
        facility: FacilityId::new(facility),
        who: who(by)?,
        price: Pence::new(price.unwrap_or_default()),
        value: Pence::new(value.unwrap_or_default()),
        had: all.into_iter().take(quarters).map(Option::unwrap_or_default).collect(),
        absent: absent.unwrap_or_default(),
        late: late.unwrap_or_default(),
    })
}
