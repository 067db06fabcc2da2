//! What a space costs whom from when: its rates over time, one more, and one to come taken back.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::service::{self, Removed, View};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::kinds::Kind;
use crate::domain::money::Pence;
use crate::domain::places::Facility;
use crate::domain::rates::{Payer, Per, Rate, Terms, in_force};
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

/// A rate may begin so many days before today, for what is booked late, and so many after.
const DAYS: (i64, i64) = (366, 3_660);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateForm {
    payer: String,
    per: String,
    price: String,
    value: String,
    from: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveForm {
    payer: String,
    from: String,
}

#[derive(Template)]
#[template(path = "manage/rates/edit.html")]
struct EditPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: RateForm,
    payers: Vec<Choice>,
    pers: Vec<Choice>,
    rows: Vec<Row>,
    /// Its units are asked for one by one, and each is paid for.
    each: bool,
    by_season: bool,
    name: String,
    facility: String,
    site_name: String,
    site: String,
    months: String,
    action: String,
    remove: String,
    manage: &'static str,
}

struct Row {
    payer: &'static str,
    who: &'static str,
    words: String,
    from: String,
    from_value: String,
    stage: &'static str,
    icon: &'static str,
    standing: &'static str,
    /// It has not begun, so it can be taken back.
    to_come: bool,
}

fn at((site, facility): &(String, String)) -> Result<(Slug, Slug), Error> {
    Slug::parse(site).zip(Slug::parse(facility)).ok_or(Error::NotFound)
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let view = service::one(&state.db, who.actor.clone(), at(&path)?).await?.ok_or(Error::NotFound)?;
    let now = state.clock.now();
    page::ok(&edit_page(chrome, &view, first(&view, now), Faults::none(), now))
}

fn first(view: &View, now: Instant) -> RateForm {
    let from = local_date(view.site.zone, now).to_string();
    RateForm { from, per: pers(&view.facility).first().map_or("", |per| per.code()).to_owned(), ..RateForm::default() }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<RateForm>,
) -> Result<HttpResponse, Error> {
    let (at, now) = (at(&path)?, state.clock.now());
    let view = service::one(&state.db, who.actor.clone(), at.clone()).await?.ok_or(Error::NotFound)?;
    let rate = match read(&form, &view, now) {
        Ok(rate) => rate,
        Err(faults) => {
            return page::unprocessable(&edit_page(Chrome::of(&request), &view, form.0, faults, now));
        }
    };
    let here = urls::manage_facility_rates(&at.0, &at.1);
    if service::add(&state.db, who.actor.clone(), at, rate, now).await? {
        Ok(page::done(&here, "rate-added"))
    } else {
        Err(Error::NotFound)
    }
}

pub async fn remove(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<RemoveForm>,
) -> Result<HttpResponse, Error> {
    let (at, now) = (at(&path)?, state.clock.now());
    let view = service::one(&state.db, who.actor.clone(), at.clone()).await?.ok_or(Error::NotFound)?;
    let wanted = Payer::parse(&form.payer).zip(form.from.parse::<NaiveDate>().ok());
    let here = urls::manage_facility_rates(&at.0, &at.1);
    let answer = match wanted {
        Some(wanted) => service::remove(&state.db, who.actor.clone(), at, wanted, now).await?,
        None => Removed::NotToCome,
    };
    match answer {
        Removed::Done => Ok(page::done(&here, "rate-removed")),
        Removed::NotFound => Err(Error::NotFound),
        Removed::NotToCome => {
            let page = edit_page(Chrome::of(&request), &view, first(&view, now), Faults::none(), now);
            let notice = Some("That rate has begun, or was taken back already. Here is how it stands now.");
            page::with_status(StatusCode::CONFLICT, &EditPage { notice, ..page })
        }
    }
}

/// By what a space can be paid for: plots by the season, all others by the hour or the session.
fn pers(facility: &Facility) -> Vec<Per> {
    let by_season = facility.kind == Kind::Allotment;
    Per::ALL.into_iter().filter(|per| (*per == Per::Season) == by_season).collect()
}

fn read(form: &RateForm, view: &View, now: Instant) -> Result<Rate, Faults> {
    let mut faults = Faults::none();
    let payer = Payer::parse(&form.payer);
    if payer.is_none() {
        faults.add("payer", "Choose who pays it");
    }
    let per = Per::parse(&form.per).filter(|per| pers(&view.facility).contains(per));
    if per.is_none() {
        faults.add("per", "Choose what the price is for");
    }
    let words = "Enter pounds and pence, like 12 or 12.50, up to 99,999.99. 0 is free";
    let price = faults.take("price", Pence::parse(&form.price).ok_or(words));
    let value = match form.value.trim() {
        "" => price,
        typed => faults.take("value", Pence::parse(typed).ok_or(words)),
    };
    if value < price && faults.of("value").is_none() && faults.of("price").is_none() {
        faults.add("value", "The usual value must not be less than the price. Leave it empty where they are the same");
    }
    let today = local_date(view.site.zone, now);
    let within = |date: &NaiveDate| {
        let days = (*date - today).num_days();
        -DAYS.0 <= days && days <= DAYS.1
    };
    let from = form.from.trim().parse::<NaiveDate>().ok().filter(within);
    let from = faults
        .take("from", from.ok_or("Enter the first date on which it counts, within the past year or the next ten"));
    match (payer, per) {
        (Some(payer), Some(per)) if faults.is_empty() => Ok(Rate { from, terms: Terms { payer, per, price, value } }),
        _ => Err(faults),
    }
}

fn edit_page(chrome: Chrome, view: &View, typed: RateForm, faults: Faults, now: Instant) -> EditPage {
    let (site, facility) = (&view.site, &view.facility);
    let today = local_date(site.zone, now);
    let payer = |one: Payer| Choice::new(one.code(), upper(one.plural()), one.code() == typed.payer);
    let choose = Choice::new("", "Choose", typed.payer.is_empty());
    let per = |one: &Per| Choice::new(one.code(), upper(one.words()), one.code() == typed.per);
    EditPage {
        chrome,
        faults,
        notice: None,
        payers: std::iter::once(choose).chain(Payer::ALL.map(payer)).collect(),
        pers: pers(facility).iter().map(per).collect(),
        typed,
        rows: facility.rates.iter().map(|rate| row(facility, rate, today)).collect(),
        each: facility.choice == crate::domain::places::UnitChoice::Any && 1 < facility.units.len(),
        by_season: facility.kind == Kind::Allotment,
        name: facility.name.clone(),
        facility: urls::manage_facility(&site.slug, &facility.slug),
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        months: urls::manage_rates(&site.slug, None),
        action: urls::manage_facility_rates(&site.slug, &facility.slug),
        remove: format!("{}/remove", urls::manage_facility_rates(&site.slug, &facility.slug)),
        manage: urls::MANAGE,
    }
}

fn row(facility: &Facility, rate: &Rate, today: NaiveDate) -> Row {
    let to_come = today < rate.from;
    let current = in_force(&facility.rates, rate.terms.payer, today) == Some(rate);
    let (stage, icon, standing) = match (to_come, current) {
        (true, _) => ("requested", "requested", "To come"),
        (false, true) => ("confirmed", "confirmed", "In force"),
        (false, false) => ("cancelled", "cancelled", "Past"),
    };
    Row {
        payer: rate.terms.payer.code(),
        who: rate.terms.payer.plural(),
        words: rate.terms.words(),
        from: long_date(rate.from),
        from_value: rate.from.to_string(),
        stage,
        icon,
        standing,
        to_come,
    }
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
