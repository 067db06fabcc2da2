//! Duties: a volunteer put on a date of a booking. Why somebody cannot be put on one, and what a week takes over from the one before. Not when people can: that is `helping`.

use super::ids::{BookingId, DutyId, FacilityId, OrganisationId, PersonId, Reference};
use super::span::{Instant, Span};

/// So many people may be needed on one date.
pub const MOST_NEEDED: i32 = 20;

/// Why a duty is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By the volunteer.
    HandedBack,
    /// By a coordinator.
    TakenOff,
    /// Its session was cancelled, declined or displaced. It comes back with the session.
    SessionOff,
    /// The volunteer is no longer a member.
    Left,
}

impl Ended {
    const ALL: [Self; 4] = [Self::HandedBack, Self::TakenOff, Self::SessionOff, Self::Left];

    pub fn code(self) -> &'static str {
        match self {
            Self::HandedBack => "handed_back",
            Self::TakenOff => "taken_off",
            Self::SessionOff => "session_off",
            Self::Left => "left",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// For coordinators, after a name.
    pub fn words(self) -> &'static str {
        match self {
            Self::HandedBack => "handed it back",
            Self::TakenOff => "taken off",
            Self::SessionOff => "ended with the session",
            Self::Left => "no longer a member",
        }
    }
}

/// One person on one date of a booking.
#[derive(Debug, Clone)]
pub struct Duty {
    pub id: DutyId,
    /// Names it in forms and calendars.
    pub handle: Reference,
    pub booking: BookingId,
    pub ordinal: i32,
    pub organisation: OrganisationId,
    pub person: PersonId,
    pub name: String,
    pub given_at: Instant,
    pub ended: Option<(Ended, Instant)>,
    /// Rises with each change that the person's calendar must hear of (RFC 5545 SEQUENCE).
    pub sequence: i32,
    /// Where and when it is, as the person was last told.
    pub facility: FacilityId,
    pub session: Span,
    /// The sequence of its date when that was last looked at.
    pub seen: i32,
    /// When it last moved, and when it was before.
    pub moved: Option<(Instant, Span)>,
    /// Its person was told that the site has not confirmed the session yet.
    pub tentative: bool,
}

impl Duty {
    pub fn stands(&self) -> bool {
        self.ended.is_none()
    }

    pub fn is_on(&self, booking: BookingId, ordinal: i32) -> bool {
        self.stands() && self.booking == booking && self.ordinal == ordinal
    }
}

/// What volunteers of one organisation know each other by: the first of their names.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// A time at which somebody is on duty already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    pub person: PersonId,
    pub booking: BookingId,
    pub ordinal: i32,
    pub session: Span,
}

/// What keeps a person from a session: another duty at that time, of whatever organisation. The date itself is no obstacle.
pub fn clashes(busy: &[Busy], person: PersonId, date: (BookingId, i32), session: Span) -> bool {
    let other = |one: &&Busy| one.person == person && (one.booking, one.ordinal) != date;
    busy.iter().filter(other).any(|one| one.session.overlaps(session))
}

/// Why somebody was not put on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    OnAlready,
    /// Another duty then; of what, and of whom, is nobody's business here.
    OnAnother,
    HasBegun,
    /// The session is cancelled, declined or displaced.
    SessionOff,
    /// Nobody more is needed.
    Full,
    Away,
    NoMember,
    /// No session of the same weekday and times.
    NoLike,
}

impl WhyNot {
    /// To the person themselves.
    pub fn to_you(self) -> &'static str {
        match self {
            Self::OnAlready => "You are on it already",
            Self::OnAnother => "You are on another duty then",
            Self::HasBegun => "It has begun",
            Self::SessionOff => "The session does not take place",
            Self::Full => "Somebody else has it now. Thank you for offering",
            Self::Away => "You are away then",
            Self::NoMember => "You are not a member of this organisation",
            Self::NoLike => "There is no session like it",
        }
    }

    /// To whoever keeps the rota.
    pub fn of(self, name: &str) -> String {
        match self {
            Self::OnAlready => format!("{name} is on it already"),
            Self::OnAnother => format!("{name} is on another duty then"),
            Self::HasBegun => "it has begun".to_owned(),
            Self::SessionOff => "the session does not take place".to_owned(),
            Self::Full => "nobody more is needed".to_owned(),
            Self::Away => format!("{name} is away"),
            Self::NoMember => format!("{name} is no longer a member"),
            Self::NoLike => format!("no session like it, so {name} stays free"),
        }
    }
}

/// A session as copying a week looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub booking: BookingId,
    pub ordinal: i32,
    pub facility: FacilityId,
    /// 0 for Monday.
    pub weekday: i32,
    pub from_minute: i32,
    pub to_minute: i32,
}

/// The session that follows one of the week before: of the same weekday and times, the same booking before the same place, and
/// another place only where there is no choice.
pub fn follower<'a>(last: &Slot, week: &'a [Slot]) -> Option<&'a Slot> {
    let times = |one: &Slot| (one.weekday, one.from_minute, one.to_minute);
    let like: Vec<&Slot> = week.iter().filter(|one| times(one) == times(last)).collect();
    let same_booking = like.iter().find(|one| one.booking == last.booking);
    let same_place = || like.iter().find(|one| one.facility == last.facility);
    let only = || like.first().filter(|_| like.len() == 1);
    same_booking.or_else(same_place).or_else(only).copied()
}

/// How many are missing on a date; none where the booking needs nobody or no more.
pub fn gap(needed: i32, on: usize) -> usize {
    usize::try_from(needed).unwrap_or_default().saturating_sub(on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, to: i64) -> Span {
        let at = |minute: i64| Instant::from_seconds(1_790_000_000 / 60 * 60 + minute * 60);
        Span::new(at(from), at(to)).unwrap()
    }

    #[test]
    fn only_what_overlaps_clashes_whoever_holds_it() {
        let (me, other) = (PersonId::new(1), PersonId::new(2));
        let busy = Busy { person: me, booking: BookingId::new(1), ordinal: 1, session: span(60, 120) };
        for (person, date, session, expected) in [
            (me, (2, 1), span(90, 150), true),
            (me, (2, 1), span(0, 61), true),
            (me, (2, 1), span(70, 80), true),
            // Half-open: one that begins as another ends is none.
            (me, (2, 1), span(120, 180), false),
            (me, (2, 1), span(0, 60), false),
            (other, (2, 1), span(60, 120), false),
            // The date itself, which may have moved by an hour.
            (me, (1, 1), span(90, 150), false),
            (me, (1, 2), span(90, 150), true),
        ] {
            let date = (BookingId::new(date.0), date.1);
            assert_eq!(clashes(&[busy], person, date, session), expected, "{person:?} {date:?} {session:?}");
        }
    }

    #[test]
    fn a_week_is_copied_to_what_is_like_it() {
        let slot = |booking, facility, weekday, from_minute| Slot {
            booking: BookingId::new(booking),
            ordinal: 1,
            facility: FacilityId::new(facility),
            weekday,
            from_minute,
            to_minute: from_minute + 60,
        };
        let last = slot(1, 1, 0, 600);
        for (week, expected) in [
            (vec![slot(1, 1, 0, 600)], Some(1)),
            // The same booking, though it went next door.
            (vec![slot(2, 1, 0, 600), slot(1, 2, 0, 600)], Some(1)),
            // Another booking of the same place and time.
            (vec![slot(3, 2, 0, 600), slot(2, 1, 0, 600)], Some(2)),
            // Another place, where there is only the one.
            (vec![slot(3, 2, 0, 600)], Some(3)),
            (vec![slot(3, 2, 0, 600), slot(4, 3, 0, 600)], None),
            (vec![slot(1, 1, 1, 600)], None),
            (vec![slot(1, 1, 0, 630)], None),
            (vec![], None),
        ] {
            assert_eq!(follower(&last, &week).map(|one| one.booking.row()), expected, "{week:?}");
        }
    }

    #[test]
    fn what_is_missing_is_never_less_than_nothing() {
        for (needed, on, expected) in [(0, 0, 0), (1, 0, 1), (2, 1, 1), (1, 3, 0), (-1, 0, 0)] {
            assert_eq!(gap(needed, on), expected);
        }
    }

    #[test]
    fn every_end_is_read_back() {
        for one in Ended::ALL {
            assert_eq!(Ended::parse(one.code()), Some(one));
        }
        assert_eq!(first_name("Eleanor Jane Dunmore"), "Eleanor");
    }
}
