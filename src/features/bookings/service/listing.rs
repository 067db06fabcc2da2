//! Lists of bookings: those of one's own organisations, and for a site's staff those for persons. Not one booking.

use std::collections::HashMap;

use crate::allocation::Case;
use crate::domain::ids::{FacilityId, OrganisationId, Reference, SiteId};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::store::occurrences::{self, Line, ListFilter};
use crate::store::{Conn, Db, StoreError, facilities};

/// So many lines of each kind are shown.
const MOST: i64 = 200;

/// What somebody finds in their list.
#[derive(Debug, Default)]
pub struct Lists {
    /// Of the organisations that this person books for.
    pub own: Vec<Line>,
    /// Of persons, at the sites where this person works.
    pub of_persons: Vec<Line>,
    /// How many minutes before its start giving a date up counts as late.
    pub late: HashMap<FacilityId, i32>,
}

/// The bookings of the organisations that this person books for or that are shared with them, and of persons at the sites where they work.
pub async fn list(db: &Db, actor: &Actor, past: bool, now: Instant) -> Result<Lists, StoreError> {
    let own: Vec<OrganisationId> = actor
        .memberships
        .iter()
        .map(|member| member.organisation)
        .filter(|organisation| actor.sees_bookings_of(*organisation))
        .collect();
    let shared: Vec<OrganisationId> = own.iter().copied().filter(|one| actor.sees_shared_with(*one)).collect();
    let sites: Vec<SiteId> = actor.posts.iter().map(|post| post.site).collect();
    if own.is_empty() && sites.is_empty() {
        return Ok(Lists::default());
    }
    db.read(move |conn| {
        let when = ListFilter {
            ends_after: (!past).then_some(now),
            ends_by: past.then_some(now),
            latest_first: past,
            most: MOST,
            ..ListFilter::default()
        };
        let of_own = ListFilter { organisations: Some(&own), or_shared_with: &shared, ..when };
        let of_persons = ListFilter { sites: Some(&sites), of_persons: true, ..when };
        let own = if own.is_empty() { Vec::new() } else { occurrences::list(conn, &of_own)? };
        let of_persons = if sites.is_empty() { Vec::new() } else { occurrences::list(conn, &of_persons)? };
        let places: Vec<FacilityId> = own.iter().map(|line| line.facility).collect();
        let late = if past || places.is_empty() { HashMap::new() } else { facilities::late_windows(conn, &places)? };
        Ok(Lists { own, of_persons, late })
    })
    .await
}

/// Whether there is a booking of this reference that this person may open.
pub async fn is_there(db: &Db, reference: Reference, actor: Actor) -> Result<bool, StoreError> {
    db.read(move |conn: &mut Conn| {
        Ok(Case::by_reference(conn, &reference)?.is_some_and(|case| super::sees(&actor, &case)))
    })
    .await
}
