//! What somebody has ticked at the end of sessions, and the sessions whose end has something to tick. Not who may tick.

use diesel::prelude::*;

use super::care::lines;
use super::error::read;
use super::schema::{booking, job, occurrence, organisation};
use super::{Conn, StoreError, holders, particulars};
use crate::domain::care::Particulars;
use crate::domain::holder::HolderName;
use crate::domain::ids::{BookingId, FacilityId, OccurrenceId, OrganisationId, PersonId, Reference};
use crate::domain::job::{Job, JobKind};
use crate::domain::occurrence::Stage;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};

pub(super) type Row = (i64, i64, String, String, String, i64, String, bool);

pub(super) const COLUMNS: (
    job::id,
    job::occurrence_id,
    job::kind,
    job::lines,
    job::ticked,
    job::done_at,
    job::done_name,
    job::by_staff,
) = (job::id, job::occurrence_id, job::kind, job::lines, job::ticked, job::done_at, job::done_name, job::by_staff);

pub(super) fn read_job((id, occurrence, kind, text, ticked, at, name, by_staff): Row) -> Result<Job, StoreError> {
    let places: Result<Vec<usize>, _> = ticked.split_whitespace().map(str::parse).collect();
    Ok(Job {
        occurrence: OccurrenceId::new(occurrence),
        kind: read(JobKind::parse(&kind), "job", id, "kind")?,
        lines: lines(&text),
        ticked: read(places.ok(), "job", id, "ticked")?,
        done_at: Instant::from_seconds(at),
        done_name: name,
        by_staff,
    })
}

/// What has been ticked at the end of these sessions, in one query.
pub fn of(conn: &mut Conn, ids: &[OccurrenceId]) -> Result<Vec<Job>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let rows: Vec<Row> = job::table.filter(job::occurrence_id.eq_any(ids)).select(COLUMNS).load(conn)?;
    rows.into_iter().map(read_job).collect()
}

/// Writes how a job stands, whether or not somebody had ticked some of it. Writing the same twice does no harm.
pub fn set(conn: &mut Conn, new: &Job, by: Option<PersonId>) -> Result<(), StoreError> {
    remove(conn, new.occurrence, new.kind)?;
    let ticked: Vec<String> = new.ticked.iter().map(ToString::to_string).collect();
    diesel::insert_into(job::table)
        .values((
            job::occurrence_id.eq(new.occurrence.row()),
            job::kind.eq(new.kind.code()),
            job::lines.eq(new.lines.join("\n")),
            job::ticked.eq(ticked.join(" ")),
            job::done_at.eq(new.done_at.seconds()),
            job::done_name.eq(&new.done_name),
            job::done_by.eq(by.map(|id| id.row())),
            job::by_staff.eq(new.by_staff),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes the ticks of a job back; says whether there were any.
pub fn remove(conn: &mut Conn, id: OccurrenceId, kind: JobKind) -> Result<bool, StoreError> {
    let one = job::table.filter(job::occurrence_id.eq(id.row()).and(job::kind.eq(kind.code())));
    Ok(0 < diesel::delete(one).execute(conn)?)
}

/// A confirmed session, with what its booking says and what has been ticked at its end.
#[derive(Debug, Clone)]
pub struct Around {
    pub booking: BookingId,
    pub reference: Reference,
    pub occurrence: OccurrenceId,
    pub ordinal: i32,
    pub facility: FacilityId,
    pub session: Span,
    /// When it really ended, where that was earlier than booked.
    pub ended_at: Option<Instant>,
    pub purpose: String,
    pub privacy: Privacy,
    pub organisation: Option<OrganisationId>,
    pub shared_with: Option<OrganisationId>,
    pub holder: HolderName,
    pub particulars: Particulars,
    pub jobs: Vec<Job>,
}

impl Around {
    /// When it was over, or will be.
    pub fn end(&self) -> Instant {
        self.ended_at.map_or(self.session.end(), |at| at.min(self.session.end()))
    }
}

#[derive(Queryable)]
struct AroundRow {
    occurrence: (i64, i32, i64, i64, i64, Option<i64>),
    booking: (i64, String, String, (String, String), String, Option<i64>),
    organisation: Option<(i64, String)>,
    said: Option<particulars::Row>,
    job: Option<Row>,
}

impl AroundRow {
    fn around(self) -> Result<Around, StoreError> {
        let (id, ordinal, facility, from, to, ended) = self.occurrence;
        let (booking, reference, purpose, holder, privacy, second) = self.booking;
        let session = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
        Ok(Around {
            booking: BookingId::new(booking),
            reference: read(Reference::parse(&reference), "booking", booking, "reference")?,
            occurrence: OccurrenceId::new(id),
            ordinal,
            facility: FacilityId::new(facility),
            session: read(session, "occurrence", id, "ends_at")?,
            ended_at: ended.map(Instant::from_seconds),
            purpose,
            privacy: read(Privacy::parse(&privacy), "booking", booking, "privacy")?,
            organisation: self.organisation.as_ref().map(|(id, _)| OrganisationId::new(*id)),
            shared_with: second.map(OrganisationId::new),
            holder: holders::holder_name(booking, holder, self.organisation.map(|(_, name)| name))?,
            particulars: self.said.map(particulars::of_row).transpose()?.unwrap_or_default(),
            jobs: self.job.map(read_job).transpose()?.into_iter().collect(),
        })
    }
}

/// The confirmed sessions of facilities that start in a span, in one query, soonest first.
pub fn around(conn: &mut Conn, facilities: &[FacilityId], within: Span) -> Result<Vec<Around>, StoreError> {
    use super::schema::particulars as said;
    let ids: Vec<i64> = facilities.iter().map(|id| id.row()).collect();
    let rows: Vec<AroundRow> = occurrence::table
        .inner_join(booking::table)
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
        .left_join(said::table.on(said::booking_id.eq(booking::id.nullable())))
        .left_join(job::table.on(job::occurrence_id.eq(occurrence::id)))
        .filter(occurrence::facility_id.eq_any(ids).and(occurrence::state.eq(Stage::Confirmed.code())))
        .filter(occurrence::starts_at.ge(within.start().seconds()))
        .filter(occurrence::starts_at.lt(within.end().seconds()))
        .order((occurrence::starts_at, occurrence::id, job::id))
        .select((
            (
                occurrence::id,
                occurrence::ordinal,
                occurrence::facility_id,
                occurrence::starts_at,
                occurrence::ends_at,
                occurrence::ended_at,
            ),
            (
                booking::id,
                booking::reference,
                booking::purpose,
                (booking::holder, booking::contact_name),
                booking::privacy,
                booking::second_organisation_id,
            ),
            (organisation::id, organisation::name).nullable(),
            particulars::COLUMNS.nullable(),
            COLUMNS.nullable(),
        ))
        .limit(2_000)
        .load(conn)?;
    let mut found: Vec<Around> = Vec::new();
    for row in rows {
        let one = row.around()?;
        match found.last_mut().filter(|last| last.occurrence == one.occurrence) {
            Some(last) => last.jobs.extend(one.jobs),
            None => found.push(one),
        }
    }
    Ok(found)
}
