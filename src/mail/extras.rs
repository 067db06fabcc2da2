//! What is set out for a booking, in its mails: layout and extras, and the dates that go without. Not whether an extra is free.

use super::bookings::BookingCase;
use crate::domain::booking::Occurrence;
use crate::domain::extras::in_words;
use crate::domain::words::long_date;

/// For the whole booking.
pub(super) fn lines(case: BookingCase<'_>) -> Vec<(&'static str, String)> {
    let said = &case.booking.particulars;
    let mut lines = Vec::new();
    if !said.layout.is_empty() {
        lines.push(("Layout", said.layout.clone()));
    }
    if !said.extras.is_empty() {
        lines.push(("Extras", in_words(&said.extras)));
    }
    for (ordinal, extra) in &said.without {
        let one = case.booking.occurrences.iter().find(|one| one.ordinal == *ordinal);
        let one = one.filter(|one| one.state.stage().is_active());
        let asked = said.extras.iter().find(|asked| asked.extra == *extra);
        if let Some((one, asked)) = one.zip(asked) {
            lines.push(("Without", format!("{} on {}", asked.name, long_date(case.date_of(one)))));
        }
    }
    lines
}

/// For one of its dates.
pub(super) fn lines_of(case: BookingCase<'_>, one: &Occurrence) -> Option<(&'static str, String)> {
    let words = case.booking.particulars.to_set_out(one.ordinal);
    (!words.is_empty()).then_some(("Set out for you", words))
}
