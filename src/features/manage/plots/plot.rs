//! One plot for its manager: who has it, letting it, notice, keys and deposits, inspections, and its facts.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::list::at;
use super::plot_form::{PlotForm, date};
use super::service::{self, AllotmentAt, Deed, Kept, LetAnswer, Letting, NoticeAnswer, PlotView};
use crate::domain::holder::{Holder, OrganisationName};
use crate::domain::hours::local_date;
use crate::domain::plots::{Found, PlotNumber, pounds};
use crate::domain::span::Instant;
use crate::domain::tenancy::{NoLetting, NoticeBy, Standing, Tenancy, earliest_last_day};
use crate::domain::words::long_date;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::{Shared, State};

const PROMISED: &str = "The plot is promised to somebody else after that, so the notice stands.";

#[derive(Template)]
#[template(path = "manage/plots/plot.html")]
struct PlotPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: PlotForm,
    number: String,
    size: String,
    name: String,
    list: String,
    site: String,
    site_name: String,
    manage: &'static str,
    action: String,
    standing: Standing,
    tenancy: Option<TenancyPart>,
    /// Where it can be let, from which day at the earliest, and the groups to choose from.
    letting: Option<(String, Vec<Choice>)>,
    past: Vec<(String, String)>,
    keys: Vec<KeyRow>,
    inspections: Vec<(&'static str, &'static str, String, String)>,
    found: Vec<Choice>,
    today: String,
}

struct TenancyPart {
    holder: String,
    reference: String,
    words: String,
    notice_given: Option<String>,
    by: Vec<Choice>,
    /// The earliest last days in words, by who ends it.
    earliest: Vec<(&'static str, String)>,
}

struct KeyRow {
    place: usize,
    words: String,
    /// The deposit in pounds as it is typed; none for a key that is back.
    out: Option<String>,
}

struct At {
    at: AllotmentAt,
    number: PlotNumber,
    path: String,
}

fn place((site, facility, plot): &(String, String, String)) -> Result<At, Error> {
    let at = at(site, facility)?;
    let number = PlotNumber::parse(plot).ok_or(Error::NotFound)?;
    let path = urls::manage_plot(&at.site, &at.facility, number.as_str());
    Ok(At { at, number, path })
}

type View = (PlotView, Vec<OrganisationName>);

async fn view(state: &State, at: &At, who: &Manager) -> Result<View, Error> {
    let (now, number) = (state.clock.now(), at.number.clone());
    service::one(&state.db, who.actor.clone(), at.at.clone(), number, now).await?.ok_or(Error::NotFound)
}

pub async fn get(
    state: Shared,
    path: Path<(String, String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let found = view(&state, &place(&path)?, &who).await?;
    let typed = first(&state, &found);
    page::ok(&plot_page(chrome, &found, typed, Faults::none(), state.clock.now()))
}

/// The forms as the plot stands.
fn first(state: &State, (view, _): &View) -> PlotForm {
    PlotForm { nonce: state.chance.token().reveal().to_owned(), ..PlotForm::of(&view.plot) }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String, String)>,
    who: Manager,
    form: ProtectedForm<PlotForm>,
) -> Result<HttpResponse, Error> {
    let at = place(&path)?;
    let found = view(&state, &at, &who).await?;
    let done = match form.step.as_str() {
        "save" => save(&state, &at, &who, &form).await?,
        "let" => let_it(&state, &at, &who, (&found, &form)).await?,
        _ => act(&state, &at, &who, (&found, &form)).await?,
    };
    let now = state.clock.now();
    match done {
        Done::At(path, code) => Ok(page::done(&path, code)),
        Done::Faults(faults) => {
            // Each form sends its own fields only; those of the others stay as the plot stands.
            let typed = if form.step == "save" { form.0 } else { with_facts(form.0, &found) };
            page::unprocessable(&plot_page(Chrome::of(&request), &found, typed, faults, now))
        }
        Done::Conflict(words) => {
            let found = view(&state, &at, &who).await?;
            let typed = first(&state, &found);
            let page = plot_page(Chrome::of(&request), &found, typed, Faults::none(), now);
            page::with_status(StatusCode::CONFLICT, &PlotPage { notice: Some(words), ..page })
        }
    }
}

fn with_facts(typed: PlotForm, (view, _): &View) -> PlotForm {
    let PlotForm { number, size, row, column, notes, resting, .. } = PlotForm::of(&view.plot);
    PlotForm { number, size, row, column, notes, resting, ..typed }
}

/// What became of a form.
enum Done {
    At(String, &'static str),
    Faults(Faults),
    Conflict(&'static str),
}

fn fault(field: &'static str, words: impl Into<String>) -> Done {
    let mut faults = Faults::none();
    faults.add(field, words);
    Done::Faults(faults)
}

async fn save(state: &State, at: &At, who: &Manager, form: &PlotForm) -> Result<Done, Error> {
    let facts = match form.facts() {
        Ok(facts) => facts,
        Err(faults) => return Ok(Done::Faults(faults)),
    };
    let path = urls::manage_plot(&at.at.site, &at.at.facility, facts.number.as_str());
    let (means, what) = ((state.clock.now(), state.mailer.clone()), (Some(at.number.clone()), facts));
    Ok(match service::keep(&state.db, means, who.actor.clone(), at.at.clone(), what).await? {
        Kept::Done => Done::At(path, "saved"),
        Kept::NumberTaken => fault("number", "There is a plot of that number already"),
        Kept::NotFound => return Err(Error::NotFound),
    })
}

async fn let_it(state: &State, at: &At, who: &Manager, ((_, names), form): (&View, &PlotForm)) -> Result<Done, Error> {
    let mut faults = Faults::none();
    let from = date(&mut faults, "from", &form.from, "the first day");
    let holder = if form.organisation.is_empty() {
        form.contact(&mut faults).map(Holder::Person)
    } else {
        let chosen = names.iter().find(|one| one.slug.as_str() == form.organisation);
        if chosen.is_none() {
            faults.add("organisation", "Choose a group from the list, or a person below");
        }
        chosen.map(|one| Holder::Organisation(one.id))
    };
    let (Some(from), Some(holder), true) = (from, holder, faults.is_empty()) else {
        return Ok(Done::Faults(faults));
    };
    let letting = Letting {
        at: at.at.clone(),
        plot: at.number.clone(),
        holder,
        from,
        rolling: form.once.is_empty(),
        nonce: form.nonce.clone(),
    };
    let means = (state.clock.now(), state.mailer.clone());
    Ok(match service::let_plot(&state.db, means, who.actor.clone(), letting).await? {
        LetAnswer::Done(_) => Done::At(at.path.clone(), "plot-let"),
        LetAnswer::Before(_) => Done::At(at.path.clone(), "sent-before"),
        LetAnswer::NotFound => return Err(Error::NotFound),
        LetAnswer::Refused(no) => {
            let mut faults = Faults::none();
            for one in no {
                let field = if matches!(one, NoLetting::HasPlot(_)) { "contact" } else { "from" };
                faults.add(field, one.words());
            }
            Done::Faults(faults)
        }
    })
}

async fn act(state: &State, at: &At, who: &Manager, ((view, _), form): (&View, &PlotForm)) -> Result<Done, Error> {
    let deed = match form.deed(view, who.actor.person) {
        Ok(deed) => deed,
        Err(faults) if faults.is_empty() => return Err(Error::NotFound),
        Err(faults) => return Ok(Done::Faults(faults)),
    };
    let code = match deed {
        Deed::TakeBack => "plot-goes-on",
        _ => "saved",
    };
    let (means, what) = ((state.clock.now(), state.mailer.clone()), (at.number.clone(), deed));
    Ok(match service::act(&state.db, means, who.actor.clone(), at.at.clone(), what).await? {
        NoticeAnswer::Done(_) => Done::At(at.path.clone(), code),
        NoticeAnswer::Refused(no) => fault("last_day", no.words()),
        NoticeAnswer::Promised => Done::Conflict(PROMISED),
        NoticeAnswer::NotFound => return Err(Error::NotFound),
    })
}

fn plot_page(chrome: Chrome, (view, names): &View, typed: PlotForm, faults: Faults, now: Instant) -> PlotPage {
    let (one, plot) = (&view.allotment, &view.plot);
    let (site, facility, zone) = (&one.site, &one.facility, one.site.zone);
    let open = one.tenancies.iter().filter(|tenancy| tenancy.is_open(now)).min_by_key(|tenancy| tenancy.starts);
    let lasted = |one: &Tenancy| {
        let days = format!("{} to {}", long_date(local_date(zone, one.starts)), long_date(one.last_day(zone)));
        (one.holder.name().to_owned(), days)
    };
    let from = one.free_from(plot, now);
    let today = one.today(now);
    PlotPage {
        chrome,
        faults,
        notice: None,
        number: plot.number.to_string(),
        size: plot.size.to_string(),
        name: facility.name.clone(),
        list: urls::manage_plots(&site.slug, &facility.slug),
        site: urls::manage_site(&site.slug),
        site_name: site.name.clone(),
        manage: urls::MANAGE,
        action: urls::manage_plot(&site.slug, &facility.slug, plot.number.as_str()),
        standing: one.standing(plot, now),
        tenancy: open.map(|tenancy| tenancy_part(view, tenancy, &typed, now)),
        letting: from.map(|from| (from.to_string(), groups(names, &typed))),
        past: one.tenancies.iter().filter(|one| !one.is_open(now)).map(lasted).collect(),
        keys: keys(view),
        inspections: view
            .inspections
            .iter()
            .map(|one| (one.found.shown_as(), one.found.words(), long_date(one.date), one.note.clone()))
            .collect(),
        found: Found::ALL.map(|one| Choice::new(one.code(), one.words(), one.code() == typed.found)).to_vec(),
        today: today.to_string(),
        typed,
    }
}

fn groups(names: &[OrganisationName], typed: &PlotForm) -> Vec<Choice> {
    let person = Choice::new("", "A person", typed.organisation.is_empty());
    let groups = names.iter();
    let groups = groups.map(|one| Choice::new(one.slug.as_str(), &one.name, one.slug.as_str() == typed.organisation));
    std::iter::once(person).chain(groups).collect()
}

fn tenancy_part(view: &PlotView, tenancy: &Tenancy, typed: &PlotForm, now: Instant) -> TenancyPart {
    let one = &view.allotment;
    let (zone, today) = (one.site.zone, one.today(now));
    let (first, last) = (local_date(zone, tenancy.starts), long_date(tenancy.last_day(zone)));
    let then = if tenancy.goes_on() { "then the next season by itself" } else { "then it ends" };
    let earliest = |by: NoticeBy| (by.words(), long_date(earliest_last_day(&one.rules, by, today, first)));
    TenancyPart {
        holder: tenancy.holder.with_contact(),
        reference: tenancy.reference.to_string(),
        words: format!("{} to {last}, {then}", long_date(first)),
        notice_given: tenancy
            .notice
            .map(|notice| format!("{}, on {}", notice.by.words(), long_date(local_date(zone, notice.at)))),
        by: NoticeBy::ALL.map(|by| Choice::new(by.code(), by.words(), by.code() == typed.by)).to_vec(),
        earliest: NoticeBy::ALL.map(earliest).to_vec(),
    }
}

fn keys(view: &PlotView) -> Vec<KeyRow> {
    let row = |(place, key): (usize, &crate::domain::plots::PlotKey)| {
        let holder = view.allotment.tenancies.iter().find(|one| one.id == key.tenancy);
        let holder = holder.map_or_else(String::new, |one| format!(" to {}", one.holder.name()));
        let back = key.back.map_or_else(String::new, |(day, pence)| {
            format!(". Back on {}, {} returned", long_date(day), pounds(pence))
        });
        KeyRow {
            place,
            words: format!(
                "Key {}, given{holder} on {}, deposit {}{back}",
                key.number,
                long_date(key.given),
                pounds(key.deposit_pence)
            ),
            out: key.back.is_none().then(|| pounds(key.deposit_pence).trim_start_matches('£').to_owned()),
        }
    };
    view.keys.iter().enumerate().map(row).collect()
}
