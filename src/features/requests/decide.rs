//! One decision with the facts it needs. A stale form decides nothing and shows how it stands.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::cost;
use super::induction::{self, Wanted};
use super::papers::{self, Awaited};
use super::rivals::{Rival, lapses, rivals, so_far};
use super::service::{self, Answer, Case, DateRefused, Dates, Decision, Dossier, Line};
use crate::domain::extras;
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::span::{Instant, Span};
use crate::domain::words::{counted, date_and_clock, date_and_times, long_date, rough_length, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Faults, kept_texts};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionForm {
    version: i32,
    decision: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    condition: String,
    /// The dates that the decision is about, by ordinal; none named means all.
    #[serde(default)]
    date: Vec<i32>,
    /// The texts of which it was warned already.
    #[serde(default)]
    kept: String,
    /// That dates were offered to choose from.
    #[serde(default)]
    chosen: String,
}

#[derive(Template)]
#[template(path = "requests/decide.html")]
pub(super) struct DecidePage {
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
    /// This request and the others that ask for its time, where none of them holds it; empty where there are no others.
    rivals: Vec<Rival>,
    /// Dates that wait for papers, and what they need.
    awaited: Option<Awaited>,
    /// The dates that wait, where there are several.
    dates: Vec<DateView>,
    /// Changes that wait, each as it is and as it is wished.
    changes: Vec<ChangeLine>,
    change_action: String,
    condition: String,
    reason: String,
    kept: String,
    /// Why dates are confirmed without their papers, or declined.
    papers_reason: String,
    version: i32,
    /// The induction that is needed first.
    induction: Option<Wanted>,
}

/// A change that waits: before and after, and until when.
struct ChangeLine {
    was: String,
    wish: String,
    until: String,
}

/// One date to decide on.
struct DateView {
    ordinal: i32,
    when: String,
    /// What else is there at that time.
    beside: String,
}

/// A fact to decide on: fine, or something to look at.
struct Fact {
    look: bool,
    heading: String,
    words: String,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let dossier =
        service::dossier(&state.db, reference, who.actor.clone(), state.clock.now()).await?.ok_or(Error::NotFound)?;
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
            let dossier = service::dossier(&state.db, reference, who.actor.clone(), state.clock.now())
                .await?
                .ok_or(Error::NotFound)?;
            let page = decide_page(chrome, &dossier, now);
            return page::unprocessable(&DecidePage {
                faults,
                reason: form.reason.clone(),
                condition: form.condition.clone(),
                kept: kept_texts([form.reason.as_str(), form.condition.as_str()]),
                ..page
            });
        }
    };
    let done = match decision {
        Decision::Approve { .. } => "approved",
        Decision::Offer { .. } => "offered",
        Decision::Decline { .. } => "declined",
    };
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
    let dossier =
        service::dossier(&state.db, reference, who.actor.clone(), state.clock.now()).await?.ok_or(Error::NotFound)?;
    let page = DecidePage { notice: Some(notice), ..decide_page(chrome, &dossier, now) };
    page::with_status(StatusCode::CONFLICT, &page)
}

fn read(form: &DecisionForm) -> Result<Decision, Faults> {
    let mut faults = Faults::none();
    if ["offer", "decline"].contains(&form.decision.as_str()) {
        faults.naming(&form.kept, &[("reason", &form.reason), ("condition", &form.condition)]);
    }
    let dates = if form.date.is_empty() { Dates::All } else { Dates::These(form.date.clone()) };
    match form.decision.as_str() {
        _ if form.date.is_empty() && form.chosen == "yes" => {
            faults.add("date", "Choose at least one date to decide on");
        }
        "approve" => return Ok(Decision::Approve { dates }),
        "offer" => {
            let condition = faults.paragraphs("condition", &form.condition, 500);
            if condition.is_empty() {
                faults.add("condition", "Enter the condition. The booker gets it by email");
            }
            if faults.is_empty() {
                return Ok(Decision::Offer { dates, condition });
            }
        }
        "decline" => {
            let reason = faults.paragraphs("reason", &form.reason, 500);
            if reason.is_empty() {
                faults.add("reason", "Enter a reason. The booker gets it by email");
            }
            if faults.is_empty() {
                return Ok(Decision::Decline { dates, reason });
            }
        }
        _ => faults.add("reason", "Choose “Approve” or “Decline”"),
    }
    Err(faults)
}

pub fn refused_words(refused: &[DateRefused], case: &Case) -> String {
    let of = |one: &DateRefused| {
        let occurrence = case.booking.occurrences.iter().find(|occurrence| occurrence.ordinal == one.ordinal);
        let name = occurrence.and_then(|one| case.facility_of(one)).map_or("It", |facility| facility.name.as_str());
        let words: Vec<String> = one.refusals.iter().map(|one| one.words(name, case.site.zone)).collect();
        match occurrence.filter(|_| case.booking.is_series()) {
            Some(occurrence) => format!("{}: {}", case.for_mail().when(occurrence), words.join(". ")),
            None => words.join(". "),
        }
    };
    let words: Vec<String> = refused.iter().map(of).collect();
    let what = if case.booking.is_series() {
        "Nothing was decided, because these dates cannot be had"
    } else {
        "It cannot be approved"
    };
    format!("{what}: {}. Decline it, or ask the booker for another time.", words.join(". "))
}

/// The page of a request with faults of another form on it.
pub(super) fn with_faults(chrome: Chrome, dossier: &Dossier, faults: Faults, now: Instant) -> impl Template {
    DecidePage { faults, ..decide_page(chrome, dossier, now) }
}

/// The page of a request with what became of another form on it.
pub(super) fn with_notice(chrome: Chrome, dossier: &Dossier, notice: String, now: Instant) -> impl Template {
    DecidePage { notice: Some(notice), ..decide_page(chrome, dossier, now) }
}

pub(super) fn decide_page(chrome: Chrome, dossier: &Dossier, now: Instant) -> DecidePage {
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
        holder: match &booking.shared_with {
            Some(second) => format!("{}, shared with {}", booking.holder.with_contact(), second.name),
            None => booking.holder.with_contact(),
        },
        booked_by: booking.booked_by.as_ref().map_or_else(String::new, |booker| booker.name.clone()),
        when: case.for_mail().when_all(),
        note: booking.note.clone(),
        facts: facts(dossier, now),
        awaited: papers::awaited(case, now),
        rivals: if waits { rivals(dossier) } else { Vec::new() },
        dates: dates(dossier, now),
        changes: dossier
            .changes
            .iter()
            .map(|one| ChangeLine {
                was: one.was.clone(),
                wish: one.wish.clone(),
                until: date_and_clock(case.site.zone, one.until),
            })
            .collect(),
        change_action: urls::request_change(&booking.reference),
        condition: String::new(),
        reason: String::new(),
        kept: String::new(),
        papers_reason: String::new(),
        induction: induction::wanted(dossier, now),
        version: booking.version,
    }
}

impl DecidePage {
    /// The same after an answer about dates that wait for papers could not be done.
    pub(super) fn about_papers(self, faults: Faults, notice: Option<String>, papers_reason: String) -> Self {
        Self { faults, notice, papers_reason, ..self }
    }
}

/// The dates of a series that wait, each with what else takes or asks for its time.
fn dates(dossier: &Dossier, now: Instant) -> Vec<DateView> {
    let case = &dossier.case;
    if !case.booking.is_series() {
        return Vec::new();
    }
    let rivals = |session: Span| dossier.around.iter().filter(move |line| line.session.overlaps(session)).count();
    case.booking
        .waiting(now)
        .map(|one| DateView {
            ordinal: one.ordinal,
            when: format!(
                "{}{}",
                case.for_mail().when(one),
                case.facility_of(one).map_or_else(String::new, |facility| format!(", {}", facility.name))
            ),
            beside: match rivals(one.session) {
                0 => String::new(),
                number => {
                    format!("{} at that time", counted(i64::try_from(number).unwrap_or_default(), "other", "others"))
                }
            },
        })
        .collect()
}

fn facts(dossier: &Dossier, now: Instant) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(deadline(dossier, now));
    facts.extend(fit(dossier));
    let costs = cost::facts(dossier).into_iter();
    facts.extend(costs.map(|(heading, words, look)| Fact { look, heading: heading.to_owned(), words }));
    facts.extend(alone(dossier));
    facts.extend(papers_fact(dossier));
    facts.push(past(dossier));
    facts.extend(care(dossier));
    // What is declined or lost has no time that anything could be in the way of.
    if dossier.case.booking.occurrences.iter().any(|one| one.state.stage().is_active()) {
        facts.push(around(dossier));
    }
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

/// Somebody who is alone in a building with a stranger wants whoever decides to know it.
fn alone(dossier: &Dossier) -> Option<Fact> {
    let zone = dossier.case.site.zone;
    let words = match dossier.alone.as_slice() {
        [] => return None,
        [one] => date_and_times(zone, *one),
        [first, ..] => {
            let number = counted(i64::try_from(dossier.alone.len()).unwrap_or_default(), "date", "dates");
            format!("{number}, the first {}", date_and_times(zone, *first))
        }
    };
    let heading = "The only occupied room in the building".to_owned();
    Some(Fact { look: true, heading, words: format!("{words}, as things stand now") })
}

/// What the dates would still need after a yes.
fn papers_fact(dossier: &Dossier) -> Option<Fact> {
    let (words, look) = dossier.papers.clone()?;
    let heading = if look { "Papers missing" } else { "Papers on file" };
    Some(Fact { look, heading: heading.to_owned(), words })
}

/// What they say because the place asks for it.
fn care(dossier: &Dossier) -> Vec<Fact> {
    let said = &dossier.case.booking.particulars;
    let fact = |heading: &str, words: String| Fact { look: false, heading: heading.to_owned(), words };
    let mut facts = Vec::new();
    if said.tells_allergens() {
        facts.push(fact("Allergens", said.allergens_in_words()));
    }
    if !said.labels.is_empty() {
        facts.push(fact("There will be", said.labels.join(", ")));
    }
    if !said.layout.is_empty() {
        facts.push(fact("Layout", said.layout.clone()));
    }
    if !said.extras.is_empty() {
        facts.push(fact("Extras", extras::in_words(&said.extras)));
    }
    if !said.access_in_words().is_empty() {
        facts.push(fact("People need", said.access_in_words()));
    }
    let asked = dossier.case.facilities.iter().any(|facility| facility.care.risk_date);
    match said.risk_assessed {
        Some(date) => facts.push(fact("Risk assessment", format!("Confirmed on {}", long_date(date)))),
        None if asked => facts.push(Fact { look: true, ..fact("Risk assessment", "No date given".to_owned()) }),
        None => {}
    }
    facts
}

fn past(dossier: &Dossier) -> Fact {
    let (confirmed, cancelled) = so_far(dossier, dossier.case.booking.organisation_id());
    if dossier.case.booking.holder.is_person() {
        return Fact {
            look: true,
            heading: "A person without an account".to_owned(),
            words: "The site’s staff asked for them".to_owned(),
        };
    }
    if confirmed + cancelled == 0 {
        return Fact {
            look: true,
            heading: "First booking here".to_owned(),
            words: "They have not booked at this site before".to_owned(),
        };
    }
    let lapsed = lapses(dossier, dossier.case.booking.organisation_id());
    Fact {
        look: confirmed < cancelled * 2 || lapsed.is_some(),
        heading: "Bookings here".to_owned(),
        words: match lapsed {
            Some(words) => format!("{confirmed} confirmed, {cancelled} cancelled; {words}"),
            None => format!("{confirmed} confirmed, {cancelled} cancelled"),
        },
    }
}

fn around(dossier: &Dossier) -> Fact {
    let stands: Vec<Span> = dossier
        .case
        .booking
        .occurrences
        .iter()
        .filter(|one| one.state.stage().is_active())
        .map(|one| one.session)
        .collect();
    let clash = |line: &&Line| stands.iter().any(|session| session.overlaps(line.session));
    let rivals = dossier.around.iter().filter(clash).count();
    let words: Vec<String> = dossier
        .around
        .iter()
        .map(|line| {
            let who = line.holder.name();
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
