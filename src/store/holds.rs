//! What keeps a place that is nobody's booking yet: how it ends when the place is wanted for something else. Not how it is made or taken.

use diesel::prelude::*;

use super::schema::{offer, proposal, waiting_entry};
use super::{Conn, StoreError, occupancies};
use crate::domain::availability::Hold;
use crate::domain::span::Instant;

/// Ends an offer or a proposal that was still open as lapsed, and gives its place back. Who was offered the place waits again.
pub fn lapse(conn: &mut Conn, hold: Hold, now: Instant) -> Result<(), StoreError> {
    match hold {
        Hold::Proposal(id) => {
            diesel::update(proposal::table.find(id.row()).filter(proposal::state.eq("waiting")))
                .set((proposal::state.eq("lapsed"), proposal::decided_at.eq(now.seconds())))
                .execute(conn)?;
        }
        Hold::Offer(id) => {
            diesel::update(offer::table.find(id.row()).filter(offer::state.eq("open")))
                .set((offer::state.eq("lapsed"), offer::ended_at.eq(now.seconds())))
                .execute(conn)?;
            let entry: Option<i64> = offer::table.find(id.row()).select(offer::entry_id).first(conn).optional()?;
            if let Some(entry) = entry {
                diesel::update(waiting_entry::table.find(entry).filter(waiting_entry::state.eq("offered")))
                    .set(waiting_entry::state.eq("waiting"))
                    .execute(conn)?;
            }
        }
    }
    occupancies::delete_of_hold(conn, hold)?;
    Ok(())
}
