//! Times of the demo world: what the clock on the wall means, daytime, and a diary of units so that nobody asks for what is taken.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Europe::London;

use super::world::FacilitySeed;
use crate::domain::hours::{instant_at, local_time};
use crate::domain::span::{Instant, Span};

/// The instant of a wall time; `None` in the hour that the clocks skip.
pub fn on(date: NaiveDate, minute: i32) -> Option<Instant> {
    instant_at(London, date, minute).ok()
}

/// The same, or twelve hours later where that would be at night: nobody decides at four in the morning.
pub fn daytime(instant: Instant) -> Instant {
    let minute = local_time(London, instant).minute;
    if (8 * 60..20 * 60).contains(&minute) { instant } else { instant.plus_hours(12) }
}

/// What is spoken for at a site, by the names of its units.
#[derive(Debug, Default)]
pub struct Diary {
    taken: HashMap<&'static str, Vec<Span>>,
}

impl Diary {
    /// Takes so many units of a facility that are free for the whole span, or none when there are too few.
    pub fn take(&mut self, facility: &'static FacilitySeed, units: usize, span: Span) -> bool {
        let is_free = |unit: &&&str| {
            let taken = self.taken.get(**unit).map_or([].as_slice(), Vec::as_slice);
            !taken.iter().any(|one| one.overlaps(span))
        };
        let free: Vec<&'static str> = facility.units.iter().filter(is_free).take(units).copied().collect();
        let enough = free.len() == units.min(facility.units.len());
        if enough {
            for unit in free {
                self.taken.entry(unit).or_default().push(span);
            }
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::ROOM;
    use super::*;

    #[test]
    fn a_diary_gives_each_unit_once() {
        let kitchen: &'static FacilitySeed = &FacilitySeed { units: &["Bench 1", "Bench 2"], ..ROOM };
        let at = |hour| Instant::from_seconds(1_800_000_000).plus_hours(hour);
        let span = Span::new(at(0), at(2)).unwrap();
        let mut diary = Diary::default();
        assert!(diary.take(kitchen, 1, span));
        assert!(!diary.take(kitchen, 2, span));
        assert!(diary.take(kitchen, 1, span));
        assert!(!diary.take(kitchen, 1, span));
        assert!(diary.take(kitchen, 2, Span::new(at(2), at(3)).unwrap()));
    }

    #[test]
    fn the_night_is_moved_into_the_day() {
        let four: NaiveDate = "2026-11-24".parse().unwrap();
        let moved = daytime(on(four, 4 * 60).unwrap());
        assert_eq!(local_time(London, moved).minute, 16 * 60);
        assert_eq!(daytime(moved), moved);
    }
}
