//! The named sessions of a site (morning, afternoon, evening, all day) and which of them a time is. Not whether it is free.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::hours::{local_date, wall_span};
use super::span::Span;
use super::words::clock;

/// One session by its name: minutes after local midnight of the date on which it begins; `to_minute` may run past 1440 into the
/// next day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSession {
    pub name: String,
    pub from_minute: i32,
    pub to_minute: i32,
}

impl NamedSession {
    pub fn new(name: impl Into<String>, from_minute: i32, to_minute: i32) -> Self {
        Self { name: name.into(), from_minute, to_minute }
    }

    /// When it is on a date, as the wall shows it there; `None` on a date that cannot be booked.
    pub fn on(&self, zone: Tz, date: NaiveDate) -> Option<Span> {
        wall_span(zone, date, (self.from_minute, self.to_minute))
    }

    /// "9am to 1pm".
    pub fn times(&self) -> String {
        let next = if 1440 < self.to_minute { " the next day" } else { "" };
        format!("{} to {}{next}", clock(self.from_minute), clock(self.to_minute))
    }

    /// "Morning, 9am to 1pm".
    pub fn words(&self) -> String {
        format!("{}, {}", self.name, self.times())
    }

    /// "Morning (9am to 1pm)", for lists.
    pub fn in_brackets(&self) -> String {
        format!("{} ({})", self.name, self.times())
    }
}

/// What a site may take with one click.
pub fn usual() -> Vec<NamedSession> {
    vec![
        NamedSession::new("Morning", 9 * 60, 13 * 60),
        NamedSession::new("Afternoon", 13 * 60, 17 * 60),
        NamedSession::new("Evening", 17 * 60, 20 * 60),
        NamedSession::new("All day", 9 * 60, 17 * 60),
    ]
}

/// All of them on a date, in their own order.
pub fn on_date(sessions: &[NamedSession], zone: Tz, date: NaiveDate) -> Vec<(&NamedSession, Span)> {
    sessions.iter().filter_map(|one| Some((one, one.on(zone, date)?))).collect()
}

/// The session that a time is, to the minute.
pub fn which(sessions: &[NamedSession], zone: Tz, time: Span) -> Option<&NamedSession> {
    let date = local_date(zone, time.start());
    sessions.iter().find(|one| one.on(zone, date) == Some(time))
}

/// The sessions that have a time in them, the shortest first; one that began on the evening before counts too.
pub fn around(sessions: &[NamedSession], zone: Tz, time: Span) -> Vec<Span> {
    let mut found: Vec<Span> = near(sessions, zone, time).into_iter().filter(|span| span.contains(time)).collect();
    found.sort_by_key(|span| span.minutes());
    found
}

/// The session that serves a time best: the shortest that has it within, else the one that shares most of it, else the one that
/// begins nearest.
pub fn nearest(sessions: &[NamedSession], zone: Tz, time: Span) -> Option<Span> {
    near(sessions, zone, time).into_iter().min_by_key(|span| {
        let shared = span.intersection(time).map_or(0, Span::minutes);
        let apart = span.start().seconds().abs_diff(time.start().seconds());
        (!span.contains(time), -shared, span.minutes() * i64::from(0 < shared), apart)
    })
}

fn near(sessions: &[NamedSession], zone: Tz, time: Span) -> Vec<Span> {
    let date = local_date(zone, time.start());
    let before = date.pred_opt().into_iter().flat_map(|before| on_date(sessions, zone, before));
    let before = before.filter(|(_, span)| span.overlaps(time));
    before.chain(on_date(sessions, zone, date)).map(|(_, span)| span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::instant_at;
    use chrono_tz::Europe::London;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(day: &str, from: i32, to: i32) -> Span {
        let at = |minute| instant_at(London, date(day), minute).unwrap();
        Span::new(at(from), at(to)).unwrap()
    }

    #[test]
    fn a_time_is_a_session_or_it_is_not() {
        let named = |from, to| which(&usual(), London, span("2026-11-24", from, to)).map(|one| one.name.clone());
        assert_eq!(named(540, 780).as_deref(), Some("Morning"));
        assert_eq!(named(540, 1020).as_deref(), Some("All day"));
        assert_eq!(named(540, 779), None);
        assert_eq!(named(600, 660), None);
    }

    #[test]
    fn a_wish_is_served_by_the_shortest_session_around_it() {
        let best = |from, to| nearest(&usual(), London, span("2026-11-24", from, to));
        let day = |from, to| Some(span("2026-11-24", from, to));
        for (wish, served) in [
            ((600, 660), day(540, 780)),
            ((720, 840), day(540, 1020)),
            ((1000, 1080), day(1020, 1200)),
            ((1260, 1320), day(1020, 1200)),
            ((420, 480), day(540, 780)),
        ] {
            assert_eq!(best(wish.0, wish.1), served, "{wish:?}");
        }
        assert_eq!(around(&usual(), London, span("2026-11-24", 600, 660)).len(), 2);
        assert!(around(&usual(), London, span("2026-11-24", 1000, 1080)).is_empty());
        assert_eq!(nearest(&[], London, span("2026-11-24", 600, 660)), None);
    }

    #[test]
    fn a_session_is_what_the_wall_shows_when_the_clocks_change() {
        let night = [NamedSession::new("Night", 22 * 60, 30 * 60)];
        for (evening, hours) in [("2026-03-28", 7), ("2026-10-24", 9), ("2026-11-24", 8)] {
            let on = night[0].on(London, date(evening)).unwrap();
            assert_eq!(on.minutes(), hours * 60, "{evening}");
            assert_eq!(which(&night, London, on), Some(&night[0]));
        }
        // A wish after midnight is served by the session that began on the evening before.
        assert_eq!(nearest(&night, London, span("2026-11-25", 60, 120)), night[0].on(London, date("2026-11-24")));
        assert_eq!(night[0].words(), "Night, 10pm to 6am the next day");
    }
}
