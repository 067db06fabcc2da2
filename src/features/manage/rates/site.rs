//! A site's rates in one list, what it charges although nobody was there, and a month of its organisations.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use askama::Template;
use serde::Deserialize;

use super::service::{self, OrganisationMonth, SiteMonth};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::rates::{Payer, in_force};
use crate::domain::statement::{Charging, Month, Totals};
use crate::domain::words::length;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Default, Deserialize)]
pub struct MonthQuery {
    #[serde(default)]
    month: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChargingForm {
    late: String,
    absent: String,
}

#[derive(Template)]
#[template(path = "manage/rates/site.html")]
struct SitePage {
    chrome: Chrome,
    name: String,
    site: String,
    action: String,
    charging: Charging,
    month: String,
    before: String,
    next: String,
    spaces: Vec<Space>,
    rows: Vec<Row>,
    all: Sums,
    manage: &'static str,
}

struct Space {
    name: String,
    href: String,
    rates: Vec<String>,
}

struct Row {
    name: String,
    href: Option<String>,
    sums: Sums,
}

struct Sums {
    sessions: usize,
    hours: String,
    amount: String,
    given: String,
}

/// Reads the month of a query; none where none is given.
fn month_of(query: &MonthQuery) -> Result<Option<Month>, Error> {
    match query.month.as_str() {
        "" => Ok(None),
        typed => Month::parse(typed)
            .map(Some)
            .ok_or_else(|| Error::BadRequest("That is not a month. Choose one from the list".to_owned())),
    }
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<MonthQuery>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (slug, month, now) = (Slug::parse(&path).ok_or(Error::NotFound)?, month_of(&query)?, state.clock.now());
    let found = service::site_month(&state.db, who.actor.clone(), slug, month, now).await?;
    let (found, month) = found.ok_or(Error::NotFound)?;
    let today = local_date(found.site.zone, now);
    let spaces = found.facilities.iter().map(|facility| Space {
        name: facility.name.clone(),
        href: urls::manage_facility_rates(&found.site.slug, &facility.slug),
        rates: Payer::ALL
            .iter()
            .filter_map(|payer| in_force(&facility.rates, *payer, today))
            .map(|rate| rate.terms.words())
            .collect(),
    });
    page::ok(&SitePage { spaces: spaces.collect(), ..site_page(chrome, &found, month) })
}

fn site_page(chrome: Chrome, found: &SiteMonth, month: Month) -> SitePage {
    let site = &found.site;
    let row = |one: &OrganisationMonth| Row {
        name: one
            .organisation
            .as_ref()
            .map_or_else(|| "People without an organisation".to_owned(), |one| one.name.clone()),
        href: one.organisation.as_ref().map(|one| urls::statement(&one.slug, Some(month))),
        sums: sums(one.totals),
    };
    SitePage {
        chrome,
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_rates(&site.slug, None),
        charging: site.charging,
        month: month.words(),
        before: urls::manage_rates(&site.slug, Some(month.before())),
        next: urls::manage_rates(&site.slug, Some(month.next())),
        spaces: Vec::new(),
        rows: found.months.iter().map(row).collect(),
        all: sums(found.all),
        manage: urls::MANAGE,
    }
}

fn sums(totals: Totals) -> Sums {
    Sums {
        sessions: totals.sessions,
        hours: length(totals.minutes),
        amount: totals.amount.to_string(),
        given: totals.given.to_string(),
    }
}

pub async fn post(
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<ChargingForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let charging = Charging { late: form.late == "yes", absent: form.absent == "yes" };
    if service::charge(&state.db, who.actor.clone(), slug.clone(), charging, state.clock.now()).await? {
        Ok(page::done(&urls::manage_rates(&slug, None), "saved"))
    } else {
        Err(Error::NotFound)
    }
}
