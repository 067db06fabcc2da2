//! What the overview asks of the database: the sites of a manager, and how many of their mails have failed.

use crate::domain::places::Site;
use crate::domain::policy::Actor;
use crate::store::{Db, StoreError, outbox, sites};

/// More failed mails than this are not counted.
pub const MOST_FAILED: i64 = 100;

/// What a manager has to look after.
#[derive(Debug)]
pub struct Overview {
    pub sites: Vec<Site>,
    pub failed_mails: usize,
}

pub async fn overview(db: &Db, actor: Actor) -> Result<Overview, StoreError> {
    db.read(move |conn| {
        let managed = actor.managed_sites();
        let failed_mails = outbox::envelopes(conn, managed.as_deref(), true, MOST_FAILED)?.len();
        let sites = sites::all(conn)?.into_iter().filter(|site| actor.manages(site.id)).collect();
        Ok(Overview { sites, failed_mails })
    })
    .await
}
