//! What bookings and entries of waiting lists say because their places ask for it. Not whether a place asks.

use std::collections::HashMap;

use diesel::prelude::*;

use super::care::lines;
use super::error::read;
use super::schema::{occurrence, offer, particulars, proposal};
use super::{Conn, StoreError, extras};
use crate::domain::care::Particulars;
use crate::domain::ids::{BookingId, OfferId, ProposalId, WaitingId};

/// Whose they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Booking(BookingId),
    Entry(WaitingId),
}

type Columns = (
    particulars::id,
    particulars::booking_id,
    particulars::allergens,
    particulars::allergen_note,
    particulars::labels,
    particulars::risk_assessed,
    (particulars::layout, particulars::extras, particulars::extras_without),
    (particulars::access, particulars::access_note),
);

/// What is read of a row; whose it is stands in it only for a booking.
pub(super) type Row =
    (i64, Option<i64>, String, String, String, Option<String>, (String, String, String), (String, String));

pub(super) const COLUMNS: Columns = (
    particulars::id,
    particulars::booking_id,
    particulars::allergens,
    particulars::allergen_note,
    particulars::labels,
    particulars::risk_assessed,
    (particulars::layout, particulars::extras, particulars::extras_without),
    (particulars::access, particulars::access_note),
);

pub(super) fn of_row(row: Row) -> Result<Particulars, StoreError> {
    let (id, _, allergens, allergen_note, labels, risk, (layout, asked, without), (access, access_note)) = row;
    Ok(Particulars {
        layout,
        access: access.split_whitespace().map(str::to_owned).collect(),
        access_note,
        extras: read(extras::read_asked(&asked), "particulars", id, "extras")?,
        without: read(extras::read_without(&without), "particulars", id, "extras_without")?,
        allergens: allergens.split_whitespace().map(str::to_owned).collect(),
        allergen_note,
        labels: lines(&labels),
        risk_assessed: match risk {
            Some(text) => Some(read(text.parse().ok(), "particulars", id, "risk_assessed")?),
            None => None,
        },
    })
}

/// Writes what something new says; nothing where it says nothing.
pub fn insert(conn: &mut Conn, whose: Whose, new: &Particulars) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    let (booking, entry) = match whose {
        Whose::Booking(id) => (Some(id.row()), None),
        Whose::Entry(id) => (None, Some(id.row())),
    };
    diesel::insert_into(particulars::table)
        .values((
            particulars::booking_id.eq(booking),
            particulars::entry_id.eq(entry),
            particulars::allergens.eq(new.allergens.join(" ")),
            particulars::allergen_note.eq(&new.allergen_note),
            particulars::labels.eq(new.labels.join("\n")),
            particulars::risk_assessed.eq(new.risk_assessed.map(|date| date.to_string())),
            particulars::layout.eq(&new.layout),
            particulars::access.eq(new.access.join(" ")),
            particulars::access_note.eq(&new.access_note),
            particulars::extras.eq(extras::asked_text(&new.extras)),
            particulars::extras_without.eq(extras::without_text(&new.without)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what a booking says from now on.
pub fn set(conn: &mut Conn, id: BookingId, new: &Particulars) -> Result<(), StoreError> {
    diesel::delete(particulars::table.filter(particulars::booking_id.eq(id.row()))).execute(conn)?;
    insert(conn, Whose::Booking(id), new)
}

/// What bookings say, in one query; those that say nothing are not among them.
pub fn of_bookings(conn: &mut Conn, ids: &[BookingId]) -> Result<HashMap<BookingId, Particulars>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let rows: Vec<Row> =
        particulars::table.filter(particulars::booking_id.eq_any(ids).assume_not_null()).select(COLUMNS).load(conn)?;
    let one = |row: Row| Ok((BookingId::new(read(row.1, "particulars", row.0, "booking_id")?), of_row(row)?));
    rows.into_iter().map(one).collect()
}

/// What a booking says.
pub fn of_booking(conn: &mut Conn, id: BookingId) -> Result<Particulars, StoreError> {
    Ok(of_bookings(conn, &[id])?.remove(&id).unwrap_or_default())
}

/// What an entry of a waiting list says.
pub fn of_entry(conn: &mut Conn, id: WaitingId) -> Result<Particulars, StoreError> {
    let row: Option<Row> =
        particulars::table.filter(particulars::entry_id.eq(id.row())).select(COLUMNS).first(conn).optional()?;
    row.map_or(Ok(Particulars::default()), of_row)
}

/// The labels of bookings of which changes wait, by the change.
pub fn labels_of_proposals(conn: &mut Conn, ids: &[ProposalId]) -> Result<Vec<(ProposalId, Vec<String>)>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let rows: Vec<(i64, String)> = proposal::table
        .inner_join(occurrence::table.on(proposal::occurrence_id.eq(occurrence::id)))
        .inner_join(particulars::table.on(particulars::booking_id.eq(occurrence::booking_id.nullable())))
        .filter(proposal::id.eq_any(ids))
        .select((proposal::id, particulars::labels))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, labels)| (ProposalId::new(id), lines(&labels))).collect())
}

/// The labels of what places are offered to, by the offer.
pub fn labels_of_offers(conn: &mut Conn, ids: &[OfferId]) -> Result<Vec<(OfferId, Vec<String>)>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let rows: Vec<(i64, String)> = offer::table
        .inner_join(particulars::table.on(particulars::entry_id.eq(offer::entry_id.nullable())))
        .filter(offer::id.eq_any(ids))
        .select((offer::id, particulars::labels))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, labels)| (OfferId::new(id), lines(&labels))).collect())
}
