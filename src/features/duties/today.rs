//! One's own sessions: the next one large, then today and this week, what has changed, where help is wanted, and whom to ring. One page for all
//! organisations of a person, small enough for a poor connection.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, DutyAnswer, Line, News, Today, days_from_today};
use crate::domain::duty::{Duty, Ended, first_name};
use crate::domain::history::EventKind;
use crate::domain::hours::{local_date, local_time};
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::policy::Actor;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::words::{clock, date_without_year, listed, long_date, rough_length, times};
use crate::error::Error;
use crate::urls;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;
use crate::web::today_only::{ForToday, no_session};

/// The page stays small whatever somebody is part of; the rest is among their bookings.
const MOST_TODAY: usize = 8;
const MOST_WEEK: usize = 12;
const MOST_HELP: usize = 4;
const MOST_NEWS: usize = 8;
/// How to get in is shown from so many days before.
const RELEASED_DAYS: i64 = 1;
const USUAL_ZONE: chrono_tz::Tz = chrono_tz::Europe::London;
const TAKEN: &str = "That is no longer as it was. Here is how it stands now.";

#[derive(Template)]
#[template(path = "duties/today.html")]
struct TodayPage {
    chrome: Chrome,
    notice: Option<String>,
    name: String,
    now: String,
    only: bool,
    next: Option<Session>,
    /// "Your next session starts in 20 minutes".
    lead: String,
    today: Vec<Session>,
    week: Vec<(String, Vec<Session>)>,
    /// There is more than the page shows.
    more: bool,
    help: Vec<Help>,
    news: Vec<String>,
    ring: Vec<Ring>,
    /// Whether they are part of any organisation.
    member: bool,
}

struct Session {
    times: String,
    facility: String,
    place: String,
    site: String,
    address: String,
    getting_in: Option<String>,
    /// Empty where it is nobody's business, even here.
    title: String,
    organisation: String,
    with: String,
    stage: Stage,
    mine: bool,
    /// A duty that can still be handed back.
    duty: Option<String>,
    booking: Option<String>,
    contact: Vec<(&'static str, String)>,
}

struct Help {
    when: String,
    place: String,
    organisation: String,
    reference: String,
    date: i32,
}

struct Ring {
    name: String,
    phone: String,
    tel: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyForm {
    act: String,
    #[serde(default)]
    duty: String,
    #[serde(default)]
    booking: String,
    #[serde(default)]
    date: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndForm {}

pub async fn get(request: HttpRequest, state: Shared, who: ForToday) -> Result<HttpResponse, Error> {
    let today = service::today(&state, who.actor.clone()).await?;
    page::ok(&today_page(&request, &who, &today, state.clock.now()))
}

/// Hands a duty back, or takes one up.
pub async fn post(
    request: HttpRequest,
    state: Shared,
    who: ForToday,
    form: ProtectedForm<DutyForm>,
) -> Result<HttpResponse, Error> {
    let actor = who.actor.clone();
    let takes = form.act == "take";
    let answer = if takes {
        let reference = Reference::parse(&form.booking).ok_or(Error::NotFound)?;
        service::take_up(&state, actor, (reference, form.date)).await?
    } else {
        service::hand_back(&state, actor, Reference::parse(&form.duty).ok_or(Error::NotFound)?).await?
    };
    let why = match answer {
        DutyAnswer::Done { .. } => {
            return Ok(page::done(urls::TODAY, if takes { "duty-taken" } else { "duty-back" }));
        }
        DutyAnswer::NotFound => return Err(Error::NotFound),
        DutyAnswer::Refused(not, _) => not.first().map_or(TAKEN, |one| one.why.to_you()).to_owned(),
        DutyAnswer::Gone(_) => TAKEN.to_owned(),
    };
    let today = service::today(&state, who.actor.clone()).await?;
    let page = today_page(&request, &who, &today, state.clock.now());
    page::with_status(StatusCode::CONFLICT, &TodayPage { notice: Some(why), ..page })
}

/// Ends a session that is for this page only.
pub async fn end(state: Shared, who: ForToday, _: ProtectedForm<EndForm>) -> Result<HttpResponse, Error> {
    if !who.only {
        return Ok(page::see_other(urls::ACCOUNT));
    }
    service::end_session(&state, who.session).await?;
    page::with_cookie(page::done(urls::SIGN_IN, "today-ended"), &no_session(&state))
}

fn today_page(request: &HttpRequest, who: &ForToday, today: &Today, now: Instant) -> TodayPage {
    let actor = &who.actor;
    let zone = today.lines.first().map_or(USUAL_ZONE, |line| line.zone);
    let chrome = Chrome::of(request);
    let own: Vec<&Line> = today.lines.iter().filter(|line| sees(actor, today, line)).collect();
    // The next that they are on themselves, and only where there is none today the next of their organisations.
    let on = own.iter().find(|line| today.mine(actor, line).is_some() && days_from_today(line, now) <= 0);
    let next = on.or_else(|| own.iter().find(|line| days_from_today(line, now) <= 0)).copied();
    let rest = own.iter().copied().filter(|line| next.is_none_or(|next| next.occurrence != line.occurrence));
    let (of_today, of_week): (Vec<&Line>, Vec<&Line>) = rest.partition(|line| days_from_today(line, now) <= 0);
    let session = |line: &&Line| session(actor, today, line, who.only, now);
    let mut week: Vec<(String, Vec<Session>)> = Vec::new();
    for line in of_week.iter().take(MOST_WEEK) {
        let date = date_without_year(local_date(line.zone, line.session.start()));
        match week.last_mut() {
            Some((of, sessions)) if *of == date => sessions.push(session(line)),
            _ => week.push((date, vec![session(line)])),
        }
    }
    TodayPage {
        chrome: if who.only { chrome.with_today_only() } else { chrome },
        notice: None,
        name: first_name(&actor.name).to_owned(),
        now: format!("{}, {}", long_date(local_date(zone, now)), clock(local_time(zone, now).minute)),
        only: who.only,
        lead: next.map(|line| lead(line, today.mine(actor, line).is_some(), now)).unwrap_or_default(),
        next: next.map(|line| session(&line)),
        today: of_today.iter().take(MOST_TODAY).map(session).collect(),
        more: MOST_TODAY < of_today.len() || MOST_WEEK < of_week.len(),
        week,
        help: help(actor, today, now),
        news: news(actor, today, now),
        ring: ring(today, &own, now),
        member: !actor.memberships.is_empty(),
    }
}

/// Sessions that they are on, and those of organisations that they book for; only what may still take place.
fn sees(actor: &Actor, today: &Today, line: &Line) -> bool {
    let theirs = line.organisation.is_some_and(|id| actor.sees_sessions_of(id));
    line.stage.is_active() && (theirs || today.mine(actor, line).is_some())
}

fn lead(line: &Line, mine: bool, now: Instant) -> String {
    let what = if mine { "Your next session" } else { "The next session" };
    if line.session.start() <= now {
        let until = clock(local_time(line.zone, line.session.end()).minute);
        return if mine { format!("Your session is on now, until {until}") } else { format!("On now, until {until}") };
    }
    format!("{what} starts in {}", rough_length(line.session.start().minutes_since(now)))
}

fn session(actor: &Actor, today: &Today, line: &Line, only: bool, now: Instant) -> Session {
    let place = today.place(line.facility);
    let mine = today.mine(actor, line);
    let sees_bookings = line.organisation.is_some_and(|id| actor.sees_bookings_of(id));
    let confirmed = line.stage == Stage::Confirmed;
    let released = confirmed && days_from_today(line, now) <= RELEASED_DAYS;
    let getting_in = place.filter(|_| released).map(|(site, facility)| {
        let entry = facility.care.entry.as_ref().filter(|one| one.is_released(line.session, now));
        let parts = [&site.arrival, &facility.arrival].map(String::as_str).into_iter();
        let parts = parts.chain(entry.map(|one| one.words.as_str()));
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let full = line.organisation.is_some_and(|id| actor.coordinates(id));
    let with: Vec<String> = today
        .on(line)
        .filter(|one| one.person != actor.person)
        .map(|one| if full { one.name.clone() } else { first_name(&one.name).to_owned() })
        .collect();
    Session {
        times: times(line.zone, line.session),
        facility: line.facility_name.clone(),
        place: place.map(|(_, facility)| facility.place()).unwrap_or_default(),
        site: line.site_name.clone(),
        address: place.filter(|_| confirmed).map(|(site, _)| site.address()).unwrap_or_default(),
        getting_in: getting_in.filter(|words| !words.is_empty()),
        title: if mine.is_some() || sees_bookings || line.privacy != Privacy::Confidential {
            line.purpose.clone()
        } else {
            String::new()
        },
        organisation: match &line.holder {
            crate::domain::holder::Holder::Organisation(name) => name.clone(),
            _ => String::new(),
        },
        with: listed(&with),
        stage: line.stage,
        mine: mine.is_some(),
        duty: mine.filter(|_| now < line.session.start()).map(|one| one.handle.to_string()),
        booking: (sees_bookings && !only).then(|| urls::booking(&line.reference)),
        contact: place.map(|(site, facility)| facility.safety_at(site).lines()).unwrap_or_default(),
    }
}

/// Where somebody is missing at a time at which this person is not on duty anyway.
fn help(actor: &Actor, today: &Today, now: Instant) -> Vec<Help> {
    let mine: Vec<_> =
        today.lines.iter().filter(|line| today.mine(actor, line).is_some()).map(|line| line.session).collect();
    let mut seen = Vec::new();
    let mut help = Vec::new();
    for line in today.lines.iter().filter(|line| line.stage.is_active() && now < line.session.start()) {
        let free = mine.iter().all(|session| !session.overlaps(line.session));
        if help.len() < MOST_HELP && free && 0 < today.missing(line) && !seen.contains(&(line.booking, line.ordinal)) {
            seen.push((line.booking, line.ordinal));
            help.push(Help {
                when: format!(
                    "{}, {}",
                    date_without_year(local_date(line.zone, line.session.start())),
                    times(line.zone, line.session)
                ),
                place: format!("{}, {}", line.facility_name, line.site_name),
                organisation: line.holder.organisation().cloned().unwrap_or_default(),
                reference: line.reference.to_string(),
                date: line.ordinal,
            });
        }
    }
    help
}

/// What has changed since yesterday: of one's own duties, then of the sessions of those who see them.
fn news(actor: &Actor, today: &Today, now: Instant) -> Vec<String> {
    let mine = today.duties.iter().filter(|one| one.person == actor.person);
    let own = mine.filter_map(|one| own_news(today, one, now));
    let seen = |one: &&News| {
        let line = today.lines.iter().find(|line| line.booking == one.booking);
        line.is_some_and(|line| line.organisation.is_some_and(|id| actor.sees_bookings_of(id)))
    };
    let others = today.news.iter().filter(seen).filter_map(|one| others_news(today, one, now));
    own.chain(others).take(MOST_NEWS).collect()
}

/// Whether it was today or yesterday by the site's wall.
fn is_new(zone: chrono_tz::Tz, at: Instant, now: Instant) -> bool {
    (local_date(zone, now) - local_date(zone, at)).num_days() <= 1
}

fn own_news(today: &Today, duty: &Duty, now: Instant) -> Option<String> {
    let (site, facility) = today.place(duty.facility)?;
    let zone = site.zone;
    let when = format!(
        "{}, {}, {}",
        date_without_year(local_date(zone, duty.session.start())),
        times(zone, duty.session),
        facility.name
    );
    match (duty.ended, duty.moved) {
        (Some((Ended::SessionOff, at)), _) if is_new(zone, at, now) => Some(format!("Off: {when}")),
        (Some((Ended::TakenOff, at)), _) if is_new(zone, at, now) => Some(format!("You are no longer on: {when}")),
        (None, Some((at, was))) if is_new(zone, at, now) => {
            let before = format!("{}, {}", date_without_year(local_date(zone, was.start())), times(zone, was));
            Some(format!("Moved: now {when}. It was {before}"))
        }
        (None, _) if is_new(zone, duty.given_at, now) => Some(format!("New: you are on {when}")),
        _ => None,
    }
}

fn others_news(today: &Today, one: &News, now: Instant) -> Option<String> {
    let line = today.lines.iter().find(|line| line.booking == one.booking)?;
    // What is merely new is told where its session is near.
    let is_near = one.session.start() < now.plus_days(7);
    let is_added = matches!(one.kind, EventKind::Booked | EventKind::Approved | EventKind::DateAdded);
    if !is_new(line.zone, one.at, now) || (is_added && !is_near) {
        return None;
    }
    let date = date_without_year(local_date(line.zone, one.session.start()));
    let title = if line.privacy == Privacy::Confidential { "" } else { line.purpose.as_str() };
    let title = if title.is_empty() { String::new() } else { format!(" {title},") };
    let what = if is_added { "New" } else { one.kind.words() };
    Some(format!("{what}:{title} {date}, {}, {}", times(line.zone, one.session), one.facility))
}

/// The sites of the sessions shown, the one of the next first.
fn ring(today: &Today, own: &[&Line], now: Instant) -> Vec<Ring> {
    let mut ring: Vec<Ring> = Vec::new();
    for line in own.iter().filter(|line| days_from_today(line, now) <= RELEASED_DAYS).chain(own.iter()) {
        let Some((site, _)) = today.place(line.facility) else {
            continue;
        };
        if !site.phone.is_empty() && ring.iter().all(|one| one.name != site.name) && ring.len() < 4 {
            let tel = site.phone.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
            ring.push(Ring { name: site.name.clone(), phone: site.phone.clone(), tel });
        }
    }
    ring
}
