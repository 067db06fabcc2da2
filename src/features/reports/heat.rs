//! Use by weekday and hour, as a table that is coloured by its figures and told in words. Not a picture: the figures stand in it.

use super::cells::{Cell, Table, hours, percent};
use super::service::Usage;
use super::show::Of;
use crate::domain::report::open::Grid;
use crate::domain::words::{clock, clock24, weekday_of};

/// A heat map.
pub struct Heat {
    /// The busiest and the quietest in a sentence.
    pub words: String,
    /// What the figures are.
    pub unit: &'static str,
    pub hours: Vec<String>,
    pub rows: Vec<HeatRow>,
}

pub struct HeatRow {
    pub day: &'static str,
    pub cells: Vec<HeatCell>,
}

/// A figure and how strong its colour is, from 0 to 5; no figure where it is closed.
pub struct HeatCell {
    pub figure: Option<String>,
    pub level: i64,
}

/// Offered and booked, each hour once.
fn sums(usage: &Usage) -> (Grid, Grid) {
    let (mut offered, mut booked) = (Grid::default(), Grid::default());
    for one in usage.hours.iter().filter(|one| one.place.has_hours()) {
        let (once, times) = one.in_sums();
        offered.add_all(&one.offered, once);
        booked.add_all(&one.booked, times);
    }
    (offered, booked)
}

/// The hours of the day in which anything is open or booked, to the one after the last.
fn day_of(offered: &Grid, booked: &Grid) -> (usize, usize) {
    let used = |hour: &usize| (0..7).any(|day| 0 < offered.at(day, *hour) + booked.at(day, *hour));
    let (first, last) = ((0..24).find(used), (0..24).rev().find(used));
    first.zip(last).map_or((0, 0), |(first, last)| (first, last + 1))
}

fn level(percent: i64) -> i64 {
    match percent {
        ..1 => 0,
        1..25 => 1,
        25..45 => 2,
        45..65 => 3,
        65..85 => 4,
        _ => 5,
    }
}

/// The heat map; `None` where nothing is open or booked.
pub fn heat(usage: &Usage, of: Of) -> Option<Heat> {
    let (offered, booked) = sums(usage);
    let (first, end) = day_of(&offered, &booked);
    if end == 0 {
        return None;
    }
    let most = (0..7).flat_map(|day| (first..end).map(move |hour| (day, hour)));
    let most = most.map(|(day, hour)| booked.at(day, hour)).max().unwrap_or_default();
    let cell = |day: usize, hour: usize| {
        let (open, taken) = (offered.at(day, hour), booked.at(day, hour));
        if !of.offers() {
            return HeatCell { figure: Some(hours(taken)), level: level(percent(taken, most)) };
        }
        if open == 0 {
            // Booked although it is closed, by whoever may set hours aside.
            let figure = (0 < taken).then(|| "100".to_owned());
            return HeatCell { level: if figure.is_some() { 5 } else { 0 }, figure };
        }
        let share = percent(taken, open);
        HeatCell { figure: Some(share.to_string()), level: level(share) }
    };
    let row = |(day, number): (usize, i32)| HeatRow {
        day: weekday_of(number),
        cells: (first..end).map(|hour| cell(day, hour)).collect(),
    };
    Some(Heat {
        words: words(&offered, &booked, of),
        unit: if of.offers() { "% booked" } else { "Hours booked" },
        hours: (first..end).map(|hour| clock24(minute_of(hour))).collect(),
        rows: (0_usize..7).zip(0_i32..).map(row).collect(),
    })
}

fn minute_of(hour: usize) -> i32 {
    i32::try_from(hour).unwrap_or_default() * 60
}

/// "Busiest on Thursdays from 10am to 11am (96%). Quietest on Sundays from 1pm to 2pm (18%)."
fn words(offered: &Grid, booked: &Grid, of: Of) -> String {
    let all = || (0_usize..7).flat_map(|day| (0_usize..24).map(move |hour| (day, hour)));
    let say = |(day, hour): (usize, usize)| {
        let (from, to) = (clock(minute_of(hour)), clock(minute_of(hour + 1)));
        let figure = if of.offers() {
            format!("{}%", percent(booked.at(day, hour), offered.at(day, hour)))
        } else {
            format!("{} hours", hours(booked.at(day, hour)))
        };
        let name = weekday_of(i32::try_from(day).unwrap_or_default());
        format!("on {name}s from {from} to {to} ({figure})")
    };
    if booked.sum() == 0 {
        return "Nothing was booked at any time.".to_owned();
    }
    if !of.offers() {
        let busiest = all().max_by_key(|(day, hour)| (booked.at(*day, *hour), 24 - hour));
        return busiest.map_or_else(String::new, |one| format!("Most {}.", say(one)));
    }
    let share = |(day, hour): &(usize, usize)| booked.at(*day, *hour) * 10_000 / offered.at(*day, *hour).max(1);
    let open = || all().filter(|(day, hour)| 0 < offered.at(*day, *hour));
    let busiest = open().max_by_key(|one| (share(one), 24 - one.1));
    let quietest = open().min_by_key(|one| (share(one), one.1));
    match busiest.zip(quietest) {
        Some((busiest, quietest)) => format!("Busiest {}. Quietest {}.", say(busiest), say(quietest)),
        None => String::new(),
    }
}

/// The same as lines for a file: one an hour of a weekday in which anything was open or booked.
pub fn table(usage: &Usage, of: Of) -> Table {
    let (offered, booked) = sums(usage);
    let figures: &[&str] = if of.offers() { &["Open", "Booked", "Share booked"] } else { &["Booked"] };
    let mut table = Table::new(("times", "When spaces are used"), &["Day", "From"], figures);
    for (day, number) in (0_usize..7).zip(0_i32..) {
        for hour in 0..24 {
            let (open, taken) = (offered.at(day, hour), booked.at(day, hour));
            if 0 < open + taken {
                let mut row = vec![Cell::text(weekday_of(number)), Cell::Text(clock24(minute_of(hour)))];
                if of.offers() {
                    row.push(Cell::Hours(open));
                }
                row.push(Cell::Hours(taken));
                row.extend(of.offers().then_some(Cell::Share(taken, open)));
                table.rows.push(row);
            }
        }
    }
    table
}
