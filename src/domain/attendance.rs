//! How a session went, in counts: who came, how they heard of it, how the place was left. Never a name, and not who may see it.

use super::booking::Booking;
use super::ids::BookingId;
use super::occurrence::Stage;
use super::span::{Instant, Span};

/// Figures may be recorded and corrected for so many days after the session.
pub const CORRECTED_DAYS: i64 = 30;
/// A mailed link opens its form for so many days.
pub const LINK_DAYS: i64 = 14;
/// Whoever has not answered is reminded once after so many days, and never again.
pub const REMINDED_DAYS: i64 = 3;
/// More people than this come to no session.
pub const MOST_PEOPLE: i32 = 10_000;

/// What became of a session that was to be held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcome {
    #[default]
    Came,
    /// Its people were there, and nobody came to them.
    Nobody,
    /// It was not held, and nobody had said so.
    Unused,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Came, Self::Nobody, Self::Unused];

    pub fn code(self) -> &'static str {
        match self {
            Self::Came => "came",
            Self::Nobody => "nobody",
            Self::Unused => "unused",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Came => "People came",
            Self::Nobody => "We were there, but nobody came",
            Self::Unused => "We did not use it",
        }
    }
}

/// How many heard of a session from whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    pub gp: i32,
    pub link_worker: i32,
    /// They found it themselves.
    pub own: i32,
    pub other: i32,
}

impl Heard {
    pub fn sum(self) -> i32 {
        self.gp + self.link_worker + self.own + self.other
    }
}

/// What is recorded of a date.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub outcome: Outcome,
    pub people: i32,
    pub new_people: i32,
    pub heard: Heard,
    pub left_as_found: bool,
    /// What was not as found; empty otherwise.
    pub note: String,
}

/// The figures of a date of a booking, by its ordinal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub of: (BookingId, i32),
    pub figures: Figures,
    pub at: Instant,
}

/// A date on which nobody used what was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoShow {
    pub of: (BookingId, i32),
    /// Noted by the site; else said by its own people.
    pub by_site: bool,
    pub at: Instant,
}

/// Whether figures can be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It begins then.
    NotYet(Instant),
    /// Until then.
    Open(Instant),
    /// Since then.
    Closed(Instant),
}

/// A date that was held, or was to be: all its confirmed places together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldDate {
    pub ordinal: i32,
    pub session: Span,
    /// One of its places was cut short by a closure, or given back early.
    pub ended_early: bool,
}

impl HeldDate {
    /// A date of a booking; `None` where none of its places stands as confirmed, as after a closure displaced it.
    pub fn of(booking: &Booking, ordinal: i32) -> Option<Self> {
        let places = || {
            let own = booking.occurrences.iter().filter(move |one| one.ordinal == ordinal);
            own.filter(|one| one.state.stage() == Stage::Confirmed)
        };
        let start = places().map(|one| one.session.start()).min()?;
        let end = places().map(|one| one.session.end()).max()?;
        let ended_early = places().any(|one| one.ended_at.is_some());
        Some(Self { ordinal, session: Span::new(start, end)?, ended_early })
    }

    /// All dates of a booking that have begun, the latest first.
    pub fn begun(booking: &Booking, now: Instant) -> Vec<Self> {
        let mut ordinals: Vec<i32> = booking.occurrences.iter().map(|one| one.ordinal).collect();
        ordinals.sort_unstable();
        ordinals.dedup();
        let held = ordinals.into_iter().filter_map(|ordinal| Self::of(booking, ordinal));
        let mut dates: Vec<Self> = held.filter(|date| date.session.start() <= now).collect();
        dates.sort_by_key(|date| std::cmp::Reverse(date.session));
        dates
    }

    /// From its start until some days after its end.
    pub fn standing(&self, now: Instant) -> Standing {
        let closes = self.session.end().plus_days(CORRECTED_DAYS);
        if now < self.session.start() {
            Standing::NotYet(self.session.start())
        } else if now < closes {
            Standing::Open(closes)
        } else {
            Standing::Closed(closes)
        }
    }

    /// Whether the site may note that nobody came: not before it begins, not of what a closure cut short or its people gave back.
    pub fn may_be_no_show(&self, now: Instant) -> bool {
        !self.ended_early && matches!(self.standing(now), Standing::Open(_))
    }
}

/// Figures of several dates added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Dates that were held or were to be.
    pub dates: i64,
    /// Those of them of which somebody recorded how they went.
    pub recorded: i64,
    pub people: i64,
    pub new_people: i64,
    pub gp: i64,
    pub link_worker: i64,
    pub own: i64,
    pub other: i64,
    pub not_as_found: i64,
    pub no_shows: i64,
}

impl Totals {
    /// Adds a date with what is known of it.
    #[must_use]
    pub fn and(self, figures: Option<&Figures>, no_show: bool) -> Self {
        let number = |of: fn(&Figures) -> i32| figures.map_or(0, |one| i64::from(of(one)));
        Self {
            dates: self.dates + 1,
            recorded: self.recorded + i64::from(figures.is_some()),
            people: self.people + number(|one| one.people),
            new_people: self.new_people + number(|one| one.new_people),
            gp: self.gp + number(|one| one.heard.gp),
            link_worker: self.link_worker + number(|one| one.heard.link_worker),
            own: self.own + number(|one| one.heard.own),
            other: self.other + number(|one| one.heard.other),
            not_as_found: self.not_as_found + number(|one| i32::from(!one.left_as_found)),
            no_shows: self.no_shows + i64::from(no_show),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Instant {
        Instant::from_seconds(1_795_514_400).plus_minutes(minute)
    }

    #[test]
    fn figures_are_open_from_the_start_until_thirty_days_after_the_end() {
        let date = HeldDate { ordinal: 0, session: Span::new(at(0), at(60)).unwrap(), ended_early: false };
        let closes = at(60).plus_days(30);
        for (now, standing, no_show) in [
            (at(-1), Standing::NotYet(at(0)), false),
            (at(0), Standing::Open(closes), true),
            (at(60), Standing::Open(closes), true),
            (closes.plus_minutes(-1), Standing::Open(closes), true),
            (closes, Standing::Closed(closes), false),
        ] {
            assert_eq!((date.standing(now), date.may_be_no_show(now)), (standing, no_show));
        }
        // What a closure cut short is nobody's fault.
        let cut = HeldDate { ended_early: true, ..date };
        assert_eq!((cut.standing(at(30)), cut.may_be_no_show(at(30))), (Standing::Open(closes), false));
    }

    #[test]
    fn totals_count_dates_whether_or_not_they_are_recorded() {
        let heard = Heard { gp: 1, link_worker: 2, own: 0, other: 1 };
        let figures = Figures { people: 6, new_people: 2, heard, left_as_found: false, ..Figures::default() };
        let totals = Totals::default().and(Some(&figures), false).and(None, true).and(Some(&figures), false);
        assert_eq!((totals.dates, totals.recorded, totals.people, totals.new_people), (3, 2, 12, 4));
        assert_eq!((totals.gp, totals.link_worker, totals.own, totals.other), (2, 4, 0, 2));
        assert_eq!((totals.not_as_found, totals.no_shows), (2, 1));
        assert_eq!(heard.sum(), 4);
    }

    #[test]
    fn outcomes_are_read_back() {
        for one in Outcome::ALL {
            assert_eq!(Outcome::parse(one.code()), Some(one));
        }
        assert_eq!(Outcome::parse(""), None);
    }
}
