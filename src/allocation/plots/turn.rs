//! What happens by itself on an allotment: seasons turn, offers run out, the line is asked, vacant plots are offered. The chore and every act
//! use the same function.

use super::{Circumstances, add_piece, is_free, next_ordinal, offers, rent, span_of, tell};
use crate::domain::history::EventKind;
use crate::domain::ids::FacilityId;
use crate::domain::plot_line::{Due, PlotEntry, due};
use crate::domain::tenancy::Tenancy;
use crate::domain::waiting::Standing;
use crate::enquiry::plots::{self, Allotment};
use crate::store::{Conn, StoreError, bookings, engine, events, plot_line, tenancies};

/// A tenancy that was forgotten for so many seasons is caught up with at once.
const MOST_SEASONS: usize = 4;

/// The allotments where something is due. It takes no lock.
pub fn plots_due(conn: &mut Conn, now: crate::domain::span::Instant) -> Result<Vec<FacilityId>, StoreError> {
    let mut found = Vec::new();
    for id in crate::store::plots::allotments(conn)? {
        if plots::by_id(conn, id, now)?.is_some_and(|allotment| allotment.is_due(now)) {
            found.push(id);
        }
    }
    Ok(found)
}

/// Does what is due on an allotment, and says how many things that were. Running it twice does no harm.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn turn_season(conn: &mut Conn, circumstances: Circumstances<'_>, id: FacilityId) -> Result<usize, StoreError> {
    let Some(before) = plots::by_id(conn, id, circumstances.now)? else {
        return Ok(0);
    };
    engine::lock(conn, before.site.id, None)?;
    settle(conn, circumstances, id)
}

/// The same under a lock that is held. Seasons turn first, so that nothing is offered that goes on.
pub(super) fn settle(conn: &mut Conn, circumstances: Circumstances<'_>, id: FacilityId) -> Result<usize, StoreError> {
    let now = circumstances.now;
    let Some(allotment) = plots::by_id(conn, id, now)?.filter(|allotment| allotment.is_due(now)) else {
        return Ok(0);
    };
    let mut done = renew(conn, circumstances, &allotment)?;
    done += offers::lapse_offers(conn, circumstances, &allotment)?;
    done += ask(conn, circumstances, &allotment)?;
    let Some(allotment) = plots::by_id(conn, id, now)? else {
        return Ok(done);
    };
    Ok(done + offers::offer_vacant(conn, circumstances, &allotment)?)
}

fn renew(conn: &mut Conn, circumstances: Circumstances<'_>, allotment: &Allotment) -> Result<usize, StoreError> {
    let mut done = 0;
    for one in &allotment.tenancies {
        let mut tenancy = one.clone();
        for _ in 0..MOST_SEASONS {
            match renew_one(conn, circumstances, allotment, &tenancy)? {
                Some(longer) => tenancy = longer,
                None => break,
            }
            done += 1;
        }
        // Told once, of all that it got.
        if tenancy.covered_to != one.covered_to && tenancy.goes_on() {
            tell::renewed(conn, circumstances, allotment, &tenancy)?;
        }
    }
    Ok(done)
}

fn renew_one(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
    tenancy: &Tenancy,
) -> Result<Option<Tenancy>, StoreError> {
    let piece = allotment.next_piece(tenancy, circumstances.now).and_then(|dates| span_of(allotment, dates));
    let (Some(span), Some(plot)) = (piece, allotment.plot_of(tenancy.unit)) else {
        return Ok(None);
    };
    if !is_free(conn, plot, span)? {
        return Ok(None);
    }
    let Some(booking) = bookings::by_id(conn, tenancy.booking)? else {
        return Ok(None);
    };
    let what = (tenancy.booking, next_ordinal(&booking));
    let price = rent::of_piece(conn, allotment, &tenancy.holder, |one| one.id, span)?;
    add_piece(conn, circumstances, (allotment, plot), what, (span, price), (EventKind::TenancyRenewed, None))?;
    tenancies::set_covered(conn, tenancy.id, span.end())?;
    bookings::raise_version(conn, tenancy.booking)?;
    Ok(Some(Tenancy { covered_to: span.end(), ..tenancy.clone() }))
}

/// Asks who has waited for a year, and ends what was not answered.
fn ask(conn: &mut Conn, circumstances: Circumstances<'_>, allotment: &Allotment) -> Result<usize, StoreError> {
    let now = circumstances.now;
    let mut done = 0;
    for entry in &allotment.line {
        match due(&allotment.rules, entry, now) {
            Due::Nothing => continue,
            Due::Ask(by) => {
                let by = allotment.end_of_day(by);
                plot_line::set_asked(conn, entry.id, entry.confirmed_at, Some(by))?;
                events::insert(conn, &super::event(allotment, EventKind::NeededAsked, None), now)?;
                let asked = PlotEntry { answer_by: Some(by), ..entry.clone() };
                tell::still_interested(conn, circumstances, allotment, &asked, by)?;
            }
            Due::Lapse => {
                plot_line::set_standing(conn, entry.id, (Standing::Waiting, Standing::Lapsed), now)?;
                events::insert(conn, &super::event(allotment, EventKind::WaitingLeft, None), now)?;
                tell::line_lapsed(conn, circumstances, allotment, entry)?;
            }
        }
        done += 1;
    }
    Ok(done)
}
