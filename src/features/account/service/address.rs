//! Changing one's email address: the new one is confirmed by a mailed link, the old one is told and may have it undone for a week.

use super::own::{Known, know};
use super::{LinkPurpose, find_link, note_spent, take_link};
use crate::allocation::{Circumstances, alert_owner, note_account};
use crate::domain::history::EventKind;
use crate::domain::ids::PersonId;
use crate::domain::person::Email;
use crate::domain::rendered::Rendered;
use crate::domain::span::Instant;
use crate::error::Error;
use crate::mail::accounts::Recipient;
use crate::mail::alerts::Alert;
use crate::store::links::{self, NewLink};
use crate::store::people::{self, Account};
use crate::store::{Conn, StoreError, sessions};
use crate::web::state::State;

const CONFIRM_HOURS: i64 = 24;
const UNDO_DAYS: i64 = 7;

/// What became of asking for another address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A mail is on its way to the new address.
    Sent,
    /// It is the address that they have.
    Same,
    WrongPassword,
    TooMany(u64),
}

/// Mails a link to the new address. Where that belongs to somebody else, only its owner learns so.
pub async fn ask_address(state: &State, person: PersonId, new: Email, password: &str) -> Result<Asked, Error> {
    match know(state, person, password).await? {
        Known::Wrong => return Ok(Asked::WrongPassword),
        Known::TooMany(seconds) => return Ok(Asked::TooMany(seconds)),
        Known::Right(account) if account.email == new => return Ok(Asked::Same),
        Known::Right(_) => {}
    }
    super::count_ask(state, &new).await?;
    let shared = state.clone();
    let asked = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let now = circumstances.now;
        let Some(account) = people::by_id(conn, person)? else {
            return Ok(Asked::Same);
        };
        note_account(conn, circumstances, (EventKind::AddressAsked, Some(person)), person)?;
        if let Some(owner) = people::by_email(conn, &new)?.filter(|owner| !owner.closed) {
            super::register::tell_owner(conn, circumstances, &owner)?;
            return Ok(Asked::Sent);
        }
        links::void(conn, person, LinkPurpose::ChangeEmail, now)?;
        let (token, ends_at) = (circumstances.chance.token(), now.plus_hours(CONFIRM_HOURS));
        insert(conn, (LinkPurpose::ChangeEmail, person, &new), (&token.hash(), ends_at), now)?;
        let to = Recipient { name: &account.name, email: &new };
        let mail = circumstances.mailer.confirm_new_address(&to, token.reveal());
        circumstances.post(conn, Some(Rendered { person: Some(person), not_after: Some(ends_at), ..mail }))?;
        Ok(Asked::Sent)
    });
    Ok(asked.await?)
}

fn insert(
    conn: &mut Conn,
    (purpose, person, email): (LinkPurpose, PersonId, &Email),
    (token_hash, ends_at): (&str, Instant),
    now: Instant,
) -> Result<(), StoreError> {
    let new = NewLink { token_hash, purpose, person: Some(person), organisation: None, email: email.as_str(), ends_at };
    links::insert(conn, &new, now)
}

/// The address that an open link would give its account.
pub async fn address_of(state: &State, token: String, purpose: LinkPurpose) -> Result<Option<String>, Error> {
    let now = state.clock.now();
    Ok(state.db.read(move |conn| find_link(conn, &token, purpose, now)).await?.map(|link| link.email))
}

/// Gives the owner of a link the address that it was mailed to; false when it opens nothing, or somebody else is signed in here.
pub async fn change_address(state: &State, token: String, signed_in: Option<PersonId>) -> Result<bool, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let now = circumstances.now;
        let Some((account, new)) = taken(conn, circumstances, (&token, LinkPurpose::ChangeEmail), signed_in)? else {
            return Ok(false);
        };
        people::set_email(conn, account.id, &new, now)?;
        // Whatever was mailed to the old address opens nothing any more, but for its own way back.
        links::void_all(conn, account.id, now)?;
        let (undo, ends_at) = (circumstances.chance.token(), now.plus_days(UNDO_DAYS));
        insert(conn, (LinkPurpose::UndoEmail, account.id, &account.email), (&undo.hash(), ends_at), now)?;
        let to = Recipient { name: &account.name, email: &account.email };
        let mail = circumstances.mailer.address_changed(&to, &new, undo.reveal(), now);
        circumstances.post(conn, Some(Rendered { person: Some(account.id), not_after: Some(ends_at), ..mail }))?;
        let account = Account { email: new, ..account };
        let what = (EventKind::AddressChanged, Some(account.id));
        alert_owner(conn, circumstances, what, &account, Alert::AddressIsNew)?;
        Ok(true)
    });
    Ok(done.await?)
}

/// Gives an account the address back that it had: everybody is signed out and the password goes, because whoever changed it may know it.
pub async fn put_address_back(state: &State, token: String) -> Result<bool, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let now = circumstances.now;
        let Some((account, old)) = taken(conn, circumstances, (&token, LinkPurpose::UndoEmail), None)? else {
            return Ok(false);
        };
        people::set_email(conn, account.id, &old, now)?;
        people::clear_password(conn, account.id)?;
        links::void_all(conn, account.id, now)?;
        sessions::end_all(conn, account.id, None)?;
        let account = Account { email: old, ..account };
        alert_owner(conn, circumstances, (EventKind::AddressPutBack, None), &account, Alert::AddressPutBack)?;
        Ok(true)
    });
    Ok(done.await?)
}

/// Uses a link up, and gives its account with the address that it is for; `None` where that is somebody else's by now.
fn taken(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (token, purpose): (&str, LinkPurpose),
    signed_in: Option<PersonId>,
) -> Result<Option<(Account, Email)>, StoreError> {
    let now = circumstances.now;
    let Some(link) = find_link(conn, token, purpose, now)? else {
        note_spent(conn, circumstances, token, purpose)?;
        return Ok(None);
    };
    if let (Some(owner), Some(other)) = (link.person, signed_in)
        && owner != other
    {
        note_account(conn, circumstances, (EventKind::LinkRefused, Some(other)), owner)?;
        return Ok(None);
    }
    let Ok(email) = Email::parse(&link.email) else {
        return Ok(None);
    };
    if people::by_email(conn, &email)?.is_some() {
        return Ok(None);
    }
    Ok(take_link(conn, token, purpose, now)?.map(|account| (account, email)))
}
