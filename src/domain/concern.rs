//! A concern that somebody is at risk: who may read it, and what is kept of each reading. It is no fault and stands in no list of faults.

use super::ids::{ConcernId, PersonId, Reference, SiteId};
use super::policy::Actor;
use super::span::Instant;

/// So many are taken about one site in an hour; who is told that there are too many is told to ring.
pub const MOST_AN_HOUR: i64 = 20;
pub const LONGEST_WORDS: usize = 4_000;

/// Who reads the concerns of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readers {
    /// Those who lead on safeguarding there, and nobody else.
    Leads(Vec<PersonId>),
    /// Nobody is named, so that its managers and the administrators do.
    Managers,
}

impl Readers {
    pub fn of(leads: Vec<PersonId>) -> Self {
        if leads.is_empty() { Self::Managers } else { Self::Leads(leads) }
    }

    /// Whether this person reads them. Where somebody is named, not even an administrator does.
    pub fn include(&self, actor: &Actor, site: SiteId) -> bool {
        match self {
            Self::Leads(leads) => leads.contains(&actor.person),
            Self::Managers => actor.manages(site),
        }
    }
}

/// What was done with a concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConcernAct {
    Read,
    Noted,
    Closed,
    Reopened,
}

impl ConcernAct {
    const ALL: [Self; 4] = [Self::Read, Self::Noted, Self::Closed, Self::Reopened];

    pub fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Noted => "noted",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Noted => "Note added",
            Self::Closed => "Closed",
            Self::Reopened => "Opened again",
        }
    }
}

/// One line of who did what.
#[derive(Clone)]
pub struct ConcernLine {
    pub at: Instant,
    pub by: String,
    pub act: ConcernAct,
    /// A note; for those who read the concern itself.
    pub body: String,
}

/// What stands in the list: nothing of what was told.
#[derive(Clone)]
pub struct ConcernFacts {
    pub id: ConcernId,
    pub reference: Reference,
    pub site: SiteId,
    pub place: String,
    pub told_at: Instant,
    pub closed_at: Option<Instant>,
}

/// What was told. It has no `Debug`, so that no log can hold it.
pub struct ConcernText {
    pub words: String,
    /// How to reach who told it, where they said so.
    pub contact: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Slug;
    use crate::domain::policy::{Post, StaffRole};

    fn actor(person: i64, administrator: bool, post: Option<StaffRole>) -> Actor {
        let slug = Slug::parse("x").unwrap();
        let post = post.map(|role| Post { site: SiteId::new(1), slug, name: String::new(), role });
        Actor {
            person: PersonId::new(person),
            name: String::new(),
            email: String::new(),
            administrator,
            memberships: Vec::new(),
            posts: post.into_iter().collect(),
        }
    }

    #[test]
    fn where_somebody_is_named_nobody_else_reads() {
        let (here, there) = (SiteId::new(1), SiteId::new(2));
        let (named, none) = (Readers::of(vec![PersonId::new(7)]), Readers::of(Vec::new()));
        for (who, role, administrator, with_lead, without) in [
            (7, Some(StaffRole::Receptionist), false, true, false),
            (7, Some(StaffRole::Manager), false, true, true),
            (1, Some(StaffRole::Manager), false, false, true),
            (1, Some(StaffRole::Receptionist), false, false, false),
            (1, None, true, false, true),
            (1, None, false, false, false),
        ] {
            let actor = actor(who, administrator, role);
            assert_eq!(named.include(&actor, here), with_lead, "{actor:?}");
            assert_eq!(none.include(&actor, here), without, "{actor:?}");
        }
        assert!(!none.include(&actor(1, false, Some(StaffRole::Manager)), there));
    }

    #[test]
    fn every_act_is_read_back() {
        assert!(ConcernAct::ALL.into_iter().all(|one| ConcernAct::parse(one.code()) == Some(one)));
    }
}
