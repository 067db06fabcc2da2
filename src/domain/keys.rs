//! A key or fob that is out on loan, or was. Not the plot or room that it opens.

use super::ids::KeyLoanId;
use super::span::Instant;

/// So many days after a loan ended it is no longer kept who had it.
pub const NAMES_KEPT_DAYS: i64 = 30;

/// One loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLoan {
    pub id: KeyLoanId,
    /// What was lent, as it is labelled.
    pub item: String,
    pub borrower: String,
    /// How the borrower is reached; may be empty.
    pub reach: String,
    pub lent_at: Instant,
    pub back_at: Option<Instant>,
}
