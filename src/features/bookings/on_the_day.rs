//! What a booking's page says of the day: how the place was left, the allergens of others, and what its own people still tick.

use chrono_tz::Tz;

use super::after::attendance_cards;
use super::service::{Around, Case, View};
use crate::domain::care::Care;
use crate::domain::hours::{local_date, local_time};
use crate::domain::ids::FacilityId;
use crate::domain::job::{self, Job, JobKind};
use crate::domain::span::Instant;
use crate::domain::words::{clock, date_without_year, times};
use crate::urls;

/// One card.
#[derive(Debug)]
pub struct Card {
    pub shown: &'static str,
    pub icon: &'static str,
    pub heading: String,
    pub words: Vec<String>,
    pub link: Option<(String, &'static str)>,
}

#[derive(Debug, Default)]
pub struct CareView {
    /// How the place is for the next session.
    pub before: Option<Card>,
    pub others: Vec<(String, String)>,
    pub own: Vec<Card>,
    /// How dates went that are over; less urgent than what is to come.
    pub after: Vec<Card>,
}

pub fn care_view(view: &View, now: Instant) -> CareView {
    let (case, seen) = (&view.case, &view.care);
    let zone = case.site.zone;
    let other = |one: &super::service::Others| {
        let date = date_without_year(local_date(zone, one.session.start()));
        let who = one.who.as_ref().map_or_else(String::new, |who| format!(" ({who})"));
        (format!("{date}, {}, in {}", times(zone, one.session), one.facility), format!("{}{who}", one.words))
    };
    CareView {
        before: seen.before.as_ref().and_then(|(before, _)| ready(zone, care_of(case, before.facility)?, before, now)),
        others: seen.others.iter().map(other).collect(),
        own: seen.own.iter().filter_map(|one| own(case, care_of(case, one.facility)?, one)).collect(),
        after: attendance_cards(view, now),
    }
}

fn care_of(case: &Case, id: FacilityId) -> Option<&Care> {
    case.facilities.iter().find(|facility| facility.id == id).map(|facility| &*facility.care)
}

fn at(zone: Tz, at: Instant) -> String {
    clock(local_time(zone, at).minute)
}

/// How the place is, for whoever comes after a session. Who ticked is named to staff on their own page only.
fn ready(zone: Tz, care: &Care, before: &Around, now: Instant) -> Option<Card> {
    if now < before.end() {
        let heading = format!("In use until {}", at(zone, before.end()));
        return Some(Card { shown: "closed", icon: "info", heading, words: Vec::new(), link: None });
    }
    let ticked = |kind| job::of(&before.jobs, before.occurrence, kind);
    let left = (!care.checklist.is_empty()).then(|| left_words(zone, ticked(JobKind::Checklist)));
    let (ready, heading) = match ticked(JobKind::Turnaround) {
        Some(job) => (true, format!("Ready since {} (ticked by {})", at(zone, job.done_at), by(job))),
        None if care.turnaround_jobs => (false, "Being made ready".to_owned()),
        None => {
            let done = ticked(JobKind::Checklist).is_some_and(Job::is_done);
            (done, left.clone()?)
        }
    };
    let words = left.into_iter().filter(|words| *words != heading).collect();
    let (shown, icon) = if ready { ("confirmed", "confirmed") } else { ("requested", "requested") };
    Some(Card { shown, icon, heading, words, link: None })
}

/// "Left as found, 2:05pm", or what is missing.
pub fn left_words(zone: Tz, job: Option<&Job>) -> String {
    match job {
        Some(job) if job.is_done() => format!("Left as found, {}", at(zone, job.done_at)),
        Some(job) => {
            format!("Ticked in part, {}: {} of {} lines", at(zone, job.done_at), job.ticked.len(), job.lines.len())
        }
        None => "The cleaning checklist is not ticked yet".to_owned(),
    }
}

fn by(job: &Job) -> &'static str {
    if job.by_staff { "reception" } else { "the people before you" }
}

/// What its own people tick at the end, and what they have.
fn own(case: &Case, care: &Care, one: &Around) -> Option<Card> {
    let zone = case.site.zone;
    let ticked = |kind| job::of(&one.jobs, one.occurrence, kind);
    let list = (!care.checklist.is_empty())
        .then(|| (ticked(JobKind::Checklist), left_words(zone, ticked(JobKind::Checklist))));
    let turn = care.turnaround_jobs.then(|| match ticked(JobKind::Turnaround) {
        Some(job) => format!("Made ready for the next, {}", at(zone, job.done_at)),
        None => "Nobody has ticked that it is ready for the next".to_owned(),
    });
    let open = list.as_ref().is_some_and(|(job, _)| !job.is_some_and(Job::is_done))
        || (care.turnaround_jobs && ticked(JobKind::Turnaround).is_none());
    let words: Vec<String> = list.map(|(_, words)| words).into_iter().chain(turn).collect();
    let date = date_without_year(local_date(zone, one.session.start()));
    let (shown, icon) = if open { ("requested", "requested") } else { ("confirmed", "confirmed") };
    let href = urls::booking_checklist(&case.booking.reference, one.ordinal);
    let link = (href, if open { "Tick the checklist" } else { "See the checklist" });
    Some(Card { shown, icon, heading: format!("When you leave, {date}"), words, link: Some(link) })
}
