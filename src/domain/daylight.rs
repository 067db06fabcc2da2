//! Sunrise and sunset at a place on earth. Not the hours that follow from them: that is `opening`.

use chrono::NaiveDate;
use sunrise::{Coordinates, SolarDay, SolarEvent};

use super::span::{Instant, Span};

/// From sunrise to sunset of a local date at a position in degrees (WGS 84), for the upper edge of the sun on a level horizon with
/// the usual refraction, as almanacs give it; right to about a minute between the polar circles. `None` where the sun does not
/// rise or set that day, and for a position that is none.
pub fn daylight((latitude, longitude): (f64, f64), date: NaiveDate) -> Option<Span> {
    let day = SolarDay::new(Coordinates::new(latitude, longitude)?, date);
    let at = |event| Some(Instant::from_seconds(day.event_time(event)?.timestamp()));
    Span::new(at(SolarEvent::Sunrise)?, at(SolarEvent::Sunset)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::local_time;
    use chrono_tz::Europe::London;

    const LONDON: (f64, f64) = (51.5074, -0.1278);
    const INVERNESS: (f64, f64) = (57.4778, -4.2247);

    /// Clock times in the United Kingdom. The solstices are as published by Time and Date for the two cities; the days on both
    /// sides of the clock changes are from PyEphem, an independent ephemeris (upper limb, refraction of 34 minutes of arc).
    const ALMANAC: [(&str, (f64, f64), (i32, i32), (i32, i32)); 12] = [
        ("2026-06-21", LONDON, (4, 43), (21, 21)),
        ("2026-12-21", LONDON, (8, 4), (15, 53)),
        ("2026-03-28", LONDON, (5, 45), (18, 27)),
        ("2026-03-29", LONDON, (6, 43), (19, 29)),
        ("2026-10-24", LONDON, (7, 40), (17, 49)),
        ("2026-10-25", LONDON, (6, 42), (16, 47)),
        ("2026-06-21", INVERNESS, (4, 18), (22, 19)),
        ("2026-12-21", INVERNESS, (8, 57), (15, 32)),
        ("2026-03-28", INVERNESS, (5, 57), (18, 48)),
        ("2026-03-29", INVERNESS, (6, 54), (19, 50)),
        ("2026-10-24", INVERNESS, (8, 11), (17, 50)),
        ("2026-10-25", INVERNESS, (7, 13), (16, 48)),
    ];

    #[test]
    fn sunrise_and_sunset_are_those_of_the_almanac_to_two_minutes() {
        for (date, position, rises, sets) in ALMANAC {
            let span = daylight(position, date.parse().unwrap()).unwrap();
            for (at, (hour, minute)) in [(span.start(), rises), (span.end(), sets)] {
                let shown = local_time(London, at);
                assert_eq!(shown.date.to_string(), date);
                let off = (shown.minute - (hour * 60 + minute)).abs();
                assert!(
                    off <= 2,
                    "{date} {position:?}: {:02}:{:02} is {off} minutes off",
                    shown.minute / 60,
                    shown.minute % 60
                );
            }
        }
    }

    #[test]
    fn beyond_the_polar_circle_there_may_be_none() {
        assert_eq!(daylight((69.65, 18.96), "2026-06-21".parse().unwrap()), None);
        assert_eq!(daylight((200.0, 0.0), "2026-06-21".parse().unwrap()), None);
    }
}
