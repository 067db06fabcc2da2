//! What a booking costs, as a line of its mails. Not what is charged in the end: that is on the statement.

use super::bookings::BookingCase;
use crate::domain::rates::{Price, total_words};

/// The cost of the dates that stand or may still; none where nothing has a price.
pub(super) fn line(case: BookingCase<'_>) -> Option<(&'static str, String)> {
    let stands = case.booking.occurrences.iter().filter(|one| one.state.stage().is_active());
    let prices: Vec<Price> = stands.filter_map(|one| one.price).collect();
    total_words(&prices).map(|words| ("Cost", words))
}
