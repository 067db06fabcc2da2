//! The terms of a site for everybody: what holds now, and the older versions with what was different.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::service::{self, Terms, Version};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::places::Facility;
use crate::domain::terms::{DiffKind, DiffLine, difference};
use crate::domain::words::long_date;
use crate::error::Error;
use crate::urls;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "terms/versions.html")]
struct VersionsPage {
    chrome: Chrome,
    name: String,
    site: String,
    texts: Vec<TextView>,
}

/// The terms of the site or of a facility that has its own.
struct TextView {
    heading: String,
    dated: String,
    body: String,
    older: Vec<OlderView>,
}

/// A version before, with what changed after it.
struct OlderView {
    heading: String,
    body: String,
    changes: Vec<DiffLine>,
}

pub async fn get(request: HttpRequest, state: Shared, slug: Path<String>) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&slug).ok_or(Error::NotFound)?;
    let terms = service::public(&state.db, slug).await?.ok_or(Error::NotFound)?;
    let own = terms.facilities.iter().map(|facility| text(&terms, Some(facility)));
    let texts = std::iter::once(text(&terms, None)).chain(own).flatten().collect();
    page::ok(&VersionsPage {
        chrome: Chrome::of(&request),
        name: terms.site.name.clone(),
        site: urls::site(&terms.site.slug),
        texts,
    })
}

fn text(terms: &Terms, facility: Option<&Facility>) -> Option<TextView> {
    let all: Vec<&Version> = terms.of(facility).collect();
    let newest = all.first()?;
    let dated =
        |one: &Version| format!("Version {}, {}", one.version, long_date(local_date(terms.site.zone, one.made_at)));
    let older = all.windows(2).filter_map(|pair| match pair {
        [after, before] => Some(OlderView {
            heading: dated(before),
            body: before.body.clone(),
            changes: difference(&before.body, &after.body)
                .into_iter()
                .filter(|one| one.kind != DiffKind::Same)
                .collect(),
        }),
        _ => None,
    });
    Some(TextView {
        heading: facility.map_or_else(|| terms.site.name.clone(), |facility| facility.name.clone()),
        dated: dated(newest),
        body: newest.body.clone(),
        older: older.collect(),
    })
}
