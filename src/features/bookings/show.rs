//! One booking: where and when, what has happened, what can be done next. For its own people and the site's staff only.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::awaits::Awaits;
use super::cost;
use super::list::late_words;
use super::on_the_day::{CareView, care_view};
use super::release::is_late;
use super::safe;
use super::service::{self, Case, EventLine, Leads, View, dates_to_offer, may_give_up, may_put_back, may_undo};
use super::share::Sharing;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::policy::Actor;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, long_date, rough_length};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::notices::{NoticeView, notice_views};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "bookings/show.html")]
struct ShowPage {
    chrome: Chrome,
    reference: String,
    stage: Stage,
    confidential: bool,
    title: String,
    drawing: &'static str,
    occurrences: Vec<OccurrenceView>,
    site_name: String,
    site_href: String,
    address: String,
    arrival: String,
    /// Duty contact and panic alarm.
    safety: Vec<(&'static str, String)>,
    alone: Option<String>,
    phone: String,
    holder: String,
    booked_by: String,
    on_behalf: bool,
    /// How a person without an account is reached; and whether they must be rung, because no email goes to them.
    contact: String,
    ring: bool,
    /// Why rules were set aside, and by whom.
    set_aside: Option<(String, String)>,
    people: String,
    privacy: &'static str,
    /// Where its people say whether anyone may come.
    anyone: Option<String>,
    note: String,
    said: Vec<(&'static str, String)>,
    care: CareView,
    waiting: Option<String>,
    /// The condition that waits for a yes, and where it is given.
    condition: Option<Condition>,
    /// Which papers its dates wait for.
    awaits: Option<Awaits>,
    /// The terms that it was made under.
    terms: Option<(String, String)>,
    /// Changes that wait for a decision, and where they are taken back.
    changes: Vec<ChangeLine>,
    withdraw_change: Option<String>,
    change: Option<String>,
    running: Option<Running>,
    /// "Is it still needed?", where it is asked and this person may answer.
    question: Option<Question>,
    /// The end of the series, where it is near.
    ending: Option<Ending>,
    sharing: Sharing,
    more: Option<String>,
    exchange: Option<String>,
    /// Of a series: what it is in one line, how it stands, and its dates.
    series: Option<SeriesView>,
    /// The booking that it was split from, or that it was made beside at another site.
    kin: Option<(String, String)>,
    calendar: Option<String>,
    cancel: Option<String>,
    decide: Option<String>,
    undo: Option<String>,
    again: String,
    /// For a single date that has lost its place.
    instead: Option<String>,
    version: i32,
    notices: Vec<NoticeView>,
    history: Vec<HistoryLine>,
}

struct OccurrenceView {
    when: String,
    place: String,
    units: String,
}

struct Condition {
    words: String,
    until: String,
    accept: Option<String>,
}

struct SeriesView {
    what: String,
    standing: String,
    coming: Vec<DateView>,
    past: Vec<DateView>,
}

/// What can be done to a session that runs.
struct Running {
    date: i32,
    finish: String,
    longer: String,
}

/// A question that waits for an answer.
struct Question {
    action: String,
    since: String,
}

/// The last date of a series, and where more are asked for.
struct Ending {
    last: String,
    href: String,
    words: String,
}

/// A change that waits: before and after, and until when.
struct ChangeLine {
    was: String,
    wish: String,
    until: String,
}

/// One date of a series, with what can be done to it.
struct DateView {
    ordinal: i32,
    when: String,
    /// Named only where it is not where most are.
    place: String,
    stage: Stage,
    give_back: Option<String>,
    /// Where one click releases it.
    release: Option<String>,
    /// Set where that would count as late.
    late: Option<String>,
    change: Option<String>,
    exchange: Option<String>,
    put_back: Option<String>,
    /// Where the places that are free at its time are found, where it has lost its own.
    instead: Option<String>,
}

struct HistoryLine {
    shown: &'static str,
    icon: &'static str,
    words: String,
    by: String,
    message: String,
    at: String,
}

pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    match service::view_and_notices(&state.db, reference.clone(), who.actor.clone(), now).await? {
        Some(view) => page::ok(&show_page(chrome, &who.actor, &view, now)),
        None => match service::tenancy(&state.db, reference.clone(), who.actor.clone()).await? {
            Some(Leads::Own) => Ok(page::see_other(&urls::plot(&reference))),
            Some(Leads::Plot(site, of, plot)) => Ok(page::see_other(&urls::manage_plot(&site, &of, plot.as_str()))),
            Some(Leads::Allotment(site, of)) => Ok(page::see_other(&urls::plots(&site, &of))),
            None => Err(Error::NotFound),
        },
    }
}

/// The booking as a calendar file.
pub async fn calendar(state: Shared, path: Path<String>, who: SignedIn) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let view =
        service::view(&state.db, reference, who.actor.clone(), state.clock.now()).await?.ok_or(Error::NotFound)?;
    let text = state.mailer.calendar_file(view.case.for_mail(), state.clock.now()).ok_or(Error::NotFound)?;
    let name = format!("attachment; filename=\"{}.ics\"", view.case.booking.reference);
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header(("Content-Disposition", name))
        .body(text))
}

fn show_page(chrome: Chrome, actor: &Actor, view: &View, now: Instant) -> ShowPage {
    let (case, booking) = (&view.case, &view.case.booking);
    let ring = booking.holder.person().is_some_and(|contact| contact.reach.email().is_none());
    let chrome = if ring { told_to_ring(chrome) } else { chrome };
    let stage = shown_stage(case, now);
    let waits = stage == Stage::Requested;
    ShowPage {
        chrome: chrome.with_exit(booking.privacy == Privacy::Confidential),
        reference: booking.reference.to_string(),
        stage,
        confidential: booking.privacy == Privacy::Confidential,
        title: booking.purpose.clone(),
        drawing: case.facilities.first().map_or("group", |facility| facility.kind.entry().drawing),
        occurrences: booking.occurrences.iter().map(|one| occurrence_view(case, one)).collect(),
        site_name: case.site.name.clone(),
        site_href: urls::site(&case.site.slug),
        address: case.site.address(),
        arrival: arrival(case),
        safety: safe::lines(case, now),
        alone: safe::alone_words(view.alone.clone(), case.site.zone),
        phone: case.site.phone.clone(),
        holder: booking.holder_name().to_owned(),
        booked_by: booking.booked_by.as_ref().map_or_else(String::new, |booker| booker.name.clone()),
        on_behalf: booking.on_behalf,
        contact: booking.holder.person().map_or_else(String::new, |contact| contact.reach.to_string()),
        ring,
        set_aside: set_aside(&view.history),
        people: counted(booking.people.into(), "person", "people"),
        privacy: booking.privacy.words(),
        anyone: anyone_href(actor, case),
        note: booking.note.clone(),
        said: cost::of_booking(case),
        care: care_view(view, now),
        waiting: waiting_words(case, now),
        calendar: (stage == Stage::Confirmed || waits).then(|| urls::booking_calendar(&booking.reference)),
        cancel: service::may_cancel(actor, case, now).then(|| urls::booking_cancel(&booking.reference)),
        decide: decide_href(actor, view, waits, now),
        undo: undo_href(actor, case, now),
        again: urls::booking_again(&booking.reference),
        running: running(view),
        instead: only_instead(actor, case, now),
        version: booking.version,
        notices: notices(view),
        history: history_lines(case, &view.history),
        kin: booking.kin.as_ref().map(|kin| (urls::booking(kin), kin.to_string())),
        changes: view.changes.iter().map(|one| change_line(case, one)).collect(),
        withdraw_change: (!view.changes.is_empty() && may_give_up(actor, case))
            .then(|| urls::booking_change_withdraw(&booking.reference)),
        change: service::may_cancel(actor, case, now).then(|| urls::booking_change(&booking.reference)),
        question: question(actor, case, now),
        ending: ending(actor, case, now),
        sharing: Sharing::of(actor, case, now),
        more: may_give_up(actor, case).then(|| urls::booking_more(&booking.reference)),
        exchange: only_exchange(actor, case, now),
        condition: condition(actor, view, now),
        awaits: Awaits::of(actor, case, now),
        terms: Awaits::terms(case, view.terms.as_ref()),
        series: booking.is_series().then(|| series_view(actor, case, now)),
    }
}

fn anyone_href(actor: &Actor, case: &Case) -> Option<String> {
    let may = case.booking.privacy == Privacy::Open && actor.speaks_for(case.site.id, &case.booking.holder);
    may.then(|| urls::booking_open(&case.booking.reference))
}

fn decide_href(actor: &Actor, view: &View, waits: bool, now: Instant) -> Option<String> {
    let case = &view.case;
    let asks = waits || !view.changes.is_empty() || Awaits::of(actor, case, now).is_some();
    (asks && actor.manages(case.site.id)).then(|| urls::request(&case.booking.reference))
}

fn only_exchange(actor: &Actor, case: &Case, now: Instant) -> Option<String> {
    let one = case.booking.next(now).filter(|_| !case.booking.is_series())?;
    exchange_href(actor, case, one, now)
}

fn running(view: &View) -> Option<Running> {
    let reference = &view.case.booking.reference;
    let (finish, longer) = (urls::booking_finish(reference), urls::booking_longer(reference));
    view.running.map(|date| Running { date, finish, longer })
}

/// As [`instead`], where it has no list of dates to stand in.
fn only_instead(actor: &Actor, case: &Case, now: Instant) -> Option<String> {
    let only = case.booking.occurrences.first().filter(|_| !case.booking.is_series());
    only.filter(|_| may_give_up(actor, case)).and_then(|one| instead(case, one, now))
}

fn question(actor: &Actor, case: &Case, now: Instant) -> Option<Question> {
    let since = case.booking.open_question(now).filter(|_| may_give_up(actor, case))?;
    let since = long_date(local_date(case.site.zone, since));
    Some(Question { action: urls::booking_needed(&case.booking.reference), since })
}

fn ending(actor: &Actor, case: &Case, now: Instant) -> Option<Ending> {
    let last = case.booking.last_date_soon(now).filter(|_| may_give_up(actor, case))?;
    let reference = &case.booking.reference;
    let (href, words) = match dates_to_offer(case, now) {
        0 => (urls::booking_again(reference), "Book it again".to_owned()),
        1 => (urls::booking_more_dates(reference, 1), "See the next date".to_owned()),
        more => (urls::booking_more_dates(reference, more), format!("See the next {more} dates")),
    };
    Some(Ending { last: long_date(local_date(case.site.zone, last.session.start())), href, words })
}

/// What was done, for a holder to whom no email goes.
fn told_to_ring(chrome: Chrome) -> Chrome {
    // What is given up or taken back is said without a word of email, which others get all the same.
    let quiet = |words: &str| ["Released", "Cancelled", "Withdrawn", "Undone"].iter().any(|one| words.starts_with(one));
    let tells = |words: &&'static str| (words.contains("email") || quiet(words)) && !words.contains("Ring them");
    let done = chrome.done.map(|words| Some(words).filter(|words| !tells(words)));
    Chrome { done: done.map(|words| words.unwrap_or("Done. Ring them and tell them: they get no email.")), ..chrome }
}

/// Where a manager exchanges the room of a confirmed date.
fn exchange_href(actor: &Actor, case: &Case, one: &Occurrence, now: Instant) -> Option<String> {
    let confirmed = one.state.stage() == Stage::Confirmed && now < one.session.start();
    (confirmed && actor.manages(case.site.id)).then(|| urls::request_exchange(&case.booking.reference, one.ordinal))
}

fn set_aside(history: &[EventLine]) -> Option<(String, String)> {
    let line = history.iter().find(|line| line.kind == EventKind::RulesSetAside)?;
    Some((line.message.clone().unwrap_or_default(), line.actor.clone().unwrap_or_default()))
}

fn change_line(case: &Case, change: &service::Waiting) -> ChangeLine {
    ChangeLine {
        was: change.was.clone(),
        wish: change.wish.clone(),
        until: date_and_clock(case.site.zone, change.until),
    }
}

fn notices(view: &View) -> Vec<NoticeView> {
    let (site, places) = (&view.case.site, &view.case.facilities);
    let name_of = |id| places.iter().find(|one| one.id == id).map(|one| one.name.clone());
    notice_views((site.zone, &site.name), &view.notices, name_of)
}

/// What a manager asks for before it is confirmed, while there is time to say yes.
fn condition(actor: &Actor, view: &View, now: Instant) -> Option<Condition> {
    let booking = &view.case.booking;
    let open = booking.occurrences.iter().filter(|one| !one.state.is_void(now));
    let offered = open.filter(|one| one.state.stage() == Stage::Conditional && one.state.awaited().is_none());
    let until = offered.filter_map(|one| one.state.until()).min()?;
    let said = view.history.iter().find(|line| line.kind == EventKind::ConditionOffered);
    let own = actor.speaks_for(view.case.site.id, &booking.holder);
    Some(Condition {
        words: said.and_then(|line| line.message.clone()).unwrap_or_default(),
        until: date_and_clock(view.case.site.zone, until),
        accept: own.then(|| urls::booking_accept(&booking.reference)),
    })
}

fn series_view(actor: &Actor, case: &Case, now: Instant) -> SeriesView {
    let booking = &case.booking;
    let main = booking.occurrences.first().map(|one| one.facility);
    let may = may_give_up(actor, case);
    let mut all: Vec<&Occurrence> = booking.occurrences.iter().collect();
    all.sort_by_key(|one| one.session);
    let view = |one: &Occurrence| {
        let to_come = now < one.session.start();
        let live = one.state.stage().is_active() && !one.state.is_void(now);
        DateView {
            ordinal: one.ordinal,
            when: case.for_mail().when(one),
            place: case
                .facility_of(one)
                .filter(|_| main != Some(one.facility))
                .map_or_else(String::new, |facility| facility.name.clone()),
            stage: if one.state.is_void(now) { Stage::Expired } else { one.state.stage() },
            change: (to_come && live && may).then(|| urls::booking_change_date(&booking.reference, one.ordinal)),
            exchange: exchange_href(actor, case, one, now),
            release: (to_come && live && may).then(|| urls::booking_release(&booking.reference)),
            late: is_late(case, one, now)
                .then(|| late_words(case.facility_of(one).map_or(0, |facility| facility.rules.late_cancel_minutes))),
            give_back: (to_come && live && may).then(|| urls::booking_cancel_date(&booking.reference, one.ordinal)),
            instead: may.then(|| instead(case, one, now)).flatten(),
            put_back: (to_come && may_put_back(actor, case, one)).then(|| urls::booking_put_back(&booking.reference)),
        }
    };
    let (past, coming): (Vec<&Occurrence>, Vec<&Occurrence>) =
        all.into_iter().partition(|one| one.session.end() <= now);
    SeriesView {
        what: case.for_mail().when_all(),
        standing: standing(case, now),
        coming: coming.into_iter().map(view).collect(),
        past: past.into_iter().map(view).collect(),
    }
}

/// Where a date to come that has lost its place gets another.
fn instead(case: &Case, one: &Occurrence, now: Instant) -> Option<String> {
    let lost = one.state.stage() == Stage::Displaced && now < one.session.start();
    lost.then(|| urls::booking_instead_date(&case.booking.reference, one.ordinal))
}

/// "10 confirmed, 2 left out".
fn standing(case: &Case, now: Instant) -> String {
    let stage = |one: &Occurrence| if one.state.is_void(now) { Stage::Expired } else { one.state.stage() };
    let counts = Stage::ALL.into_iter().filter_map(|of| {
        let number = case.booking.occurrences.iter().filter(|one| stage(one) == of).count();
        (0 < number).then(|| format!("{number} {}", of.words().to_lowercase()))
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// The history, newest first; what one act did to several dates is one line.
fn history_lines(case: &Case, history: &[EventLine]) -> Vec<HistoryLine> {
    let same =
        |a: &EventLine, b: &EventLine| (a.kind, a.at, &a.actor, &a.message) == (b.kind, b.at, &b.actor, &b.message);
    let mut acts: Vec<(&EventLine, i64)> = Vec::new();
    for line in history {
        // What was done at one moment stands together, whatever else was done then.
        match acts.iter_mut().find(|(known, _)| same(known, line)) {
            Some((_, number)) => *number += 1,
            None => acts.push((line, 1)),
        }
    }
    acts.into_iter()
        .map(|(line, number)| {
            let view = history_line(case, line);
            let words = match (number, date_of(case, line)) {
                (1, Some(date)) => format!("{}: {date}", view.words),
                (1, None) => view.words,
                _ => format!("{}: {}", view.words, counted(number, "date", "dates")),
            };
            HistoryLine { words, ..view }
        })
        .collect()
}

/// Which date of a series a line of its history is about.
fn date_of(case: &Case, line: &EventLine) -> Option<String> {
    let about = |one: &&Occurrence| Some(one.id) == line.occurrence;
    let one = case.booking.occurrences.iter().find(about).filter(|_| case.booking.is_series())?;
    Some(long_date(local_date(case.site.zone, one.session.start())))
}

/// A hold whose time is over is shown as expired, whether or not anything has written that down.
fn shown_stage(case: &Case, now: Instant) -> Stage {
    let void = case.booking.occurrences.iter().all(|one| one.state.is_void(now));
    if void { Stage::Expired } else { case.booking.stage() }
}

fn undo_href(actor: &Actor, case: &Case, now: Instant) -> Option<String> {
    let future = case.booking.occurrences.iter().any(|one| now < one.session.start());
    (future && may_undo(actor, case, now)).then(|| urls::booking_undo(&case.booking.reference))
}

fn arrival(case: &Case) -> String {
    let own = case.facilities.iter().map(|facility| facility.arrival.clone());
    let parts: Vec<String> =
        [case.site.arrival.clone()].into_iter().chain(own).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

fn waiting_words(case: &Case, now: Instant) -> Option<String> {
    let until = case.booking.waiting(now).find_map(|one| one.state.until())?;
    let left = rough_length(until.minutes_since(now));
    Some(format!("{} decides by {}, in {left} at the latest.", case.site.name, date_and_clock(case.site.zone, until)))
}

fn occurrence_view(case: &Case, one: &Occurrence) -> OccurrenceView {
    let facility = case.facility_of(one);
    let place = facility.map_or_else(String::new, |facility| {
        [facility.name.clone(), facility.place()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    });
    OccurrenceView {
        when: case.for_mail().when(one),
        place,
        units: match &one.wanted {
            crate::domain::availability::Wanted::Any(number) => {
                let all = facility.map_or(0, |f| f.units.len());
                if *number == all { "the whole of it".to_owned() } else { format!("any {number} of {all}") }
            }
            crate::domain::availability::Wanted::These(ids) => facility.map_or_else(String::new, |f| f.which(ids)),
            crate::domain::availability::Wanted::Whole => String::new(),
        },
    }
}

fn history_line(case: &Case, line: &EventLine) -> HistoryLine {
    HistoryLine {
        shown: line.kind.shown_as(),
        icon: match line.kind.shown_as() {
            "free" => "repeat",
            other => other,
        },
        words: line.kind.words().to_owned(),
        by: line.actor.clone().unwrap_or_default(),
        message: line.message.clone().unwrap_or_default(),
        at: date_and_clock(case.site.zone, line.at),
    }
}
