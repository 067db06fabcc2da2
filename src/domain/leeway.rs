//! What those who decide at a site may do without when they book for others. Not who they are, and not the rules.

use super::judge::{Needs, Verdict};
use super::papers::Missing;
use super::refusal::Refusal;

/// What whoever asks may do without.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Leeway {
    /// Nothing: all rules hold.
    #[default]
    Nothing,
    /// The wait for a decision, which would be their own.
    Decides,
    /// That, and the rules that may be set aside.
    SetsAside,
}

impl Leeway {
    /// The verdict as it is for whoever has this leeway.
    pub fn eased(self, mut verdict: Verdict) -> Verdict {
        if self == Self::Nothing {
            return verdict;
        }
        verdict.needs = Needs::Nothing;
        verdict.refusals.retain(|one| *one != Refusal::NoTimeToDecide);
        let lapses = !verdict.papers.kinds.is_empty() && !verdict.papers.only_runs_out;
        verdict.until = verdict.until.filter(|_| lapses && self == Self::Decides);
        if self == Self::SetsAside {
            // Whoever sets rules aside takes it without the papers, too.
            verdict.papers = Missing::default();
            let (set_aside, refusals) = verdict.refusals.into_iter().partition(Refusal::may_be_set_aside);
            verdict.set_aside = set_aside;
            verdict.refusals = refusals;
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::span::{Instant, Span};

    fn verdict() -> Verdict {
        let at = Instant::from_seconds(1_800_000_000);
        Verdict {
            refusals: vec![
                Refusal::NoTimeToDecide,
                Refusal::TooLong { longest_session: 60 },
                Refusal::NotFree { until: None },
                Refusal::TooManyPeople { capacity: 2 },
            ],
            set_aside: Vec::new(),
            needs: Needs::Approval,
            papers: Missing::default(),
            induction: false,
            occupied: Span::new(at, at.plus_minutes(60)).unwrap(),
            units: Vec::new(),
            without: Vec::new(),
            until: Some(at),
            price: None,
        }
    }

    #[test]
    fn what_is_taken_and_what_a_place_holds_stays_refused() {
        let eased = Leeway::SetsAside.eased(verdict());
        assert_eq!(eased.set_aside, [Refusal::TooLong { longest_session: 60 }]);
        assert_eq!(eased.refusals, [Refusal::NotFree { until: None }, Refusal::TooManyPeople { capacity: 2 }]);
        assert_eq!((eased.needs, eased.until), (Needs::Nothing, None));
    }

    #[test]
    fn who_decides_waits_for_nobody_and_keeps_the_rules() {
        let eased = Leeway::Decides.eased(verdict());
        assert_eq!((eased.refusals.len(), eased.set_aside.len(), eased.needs), (3, 0, Needs::Nothing));
        assert_eq!(Leeway::Nothing.eased(verdict()), verdict());
    }
}
