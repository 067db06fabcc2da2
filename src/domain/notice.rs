//! Notices: what takes no place, but people of that time must know. Not how they are shown.

use super::ids::{FacilityId, NoticeId};
use super::span::Span;

/// A notice may last so many days at most, so that a search need look back no further.
pub const MOST_DAYS: i64 = 367;

/// An alarm test, a lift that is out: for the whole site, or for one facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub id: NoticeId,
    /// None for the whole site.
    pub facility: Option<FacilityId>,
    pub span: Span,
    pub words: String,
    /// The first of those that were given together, which may be this one.
    pub group: NoticeId,
}

impl Notice {
    /// Whether people who are in that facility then must know.
    pub fn touches(&self, facility: FacilityId, session: Span) -> bool {
        self.facility.is_none_or(|own| own == facility) && self.span.overlaps(session)
    }
}

/// Notices that were given together, each group in order.
pub fn in_groups(notices: Vec<Notice>) -> Vec<Vec<Notice>> {
    let mut groups: Vec<Vec<Notice>> = Vec::new();
    for notice in notices {
        let together = |group: &&mut Vec<Notice>| group.first().is_some_and(|first| first.group == notice.group);
        match groups.iter_mut().find(together) {
            Some(group) => group.push(notice),
            None => groups.push(vec![notice]),
        }
    }
    groups
}
