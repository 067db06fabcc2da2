//! An allotment for everybody: its plan with what is let and what is free, its rules, how many wait, and the way into the line. No names.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Allotment, AllotmentAt, JoinLineAnswer};
use crate::domain::ids::Slug;
use crate::domain::plot_line::{Wish, place};
use crate::domain::plots::Plot;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::domain::tenancy::Standing;
use crate::domain::words::{counted, date_and_clock, long_date, ordinal};
use crate::error::Error;
use crate::urls;
use crate::web::access::{SignedIn, Visitor};
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::plan::{Square, plan};
use crate::web::state::Shared;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JoinForm {
    /// The slug of an organisation; empty for oneself.
    holder: String,
    wish: String,
}

#[derive(Template)]
#[template(path = "plots/place.html")]
struct PlacePage {
    chrome: Chrome,
    faults: Faults,
    name: String,
    site_name: String,
    site_href: String,
    about: String,
    season: String,
    squares: Vec<Square>,
    rows: Vec<Row>,
    counts: String,
    waiting: String,
    rules: Vec<(&'static str, String)>,
    /// One's own plots and places here.
    own: Vec<(String, String)>,
    action: String,
    sign_in: Option<String>,
    holders: Vec<Choice>,
    wishes: Vec<Choice>,
    manage: Option<String>,
}

struct Row {
    number: String,
    size: String,
    standing: Standing,
    until: String,
}

fn slugs(path: &(String, String)) -> Result<(Slug, Slug), Error> {
    Slug::parse(&path.0).zip(Slug::parse(&path.1)).ok_or(Error::NotFound)
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    visitor: Visitor,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let actor = visitor.actor().cloned();
    let found = service::allotment(&state.db, slugs(&path)?, actor.clone(), now).await?.ok_or(Error::NotFound)?;
    page::ok(&place_page(chrome, &found, actor.as_ref(), &JoinForm::default(), Faults::none(), now))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    form: ProtectedForm<JoinForm>,
) -> Result<HttpResponse, Error> {
    let (now, slugs) = (state.clock.now(), slugs(&path)?);
    let actor = who.actor.clone();
    let found = service::allotment(&state.db, slugs.clone(), Some(actor.clone()), now).await?.ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let holder = service::holder(&actor, &form.holder);
    if holder.is_none() {
        faults.add("holder", "Choose yourself or a group that you book for");
    }
    let wish = Wish::parse(&form.wish);
    if wish.is_none() {
        faults.add("wish", "Choose what size you would like");
    }
    if let (Some(holder), Some(wish)) = (holder, wish) {
        let means = (now, state.mailer.clone());
        let at = AllotmentAt { site: slugs.0, facility: slugs.1 };
        match service::join(&state.db, means, at, (holder, wish), actor.person).await? {
            JoinLineAnswer::Joined(reference) => return Ok(page::done(&urls::plot(&reference), "line-joined")),
            JoinLineAnswer::Before(reference) => return Ok(page::done(&urls::plot(&reference), "line-before")),
            JoinLineAnswer::NotFound => return Err(Error::NotFound),
            JoinLineAnswer::HasPlot(number) => {
                faults.add("holder", format!("They have plot {number} here already, and each has one only"));
            }
            JoinLineAnswer::Closed => faults.add("holder", "This allotment takes nobody new"),
        }
    }
    page::unprocessable(&place_page(Chrome::of(&request), &found, Some(&actor), &form, faults, now))
}

fn place_page(
    chrome: Chrome,
    one: &Allotment,
    actor: Option<&Actor>,
    typed: &JoinForm,
    faults: Faults,
    now: Instant,
) -> PlacePage {
    let (site, facility) = (&one.site, &one.facility);
    let standings: Vec<(&Plot, Standing)> = one.plots.iter().map(|plot| (plot, one.standing(plot, now))).collect();
    let free = standings.iter().filter(|(_, standing)| matches!(standing, Standing::Vacant(_))).count();
    let (from, next) = one.rules.season.around(one.today(now));
    let waiting = i64::try_from(one.line.len()).unwrap_or_default();
    let path = urls::plots(&site.slug, &facility.slug);
    PlacePage {
        chrome,
        faults,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        about: facility.about.clone(),
        season: format!("{} to {}", long_date(from), long_date(next.pred_opt().unwrap_or(next))),
        squares: plan(&standings, |plot| format!("#plot-{}", plot.number)),
        rows: standings.iter().map(|(plot, standing)| row(one, plot, *standing)).collect(),
        counts: format!(
            "{}, {} to let",
            counted(i64::try_from(one.plots.len()).unwrap_or_default(), "plot", "plots"),
            if free == 0 { "none".to_owned() } else { free.to_string() }
        ),
        waiting: if waiting == 0 {
            "Nobody waits for a plot.".to_owned()
        } else {
            format!("{} for a plot.", counted(waiting, "person or group waits", "people and groups wait"))
        },
        rules: one.rules.in_words(),
        own: actor.map_or_else(Vec::new, |actor| own(one, actor, now)),
        sign_in: actor.is_none().then(|| urls::sign_in_then(&path)),
        holders: actor.map_or_else(Vec::new, |actor| holders(actor, typed)),
        wishes: Wish::ALL.map(|wish| Choice::new(wish.code(), wish.words(), wish.code() == typed.wish)).to_vec(),
        manage: actor.filter(|actor| actor.manages(site.id)).map(|_| urls::manage_plots(&site.slug, &facility.slug)),
        action: path,
    }
}

fn row(one: &Allotment, plot: &Plot, standing: Standing) -> Row {
    let until = match standing {
        Standing::Ending(day) => format!("Until {}", long_date(day)),
        Standing::Offered(until) => format!("Kept until {}", date_and_clock(one.site.zone, until)),
        Standing::LetFrom(day) => format!("From {}", long_date(day)),
        Standing::Vacant(_) => "Now".to_owned(),
        Standing::Let | Standing::Resting => String::new(),
    };
    Row { number: plot.number.to_string(), size: plot.size.to_string(), standing, until }
}

/// What one has here, with a link to its page.
fn own(one: &Allotment, actor: &Actor, now: Instant) -> Vec<(String, String)> {
    let keys = service::keys(actor);
    let plots = one.tenancies.iter().filter(|tenancy| keys.contains(&tenancy.key) && tenancy.is_open(now));
    let plots = plots.filter_map(|tenancy| {
        let plot = one.plot_of(tenancy.unit)?;
        Some((format!("Plot {}, {}", plot.number, tenancy.holder.name()), urls::plot(&tenancy.reference)))
    });
    let places = one.line.iter().filter(|entry| keys.contains(&entry.key)).filter_map(|entry| {
        let (at, of) = place(&one.line, entry.id)?;
        let at = ordinal(u32::try_from(at).ok()?);
        Some((format!("{at} of {of} in the line, {}", entry.holder.name()), urls::plot(&entry.reference)))
    });
    plots.chain(places).collect()
}

fn holders(actor: &Actor, typed: &JoinForm) -> Vec<Choice> {
    let own = Choice::new("", format!("Myself, {}", actor.name), typed.holder.is_empty());
    let groups = actor.books_for();
    let groups = groups.map(|one| Choice::new(one.slug.as_str(), &one.name, one.slug.as_str() == typed.holder));
    std::iter::once(own).chain(groups).collect()
}
