//! The plan and the list of an allotment for its manager, the line with its names, and the forms to add a plot or somebody who waits.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::plot_form::{PlotForm, date};
use super::service::{self, Allotment, AllotmentAt, JoinLineAnswer, Kept, NewInLine};
use crate::domain::holder::Holder;
use crate::domain::hours::{day, local_date};
use crate::domain::ids::{Reference, Slug};
use crate::domain::plot_line::{PlotEntry, Wish};
use crate::domain::plots::Plot;
use crate::domain::span::{Instant, Span};
use crate::domain::tenancy::Standing;
use crate::domain::waiting::Standing as InLine;
use crate::domain::words::{date_and_clock, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::plan::{Square, plan};
use crate::web::state::Shared;

const STALE: &str = "It has changed since you looked, so nothing was done. Here is how it stands now.";

#[derive(Template)]
#[template(path = "manage/plots/list.html")]
struct ListPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: PlotForm,
    name: String,
    site_name: String,
    site: String,
    manage: &'static str,
    facility: String,
    season: String,
    squares: Vec<Square>,
    rows: Vec<Row>,
    line: Vec<LineRow>,
    gone: Vec<LineRow>,
    wishes: Vec<Choice>,
    rules: String,
    public: String,
    action: String,
    line_action: String,
}

struct Row {
    href: String,
    number: String,
    standing: Standing,
    who: String,
    size: String,
    tenancy: String,
}

struct LineRow {
    reference: String,
    name: String,
    wish: &'static str,
    note: String,
    joined: String,
    standing: InLine,
    /// "Offered plot 7 until …", or until when an answer is waited for.
    words: String,
    asked: bool,
    offered: bool,
}

pub(super) fn at(site: &str, facility: &str) -> Result<AllotmentAt, Error> {
    let slugs = Slug::parse(site).zip(Slug::parse(facility));
    slugs.map(|(site, facility)| AllotmentAt { site, facility }).ok_or(Error::NotFound)
}

async fn find(state: &Shared, path: &(String, String), who: &Manager) -> Result<(AllotmentAt, Allotment), Error> {
    let (at, now) = (at(&path.0, &path.1)?, state.clock.now());
    let found = service::all(&state.db, who.actor.clone(), at.clone(), now).await?.ok_or(Error::NotFound)?;
    Ok((at, found))
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (_, found) = find(&state, &path, &who).await?;
    page::ok(&list_page(chrome, &found, PlotForm::default(), Faults::none(), state.clock.now()))
}

/// Adds a plot.
pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<PlotForm>,
) -> Result<HttpResponse, Error> {
    let (at, found) = find(&state, &path, &who).await?;
    let now = state.clock.now();
    let faults = match form.facts() {
        Ok(facts) => {
            let means = (now, state.mailer.clone());
            match service::keep(&state.db, means, who.actor.clone(), at.clone(), (None, facts)).await? {
                Kept::Done => return Ok(page::done(&urls::manage_plots(&at.site, &at.facility), "added")),
                Kept::NotFound => return Err(Error::NotFound),
                Kept::NumberTaken => {
                    let mut faults = Faults::none();
                    faults.add("number", "There is a plot of that number already");
                    faults
                }
            }
        }
        Err(faults) => faults,
    };
    page::unprocessable(&list_page(Chrome::of(&request), &found, form.0, faults, now))
}

/// Puts somebody on the line, or acts for somebody in it.
pub async fn line(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<PlotForm>,
) -> Result<HttpResponse, Error> {
    let (at, found) = find(&state, &path, &who).await?;
    let (now, back) = (state.clock.now(), urls::manage_plots(&at.site, &at.facility));
    let means = (now, state.mailer.clone());
    if let Some(deed) = form.line_deed() {
        let entry = Reference::parse(&form.entry).ok_or(Error::NotFound)?;
        return match service::in_line(&state.db, means, who.actor.clone(), at, (entry, deed)).await? {
            None => Err(Error::NotFound),
            Some(true) => Ok(page::done(&back, "saved")),
            Some(false) => {
                let (_, found) = find(&state, &path, &who).await?;
                let page = list_page(Chrome::of(&request), &found, PlotForm::default(), Faults::none(), now);
                page::with_status(StatusCode::CONFLICT, &ListPage { notice: Some(STALE), ..page })
            }
        };
    }
    let mut faults = match new_in_line(&form, &found, now) {
        Ok(new) => {
            let mut faults = Faults::none();
            match service::join(&state.db, means, who.actor.clone(), at, new).await? {
                JoinLineAnswer::Joined(_) => return Ok(page::done(&back, "line-added")),
                JoinLineAnswer::NotFound => return Err(Error::NotFound),
                JoinLineAnswer::Before(_) => faults.add("contact", "They are in the line already"),
                JoinLineAnswer::HasPlot(number) => {
                    faults.add("contact", format!("They have plot {number} here already, and each has one only"));
                }
                JoinLineAnswer::Closed => faults.add("contact", "This allotment takes nobody new"),
            }
            faults
        }
        Err(faults) => faults,
    };
    if faults.is_empty() {
        faults.add("contact", "Enter an email address or a telephone number");
    }
    page::unprocessable(&list_page(Chrome::of(&request), &found, form.0, faults, now))
}

fn new_in_line(form: &PlotForm, one: &Allotment, now: Instant) -> Result<NewInLine, Faults> {
    let mut faults = Faults::none();
    let contact = form.contact(&mut faults);
    let wish = Wish::parse(&form.wish);
    if wish.is_none() {
        faults.add("wish", "Choose what size they would like");
    }
    let note = faults.optional_line("note", &form.note, 200);
    let since = if form.since.trim().is_empty() {
        None
    } else {
        let typed = date(&mut faults, "since", &form.since, "since when they wait, or nothing for today");
        if typed.is_some_and(|typed| one.today(now) < typed) {
            faults.add("since", "Enter a day that has been, or nothing for today");
        }
        typed.and_then(|date| day(one.site.zone, date).ok()).map(Span::start)
    };
    match (contact, wish) {
        (Some(contact), Some(wish)) if faults.is_empty() => {
            Ok(NewInLine { holder: Holder::Person(contact), wish, note, since })
        }
        _ => Err(faults),
    }
}

fn list_page(chrome: Chrome, one: &Allotment, typed: PlotForm, faults: Faults, now: Instant) -> ListPage {
    let (site, facility) = (&one.site, &one.facility);
    let standings: Vec<(&Plot, Standing)> = one.plots.iter().map(|plot| (plot, one.standing(plot, now))).collect();
    let href = |plot: &Plot| urls::manage_plot(&site.slug, &facility.slug, plot.number.as_str());
    let (from, next) = one.rules.season.around(one.today(now));
    ListPage {
        chrome,
        faults,
        notice: None,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        manage: urls::MANAGE,
        facility: urls::manage_facility(&site.slug, &facility.slug),
        season: format!("{} to {}", long_date(from), long_date(next.pred_opt().unwrap_or(next))),
        squares: plan(&standings, href),
        rows: standings.iter().map(|(plot, standing)| row(one, plot, (*standing, href(plot)), now)).collect(),
        line: one.line.iter().map(|entry| line_row(one, entry, now)).collect(),
        gone: one.gone.iter().rev().map(|entry| line_row(one, entry, now)).collect(),
        wishes: Wish::ALL.map(|wish| Choice::new(wish.code(), wish.words(), wish.code() == typed.wish)).to_vec(),
        rules: urls::manage_plots_rules(&site.slug, &facility.slug),
        public: urls::plots(&site.slug, &facility.slug),
        action: urls::manage_plots(&site.slug, &facility.slug),
        line_action: urls::manage_plots_line(&site.slug, &facility.slug),
        typed,
    }
}

fn row(one: &Allotment, plot: &Plot, (standing, href): (Standing, String), now: Instant) -> Row {
    let zone = one.site.zone;
    let all = one.tenancies_of(plot.unit);
    let tenancy = all.iter().find(|tenancy| tenancy.is_open(now));
    let offered = one.offer_of(plot.unit).and_then(|offer| one.line.iter().find(|entry| entry.id == offer.entry));
    let who = match (tenancy, offered) {
        (Some(tenancy), _) => tenancy.holder.name().to_owned(),
        (None, Some(entry)) => entry.holder.name().to_owned(),
        _ => "Nobody".to_owned(),
    };
    let words = match standing {
        Standing::Let if tenancy.is_some_and(|one| one.rolling) => "Rolling".to_owned(),
        Standing::Let => tenancy.map_or_else(String::new, |one| format!("Until {}", long_date(one.last_day(zone)))),
        Standing::Ending(day) => format!("Ends {}", long_date(day)),
        Standing::Offered(until) => format!("Offer open until {}", date_and_clock(zone, until)),
        Standing::LetFrom(day) => format!("From {}", long_date(day)),
        Standing::Vacant(_) => "To let now".to_owned(),
        Standing::Resting => plot.resting.clone(),
    };
    Row { href, number: plot.number.to_string(), standing, who, size: plot.size.to_string(), tenancy: words }
}

fn line_row(one: &Allotment, entry: &PlotEntry, now: Instant) -> LineRow {
    let zone = one.site.zone;
    let offer = one.offer_to(entry, now).and_then(|offer| one.plot_of(offer.unit).map(|plot| (offer, plot)));
    let words = match (&offer, entry.answer_by) {
        (Some((offer, plot)), _) => {
            format!("Plot {} is kept for them until {}.", plot.number, date_and_clock(zone, offer.until))
        }
        (None, Some(by)) if entry.is_mailed() => {
            format!("Asked whether they are still interested, until {}.", date_and_clock(zone, by))
        }
        (None, Some(_)) => "Ring them: are they still interested?".to_owned(),
        (None, None) if !entry.is_mailed() => "Gets no email: ring them.".to_owned(),
        _ => String::new(),
    };
    LineRow {
        reference: entry.reference.to_string(),
        name: entry.holder.with_contact(),
        wish: entry.wish.words(),
        note: entry.note.clone(),
        joined: long_date(local_date(zone, entry.joined_at)),
        standing: entry.standing,
        words: if entry.standing.is_open() { words } else { String::new() },
        asked: entry.answer_by.is_some() && entry.standing.is_open(),
        offered: offer.is_some(),
    }
}
