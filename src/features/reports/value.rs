//! What space was worth and what of that was given free: by quarter, funder, organisation, space and site. The sums are those of statements.

use std::collections::BTreeMap;

use super::cells::{Cell, Table, grouped};
use super::people::space;
use super::service::ValueLine;
use super::show::Of;
use super::usage::funder;
use crate::domain::money::Pence;
use crate::domain::report::Place;
use crate::domain::report::period::Period;

/// The sums of one row.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    sessions: i64,
    value: Pence,
    given: Pence,
    to_pay: Pence,
}

impl Sum {
    fn and(self, other: Self) -> Self {
        Self {
            sessions: self.sessions + other.sessions,
            value: self.value + other.value,
            given: self.given + other.given,
            to_pay: self.to_pay + other.to_pay,
        }
    }

    /// So many sessions of a price that somebody had.
    fn had(line: &ValueLine, sessions: i64) -> Self {
        let free = if line.price < line.value { line.value - line.price } else { Pence::ZERO };
        Self {
            sessions,
            value: line.value.times(sessions),
            given: free.times(sessions),
            to_pay: line.price.times(sessions),
        }
    }

    /// All of a line, with what its site charges although nobody was there.
    fn of(line: &ValueLine, place: &Place) -> Self {
        let charging = place.home.charging;
        let unused = line.absent * i64::from(charging.absent) + line.late * i64::from(charging.late);
        let had = Self::had(line, line.had.iter().sum());
        Self { to_pay: had.to_pay + line.price.times(unused), ..had }
    }

    fn cells(self) -> [Cell; 4] {
        [Cell::Number(self.sessions), Cell::Pounds(self.value), Cell::Pounds(self.to_pay), Cell::Pounds(self.given)]
    }
}

const FIGURES: [&str; 4] = ["Sessions", "Usual value", "To pay", "Given free"];

/// Each line with its space.
fn with_places<'a>(lines: &'a [ValueLine], places: &'a [Place]) -> impl Iterator<Item = (&'a ValueLine, &'a Place)> {
    let of = |line: &'a ValueLine| Some((line, places.iter().find(|place| place.id == line.facility)?));
    lines.iter().filter_map(of)
}

fn sum(lines: &[ValueLine], places: &[Place]) -> Sum {
    with_places(lines, places).fold(Sum::default(), |all, (line, place)| all.and(Sum::of(line, place)))
}

fn by(
    (lines, places): (&[ValueLine], &[Place]),
    (key, title, head): (&'static str, &'static str, &'static str),
    name: impl Fn(&ValueLine, &Place) -> String,
) -> Table {
    let mut groups: BTreeMap<String, Sum> = BTreeMap::new();
    for (line, place) in with_places(lines, places) {
        let one = groups.entry(name(line, place)).or_default();
        *one = one.and(Sum::of(line, place));
    }
    let mut table = Table::new((key, title), &[head], &FIGURES);
    let row = |name: String, sum: Sum| std::iter::once(Cell::Text(name)).chain(sum.cells()).collect();
    table.total = Some(row("Total".to_owned(), sum(lines, places)));
    table.rows = groups.into_iter().map(|(name, sum)| row(name, sum)).collect();
    table
}

fn by_quarter(lines: &[ValueLine], period: Period) -> Table {
    let heads = ["Quarter", "Calendar year", "Financial year"];
    let mut table = Table::new(("quarters", "Quarter by quarter"), &heads, &["Sessions", "Usual value", "Given free"])
        .noted("Quarters of the calendar and of the financial year, April to March, begin on the same days.");
    let row = |names: [String; 3], sum: Sum| {
        let figures = [Cell::Number(sum.sessions), Cell::Pounds(sum.value), Cell::Pounds(sum.given)];
        names.into_iter().map(Cell::Text).chain(figures).collect()
    };
    let mut all = Sum::default();
    for (number, quarter) in period.quarters().into_iter().enumerate() {
        let had = lines.iter().map(|line| Sum::had(line, line.had.get(number).copied().unwrap_or_default()));
        let sum = had.fold(Sum::default(), Sum::and);
        table.rows.push(row([quarter.words(), quarter.calendar(), quarter.financial()], sum));
        all = all.and(sum);
    }
    table.total = Some(row(["Total".to_owned(), String::new(), String::new()], all));
    table
}

/// All tables of value; none where nothing had a rate.
pub fn tables(lines: &[ValueLine], places: &[Place], of: Of, period: Period) -> Vec<Table> {
    if lines.is_empty() {
        return Vec::new();
    }
    let both = (lines, places);
    let mut tables = vec![by_quarter(lines, period)];
    if of.funders {
        tables.push(by(both, ("value-funders", "By funder", "Funder"), |_, place| funder(place)));
    }
    if !of.organisation {
        let who = |line: &ValueLine, _: &Place| line.who.words().to_owned();
        tables.push(by(both, ("value-organisations", "By organisation", "Organisation"), who));
    }
    tables.push(by(both, ("value-spaces", "By space", "Space"), |_, place| space(place, of)));
    if of.several {
        tables.push(by(both, ("value-sites", "By site", "Site"), |_, place| place.home.name.clone()));
    }
    tables
}

/// The report in some figures.
pub fn in_short(lines: &[ValueLine], places: &[Place]) -> Vec<(String, &'static str)> {
    let sum = sum(lines, places);
    vec![
        (sum.given.to_string(), "worth of space was given free"),
        (sum.value.to_string(), "is its usual value together"),
        (sum.to_pay.to_string(), "is to pay"),
        (grouped(sum.sessions), "sessions had a rate"),
    ]
}
