//! One decision with the facts it needs. A stale form decides nothing and shows how it stands.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Answer, Case, Decision, Dossier, Line};
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, rough_length, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionForm {
    version: i32,
    decision: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "requests/decide.html")]
struct DecidePage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<String>,
    reference: String,
    booking: String,
    action: String,
    title: String,
    stage: Stage,
    waits: bool,
    holder: String,
    booked_by: String,
    when: String,
    note: String,
    facts: Vec<Fact>,
    reason: String,
    version: i32,
}

/// A fact to decide on: fine, or something to look at.
struct Fact {
    look: bool,
    heading: String,
    words: String,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let dossier = service::dossier(&state.db, reference, who.actor.clone()).await?.ok_or(Error::NotFound)?;
    page::ok(&decide_page(chrome, &dossier, state.clock.now()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<DecisionForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let (chrome, now) = (Chrome::of(&request), state.clock.now());
    let decision = match read(&form) {
        Ok(decision) => decision,
        Err(faults) => {
            let dossier = service::dossier(&state.db, reference, who.actor.clone()).await?.ok_or(Error::NotFound)?;
            let page = decide_page(chrome, &dossier, now);
            return page::unprocessable(&DecidePage { faults, reason: form.reason.clone(), ..page });
        }
    };
    let done = if decision == Decision::Approve { "approved" } else { "declined" };
    let means = (now, state.mailer.clone());
    let at = (reference.clone(), form.version);
    let notice = match service::decide(&state.db, means, who.actor.clone(), at, decision).await? {
        Answer::Done(_) => return Ok(page::done(&urls::booking(&reference), done)),
        Answer::NotFound => return Err(Error::NotFound),
        Answer::Stale(_) => {
            "This request has changed since you looked. Nothing was decided. Here is how it stands now.".to_owned()
        }
        Answer::NotPossible(why, _) => format!("{}.", why.words()),
        Answer::Refused(refusals, case) => refused_words(&refusals, &case),
    };
    let dossier = service::dossier(&state.db, reference, who.actor.clone()).await?.ok_or(Error::NotFound)?;
    let page = DecidePage { notice: Some(notice), ..decide_page(chrome, &dossier, now) };
    page::with_status(StatusCode::CONFLICT, &page)
}

fn read(form: &DecisionForm) -> Result<Decision, Faults> {
    let mut faults = Faults::none();
    match form.decision.as_str() {
        "approve" => return Ok(Decision::Approve),
        "decline" => {
            let reason = faults.paragraphs("reason", &form.reason, 500);
            if reason.is_empty() {
                faults.add("reason", "Enter a reason. The booker gets it by email");
            }
            if faults.is_empty() {
                return Ok(Decision::Decline { reason });
            }
        }
        _ => faults.add("reason", "Choose “Approve” or “Decline”"),
    }
    Err(faults)
}

fn refused_words(refusals: &[crate::domain::refusal::Refusal], case: &Case) -> String {
    let name = case.facilities.first().map_or("It", |facility| facility.name.as_str());
    let words: Vec<String> = refusals.iter().map(|one| one.words(name, case.site.zone)).collect();
    format!("It cannot be approved: {}. Decline it, or ask the booker for another time.", words.join(". "))
}

fn decide_page(chrome: Chrome, dossier: &Dossier, now: Instant) -> DecidePage {
    let (case, booking) = (&dossier.case, &dossier.case.booking);
    let waits = booking.waiting(now).next().is_some();
    DecidePage {
        chrome,
        faults: Faults::none(),
        notice: None,
        reference: booking.reference.to_string(),
        booking: urls::booking(&booking.reference),
        action: urls::request(&booking.reference),
        title: format!("{}, {}", case.for_mail().facility_names(), booking.purpose),
        stage: if !waits && booking.stage() == Stage::Requested { Stage::Expired } else { booking.stage() },
        waits,
        holder: booking.holder_name().to_owned(),
        booked_by: booking.booked_by.as_ref().map_or_else(String::new, |booker| booker.name.clone()),
        when: booking.occurrences.first().map_or_else(String::new, |one| case.for_mail().when(one)),
        note: booking.note.clone(),
        facts: facts(dossier, now),
        reason: String::new(),
        version: booking.version,
    }
}

fn facts(dossier: &Dossier, now: Instant) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(deadline(dossier, now));
    facts.extend(fit(dossier));
    facts.push(past(dossier));
    facts.push(around(dossier));
    facts
}

fn deadline(dossier: &Dossier, now: Instant) -> Option<Fact> {
    let case = &dossier.case;
    let until = case.booking.waiting(now).find_map(|one| one.state.until())?;
    let left = until.minutes_since(now);
    Some(Fact {
        look: left < 24 * 60,
        heading: format!("Decide in {}", rough_length(left)),
        words: format!("By {}. Then it expires by itself", date_and_clock(case.site.zone, until)),
    })
}

fn fit(dossier: &Dossier) -> Option<Fact> {
    let facility = dossier.case.facilities.first()?;
    let (people, capacity) = (dossier.case.booking.people, facility.rules.capacity);
    Some(Fact {
        look: capacity < people,
        heading: "Fit".to_owned(),
        words: format!("{}, {} takes {capacity}", counted(people.into(), "person", "people"), facility.name),
    })
}

fn past(dossier: &Dossier) -> Fact {
    let of = |stage: Stage| dossier.past.get(&stage).copied().unwrap_or_default();
    let (confirmed, cancelled) = (of(Stage::Confirmed), of(Stage::Cancelled));
    if confirmed + cancelled == 0 {
        return Fact {
            look: true,
            heading: "First booking here".to_owned(),
            words: "They have not booked at this site before".to_owned(),
        };
    }
    Fact {
        look: confirmed < cancelled * 2,
        heading: "Bookings here".to_owned(),
        words: format!("{confirmed} confirmed, {cancelled} cancelled"),
    }
}

fn around(dossier: &Dossier) -> Fact {
    let session = dossier.case.booking.occurrences.first().map(|one| one.session);
    let clash = |line: &&Line| session.is_some_and(|session| session.overlaps(line.session));
    let rivals = dossier.around.iter().filter(clash).count();
    let words: Vec<String> = dossier
        .around
        .iter()
        .map(|line| {
            let who = line.organisation.as_ref().map_or("The site", |(_, name)| name.as_str());
            format!("{who} {} ({})", times(line.zone, line.session), line.stage.words().to_lowercase())
        })
        .collect();
    Fact {
        look: 0 < rivals,
        heading: if rivals == 0 {
            "No conflicts".to_owned()
        } else {
            format!("{} at that time", counted(i64::try_from(rivals).unwrap_or_default(), "other", "others"))
        },
        words: if words.is_empty() { "Nothing else within two hours".to_owned() } else { words.join("; ") },
    }
}
