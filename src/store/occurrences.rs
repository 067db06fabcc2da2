//! Lists and counts of occurrences, for pages and for the rules that count. Not whole bookings.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::sum;
use diesel::prelude::*;

use super::error::read;
use super::holders;
use super::schema::{booking, facility, facility_unit, occurrence, organisation, site};
use super::{Conn, StoreError};
use crate::domain::holder::HolderName;
use crate::domain::ids::{BookingId, FacilityId, OccurrenceId, OrganisationId, Reference, SiteId, Slug, UnitId};
use crate::domain::judge::Use;
use crate::domain::kinds::Kind;
use crate::domain::occurrence::Stage;
use crate::domain::papers::PaperSet;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};

/// One occurrence in a list, with the names that a line shows.
#[derive(Debug, Clone)]
pub struct Line {
    pub booking: BookingId,
    pub occurrence: OccurrenceId,
    /// Which date of its booking.
    pub ordinal: i32,
    pub reference: Reference,
    pub purpose: String,
    pub people: i32,
    pub privacy: Privacy,
    pub asked_at: Instant,
    pub version: i32,
    /// Since when it is asked whether the booking is still needed.
    pub needed_since: Option<Instant>,
    pub session: Span,
    pub stage: Stage,
    pub until: Option<Instant>,
    /// The papers that a conditional date waits for; empty where it waits for its people's yes.
    pub papers: PaperSet,
    pub organisation: Option<OrganisationId>,
    /// Whose it is. The name of a person is for the staff of the site only.
    pub holder: HolderName,
    /// A second organisation that shares it.
    pub shared_with: Option<OrganisationId>,
    pub facility: FacilityId,
    pub facility_slug: Slug,
    pub facility_name: String,
    pub kind: Kind,
    pub site: SiteId,
    pub site_slug: Slug,
    pub site_name: String,
    pub zone: chrono_tz::Tz,
}

#[derive(Queryable)]
struct Row {
    booking: (i64, String, String, i32, String, i64, i32, (String, String), Option<i64>),
    occurrence: (i64, i32, i64, i64, String, Option<i64>, Option<String>),
    organisation: Option<(i64, String)>,
    shared_with: Option<i64>,
    facility: (i64, String, String, String),
    site: (i64, String, String, String),
}

impl Row {
    fn line(self) -> Result<Line, StoreError> {
        let (booking, reference, purpose, people, privacy, asked_at, version, holder, needed_since) = self.booking;
        let (id, ordinal, starts_at, ends_at, state, until, papers) = self.occurrence;
        let (facility, facility_slug, facility_name, kind) = self.facility;
        let (site, site_slug, site_name, zone) = self.site;
        let session = Span::new(Instant::from_seconds(starts_at), Instant::from_seconds(ends_at));
        Ok(Line {
            booking: BookingId::new(booking),
            occurrence: OccurrenceId::new(id),
            ordinal,
            reference: read(Reference::parse(&reference), "booking", booking, "reference")?,
            purpose,
            people,
            privacy: read(Privacy::parse(&privacy), "booking", booking, "privacy")?,
            asked_at: Instant::from_seconds(asked_at),
            version,
            needed_since: needed_since.map(Instant::from_seconds),
            session: read(session, "occurrence", id, "ends_at")?,
            stage: read(Stage::parse(&state), "occurrence", id, "state")?,
            until: until.map(Instant::from_seconds),
            papers: papers
                .map_or(Ok(PaperSet::NONE), |codes| read(PaperSet::parse(&codes), "occurrence", id, "papers"))?,
            organisation: self.organisation.as_ref().map(|(id, _)| OrganisationId::new(*id)),
            holder: holders::holder_name(booking, holder, self.organisation.map(|(_, name)| name))?,
            shared_with: self.shared_with.map(OrganisationId::new),
            facility: FacilityId::new(facility),
            facility_slug: read(Slug::parse(&facility_slug), "facility", facility, "slug")?,
            facility_name,
            kind: read(Kind::parse(&kind), "facility", facility, "kind")?,
            site: SiteId::new(site),
            site_slug: read(Slug::parse(&site_slug), "site", site, "slug")?,
            site_name,
            zone: read(zone.parse().ok(), "site", site, "time_zone")?,
        })
    }
}

/// Which occurrences a list holds. Everything left at its default leaves that question open.
#[derive(Debug, Default, Clone, Copy)]
pub struct ListFilter<'a> {
    pub organisations: Option<&'a [OrganisationId]>,
    /// With organisations given: or shared with one of these.
    pub or_shared_with: &'a [OrganisationId],
    pub sites: Option<&'a [SiteId]>,
    pub facilities: Option<&'a [FacilityId]>,
    /// In facilities that have one of these units.
    pub of_units: Option<&'a [UnitId]>,
    /// Only what the site's staff booked for persons.
    pub of_persons: bool,
    pub stages: Option<&'a [Stage]>,
    pub ids: Option<&'a [OccurrenceId]>,
    pub bookings: Option<&'a [BookingId]>,
    /// Ends after this.
    pub ends_after: Option<Instant>,
    /// Ends at or before this.
    pub ends_by: Option<Instant>,
    /// Starts after this: with facilities given, the search in the index begins there.
    pub starts_after: Option<Instant>,
    /// Starts before this.
    pub starts_before: Option<Instant>,
    /// The deadline is after this.
    pub until_after: Option<Instant>,
    /// The deadline is at or before this.
    pub until_by: Option<Instant>,
    pub latest_first: bool,
    /// In its purpose, or the name of its space, whatever the case.
    pub words: Option<&'a str>,
    pub skip: i64,
    pub most: i64,
}

/// What a line shows, in the order of its row.
#[diesel::dsl::auto_type(no_type_alias)]
fn columns() -> _ {
    (
        (
            booking::id,
            booking::reference,
            booking::purpose,
            booking::people,
            booking::privacy,
            booking::created_at,
            booking::version,
            (booking::holder, booking::contact_name),
            booking::needed_since,
        ),
        (
            occurrence::id,
            occurrence::ordinal,
            occurrence::starts_at,
            occurrence::ends_at,
            occurrence::state,
            occurrence::state_until,
            occurrence::papers,
        ),
        (organisation::id, organisation::name).nullable(),
        booking::second_organisation_id,
        (facility::id, facility::slug, facility::name, facility::kind),
        (site::id, site::slug, site::name, site::time_zone),
    )
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    occurrence::table
        .inner_join(booking::table)
        .inner_join(facility::table)
        .inner_join(site::table)
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
}

diesel::define_sql_function! {
    /// Letters in their small form; on SQLite those of ASCII only.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

type Query<'a> = diesel::dsl::IntoBoxed<'a, joined, <Conn as Connection>::Backend>;

/// A list in order of start, in one query.
pub fn list(conn: &mut Conn, filter: &ListFilter<'_>) -> Result<Vec<Line>, StoreError> {
    let codes = |stages: &[Stage]| stages.iter().map(|stage| stage.code()).collect::<Vec<_>>();
    let mut query = joined().into_boxed();
    if let Some(ids) = filter.organisations {
        let rows = |ids: &[OrganisationId]| ids.iter().map(|id| Some(id.row())).collect::<Vec<_>>();
        let own = booking::organisation_id.eq_any(rows(ids)).assume_not_null();
        query = if filter.or_shared_with.is_empty() {
            query.filter(own)
        } else {
            query.filter(own.or(booking::second_organisation_id.eq_any(rows(filter.or_shared_with)).assume_not_null()))
        };
    }
    if let Some(ids) = filter.sites {
        query = query.filter(occurrence::site_id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()));
    }
    if let Some(ids) = filter.facilities {
        query = query.filter(occurrence::facility_id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()));
    }
    if let Some(units) = filter.of_units {
        let rows: Vec<i64> = units.iter().map(|id| id.row()).collect();
        let having = facility_unit::table.filter(facility_unit::unit_id.eq_any(rows));
        query = query.filter(occurrence::facility_id.eq_any(having.select(facility_unit::facility_id)));
    }
    if filter.of_persons {
        // Said in a way that lets the index of what no organisation holds be used.
        query = query.filter(booking::organisation_id.is_null().and(booking::holder.eq("person")));
        if let Some(ids) = filter.sites {
            query = query.filter(booking::site_id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()));
        }
    }
    if let Some(stages) = filter.stages {
        query = query.filter(occurrence::state.eq_any(codes(stages)));
    }
    if let Some(ids) = filter.ids {
        query = query.filter(occurrence::id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()));
    }
    if let Some(ids) = filter.bookings {
        query = query.filter(occurrence::booking_id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()));
    }
    // The slots of a baby bank stand in lists of their own, where the two streams are kept apart.
    let wide = filter.facilities.is_none() && filter.of_units.is_none();
    if filter.ids.is_none() && filter.bookings.is_none() && wide {
        query = query.filter(facility::kind.ne(Kind::BabyBank.code()));
    }
    query = at_times(query, filter);
    query = if filter.latest_first {
        query.order((occurrence::starts_at.desc(), occurrence::id.desc()))
    } else {
        query.order((occurrence::starts_at.asc(), occurrence::id.asc()))
    };
    let rows: Vec<Row> = query
        .limit(if filter.most == 0 { 1_000 } else { filter.most })
        .offset(filter.skip)
        .select(columns())
        .load(conn)?;
    rows.into_iter().map(Row::line).collect()
}

/// The part of a filter that is about words, times and deadlines.
fn at_times<'a>(mut query: Query<'a>, filter: &ListFilter<'_>) -> Query<'a> {
    if let Some(words) = filter.words {
        let like = format!("%{}%", words.replace(['%', '_', '\\'], "").to_lowercase());
        let own = lower(booking::purpose).like(like.clone());
        query = query.filter(own.or(lower(facility::name).like(like)));
    }
    if let Some(at) = filter.ends_after {
        query = query.filter(occurrence::ends_at.gt(at.seconds()));
    }
    if let Some(at) = filter.ends_by {
        query = query.filter(occurrence::ends_at.le(at.seconds()));
    }
    if let Some(at) = filter.starts_after {
        query = query.filter(occurrence::starts_at.gt(at.seconds()));
    }
    if let Some(at) = filter.starts_before {
        query = query.filter(occurrence::starts_at.lt(at.seconds()));
    }
    if let Some(at) = filter.until_after {
        query = query.filter(occurrence::state_until.gt(at.seconds()));
    }
    if let Some(at) = filter.until_by {
        query = query.filter(occurrence::state_until.le(at.seconds()));
    }
    query
}

/// What an organisation has in each of these facilities on the dates `from ..= to`, for quotas.
pub fn used(
    conn: &mut Conn,
    organisation: OrganisationId,
    facilities: &[FacilityId],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(FacilityId, Vec<Use>)>, StoreError> {
    let active: Vec<&str> = Stage::ALL.iter().filter(|stage| stage.is_active()).map(|stage| stage.code()).collect();
    let ids: Vec<i64> = facilities.iter().map(|id| id.row()).collect();
    let rows: Vec<(i64, i64, String, i64, i64)> = occurrence::table
        .inner_join(booking::table)
        .filter(booking::organisation_id.eq(organisation.row()))
        .filter(occurrence::facility_id.eq_any(ids))
        .filter(occurrence::local_date.ge(from.to_string()).and(occurrence::local_date.le(to.to_string())))
        .filter(occurrence::state.eq_any(active))
        .select((
            occurrence::id,
            occurrence::facility_id,
            occurrence::local_date,
            occurrence::occupied_from,
            occurrence::occupied_to,
        ))
        .load(conn)?;
    let mut used: Vec<(FacilityId, Vec<Use>)> = facilities.iter().map(|id| (*id, Vec::new())).collect();
    for (id, facility, date, from, to) in rows {
        let date = read(date.parse().ok(), "occurrence", id, "local_date")?;
        let one = Use { occurrence: OccurrenceId::new(id), date, occupied_minutes: (to - from) / 60 };
        if let Some((_, list)) = used.iter_mut().find(|(of, _)| of.row() == facility) {
            list.push(one);
        }
    }
    Ok(used)
}

/// Confirmed or held minutes of facilities for each of the dates `from ..= to`.
pub fn minutes_by_date(
    conn: &mut Conn,
    facilities: &[FacilityId],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<HashMap<NaiveDate, i64>, StoreError> {
    let ids: Vec<i64> = facilities.iter().map(|id| id.row()).collect();
    let rows: Vec<(String, Option<i64>)> = occurrence::table
        .filter(occurrence::facility_id.eq_any(ids))
        .filter(occurrence::local_date.ge(from.to_string()).and(occurrence::local_date.le(to.to_string())))
        .filter(occurrence::state.eq(Stage::Confirmed.code()))
        .group_by(occurrence::local_date)
        .select((occurrence::local_date, sum(occurrence::to_minute - occurrence::from_minute)))
        .load(conn)?;
    rows.into_iter()
        .map(|(date, minutes)| {
            Ok((read(date.parse().ok(), "occurrence", 0, "local_date")?, minutes.unwrap_or_default()))
        })
        .collect()
}

/// What is confirmed and starts in `[from, until)`, soonest first, with its start.
pub fn starting(
    conn: &mut Conn,
    (from, until): (Instant, Instant),
    most: i64,
) -> Result<Vec<(BookingId, OccurrenceId, Instant)>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = occurrence::table
        .filter(occurrence::state.eq(Stage::Confirmed.code()))
        .filter(occurrence::starts_at.ge(from.seconds()).and(occurrence::starts_at.lt(until.seconds())))
        .order((occurrence::starts_at, occurrence::id))
        .limit(most)
        .select((occurrence::booking_id, occurrence::id, occurrence::starts_at))
        .load(conn)?;
    let one = |(booking, id, at)| (BookingId::new(booking), OccurrenceId::new(id), Instant::from_seconds(at));
    Ok(rows.into_iter().map(one).collect())
}

/// The bookings of these occurrences, each once.
pub fn bookings_of(conn: &mut Conn, ids: &[OccurrenceId]) -> Result<Vec<BookingId>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let mut rows: Vec<i64> =
        occurrence::table.filter(occurrence::id.eq_any(ids)).select(occurrence::booking_id).load(conn)?;
    rows.sort_unstable();
    rows.dedup();
    Ok(rows.into_iter().map(BookingId::new).collect())
}

/// Occurrences whose deadline has passed and that nobody has expired yet, soonest first.
pub fn due(conn: &mut Conn, now: Instant, most: i64) -> Result<Vec<(OccurrenceId, BookingId)>, StoreError> {
    let rows: Vec<(i64, i64)> = occurrence::table
        .filter(occurrence::state_until.le(now.seconds()))
        .order(occurrence::state_until)
        .limit(most)
        .select((occurrence::id, occurrence::booking_id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, booking)| (OccurrenceId::new(id), BookingId::new(booking))).collect())
}
