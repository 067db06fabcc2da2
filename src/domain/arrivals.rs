//! Who is in a building: what reception noted of arriving and leaving, read beside the sessions of the day. Not who may see it.

use super::ids::{ArrivalId, BookingId};
use super::span::{Instant, Span};

/// A session may be over for so many minutes before reception is asked whether its people have left.
pub const LEAVING_MINUTES: i64 = 15;
/// What was noted longer ago no longer counts as being in the building: nobody noted that they left.
pub const FORGOTTEN_HOURS: i64 = 24;

/// What reception noted of one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    pub id: ArrivalId,
    /// The date of a booking, by its ordinal; none for people without one.
    pub of: Option<(BookingId, i32)>,
    /// A name or a firm where there is no booking.
    pub who: String,
    pub people: i32,
    /// Somebody works on their own.
    pub alone: bool,
    pub at: Instant,
    pub left_at: Option<Instant>,
}

impl Arrival {
    pub fn is_here(&self) -> bool {
        self.left_at.is_none()
    }
}

/// Where the people of a session are, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It has not begun, and nobody has come.
    Expected,
    /// It runs, and nobody noted that they came: they may be in the building.
    Unknown,
    /// They came and have not left.
    Here,
    /// They should have left a while ago, and nobody noted that they did.
    Overdue,
    Left,
    /// It is over, and nobody noted anything.
    Over,
}

impl Presence {
    /// Of a session at an instant.
    pub fn of(session: Span, arrival: Option<&Arrival>, now: Instant) -> Self {
        let left_by = session.end().plus_minutes(LEAVING_MINUTES);
        match arrival {
            Some(arrival) if !arrival.is_here() => Self::Left,
            Some(_) if left_by < now => Self::Overdue,
            Some(_) => Self::Here,
            None if now < session.start() => Self::Expected,
            None if now < left_by => Self::Unknown,
            None => Self::Over,
        }
    }

    /// Somebody has to look for them when the building is cleared.
    pub fn may_be_inside(self) -> bool {
        matches!(self, Self::Unknown | Self::Here | Self::Overdue)
    }

    /// The value of `data-state` for its mark.
    pub fn shown_as(self) -> &'static str {
        match self {
            Self::Expected | Self::Over | Self::Left => "free",
            Self::Unknown | Self::Overdue => "requested",
            Self::Here => "confirmed",
        }
    }

    /// The name of the mark's icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Expected => "calendar",
            Self::Left => "right",
            Self::Over => "info",
            _ => self.shown_as(),
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Expected => "Expected",
            Self::Unknown => "Not noted yet",
            Self::Here => "Here",
            Self::Overdue => "Should have left",
            Self::Left => "Left",
            Self::Over => "Over, nothing noted",
        }
    }
}

/// Which of the sessions begins first and which ends last, by their places in the list: whose people open the building and
/// whose are the last out. Of several that begin or end together the first of the list. `None` on a day without sessions.
pub fn first_and_last(sessions: &[Span]) -> Option<(usize, usize)> {
    let places = || sessions.iter().enumerate();
    let first = places().min_by_key(|(place, session)| (session.start(), *place))?;
    let last = places().max_by_key(|(place, session)| (session.end(), usize::MAX - place))?;
    Some((first.0, last.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Instant {
        Instant::from_seconds(1_795_514_400).plus_minutes(minute)
    }

    fn arrival(left: Option<i64>) -> Arrival {
        Arrival {
            id: ArrivalId::new(1),
            of: None,
            who: String::new(),
            people: 2,
            alone: false,
            at: at(-5),
            left_at: left.map(at),
        }
    }

    #[test]
    fn where_people_are_follows_from_the_clock_and_from_what_was_noted() {
        let session = Span::new(at(0), at(60)).unwrap();
        for (minute, noted, presence, inside) in [
            (-1, None, Presence::Expected, false),
            (0, None, Presence::Unknown, true),
            (60, None, Presence::Unknown, true),
            (74, None, Presence::Unknown, true),
            (75, None, Presence::Over, false),
            (-1, Some(None), Presence::Here, true),
            (75, Some(None), Presence::Here, true),
            (76, Some(None), Presence::Overdue, true),
            (900, Some(None), Presence::Overdue, true),
            (30, Some(Some(20)), Presence::Left, false),
            (900, Some(Some(20)), Presence::Left, false),
        ] {
            let noted = noted.map(arrival);
            let found = Presence::of(session, noted.as_ref(), at(minute));
            assert_eq!((found, found.may_be_inside()), (presence, inside), "{minute} {noted:?}");
        }
    }

    #[test]
    fn the_first_opens_and_the_last_shuts() {
        let span = |from, to| Span::new(at(from), at(to)).unwrap();
        assert_eq!(first_and_last(&[]), None);
        assert_eq!(first_and_last(&[span(0, 60)]), Some((0, 0)));
        assert_eq!(first_and_last(&[span(0, 600), span(30, 60), span(0, 30)]), Some((0, 0)));
        assert_eq!(first_and_last(&[span(10, 60), span(0, 90), span(20, 90)]), Some((1, 1)));
        assert_eq!(first_and_last(&[span(10, 60), span(0, 30), span(20, 90)]), Some((1, 2)));
    }
}
