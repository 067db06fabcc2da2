//! Two periods side by side, by space and by organisation: what a new room brought, what became of a charity's sessions.

use super::cells::{Cell, Table};
use super::people::{came, grouped_by, space};
use super::service::{PeopleLine, Side};
use super::show::Of;
use crate::domain::ids::FacilityId;
use crate::domain::report::hidden::Shown;
use crate::domain::report::{Amount, Place, Who};

/// What was booked on one side by whatever is asked for.
fn booked(side: &Side, counts: impl Fn(FacilityId, &Who) -> bool) -> Amount {
    let lines = side.uses.iter().filter(|line| counts(line.facility, &line.who));
    lines.fold(Amount::default(), |all, line| {
        let Amount { sessions, minutes } = line.used.booked;
        Amount { sessions: all.sessions + sessions, minutes: all.minutes + minutes }
    })
}

/// The people of a side by name, as they are shown.
struct Shares {
    rows: Vec<(String, Shown)>,
    total: Shown,
}

impl Shares {
    fn of(side: &Side, name: impl Fn(&PeopleLine) -> Option<String>) -> Self {
        let rows = grouped_by(&side.people, name);
        let column = came(&rows);
        Self { rows: rows.into_iter().map(|(name, _)| name).zip(column.cells).collect(), total: column.total }
    }

    fn of_name(&self, name: &str) -> Cell {
        let found = self.rows.iter().find(|(one, _)| one == name);
        Cell::Count(found.map_or(Shown::Number(0), |(_, shown)| *shown))
    }
}

static FIGURES: [&str; 7] = [
    "Booked before",
    "Booked after",
    "Change in hours",
    "Sessions before",
    "Sessions after",
    "People before",
    "People after",
];

/// Without the last two where it is a funder's part only: what is hidden in the whole could be told from the parts.
fn heads(of: Of) -> &'static [&'static str] {
    let without = FIGURES.len() - 2;
    if of.is_part { FIGURES.get(..without).unwrap_or(&FIGURES) } else { &FIGURES }
}

fn figures(before: Amount, after: Amount, people: impl IntoIterator<Item = Cell>) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Hours(before.minutes),
        Cell::Hours(after.minutes),
        Cell::Change(after.minutes - before.minutes),
        Cell::Number(before.sessions),
        Cell::Number(after.sessions),
    ];
    cells.extend(people);
    cells
}

/// Both tables. A total of people that one of them must hide, neither shows.
pub fn tables((before, after): &(Side, Side), places: &[Place], of: Of) -> Vec<Table> {
    // Who came to what has no hours is in no row, and so must be in no total.
    let place = |line: &PeopleLine| places.iter().find(|place| place.id == line.facility && place.has_hours());
    let by_space = [before, after].map(|side| Shares::of(side, |line| place(line).map(|place| space(place, of))));
    let by_who = [before, after].map(|side| Shares::of(side, |line| place(line).map(|_| line.who.words().to_owned())));
    let totals = [0, 1].map(|side: usize| {
        let both = [by_space.get(side), by_who.get(side)].into_iter().flatten().map(|one| one.total);
        let kept = both.clone().any(|total| total == Shown::Kept);
        Cell::Count(if kept { Shown::Kept } else { both.into_iter().next().unwrap_or(Shown::Number(0)) })
    });
    let people = |shares: &[Shares; 2], name: &str| -> Vec<Cell> {
        if of.is_part { Vec::new() } else { shares.iter().map(|side| side.of_name(name)).collect() }
    };
    let all = |side: &Side| booked(side, |id, _| places.iter().any(|place| place.id == id && place.has_hours()));
    let total = figures(all(before), all(after), totals.into_iter().filter(|_| !of.is_part));
    let mut tables = vec![spaces((before, after), places, of, (&|name| people(&by_space, name), &total))];
    if !of.organisation {
        tables.push(holders((before, after), places, of, (&|name| people(&by_who, name), &total)));
    }
    tables.retain(|table| !table.rows.is_empty());
    tables
}

/// The people of a row before and after, by its name.
type PeopleOf<'a> = &'a dyn Fn(&str) -> Vec<Cell>;

fn spaces(
    (before, after): (&Side, &Side),
    places: &[Place],
    of: Of,
    (people, total): (PeopleOf<'_>, &[Cell]),
) -> Table {
    let open: &[&'static str] = if of.offers() { &["Open before", "Open after"] } else { &[] };
    let heads = [open, heads(of)].concat();
    let mut table = Table::new(("compare-spaces", "Space by space"), &["Space"], &heads);
    let offered = |side: &Side, id: FacilityId| {
        side.offered.iter().find(|(one, _)| *one == id).map_or(0, |(_, minutes)| *minutes)
    };
    let mut open = (0, 0);
    for place in places.iter().filter(|place| place.has_hours()) {
        let [one, other] = [before, after].map(|side| booked(side, |id, _| id == place.id));
        let (was, is) = (offered(before, place.id), offered(after, place.id));
        if was + is + one.sessions + other.sessions == 0 {
            continue;
        }
        // The hours of a hall that can be had in parts are those of its parts.
        let counts = i64::from(!place.is_of_parts(places));
        open = (open.0 + was * counts, open.1 + is * counts);
        let name = space(place, of);
        let mut row = vec![Cell::text(name.as_str())];
        if of.offers() {
            row.extend([Cell::Hours(was), Cell::Hours(is)]);
        }
        row.extend(figures(one, other, people(&name)));
        table.rows.push(row);
    }
    let mut last = vec![Cell::text("Total")];
    if of.offers() {
        last.extend([Cell::Hours(open.0), Cell::Hours(open.1)]);
    }
    last.extend(total.iter().cloned());
    table.total = Some(last);
    table
}

fn holders(
    (before, after): (&Side, &Side),
    places: &[Place],
    of: Of,
    (people, total): (PeopleOf<'_>, &[Cell]),
) -> Table {
    let mut all: Vec<&Who> = before.everybody().chain(after.everybody()).collect();
    all.sort_by_key(|who| who.words().to_lowercase());
    all.dedup();
    let mut table = Table::new(("compare-organisations", "Organisation by organisation"), &["Organisation"], heads(of));
    let counts = |id: FacilityId| places.iter().any(|place| place.id == id && place.has_hours());
    for who in all {
        let [one, other] = [before, after].map(|side| booked(side, |id, by| by == who && counts(id)));
        let mut row = vec![Cell::text(who.words())];
        row.extend(figures(one, other, people(who.words())));
        table.rows.push(row);
    }
    table.total = Some(std::iter::once(Cell::text("Total")).chain(total.iter().cloned()).collect());
    table
}

/// The report in some figures, which are those of the first table's last line.
pub fn in_short(tables: &[Table], of: Of) -> Vec<(String, &'static str)> {
    let total = tables.first().and_then(|table| table.total.as_ref());
    let shown = |place: usize| total.and_then(|cells| cells.get(place)).map_or_else(|| "0".to_owned(), Cell::shown);
    let booked = [(0, "hours were booked before"), (1, "hours were booked after")];
    let open = [(1, "hours were open before"), (2, "hours were open after")];
    let first = if of.offers() { 3 } else { 1 };
    let mut figures: Vec<_> = booked.into_iter().map(|(place, words)| (shown(first + place), words)).collect();
    if of.offers() {
        figures.extend(open.map(|(place, words)| (shown(place), words)));
    }
    figures
}

/// Whether nothing was booked in either period.
pub fn is_empty((before, after): &(Side, Side)) -> bool {
    let nothing = |side: &Side| booked(side, |_, _| true).sessions == 0;
    nothing(before) && nothing(after)
}
