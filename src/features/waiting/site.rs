//! A site's queues for its managers, with names, and which classes of organisations come first in them.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Queued, SiteView};
use crate::domain::ids::Slug;
use crate::domain::organisation::Class;
use crate::domain::span::Instant;
use crate::domain::waiting::{Standing, plural, rule_words};
use crate::domain::words::{counted, date_and_clock, date_and_times, rough_length};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

/// The classes in order, by code; "" for none.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorityForm {
    #[serde(default)]
    first: String,
    #[serde(default)]
    second: String,
    #[serde(default)]
    third: String,
}

impl PriorityForm {
    fn of(classes: &[Class]) -> Self {
        let code = |place: usize| classes.get(place).map_or_else(String::new, |class| class.code().to_owned());
        Self { first: code(0), second: code(1), third: code(2) }
    }

    fn fields(&self) -> [(&'static str, &'static str, &str); 3] {
        [("first", "First", &self.first), ("second", "Then", &self.second), ("third", "And then", &self.third)]
    }

    /// The classes without the gaps between them.
    fn parse(&self) -> Result<Vec<Class>, Faults> {
        let (mut faults, mut classes) = (Faults::none(), Vec::new());
        for (field, _, code) in self.fields().into_iter().filter(|(.., code)| !code.is_empty()) {
            match Class::parse(code) {
                None => faults.add(field, "Choose from the list"),
                Some(class) if classes.contains(&class) => {
                    faults.add(field, format!("{} come first already. Choose another or none", plural(class)));
                }
                Some(class) => classes.push(class),
            }
        }
        if faults.is_empty() { Ok(classes) } else { Err(faults) }
    }
}

#[derive(Template)]
#[template(path = "waiting/site.html")]
struct SitePage {
    chrome: Chrome,
    faults: Faults,
    name: String,
    site: String,
    manage: &'static str,
    action: String,
    rule: String,
    queues: Vec<Queue>,
    selects: Vec<(&'static str, &'static str, Vec<Choice>)>,
}

/// Those who wait for one facility at one time.
struct Queue {
    heading: String,
    rows: Vec<Row>,
}

struct Row {
    place: usize,
    holder: String,
    class: &'static str,
    purpose: String,
    joined: String,
    standing: Standing,
    until: String,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let view = service::of_site(&state.db, who.actor.clone(), slug, now).await?.ok_or(Error::NotFound)?;
    let typed = PriorityForm::of(&view.priorities);
    page::ok(&site_page(chrome, &view, &typed, Faults::none(), now))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<PriorityForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    match form.parse() {
        Ok(classes) => {
            let done = service::set_priorities(&state.db, who.actor.clone(), slug.clone(), classes, now).await?;
            if done { Ok(page::done(&urls::manage_waiting(&slug), "saved")) } else { Err(Error::NotFound) }
        }
        Err(faults) => {
            let view = service::of_site(&state.db, who.actor.clone(), slug, now).await?.ok_or(Error::NotFound)?;
            page::unprocessable(&site_page(Chrome::of(&request), &view, &form, faults, now))
        }
    }
}

fn site_page(chrome: Chrome, view: &SiteView, typed: &PriorityForm, faults: Faults, now: Instant) -> SitePage {
    let mut queues: Vec<Queue> = Vec::new();
    for one in &view.queue {
        let heading = format!("{}, {}", one.facility.name, date_and_times(one.site.zone, one.entry.session));
        match queues.last_mut() {
            Some(queue) if queue.heading == heading => queue.rows.push(row(one, now)),
            _ => queues.push(Queue { heading, rows: vec![row(one, now)] }),
        }
    }
    let choices = |chosen: &str| {
        let none = Choice::new("", "Nobody in particular", chosen.is_empty());
        let classes = Class::ALL.map(|class| Choice::new(class.code(), plural(class), chosen == class.code()));
        [none].into_iter().chain(classes).collect::<Vec<_>>()
    };
    SitePage {
        chrome,
        faults,
        name: view.site.name.clone(),
        site: urls::manage_site(&view.site.slug),
        manage: urls::MANAGE,
        action: urls::manage_waiting(&view.site.slug),
        rule: rule_words(&view.priorities),
        queues,
        selects: typed.fields().into_iter().map(|(field, label, chosen)| (field, label, choices(chosen))).collect(),
    }
}

fn row(one: &Queued, now: Instant) -> Row {
    let (entry, zone) = (&one.entry, one.site.zone);
    Row {
        place: one.place,
        holder: entry.organisation.name.clone(),
        class: entry.class.words(),
        purpose: format!("{}, {}", entry.purpose, counted(entry.people.into(), "person", "people")),
        joined: rough_length(now.minutes_since(entry.joined_at)),
        standing: one.standing,
        until: entry.offer.map_or_else(String::new, |offer| date_and_clock(zone, offer.until)),
    }
}
