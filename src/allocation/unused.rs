//! Rights that nobody has used for a year lapse, with two words before; and whoever looks after them gives them back. The last coordinator of
//! an organisation, the last manager of a site and the last administrator keep theirs, and are told so.

use super::duties::end_duties_of;
use super::{Circumstances, hand_over};
use crate::domain::history::EventKind;
use crate::domain::ids::PersonId;
use crate::domain::policy::{MemberRole, StaffRole, keeps_a_coordinator};
use crate::domain::rendered::Rendered;
use crate::domain::span::Instant;
use crate::domain::unused::{self, Stage};
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::unused::{Right, Sleeper};
use crate::store::{Conn, StoreError, concerns, engine, organisations, people, sites, unused as rows};

/// Whoever kept a right because it is the last is looked at again after so many days.
const AGAIN_DAYS: i64 = 30;

/// Those of whom something is due: a word, another, or the end of their rights.
///
/// # Errors
/// The store's.
pub fn unused_due(conn: &mut Conn, now: Instant, most: i64) -> Result<Vec<PersonId>, StoreError> {
    let months = rows::months(conn)?;
    if months <= 0 {
        return Ok(Vec::new());
    }
    let all = rows::sleepers(conn, unused::first_told_before(now, months), None, most)?;
    Ok(all.into_iter().filter(|one| one.unused.next(months, now).is_some()).map(|one| one.person).collect())
}

/// Tells somebody who has not signed in for long, tells them again, or takes their rights; says whether anything was due.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn lapse_unused(conn: &mut Conn, circumstances: Circumstances<'_>, person: PersonId) -> Result<bool, StoreError> {
    let (now, months) = (circumstances.now, rows::months(conn)?);
    // Of two copies of the program the second finds that it is done.
    engine::lock_people(conn, &[person], &[], None)?;
    let found = rows::sleepers(conn, unused::first_told_before(now, months), Some(person), 1)?.pop();
    let Some((sleeper, stage)) = found.and_then(|one| one.unused.next(months, now).map(|stage| (one, stage))) else {
        return Ok(false);
    };
    if stage == Stage::Lapsed {
        lapse(conn, circumstances, &sleeper)?;
        return Ok(true);
    }
    let rights = rights_of(conn, &sleeper)?;
    let words = rights.iter().map(|right| words_of(conn, *right)).collect::<Result<Vec<_>, _>>()?;
    let to = Recipient { name: &sleeper.name, email: &sleeper.email };
    let mail = circumstances.mailer.rights_will_lapse(&to, &words, sleeper.unused.lapses_at(stage, months, now));
    circumstances.post(conn, Some(Rendered { person: Some(sleeper.person), ..mail }))?;
    rows::set_stage(conn, sleeper.person, stage, now)?;
    Ok(true)
}

fn rights_of(conn: &mut Conn, sleeper: &Sleeper) -> Result<Vec<Right>, StoreError> {
    let mut rights = rows::rights(conn, sleeper.person)?;
    rights.extend(sleeper.administrator.then_some(Right::Administrator));
    Ok(rights)
}

/// "Coordinator of Wren Support".
fn words_of(conn: &mut Conn, right: Right) -> Result<String, StoreError> {
    Ok(match right {
        Right::Member(id, role) => {
            let name = organisations::by_id(conn, id)?.map(|one| one.name).unwrap_or_default();
            format!("{} of {name}", role.words())
        }
        Right::Staff(id, role) => {
            let name = sites::by_id(conn, id)?.map(|one| one.name).unwrap_or_default();
            format!("{} at {name}", role.words())
        }
        Right::Administrator => "Administrator of this Alcove".to_owned(),
    })
}

fn lapse(conn: &mut Conn, circumstances: Circumstances<'_>, sleeper: &Sleeper) -> Result<(), StoreError> {
    let (mut lapsed, mut kept) = (Vec::new(), Vec::new());
    for right in rights_of(conn, sleeper)? {
        let words = words_of(conn, right)?;
        if take(conn, circumstances, sleeper, right)? {
            rows::keep(conn, sleeper.person, right, circumstances.now)?;
            note(conn, circumstances, (EventKind::RightLapsed, None), (sleeper.person, right))?;
            lapsed.push(words);
        } else {
            note(conn, circumstances, (EventKind::RightKept, None), (sleeper.person, right))?;
            kept.push(words);
        }
    }
    // Somebody else may take a last right up in the meantime, so whoever kept one is looked at again.
    let (stage, at) = match kept.is_empty() {
        true => (Stage::Lapsed, circumstances.now),
        false => (Stage::ToldAgain, circumstances.now.plus_days(AGAIN_DAYS - unused::SECOND_DAYS)),
    };
    rows::set_stage(conn, sleeper.person, stage, at)?;
    let to = Recipient { name: &sleeper.name, email: &sleeper.email };
    let mail = circumstances.mailer.rights_lapsed(&to, (&lapsed, &kept));
    circumstances.post(conn, Some(Rendered { person: Some(sleeper.person), ..mail }))
}

/// Takes a right away; false where nobody else has it.
fn take(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    sleeper: &Sleeper,
    right: Right,
) -> Result<bool, StoreError> {
    let person = sleeper.person;
    match right {
        Right::Member(id, role) => {
            engine::lock_all(conn, &[], Some(id))?;
            let members = organisations::members(conn, id)?;
            let roles = members.iter().map(|one| (one.person, one.role));
            if role == MemberRole::Coordinator && !keeps_a_coordinator(roles, person, None) {
                return Ok(false);
            }
            let own = members.iter().find(|one| one.person == person);
            let heir = members.iter().find(|one| one.person != person && one.role == MemberRole::Coordinator);
            if let Some(both) = own.zip(heir) {
                hand_over(conn, circumstances, id, both, None)?;
            }
            end_duties_of(conn, circumstances, (id, person), person)?;
            organisations::remove_member(conn, id, person)?;
        }
        Right::Staff(id, role) => {
            engine::lock(conn, id, None)?;
            let staff = sites::staff(conn, id)?;
            let other = staff.iter().any(|one| one.person != person && one.role == StaffRole::Manager);
            if role == StaffRole::Manager && !other {
                return Ok(false);
            }
            concerns::set_lead(conn, id, person, false, circumstances.now)?;
            sites::remove_staff(conn, id, person)?;
            sites::mark_changed(conn, id)?;
        }
        Right::Administrator => {
            if people::administrators(conn)?.iter().all(|one| one.id == person) {
                return Ok(false);
            }
            rows::set_administrator(conn, person, false)?;
        }
    }
    Ok(true)
}

fn note(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (kind, by): (EventKind, Option<PersonId>),
    (person, right): (PersonId, Right),
) -> Result<(), StoreError> {
    let event = NewEvent { person: Some(person), ..NewEvent::new(kind, by) };
    let event = match right {
        Right::Member(organisation, _) => NewEvent { organisation: Some(organisation), ..event },
        Right::Staff(site, _) => NewEvent { site: Some(site), ..event },
        Right::Administrator => event,
    };
    events::insert(conn, &event, circumstances.now)
}

/// What became of giving a right back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreAnswer {
    Done,
    /// It was restored already, or has never lapsed.
    NotLapsed,
}

/// Gives a right back that has lapsed; whoever got it has the full time again. Whether `by` may do so is judged by whoever calls this.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn restore_right(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (person, right): (PersonId, Right),
    by: PersonId,
) -> Result<RestoreAnswer, StoreError> {
    let now = circumstances.now;
    if !rows::strike(conn, person, right)? {
        return Ok(RestoreAnswer::NotLapsed);
    }
    match right {
        Right::Member(id, role) => {
            let there = organisations::members(conn, id)?.iter().any(|one| one.person == person);
            if !there {
                organisations::set_member(conn, id, person, role, now)?;
            }
        }
        Right::Staff(id, role) => {
            let there = sites::staff(conn, id)?.iter().any(|one| one.person == person);
            if !there {
                sites::set_staff(conn, id, person, role, now)?;
                sites::mark_changed(conn, id)?;
            }
        }
        Right::Administrator => rows::set_administrator(conn, person, true)?,
    }
    rows::set_signed_in(conn, person, now)?;
    note(conn, circumstances, (EventKind::RightRestored, Some(by)), (person, right))?;
    Ok(RestoreAnswer::Done)
}
