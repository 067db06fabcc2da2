//! Which units are taken and which are free: choosing units, and the free stretches of a day. Not the rules about when one may book.

use super::ids::{BookingId, OccurrenceId, OfferId, OrganisationId, PlotOfferId, ProposalId, UnitId};
use super::places::{Facility, UnitChoice};
use super::rules::Privacy;
use super::span::{Instant, Span, joined, without};

/// Which units are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All units of the facility.
    Whole,
    /// Any so many of them.
    Any(usize),
    /// These, by name.
    These(Vec<UnitId>),
}

impl Wanted {
    /// As stored: `whole`, `any:2`, `these:3,4`.
    pub fn stored(&self) -> String {
        match self {
            Self::Whole => "whole".to_owned(),
            Self::Any(number) => format!("any:{number}"),
            Self::These(units) => {
                let ids: Vec<String> = units.iter().map(|unit| unit.row().to_string()).collect();
                format!("these:{}", ids.join(","))
            }
        }
    }

    pub fn parse(stored: &str) -> Option<Self> {
        if stored == "whole" {
            return Some(Self::Whole);
        }
        match stored.split_once(':')? {
            ("any", number) => number.parse().ok().filter(|n| 0 < *n).map(Self::Any),
            ("these", ids) => {
                let units: Result<Vec<UnitId>, _> = ids.split(',').map(|id| id.parse().map(UnitId::new)).collect();
                units.ok().map(Self::These)
            }
            _ => None,
        }
    }

    /// How many units that is at a facility.
    pub fn count(&self, facility: &Facility) -> usize {
        match self {
            Self::Whole => facility.units.len(),
            Self::Any(number) => *number,
            Self::These(units) => units.len(),
        }
    }
}

/// What takes a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenBy {
    Occurrence {
        booking: BookingId,
        occurrence: OccurrenceId,
        organisation: Option<OrganisationId>,
        session: Span,
        /// The hold's deadline, past which the place is free.
        until: Option<Instant>,
        privacy: Privacy,
    },
    Closure {
        reason: String,
    },
    /// Kept for somebody until a deadline, past which the place is free.
    Held {
        hold: Hold,
        until: Instant,
    },
}

/// What keeps a place that is nobody's booking yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hold {
    /// The new place of a change that waits for a decision.
    Proposal(ProposalId),
    /// A freed place, offered to the first on the waiting list.
    Offer(OfferId),
    /// A vacant plot, offered to the first in its own line.
    PlotOffer(PlotOfferId),
}

/// One unit, taken for a span that includes set-up and turnaround.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub unit: UnitId,
    pub span: Span,
    pub by: TakenBy,
}

impl Taken {
    /// Whether the hold behind it has run out, so that the place counts as free.
    pub fn is_void(&self, now: Instant) -> bool {
        match self.by {
            TakenBy::Occurrence { until, .. } => until.is_some_and(|until| until <= now),
            TakenBy::Held { until, .. } => until <= now,
            TakenBy::Closure { .. } => false,
        }
    }

    /// Whether it belongs to this occurrence.
    pub fn is_of(&self, occurrence: OccurrenceId) -> bool {
        matches!(self.by, TakenBy::Occurrence { occurrence: own, .. } if own == occurrence)
    }
}

/// A place that someone wants, with what may share its edges.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub session: Span,
    pub occupied: Span,
    /// Whose sessions may touch this one without set-up and turnaround between; `None` when the rules say none.
    pub may_touch: Option<OrganisationId>,
    /// The occurrences that are being moved or decided, whose own places are no obstacle.
    pub besides: &'a [OccurrenceId],
}

/// What stands in the way of a place on any unit of the facility.
pub fn in_the_way<'a>(
    facility: &'a Facility,
    taken: &'a [Taken],
    place: Place<'a>,
    now: Instant,
) -> impl Iterator<Item = &'a Taken> {
    obstacles(taken, place, now).filter(move |one| facility.units.iter().any(|unit| unit.id == one.unit))
}

/// As [`in_the_way`], on any of some units.
pub fn in_the_way_of<'a>(
    units: &'a [UnitId],
    taken: &'a [Taken],
    place: Place<'a>,
    now: Instant,
) -> impl Iterator<Item = &'a Taken> {
    obstacles(taken, place, now).filter(move |one| units.contains(&one.unit))
}

fn obstacles<'a>(taken: &'a [Taken], place: Place<'a>, now: Instant) -> impl Iterator<Item = &'a Taken> {
    taken
        .iter()
        .filter(move |one| one.span.overlaps(place.occupied) && !one.is_void(now))
        .filter(move |one| !place.besides.iter().any(|own| one.is_of(*own)))
        .filter(move |one| !may_touch(one, place))
}

fn may_touch(one: &Taken, place: Place<'_>) -> bool {
    match &one.by {
        TakenBy::Occurrence { organisation: Some(theirs), session, .. } => {
            place.may_touch == Some(*theirs) && !session.overlaps(place.session)
        }
        _ => false,
    }
}

/// The facility's units that are free for the whole place, in its order.
pub fn free_units(facility: &Facility, taken: &[Taken], place: Place<'_>, now: Instant) -> Vec<UnitId> {
    let busy: Vec<UnitId> = in_the_way(facility, taken, place, now).map(|one| one.unit).collect();
    facility.units.iter().map(|unit| unit.id).filter(|unit| !busy.contains(unit)).collect()
}

/// Picks the units for what is wanted: named ones as named, otherwise the fewest that come first. `None` when not all can be had.
pub fn choose(facility: &Facility, free: &[UnitId], wanted: &Wanted) -> Option<Vec<UnitId>> {
    match wanted {
        Wanted::Whole => (free.len() == facility.units.len() && !free.is_empty()).then(|| free.to_vec()),
        Wanted::Any(number) => free.get(..*number).map(<[UnitId]>::to_vec),
        Wanted::These(units) => units.iter().all(|unit| free.contains(unit)).then(|| units.clone()),
    }
}

/// What is wanted unless the form says otherwise.
pub fn usual(facility: &Facility) -> Wanted {
    match facility.choice {
        UnitChoice::Whole => Wanted::Whole,
        UnitChoice::Any => Wanted::Any(1),
    }
}

/// The stretches of `open` in which at least one place of the usual size is free.
pub fn free_stretches(facility: &Facility, open: &[Span], taken: &[Taken], now: Instant) -> Vec<Span> {
    let busy_of = |unit: UnitId| -> Vec<Span> {
        joined(taken.iter().filter(|one| one.unit == unit && !one.is_void(now)).map(|one| one.span).collect())
    };
    match facility.choice {
        UnitChoice::Whole => {
            let busy = facility.units.iter().flat_map(|unit| busy_of(unit.id)).collect();
            without(open, &joined(busy))
        }
        UnitChoice::Any => joined(facility.units.iter().flat_map(|unit| without(open, &busy_of(unit.id))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_read_back_as_stored() {
        for wanted in [Wanted::Whole, Wanted::Any(2), Wanted::These(vec![UnitId::new(3), UnitId::new(4)])] {
            assert_eq!(Wanted::parse(&wanted.stored()), Some(wanted));
        }
        for wrong in ["", "any:0", "any:x", "these:", "these:1,x", "some:1"] {
            assert_eq!(Wanted::parse(wrong), None, "{wrong}");
        }
    }
}
