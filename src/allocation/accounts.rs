//! What happens to an account from outside it: the word to its owner, with its line of history, and taking a second step away. Not signing in.

use super::Circumstances;
use crate::domain::history::EventKind;
use crate::domain::ids::PersonId;
use crate::domain::rendered::Rendered;
use crate::mail::accounts::Recipient;
use crate::mail::alerts::Alert;
use crate::store::events::{self, NewEvent};
use crate::store::people::{self, Account};
use crate::store::{Conn, StoreError, second_factor, sessions};

/// A line of history about somebody's account; nobody is the actor where it need not be its owner.
///
/// # Errors
/// The store's.
pub fn note_account(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (kind, by): (EventKind, Option<PersonId>),
    person: PersonId,
) -> Result<(), StoreError> {
    let event = NewEvent { person: Some(person), ..NewEvent::new(kind, by) };
    events::insert(conn, &event, circumstances.now)
}

/// The same, and a mail to the owner.
///
/// # Errors
/// The store's.
pub fn alert_owner(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (kind, by): (EventKind, Option<PersonId>),
    account: &Account,
    alert: Alert<'_>,
) -> Result<(), StoreError> {
    note_account(conn, circumstances, (kind, by), account.id)?;
    let to = Recipient { name: &account.name, email: &account.email };
    let mail = circumstances.mailer.account_alert(&to, alert, circumstances.now);
    circumstances.post(conn, Some(Rendered { person: Some(account.id), ..mail }))
}

/// Takes the second step of somebody who has lost it away and signs them out everywhere; false where they have none, or are not there.
/// `by` is the administrator, or nobody for the command line.
///
/// # Errors
/// The store's.
pub fn reset_second_step(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    person: PersonId,
    by: Option<PersonId>,
) -> Result<bool, StoreError> {
    let Some(account) = people::by_id(conn, person)? else {
        return Ok(false);
    };
    if !second_factor::remove(conn, person)? {
        return Ok(false);
    }
    sessions::end_all(conn, person, None)?;
    alert_owner(conn, circumstances, (EventKind::SecondStepReset, by), &account, Alert::SecondStepReset)?;
    Ok(true)
}
