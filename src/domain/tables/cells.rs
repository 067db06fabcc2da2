//! The cells of one line, read by name into words, numbers and choices; what is wrong is noted with line and column. Not any kind's meaning.

use super::sheet::{Row, shown};
use super::{Problem, TableKind};
use crate::domain::ids::Slug;
use crate::domain::text::{self, TextFault};
use crate::domain::words::listed;

/// One line while it is read.
pub struct Cells<'a> {
    kind: TableKind,
    row: &'a Row,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(kind: TableKind, row: &'a Row, problems: &'a mut Vec<Problem>) -> Self {
        Self { kind, row, problems }
    }

    fn cell(&self, column: &str) -> &'a str {
        let place = self.kind.columns().iter().position(|one| one.name == column);
        place.and_then(|place| self.row.cells.get(place)).map_or("", String::as_str)
    }

    /// The cell as it stands in the file, without white space around it.
    pub fn raw(&self, column: &str) -> &'a str {
        self.cell(column).trim()
    }

    pub fn is_empty(&self, column: &str) -> bool {
        self.raw(column).is_empty()
    }

    pub fn problem(&mut self, column: &'static str, words: impl Into<String>) {
        self.problems.push(Problem::at(self.row.line, column, words));
    }

    /// Takes a value or notes what is wrong.
    pub fn take<T, W: Into<String>>(&mut self, column: &'static str, read: Result<T, W>) -> Option<T> {
        read.map_err(|words| self.problem(column, words)).ok()
    }

    /// One line that must be there; `what` completes "Enter …".
    pub fn line(&mut self, column: &'static str, what: &str, most: usize) -> String {
        let read = text::required_line(self.raw(column), most).map_err(|fault| words(fault, what));
        self.take(column, read).unwrap_or_default()
    }

    pub fn optional_line(&mut self, column: &'static str, most: usize) -> String {
        let read = text::line(self.raw(column), most).map_err(|fault| words(fault, ""));
        self.take(column, read).unwrap_or_default()
    }

    pub fn paragraphs(&mut self, column: &'static str, most: usize) -> String {
        let read = text::paragraphs(self.raw(column), most).map_err(|fault| words(fault, ""));
        self.take(column, read).unwrap_or_default()
    }

    /// "yes" or "no"; empty gives `otherwise`.
    pub fn yes(&mut self, column: &'static str, otherwise: bool) -> bool {
        match self.raw(column).to_lowercase().as_str() {
            "" => otherwise,
            "yes" | "y" | "true" | "1" => true,
            "no" | "n" | "false" | "0" => false,
            other => {
                let words = format!("Enter yes or no. “{}” is neither", shown(other));
                self.problem(column, words);
                otherwise
            }
        }
    }

    /// A whole number within limits; empty gives `otherwise`.
    pub fn number(&mut self, column: &'static str, limits: (i32, i32), otherwise: i32) -> i32 {
        let typed = self.raw(column);
        if typed.is_empty() {
            return otherwise;
        }
        let (least, most) = limits;
        let read = typed.parse::<i32>().ok().filter(|number| least <= *number && *number <= most);
        let words = || format!("Enter a whole number from {least} to {most}. “{}” is none", shown(typed));
        self.take(column, read.ok_or_else(words)).unwrap_or(otherwise)
    }

    /// As [`Cells::number`], where `none` is an answer.
    pub fn number_or_none(&mut self, column: &'static str, limits: (i32, i32), otherwise: Option<i32>) -> Option<i32> {
        match self.raw(column) {
            "" => otherwise,
            "none" => None,
            _ => Some(self.number(column, limits, limits.0)),
        }
    }

    /// One of some codes; `all` names them where it is none of them.
    pub fn code<T>(&mut self, column: &'static str, parse: impl Fn(&str) -> Option<T>, all: &[&str]) -> Option<T> {
        let typed = self.raw(column);
        let all: Vec<String> = all.iter().map(|one| (*one).to_owned()).collect();
        let words = || match typed {
            "" => format!("Enter one of {}", listed(&all)),
            _ => format!("Enter one of {}. “{}” is none of them", listed(&all), shown(typed)),
        };
        self.take(column, parse(&typed.to_lowercase()).ok_or_else(words))
    }

    /// The word by which a site, space or organisation stands in addresses; made of a name where the cell is empty.
    pub fn slug(&mut self, column: &'static str, name: &str, reserved: &[&str]) -> Option<Slug> {
        let typed = self.raw(column);
        let read = if typed.is_empty() { Slug::from_name(name) } else { Slug::parse(typed) };
        if typed.is_empty() && name.is_empty() {
            return None;
        }
        let words = "Enter lower-case letters from a to z, digits and single hyphens, like hunter-street";
        let slug = self.take(column, read.ok_or(words))?;
        if reserved.contains(&slug.as_str()) {
            self.problem(column, format!("“{slug}” is a word of the program’s own. Enter another"));
            return None;
        }
        Some(slug)
    }

    /// The same, of something that is there already.
    pub fn known(&mut self, column: &'static str, what: &str) -> Option<Slug> {
        let typed = self.raw(column);
        let words = if typed.is_empty() {
            format!("Enter {what}, as it stands in addresses, like hunter-street")
        } else {
            format!("“{}” is not how {what} stands in addresses, which is like hunter-street", shown(typed))
        };
        self.take(column, Slug::parse(typed).ok_or(words))
    }

    /// Several in one cell, apart by semicolons or line breaks.
    pub fn list(&self, column: &str) -> Vec<&'a str> {
        pieces(self.cell(column)).collect()
    }
}

/// The pieces of a cell: lines where it has some, otherwise what semicolons part.
pub(super) fn pieces(cell: &str) -> impl Iterator<Item = &str> {
    let mark = if cell.contains('\n') { '\n' } else { ';' };
    cell.split(mark).map(str::trim).filter(|piece| !piece.is_empty())
}

/// Pieces as one cell that [`pieces`] reads back.
pub(super) fn joined(pieces: &[String]) -> String {
    let has_marks = pieces.iter().any(|piece| piece.contains(';'));
    match pieces {
        // The line break that follows a single piece says that its semicolons part nothing.
        [_] | [] if !has_marks => pieces.concat(),
        _ if has_marks => pieces.iter().map(|piece| format!("{piece}\n")).collect(),
        _ => pieces.join("; "),
    }
}

fn words(fault: TextFault, what: &str) -> String {
    match fault {
        TextFault::Missing => format!("Enter {what}"),
        TextFault::TooLong { most } => format!("Shorten this to {most} characters or fewer"),
        TextFault::HiddenCharacters => "Type this again: it holds hidden characters that cannot be kept".to_owned(),
    }
}

/// "yes" or "no".
pub(super) fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// A number, or "none".
pub(super) fn or_none(number: Option<i32>) -> String {
    number.map_or_else(|| "none".to_owned(), |number| number.to_string())
}
