//! Accounts: registering, signing in, and what people change about their own. Not how any page looks.

mod address;
mod enter;
mod own;
mod register;
mod second_step;
mod sign_in;

pub use address::{Asked, address_of, ask_address, change_address, put_address_back};
pub use enter::Entered;
pub use own::{Changed, change_password, end_others, end_session, overview, rename, sign_out};
pub use register::{Registration, confirm, register, start};
pub use second_step::{
    Act, Answer as StepAnswer, AtDoor, Standing, act, answer, awaits_code, begin, confirm as confirm_step, give_up,
    standing,
};
pub use sign_in::{Answer, ask_link, ask_reset, ask_today, reset_password, sign_in, use_link};

pub use crate::store::links::LinkPurpose;

use crate::allocation::{Circumstances, note_account};
use crate::chance::Token;
use crate::domain::history::EventKind;
use crate::domain::person::Email;
use crate::domain::rendered::Rendered;
use crate::domain::span::Instant;
use crate::error::Error;
use crate::mail::accounts::Recipient;
use crate::store::attempts::{self, Limit, What};
use crate::store::links::{self, Link, NewLink};
use crate::store::people::{self, Account};
use crate::store::{Conn, StoreError};
use crate::web::state::State;

/// So many wrong passwords for one account, and no more are looked at for a while.
const MOST_FAILURES: i64 = 10;
const FAILURE_MINUTES: i64 = 15;
/// So many links an hour go to one address, whatever for.
const MOST_LINKS: i64 = 5;
/// And so many may be asked for, whether the address has an account or not, so that nobody learns which it is.
const ASKS: Limit = Limit { most: MOST_LINKS, minutes: 60 };

/// Counts that a link was asked for by an address.
///
/// # Errors
/// `TooMany`, with the seconds to wait.
async fn count_ask(state: &State, email: &Email) -> Result<(), Error> {
    let (now, who) = (state.clock.now(), email.to_string());
    let wait = state.db.write(move |conn| attempts::count(conn, (What::Link, &who), ASKS, now)).await?;
    wait.map_or(Ok(()), |seconds| Err(Error::TooMany(seconds)))
}

/// Whether a token opens anything now. Looking uses nothing up.
pub async fn is_open(state: &State, token: String, purpose: LinkPurpose) -> Result<bool, Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| find_link(conn, &token, purpose, now)).await?;
    Ok(found.is_some())
}

/// Whose open link this is.
pub async fn holder(state: &State, token: String, purpose: LinkPurpose) -> Result<Option<Account>, Error> {
    let now = state.clock.now();
    Ok(state.db.read(move |conn| holder_now(conn, &token, purpose, now)).await?.map(|(_, account)| account))
}

fn find_link(conn: &mut Conn, token: &str, purpose: LinkPurpose, now: Instant) -> Result<Option<Link>, StoreError> {
    let token = Token::parse(token);
    token.map_or(Ok(None), |token| links::find(conn, &token.hash(), purpose, now))
}

fn holder_now(
    conn: &mut Conn,
    token: &str,
    purpose: LinkPurpose,
    now: Instant,
) -> Result<Option<(Link, Account)>, StoreError> {
    let link = find_link(conn, token, purpose, now)?;
    let Some((link, person)) = link.and_then(|link| link.person.map(|person| (link, person))) else {
        return Ok(None);
    };
    let account = people::by_id(conn, person)?.filter(|account| !account.closed);
    Ok(account.map(|account| (link, account)))
}

/// Notes that somebody tried a link which had been used, with the account that it was for.
fn note_spent(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    token: &str,
    purpose: LinkPurpose,
) -> Result<(), StoreError> {
    let spent = Token::parse(token).map_or(Ok(None), |token| links::spent(conn, &token.hash(), purpose))?;
    spent.map_or(Ok(()), |person| note_account(conn, circumstances, (EventKind::LinkRefused, None), person))
}

/// Uses a link up and says whose it was; `None` when it does not open anything (any more).
fn take_link(conn: &mut Conn, token: &str, purpose: LinkPurpose, now: Instant) -> Result<Option<Account>, StoreError> {
    let Some((link, account)) = holder_now(conn, token, purpose, now)? else {
        return Ok(None);
    };
    Ok(links::use_up(conn, &link, now)?.then_some(account))
}

/// Makes a link for a person and queues the mail that carries it. Once an address has had its fill, nothing more goes
/// out; the page says the same, so that nobody learns from it who has an account. Of links that let somebody in, only
/// the newest works; an address may be confirmed by any of them.
fn send_link(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    account: &Account,
    (purpose, ends_at): (LinkPurpose, Instant),
    write: impl FnOnce(&Recipient<'_>, &str) -> Rendered,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    if MOST_LINKS <= links::count_since(conn, &account.email, now.plus_hours(-1))? {
        return Ok(());
    }
    if purpose != LinkPurpose::ConfirmEmail {
        links::void(conn, account.id, purpose, now)?;
    }
    let token = circumstances.chance.token();
    let new = NewLink {
        token_hash: &token.hash(),
        purpose,
        person: Some(account.id),
        organisation: None,
        email: account.email.as_str(),
        ends_at,
    };
    links::insert(conn, &new, now)?;
    let mail = write(&Recipient { name: &account.name, email: &account.email }, token.reveal());
    circumstances.post(conn, Some(Rendered { person: Some(account.id), not_after: Some(ends_at), ..mail }))
}
