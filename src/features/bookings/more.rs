//! More dates for a booking that is there: one more, more of the same rule, or a series out of a single date. Each date is shown before it is added.

use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::service::{self, Case, ChangeView, Deed, MoreDates, Preview, SeriesWish};
use crate::domain::booking::Occurrence;
use crate::domain::hours::{NoSuchTime, local_date, wall_dates};
use crate::domain::ids::Reference;
use crate::domain::leeway::Leeway;
use crate::domain::recurrence::{End, Every, Pattern, Repeat};
use crate::domain::span::Span;
use crate::domain::words::{counted, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::{Shared, State};

/// The form as sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MoreForm {
    version: i32,
    /// "one" for a single date, "rule" for more by a rule.
    how: String,
    on: String,
    repeat: String,
    times: String,
    /// Dates to leave out, as they were shown.
    skip: Vec<String>,
    /// "check" shows the dates, "yes" adds them.
    step: String,
}

#[derive(Template)]
#[template(path = "bookings/more.html")]
struct MorePage {
    chrome: Chrome,
    faults: Faults,
    reference: String,
    back: String,
    action: String,
    what: String,
    /// The rule that it has; a single date chooses one.
    rule: Option<String>,
    repeats: Vec<Choice>,
    typed: MoreForm,
    /// The dates that would be added, once they are known.
    rows: Vec<Row>,
    summary: String,
}

struct Row {
    iso: String,
    date: String,
    /// Why it cannot be had; it is left out then.
    refused: Option<String>,
}

/// How many more dates a link offers.
#[derive(Debug, Deserialize)]
pub struct MoreQuery {
    times: Option<u32>,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<MoreQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let view = service::change_view(&state.db, reference, who.actor.clone()).await?.ok_or(Error::NotFound)?;
    let times = query.times.map_or_else(String::new, |times| times.to_string());
    let version = view.case.booking.version;
    let typed = MoreForm { version, how: "rule".to_owned(), times, ..MoreForm::default() };
    page::ok(&more_page(chrome, &view, typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<MoreForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let (chrome, typed) = (Chrome::of(&request), form.0);
    let view = service::change_view(&state.db, reference.clone(), who.actor.clone()).await?.ok_or(Error::NotFound)?;
    let Some(last) = view.case.booking.occurrences.iter().max_by_key(|one| one.ordinal) else {
        return Err(Error::NotFound);
    };
    let (dates, pattern) = match read(&typed, &view.case, last) {
        Ok(read) => read,
        Err(faults) => return page::unprocessable(&more_page(chrome, &view, typed, faults)),
    };
    let dated = wall_dates(view.case.site.zone, last.session, &dates);
    if typed.step == "yes" {
        let left_out = |date: &NaiveDate| typed.skip.contains(&date.to_string());
        let more = dated.iter().filter_map(|(date, session)| Some((session.ok()?, left_out(date)))).collect();
        // A date that the wall never shows breaks the rule's count, so that the dates stand by themselves then.
        let pattern = pattern.filter(|_| dated.iter().all(|(_, session)| session.is_ok()));
        let deed = Deed::AddDates(MoreDates { dates: more, pattern });
        return super::cancel::done_or_shown(&request, &state, &who, (reference, typed.version), deed).await;
    }
    let preview = preview(&state, &view.case, last, dated).await?;
    let rows = rows(&preview);
    let had = rows.iter().filter(|row| row.refused.is_none()).count();
    let number = |count: usize| counted(i64::try_from(count).unwrap_or_default(), "date", "dates");
    let summary = if had == rows.len() {
        format!("{} can be had.", number(had))
    } else {
        let left_out = rows.len() - had;
        let are = if left_out == 1 { "is" } else { "are" };
        format!("{} can be had, {} {are} left out.", number(had), number(left_out))
    };
    page::ok(&MorePage { rows, summary, ..more_page(chrome, &view, typed, Faults::none()) })
}

/// The new dates, and how the booking repeats from now on.
fn read(typed: &MoreForm, case: &Case, last: &Occurrence) -> Result<(Vec<NaiveDate>, Option<Pattern>), Faults> {
    let mut faults = Faults::none();
    if typed.how == "one" {
        return match typed.on.parse::<NaiveDate>() {
            Ok(date) => Ok((vec![date], None)),
            Err(_) => {
                faults.add("on", "Enter the date that you want to add");
                Err(faults)
            }
        };
    }
    let times = faults.number("times", &typed.times, "how many more dates you want", (1, 104));
    if !faults.is_empty() {
        return Err(faults);
    }
    let times = u32::try_from(times).unwrap_or(1);
    let first = local_date(case.site.zone, last.session.start());
    let (pattern, known) = match &case.booking.repeat {
        Some(pattern) => {
            let known = pattern.dates().len();
            let end = End::After(u32::try_from(known).unwrap_or_default() + times);
            (Pattern { first: pattern.first, repeat: Repeat { end, ..pattern.repeat.clone() } }, known)
        }
        None => {
            let repeat = chosen_rule(&typed.repeat, first, times);
            let Some(repeat) = repeat else {
                faults.add("repeat", "Choose how it repeats");
                return Err(faults);
            };
            (Pattern { first, repeat }, 1)
        }
    };
    match pattern.repeat.dates(pattern.first) {
        Ok(dates) => {
            let new: Vec<NaiveDate> = dates.into_iter().skip(known).collect();
            // The rule counts every date of the booking; where dates were added beside it, the new ones stand beside it too.
            let counts = usize::try_from(last.ordinal) == Ok(known);
            Ok((new, Some(pattern).filter(|_| counts)))
        }
        Err(why) => {
            faults.add("times", why.to_string());
            Err(faults)
        }
    }
}

fn chosen_rule(code: &str, first: NaiveDate, times: u32) -> Option<Repeat> {
    let (every, interval) = match code {
        "daily" => (Every::Day, 1),
        "weekly" => (Every::Week(vec![crate::domain::hours::weekday(first)]), 1),
        "fortnightly" => (Every::Week(vec![crate::domain::hours::weekday(first)]), 2),
        "weekday" => (Every::same_weekday_of_month(first), 1),
        _ => return None,
    };
    Some(Repeat { every, interval, end: End::After(times + 1) })
}

async fn preview(
    state: &State,
    case: &Case,
    last: &Occurrence,
    dates: Vec<(NaiveDate, Result<Span, NoSuchTime>)>,
) -> Result<Preview, Error> {
    let facility = case.facility_of(last).ok_or(Error::NotFound)?;
    let wish = SeriesWish {
        site: case.site.slug.clone(),
        facility: facility.slug.clone(),
        organisation: case.booking.organisation_id(),
        leeway: Leeway::Nothing,
        wanted: last.wanted.clone(),
        people: case.booking.people,
        brings: case.brings(),
        dates,
    };
    service::preview(&state.db, wish, state.clock.now()).await?.ok_or(Error::NotFound)
}

fn rows(preview: &Preview) -> Vec<Row> {
    let of = |result: &service::DateResult| {
        let refusals = result.verdict.as_ref().map(|verdict| {
            let words = verdict.refusals.iter().map(|one| one.words(&preview.facility.name, preview.site.zone));
            words.collect::<Vec<_>>().join(". ")
        });
        let refused = match result.session {
            Err(_) => Some("the clocks go forward then, so that time does not exist".to_owned()),
            Ok(_) => refusals.filter(|words| !words.is_empty()),
        };
        Row { iso: result.date.to_string(), date: long_date(result.date), refused }
    };
    preview.results.iter().map(of).collect()
}

fn more_page(chrome: Chrome, view: &ChangeView, typed: MoreForm, faults: Faults) -> MorePage {
    let booking = &view.case.booking;
    let ways = [
        ("weekly", "Every week"),
        ("fortnightly", "Every 2 weeks"),
        ("weekday", "Every month on the same weekday"),
        ("daily", "Every day"),
    ];
    MorePage {
        chrome,
        faults,
        reference: booking.reference.to_string(),
        back: urls::booking(&booking.reference),
        action: urls::booking_more(&booking.reference),
        what: view.case.for_mail().when_all(),
        rule: booking.repeat.as_ref().map(|pattern| pattern.repeat.words()),
        repeats: ways.iter().map(|(code, words)| Choice::new(*code, *words, typed.repeat == *code)).collect(),
        typed,
        rows: Vec::new(),
        summary: String::new(),
    }
}
