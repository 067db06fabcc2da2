//! Sites and spaces out of a file. Not their staff, and not what is booked in them.

use std::collections::{HashMap, HashSet};

use super::{Importer, Purpose, Report, imported, not_there, note, once};
use crate::domain::hours::WeeklyHours;
use crate::domain::ids::{FacilityId, SiteId, Slug};
use crate::domain::places::Site;
use crate::domain::span::Instant;
use crate::domain::tables::facilities::FacilityLine;
use crate::domain::tables::sites::SiteLine;
use crate::domain::tables::{Problem, Read, Sheet, TableKind, each};
use crate::enquiry::tables::{facility_lines, site_lines};
use crate::store::events::NewEvent;
use crate::store::facilities::FacilityFacts;
use crate::store::sites::SiteFacts;
use crate::store::{Conn, StoreError, engine, facilities, named, safety, sites, terms};

pub(super) fn sites(
    conn: &mut Conn,
    purpose: Purpose<'_>,
    importer: &Importer,
    sheet: &Sheet,
) -> Result<Report, StoreError> {
    let (lines, mut problems) = each(TableKind::Sites, sheet, SiteLine::read);
    once(&lines, ("site", |one: &SiteLine| one.slug.clone()), &mut problems);
    let known = site_lines(conn, None)?;
    let known: HashMap<&Slug, Vec<String>> = known.iter().map(|one| (&one.slug, one.cells())).collect();
    let there = |one: &SiteLine| known.get(&one.slug).map(|cells| *cells == one.cells());
    let (new, same) = not_there(&lines, there, ("site", "A site of that name"), &mut problems);
    if let (Purpose::Write(circumstances), true) = (purpose, problems.is_empty()) {
        for one in &new {
            let id = write_site(conn, &one.is)?;
            note(conn, &NewEvent { site: Some(id), ..imported(importer) }, circumstances.now)?;
        }
    }
    Ok(Report { problems, new: new.len(), there: same, ..Report::default() })
}

fn write_site(conn: &mut Conn, one: &SiteLine) -> Result<SiteId, StoreError> {
    let facts = SiteFacts {
        slug: &one.slug,
        name: &one.name,
        street: &one.street,
        town: &one.town,
        postcode: &one.postcode,
        phone: &one.phone,
        about: &one.about,
        arrival: &one.arrival,
        zone: one.zone,
        position: one.position,
        nation: one.nation,
        step_free: one.step_free,
    };
    let id = sites::insert(conn, &facts)?;
    sites::set_hours(conn, id, None, &one.hours)?;
    safety::set_of_site(conn, id, &one.safety)?;
    named::set(conn, id, &one.sessions)?;
    Ok(id)
}

pub(super) fn facilities(
    conn: &mut Conn,
    purpose: Purpose<'_>,
    importer: &Importer,
    sheet: &Sheet,
) -> Result<Report, StoreError> {
    let (lines, mut problems) = each(TableKind::Facilities, sheet, FacilityLine::read);
    once(&lines, ("facility", |one: &FacilityLine| (one.site.clone(), one.slug.clone())), &mut problems);
    let all = sites::all(conn)?;
    let own: HashMap<&Slug, &Site> =
        all.iter().filter(|site| importer.manages(site.id)).map(|site| (&site.slug, site)).collect();
    for one in lines.iter().filter(|one| !own.contains_key(&one.is.site)) {
        problems.push(no_site(one.line, &one.is.site));
    }
    let known = facility_lines(conn, importer.sites.as_deref())?;
    let known: HashMap<(&Slug, &Slug), Vec<String>> =
        known.iter().map(|one| ((&one.site, &one.slug), one.cells())).collect();
    let there = |one: &FacilityLine| known.get(&(&one.site, &one.slug)).map(|cells| is_same(cells, one));
    let (new, same) = not_there(&lines, there, ("facility", "A space of that name"), &mut problems);
    let in_file: HashSet<(&Slug, &Slug)> = lines.iter().map(|one| (&one.is.site, &one.is.slug)).collect();
    for one in &lines {
        if let Some(fallback) = &one.is.fallback
            && !in_file.contains(&(&one.is.site, fallback))
            && !known.contains_key(&(&one.is.site, fallback))
        {
            let words = format!("“{fallback}” is no space of that site, neither in the file nor before it");
            problems.push(Problem::at(one.line, "fallback", words));
        }
    }
    if let (Purpose::Write(circumstances), true) = (purpose, problems.is_empty()) {
        write_facilities(conn, importer, (&own, &new), circumstances.now)?;
    }
    Ok(Report { problems, new: new.len(), there: same, ..Report::default() })
}

/// Whether a line says what is there; a place in the list that it leaves open is no difference.
fn is_same(cells: &[String], one: &FacilityLine) -> bool {
    let mut typed = one.cells();
    let place = crate::domain::tables::facilities::COLUMNS.iter().position(|column| column.name == "position");
    if let Some(place) = place.filter(|_| one.position == 0)
        && let (Some(cell), Some(is)) = (typed.get_mut(place), cells.get(place))
    {
        cell.clone_from(is);
    }
    typed == cells
}

pub(super) fn no_site(line: u64, slug: &Slug) -> Problem {
    let words = format!("There is no site “{slug}” that you manage. Import or add it first, or put its name right");
    Problem::at(line, "site", words)
}

fn write_facilities(
    conn: &mut Conn,
    importer: &Importer,
    (own, new): (&HashMap<&Slug, &Site>, &[&Read<FacilityLine>]),
    now: Instant,
) -> Result<(), StoreError> {
    let mut touched: Vec<&Site> = Vec::new();
    for one in new {
        let Some(site) = own.get(&one.is.site) else {
            continue;
        };
        if touched.iter().all(|known| known.id != site.id) {
            touched.push(site);
        }
    }
    touched.sort_by_key(|site| site.id);
    let ids: Vec<_> = touched.iter().map(|site| site.id).collect();
    engine::lock_all(conn, &ids, None)?;
    let mut made: Vec<(FacilityId, &FacilityLine, &Site)> = Vec::new();
    for (one, place) in new.iter().zip(1..) {
        if let Some(site) = own.get(&one.is.site) {
            made.push((write_facility(conn, site, &one.is, place)?, &one.is, site));
        }
    }
    for (id, line, site) in &made {
        if let Some(fallback) = &line.fallback {
            let other = facilities::by_slug(conn, &site.slug, fallback)?.map(|(_, other)| other.id);
            facilities::set_fallback(conn, *id, other)?;
        }
        let event = NewEvent { site: Some(site.id), facility: Some(*id), ..imported(importer) };
        note(conn, &event, now)?;
    }
    for site in touched {
        terms::put_in_force(conn, site.id)?;
        sites::mark_changed(conn, site.id)?;
    }
    Ok(())
}

fn write_facility(conn: &mut Conn, site: &Site, one: &FacilityLine, place: i32) -> Result<FacilityId, StoreError> {
    let facts = FacilityFacts {
        site: site.id,
        slug: &one.slug,
        name: &one.name,
        kind: one.kind,
        room: &one.room,
        floor: &one.floor,
        about: &one.about,
        arrival: &one.arrival,
        needs: &one.needs,
        choice: one.choice,
        listed: one.listed,
        position: if one.position == 0 { place } else { one.position },
    };
    let id = facilities::insert(conn, &facts, &one.rules)?;
    for (unit, position) in one.units.iter().zip(0..) {
        let unit = facilities::unit_named(conn, site.id, unit)?;
        facilities::add_unit(conn, id, unit, position)?;
    }
    let hours: Vec<WeeklyHours> = one.hours.iter().map(|hours| WeeklyHours { facility: Some(id), ..*hours }).collect();
    sites::set_hours(conn, site.id, Some(id), &hours)?;
    safety::set_of_facility(conn, id, &one.safety)?;
    facilities::retire(conn, id, one.retired_from)?;
    Ok(id)
}
