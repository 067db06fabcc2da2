//! The table of times with the reason for each, what would go now, and the button by which it goes.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Standing};
use crate::domain::retention::{Kept, NEVER, RULES, days_words};
use crate::domain::words::{counted, date_and_clock};
use crate::error::Error;
use crate::urls;
use crate::web::access::Administrator;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/retention/edit.html")]
struct EditPage {
    chrome: Chrome,
    faults: Faults,
    rows: Vec<Row>,
    never: &'static [(&'static str, &'static str)],
    last: Option<String>,
    /// What would go, by kind, and all together.
    tried: Option<(Vec<(&'static str, String)>, String)>,
}

struct Row {
    code: &'static str,
    what: &'static str,
    hint: String,
    value: String,
}

/// What was sent: an act, and a number of days for each code.
#[derive(Deserialize)]
pub struct RetentionForm(Vec<(String, String)>);

impl RetentionForm {
    /// Whether it has a field that the page does not.
    fn is_foreign(&self) -> bool {
        !self
            .0
            .iter()
            .map(|(name, _)| name.as_str())
            .all(|name| RULES.iter().any(|rule| rule.code == name) || name == "act")
    }

    fn of(&self, name: &str) -> &str {
        self.0.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }
}

fn edit_page(chrome: Chrome, faults: Faults, (times, last): Standing, typed: Option<&RetentionForm>) -> EditPage {
    let row = |rule: &crate::domain::retention::Rule| Row {
        code: rule.code,
        what: rule.what,
        hint: format!(
            "{} Usually {}, and from {} to {} days.",
            rule.why,
            days_words(rule.usual),
            rule.least,
            rule.most
        ),
        value: typed.map_or_else(|| times.of(rule.kind).to_string(), |form| form.of(rule.code).to_owned()),
    };
    EditPage {
        chrome,
        faults,
        rows: RULES.iter().map(row).collect(),
        never: &NEVER,
        last: last.map(|(at, rows)| {
            let many = counted(rows, "entry", "entries");
            format!("{}: {many}", date_and_clock(chrono_tz::Europe::London, at))
        }),
        tried: None,
    }
}

pub async fn get(_: Administrator, state: Shared, chrome: Chrome) -> Result<HttpResponse, Error> {
    page::ok(&edit_page(chrome, Faults::none(), service::standing(&state.db).await?, None))
}

pub async fn post(
    request: HttpRequest,
    who: Administrator,
    state: Shared,
    form: ProtectedForm<RetentionForm>,
) -> Result<HttpResponse, Error> {
    if form.is_foreign() {
        return Err(Error::BadRequest("This form is not as the page made it. Open the page again".to_owned()));
    }
    let (chrome, by) = (Chrome::of(&request), who.actor.person);
    let means = (state.clock.now(), state.mailer.clone());
    match form.of("act") {
        "try" => {
            let removed = service::attempt(&state.db, means, by).await?;
            let page = edit_page(chrome, Faults::none(), service::standing(&state.db).await?, None);
            page::ok(&EditPage { tried: Some(tried(&removed)), ..page })
        }
        "run" => {
            service::run(&state.db, means, by).await?;
            Ok(page::done(urls::MANAGE_RETENTION, "removed-old"))
        }
        _ => {
            let mut faults = Faults::none();
            let times: Vec<(Kept, i32)> =
                RULES.iter().map(|rule| (rule.kind, faults.take(rule.code, rule.parse(form.of(rule.code))))).collect();
            if !faults.is_empty() {
                let standing = service::standing(&state.db).await?;
                return page::unprocessable(&edit_page(chrome, faults, standing, Some(&form)));
            }
            service::save(&state.db, by, times, state.clock.now()).await?;
            Ok(page::done(urls::MANAGE_RETENTION, "saved"))
        }
    }
}

fn tried(removed: &[(Kept, usize)]) -> (Vec<(&'static str, String)>, String) {
    let words = |rows: usize| counted(i64::try_from(rows).unwrap_or(i64::MAX), "entry", "entries");
    let some = removed.iter().filter(|(_, rows)| 0 < *rows);
    let all = removed.iter().map(|(_, rows)| rows).sum();
    (some.map(|(kind, rows)| (kind.rule().what, words(*rows))).collect(), words(all))
}
