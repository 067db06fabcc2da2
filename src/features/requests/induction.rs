//! Recording the induction that a request waits for and saying yes to it, in one step.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{Months, NaiveDate};
use serde::Deserialize;

use super::decide::{self, refused_words};
use super::service::{self, Answer, Dossier};
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::span::Instant;
use crate::domain::words::{counted, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

/// For so many months an induction usually counts.
const MONTHS: u32 = 12;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InductionForm {
    version: i32,
    given_on: String,
    valid_until: String,
    /// "person" where it is only of whoever asked.
    #[serde(default)]
    whose: String,
}

/// What the page of a request asks about an induction.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub words: String,
    pub action: String,
    pub given_on: String,
    pub valid_until: String,
    /// The organisation, and the person of it who asked, where it can be of either.
    pub either: Option<(String, String)>,
}

/// What is asked; none where no date that waits lacks one.
pub fn wanted(dossier: &Dossier, now: Instant) -> Option<Wanted> {
    let case = &dossier.case;
    let first = dossier.lacking.first()?;
    let dates = i64::try_from(dossier.lacking.len()).unwrap_or_default();
    let date = case.booking.occurrences.iter().find(|one| one.ordinal == first.ordinal)?;
    let place = case.facility_of(date).map_or("It", |facility| facility.name.as_str());
    let on = local_date(case.site.zone, date.session.start());
    let today = local_date(case.site.zone, now);
    let until = today.checked_add_months(Months::new(MONTHS)).unwrap_or(today);
    let when =
        if dates == 1 { format!("on {}", long_date(on)) } else { format!("on {}", counted(dates, "date", "dates")) };
    let booker = case.booking.booked_by.as_ref().filter(|_| !case.booking.on_behalf);
    let organisation = case.booking.holder.organisation();
    Some(Wanted {
        words: format!("{place} needs an induction, and {} has none that is valid {when}.", case.booking.holder_name()),
        action: urls::request_induction(&case.booking.reference),
        given_on: today.to_string(),
        valid_until: until.to_string(),
        either: organisation.zip(booker).map(|(one, person)| (one.name.clone(), person.name.clone())),
    })
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<InductionForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let (chrome, now) = (Chrome::of(&request), state.clock.now());
    let dossier = service::dossier(&state.db, reference.clone(), who.actor.clone(), now).await?;
    let dossier = dossier.ok_or(Error::NotFound)?;
    let today = local_date(dossier.case.site.zone, now);
    let mut faults = Faults::none();
    let read = |text: &str| text.trim().parse::<NaiveDate>().ok();
    let given = read(&form.given_on).filter(|date| *date <= today);
    let given = faults.take("given_on", given.ok_or("Enter the date on which it was given, today or earlier"));
    let latest = today + chrono::Duration::days(3660);
    let until = read(&form.valid_until).filter(|date| given <= *date && *date <= latest);
    let words = "Enter the last date on which it counts, not before it was given and within ten years";
    let until = faults.take("valid_until", until.ok_or(words));
    if !faults.is_empty() {
        return page::unprocessable(&decide::with_faults(chrome, &dossier, faults, now));
    }
    let at = (reference.clone(), form.version);
    let alone = form.whose == "person";
    let means = (now, state.mailer.clone());
    let notice = match service::induct(&state.db, means, who.actor.clone(), at, (given, until, alone)).await? {
        Answer::Done(_) => return Ok(page::done(&urls::booking(&reference), "inducted-approved")),
        Answer::NotFound => return Err(Error::NotFound),
        Answer::Stale(_) => {
            "This request has changed since you looked. Nothing was decided. Here is how it stands now.".to_owned()
        }
        Answer::NotPossible(why, _) => format!("{}.", why.words()),
        Answer::Refused(refusals, case) => refused_words(&refusals, &case),
    };
    let dossier = service::dossier(&state.db, reference, who.actor.clone(), now).await?.ok_or(Error::NotFound)?;
    page::with_status(StatusCode::CONFLICT, &decide::with_notice(chrome, &dossier, notice, now))
}
