//! Tables as CSV files (RFC 4180): what can be imported and exported, their columns, and reading and writing such a file. Not what a
//! line of one kind means, and not what is done with it.

pub mod bookings;
mod cells;
pub mod facilities;
pub mod organisations;
pub mod people;
mod sheet;
pub mod sites;
pub mod week;

pub use cells::Cells;
pub use sheet::{Row, Sheet, read, write};

use std::fmt;

/// Nothing larger is read.
pub const LARGEST: usize = 5 * 1024 * 1024;
pub const MOST_LINES: usize = 20_000;
/// So many problems are shown at once; a file with more has a fault of its own kind.
pub const MOST_PROBLEMS: usize = 500;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    Sites,
    Facilities,
    Organisations,
    People,
    Bookings,
}

/// One column, as the documentation and an empty file show it.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub required: bool,
    pub says: &'static str,
    pub example: &'static str,
}

/// A column that a file must have.
const fn must(name: &'static str, says: &'static str, example: &'static str) -> Column {
    Column { name, required: true, says, example }
}

/// A column that a file may leave out, and a cell that may stay empty.
const fn may(name: &'static str, says: &'static str, example: &'static str) -> Column {
    Column { name, required: false, says, example }
}

impl TableKind {
    /// In the order in which an empty house takes them: each may name what stands before it.
    pub const ALL: [Self; 5] = [Self::Sites, Self::Facilities, Self::Organisations, Self::People, Self::Bookings];

    pub fn code(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Facilities => "facilities",
            Self::Organisations => "organisations",
            Self::People => "people",
            Self::Bookings => "bookings",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Sites => "Sites",
            Self::Facilities => "Spaces",
            Self::Organisations => "Organisations",
            Self::People => "People",
            Self::Bookings => "Bookings",
        }
    }

    /// "1 site", "12 spaces".
    pub fn counted(self, number: usize) -> String {
        let (one, many) = match self {
            Self::Sites => ("site", "sites"),
            Self::Facilities => ("space", "spaces"),
            Self::Organisations => ("organisation", "organisations"),
            Self::People => ("person", "people"),
            Self::Bookings => ("booking", "bookings"),
        };
        super::words::counted(i64::try_from(number).unwrap_or(i64::MAX), one, many)
    }

    /// Whether managers have it for their own sites; the others are for administrators.
    pub fn is_of_a_site(self) -> bool {
        matches!(self, Self::Facilities | Self::Bookings)
    }

    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Sites => sites::COLUMNS,
            Self::Facilities => facilities::COLUMNS,
            Self::Organisations => organisations::COLUMNS,
            Self::People => people::COLUMNS,
            Self::Bookings => bookings::COLUMNS,
        }
    }

    /// An empty file with one line that shows how it is filled in.
    pub fn template(self) -> String {
        let example = self.columns().iter().map(|column| column.example.to_owned()).collect();
        write(self, [example], true)
    }

    /// The name of a file of it.
    pub fn file_name(self) -> String {
        format!("{}.csv", self.code())
    }
}

/// One thing to put right in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, the heading being the first; none where it is about the whole file.
    pub line: Option<u64>,
    pub column: Option<&'static str>,
    pub words: String,
}

impl Problem {
    pub fn of_file(words: impl Into<String>) -> Self {
        Self { line: None, column: None, words: words.into() }
    }

    pub fn of_line(line: u64, words: impl Into<String>) -> Self {
        Self { line: Some(line), column: None, words: words.into() }
    }

    pub fn at(line: u64, column: &'static str, words: impl Into<String>) -> Self {
        Self { line: Some(line), column: Some(column), words: words.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "Line {line}, {column}: {}", self.words),
            (Some(line), None) => write!(f, "Line {line}: {}", self.words),
            (None, _) => f.write_str(&self.words),
        }
    }
}

/// A line of a file, read into what it means.
#[derive(Debug, Clone)]
pub struct Read<T> {
    pub line: u64,
    pub is: T,
}

/// Reads every line of a sheet, and gives every problem of every line.
pub fn each<T>(
    kind: TableKind,
    sheet: &Sheet,
    one: impl Fn(&mut Cells<'_>) -> Option<T>,
) -> (Vec<Read<T>>, Vec<Problem>) {
    let (mut lines, mut problems) = (Vec::with_capacity(sheet.rows.len()), Vec::new());
    for row in &sheet.rows {
        let before = problems.len();
        let mut cells = Cells::new(kind, row, &mut problems);
        let read = one(&mut cells);
        if problems.len() == before {
            lines.extend(read.map(|is| Read { line: row.line, is }));
        }
    }
    (lines, problems)
}

#[cfg(test)]
mod tests;
