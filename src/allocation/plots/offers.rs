//! Vacant plots go to the line in its order: kept until a deadline, taken, refused, or run out. Not who joins the line.

use super::{Circumstances, begin, event, is_free, midnight, opened_by_id, span_of, tell, turn};
use crate::domain::availability::Hold;
use crate::domain::history::EventKind;
use crate::domain::ids::{PersonId, Reference};
use crate::domain::plot_line::{PlotEntry, after_refusal, first_in_line};
use crate::domain::plots::{Plot, PlotNumber};
use crate::domain::rendered::Rendered;
use crate::domain::span::Span;
use crate::domain::tenancy::{PlotOffer, Tenancy};
use crate::domain::waiting::Standing;
use crate::enquiry::plots::Allotment;
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::plot_line::{self, NewPlotOffer, PlotOfferEnd};
use crate::store::{Conn, StoreError, events, occupancies, outbox, sites};

/// What became of an answer to an offer.
#[derive(Debug)]
pub enum PlotOfferAnswer {
    Taken(Box<Tenancy>),
    /// Still in the line, or not.
    Refused(Standing),
    /// There is no offer, or not any more.
    Over(Standing),
    /// They have this plot here already.
    HasPlot(PlotNumber),
    NotFound,
}

/// By what the mail about an offer is found again.
fn once_key(offer: &PlotOffer, to: usize) -> String {
    format!("plot-offer/{}/{to}", offer.id.row())
}

/// Keeps what is vacant for the first in line, each in its order. Says how many offers were made.
pub(super) fn offer_vacant(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
) -> Result<usize, StoreError> {
    let now = circumstances.now;
    let waits = |one: &PlotEntry| one.standing == Standing::Waiting;
    let vacant: Vec<_> =
        allotment.plots.iter().filter_map(|plot| allotment.free_from(plot, now).map(|from| (from, plot))).collect();
    if vacant.is_empty() || !allotment.line.iter().any(waits) {
        return Ok(0);
    }
    let mut vacant = vacant;
    vacant.sort_by_key(|(from, plot)| (*from, plot.number.rank()));
    let ids: Vec<_> = allotment.line.iter().map(|one| one.id).collect();
    let was_offered = plot_line::was_offered(conn, &ids)?;
    let mut line = allotment.line.clone();
    let mut made = 0;
    for (from, plot) in vacant {
        let (_, turn) = allotment.rules.season.around(from);
        let closed = allotment.facility.retired_from.is_some_and(|closed| closed <= from);
        let Some(span) = span_of(allotment, (from, turn)).filter(|_| !closed) else {
            continue;
        };
        let has = |key: &str| allotment.plot_held(key, span.start()).is_some();
        let Some(entry) = first_in_line(&line, (plot.unit, plot.size), has, &was_offered).cloned() else {
            continue;
        };
        if !is_free(conn, plot, span)? {
            continue;
        }
        make(conn, circumstances, (allotment, plot), &entry, span)?;
        line.retain(|one| one.id != entry.id);
        made += 1;
    }
    if 0 < made {
        sites::mark_changed(conn, allotment.site.id)?;
    }
    Ok(made)
}

fn make(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (allotment, plot): (&Allotment, &Plot),
    entry: &PlotEntry,
    span: Span,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    if !plot_line::set_standing(conn, entry.id, (Standing::Waiting, Standing::Offered), now)? {
        return Ok(());
    }
    let until = allotment.end_of_day(now.plus_days(allotment.rules.offer_days.into()));
    let (facility, unit) = (allotment.facility.id, plot.unit);
    let id = plot_line::insert_offer(conn, &NewPlotOffer { entry: entry.id, facility, unit, span, until }, now)?;
    insert_occupancies(conn, &[NewOccupancy { unit, span, holder: OccupancyHolder::PlotOffer(id, until) }])?;
    events::insert(conn, &event(allotment, EventKind::OfferMade, None), now)?;
    // Whoever has said yes to a plot is not asked whether they are still interested.
    plot_line::set_asked(conn, entry.id, entry.confirmed_at, None)?;
    let offer = PlotOffer { id, entry: entry.id, facility, unit, span, until };
    let mails = tell::offered(conn, circumstances, (allotment, plot), entry, &offer)?;
    for (number, mail) in mails.into_iter().enumerate() {
        let once = Some(once_key(&offer, number));
        circumstances.post(conn, Some(Rendered { once, not_after: Some(until), ..mail }))?;
    }
    Ok(())
}

/// Ends an offer and gives back what it kept; false when it has ended before.
fn end(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    offer: &PlotOffer,
    how: PlotOfferEnd,
) -> Result<bool, StoreError> {
    if !plot_line::end_offer(conn, offer.id, how, circumstances.now)? {
        return Ok(false);
    }
    occupancies::delete_of_hold(conn, Hold::PlotOffer(offer.id))?;
    // A mail that has not left yet would offer what is gone.
    for number in 0..8 {
        outbox::drop_once(conn, &once_key(offer, number), circumstances.now)?;
    }
    Ok(true)
}

/// Writes down the offers whose time is over: who did not answer leaves the line and is told.
pub(super) fn lapse_offers(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
) -> Result<usize, StoreError> {
    let now = circumstances.now;
    let mut done = 0;
    for offer in allotment.offers.iter().filter(|offer| offer.until <= now) {
        if !end(conn, circumstances, offer, PlotOfferEnd::Lapsed)? {
            continue;
        }
        done += 1;
        events::insert(conn, &event(allotment, EventKind::OfferLapsed, None), now)?;
        if plot_line::set_standing(conn, offer.entry, (Standing::Offered, Standing::Lapsed), now)?
            && let Some((entry, plot)) = plot_line::by_id(conn, offer.entry)?.zip(allotment.plot_of(offer.unit))
        {
            tell::offer_lapsed(conn, circumstances, (allotment, plot), &entry)?;
        }
    }
    Ok(done)
}

/// Somebody who now has a plot waits no more; what was kept for them goes on to the next.
pub(super) fn has_plot_now(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
    key: &str,
) -> Result<(), StoreError> {
    for entry in allotment.line.iter().filter(|one| one.key == key) {
        if let Some(offer) = allotment.offers.iter().find(|offer| offer.entry == entry.id) {
            end(conn, circumstances, offer, PlotOfferEnd::Declined)?;
        }
        plot_line::set_standing(conn, entry.id, (entry.standing, Standing::Taken), circumstances.now)?;
    }
    Ok(())
}

/// Ends the open offer of somebody who leaves the line.
pub(super) fn give_up(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
    entry: &PlotEntry,
) -> Result<(), StoreError> {
    match allotment.offers.iter().find(|offer| offer.entry == entry.id) {
        Some(offer) => end(conn, circumstances, offer, PlotOfferEnd::Declined).map(drop),
        None => Ok(()),
    }
}

/// The entry with its allotment under the lock, and its offer while that stands.
fn open_offer(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    reference: &Reference,
) -> Result<Option<(Allotment, PlotEntry, Option<PlotOffer>)>, StoreError> {
    let Some(before) = plot_line::by_reference(conn, reference)? else {
        return Ok(None);
    };
    let Some(allotment) = opened_by_id(conn, circumstances, before.facility)? else {
        return Ok(None);
    };
    let entry = plot_line::by_id(conn, before.id)?;
    Ok(entry.map(|entry| {
        let offer = allotment.offer_to(&entry, circumstances.now).cloned();
        (allotment, entry, offer)
    }))
}

/// Takes the plot that is kept for an entry. Who may, is for the caller to know.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn take_plot(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    reference: &Reference,
    person: Option<PersonId>,
) -> Result<PlotOfferAnswer, StoreError> {
    let Some((allotment, entry, offer)) = open_offer(conn, circumstances, reference)? else {
        return Ok(PlotOfferAnswer::NotFound);
    };
    let Some((offer, plot)) = offer.and_then(|offer| allotment.plot_of(offer.unit).cloned().map(|plot| (offer, plot)))
    else {
        return Ok(PlotOfferAnswer::Over(entry.standing));
    };
    if let Some(has) = allotment.plot_held(&entry.key, offer.span.start()) {
        return Ok(PlotOfferAnswer::HasPlot(has.number.clone()));
    }
    let from = offer.span.start().max(midnight(&allotment, circumstances.now));
    let (Some(span), true) =
        (Span::new(from, offer.span.end()), end(conn, circumstances, &offer, PlotOfferEnd::Taken)?)
    else {
        return Ok(PlotOfferAnswer::Over(entry.standing));
    };
    let at = (&allotment, &plot);
    let tenancy = begin(conn, circumstances, at, &entry.holder.id(), (span, true), person)?;
    plot_line::set_standing(conn, entry.id, (Standing::Offered, Standing::Taken), circumstances.now)?;
    events::insert(conn, &event(&allotment, EventKind::OfferTaken, person), circumstances.now)?;
    tell::begun(conn, circumstances, at, &tenancy)?;
    turn::settle(conn, circumstances, allotment.facility.id)?;
    Ok(PlotOfferAnswer::Taken(Box::new(tenancy)))
}

/// Says no to the plot that is kept for an entry; it goes to the next in line.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn refuse_plot(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    reference: &Reference,
    person: Option<PersonId>,
) -> Result<PlotOfferAnswer, StoreError> {
    let Some((allotment, entry, offer)) = open_offer(conn, circumstances, reference)? else {
        return Ok(PlotOfferAnswer::NotFound);
    };
    let Some(offer) = offer else {
        return Ok(PlotOfferAnswer::Over(entry.standing));
    };
    end(conn, circumstances, &offer, PlotOfferEnd::Declined)?;
    let to = after_refusal(&allotment.rules);
    plot_line::set_standing(conn, entry.id, (Standing::Offered, to), circumstances.now)?;
    // Whoever answers is interested.
    plot_line::set_asked(conn, entry.id, circumstances.now, None)?;
    let kind = if to.is_open() { EventKind::OfferLapsed } else { EventKind::WaitingLeft };
    events::insert(conn, &event(&allotment, kind, person), circumstances.now)?;
    sites::mark_changed(conn, allotment.site.id)?;
    turn::settle(conn, circumstances, allotment.facility.id)?;
    Ok(PlotOfferAnswer::Refused(to))
}
