//! The one writer: every path that makes, decides, moves or frees a booking. Each act locks, judges and writes in one transaction.

mod accounts;
mod attendance;
mod behalf;
mod block;
mod cancel;
mod care;
mod case;
mod change;
mod dates;
mod decide;
mod displace;
mod duties;
mod erase;
mod exchange;
mod expire;
mod extend;
mod extras;
mod faults;
mod ground;
mod handover;
mod import;
mod induct;
mod instead;
mod jobs;
mod join;
mod lapse;
mod needed;
mod offer;
mod openers;
mod outrun;
mod papers;
pub mod plots;
mod proposals;
mod rearrange;
mod remind;
mod request;
mod retain;
mod running;
mod share;
mod slots;
mod slots_told;
mod split;
mod take;
mod tell;
mod tomorrow;
mod undo;
mod unused;

pub use crate::store::changes::NewWords;
pub use accounts::{alert_owner, note_account, reset_second_step};
pub use attendance::{AttendanceAnswer, NoShowAnswer, Teller, ask_attendance, note_no_show, record_attendance};
pub use block::{BlockAnswer, BlockDraft, lift, make as block, units_of};
pub use cancel::{GiveUp, cancel, may_give_up};
pub use care::lacking_induction;
pub use case::{Case, Circumstances};
pub use change::{Change, ChangeAnswer, NewPlace, Plan, PlannedDate, change, plan};
pub use decide::{Dates, Decision, accept, decide};
pub use duties::{
    Copied, CopyAnswer, CoverAnswer, DutyAnswer, Giving, NotGiven, ask_cover, copy_week, date_of, end_duties_of,
    follow_sessions, give, hand_back, set_need, take_off, take_up,
};
pub use erase::{EraseAnswer, erase, in_the_way, make_contact};
pub use exchange::{Side, exchange};
pub use expire::expire_due;
pub use extend::{MoreDates, add_dates};
pub use faults::{FaultAnswer, FaultDeed, Report, act_on_fault, block_for_fault, report_fault};
pub use handover::{InHand, hand_over, in_hand};
pub use import::{Importer, Report as ImportReport, import_file, look_at_file};
pub use induct::{NewInduction, induct_and_approve, record_induction, remove_induction};
pub use instead::{InsteadOf, take_instead};
pub use jobs::{Ticked, Ticks, tick, untick};
pub use join::{JoinAnswer, join};
pub use needed::{answer_needed, ask_needed, dates_to_offer};
pub use offer::offer_freed;
pub use openers::{open_on, remind_openers, remove_keeper, set_keeper};
pub use papers::{
    AwaitedDecision, PaperAnswer, PaperDecision, decide_awaited, decide_paper, look_at_papers, may_decide_on_papers,
};
pub use proposals::{ChangeDecision, Waiting, changes_waiting, decide_change, withdraw_change};
pub use remind::remind;
pub use request::{Dated, Draft, RequestAnswer, request};
pub use retain::{Removed, last_run as retention_last_run, remove_all, remove_soon, times as retention_times};
pub use running::{finish, longer, minutes_longer, runs};
pub use share::{ShareAnswer, end_share, may_leave, may_share, share};
pub use slots::{
    Collection, Donation, GivenUpBy, SlotAnswer, ask_donation, book_collection, cancel_slot, change_collection,
    confirm_donation, free_slots,
};
pub use slots_told::pause_donations;
pub use take::{LeaveAnswer, TakeAnswer, leave, take};
pub use tomorrow::remind_of_tomorrow;
pub use undo::{may_put_back, may_undo, reinstate, undo};
pub use unused::{RestoreAnswer, lapse_unused, restore_right, unused_due};

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
    /// Places that cannot be had (any more), by date. Nothing was written.
    Refused(Vec<DateRefused>, Box<Case>),
}

/// A date of a booking that cannot be had, with all the reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateRefused {
    pub ordinal: i32,
    pub refusals: Vec<Refusal>,
}
