//! Pages of plain words: help, privacy, accessibility. What an administrator filled in stands in the last two, and how long data is kept.

use actix_web::HttpResponse;
use askama::Template;

use super::service;
use crate::domain::instance_words::InstanceWords;
use crate::domain::retention::{NEVER, RULES, days_words};
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "places/words_help.html")]
struct HelpPage {
    chrome: Chrome,
}

#[derive(Template)]
#[template(path = "places/words_privacy.html")]
struct PrivacyPage {
    chrome: Chrome,
    words: InstanceWords,
    /// What is kept, for how long, and why.
    times: Vec<(&'static str, String, &'static str)>,
    never: &'static [(&'static str, &'static str)],
    /// For an administrator, while something is missing.
    fill_in: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "places/words_accessibility.html")]
struct AccessibilityPage {
    chrome: Chrome,
    words: InstanceWords,
    fill_in: Option<&'static str>,
}

pub async fn help(chrome: Chrome) -> Result<HttpResponse, Error> {
    page::ok(&HelpPage { chrome })
}

fn fill_in(visitor: &Visitor, words: &InstanceWords) -> Option<&'static str> {
    let administrator = visitor.actor().is_some_and(|actor| actor.administrator);
    (administrator && words.missing().next().is_some()).then_some(urls::MANAGE_STATEMENTS)
}

pub async fn privacy(state: Shared, visitor: Visitor, chrome: Chrome) -> Result<HttpResponse, Error> {
    let (words, times) = service::statements(&state.db).await?;
    page::ok(&PrivacyPage {
        chrome,
        times: RULES.iter().map(|rule| (rule.what, days_words(times.of(rule.kind)), rule.why)).collect(),
        never: &NEVER,
        fill_in: fill_in(&visitor, &words),
        words,
    })
}

pub async fn accessibility(state: Shared, visitor: Visitor, chrome: Chrome) -> Result<HttpResponse, Error> {
    let (words, _) = service::statements(&state.db).await?;
    page::ok(&AccessibilityPage { chrome, fill_in: fill_in(&visitor, &words), words })
}
