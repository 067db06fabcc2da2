//! Reading a CSV file into rows of plain text, and writing one. Formulas are plain text on the way in and made harmless on the way out.

use csv::{ReaderBuilder, Terminator, WriterBuilder};

use super::{LARGEST, MOST_LINES, Problem, TableKind};
use crate::domain::words::listed;

/// One line of a file: a cell for each column of its kind, empty where the file has no such column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub cells: Vec<String>,
}

/// A file as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    pub rows: Vec<Row>,
    /// What was understood although it was not as usual.
    pub note: Option<&'static str>,
}

/// Reads a file. Cells are text only; what they mean is read afterwards.
///
/// # Errors
/// Everything that is wrong with the file as a file, in words that say what to do.
pub fn read(kind: TableKind, bytes: &[u8]) -> Result<Sheet, Vec<Problem>> {
    let text = text_of(bytes).map_err(|words| vec![Problem::of_file(words)])?;
    if !text.matches('"').count().is_multiple_of(2) {
        return Err(vec![Problem::of_file(
            "A double quote in the file is opened and not closed. Close it; within a quoted cell write it twice",
        )]);
    }
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let (separator, note) = separator(heading);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(heading)) = records.next() else {
        return Err(vec![Problem::of_file(
            "The file is empty. Its first line names the columns; take the empty file from this page",
        )]);
    };
    let places = places(kind, &heading)?;
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (number, record) in records.enumerate() {
        if MOST_LINES <= number {
            return Err(vec![Problem::of_file(format!(
                "The file has more than {MOST_LINES} lines. Split it into several and import them one after the other"
            ))]);
        }
        let Ok(record) = record else {
            return Err(vec![Problem::of_file("The file cannot be read as CSV. Save it again as “CSV UTF-8”")]);
        };
        let line = line_of(text, &record);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() != heading.len() {
            problems.push(Problem::of_line(line, other_length(record.len(), heading.len())));
            continue;
        }
        let cells = places.iter().map(|place| place.and_then(|place| record.get(place)).map(plain).unwrap_or_default());
        rows.push(Row { line, cells: cells.collect() });
    }
    if rows.is_empty() && problems.is_empty() {
        problems
            .push(Problem::of_file("The file has a heading and no line below it. Add a line for each thing to import"));
    }
    if problems.is_empty() { Ok(Sheet { rows, note }) } else { Err(problems) }
}

/// The line on which a record begins; empty lines before it are read with it.
fn line_of(text: &str, record: &csv::StringRecord) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let rest = usize::try_from(position.byte()).ok().and_then(|from| text.get(from..)).unwrap_or_default();
    let empty = rest.bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| *byte == b'\n').count();
    position.line() + u64::try_from(empty).unwrap_or_default()
}

fn other_length(has: usize, wanted: usize) -> String {
    format!(
        "It has {has} cells and the heading has {wanted}. Put cells with a comma or a line break in them into double quotes, and see that each quote is closed"
    )
}

/// The text of the file, which must be UTF-8.
fn text_of(bytes: &[u8]) -> Result<&str, String> {
    const SAVE: &str = "Open it in your spreadsheet and save it as “CSV UTF-8”";
    if LARGEST < bytes.len() {
        return Err(
            "The file is larger than 5 MB. Split it into several and import them one after the other".to_owned()
        );
    }
    let is_wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if is_wide || bytes.iter().take(4).filter(|byte| **byte == 0).count() == 2 {
        return Err(format!("The file is in UTF-16, which some spreadsheets call Unicode text. {SAVE}"));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(format!("The file is a spreadsheet and not CSV. {SAVE}"));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("The file is not in UTF-8 but, it seems, in Windows-1252 (see line {line}). {SAVE}")
    })
}

/// What stands between the cells, by the heading.
fn separator(heading: &str) -> (u8, Option<&'static str>) {
    let count = |mark: char| heading.matches(mark).count();
    let (commas, semicolons, tabs) = (count(','), count(';'), count('\t'));
    if commas < semicolons && tabs <= semicolons {
        (b';', Some("The file has semicolons between its cells, as some spreadsheets save it, and was read so."))
    } else if commas < tabs {
        (b'\t', Some("The file has tabs between its cells and was read so."))
    } else {
        (b',', None)
    }
}

/// Where in the file each column of the kind stands.
fn places(kind: TableKind, heading: &csv::StringRecord) -> Result<Vec<Option<usize>>, Vec<Problem>> {
    let names: Vec<String> = heading.iter().map(|name| name.trim().to_lowercase().replace(' ', "_")).collect();
    let columns = kind.columns();
    let mut problems = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if names.iter().take(place).any(|before| before == name) {
            problems
                .push(Problem::of_line(1, format!("The column “{}” stands twice. Take one of them out", shown(name))));
        } else if name.is_empty() {
            problems.push(Problem::of_line(1, format!("Column {} has no name. Name it or take it out", place + 1)));
        } else if columns.iter().all(|column| column.name != name) {
            let near = columns.iter().find(|column| is_near(column.name, name));
            let meant = near.map_or_else(String::new, |column| {
                format!("If you mean “{}”, call it that. Otherwise take", column.name)
            });
            let advice = if meant.is_empty() { "Take".to_owned() } else { meant };
            let kind = kind.words().to_lowercase();
            problems.push(Problem::of_line(
                1,
                format!("{} have no column “{}”. {advice} it out", first_upper(&kind), shown(name)),
            ));
        }
    }
    let missing: Vec<String> = columns
        .iter()
        .filter(|column| column.required && names.iter().all(|name| name != column.name))
        .map(|column| format!("“{}”", column.name))
        .collect();
    if !missing.is_empty() {
        let word = if missing.len() == 1 { "column is" } else { "columns are" };
        problems.push(Problem::of_line(1, format!("The {word} missing: {}. Add what is missing", listed(&missing))));
    }
    let place = |name: &str| names.iter().position(|one| one == name);
    if problems.is_empty() { Ok(columns.iter().map(|column| place(column.name)).collect()) } else { Err(problems) }
}

/// Whether somebody may have meant this column by that name.
fn is_near(column: &str, name: &str) -> bool {
    let plain = |text: &str| text.replace(['_', '-'], "");
    let (column, name) = (plain(column), plain(name));
    3 <= name.len()
        && (column.starts_with(&name) || name.starts_with(&column) || column.contains(&name) || name.contains(&column))
}

fn first_upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// As it may stand in a sentence.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.trim().chars().filter(|c| !c.is_control() && !is_turning(*c)).take(40).collect();
    if short.len() < text.trim().len() { format!("{short}…") } else { short }
}

fn is_turning(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}')
}

/// Whether a spreadsheet would take a cell for a formula, quotes before it aside.
fn is_formula(cell: &str) -> bool {
    let starts = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_number = cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    starts && !is_number
}

/// A cell as it is written: what a spreadsheet would take for a formula begins with `'`.
fn harmless(cell: &str) -> String {
    if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell as it was before [`harmless`].
fn plain(cell: &str) -> String {
    cell.strip_prefix('\'').filter(|_| is_formula(cell)).unwrap_or(cell).to_owned()
}

/// Writes lines below the heading of a kind; the heading is left out where more lines follow others.
pub fn write(kind: TableKind, lines: impl IntoIterator<Item = Vec<String>>, heading: bool) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail, and each line has as many cells as the heading.
    if heading {
        let _ = writer.write_record(kind.columns().iter().map(|column| column.name));
    }
    for line in lines {
        let _ = writer.write_record(line.iter().map(|cell| harmless(cell)));
    }
    let text = String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default();
    // Spreadsheets take a file for UTF-8 by this mark.
    if heading { format!("\u{feff}{text}") } else { text }
}
