//! A person taken out of the database: their own rows go or are blanked, and every text is searched for their name, address and number.
//! Not what stands in the way of that, and not what is left and handed back before.

use diesel::prelude::*;

use super::schema::plots::plot_entry;
use super::schema::{
    booking, induction, link, membership, message, outbox, person, session, sign_in_failure, site_staff, submission,
};
use super::schema_accounts::{attempt, known_device, lapsed_right, recovery_code, second_factor};
use super::schema_cafe::opening_duty;
use super::schema_faults::{fault, fault_line, safeguarding_lead};
use super::schema_feeds::feed;
use super::schema_importing::import_draft;
use super::schema_privacy::person_use;
use super::schema_reception::key_loan;
use super::schema_rota::{availability, days_away};
use super::{Conn, StoreError, engine};
use crate::domain::erasure::{Needle, without};
use crate::domain::ids::PersonId;
use crate::domain::span::Instant;

/// Tables whose texts are left alone: people have their own way below, and what was told to safeguarding leads is kept because the
/// law and those who look into it decide about it.
pub const LEFT_ALONE: [&str; 3] = ["person", "concern", "concern_line"];
/// Names that belong to places and organisations, even where they are also somebody's, and what addresses are made of.
const NAMES_OF_OTHERS: [(&str, &str); 9] = [
    ("organisation", "name"),
    ("organisation", "slug"),
    ("site", "name"),
    ("site", "slug"),
    ("facility", "name"),
    ("facility", "slug"),
    ("unit", "name"),
    ("extra", "name"),
    ("extra", "slug"),
];

/// Who goes, and what stands in their place.
#[derive(Debug)]
pub struct Erased<'a> {
    pub id: PersonId,
    pub name: &'a str,
    pub email: &'a str,
    pub name_after: &'a str,
    pub address_after: &'a str,
}

/// Takes a person out of every table. The caller holds the lock and has seen to what is still to come.
///
/// # Errors
/// The engine's own.
pub fn erase(conn: &mut Conn, who: &Erased<'_>, now: Instant) -> Result<(), StoreError> {
    let needles = needles(conn, who)?;
    own_rows(conn, who)?;
    own_texts(conn, who.id)?;
    own_mail(conn, who, now)?;
    diesel::update(person::table.find(who.id.row()))
        .set((
            person::name.eq(who.name_after),
            person::email.eq(who.address_after),
            person::email_confirmed_at.eq(None::<i64>),
            person::password_hash.eq(None::<String>),
            person::is_administrator.eq(false),
            person::closed_at.eq(now.seconds()),
        ))
        .execute(conn)?;
    everywhere(conn, &needles)?;
    calendars(conn, &needles)
}

/// Whether somebody else goes by the same name; then texts with the name may mean them, and are left.
fn has_namesake(conn: &mut Conn, who: &Erased<'_>) -> Result<bool, StoreError> {
    let names: Vec<String> = person::table
        .filter(person::id.ne(who.id.row()).and(person::closed_at.is_null()))
        .select(person::name)
        .load(conn)?;
    Ok(names.iter().any(|name| name.to_lowercase() == who.name.to_lowercase()))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn needles(conn: &mut Conn, who: &Erased<'_>) -> Result<Vec<Needle>, StoreError> {
    let mut needles = vec![Needle::reach(who.email, who.address_after)];
    let by_name = !has_namesake(conn, who)?;
    if by_name {
        needles.push(Needle::name(who.name, who.name_after));
    }
    for number in numbers(conn, who, by_name)? {
        // Where somebody is reached stands an address afterwards, because something has to.
        needles.push(Needle::reach(&number, who.address_after));
    }
    let html: Vec<Needle> = needles.iter().filter_map(Needle::in_html).collect();
    needles.extend(html);
    Ok(needles)
}

/// The telephone numbers that stand beside the person's name or address anywhere.
fn numbers(conn: &mut Conn, who: &Erased<'_>, by_name: bool) -> Result<Vec<String>, StoreError> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    // What no organisation holds is little; the sites lead to it.
    let sites: Vec<i64> = super::schema::site::table.select(super::schema::site::id).load(conn)?;
    let bookings = booking::table.filter(booking::organisation_id.is_null().and(booking::site_id.eq_any(sites)));
    pairs.extend(bookings.select((booking::contact_name, booking::contact)).load::<(String, String)>(conn)?);
    pairs.extend(
        plot_entry::table.select((plot_entry::contact_name, plot_entry::contact)).load::<(String, String)>(conn)?,
    );
    pairs.extend(key_loan::table.select((key_loan::borrower, key_loan::reach)).load::<(String, String)>(conn)?);
    pairs.extend(opening_duty::table.select((opening_duty::name, opening_duty::reach)).load::<(String, String)>(conn)?);
    pairs.extend(induction::table.select((induction::name, induction::contact)).load::<(String, String)>(conn)?);
    let own = |name: &str| by_name && name.trim().to_lowercase() == who.name.trim().to_lowercase();
    let is_number = |reach: &str| 7 <= reach.bytes().filter(u8::is_ascii_digit).count() && !reach.contains('@');
    let mut numbers: Vec<String> =
        pairs.into_iter().filter(|(name, reach)| own(name) && is_number(reach)).map(|(_, reach)| reach).collect();
    numbers.sort();
    numbers.dedup();
    Ok(numbers)
}

/// What is only theirs goes.
fn own_rows(conn: &mut Conn, who: &Erased<'_>) -> Result<(), StoreError> {
    let id = who.id.row();
    diesel::delete(session::table.filter(session::person_id.eq(id))).execute(conn)?;
    diesel::delete(link::table.filter(link::person_id.eq(id).assume_not_null().or(link::email.eq(who.email))))
        .execute(conn)?;
    diesel::delete(feed::table.filter(feed::person_id.eq(id))).execute(conn)?;
    diesel::delete(sign_in_failure::table.filter(sign_in_failure::email.eq(who.email))).execute(conn)?;
    diesel::delete(submission::table.filter(submission::person_id.eq(id))).execute(conn)?;
    diesel::delete(safeguarding_lead::table.filter(safeguarding_lead::person_id.eq(id))).execute(conn)?;
    diesel::delete(membership::table.filter(membership::person_id.eq(id))).execute(conn)?;
    diesel::delete(site_staff::table.filter(site_staff::person_id.eq(id))).execute(conn)?;
    diesel::delete(availability::table.filter(availability::person_id.eq(id))).execute(conn)?;
    diesel::delete(days_away::table.filter(days_away::person_id.eq(id))).execute(conn)?;
    diesel::delete(opening_duty::table.filter(opening_duty::person_id.eq(id))).execute(conn)?;
    diesel::delete(person_use::table.find(id)).execute(conn)?;
    account_rows(conn, who)?;
    Ok(())
}

/// What keeps their account theirs, and files that they were about to import.
fn account_rows(conn: &mut Conn, who: &Erased<'_>) -> Result<(), StoreError> {
    let id = who.id.row();
    diesel::delete(second_factor::table.find(id)).execute(conn)?;
    diesel::delete(recovery_code::table.filter(recovery_code::person_id.eq(id))).execute(conn)?;
    diesel::delete(known_device::table.filter(known_device::person_id.eq(id))).execute(conn)?;
    diesel::delete(lapsed_right::table.filter(lapsed_right::person_id.eq(id))).execute(conn)?;
    diesel::delete(attempt::table.filter(attempt::who.eq(who.email))).execute(conn)?;
    diesel::delete(import_draft::table.filter(import_draft::person_id.eq(id))).execute(conn)?;
    Ok(())
}

/// What they wrote to others goes; the lines that led to it stay, without words.
fn own_texts(conn: &mut Conn, who: PersonId) -> Result<(), StoreError> {
    let id = who.row();
    diesel::update(message::table.filter(message::written_by.eq(id))).set(message::body.eq("")).execute(conn)?;
    diesel::update(fault_line::table.filter(fault_line::by_id.eq(id))).set(fault_line::body.eq("")).execute(conn)?;
    diesel::update(fault::table.filter(fault::reporter_id.eq(id)))
        .set((fault::reporter_id.eq(None::<i64>), fault::reporter_email.eq("")))
        .execute(conn)?;
    // Nobody is written to about their bookings any more but those who coordinate.
    diesel::update(booking::table.filter(booking::booked_by.eq(id)))
        .set(booking::booked_by.eq(None::<i64>))
        .execute(conn)?;
    Ok(())
}

/// No mail to them leaves, and none that did is kept.
fn own_mail(conn: &mut Conn, who: &Erased<'_>, now: Instant) -> Result<(), StoreError> {
    let theirs = || {
        outbox::table.filter(outbox::recipient.eq(who.email).or(outbox::person_id.eq(who.id.row()).assume_not_null()))
    };
    diesel::update(theirs().filter(outbox::state.eq("queued")))
        .set((outbox::state.eq("dropped"), outbox::ended_at.eq(now.seconds())))
        .execute(conn)?;
    diesel::update(theirs())
        .set((
            outbox::recipient.eq(who.address_after),
            outbox::subject.eq(""),
            outbox::body_text.eq(""),
            outbox::body_html.eq(""),
            outbox::calendar.eq(None::<String>),
            outbox::last_error.eq(""),
        ))
        .execute(conn)?;
    Ok(())
}

/// Every text of every table that there is, so that none is forgotten when a table is added.
fn everywhere(conn: &mut Conn, needles: &[Needle]) -> Result<(), StoreError> {
    for (table, column) in engine::text_columns(conn)? {
        let others = NAMES_OF_OTHERS.contains(&(table.as_str(), column.as_str()));
        if others || LEFT_ALONE.contains(&table.as_str()) {
            continue;
        }
        for needle in needles {
            let words: Vec<String> = needle.what.split_whitespace().map(escaped).collect();
            for (row, text) in engine::texts_like(conn, (&table, &column), &format!("%{}%", words.join("%")))? {
                if let Some(clean) = without(&text, std::slice::from_ref(needle)) {
                    engine::set_text(conn, (&table, &column), &row, &clean)?;
                }
            }
        }
    }
    Ok(())
}

/// Calendar parts are folded (RFC 5545, 3.1), so that a name may be in two pieces. Only mails of the last days have them.
fn calendars(conn: &mut Conn, needles: &[Needle]) -> Result<(), StoreError> {
    let rows: Vec<(i64, Option<String>)> = outbox::table
        .filter(outbox::ended_at.is_null().or(outbox::body_text.ne("")))
        .filter(outbox::calendar.is_not_null())
        .select((outbox::id, outbox::calendar))
        .load(conn)?;
    for (id, calendar) in rows {
        let whole = calendar.unwrap_or_default().replace("\r\n ", "").replace("\r\n\t", "");
        if let Some(clean) = without(&whole, needles) {
            diesel::update(outbox::table.find(id)).set(outbox::calendar.eq(clean)).execute(conn)?;
        }
    }
    Ok(())
}
