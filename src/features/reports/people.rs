//! How many came, who was new, and how they heard, in counts of which none is small enough to be somebody.

use std::collections::BTreeMap;

use super::cells::{Cell, Table, grouped};
use super::service::PeopleLine;
use super::show::Of;
use crate::domain::report::hidden::{Column, Figure, LEAST, Shown, column};
use crate::domain::report::{People, Place};

/// Rows with their figures; the first cell names them.
pub type Rows = Vec<(String, People)>;

/// The people of each row as they are shown, with the total.
pub fn came(rows: &[(String, People)]) -> Column {
    let figure = |(_, one): &(String, People)| Figure { number: one.people, kept: one.is_telling() };
    column(&rows.iter().map(figure).collect::<Vec<_>>())
}

/// The new people likewise. Where all but a few were new, their number would tell of the few.
fn new(rows: &[(String, People)]) -> Column {
    let figure = |(_, one): &(String, People)| {
        let returning = one.people - one.new_people;
        Figure { number: one.new_people, kept: one.is_telling() || (1..LEAST).contains(&returning) }
    };
    column(&rows.iter().map(figure).collect::<Vec<_>>())
}

/// Lines put together by a name.
pub fn grouped_by(lines: &[PeopleLine], name: impl Fn(&PeopleLine) -> Option<String>) -> Rows {
    let mut groups: BTreeMap<String, People> = BTreeMap::new();
    for line in lines {
        if let Some(name) = name(line) {
            let one = groups.entry(name).or_default();
            *one = one.and(line.people);
        }
    }
    groups.into_iter().collect()
}

/// A space by a name that is its own, also among several sites.
pub fn space(place: &Place, of: Of) -> String {
    if of.several { format!("{}, {}", place.name, place.home.name) } else { place.name.clone() }
}

fn sum(lines: &[PeopleLine]) -> People {
    lines.iter().fold(People::default(), |all, one| all.and(one.people))
}

/// All tables of people. A total that one of them must hide, none of them shows.
pub fn tables(lines: &[PeopleLine], places: &[Place], of: Of) -> Vec<Table> {
    if lines.is_empty() {
        return Vec::new();
    }
    let mut groups: Vec<((&'static str, &'static str), &'static str, Rows)> = Vec::new();
    if !of.organisation {
        let rows = grouped_by(lines, |line| Some(line.who.words().to_owned()));
        groups.push((("people", "Who they came to"), "Organisation", rows));
    }
    // One way of parting them by place, and no other within it: a sum of some rows would tell what is hidden among them.
    let place = |line: &PeopleLine| places.iter().find(|place| place.id == line.facility);
    if of.several {
        let rows = grouped_by(lines, |line| place(line).map(|place| place.home.name.clone()));
        groups.push((("people-sites", "At which site"), "Site", rows));
    } else {
        let rows = grouped_by(lines, |line| place(line).map(|place| place.name.clone()));
        groups.push((("people-spaces", "Where they came"), "Space", rows));
    }
    let columns: Vec<(Column, Column)> = groups.iter().map(|(.., rows)| (came(rows), new(rows))).collect();
    let heard = heard(sum(lines));
    let came = total(columns.iter().map(|(came, _)| came).chain([&heard.1]));
    let new = total(columns.iter().map(|(_, new)| new));
    let dates = Cell::Number(sum(lines).dates);
    let mut tables: Vec<Table> = groups
        .into_iter()
        .zip(columns)
        .map(|((key, head, rows), columns)| {
            let mut table = Table::new(key, &[head], &["Dates noted", "People", "New people"]);
            let cells = columns.0.cells.iter().zip(&columns.1.cells);
            table.rows = rows
                .into_iter()
                .zip(cells)
                .map(|((name, one), (people, new))| {
                    vec![Cell::Text(name), Cell::Number(one.dates), Cell::Count(*people), Cell::Count(*new)]
                })
                .collect();
            table.total = Some(vec![Cell::text("Total"), dates.clone(), Cell::Count(came), Cell::Count(new)]);
            table
        })
        .collect();
    let mut table = Table::new(("heard", "How they heard of it"), &["From whom"], &["People"]);
    table.rows =
        heard.0.iter().zip(&heard.1.cells).map(|(name, cell)| vec![Cell::text(*name), Cell::Count(*cell)]).collect();
    table.total = Some(vec![Cell::text("Total"), Cell::Count(came)]);
    tables.push(table);
    tables
}

/// A total that stands in all of these columns; hidden where one of them hides it.
fn total<'a>(mut columns: impl Iterator<Item = &'a Column>) -> Shown {
    let first = columns.next().map_or(Shown::Number(0), |one| one.total);
    columns.fold(first, |all, one| if matches!(one.total, Shown::Kept) { Shown::Kept } else { all })
}

/// How many heard from whom; all of them are all who came.
fn heard(all: People) -> ([&'static str; 5], Column) {
    let names = ["Their GP", "A link worker", "Found it themselves", "Another way", "Not asked, or did not say"];
    let numbers = [all.gp, all.link_worker, all.own, all.other, all.silent()];
    let figures = numbers.map(|number| Figure { number, kept: all.is_telling() });
    (names, column(&figures))
}

/// The report in some figures.
pub fn in_short(lines: &[PeopleLine], places: &[Place], of: Of) -> Vec<(String, &'static str)> {
    let tables = tables(lines, places, of);
    let total = tables.first().and_then(|table| table.total.as_ref());
    let shown = |place: usize| total.and_then(|cells| cells.get(place)).map_or_else(|| "0".to_owned(), Cell::shown);
    vec![(grouped(sum(lines).dates), "dates with figures"), (shown(2), "attendances"), (shown(3), "people were new")]
}
