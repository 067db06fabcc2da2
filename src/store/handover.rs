//! What somebody has in hand for an organisation, and giving it to another member. Not who may do so, nor who is told.

use diesel::prelude::*;

use super::error::read;
use super::schema::{booking, occurrence, waiting_entry};
use super::{Conn, StoreError};
use crate::domain::ids::{BookingId, OrganisationId, PersonId, Reference};
use crate::domain::occurrence::Stage;
use crate::domain::span::Instant;
use crate::domain::waiting::Standing;

/// A booking with dates to come.
#[derive(Debug, Clone)]
pub struct InHand {
    pub id: BookingId,
    pub reference: Reference,
    pub purpose: String,
    pub next: Instant,
    pub zone: chrono_tz::Tz,
    pub dates: i64,
}

/// The bookings of an organisation that somebody made and that still have dates to come, the soonest first.
pub fn bookings(
    conn: &mut Conn,
    (of, person): (OrganisationId, PersonId),
    now: Instant,
) -> Result<Vec<InHand>, StoreError> {
    use super::schema::site;
    let active: Vec<&str> = Stage::ALL.iter().filter(|stage| stage.is_active()).map(|stage| stage.code()).collect();
    let rows: Vec<(i64, String, String, String, i64, i32)> = booking::table
        .inner_join(occurrence::table)
        .inner_join(site::table)
        .filter(booking::booked_by.eq(person.row()).and(booking::organisation_id.eq(of.row())))
        .filter(occurrence::state.eq_any(active).and(occurrence::ends_at.gt(now.seconds())))
        .order((booking::id, occurrence::starts_at))
        .select((
            booking::id,
            booking::reference,
            booking::purpose,
            site::time_zone,
            occurrence::starts_at,
            occurrence::ordinal,
        ))
        .load(conn)?;
    let mut found: Vec<(InHand, i32)> = Vec::new();
    for (id, reference, purpose, zone, starts_at, ordinal) in rows {
        match found.last_mut().filter(|(one, _)| one.id == BookingId::new(id)) {
            // Two rooms on one date are one date.
            Some((_, last)) if *last == ordinal => {}
            Some((one, last)) => {
                one.dates += 1;
                *last = ordinal;
            }
            None => {
                let reference = read(Reference::parse(&reference), "booking", id, "reference")?;
                let zone = read(zone.parse().ok(), "site", id, "time_zone")?;
                let next = Instant::from_seconds(starts_at);
                found.push((InHand { id: BookingId::new(id), reference, purpose, next, zone, dates: 1 }, ordinal));
            }
        }
    }
    let mut found: Vec<InHand> = found.into_iter().map(|(one, _)| one).collect();
    found.sort_by_key(|one| one.next);
    Ok(found)
}

/// Gives bookings to another person, who gets their mail from then on.
pub fn give(conn: &mut Conn, ids: &[BookingId], to: PersonId) -> Result<(), StoreError> {
    let rows: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    diesel::update(booking::table.filter(booking::id.eq_any(rows)))
        .set((booking::booked_by.eq(to.row()), booking::version.eq(booking::version + 1)))
        .execute(conn)?;
    Ok(())
}

/// Gives somebody's open entries of waiting lists to another person; says how many.
pub fn give_waiting(
    conn: &mut Conn,
    (of, from): (OrganisationId, PersonId),
    to: PersonId,
) -> Result<usize, StoreError> {
    let open = waiting_entry::table
        .filter(waiting_entry::organisation_id.eq(of.row()).and(waiting_entry::person_id.eq(from.row())))
        .filter(waiting_entry::state.eq_any([Standing::Waiting.code(), Standing::Offered.code()]));
    Ok(diesel::update(open).set(waiting_entry::person_id.eq(to.row())).execute(conn)?)
}
