//! Changes to confirmed dates that wait for a decision. Not the places that they keep: those are occupancies.

use diesel::prelude::*;

use super::error::read;
use super::schema::{occurrence, proposal};
use super::{Conn, StoreError};
use crate::domain::availability::Wanted;
use crate::domain::booking::Proposed;
use crate::domain::ids::{BookingId, FacilityId, MessageId, OccurrenceId, PersonId, ProposalId, SiteId};
use crate::domain::span::{Instant, Span};

/// A change to be written.
#[derive(Debug)]
pub struct NewProposal<'a> {
    pub occurrence: OccurrenceId,
    pub facility: FacilityId,
    pub session: Span,
    pub occupied: Span,
    pub wanted: &'a Wanted,
    pub asked_by: PersonId,
    pub until: Instant,
}

/// How a change that waited ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Approved,
    Declined,
    Withdrawn,
    Lapsed,
}

impl Ended {
    fn code(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }
}

pub fn insert(conn: &mut Conn, new: &NewProposal<'_>, now: Instant) -> Result<ProposalId, StoreError> {
    let id: i64 = diesel::insert_into(proposal::table)
        .values((
            proposal::occurrence_id.eq(new.occurrence.row()),
            proposal::facility_id.eq(new.facility.row()),
            proposal::starts_at.eq(new.session.start().seconds()),
            proposal::ends_at.eq(new.session.end().seconds()),
            proposal::occupied_from.eq(new.occupied.start().seconds()),
            proposal::occupied_to.eq(new.occupied.end().seconds()),
            proposal::units_wanted.eq(new.wanted.stored()),
            proposal::asked_at.eq(now.seconds()),
            proposal::asked_by.eq(new.asked_by.row()),
            proposal::until.eq(new.until.seconds()),
            proposal::state.eq("waiting"),
        ))
        .returning(proposal::id)
        .get_result(conn)?;
    Ok(ProposalId::new(id))
}

#[derive(Queryable)]
pub(super) struct Row {
    id: i64,
    occurrence_id: i64,
    facility_id: i64,
    session: (i64, i64),
    occupied: (i64, i64),
    units_wanted: String,
    asked: (i64, Option<i64>),
    until: i64,
}

impl Row {
    pub(super) fn proposed(self) -> Result<Proposed, StoreError> {
        let (table, id) = ("proposal", self.id);
        let span = |(a, b)| read(Span::new(Instant::from_seconds(a), Instant::from_seconds(b)), table, id, "ends_at");
        Ok(Proposed {
            id: ProposalId::new(id),
            occurrence: OccurrenceId::new(self.occurrence_id),
            facility: FacilityId::new(self.facility_id),
            session: span(self.session)?,
            occupied: span(self.occupied)?,
            wanted: read(Wanted::parse(&self.units_wanted), table, id, "units_wanted")?,
            asked_at: Instant::from_seconds(self.asked.0),
            asked_by: self.asked.1.map(PersonId::new),
            until: Instant::from_seconds(self.until),
        })
    }
}

/// What a change is read from, in the order of its row.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn columns() -> _ {
    (
        proposal::id,
        proposal::occurrence_id,
        proposal::facility_id,
        (proposal::starts_at, proposal::ends_at),
        (proposal::occupied_from, proposal::occupied_to),
        proposal::units_wanted,
        (proposal::asked_at, proposal::asked_by),
        proposal::until,
    )
}

/// The bookings of sites, or of all, that have a change waiting at this moment.
pub fn bookings_waiting(
    conn: &mut Conn,
    sites: Option<&[SiteId]>,
    now: Instant,
) -> Result<Vec<OccurrenceId>, StoreError> {
    let mut query = proposal::table
        .inner_join(occurrence::table.on(occurrence::id.eq(proposal::occurrence_id)))
        .filter(proposal::state.eq("waiting").and(proposal::until.gt(now.seconds())))
        .into_boxed();
    if let Some(sites) = sites {
        query = query.filter(occurrence::site_id.eq_any(sites.iter().map(|id| id.row()).collect::<Vec<_>>()));
    }
    let rows: Vec<i64> = query.select(proposal::occurrence_id).limit(500).load(conn)?;
    Ok(rows.into_iter().map(OccurrenceId::new).collect())
}

/// The bookings of changes whose deadline has passed and that nobody has ended yet.
pub fn due(conn: &mut Conn, now: Instant, most: i64) -> Result<Vec<BookingId>, StoreError> {
    let rows: Vec<i64> = proposal::table
        .inner_join(occurrence::table.on(occurrence::id.eq(proposal::occurrence_id)))
        .filter(proposal::state.eq("waiting").and(proposal::until.le(now.seconds())))
        .order(proposal::until)
        .limit(most)
        .select(occurrence::booking_id)
        .load(conn)?;
    let mut ids: Vec<BookingId> = rows.into_iter().map(BookingId::new).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// The booking that a change belongs to.
pub fn booking_of(conn: &mut Conn, id: ProposalId) -> Result<Option<BookingId>, StoreError> {
    let row: Option<i64> = proposal::table
        .inner_join(occurrence::table.on(occurrence::id.eq(proposal::occurrence_id)))
        .filter(proposal::id.eq(id.row()))
        .select(occurrence::booking_id)
        .first(conn)
        .optional()?;
    Ok(row.map(BookingId::new))
}

/// Ends changes that wait; says how many of them did.
pub fn end(
    conn: &mut Conn,
    ids: &[ProposalId],
    (how, by): (Ended, Option<PersonId>),
    reason: Option<MessageId>,
    now: Instant,
) -> Result<usize, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let waiting = proposal::table.filter(proposal::id.eq_any(ids).and(proposal::state.eq("waiting")));
    let ended = diesel::update(waiting)
        .set((
            proposal::state.eq(how.code()),
            proposal::decided_at.eq(now.seconds()),
            proposal::decided_by.eq(by.map(|id| id.row())),
            proposal::reason.eq(reason.map(|id| id.row())),
        ))
        .execute(conn)?;
    Ok(ended)
}

/// The changes that wait for any of these occurrences.
pub fn of_occurrences(conn: &mut Conn, ids: &[OccurrenceId]) -> Result<Vec<ProposalId>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let rows: Vec<i64> = proposal::table
        .filter(proposal::occurrence_id.eq_any(ids).and(proposal::state.eq("waiting")))
        .select(proposal::id)
        .load(conn)?;
    Ok(rows.into_iter().map(ProposalId::new).collect())
}
