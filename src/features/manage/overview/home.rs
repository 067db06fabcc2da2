//! The overview: links to everything that this person manages.

use actix_web::HttpResponse;
use askama::Template;

use super::service;
use crate::domain::words::counted;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/overview/home.html")]
struct HomePage {
    chrome: Chrome,
    administrator: bool,
    waiting: Option<String>,
    applications: Option<String>,
    sends_mail: bool,
    mail_failed: Option<String>,
    sites: Vec<SiteCard>,
    organisations: &'static str,
    mail: &'static str,
    requests: &'static str,
    reports: &'static str,
    add_site: &'static str,
    import: &'static str,
    export: &'static str,
}

struct SiteCard {
    name: String,
    town: String,
    href: String,
    hours: String,
    staff: String,
    closures: String,
    faults: String,
    doors: String,
    reports: String,
    schedule: String,
    add_space: String,
    has_spaces: bool,
    has_manager: bool,
}

pub async fn get(state: Shared, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let overview = service::overview(&state.db, who.actor.clone()).await?;
    let failed = i64::try_from(overview.failed_mails).unwrap_or_default();
    let sites = overview.sites.into_iter().map(|service::ManagedSite { site, has_spaces, has_manager }| SiteCard {
        href: urls::manage_site(&site.slug),
        hours: urls::manage_site_hours(&site.slug),
        staff: urls::manage_site_staff(&site.slug),
        closures: urls::manage_closures(&site.slug),
        faults: urls::manage_faults(&site.slug),
        doors: urls::manage_doors(&site.slug),
        reports: urls::manage_site_reports(&site.slug),
        schedule: urls::schedule(&site.slug, None),
        add_space: urls::manage_facility_new(&site.slug),
        has_spaces,
        has_manager,
        name: site.name,
        town: site.town,
    });
    page::ok(&HomePage {
        chrome,
        administrator: who.actor.administrator,
        waiting: (0 < who.waiting).then(|| counted(who.waiting, "request waits", "requests wait")),
        applications: (0 < overview.applications)
            .then(|| counted(overview.applications, "organisation waits", "organisations wait")),
        sends_mail: state.sends_mail,
        mail_failed: match failed {
            0 => None,
            service::MOST_FAILED.. => Some(format!("{failed} emails or more")),
            _ => Some(counted(failed, "email", "emails")),
        },
        sites: sites.collect(),
        organisations: urls::MANAGE_ORGANISATIONS,
        mail: urls::MANAGE_MAIL,
        requests: urls::REQUESTS,
        reports: urls::MANAGE_REPORTS,
        add_site: urls::MANAGE_SITE_NEW,
        import: urls::MANAGE_IMPORT,
        export: urls::MANAGE_EXPORT,
    })
}
