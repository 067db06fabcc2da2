//! In whose name somebody asks: for their own organisation, for the site, or as its staff on behalf of others; and what they may do without.

use super::case::{Case, Circumstances};
use super::request::Draft;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::holder::{Holder, OrganisationName};
use crate::domain::ids::OrganisationId;
use crate::domain::leeway::Leeway;
use crate::domain::organisation::Standing;
use crate::domain::papers::Paper;
use crate::domain::places::Site;
use crate::domain::policy::Actor;
use crate::domain::services::Profile;
use crate::domain::span::Instant;
use crate::store::{Conn, StoreError, bulk, events, organisations, sessions};

/// Who asks, for whom, and whether the site trusts them, where that is known already.
#[derive(Debug)]
pub(super) struct Asker {
    pub actor: Actor,
    pub holder: Holder,
    /// As staff, for somebody else.
    pub on_behalf: bool,
    pub trusted: Option<bool>,
    /// What its organisation is and offers, likewise.
    pub profile: Option<Profile>,
    /// The accepted papers of its organisation, where they are known already.
    pub papers: Option<Vec<Paper>>,
}

impl Asker {
    /// What they may do without at a site.
    pub fn leeway(&self, site: &Site, draft: &Draft) -> Leeway {
        self.actor.leeway(site.id, &draft.holder, draft.set_aside.is_some())
    }

    /// Whether they may ask at all these sites: as staff only where they work, and setting rules aside only where they manage.
    fn may_ask_at(&self, sites: &[&Site], draft: &Draft) -> bool {
        let own = !self.on_behalf && self.holder.organisation().is_some();
        let may = |site: &Site| self.actor.may_book_at(site.id, &draft.holder);
        let sets_aside = |site: &Site| self.leeway(site, draft) == Leeway::SetsAside;
        sites.iter().all(|site| {
            // The site itself is the holder of nothing elsewhere.
            let at_home = self.holder != Holder::Site || site.slug == draft.site;
            (own || may(site)) && at_home && (draft.set_aside.is_none() || sets_aside(site))
        })
    }
}

/// Who asks, if they may. Read after the lock, so that a suspension a moment ago counts. `sites` are those of the dates, the home
/// of the booking first; `listed` is whether everybody may see all the places.
pub(super) fn asker(
    conn: &mut Conn,
    draft: &Draft,
    (sites, listed): (&[&Site], bool),
    now: Instant,
) -> Result<Option<Asker>, StoreError> {
    let Some(home) = sites.first() else {
        return Ok(None);
    };
    // By far the most frequent: an ordinary booker for their own organisation, in one query.
    if let (Some(organisation), true) = (draft.organisation(), listed)
        && let Some((actor, (trusted, profile), papers)) =
            sessions::member(conn, draft.booked_by, organisation, home.id)?
        && let Some(own) = own_organisation(&actor, organisation)
    {
        let asker = Asker {
            actor,
            holder: Holder::Organisation(own),
            on_behalf: false,
            trusted: Some(trusted),
            profile: Some(profile),
            papers: Some(papers),
        };
        return Ok(Some(asker).filter(|asker| asker.may_ask_at(sites, draft)));
    }
    let Some(actor) = sessions::actor(conn, draft.booked_by, now)? else {
        return Ok(None);
    };
    let (holder, on_behalf) = match &draft.holder {
        Holder::Site => (Holder::Site, false),
        Holder::Person(contact) => (Holder::Person(contact.clone()), true),
        Holder::Organisation(id) => match own_organisation(&actor, *id) {
            Some(own) => (Holder::Organisation(own), false),
            None => match approved(conn, *id)? {
                Some(other) => (Holder::Organisation(other), true),
                None => return Ok(None),
            },
        },
    };
    let asker = Asker { actor, holder, on_behalf, trusted: None, profile: None, papers: None };
    Ok(Some(asker).filter(|asker| asker.may_ask_at(sites, draft)))
}

/// The organisation, where this person books for it as one of its own.
fn own_organisation(actor: &Actor, id: OrganisationId) -> Option<OrganisationName> {
    let own = actor.books_for().find(|own| own.organisation == id)?;
    Some(OrganisationName { id, slug: own.slug.clone(), name: own.name.clone() })
}

fn approved(conn: &mut Conn, id: OrganisationId) -> Result<Option<OrganisationName>, StoreError> {
    let found = organisations::by_id(conn, id)?.filter(|one| one.standing == Standing::Approved);
    Ok(found.map(|one| OrganisationName { id: one.id, slug: one.slug, name: one.name }))
}

/// Writes down for which dates rules were set aside, and why. The reason is kept apart, so that it can be erased.
pub(super) fn note_set_aside(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (case, draft): (&Case, &Draft),
    dates: &[&Occurrence],
) -> Result<(), StoreError> {
    let (Some(reason), false) = (&draft.set_aside, dates.is_empty()) else {
        return Ok(());
    };
    let (now, by) = (circumstances.now, Some(draft.booked_by));
    let message = events::write_message(conn, Some(case.booking.id), reason, by, now)?;
    let lines: Vec<_> =
        dates.iter().map(|one| case.event((EventKind::RulesSetAside, by), one, Some(message))).collect();
    bulk::insert_events(conn, &lines, now)
}
