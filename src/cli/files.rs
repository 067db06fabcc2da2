//! The commands about files: CSV out and in, a backup, and looking at one. Not what is in them.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::{Failure, open};
use crate::allocation::{self, Circumstances, ImportReport, Importer};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::history::EventKind;
use crate::domain::ids::BookingId;
use crate::domain::tables::bookings::BookingLine;
use crate::domain::tables::facilities::FacilityLine;
use crate::domain::tables::organisations::OrganisationLine;
use crate::domain::tables::people::PersonLine;
use crate::domain::tables::sites::SiteLine;
use crate::domain::tables::{TableKind, write};
use crate::enquiry::tables as lines;
use crate::mail::Mailer;
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, Db, StoreError, backup as copies};

fn other(error: impl std::fmt::Display) -> Failure {
    Failure::Other(error.to_string())
}

/// Writes a file for each kind. A file that is there already is left alone, and nothing is written then.
pub fn export(db: &Db, folder: &Path) -> Result<(), Failure> {
    let taken = TableKind::ALL.map(|kind| folder.join(kind.file_name())).into_iter().find(|path| path.exists());
    if let Some(path) = taken {
        return Err(Failure::Usage(vec![format!("{} is there already; name another folder", path.display())]));
    }
    std::fs::create_dir_all(folder).map_err(|error| other(format!("{}: {error}", folder.display())))?;
    for (kind, place) in TableKind::ALL.into_iter().zip(1..) {
        let path = folder.join(kind.file_name());
        let rows = export_one(db, kind, &path)?;
        let event = NewEvent { number: Some(place), ..NewEvent::new(EventKind::Exported, None) };
        db.write_now(|conn| events::insert(conn, &event, Clock::real().now())).map_err(other)?;
        println!("{}: {rows} lines", path.display());
    }
    Ok(())
}

fn export_one(db: &Db, kind: TableKind, path: &Path) -> Result<usize, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // Names and addresses are for whoever runs the program.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let failed = |error: std::io::Error| other(format!("{}: {error}", path.display()));
    let mut file = options.open(path).map_err(failed)?;
    if kind != TableKind::Bookings {
        let cells = db.read_now(|conn| cells(conn, kind)).map_err(other)?;
        file.write_all(write(kind, cells.clone(), true).as_bytes()).map_err(failed)?;
        return Ok(cells.len());
    }
    let (mut after, mut rows, mut heading) = (Some(BookingId::new(0)), 0, true);
    while let Some(from) = after {
        let (page, last) = db.read_now(|conn| lines::booking_lines(conn, None, from)).map_err(other)?;
        file.write_all(write(kind, page.iter().map(BookingLine::cells), heading).as_bytes()).map_err(failed)?;
        rows += page.len();
        (after, heading) = (last, false);
    }
    Ok(rows)
}

fn cells(conn: &mut Conn, kind: TableKind) -> Result<Vec<Vec<String>>, StoreError> {
    Ok(match kind {
        TableKind::Sites => lines::site_lines(conn, None)?.iter().map(SiteLine::cells).collect(),
        TableKind::Facilities => lines::facility_lines(conn, None)?.iter().map(FacilityLine::cells).collect(),
        TableKind::Organisations => lines::organisation_lines(conn)?.iter().map(OrganisationLine::cells).collect(),
        TableKind::People => lines::person_lines(conn)?.iter().map(PersonLine::cells).collect(),
        TableKind::Bookings => Vec::new(),
    })
}

/// Imports a file, or says what would come of it. Nobody is written to.
pub fn import(settings: &Settings, (kind, file): (&str, &Path), dry_run: bool) -> Result<(), Failure> {
    let codes = TableKind::ALL.map(TableKind::code).join(", ");
    let kind = TableKind::parse(kind).ok_or_else(|| Failure::Usage(vec![format!("“{kind}” is none of {codes}")]))?;
    let bytes = std::fs::read(file).map_err(|error| other(format!("{}: {error}", file.display())))?;
    let db = open(settings)?;
    let importer = Importer { person: None, sites: None, tells: false };
    let now = Clock::real().now();
    let base = settings.base_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen));
    let mailer = Mailer::new(&base);
    let report = if dry_run {
        db.read_now(|conn| allocation::look_at_file(conn, now, &importer, (kind, &bytes)))
    } else {
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        db.write_now(|conn| allocation::import_file(conn, circumstances, &importer, (kind, &bytes)))
    };
    said(kind, &report.map_err(other)?, dry_run)
}

fn said(kind: TableKind, report: &ImportReport, dry_run: bool) -> Result<(), Failure> {
    if let Some(note) = report.note {
        println!("{note}");
    }
    if !report.problems.is_empty() {
        let mut words: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
        if 0 < report.more_problems {
            words.push(format!("and {} more", report.more_problems));
        }
        words.push("nothing was imported".to_owned());
        return Err(Failure::Other(words.join("\nalcove: ")));
    }
    let word = if dry_run { "would be made" } else { "made" };
    println!("{} {word}; {} there already and left alone", kind.counted(report.new), report.there);
    Ok(())
}

/// Copies the database into a file.
pub fn backup(settings: &Settings, file: &Path) -> Result<(), Failure> {
    let bytes = copies::make(&settings.database, file).map_err(Failure::Other)?;
    println!("{}: {bytes} bytes; its checksum is in {}.sha256", file.display(), file.display());
    Ok(())
}

/// Looks at a copy and prints what is in it.
pub fn restore_check(file: &Path) -> Result<(), Failure> {
    let checked = copies::check(file);
    for fact in &checked.facts {
        println!("{fact}");
    }
    if checked.faults.is_empty() {
        println!("It can be restored.");
        return Ok(());
    }
    let faults: Vec<String> = checked.faults.iter().map(|fault| format!("{}: {fault}", file.display())).collect();
    Err(Failure::Other(faults.join("\nalcove: ")))
}
