//! The plan of an allotment as its pages draw it: plots in rows, gaps and paths between them. Not who has a plot.

use crate::domain::plots::Plot;
use crate::domain::tenancy::Standing;

/// So many plots stand beside each other; wider plans are drawn in the order of their numbers.
const WIDTH: i32 = 5;

/// One square of the plan.
pub enum Square {
    Plot(PlanPlot),
    Gap,
    Path,
}

pub struct PlanPlot {
    pub number: String,
    pub href: String,
    pub shown: &'static str,
    pub icon: &'static str,
    pub words: &'static str,
}

/// Lays out plots by row and column where all have a place, else in their order.
pub fn plan(plots: &[(&Plot, Standing)], href: impl Fn(&Plot) -> String) -> Vec<Square> {
    let square = |(plot, standing): &(&Plot, Standing)| {
        Square::Plot(PlanPlot {
            number: plot.number.to_string(),
            href: href(plot),
            shown: standing.shown_as(),
            icon: standing.icon(),
            words: standing.words(),
        })
    };
    let placed: Vec<((i32, i32), &(&Plot, Standing))> =
        plots.iter().filter_map(|one| one.0.place.map(|place| (place, one))).collect();
    let fits = placed.iter().all(|((row, column), _)| 0 < *row && *row < 100 && (1..=WIDTH).contains(column));
    if placed.len() < plots.len() || !fits {
        return plots.iter().map(square).collect();
    }
    let mut placed = placed;
    placed.sort_by_key(|(place, one)| (*place, one.0.number.rank()));
    let (mut squares, mut last) = (Vec::new(), (0, 0));
    for ((row, column), one) in placed {
        if row != last.0 {
            let rest = if last.0 == 0 { 0 } else { WIDTH - last.1 };
            squares.extend((0..rest).map(|_| Square::Gap));
            if last.0 != 0 && last.0 + 1 < row {
                squares.push(Square::Path);
            }
            last = (row, 0);
        }
        squares.extend((last.1 + 1..column).map(|_| Square::Gap));
        squares.push(square(one));
        last.1 = column;
    }
    squares
}
