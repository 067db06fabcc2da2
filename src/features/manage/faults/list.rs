//! The faults of a site by space: what is open and in hand, or what is mended.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use askama::Template;
use serde::Deserialize;

use super::service;
use crate::domain::fault::{Fault, Usable};
use crate::domain::ids::Slug;
use crate::domain::places::Site;
use crate::domain::words::{counted, date_and_clock};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Default, Deserialize)]
pub struct ShowQuery {
    /// "mended" for those that are.
    #[serde(default)]
    show: String,
}

#[derive(Template)]
#[template(path = "manage/faults/list.html")]
struct ListPage {
    chrome: Chrome,
    name: String,
    site: String,
    manage: &'static str,
    mended: bool,
    /// There are as many as are shown.
    full: bool,
    count: String,
    groups: Vec<Group>,
    here: String,
}

/// The faults of one space.
struct Group {
    place: String,
    faults: Vec<FaultCard>,
}

struct FaultCard {
    href: String,
    kind: &'static str,
    reference: String,
    state: &'static str,
    icon: &'static str,
    state_words: &'static str,
    /// Said where it cannot be used as it is.
    usable: Option<&'static str>,
    words: String,
    when: String,
    who: String,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<ShowQuery>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let mended = query.show == "mended";
    let found = service::list(&state.db, who.actor.clone(), slug, mended).await?;
    let (site, faults) = found.ok_or(Error::NotFound)?;
    let number = i64::try_from(faults.len()).unwrap_or_default();
    page::ok(&ListPage {
        chrome,
        mended,
        full: service::MOST <= number,
        count: counted(number, "fault", "faults"),
        groups: groups(&site, faults),
        site: urls::manage_site(&site.slug),
        here: urls::manage_faults(&site.slug),
        manage: urls::MANAGE,
        name: site.name,
    })
}

/// By space, in the order of the newest fault of each; within a space the newest first.
fn groups(site: &Site, faults: Vec<Fault>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for fault in faults {
        let card = card(site, &fault);
        match groups.iter_mut().find(|group| group.place == fault.facility_name) {
            Some(group) => group.faults.push(card),
            None => groups.push(Group { place: fault.facility_name, faults: vec![card] }),
        }
    }
    groups
}

fn card(site: &Site, fault: &Fault) -> FaultCard {
    let first = fault.words.lines().next().unwrap_or_default();
    let words: String = first.chars().take(140).collect();
    FaultCard {
        href: urls::manage_fault(&site.slug, &fault.reference),
        kind: fault.kind.words(),
        reference: fault.reference.to_string(),
        state: fault.state.shown_as(),
        icon: fault.state.icon(),
        state_words: fault.state.words(),
        usable: (fault.usable != Usable::Yes).then(|| fault.usable.said()),
        words: if words.len() < fault.words.len() { format!("{words} …") } else { words },
        when: match fault.mended_at {
            Some(at) => format!("Mended {}", date_and_clock(site.zone, at)),
            None => format!("Reported {}", date_and_clock(site.zone, fault.at)),
        },
        who: fault.taken_by.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
    }
}
