//! Lists of bookings: those of one's own organisations, and for a site's staff those for persons. Not one booking.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::allocation::Case;
use crate::domain::hours::local_date;
use crate::domain::ids::{FacilityId, OrganisationId, PersonId, Reference, SiteId, Slug};
use crate::domain::openers::{Keeper, Task, keeper_on};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::store::facilities::Filter;
use crate::store::occurrences::{self, Line, ListFilter};
use crate::store::openers::{self, Whose};
use crate::store::{Conn, Db, StoreError, facilities};

/// So many days ahead it is said who opens up.
const OPENING_DAYS: usize = 14;
/// So many lines of each kind are shown.
const MOST: i64 = 200;

/// What somebody finds in their list.
#[derive(Debug, Default)]
pub struct Lists {
    /// Of the organisations that this person books for.
    pub own: Vec<Line>,
    /// Of persons, at the sites where this person works.
    pub of_persons: Vec<Line>,
    /// Cafés and shops that this person or their organisations open or lock up soon.
    pub opening: Vec<Opening>,
    /// How many minutes before its start giving a date up counts as late.
    pub late: HashMap<FacilityId, i32>,
}

/// A day on which somebody opens or locks up.
#[derive(Debug)]
pub struct Opening {
    pub date: NaiveDate,
    pub tasks: Vec<Task>,
    pub facility: String,
    pub site: String,
    pub href: (Slug, Slug),
    /// In whose name: an organisation's; none where it is this person themselves.
    pub whose: Option<String>,
}

/// Days of the next two weeks on which one of these opens or locks up. Three queries at the most.
fn opening(
    conn: &mut Conn,
    own: &[OrganisationId],
    person: PersonId,
    now: Instant,
) -> Result<Vec<Opening>, StoreError> {
    let duties = openers::list(conn, Whose::Places(own, person))?;
    let mut ids: Vec<FacilityId> = duties.iter().map(|one| one.facility).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found: Vec<Opening> = Vec::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let filter = Filter { ids: Some(&ids), ..Filter::default() };
    for (site, facility) in facilities::with_sites(conn, &filter)? {
        for date in local_date(site.zone, now).iter_days().take(OPENING_DAYS) {
            for task in Task::ALL {
                let whose = match keeper_on(&duties, facility.id, task, date) {
                    Keeper::Organisation(id, name) if own.contains(id) => Some(name.clone()),
                    Keeper::Person(id, _) if *id == person => None,
                    _ => continue,
                };
                let same =
                    |last: &&mut Opening| last.date == date && last.whose == whose && last.href.1 == facility.slug;
                match found.last_mut().filter(same) {
                    Some(last) => last.tasks.push(task),
                    None => found.push(Opening {
                        date,
                        tasks: vec![task],
                        facility: facility.name.clone(),
                        site: site.name.clone(),
                        href: (site.slug.clone(), facility.slug.clone()),
                        whose,
                    }),
                }
            }
        }
    }
    found.sort_by_key(|one| one.date);
    Ok(found)
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
    let person = actor.person;
    let organisations = own.clone();
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
        let opening = if past { Vec::new() } else { opening(conn, &organisations, person, now)? };
        Ok(Lists { own, of_persons, opening, late })
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
