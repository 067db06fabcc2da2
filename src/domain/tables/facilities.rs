//! A line about a space with its parts, hours and rules. Not what it costs, its terms, and what it asks beyond times.

use super::cells::{joined, or_none, yes};
use super::sheet::shown;
use super::sites::safety;
use super::{Cells, Column, may, must, week};
use crate::domain::hours::WeeklyHours;
use crate::domain::ids::Slug;
use crate::domain::kinds::{KINDS, Kind, Need};
use crate::domain::papers::Required;
use crate::domain::places::{FACILITY_WORDS, Facility, UnitChoice};
use crate::domain::rules::{Approval, Privacy, Rules};
use crate::domain::safety::Safety;
use crate::domain::season::Season;
use crate::domain::services::{Access, ClassSet, ServiceSet};
use crate::domain::text;
use chrono::NaiveDate;

pub const COLUMNS: &[Column] = &[
    must("site", "Its site, as in addresses", "hunter-street"),
    may("facility", "How it stands in addresses; made of the name where it is empty", "cedar"),
    must("name", "Its name", "Cedar"),
    must(
        "kind",
        "counselling, consulting, group, kitchen, sensory, outdoor, allotment, cafe or babybank",
        "counselling",
    ),
    may("room", "The number at the door", "3.1"),
    may("floor", "The floor", "Third floor"),
    may("about", "What it is, for everybody; may have several lines", "A quiet room with two armchairs."),
    may("arrival", "How to find it, for people who have a booking", ""),
    may("needs", "What it has for people’s needs, by word, with semicolons between", "step_free"),
    may(
        "units",
        "Its parts by name, with semicolons between; one of its own name where it is empty. Spaces that name the same part share it",
        "",
    ),
    may("choice", "whole if it is booked as a whole, any if by part; whole where it is empty", "whole"),
    may("listed", "Whether it stands on public pages: yes or no", "yes"),
    may("position", "Its place in the lists of its site", "1"),
    may("retired_from", "From when it can no longer be booked, like 2027-04-01", ""),
    may("fallback", "The space of the site to go to in bad weather, as in addresses", ""),
    may("hours", "When it is open; as its site where it is empty", ""),
    may("duty_contact", "Whom to ring; as at its site where it is empty", ""),
    may("duty_phone", "Their number", ""),
    may("alarm_place", "Where the panic alarm is", ""),
    // Every rule that stays empty is as its kind starts with.
    may("capacity", "How many people it takes", "4"),
    may("step_minutes", "Rules from here on: what is empty is as usual for its kind. In what steps it is booked", ""),
    may("shortest_minutes", "The shortest time, with set-up and turnaround", ""),
    may("longest_minutes", "The longest time, with set-up and turnaround", ""),
    may("set_up_minutes", "Time before each session", ""),
    may("turnaround_minutes", "Time after each session", ""),
    may("notice_minutes", "How long before it has to be asked for", ""),
    may("horizon_days", "How many days ahead it can be asked for", ""),
    may("horizon_commissioned_days", "The same for commissioned services, or none", ""),
    may("hold_minutes", "How long a request waits", ""),
    may("late_cancel_minutes", "From when before it giving up counts as late", ""),
    may("still_needed_weeks", "Every so many weeks a series is asked whether it is still needed; 0 for never", ""),
    may("arrival_gap_minutes", "Least minutes between arrivals of different holders; 0 for none", ""),
    may("week_bookings", "Most bookings of one organisation in a week, or none", ""),
    may("week_minutes", "Most minutes of one organisation in a week, or none", ""),
    may("starts", "The times at which a session may start, like 09:00; 13:00, or none for any", ""),
    may("own_may_touch", "Whether sessions of one holder may follow each other at once: yes or no", ""),
    may("holds_place", "Whether a request holds its place: yes or no", ""),
    may("daylight", "Whether it is open by daylight only: yes or no", ""),
    may("by_session", "Whether it is booked in the named sessions of its site: yes or no", ""),
    may("warns_alone", "Whether people are told that they would be alone in the building: yes or no", ""),
    may("approval", "Who says yes: none, trusted or always", ""),
    may("privacy", "Who sees what a booking is for: open, organisation or confidential", ""),
    may("season", "When in the year it is open, like 04-01 to 09-30, or none", ""),
    may("papers", "What must be on file, like liability=5000000; hygiene, or none", ""),
    may("classes", "For which classes of organisations it is, or none for all", ""),
    may("services", "For organisations that offer one of these, or none for all", ""),
];

type Number = (&'static str, fn(&mut Rules) -> &mut i32, (i32, i32));
const DAY: i32 = 24 * 60;

/// The rules that are numbers, with their limits.
const NUMBERS: [Number; 12] = [
    ("capacity", |rules| &mut rules.capacity, (1, 10_000)),
    ("step_minutes", |rules| &mut rules.step_minutes, (5, DAY)),
    ("shortest_minutes", |rules| &mut rules.shortest_minutes, (5, 7 * DAY)),
    ("longest_minutes", |rules| &mut rules.longest_minutes, (5, 7 * DAY)),
    ("set_up_minutes", |rules| &mut rules.set_up_minutes, (0, DAY)),
    ("turnaround_minutes", |rules| &mut rules.turnaround_minutes, (0, DAY)),
    ("notice_minutes", |rules| &mut rules.notice_minutes, (0, 365 * DAY)),
    ("horizon_days", |rules| &mut rules.horizon_days, (1, 1_000)),
    ("hold_minutes", |rules| &mut rules.hold_minutes, (60, 60 * DAY)),
    ("late_cancel_minutes", |rules| &mut rules.late_cancel_minutes, (0, 60 * DAY)),
    ("still_needed_weeks", |rules| &mut rules.still_needed_weeks, (0, 104)),
    ("arrival_gap_minutes", |rules| &mut rules.arrival_gap_minutes, (0, 240)),
];

/// What a line says of a space.
#[derive(Debug, Clone)]
pub struct FacilityLine {
    pub site: Slug,
    pub slug: Slug,
    pub name: String,
    pub kind: Kind,
    pub room: String,
    pub floor: String,
    pub about: String,
    pub arrival: String,
    pub needs: Vec<Need>,
    pub units: Vec<String>,
    pub choice: UnitChoice,
    pub listed: bool,
    pub position: i32,
    pub retired_from: Option<NaiveDate>,
    pub fallback: Option<Slug>,
    pub hours: Vec<WeeklyHours>,
    pub safety: Safety,
    pub rules: Rules,
}

impl FacilityLine {
    pub fn of(site: &Slug, one: &Facility, hours: &[WeeklyHours], (position, fallback): (i32, Option<Slug>)) -> Self {
        Self {
            site: site.clone(),
            slug: one.slug.clone(),
            name: one.name.clone(),
            kind: one.kind,
            room: one.room.clone(),
            floor: one.floor.clone(),
            about: one.about.clone(),
            arrival: one.arrival.clone(),
            needs: one.needs.clone(),
            units: one.units.iter().map(|unit| unit.name.clone()).collect(),
            choice: one.choice,
            listed: one.listed,
            position,
            retired_from: one.retired_from,
            fallback,
            hours: hours.iter().filter(|own| own.facility == Some(one.id)).copied().collect(),
            safety: one.safety.clone(),
            rules: one.rules.clone(),
        }
    }

    pub fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let site = cells.known("site", "the site");
        let name = cells.line("name", "the name of the space", 80);
        let slug = cells.slug("facility", &name, &FACILITY_WORDS);
        let kinds: Vec<&str> = KINDS.iter().map(|entry| entry.code).collect();
        let kind = cells.code("kind", Kind::parse, &kinds);
        let choice = if cells.is_empty("choice") {
            Some(UnitChoice::Whole)
        } else {
            cells.code("choice", UnitChoice::parse, &["whole", "any"])
        };
        let retired_from = match cells.raw("retired_from") {
            "" => Some(None),
            typed => cells.take("retired_from", typed.parse().map(Some).map_err(|_| "Enter a date like 2027-04-01")),
        };
        let fallback =
            if cells.is_empty("fallback") { Some(None) } else { cells.known("fallback", "the space").map(Some) };
        let hours = cells.raw("hours");
        let hours = cells.take("hours", week::hours(hours, None));
        let (units, needs) = (units(cells, &name), needs(cells));
        let rules = kind.and_then(|kind| rules(cells, kind));
        Some(Self {
            room: cells.optional_line("room", 20),
            floor: cells.optional_line("floor", 40),
            about: cells.paragraphs("about", 1_000),
            arrival: cells.paragraphs("arrival", 1_000),
            listed: cells.yes("listed", true),
            position: cells.number("position", (0, 100_000), 0),
            safety: safety(cells),
            site: site?,
            slug: slug?,
            name,
            kind: kind?,
            needs: needs?,
            units: units?,
            choice: choice?,
            retired_from: retired_from?,
            fallback: fallback?,
            hours: hours?,
            rules: rules?,
        })
    }

    pub fn cells(&self) -> Vec<String> {
        let needs: Vec<String> = self.needs.iter().map(|need| need.code().to_owned()).collect();
        let mut cells = vec![
            self.site.to_string(),
            self.slug.to_string(),
            self.name.clone(),
            self.kind.code().to_owned(),
            self.room.clone(),
            self.floor.clone(),
            self.about.clone(),
            self.arrival.clone(),
            joined(&needs),
            joined(&self.units),
            self.choice.code().to_owned(),
            yes(self.listed),
            self.position.to_string(),
            self.retired_from.map_or_else(String::new, |date| date.to_string()),
            self.fallback.as_ref().map_or_else(String::new, ToString::to_string),
            week::hours_cell(&self.hours),
            self.safety.contact.clone(),
            self.safety.phone.clone(),
            self.safety.alarm.clone(),
        ];
        cells.extend(rule_cells(&self.rules));
        cells
    }
}

fn units(cells: &mut Cells<'_>, name: &str) -> Option<Vec<String>> {
    let mut units: Vec<String> = Vec::new();
    for typed in cells.list("units") {
        let unit = cells.take("units", text::required_line(typed, 60).map_err(|fault| fault.words("a name")))?;
        if units.contains(&unit) {
            cells.problem("units", format!("Name each part once. “{}” stands twice", shown(&unit)));
            return None;
        }
        units.push(unit);
    }
    if 60 < units.len() {
        cells.problem("units", "Name 60 parts or fewer");
        return None;
    }
    Some(if units.is_empty() { vec![name.to_owned()] } else { units })
}

fn needs(cells: &mut Cells<'_>) -> Option<Vec<Need>> {
    let all: Vec<&str> = Need::all().map(|need| need.code()).collect();
    let read = |code: &str| {
        Need::parse(code).ok_or_else(|| format!("Choose from {}. “{}” is none of them", all.join(", "), shown(code)))
    };
    let read = cells.list("needs").into_iter().map(read).collect::<Result<Vec<_>, _>>();
    cells.take("needs", read)
}

/// The rules of the kind, with what the line says in place of them.
fn rules(cells: &mut Cells<'_>, kind: Kind) -> Option<Rules> {
    let mut rules = kind.entry().default_rules();
    for (column, of, limits) in NUMBERS {
        *of(&mut rules) = cells.number(column, limits, *of(&mut rules));
    }
    rules.horizon_commissioned_days =
        cells.number_or_none("horizon_commissioned_days", (1, 1_000), rules.horizon_commissioned_days);
    rules.week_bookings = cells.number_or_none("week_bookings", (1, 1_000), rules.week_bookings);
    rules.week_minutes = cells.number_or_none("week_minutes", (5, 7 * DAY), rules.week_minutes);
    rules.own_may_touch = cells.yes("own_may_touch", rules.own_may_touch);
    rules.holds_place = cells.yes("holds_place", rules.holds_place);
    rules.daylight = cells.yes("daylight", rules.daylight);
    rules.by_session = cells.yes("by_session", rules.by_session);
    rules.warns_alone = cells.yes("warns_alone", rules.warns_alone);
    if !cells.is_empty("approval") {
        rules.approval = cells.code("approval", Approval::parse, &Approval::ALL.map(Approval::code))?;
    }
    if !cells.is_empty("privacy") {
        rules.privacy = cells.code("privacy", Privacy::parse, &Privacy::ALL.map(Privacy::code))?;
    }
    other_rules(cells, &mut rules)?;
    let faults = rules.faults();
    for (_, words) in &faults {
        cells.problem("kind", format!("The rules do not go together: {words}"));
    }
    faults.is_empty().then_some(rules)
}

/// The rules that are lists, where `none` is an answer.
fn other_rules(cells: &mut Cells<'_>, rules: &mut Rules) -> Option<()> {
    let pieces = |cells: &Cells<'_>, column: &str| -> Option<String> {
        match cells.raw(column) {
            "" => None,
            "none" => Some(String::new()),
            _ => Some(cells.list(column).join(" ")),
        }
    };
    if let Some(starts) = pieces(cells, "starts") {
        let read = starts.split_whitespace().map(week::minute).collect::<Option<Vec<_>>>();
        let read = read.filter(|starts| starts.iter().all(|minute| *minute < DAY) && starts.is_sorted());
        rules.start_minutes = cells.take("starts", read.ok_or("Write times in order, like 09:00; 13:00"))?;
    }
    if let Some(season) = pieces(cells, "season") {
        rules.season = match season.as_str() {
            "" => None,
            typed => Some(cells.take("season", season_of(typed).ok_or("Write two days like 04-01 to 09-30"))?),
        };
    }
    if let Some(papers) = pieces(cells, "papers") {
        let words = "Choose from the papers that the program knows, like liability=5000000; hygiene";
        rules.papers = cells.take("papers", Required::parse(&papers).ok_or(words))?;
    }
    if let Some(classes) = pieces(cells, "classes") {
        let words = "Choose from charity, community, statutory and commercial";
        rules.access =
            Access { classes: cells.take("classes", ClassSet::parse(&classes).ok_or(words))?, ..rules.access };
    }
    if let Some(services) = pieces(cells, "services") {
        let words = "Choose from the services that organisations offer, like counselling; advice";
        rules.access =
            Access { services: cells.take("services", ServiceSet::parse(&services).ok_or(words))?, ..rules.access };
    }
    Some(())
}

/// "04-01 to 09-30".
fn season_of(typed: &str) -> Option<Season> {
    let day = |text: &str| {
        let (month, day) = text.trim().split_once('-')?;
        let (month, day): (u32, u32) = month.parse().ok().zip(day.parse().ok())?;
        // A leap year, so that every day of the year is one.
        NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
    };
    let (from, to) = typed.split_once("to")?;
    Some(Season { from: day(from)?, to: day(to)? })
}

fn rule_cells(rules: &Rules) -> Vec<String> {
    let mut own = rules.clone();
    let mut number = |place: usize| NUMBERS.get(place).map_or_else(String::new, |(_, of, _)| of(&mut own).to_string());
    let none = |text: String| if text.is_empty() { "none".to_owned() } else { text.replace(' ', "; ") };
    let day = |(month, day): (u32, u32)| format!("{month:02}-{day:02}");
    let starts: Vec<String> = rules.start_minutes.iter().map(|minute| week::minute_cell(*minute)).collect();
    let mut cells: Vec<String> = (0..8).map(&mut number).collect();
    cells.push(or_none(rules.horizon_commissioned_days));
    cells.extend((8..12).map(&mut number));
    cells.extend([
        or_none(rules.week_bookings),
        or_none(rules.week_minutes),
        none(starts.join(" ")),
        yes(rules.own_may_touch),
        yes(rules.holds_place),
        yes(rules.daylight),
        yes(rules.by_session),
        yes(rules.warns_alone),
        rules.approval.code().to_owned(),
        rules.privacy.code().to_owned(),
        rules.season.map_or_else(|| "none".to_owned(), |season| format!("{} to {}", day(season.from), day(season.to))),
        none(rules.papers.stored()),
        none(rules.access.classes.stored()),
        none(rules.access.services.stored()),
    ]);
    cells
}
