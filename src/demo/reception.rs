//! What receptions of the demo world have noted today: who came and left, who came without a booking, which keys are out. Not the bookings.

use super::cast::Cast;
use super::places::seeded;
use crate::domain::history::EventKind;
use crate::domain::hours::{day, local_date};
use crate::domain::ids::{PersonId, SiteId, Slug};
use crate::domain::occurrence::Stage;
use crate::domain::span::Instant;
use crate::store::arrivals::{self, NewArrival};
use crate::store::events::{self, NewEvent};
use crate::store::keys::{self, NewLoan};
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, StoreError, sites};

/// A site, who sits at its reception, who is there without a booking, and what is out on loan.
struct Desk {
    site: &'static str,
    by: &'static str,
    visitors: &'static [(&'static str, i32, bool)],
    keys: &'static [(&'static str, &'static str, &'static str, i64)],
}

const DESKS: [Desk; 2] = [
    Desk {
        site: "hunter-street",
        by: "reception@example.org",
        visitors: &[("Lift engineer", 1, true), ("Cleaning team", 2, false)],
        keys: &[("Cedar 2", "Jo Marsh, Lanternwick", "020 7946 0155", 26), ("Fob 14", "Window cleaner", "", 3)],
    },
    Desk {
        site: "axminster",
        by: "axminster@example.org",
        visitors: &[],
        keys: &[("Dry store", "Saffronby lunch club", "01632 960118", 50)],
    },
];

/// Notes what has happened of today until now; of every fifth session nothing.
pub fn note(conn: &mut Conn, cast: &Cast, now: Instant) -> Result<(), StoreError> {
    for desk in &DESKS {
        let Some(site) = sites::by_slug(conn, &seeded(Slug::parse(desk.site), "slug")?)? else {
            continue;
        };
        let by = cast.person(desk.by)?;
        let Ok(today) = day(site.zone, local_date(site.zone, now)) else {
            continue;
        };
        sessions(conn, (site.id, by), today.start(), now)?;
        for (who, people, alone) in desk.visitors {
            let at = now.plus_minutes(-50);
            let new = NewArrival { site: site.id, of: None, who, people: *people, alone: *alone, by };
            arrivals::insert(conn, &new, at)?;
            event(conn, EventKind::Arrived, (site.id, by), at)?;
        }
        for (item, borrower, reach, hours) in desk.keys {
            let at = now.plus_hours(-hours);
            keys::insert(conn, &NewLoan { site: site.id, item, borrower, reach, by }, at)?;
            event(conn, EventKind::KeyLent, (site.id, by), at)?;
        }
    }
    Ok(())
}

fn sessions(conn: &mut Conn, (site, by): (SiteId, PersonId), since: Instant, now: Instant) -> Result<(), StoreError> {
    let filter = ListFilter {
        sites: Some(&[site]),
        stages: Some(&[Stage::Confirmed]),
        ends_after: Some(since),
        ends_by: Some(since.plus_hours(48)),
        starts_before: Some(now),
        ..ListFilter::default()
    };
    for (place, line) in occurrences::list(conn, &filter)?.into_iter().enumerate() {
        let of = Some((line.booking, line.ordinal));
        if place % 5 == 4 || arrivals::of_date(conn, line.booking, line.ordinal)?.is_some() {
            continue;
        }
        let new = NewArrival { site, of, who: "", people: line.people, alone: line.people == 1, by };
        let came = line.session.start().plus_minutes(-4);
        let id = arrivals::insert(conn, &new, came)?;
        event(conn, EventKind::Arrived, (site, by), came)?;
        let left = line.session.end().plus_minutes(3);
        if left < now {
            arrivals::set_left(conn, id, Some((left, by)))?;
            event(conn, EventKind::Left, (site, by), left)?;
        }
    }
    Ok(())
}

fn event(conn: &mut Conn, kind: EventKind, (site, by): (SiteId, PersonId), at: Instant) -> Result<(), StoreError> {
    events::insert(conn, &NewEvent { site: Some(site), ..NewEvent::new(kind, Some(by)) }, at)
}
