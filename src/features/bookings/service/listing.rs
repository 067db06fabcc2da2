//! Lists of bookings: those of one's own organisations, and for a site's staff those for persons. Not one booking.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::allocation::Case;
use crate::domain::hours::{day, local_date};
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
/// Whose days a date that is looked for means.
const USUAL_ZONE: chrono_tz::Tz = chrono_tz::Europe::London;
/// So many lines stand on a page.
const MOST: i64 = 60;
/// So many of persons beside them.
const MOST_OF_PERSONS: i64 = 60;

/// What somebody looks for in their list.
#[derive(Debug, Clone, Default)]
pub struct Looking {
    /// What has been, the latest first, in place of what is to come.
    pub past: bool,
    /// From this date on, or up to it in what has been.
    pub date: Option<NaiveDate>,
    /// In the purpose or the name of the space; empty for everything.
    pub words: String,
    /// Which page, the first is 0.
    pub page: u16,
}

/// What somebody finds in their list.
#[derive(Debug, Default)]
pub struct Lists {
    /// Of the organisations that this person books for.
    pub own: Vec<Line>,
    /// There are more of them than stand on the page.
    pub more: bool,
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
pub async fn list(db: &Db, actor: &Actor, looking: Looking, now: Instant) -> Result<Lists, StoreError> {
    let past = looking.past;
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
        let edge = looking.date.and_then(|date| day(USUAL_ZONE, date).ok());
        let when = ListFilter {
            starts_after: edge.filter(|_| !past).map(|day| day.start().plus_minutes(-1)),
            starts_before: edge.filter(|_| past).map(|day| day.end()),
            words: (!looking.words.is_empty()).then_some(looking.words.as_str()),
            ends_after: (!past).then_some(now),
            ends_by: past.then_some(now),
            latest_first: past,
            most: MOST_OF_PERSONS,
            ..ListFilter::default()
        };
        let of_own = ListFilter {
            organisations: Some(&own),
            or_shared_with: &shared,
            skip: i64::from(looking.page) * MOST,
            most: MOST + 1,
            ..when
        };
        let of_persons = ListFilter { sites: Some(&sites), of_persons: true, ..when };
        let mut own = if own.is_empty() { Vec::new() } else { occurrences::list(conn, &of_own)? };
        let whole = usize::try_from(MOST).unwrap_or_default();
        let more = whole < own.len();
        own.truncate(whole);
        let of_persons = if sites.is_empty() { Vec::new() } else { occurrences::list(conn, &of_persons)? };
        let places: Vec<FacilityId> = own.iter().map(|line| line.facility).collect();
        let late = if past || places.is_empty() { HashMap::new() } else { facilities::late_windows(conn, &places)? };
        let first = !past && looking.page == 0 && looking.date.is_none() && looking.words.is_empty();
        let opening = if !first { Vec::new() } else { opening(conn, &organisations, person, now)? };
        Ok(Lists { own, more, of_persons, opening, late })
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
