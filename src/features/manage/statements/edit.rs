//! The form with everything that can be filled in.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service;
use crate::domain::instance_words::{BLANKS, Blank};
use crate::error::Error;
use crate::urls;
use crate::web::access::Administrator;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/statements/edit.html")]
struct EditPage {
    chrome: Chrome,
    faults: Faults,
    blanks: Vec<(&'static Blank, String)>,
    missing: Vec<&'static str>,
}

/// A text for each field.
#[derive(Deserialize)]
pub struct StatementForm(Vec<(String, String)>);

impl StatementForm {
    /// Whether it has a field that the page does not.
    fn is_foreign(&self) -> bool {
        !self.0.iter().map(|(name, _)| name.as_str()).all(|name| BLANKS.iter().any(|blank| blank.field == name))
    }

    fn of(&self, field: &str) -> &str {
        self.0.iter().find(|(one, _)| one == field).map_or("", |(_, text)| text)
    }
}

pub async fn get(_: Administrator, state: Shared, chrome: Chrome) -> Result<HttpResponse, Error> {
    let words = service::words(&state.db).await?;
    page::ok(&EditPage {
        chrome,
        faults: Faults::none(),
        blanks: BLANKS.iter().map(|blank| (blank, words.of(blank.field).to_owned())).collect(),
        missing: words.missing().map(|blank| blank.label).collect(),
    })
}

pub async fn post(
    request: HttpRequest,
    who: Administrator,
    state: Shared,
    form: ProtectedForm<StatementForm>,
) -> Result<HttpResponse, Error> {
    if form.is_foreign() {
        return Err(Error::BadRequest("This form is not as the page made it. Open the page again".to_owned()));
    }
    let mut faults = Faults::none();
    let read = |blank: &Blank, faults: &mut Faults| {
        (blank.setting(), faults.take(blank.field, blank.parse(form.of(blank.field))))
    };
    let typed: Vec<(String, String)> = BLANKS.iter().map(|blank| read(blank, &mut faults)).collect();
    if !faults.is_empty() {
        let blanks = BLANKS.iter().map(|blank| (blank, form.of(blank.field).to_owned())).collect();
        return page::unprocessable(&EditPage { chrome: Chrome::of(&request), faults, blanks, missing: Vec::new() });
    }
    service::save(&state.db, who.actor.person, typed, state.clock.now()).await?;
    Ok(page::done(urls::MANAGE_STATEMENTS, "saved"))
}
