//! Organisations and people out of a file. Nobody gets a password: who is imported signs in by mail, or by the link that they are sent.

use std::collections::{HashMap, HashSet};

use super::{Importer, Purpose, Report, imported, not_there, note, once};
use crate::allocation::case::Circumstances;
use crate::domain::ids::{OrganisationId, PersonId, SiteId, Slug};
use crate::domain::tables::organisations::OrganisationLine;
use crate::domain::tables::people::PersonLine;
use crate::domain::tables::{Problem, Read, Sheet, TableKind, each};
use crate::enquiry::tables::{organisation_lines, person_lines};
use crate::mail::accounts::Recipient;
use crate::store::events::NewEvent;
use crate::store::links::{self, LinkPurpose, NewLink};
use crate::store::organisations::NewOrganisation;
use crate::store::people::NewPerson;
use crate::store::{Conn, StoreError, exports, organisations as kept, people as accounts, sites as sites_kept};

/// The link to a first password is good for so long.
const WELCOME_DAYS: i64 = 7;

pub(super) fn organisations(
    conn: &mut Conn,
    purpose: Purpose<'_>,
    importer: &Importer,
    sheet: &Sheet,
) -> Result<Report, StoreError> {
    let (lines, mut problems) = each(TableKind::Organisations, sheet, OrganisationLine::read);
    once(&lines, ("organisation", |one: &OrganisationLine| one.slug.clone()), &mut problems);
    let known = organisation_lines(conn)?;
    let known: HashMap<&Slug, Vec<String>> = known.iter().map(|one| (&one.slug, one.cells())).collect();
    let there = |one: &OrganisationLine| known.get(&one.slug).map(|cells| *cells == one.cells());
    let (new, same) = not_there(&lines, there, ("organisation", "An organisation of that name"), &mut problems);
    let sites = site_ids(conn)?;
    for one in &lines {
        for site in one.is.trusted_at.iter().filter(|site| !sites.contains_key(*site)) {
            problems.push(Problem::at(
                one.line,
                "trusted_at",
                format!("There is no site “{site}”. Import or add it first"),
            ));
        }
    }
    if let (Purpose::Write(circumstances), true) = (purpose, problems.is_empty()) {
        for one in &new {
            write_organisation(conn, importer, (&one.is, &sites), circumstances)?;
        }
    }
    Ok(Report { problems, new: new.len(), there: same, ..Report::default() })
}

fn site_ids(conn: &mut Conn) -> Result<HashMap<Slug, SiteId>, StoreError> {
    Ok(sites_kept::all(conn)?.into_iter().map(|site| (site.slug, site.id)).collect())
}

fn write_organisation(
    conn: &mut Conn,
    importer: &Importer,
    (one, sites): (&OrganisationLine, &HashMap<Slug, SiteId>),
    circumstances: Circumstances<'_>,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    let new = NewOrganisation {
        slug: &one.slug,
        name: &one.name,
        about: &one.about,
        register: one.register,
        charity_number: &one.charity_number,
        unregistered_reason: &one.unregistered_reason,
        class: one.class,
        standing: one.standing,
        applied_by: None,
    };
    let id = kept::insert(conn, &new, now)?;
    kept::set_services(conn, id, one.services)?;
    for site in one.trusted_at.iter().filter_map(|slug| sites.get(slug)) {
        kept::set_trust(conn, id, *site, true, now)?;
    }
    note(conn, &NewEvent { organisation: Some(id), ..imported(importer) }, now)
}

pub(super) fn people(
    conn: &mut Conn,
    purpose: Purpose<'_>,
    importer: &Importer,
    sheet: &Sheet,
) -> Result<Report, StoreError> {
    let (lines, mut problems) = each(TableKind::People, sheet, PersonLine::read);
    once(&lines, ("email", |one: &PersonLine| one.email.clone()), &mut problems);
    let known = person_lines(conn)?;
    let known: HashMap<&str, &PersonLine> = known.iter().map(|one| (one.email.as_str(), one)).collect();
    let addresses: HashSet<String> = exports::addresses(conn)?.into_keys().collect();
    let there = |one: &PersonLine| match known.get(one.email.as_str()) {
        Some(known) => Some(*known == one),
        // An account that was closed keeps its address.
        None => addresses.contains(one.email.as_str()).then_some(false),
    };
    let (new, same) = not_there(&lines, there, ("email", "Somebody with that address"), &mut problems);
    let sites = site_ids(conn)?;
    let organisations: HashMap<Slug, OrganisationId> =
        kept::all(conn)?.into_iter().map(|one| (one.slug, one.id)).collect();
    for one in &lines {
        problems.extend(unknown(one, "organisations", one.is.organisations.iter().map(|(slug, _)| slug), |slug| {
            organisations.contains_key(slug)
        }));
        problems
            .extend(unknown(one, "sites", one.is.sites.iter().map(|(slug, _)| slug), |slug| sites.contains_key(slug)));
    }
    if let (Purpose::Write(circumstances), true) = (purpose, problems.is_empty()) {
        for one in &new {
            write_person(conn, importer, (&one.is, &organisations, &sites), circumstances)?;
        }
    }
    Ok(Report { problems, new: new.len(), there: same, ..Report::default() })
}

fn unknown<'a>(
    of: &Read<PersonLine>,
    column: &'static str,
    named: impl Iterator<Item = &'a Slug>,
    is_known: impl Fn(&Slug) -> bool,
) -> Vec<Problem> {
    let words = |slug: &Slug| format!("There is none called “{slug}”. Import or add it first, or put the word right");
    named.filter(|slug| !is_known(slug)).map(|slug| Problem::at(of.line, column, words(slug))).collect()
}

fn write_person(
    conn: &mut Conn,
    importer: &Importer,
    (one, organisations, sites): (&PersonLine, &HashMap<Slug, OrganisationId>, &HashMap<Slug, SiteId>),
    circumstances: Circumstances<'_>,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    let new = NewPerson {
        name: &one.name,
        email: &one.email,
        password_hash: None,
        confirmed: true,
        administrator: one.administrator,
    };
    let id = accounts::insert(conn, &new, now)?;
    for (slug, role) in &one.organisations {
        if let Some(organisation) = organisations.get(slug) {
            kept::set_member(conn, *organisation, id, *role, now)?;
        }
    }
    for (slug, role) in &one.sites {
        if let Some(site) = sites.get(slug) {
            sites_kept::set_staff(conn, *site, id, *role, now)?;
        }
    }
    if importer.tells {
        welcome(conn, circumstances, (id, one))?;
    }
    note(conn, &NewEvent { person: Some(id), ..imported(importer) }, now)
}

/// A mail with a link to choose a password.
fn welcome(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (person, one): (PersonId, &PersonLine),
) -> Result<(), StoreError> {
    let (now, token) = (circumstances.now, circumstances.chance.token());
    let link = NewLink {
        token_hash: &token.hash(),
        purpose: LinkPurpose::ResetPassword,
        person: Some(person),
        organisation: None,
        email: one.email.as_str(),
        ends_at: now.plus_days(WELCOME_DAYS),
    };
    links::insert(conn, &link, now)?;
    let to = Recipient { name: &one.name, email: &one.email };
    circumstances.post(conn, Some(circumstances.mailer.welcome(&to, token.reveal())))
}
