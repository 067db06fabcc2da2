//! A copy of the database file while it is in use, with a checksum beside it, and looking at such a copy without changing it. Only of the
//! embedded engine: the other has tools of its own.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use sha2::{Digest, Sha256};

use super::conn::DatabaseUrl;
use super::migrations;

/// The first bytes of every such file.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// So many faults of one sort are named.
const MOST: usize = 5;

/// Copies the database into a file that is not there yet, readable by its owner only, and writes its checksum beside it. Gives its size
/// in bytes.
///
/// # Errors
/// In words for the person who asked.
pub fn make(url: &DatabaseUrl, to: &Path) -> Result<u64, String> {
    let from = match url {
        DatabaseUrl::Sqlite(path) => path,
        DatabaseUrl::Postgres(_) => {
            return Err(format!(
                "PostgreSQL is backed up with its own tool. Run: pg_dump --format=custom --file={} \"$DATABASE_URL\"",
                to.display()
            ));
        }
    };
    if !Path::new(from).is_file() {
        return Err(format!("there is no database at {from}"));
    }
    if to.exists() {
        return Err(format!("{} is there already and stays as it is; name another file", to.display()));
    }
    let part = with_ending(to, ".part");
    // What an earlier try left behind is of no use.
    let _ = fs::remove_file(&part);
    let done = copy(from, &part).and_then(|size| finish(&part, to).map(|()| size));
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done
}

fn copy(from: &str, part: &Path) -> Result<u64, String> {
    let failed = |error: &dyn std::fmt::Display| format!("cannot write {}: {error}", part.display());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(part).map_err(|error| failed(&error))?;
    let mut conn = SqliteConnection::establish(from).map_err(|error| format!("cannot open {from}: {error}"))?;
    conn.batch_execute("PRAGMA busy_timeout = 30000").map_err(|error| failed(&error))?;
    // It reads one state of everything, whatever is written meanwhile.
    let into = part.to_string_lossy().into_owned();
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(into).execute(&mut conn).map_err(|error| failed(&error))?;
    let file = File::open(part).map_err(|error| failed(&error))?;
    file.sync_all().map_err(|error| failed(&error))?;
    file.metadata().map(|about| about.len()).map_err(|error| failed(&error))
}

/// Gives the copy its name, which no other file may have by now, and writes the checksum.
fn finish(part: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: io::Error| format!("cannot write {}: {error}", to.display());
    let sum = checksum(part).map_err(failed)?;
    fs::hard_link(part, to).map_err(failed)?;
    fs::remove_file(part).map_err(failed)?;
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let beside = with_ending(to, ".sha256");
    fs::write(&beside, format!("{sum}  {name}\n")).map_err(failed)?;
    // The names themselves are on disk once the folder is.
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// SHA-256 in hexadecimal.
fn checksum(path: &Path) -> io::Result<String> {
    let (mut file, mut digest, mut piece) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        digest.update(piece.get(..read).unwrap_or_default());
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What a look at a copy found.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is in it.
    pub facts: Vec<String>,
    /// Why it must not be restored.
    pub faults: Vec<String>,
}

/// Looks at a copy without changing it or anything beside it.
pub fn check(path: &Path) -> Checked {
    let mut checked = Checked::default();
    if let Err(words) = look_at_bytes(path, &mut checked).map_err(|error| error.to_string()) {
        checked.faults.push(format!("{} cannot be read: {words}", path.display()));
        return checked;
    }
    if let Err(error) = look_inside(path, &mut checked) {
        checked.faults.push(format!("it cannot be read as a database: {error}"));
    }
    checked
}

fn look_at_bytes(path: &Path, checked: &mut Checked) -> io::Result<()> {
    let mut head = Vec::new();
    File::open(path)?.take(100).read_to_end(&mut head)?;
    if !head.starts_with(MAGIC) {
        checked.faults.push("it is not a database file".to_owned());
    }
    match fs::read_to_string(with_ending(path, ".sha256")) {
        Ok(line) => {
            if line.split_whitespace().next() == Some(checksum(path)?.as_str()) {
                checked.facts.push("it is byte for byte as it was written".to_owned());
            } else {
                checked.faults.push("it is not as it was written: its checksum is another".to_owned());
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            checked.facts.push("there is no checksum beside it, so a changed letter would not be found".to_owned());
        }
        Err(error) => return Err(error),
    }
    let journal = with_ending(path, "-wal");
    if fs::metadata(&journal).is_ok_and(|about| 0 < about.len()) {
        let words = format!("part of it lies in {}: it is a database in use and no backup", journal.display());
        checked.faults.push(words);
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn lines(conn: &mut SqliteConnection, statement: &str) -> QueryResult<Vec<String>> {
    Ok(diesel::sql_query(statement).load::<Line>(conn)?.into_iter().map(|row| row.line).collect())
}

fn number(conn: &mut SqliteConnection, from: &str) -> QueryResult<i64> {
    let row: Number = diesel::sql_query(format!("SELECT COUNT(*) AS number FROM {from}")).get_result(conn)?;
    Ok(row.number)
}

/// The file as an address that opens it for reading only, without any file beside it.
fn address(path: &Path) -> String {
    let escape = |c: char| match c {
        '%' => "%25".to_owned(),
        '?' => "%3f".to_owned(),
        '#' => "%23".to_owned(),
        other => other.to_string(),
    };
    let plain: String = path.to_string_lossy().chars().map(escape).collect();
    format!("file:{plain}?mode=ro&immutable=1")
}

fn look_inside(path: &Path, checked: &mut Checked) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut conn = SqliteConnection::establish(&address(path))?;
    let (pages, size) = (
        lines(&mut conn, "SELECT CAST(page_count AS TEXT) AS line FROM pragma_page_count")?,
        lines(&mut conn, "SELECT CAST(page_size AS TEXT) AS line FROM pragma_page_size")?,
    );
    let wanted =
        pages.first().and_then(|n| n.parse::<u64>().ok()).zip(size.first().and_then(|n| n.parse::<u64>().ok()));
    let length = fs::metadata(path)?.len();
    if wanted.is_none_or(|(pages, size)| pages * size != length) {
        checked.faults.push("it is shorter or longer than it says".to_owned());
    }
    let integrity = lines(&mut conn, "SELECT integrity_check AS line FROM pragma_integrity_check")?;
    let damage = integrity.iter().filter(|line| *line != "ok").take(MOST);
    checked.faults.extend(damage.map(|line| format!("it is damaged: {line}")));
    let astray = "SELECT \"table\" || ' points to ' || \"parent\" AS line FROM pragma_foreign_key_check LIMIT 5";
    checked.faults.extend(lines(&mut conn, astray)?.into_iter().map(|line| format!("a row points nowhere: {line}")));
    look_at_schema(&mut conn, checked)?;
    look_at_bookings(&mut conn, checked)?;
    let counts = [
        ("site", "sites"),
        ("facility", "spaces"),
        ("organisation", "organisations"),
        ("person", "people"),
        ("booking", "bookings"),
        ("occurrence", "dates"),
        ("occupancy", "places taken"),
        ("event", "lines of history"),
        ("outbox WHERE state = 'queued'", "mails that wait"),
    ];
    for (table, words) in counts {
        checked.facts.push(format!("{} {words}", number(&mut conn, table)?));
    }
    Ok(())
}

/// Tables, guards and indexes as the migrations make them that the copy says it has.
fn look_at_schema(
    conn: &mut SqliteConnection,
    checked: &mut Checked,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let has = lines(conn, "SELECT version AS line FROM __diesel_schema_migrations ORDER BY version")?;
    let known = migrations::known()?;
    if let Some(newer) = has.iter().find(|version| !known.contains(version)) {
        checked.faults.push(format!("it is newer than this program: it has migration {newer}"));
        return Ok(());
    }
    checked.facts.push(match known.len() - has.len() {
        0 => "it has the schema of this program".to_owned(),
        older => format!("it is {older} migrations older than this program, which brings it up when it starts"),
    });
    let mut fresh = SqliteConnection::establish(":memory:")?;
    migrations::apply_these(&mut fresh, &has)?;
    const ALL: &str = "SELECT type || ' ' || name || ': ' || COALESCE(sql, '') AS line FROM sqlite_master \
         WHERE name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'";
    let (wanted, there) = (lines(&mut fresh, ALL)?, lines(conn, ALL)?);
    let name = |line: &String| line.split_once(": ").map_or_else(|| line.clone(), |(name, _)| name.to_owned());
    let missing = wanted.iter().filter(|line| !there.contains(line)).take(MOST);
    checked.faults.extend(missing.map(|line| format!("the {} is missing or another", name(line))));
    Ok(())
}

/// The one invariant, and that every booking has a date.
fn look_at_bookings(conn: &mut SqliteConnection, checked: &mut Checked) -> QueryResult<()> {
    let overlaps = "(SELECT starts_at < LAG(ends_at) OVER (PARTITION BY unit_id ORDER BY starts_at, ends_at) AS clash \
         FROM occupancy) WHERE clash";
    let empty = "booking WHERE NOT EXISTS (SELECT 1 FROM occurrence WHERE occurrence.booking_id = booking.id)";
    for (from, words) in [(overlaps, "places overlap"), (empty, "bookings have no date")] {
        let found = number(conn, from)?;
        if 0 < found {
            checked.faults.push(format!("{found} {words}"));
        }
    }
    Ok(())
}
