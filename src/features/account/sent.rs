//! "Check your email": what is said after anything that sends a mail to somebody who is not signed in. It is the same for
//! addresses that are known and those that are not.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::error::Error;
use crate::web::chrome::Chrome;
use crate::web::page as answer;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "account/sent.html")]
struct SentPage {
    chrome: Chrome,
    email: String,
    what: Sent,
    /// Without a mail server nothing comes, and saying so is kinder than a wait.
    sends_mail: bool,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    Registration,
    /// Somebody signed in rightly whose address was never confirmed.
    Confirmation,
    SignInLink,
    TodayLink,
    NewPassword,
    NewAddress,
}

pub fn page(request: &HttpRequest, what: Sent, email: String) -> Result<HttpResponse, Error> {
    let sends_mail = request.app_data::<Shared>().is_none_or(|state| state.sends_mail);
    answer::ok(&SentPage { chrome: Chrome::of(request), email, what, sends_mail })
}
