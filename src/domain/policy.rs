//! Who may do what: one function for each right, over what an actor is. Not who the actor is: that is found by the session.

use super::holder::{Holder, HolderId};
use super::ids::{OrganisationId, PersonId, SiteId, Slug};
use super::leeway::Leeway;
use super::organisation::Standing;
use super::redaction::Audience;

/// What a member may do in an organisation; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberRole {
    Volunteer,
    Booker,
    Coordinator,
}

impl MemberRole {
    pub const ALL: [Self; 3] = [Self::Coordinator, Self::Booker, Self::Volunteer];

    pub fn code(self) -> &'static str {
        match self {
            Self::Volunteer => "volunteer",
            Self::Booker => "booker",
            Self::Coordinator => "coordinator",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Volunteer => "Volunteer",
            Self::Booker => "Booker",
            Self::Coordinator => "Coordinator",
        }
    }
}

/// What a member of a site's staff may do; a manager may do what a receptionist may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StaffRole {
    Receptionist,
    Manager,
}

impl StaffRole {
    pub const ALL: [Self; 2] = [Self::Manager, Self::Receptionist];

    pub fn code(self) -> &'static str {
        match self {
            Self::Receptionist => "receptionist",
            Self::Manager => "manager",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Receptionist => "Receptionist",
            Self::Manager => "Manager",
        }
    }
}

/// One membership of the person who acts.
#[derive(Debug, Clone)]
pub struct Membership {
    pub organisation: OrganisationId,
    pub slug: Slug,
    pub name: String,
    pub standing: Standing,
    pub role: MemberRole,
    /// Its volunteers see all its sessions.
    pub widened: bool,
}

/// One post of the person who acts.
#[derive(Debug, Clone)]
pub struct Post {
    pub site: SiteId,
    pub slug: Slug,
    pub name: String,
    pub role: StaffRole,
}

/// The person who acts, with everything that rights follow from, read afresh for each request.
#[derive(Debug, Clone)]
pub struct Actor {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub administrator: bool,
    pub memberships: Vec<Membership>,
    pub posts: Vec<Post>,
}

impl Actor {
    fn role_in(&self, organisation: OrganisationId) -> Option<MemberRole> {
        self.memberships.iter().find(|m| m.organisation == organisation).map(|m| m.role)
    }

    fn role_at(&self, site: SiteId) -> Option<StaffRole> {
        self.posts.iter().find(|post| post.site == site).map(|post| post.role)
    }

    /// Organisations for which this person may book now.
    pub fn books_for(&self) -> impl Iterator<Item = &Membership> {
        self.memberships.iter().filter(|m| MemberRole::Booker <= m.role && m.standing == Standing::Approved)
    }

    /// May ask for, change and cancel this organisation's bookings.
    pub fn may_book_for(&self, organisation: OrganisationId) -> bool {
        self.books_for().any(|m| m.organisation == organisation)
    }

    /// May see this organisation's people, and every booking of it.
    pub fn is_member(&self, organisation: OrganisationId) -> bool {
        self.role_in(organisation).is_some()
    }

    /// May see that this organisation is there, and what it is: its members, and managers of any site.
    pub fn sees_organisation(&self, organisation: OrganisationId) -> bool {
        self.is_member(organisation) || self.is_manager()
    }

    /// May see this organisation's bookings: volunteers see only the sessions they are put on.
    pub fn sees_bookings_of(&self, organisation: OrganisationId) -> bool {
        self.role_in(organisation).is_some_and(|role| MemberRole::Booker <= role)
    }

    /// Sees when and where the sessions of this organisation are, and how to get there: also its volunteers, where it has said so.
    pub fn sees_sessions_of(&self, organisation: OrganisationId) -> bool {
        let widened = |one: &Membership| one.organisation == organisation && one.widened;
        self.sees_bookings_of(organisation) || (self.helps(organisation) && self.memberships.iter().any(widened))
    }

    /// May see what others share with this organisation, and have it taken off; not while it is suspended.
    pub fn sees_shared_with(&self, organisation: OrganisationId) -> bool {
        self.may_book_for(organisation)
    }

    /// Puts this organisation's members on its sessions, and sees who is on what: its coordinators, while it is approved.
    pub fn keeps_rota(&self, organisation: OrganisationId) -> bool {
        self.rotas().any(|member| member.organisation == organisation)
    }

    /// The organisations whose rota this person keeps.
    pub fn rotas(&self) -> impl Iterator<Item = &Membership> {
        self.memberships.iter().filter(|m| m.role == MemberRole::Coordinator && m.standing == Standing::Approved)
    }

    /// May be put on this organisation's sessions, and take what nobody has yet: its members, while it is approved.
    pub fn helps(&self, organisation: OrganisationId) -> bool {
        self.memberships.iter().any(|m| m.organisation == organisation && m.standing == Standing::Approved)
    }

    /// May manage this organisation's people.
    pub fn coordinates(&self, organisation: OrganisationId) -> bool {
        self.administrator || self.role_in(organisation) == Some(MemberRole::Coordinator)
    }

    /// Works at this site: sees the whole day with everything on it.
    pub fn is_staff(&self, site: SiteId) -> bool {
        self.administrator || self.role_at(site).is_some()
    }

    /// May open the pages of this site's unlisted spaces: its staff, and everybody who may book.
    pub fn sees_unlisted(&self, site: SiteId) -> bool {
        self.is_staff(site) || self.books_for().next().is_some()
    }

    /// Decides and manages at this site.
    pub fn manages(&self, site: SiteId) -> bool {
        self.administrator || self.role_at(site) == Some(StaffRole::Manager)
    }

    /// May book for this holder at this site: for an organisation its own bookers, or the site's staff on its behalf; for a
    /// person the site's staff; for the site itself those who manage it.
    pub fn may_book_at(&self, site: SiteId, holder: &HolderId) -> bool {
        match holder {
            Holder::Organisation(organisation) => self.may_book_for(*organisation) || self.is_staff(site),
            Holder::Person(_) => self.is_staff(site),
            Holder::Site => self.manages(site),
        }
    }

    /// Speaks for the holder of a booking at this site: its own bookers, and for a person, who has no account, the site's staff.
    pub fn speaks_for(&self, site: SiteId, holder: &Holder) -> bool {
        match holder {
            Holder::Organisation(organisation) => self.may_book_for(organisation.id),
            Holder::Person(_) => self.is_staff(site),
            Holder::Site => self.manages(site),
        }
    }

    /// May set rules aside when they book for this holder at this site: those who manage it, but never for their own organisation.
    pub fn may_set_aside(&self, site: SiteId, holder: &HolderId) -> bool {
        self.manages(site) && !holder.organisation().is_some_and(|organisation| self.may_book_for(*organisation))
    }

    /// What this person may do without when they book for this holder at this site.
    pub fn leeway(&self, site: SiteId, holder: &HolderId, sets_aside: bool) -> Leeway {
        match holder {
            _ if !self.may_set_aside(site, holder) => Leeway::Nothing,
            _ if sets_aside => Leeway::SetsAside,
            Holder::Site => Leeway::Nothing,
            Holder::Organisation(_) | Holder::Person(_) => Leeway::Decides,
        }
    }

    /// Works at any site at all.
    pub fn is_staff_anywhere(&self) -> bool {
        self.administrator || !self.posts.is_empty()
    }

    /// The sites that this person manages; `None` for all of them.
    pub fn managed_sites(&self) -> Option<Vec<SiteId>> {
        let managed = self.posts.iter().map(|post| post.site).filter(|site| self.manages(*site));
        (!self.administrator).then(|| managed.collect())
    }

    /// Manages any site at all.
    pub fn is_manager(&self) -> bool {
        self.administrator || self.posts.iter().any(|post| post.role == StaffRole::Manager)
    }
}

/// Whether an organisation keeps a coordinator when this member's role becomes `to`, or when they leave (`None`).
pub fn keeps_a_coordinator(
    members: impl IntoIterator<Item = (PersonId, MemberRole)>,
    person: PersonId,
    to: Option<MemberRole>,
) -> bool {
    let mut others_and_own =
        members.into_iter().filter_map(|(member, role)| if member == person { to } else { Some(role) });
    others_and_own.any(|role| role == MemberRole::Coordinator)
}

/// How much of a booking someone may see, by the organisation that holds it and a second that shares it.
pub fn audience(
    actor: Option<&Actor>,
    site: SiteId,
    (organisation, shared_with): (Option<OrganisationId>, Option<OrganisationId>),
) -> Audience {
    let Some(actor) = actor else {
        return Audience::Visitor;
    };
    let own = organisation.is_some_and(|organisation| actor.sees_bookings_of(organisation));
    let shares = shared_with.is_some_and(|organisation| actor.sees_shared_with(organisation));
    if own || shares || actor.is_staff(site) {
        Audience::Insider
    } else if actor.books_for().next().is_some() {
        Audience::Booker
    } else {
        Audience::Visitor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Option<MemberRole>, post: Option<StaffRole>) -> Actor {
        let slug = Slug::parse("x").unwrap();
        Actor {
            person: PersonId::new(1),
            name: String::new(),
            email: String::new(),
            administrator: false,
            memberships: role
                .map(|role| Membership {
                    organisation: OrganisationId::new(1),
                    slug: slug.clone(),
                    name: String::new(),
                    standing: Standing::Approved,
                    role,
                    widened: false,
                })
                .into_iter()
                .collect(),
            posts: post
                .map(|role| Post { site: SiteId::new(1), slug, name: String::new(), role })
                .into_iter()
                .collect(),
        }
    }

    #[test]
    fn each_role_sees_what_the_design_says() {
        let (here, there) = (SiteId::new(1), SiteId::new(2));
        let (own, other) = (Some(OrganisationId::new(1)), Some(OrganisationId::new(2)));
        for (who, site, organisation, sees) in [
            (None, here, own, Audience::Visitor),
            (Some(actor(None, None)), here, own, Audience::Visitor),
            (Some(actor(Some(MemberRole::Volunteer), None)), here, own, Audience::Visitor),
            (Some(actor(Some(MemberRole::Booker), None)), here, own, Audience::Insider),
            (Some(actor(Some(MemberRole::Booker), None)), here, other, Audience::Booker),
            (Some(actor(Some(MemberRole::Coordinator), None)), here, own, Audience::Insider),
            (Some(actor(None, Some(StaffRole::Receptionist))), here, other, Audience::Insider),
            (Some(actor(None, Some(StaffRole::Receptionist))), there, other, Audience::Visitor),
            (Some(actor(None, Some(StaffRole::Manager))), here, None, Audience::Insider),
        ] {
            assert_eq!(audience(who.as_ref(), site, (organisation, None)), sees, "{who:?} {site:?}");
        }
        assert!(!actor(None, Some(StaffRole::Receptionist)).manages(here));
        assert!(!actor(None, Some(StaffRole::Manager)).manages(there));
    }

    #[test]
    fn what_is_shared_is_seen_like_ones_own_while_the_organisation_is_approved() {
        let (here, own, other) = (SiteId::new(1), OrganisationId::new(1), OrganisationId::new(2));
        let sees = |who: &Actor, shared_with| audience(Some(who), here, (Some(other), shared_with));
        let booker = actor(Some(MemberRole::Booker), None);
        assert_eq!(sees(&booker, Some(own)), Audience::Insider);
        assert_eq!(sees(&booker, Some(OrganisationId::new(3))), Audience::Booker);
        assert_eq!(sees(&actor(Some(MemberRole::Volunteer), None), Some(own)), Audience::Visitor);
        let mut suspended = booker;
        suspended.memberships.iter_mut().for_each(|member| member.standing = Standing::Suspended);
        assert_eq!(sees(&suspended, Some(own)), Audience::Visitor);
    }

    #[test]
    fn the_last_coordinator_is_kept() {
        let (one, two) = (PersonId::new(1), PersonId::new(2));
        let alone = [(one, MemberRole::Coordinator), (two, MemberRole::Booker)];
        assert!(!keeps_a_coordinator(alone, one, None));
        assert!(!keeps_a_coordinator(alone, one, Some(MemberRole::Booker)));
        assert!(keeps_a_coordinator(alone, one, Some(MemberRole::Coordinator)));
        assert!(keeps_a_coordinator(alone, two, None));
        let both = [(one, MemberRole::Coordinator), (two, MemberRole::Coordinator)];
        assert!(keeps_a_coordinator(both, one, None));
    }

    #[test]
    fn staff_book_for_others_and_only_managers_set_rules_aside() {
        let (here, there) = (SiteId::new(1), SiteId::new(2));
        let (own, other): (HolderId, HolderId) =
            (Holder::Organisation(OrganisationId::new(1)), Holder::Organisation(OrganisationId::new(2)));
        let (reception, manager) = (actor(None, Some(StaffRole::Receptionist)), actor(None, Some(StaffRole::Manager)));
        let booker = actor(Some(MemberRole::Booker), None);
        assert!(reception.may_book_at(here, &other) && manager.may_book_at(here, &other));
        assert!(!reception.may_book_at(there, &other) && !manager.may_book_at(there, &other));
        assert!(booker.may_book_at(here, &own) && !booker.may_book_at(here, &other));
        assert!(!reception.may_book_at(here, &Holder::Site) && manager.may_book_at(here, &Holder::Site));
        assert_eq!(reception.leeway(here, &other, true), Leeway::Nothing);
        assert_eq!(manager.leeway(here, &other, false), Leeway::Decides);
        assert_eq!(manager.leeway(here, &other, true), Leeway::SetsAside);
        assert_eq!(manager.leeway(there, &other, true), Leeway::Nothing);
        let both = actor(Some(MemberRole::Booker), Some(StaffRole::Manager));
        assert_eq!(both.leeway(here, &own, true), Leeway::Nothing, "their own organisation keeps the rules");
    }

    #[test]
    fn a_suspended_organisation_does_not_book() {
        let mut who = actor(Some(MemberRole::Booker), None);
        assert!(who.may_book_for(OrganisationId::new(1)));
        who.memberships[0].standing = Standing::Suspended;
        assert!(!who.may_book_for(OrganisationId::new(1)));
        assert!(who.sees_bookings_of(OrganisationId::new(1)));
    }
}
