//! What is looked for in the history: of what, by whom, when, which kind. Not how it is found, and not how a line is said.

use super::history::EventKind;
use super::ids::{BookingId, FacilityId, OrganisationId, PersonId, SiteId};
use super::span::Instant;

/// So many lines stand on a page.
pub const PAGE: i64 = 50;
/// So many go into a file; the page says so in words.
pub const FILE: i64 = 10_000;

/// Of what the history is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Everything,
    Sites(Vec<SiteId>),
    Facility(FacilityId),
    Organisation(OrganisationId),
    /// What a person did, and what was done about them.
    Person(PersonId),
}

/// Which lines of it. Each that is given narrows it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    /// None for all kinds.
    pub kinds: Option<Vec<EventKind>>,
    /// By one of these.
    pub by: Option<Vec<PersonId>>,
    /// From and until before.
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub booking: Option<BookingId>,
}

/// The kinds that are said in the same words as this one.
pub fn alike(kind: EventKind) -> Vec<EventKind> {
    EventKind::all().filter(|one| one.words() == kind.words()).collect()
}

/// Each thing that can be said of a line once, with the code of its first kind, in the order of the alphabet.
pub fn words() -> Vec<(&'static str, &'static str)> {
    let mut words: Vec<(&'static str, &'static str)> = Vec::new();
    for kind in EventKind::all() {
        if !words.iter().any(|(_, known)| *known == kind.words()) {
            words.push((kind.code(), kind.words()));
        }
    }
    words.sort_by_key(|(_, words)| words.trim_start_matches('“').to_lowercase());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_words_once() {
        let words = words();
        assert!(words.windows(2).all(|pair| pair[0].1 != pair[1].1));
        for kind in EventKind::all() {
            let (code, _) = words.iter().find(|(_, words)| *words == kind.words()).unwrap();
            assert!(alike(EventKind::parse(code).unwrap()).contains(&kind));
        }
    }
}
