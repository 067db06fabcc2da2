//! What went wrong in a form, beside each field and in the summary. Not how fields are read.

use crate::domain::naming;
use crate::domain::safety::Safety;
use crate::domain::text::{self, TextFault};

/// Faults of a form by the id of the field, in the order of the page.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    faults: Vec<Fault>,
}

/// One fault: the summary links to the field, and the same words stand beside it.
#[derive(Debug, Clone)]
pub struct Fault {
    pub field: &'static str,
    pub words: String,
}

impl Faults {
    pub fn none() -> Self {
        Self::default()
    }

    /// Notes a fault; the first of a field stands.
    pub fn add(&mut self, field: &'static str, words: impl Into<String>) {
        if self.of(field).is_none() {
            self.faults.push(Fault { field, words: words.into() });
        }
    }

    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter()
    }

    /// The words beside a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.words.as_str())
    }

    /// Takes a value, or notes the fault and gives the default.
    pub fn take<T: Default, W: Into<String>>(&mut self, field: &'static str, read: Result<T, W>) -> T {
        read.unwrap_or_else(|words| {
            self.add(field, words);
            T::default()
        })
    }

    /// Takes a required line; `what` completes "Enter …".
    pub fn line(&mut self, field: &'static str, typed: &str, what: &str, most: usize) -> String {
        self.take(field, text::required_line(typed, most).map_err(|fault: TextFault| fault.words(what)))
    }

    /// Takes a line that may be empty.
    pub fn optional_line(&mut self, field: &'static str, typed: &str, most: usize) -> String {
        self.take(field, text::line(typed, most).map_err(|fault| fault.words("")))
    }

    /// Takes several lines that may be empty.
    pub fn paragraphs(&mut self, field: &'static str, typed: &str, most: usize) -> String {
        self.take(field, text::paragraphs(typed, most).map_err(|fault| fault.words("")))
    }

    /// Takes duty contact, telephone and place of the panic alarm, each a line that may be empty.
    pub fn safety(&mut self, contact: &str, phone: &str, alarm: &str) -> Safety {
        Safety {
            contact: self.optional_line("duty_contact", contact, 80),
            phone: self.optional_line("duty_phone", phone, 40),
            alarm: self.optional_line("alarm_place", alarm, 120),
        }
    }

    /// Warns once of texts that look as if they name a client: sent again as they are, they are `kept`.
    pub fn naming(&mut self, kept: &str, texts: &[(&'static str, &str)]) {
        let same = kept_texts(texts.iter().map(|(_, text)| *text)) == kept_texts([kept]);
        for (field, text) in texts.iter().filter(|_| !same) {
            if let Some(sign) = naming::sign(text) {
                self.add(field, format!("{}. If it is nothing of the kind, send it again as it is", sign.words()));
            }
        }
    }

    /// Takes a whole number within limits; `what` completes "Enter …".
    pub fn number(&mut self, field: &'static str, typed: &str, what: &str, (least, most): (i32, i32)) -> i32 {
        let read = typed.trim().parse::<i32>().ok().filter(|number| least <= *number && *number <= most);
        self.take(field, read.ok_or_else(|| format!("Enter {what}, from {least} to {most}")))
    }
}

/// What a form carries so that the same texts are not warned of twice: their words, whatever white space browsers make of it.
pub fn kept_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// One option of a select, or one of several ticks.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), chosen }
    }
}

/// Reads "14:30" as minutes after midnight.
pub fn clock_minute(typed: &str) -> Option<i32> {
    let (hour, minute) = typed.split_once(':')?;
    let (hour, minute): (i32, i32) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

/// "14:30", as [`clock_minute`] reads it.
pub fn clock_value(minute: i32) -> String {
    let minute = minute.rem_euclid(1440);
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
