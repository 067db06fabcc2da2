//! The life of an occurrence: its states with their facts, and the acts that lead from one to another. Not who may act, and not the place it takes.

use super::ids::{MessageId, PersonId};
use super::papers::PaperSet;
use super::span::{Instant, Span};

/// Where an occurrence stands. Each variant carries what is known about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for a decision; void at `until`, whether or not anything has run since.
    Requested {
        at: Instant,
        until: Instant,
    },
    /// Waits for the booker to accept a condition; void at `until`.
    Conditional {
        at: Instant,
        by: PersonId,
        until: Instant,
        condition: MessageId,
    },
    /// Fine but for papers of its organisation that are missing or run out before. Void at `until`; where that is `None` it
    /// never lapses by itself, and a manager decides. `by` is who said yes to it, if somebody did.
    AwaitsPapers {
        at: Instant,
        by: Option<PersonId>,
        until: Option<Instant>,
        missing: PaperSet,
    },
    /// `by` is `None` where the rules confirmed it by themselves.
    Confirmed {
        at: Instant,
        by: Option<PersonId>,
    },
    /// `by` is `None` where another request took the place.
    Declined {
        at: Instant,
        by: Option<PersonId>,
        reason: Option<MessageId>,
    },
    Withdrawn {
        at: Instant,
        by: Option<PersonId>,
    },
    Expired {
        at: Instant,
    },
    /// `late` when inside the facility's window.
    Cancelled {
        at: Instant,
        by: Option<PersonId>,
        late: bool,
        reason: Option<MessageId>,
    },
    Displaced {
        at: Instant,
        by: Option<PersonId>,
        reason: Option<MessageId>,
    },
    /// A date of a series that could not be had.
    Skipped {
        at: Instant,
    },
}

/// A state without its facts: what is stored in one column and shown as one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    Requested,
    Conditional,
    Confirmed,
    Declined,
    Withdrawn,
    Expired,
    Cancelled,
    Displaced,
    Skipped,
}

impl Stage {
    pub const ALL: [Self; 9] = [
        Self::Requested,
        Self::Conditional,
        Self::Confirmed,
        Self::Declined,
        Self::Withdrawn,
        Self::Expired,
        Self::Cancelled,
        Self::Displaced,
        Self::Skipped,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Conditional => "conditional",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Displaced => "displaced",
            Self::Skipped => "skipped",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Requested => "Requested",
            Self::Conditional => "Conditional",
            Self::Confirmed => "Confirmed",
            Self::Declined => "Declined",
            Self::Withdrawn => "Withdrawn",
            Self::Expired => "Expired",
            Self::Cancelled => "Cancelled",
            Self::Displaced => "Place lost",
            Self::Skipped => "Left out",
        }
    }

    /// The value of `data-state`, which sets colour and icon.
    pub fn shown_as(self) -> &'static str {
        match self {
            Self::Requested | Self::Conditional => "requested",
            Self::Confirmed => "confirmed",
            Self::Declined | Self::Displaced => "declined",
            Self::Withdrawn | Self::Expired | Self::Cancelled | Self::Skipped => "cancelled",
        }
    }

    /// Whether it counts as a booking that is still to happen.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Requested | Self::Conditional | Self::Confirmed)
    }
}

/// Something done to an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Approve {
        by: PersonId,
    },
    /// A manager's "yes, but".
    Offer {
        by: PersonId,
        until: Instant,
        condition: MessageId,
    },
    /// The booker accepts the condition.
    Accept,
    Decline {
        by: Option<PersonId>,
        reason: Option<MessageId>,
    },
    Withdraw {
        by: Option<PersonId>,
    },
    /// The deadline has passed.
    Expire,
    Cancel {
        by: Option<PersonId>,
        late: bool,
        reason: Option<MessageId>,
    },
    Displace {
        by: Option<PersonId>,
        reason: Option<MessageId>,
    },
    /// The way back; the place has been judged and taken anew. `until` is given where it waits for a decision again.
    Reinstate {
        by: PersonId,
        until: Option<Instant>,
    },
    /// A manager takes an approval back, so that it waits for a decision again.
    TakeBack {
        until: Instant,
    },
    /// Papers are missing for it; it keeps its place and, if it was confirmed, the yes that it had.
    AwaitPapers {
        missing: PaperSet,
    },
    /// Its papers are there. `until` is given where somebody has to decide all the same.
    PapersIn {
        until: Option<Instant>,
    },
}

impl Act {
    /// One of each, for the tests that hold the whole table.
    pub const KINDS: usize = 12;
}

/// Why an act is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPossible {
    /// The state does not allow it, or not any more.
    Already(Stage),
    /// It has begun, so it is history.
    HasBegun,
    /// Its deadline has not passed yet.
    NotDue,
    /// Its deadline has passed.
    DeadlinePassed,
    /// It does not run now.
    NotRunning,
}

impl NotPossible {
    /// The words to show to the person who acted.
    pub fn words(self) -> String {
        match self {
            Self::Already(stage) => format!("This is {} already. Nothing was changed", stage.words().to_lowercase()),
            Self::HasBegun => "This has begun, so it can no longer be changed".to_owned(),
            Self::NotDue => "This is still waiting for a decision".to_owned(),
            Self::NotRunning => "This session does not run now. Nothing was changed".to_owned(),
            Self::DeadlinePassed => "The time to answer has run out. Ask for it again".to_owned(),
        }
    }
}

impl State {
    pub fn stage(&self) -> Stage {
        match self {
            Self::Requested { .. } => Stage::Requested,
            Self::Conditional { .. } | Self::AwaitsPapers { .. } => Stage::Conditional,
            Self::Confirmed { .. } => Stage::Confirmed,
            Self::Declined { .. } => Stage::Declined,
            Self::Withdrawn { .. } => Stage::Withdrawn,
            Self::Expired { .. } => Stage::Expired,
            Self::Cancelled { .. } => Stage::Cancelled,
            Self::Displaced { .. } => Stage::Displaced,
            Self::Skipped { .. } => Stage::Skipped,
        }
    }

    /// The deadline at which it is void, if it has one.
    pub fn until(&self) -> Option<Instant> {
        match self {
            Self::Requested { until, .. } | Self::Conditional { until, .. } => Some(*until),
            Self::AwaitsPapers { until, .. } => *until,
            _ => None,
        }
    }

    /// The papers that it waits for, if it waits for any.
    pub fn awaited(&self) -> Option<PaperSet> {
        match self {
            Self::AwaitsPapers { missing, .. } => Some(*missing),
            _ => None,
        }
    }

    /// Whether its deadline has passed, so that it holds nothing any more.
    pub fn is_void(&self, now: Instant) -> bool {
        self.until().is_some_and(|until| until <= now)
    }

    /// What becomes of it. The old state is used up; facts of the new one come with the act.
    ///
    /// # Errors
    /// Says why the act is not possible; nothing has changed then.
    pub fn apply(self, act: Act, span: Span, now: Instant) -> Result<Self, NotPossible> {
        let begun = span.start() <= now;
        if begun && act != Act::Expire {
            return Err(NotPossible::HasBegun);
        }
        if self.is_void(now) && act != Act::Expire {
            return Err(NotPossible::DeadlinePassed);
        }
        let at = now;
        match (self, act) {
            (Self::Requested { .. } | Self::AwaitsPapers { .. }, Act::Approve { by }) => {
                Ok(Self::Confirmed { at, by: Some(by) })
            }
            (Self::Requested { .. }, Act::Offer { by, until, condition }) => {
                Ok(Self::Conditional { at, by, until, condition })
            }
            (Self::Conditional { by, .. }, Act::Accept) => Ok(Self::Confirmed { at, by: Some(by) }),
            (
                Self::Requested { .. } | Self::Conditional { .. } | Self::AwaitsPapers { .. },
                Act::Decline { by, reason },
            ) => Ok(Self::Declined { at, by, reason }),
            (Self::Requested { .. } | Self::Conditional { .. } | Self::AwaitsPapers { .. }, Act::Withdraw { by }) => {
                Ok(Self::Withdrawn { at, by })
            }
            (Self::Requested { .. } | Self::Conditional { .. } | Self::AwaitsPapers { .. }, Act::Expire) => {
                if self.is_void(now) { Ok(Self::Expired { at }) } else { Err(NotPossible::NotDue) }
            }
            (Self::Confirmed { .. }, Act::Cancel { by, late, reason }) => Ok(Self::Cancelled { at, by, late, reason }),
            (
                Self::Requested { .. } | Self::Conditional { .. } | Self::AwaitsPapers { .. } | Self::Confirmed { .. },
                Act::Displace { by, reason },
            ) => Ok(Self::Displaced { at, by, reason }),
            (Self::Confirmed { by, .. }, Act::AwaitPapers { missing }) => {
                Ok(Self::AwaitsPapers { at, by, until: None, missing })
            }
            (Self::AwaitsPapers { by, until, .. }, Act::AwaitPapers { missing }) => {
                Ok(Self::AwaitsPapers { at, by, until, missing })
            }
            (Self::AwaitsPapers { by, .. }, Act::PapersIn { until }) => Ok(match until {
                Some(until) => Self::Requested { at, until },
                None => Self::Confirmed { at, by },
            }),
            (
                Self::Declined { .. }
                | Self::Expired { .. }
                | Self::Cancelled { .. }
                | Self::Displaced { .. }
                | Self::Skipped { .. },
                Act::Reinstate { by, until },
            ) => Ok(match until {
                Some(until) => Self::Requested { at, until },
                None => Self::Confirmed { at, by: Some(by) },
            }),
            (Self::Confirmed { by: Some(_), .. }, Act::TakeBack { until }) => Ok(Self::Requested { at, until }),
            (state, _) => Err(NotPossible::Already(state.stage())),
        }
    }
}

/// The deadline of a hold: so many minutes after it was asked for, but no later than an hour before the start.
/// `None` when that would be over at once, so that there is no time left to decide.
pub fn hold_deadline(asked: Instant, hold_minutes: i32, start: Instant) -> Option<Instant> {
    let until = asked.plus_minutes(hold_minutes.into()).min(start.plus_hours(-1));
    (asked < until).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_seconds(1_800_000_000);

    fn states() -> [State; 10] {
        let (at, by, reason) = (NOW, Some(PersonId::new(1)), None);
        let until = NOW.plus_hours(1);
        [
            State::Requested { at, until },
            State::Conditional { at, by: PersonId::new(1), until, condition: MessageId::new(1) },
            State::AwaitsPapers { at, by, until: Some(until), missing: PaperSet::NONE },
            State::Confirmed { at, by },
            State::Declined { at, by, reason },
            State::Withdrawn { at, by },
            State::Expired { at },
            State::Cancelled { at, by, late: false, reason },
            State::Displaced { at, by, reason },
            State::Skipped { at },
        ]
    }

    fn acts() -> [Act; Act::KINDS] {
        let by = PersonId::new(1);
        [
            Act::Approve { by },
            Act::Offer { by, until: NOW.plus_hours(2), condition: MessageId::new(1) },
            Act::Accept,
            Act::Decline { by: None, reason: None },
            Act::Withdraw { by: None },
            Act::Expire,
            Act::Cancel { by: None, late: true, reason: None },
            Act::Displace { by: None, reason: None },
            Act::Reinstate { by, until: None },
            Act::TakeBack { until: NOW.plus_hours(1) },
            Act::AwaitPapers { missing: PaperSet::NONE },
            Act::PapersIn { until: None },
        ]
    }

    fn future() -> Span {
        Span::new(NOW.plus_hours(3), NOW.plus_hours(4)).unwrap()
    }

    /// One row a state, one column an act in the order of `acts`: where it leads, or `.` for refused.
    #[rustfmt::skip]
    const TABLE: [(&str, [&str; Act::KINDS]); 10] = [
        ("requested", ["confirmed", "conditional", ".", "declined", "withdrawn", ".", ".", "displaced", ".", ".", ".", "."]),
        ("conditional", [".", ".", "confirmed", "declined", "withdrawn", ".", ".", "displaced", ".", ".", ".", "."]),
        ("conditional", ["confirmed", ".", ".", "declined", "withdrawn", ".", ".", "displaced", ".", ".", "conditional", "confirmed"]),
        ("confirmed", [".", ".", ".", ".", ".", ".", "cancelled", "displaced", ".", "requested", "conditional", "."]),
        ("declined", [".", ".", ".", ".", ".", ".", ".", ".", "confirmed", ".", ".", "."]),
        ("withdrawn", [".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "."]),
        ("expired", [".", ".", ".", ".", ".", ".", ".", ".", "confirmed", ".", ".", "."]),
        ("cancelled", [".", ".", ".", ".", ".", ".", ".", ".", "confirmed", ".", ".", "."]),
        ("displaced", [".", ".", ".", ".", ".", ".", ".", ".", "confirmed", ".", ".", "."]),
        ("skipped", [".", ".", ".", ".", ".", ".", ".", ".", "confirmed", ".", ".", "."]),
    ];

    #[test]
    fn every_state_and_act_has_its_cell() {
        for (state, (name, row)) in states().into_iter().zip(TABLE) {
            assert_eq!(state.stage().code(), name);
            for (act, expected) in acts().into_iter().zip(row) {
                let became = state.apply(act, future(), NOW).map_or(".", |new| new.stage().code());
                assert_eq!(became, expected, "{name} × {act:?}");
            }
        }
    }

    #[test]
    fn nothing_that_has_begun_is_rewritten() {
        let begun = Span::new(NOW, NOW.plus_hours(1)).unwrap();
        for state in states() {
            for act in acts().into_iter().filter(|act| *act != Act::Expire) {
                assert_eq!(state.apply(act, begun, NOW), Err(NotPossible::HasBegun));
            }
        }
    }

    #[test]
    fn a_hold_past_its_deadline_can_only_expire() {
        let later = NOW.plus_hours(1);
        for state in &states()[..3] {
            for act in acts() {
                let became = state.apply(act, future(), later).map(|new| new.stage());
                let expected = if act == Act::Expire { Ok(Stage::Expired) } else { Err(NotPossible::DeadlinePassed) };
                assert_eq!(became, expected);
            }
        }
        assert_eq!(states()[0].apply(Act::Expire, future(), NOW), Err(NotPossible::NotDue));
        // What somebody said yes to waits for its papers without end.
        let waits = State::AwaitsPapers { at: NOW, by: None, until: None, missing: PaperSet::NONE };
        assert_eq!(waits.apply(Act::Expire, future(), later), Err(NotPossible::NotDue));
    }

    #[test]
    fn a_hold_ends_an_hour_before_the_start_at_the_latest() {
        let start = NOW.plus_hours(10);
        assert_eq!(hold_deadline(NOW, 60, start), Some(NOW.plus_hours(1)));
        assert_eq!(hold_deadline(NOW, 4320, start), Some(NOW.plus_hours(9)));
        assert_eq!(hold_deadline(NOW, 4320, NOW.plus_minutes(60)), None);
    }
}
