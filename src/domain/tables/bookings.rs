//! A line about one date of a booking in one space; lines with the same word in `booking` are one booking. Not whether it can be had.

use chrono::NaiveDate;

use super::cells::joined;
use super::sheet::shown;
use super::{Cells, Column, may, must, week};
use crate::domain::holder::{Contact, Reach};
use crate::domain::ids::Slug;
use crate::domain::occurrence::Stage;
use crate::domain::person::Email;
use crate::domain::rules::Privacy;
use crate::domain::words::counted;

pub const COLUMNS: &[Column] = &[
    may(
        "booking",
        "Lines with the same word here are dates of one booking; a reference that is free is kept. Each line is one of its own where it is empty",
        "A1",
    ),
    must("site", "The site, as in addresses", "hunter-street"),
    must("facility", "The space, as in addresses", "cedar"),
    must("date", "The date at the site, like 2026-12-01", "2026-12-01"),
    must("from", "When it begins by the site’s clock", "10:00"),
    must("to", "When it ends; 25:00 is 1am the next day", "11:00"),
    may(
        "units",
        "Which of its parts: a number of them or their names, with semicolons between; empty for what is usual",
        "",
    ),
    may("organisation", "Whose it is, as in addresses", "wren-support"),
    may("person", "Or the name of a person without an account", ""),
    may("contact", "With a person: their address or telephone number. With neither it is the site’s own", ""),
    may("booked_by", "The address of somebody with an account who made it", ""),
    must("purpose", "What it is for; no client’s name", "Support group"),
    may("note", "A note for the site; may have several lines", ""),
    may("people", "How many people are expected; 1 where it is empty", "4"),
    may("privacy", "open, organisation or confidential; as is usual for the space where it is empty", ""),
    may(
        "state",
        "confirmed where it is empty. requested waits for a decision; what is cancelled, declined, withdrawn, expired, displaced or skipped takes no place",
        "confirmed",
    ),
];

/// How much of a space a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parts {
    Usual,
    Any(usize),
    Named(Vec<String>),
}

/// Whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    Organisation(Slug),
    Person(Contact),
    Site,
}

/// What is the same on all lines of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub site: Slug,
    pub whose: Whose,
    pub booked_by: Option<Email>,
    pub purpose: String,
    pub note: String,
    pub people: i32,
    pub privacy: Option<Privacy>,
}

/// What a line says of one date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingLine {
    /// Empty where the line is a booking of its own.
    pub mark: String,
    pub words: Words,
    pub facility: Slug,
    pub date: NaiveDate,
    /// Minutes after local midnight of the date.
    pub minutes: (i32, i32),
    pub parts: Parts,
    pub stage: Stage,
}

/// The states that a line may have.
const STAGES: [Stage; 9] = Stage::ALL;

impl BookingLine {
    pub fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (site, facility) = (cells.known("site", "the site"), cells.known("facility", "the space"));
        let date = cells.raw("date");
        let date = cells.take(
            "date",
            date.parse().map_err(|_| format!("Enter a date like 2026-12-01. “{}” is not so", shown(date))),
        );
        let minutes = minutes(cells);
        let parts = parts(cells);
        let whose = whose(cells);
        let booked_by = match cells.raw("booked_by") {
            "" => Some(None),
            typed => cells.take("booked_by", Email::parse(typed).map(Some)),
        };
        let privacy = if cells.is_empty("privacy") {
            Some(None)
        } else {
            cells.code("privacy", Privacy::parse, &Privacy::ALL.map(Privacy::code)).map(Some)
        };
        let stage = if cells.is_empty("state") {
            Some(Stage::Confirmed)
        } else {
            cells.code("state", Stage::parse, &STAGES.map(Stage::code))
        };
        let words = Words {
            purpose: cells.line("purpose", "what it is for", 80),
            note: cells.paragraphs("note", 1_000),
            people: cells.number("people", (1, 10_000), 1),
            site: site?,
            whose: whose?,
            booked_by: booked_by?,
            privacy: privacy?,
        };
        Some(Self {
            mark: cells.optional_line("booking", 40),
            words,
            facility: facility?,
            date: date?,
            minutes: minutes?,
            parts: parts?,
            stage: stage?,
        })
    }

    pub fn cells(&self) -> Vec<String> {
        let (mut organisation, mut person, mut contact) = (String::new(), String::new(), String::new());
        match &self.words.whose {
            Whose::Organisation(slug) => organisation = slug.to_string(),
            Whose::Person(one) => (person, contact) = (one.name.clone(), one.reach.to_string()),
            Whose::Site => {}
        }
        vec![
            self.mark.clone(),
            self.words.site.to_string(),
            self.facility.to_string(),
            self.date.to_string(),
            week::minute_cell(self.minutes.0),
            week::minute_cell(self.minutes.1),
            match &self.parts {
                Parts::Usual => String::new(),
                Parts::Any(number) => number.to_string(),
                Parts::Named(names) => joined(names),
            },
            organisation,
            person,
            contact,
            self.words.booked_by.as_ref().map_or_else(String::new, ToString::to_string),
            self.words.purpose.clone(),
            self.words.note.clone(),
            self.words.people.to_string(),
            self.words.privacy.map_or_else(String::new, |privacy| privacy.code().to_owned()),
            self.stage.code().to_owned(),
        ]
    }
}

/// Both times, the end after the start and at most a week later.
fn minutes(cells: &mut Cells<'_>) -> Option<(i32, i32)> {
    const WEEK: i32 = 7 * 24 * 60;
    let from = cells.raw("from");
    let from = week::minute(from).filter(|minute| *minute < 24 * 60).ok_or("Enter a time like 10:00");
    let (from, typed) = (cells.take("from", from), cells.raw("to"));
    let to = week::minute(typed).or_else(|| long_end(typed)).ok_or("Enter a time like 11:00");
    let (from, to) = (from, cells.take("to", to));
    let (from, to) = (from?, to?);
    if from < to && to <= from + WEEK {
        return Some((from, to));
    }
    let most = counted(7, "day", "days");
    cells.problem("to", format!("Enter an end after the start and at most {most} later"));
    None
}

/// "49:00", of what goes on for days.
fn long_end(typed: &str) -> Option<i32> {
    let (hour, minute) = typed.split_once(':')?;
    let (hour, minute): (i32, i32) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..=192).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

fn parts(cells: &mut Cells<'_>) -> Option<Parts> {
    let typed = cells.raw("units");
    if typed.is_empty() {
        return Some(Parts::Usual);
    }
    if typed.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = typed.parse::<usize>().ok().filter(|number| (1..=60).contains(number));
        return cells.take("units", number.map(Parts::Any).ok_or("Enter a number from 1 to 60, or names"));
    }
    Some(Parts::Named(cells.list("units").into_iter().map(str::to_owned).collect()))
}

fn whose(cells: &mut Cells<'_>) -> Option<Whose> {
    let (organisation, person, contact) = (cells.raw("organisation"), cells.raw("person"), cells.raw("contact"));
    match (organisation.is_empty(), person.is_empty() && contact.is_empty()) {
        (false, true) => cells.known("organisation", "the organisation").map(Whose::Organisation),
        (true, true) => Some(Whose::Site),
        (true, false) => {
            let name = cells.line("person", "the name of the person", 80);
            let reach = cells.take("contact", Reach::parse(contact))?;
            (!name.is_empty()).then_some(Whose::Person(Contact { name, reach }))
        }
        (false, false) => {
            cells.problem(
                "person",
                format!("Name an organisation or a person, not both. “{}” would be two", shown(person)),
            );
            None
        }
    }
}
