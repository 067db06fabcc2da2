//! The day of a site on one sheet for its staff: sessions by time, what to set out, whom to reach, who has come and gone.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::service::{self, DayView, Deed, Session, Whom, arrival_key};
use crate::domain::arrivals::{Arrival, Presence};
use crate::domain::holder::Holder;
use crate::domain::hours::{local_date, local_time};
use crate::domain::ids::{Reference, Slug};
use crate::domain::job::{self, JobKind};
use crate::domain::occurrence::Stage;
use crate::domain::span::Instant;
use crate::domain::text;
use crate::domain::words::{clock, counted, date_and_clock, long_date, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::notices::{NoticeView, notice_views};
use crate::web::page;
use crate::web::state::Shared;

const GONE: &str =
    "That could not be noted: it has been noted already, or the booking has changed. Here is how it stands now.";

#[derive(Debug, Deserialize)]
pub struct DayQuery {
    #[serde(default)]
    date: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteForm {
    /// The date whose page it is sent from.
    #[serde(default)]
    day: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    people: String,
    #[serde(default)]
    alone: String,
    #[serde(default)]
    act: String,
}

#[derive(Template)]
#[template(path = "reception/day.html")]
struct DayPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: NoteForm,
    site_name: String,
    site_href: String,
    action: String,
    no_show: String,
    attendance: String,
    date: NaiveDate,
    title: String,
    before: String,
    after: String,
    today: Option<String>,
    is_today: bool,
    inside: String,
    evacuation: String,
    keys: String,
    keys_words: String,
    /// For those who lead on safeguarding: how much waits for them, and where.
    to_read: Option<(String, String)>,
    keepers: Option<(String, String)>,
    closing: Option<ClosingRow>,
    notices: Vec<NoticeView>,
    rows: Vec<Row>,
    /// The first session that is not over, where others stand before it.
    next: Option<String>,
    others: Vec<Other>,
}

/// How the closing list stands.
struct ClosingRow {
    done: bool,
    words: String,
    href: String,
}

/// One session.
struct Row {
    id: String,
    times: String,
    place: String,
    href: String,
    purpose: String,
    holder: String,
    people: String,
    number: i32,
    note: String,
    /// Layout and extras.
    set_out: String,
    /// What people who come need to take part.
    access: String,
    /// The job after it, and whether it is done.
    turnaround: Option<(bool, String)>,
    contact: Option<(String, String, String)>,
    stands: String,
    presence: Presence,
    noted: Option<String>,
    alone: bool,
    /// That nobody came, and whether the site noted it.
    no_show: Option<bool>,
    near: bool,
    /// It is confirmed, and not the site's own.
    may_be_noted: bool,
    reference: Reference,
    ordinal: i32,
}

impl Row {
    /// Arriving can be noted, or the number corrected.
    fn may_arrive(&self) -> bool {
        self.near
            && self.no_show.is_none()
            && matches!(self.presence, Presence::Expected | Presence::Unknown | Presence::Over)
    }

    /// It has begun, and nobody noted anything.
    fn may_be_no_show(&self) -> bool {
        self.near
            && self.may_be_noted
            && self.no_show.is_none()
            && matches!(self.presence, Presence::Unknown | Presence::Over)
    }

    fn may_leave(&self) -> bool {
        self.near && matches!(self.presence, Presence::Here | Presence::Overdue)
    }
}

/// People without a booking.
struct Other {
    key: String,
    who: String,
    words: String,
    here: bool,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<DayQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let view = view(&state, &path, &who, &query.date, now).await?;
    page::ok(&day_page(chrome, &view, NoteForm::default(), Faults::none(), now))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<NoteForm>,
) -> Result<HttpResponse, Error> {
    let (now, typed) = (state.clock.now(), form.0);
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let read = typed.read(&mut faults);
    if !faults.is_empty() {
        let view = view(&state, &path, &who, &typed.day, now).await?;
        return page::unprocessable(&day_page(Chrome::of(&request), &view, typed, faults, now));
    }
    let wanted = read.ok_or_else(|| Error::BadRequest("Send the form as the page does".to_owned()))?;
    let done = match wanted.1 {
        Deed::Arrived { .. } => "arrived",
        Deed::Left => "has-left",
        Deed::TakeBack => "note-taken-back",
    };
    match service::note(&state.db, who.actor.clone(), slug.clone(), wanted, now).await? {
        None => Err(Error::NotFound),
        Some(true) => Ok(page::done(&urls::reception(&slug, typed.day.parse().ok()), done)),
        Some(false) => {
            let view = view(&state, &path, &who, &typed.day, now).await?;
            let page = day_page(Chrome::of(&request), &view, NoteForm::default(), Faults::none(), now);
            page::with_status(StatusCode::CONFLICT, &DayPage { notice: Some(GONE), ..page })
        }
    }
}

impl NoteForm {
    /// Whom it is about and what is noted of them; none for a form that the page did not make.
    fn read(&self, faults: &mut Faults) -> Option<(Whom, Deed)> {
        let new = self.reference.is_empty() && self.key.is_empty();
        let whom = if new {
            Whom::New(faults.take("who", text::required_line(&self.who, 80).map_err(|fault| fault.words("who it is"))))
        } else if self.key.is_empty() {
            Whom::Date(Reference::parse(&self.reference)?, self.date.parse().ok()?)
        } else {
            Whom::Others(self.key.clone())
        };
        let deed = match self.act.as_str() {
            "left" if !new => Deed::Left,
            "back" if !new => Deed::TakeBack,
            "arrived" => {
                let field = if new { "people" } else { "number" };
                let people = faults.number(field, &self.people, "how many people there are", (1, 10_000));
                Deed::Arrived { people, alone: !self.alone.is_empty() }
            }
            _ => return None,
        };
        Some((whom, deed))
    }
}

async fn view(state: &Shared, path: &str, who: &SignedIn, date: &str, now: Instant) -> Result<DayView, Error> {
    let slug = Slug::parse(path).ok_or(Error::NotFound)?;
    let date = match date {
        "" => None,
        typed => Some(read_date(typed)?),
    };
    service::load_day(&state.db, who.actor.clone(), slug, date, now).await?.ok_or(Error::NotFound)
}

/// A date of the address; one that cannot be booked is refused rather than drawn.
fn read_date(typed: &str) -> Result<NaiveDate, Error> {
    let date = typed.parse().ok().filter(|date: &NaiveDate| (2001..2199).contains(&date.year()));
    date.ok_or_else(|| Error::BadRequest("That is not a date we can show. Choose another day".to_owned()))
}

fn day_page(chrome: Chrome, view: &DayView, typed: NoteForm, faults: Faults, now: Instant) -> DayPage {
    let sheet = &view.sheet;
    let (site, date) = (&sheet.site, sheet.date);
    let today = local_date(site.zone, now);
    let at = |date: Option<NaiveDate>| urls::reception(&site.slug, date);
    let keeper = |place: usize, end: bool| {
        let one = &sheet.sessions.get(place)?.line;
        let at = if end { one.session.end() } else { one.session.start() };
        Some(format!("{}, {}, {}", clock(local_time(site.zone, at).minute), one.holder.name(), one.facility_name))
    };
    DayPage {
        chrome: chrome.wide(),
        faults,
        notice: None,
        typed,
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        action: at(None),
        no_show: urls::no_show(&site.slug),
        attendance: urls::site_attendance(&site.slug, None),
        date,
        title: long_date(date),
        before: at(date.pred_opt()),
        after: at(date.succ_opt()),
        today: (date != today).then(|| at(None)),
        is_today: date == today,
        inside: inside_words(sheet.inside()),
        evacuation: urls::evacuation(&site.slug),
        keys: urls::keys(&site.slug),
        to_read: view.desk.to_read.map(|waiting| {
            let words = match waiting {
                0 => "In confidence: nothing new".to_owned(),
                number => format!("In confidence: {number} to read"),
            };
            (words, urls::to_read(&view.sheet.site.slug))
        }),
        keys_words: match view.desk.keys_out {
            0 => "No key is out.".to_owned(),
            number => format!("{} out.", counted(number, "key is", "keys are")),
        },
        keepers: view.keepers.and_then(|(first, last)| Some((keeper(first, false)?, keeper(last, true)?))),
        closing: closing(view),
        notices: notice_views((site.zone, &site.name), &view.notices, |id| {
            let one = sheet.sessions.iter().find(|one| one.line.facility == id);
            Some(one.map_or_else(|| "One of the spaces".to_owned(), |one| one.line.facility_name.clone()))
        }),
        next: sheet
            .sessions
            .iter()
            .position(|one| now < one.line.session.end())
            .filter(|place| 0 < *place && date == today)
            .map(row_id),
        rows: sheet.sessions.iter().enumerate().map(|(place, one)| row(sheet, place, one)).collect(),
        others: sheet.others.iter().map(|one| other(sheet, one)).collect(),
    }
}

/// "14 people are in the building, and up to 3 more may be."
pub fn inside_words((here, perhaps): (i32, i32)) -> String {
    let here = match here {
        0 => "Nobody is noted as being in the building".to_owned(),
        1 => "1 person is in the building".to_owned(),
        number => format!("{number} people are in the building"),
    };
    match perhaps {
        0 => format!("{here}."),
        1 => format!("{here}. 1 more may be: nobody has noted it."),
        number => format!("{here}. Up to {number} more may be: nobody has noted them."),
    }
}

fn row_id(place: usize) -> String {
    format!("session-{place}")
}

fn row(sheet: &service::Sheet, place: usize, one: &Session) -> Row {
    let (line, zone) = (&one.line, sheet.site.zone);
    let detail = one.detail.as_ref();
    let room = detail.map_or("", |detail| detail.room.as_str());
    let floor = detail.map_or("", |detail| detail.floor.as_str());
    let beside: Vec<&str> = [room, floor].into_iter().filter(|part| !part.is_empty()).collect();
    let second = detail.and_then(|detail| detail.second.as_ref());
    let absent = one.arrival.is_none() && detail.is_some_and(|detail| detail.no_show.is_some());
    Row {
        id: row_id(place),
        times: times(zone, line.session),
        place: if beside.is_empty() {
            line.facility_name.clone()
        } else {
            format!("{}, {}", line.facility_name, beside.join(", "))
        },
        href: urls::booking(&line.reference),
        purpose: line.purpose.clone(),
        holder: match second {
            Some(second) => format!("{} with {second}", line.holder.name()),
            None => line.holder.name().to_owned(),
        },
        people: counted(line.people.into(), "person", "people"),
        number: one.arrival.as_ref().map_or(line.people, |arrival| arrival.people),
        note: detail.map(|detail| detail.note.clone()).unwrap_or_default(),
        set_out: detail.map(|detail| detail.said.to_set_out(line.ordinal)).unwrap_or_default(),
        access: detail.map(|detail| detail.said.access_in_words()).unwrap_or_default(),
        turnaround: detail.and_then(|detail| turnaround(sheet, one, detail)),
        contact: detail.and_then(|detail| detail.contact.as_ref()).map(|(name, reach)| reached(name, reach)),
        stands: if absent { "Nobody came".to_owned() } else { one.presence.words().to_owned() },
        presence: one.presence,
        noted: one.arrival.as_ref().map(|arrival| noted(sheet, arrival)),
        alone: one.arrival.as_ref().is_some_and(|arrival| arrival.alone),
        no_show: detail.and_then(|detail| detail.no_show).filter(|_| absent),
        near: one.near,
        may_be_noted: line.stage == Stage::Confirmed && !matches!(line.holder, Holder::Site),
        reference: line.reference.clone(),
        ordinal: line.ordinal,
    }
}

/// What is to be made ready after a session, and whether somebody has.
fn turnaround(sheet: &service::Sheet, one: &Session, detail: &service::Detail) -> Option<(bool, String)> {
    let at = |instant: Instant| clock(local_time(sheet.site.zone, instant).minute);
    let job = job::of(&detail.jobs, one.line.occurrence, JobKind::Turnaround);
    detail.turnaround.then(|| match job {
        Some(job) => (true, format!("Ready since {}, {}", at(job.done_at), job.done_name)),
        None => (false, format!("Make ready after {}", at(one.line.session.end()))),
    })
}

/// The closing list of the day; none where the site has none and nobody ticked any.
fn closing(view: &DayView) -> Option<ClosingRow> {
    let site = &view.sheet.site;
    let href = urls::closing(&site.slug, Some(view.sheet.date));
    match &view.desk.closing {
        Some(closing) => {
            let words = if closing.is_done() {
                format!("All ticked {} by {}", date_and_clock(site.zone, closing.done_at), closing.done_name)
            } else {
                let left = i64::try_from(closing.left()).unwrap_or_default();
                format!(
                    "{} not ticked, last {} by {}",
                    counted(left, "line", "lines"),
                    date_and_clock(site.zone, closing.done_at),
                    closing.done_name
                )
            };
            Some(ClosingRow { done: closing.is_done(), words, href })
        }
        None => view.desk.has_list.then(|| ClosingRow { done: false, words: "Not ticked yet".to_owned(), href }),
    }
}

/// A name, how it is reached, and a link that does so.
pub fn reached(name: &str, reach: &str) -> (String, String, String) {
    let href = if reach.contains('@') { format!("mailto:{reach}") } else { format!("tel:{}", reach.replace(' ', "")) };
    (name.to_owned(), reach.to_owned(), href)
}

/// "9:58am to 11am, 6 people".
fn noted(sheet: &service::Sheet, arrival: &Arrival) -> String {
    let at = |instant: Instant| clock(local_time(sheet.site.zone, instant).minute);
    let people = counted(arrival.people.into(), "person", "people");
    match arrival.left_at {
        Some(left) => format!("{} to {}, {people}", at(arrival.at), at(left)),
        None => format!("Since {}, {people}", at(arrival.at)),
    }
}

fn other(sheet: &service::Sheet, one: &Arrival) -> Other {
    Other {
        key: arrival_key(one.id),
        who: if one.who.is_empty() { "Somebody".to_owned() } else { one.who.clone() },
        words: noted(sheet, one),
        here: one.is_here(),
    }
}
