//! The last step of every way in: a session at once, or a code first where somebody has a second step.

use crate::allocation::{self, Circumstances};
use crate::domain::history::EventKind;
use crate::mail::alerts::Alert;
use crate::store::people::Account;
use crate::store::sessions::{Opening, TODAY};
use crate::store::{Conn, StoreError, second_factor};

/// How far somebody has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// They are signed in.
    In,
    /// Their code is awaited, for ten minutes.
    Half,
}

/// Lets the owner of an account in. A session for one's own sessions only asks for no code: it changes nothing and is on a volunteer's telephone.
pub(super) fn enter(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    account: &Account,
    session: &Opening,
    by_link: bool,
) -> Result<Entered, StoreError> {
    if session.scope != TODAY && second_factor::is_on(conn, account.id)? {
        session.open_half(conn, account.id, by_link, circumstances.now)?;
        return Ok(Entered::Half);
    }
    open(conn, circumstances, account, session)?;
    Ok(Entered::In)
}

/// Opens the session, and tells the owner where it is from a device that was not seen before.
pub(super) fn open(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    account: &Account,
    session: &Opening,
) -> Result<(), StoreError> {
    let is_new = session.open_for(conn, account.id, circumstances.now)?;
    if !is_new {
        return Ok(());
    }
    let what = (EventKind::NewDevice, Some(account.id));
    allocation::alert_owner(conn, circumstances, what, account, Alert::NewDevice(&session.device))
}
