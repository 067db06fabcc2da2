//! A time zone as a VTIMEZONE component (RFC 5545, section 3.6.5) for the years that a calendar speaks of. Not any event.

use std::fmt::Write;

use chrono::DateTime;
use chrono_tz::Tz;

use crate::domain::hours::offset_minutes;
use crate::domain::span::{Instant, Span};

/// The zone's rules over a span, each change of its clock written out, so that nothing is said about years that nobody asks for.
pub(super) fn vtimezone(zone: Tz, span: Span) -> String {
    let (start, end) = (span.start().plus_days(-400), span.end().plus_days(400));
    let mut text = format!("BEGIN:VTIMEZONE\r\nTZID:{}\r\n", zone.name());
    let base = offset_minutes(zone, start);
    observance(&mut text, (base, base), start, base);
    let mut at = start;
    let mut offset = base;
    while at < end {
        let next = at.plus_days(1);
        let after = offset_minutes(zone, next);
        if after != offset {
            let change = change_between(zone, at, next, offset);
            observance(&mut text, (offset, after), change, offset);
            offset = after;
        }
        at = next;
    }
    text.push_str("END:VTIMEZONE\r\n");
    text
}

/// The first minute at which the offset is no longer what it was.
fn change_between(zone: Tz, mut before: Instant, mut after: Instant, offset: i64) -> Instant {
    while 1 < after.minutes_since(before) {
        let middle = before.plus_minutes(after.minutes_since(before) / 2);
        if offset_minutes(zone, middle) == offset {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}

/// One change of the clock; its start is what the wall shows before the change.
fn observance(text: &mut String, (from, to): (i64, i64), at: Instant, wall: i64) {
    let kind = if from < to { "DAYLIGHT" } else { "STANDARD" };
    let local = DateTime::from_timestamp(at.seconds() + wall * 60, 0).unwrap_or_default();
    let sign = |minutes: i64| {
        format!("{}{:02}{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60)
    };
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "BEGIN:{kind}\r\nDTSTART:{}\r\nTZOFFSETFROM:{}\r\nTZOFFSETTO:{}\r\nEND:{kind}\r\n",
        local.format("%Y%m%dT%H%M%S"),
        sign(from),
        sign(to)
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::instant_at;
    use chrono_tz::Europe::London;

    #[test]
    fn every_change_of_the_clock_is_written_with_what_the_wall_showed() {
        let at = |date: &str| instant_at(London, date.parse().unwrap(), 600).unwrap();
        let text = vtimezone(London, Span::new(at("2026-11-24"), at("2027-05-01")).unwrap());
        assert!(text.starts_with("BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\n"));
        for change in [
            "BEGIN:DAYLIGHT\r\nDTSTART:20270328T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nEND:DAYLIGHT",
            "BEGIN:STANDARD\r\nDTSTART:20271031T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD",
        ] {
            assert!(text.contains(change), "{text}");
        }
    }
}
