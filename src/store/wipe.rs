//! Emptying the whole database, for a demo that starts afresh. Not how anything ends in a house that is lived in.

use diesel::prelude::*;

use super::schema::plots::{allotment, plot, plot_entry, plot_inspection, plot_key, plot_link, plot_offer, tenancy};
use super::schema::reports::{facility_funding, site_funding};
use super::schema::{
    block, booking, document, event, facility, facility_care, facility_rules, facility_unit, file, induction, job,
    link, membership, message, notice, occupancy, occurrence, offer, organisation, outbox, particulars, person,
    proposal, session, setting, sign_in_failure, site, site_date, site_staff, site_trust, submission, terms, unit,
    waiting_entry, weekly_hours,
};
use super::schema_accounts::{attempt, known_device, lapsed_right, recovery_code, second_factor};
use super::schema_cafe::{
    drop_in, drop_in_off, open_session, opening_duty, public_hours, referrer, slot_hours, slot_stream, slot_unit,
    slot_visit,
};
use super::schema_doors::{attendance, attendance_link, door, no_show};
use super::schema_extras::{closing, closing_list, extra, extra_unit};
use super::schema_faults::{concern, concern_line, fault, fault_line, fault_notice, safeguarding_lead};
use super::schema_feeds::feed;
use super::schema_importing::import_draft;
use super::schema_privacy::{event_removal, person_use, view_record};
use super::schema_reception::{arrival, key_loan};
use super::schema_rota::{availability, days_away, duty, duty_need};
use super::{Conn, StoreError};

/// Deletes every row of every table; what points to others goes before what it points to.
///
/// # Errors
/// The engine's own.
pub fn everything(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(outbox::table).execute(conn)?;
    diesel::delete(import_draft::table).execute(conn)?;
    diesel::delete(submission::table).execute(conn)?;
    history(conn)?;
    what_was_told(conn)?;
    the_day(conn)?;
    drop_ins(conn)?;
    accounts(conn)?;
    volunteers(conn)?;
    diesel::delete(slot_visit::table).execute(conn)?;
    diesel::delete(slot_hours::table).execute(conn)?;
    diesel::delete(slot_unit::table).execute(conn)?;
    diesel::delete(slot_stream::table).execute(conn)?;
    diesel::delete(referrer::table).execute(conn)?;
    diesel::delete(occupancy::table).execute(conn)?;
    diesel::delete(plot_link::table).execute(conn)?;
    diesel::delete(plot_offer::table).execute(conn)?;
    diesel::delete(plot_entry::table).execute(conn)?;
    diesel::delete(plot_key::table).execute(conn)?;
    diesel::delete(plot_inspection::table).execute(conn)?;
    diesel::delete(tenancy::table).execute(conn)?;
    diesel::delete(plot::table).execute(conn)?;
    diesel::delete(allotment::table).execute(conn)?;
    diesel::delete(offer::table).execute(conn)?;
    diesel::delete(job::table).execute(conn)?;
    diesel::delete(particulars::table).execute(conn)?;
    diesel::delete(induction::table).execute(conn)?;
    diesel::delete(facility_care::table).execute(conn)?;
    diesel::delete(waiting_entry::table).execute(conn)?;
    diesel::delete(proposal::table).execute(conn)?;
    diesel::delete(document::table).execute(conn)?;
    diesel::delete(file::table).execute(conn)?;
    diesel::delete(message::table).execute(conn)?;
    diesel::delete(notice::table).execute(conn)?;
    diesel::delete(block::table).execute(conn)?;
    diesel::delete(occurrence::table).execute(conn)?;
    diesel::delete(booking::table).execute(conn)?;
    diesel::delete(facility_rules::table).execute(conn)?;
    diesel::delete(weekly_hours::table).execute(conn)?;
    units(conn)?;
    diesel::update(facility::table).set(facility::terms_id.eq(None::<i64>)).execute(conn)?;
    diesel::delete(terms::table).execute(conn)?;
    diesel::delete(facility::table).execute(conn)?;
    diesel::delete(site_date::table).execute(conn)?;
    diesel::delete(site_trust::table).execute(conn)?;
    diesel::delete(site_staff::table).execute(conn)?;
    diesel::delete(site::table).execute(conn)?;
    diesel::delete(link::table).execute(conn)?;
    diesel::delete(session::table).execute(conn)?;
    diesel::delete(sign_in_failure::table).execute(conn)?;
    diesel::delete(membership::table).execute(conn)?;
    diesel::delete(organisation::table).execute(conn)?;
    diesel::delete(person::table).execute(conn)?;
    diesel::delete(setting::table).execute(conn)?;
    Ok(())
}

/// What is open to everybody, and who opens it.
fn drop_ins(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(public_hours::table).execute(conn)?;
    diesel::delete(drop_in_off::table).execute(conn)?;
    diesel::delete(drop_in::table).execute(conn)?;
    diesel::delete(open_session::table).execute(conn)?;
    diesel::delete(opening_duty::table).execute(conn)?;
    Ok(())
}

/// The history, through the one way that the database leaves open for it.
fn history(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(event_removal::table).execute(conn)?;
    diesel::insert_into(event_removal::table).values(event_removal::older_than.eq(i64::MAX)).execute(conn)?;
    diesel::delete(event::table).execute(conn)?;
    diesel::delete(event_removal::table).execute(conn)?;
    Ok(())
}

/// Faults and concerns, and feeds, which point to much and to which nothing points.
fn what_was_told(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(feed::table).execute(conn)?;
    diesel::delete(view_record::table).execute(conn)?;
    diesel::delete(person_use::table).execute(conn)?;
    diesel::delete(concern_line::table).execute(conn)?;
    diesel::delete(concern::table).execute(conn)?;
    diesel::delete(safeguarding_lead::table).execute(conn)?;
    diesel::delete(fault_line::table).execute(conn)?;
    diesel::delete(fault_notice::table).execute(conn)?;
    diesel::delete(fault::table).execute(conn)?;
    Ok(())
}

/// What reception and the doors know, and how sessions went.
fn the_day(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(attendance::table).execute(conn)?;
    diesel::delete(no_show::table).execute(conn)?;
    diesel::delete(attendance_link::table).execute(conn)?;
    diesel::delete(door::table).execute(conn)?;
    diesel::delete(arrival::table).execute(conn)?;
    diesel::delete(key_loan::table).execute(conn)?;
    Ok(())
}

/// What belongs to accounts and to which nothing points.
fn accounts(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(second_factor::table).execute(conn)?;
    diesel::delete(recovery_code::table).execute(conn)?;
    diesel::delete(attempt::table).execute(conn)?;
    diesel::delete(known_device::table).execute(conn)?;
    diesel::delete(lapsed_right::table).execute(conn)?;
    Ok(())
}

/// Duties, and when people can help.
fn volunteers(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(duty::table).execute(conn)?;
    diesel::delete(duty_need::table).execute(conn)?;
    diesel::delete(availability::table).execute(conn)?;
    diesel::delete(days_away::table).execute(conn)?;
    Ok(())
}

/// Units with the extras that some of them are items of, and the lists of those who are last out.
fn units(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::delete(closing::table).execute(conn)?;
    diesel::delete(closing_list::table).execute(conn)?;
    diesel::delete(extra_unit::table).execute(conn)?;
    diesel::delete(extra::table).execute(conn)?;
    diesel::delete(facility_unit::table).execute(conn)?;
    diesel::delete(facility_funding::table).execute(conn)?;
    diesel::delete(site_funding::table).execute(conn)?;
    diesel::delete(unit::table).execute(conn)?;
    Ok(())
}
