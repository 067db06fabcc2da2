//! How offers and entries end without being taken: the deadline, a closure, the hour itself. The chore and every writer use the same function.

use super::case::Circumstances;
use super::offer::{event, offer_freed};
use crate::domain::availability::Hold;
use crate::domain::history::EventKind;
use crate::domain::ids::OfferId;
use crate::domain::rendered::Rendered;
use crate::domain::waiting::{Entry, Standing};
use crate::mail::waiting::WaitingCase;
use crate::store::engine::NewOccupancy;
use crate::store::facilities::{self, Filter};
use crate::store::waiting::OfferEnd;
use crate::store::{Conn, StoreError, engine, events, occupancies, outbox, waiting};

/// Why an offer ends by itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Why<'a> {
    /// Nobody took it in time.
    RanOut,
    /// The site closed the place, for this reason. Who had it waits again.
    Closed(&'a str),
}

/// By what the mail about an offer is found again.
pub(super) fn once_key(offer: OfferId) -> String {
    format!("offer/{}", offer.row())
}

/// Ends the offer of an entry and gives back what it kept; nothing when it has ended before.
pub(super) fn end_offer(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    entry: &Entry,
    why: Why<'_>,
) -> Result<Vec<NewOccupancy>, StoreError> {
    let now = circumstances.now;
    let Some(offer) = entry.offer else {
        return Ok(Vec::new());
    };
    if !waiting::end_offer(conn, offer.id, OfferEnd::Lapsed, now)? {
        return Ok(Vec::new());
    }
    let to = match why {
        Why::RanOut => Standing::Lapsed,
        Why::Closed(_) => Standing::Waiting,
    };
    waiting::set_standing(conn, entry.id, (Standing::Offered, to), now)?;
    let freed = give_back(conn, offer.id)?;
    events::insert(conn, &event(EventKind::OfferLapsed, entry), now)?;
    outbox::drop_once(conn, &once_key(offer.id), now)?;
    let places = facilities::with_sites(conn, &Filter { ids: Some(&[entry.facility]), ..Filter::default() })?;
    if let Some((site, facility)) = places.first() {
        let case = WaitingCase { entry, site, facility };
        let mail: Rendered = match why {
            Why::RanOut => circumstances.mailer.offer_lapsed(case),
            Why::Closed(reason) => circumstances.mailer.offer_closed(case, reason),
        };
        circumstances.post(conn, Some(mail))?;
    }
    Ok(freed)
}

/// Gives back what an offer keeps, and says what that was.
pub(super) fn give_back(conn: &mut Conn, offer: OfferId) -> Result<Vec<NewOccupancy>, StoreError> {
    let held = occupancies::of_hold(conn, Hold::Offer(offer))?;
    occupancies::delete_of_hold(conn, Hold::Offer(offer))?;
    Ok(held)
}

/// As [`end_offer`], by the offer alone.
pub(super) fn end_by_id(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    offer: OfferId,
    why: Why<'_>,
) -> Result<Option<(Entry, Vec<NewOccupancy>)>, StoreError> {
    let Some(entry) = waiting::by_offer(conn, offer)? else {
        return Ok(None);
    };
    let freed = end_offer(conn, circumstances, &entry, why)?;
    Ok(Some((entry, freed)))
}

/// Ends what is due anywhere, at most so many of each kind: offers past their deadline go to the next in line, and entries whose
/// time has come are over. Says how many those were; running it twice does no harm.
pub(super) fn end_due(conn: &mut Conn, circumstances: Circumstances<'_>, most: i64) -> Result<usize, StoreError> {
    let now = circumstances.now;
    let due = waiting::due(conn, now, most)?;
    for entry in &due {
        engine::lock(conn, entry.site, Some(entry.organisation.id))?;
        end_entry(conn, circumstances, entry)?;
    }
    Ok(due.len())
}

/// Writes down that an entry is over, and offers on what was kept for it.
pub(super) fn end_entry(conn: &mut Conn, circumstances: Circumstances<'_>, entry: &Entry) -> Result<(), StoreError> {
    if entry.offer.is_some() {
        let freed = end_offer(conn, circumstances, entry, Why::RanOut)?;
        return offer_freed(conn, circumstances, entry.site, &freed);
    }
    if waiting::set_standing(conn, entry.id, (Standing::Waiting, Standing::Lapsed), circumstances.now)? {
        events::insert(conn, &event(EventKind::WaitingLeft, entry), circumstances.now)?;
    }
    Ok(())
}
