//! One site for its manager: links to everything about it, and a form for its words and facts.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::SiteForm;
use super::service::{self, Changed, SiteView};
use crate::domain::ids::Slug;
use crate::domain::places::Facility;
use crate::domain::words::long_date;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/site/edit.html")]
struct EditPage {
    chrome: Chrome,
    faults: Faults,
    typed: SiteForm,
    zones: Vec<Choice>,
    nations: Vec<Choice>,
    name: String,
    action: String,
    manage: &'static str,
    links: Vec<(&'static str, String)>,
    facilities: Vec<FacilityRow>,
    add_facility: String,
}

struct FacilityRow {
    name: String,
    words: String,
    href: String,
    rules: String,
    hours: String,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let view = service::one(&state.db, who.actor.clone(), slug, state.clock.now()).await?.ok_or(Error::NotFound)?;
    let typed = SiteForm::of(&view.site, &view.own_dates, &view.funder).with_second_step(view.second_step);
    page::ok(&edit_page(chrome, view, typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<SiteForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let view = service::one(&state.db, who.actor.clone(), slug.clone(), now).await?.ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request);
    let words = match form.parse(Some(view.site.zone), now) {
        Ok(words) => words,
        Err(faults) => return page::unprocessable(&edit_page(chrome, view, form.0, faults)),
    };
    match service::change(&state.db, who.actor.clone(), slug.clone(), words, now).await? {
        Changed::Done => Ok(page::done(&urls::manage_site(&slug), "saved")),
        Changed::NotFound => Err(Error::NotFound),
        Changed::ZoneInUse(zone) => {
            let mut faults = Faults::none();
            let words = format!(
                "Keep {} while there are bookings to come: their times are in it. Change it once there are none",
                zone.name()
            );
            faults.add("zone", words);
            page::unprocessable(&edit_page(chrome, view, form.0, faults))
        }
    }
}

fn edit_page(chrome: Chrome, view: SiteView, typed: SiteForm, faults: Faults) -> EditPage {
    let SiteView { site, facilities, .. } = view;
    let (zones, nations) = (typed.zones(Some(site.zone)), typed.nations());
    EditPage {
        chrome,
        faults,
        typed,
        zones,
        nations,
        action: urls::manage_site(&site.slug),
        manage: urls::MANAGE,
        links: vec![
            ("Closures", urls::manage_closures(&site.slug)),
            ("Faults", urls::manage_faults(&site.slug)),
            ("Notices", urls::manage_notices(&site.slug)),
            ("To do today", urls::manage_jobs(&site.slug, None)),
            ("Opening hours", urls::manage_site_hours(&site.slug)),
            ("Sessions", urls::manage_site_sessions(&site.slug)),
            ("Waiting lists", urls::manage_waiting(&site.slug)),
            ("Terms", urls::manage_terms(&site.slug)),
            ("Extras", urls::manage_extras(&site.slug)),
            ("Closing list", urls::manage_closing(&site.slug)),
            ("Rates and statements", urls::manage_rates(&site.slug, None)),
            ("Reports", urls::manage_site_reports(&site.slug)),
            ("Staff", urls::manage_site_staff(&site.slug)),
            ("History", urls::site_history(&site.slug)),
            ("Schedule", urls::schedule(&site.slug, None)),
            ("Public page", urls::site(&site.slug)),
        ],
        facilities: facilities.iter().map(|facility| facility_row(&site.slug, facility)).collect(),
        add_facility: urls::manage_facility_new(&site.slug),
        name: site.name,
    }
}

fn facility_row(site: &Slug, facility: &Facility) -> FacilityRow {
    let mut words = vec![facility.kind.entry().name.to_owned()];
    words.extend(Some(facility.place()).filter(|place| !place.is_empty()));
    if !facility.listed {
        words.push("not listed".to_owned());
    }
    words.extend(facility.retired_from.map(|date| format!("retired from {}", long_date(date))));
    FacilityRow {
        name: facility.name.clone(),
        words: words.join(", "),
        href: urls::manage_facility(site, &facility.slug),
        rules: urls::manage_facility_rules(site, &facility.slug),
        hours: urls::manage_facility_hours(site, &facility.slug),
    }
}
