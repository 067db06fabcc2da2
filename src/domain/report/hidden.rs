//! Small counts of people are not shown, and neither is what would give them away: a hidden number that is a total less the others is no
//! secret. Not which figures are counted.

/// Fewer people than this are not counted out.
pub const LEAST: i64 = 5;
/// More than any count, for what may be anything.
const ANY: i64 = i64::MAX / 1_000_000;

/// A figure as a report shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Number(i64),
    /// One to four.
    Few,
    /// Kept back, because another figure or somebody's session could be told from it.
    Kept,
}

impl Shown {
    pub fn words(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Few => format!("fewer than {LEAST}"),
            Self::Kept => "not shown".to_owned(),
        }
    }

    fn is_hidden(self) -> bool {
        !matches!(self, Self::Number(_))
    }

    /// What a reader knows of it: the least and the most that it can be.
    fn bounds(self) -> (i64, i64) {
        match self {
            Self::Number(number) => (number, number),
            Self::Few => (1, LEAST - 1),
            Self::Kept => (LEAST, ANY),
        }
    }
}

/// A figure before it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    pub number: i64,
    /// Whether it has to be kept back for a reason of its own.
    pub kept: bool,
}

/// A column of figures with their total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub cells: Vec<Shown>,
    pub total: Shown,
}

fn first_look(figure: &Figure) -> Shown {
    match figure.number {
        _ if figure.kept => Shown::Kept,
        1..LEAST => Shown::Few,
        number => Shown::Number(number),
    }
}

/// What of a column is shown, its total too. Where one could reckon a hidden figure from the total and the others, more are kept back, the
/// smallest first, until each hidden one can be at least two numbers.
pub fn column(figures: &[Figure]) -> Column {
    let total: i64 = figures.iter().map(|one| one.number).sum();
    let mut cells: Vec<Shown> = figures.iter().map(first_look).collect();
    if (1..LEAST).contains(&total) {
        return Column { cells, total: Shown::Few };
    }
    while cells.iter().any(|cell| cell.is_hidden()) && !is_safe(figures, &cells) {
        let smallest = cells.iter_mut().filter(|cell| matches!(cell, Shown::Number(1..)));
        match smallest.min_by_key(|cell| cell.bounds()) {
            Some(cell) => *cell = Shown::Kept,
            None => return nothing_but_the_total(figures, total),
        }
    }
    Column { cells, total: Shown::Number(total) }
}

/// Where even all of them hidden would tell, none is told from another: the total alone stands, unless there is but one figure.
fn nothing_but_the_total(figures: &[Figure], total: i64) -> Column {
    let total = if 1 < figures.len() { Shown::Number(total) } else { Shown::Kept };
    Column { cells: vec![Shown::Kept; figures.len()], total }
}

/// Whether each hidden figure can still be at least two numbers for somebody who knows the total and all that is shown.
fn is_safe(figures: &[Figure], cells: &[Shown]) -> bool {
    let hidden: Vec<(i64, i64)> = cells.iter().filter(|cell| cell.is_hidden()).map(|cell| cell.bounds()).collect();
    let sum: i64 = figures.iter().zip(cells).filter(|(_, cell)| cell.is_hidden()).map(|(one, _)| one.number).sum();
    let (least, most): (i64, i64) = hidden.iter().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    hidden.iter().all(|(low, high)| (sum - (most - high)).max(*low) < (sum - (least - low)).min(*high))
}

#[cfg(test)]
mod tests {
    use super::Shown::*;
    use super::*;
    use proptest::prelude::*;

    fn of(numbers: &[i64]) -> Vec<Figure> {
        numbers.iter().map(|number| Figure { number: *number, kept: false }).collect()
    }

    #[test]
    fn small_counts_are_hidden_and_what_would_tell_them() {
        for (numbers, cells, total) in [
            (vec![12, 30], vec![Number(12), Number(30)], Number(42)),
            (vec![0, 30], vec![Number(0), Number(30)], Number(30)),
            // One hidden figure is the total less the other, so that is kept back as well.
            (vec![3, 30, 8], vec![Few, Number(30), Kept], Number(41)),
            // Of 6 with a figure of five or more beside it, the small one could only be 1.
            (vec![1, 5, 30], vec![Few, Kept, Kept], Number(36)),
            (vec![2, 3, 30], vec![Few, Few, Number(30)], Number(35)),
            // Two that are 2 together are 1 each.
            (vec![1, 1, 9, 30], vec![Few, Few, Kept, Number(30)], Number(41)),
            (vec![4, 4], vec![Kept, Kept], Number(8)),
            (vec![4], vec![Few], Few),
            (vec![1, 1], vec![Few, Few], Few),
            (vec![], vec![], Number(0)),
        ] {
            assert_eq!(column(&of(&numbers)), Column { cells, total }, "{numbers:?}");
        }
    }

    #[test]
    fn what_is_kept_for_another_reason_is_kept() {
        let figures = [Figure { number: 40, kept: true }, Figure { number: 9, kept: false }];
        assert_eq!(column(&figures), Column { cells: vec![Kept, Kept], total: Number(49) });
        let alone = [Figure { number: 40, kept: true }];
        assert_eq!(column(&alone), Column { cells: vec![Kept], total: Kept });
        assert_eq!((Few.words().as_str(), Kept.words().as_str()), ("fewer than 5", "not shown"));
    }

    proptest! {
        /// Whoever tries all numbers that fit what is shown finds at least two for each that is hidden.
        #[test]
        fn no_hidden_figure_can_be_reckoned(numbers in prop::collection::vec(0_i64..12, 1..5)) {
            let shown = column(&of(&numbers));
            let Number(total) = shown.total else { return Ok(()) };
            let ranges: Vec<Vec<i64>> = shown.cells.iter().map(|cell| match cell {
                Number(number) => vec![*number],
                Few => (1..LEAST).collect(),
                Kept => (0..=60).collect(),
            }).collect();
            let mut fits: Vec<Vec<i64>> = vec![Vec::new()];
            for range in &ranges {
                fits = fits.iter().flat_map(|done| range.iter().map(move |next| {
                    let mut longer = done.clone();
                    longer.push(*next);
                    longer
                })).filter(|done| done.iter().sum::<i64>() <= total).collect();
            }
            fits.retain(|done| done.iter().sum::<i64>() == total);
            for (place, cell) in shown.cells.iter().enumerate() {
                let mut values: Vec<i64> = fits.iter().map(|done| done[place]).collect();
                values.sort_unstable();
                values.dedup();
                prop_assert!(!cell.is_hidden() || 2 <= values.len(), "{:?} {:?}", numbers, shown);
                prop_assert!(values.contains(&numbers[place]), "{:?} {:?}", numbers, shown);
            }
            let shows_few = numbers.iter().zip(&shown.cells).any(|(one, cell)| (1..LEAST).contains(one) && !cell.is_hidden());
            prop_assert!(!shows_few, "{:?}", shown);
        }
    }
}
