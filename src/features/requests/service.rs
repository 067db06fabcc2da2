//! The use cases of deciding: the queue, one case with its facts, the decision. Not how they look.

use std::collections::HashMap;

use crate::allocation::{self, Circumstances};
use crate::domain::ids::{Reference, SiteId};
use crate::domain::occurrence::Stage;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, Db, StoreError};

pub use crate::allocation::{Answer, Case, DateRefused, Dates, Decision};
pub use crate::store::occurrences::Line;

/// The sites that this person decides for; `None` for all.
fn sites_of(actor: &Actor) -> Option<Vec<SiteId>> {
    (!actor.administrator)
        .then(|| actor.posts.iter().map(|post| post.site).filter(|site| actor.manages(*site)).collect())
}

/// What waits for a decision, the longest wait first.
pub async fn queue(db: &Db, actor: &Actor, now: Instant) -> Result<Vec<Line>, StoreError> {
    let sites = sites_of(actor);
    db.read(move |conn| {
        let filter = ListFilter {
            sites: sites.as_deref(),
            stages: Some(&[Stage::Requested]),
            until_after: Some(now),
            most: 200,
            ..ListFilter::default()
        };
        let mut lines = occurrences::list(conn, &filter)?;
        lines.sort_by_key(|line| (line.asked_at, line.occurrence));
        Ok(lines)
    })
    .await
}

/// A booking with the facts that a decision needs.
#[derive(Debug)]
pub struct Dossier {
    pub case: Case,
    /// How the organisation's bookings at this site have gone so far.
    pub past: HashMap<Stage, i64>,
    /// Who else has or asks for the same space around the same time.
    pub around: Vec<Line>,
}

/// One case; `None` when it is not there or not for this manager.
pub async fn dossier(db: &Db, reference: Reference, actor: Actor) -> Result<Option<Dossier>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)?.filter(|case| actor.manages(case.site.id)) else {
            return Ok(None);
        };
        Ok(Some(complete(conn, case)?))
    })
    .await
}

fn complete(conn: &mut Conn, case: Case) -> Result<Dossier, StoreError> {
    let past = match case.booking.organisation_id() {
        Some(organisation) => occurrences::counts(conn, organisation, case.site.id)?,
        None => HashMap::new(),
    };
    let all = &case.booking.occurrences;
    let (first, last) =
        (all.iter().map(|one| one.session.start()).min(), all.iter().map(|one| one.session.end()).max());
    let around = match (first, last) {
        (Some(first), Some(last)) => {
            let mut facilities: Vec<_> = all.iter().map(|one| one.facility).collect();
            facilities.sort_unstable();
            facilities.dedup();
            let filter = ListFilter {
                facilities: Some(&facilities),
                stages: Some(&[Stage::Requested, Stage::Confirmed]),
                ends_after: Some(first.plus_hours(-2)),
                starts_after: Some(first.plus_days(-1)),
                starts_before: Some(last.plus_hours(2)),
                most: 1_000,
                ..ListFilter::default()
            };
            let mut lines = occurrences::list(conn, &filter)?;
            let near = |line: &Line| all.iter().any(|one| one.session.widened(120, 120).overlaps(line.session));
            lines.retain(|line| line.booking != case.booking.id && near(line));
            // More than this nobody reads.
            lines.truncate(12);
            lines
        }
        _ => Vec::new(),
    };
    Ok(Dossier { case, past, around })
}

/// Decides.
pub async fn decide(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    (reference, version): (Reference, i32),
    decision: Decision,
) -> Result<Answer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        allocation::decide(conn, circumstances, &actor, (&reference, version), &decision)
    })
    .await
}
