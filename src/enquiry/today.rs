//! What one person has to know today and this week: the sessions they are on, those of the organisations they book for, and where they could
//! help, in a fixed number of queries. Not what anybody else may see.

use std::collections::HashMap;

use crate::domain::duty::{Duty, gap};
use crate::domain::hours::local_date;
use crate::domain::ids::{BookingId, FacilityId, OrganisationId};
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::store::news::{self, News};
use crate::store::occurrences::{self, Line, ListFilter};
use crate::store::{Conn, StoreError, duties, facilities};

/// Today and so many days after it.
const DAYS: i64 = 6;
/// So much news at the most.
const MOST_NEWS: i64 = 30;

/// Everything for one person's page.
#[derive(Debug, Default)]
pub struct Today {
    /// The sessions of all their organisations that are not over, from today on for a week by each site's own days, soonest first.
    pub lines: Vec<Line>,
    /// Those on any of them, and what has become of the person's own since yesterday.
    pub duties: Vec<Duty>,
    pub needs: HashMap<BookingId, i32>,
    pub places: Vec<(Site, Facility)>,
    /// For those who see whole bookings.
    pub news: Vec<News>,
}

impl Today {
    /// Loads it in four queries at the most.
    pub fn load(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Self, StoreError> {
        let own: Vec<OrganisationId> =
            actor.memberships.iter().map(|one| one.organisation).filter(|one| actor.helps(*one)).collect();
        let since = now.plus_hours(-48);
        if own.is_empty() {
            return Ok(Self::default());
        }
        let filter = ListFilter {
            organisations: Some(&own),
            ends_after: Some(now),
            starts_after: Some(now.plus_days(-2)),
            starts_before: Some(now.plus_days(DAYS + 2)),
            ..ListFilter::default()
        };
        let mut lines = occurrences::list(conn, &filter)?;
        lines.retain(|line| days_from_today(line, now) <= DAYS);
        let mut bookings: Vec<BookingId> = lines.iter().map(|line| line.booking).collect();
        bookings.sort_unstable();
        bookings.dedup();
        let whole = lines.iter().map(|line| line.session).reduce(Span::with);
        let (needs, mut duties) = whole
            .map_or(Ok(Default::default()), |whole| duties::with_needs(conn, &bookings, whole.widened(2880, 2880)))?;
        let mut news = Vec::new();
        if own.iter().any(|one| actor.sees_bookings_of(*one)) {
            news = news::since(conn, &bookings, since, MOST_NEWS)?;
        } else {
            // What moved away from this week is among one's own only.
            let mine = duties::of_person(conn, actor.person, since)?;
            duties.retain(|one| one.person != actor.person);
            duties.extend(mine);
        }
        let places = places(conn, &lines, &duties, actor)?;
        Ok(Self { lines, duties, needs, places, news })
    }

    pub fn on<'a>(&'a self, line: &Line) -> impl Iterator<Item = &'a Duty> {
        let (booking, ordinal) = (line.booking, line.ordinal);
        self.duties.iter().filter(move |one| one.is_on(booking, ordinal))
    }

    /// The person's own duty on a session.
    pub fn mine(&self, actor: &Actor, line: &Line) -> Option<&Duty> {
        self.on(line).find(|one| one.person == actor.person)
    }

    pub fn missing(&self, line: &Line) -> usize {
        gap(self.needs.get(&line.booking).copied().unwrap_or_default(), self.on(line).count())
    }

    pub fn place(&self, facility: FacilityId) -> Option<&(Site, Facility)> {
        self.places.iter().find(|(_, one)| one.id == facility)
    }
}

/// Days from today by the site's wall; below nought for what began before midnight and is still on.
pub fn days_from_today(line: &Line, now: Instant) -> i64 {
    (local_date(line.zone, line.session.start()) - local_date(line.zone, now)).num_days()
}

fn places(
    conn: &mut Conn,
    lines: &[Line],
    duties: &[Duty],
    actor: &Actor,
) -> Result<Vec<(Site, Facility)>, StoreError> {
    let mut ids: Vec<FacilityId> = lines.iter().map(|line| line.facility).collect();
    ids.extend(duties.iter().filter(|one| one.person == actor.person).map(|one| one.facility));
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() { Ok(Vec::new()) } else { facilities::of_booking(conn, &ids) }
}
