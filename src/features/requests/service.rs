//! The use cases of deciding: the queue, one case with its facts, the decision. Not how they look.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::allocation::{self, Circumstances};
use crate::domain::holder::Holder;
use crate::domain::hours::local_date;
use crate::domain::ids::{BookingId, OrganisationId, Reference, SiteId};
use crate::domain::needed::UNANSWERED_DAYS;
use crate::domain::occurrence::Stage;
use crate::domain::papers::{PaperSet, missing};
use crate::domain::places::Facility;
use crate::domain::policy::Actor;
use crate::domain::quota::{Gauge, monday};
use crate::domain::recurrence::MOST_DATES;
use crate::domain::span::{Instant, Span};
use crate::enquiry::alone;
use crate::mail::Mailer;
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, Db, StoreError, attendance, needed, papers, proposals};

pub use crate::allocation::{
    Answer, AwaitedDecision, Case, ChangeDecision, DateRefused, Dates, Decision, Side, Waiting,
};
pub use crate::store::attendance::Past;
pub use crate::store::needed::Unanswered;
pub use crate::store::occurrences::Line;

/// So many silent series are shown at a time; the others follow when these are answered.
const MOST_SILENT: i64 = 50;

/// The sites that this person decides for; `None` for all.
fn sites_of(actor: &Actor) -> Option<Vec<SiteId>> {
    (!actor.administrator)
        .then(|| actor.posts.iter().map(|post| post.site).filter(|site| actor.manages(*site)).collect())
}

/// What waits for a decision, the longest wait first.
pub async fn queue(db: &Db, actor: &Actor, now: Instant) -> Result<Queue, StoreError> {
    let sites = sites_of(actor);
    db.read(move |conn| {
        let filter = ListFilter {
            sites: sites.as_deref(),
            stages: Some(&[Stage::Requested, Stage::Conditional]),
            until_after: Some(now),
            // Dates that wait for papers have no end to their waiting but their start.
            starts_after: Some(now),
            most: 400,
            ..ListFilter::default()
        };
        let mut lines = occurrences::list(conn, &filter)?;
        lines.sort_by_key(|line| (line.asked_at, line.booking, line.ordinal));
        let (lines, mut awaiting): (Vec<Line>, Vec<Line>) =
            lines.into_iter().partition(|line| line.stage == Stage::Requested);
        awaiting.retain(|line| !line.papers.is_empty());
        awaiting.sort_by_key(|line| (line.booking, line.session));
        let papers = papers::count_awaiting(conn, sites.as_deref())?;
        let ids = proposals::bookings_waiting(conn, sites.as_deref(), now)?;
        let changes = if ids.is_empty() {
            Vec::new()
        } else {
            occurrences::list(conn, &ListFilter { ids: Some(&ids), ..ListFilter::default() })?
        };
        let unanswered = unanswered(conn, sites.as_deref(), now)?;
        Ok(Queue { requests: lines, changes, unanswered, awaiting, papers })
    })
    .await
}

/// What waits for a manager: dates that were asked for, and dates for which a change was.
#[derive(Debug)]
pub struct Queue {
    /// The longest wait first, the dates of one booking together.
    pub requests: Vec<Line>,
    pub changes: Vec<Line>,
    /// Series of which nobody has said that they are still needed, the longest silence first.
    pub unanswered: Vec<Silent>,
    /// Dates that wait for papers, those of one booking together.
    pub awaiting: Vec<Line>,
    /// How many papers wait to be looked at.
    pub papers: i64,
}

/// A series whose booker was asked and has not answered, with its dates to come.
#[derive(Debug)]
pub struct Silent {
    pub question: Unanswered,
    pub ahead: Vec<Line>,
}

/// In two queries, however many there are. What has no dates left is passed over.
fn unanswered(conn: &mut Conn, sites: Option<&[SiteId]>, now: Instant) -> Result<Vec<Silent>, StoreError> {
    let questions = needed::unanswered(conn, sites, now.plus_days(-UNANSWERED_DAYS), MOST_SILENT)?;
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<BookingId> = questions.iter().map(|one| one.booking).collect();
    let filter = ListFilter {
        bookings: Some(&ids),
        stages: Some(&[Stage::Confirmed]),
        starts_after: Some(now),
        most: MOST_SILENT * i64::from(MOST_DATES),
        ..ListFilter::default()
    };
    let lines = occurrences::list(conn, &filter)?;
    let of = |id: BookingId| -> Vec<Line> { lines.iter().filter(|line| line.booking == id).cloned().collect() };
    let silent = questions.into_iter().map(|question| Silent { ahead: of(question.booking), question });
    Ok(silent.filter(|one| !one.ahead.is_empty()).collect())
}

/// A booking with the facts that a decision needs.
#[derive(Debug)]
pub struct Dossier {
    pub case: Case,
    /// How the bookings of this organisation, and of those that ask for the same, have gone at this site so far.
    pub past: HashMap<OrganisationId, Past>,
    /// Who else has or asks for the same space around the same time.
    pub around: Vec<Line>,
    /// Changes that wait.
    pub changes: Vec<Waiting>,
    /// The sessions to come that would be alone in the building, where the rules say that people are told so.
    pub alone: Vec<Span>,
    /// What papers its places ask for in words, and whether any is missing for one of its dates.
    pub papers: Option<(String, bool)>,
    /// Dates that wait and need an induction first.
    pub lacking: Vec<DateRefused>,
    /// The fullest week of its organisation, with this request; none where the rules limit nothing.
    pub gauge: Option<Gauge>,
}

/// One case; `None` when it is not there or not for this manager.
pub async fn dossier(db: &Db, reference: Reference, actor: Actor, now: Instant) -> Result<Option<Dossier>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)?.filter(|case| actor.manages(case.site.id)) else {
            return Ok(None);
        };
        Ok(Some(complete(conn, case, now)?))
    })
    .await
}

fn complete(conn: &mut Conn, case: Case, now: Instant) -> Result<Dossier, StoreError> {
    let changes = allocation::changes_waiting(conn, &case, now)?;
    // What is left out or lost is in nobody's way.
    let all: Vec<_> = case.booking.occurrences.iter().filter(|one| one.state.stage().is_active()).collect();
    let (first, last) =
        (all.iter().map(|one| one.session.start()).min(), all.iter().map(|one| one.session.end()).max());
    let around = match (first, last) {
        (Some(first), Some(last)) => {
            let mut facilities: Vec<_> = all.iter().map(|one| one.facility).collect();
            facilities.sort_unstable();
            facilities.dedup();
            let filter = ListFilter {
                facilities: Some(&facilities),
                stages: Some(&[Stage::Requested, Stage::Confirmed]),
                ends_after: Some(first.plus_hours(-2)),
                starts_after: Some(first.plus_days(-1)),
                starts_before: Some(last.plus_hours(2)),
                most: 1_000,
                ..ListFilter::default()
            };
            let mut lines = occurrences::list(conn, &filter)?;
            let near = |line: &Line| all.iter().any(|one| one.session.widened(120, 120).overlaps(line.session));
            lines.retain(|line| line.booking != case.booking.id && near(line));
            // More than this nobody reads.
            lines.truncate(12);
            lines
        }
        _ => Vec::new(),
    };
    let mut asking: Vec<OrganisationId> = case.booking.organisation_id().into_iter().collect();
    asking.extend(around.iter().filter_map(|line| line.organisation));
    asking.sort_unstable();
    asking.dedup();
    let past = if asking.is_empty() { HashMap::new() } else { attendance::past(conn, &asking, case.site.id)? };
    let active = case.booking.occurrences.iter().filter(|one| one.state.stage().is_active() && now < one.session.end());
    let sessions: Vec<_> = active.map(|one| (one.facility, one.session)).collect();
    let alone = alone::dates(conn, &case.site, &case.facilities, &sessions, now)?;
    let papers = papers_of(conn, &case, now)?;
    let waiting: Vec<_> = case.booking.waiting(now).cloned().collect();
    let lacking = allocation::lacking_induction(conn, &case, &waiting)?;
    let gauge = gauge(conn, &case)?;
    Ok(Dossier { case, past, around, changes, alone, papers, lacking, gauge })
}

/// What its organisation has used of the fullest week of its dates; one query, and none where the rules limit nothing.
fn gauge(conn: &mut Conn, case: &Case) -> Result<Option<Gauge>, StoreError> {
    let limited = |one: &&Facility| one.rules.week_bookings.is_some() || one.rules.week_minutes.is_some();
    let found = case.facilities.iter().find(limited).zip(case.booking.organisation_id());
    let Some((facility, organisation)) = found else {
        return Ok(None);
    };
    let stands = case.booking.occurrences.iter().filter(|one| one.state.stage().is_active());
    let here = stands.filter(|one| one.facility == facility.id);
    let dates: Vec<NaiveDate> = here.map(|one| local_date(case.site.zone, one.session.start())).collect();
    let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else {
        return Ok(None);
    };
    let weeks = (monday(*first), monday(*last) + chrono::Duration::days(6));
    let used = occurrences::used(conn, organisation, &[facility.id], weeks)?;
    let used = used.first().map(|(_, used)| used.as_slice()).unwrap_or_default();
    Ok(Gauge::fullest(&facility.rules, used, dates))
}

/// What papers a booking's places ask for, and which of its dates lack some.
fn papers_of(conn: &mut Conn, case: &Case, now: Instant) -> Result<Option<(String, bool)>, StoreError> {
    let wanted = case.facilities.iter().map(|one| one.rules.papers).find(|one| !one.kinds.is_empty());
    let (Some(required), Some(organisation)) = (wanted, case.booking.organisation_id()) else {
        return Ok(None);
    };
    let held = papers::accepted(conn, organisation)?;
    let on = |at: Instant| local_date(case.site.zone, at);
    let coming = case.booking.occurrences.iter().filter(|one| one.state.stage().is_active());
    let lacks = coming.map(|one| missing(required, &held, on(one.session.start()), on(now)).kinds);
    let all = lacks.fold(PaperSet::NONE, PaperSet::and);
    Ok(Some(if all.is_empty() {
        (required.in_words().unwrap_or_default(), false)
    } else {
        (format!("{}. A yes makes those dates conditional until it is accepted", all.words()), true)
    }))
}

/// Decides the changes of a booking that wait.
pub async fn decide_change(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    (reference, version): (Reference, i32),
    decision: ChangeDecision,
) -> Result<Answer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        allocation::decide_change(conn, circumstances, &actor, (&reference, version), &decision)
    })
    .await
}

/// Decides dates that wait for papers.
pub async fn decide_awaited(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    (reference, version): (Reference, i32),
    decision: AwaitedDecision,
) -> Result<Answer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        allocation::decide_awaited(conn, circumstances, &actor, (&reference, version), &decision)
    })
    .await
}

/// A booking with the others that overlap with one of its dates in spaces of the same kind.
#[derive(Debug)]
pub struct Exchangeable {
    pub case: Case,
    pub others: Vec<Line>,
}

/// Finds what a date could exchange rooms with; `None` when it is not there or not for this manager.
pub async fn exchangeable(
    db: &Db,
    reference: Reference,
    ordinal: i32,
    actor: Actor,
    now: Instant,
) -> Result<Option<Exchangeable>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)?.filter(|case| actor.manages(case.site.id)) else {
            return Ok(None);
        };
        let date = case.booking.occurrences.iter().find(|one| one.ordinal == ordinal && now < one.session.start());
        let Some((date, own)) = date.and_then(|date| Some((date, case.facility_of(date)?))) else {
            return Ok(None);
        };
        let filter = ListFilter {
            sites: Some(std::slice::from_ref(&case.site.id)),
            stages: Some(&[Stage::Confirmed]),
            ends_after: Some(date.session.start()),
            starts_after: Some(date.session.start().plus_days(-1)),
            starts_before: Some(date.session.end()),
            ..ListFilter::default()
        };
        let mut others = occurrences::list(conn, &filter)?;
        others.retain(|line| line.kind == own.kind && line.facility != own.id && now < line.session.start());
        Ok(Some(Exchangeable { others, case }))
    })
    .await
}

/// Exchanges the rooms of two dates.
pub async fn exchange(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    sides: (Side, Side),
) -> Result<Answer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        allocation::exchange(conn, circumstances, &actor, (&sides.0, &sides.1))
    })
    .await
}

/// Decides.
pub async fn decide(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    (reference, version): (Reference, i32),
    decision: Decision,
) -> Result<Answer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        allocation::decide(conn, circumstances, &actor, (&reference, version), &decision)
    })
    .await
}

/// Records the induction that a request waits for, and approves it. The dates are when it was given and until when it counts;
/// `alone` is whether it is only of whoever asked.
pub async fn induct(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    (reference, version): (Reference, i32),
    induction: (NaiveDate, NaiveDate, bool),
) -> Result<Answer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        allocation::induct_and_approve(conn, circumstances, &actor, (&reference, version), induction)
    })
    .await
}

/// Whose it is, in words; what the site holds itself goes by its name.
pub fn holder(line: &Line) -> String {
    match &line.holder {
        Holder::Site => line.site_name.clone(),
        other => other.name().to_owned(),
    }
}
