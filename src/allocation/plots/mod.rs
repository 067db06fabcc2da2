//! Tenancies of plots and the line for them: letting, notice, renewal, offers. Each act locks the site, writes down what is due, judges and
//! writes in one transaction. What a tenancy takes are occupancies like any other's.

mod letting;
mod line;
mod notice;
mod offers;
mod rent;
mod tell;
mod turn;

pub use letting::{LetAnswer, Letting, let_plot};
pub use line::{JoinLineAnswer, Joining, LineAct, LineAnswer, act_in_line, join_line};
pub use notice::{NoticeAnswer, NoticeWish, give_notice, take_notice_back};
pub use offers::{PlotOfferAnswer, refuse_plot, take_plot};
pub use turn::{plots_due, turn_season};

use chrono::NaiveDate;

use super::case::Circumstances;
use crate::domain::availability::Wanted;
use crate::domain::booking::Booking;
use crate::domain::history::EventKind;
use crate::domain::holder::HolderId;
use crate::domain::hours::local_time;
use crate::domain::ids::{BookingId, FacilityId, PersonId, Slug};
use crate::domain::occurrence::State;
use crate::domain::plots::Plot;
use crate::domain::rates::Price;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::domain::tenancy::{Tenancy, days, key_of};
use crate::enquiry::plots;
pub use crate::enquiry::plots::{Allotment, by_slugs as allotment_at};
use crate::store::bookings::{self, NewBooking, NewOccurrence};
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::events::{self, NewEvent};
use crate::store::tenancies::{self, NewTenancy};
use crate::store::{Conn, StoreError, engine, facilities, occupancies, sites};

/// Where an allotment is.
#[derive(Debug, Clone)]
pub struct AllotmentAt {
    pub site: Slug,
    pub facility: Slug,
}

/// The allotment under its lock, with all that was due written down.
fn opened(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    at: &AllotmentAt,
) -> Result<Option<Allotment>, StoreError> {
    let Some((_, facility)) = facilities::by_slug(conn, &at.site, &at.facility)? else {
        return Ok(None);
    };
    opened_by_id(conn, circumstances, facility.id)
}

fn opened_by_id(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    id: FacilityId,
) -> Result<Option<Allotment>, StoreError> {
    let Some(before) = plots::by_id(conn, id, circumstances.now)? else {
        return Ok(None);
    };
    engine::lock(conn, before.site.id, None)?;
    turn::settle(conn, circumstances, id)?;
    plots::by_id(conn, id, circumstances.now)
}

/// Whether nobody has or keeps a plot in a span.
fn is_free(conn: &mut Conn, plot: &Plot, span: Span) -> Result<bool, StoreError> {
    Ok(occupancies::taken(conn, &[plot.unit], span)?.is_empty())
}

/// From midnight to midnight, as a span that can be booked.
fn span_of(allotment: &Allotment, dates: (NaiveDate, NaiveDate)) -> Option<Span> {
    days(allotment.site.zone, dates)
}

/// Writes a tenancy with its first piece.
fn begin(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (allotment, plot): (&Allotment, &Plot),
    holder: &HolderId,
    (span, rolling): (Span, bool),
    by: Option<PersonId>,
) -> Result<Tenancy, StoreError> {
    let now = circumstances.now;
    let reference = circumstances.chance.reference();
    // A person's name stands on no public page, so neither does their booking.
    let privacy = if holder.is_person() { Privacy::Confidential } else { Privacy::Organisation };
    let new = NewBooking {
        reference: &reference,
        site: allotment.site.id,
        holder,
        booked_by: by,
        purpose: &format!("Plot {}", plot.number),
        note: "",
        people: 1,
        privacy,
        repeat: None,
        sibling_of: None,
        split_from: None,
        terms: None,
    };
    let booking = bookings::insert(conn, &new, now)?;
    let price = rent::of_piece(conn, allotment, holder, |one| *one, span)?;
    add_piece(conn, circumstances, (allotment, plot), (booking, 1), (span, price), (EventKind::Booked, by))?;
    let key = key_of(holder);
    let (site, facility) = (allotment.site.id, allotment.facility.id);
    let new = NewTenancy { booking, site, facility, unit: plot.unit, key: &key, span, rolling };
    let id = tenancies::insert(conn, &new, now)?;
    tenancies::by_id(conn, id)?.ok_or(StoreError::TryAgain)
}

/// Another piece of a tenancy: an occurrence that takes its place, and a line of history.
fn add_piece(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (allotment, plot): (&Allotment, &Plot),
    (booking, ordinal): (BookingId, i32),
    (span, price): (Span, Option<Price>),
    (kind, by): (EventKind, Option<PersonId>),
) -> Result<(), StoreError> {
    let (now, zone) = (circumstances.now, allotment.site.zone);
    let new = NewOccurrence {
        booking,
        site: allotment.site.id,
        ordinal,
        facility: allotment.facility.id,
        session: span,
        occupied: span,
        local: (local_time(zone, span.start()), local_time(zone, span.end())),
        wanted: &Wanted::These(vec![plot.unit]),
        state: State::Confirmed { at: now, by },
        price,
    };
    let occurrence = bookings::insert_occurrence(conn, &new)?;
    let holder = OccupancyHolder::Occurrence(occurrence);
    insert_occupancies(conn, &[NewOccupancy { unit: plot.unit, span, holder }])?;
    let event = NewEvent { booking: Some(booking), occurrence: Some(occurrence), ..event(allotment, kind, by) };
    events::insert(conn, &event, now)?;
    sites::mark_changed(conn, allotment.site.id)
}

/// A line of history about an allotment.
fn event(allotment: &Allotment, kind: EventKind, by: Option<PersonId>) -> NewEvent {
    NewEvent { site: Some(allotment.site.id), facility: Some(allotment.facility.id), ..NewEvent::new(kind, by) }
}

/// The number of the next piece of a booking.
fn next_ordinal(booking: &Booking) -> i32 {
    booking.occurrences.iter().map(|one| one.ordinal).max().unwrap_or_default() + 1
}

/// The local midnight that begins today.
fn midnight(allotment: &Allotment, now: Instant) -> Instant {
    let today = allotment.today(now);
    crate::domain::hours::day(allotment.site.zone, today).map_or(now, Span::start)
}
