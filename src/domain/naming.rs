//! Words that look as if they named a client: labels, titles, NHS numbers and dates of birth. A warning hangs on it, never a refusal.

/// What a text looks like it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// "Client: …", "re: Jane", "Mrs Patel".
    Name,
    /// Ten digits whose last checks the others (modulus 11, as the NHS Data Dictionary has it).
    NhsNumber,
    /// "dob 3/4/1971", or a date so long ago that it is no booking's.
    BirthDate,
}

/// Words that with a colon behind them lead to a person.
static LABELS: [&str; 10] =
    ["client", "clients", "patient", "service user", "pt", "child", "referral", "name", "client name", "patient name"];

/// Words that a name follows, where a capital letter says that one does.
static BEFORE_NAMES: [&str; 8] = ["re", "mr", "mrs", "ms", "miss", "mx", "dr", "master"];

/// Words that a date of birth follows.
static BIRTHS: [&str; 5] = ["dob", "d.o.b", "d.o.b.", "born", "date of birth"];

/// Before this year a date with a year is somebody's birthday; nobody books in it.
const FIRST_YEAR_OF_BOOKINGS: u32 = 2022;

impl Sign {
    /// The sentence at the field.
    pub fn words(self) -> &'static str {
        match self {
            Self::Name => "This looks as if it names somebody. Do not name a client here",
            Self::NhsNumber => "This looks like an NHS number. Do not put one here",
            Self::BirthDate => "This looks like a date of birth. Do not put one here",
        }
    }
}

/// The first sign that a text names somebody; none where it looks harmless.
pub fn sign(text: &str) -> Option<Sign> {
    if has_nhs_number(text) {
        return Some(Sign::NhsNumber);
    }
    if has_birth_date(text) {
        return Some(Sign::BirthDate);
    }
    (has_label(text) || has_titled_name(text)).then_some(Sign::Name)
}

/// Whether one of the words stands there whole, and what follows it.
fn after<'a>(text: &'a str, lower: &str, word: &str) -> Vec<&'a str> {
    let found = lower.match_indices(word).filter_map(|(at, _)| {
        let before = lower.get(..at)?.chars().next_back();
        let rest = text.get(at + word.len()..)?;
        let whole =
            !before.is_some_and(char::is_alphanumeric) && !rest.chars().next().is_some_and(char::is_alphanumeric);
        whole.then_some(rest)
    });
    found.collect()
}

/// ASCII only, so that places in it are places in the text.
fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

fn has_label(text: &str) -> bool {
    let lower = lower(text);
    LABELS.iter().flat_map(|word| after(text, &lower, word)).any(|rest| {
        let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
        value.is_some_and(|value| value.chars().next().is_some_and(char::is_alphanumeric))
    })
}

fn has_titled_name(text: &str) -> bool {
    let lower = lower(text);
    BEFORE_NAMES.iter().flat_map(|word| after(text, &lower, word)).any(|rest| {
        let name = rest.trim_start_matches(['.', ':']).trim_start();
        let apart = name.len() < rest.len();
        apart && is_name(name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default())
    })
}

/// A capital and then small letters, or one capital alone as in "Mr B".
fn is_name(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
}

/// Runs of digits with at most one space or hyphen between, of ten digits in all.
fn has_nhs_number(text: &str) -> bool {
    let mut digits: Vec<u32> = Vec::new();
    let mut gap = false;
    for c in text.chars().chain(std::iter::once('x')) {
        match c.to_digit(10) {
            Some(digit) => {
                digits.push(digit);
                gap = false;
            }
            None if !gap && !digits.is_empty() && (c == ' ' || c == '-') => gap = true,
            None => {
                if checks(&digits) {
                    return true;
                }
                digits.clear();
                gap = false;
            }
        }
    }
    false
}

/// The last of ten digits checks the nine before it, weighted 10 to 2, modulus 11. Ten times the same is nobody's number.
fn checks(digits: &[u32]) -> bool {
    let Some((check, nine)) = digits.split_last().filter(|(_, nine)| nine.len() == 9) else {
        return false;
    };
    let sum: u32 = nine.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let same = nine.iter().all(|digit| digit == check);
    !same && (11 - sum % 11) % 11 == *check
}

fn has_birth_date(text: &str) -> bool {
    let lower = lower(text);
    let said = BIRTHS.iter().flat_map(|word| after(text, &lower, word)).any(|rest| {
        let rest = rest.trim_start_matches([' ', ':', '.', '=', '-']);
        rest.chars().next().is_some_and(|c| c.is_ascii_digit())
    });
    said || numeric_dates(text).any(|year| (1900..FIRST_YEAR_OF_BOOKINGS).contains(&year))
}

/// The years of dates like 3/4/1971, 03-04-1971 and 3.4.1971.
fn numeric_dates(text: &str) -> impl Iterator<Item = u32> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || ['/', '-', '.'].contains(&c)));
    words.filter_map(|word| {
        let parts: Vec<&str> = word.trim_matches(['/', '-', '.']).split(['/', '-', '.']).collect();
        let [day, month, year] = parts.as_slice() else {
            return None;
        };
        let (day, month): (u32, u32) = (day.parse().ok()?, month.parse().ok()?);
        let is_date = (1..=31).contains(&day) && (1..=31).contains(&month) && year.len() == 4;
        year.parse().ok().filter(|_| is_date)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_client_is_seen() {
        for (text, seen) in [
            ("Client: J", Sign::Name),
            ("client : jane", Sign::Name),
            ("PATIENT: 42", Sign::Name),
            ("Service user: R.", Sign::Name),
            ("re: Jane", Sign::Name),
            ("Re Jane Quill", Sign::Name),
            ("Session with Mrs Patel", Sign::Name),
            ("Mr. B", Sign::Name),
            ("943 476 5919", Sign::NhsNumber),
            ("9434765919", Sign::NhsNumber),
            ("no. 943-476-5919, thanks", Sign::NhsNumber),
            ("DOB 3/4/71", Sign::BirthDate),
            ("d.o.b.: 03.04.1971", Sign::BirthDate),
            ("born 1971", Sign::BirthDate),
            ("3-4-1971", Sign::BirthDate),
        ] {
            assert_eq!(sign(text), Some(seen), "{text}");
        }
    }

    #[test]
    fn what_people_write_about_rooms_is_not() {
        for text in [
            "",
            "Drop-in counselling",
            "One to one sessions",
            "Client support group",
            "Patient Participation Group",
            "Meeting re: chairs",
            "Re-opening",
            "We need two more chairs. Ring 020 7946 0001",
            "9434765918",
            "1111111111",
            "94347659191",
            "Like on 24/11/2026",
            "Moved from 24.11.2026 10:00",
            "Newborn group",
            "Names of volunteers follow",
            "Ms word training",
            "More, Mr",
            "Łódź – patient: ",
        ] {
            assert_eq!(sign(text), None, "{text}");
        }
    }
}
