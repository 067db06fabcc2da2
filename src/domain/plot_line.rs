//! Who waits for a plot: a strict line by day of joining, the yearly "still interested?", and to whom a vacant plot goes. Not the plots.

use super::holder::Holder;
use super::ids::{FacilityId, PlotEntryId, Reference, SiteId, UnitId};
use super::plots::{AllotmentRules, Size};
use super::span::Instant;
use super::waiting::Standing;

/// A plot up to so many hundredths of a rod counts as a half plot.
const HALF_PLOT: i32 = 700;

/// What size somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Any,
    Half,
    Full,
}

impl Wish {
    pub const ALL: [Self; 3] = [Self::Any, Self::Half, Self::Full];

    pub fn code(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Half => "half",
            Self::Full => "full",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Any => "Any plot",
            Self::Half => "A half plot, up to 7 rods",
            Self::Full => "A full plot, over 7 rods",
        }
    }

    pub fn fits(self, size: Size) -> bool {
        match self {
            Self::Any => true,
            Self::Half => size.hundredths() <= HALF_PLOT,
            Self::Full => HALF_PLOT < size.hundredths(),
        }
    }
}

/// Somebody in the line.
#[derive(Debug, Clone)]
pub struct PlotEntry {
    pub id: PlotEntryId,
    pub reference: Reference,
    pub site: SiteId,
    pub facility: FacilityId,
    pub holder: Holder,
    pub key: String,
    pub wish: Wish,
    pub note: String,
    pub joined_at: Instant,
    pub standing: Standing,
    /// Since when it is counted until the next question.
    pub confirmed_at: Instant,
    /// Until when an answer to "still interested?" is waited for.
    pub answer_by: Option<Instant>,
}

impl PlotEntry {
    /// What the line is ordered by.
    pub fn rank(&self) -> (Instant, i64) {
        (self.joined_at, self.id.row())
    }

    /// Whether an email reaches them; others have to be rung.
    pub fn is_mailed(&self) -> bool {
        self.holder.person().is_none_or(|contact| contact.reach.email().is_some())
    }
}

/// What is due for somebody in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    Nothing,
    /// Ask whether they are still interested; the answer is waited for until then.
    Ask(Instant),
    /// They have not answered in time.
    Lapse,
}

/// What is due for an entry now. Who is offered a plot is not asked, and who has to be rung does not lapse by silence.
pub fn due(rules: &AllotmentRules, entry: &PlotEntry, now: Instant) -> Due {
    if entry.standing != Standing::Waiting {
        return Due::Nothing;
    }
    match entry.answer_by {
        Some(by) if by <= now && entry.is_mailed() => Due::Lapse,
        Some(_) => Due::Nothing,
        None if entry.confirmed_at.plus_days(rules.ask_days.into()) <= now => {
            Due::Ask(now.plus_days(rules.answer_days.into()))
        }
        None => Due::Nothing,
    }
}

/// Where somebody stands who said no to a plot.
pub fn after_refusal(rules: &AllotmentRules) -> Standing {
    if rules.refusal_keeps { Standing::Waiting } else { Standing::Left }
}

/// The first in line for a vacant plot: who waits, wants one of its size, has none here then, and has not been offered it before.
/// A plot is offered to each only once, so that it comes to the next.
pub fn first_in_line<'a>(
    line: &'a [PlotEntry],
    (unit, size): (UnitId, Size),
    has_plot: impl Fn(&str) -> bool,
    was_offered: &[(PlotEntryId, UnitId)],
) -> Option<&'a PlotEntry> {
    line.iter()
        .filter(|one| one.standing == Standing::Waiting && one.wish.fits(size))
        .filter(|one| !has_plot(&one.key) && !was_offered.contains(&(one.id, unit)))
        .min_by_key(|one| one.rank())
}

/// The place in the line from 1, and how many there are; `None` for who is not in it.
pub fn place(line: &[PlotEntry], id: PlotEntryId) -> Option<(usize, usize)> {
    let open: Vec<&PlotEntry> = line.iter().filter(|one| one.standing.is_open()).collect();
    let own = open.iter().find(|one| one.id == id)?.rank();
    Some((open.iter().filter(|one| one.rank() <= own).count(), open.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::holder::{Contact, Reach};

    const NOW: Instant = Instant::from_seconds(1_800_000_000);
    const RULES: AllotmentRules = AllotmentRules::usual();

    fn entry(row: i64, joined_days_ago: i64, reach: &str) -> PlotEntry {
        let contact = Contact { name: "Somebody".to_owned(), reach: Reach::parse(reach).unwrap() };
        PlotEntry {
            id: PlotEntryId::new(row),
            reference: Reference::parse("7K2M-94QT").unwrap(),
            site: SiteId::new(1),
            facility: FacilityId::new(1),
            key: super::super::tenancy::person_key(reach),
            holder: Holder::Person(contact),
            wish: Wish::Any,
            note: String::new(),
            joined_at: NOW.plus_days(-joined_days_ago),
            standing: Standing::Waiting,
            confirmed_at: NOW.plus_days(-joined_days_ago),
            answer_by: None,
        }
    }

    #[test]
    fn the_yearly_question_is_asked_once_and_silence_lapses() {
        let by = NOW.plus_days(28);
        let mailed = |days, answer_by| PlotEntry { answer_by, ..entry(1, days, "jo@example.org") };
        let rung = |days, answer_by| PlotEntry { answer_by, ..entry(1, days, "020 7946 0123") };
        let at = |one: PlotEntry, standing| PlotEntry { standing, ..one };
        for (entry, expected) in [
            (mailed(364, None), Due::Nothing),
            (mailed(365, None), Due::Ask(by)),
            (mailed(900, None), Due::Ask(by)),
            (mailed(365, Some(NOW.plus_minutes(1))), Due::Nothing),
            (mailed(365, Some(NOW)), Due::Lapse),
            (rung(365, None), Due::Ask(by)),
            (rung(900, Some(NOW.plus_days(-100))), Due::Nothing),
            (at(mailed(900, None), Standing::Offered), Due::Nothing),
            (at(mailed(900, Some(NOW)), Standing::Offered), Due::Nothing),
            (at(mailed(900, Some(NOW)), Standing::Taken), Due::Nothing),
            (at(mailed(900, None), Standing::Lapsed), Due::Nothing),
        ] {
            assert_eq!(due(&RULES, &entry, NOW), expected, "{entry:?}");
        }
    }

    #[test]
    fn a_plot_goes_to_the_first_who_waits_for_one_like_it_and_has_none() {
        let half = (UnitId::new(7), Size::new(500).unwrap());
        let full = (UnitId::new(8), Size::new(1000).unwrap());
        let (first, second, third) = (entry(1, 30, "a@x.org"), entry(2, 20, "b@x.org"), entry(3, 20, "c@x.org"));
        let line = [third.clone(), PlotEntry { wish: Wish::Half, ..second.clone() }, first.clone()];
        let all = |_: &str| false;
        for (line, plot, has, was_offered, expected) in [
            (line.to_vec(), half, "", vec![], Some(1)),
            (line.to_vec(), half, "p:a@x.org", vec![], Some(2)),
            (line.to_vec(), full, "p:a@x.org", vec![], Some(3)),
            (line.to_vec(), half, "", vec![(first.id, half.0)], Some(2)),
            (line.to_vec(), half, "", vec![(first.id, full.0)], Some(1)),
            (line.to_vec(), full, "", vec![(first.id, full.0), (third.id, full.0)], None),
            (vec![PlotEntry { standing: Standing::Offered, ..first.clone() }], half, "", vec![], None),
            (vec![PlotEntry { wish: Wish::Full, ..first.clone() }], half, "", vec![], None),
            (vec![], half, "", vec![], None),
        ] {
            let found = first_in_line(&line, plot, |key| key == has, &was_offered).map(|one| one.id.row());
            assert_eq!(found, expected, "{plot:?} {has} {was_offered:?}");
        }
        assert_eq!(first_in_line(&line, full, all, &[]).map(|one| one.id), Some(first.id));
    }

    #[test]
    fn everybody_is_told_their_own_place_only() {
        let gone = PlotEntry { standing: Standing::Lapsed, ..entry(9, 99, "gone@x.org") };
        let offered = PlotEntry { standing: Standing::Offered, ..entry(1, 30, "a@x.org") };
        let line = [entry(2, 20, "b@x.org"), gone, offered, entry(3, 20, "c@x.org")];
        let place_of = |row| place(&line, PlotEntryId::new(row));
        assert_eq!([1, 2, 3, 9].map(place_of), [Some((1, 3)), Some((2, 3)), Some((3, 3)), None]);
    }

    #[test]
    fn a_refusal_keeps_or_loses_the_place_by_the_rule() {
        assert_eq!(after_refusal(&RULES), Standing::Waiting);
        assert_eq!(after_refusal(&AllotmentRules { refusal_keeps: false, ..RULES }), Standing::Left);
    }
}
