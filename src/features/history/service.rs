//! Whose history somebody may read, and which lines of it. Names and purposes are as the redaction has them.

use chrono::NaiveDate;

use crate::chance;
use crate::domain::history::EventKind;
use crate::domain::history_search::{FILE, Narrow, PAGE, Scope, alike};
use crate::domain::hours::instant_at;
use crate::domain::ids::{Reference, Slug};
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::{Audience, redact};
use crate::domain::span::Instant;
use crate::store::{Conn, Db, StoreError, facilities, history, organisations, register, sites};

pub use crate::store::history::Line;

/// So many people are looked through for a name.
const MOST_PEOPLE: i64 = 200;
const ANOTHER: &str = "Somebody of another organisation";

/// Of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Managed,
    Site(Slug),
    Facility(Slug, Slug),
    Organisation(Slug),
    /// By the handle of an account.
    Person(String),
    Own,
}

/// Which lines.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub kind: Option<EventKind>,
    pub who: String,
    pub from: Option<NaiveDate>,
    /// The last day that counts.
    pub to: Option<NaiveDate>,
    pub reference: Option<Reference>,
    /// One of several sites.
    pub site: Option<Slug>,
    /// From 0.
    pub page: i64,
    /// As a file, which has more lines than a page.
    pub file: bool,
}

/// The lines, and of what they are.
#[derive(Debug)]
pub struct Found {
    /// What it is called; empty where it is everything.
    pub name: String,
    /// The site that it belongs to, where that is another.
    pub site_name: String,
    pub lines: Vec<Shown>,
    pub more: bool,
    /// The sites to choose from.
    pub sites: Vec<(Slug, String)>,
}

/// A line as this person may read it.
#[derive(Debug)]
pub struct Shown {
    pub at: Instant,
    pub zone: chrono_tz::Tz,
    pub kind: EventKind,
    pub by: String,
    pub person: String,
    pub site: String,
    pub facility: String,
    /// The booking's reference, whether this person may open it, and what they may know of it.
    pub booking: Option<(Reference, bool, String)>,
    pub organisation: String,
    pub number: Option<i64>,
    pub message: String,
}

/// `None` where there is nothing of that for this person.
pub async fn read(db: &Db, actor: Actor, of: Of, wanted: Wanted) -> Result<Option<Found>, StoreError> {
    db.read(move |conn| {
        let Some((scope, name, site_name)) = scope(conn, &actor, &of)? else {
            return Ok(None);
        };
        let sites = managed(conn, &actor, &of)?;
        let scope = match (&wanted.site, scope) {
            (Some(slug), Scope::Everything | Scope::Sites(_)) => {
                let Some((id, ..)) = sites.iter().find(|(_, one, _)| one == slug) else {
                    return Ok(None);
                };
                Scope::Sites(vec![*id])
            }
            (_, scope) => scope,
        };
        let mut found = Found {
            name,
            site_name,
            lines: Vec::new(),
            more: false,
            sites: sites.into_iter().map(|(_, slug, name)| (slug, name)).collect(),
        };
        let Some(narrow) = narrow(conn, &scope, &wanted)? else {
            return Ok(Some(found));
        };
        let most = if wanted.file { FILE } else { PAGE };
        let mut lines = history::lines(conn, &scope, &narrow, (wanted.page * PAGE, most + 1))?;
        found.more = usize::try_from(most).unwrap_or_default() < lines.len();
        lines.truncate(usize::try_from(most).unwrap_or_default());
        if !actor.administrator {
            hide(conn, &scope, &mut lines)?;
        }
        found.lines = lines.into_iter().map(|line| shown(&actor, line)).collect();
        Ok(Some(found))
    })
    .await
}

/// What is read, with its name and that of its site; none where this person may not.
fn scope(conn: &mut Conn, actor: &Actor, of: &Of) -> Result<Option<(Scope, String, String)>, StoreError> {
    let none = String::new;
    Ok(match of {
        Of::Managed if !actor.is_manager() => None,
        Of::Managed => {
            let scope = actor.managed_sites().map_or(Scope::Everything, Scope::Sites);
            Some((scope, none(), none()))
        }
        Of::Site(slug) => sites::by_slug(conn, slug)?
            .filter(|site| actor.manages(site.id))
            .map(|site| (Scope::Sites(vec![site.id]), site.name, none())),
        Of::Facility(site, slug) => facilities::by_slug(conn, site, slug)?
            .filter(|(site, _)| actor.manages(site.id))
            .map(|(site, facility)| (Scope::Facility(facility.id), facility.name, site.name)),
        Of::Organisation(slug) => organisations::by_slug(conn, slug)?
            .filter(|one| actor.coordinates(one.id))
            .map(|one| (Scope::Organisation(one.id), one.name, none())),
        Of::Person(_) if !actor.administrator => None,
        Of::Person(handle) => register::find(conn, |id, made| chance::person_handle(id, made) == *handle)?
            .map(|one| (Scope::Person(one.id), one.name, none())),
        Of::Own => Some((Scope::Person(actor.person), none(), none())),
    })
}

type Named = (crate::domain::ids::SiteId, Slug, String);

/// The sites to choose from, where there is a choice.
fn managed(conn: &mut Conn, actor: &Actor, of: &Of) -> Result<Vec<Named>, StoreError> {
    match of {
        Of::Managed if actor.administrator => {
            Ok(sites::all(conn)?.into_iter().map(|site| (site.id, site.slug, site.name)).collect())
        }
        Of::Managed => {
            let own = actor.posts.iter().filter(|post| actor.manages(post.site));
            Ok(own.map(|post| (post.site, post.slug.clone(), post.name.clone())).collect())
        }
        _ => Ok(Vec::new()),
    }
}

/// What was asked for, as rows; none where nothing can fit.
fn narrow(conn: &mut Conn, scope: &Scope, wanted: &Wanted) -> Result<Option<Narrow>, StoreError> {
    let midnight = |date: Option<NaiveDate>| date.and_then(|date| instant_at(chrono_tz::Europe::London, date, 0).ok());
    let mut narrow = Narrow {
        kinds: wanted.kind.map(alike),
        by: None,
        from: midnight(wanted.from),
        to: midnight(wanted.to.and_then(|date| date.succ_opt())),
        booking: None,
    };
    if let Some(reference) = &wanted.reference {
        narrow.booking = history::booking_row(conn, reference)?;
        if narrow.booking.is_none() {
            return Ok(None);
        }
    }
    if !wanted.who.is_empty() {
        let mut people = history::people_like(conn, &wanted.who, MOST_PEOPLE)?;
        if let Scope::Organisation(id) = scope {
            // Whom its history does not name cannot be found in it by name.
            let strangers = history::strangers(conn, *id, &people)?;
            people.retain(|one| !strangers.contains(one));
        }
        narrow.by = Some(people);
    }
    Ok(Some(narrow))
}

/// Takes the names out of an organisation's history that are another's.
fn hide(conn: &mut Conn, scope: &Scope, lines: &mut [Line]) -> Result<(), StoreError> {
    let Scope::Organisation(id) = scope else {
        return Ok(());
    };
    let people: Vec<_> = lines.iter().flat_map(|line| [&line.actor, &line.person]).flatten().map(|one| one.0).collect();
    let strangers = history::strangers(conn, *id, &people)?;
    for who in lines.iter_mut().flat_map(|line| [&mut line.actor, &mut line.person]).flatten() {
        if strangers.contains(&who.0) {
            ANOTHER.clone_into(&mut who.1);
        }
    }
    Ok(())
}

fn shown(actor: &Actor, line: Line) -> Shown {
    let seen = line.booking.as_ref().map(|one| audience(Some(actor), one.site, (one.organisation, one.second)));
    let whole = seen.is_none_or(|seen| seen == Audience::Insider);
    let booking = line.booking.zip(seen).map(|(one, seen)| {
        let title = redact(seen, one.privacy, false, &one.holder, &one.purpose).title();
        (one.reference, whole, title)
    });
    let (site, zone) = line.site.unwrap_or((String::new(), chrono_tz::Europe::London));
    // Whose a booking is stands with the booking, as far as it may be known.
    let organisation = if booking.is_some() { String::new() } else { name_of(line.organisation) };
    Shown {
        at: line.at,
        zone,
        kind: line.kind,
        by: name_of(line.actor),
        person: name_of(line.person),
        site,
        facility: line.facility.unwrap_or_default(),
        booking,
        organisation,
        number: line.number,
        message: if whole { line.message } else { String::new() },
    }
}

fn name_of<Id>(named: Option<(Id, String)>) -> String {
    named.map_or_else(String::new, |(_, name)| name)
}
