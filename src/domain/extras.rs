//! Extras of a site that are asked for with a space: a projector, a trolley of ten chairs. What there is, what is asked for, and which items are free.

use chrono::NaiveDate;

use super::availability::{Place, Taken, in_the_way_of};
use super::ids::{Slug, UnitId};
use super::span::{Instant, Span};

/// So many items an extra has at the most.
pub const MOST_ITEMS: usize = 12;

/// One kind of thing that a site lends with its spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    pub slug: Slug,
    pub name: String,
    pub items: Vec<Item>,
}

/// One of them; a unit like any other, so that it is never in two places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub unit: UnitId,
    /// Not lent on or after this date at the site.
    pub retired_from: Option<NaiveDate>,
}

impl Item {
    pub fn is_there(&self, date: NaiveDate) -> bool {
        self.retired_from.is_none_or(|from| date < from)
    }
}

impl Extra {
    /// How many there are on a date.
    pub fn number(&self, date: NaiveDate) -> usize {
        self.items.iter().filter(|item| item.is_there(date)).count()
    }

    /// From when there is none of it, where that is known.
    pub fn retired_from(&self) -> Option<NaiveDate> {
        let all: Option<Vec<NaiveDate>> = self.items.iter().map(|item| item.retired_from).collect();
        all.and_then(|dates| dates.into_iter().max())
    }
}

/// So many of an extra, under the name that it had when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub extra: Slug,
    pub name: String,
    pub number: usize,
}

impl Asked {
    /// "Projector", "Table (3)".
    pub fn words(&self) -> String {
        if self.number == 1 { self.name.clone() } else { format!("{} ({})", self.name, self.number) }
    }
}

/// What is asked for, without the names.
pub fn plain(asked: &[Asked]) -> Vec<(&Slug, usize)> {
    asked.iter().map(|one| (&one.extra, one.number)).collect()
}

/// "Projector, Table (3)"; empty where nothing is asked for.
pub fn in_words(asked: &[Asked]) -> String {
    asked.iter().map(Asked::words).collect::<Vec<_>>().join(", ")
}

/// Whether an extra can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Had {
    Units(Vec<UnitId>),
    /// So many of it are free, and when the others are taken.
    Short {
        free: usize,
        taken: Option<Span>,
    },
    /// There are no more than so many on the date, whoever has them; none where the space may not ask for it.
    Fewer(usize),
}

/// The first items of an extra that are free for a place on a date, as many as are asked for.
pub fn had(
    extra: Option<&Extra>,
    number: usize,
    (taken, place): (&[Taken], Place<'_>),
    date: NaiveDate,
    now: Instant,
) -> Had {
    let there: Vec<UnitId> = extra
        .into_iter()
        .flat_map(|extra| &extra.items)
        .filter(|item| item.is_there(date))
        .map(|item| item.unit)
        .collect();
    if there.len() < number {
        return Had::Fewer(there.len());
    }
    let obstacles: Vec<&Taken> = in_the_way_of(&there, taken, place, now).collect();
    let free: Vec<UnitId> =
        there.iter().copied().filter(|unit| obstacles.iter().all(|one| one.unit != *unit)).collect();
    match free.get(..number) {
        Some(units) => Had::Units(units.to_vec()),
        None => {
            let from = obstacles.iter().map(|one| one.span.start()).min();
            let to = obstacles.iter().map(|one| one.span.end()).max();
            Had::Short { free: free.len(), taken: from.zip(to).and_then(|(from, to)| Span::new(from, to)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::availability::TakenBy;
    use crate::domain::hours::instant_at;
    use chrono_tz::Europe::London;

    const DAY: &str = "2026-11-24";

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(from: i32, to: i32) -> Span {
        let at = |hour: i32| instant_at(London, date(DAY), hour * 60).unwrap();
        Span::new(at(from), at(to)).unwrap()
    }

    fn extra(items: &[(i64, Option<&str>)]) -> Extra {
        let item = |(unit, from): &(i64, Option<&str>)| Item { unit: UnitId::new(*unit), retired_from: from.map(date) };
        Extra {
            slug: Slug::parse("projector").unwrap(),
            name: "Projector".to_owned(),
            items: items.iter().map(item).collect(),
        }
    }

    fn taken(unit: i64, from: i32, to: i32) -> Taken {
        Taken { unit: UnitId::new(unit), span: span(from, to), by: TakenBy::Closure { reason: String::new() } }
    }

    #[test]
    fn the_first_free_items_are_had_or_it_is_said_how_many_there_are() {
        let two = extra(&[(1, None), (2, None)]);
        let one_left = extra(&[(1, None), (2, Some(DAY))]);
        let units = |ids: &[i64]| Had::Units(ids.iter().map(|id| UnitId::new(*id)).collect());
        let place = Place { session: span(10, 12), occupied: span(10, 12), may_touch: None, besides: &[] };
        for (of, number, there, expected) in [
            (Some(&two), 1, vec![], units(&[1])),
            (Some(&two), 2, vec![taken(1, 12, 14)], units(&[1, 2])),
            (Some(&two), 1, vec![taken(1, 11, 14)], units(&[2])),
            (Some(&two), 2, vec![taken(1, 11, 14)], Had::Short { free: 1, taken: Some(span(11, 14)) }),
            (Some(&two), 1, vec![taken(1, 11, 14), taken(2, 9, 11)], Had::Short { free: 0, taken: Some(span(9, 14)) }),
            (Some(&two), 3, vec![], Had::Fewer(2)),
            (Some(&one_left), 2, vec![], Had::Fewer(1)),
            (Some(&one_left), 1, vec![taken(2, 9, 14)], units(&[1])),
            (None, 1, vec![], Had::Fewer(0)),
        ] {
            assert_eq!(had(of, number, (&there, place), date(DAY), Instant::from_seconds(0)), expected);
        }
    }

    #[test]
    fn an_extra_is_retired_when_all_of_it_is() {
        assert_eq!(extra(&[(1, Some(DAY)), (2, None)]).retired_from(), None);
        assert_eq!(extra(&[(1, Some(DAY)), (2, Some("2026-12-01"))]).retired_from(), Some(date("2026-12-01")));
        assert_eq!(extra(&[(1, Some(DAY)), (2, None)]).number(date("2026-11-23")), 2);
        assert_eq!(extra(&[(1, Some(DAY)), (2, None)]).number(date(DAY)), 1);
    }

    #[test]
    fn what_is_asked_for_reads_plainly() {
        let asked = |name: &str, number| Asked { extra: Slug::from_name(name).unwrap(), name: name.to_owned(), number };
        assert_eq!(in_words(&[asked("Projector", 1), asked("Table", 3)]), "Projector, Table (3)");
        assert_eq!(in_words(&[]), "");
    }
}
