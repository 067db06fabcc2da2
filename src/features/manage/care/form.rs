//! The form of what a space asks, read into the rules or faults.

use serde::Deserialize;

use crate::domain::care::{Care, ENTRY_HOURS, Entry};
use crate::domain::text;
use crate::domain::typed;
use crate::domain::words::length;
use crate::web::forms::Faults;

/// So many labels, pairs and lines there may be, each of so many characters.
const MOST: usize = 20;
const LONGEST: usize = 80;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CareForm {
    pub allergens: String,
    /// A line each.
    pub labels: String,
    /// A line each, "Nuts and Gluten-free".
    pub pairs: String,
    pub checklist: String,
    /// "30 minutes, 45 minutes, 1 hour".
    pub lengths: String,
    pub induction: String,
    pub risk_date: String,
    pub turnaround_jobs: String,
    /// A line each.
    pub layouts: String,
    /// What opens the door, and so many hours before a session it is shown.
    pub entry: String,
    pub entry_hours: String,
}

impl CareForm {
    pub fn of(care: &Care) -> Self {
        let yes = |on: bool| if on { "yes" } else { "" }.to_owned();
        let pairs: Vec<String> = care.pairs.iter().map(|(one, other)| format!("{one} / {other}")).collect();
        let lengths: Vec<String> = care.lengths.iter().map(|minutes| length((*minutes).into())).collect();
        Self {
            allergens: yes(care.allergens),
            labels: care.labels.join("\n"),
            pairs: pairs.join("\n"),
            checklist: care.checklist.join("\n"),
            lengths: lengths.join(", "),
            induction: yes(care.induction),
            risk_date: yes(care.risk_date),
            turnaround_jobs: yes(care.turnaround_jobs),
            layouts: care.layouts.join("\n"),
            entry: care.entry.as_ref().map_or_else(String::new, |one| one.words.clone()),
            entry_hours: care.entry.as_ref().map_or(ENTRY_HOURS, |one| one.hours).to_string(),
        }
    }

    pub fn asks_allergens(&self) -> bool {
        self.allergens == "yes"
    }

    pub fn asks_induction(&self) -> bool {
        self.induction == "yes"
    }

    pub fn asks_risk_date(&self) -> bool {
        self.risk_date == "yes"
    }

    pub fn has_turnaround_jobs(&self) -> bool {
        self.turnaround_jobs == "yes"
    }

    /// Reads it; every fault stands at its field.
    pub fn parse(&self) -> Result<Care, Faults> {
        let mut faults = Faults::none();
        let labels = lines(&mut faults, "labels", &self.labels);
        let checklist = lines(&mut faults, "checklist", &self.checklist);
        let typed_pairs = lines(&mut faults, "pairs", &self.pairs);
        let mut pairs: Vec<(String, String)> = Vec::new();
        for line in typed_pairs {
            match pair(&line, &labels) {
                Some(pair) => pairs.push(pair),
                None => faults.add(
                    "pairs",
                    format!("Enter two of the labels above with a stroke between, like “Nuts / Gluten-free”. “{line}” is no pair"),
                ),
            }
        }
        let care = Care {
            allergens: self.asks_allergens(),
            labels,
            pairs,
            checklist,
            lengths: lengths(&mut faults, &self.lengths),
            induction: self.asks_induction(),
            risk_date: self.asks_risk_date(),
            turnaround_jobs: self.has_turnaround_jobs(),
            layouts: lines(&mut faults, "layouts", &self.layouts),
            entry: entry(&mut faults, self),
        };
        if faults.is_empty() { Ok(care) } else { Err(faults) }
    }
}

fn entry(faults: &mut Faults, form: &CareForm) -> Option<Entry> {
    let words = faults.paragraphs("entry", &form.entry, 300);
    if words.is_empty() {
        return None;
    }
    let hours = faults.number("entry_hours", &form.entry_hours, "how many hours before", (1, 336));
    Some(Entry { words, hours })
}

/// The lines that are not empty, each once.
fn lines(faults: &mut Faults, field: &'static str, typed: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in typed.lines() {
        match text::line(line, LONGEST) {
            Ok(line) if line.is_empty() || found.contains(&line) => {}
            Ok(line) => found.push(line),
            Err(fault) => faults.add(field, fault.words("")),
        }
    }
    if MOST < found.len() {
        faults.add(field, format!("Enter {MOST} lines or fewer"));
    }
    found
}

/// Two different labels, whatever their case.
fn pair(line: &str, labels: &[String]) -> Option<(String, String)> {
    let (one, other) = line.split_once('/')?;
    let label = |typed: &str| labels.iter().find(|label| label.eq_ignore_ascii_case(typed.trim())).cloned();
    let (one, other) = label(one).zip(label(other))?;
    (one != other).then_some((one, other))
}

fn lengths(faults: &mut Faults, typed: &str) -> Vec<i32> {
    let pieces = typed.split([',', ';', '\n']).map(str::trim).filter(|piece| !piece.is_empty());
    let read = |piece: &str| typed::length(piece).filter(|minutes| (5..=1440).contains(minutes) && minutes % 5 == 0);
    let lengths: Option<Vec<i32>> = pieces.map(read).collect();
    let words = "Enter lengths apart by commas, like “30 minutes, 45 minutes, 1 hour”, each a multiple of 5 minutes";
    let mut lengths = faults.take("lengths", lengths.ok_or(words));
    lengths.sort_unstable();
    lengths.dedup();
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kinds::KINDS;

    #[test]
    fn what_every_kind_asks_is_read_as_it_is_shown() {
        for entry in &KINDS {
            let care = Care::of_kind(entry.kind);
            assert_eq!(CareForm::of(&care).parse().unwrap(), care, "{}", entry.code);
        }
        let care = Care {
            labels: vec!["Nuts".to_owned(), "Gluten-free".to_owned()],
            pairs: vec![("Nuts".to_owned(), "Gluten-free".to_owned())],
            ..Care::default()
        };
        assert_eq!(CareForm::of(&care).parse().unwrap(), care);
    }

    #[test]
    fn a_pair_is_of_two_labels_and_a_length_is_a_length() {
        let form = CareForm {
            labels: "Nuts\n\nRaw meat\nNuts".to_owned(),
            pairs: "nuts/RAW MEAT".to_owned(),
            lengths: "1 hour, 30 minutes".to_owned(),
            ..CareForm::default()
        };
        let care = form.parse().unwrap();
        assert_eq!(care.labels, ["Nuts", "Raw meat"]);
        assert_eq!(care.pairs, [("Nuts".to_owned(), "Raw meat".to_owned())]);
        assert_eq!(care.lengths, [30, 60]);
        for pairs in ["Nuts", "Nuts / Nuts", "Nuts / Fire"] {
            let faults = CareForm { pairs: pairs.to_owned(), ..form.clone() }.parse().unwrap_err();
            assert!(faults.of("pairs").is_some(), "{pairs}");
        }
        let faults = CareForm { lengths: "7 minutes".to_owned(), ..form }.parse().unwrap_err();
        assert!(faults.of("lengths").is_some());
    }
}
