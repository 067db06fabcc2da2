//! Ways in: by password, by a mailed link, and by choosing a new password. Unknown addresses are treated like known ones.

use super::enter::{Entered, enter};
use super::register::send_confirmation;
use super::{FAILURE_MINUTES, LinkPurpose, MOST_FAILURES, count_ask, note_spent, send_link, take_link};
use crate::allocation::{alert_owner, note_account};
use crate::domain::history::EventKind;
use crate::domain::ids::PersonId;
use crate::domain::person::{Email, NewPassword};
use crate::domain::span::Instant;
use crate::error::Error;
use crate::mail::alerts::Alert;
use crate::store::people::{self, Account};
use crate::store::sessions::{self, Opening};
use crate::store::{Conn, StoreError, links};
use crate::web::state::State;

const LINK_MINUTES: i64 = 30;
const RESET_MINUTES: i64 = 60;

/// What became of an address and a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    SignedIn,
    /// Right, and now a code is awaited.
    Code,
    /// No such account, or not its password; which of the two is not said.
    Wrong,
    /// Wait so many seconds, or come in by a mailed link, which a stranger's guesses do not keep from the owner.
    TooMany(u64),
    /// Right, but the address was never confirmed; a fresh link is on its way.
    Unconfirmed,
}

/// Signs in by password. A try counts before the password is looked at, so that many at once count too.
pub async fn sign_in(state: &State, email: Email, password: &str, session: Opening) -> Result<Answer, Error> {
    let now = state.clock.now();
    let typed = email.clone();
    let tried = state.db.write(move |conn| count_try(conn, &email, now));
    let account = match tried.await? {
        Ok(account) => account,
        Err(seconds) => return Ok(Answer::TooMany(seconds)),
    };
    let hash = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let fits = state.passwords.fits(password, hash).await?;
    let shared = state.clone();
    let Some(account) = account.filter(|_| fits) else {
        note_pause(state, typed, None).await?;
        return Ok(Answer::Wrong);
    };
    let done = state.db.write(move |conn| {
        links::forget_failures(conn, account.email.as_str())?;
        if !account.confirmed {
            send_confirmation(conn, shared.circumstances(), &account)?;
            return Ok(Answer::Unconfirmed);
        }
        Ok(match enter(conn, shared.circumstances(), &account, &session, false)? {
            Entered::In => Answer::SignedIn,
            Entered::Half => Answer::Code,
        })
    });
    Ok(done.await?)
}

/// The account of an address, if any; or the seconds to wait where too much was tried against it.
pub(super) fn count_try(
    conn: &mut Conn,
    email: &Email,
    now: Instant,
) -> Result<Result<Option<Account>, u64>, StoreError> {
    if let Some(seconds) = links::failures_wait(conn, email.as_str(), (MOST_FAILURES, FAILURE_MINUTES), now)? {
        return Ok(Err(seconds));
    }
    links::record_failure(conn, email.as_str(), now)?;
    Ok(Ok(open_account(conn, email)?))
}

/// After a wrong password: the one that brings the pause about stands in the history of the account.
pub(super) async fn note_pause(state: &State, email: Email, by: Option<PersonId>) -> Result<(), Error> {
    let shared = state.clone();
    let noted = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let limit = (MOST_FAILURES, FAILURE_MINUTES);
        if links::failures_wait(conn, email.as_str(), limit, circumstances.now)?.is_none() {
            return Ok(());
        }
        let account = open_account(conn, &email)?;
        account.map_or(Ok(()), |one| note_account(conn, circumstances, (EventKind::SignInPaused, by), one.id))
    });
    Ok(noted.await?)
}

/// Mails a link that signs in, to whoever has an account by that address. Older links no longer work.
/// It leads on to `next`, a path of ours.
pub async fn ask_link(state: &State, email: Email, next: String) -> Result<(), Error> {
    count_ask(state, &email).await?;
    let shared = state.clone();
    let asked = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let Some(account) = open_account(conn, &email)? else {
            return Ok(());
        };
        let ends_at = circumstances.now.plus_minutes(LINK_MINUTES);
        send_link(conn, circumstances, &account, (LinkPurpose::SignIn, ends_at), |to, token| {
            circumstances.mailer.sign_in_link(to, token, &next)
        })
    });
    Ok(asked.await?)
}

/// Mails a link to one's own sessions, to whoever has an account by that address. Older links no longer work.
pub async fn ask_today(state: &State, email: Email) -> Result<(), Error> {
    count_ask(state, &email).await?;
    let shared = state.clone();
    let asked = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let Some(account) = open_account(conn, &email)? else {
            return Ok(());
        };
        let ends_at = circumstances.now.plus_minutes(LINK_MINUTES);
        send_link(conn, circumstances, &account, (LinkPurpose::Today, ends_at), |to, token| {
            circumstances.mailer.today_link(to, token)
        })
    });
    Ok(asked.await?)
}

/// Mails a link to choose a new password by, to whoever has an account by that address. Older links no longer work.
pub async fn ask_reset(state: &State, email: Email) -> Result<(), Error> {
    count_ask(state, &email).await?;
    let shared = state.clone();
    let asked = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let Some(account) = open_account(conn, &email)? else {
            return Ok(());
        };
        let ends_at = circumstances.now.plus_minutes(RESET_MINUTES);
        send_link(conn, circumstances, &account, (LinkPurpose::ResetPassword, ends_at), |to, token| {
            circumstances.mailer.reset_password(to, token)
        })
    });
    Ok(asked.await?)
}

fn open_account(conn: &mut Conn, email: &Email) -> Result<Option<Account>, StoreError> {
    Ok(people::by_email(conn, email)?.filter(|account| !account.closed))
}

/// Signs the owner of a link in, as far as that goes without a code; `None` when it opens nothing. Whoever had chosen a password for the
/// address before it was confirmed need not be its owner, so that password goes.
pub async fn use_link(
    state: &State,
    (token, purpose): (String, LinkPurpose),
    session: Opening,
) -> Result<Option<Entered>, Error> {
    let shared = state.clone();
    let used = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let now = circumstances.now;
        let Some(account) = take_link(conn, &token, purpose, now)? else {
            note_spent(conn, circumstances, &token, purpose)?;
            return Ok(None);
        };
        if !account.confirmed {
            people::confirm_email(conn, account.id, now)?;
            people::clear_password(conn, account.id)?;
        }
        enter(conn, circumstances, &account, &session, true).map(Some)
    });
    Ok(used.await?)
}

/// Sets a new password by a link, ends every session there was and opens a new one, as far as that goes without a code; `None` when the link
/// opens nothing.
pub async fn reset_password(
    state: &State,
    token: String,
    new: NewPassword,
    session: Opening,
) -> Result<Option<Entered>, Error> {
    let hash = state.passwords.hash(new.reveal()).await?;
    let shared = state.clone();
    let reset = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let now = circumstances.now;
        let Some(account) = take_link(conn, &token, LinkPurpose::ResetPassword, now)? else {
            note_spent(conn, circumstances, &token, LinkPurpose::ResetPassword)?;
            return Ok(None);
        };
        people::set_password(conn, account.id, &hash)?;
        people::confirm_email(conn, account.id, now)?;
        links::void(conn, account.id, LinkPurpose::SignIn, now)?;
        links::void(conn, account.id, LinkPurpose::Today, now)?;
        links::forget_failures(conn, account.email.as_str())?;
        sessions::end_all(conn, account.id, None)?;
        let what = (EventKind::PasswordChanged, Some(account.id));
        alert_owner(conn, circumstances, what, &account, Alert::PasswordChanged)?;
        enter(conn, circumstances, &account, &session, true).map(Some)
    });
    Ok(reset.await?)
}
