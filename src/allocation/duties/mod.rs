//! Duties: volunteers put on dates of their organisation's bookings, taken off, handing back and taking up. Who is on what is judged after the
//! people concerned are locked, so that nobody is in two places at once.

mod copy;
mod cover;
mod follow;
mod given;

pub use copy::{Copied, CopyAnswer, copy_week};
pub use cover::{CoverAnswer, ask_cover};
pub use follow::{end_duties_of, follow_sessions};
pub(super) use follow::{follow, follow_freed};
pub use given::{DutyAnswer, Giving, NotGiven, give, hand_back, set_need, take_off, take_up};

use super::case::{Case, Circumstances};
use crate::domain::booking::Occurrence;
use crate::domain::duty::Duty;
use crate::domain::history::EventKind;
use crate::domain::ids::{FacilityId, PersonId};
use crate::domain::occurrence::Stage;
use crate::domain::rendered::Rendered;
use crate::domain::span::{Instant, Span};
use crate::mail::Mailer;
use crate::mail::accounts::Recipient;
use crate::mail::duties::{DutyCase, DutyDate};
use crate::store::events::{self, NewEvent};
use crate::store::people::{self, Account};
use crate::store::{Conn, StoreError};

/// One date of a booking as duties see it: all its spaces together.
#[derive(Debug, Clone, Copy)]
pub struct Date<'a> {
    /// The first space of it.
    pub occurrence: &'a Occurrence,
    /// From the first start to the last end.
    pub session: Span,
    /// Rises with every change of any of its spaces.
    pub sequence: i32,
    /// Whether it takes place, as far as is known.
    pub stands: bool,
    /// Whether the site has confirmed all of it that stands.
    pub confirmed: bool,
}

impl Date<'_> {
    pub fn facility(&self) -> FacilityId {
        self.occurrence.facility
    }
}

/// A date of a booking by its ordinal; where some of its spaces are off, it is what is left.
pub fn date_of(case: &Case, ordinal: i32, now: Instant) -> Option<Date<'_>> {
    let all = || case.booking.occurrences.iter().filter(move |one| one.ordinal == ordinal);
    let on = |one: &&Occurrence| one.state.stage().is_active() && !one.state.is_void(now);
    let stands = all().any(|one| on(&one));
    let mut counted = all().filter(|one| !stands || on(one));
    let occurrence = counted.next()?;
    let session = counted.fold(occurrence.session, |whole, one| whole.with(one.session));
    let sequence = all().map(|one| one.sequence).max().unwrap_or_default();
    let confirmed = stands && all().filter(on).all(|one| one.state.stage() == Stage::Confirmed);
    Some(Date { occurrence, session, sequence, stands, confirmed })
}

/// The ordinals of a booking's dates, each once, in order.
fn ordinals(case: &Case) -> Vec<i32> {
    let mut all: Vec<i32> = case.booking.occurrences.iter().map(|one| one.ordinal).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A line of history about a person and dates of a booking.
fn note(
    conn: &mut Conn,
    (kind, by): (EventKind, Option<PersonId>),
    case: &Case,
    (person, of): (PersonId, &[&Occurrence]),
    now: Instant,
) -> Result<(), StoreError> {
    let lines: Vec<NewEvent> =
        of.iter().map(|one| NewEvent { person: Some(person), ..case.event((kind, by), one, None) }).collect();
    for line in &lines {
        events::insert(conn, line, now)?;
    }
    Ok(())
}

/// One of a person's duties, where it is, and when it was before in words.
type Told<'a> = (&'a Duty, i32, &'a Occurrence, Option<String>);

/// Writes one mail to a person about some of their duties in one booking, unless they have closed their account.
fn tell(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    (person, duties): (PersonId, &[Told<'_>]),
    write: impl Fn(&Mailer, DutyCase<'_>) -> Option<Rendered>,
) -> Result<(), StoreError> {
    let Some(account) = account(conn, person)? else {
        return Ok(());
    };
    let to = Recipient { name: &account.name, email: &account.email };
    let dates: Vec<DutyDate<'_>> = duties
        .iter()
        .map(|(duty, sequence, occurrence, was)| DutyDate {
            handle: &duty.handle,
            sequence: *sequence,
            occurrence,
            was: was.as_deref(),
        })
        .collect();
    let mail = write(circumstances.mailer, DutyCase { case: case.for_mail(), to: &to, person, dates: &dates });
    circumstances.post(conn, mail)
}

fn account(conn: &mut Conn, person: PersonId) -> Result<Option<Account>, StoreError> {
    Ok(people::by_id(conn, person)?.filter(|account| !account.closed))
}
