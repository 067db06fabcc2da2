//! Putting somebody on dates and taking them off, taking up what nobody has, handing back. Not what happens to duties when their session does.

use super::{Date, date_of, note, ordinals, tell};
use crate::allocation::case::{Case, Circumstances};
use crate::domain::booking::{Occurrence, Scope};
use crate::domain::duty::{Duty, Ended, WhyNot, clashes, gap};
use crate::domain::history::EventKind;
use crate::domain::ids::{OrganisationId, PersonId, Reference};
use crate::domain::person::Email;
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::mail::accounts::Recipient;
use crate::mail::duties::{Given, Over};
use crate::store::duties::{self, NewDuty};
use crate::store::organisations::{self, Member};
use crate::store::{Conn, StoreError, engine, share, sites};

/// Who is put on which dates.
#[derive(Debug, Clone)]
pub struct Giving {
    pub person: Email,
    pub ordinal: i32,
    pub scope: Scope,
}

/// A date on which somebody was not put.
#[derive(Debug, Clone)]
pub struct NotGiven {
    pub ordinal: i32,
    pub session: Span,
    pub why: WhyNot,
}

/// What became of an act on duties.
#[derive(Debug)]
pub enum DutyAnswer {
    /// How many dates, and on which not.
    Done { dates: usize, not: Vec<NotGiven>, case: Box<Case> },
    /// There is no such booking or duty, or not for this person.
    NotFound,
    /// Nothing was written.
    Refused(Vec<NotGiven>, Box<Case>),
    /// Somebody did so first, or it has begun.
    Gone(Box<Case>),
}

/// A booking of an organisation, whoever asks.
fn of_organisation(conn: &mut Conn, reference: &Reference) -> Result<Option<(Case, OrganisationId)>, StoreError> {
    let case = Case::by_reference(conn, reference)?;
    Ok(case.and_then(|case| case.booking.organisation_id().map(|organisation| (case, organisation))))
}

/// The same, locked together with people, and loaded afresh after that.
fn locked(
    conn: &mut Conn,
    reference: &Reference,
    people: &[PersonId],
) -> Result<Option<(Case, OrganisationId)>, StoreError> {
    let Some((case, organisation)) = of_organisation(conn, reference)? else {
        return Ok(None);
    };
    engine::lock_people(conn, people, &[case.site.id], Some(organisation))?;
    of_organisation(conn, reference)
}

/// Puts a member on one date of a booking or on all of a scope that are still to come.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn give(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    reference: &Reference,
    what: &Giving,
) -> Result<DutyAnswer, StoreError> {
    let Some((case, organisation)) = of_organisation(conn, reference)?.filter(|(_, id)| actor.keeps_rota(*id)) else {
        return Ok(DutyAnswer::NotFound);
    };
    let member = |members: Vec<Member>| members.into_iter().find(|one| one.email == what.person);
    let Some(person) = member(organisations::members(conn, organisation)?).map(|one| one.person) else {
        return Ok(DutyAnswer::Refused(nobody(&case, what.ordinal, circumstances.now), Box::new(case)));
    };
    let Some((case, _)) = locked(conn, reference, &[person])? else {
        return Ok(DutyAnswer::NotFound);
    };
    let of_scope: Vec<i32> =
        case.booking.in_scope(what.ordinal, what.scope, circumstances.now).iter().map(|one| one.ordinal).collect();
    let chosen: Vec<i32> = match what.scope {
        Scope::This => vec![what.ordinal],
        Scope::Following | Scope::All => {
            ordinals(&case).into_iter().filter(|ordinal| of_scope.contains(ordinal)).collect()
        }
    };
    put_on(conn, circumstances, case, (person, &chosen), (EventKind::DutyGiven, actor.person))
}

/// Takes up a date on which somebody is missing.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn take_up(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, ordinal): (&Reference, i32),
) -> Result<DutyAnswer, StoreError> {
    if !of_organisation(conn, reference)?.is_some_and(|(_, id)| actor.helps(id)) {
        return Ok(DutyAnswer::NotFound);
    }
    let Some((case, _)) = locked(conn, reference, &[actor.person])? else {
        return Ok(DutyAnswer::NotFound);
    };
    put_on(conn, circumstances, case, (actor.person, &[ordinal]), (EventKind::DutyTaken, actor.person))
}

fn nobody(case: &Case, ordinal: i32, now: Instant) -> Vec<NotGiven> {
    let date = date_of(case, ordinal, now);
    date.map(|date| NotGiven { ordinal, session: date.session, why: WhyNot::NoMember }).into_iter().collect()
}

/// What is known of a booking's duties when somebody is to be put on some of its dates.
struct Known {
    there: Vec<Duty>,
    busy: Vec<crate::domain::duty::Busy>,
    needed: i32,
    members: Vec<Member>,
}

impl Known {
    fn load(conn: &mut Conn, case: &Case, person: PersonId, whole: Span) -> Result<Self, StoreError> {
        let organisation = case.booking.organisation_id();
        Ok(Self {
            there: duties::of_bookings(conn, &[case.booking.id])?,
            busy: duties::busy(conn, &[person], whole)?,
            needed: duties::needs(conn, &[case.booking.id])?.get(&case.booking.id).copied().unwrap_or_default(),
            members: organisation.map_or(Ok(Vec::new()), |id| organisations::members(conn, id))?,
        })
    }

    fn on(&self, case: &Case, ordinal: i32) -> usize {
        self.there.iter().filter(|one| one.is_on(case.booking.id, ordinal)).count()
    }

    /// Why a person cannot have a date; `itself` where they take it up, which needs somebody to be missing.
    fn obstacle(
        &self,
        case: &Case,
        person: PersonId,
        (ordinal, date): (i32, &Date<'_>),
        (itself, now): (bool, Instant),
    ) -> Option<WhyNot> {
        let key = (case.booking.id, ordinal);
        if self.members.iter().all(|one| one.person != person) {
            Some(WhyNot::NoMember)
        } else if self.there.iter().any(|one| one.person == person && one.is_on(key.0, key.1)) {
            Some(WhyNot::OnAlready)
        } else if !date.stands {
            Some(WhyNot::SessionOff)
        } else if date.session.start() <= now {
            Some(WhyNot::HasBegun)
        } else if itself && gap(self.needed, self.on(case, ordinal)) == 0 {
            Some(WhyNot::Full)
        } else {
            clashes(&self.busy, person, key, date.session).then_some(WhyNot::OnAnother)
        }
    }
}

/// Writes the duties that can be had, with history and one mail. The caller has locked the person.
pub(super) fn put_on(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: Case,
    (person, chosen): (PersonId, &[i32]),
    (kind, by): (EventKind, PersonId),
) -> Result<DutyAnswer, StoreError> {
    let now = circumstances.now;
    let dates: Vec<(i32, Date<'_>)> =
        chosen.iter().filter_map(|ordinal| Some((*ordinal, date_of(&case, *ordinal, now)?))).collect();
    let Some(whole) = dates.iter().map(|(_, date)| date.session).reduce(Span::with) else {
        return Ok(DutyAnswer::NotFound);
    };
    let known = Known::load(conn, &case, person, whole)?;
    let (mut given, mut not): (Vec<(i32, Date<'_>)>, Vec<NotGiven>) = (Vec::new(), Vec::new());
    for (ordinal, date) in dates {
        match known.obstacle(&case, person, (ordinal, &date), (kind == EventKind::DutyTaken, now)) {
            Some(why) => not.push(NotGiven { ordinal, session: date.session, why }),
            None => given.push((ordinal, date)),
        }
    }
    if given.is_empty() {
        return Ok(DutyAnswer::Refused(not, Box::new(case)));
    }
    write(conn, circumstances, &case, (person, &given), by)?;
    if known.needed == 0 {
        // Whoever is put on a booking of which nothing was said is needed there.
        duties::set_need(conn, case.booking.id, 1)?;
    }
    let occurrences: Vec<&Occurrence> = given.iter().map(|(_, date)| date.occurrence).collect();
    note(conn, (kind, Some(by)), &case, (person, &occurrences), now)?;
    sites::mark_changed(conn, case.site.id)?;
    let dates = given.len();
    Ok(DutyAnswer::Done { dates, not, case: Box::new(case) })
}

fn write(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    (person, given): (PersonId, &[(i32, Date<'_>)]),
    by: PersonId,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    let Some(organisation) = case.booking.organisation_id() else {
        return Ok(());
    };
    let mut handles = Vec::with_capacity(given.len());
    for (ordinal, date) in given {
        let handle = circumstances.chance.reference();
        let new = NewDuty {
            handle: &handle,
            booking: case.booking.id,
            ordinal: *ordinal,
            organisation,
            person,
            by,
            facility: date.facility(),
            session: date.session,
            seen: date.sequence,
            tentative: !date.confirmed,
        };
        duties::insert(conn, &new, now)?;
        handles.push(handle);
    }
    let new = duties::of_bookings(conn, &[case.booking.id])?;
    let of = |handle: &Reference| new.iter().find(|one| one.handle == *handle);
    let told: Vec<_> = handles
        .iter()
        .zip(given)
        .filter_map(|(handle, (_, date))| Some((of(handle)?, 0, date.occurrence, None)))
        .collect();
    tell(conn, circumstances, case, (person, &told), |mailer, duties| mailer.duty_given(duties, Given::New, now))
}

/// A volunteer gives a duty back; their coordinators are told.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn hand_back(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    handle: &Reference,
) -> Result<DutyAnswer, StoreError> {
    let Some(duty) = duties::by_handle(conn, handle)?.filter(|one| one.person == actor.person) else {
        return Ok(DutyAnswer::NotFound);
    };
    let Some(case) = Case::by_id(conn, duty.booking)? else {
        return Ok(DutyAnswer::NotFound);
    };
    engine::lock_people(conn, &[actor.person], &[case.site.id], Some(duty.organisation))?;
    let case = Case::by_id(conn, duty.booking)?.unwrap_or(case);
    let duty = duties::by_handle(conn, handle)?.unwrap_or(duty);
    let ended = end(conn, circumstances, &case, (&[&duty], Ended::HandedBack), actor.person)?;
    if ended == 0 {
        return Ok(DutyAnswer::Gone(Box::new(case)));
    }
    if let Some(date) = date_of(&case, duty.ordinal, circumstances.now) {
        for reader in share::coordinators(conn, duty.organisation)? {
            let to = Recipient { name: &reader.name, email: &reader.email };
            let mail = circumstances.mailer.duty_handed_back(case.for_mail(), &to, (&duty.name, date.occurrence));
            circumstances.post(conn, Some(mail))?;
        }
    }
    Ok(DutyAnswer::Done { dates: ended, not: Vec::new(), case: Box::new(case) })
}

/// A coordinator takes somebody off a date, or off all of the booking that are still to come.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn take_off(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (handle, scope): (&Reference, Scope),
) -> Result<DutyAnswer, StoreError> {
    let Some(duty) = duties::by_handle(conn, handle)?.filter(|one| actor.keeps_rota(one.organisation)) else {
        return Ok(DutyAnswer::NotFound);
    };
    let Some(case) = Case::by_id(conn, duty.booking)? else {
        return Ok(DutyAnswer::NotFound);
    };
    engine::lock_people(conn, &[duty.person], &[case.site.id], Some(duty.organisation))?;
    let case = Case::by_id(conn, duty.booking)?.unwrap_or(case);
    let all = duties::of_bookings(conn, &[duty.booking])?;
    let of_scope: Vec<i32> =
        case.booking.in_scope(duty.ordinal, scope, circumstances.now).iter().map(|one| one.ordinal).collect();
    let theirs: Vec<&Duty> = all
        .iter()
        .filter(|one| one.person == duty.person && (one.id == duty.id || of_scope.contains(&one.ordinal)))
        .collect();
    let ended = end(conn, circumstances, &case, (&theirs, Ended::TakenOff), actor.person)?;
    Ok(if ended == 0 {
        DutyAnswer::Gone(Box::new(case))
    } else {
        DutyAnswer::Done { dates: ended, not: Vec::new(), case: Box::new(case) }
    })
}

/// Ends those that stand and have not begun, with history and one mail to the person; says how many.
pub(super) fn end(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    (theirs, why): (&[&Duty], Ended),
    by: PersonId,
) -> Result<usize, StoreError> {
    let now = circumstances.now;
    let mut told = Vec::new();
    for duty in theirs.iter().filter(|one| one.stands()) {
        let Some(date) = date_of(case, duty.ordinal, now).filter(|date| now < date.session.start()) else {
            continue;
        };
        if duties::end(conn, duty.id, why, now)? {
            told.push((*duty, duty.sequence + 1, date.occurrence, None));
        }
    }
    let Some(person) = told.first().map(|(duty, ..)| duty.person) else {
        return Ok(0);
    };
    let kind = if why == Ended::HandedBack { EventKind::DutyHandedBack } else { EventKind::DutyTakenOff };
    let occurrences: Vec<&Occurrence> = told.iter().map(|(_, _, occurrence, _)| *occurrence).collect();
    note(conn, (kind, Some(by)), case, (person, &occurrences), now)?;
    sites::mark_changed(conn, case.site.id)?;
    let over = match why {
        Ended::HandedBack => Over::HandedBack,
        Ended::Left => Over::Left,
        Ended::TakenOff | Ended::SessionOff => Over::TakenOff,
    };
    tell(conn, circumstances, case, (person, &told), |mailer, duties| mailer.duty_ended(duties, over, now))?;
    Ok(told.len())
}

/// Sets how many are needed on each date of a booking.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn set_need(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, needed): (&Reference, i32),
) -> Result<bool, StoreError> {
    let Some((case, _)) = locked(conn, reference, &[])?.filter(|(_, id)| actor.keeps_rota(*id)) else {
        return Ok(false);
    };
    duties::set_need(conn, case.booking.id, needed)?;
    if let Some(first) = case.booking.occurrences.first() {
        let event = case.event((EventKind::DutyNeedSet, Some(actor.person)), first, None);
        let event = crate::store::events::NewEvent { number: Some(needed.into()), ..event };
        crate::store::events::insert(conn, &event, circumstances.now)?;
    }
    Ok(true)
}
