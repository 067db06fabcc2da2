//! Terms in versions, and what changed from one to the next, line by line. Not who has to accept them.

use similar::{ChangeTag, TextDiff};

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    pub kind: DiffKind,
    pub text: String,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffKind {
    Same,
    Gone,
    New,
}

impl DiffKind {
    /// What is said before the line to whoever does not see its colour.
    pub fn words(self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Gone => "Removed: ",
            Self::New => "Added: ",
        }
    }
}

/// Every line of both texts, in order, with what became of it. Empty lines are left out.
pub fn difference(old: &str, new: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(old, new);
    let lines = diff.iter_all_changes().map(|change| DiffLine {
        kind: match change.tag() {
            ChangeTag::Equal => DiffKind::Same,
            ChangeTag::Delete => DiffKind::Gone,
            ChangeTag::Insert => DiffKind::New,
        },
        text: change.value().trim().to_owned(),
    });
    lines.filter(|line| !line.text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_what_went_and_what_came() {
        let lines = difference("Leave by 9pm.\nNo smoking.", "Leave by 8pm.\n\nNo smoking.\n");
        let seen: Vec<(DiffKind, &str)> = lines.iter().map(|line| (line.kind, line.text.as_str())).collect();
        assert!(seen.contains(&(DiffKind::Gone, "Leave by 9pm.")), "{seen:?}");
        assert!(seen.contains(&(DiffKind::New, "Leave by 8pm.")), "{seen:?}");
        assert!(difference("One.\n", "One.").iter().all(|line| !line.text.is_empty()));
        assert!(difference("", "").is_empty());
    }
}
