//! Removing what has been kept for its time, one kind at a time. Not how long that is, and not unused accounts: those are erased like any other.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::schema::plots::{plot_entry, tenancy};
use super::schema::{
    booking, induction, membership, message, occurrence, outbox, particulars, person, site_staff, waiting_entry,
};
use super::schema_doors::attendance;
use super::schema_privacy::person_use;
use super::{
    Conn, StoreError, arrivals, availability, events, faults, keys, links, openers, sessions, slots, submissions,
    tenancies, views,
};
use crate::domain::hours::local_date;
use crate::domain::ids::PersonId;
use crate::domain::retention::Kept;
use crate::domain::span::Instant;

/// What stands in place of a purpose that is no longer kept.
pub const NO_PURPOSE: &str = "No longer kept";
/// What stands in place of a person without an account, and of how they were reached (RFC 2606).
const NOBODY: &str = "Somebody, no longer known";
const NOWHERE: &str = "nobody@erased.invalid";
/// So many bookings are looked at together.
const TOGETHER: i64 = 500;

/// Removes of one kind what is from before an instant, and says how many rows that touched.
///
/// # Errors
/// The engine's own.
pub fn remove(conn: &mut Conn, kind: Kept, before: Instant) -> Result<usize, StoreError> {
    let date = local_date(chrono_tz::Tz::UTC, before);
    match kind {
        Kept::Sessions => sessions::purge(conn, before),
        Kept::Links => Ok(links::purge(conn, before)?
            + tenancies::purge_links(conn, before)?
            + super::attendance::purge_links(conn, before)?),
        Kept::Forms => submissions::purge(conn, before),
        Kept::MailTexts => super::outbox::erase_texts(conn, before),
        Kept::MailEnvelopes => {
            // What could not leave for so long never will.
            let stuck = outbox::table.filter(outbox::state.eq("queued").and(outbox::next_at.lt(before.seconds())));
            let stuck = diesel::delete(stuck).execute(conn)?;
            Ok(stuck + diesel::delete(outbox::table.filter(outbox::ended_at.lt(before.seconds()))).execute(conn)?)
        }
        Kept::ArrivalNames => arrivals::forget_names(conn, before),
        Kept::KeyHolders => keys::forget_borrowers(conn, before),
        Kept::Donors => slots::forget_donors(conn, before),
        Kept::Openers => openers::forget(conn, date),
        Kept::DaysAway => availability::forget(conn, date),
        Kept::FaultReporters => faults::forget_reporters(conn, before),
        Kept::Views => views::forget(conn, before),
        Kept::BookingTexts => booking_texts(conn, before),
        Kept::Messages => {
            let old = message::table.filter(message::written_at.lt(before.seconds()).and(message::body.ne("")));
            Ok(diesel::update(old).set(message::body.eq("")).execute(conn)?)
        }
        Kept::AttendanceNotes => {
            let old =
                attendance::table.filter(attendance::recorded_at.lt(before.seconds()).and(attendance::note.ne("")));
            Ok(diesel::update(old).set(attendance::note.eq("")).execute(conn)?)
        }
        Kept::Inductions => {
            let over = induction::valid_until.lt(date.to_string()).or(induction::removed_at
                .lt(before.seconds())
                .assume_not_null()
                .and(induction::removed_at.is_not_null()));
            let of_persons = induction::table.filter(induction::organisation_id.is_null().and(over));
            Ok(diesel::delete(of_persons).execute(conn)?)
        }
        Kept::Accounts => Ok(0),
        Kept::History => events::remove_before(conn, before),
    }
}

/// Purposes, notes and private persons of bookings whose last date is over for so long; and of those who waited.
fn booking_texts(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let mut erased = 0;
    loop {
        let later = occurrence::table
            .filter(occurrence::booking_id.eq(booking::id).and(occurrence::ends_at.ge(before.seconds())))
            .select(occurrence::id);
        let known = booking::purpose
            .ne(NO_PURPOSE)
            .or(booking::note.ne(""))
            .or(booking::contact_name.ne("").and(booking::contact_name.ne(NOBODY)));
        let ids: Vec<i64> = booking::table
            .filter(booking::created_at.lt(before.seconds()).and(known).and(not(exists(later))))
            .limit(TOGETHER)
            .select(booking::id)
            .load(conn)?;
        if ids.is_empty() {
            break;
        }
        erased += ids.len();
        let these = booking::table.filter(booking::id.eq_any(&ids));
        diesel::update(these).set((booking::purpose.eq(NO_PURPOSE), booking::note.eq(""))).execute(conn)?;
        let of_persons = booking::table.filter(booking::id.eq_any(&ids).and(booking::holder.eq("person")));
        diesel::update(of_persons)
            .set((booking::contact_name.eq(NOBODY), booking::contact.eq(NOWHERE)))
            .execute(conn)?;
        diesel::update(tenancy::table.filter(tenancy::booking_id.eq_any(&ids)))
            .set(tenancy::holder_key.eq(""))
            .execute(conn)?;
        let rows: Vec<Option<i64>> = ids.iter().copied().map(Some).collect();
        diesel::update(particulars::table.filter(particulars::booking_id.eq_any(rows)))
            .set(particulars::allergen_note.eq(""))
            .execute(conn)?;
    }
    Ok(erased + waiting_texts(conn, before)?)
}

fn waiting_texts(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let known = waiting_entry::purpose.ne(NO_PURPOSE).or(waiting_entry::note.ne(""));
    let waited = waiting_entry::table.filter(waiting_entry::ends_at.lt(before.seconds()).and(known));
    let waited = diesel::update(waited)
        .set((waiting_entry::purpose.eq(NO_PURPOSE), waiting_entry::note.eq("")))
        .execute(conn)?;
    let in_line = plot_entry::table
        .filter(plot_entry::ended_at.lt(before.seconds()).and(plot_entry::holder.eq("person")))
        .filter(plot_entry::contact.ne(NOWHERE));
    let in_line = diesel::update(in_line)
        .set((
            plot_entry::contact_name.eq(NOBODY),
            plot_entry::contact.eq(NOWHERE),
            plot_entry::holder_key.eq(""),
            plot_entry::note.eq(""),
        ))
        .execute(conn)?;
    Ok(waited + in_line)
}

/// Accounts that nobody used since an instant, and that belong to no organisation and no site.
///
/// # Errors
/// The engine's own.
pub fn unused_accounts(conn: &mut Conn, before: Instant, most: i64) -> Result<Vec<PersonId>, StoreError> {
    let member = membership::table.filter(membership::person_id.eq(person::id)).select(membership::id);
    let staff = site_staff::table.filter(site_staff::person_id.eq(person::id)).select(site_staff::id);
    let used = person_use::table
        .filter(person_use::person_id.eq(person::id).and(person_use::used_at.ge(before.seconds())))
        .select(person_use::person_id);
    let ids: Vec<i64> = person::table
        .filter(person::closed_at.is_null().and(person::is_administrator.eq(false)))
        .filter(person::created_at.lt(before.seconds()))
        .filter(not(exists(member)).and(not(exists(staff))).and(not(exists(used))))
        .order(person::id)
        .limit(most)
        .select(person::id)
        .load(conn)?;
    Ok(ids.into_iter().map(PersonId::new).collect())
}

/// Notes that somebody signs in.
///
/// # Errors
/// The engine's own.
pub fn note_use(conn: &mut Conn, id: PersonId, now: Instant) -> Result<(), StoreError> {
    let known =
        diesel::update(person_use::table.find(id.row())).set(person_use::used_at.eq(now.seconds())).execute(conn)?;
    if known == 0 {
        diesel::insert_into(person_use::table)
            .values((person_use::person_id.eq(id.row()), person_use::used_at.eq(now.seconds())))
            .execute(conn)?;
    }
    Ok(())
}
