//! The use cases of reports: what somebody may see of a site, of all they manage, or of their organisation. Not how it looks.

use crate::domain::ids::{OrganisationId, Slug};
use crate::domain::policy::Actor;
use crate::domain::report::Place;
use crate::domain::report::period::Period;
use crate::domain::span::Instant;
use crate::enquiry::reports;
use crate::store::reports::{Asked, Spaces, places};
use crate::store::{Conn, Db, StoreError, organisations, sites};

pub use crate::enquiry::reports::{Hours, PeopleLine, Side, Usage, ValueLine};

/// Whose report.
#[derive(Debug, Clone)]
pub enum Whose {
    Site(Slug),
    Organisation(Slug),
    /// All sites that the person manages.
    All,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub enum Question {
    /// The dates could not be read, so that only the form is shown.
    Nothing,
    Usage(Period),
    People(Period),
    Value(Period),
    Compared(Period, Period),
}

#[derive(Debug)]
pub enum Answer {
    Nothing,
    Usage(Usage),
    People(Vec<PeopleLine>),
    Value(Vec<ValueLine>),
    Compared(Box<(Side, Side)>),
}

/// A report.
#[derive(Debug)]
pub struct Report {
    /// The name of the site or the organisation; none for all sites.
    pub name: Option<String>,
    /// The spaces that it is of.
    pub places: Vec<Place>,
    /// All funders of the spaces that it could be of.
    pub funders: Vec<String>,
    pub answer: Answer,
}

struct Scope {
    name: Option<String>,
    places: Vec<Place>,
    organisation: Option<OrganisationId>,
}

/// Answers a question; `None` where there is nothing of that name for this person.
pub async fn report(
    db: &Db,
    actor: Actor,
    (whose, funder): (Whose, String),
    question: Question,
    now: Instant,
) -> Result<Option<Report>, StoreError> {
    db.read(move |conn| {
        let Some(Scope { name, mut places, organisation }) = scope(conn, &actor, whose)? else {
            return Ok(None);
        };
        // Who funds a space is between the site and its funder.
        let mut funders: Vec<String> = if organisation.is_some() {
            Vec::new()
        } else {
            places.iter().map(|place| place.funder.clone()).filter(|one| !one.is_empty()).collect()
        };
        funders.sort_unstable();
        funders.dedup();
        // Of people there is one report and no parts of it, because what is hidden in the whole could be told from two parts.
        let all = matches!(question, Question::People(_)) || organisation.is_some() || funder.is_empty();
        places.retain(|place| all || place.funder == funder);
        let asked = Asked { places: &places, organisation };
        let answer = match question {
            Question::Nothing => Answer::Nothing,
            Question::Usage(period) => Answer::Usage(reports::usage(conn, asked, period, now)?),
            Question::People(period) => Answer::People(reports::people(conn, asked, period)?),
            Question::Value(period) => Answer::Value(reports::values(conn, asked, period)?),
            Question::Compared(before, after) => {
                Answer::Compared(Box::new(reports::compared(conn, asked, (before, after), now)?))
            }
        };
        Ok(Some(Report { name, places, funders, answer }))
    })
    .await
}

fn scope(conn: &mut Conn, actor: &Actor, whose: Whose) -> Result<Option<Scope>, StoreError> {
    Ok(match whose {
        Whose::Site(slug) => {
            let places = places(conn, Spaces::Of(&slug))?;
            let known = places.first().map(|place| (place.home.id, place.home.name.clone()));
            let site = match known {
                Some(site) => Some(site),
                None => sites::by_slug(conn, &slug)?.map(|site| (site.id, site.name)),
            };
            let site = site.filter(|(id, _)| actor.manages(*id));
            site.map(|(_, name)| Scope { name: Some(name), places, organisation: None })
        }
        Whose::Organisation(slug) => {
            let found = organisations::by_slug(conn, &slug)?.filter(|one| actor.coordinates(one.id));
            let Some(one) = found else {
                return Ok(None);
            };
            let places = places(conn, Spaces::All)?;
            Some(Scope { name: Some(one.name), places, organisation: Some(one.id) })
        }
        Whose::All if actor.is_manager() => {
            let managed = actor.managed_sites();
            let places = places(conn, managed.as_deref().map_or(Spaces::All, Spaces::Sites))?;
            Some(Scope { name: None, places, organisation: None })
        }
        Whose::All => None,
    })
}
