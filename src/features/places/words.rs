//! Pages of plain words: help, privacy, accessibility. Nothing on them depends on who asks.

use actix_web::HttpResponse;
use askama::Template;

use crate::error::Error;
use crate::web::chrome::Chrome;
use crate::web::page;

#[derive(Template)]
#[template(path = "places/words_help.html")]
struct HelpPage {
    chrome: Chrome,
}

#[derive(Template)]
#[template(path = "places/words_privacy.html")]
struct PrivacyPage {
    chrome: Chrome,
}

#[derive(Template)]
#[template(path = "places/words_accessibility.html")]
struct AccessibilityPage {
    chrome: Chrome,
}

pub async fn help(chrome: Chrome) -> Result<HttpResponse, Error> {
    page::ok(&HelpPage { chrome })
}

pub async fn privacy(chrome: Chrome) -> Result<HttpResponse, Error> {
    page::ok(&PrivacyPage { chrome })
}

pub async fn accessibility(chrome: Chrome) -> Result<HttpResponse, Error> {
    page::ok(&AccessibilityPage { chrome })
}
