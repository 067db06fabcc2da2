//! What the overview asks of the database: the sites of a manager with what each still wants, and what waits or failed.

use crate::domain::places::Site;
use crate::domain::policy::Actor;
use crate::store::{Db, StoreError, organisations, outbox, sites};

/// More failed mails than this are not counted.
pub const MOST_FAILED: i64 = 100;

/// What a manager has to look after.
#[derive(Debug)]
pub struct Overview {
    pub sites: Vec<ManagedSite>,
    pub failed_mails: usize,
    /// Organisations that wait for a decision, which is for administrators.
    pub applications: i64,
}

/// A site, and what stands between it and its first booking.
#[derive(Debug)]
pub struct ManagedSite {
    pub site: Site,
    pub has_spaces: bool,
    pub has_manager: bool,
}

pub async fn overview(db: &Db, actor: Actor) -> Result<Overview, StoreError> {
    db.read(move |conn| {
        let managed = actor.managed_sites();
        let failed_mails = outbox::envelopes(conn, managed.as_deref(), true, MOST_FAILED)?.len();
        let applications = if actor.administrator { organisations::waiting(conn)? } else { 0 };
        let (with_spaces, with_managers) = sites::ready(conn)?;
        let sites = sites::all(conn)?.into_iter().filter(|site| actor.manages(site.id)).map(|site| ManagedSite {
            has_spaces: with_spaces.contains(&site.id),
            has_manager: with_managers.contains(&site.id),
            site,
        });
        Ok(Overview { sites: sites.collect(), failed_mails, applications })
    })
    .await
}
