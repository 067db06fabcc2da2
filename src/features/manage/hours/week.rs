//! The week as a form, with the bookings that lie outside the hours.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::service::{self, HoursView, Line, Whose};
use super::typed::{IDS, TypedWeek};
use crate::domain::ids::Slug;
use crate::domain::words::{counted, date_and_times, weekday_of};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::{Shared, State};

/// More bookings than this are counted but not listed.
const MOST_LISTED: usize = 50;

type WeekForm = ProtectedForm<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "manage/hours/week.html")]
struct WeekPage {
    chrome: Chrome,
    faults: Faults,
    of_facility: bool,
    as_site: bool,
    name: String,
    site_name: String,
    site: String,
    back: String,
    action: String,
    manage: &'static str,
    days: Vec<Day>,
    outside: Option<String>,
    bookings: Vec<Outside>,
}

struct Day {
    name: &'static str,
    open: bool,
    first: [Field; 2],
    second: [Field; 2],
}

struct Field {
    id: &'static str,
    label: &'static str,
    value: String,
}

struct Outside {
    href: String,
    reference: String,
    words: String,
}

pub async fn get_site(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    get(&state, of_site(&path)?, who, chrome).await
}

pub async fn get_facility(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    get(&state, of_facility(&path)?, who, chrome).await
}

pub async fn post_site(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: WeekForm,
) -> Result<HttpResponse, Error> {
    post(Chrome::of(&request), &state, of_site(&path)?, who, &form).await
}

pub async fn post_facility(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: WeekForm,
) -> Result<HttpResponse, Error> {
    post(Chrome::of(&request), &state, of_facility(&path)?, who, &form).await
}

fn of_site(path: &str) -> Result<Whose, Error> {
    Ok(Whose { site: Slug::parse(path).ok_or(Error::NotFound)?, facility: None })
}

fn of_facility((site, facility): &(String, String)) -> Result<Whose, Error> {
    let whose = Slug::parse(site).zip(Slug::parse(facility));
    whose.map(|(site, facility)| Whose { site, facility: Some(facility) }).ok_or(Error::NotFound)
}

async fn get(state: &State, whose: Whose, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let view = service::hours(&state.db, who.actor.clone(), whose, state.clock.now()).await?.ok_or(Error::NotFound)?;
    let as_site = view.facility.is_some() && view.own.is_empty();
    let shown = if view.own.is_empty() { &view.of_site } else { &view.own };
    let typed = TypedWeek::of(shown, as_site);
    page::ok(&week_page(chrome, &view, typed, Faults::none()))
}

async fn post(
    chrome: Chrome,
    state: &State,
    whose: Whose,
    who: Manager,
    form: &[(String, String)],
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let view = service::hours(&state.db, who.actor.clone(), whose.clone(), now).await?.ok_or(Error::NotFound)?;
    let typed = TypedWeek::read(form)?;
    let mut faults = Faults::none();
    let as_site = view.facility.is_some() && typed.as_site;
    let hours = if as_site { Vec::new() } else { typed.parse(&mut faults) };
    if view.facility.is_some() && !as_site && hours.is_empty() {
        faults.add("monday-from", "Enter hours for one day at least, or choose the site’s hours");
    }
    if !faults.is_empty() {
        return page::unprocessable(&week_page(chrome, &view, typed, faults));
    }
    let action = action(&view);
    if !service::set(&state.db, who.actor.clone(), whose, hours, now).await? {
        return Err(Error::NotFound);
    }
    Ok(page::done(&action, "saved"))
}

fn action(view: &HoursView) -> String {
    match &view.facility {
        Some(facility) => urls::manage_facility_hours(&view.site.slug, &facility.slug),
        None => urls::manage_site_hours(&view.site.slug),
    }
}

fn week_page(chrome: Chrome, view: &HoursView, typed: TypedWeek, faults: Faults) -> WeekPage {
    let (site, facility) = (&view.site, view.facility.as_ref());
    let number = i64::try_from(view.outside.len()).unwrap_or_default();
    let outside = counted(number, "booking to come lies", "bookings to come lie");
    let stays = if number == 1 { "It stays as it is" } else { "They stay as they are" };
    WeekPage {
        chrome,
        faults,
        of_facility: facility.is_some(),
        as_site: typed.as_site,
        name: facility.map_or(&site.name, |facility| &facility.name).clone(),
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        back: facility.map_or_else(
            || urls::manage_site(&site.slug),
            |facility| urls::manage_facility(&site.slug, &facility.slug),
        ),
        action: action(view),
        manage: urls::MANAGE,
        days: days(typed),
        outside: (0 < number).then(|| {
            format!("{outside} outside these hours. {stays}. To end one, cancel it or close the space for that time.")
        }),
        bookings: view.outside.iter().take(MOST_LISTED).map(outside_line).collect(),
    }
}

fn days(typed: TypedWeek) -> Vec<Day> {
    let days = typed.days.into_iter().zip(IDS).zip(0..);
    days.map(|((values, ids), weekday)| {
        let [from, to, from_2, to_2] = values;
        let [from_id, to_id, from_2_id, to_2_id] = ids;
        Day {
            name: weekday_of(weekday),
            open: !from_2.is_empty() || !to_2.is_empty(),
            first: [Field { id: from_id, label: "From", value: from }, Field { id: to_id, label: "To", value: to }],
            second: [
                Field { id: from_2_id, label: "Again from", value: from_2 },
                Field { id: to_2_id, label: "To", value: to_2 },
            ],
        }
    })
    .collect()
}

fn outside_line(line: &Line) -> Outside {
    let holder = line.holder.name();
    Outside {
        href: urls::booking(&line.reference),
        reference: line.reference.to_string(),
        words: format!("{}, {holder}, {}", line.facility_name, date_and_times(line.zone, line.session)),
    }
}
