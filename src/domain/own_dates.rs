//! A site's own dates on which series are usually left out, as its manager types them: one a line, the date and then its name.

use chrono::{Datelike, NaiveDate};

use super::text;
use super::words::long_date;

/// A site has so many dates of its own to come at the most.
const MOST: usize = 200;
const LONGEST_NAME: usize = 60;
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads one date a line, "24 December 2026 Christmas Eve" or "2026-12-24 Christmas Eve", from `today` on; empty lines say nothing.
///
/// # Errors
/// One sentence a wrong line, that names the line and says what to do.
pub fn read(typed: &str, today: NaiveDate) -> Result<Vec<(NaiveDate, String)>, Vec<String>> {
    let mut dates: Vec<(NaiveDate, String)> = Vec::new();
    let mut faults = Vec::new();
    let lines = typed.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (place, line) in lines {
        match read_line(line, today, &dates) {
            Ok(date) => dates.push(date),
            Err(what) => faults.push(format!("Line {}, “{}”: {what}", place + 1, shown(line))),
        }
    }
    if MOST < dates.len() {
        faults.push(format!("Keep to {MOST} dates or fewer"));
    }
    dates.sort_unstable();
    if faults.is_empty() { Ok(dates) } else { Err(faults) }
}

/// The lines that [`read`] reads back.
pub fn written(dates: &[(NaiveDate, String)]) -> String {
    let lines = dates.iter().map(|(date, name)| format!("{} {name}", date.format("%-d %B %Y")));
    lines.collect::<Vec<_>>().join("\n")
}

fn read_line(line: &str, today: NaiveDate, before: &[(NaiveDate, String)]) -> Result<(NaiveDate, String), String> {
    let line = text::line(line, 200).map_err(|fault| fault.words("a date").to_lowercase())?;
    let Some((date, name)) = split(&line) else {
        return Err("begin with a date, like “24 December 2026”, then say what it is".to_owned());
    };
    if date < today {
        return Err(format!("{} is past. Take the line out", long_date(date)));
    }
    if 2199 <= date.year() {
        return Err("that year is too far ahead. Check it".to_owned());
    }
    if before.iter().any(|(known, _)| *known == date) {
        return Err(format!("{} stands twice. Keep one of them", long_date(date)));
    }
    if name.is_empty() {
        return Err("say what it is behind the date, like “Christmas Eve”".to_owned());
    }
    let name = text::line(name, LONGEST_NAME).map_err(|_| format!("shorten the name to {LONGEST_NAME} letters"))?;
    Ok((date, name))
}

/// The date at the head of a line and the words behind it. A weekday before it is read over.
fn split(line: &str) -> Option<(NaiveDate, &str)> {
    let (first, rest) = word(line);
    if let Ok(date) = first.parse::<NaiveDate>() {
        return Some((date, rest));
    }
    let is_number = |word: &str| word.starts_with(|letter: char| letter.is_ascii_digit());
    let (day, rest) = if is_number(first) { (first, rest) } else { word(rest) };
    let day: u32 = day.trim_end_matches(|letter: char| letter.is_ascii_alphabetic()).parse().ok()?;
    let (month, rest) = word(rest);
    let (year, rest) = word(rest);
    Some((NaiveDate::from_ymd_opt(year.parse().ok()?, month_of(month)?, day)?, rest))
}

/// The first word, without a comma or colon at its end, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    (first.trim_end_matches([',', ':']), rest.trim_start_matches([' ', '-', '–', ':']))
}

/// "December" or "Dec".
fn month_of(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let place = MONTHS.iter().position(|month| *month == name || (3 <= name.len() && month.starts_with(&name)))?;
    u32::try_from(place + 1).ok()
}

/// The line as it may stand in a sentence: no longer than a few words, nothing hidden.
fn shown(line: &str) -> String {
    line.trim().chars().filter(|letter| !letter.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_read_however_they_are_typed() {
        let typed = "24 December 2026 Christmas Eve\n\n2026-12-31 New Year’s Eve\r\nFriday 1st Jan 2027: Quiet day\n\
                     2 Sept 2027, Inset day";
        let read = read(typed, date("2026-11-20")).unwrap();
        let wanted = [
            ("2026-12-24", "Christmas Eve"),
            ("2026-12-31", "New Year’s Eve"),
            ("2027-01-01", "Quiet day"),
            ("2027-09-02", "Inset day"),
        ];
        assert_eq!(read, wanted.map(|(on, name)| (date(on), name.to_owned())));
        assert_eq!(super::read(&written(&read), date("2026-11-20")), Ok(read));
    }

    #[test]
    fn a_wrong_line_is_named_with_what_to_do() {
        for (typed, fault) in [
            ("Christmas", "Line 1, “Christmas”: begin with a date"),
            ("\n30 February 2027 Nothing", "Line 2, “30 February 2027 Nothing”: begin with a date"),
            ("24 December 2026", "say what it is behind the date"),
            ("1 March 2026 Spring", "Sunday 1 March 2026 is past"),
            (
                "2026-12-24 Eve\n24 Dec 2026 Again",
                "Line 2, “24 Dec 2026 Again”: Thursday 24 December 2026 stands twice",
            ),
            ("2026-12-24 a\u{202E}b", "type this again"),
            ("24 Ma 2027 Vague", "begin with a date"),
            ("9999-12-31 Far", "that year is too far ahead"),
        ] {
            let faults = read(typed, date("2026-11-20")).unwrap_err();
            assert!(faults.len() == 1 && faults[0].contains(fault), "{typed}: {faults:?}");
        }
        let many: String =
            (1..=201).map(|day| format!("{} x\n", date("2027-01-01") + chrono::Days::new(day))).collect();
        assert!(read(&many, date("2026-11-20")).unwrap_err()[0].starts_with("Keep to 200"));
    }
}
