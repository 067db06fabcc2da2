//! An organisation's bookings: what is coming, and what has been. For a site's staff also those for persons, and any by its reference.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::service::{self, Line, Lists, Looking, Opening};
use crate::domain::holder::Holder;
use crate::domain::hours::local_time;
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::organisation::Standing;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::domain::words::{date_without_year, length, listed, long_date, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    show: String,
    /// What is looked for: from which date, in which words, and which page of it.
    #[serde(default)]
    from: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: u16,
    /// Typed by staff, to open a booking of their site.
    #[serde(default)]
    reference: String,
    /// The booking of which a date was just released, and which.
    #[serde(default)]
    undo: String,
    date: Option<i32>,
}

#[derive(Template)]
#[template(path = "bookings/list.html")]
struct ListPage {
    chrome: Chrome,
    past: bool,
    faults: Faults,
    looking: Looking,
    /// The pages before and after.
    before: Option<String>,
    after: Option<String>,
    /// What leads back to this page.
    back: String,
    reference: String,
    /// What was just released, while it can be put back.
    undo: Option<Undo>,
    /// Series that somebody is asked about.
    questions: Vec<Question>,
    days: Vec<DayGroup>,
    /// Days on which they open or lock up: when, what, where, and the page of the place.
    opening: Vec<(String, String, String, String)>,
    /// What the site's staff booked for persons.
    of_persons: Vec<DayGroup>,
    staff: bool,
    books: bool,
    member: bool,
    approved: bool,
    /// The schedule of the first site where this person works.
    day: Option<String>,
}

struct Undo {
    action: String,
    version: i32,
    date: i32,
}

/// "Is it still needed?", open for one booking.
struct Question {
    title: String,
    place: String,
    action: String,
    dates: String,
}

struct DayGroup {
    date: String,
    lines: Vec<LineView>,
}

struct LineView {
    href: String,
    times: String,
    title: String,
    place: String,
    holder: String,
    stage: Stage,
    release: Option<Release>,
}

/// Giving one date back with one click.
struct Release {
    action: String,
    version: i32,
    ordinal: i32,
    word: &'static str,
    /// Set where it would count as late.
    late: Option<String>,
}

pub async fn get(state: Shared, query: Query<ListQuery>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let (past, now) = (query.show == "past", state.clock.now());
    let staff = who.actor.is_staff_anywhere();
    let mut faults = Faults::none();
    if staff && !query.reference.is_empty() {
        match Reference::parse(&query.reference) {
            Some(reference) if service::is_there(&state.db, reference.clone(), who.actor.clone()).await? => {
                return Ok(page::see_other(&urls::booking(&reference)));
            }
            _ => faults.add(
                "reference",
                "No booking of your site has this reference. It has eight letters and numbers, like 7K2M-94QT",
            ),
        }
    }
    let looking = query.looking(&mut faults);
    let lists = service::list(&state.db, &who.actor, looking.clone(), now).await?;
    let books = who.actor.books_for().next().is_some();
    let approved = who.actor.memberships.iter().any(|one| one.standing == Standing::Approved);
    let member = !who.actor.memberships.is_empty();
    let day = who.actor.posts.first().map(|post| urls::schedule(&post.slug, None));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let list = ListPage {
        chrome,
        past,
        undo: undo(&who.actor, &query, &lists.own),
        questions: if past { Vec::new() } else { questions(&who.actor, &lists.own, now) },
        faults,
        before: looking.page.checked_sub(1).map(|page| paged(&looking, page)),
        after: lists.more.then(|| paged(&looking, looking.page + 1)),
        back: format!("list?{}", asked(&looking, looking.page)),
        looking,
        reference: query.reference.clone(),
        opening: lists.opening.iter().map(opening).collect(),
        days: days(&who.actor, &lists.own, &lists, past, now),
        of_persons: days(&who.actor, &lists.of_persons, &lists, past, now),
        staff,
        books,
        member,
        approved,
        day,
    };
    page::with_status(status, &list)
}

impl ListQuery {
    /// What is looked for; a date that is none is a fault, and then everything is shown.
    fn looking(&self, faults: &mut Faults) -> Looking {
        let typed = self.from.trim();
        let date = typed.parse().ok().filter(|date: &NaiveDate| (2000..2200).contains(&date.year()));
        if date.is_none() && !typed.is_empty() {
            faults.add("from", "Enter a date");
        }
        let words: String = self.q.trim().chars().take(60).collect();
        Looking { past: self.show == "past", date, words, page: self.page.min(1_000) }
    }
}

fn asked(looking: &Looking, page: u16) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if looking.past {
        query.append_pair("show", "past");
    }
    if let Some(date) = looking.date {
        query.append_pair("from", &date.to_string());
    }
    if !looking.words.is_empty() {
        query.append_pair("q", &looking.words);
    }
    if 0 < page {
        query.append_pair("page", &page.to_string());
    }
    query.finish()
}

fn paged(looking: &Looking, page: u16) -> String {
    format!("{}?{}", urls::BOOKINGS, asked(looking, page))
}

/// The lines by date.
fn days(actor: &Actor, lines: &[Line], lists: &Lists, past: bool, now: Instant) -> Vec<DayGroup> {
    let mut days: Vec<DayGroup> = Vec::new();
    for line in lines {
        let local = local_time(line.zone, line.session.start()).date;
        let date = if past { long_date(local) } else { date_without_year(local) };
        let view = line_view(actor, line, lists, now);
        match days.last_mut() {
            Some(day) if day.date == date => day.lines.push(view),
            _ => days.push(DayGroup { date, lines: vec![view] }),
        }
    }
    days
}

fn opening(one: &Opening) -> (String, String, String, String) {
    let tasks: Vec<String> = one.tasks.iter().map(|task| task.to_you().to_owned()).collect();
    let who = one.whose.as_ref().map_or_else(|| "You".to_owned(), |name| format!("{name}: you"));
    let place = format!("{}, {}", one.facility, one.site);
    (date_without_year(one.date), format!("{who} {}", listed(&tasks)), place, urls::cafe(&one.href.0, &one.href.1))
}

fn may_act(actor: &Actor, line: &Line) -> bool {
    line.organisation.is_some_and(|id| actor.may_book_for(id))
}

fn undo(actor: &Actor, query: &ListQuery, lines: &[Line]) -> Option<Undo> {
    let reference = Reference::parse(&query.undo)?;
    let line = lines.iter().find(|line| line.reference == reference && Some(line.ordinal) == query.date)?;
    (line.stage == Stage::Cancelled && may_act(actor, line)).then(|| Undo {
        action: urls::booking_put_back(&reference),
        version: line.version,
        date: line.ordinal,
    })
}

/// The open questions, each once, the soonest date first.
fn questions(actor: &Actor, lines: &[Line], now: Instant) -> Vec<Question> {
    let mut asked: Vec<&Line> = Vec::new();
    for line in lines.iter().filter(|line| line.needed_since.is_some() && may_act(actor, line)) {
        let ahead = line.stage == Stage::Confirmed && now < line.session.start();
        if ahead && asked.iter().all(|known| known.booking != line.booking) {
            asked.push(line);
        }
    }
    let question = |line: &&Line| Question {
        title: line.purpose.clone(),
        place: format!("{}, {}", line.facility_name, line.site_name),
        action: urls::booking_needed(&line.reference),
        dates: urls::booking_dates(&line.reference),
    };
    asked.iter().map(question).collect()
}

fn line_view(actor: &Actor, line: &Line, list: &Lists, now: Instant) -> LineView {
    let void = line.until.is_some_and(|until| until <= now);
    LineView {
        href: urls::booking(&line.reference),
        times: times(line.zone, line.session),
        title: line.purpose.clone(),
        place: format!("{}, {}", line.facility_name, line.site_name),
        holder: holder(actor, line),
        stage: if void { Stage::Expired } else { line.stage },
        release: release(line, list, now).filter(|_| !void && may_act(actor, line)),
    }
}

/// Whose it is, where that is not plain: who shares it, or for which of one's own organisations, or for whom without an account.
fn holder(actor: &Actor, line: &Line) -> String {
    let shared = line.shared_with.is_some_and(|second| actor.sees_shared_with(second));
    match (&line.holder, line.organisation) {
        (Holder::Organisation(name), Some(id)) if shared && !actor.sees_bookings_of(id) => format!("Shared by {name}"),
        (Holder::Organisation(name), _) if 1 < actor.memberships.len() => format!("for {name}"),
        (Holder::Organisation(_), _) => String::new(),
        (Holder::Person(name), _) => format!("for {name}"),
        (Holder::Site, _) => format!("Shared by {}", line.site_name),
    }
}

/// What one click gives back: a date that stands and has not begun.
fn release(line: &Line, list: &Lists, now: Instant) -> Option<Release> {
    let window = list.late.get(&line.facility).copied().unwrap_or_default();
    let confirmed = line.stage == Stage::Confirmed;
    let late = confirmed && line.session.start() < now.plus_minutes(window.into());
    (line.stage.is_active() && now < line.session.start()).then(|| Release {
        action: urls::booking_release(&line.reference),
        version: line.version,
        ordinal: line.ordinal,
        word: if confirmed { "Release" } else { "Withdraw" },
        late: late.then(|| late_words(window)),
    })
}

/// What is said beside a button that gives a date back late.
pub fn late_words(window_minutes: i32) -> String {
    format!("With less than {} to go, releasing it counts as a late cancellation.", length(window_minutes.into()))
}
