//! The newest mails of the demo, with their text and calendar part.

use actix_web::HttpResponse;
use askama::Template;
use chrono_tz::Europe::London;

use super::service::{self, WholeMail};
use crate::domain::words::date_and_clock;
use crate::error::Error;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "demo_mail/mail.html")]
struct MailPage {
    chrome: Chrome,
    mails: Vec<MailView>,
}

struct MailView {
    subject: String,
    to: String,
    at: String,
    text: String,
    calendar: Option<String>,
    state: String,
}

pub async fn get(state: Shared, chrome: Chrome) -> Result<HttpResponse, Error> {
    if !state.demo {
        return Err(Error::NotFound);
    }
    let mails = service::newest(&state.db).await?;
    page::ok(&MailPage { chrome, mails: mails.into_iter().map(view).collect() })
}

fn view(mail: WholeMail) -> MailView {
    MailView {
        subject: mail.subject,
        to: mail.to,
        at: date_and_clock(London, mail.created_at),
        text: mail.text,
        calendar: mail.calendar,
        state: mail.state,
    }
}
