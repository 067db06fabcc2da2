//! The one writer: every path that makes, decides, moves or frees a booking. Each act locks, judges and writes in one transaction.

mod block;
mod cancel;
mod case;
mod decide;
mod expire;
mod ground;
mod outrun;
mod remind;
mod request;
mod undo;

pub use block::{BlockAnswer, BlockDraft, lift, make as block};
pub use cancel::cancel;
pub use case::{Case, Circumstances};
pub use decide::{Decision, decide};
pub use expire::expire_due;
pub use remind::remind;
pub use request::{Draft, RequestAnswer, request};
pub use undo::{may_undo, undo};

use crate::domain::occurrence::NotPossible;
use crate::domain::refusal::Refusal;

/// What became of an act on a booking.
#[derive(Debug)]
pub enum Answer {
    Done(Box<Case>),
    /// There is no such booking, or not for this person; which of the two is not said.
    NotFound,
    /// It has changed since the form was made. Here is how it stands now.
    Stale(Box<Case>),
    NotPossible(NotPossible, Box<Case>),
    /// The place cannot be had (any more).
    Refused(Vec<Refusal>, Box<Case>),
}
