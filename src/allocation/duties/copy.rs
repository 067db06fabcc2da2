//! Taking a week's rota over from the week before: the same people on sessions of the same weekday and times; what could not be copied is listed with the reason.

use chrono::NaiveDate;

use super::given::put_on;
use super::{DutyAnswer, date_of};
use crate::allocation::case::{Case, Circumstances};
use crate::domain::duty::{Duty, Slot, WhyNot, follower};
use crate::domain::history::EventKind;
use crate::domain::hours::{local_date, local_time, weekday};
use crate::domain::ids::{BookingId, OrganisationId, PersonId, SiteId};
use crate::domain::policy::Actor;
use crate::domain::words::times24;
use crate::enquiry::rota::Week;
use crate::store::occurrences::Line;
use crate::store::{Conn, StoreError, availability, engine};

/// What was not copied: whom, where and when in words, and why.
#[derive(Debug, Clone)]
pub struct Copied {
    pub name: String,
    pub date: NaiveDate,
    pub what: String,
    pub why: WhyNot,
}

/// What became of copying a week.
#[derive(Debug)]
pub enum CopyAnswer {
    NotFound,
    /// How many duties were given, and which were not.
    Done(usize, Vec<Copied>),
}

/// Copies the duties of the week before into the week that begins on this Monday.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn copy_week(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (organisation, monday): (OrganisationId, NaiveDate),
) -> Result<CopyAnswer, StoreError> {
    let Some(before) = monday.checked_sub_days(chrono::Days::new(7)).filter(|_| actor.keeps_rota(organisation)) else {
        return Ok(CopyAnswer::NotFound);
    };
    let (last, week) = (Week::load(conn, organisation, before)?, Week::load(conn, organisation, monday)?);
    let source = sources(&last);
    let mut people: Vec<PersonId> = source.iter().map(|(duty, _)| duty.person).collect();
    let mut places: Vec<SiteId> = week.lines.iter().map(|line| line.site).collect();
    people.sort_unstable();
    people.dedup();
    places.sort_unstable();
    places.dedup();
    engine::lock_people(conn, &people, &places, Some(organisation))?;
    // What was judged before the lock is looked at again; who came meanwhile is not locked.
    let last = Week::load(conn, organisation, before)?;
    let source: Vec<_> = sources(&last).into_iter().filter(|(duty, _)| people.contains(&duty.person)).collect();
    let week = Week::load(conn, organisation, monday)?.lines;
    let slots: Vec<Slot> = week.iter().filter(|line| line.stage.is_active()).map(slot).collect();
    let said = availability::of(conn, &people, monday)?;
    let (mut copied, mut not) = (0, Vec::new());
    let mut targets: Vec<(PersonId, BookingId, Vec<i32>)> = Vec::new();
    for (duty, line) in &source {
        let target = follower(&slot(line), &slots);
        let on = target.and_then(|to| week.iter().find(|one| (one.booking, one.ordinal) == (to.booking, to.ordinal)));
        let why = match on {
            None => WhyNot::NoLike,
            Some(to) => {
                let date = local_date(to.zone, to.session.start());
                if said.get(&duty.person).is_some_and(|said| said.is_away(date)) {
                    WhyNot::Away
                } else {
                    add(&mut targets, duty.person, to);
                    continue;
                }
            }
        };
        not.push(left_out(duty, line, why));
    }
    for (person, booking, ordinals) in targets {
        let name = source.iter().find(|(duty, _)| duty.person == person).map(|(duty, _)| duty.name.clone());
        let name = name.unwrap_or_default();
        copied += copy_to(conn, circumstances, (person, &name), (booking, &ordinals), actor, &mut not)?;
    }
    not.sort_by(|a, b| (a.date, &a.what, &a.name).cmp(&(b.date, &b.what, &b.name)));
    Ok(CopyAnswer::Done(copied, not))
}

fn add(targets: &mut Vec<(PersonId, BookingId, Vec<i32>)>, person: PersonId, to: &Line) {
    match targets.iter_mut().find(|(who, booking, _)| (*who, *booking) == (person, to.booking)) {
        Some((.., ordinals)) => ordinals.push(to.ordinal),
        None => targets.push((person, to.booking, vec![to.ordinal])),
    }
}

fn copy_to(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (person, name): (PersonId, &str),
    (booking, ordinals): (BookingId, &[i32]),
    actor: &Actor,
    not: &mut Vec<Copied>,
) -> Result<usize, StoreError> {
    let Some(case) = Case::by_id(conn, booking)? else {
        return Ok(0);
    };
    let answer = put_on(conn, circumstances, case, (person, ordinals), (EventKind::DutyGiven, actor.person))?;
    let (done, refused, case) = match answer {
        DutyAnswer::Done { dates, not, case } => (dates, not, case),
        DutyAnswer::Refused(not, case) => (0, not, case),
        DutyAnswer::NotFound | DutyAnswer::Gone(_) => return Ok(0),
    };
    for one in refused.into_iter().filter(|one| one.why != WhyNot::OnAlready) {
        let date = date_of(&case, one.ordinal, circumstances.now);
        let place = date.and_then(|date| case.facility_of(date.occurrence)).map_or("", |facility| &facility.name);
        not.push(Copied {
            name: name.to_owned(),
            date: local_date(case.site.zone, one.session.start()),
            what: format!("{} {place}", times24(case.site.zone, one.session)),
            why: one.why,
        });
    }
    Ok(done)
}

/// A week later than a duty was.
fn left_out(duty: &Duty, line: &Line, why: WhyNot) -> Copied {
    let date = local_date(line.zone, line.session.start());
    Copied {
        name: duty.name.clone(),
        date: date.checked_add_days(chrono::Days::new(7)).unwrap_or(date),
        what: format!("{} {}", times24(line.zone, line.session), line.facility_name),
        why,
    }
}

/// The duties that stood in a week, each with its session.
fn sources(last: &Week) -> Vec<(&Duty, &Line)> {
    let of = |duty: &Duty| last.lines.iter().find(|line| duty.is_on(line.booking, line.ordinal));
    last.duties.iter().filter_map(|duty| of(duty).map(|line| (duty, line))).collect()
}

fn slot(line: &Line) -> Slot {
    let (from, to) = (local_time(line.zone, line.session.start()), local_time(line.zone, line.session.end()));
    let nights = i32::try_from((to.date - from.date).num_days()).unwrap_or_default();
    Slot {
        booking: line.booking,
        ordinal: line.ordinal,
        facility: line.facility,
        weekday: weekday(from.date),
        from_minute: from.minute,
        to_minute: to.minute + nights * 1440,
    }
}
