//! Bookings that are there, given other places, words, rules or dates. Not their states, and not the places they take.

use diesel::prelude::*;

use super::error::read;
use super::holders;
use super::schema::{booking, occurrence};
use super::{Conn, StoreError, particulars, price};
use crate::domain::availability::Wanted;
use crate::domain::care::Particulars;
use crate::domain::holder::HolderId;
use crate::domain::hours::{LocalTime, weekday};
use crate::domain::ids::{BookingId, FacilityId, OccurrenceId, Reference, SiteId};
use crate::domain::rates::Price;
use crate::domain::recurrence::Pattern;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};

/// Where and when an occurrence goes.
#[derive(Debug)]
pub struct NewPlace<'a> {
    pub facility: FacilityId,
    pub session: Span,
    pub occupied: Span,
    /// What the site's clock shows at start and end.
    pub local: (LocalTime, LocalTime),
    pub wanted: &'a Wanted,
    /// The deadline of what waits for a decision.
    pub until: Option<Instant>,
    /// What it costs there.
    pub price: Option<Price>,
}

/// Gives an occurrence another place or time; its state stays.
pub fn set_place(conn: &mut Conn, id: OccurrenceId, new: &NewPlace<'_>) -> Result<(), StoreError> {
    let (from, to) = new.local;
    let nights = i32::try_from((to.date - from.date).num_days()).unwrap_or_default();
    diesel::update(occurrence::table.find(id.row()))
        .set((
            occurrence::facility_id.eq(new.facility.row()),
            occurrence::starts_at.eq(new.session.start().seconds()),
            occurrence::ends_at.eq(new.session.end().seconds()),
            occurrence::occupied_from.eq(new.occupied.start().seconds()),
            occurrence::occupied_to.eq(new.occupied.end().seconds()),
            occurrence::local_date.eq(from.date.to_string()),
            occurrence::weekday.eq(weekday(from.date)),
            occurrence::from_minute.eq(from.minute),
            occurrence::to_minute.eq(to.minute + nights * 1440),
            occurrence::units_wanted.eq(new.wanted.stored()),
            occurrence::state_until.eq(new.until.map(Instant::seconds)),
            occurrence::sequence.eq(occurrence::sequence + 1),
            price::set(new.price),
        ))
        .execute(conn)?;
    Ok(())
}

/// Freezes the price of an occurrence that had none.
pub fn set_price(conn: &mut Conn, id: OccurrenceId, price: Price) -> Result<(), StoreError> {
    diesel::update(occurrence::table.find(id.row())).set(price::set(Some(price))).execute(conn)?;
    Ok(())
}

/// The words of a booking that its people may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWords {
    pub purpose: String,
    pub note: String,
    pub people: i32,
    pub privacy: Privacy,
    pub particulars: Particulars,
}

pub fn set_words(conn: &mut Conn, id: BookingId, new: &NewWords) -> Result<(), StoreError> {
    diesel::update(booking::table.find(id.row()))
        .set((
            booking::purpose.eq(&new.purpose),
            booking::note.eq(&new.note),
            booking::people.eq(new.people),
            booking::privacy.eq(new.privacy.code()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes how a booking repeats.
pub fn set_pattern(conn: &mut Conn, id: BookingId, pattern: Option<&Pattern>) -> Result<(), StoreError> {
    diesel::update(booking::table.find(id.row()))
        .set((
            booking::rule.eq(pattern.map(|one| one.repeat.rule())),
            booking::rule_from.eq(pattern.map(|one| one.first.to_string())),
            // Its end is another, so it is looked at again.
            booking::needed_look_at.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives an occurrence to another booking, as this date of it.
pub fn hand_over(conn: &mut Conn, id: OccurrenceId, to: BookingId, ordinal: i32) -> Result<(), StoreError> {
    diesel::update(occurrence::table.find(id.row()))
        .set((
            occurrence::booking_id.eq(to.row()),
            occurrence::ordinal.eq(ordinal),
            occurrence::sequence.eq(occurrence::sequence + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that a session really ended at this instant; the booked span stays as it was.
pub fn set_ended(conn: &mut Conn, id: OccurrenceId, at: Instant) -> Result<(), StoreError> {
    diesel::update(occurrence::table.find(id.row()))
        .set((occurrence::ended_at.eq(at.seconds()), occurrence::sequence.eq(occurrence::sequence + 1)))
        .execute(conn)?;
    Ok(())
}

/// The words of a booking, its site and whose it is, in two queries.
pub fn words_of(conn: &mut Conn, reference: &Reference) -> Result<Option<(SiteId, HolderId, NewWords)>, StoreError> {
    type Row = (i64, i64, (String, String, String), Option<i64>, String, String, i32, String);
    let row: Option<Row> = booking::table
        .filter(booking::reference.eq(reference.stored()))
        .select((
            booking::id,
            booking::site_id,
            (booking::holder, booking::contact_name, booking::contact),
            booking::organisation_id,
            booking::purpose,
            booking::note,
            booking::people,
            booking::privacy,
        ))
        .first(conn)
        .optional()?;
    let Some((id, site, holder, organisation, purpose, note, people, privacy)) = row else {
        return Ok(None);
    };
    let privacy = read(Privacy::parse(&privacy), "booking", id, "privacy")?;
    let holder = holders::holder_id(id, holder, organisation)?;
    let particulars = particulars::of_booking(conn, BookingId::new(id))?;
    Ok(Some((SiteId::new(site), holder, NewWords { purpose, note, people, privacy, particulars })))
}
