//! Text that people typed, read once at the door. Not what any particular field means.

/// Why a text is not taken; each says how to put it right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFault {
    Missing,
    TooLong { most: usize },
    HiddenCharacters,
}

impl TextFault {
    /// The words for the field called `what`, for example "a purpose".
    pub fn words(self, what: &str) -> String {
        match self {
            Self::Missing => format!("Enter {what}"),
            Self::TooLong { most } => format!("Shorten this to {most} characters or fewer"),
            Self::HiddenCharacters => "Type this again: it holds hidden characters that cannot be kept".to_owned(),
        }
    }
}

/// One line, trimmed, white space folded to single spaces.
///
/// # Errors
/// Too long, or with control or direction-changing characters (Unicode bidirectional controls).
pub fn line(typed: &str, most: usize) -> Result<String, TextFault> {
    if typed.chars().any(is_hidden) {
        return Err(TextFault::HiddenCharacters);
    }
    let folded = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    within(folded, most)
}

/// Like [`line()`], but something must be there.
///
/// # Errors
/// As [`line()`], and `Missing`.
pub fn required_line(typed: &str, most: usize) -> Result<String, TextFault> {
    line(typed, most).and_then(|text| if text.is_empty() { Err(TextFault::Missing) } else { Ok(text) })
}

/// Several lines; line ends become `\n`, the outside is trimmed.
///
/// # Errors
/// As [`line()`].
pub fn paragraphs(typed: &str, most: usize) -> Result<String, TextFault> {
    let unified = typed.replace("\r\n", "\n");
    if unified.chars().any(|c| c != '\n' && c != '\t' && is_hidden(c)) {
        return Err(TextFault::HiddenCharacters);
    }
    within(unified.trim().to_owned(), most)
}

fn within(text: String, most: usize) -> Result<String, TextFault> {
    if most < text.chars().count() {
        return Err(TextFault::TooLong { most });
    }
    Ok(text)
}

/// Controls, and the marks that turn the direction of writing (U+202A to U+202E, U+2066 to U+2069, U+200E, U+200F, U+061C).
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_refused_and_ordinary_ones_kept() {
        for bad in ["a\0b", "a\u{202E}b", "a\r\nBcc: x", "\u{2066}", "a\u{7}"] {
            assert_eq!(line(bad, 100), Err(TextFault::HiddenCharacters), "{bad:?}");
        }
        assert_eq!(line("  Café   “Łódź”  ", 100).unwrap(), "Café “Łódź”");
        assert_eq!(line("<script>", 100).unwrap(), "<script>");
        assert_eq!(paragraphs(" a\r\nb ", 100).unwrap(), "a\nb");
    }

    #[test]
    fn length_counts_characters() {
        assert_eq!(line("äöü", 3).unwrap(), "äöü");
        assert_eq!(line("äöüß", 3), Err(TextFault::TooLong { most: 3 }));
        assert_eq!(required_line("  ", 3), Err(TextFault::Missing));
    }
}
