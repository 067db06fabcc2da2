//! Who answers for the data here and how to reach them, and the same for accessibility: what an administrator fills in, with the words
//! that stand there until then. Not the rest of those statements.

use super::text;

/// One thing to fill in.
#[derive(Debug)]
pub struct Blank {
    /// The name of its field.
    pub field: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub most: usize,
    /// Of several lines.
    pub long: bool,
    /// The statement is not whole without it.
    pub needed: bool,
}

impl Blank {
    /// The name of its setting.
    pub fn setting(&self) -> String {
        format!("statement/{}", self.field)
    }

    /// Reads what was typed; it may be empty.
    ///
    /// # Errors
    /// The words to show at the field.
    pub fn parse(&self, typed: &str) -> Result<String, String> {
        let read = if self.long { text::paragraphs(typed, self.most) } else { text::line(typed, self.most) };
        read.map_err(|fault| fault.words(self.label))
    }
}

const fn line(field: &'static str, label: &'static str, hint: &'static str, needed: bool) -> Blank {
    Blank { field, label, hint, most: 200, long: false, needed }
}

const fn long(field: &'static str, label: &'static str, hint: &'static str, needed: bool) -> Blank {
    Blank { field, label, hint, most: 1000, long: true, needed }
}

/// All of them, those of privacy first.
pub const BLANKS: [Blank; 9] = [
    line("controller", "Who answers for the data", "The organisation that runs this site, by its full name.", true),
    long("address", "Its address", "Where a letter reaches it.", true),
    line(
        "contact",
        "Contact for data protection",
        "A role with an email address or a telephone number, rather than a person’s name.",
        true,
    ),
    line("ico", "Registration number with the ICO", "For example ZA123456. Leave it empty if you need none.", false),
    long("basis", "On what lawful basis", "Left empty, the page gives the usual one: legitimate interests.", false),
    line(
        "accessibility_contact",
        "Contact for accessibility",
        "Where people ask for help, or for something in another form.",
        true,
    ),
    line("accessibility_tested", "When it was last tested", "For example 3 November 2026, by whom and how.", true),
    long(
        "accessibility_gaps",
        "What does not work for everyone yet",
        "Left empty, the page says that you know of nothing.",
        false,
    ),
    line("accessibility_reply", "How soon you answer", "For example: within 5 working days.", false),
];

/// What was filled in, in the order of [`BLANKS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceWords(Vec<(&'static str, String)>);

impl InstanceWords {
    pub fn from_settings(set: impl Fn(&str) -> Option<String>) -> Self {
        Self(BLANKS.iter().map(|blank| (blank.field, set(&blank.setting()).unwrap_or_default())).collect())
    }

    /// What was filled in; empty where nothing was.
    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|(one, _)| *one == field).map_or("", |(_, text)| text)
    }

    /// What was filled in, or these words.
    pub fn or<'a>(&'a self, field: &str, words: &'a str) -> &'a str {
        Some(self.of(field)).filter(|text| !text.is_empty()).unwrap_or(words)
    }

    /// What is needed and not there.
    pub fn missing(&self) -> impl Iterator<Item = &'static Blank> {
        BLANKS.iter().filter(|blank| blank.needed && self.of(blank.field).is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_until_it_is_there() {
        let none = InstanceWords::from_settings(|_| None);
        assert_eq!(none.missing().count(), BLANKS.iter().filter(|blank| blank.needed).count());
        assert_eq!(none.or("contact", "ring the site"), "ring the site");
        let all = InstanceWords::from_settings(|name| Some(name.to_owned()));
        assert_eq!(all.missing().count(), 0);
        assert_eq!(all.or("contact", "ring the site"), "statement/contact");
    }
}
