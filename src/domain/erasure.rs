//! Taking a person's name, address and number out of texts. Not which rows hold them, and not what stands in the way.

use chrono::NaiveDate;

/// No mail goes to an address of this domain, which can never exist (RFC 2606).
pub const NOWHERE: &str = "@erased.invalid";

/// What stands in place of the name: it is what every page shows from then on.
pub fn name_after(date: NaiveDate) -> String {
    format!("Someone erased on {}", date.format("%-d %B %Y"))
}

/// What stands in place of the address; `chance` keeps it apart from all others.
pub fn address_after(chance: &str) -> String {
    let plain: String = chance.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("erased-{}{NOWHERE}", plain.to_lowercase())
}

/// What is looked for in texts, and what stands there afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    pub what: String,
    pub instead: String,
    /// It stands for the person only where nothing else is in the column: one word, which any text may have.
    pub alone: bool,
}

impl Needle {
    /// A name. One of several words is found within texts, a single word only where it stands alone.
    pub fn name(name: &str, instead: &str) -> Self {
        let alone = !name.trim().contains(char::is_whitespace);
        Self { what: name.trim().to_owned(), instead: instead.to_owned(), alone }
    }

    /// An address or a number.
    pub fn reach(reach: &str, instead: &str) -> Self {
        Self { what: reach.trim().to_owned(), instead: instead.to_owned(), alone: false }
    }

    /// As HTML has it; none where that is the same.
    pub fn in_html(&self) -> Option<Self> {
        let escape = |text: &str| {
            text.replace('&', "&#38;")
                .replace('<', "&#60;")
                .replace('>', "&#62;")
                .replace('"', "&#34;")
                .replace('\'', "&#39;")
        };
        let what = escape(&self.what);
        (what != self.what).then(|| Self { what, instead: escape(&self.instead), alone: self.alone })
    }
}

/// The text without what the needles name; none where nothing of it is there. Upper and lower case count alike, and what is
/// only a part of a longer word, address or number is another's.
pub fn without(text: &str, needles: &[Needle]) -> Option<String> {
    let cleaned = needles.iter().fold(text.to_owned(), |text, needle| replaced(&text, needle));
    (cleaned != text).then_some(cleaned)
}

fn replaced(text: &str, needle: &Needle) -> String {
    if needle.what.is_empty() {
        return text.to_owned();
    }
    if needle.alone {
        let same = text.trim().to_lowercase() == needle.what.to_lowercase();
        return if same { needle.instead.clone() } else { text.to_owned() };
    }
    let (mut done, mut rest) = (String::new(), text);
    while let Some((before, found, after)) = first(rest, &needle.what) {
        done.push_str(before);
        let own = !done.chars().next_back().is_some_and(joins) && !goes_on(after);
        done.push_str(if own { &needle.instead } else { found });
        rest = after;
    }
    done + rest
}

/// The text before the first place where it is, as it stands there, and what comes after.
fn first<'a>(text: &'a str, what: &str) -> Option<(&'a str, &'a str, &'a str)> {
    text.char_indices().find_map(|(start, _)| {
        let (before, from) = text.split_at_checked(start)?;
        let end = length_of(from, what)?;
        let (found, after) = from.split_at_checked(end)?;
        Some((before, found, after))
    })
}

/// How many bytes of a text are `what`, whatever the case; a run of white space counts as any other.
fn length_of(text: &str, what: &str) -> Option<usize> {
    let mut here = text.char_indices().peekable();
    let mut wanted = what.chars().peekable();
    while let Some(next) = wanted.next() {
        let (_, letter) = here.next()?;
        if next.is_whitespace() {
            if !letter.is_whitespace() {
                return None;
            }
            while here.next_if(|(_, one)| one.is_whitespace()).is_some() {}
            while wanted.next_if(|one| one.is_whitespace()).is_some() {}
        } else if !letter.to_lowercase().eq(next.to_lowercase()) {
            return None;
        }
    }
    Some(here.peek().map_or(text.len(), |(at, _)| *at))
}

/// Whether this letter belongs to a word, an address or a number that goes on behind it.
fn joins(letter: char) -> bool {
    letter.is_alphanumeric() || "_+%-".contains(letter)
}

/// Whether what was found goes on: "jo@example.org.uk", "Ann Lee-Grant". A full stop at the end of a sentence does not.
fn goes_on(after: &str) -> bool {
    let mut letters = after.chars();
    match letters.next() {
        Some('-' | '.') => letters.next().is_some_and(char::is_alphanumeric),
        Some(letter) => letter.is_alphanumeric() || letter == '_',
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_taken_out_of_texts_and_nobody_else() {
        let needles = [
            Needle::reach("jo@example.org", "gone@erased.invalid"),
            Needle::name("Jo O'Hara", "Someone"),
            Needle::reach("020 7946 0123", "(erased)"),
        ];
        for (text, after) in [
            ("Ask Jo O'Hara.", Some("Ask Someone.")),
            ("ask JO  O'HARA now", Some("ask Someone now")),
            ("Jo O'Hara’s keys, jo o'hara’s coat", Some("Someone’s keys, Someone’s coat")),
            ("Jo O'Hara-Smith came", None),
            ("Bajo O'Hara", None),
            ("Jo\nO'Hara", Some("Someone")),
            ("mail Jo@Example.org.", Some("mail gone@erased.invalid.")),
            ("<jo@example.org>", Some("<gone@erased.invalid>")),
            ("bigjo@example.org", None),
            ("jo@example.org.uk", None),
            ("email:jo@example.org", Some("email:gone@erased.invalid")),
            ("ring 020 7946 0123!", Some("ring (erased)!")),
            ("020 7946 01234", None),
            ("", None),
        ] {
            assert_eq!(without(text, &needles).as_deref(), after, "{text}");
        }
    }

    #[test]
    fn a_single_word_is_a_name_only_where_it_stands_alone() {
        let needles = [Needle::name("Hall", "Someone")];
        assert_eq!(without(" hall ", &needles).as_deref(), Some("Someone"));
        assert_eq!(without("Hall east", &needles), None);
    }

    #[test]
    fn html_has_its_own_spelling() {
        let needle = Needle::name("Jo O'Hara", "Someone");
        assert_eq!(needle.in_html().unwrap().what, "Jo O&#39;Hara");
        assert!(Needle::name("Jo Hara", "Someone").in_html().is_none());
        assert_eq!(without("<b>Jo O&#39;Hara</b>", &[needle.in_html().unwrap()]).as_deref(), Some("<b>Someone</b>"));
    }

    #[test]
    fn what_stands_there_afterwards_is_a_name_and_an_address() {
        assert_eq!(name_after("2026-11-03".parse().unwrap()), "Someone erased on 3 November 2026");
        assert!(super::super::person::Email::parse(&address_after("aB-_9")).is_ok());
    }
}
