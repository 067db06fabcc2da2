//! How sessions went and which nobody used, by date of a booking; and the mailed links to the form. Not who may read it.

use std::collections::HashMap;

use diesel::dsl::{count, count_star};
use diesel::prelude::*;

use super::error::read;
use super::schema::{booking, occurrence};
use super::schema_doors::{attendance, attendance_link, no_show};
use super::{Conn, StoreError};
use crate::domain::attendance::{Figures, Heard, NoShow, Outcome, Recorded};
use crate::domain::ids::{BookingId, OrganisationId, PersonId, SiteId};
use crate::domain::occurrence::Stage;
use crate::domain::span::Instant;

/// Sessions are no longer than this, so that those which ended in a time are found by when they began.
const LONGEST_DAYS: i64 = 2;

type Row = (i64, i64, i32, String, (i32, i32), (i32, i32, i32, i32), bool, String, i64);

/// What was recorded of all dates of some bookings, in one query.
pub fn of_bookings(conn: &mut Conn, ids: &[BookingId]) -> Result<Vec<Recorded>, StoreError> {
    let rows: Vec<Row> = attendance::table
        .filter(attendance::booking_id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .order((attendance::booking_id, attendance::ordinal))
        .select((
            attendance::id,
            attendance::booking_id,
            attendance::ordinal,
            attendance::outcome,
            (attendance::people, attendance::new_people),
            (attendance::from_gp, attendance::from_link_worker, attendance::from_self, attendance::from_other),
            attendance::left_as_found,
            attendance::note,
            attendance::recorded_at,
        ))
        .load(conn)?;
    rows.into_iter().map(recorded).collect()
}

fn recorded(
    (id, booking, ordinal, outcome, (people, new_people), heard, left_as_found, note, at): Row,
) -> Result<Recorded, StoreError> {
    let (gp, link_worker, own, other) = heard;
    let figures = Figures {
        outcome: read(Outcome::parse(&outcome), "attendance", id, "outcome")?,
        people,
        new_people,
        heard: Heard { gp, link_worker, own, other },
        left_as_found,
        note,
    };
    Ok(Recorded { of: (BookingId::new(booking), ordinal), figures, at: Instant::from_seconds(at) })
}

/// Writes what is known of a date, over what was there.
pub fn set(
    conn: &mut Conn,
    (of, ordinal): (BookingId, i32),
    figures: &Figures,
    (by, now): (Option<PersonId>, Instant),
) -> Result<(), StoreError> {
    let values = (
        attendance::outcome.eq(figures.outcome.code()),
        attendance::people.eq(figures.people),
        attendance::new_people.eq(figures.new_people),
        attendance::from_gp.eq(figures.heard.gp),
        attendance::from_link_worker.eq(figures.heard.link_worker),
        attendance::from_self.eq(figures.heard.own),
        attendance::from_other.eq(figures.heard.other),
        attendance::left_as_found.eq(figures.left_as_found),
        attendance::note.eq(&figures.note),
        attendance::recorded_at.eq(now.seconds()),
        attendance::recorded_by.eq(by.map(|id| id.row())),
    );
    let there = attendance::table.filter(attendance::booking_id.eq(of.row()).and(attendance::ordinal.eq(ordinal)));
    if diesel::update(there).set(values).execute(conn)? == 0 {
        let date = (attendance::booking_id.eq(of.row()), attendance::ordinal.eq(ordinal));
        diesel::insert_into(attendance::table).values((date, values)).execute(conn)?;
    }
    Ok(())
}

/// The dates of some bookings on which nobody used them, in one query.
pub fn no_shows(conn: &mut Conn, ids: &[BookingId]) -> Result<Vec<NoShow>, StoreError> {
    let rows: Vec<(i64, i32, bool, i64)> = no_show::table
        .filter(no_show::booking_id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .order((no_show::booking_id, no_show::ordinal))
        .select((no_show::booking_id, no_show::ordinal, no_show::by_site, no_show::noted_at))
        .load(conn)?;
    let one = |(booking, ordinal, by_site, at)| NoShow {
        of: (BookingId::new(booking), ordinal),
        by_site,
        at: Instant::from_seconds(at),
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Notes that nobody used a date; false where that is noted already.
pub fn note_no_show(
    conn: &mut Conn,
    (of, ordinal): (BookingId, i32),
    by_site: bool,
    (by, now): (Option<PersonId>, Instant),
) -> Result<bool, StoreError> {
    match no_shows(conn, &[of])?.iter().find(|one| one.of.1 == ordinal) {
        None => {}
        // What its own people say of themselves the site may note as its own.
        Some(known) if by_site && !known.by_site => {
            diesel::delete(no_show::table.filter(no_show::booking_id.eq(of.row()).and(no_show::ordinal.eq(ordinal))))
                .execute(conn)?;
        }
        Some(_) => return Ok(false),
    }
    diesel::insert_into(no_show::table)
        .values((
            no_show::booking_id.eq(of.row()),
            no_show::ordinal.eq(ordinal),
            no_show::by_site.eq(by_site),
            no_show::noted_at.eq(now.seconds()),
            no_show::noted_by.eq(by.map(|id| id.row())),
        ))
        .execute(conn)?;
    Ok(true)
}

/// Takes such a note back; only one that was made by the same side. False where there is none.
pub fn take_no_show_back(conn: &mut Conn, (of, ordinal): (BookingId, i32), by_site: bool) -> Result<bool, StoreError> {
    let there = no_show::table.filter(no_show::booking_id.eq(of.row()).and(no_show::ordinal.eq(ordinal)));
    Ok(0 < diesel::delete(there.filter(no_show::by_site.eq(by_site))).execute(conn)?)
}

/// How the dates of an organisation at a site have gone so far.
#[derive(Debug, Clone, Default)]
pub struct Past {
    pub stages: HashMap<Stage, i64>,
    /// Cancelled so late that nobody else could have had the place.
    pub late: i64,
    /// Dates that nobody used, but for those that ended early.
    pub no_shows: i64,
}

/// That of several organisations, in one query.
pub fn past(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    site: SiteId,
) -> Result<HashMap<OrganisationId, Past>, StoreError> {
    let ids: Vec<Option<i64>> = organisations.iter().map(|id| Some(id.row())).collect();
    let unused = no_show::booking_id
        .eq(occurrence::booking_id)
        .and(no_show::ordinal.eq(occurrence::ordinal))
        .and(occurrence::ended_at.is_null());
    let rows: Vec<(Option<i64>, String, bool, i64, i64)> = occurrence::table
        .inner_join(booking::table)
        .left_join(no_show::table.on(unused))
        .filter(booking::organisation_id.eq_any(ids).and(booking::site_id.eq(site.row())))
        .group_by((booking::organisation_id, occurrence::state, occurrence::state_late))
        .select((
            booking::organisation_id,
            occurrence::state,
            occurrence::state_late,
            count_star(),
            count(no_show::id.nullable()).aggregate_distinct(),
        ))
        .load(conn)?;
    let mut past: HashMap<OrganisationId, Past> = HashMap::new();
    for (organisation, state, late, count, unused) in rows {
        let stage = read(Stage::parse(&state), "occurrence", 0, "state")?;
        let organisation = OrganisationId::new(read(organisation, "booking", 0, "organisation_id")?);
        let one = past.entry(organisation).or_default();
        *one.stages.entry(stage).or_default() += count;
        if stage == Stage::Cancelled && late {
            one.late += count;
        }
        if stage == Stage::Confirmed {
            one.no_shows += unused;
        }
    }
    Ok(past)
}

/// What is confirmed and ended in `(from, until]`, in order of its end, which comes with it; so many at the most.
pub fn ended(
    conn: &mut Conn,
    (from, until): (Instant, Instant),
    most: i64,
) -> Result<Vec<(BookingId, i32, Instant)>, StoreError> {
    let rows: Vec<(i64, i32, i64)> = occurrence::table
        .filter(occurrence::state.eq(Stage::Confirmed.code()))
        .filter(occurrence::starts_at.ge(from.plus_days(-LONGEST_DAYS).seconds()))
        .filter(occurrence::starts_at.lt(until.seconds()))
        .filter(occurrence::ends_at.gt(from.seconds()).and(occurrence::ends_at.le(until.seconds())))
        .order((occurrence::ends_at, occurrence::id))
        .limit(most)
        .select((occurrence::booking_id, occurrence::ordinal, occurrence::ends_at))
        .load(conn)?;
    let one = |(booking, ordinal, at)| (BookingId::new(booking), ordinal, Instant::from_seconds(at));
    Ok(rows.into_iter().map(one).collect())
}

/// Keeps a link to the form of a date.
pub fn add_link(
    conn: &mut Conn,
    token_hash: &str,
    (of, ordinal): (BookingId, i32),
    (now, ends_at): (Instant, Instant),
) -> Result<(), StoreError> {
    diesel::insert_into(attendance_link::table)
        .values((
            attendance_link::token_hash.eq(token_hash),
            attendance_link::booking_id.eq(of.row()),
            attendance_link::ordinal.eq(ordinal),
            attendance_link::created_at.eq(now.seconds()),
            attendance_link::ends_at.eq(ends_at.seconds()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The date that a link opens, while it does.
pub fn by_link(conn: &mut Conn, token_hash: &str, now: Instant) -> Result<Option<(BookingId, i32)>, StoreError> {
    let row: Option<(i64, i32)> = attendance_link::table
        .filter(attendance_link::token_hash.eq(token_hash).and(attendance_link::ends_at.gt(now.seconds())))
        .select((attendance_link::booking_id, attendance_link::ordinal))
        .first(conn)
        .optional()?;
    Ok(row.map(|(booking, ordinal)| (BookingId::new(booking), ordinal)))
}

/// Removes links that ended before an instant.
pub fn purge_links(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let old = attendance_link::table.filter(attendance_link::ends_at.lt(before.seconds()));
    Ok(diesel::delete(old).execute(conn)?)
}
