//! The page of a report, and each of its tables as a file. One page for a site, for all that somebody manages and for an organisation.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use askama::Template;
use chrono::NaiveDate;
use chrono_tz::Europe::London;
use serde::Deserialize;

use super::cells::Table;
use super::heat::{self, Heat};
use super::service::{self, Answer, Question, Report, Whose};
use super::{compare, people, usage, value};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::report::period::{Fault, Period};
use crate::error::Error;
use crate::urls;
use crate::web::access::{Manager, SignedIn, Who};
use crate::web::chrome::Chrome;
use crate::web::csv;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

/// What the address says, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    view: String,
    from: String,
    to: String,
    funder: String,
    /// The period before, for a comparison.
    from2: String,
    to2: String,
    /// Or the day on which something changed.
    date: String,
    /// Which table a file is of.
    table: String,
}

/// What sort of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Usage,
    People,
    Value,
    Compare,
}

impl View {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Usage, "use", "Use"),
        (Self::People, "people", "People"),
        (Self::Value, "value", "Value given"),
        (Self::Compare, "compare", "Before and after"),
    ];

    fn code(self) -> &'static str {
        Self::ALL.iter().find(|(one, ..)| *one == self).map_or("use", |(_, code, _)| code)
    }
}

/// Of whom a report is, as far as its tables depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Of {
    /// An organisation's own, which says nothing of what others could have had.
    pub organisation: bool,
    /// Of more sites than one.
    pub several: bool,
    /// Somebody said who funds something.
    pub funders: bool,
    /// Only of the spaces of one funder.
    pub is_part: bool,
}

impl Of {
    /// Whether it says how much was open.
    pub fn offers(self) -> bool {
        !self.organisation
    }
}

#[derive(Template)]
#[template(path = "reports/show.html")]
struct ShowPage {
    chrome: Chrome,
    faults: Faults,
    typed: Typed,
    of: Of,
    name: String,
    /// Where one came from.
    above: Vec<(String, String)>,
    title: &'static str,
    period: String,
    action: String,
    view: View,
    views: Vec<(&'static str, String, bool)>,
    often: Vec<(&'static str, String)>,
    funders: Vec<Choice>,
    /// The other period of a comparison, and the whole months that figures of people are of.
    before: Option<String>,
    months: Option<String>,
    in_short: Vec<(String, &'static str)>,
    heat: Option<Heat>,
    heat_file: String,
    tables: Vec<Listed>,
    /// What is said where there is nothing.
    empty: Option<String>,
}

struct Listed {
    table: Table,
    file: String,
    caption: String,
}

/// The report that was asked for, read but not answered.
struct Asked {
    whose: Whose,
    path: String,
    view: View,
    today: NaiveDate,
    dates: Result<(Period, Period), Faults>,
}

fn asked(whose: Whose, typed: &Typed, today: NaiveDate) -> Asked {
    let view = View::ALL.iter().find(|(_, code, _)| *code == typed.view).map_or(View::Usage, |(view, ..)| *view);
    let path = match &whose {
        Whose::Site(slug) => urls::manage_site_reports(slug),
        Whose::Organisation(slug) => urls::organisation_reports(slug),
        Whose::All => urls::MANAGE_REPORTS.to_owned(),
    };
    Asked { whose, path, view, today, dates: dates(typed, view, today) }
}

/// The period, and the one before it.
fn dates(typed: &Typed, view: View, today: NaiveDate) -> Result<(Period, Period), Faults> {
    let mut faults = Faults::none();
    if view == View::Compare && !typed.date.trim().is_empty() {
        let date = Period::typed(&typed.date, &typed.date, Period::usual(today));
        let words = "Enter the day of the change as a date, or leave it empty";
        return date.map(|day| Period::around(day.from)).map(|(before, after)| (after, before)).map_err(|_| {
            faults.add("date", words);
            faults
        });
    }
    let mut note = |fields: (&'static str, &'static str), found: Result<Period, Vec<Fault>>| match found {
        Ok(period) => Some(period),
        Err(wrong) => {
            for fault in wrong {
                match fault {
                    Fault::First(words) => faults.add(fields.0, words),
                    Fault::Last(words) => faults.add(fields.1, words),
                }
            }
            None
        }
    };
    let period = note(("from", "to"), Period::typed(&typed.from, &typed.to, Period::usual(today)));
    let usual = period.unwrap_or_else(|| Period::usual(today)).before();
    let before = match view {
        View::Compare => note(("from2", "to2"), Period::typed(&typed.from2, &typed.to2, usual)),
        _ => Some(usual),
    };
    period.zip(before).ok_or(faults)
}

impl Asked {
    fn question(&self) -> Question {
        match (&self.dates, self.view) {
            (Err(_), _) => Question::Nothing,
            (Ok((period, _)), View::Usage) => Question::Usage(*period),
            (Ok((period, _)), View::People) => Question::People(*period),
            (Ok((period, _)), View::Value) => Question::Value(*period),
            (Ok((period, before)), View::Compare) => Question::Compared(*before, *period),
        }
    }

    /// Its own address with other words, `file` for a table's.
    fn link(&self, typed: &Typed, view: View, dates: Option<(Period, Period)>, table: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if view != View::Usage {
            query.append_pair("view", view.code());
        }
        if let Some((period, before)) = dates {
            query.append_pair("from", &period.from.to_string()).append_pair("to", &period.to.to_string());
            if view == View::Compare && before != period.before() {
                query.append_pair("from2", &before.from.to_string()).append_pair("to2", &before.to.to_string());
            }
        }
        if !typed.funder.is_empty() {
            query.append_pair("funder", &typed.funder);
        }
        if let Some(table) = table {
            query.append_pair("table", table);
        }
        let file = if table.is_some() { ".csv" } else { "" };
        match query.finish().as_str() {
            "" => format!("{}{file}", self.path),
            words => format!("{}{file}?{words}", self.path),
        }
    }
}

async fn answer(state: &Shared, who: &Who, asked: &Asked, typed: &Typed) -> Result<Report, Error> {
    let (now, whose) = (state.clock.now(), (asked.whose.clone(), typed.funder.clone()));
    let found = service::report(&state.db, who.actor.clone(), whose, asked.question(), now).await?;
    found.ok_or(Error::NotFound)
}

async fn show(
    state: &Shared,
    who: &Who,
    (whose, typed): (Whose, Typed),
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let asked = asked(whose, &typed, local_date(London, state.clock.now()));
    let report = answer(state, who, &asked, &typed).await?;
    let page = show_page(chrome, &asked, &report, typed);
    if page.faults.is_empty() { page::ok(&page) } else { page::unprocessable(&page) }
}

async fn file(state: &Shared, who: &Who, (whose, typed): (Whose, Typed)) -> Result<HttpResponse, Error> {
    let asked = asked(whose, &typed, local_date(London, state.clock.now()));
    let report = answer(state, who, &asked, &typed).await?;
    let Ok((period, _)) = asked.dates else {
        return Err(Error::BadRequest("Those dates cannot be. Choose them on the page of the report".to_owned()));
    };
    let of = of(&asked.whose, &report, &typed);
    let mut tables = tables(&report, of, period);
    if let Answer::Usage(found) = &report.answer {
        tables.insert(0, heat::table(found, of));
    }
    let wanted = |table: &&Table| typed.table.is_empty() || table.key == typed.table;
    let (key, lines) = match tables.iter().find(wanted) {
        Some(table) => (table.key, table.lines()),
        // A table that is known but has nothing in it is an empty file.
        None => ("nothing", Vec::new()),
    };
    let name = match &asked.whose {
        Whose::Site(slug) | Whose::Organisation(slug) => slug.to_string(),
        Whose::All => "all-sites".to_owned(),
    };
    Ok(csv::file(&format!("{name}-{key}-{}-{}.csv", period.from, period.to), &lines))
}

fn of(whose: &Whose, report: &Report, typed: &Typed) -> Of {
    let first = report.places.first().map(|place| place.home.id);
    Of {
        organisation: matches!(whose, Whose::Organisation(_)),
        several: !matches!(whose, Whose::Site(_)) && report.places.iter().any(|place| Some(place.home.id) != first),
        funders: !report.funders.is_empty(),
        is_part: !report.funders.is_empty() && !typed.funder.is_empty(),
    }
}

fn tables(report: &Report, of: Of, period: Period) -> Vec<Table> {
    match &report.answer {
        Answer::Nothing => Vec::new(),
        Answer::Usage(found) => usage::tables(found, of, period),
        Answer::People(lines) => people::tables(lines, &report.places, of),
        Answer::Value(lines) => value::tables(lines, &report.places, of, period),
        Answer::Compared(sides) => compare::tables(sides, &report.places, of),
    }
}

fn in_short(report: &Report, of: Of, tables: &[Table]) -> Vec<(String, &'static str)> {
    match &report.answer {
        Answer::Usage(found) => usage::in_short(found, of),
        Answer::People(lines) => people::in_short(lines, &report.places, of),
        Answer::Value(lines) => value::in_short(lines, &report.places),
        Answer::Compared(_) => compare::in_short(tables, of),
        Answer::Nothing => Vec::new(),
    }
}

/// What is said where nothing was counted.
fn empty(report: &Report, (period, before): (Period, Period)) -> Option<String> {
    let between = format!("between {}", period.words().replacen(" to ", " and ", 1));
    let one_month = period.whole_months().is_none();
    match &report.answer {
        _ if report.places.is_empty() => Some("There is no space to report on.".to_owned()),
        Answer::Usage(found) if usage::is_empty(found) => Some(format!("Nothing was booked {between}.")),
        Answer::People(_) if one_month => {
            Some("Figures about people come in whole months. Choose dates with at least one whole month.".to_owned())
        }
        Answer::People(lines) if lines.is_empty() => Some(format!("Nobody noted how many came {between}.")),
        Answer::Value(lines) if lines.is_empty() => Some(format!("Nothing with a rate was booked {between}.")),
        Answer::Compared(sides) if compare::is_empty(sides) => {
            Some(format!("Nothing was booked {between}, nor {}.", before.words()))
        }
        _ => None,
    }
}

fn above(whose: &Whose, report: &Report) -> Vec<(String, String)> {
    let manage = (urls::MANAGE.to_owned(), "Manage".to_owned());
    let name = report.name.clone().unwrap_or_default();
    match whose {
        Whose::Site(slug) => vec![manage, (urls::manage_site(slug), name)],
        Whose::Organisation(slug) => vec![(urls::organisation(slug), name)],
        Whose::All => vec![manage],
    }
}

fn show_page(chrome: Chrome, asked: &Asked, report: &Report, mut typed: Typed) -> ShowPage {
    let of = of(&asked.whose, report, &typed);
    let dates = asked.dates.as_ref().ok().copied();
    let tables = dates.map_or_else(Vec::new, |(period, _)| tables(report, of, period));
    let short = in_short(report, of, &tables);
    let empty = dates.and_then(|dates| empty(report, dates));
    if let Some((period, before)) = dates {
        (typed.from, typed.to) = (period.from.to_string(), period.to.to_string());
        (typed.from2, typed.to2) = (before.from.to_string(), before.to.to_string());
        // It is these dates now; left in the form it would undo what is typed there next.
        typed.date.clear();
    }
    let found = |table: Table| Listed {
        file: asked.link(&typed, asked.view, dates, Some(table.key)),
        caption: format!("{}, {}", table.title, dates.map_or_else(String::new, |(period, _)| period.words())),
        table,
    };
    let heat = match &report.answer {
        Answer::Usage(found) if empty.is_none() => heat::heat(found, of),
        _ => None,
    };
    let funder = |name: &String| Choice::new(name, name, *name == typed.funder);
    let any = Choice::new("", "All funders", typed.funder.is_empty());
    let title = View::ALL.iter().find(|(view, ..)| *view == asked.view).map_or("", |(.., title)| title);
    let people = matches!(asked.view, View::People | View::Compare);
    let months = dates.filter(|_| people).and_then(|(period, _)| period.whole_months());
    ShowPage {
        chrome,
        faults: asked.dates.as_ref().err().cloned().unwrap_or_default(),
        of,
        name: report.name.clone().unwrap_or_else(|| "All sites that you manage".to_owned()),
        above: above(&asked.whose, report),
        title,
        period: dates.map_or_else(String::new, |(period, _)| period.words()),
        action: asked.path.clone(),
        view: asked.view,
        views: View::ALL
            .iter()
            .map(|(view, _, words)| (*words, asked.link(&typed, *view, dates, None), *view == asked.view))
            .collect(),
        often: Period::often(asked.today)
            .into_iter()
            .map(|(words, period)| (words, asked.link(&typed, asked.view, Some((period, period.before())), None)))
            .collect(),
        funders: if report.funders.is_empty() || asked.view == View::People {
            Vec::new()
        } else {
            std::iter::once(any).chain(report.funders.iter().map(funder)).collect()
        },
        before: dates.filter(|_| asked.view == View::Compare).map(|(_, before)| before.words()),
        months: months.map(Period::words),
        in_short: if empty.is_some() { Vec::new() } else { short },
        heat,
        heat_file: asked.link(&typed, View::Usage, dates, Some("times")),
        tables: if empty.is_some() { Vec::new() } else { tables.into_iter().map(found).collect() },
        empty,
        typed,
    }
}

fn slug(path: &str) -> Result<Slug, Error> {
    Slug::parse(path).ok_or(Error::NotFound)
}

pub async fn site(
    state: Shared,
    path: Path<String>,
    typed: Query<Typed>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    show(&state, &who, (Whose::Site(slug(&path)?), typed.0), chrome).await
}

pub async fn site_file(
    state: Shared,
    path: Path<String>,
    typed: Query<Typed>,
    who: Manager,
) -> Result<HttpResponse, Error> {
    file(&state, &who, (Whose::Site(slug(&path)?), typed.0)).await
}

pub async fn organisation(
    state: Shared,
    path: Path<String>,
    typed: Query<Typed>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    show(&state, &who, (Whose::Organisation(slug(&path)?), typed.0), chrome).await
}

pub async fn organisation_file(
    state: Shared,
    path: Path<String>,
    typed: Query<Typed>,
    who: SignedIn,
) -> Result<HttpResponse, Error> {
    file(&state, &who, (Whose::Organisation(slug(&path)?), typed.0)).await
}

pub async fn all(state: Shared, typed: Query<Typed>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    show(&state, &who, (Whose::All, typed.0), chrome).await
}

pub async fn all_file(state: Shared, typed: Query<Typed>, who: Manager) -> Result<HttpResponse, Error> {
    file(&state, &who, (Whose::All, typed.0)).await
}
