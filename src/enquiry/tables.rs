//! What there is, as the lines of CSV files: all of a kind at once, bookings page by page. Allotments and baby banks have ways of their own.

use std::collections::HashMap;

use crate::domain::availability::Wanted;
use crate::domain::booking::{Booking, Occurrence};
use crate::domain::holder::Holder;
use crate::domain::hours::{WeeklyHours, local_time};
use crate::domain::ids::{BookingId, OccurrenceId, SiteId, Slug, UnitId};
use crate::domain::places::{Facility, Site, UnitChoice};
use crate::domain::tables::bookings::{BookingLine, Parts, Whose, Words};
use crate::domain::tables::facilities::FacilityLine;
use crate::domain::tables::organisations::OrganisationLine;
use crate::domain::tables::people::PersonLine;
use crate::domain::tables::sites::SiteLine;
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, bookings, exports, occupancies, organisations, sites};

/// So many bookings are read at once.
const PAGE: i64 = 500;

/// Whose sites are meant: all of them, or these.
pub type Within<'a> = Option<&'a [SiteId]>;

fn is_within(within: Within<'_>, site: SiteId) -> bool {
    within.is_none_or(|within| within.contains(&site))
}

pub fn site_lines(conn: &mut Conn, within: Within<'_>) -> Result<Vec<SiteLine>, StoreError> {
    let all: Vec<Site> = sites::all(conn)?.into_iter().filter(|site| is_within(within, site.id)).collect();
    let hours = hours(conn, &all)?;
    Ok(all.iter().map(|site| SiteLine::of(site, of(&hours, site.id))).collect())
}

fn hours(conn: &mut Conn, all: &[Site]) -> Result<HashMap<SiteId, Vec<WeeklyHours>>, StoreError> {
    let ids: Vec<SiteId> = all.iter().map(|site| site.id).collect();
    let mut by_site: HashMap<SiteId, Vec<WeeklyHours>> = HashMap::new();
    for (site, one) in sites::hours(conn, &ids)? {
        by_site.entry(site).or_default().push(one);
    }
    Ok(by_site)
}

fn of(hours: &HashMap<SiteId, Vec<WeeklyHours>>, site: SiteId) -> &[WeeklyHours] {
    hours.get(&site).map_or(&[], Vec::as_slice)
}

pub fn facility_lines(conn: &mut Conn, within: Within<'_>) -> Result<Vec<FacilityLine>, StoreError> {
    let places = facilities::with_sites(conn, &Filter { sites: within, ..Filter::default() })?;
    let mut all: Vec<Site> = Vec::new();
    for (site, _) in &places {
        if all.iter().all(|one| one.id != site.id) {
            all.push(site.clone());
        }
    }
    let (hours, positions) = (hours(conn, &all)?, exports::positions(conn)?);
    let slug = |id| places.iter().find(|(_, one)| one.id == id).map(|(_, one)| one.slug.clone());
    let line = |(site, one): &(Site, Facility)| {
        let position = positions.get(&one.id).copied().unwrap_or_default();
        FacilityLine::of(&site.slug, one, of(&hours, site.id), (position, one.fallback.and_then(slug)))
    };
    Ok(places.iter().map(line).collect())
}

pub fn organisation_lines(conn: &mut Conn) -> Result<Vec<OrganisationLine>, StoreError> {
    let trust = exports::trust(conn)?;
    let all = organisations::all(conn)?;
    let trusted_at = |id| trust.iter().filter(|(of, _)| *of == id).map(|(_, site)| site.clone()).collect::<Vec<Slug>>();
    Ok(all.iter().map(|one| OrganisationLine::of(one, trusted_at(one.id))).collect())
}

pub fn person_lines(conn: &mut Conn) -> Result<Vec<PersonLine>, StoreError> {
    exports::people(conn)
}

/// The dates of the next bookings after one, and the last booking that was read; none where there are no more.
pub fn booking_lines(
    conn: &mut Conn,
    within: Within<'_>,
    after: BookingId,
) -> Result<(Vec<BookingLine>, Option<BookingId>), StoreError> {
    let ids = exports::bookings_after(conn, within, after, PAGE)?;
    let page = bookings::by_ids(conn, &ids)?;
    let places = places_of(conn, &page)?;
    let active: Vec<OccurrenceId> = page
        .iter()
        .flat_map(|one| &one.occurrences)
        .filter(|one| one.state.stage().is_active())
        .map(|one| one.id)
        .collect();
    let mut units: HashMap<OccurrenceId, Vec<UnitId>> = HashMap::new();
    for some in active.chunks(1_000) {
        for (id, one) in occupancies::of_occurrences(conn, some)? {
            units.entry(id).or_default().push(one.unit);
        }
    }
    let mut lines = Vec::new();
    for booking in &page {
        let mut own: Vec<BookingLine> =
            booking.occurrences.iter().filter_map(|one| line(booking, one, &places, &units)).collect();
        own.sort_by(|one, other| {
            (one.date, one.minutes, &one.facility).cmp(&(other.date, other.minutes, &other.facility))
        });
        lines.extend(own);
    }
    Ok((lines, ids.last().copied()))
}

fn places_of(conn: &mut Conn, page: &[Booking]) -> Result<Vec<(Site, Facility)>, StoreError> {
    let mut ids: Vec<_> = page.iter().flat_map(|one| &one.occurrences).map(|one| one.facility).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        Ok(Vec::new())
    } else {
        facilities::with_sites(conn, &Filter { ids: Some(&ids), ..Filter::default() })
    }
}

fn line(
    booking: &Booking,
    one: &Occurrence,
    places: &[(Site, Facility)],
    units: &HashMap<OccurrenceId, Vec<UnitId>>,
) -> Option<BookingLine> {
    let (site, facility) = places.iter().find(|(_, facility)| facility.id == one.facility)?;
    if !facility.kind.entry().by_the_hour {
        return None;
    }
    // What was given back early was free for others, so the line ends there.
    let end = one.ended_at.filter(|end| one.session.start() < *end).unwrap_or(one.session.end());
    let (from, to) = (local_time(site.zone, one.session.start()), local_time(site.zone, end));
    let nights = i32::try_from((to.date - from.date).num_days()).unwrap_or_default();
    let words = Words {
        site: site.slug.clone(),
        whose: match &booking.holder {
            Holder::Organisation(organisation) => Whose::Organisation(organisation.slug.clone()),
            Holder::Person(contact) => Whose::Person(contact.clone()),
            Holder::Site => Whose::Site,
        },
        booked_by: booking.booked_by.as_ref().map(|one| one.email.clone()),
        purpose: booking.purpose.clone(),
        note: booking.note.clone(),
        people: booking.people,
        privacy: Some(booking.privacy),
    };
    Some(BookingLine {
        mark: booking.reference.to_string(),
        words,
        facility: facility.slug.clone(),
        date: from.date,
        minutes: (from.minute, to.minute + nights * 1440),
        parts: parts(facility, one, units.get(&one.id)),
        stage: one.state.stage(),
    })
}

/// Which parts it has, by name where it is booked by part, so that it finds the same ones again.
fn parts(facility: &Facility, one: &Occurrence, held: Option<&Vec<UnitId>>) -> Parts {
    if facility.choice == UnitChoice::Whole {
        return Parts::Usual;
    }
    let asked = match &one.wanted {
        Wanted::These(units) => units.clone(),
        Wanted::Any(_) | Wanted::Whole => held.cloned().unwrap_or_default(),
    };
    let names: Vec<String> =
        facility.units.iter().filter(|unit| asked.contains(&unit.id)).map(|unit| unit.name.clone()).collect();
    if names.is_empty() { Parts::Any(one.wanted.count(facility)) } else { Parts::Named(names) }
}
