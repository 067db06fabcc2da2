//! The sessions of a month with their prices, for statements, and whether anybody came. Not their purposes: those stand on no statement.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::holders::{self, OrganisationColumns};
use super::price;
use super::schema::{booking, facility, occurrence, organisation, site};
use super::schema_doors::no_show;
use super::{Conn, StoreError};
use crate::domain::holder::OrganisationName;
use crate::domain::ids::{BookingId, FacilityId, OrganisationId, Reference, SiteId, Slug};
use crate::domain::occurrence::Stage;
use crate::domain::rates::Price;
use crate::domain::span::{Instant, Span};
use crate::domain::statement::{Charging, Month};

/// One session of a month.
#[derive(Debug, Clone)]
pub struct Line {
    pub reference: Reference,
    pub ordinal: i32,
    pub session: Span,
    pub date: NaiveDate,
    pub stage: Stage,
    pub late: bool,
    /// The site noted that nobody came.
    pub absent: bool,
    /// Its own people say that they did not use it, which changes no price.
    pub said_unused: bool,
    /// It was cut short or given back early.
    pub ended_early: bool,
    pub price: Option<Price>,
    pub organisation: Option<OrganisationName>,
    pub facility: String,
    pub site: SiteId,
    pub site_slug: Slug,
    pub site_name: String,
    pub zone: chrono_tz::Tz,
    pub charging: Charging,
}

#[derive(Queryable)]
struct Row {
    booking: (i64, String),
    occurrence: (i64, i32, i64, i64, String, String, (bool, Option<i64>), Option<bool>),
    price: price::Columns,
    organisation: Option<OrganisationColumns>,
    facility: String,
    site: (i64, String, String, String, bool, bool),
}

impl Row {
    fn line(self) -> Result<Line, StoreError> {
        let (id, ordinal, starts_at, ends_at, date, stage, (late, ended_at), absent) = self.occurrence;
        let (site, slug, site_name, zone, charges_late, charges_absent) = self.site;
        let session = Span::new(Instant::from_seconds(starts_at), Instant::from_seconds(ends_at));
        Ok(Line {
            reference: read(Reference::parse(&self.booking.1), "booking", self.booking.0, "reference")?,
            ordinal,
            session: read(session, "occurrence", id, "ends_at")?,
            date: read(date.parse().ok(), "occurrence", id, "local_date")?,
            stage: read(Stage::parse(&stage), "occurrence", id, "state")?,
            late,
            absent: absent == Some(true),
            said_unused: absent == Some(false),
            ended_early: ended_at.is_some(),
            price: price::read(id, self.price)?,
            organisation: self.organisation.map(holders::organisation_name).transpose()?,
            facility: self.facility,
            site: SiteId::new(site),
            site_slug: read(Slug::parse(&slug), "site", site, "slug")?,
            site_name,
            zone: read(zone.parse().ok(), "site", site, "time_zone")?,
            charging: Charging { late: charges_late, absent: charges_absent },
        })
    }
}

/// Which sessions are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// An organisation's of a month, at some sites or at all.
    Organisation(OrganisationId, Option<&'a [SiteId]>, Month),
    /// All of a month in some facilities.
    Facilities(&'a [FacilityId], Month),
    /// One booking's, whenever they are.
    Booking(BookingId),
}

/// What may be charged, by site, date and time; one query. The month is that of the date on the site's wall.
pub fn lines(conn: &mut Conn, of: Of<'_>) -> Result<Vec<Line>, StoreError> {
    let may_be_charged = [Stage::Confirmed.code(), Stage::Cancelled.code()];
    let unused = no_show::booking_id.eq(occurrence::booking_id).and(no_show::ordinal.eq(occurrence::ordinal));
    let query = occurrence::table
        .inner_join(booking::table)
        .inner_join(facility::table)
        .inner_join(site::table)
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
        .left_join(no_show::table.on(unused))
        .filter(occurrence::state.eq_any(may_be_charged))
        .into_boxed();
    let within = |month: Month| {
        let (first, last) = (month.first().to_string(), month.last().to_string());
        occurrence::local_date.ge(first).and(occurrence::local_date.le(last))
    };
    let query = match of {
        Of::Organisation(id, None, month) => query.filter(booking::organisation_id.eq(id.row())).filter(within(month)),
        Of::Organisation(id, Some(sites), month) => {
            let sites: Vec<i64> = sites.iter().map(|id| id.row()).collect();
            let own = booking::organisation_id.eq(id.row()).and(booking::site_id.eq_any(sites));
            query.filter(own).filter(within(month))
        }
        Of::Facilities(ids, month) => {
            let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
            query.filter(occurrence::facility_id.eq_any(ids)).filter(within(month))
        }
        Of::Booking(id) => query.filter(occurrence::booking_id.eq(id.row())),
    };
    let rows: Vec<Row> = query
        .order((site::name, occurrence::starts_at, occurrence::id))
        .select((
            (booking::id, booking::reference),
            (
                occurrence::id,
                occurrence::ordinal,
                occurrence::starts_at,
                occurrence::ends_at,
                occurrence::local_date,
                occurrence::state,
                (occurrence::state_late, occurrence::ended_at),
                no_show::by_site.nullable(),
            ),
            price::COLUMNS,
            (organisation::id, organisation::slug, organisation::name).nullable(),
            facility::name,
            (site::id, site::slug, site::name, site::time_zone, site::charges_late, site::charges_absent),
        ))
        .load(conn)?;
    rows.into_iter().map(Row::line).collect()
}
