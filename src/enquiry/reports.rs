//! What reports answer: hours offered and booked, how they went, how many came and what was given, of a site, several or an organisation.
//! Each in a fixed number of queries, however long the period. Not how pages show it.

use std::collections::HashMap;

use chrono::Days;

use crate::domain::hours::day;
use crate::domain::ids::{FacilityId, SiteId};
use crate::domain::report::open::{Closed, Grid, Week, dates_of, offered};
use crate::domain::report::period::Period;
use crate::domain::report::{Place, Who};
use crate::domain::span::{Instant, Span};
use crate::store::reports::{self, Asked};
use crate::store::{Conn, StoreError, sites};

pub use crate::store::reports::{PeopleLine, UseLine, ValueLine};

/// One space with its hours: those that it offers and those that are booked, each place of it counted.
#[derive(Debug, Clone)]
pub struct Hours {
    pub place: Place,
    pub offered: Grid,
    pub booked: Grid,
    /// Whether its hours are those of other spaces, so that sums count them there.
    pub is_of_parts: bool,
}

impl Hours {
    /// What it adds to a sum of hours that counts no hour twice: a hall booked as a whole takes each of its parts.
    pub fn in_sums(&self) -> (i64, i64) {
        let parts = i64::try_from(self.place.parts.len()).unwrap_or(1);
        if self.is_of_parts { (0, parts) } else { (1, 1) }
    }
}

/// What was open, booked and used.
#[derive(Debug, Clone)]
pub struct Usage {
    pub hours: Vec<Hours>,
    pub uses: Vec<UseLine>,
}

/// Four queries, and one more where something was closed; for an organisation, whose report says nothing of what others could have had, two.
pub fn usage(conn: &mut Conn, asked: Asked<'_>, period: Period, now: Instant) -> Result<Usage, StoreError> {
    let offered = match asked.organisation {
        Some(_) => vec![vec![Grid::default()]; asked.places.len()],
        None => offers(conn, asked.places, &[period])?,
    };
    let known: HashMap<FacilityId, &Place> = asked.places.iter().map(|place| (place.id, place)).collect();
    let mut booked: HashMap<FacilityId, Grid> = HashMap::new();
    for one in reports::patterns(conn, asked, period)? {
        if let Some(place) = known.get(&one.facility).filter(|place| place.has_hours()) {
            let sessions = one.sessions * place.places(&one.wanted);
            booked.entry(one.facility).or_default().add(one.weekday, one.minutes, sessions);
        }
    }
    let hours = asked.places.iter().zip(offered).map(|(place, offered)| Hours {
        is_of_parts: place.is_of_parts(asked.places),
        offered: offered.into_iter().next().unwrap_or_default(),
        booked: booked.remove(&place.id).unwrap_or_default(),
        place: place.clone(),
    });
    Ok(Usage { hours: hours.collect(), uses: reports::uses(conn, asked, period, now)? })
}

/// What each place offers in each of some periods; two queries, and one more where something was closed.
fn offers(conn: &mut Conn, places: &[Place], periods: &[Period]) -> Result<Vec<Vec<Grid>>, StoreError> {
    let mut ids: Vec<SiteId> = places.iter().map(|place| place.home.id).collect();
    ids.dedup();
    let hours = sites::hours(conn, &ids)?;
    let mut closed = vec![Closed::new(); periods.len()];
    if let Some(within) = around(places, periods) {
        for (unit, span) in reports::closed(conn, &ids, within)? {
            let Some(place) = places.iter().find(|place| place.parts.iter().any(|part| part.unit == unit)) else {
                continue;
            };
            for (closed, period) in closed.iter_mut().zip(periods) {
                closed.entry(unit).or_default().extend(dates_of(place.home.zone, span, *period));
            }
        }
    }
    let of_place = |place: &Place| {
        let own: Vec<_> = hours.iter().filter(|(site, _)| *site == place.home.id).map(|(_, one)| *one).collect();
        let week = Week::of(&own, place.id);
        periods.iter().zip(&closed).map(|(period, closed)| offered(place, &week, closed, *period)).collect()
    };
    Ok(places.iter().map(of_place).collect())
}

/// From a day before the first period to a day after the last, whatever the zones.
fn around(places: &[Place], periods: &[Period]) -> Option<Span> {
    let zone = places.first()?.home.zone;
    let first = periods.iter().map(|one| one.from).min()?.checked_sub_days(Days::new(1))?;
    let last = periods.iter().map(|one| one.to).max()?.checked_add_days(Days::new(1))?;
    Span::new(day(zone, first).ok()?.start(), day(zone, last).ok()?.end())
}

/// How many came, in the whole months of a period; one query.
pub fn people(conn: &mut Conn, asked: Asked<'_>, period: Period) -> Result<Vec<PeopleLine>, StoreError> {
    match period.whole_months() {
        Some(months) => reports::people(conn, asked, months),
        None => Ok(Vec::new()),
    }
}

/// What sessions cost and are worth; one query.
pub fn values(conn: &mut Conn, asked: Asked<'_>, period: Period) -> Result<Vec<ValueLine>, StoreError> {
    reports::values(conn, asked, period)
}

/// One of two periods that are compared.
#[derive(Debug, Clone)]
pub struct Side {
    pub period: Period,
    /// Minutes offered by each space.
    pub offered: Vec<(FacilityId, i64)>,
    pub uses: Vec<UseLine>,
    pub people: Vec<PeopleLine>,
}

impl Side {
    /// Everybody who had something or came, each once, by name.
    pub fn everybody(&self) -> impl Iterator<Item = &Who> {
        self.uses.iter().map(|one| &one.who).chain(self.people.iter().map(|one| &one.who))
    }
}

/// Two periods side by side; six queries, and one more where something was closed.
pub fn compared(
    conn: &mut Conn,
    asked: Asked<'_>,
    periods: (Period, Period),
    now: Instant,
) -> Result<(Side, Side), StoreError> {
    let offered = match asked.organisation {
        Some(_) => vec![vec![Grid::default(); 2]; asked.places.len()],
        None => offers(conn, asked.places, &[periods.0, periods.1])?,
    };
    let mut side = |place: usize, period: Period| {
        let sum = |grids: &Vec<Grid>| grids.get(place).map_or(0, Grid::sum);
        Ok::<Side, StoreError>(Side {
            period,
            offered: asked.places.iter().zip(&offered).map(|(place, grids)| (place.id, sum(grids))).collect(),
            uses: reports::uses(conn, asked, period, now)?,
            people: people(conn, asked, period)?,
        })
    };
    Ok((side(0, periods.0)?, side(1, periods.1)?))
}
