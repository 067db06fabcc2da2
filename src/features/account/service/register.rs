//! How an account comes to be: by registering and confirming the address, or as the first of an empty database.

use super::enter::enter;
use super::{LinkPurpose, find_link, note_spent, send_link, take_link};
use crate::allocation::Circumstances;
use crate::domain::person::{Email, NewPassword};
use crate::domain::rendered::Rendered;
use crate::error::Error;
use crate::mail::accounts::Recipient;
use crate::store::people::{self, Account, NewPerson};
use crate::store::sessions::Opening;
use crate::store::{Conn, StoreError, links};
use crate::web::state::State;

const CONFIRM_HOURS: i64 = 24;

/// What somebody registers with.
#[derive(Debug, Clone)]
pub struct Registration {
    pub name: String,
    pub email: Email,
    pub password: NewPassword,
}

/// Notes a registration and mails the owner of the address, who learns whether there is an account; nobody else does.
pub async fn register(state: &State, new: Registration) -> Result<(), Error> {
    let email = new.email.clone();
    let account = state.db.read(move |conn| people::by_email(conn, &email)).await?;
    let unconfirmed = account.filter(|account| !account.confirmed).and_then(|account| account.password_hash);
    // Both are done for everyone, so that the answer takes as long whoever has an account.
    let is_same = state.passwords.fits(new.password.reveal(), unconfirmed.as_deref()).await?;
    let hash = state.passwords.hash(new.password.reveal()).await?;
    let shared = state.clone();
    Ok(state.db.write(move |conn| write(conn, shared.circumstances(), &new, &hash, is_same)).await?)
}

fn write(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    new: &Registration,
    hash: &str,
    is_same: bool,
) -> Result<(), StoreError> {
    match people::by_email(conn, &new.email)? {
        Some(account) if account.closed => Ok(()),
        Some(account) if account.confirmed => tell_owner(conn, circumstances, &account),
        Some(account) => {
            again(conn, circumstances, (&account, is_same), new, hash)?;
            send_confirmation(conn, circumstances, &Account { name: new.name.clone(), ..account })
        }
        None => {
            let person = NewPerson {
                name: &new.name,
                email: &new.email,
                password_hash: Some(hash),
                confirmed: false,
                administrator: false,
            };
            people::insert(conn, &person, circumstances.now)?;
            let account = people::by_email(conn, &new.email)?;
            account.map_or(Ok(()), |account| send_confirmation(conn, circumstances, &account))
        }
    }
}

/// An address is registered again before it was confirmed. Which of the two owns it shows only when the mail is
/// answered, so of two passwords neither is kept: the owner comes in by the link and chooses one.
fn again(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (account, is_same): (&Account, bool),
    new: &Registration,
    hash: &str,
) -> Result<(), StoreError> {
    people::set_name(conn, account.id, &new.name)?;
    if !links::has_open(conn, account.id, LinkPurpose::ConfirmEmail, circumstances.now)? {
        return people::set_password(conn, account.id, hash);
    }
    if is_same { Ok(()) } else { people::clear_password(conn, account.id) }
}

/// At most one such mail an hour, however often somebody else types the address.
pub(super) fn tell_owner(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    account: &Account,
) -> Result<(), StoreError> {
    let mail = circumstances.mailer.address_taken(&Recipient { name: &account.name, email: &account.email });
    let hour = circumstances.now.seconds() / 3600;
    let once = Some(format!("address_taken/{}/{hour}", account.id.row()));
    circumstances.post(conn, Some(Rendered { person: Some(account.id), once, ..mail }))
}

pub(super) fn send_confirmation(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    account: &Account,
) -> Result<(), StoreError> {
    let ends_at = circumstances.now.plus_hours(CONFIRM_HOURS);
    send_link(conn, circumstances, account, (LinkPurpose::ConfirmEmail, ends_at), |to, token| {
        circumstances.mailer.confirm_address(to, token)
    })
}

/// Confirms the address of a link and signs its owner in; false when the link opens nothing.
pub async fn confirm(state: &State, token: String, session: Opening) -> Result<bool, Error> {
    let shared = state.clone();
    let confirmed = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let now = circumstances.now;
        let Some(account) = take_link(conn, &token, LinkPurpose::ConfirmEmail, now)? else {
            note_spent(conn, circumstances, &token, LinkPurpose::ConfirmEmail)?;
            return Ok(false);
        };
        links::void(conn, account.id, LinkPurpose::ConfirmEmail, now)?;
        people::confirm_email(conn, account.id, now)?;
        // Nobody sets a second step up before their address is confirmed, so that this always signs in.
        enter(conn, circumstances, &account, &session, true)?;
        Ok(true)
    });
    Ok(confirmed.await?)
}

/// Makes the first administrator of an empty database; false when the link opens nothing or somebody was first.
pub async fn start(state: &State, token: String, new: Registration, session: Opening) -> Result<bool, Error> {
    let hash = state.passwords.hash(new.password.reveal()).await?;
    let now = state.clock.now();
    let made = state.db.write(move |conn| {
        let Some(link) = find_link(conn, &token, LinkPurpose::FirstAdministrator, now)? else {
            return Ok(false);
        };
        if !people::is_empty(conn)? || !links::use_up(conn, &link, now)? {
            return Ok(false);
        }
        let person = NewPerson {
            name: &new.name,
            email: &new.email,
            password_hash: Some(&hash),
            confirmed: true,
            administrator: true,
        };
        let person = people::insert(conn, &person, now)?;
        session.open_for(conn, person, now)?;
        Ok(true)
    });
    Ok(made.await?)
}
