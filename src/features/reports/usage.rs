//! How much was open, booked and used: by space, organisation, kind, site and funder, and what stands empty.

use std::collections::BTreeMap;

use super::cells::{Cell, Table, grouped, hours, percent};
use super::service::{Hours, Usage};
use super::show::Of;
use crate::domain::ids::FacilityId;
use crate::domain::places::UnitChoice;
use crate::domain::report::period::Period;
use crate::domain::report::{Amount, Place, Use, Who};
use crate::domain::words::{listed, weekday_of};

/// Parts of the day that somebody may stand empty, from hour to hour.
const PARTS: [(&str, usize, usize); 3] =
    [("Morning, until noon", 0, 12), ("Afternoon, noon to 5pm", 12, 17), ("Evening, from 5pm", 17, 24)];
/// So many of the emptiest are named.
const MOST_EMPTY: usize = 20;
/// What is booked for more than this share of its time does not stand empty.
const LEAST_EMPTY_PERCENT: i64 = 25;

const FIGURES: [&str; 7] = ["Open", "Booked", "Share booked", "Used", "Sessions", "Cancelled late", "Not come"];
const OWN_FIGURES: [&str; 5] = ["Booked", "Used", "Sessions", "Cancelled late", "Not come"];

/// Hours and how they went, of one row.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    offered: i64,
    /// Of what is offered, each hour once.
    taken: i64,
    used: Use,
}

impl Sum {
    fn and(self, other: Self) -> Self {
        Self { offered: self.offered + other.offered, taken: self.taken + other.taken, used: self.used.and(other.used) }
    }

    fn cells(self, of: Of) -> Vec<Cell> {
        let Use { booked, used, absent, late } = self.used;
        let went = [Cell::Hours(used.minutes), Cell::Number(booked.sessions), Cell::Number(late.sessions)];
        let absent = Cell::Number(absent.sessions);
        let booked = Cell::Hours(booked.minutes);
        let mut cells = vec![booked];
        if of.offers() {
            cells.insert(0, Cell::Hours(self.offered));
            cells.push(Cell::Share(self.taken, self.offered));
        }
        cells.extend(went);
        cells.push(absent);
        cells
    }

    fn is_nothing(self) -> bool {
        self.offered == 0 && self.used.booked.sessions == 0 && self.used.late.sessions == 0
    }
}

/// A report of use with what every table needs.
struct Counted<'a> {
    of: Of,
    usage: &'a Usage,
    spaces: Vec<(&'a Hours, Sum)>,
}

impl<'a> Counted<'a> {
    fn new(usage: &'a Usage, of: Of) -> Self {
        let mut uses: BTreeMap<FacilityId, Use> = BTreeMap::new();
        for line in &usage.uses {
            let one = uses.entry(line.facility).or_default();
            *one = one.and(line.used);
        }
        let spaces = usage.hours.iter().filter(|hours| hours.place.has_hours()).map(|hours| {
            let used = uses.get(&hours.place.id).copied().unwrap_or_default();
            (hours, Sum { offered: hours.offered.sum(), taken: used.booked.minutes, used })
        });
        Self { of, usage, spaces: spaces.filter(|(_, sum)| !sum.is_nothing()).collect() }
    }

    /// The sum of spaces, in which no hour counts twice.
    fn sum<'b>(spaces: impl Iterator<Item = &'b (&'a Hours, Sum)>) -> Sum
    where
        'a: 'b,
    {
        let each = spaces.map(|(hours, sum)| {
            let (offered, taken) = hours.in_sums();
            Sum { offered: sum.offered * offered, taken: sum.taken * taken, ..*sum }
        });
        each.fold(Sum::default(), Sum::and)
    }

    fn all(&self) -> Sum {
        Self::sum(self.spaces.iter())
    }

    fn figures(&self) -> &'static [&'static str] {
        if self.of.offers() { &FIGURES } else { &OWN_FIGURES }
    }

    fn total(&self, words: usize) -> Vec<Cell> {
        let mut cells = vec![Cell::text("Total")];
        cells.extend((1..words).map(|_| Cell::text("")));
        cells.extend(self.all().cells(self.of));
        cells
    }

    fn by_space(&self) -> Table {
        let words: &[&str] = if self.of.several { &["Space", "Site"] } else { &["Space"] };
        let halls: Vec<String> = self
            .spaces
            .iter()
            .filter(|(hours, _)| hours.is_of_parts)
            .map(|(hours, _)| hours.place.name.clone())
            .collect();
        let note = if halls.is_empty() || !self.of.offers() {
            String::new()
        } else {
            format!("{} can be had in parts too. The total counts those hours once, with the parts.", listed(&halls))
        };
        let mut table = Table::new(("spaces", "Space by space"), words, self.figures()).noted(note);
        let mut spaces: Vec<_> = self.spaces.iter().collect();
        let share = |sum: &Sum| percent(sum.taken, sum.offered);
        spaces.sort_by(|(a, one), (b, other)| {
            let site = a.place.home.name.cmp(&b.place.home.name);
            let more = share(other).cmp(&share(one)).then(other.taken.cmp(&one.taken));
            site.then(more).then_with(|| a.place.name.cmp(&b.place.name))
        });
        for (hours, sum) in spaces {
            let mut row = vec![Cell::text(hours.place.name.as_str())];
            row.extend(self.of.several.then(|| Cell::text(hours.place.home.name.as_str())));
            row.extend(sum.cells(self.of));
            table.rows.push(row);
        }
        table.total = Some(self.total(words.len()));
        table
    }

    /// Spaces put together by something of theirs.
    fn by(&self, (key, title, head): (&'static str, &'static str, &'static str), name: fn(&Place) -> String) -> Table {
        let mut groups: BTreeMap<String, Vec<(&Hours, Sum)>> = BTreeMap::new();
        for one in &self.spaces {
            groups.entry(name(&one.0.place)).or_default().push(*one);
        }
        let mut table = Table::new((key, title), &[head], self.figures());
        table.rows = groups
            .into_iter()
            .map(|(name, spaces)| {
                let mut row = vec![Cell::Text(name)];
                row.extend(Counted::sum(spaces.iter()).cells(self.of));
                row
            })
            .collect();
        table.total = Some(self.total(1));
        table
    }

    fn by_holder(&self) -> Table {
        let mut all: BTreeMap<&Who, Use> = BTreeMap::new();
        let counts = |id: FacilityId| self.spaces.iter().any(|(hours, _)| hours.place.id == id);
        for line in self.usage.uses.iter().filter(|line| counts(line.facility)) {
            let one = all.entry(&line.who).or_default();
            *one = one.and(line.used);
        }
        let mut table = Table::new(("organisations", "Who had them"), &["Organisation"], &OWN_FIGURES);
        let row = |name: &str, used: Use| {
            let sum = Sum { used, ..Sum::default() };
            std::iter::once(Cell::text(name)).chain(sum.cells(Of { organisation: true, ..self.of })).collect()
        };
        table.total = Some(row("Total", all.values().fold(Use::default(), |sum, one| sum.and(*one))));
        let mut all: Vec<_> = all.into_iter().collect();
        all.sort_by_key(|(who, used)| (-used.booked.minutes, who.words().to_lowercase()));
        table.rows = all.into_iter().map(|(who, used)| row(who.words(), used)).collect();
        table
    }

    /// What stands empty, the emptiest first: a space on a weekday in a part of the day.
    fn empty(&self, period: Period) -> Table {
        let mut found = Vec::new();
        for (hours, _) in self.spaces.iter().filter(|(hours, _)| !hours.is_of_parts) {
            let places = if hours.place.choice == UnitChoice::Any { hours.place.parts.len() } else { 1 };
            let places = i64::try_from(places).unwrap_or(1).max(1);
            for (day, number) in (0_usize..7).zip(0_i32..) {
                let weeks = period.weekdays(number);
                for (part, from, to) in PARTS {
                    let open = hours.offered.between(day, (from, to));
                    let left = (open - self.taken(hours, day, (from, to))).max(0);
                    if 0 < weeks && LEAST_EMPTY_PERCENT <= percent(left, open) {
                        found.push((left / places / weeks, hours, number, part, (left, open)));
                    }
                }
            }
        }
        found.sort_by(|a, b| {
            let share = percent(b.4.0, b.4.1).cmp(&percent(a.4.0, a.4.1));
            b.0.cmp(&a.0).then(share).then_with(|| a.1.place.name.cmp(&b.1.place.name)).then(a.2.cmp(&b.2))
        });
        let words: &[&str] = if self.of.several {
            &["Space", "Site", "Day", "Part of the day"]
        } else {
            &["Space", "Day", "Part of the day"]
        };
        let note = "Hours that nobody had on an average such day, of those when it was open; of benches, of each.";
        let mut table = Table::new(("empty", "What stands empty"), words, &["Empty hours", "Share empty"]).noted(note);
        for (average, hours, day, part, (left, open)) in found.into_iter().take(MOST_EMPTY) {
            let mut row = vec![Cell::text(hours.place.name.as_str())];
            row.extend(self.of.several.then(|| Cell::text(hours.place.home.name.as_str())));
            row.extend([Cell::text(weekday_of(day)), Cell::text(part), Cell::Hours(average), Cell::Share(left, open)]);
            table.rows.push(row);
        }
        table
    }

    /// What is booked of a space in some hours, by itself or through another that takes its parts.
    fn taken(&self, hours: &Hours, day: usize, part: (usize, usize)) -> i64 {
        let others = self.spaces.iter().filter(|(other, _)| other.place.id != hours.place.id);
        let through = others.map(|(other, _)| {
            let shared = hours.place.shared_with(&other.place);
            let of = match other.place.choice {
                UnitChoice::Whole => 1,
                UnitChoice::Any => i64::try_from(other.place.parts.len()).unwrap_or(1).max(1),
            };
            if shared == 0 { 0 } else { other.booked.between(day, part) * shared / of }
        });
        hours.booked.between(day, part) + through.sum::<i64>()
    }
}

/// All tables of a report of use; none where nothing was open and nothing booked.
pub fn tables(usage: &Usage, of: Of, period: Period) -> Vec<Table> {
    let counted = Counted::new(usage, of);
    if counted.spaces.is_empty() {
        return Vec::new();
    }
    let mut tables = vec![counted.by_space()];
    if !of.organisation {
        tables.push(counted.by_holder());
    }
    tables.push(counted.by(("kinds", "By kind of space", "Kind"), |place| place.kind.entry().plural.to_owned()));
    if of.several {
        tables.push(counted.by(("sites", "By site", "Site"), |place| place.home.name.clone()));
    }
    if of.offers() {
        if of.funders {
            tables.push(counted.by(("funders", "By funder", "Funder"), funder));
        }
        tables.push(counted.empty(period));
    }
    if of.several && of.offers() {
        // Of a whole estate the sites come first, and the long list of its spaces last.
        let place = |table: &Table| match table.key {
            "sites" => 0,
            "spaces" => 2,
            _ => 1,
        };
        tables.sort_by_key(place);
    }
    tables
}

/// Who funds a space, in words.
pub fn funder(place: &Place) -> String {
    if place.funder.is_empty() { "No funder named".to_owned() } else { place.funder.clone() }
}

/// A report of use in some figures: each with what it is.
pub fn in_short(usage: &Usage, of: Of) -> Vec<(String, &'static str)> {
    let sum = Counted::new(usage, of).all();
    let Use { booked, used, absent, late } = sum.used;
    let mut figures = Vec::new();
    if of.offers() {
        figures.push((format!("{}%", percent(sum.taken, sum.offered)), "of open hours were booked"));
    }
    let Amount { sessions, minutes } = booked;
    figures.push((grouped(sessions), "sessions were booked"));
    figures.push((hours(minutes), "hours were booked"));
    figures.push((hours(used.minutes), "hours were used"));
    figures.push((format!("{}%", percent(absent.sessions, sessions)), "of booked sessions nobody came to"));
    figures.push((grouped(late.sessions), "sessions were cancelled late"));
    figures
}

/// Whether anything was booked at all.
pub fn is_empty(usage: &Usage) -> bool {
    usage.uses.iter().all(|line| line.used.booked.sessions == 0 && line.used.late.sessions == 0)
}
