//! How a date went, in half a minute: how many came, how they heard of it, how the place was left. By account, or by a mailed link that
//! opens this form only and shows nothing but place and time.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Asks, AttendanceAnswer, Known};
use crate::domain::attendance::{CORRECTED_DAYS, Figures, Heard, HeldDate, MOST_PEOPLE, Outcome, Standing};
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, date_and_times, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults, kept_texts};
use crate::web::page;
use crate::web::state::{Shared, State};

/// More other dates than these nobody looks through here.
const MOST_OTHERS: usize = 12;

#[derive(Debug, Deserialize)]
pub struct DateQuery {
    date: Option<i32>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttendanceForm {
    date: i32,
    outcome: String,
    people: String,
    new_people: String,
    gp: String,
    link_worker: String,
    own: String,
    other: String,
    /// "yes" or "no".
    found: String,
    note: String,
    /// The text of which it was warned already.
    kept: String,
}

#[derive(Template)]
#[template(path = "attendance/form.html")]
struct FormPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<String>,
    action: String,
    /// The booking's reference and page; none for whoever has a link only.
    booking: Option<(String, String)>,
    place: String,
    when: String,
    typed: AttendanceForm,
    outcomes: Vec<Choice>,
    found: Vec<Choice>,
    kept: String,
    /// What was said of it before.
    before: Option<String>,
    no_show: Option<&'static str>,
    /// Why nothing can be said of it, and what was.
    closed: Option<(String, Vec<(&'static str, String)>)>,
    others: Vec<(String, String, bool)>,
}

/// A link that opens nothing any more.
#[derive(Template)]
#[template(path = "attendance/form_gone.html")]
struct GonePage {
    chrome: Chrome,
    bookings: &'static str,
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    query: Query<DateQuery>,
    who: SignedIn,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let asks = Asks::Person(who.actor.clone(), reference, query.date);
    let known = service::form(&state.db, asks, state.clock.now()).await?.ok_or(Error::NotFound)?;
    page::ok(&by_account(&request, &state, &known, None))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<AttendanceForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let asks = Asks::Person(who.actor.clone(), reference.clone(), Some(form.date));
    let now = state.clock.now();
    let known = service::form(&state.db, asks.clone(), now).await?.ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let figures = read(&form, &mut faults);
    if !faults.is_empty() {
        let page = by_account(&request, &state, &known, Some(form.0));
        return page::unprocessable(&FormPage { faults, ..page });
    }
    match service::record(&state.db, (now, state.mailer.clone()), asks, (form.date, figures)).await? {
        AttendanceAnswer::Done => Ok(page::done(&urls::booking(&reference), "attendance-noted")),
        AttendanceAnswer::NotFound => Err(Error::NotFound),
        AttendanceAnswer::NotNow(_) => {
            let page = by_account(&request, &state, &known, None);
            page::with_status(StatusCode::CONFLICT, &FormPage { notice: Some(NOTHING.to_owned()), ..page })
        }
    }
}

const NOTHING: &str = "Nothing was noted.";

pub async fn get_link(request: HttpRequest, state: Shared, path: Path<String>) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    match by_link(&state, &path, now).await? {
        Some((known, _)) => page::ok(&link_page(&request, &path, &known, AttendanceForm::default())),
        None => gone(&request),
    }
}

pub async fn post_link(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<AttendanceForm>,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let Some((known, asks)) = by_link(&state, &path, now).await? else {
        return gone(&request);
    };
    let mut faults = Faults::none();
    let figures = read(&form, &mut faults);
    if !faults.is_empty() {
        let page = link_page(&request, &path, &known, form.0);
        return page::unprocessable(&FormPage { faults, ..page });
    }
    let said = (known.date.ordinal, figures);
    match service::record(&state.db, (now, state.mailer.clone()), asks, said).await? {
        AttendanceAnswer::Done => Ok(page::done(&urls::attendance_link(&path), "attendance-noted")),
        AttendanceAnswer::NotFound | AttendanceAnswer::NotNow(_) => gone(&request),
    }
}

async fn by_link(state: &State, path: &str, now: Instant) -> Result<Option<(Known, Asks)>, Error> {
    let Some(asks) = Asks::link(path) else {
        return Ok(None);
    };
    let known = service::form(&state.db, asks.clone(), now).await?;
    // Once it is closed, or was put off, the link opens nothing.
    let open = known.filter(|known| matches!(known.date.standing(now), Standing::Open(_)));
    Ok(open.map(|known| (known, asks)))
}

fn gone(request: &HttpRequest) -> Result<HttpResponse, Error> {
    page::with_status(StatusCode::GONE, &GonePage { chrome: Chrome::of(request), bookings: urls::BOOKINGS })
}

/// Reads the figures; what is left empty counts as nobody.
fn read(form: &AttendanceForm, faults: &mut Faults) -> Figures {
    let outcome = faults.take("outcome", Outcome::parse(&form.outcome).ok_or("Choose what happened"));
    let used = outcome != Outcome::Unused;
    let left_as_found = !used || form.found == "yes";
    if used && !["yes", "no"].contains(&form.found.as_str()) {
        faults.add("found", "Choose whether you left it as you found it");
    }
    let note = if used && form.found == "no" {
        faults.naming(&form.kept, &[("note", &form.note)]);
        faults.line("note", &form.note, "what was not as you found it", 160)
    } else {
        String::new()
    };
    if outcome != Outcome::Came || faults.of("outcome").is_some() {
        return Figures { outcome, left_as_found, note, ..Figures::default() };
    }
    let people = faults.number("people", &form.people, "how many people came", (1, MOST_PEOPLE));
    let mut few = |field, typed: &str, what| {
        if typed.trim().is_empty() { 0 } else { faults.number(field, typed, what, (0, MOST_PEOPLE)) }
    };
    let new_people = few("new_people", &form.new_people, "how many of them were new");
    let heard = Heard {
        gp: few("gp", &form.gp, "how many came from a GP"),
        link_worker: few("link_worker", &form.link_worker, "how many came from a link worker"),
        own: few("own", &form.own, "how many found it themselves"),
        other: few("other", &form.other, "how many heard of it in another way"),
    };
    if faults.of("people").is_none() {
        let came = counted(people.into(), "person", "people");
        if people < new_people {
            faults.add("new_people", format!("You say {came} came, so no more than that were new"));
        }
        if people < heard.sum() {
            let sum = heard.sum();
            faults.add("gp", format!("You say {came} came, but these add up to {sum}"));
        }
    }
    Figures { outcome, people, new_people, heard, left_as_found, note }
}

/// The form as it was recorded.
fn typed(figures: &Figures) -> AttendanceForm {
    let number = |number: i32| if number == 0 { String::new() } else { number.to_string() };
    AttendanceForm {
        outcome: figures.outcome.code().to_owned(),
        people: number(figures.people),
        new_people: number(figures.new_people),
        gp: number(figures.heard.gp),
        link_worker: number(figures.heard.link_worker),
        own: number(figures.heard.own),
        other: number(figures.heard.other),
        found: if figures.left_as_found { "yes" } else { "no" }.to_owned(),
        note: figures.note.clone(),
        ..AttendanceForm::default()
    }
}

fn by_account(request: &HttpRequest, state: &State, known: &Known, form: Option<AttendanceForm>) -> FormPage {
    let (now, date, zone) = (state.clock.now(), &known.date, known.case.site.zone);
    let reference = &known.case.booking.reference;
    let recorded = known.recorded(date.ordinal);
    let form = form.or_else(|| recorded.map(|one| typed(&one.figures))).unwrap_or_default();
    let said = || recorded.map_or_else(Vec::new, |one| said(&one.figures));
    let closed = match date.standing(now) {
        Standing::Open(_) => None,
        Standing::NotYet(at) => {
            Some((format!("It begins on {}. Come back then.", date_and_clock(zone, at)), Vec::new()))
        }
        Standing::Closed(at) => {
            let on = long_date(local_date(zone, at));
            let words =
                format!("Figures can be noted and corrected for {CORRECTED_DAYS} days. This date closed on {on}.");
            Some((words, said()))
        }
    };
    let page = form_page(Chrome::of(request), urls::attendance(reference, date.ordinal), known, form);
    let other = |one: &HeldDate| {
        let words = date_and_times(zone, one.session);
        (urls::attendance(reference, one.ordinal), words, known.recorded(one.ordinal).is_some())
    };
    FormPage {
        chrome: page.chrome.with_exit(known.case.facilities.iter().any(crate::domain::places::Facility::is_private)),
        booking: Some((reference.to_string(), urls::booking(reference))),
        before: recorded.map(|one| format!("Last noted {}.", date_and_clock(zone, one.at))),
        no_show: known.no_show().map(|one| {
            if one.by_site { "The site noted that nobody came." } else { "You noted that you did not use it." }
        }),
        closed,
        others: known.begun.iter().filter(|one| one.ordinal != date.ordinal).take(MOST_OTHERS).map(other).collect(),
        ..page
    }
}

fn link_page(request: &HttpRequest, token: &str, known: &Known, form: AttendanceForm) -> FormPage {
    let chrome = Chrome::of(request).with_visitor_form(request);
    let page = form_page(chrome, urls::attendance_link(token), known, form);
    // What was said stays between its people and the site; the link tells only that somebody has.
    let before = known.recorded(known.date.ordinal).map(|_| {
        "Somebody has filled this in, thank you. If something is wrong, fill it in again: the new numbers count."
            .to_owned()
    });
    FormPage { before, ..page }
}

fn form_page(chrome: Chrome, action: String, known: &Known, mut form: AttendanceForm) -> FormPage {
    let (case, date) = (&known.case, &known.date);
    form.date = date.ordinal;
    let places = case.booking.occurrences.iter().filter(|one| one.ordinal == date.ordinal);
    let mut names: Vec<String> =
        places.filter_map(|one| case.facility_of(one)).map(|facility| facility.name.clone()).collect();
    names.dedup();
    let choice = |value: &str, label: &str, chosen: &str| Choice::new(value, label, value == chosen);
    FormPage {
        chrome,
        faults: Faults::none(),
        notice: None,
        action,
        booking: None,
        place: format!("{}, {}", crate::domain::words::listed(&names), case.site.name),
        when: date_and_times(case.site.zone, date.session),
        outcomes: Outcome::ALL.iter().map(|one| choice(one.code(), one.words(), &form.outcome)).collect(),
        found: vec![choice("yes", "Yes", &form.found), choice("no", "No", &form.found)],
        kept: kept_texts([form.note.as_str()]),
        typed: form,
        before: None,
        no_show: None,
        closed: None,
        others: Vec::new(),
    }
}

/// The figures as label and words.
fn said(figures: &Figures) -> Vec<(&'static str, String)> {
    let mut rows = vec![("What happened", figures.outcome.words().to_owned())];
    if figures.outcome == Outcome::Came {
        let heard = figures.heard;
        rows.push(("People", format!("{}, {} of them new", figures.people, figures.new_people)));
        let words = format!(
            "GP {}, link worker {}, themselves {}, other {}",
            heard.gp, heard.link_worker, heard.own, heard.other
        );
        rows.push(("How they heard of it", words));
    }
    let left = if figures.left_as_found { "As found".to_owned() } else { format!("Not as found: {}", figures.note) };
    rows.push(("How the place was left", left));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> AttendanceForm {
        AttendanceForm {
            outcome: "came".to_owned(),
            people: "6".to_owned(),
            new_people: "2".to_owned(),
            gp: "1".to_owned(),
            own: "5".to_owned(),
            found: "yes".to_owned(),
            ..AttendanceForm::default()
        }
    }

    fn faults_of(form: &AttendanceForm) -> Vec<&'static str> {
        let mut faults = Faults::none();
        read(form, &mut faults);
        faults.iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn what_adds_up_is_read_and_what_does_not_is_said() {
        let mut faults = Faults::none();
        let figures = read(&form(), &mut faults);
        assert!(faults.is_empty());
        assert_eq!((figures.people, figures.new_people, figures.heard.sum()), (6, 2, 6));
        let text = str::to_owned;
        for (wrong, fields) in [
            (AttendanceForm::default(), &["outcome", "found"][..]),
            (AttendanceForm { people: text("0"), ..form() }, &["people"]),
            (AttendanceForm { people: text("many"), ..form() }, &["people"]),
            (AttendanceForm { new_people: text("7"), ..form() }, &["new_people"]),
            (AttendanceForm { own: text("6"), ..form() }, &["gp"]),
            (AttendanceForm { own: text("-1"), ..form() }, &["own"]),
            (AttendanceForm { found: text("no"), ..form() }, &["note"]),
            (AttendanceForm { found: text("no"), note: text("Client: Jo fell"), ..form() }, &["note"]),
        ] {
            assert_eq!(faults_of(&wrong), fields, "{wrong:?}");
        }
        let note = text("Client: Jo fell");
        assert!(faults_of(&AttendanceForm { found: text("no"), note: note.clone(), kept: note, ..form() }).is_empty());
    }

    #[test]
    fn numbers_count_only_where_people_came() {
        for (outcome, found, as_found) in [("nobody", "no", false), ("unused", "", true)] {
            let note = "A chair broke".to_owned();
            let form = AttendanceForm { outcome: outcome.to_owned(), found: found.to_owned(), note, ..form() };
            let mut faults = Faults::none();
            let figures = read(&form, &mut faults);
            assert!(faults.is_empty(), "{outcome}");
            assert_eq!((figures.people, figures.heard.sum(), figures.left_as_found), (0, 0, as_found));
        }
    }
}
