//! Who opens and locks up in the days to come, for the site's staff; its manager puts people on weekdays and dates.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::service::{self, KeepersView, OpenersView, Outside, key};
use crate::domain::holder::Reach;
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::openers::{Keeper, OnDay, Task, keeper_on};
use crate::domain::span::{Instant, Span};
use crate::domain::words::{date_without_year, long_date, times, weekday_of};
use crate::error::Error;
use crate::urls;
use crate::web::access::{Manager, SignedIn};
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::{Shared, State};

const GONE: &str = "That was changed already. Here is how it stands now.";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenersForm {
    #[serde(default)]
    day: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    task: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    reach: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveForm {
    key: String,
}

#[derive(Template)]
#[template(path = "cafe/openers.html")]
struct OpenersPage {
    chrome: Chrome,
    notice: Option<&'static str>,
    name: String,
    site_name: String,
    site_href: String,
    public: String,
    /// Where a manager puts somebody on a day.
    set: Option<String>,
    days: Vec<Day>,
    /// How many of them have nobody for something.
    missing: usize,
    duties: Vec<Duty>,
    action: String,
}

/// The form that puts somebody on a day.
#[derive(Template)]
#[template(path = "cafe/openers_set.html")]
struct SetPage {
    chrome: Chrome,
    faults: Faults,
    typed: OpenersForm,
    name: String,
    site_name: String,
    site_href: String,
    list: String,
    day_choices: Vec<Choice>,
    tasks: Vec<Choice>,
    whom: Vec<Choice>,
    action: String,
}

struct Day {
    date: String,
    open: String,
    /// None where it is nobody yet.
    opens: Option<String>,
    locks: Option<String>,
}

struct Duty {
    key: String,
    words: String,
    who: String,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let view = service::load_openers(&state.db, who.actor.clone(), slugs(&path)?, now).await?;
    page::ok(&openers_page(chrome, &view.ok_or(Error::NotFound)?, now))
}

pub async fn get_form(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let view = service::load_keepers(&state.db, who.actor.clone(), slugs(&path)?).await?.ok_or(Error::NotFound)?;
    page::ok(&set_page(chrome, &view, OpenersForm::default(), Faults::none()))
}

fn slugs((site, facility): &(String, String)) -> Result<(Slug, Slug), Error> {
    Slug::parse(site).zip(Slug::parse(facility)).ok_or(Error::NotFound)
}

fn outside(state: &State) -> Outside {
    Outside { now: state.clock.now(), chance: state.chance, mailer: state.mailer.clone() }
}

/// Puts somebody on a day.
pub async fn post_form(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<OpenersForm>,
) -> Result<HttpResponse, Error> {
    let (now, slugs, actor, typed) = (state.clock.now(), slugs(&path)?, who.actor.clone(), form.0);
    let view = service::load_keepers(&state.db, actor.clone(), slugs.clone()).await?.ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let Some(what) = read(&view, &typed, &mut faults, now) else {
        return page::unprocessable(&set_page(Chrome::of(&request), &view, typed, faults));
    };
    let here = urls::openers(&slugs.0, &slugs.1);
    if service::set_keeper(&state.db, outside(&state), actor, slugs, what).await? {
        return Ok(page::done(&here, "keeper-set"));
    }
    Err(Error::NotFound)
}

/// Takes somebody off a day.
pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    form: ProtectedForm<RemoveForm>,
) -> Result<HttpResponse, Error> {
    let (now, slugs, actor) = (state.clock.now(), slugs(&path)?, who.actor.clone());
    let view = service::load_openers(&state.db, actor.clone(), slugs.clone(), now).await?;
    let view = view.filter(|view| view.manages).ok_or(Error::NotFound)?;
    let here = urls::openers(&slugs.0, &slugs.1);
    if service::remove_keeper(&state.db, outside(&state), actor, slugs, form.key.clone()).await? {
        return Ok(page::done(&here, "keeper-set"));
    }
    let page = openers_page(Chrome::of(&request), &view, now);
    page::with_status(StatusCode::CONFLICT, &OpenersPage { notice: Some(GONE), ..page })
}

fn read(
    view: &KeepersView,
    typed: &OpenersForm,
    faults: &mut Faults,
    now: Instant,
) -> Option<(Vec<Task>, OnDay, Keeper)> {
    let today = local_date(view.site.zone, now);
    let day = match typed.day.parse::<i32>() {
        Ok(day) if (0..7).contains(&day) => Some(OnDay::Weekday(day)),
        _ if typed.day == "date" => match typed.date.trim().parse::<NaiveDate>() {
            Ok(date) if today <= date => Some(OnDay::Date(date)),
            _ => {
                faults.add("date", "Choose a date from today on");
                None
            }
        },
        _ => {
            faults.add("day", "Choose a day");
            None
        }
    };
    let tasks = match Task::parse(&typed.task) {
        Some(task) => vec![task],
        None => Task::ALL.to_vec(),
    };
    let organisation = view.organisations.iter().find(|one| typed.who == format!("o:{}", one.slug));
    let staff = view.staff.iter().find(|(key, _)| typed.who == format!("s:{key}"));
    let keeper = match (organisation, staff, typed.who.as_str()) {
        (Some(one), ..) => Some(Keeper::Organisation(one.id, one.name.clone())),
        (_, Some((_, keeper)), _) => Some(keeper.clone()),
        (.., "nobody") => Some(Keeper::Nobody),
        (.., "named") => {
            let name = faults.line("name", &typed.name, "their name", 80);
            let reach = typed.reach.trim();
            let reach =
                if reach.is_empty() { Ok(String::new()) } else { Reach::parse(reach).map(|one| one.to_string()) };
            let reach = faults.take("reach", reach);
            Some(Keeper::Named(name, reach))
        }
        _ => {
            faults.add("who", "Choose who does it");
            None
        }
    };
    let what = (tasks, day?, keeper?);
    faults.is_empty().then_some(what)
}

fn openers_page(chrome: Chrome, view: &OpenersView, now: Instant) -> OpenersPage {
    let (site, facility) = (&view.site, &view.facility);
    let days: Vec<Day> = view.days.iter().filter(|span| now < span.end()).map(|span| day(view, *span)).collect();
    OpenersPage {
        chrome,
        notice: None,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        public: urls::cafe(&site.slug, &facility.slug),
        set: view.manages.then(|| urls::openers_set(&site.slug, &facility.slug)),
        missing: days.iter().filter(|day| day.opens.is_none() || day.locks.is_none()).count(),
        days,
        duties: duties(view, now),
        action: urls::openers(&site.slug, &facility.slug),
    }
}

fn set_page(chrome: Chrome, view: &KeepersView, typed: OpenersForm, faults: Faults) -> SetPage {
    let (site, facility) = (&view.site, &view.facility);
    let weekdays = (0..7).map(|day| (day.to_string(), format!("Every {}", weekday_of(day))));
    let day_choices = weekdays.chain([("date".to_owned(), "One date".to_owned())]);
    let own = view.staff.iter().map(|(key, keeper)| (format!("s:{key}"), keeper.name().unwrap_or_default().to_owned()));
    let others = view.organisations.iter().map(|one| (format!("o:{}", one.slug), one.name.clone()));
    let fixed = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let rest = [fixed("named", "Somebody else, named below"), fixed("nobody", "Nobody yet")];
    let whom = std::iter::once(fixed("", "Choose")).chain(own).chain(others).chain(rest);
    let chosen = |(value, label): (String, String), typed: &str| {
        let is = value == typed;
        Choice::new(value, label, is)
    };
    let tasks = [fixed("both", "Opens and locks up"), fixed("opens", "Opens up"), fixed("locks", "Locks up")];
    SetPage {
        chrome,
        faults,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        list: urls::openers(&site.slug, &facility.slug),
        day_choices: day_choices.map(|one| chosen(one, &typed.day)).collect(),
        tasks: tasks.into_iter().map(|one| chosen(one, &typed.task)).collect(),
        whom: whom.map(|one| chosen(one, &typed.who)).collect(),
        typed,
        action: urls::openers_set(&site.slug, &facility.slug),
    }
}

fn with_reach(keeper: &Keeper) -> Option<String> {
    match keeper {
        Keeper::Named(name, reach) if !reach.is_empty() => Some(format!("{name}, {reach}")),
        other => other.name().map(str::to_owned),
    }
}

fn day(view: &OpenersView, span: Span) -> Day {
    let zone = view.site.zone;
    let date = local_date(zone, span.start());
    let who = |task| with_reach(keeper_on(&view.duties, view.facility.id, task, date));
    Day { date: date_without_year(date), open: times(zone, span), opens: who(Task::Opens), locks: who(Task::Locks) }
}

fn duties(view: &OpenersView, now: Instant) -> Vec<Duty> {
    let today = local_date(view.site.zone, now);
    let coming = view.duties.iter().filter(|one| match one.day {
        OnDay::Date(date) => today <= date,
        OnDay::Weekday(_) => true,
    });
    coming
        .map(|one| {
            let day = match one.day {
                OnDay::Weekday(day) => format!("Every {}", weekday_of(day)),
                OnDay::Date(date) => long_date(date),
            };
            Duty {
                key: key("opener", one.id.row()),
                words: format!("{day}, {}", one.task.words()),
                who: with_reach(&one.keeper).unwrap_or_else(|| "Nobody yet".to_owned()),
            }
        })
        .collect()
}
