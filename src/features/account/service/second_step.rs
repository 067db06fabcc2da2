//! The second step: setting it up, its recovery codes, turning it off, and the code that signing in asks for.

use super::enter::open;
use super::own::{Known, know};
use crate::allocation::{Circumstances, alert_owner, note_account};
use crate::chance::hash;
use crate::domain::history::EventKind;
use crate::domain::ids::PersonId;
use crate::domain::second_step::{self, Code, RECOVERY_CODES, Typed};
use crate::domain::span::Instant;
use crate::error::Error;
use crate::mail::alerts::Alert;
use crate::store::attempts::{self, Limit, What};
use crate::store::people::{self, Account};
use crate::store::second_factor::{self, Factor, Recovery};
use crate::store::sessions::{self, Opening};
use crate::store::{Conn, StoreError, engine};
use crate::web::state::State;

/// So many wrong codes, and no more are looked at for a while.
const CODES: Limit = Limit { most: 5, minutes: 15 };
/// A secret that was shown waits so long for its first code.
const SET_UP_MINUTES: i64 = 30;

/// How somebody's second step stands.
#[derive(Debug)]
pub enum Standing {
    Off,
    /// The app has yet to show its first code; the secret is shown until then.
    Begun {
        secret: String,
    },
    On {
        since: Instant,
        codes_left: i64,
    },
}

/// How it stands, and whether the person has a password to ask for.
pub async fn standing(state: &State, person: PersonId) -> Result<(Standing, bool), Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| {
        let account = people::by_id(conn, person)?;
        let standing = match second_factor::of(conn, person)? {
            Some(Factor { confirmed_at: Some(since), .. }) => {
                Standing::On { since, codes_left: second_factor::codes_left(conn, person)? }
            }
            Some(Factor { secret, made_at, .. }) if now < made_at.plus_minutes(SET_UP_MINUTES) => {
                Standing::Begun { secret }
            }
            _ => Standing::Off,
        };
        Ok((standing, account.is_some_and(|account| account.password_hash.is_some())))
    });
    Ok(found.await?)
}

/// What became of an act on one's own second step.
#[derive(Debug)]
pub enum Answer {
    Done,
    /// Recovery codes, to be shown this once.
    Codes(Vec<String>),
    WrongPassword,
    WrongCode,
    /// The code was right and has been used.
    Replayed,
    /// Wait so many seconds.
    TooMany(u64),
    /// It stands otherwise than the page that was sent.
    Changed,
}

/// Draws a secret for somebody who knows their password.
pub async fn begin(state: &State, person: PersonId, password: &str) -> Result<Answer, Error> {
    if let Some(refused) = refused(know(state, person, password).await?) {
        return Ok(refused);
    }
    let secret = second_step::secret(state.chance.bytes());
    let now = state.clock.now();
    let begun = state.db.write(move |conn| second_factor::begin(conn, person, &secret, now)).await?;
    Ok(if begun { Answer::Done } else { Answer::Changed })
}

fn refused(known: Known) -> Option<Answer> {
    match known {
        Known::Right(_) => None,
        Known::Wrong => Some(Answer::WrongPassword),
        Known::TooMany(seconds) => Some(Answer::TooMany(seconds)),
    }
}

/// The first code: from now on the second step counts. Gives the recovery codes.
pub async fn confirm(state: &State, person: PersonId, typed: &str) -> Result<Answer, Error> {
    let (shared, typed) = (state.clone(), Typed::read(typed));
    let done = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        engine::lock_people(conn, &[person], &[], None)?;
        let Some(factor) = second_factor::of(conn, person)?.filter(|factor| factor.confirmed_at.is_none()) else {
            return Ok(Answer::Changed);
        };
        let typed = if matches!(typed, Typed::App(_)) { &typed } else { &Typed::Neither };
        let judged = judge(conn, circumstances, (person, What::CodeAtHome), &factor, typed)?;
        if let Some(wrong) = judged.refusal() {
            return Ok(wrong);
        }
        second_factor::confirm(conn, person, circumstances.now)?;
        let codes = new_codes(conn, circumstances, person)?;
        if let Some(account) = people::by_id(conn, person)? {
            let what = (EventKind::SecondStepOn, Some(person));
            alert_owner(conn, circumstances, what, &account, Alert::SecondStepOn)?;
        }
        Ok(Answer::Codes(codes))
    });
    Ok(done.await?)
}

/// What is done by somebody who has typed password and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    NewCodes,
    TurnOff,
}

/// Makes new recovery codes or turns the second step off, for whoever knows the password and has a code.
pub async fn act(state: &State, person: PersonId, (password, typed): (&str, &str), act: Act) -> Result<Answer, Error> {
    if let Some(refused) = refused(know(state, person, password).await?) {
        return Ok(refused);
    }
    let (shared, typed) = (state.clone(), Typed::read(typed));
    let done = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        engine::lock_people(conn, &[person], &[], None)?;
        let factor = second_factor::of(conn, person)?.filter(|factor| factor.confirmed_at.is_some());
        let (Some(factor), Some(account)) = (factor, people::by_id(conn, person)?) else {
            return Ok(Answer::Changed);
        };
        let judged = judge(conn, circumstances, (person, What::CodeAtHome), &factor, &typed)?;
        if let Some(wrong) = judged.refusal() {
            return Ok(wrong);
        }
        if act == Act::NewCodes {
            let codes = new_codes(conn, circumstances, person)?;
            let what = (EventKind::RecoveryCodesMade, Some(person));
            alert_owner(conn, circumstances, what, &account, Alert::RecoveryCodesMade)?;
            return Ok(Answer::Codes(codes));
        }
        second_factor::remove(conn, person)?;
        alert_owner(conn, circumstances, (EventKind::SecondStepOff, Some(person)), &account, Alert::SecondStepOff)?;
        Ok(Answer::Done)
    });
    Ok(done.await?)
}

/// Draws recovery codes and keeps their hashes; gives them as people read them.
fn new_codes(conn: &mut Conn, circumstances: Circumstances<'_>, person: PersonId) -> Result<Vec<String>, StoreError> {
    let draw = |_| second_step::recovery_code(circumstances.chance.bytes());
    let codes: Vec<String> = (0..RECOVERY_CODES).map(draw).collect();
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(person, code)).collect();
    second_factor::set_codes(conn, person, &hashes)?;
    Ok(codes.iter().map(|code| second_step::hyphened(code)).collect())
}

/// A code of one person means nothing for another.
fn recovery_hash(person: PersonId, code: &str) -> String {
    hash(&format!("recovery:{}:{code}", person.row()))
}

/// What a typed code was worth, with everything written that follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judged {
    Right,
    RightRecovery,
    Wrong,
    Replayed,
    TooMany(u64),
}

impl Judged {
    fn refusal(self) -> Option<Answer> {
        match self {
            Self::Right | Self::RightRecovery => None,
            Self::Wrong => Some(Answer::WrongCode),
            Self::Replayed => Some(Answer::Replayed),
            Self::TooMany(seconds) => Some(Answer::TooMany(seconds)),
        }
    }
}

/// Judges what was typed. A try counts before it is looked at; a right code is used up and wipes the slate. The caller has locked the person.
fn judge(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (person, what): (PersonId, What),
    factor: &Factor,
    typed: &Typed,
) -> Result<Judged, StoreError> {
    let (now, who) = (circumstances.now, person.row().to_string());
    if let Some(seconds) = attempts::count(conn, (what, &who), CODES, now)? {
        return Ok(Judged::TooMany(seconds));
    }
    let judged = match typed {
        Typed::App(digits) => match second_step::judge(&factor.secret, digits, factor.last_step, now) {
            Code::Right(step) if second_factor::use_step(conn, person, step)? => Judged::Right,
            Code::Right(_) | Code::Replayed => Judged::Replayed,
            Code::Wrong => Judged::Wrong,
        },
        Typed::Recovery(code) => match second_factor::use_code(conn, person, &recovery_hash(person, code), now)? {
            Recovery::Used => Judged::RightRecovery,
            Recovery::UsedBefore => Judged::Replayed,
            Recovery::Unknown => Judged::Wrong,
        },
        Typed::Neither => Judged::Wrong,
    };
    let kind = match judged {
        Judged::Right | Judged::RightRecovery => {
            attempts::forget(conn, (what, &who))?;
            return Ok(judged);
        }
        Judged::Replayed => EventKind::CodeReplayed,
        _ => EventKind::CodeWrong,
    };
    // At one's own account it is the owner; at the door it may be anybody.
    let by = (what == What::CodeAtHome).then_some(person);
    note_account(conn, circumstances, (kind, by), person)?;
    if attempts::wait(conn, (what, &who), CODES, now)?.is_some() {
        note_account(conn, circumstances, (EventKind::SignInPaused, by), person)?;
    }
    Ok(judged)
}

/// What became of a code at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtDoor {
    SignedIn,
    /// The first step is too long ago, or there was none.
    Gone,
    Wrong,
    Replayed,
    TooMany(u64),
}

/// Whether a first step waits for its code.
pub async fn awaits_code(state: &State, token_hash: Option<String>) -> Result<bool, Error> {
    let (Some(hash), now) = (token_hash, state.clock.now()) else {
        return Ok(false);
    };
    Ok(state.db.read(move |conn| second_factor::half(conn, &hash, now)).await?.is_some())
}

/// The code at the door: right, it opens the session.
pub async fn answer(state: &State, token_hash: String, typed: &str, session: Opening) -> Result<AtDoor, Error> {
    let (shared, typed) = (state.clone(), Typed::read(typed));
    let done = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let Some(half) = second_factor::half(conn, &token_hash, circumstances.now)? else {
            return Ok(AtDoor::Gone);
        };
        engine::lock_people(conn, &[half.person], &[], None)?;
        let factor = second_factor::of(conn, half.person)?.filter(|factor| factor.confirmed_at.is_some());
        let account = people::by_id(conn, half.person)?.filter(|account| !account.closed);
        let (Some(factor), Some(account)) = (factor, account) else {
            return Ok(AtDoor::Gone);
        };
        let what = if half.by_link { What::CodeAfterLink } else { What::CodeAfterPassword };
        match judge(conn, circumstances, (half.person, what), &factor, &typed)? {
            Judged::Right => {}
            Judged::RightRecovery => tell_of_recovery(conn, circumstances, &account)?,
            Judged::Wrong => return Ok(AtDoor::Wrong),
            Judged::Replayed => return Ok(AtDoor::Replayed),
            Judged::TooMany(seconds) => return Ok(AtDoor::TooMany(seconds)),
        }
        sessions::end(conn, half.session)?;
        open(conn, circumstances, &account, &session)?;
        Ok(AtDoor::SignedIn)
    });
    Ok(done.await?)
}

fn tell_of_recovery(conn: &mut Conn, circumstances: Circumstances<'_>, account: &Account) -> Result<(), StoreError> {
    let left = second_factor::codes_left(conn, account.id)?;
    let what = (EventKind::RecoveryCodeUsed, Some(account.id));
    alert_owner(conn, circumstances, what, account, Alert::RecoveryCodeUsed(left))
}

/// Gives a sign-in up that waits for its code.
pub async fn give_up(state: &State, token_hash: String) -> Result<(), Error> {
    let now = state.clock.now();
    let ended = state.db.write(move |conn| match second_factor::half(conn, &token_hash, now)? {
        Some(half) => sessions::end(conn, half.session),
        None => Ok(()),
    });
    Ok(ended.await?)
}
