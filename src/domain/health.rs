//! What a process remembers of how it is doing: which chores succeeded when, and when the disk was last written to. Not what is asked of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::span::Instant;

/// A chore that has not succeeded for so long is late, however often the chores run.
const LATE_MINUTES: i64 = 15;
/// A write to the disk stands for so long, so that whoever asks often does not write often.
const WRITTEN_SECONDS: i64 = 10;

/// Shared by the chores and by those who ask.
#[derive(Debug)]
pub struct Health {
    late_minutes: i64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When each chore last succeeded; where it never has, when it was first tried.
    chores: BTreeMap<&'static str, (Instant, bool)>,
    written: Option<Instant>,
}

impl Health {
    /// For chores that run every so many seconds.
    pub fn new(every_seconds: u64) -> Self {
        let rounds = i64::try_from(every_seconds).unwrap_or(i64::MAX / 3) * 3 / 60;
        Self { late_minutes: LATE_MINUTES.max(rounds), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how a chore ended.
    pub fn chore(&self, name: &'static str, succeeded: bool, now: Instant) {
        let mut state = self.state();
        if succeeded {
            state.chores.insert(name, (now, true));
        } else {
            state.chores.entry(name).or_insert((now, false));
        }
    }

    /// When each chore last succeeded.
    pub fn succeeded(&self) -> Vec<(&'static str, Instant)> {
        self.state().chores.iter().filter(|(_, (_, ever))| *ever).map(|(name, (at, _))| (*name, *at)).collect()
    }

    /// The chores that have not succeeded for long, with minutes.
    pub fn late(&self, now: Instant) -> Vec<(&'static str, i64)> {
        let state = self.state();
        let minutes = state.chores.iter().map(|(name, (at, _))| (*name, now.minutes_since(*at)));
        minutes.filter(|(_, minutes)| self.late_minutes < *minutes).collect()
    }

    /// Whether the disk was written to a moment ago.
    pub fn has_written(&self, now: Instant) -> bool {
        self.state().written.is_some_and(|at| now.seconds() < at.seconds() + WRITTEN_SECONDS)
    }

    pub fn wrote(&self, now: Instant) {
        self.state().written = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chore_is_late_when_it_has_not_succeeded_for_long() {
        let at = |minutes| Instant::from_seconds(1_800_000_000).plus_minutes(minutes);
        let health = Health::new(5);
        assert!(health.late(at(1_000)).is_empty(), "what never ran is not late: chores may be switched off");
        health.chore("deliver", true, at(0));
        health.chore("expire", false, at(0));
        health.chore("expire", false, at(14));
        assert!(health.late(at(15)).is_empty());
        assert_eq!(health.late(at(16)), [("deliver", 16), ("expire", 16)]);
        health.chore("expire", true, at(16));
        health.chore("deliver", false, at(16));
        assert_eq!(health.late(at(16)), [("deliver", 16)]);
        assert_eq!(health.succeeded(), [("deliver", at(0)), ("expire", at(16))]);
        // Where chores run once an hour, three rounds may be missed.
        let hourly = Health::new(3_600);
        hourly.chore("deliver", true, at(0));
        assert!(hourly.late(at(180)).is_empty() && hourly.late(at(181)).len() == 1);
    }

    #[test]
    fn a_write_stands_for_a_moment() {
        let (health, at) = (Health::new(5), Instant::from_seconds(1_800_000_000));
        assert!(!health.has_written(at));
        health.wrote(at);
        assert!(health.has_written(at) && !health.has_written(at.plus_minutes(1)));
    }
}
