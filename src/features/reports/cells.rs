//! The tables of reports before they are drawn or written to a file: what stands in each cell, for both. Not what is counted.

use crate::domain::money::Pence;
use crate::domain::report::hidden::Shown;

/// A figure or a text.
#[derive(Debug, Clone)]
pub enum Cell {
    Text(String),
    /// Minutes, shown as hours.
    Hours(i64),
    /// More or fewer hours than before.
    Change(i64),
    Number(i64),
    /// A part of a whole; of nothing there is no share.
    Share(i64, i64),
    Pounds(Pence),
    Count(Shown),
}

impl Cell {
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    pub fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_))
    }

    /// As a page says it.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(words) => words.clone(),
            Self::Hours(minutes) => hours(*minutes),
            Self::Change(minutes) if 0 < *minutes => format!("+{}", hours(*minutes)),
            Self::Change(minutes) if *minutes < 0 => format!("−{}", hours(-minutes)),
            Self::Change(_) => "0".to_owned(),
            Self::Number(number) => grouped(*number),
            Self::Share(..) => self.percent().map_or_else(|| "–".to_owned(), |percent| format!("{percent}%")),
            Self::Pounds(pence) => pence.to_string(),
            Self::Count(Shown::Number(number)) => grouped(*number),
            Self::Count(hidden) => hidden.words(),
        }
    }

    /// As a spreadsheet reads it.
    pub fn plain(&self) -> String {
        match self {
            Self::Text(words) => words.clone(),
            Self::Hours(minutes) | Self::Change(minutes) => {
                let sign = if *minutes < 0 { "-" } else { "" };
                let hundredths = (minutes.abs() * 100 + 30) / 60;
                format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
            }
            Self::Number(number) => number.to_string(),
            Self::Share(..) => self.percent().map_or_else(String::new, |percent| percent.to_string()),
            Self::Pounds(pence) => pence.plain(),
            Self::Count(shown) => shown.words(),
        }
    }

    /// Of a share; the whole is never passed, and what is not nothing is not 0.
    pub fn percent(&self) -> Option<i64> {
        match self {
            Self::Share(part, whole) if 0 < *whole => Some(percent(*part, *whole)),
            _ => None,
        }
    }
}

pub fn percent(part: i64, whole: i64) -> i64 {
    if whole < 1 {
        return 0;
    }
    let least = i64::from(0 < part);
    ((part * 200 + whole) / (2 * whole)).clamp(least, 100)
}

/// "1,250", "48.5": hours to one place.
pub fn hours(minutes: i64) -> String {
    let tenths = (minutes * 10 + 30) / 60;
    let whole = grouped(tenths / 10);
    if tenths % 10 == 0 { whole } else { format!("{whole}.{}", tenths % 10) }
}

pub fn grouped(number: i64) -> String {
    let digits = number.abs().to_string();
    let mut words = if number < 0 { "−".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if 0 < place && (digits.len() - place).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// The head of a column.
#[derive(Debug, Clone)]
pub struct Head {
    pub words: &'static str,
    pub is_number: bool,
}

/// A table; its first column names the row.
#[derive(Debug, Clone)]
pub struct Table {
    /// Names it in links to its file.
    pub key: &'static str,
    pub title: &'static str,
    /// What has to be known to read it; may be empty.
    pub note: String,
    pub heads: Vec<Head>,
    pub rows: Vec<Vec<Cell>>,
    pub total: Option<Vec<Cell>>,
}

impl Table {
    /// A table whose first columns hold words and the others figures.
    pub fn new((key, title): (&'static str, &'static str), words: &[&'static str], figures: &[&'static str]) -> Self {
        let head = |is_number| move |words: &&'static str| Head { words, is_number };
        let heads = words.iter().map(head(false)).chain(figures.iter().map(head(true))).collect();
        Self { key, title, note: String::new(), heads, rows: Vec::new(), total: None }
    }

    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// For a file: the heads, the rows and the total.
    pub fn lines(&self) -> Vec<Vec<String>> {
        let heads = self.heads.iter().map(|head| head.words.to_owned()).collect();
        let rows = self.rows.iter().chain(&self.total).map(|row| row.iter().map(Cell::plain).collect());
        std::iter::once(heads).chain(rows).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_said_and_written() {
        for (cell, shown, plain) in [
            (Cell::Hours(18_720), "312", "312.00"),
            (Cell::Hours(50), "0.8", "0.83"),
            (Cell::Hours(75_000), "1,250", "1250.00"),
            (Cell::Change(-90), "−1.5", "-1.50"),
            (Cell::Change(60), "+1", "1.00"),
            (Cell::Number(1_234_567), "1,234,567", "1234567"),
            (Cell::Share(1, 3), "33%", "33"),
            (Cell::Share(1, 1000), "1%", "1"),
            (Cell::Share(130, 100), "100%", "100"),
            (Cell::Share(5, 0), "–", ""),
            (Cell::Pounds(Pence::new(123_456)), "£1,234.56", "1234.56"),
            (Cell::Count(Shown::Few), "fewer than 5", "fewer than 5"),
        ] {
            assert_eq!((cell.shown().as_str(), cell.plain().as_str()), (shown, plain), "{cell:?}");
        }
    }
}
