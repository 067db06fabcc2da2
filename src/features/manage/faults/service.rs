//! The use cases of looking after faults: the list, one fault, its photo, an act. Not how they look.

use crate::allocation::{self, Circumstances};
use crate::chance::Chance;
use crate::domain::fault::{Fault, FaultLine};
use crate::domain::ids::{Reference, Slug};
use crate::domain::places::Site;
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::domain::upload::SafeFile;
use crate::mail::Mailer;
use crate::store::blocks::{self, Block};
use crate::store::{Conn, Db, StoreError, faults, papers, people, sites};

pub use crate::allocation::{FaultAnswer, FaultDeed};
pub use crate::store::sites::StaffMember;

/// So many are shown at a time.
pub const MOST: i64 = 200;

/// The faults of a site: those that are not mended, or those that are.
pub async fn list(db: &Db, actor: Actor, slug: Slug, mended: bool) -> Result<Option<(Site, Vec<Fault>)>, StoreError> {
    db.read(move |conn| {
        let Some(site) = managed(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let found = faults::of_site(conn, site.id, mended, MOST)?;
        Ok(Some((site, found)))
    })
    .await
}

fn managed(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<Site>, StoreError> {
    Ok(sites::by_slug(conn, slug)?.filter(|site| actor.manages(site.id)))
}

fn of_site(
    conn: &mut Conn,
    actor: &Actor,
    (slug, reference): (&Slug, &Reference),
) -> Result<Option<(Site, Fault)>, StoreError> {
    let Some(site) = managed(conn, actor, slug)? else {
        return Ok(None);
    };
    let fault = faults::by_reference(conn, reference)?.filter(|fault| fault.site == site.id);
    Ok(fault.map(|fault| (site, fault)))
}

/// A fault with everything that its page shows.
#[derive(Debug)]
pub struct FaultView {
    pub site: Site,
    pub fault: Fault,
    pub lines: Vec<FaultLine>,
    pub staff: Vec<StaffMember>,
    pub reporter: Option<String>,
    /// What is closed because of it.
    pub closed: Vec<Block>,
    /// What people are told because of it.
    pub notice: Option<(String, Span)>,
}

/// One fault; `None` when it is not there or not for this manager.
pub async fn fault(
    db: &Db,
    actor: Actor,
    (slug, reference): (Slug, Reference),
    now: Instant,
) -> Result<Option<FaultView>, StoreError> {
    db.read(move |conn| {
        let Some((site, fault)) = of_site(conn, &actor, (&slug, &reference))? else {
            return Ok(None);
        };
        let closed = match fault.block {
            Some(first) => blocks::coming(conn, site.id, now)?.into_iter().filter(|one| one.group == first).collect(),
            None => Vec::new(),
        };
        let reporter = match fault.reporter {
            Some(person) => people::by_id(conn, person)?.map(|account| account.name),
            None => None,
        };
        Ok(Some(FaultView {
            lines: faults::lines(conn, fault.id)?,
            staff: sites::staff(conn, site.id)?,
            notice: faults::notices(conn, fault.id, now)?.pop().map(|(_, words, span)| (words, span)),
            reporter,
            closed,
            site,
            fault,
        }))
    })
    .await
}

/// The photo of a fault; `None` when there is none, or not for this manager.
pub async fn photo(
    db: &Db,
    actor: Actor,
    (slug, reference): (Slug, Reference),
) -> Result<Option<SafeFile>, StoreError> {
    db.read(move |conn| {
        let found = of_site(conn, &actor, (&slug, &reference))?;
        match found.and_then(|(_, fault)| fault.photo) {
            Some(facts) => papers::file(conn, facts.id),
            None => Ok(None),
        }
    })
    .await
}

pub async fn act(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    (slug, reference): (Slug, Reference),
    deed: FaultDeed,
) -> Result<FaultAnswer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        allocation::act_on_fault(conn, circumstances, &actor, (&slug, &reference), &deed)
    })
    .await
}
