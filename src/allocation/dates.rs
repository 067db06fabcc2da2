//! Writing the dates of a booking: rows of occurrences, all in one statement where the engine can. Not the places that they take.

use crate::domain::booking::Occurrence;
use crate::domain::hours::local_time;
use crate::domain::ids::{BookingId, FacilityId, SiteId};
use crate::domain::places::Site;
use crate::store::bookings::NewOccurrence;
use crate::store::{Conn, StoreError, bulk};

/// Writes occurrences and gives them their ids.
pub(super) fn insert(
    conn: &mut Conn,
    (booking, site): (BookingId, &Site),
    occurrences: &mut [Occurrence],
) -> Result<(), StoreError> {
    let (site_id, zone): (SiteId, _) = (site.id, site.zone);
    let new: Vec<NewOccurrence<'_>> = occurrences
        .iter()
        .map(|one| NewOccurrence {
            booking,
            site: site_id,
            ordinal: one.ordinal,
            facility: FacilityId::new(one.facility.row()),
            session: one.session,
            occupied: one.occupied,
            local: (local_time(zone, one.session.start()), local_time(zone, one.session.end())),
            wanted: &one.wanted,
            state: one.state,
            price: one.price,
        })
        .collect();
    let ids = bulk::insert_occurrences(conn, &new)?;
    for (one, id) in occurrences.iter_mut().zip(ids) {
        one.id = id;
    }
    Ok(())
}
