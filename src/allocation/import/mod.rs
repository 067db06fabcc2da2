//! Importing a CSV file: everything of it is judged first, and written in one transaction or not at all. Never changes what is there.

mod bookings;
mod parties;
mod places;

use super::case::Circumstances;
use crate::domain::history::EventKind;
use crate::domain::ids::{PersonId, SiteId};
use crate::domain::span::Instant;
use crate::domain::tables::{self, Problem, TableKind};
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, StoreError};

/// In whose name a file is imported, and for which sites.
#[derive(Debug, Clone)]
pub struct Importer {
    /// None from the command line.
    pub person: Option<PersonId>,
    /// The sites that they manage; none for all.
    pub sites: Option<Vec<SiteId>>,
    /// Whether those whom it is about are written to.
    pub tells: bool,
}

impl Importer {
    fn manages(&self, site: SiteId) -> bool {
        self.sites.as_ref().is_none_or(|sites| sites.contains(&site))
    }

    /// Whether they may import such files at all.
    pub fn may(&self, kind: TableKind) -> bool {
        self.sites.is_none() || kind.is_of_a_site()
    }
}

/// What a file holds, and what stands in its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// By line. Nothing is written while there is one.
    pub problems: Vec<Problem>,
    /// Problems beyond those that are listed.
    pub more_problems: usize,
    /// What would be made, or was.
    pub new: usize,
    /// What is there already exactly so, and is left as it is.
    pub there: usize,
    /// Of bookings, how many dates.
    pub dates: usize,
    pub note: Option<&'static str>,
}

/// What is to be done with what was read.
#[derive(Clone, Copy)]
enum Purpose<'a> {
    /// Only whether it could be.
    Look(Instant),
    Write(Circumstances<'a>),
}

impl Purpose<'_> {
    fn now(self) -> Instant {
        match self {
            Self::Look(now) => now,
            Self::Write(circumstances) => circumstances.now,
        }
    }
}

/// Says what would come of a file. Writes nothing.
///
/// # Errors
/// Surprises of the store.
pub fn look_at_file(
    conn: &mut Conn,
    now: Instant,
    importer: &Importer,
    (kind, bytes): (TableKind, &[u8]),
) -> Result<Report, StoreError> {
    go(conn, Purpose::Look(now), importer, (kind, bytes))
}

/// Imports a file: all of it, or nothing where there is any problem.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn import_file(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    importer: &Importer,
    (kind, bytes): (TableKind, &[u8]),
) -> Result<Report, StoreError> {
    go(conn, Purpose::Write(circumstances), importer, (kind, bytes))
}

fn go(
    conn: &mut Conn,
    purpose: Purpose<'_>,
    importer: &Importer,
    (kind, bytes): (TableKind, &[u8]),
) -> Result<Report, StoreError> {
    if !importer.may(kind) {
        let problem = Problem::of_file("Only an administrator imports such a file");
        return Ok(Report { problems: vec![problem], ..Report::default() });
    }
    let sheet = match tables::read(kind, bytes) {
        Ok(sheet) => sheet,
        Err(problems) => return Ok(shortened(Report { problems, ..Report::default() })),
    };
    let report = match kind {
        TableKind::Sites => places::sites(conn, purpose, importer, &sheet)?,
        TableKind::Facilities => places::facilities(conn, purpose, importer, &sheet)?,
        TableKind::Organisations => parties::organisations(conn, purpose, importer, &sheet)?,
        TableKind::People => parties::people(conn, purpose, importer, &sheet)?,
        TableKind::Bookings => bookings::bookings(conn, purpose, importer, &sheet)?,
    };
    Ok(shortened(Report { note: sheet.note, ..report }))
}

/// The first problems only, in order of their lines.
fn shortened(mut report: Report) -> Report {
    report.problems.sort_by_key(|problem| problem.line);
    report.more_problems = report.problems.len().saturating_sub(tables::MOST_PROBLEMS);
    report.problems.truncate(tables::MOST_PROBLEMS);
    report
}

/// Lines that are read, of which the same things may not stand twice.
fn once<T, K: PartialEq + Eq + std::hash::Hash>(
    lines: &[tables::Read<T>],
    (column, key): (&'static str, impl Fn(&T) -> K),
    problems: &mut Vec<Problem>,
) {
    let mut first: std::collections::HashMap<K, u64> = std::collections::HashMap::new();
    for one in lines {
        match first.get(&key(&one.is)) {
            Some(line) => problems.push(Problem::at(
                one.line,
                column,
                format!("The same stands in line {line}. Take one of them out"),
            )),
            None => {
                first.insert(key(&one.is), one.line);
            }
        }
    }
}

/// A line of the history about something that came from a file.
fn imported(importer: &Importer) -> NewEvent {
    NewEvent::new(EventKind::Imported, importer.person)
}

fn note(conn: &mut Conn, event: &NewEvent, now: Instant) -> Result<(), StoreError> {
    events::insert(conn, event, now)
}

/// What is left of lines when those that are there already exactly so are taken away; others of the same name are problems.
fn not_there<'a, T>(
    lines: &'a [tables::Read<T>],
    there: impl Fn(&T) -> Option<bool>,
    (column, what): (&'static str, &'static str),
    problems: &mut Vec<Problem>,
) -> (Vec<&'a tables::Read<T>>, usize) {
    let (mut new, mut same) = (Vec::new(), 0);
    for one in lines {
        match there(&one.is) {
            None => new.push(one),
            Some(true) => same += 1,
            Some(false) => problems.push(Problem::at(
                one.line,
                column,
                format!("{what} is there already, in other words. An import changes nothing: take the line out and change it in the browser"),
            )),
        }
    }
    (new, same)
}
