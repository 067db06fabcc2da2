//! The use cases of the instance's settings: reading and writing them, taking a lost second step away, giving an administrator's right back.

use crate::allocation::{RestoreAnswer, reset_second_step, restore_right};
use crate::domain::history::EventKind;
use crate::domain::ids::PersonId;
use crate::domain::person::Email;
use crate::domain::policy::Actor;
use crate::error::Error;
use crate::store::events::{self, NewEvent};
use crate::store::unused::{self, Lapsed};
use crate::store::{people, second_factor, settings};
use crate::web::state::State;

/// What can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values {
    /// Administrators must use a second step.
    pub second_step: bool,
    /// After so many months unused, rights lapse; 0 for never.
    pub months: i32,
}

/// As it is set, and the administrators whose right has lapsed.
pub async fn read(state: &State) -> Result<(Values, Vec<Lapsed>), Error> {
    let found = state.db.read(|conn| {
        let second_step = second_factor::wanted_of_administrators(conn)?;
        let values = Values { second_step, months: unused::months(conn)? };
        Ok((values, unused::of_administrators(conn)?))
    });
    Ok(found.await?)
}

pub async fn write(state: &State, actor: &Actor, values: Values) -> Result<(), Error> {
    let (now, by) = (state.clock.now(), actor.person);
    let written = state.db.write(move |conn| {
        second_factor::set_wanted_of_administrators(conn, values.second_step)?;
        settings::set(conn, settings::LAPSE_MONTHS, &values.months.to_string())?;
        events::insert(conn, &NewEvent::new(EventKind::SettingsChanged, Some(by)), now)
    });
    Ok(written.await?)
}

/// Takes the second step of the person with that address away; false where nobody by that address has one.
pub async fn remove_step(state: &State, by: PersonId, email: Email) -> Result<bool, Error> {
    let shared = state.clone();
    let removed = state.db.write(move |conn| match people::by_email(conn, &email)? {
        Some(account) => reset_second_step(conn, shared.circumstances(), account.id, Some(by)),
        None => Ok(false),
    });
    Ok(removed.await?)
}

/// Gives an administrator's right back that has lapsed; false where there is none.
pub async fn restore(state: &State, by: PersonId, email: Email) -> Result<bool, Error> {
    let shared = state.clone();
    let restored = state.db.write(move |conn| {
        let lapsed = unused::of_administrators(conn)?.into_iter().find(|one| one.email == email);
        let Some(one) = lapsed else {
            return Ok(false);
        };
        let answer = restore_right(conn, shared.circumstances(), (one.person, one.right), by)?;
        Ok(answer == RestoreAnswer::Done)
    });
    Ok(restored.await?)
}
