//! One space: its words, and from when on it is no longer booked.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::form::FacilityForm;
use super::service::{self, At, Change, FacilityView};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::kinds::Kind;
use crate::domain::places::UnitChoice;
use crate::domain::span::Instant;
use crate::domain::words::{counted, listed, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/facilities/edit.html")]
struct EditPage {
    chrome: Chrome,
    faults: Faults,
    typed: FacilityForm,
    needs: Vec<Choice>,
    /// The other spaces of the site, for bad weather; only of a space outdoors.
    fallbacks: Vec<Choice>,
    /// Where it is closed for the rest of today, and how that form says today and tomorrow; only of a space outdoors.
    close_today: Option<CloseToday>,
    name: String,
    kind: &'static str,
    units: String,
    retired: Option<String>,
    after_end: Option<String>,
    today: String,
    site_name: String,
    site: String,
    action: String,
    manage: &'static str,
    links: Vec<(&'static str, String)>,
}

/// The form that closes a space for the rest of the day.
struct CloseToday {
    action: String,
    facility: String,
    today: String,
    tomorrow: String,
}

/// Reads where a space is from a path.
pub(super) fn at((site, facility): &(String, String)) -> Result<At, Error> {
    let slugs = Slug::parse(site).zip(Slug::parse(facility));
    slugs.map(|(site, facility)| At { site, facility }).ok_or(Error::NotFound)
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let view = service::one(&state.db, who.actor.clone(), at(&path)?, now).await?.ok_or(Error::NotFound)?;
    let typed = typed(&view);
    page::ok(&edit_page(chrome, &view, typed, Faults::none(), now))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<FacilityForm>,
) -> Result<HttpResponse, Error> {
    let (at, now) = (at(&path)?, state.clock.now());
    let view = service::one(&state.db, who.actor.clone(), at.clone(), now).await?.ok_or(Error::NotFound)?;
    let change = match form.step.as_str() {
        "back" => Ok(Change::Retire(None)),
        "funding" => form.funding().map(Change::Funding),
        "retire" => end_of(&form, &view, now).map(|date| Change::Retire(Some(date))),
        _ => form.words().map(Change::Words),
    };
    let change = match change {
        Ok(change) => change,
        Err(faults) => {
            // The forms about the end and about reports do not send the words.
            let own = typed(&view);
            let typed = match form.step.as_str() {
                "retire" => FacilityForm { retired_from: form.retired_from.clone(), ..own },
                "funding" => {
                    let (funder, in_use_from) = (form.funder.clone(), form.in_use_from.clone());
                    FacilityForm { funder, in_use_from, ..own }
                }
                _ => FacilityForm { funder: own.funder, in_use_from: own.in_use_from, ..form.0 },
            };
            return page::unprocessable(&edit_page(Chrome::of(&request), &view, typed, faults, now));
        }
    };
    let path = urls::manage_facility(&at.site, &at.facility);
    if service::change(&state.db, who.actor.clone(), at, change, now).await? {
        Ok(page::done(&path, "saved"))
    } else {
        Err(Error::NotFound)
    }
}

/// The form of a space as it stands.
fn typed(view: &FacilityView) -> FacilityForm {
    let fallback = view.others.iter().find(|one| Some(one.id) == view.facility.fallback);
    let fallback = fallback.map_or_else(String::new, |one| one.slug.to_string());
    let funding = &view.funding;
    let in_use_from = funding.in_use_from.map_or_else(String::new, |date| date.to_string());
    FacilityForm { fallback, funder: funding.funder.clone(), in_use_from, ..FacilityForm::of(&view.facility) }
}

fn is_outdoors(view: &FacilityView) -> bool {
    view.facility.kind == Kind::Outdoor || view.facility.rules.daylight
}

fn fallbacks(view: &FacilityView, typed: &FacilityForm) -> Vec<Choice> {
    if !is_outdoors(view) {
        return Vec::new();
    }
    let none = Choice::new("", "Nowhere", typed.fallback.is_empty());
    let others = view.others.iter();
    let others = others.map(|one| Choice::new(one.slug.as_str(), &one.name, one.slug.as_str() == typed.fallback));
    std::iter::once(none).chain(others).collect()
}

fn close_today(view: &FacilityView, now: Instant) -> Option<CloseToday> {
    let today = local_date(view.site.zone, now);
    is_outdoors(view).then(|| CloseToday {
        action: urls::manage_closures(&view.site.slug),
        facility: view.facility.slug.to_string(),
        today: today.to_string(),
        tomorrow: today.succ_opt().unwrap_or(today).to_string(),
    })
}

fn end_of(form: &FacilityForm, view: &FacilityView, now: Instant) -> Result<NaiveDate, Faults> {
    let today = local_date(view.site.zone, now);
    let last = today + chrono::Duration::days(3660);
    let date: Option<NaiveDate> = form.retired_from.trim().parse().ok();
    date.filter(|date| today <= *date && *date <= last).ok_or_else(|| {
        let mut faults = Faults::none();
        faults.add("retired_from", format!("Enter a date from {} on", long_date(today)));
        faults
    })
}

fn edit_page(chrome: Chrome, view: &FacilityView, typed: FacilityForm, faults: Faults, now: Instant) -> EditPage {
    let (site, facility) = (&view.site, &view.facility);
    let units: Vec<String> = facility.units.iter().map(|unit| unit.name.clone()).collect();
    let after_end = i64::try_from(view.after_end).unwrap_or_default();
    EditPage {
        chrome,
        faults,
        needs: typed.needs(),
        fallbacks: fallbacks(view, &typed),
        close_today: close_today(view, now),
        typed,
        name: facility.name.clone(),
        kind: facility.kind.entry().name,
        units: match facility.choice {
            UnitChoice::Any => format!("Any number of: {}", listed(&units)),
            UnitChoice::Whole if 1 < units.len() => format!("Only as a whole: {}", listed(&units)),
            UnitChoice::Whole => "As one".to_owned(),
        },
        retired: facility.retired_from.map(long_date),
        after_end: (0 < after_end).then(|| counted(after_end, "booking stands", "bookings stand")),
        today: local_date(site.zone, now).to_string(),
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_facility(&site.slug, &facility.slug),
        manage: urls::MANAGE,
        links: links(view),
    }
}

/// An allotment is not booked by the hour, so it has its plots instead of hours and rules.
fn links(view: &FacilityView) -> Vec<(&'static str, String)> {
    let (site, facility) = (&view.site, &view.facility);
    let rates = ("Rates", urls::manage_facility_rates(&site.slug, &facility.slug));
    if facility.kind == Kind::Allotment {
        return vec![
            ("Plots and waiting list", urls::manage_plots(&site.slug, &facility.slug)),
            ("Season and rules", urls::manage_plots_rules(&site.slug, &facility.slug)),
            rates,
            ("As everybody sees it", urls::plots(&site.slug, &facility.slug)),
        ];
    }
    // What is used in a way of its own is looked after on a page of its own.
    let first = match facility.kind {
        Kind::Cafe => ("Sessions without booking", urls::drop_ins(&site.slug, &facility.slug)),
        Kind::BabyBank => ("Slots and referrers", urls::manage_streams(&site.slug, &facility.slug)),
        _ => ("Rules", urls::manage_facility_rules(&site.slug, &facility.slug)),
    };
    vec![
        first,
        ("History", urls::facility_history(&site.slug, &facility.slug)),
        rates,
        ("Care", urls::manage_facility_care(&site.slug, &facility.slug)),
        ("Hours", urls::manage_facility_hours(&site.slug, &facility.slug)),
        ("Close for a time", urls::manage_closures(&site.slug)),
        ("Its week", urls::facility(&site.slug, &facility.slug)),
    ]
}
