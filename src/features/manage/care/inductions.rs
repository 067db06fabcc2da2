//! Who has had an induction for a space and until when it counts; recording one and taking one back.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Months, NaiveDate};
use serde::Deserialize;

use super::edit::at;
use super::service::{self, Inductions, Line, NewInduction, key};
use crate::domain::care::Inducted;
use crate::domain::holder::Reach;
use crate::domain::hours::local_date;
use crate::domain::person;
use crate::domain::span::Instant;
use crate::domain::words::long_date;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

/// For so many months an induction usually counts.
const MONTHS: u32 = 12;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InductionForm {
    /// An organisation by its slug, or "" for a person.
    organisation: String,
    name: String,
    contact: String,
    given_on: String,
    valid_until: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyForm {
    key: String,
}

#[derive(Template)]
#[template(path = "manage/care/inductions.html")]
struct InductionsPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: InductionForm,
    organisations: Vec<Choice>,
    rows: Vec<Row>,
    /// Whether an induction is needed at all.
    asked: bool,
    name: String,
    facility: String,
    site_name: String,
    site: String,
    care: String,
    action: String,
    remove: String,
    manage: &'static str,
}

struct Row {
    key: String,
    whose: String,
    contact: String,
    given_on: String,
    valid_until: String,
    stage: &'static str,
    words: &'static str,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let found = service::inductions(&state.db, who.actor.clone(), at(&path)?).await?.ok_or(Error::NotFound)?;
    let typed = first(&found, now);
    page::ok(&inductions_page(chrome, &found, typed, Faults::none(), now))
}

fn first(found: &Inductions, now: Instant) -> InductionForm {
    let today = local_date(found.view.site.zone, now);
    let until = today.checked_add_months(Months::new(MONTHS)).unwrap_or(today);
    InductionForm { given_on: today.to_string(), valid_until: until.to_string(), ..InductionForm::default() }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<InductionForm>,
) -> Result<HttpResponse, Error> {
    let (at, now) = (at(&path)?, state.clock.now());
    let found = service::inductions(&state.db, who.actor.clone(), at.clone()).await?.ok_or(Error::NotFound)?;
    let new = match read(&form, &found, now) {
        Ok(new) => new,
        Err(faults) => {
            return page::unprocessable(&inductions_page(Chrome::of(&request), &found, form.0, faults, now));
        }
    };
    let here = urls::manage_facility_inductions(&at.0, &at.1);
    let means = (now, state.mailer.clone());
    if service::record(&state.db, means, who.actor.clone(), at, new).await? {
        Ok(page::done(&here, "inducted"))
    } else {
        Err(Error::NotFound)
    }
}

pub async fn remove(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<KeyForm>,
) -> Result<HttpResponse, Error> {
    let (at, now) = (at(&path)?, state.clock.now());
    let means = (now, state.mailer.clone());
    let here = urls::manage_facility_inductions(&at.0, &at.1);
    if service::remove(&state.db, means, who.actor.clone(), at.clone(), form.0.key).await? {
        return Ok(page::done(&here, "induction-removed"));
    }
    let found = service::inductions(&state.db, who.actor.clone(), at).await?.ok_or(Error::NotFound)?;
    let typed = first(&found, now);
    let page = inductions_page(Chrome::of(&request), &found, typed, Faults::none(), now);
    let notice = Some("That induction was taken back already. Here is how it stands now.");
    page::with_status(StatusCode::CONFLICT, &InductionsPage { notice, ..page })
}

/// Reads the dates of an induction: given today or earlier, and counting until that day or later.
fn dates(faults: &mut Faults, (given, until): (&str, &str), today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let given = given.trim().parse::<NaiveDate>().ok().filter(|date| *date <= today);
    let given = faults.take("given_on", given.ok_or("Enter the date on which it was given, today or earlier"));
    let latest = today + chrono::Duration::days(3660);
    let until = until.trim().parse::<NaiveDate>().ok().filter(|date| given <= *date && *date <= latest);
    let words = "Enter the last date on which it counts, not before it was given and within ten years";
    (given, faults.take("valid_until", until.ok_or(words)))
}

fn read(form: &InductionForm, found: &Inductions, now: Instant) -> Result<NewInduction, Faults> {
    let mut faults = Faults::none();
    let organisation = found.organisations.iter().find(|one| one.slug.as_str() == form.organisation);
    let whose = match organisation {
        Some(one) => Some(Inducted::Organisation(one.id)),
        None if !form.organisation.is_empty() => {
            faults.add("organisation", "Choose an organisation from the list, or a person");
            None
        }
        None => match Reach::parse(&form.contact) {
            Ok(reach) => Some(Inducted::Person(reach.as_str().to_owned())),
            Err(words) => {
                faults.add("contact", words);
                None
            }
        },
    };
    let name = if organisation.is_some() {
        String::new()
    } else {
        faults.take("name", person::name(&form.name).map_err(|fault| fault.words("the name of the person")))
    };
    let today = local_date(found.view.site.zone, now);
    let (given_on, valid_until) = dates(&mut faults, (&form.given_on, &form.valid_until), today);
    match whose {
        Some(whose) if faults.is_empty() => Ok(NewInduction { whose, name, given_on, valid_until }),
        _ => Err(faults),
    }
}

fn inductions_page(
    chrome: Chrome,
    found: &Inductions,
    typed: InductionForm,
    faults: Faults,
    now: Instant,
) -> InductionsPage {
    let (site, facility) = (&found.view.site, &found.view.facility);
    let today = local_date(site.zone, now);
    let person = Choice::new("", "A person, below", typed.organisation.is_empty());
    let all = found.organisations.iter();
    let all = all.map(|one| Choice::new(one.slug.as_str(), &one.name, one.slug.as_str() == typed.organisation));
    InductionsPage {
        chrome,
        faults,
        notice: None,
        organisations: std::iter::once(person).chain(all).collect(),
        typed,
        rows: found.lines.iter().map(|line| row(line, today)).collect(),
        asked: facility.care.induction,
        name: facility.name.clone(),
        facility: urls::manage_facility(&site.slug, &facility.slug),
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        care: urls::manage_facility_care(&site.slug, &facility.slug),
        action: urls::manage_facility_inductions(&site.slug, &facility.slug),
        remove: format!("{}/remove", urls::manage_facility_inductions(&site.slug, &facility.slug)),
        manage: urls::MANAGE,
    }
}

fn row(line: &Line, today: NaiveDate) -> Row {
    let valid = today <= line.induction.valid_until;
    Row {
        key: key(line),
        whose: line.name.clone(),
        contact: match &line.induction.whose {
            Inducted::Organisation(_) => String::new(),
            Inducted::Person(contact) => contact.clone(),
        },
        given_on: long_date(line.induction.given_on),
        valid_until: long_date(line.induction.valid_until),
        stage: if valid { "confirmed" } else { "cancelled" },
        words: if valid { "Valid" } else { "Expired" },
    }
}
