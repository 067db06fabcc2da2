//! Everything that is held about one person, for their own download. What is held about others in the same rows is left out.

use chrono_tz::Europe::London;
use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::plots::plot_entry;
use super::schema::{
    booking, document, facility, induction, link, membership, message, occurrence, organisation, outbox, person,
    session, sign_in_failure, site, site_staff, waiting_entry,
};
use super::schema_cafe::{opening_duty, slot_visit};
use super::schema_doors::attendance;
use super::schema_faults::{fault, fault_line, safeguarding_lead};
use super::schema_feeds::feed;
use super::schema_privacy::view_record;
use super::schema_rota::{availability, days_away, duty};
use super::{Conn, StoreError};
use crate::domain::ids::{PersonId, Reference};
use crate::domain::own_data::{Fact, Section};
use crate::domain::rendered::MailKind;
use crate::domain::span::Instant;
use crate::domain::words::{date_and_clock, weekday_of};

fn at(seconds: i64) -> String {
    date_and_clock(London, Instant::from_seconds(seconds))
}

fn maybe_at(seconds: Option<i64>) -> String {
    seconds.map_or_else(|| "never".to_owned(), at)
}

fn shown(reference: &str) -> String {
    Reference::parse(reference).map_or_else(String::new, |one| one.to_string())
}

fn section<R>(name: &'static str, rows: Vec<R>, facts: impl Fn(R) -> Vec<Fact>) -> Section {
    Section::new(name, rows.into_iter().map(facts).collect())
}

/// All sections but the history, which is read like any other.
///
/// # Errors
/// The engine's own.
pub fn sections(conn: &mut Conn, who: PersonId, email: &str) -> Result<Vec<Section>, StoreError> {
    let mut all = account(conn, who, email)?;
    all.extend(belonging(conn, who)?);
    all.extend(bookings(conn, who, email)?);
    all.extend(waiting(conn, who, email)?);
    all.extend(helping(conn, who)?);
    all.extend(told(conn, who, email)?);
    all.extend(mail_and_looks(conn, who, email)?);
    Ok(all)
}

fn account(conn: &mut Conn, who: PersonId, email: &str) -> Result<Vec<Section>, StoreError> {
    let id = who.row();
    type Row = (String, String, Option<i64>, bool, i64, Option<String>);
    let own: Vec<Row> = person::table
        .find(id)
        .select((
            person::name,
            person::email,
            person::email_confirmed_at,
            person::is_administrator,
            person::created_at,
            person::password_hash,
        ))
        .load(conn)?;
    let sessions: Vec<(String, i64, i64, i64)> = session::table
        .filter(session::person_id.eq(id))
        .order(session::id)
        .select((session::device, session::created_at, session::seen_at, session::ends_at))
        .load(conn)?;
    let links: Vec<(String, i64, i64, Option<i64>)> = link::table
        .filter(link::person_id.eq(id).assume_not_null().or(link::email.eq(email)))
        .order(link::id)
        .select((link::purpose, link::created_at, link::ends_at, link::used_at))
        .load(conn)?;
    let failures: Vec<i64> = sign_in_failure::table
        .filter(sign_in_failure::email.eq(email))
        .order(sign_in_failure::id)
        .select(sign_in_failure::at)
        .load(conn)?;
    Ok(vec![
        section("account", own, |(name, email, confirmed, administrator, made, password)| {
            let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
            vec![
                ("name", name),
                ("email", email),
                ("email confirmed", maybe_at(confirmed)),
                ("administrator", yes(administrator)),
                ("made", at(made)),
                ("password", if password.is_some() { "kept as a hash only" } else { "none" }.to_owned()),
            ]
        }),
        section("signed in", sessions, |(device, began, seen, ends)| {
            vec![("device", device), ("since", at(began)), ("last used", at(seen)), ("ends", at(ends))]
        }),
        section("mailed links", links, |(purpose, made, ends, used)| {
            vec![("for", purpose), ("made", at(made)), ("ends", at(ends)), ("used", maybe_at(used))]
        }),
        section("wrong passwords tried", failures, |tried| vec![("at", at(tried))]),
    ])
}

fn belonging(conn: &mut Conn, who: PersonId) -> Result<Vec<Section>, StoreError> {
    let id = who.row();
    let members: Vec<(String, String, i64)> = membership::table
        .inner_join(organisation::table)
        .filter(membership::person_id.eq(id))
        .order(membership::id)
        .select((organisation::name, membership::role, membership::created_at))
        .load(conn)?;
    let posts: Vec<(String, String, i64)> = site_staff::table
        .inner_join(site::table)
        .filter(site_staff::person_id.eq(id))
        .order(site_staff::id)
        .select((site::name, site_staff::role, site_staff::created_at))
        .load(conn)?;
    let leads: Vec<(i64, i64)> = safeguarding_lead::table
        .filter(safeguarding_lead::person_id.eq(id))
        .select((safeguarding_lead::site_id, safeguarding_lead::since))
        .load(conn)?;
    let feeds: Vec<(i64, Option<i64>)> = feed::table
        .filter(feed::person_id.eq(id))
        .order(feed::id)
        .select((feed::created_at, feed::used_at))
        .load(conn)?;
    Ok(vec![
        section("organisations", members, |(name, role, since)| {
            vec![("organisation", name), ("role", role), ("since", at(since))]
        }),
        section("sites", posts, |(name, role, since)| vec![("site", name), ("role", role), ("since", at(since))]),
        section("safeguarding lead", leads, |(_, since)| vec![("since", at(since))]),
        section("calendar feeds", feeds, |(made, used)| vec![("made", at(made)), ("last read", maybe_at(used))]),
    ])
}

fn bookings(conn: &mut Conn, who: PersonId, email: &str) -> Result<Vec<Section>, StoreError> {
    type Row = (String, String, String, String, i32, i64, (String, String));
    let columns = (
        booking::reference,
        site::name,
        booking::purpose,
        booking::note,
        booking::people,
        booking::created_at,
        (booking::contact_name, booking::contact),
    );
    // Put in order here, so that the database finds them by whose they are and not by going through all of them in order.
    let mut made: Vec<(i64, Row)> = booking::table
        .inner_join(site::table)
        .filter(booking::booked_by.eq(who.row()))
        .select((booking::id, columns))
        .load(conn)?;
    made.sort_by_key(|(id, _)| *id);
    let ids: Vec<i64> = made.iter().map(|(id, _)| *id).collect();
    let references: HashMap<i64, String> = made.iter().map(|(id, row)| (*id, row.0.clone())).collect();
    let sites: Vec<i64> = site::table.select(site::id).load(conn)?;
    let held: Vec<Row> = booking::table
        .inner_join(site::table)
        .filter(booking::organisation_id.is_null().and(booking::site_id.eq_any(sites)).and(booking::contact.eq(email)))
        .order(booking::id)
        .select(columns)
        .load(conn)?;
    let mut dates = dates_of(conn, &ids)?;
    dates.sort_by_key(|one| one.1);
    let of = |id: i64| references.get(&id).map(|reference| shown(reference)).unwrap_or_default();
    let facts = |(reference, site, purpose, note, people, made, (name, contact)): Row| {
        vec![
            ("reference", shown(&reference)),
            ("site", site),
            ("purpose", purpose),
            ("note", note),
            ("people", people.to_string()),
            ("made", at(made)),
            ("name", name),
            ("contact", contact),
        ]
    };
    Ok(vec![
        section("bookings that you made", made.into_iter().map(|(_, row)| row).collect(), facts),
        section("bookings that were made for you", held, facts),
        section("dates of bookings that you made", dates, |(booking, from, to, state)| {
            vec![("reference", of(booking)), ("from", at(from)), ("to", at(to)), ("state", state)]
        }),
    ])
}

/// Booking, start, end and state of each date of these bookings.
fn dates_of(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, i64, i64, String)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = occurrence::table
        .filter(occurrence::booking_id.eq_any(ids))
        .select((occurrence::booking_id, occurrence::starts_at, occurrence::ends_at, occurrence::state))
        .load(conn)?;
    Ok(rows)
}

/// What they wait for.
fn waiting(conn: &mut Conn, who: PersonId, email: &str) -> Result<Vec<Section>, StoreError> {
    let waits: Vec<(String, String, String, i64, i64, String)> = waiting_entry::table
        .filter(waiting_entry::person_id.eq(who.row()))
        .order(waiting_entry::id)
        .select((
            waiting_entry::reference,
            waiting_entry::purpose,
            waiting_entry::note,
            waiting_entry::joined_at,
            waiting_entry::starts_at,
            waiting_entry::state,
        ))
        .load(conn)?;
    let lines: Vec<(String, String, String, i64)> = plot_entry::table
        .filter(plot_entry::contact.eq(email))
        .order(plot_entry::id)
        .select((plot_entry::reference, plot_entry::contact_name, plot_entry::note, plot_entry::joined_at))
        .load(conn)?;
    Ok(vec![
        section("waiting lists", waits, |(reference, purpose, note, joined, starts, state)| {
            vec![
                ("reference", shown(&reference)),
                ("purpose", purpose),
                ("note", note),
                ("joined", at(joined)),
                ("for", at(starts)),
                ("state", state),
            ]
        }),
        section("lines for plots", lines, |(reference, name, note, joined)| {
            vec![("reference", shown(&reference)), ("name", name), ("note", note), ("joined", at(joined))]
        }),
    ])
}

fn helping(conn: &mut Conn, who: PersonId) -> Result<Vec<Section>, StoreError> {
    let id = who.row();
    let duties: Vec<(i64, i64, String, i64)> = duty::table
        .filter(duty::person_id.eq(id))
        .order(duty::id)
        .select((duty::starts_at, duty::ends_at, duty::ended, duty::given_at))
        .load(conn)?;
    let times: Vec<(i32, String)> = availability::table
        .filter(availability::person_id.eq(id))
        .order((availability::weekday, availability::part))
        .select((availability::weekday, availability::part))
        .load(conn)?;
    let away: Vec<(String, String)> = days_away::table
        .filter(days_away::person_id.eq(id))
        .order(days_away::id)
        .select((days_away::first_date, days_away::last_date))
        .load(conn)?;
    let opening: Vec<(String, Option<i32>, Option<String>)> = opening_duty::table
        .filter(opening_duty::person_id.eq(id))
        .order(opening_duty::id)
        .select((opening_duty::task, opening_duty::weekday, opening_duty::date))
        .load(conn)?;
    Ok(vec![
        section("duties", duties, |(from, to, ended, given)| {
            vec![("from", at(from)), ("to", at(to)), ("ended", ended), ("given", at(given))]
        }),
        section("times when you can help", times, |(weekday, part)| {
            vec![("day", weekday_of(weekday).to_owned()), ("part", part)]
        }),
        section("days away", away, |(first, last)| vec![("first", first), ("last", last)]),
        section("opening and locking up", opening, |(task, weekday, date)| {
            let day = weekday.map_or_else(String::new, |day| weekday_of(day).to_owned());
            vec![("task", task), ("day", date.unwrap_or(day))]
        }),
    ])
}

/// What they told or wrote.
fn told(conn: &mut Conn, who: PersonId, email: &str) -> Result<Vec<Section>, StoreError> {
    let id = who.row();
    let messages: Vec<(String, i64)> = message::table
        .filter(message::written_by.eq(id))
        .order(message::id)
        .select((message::body, message::written_at))
        .load(conn)?;
    let faults: Vec<(String, String, i64)> = fault::table
        .inner_join(facility::table.on(facility::id.eq(fault::facility_id)))
        .filter(fault::reporter_id.eq(id).assume_not_null().or(fault::reporter_email.eq(email)))
        .order(fault::id)
        .select((facility::name, fault::words, fault::reported_at))
        .load(conn)?;
    let notes: Vec<(String, i64)> = fault_line::table
        .filter(fault_line::by_id.eq(id))
        .order(fault_line::id)
        .select((fault_line::body, fault_line::at))
        .load(conn)?;
    let went: Vec<(String, i64)> = attendance::table
        .filter(attendance::recorded_by.eq(id))
        .order(attendance::id)
        .select((attendance::note, attendance::recorded_at))
        .load(conn)?;
    let papers: Vec<(String, i64)> = document::table
        .filter(document::added_by.eq(id))
        .order(document::id)
        .select((document::kind, document::added_at))
        .load(conn)?;
    let inductions: Vec<(String, String, String)> = induction::table
        .filter(induction::contact.eq(email))
        .order(induction::id)
        .select((induction::name, induction::given_on, induction::valid_until))
        .load(conn)?;
    let donations: Vec<(String, String, i64)> = slot_visit::table
        .filter(slot_visit::email.eq(email))
        .order(slot_visit::booking_id)
        .select((slot_visit::name, slot_visit::brings, slot_visit::asked_at))
        .load(conn)?;
    Ok(vec![
        section("messages that you wrote", messages, |(body, written)| vec![("text", body), ("at", at(written))]),
        section("faults that you reported", faults, |(place, words, told)| {
            vec![("place", place), ("text", words), ("at", at(told))]
        }),
        section("notes on faults", notes, |(body, written)| vec![("text", body), ("at", at(written))]),
        section("how sessions went", went, |(note, told)| vec![("remark", note), ("at", at(told))]),
        section("papers that you added", papers, |(kind, added)| vec![("kind", kind), ("at", at(added))]),
        section("inductions", inductions, |(name, given, until)| {
            vec![("name", name), ("given on", given), ("until", until)]
        }),
        section("donations", donations, |(name, brings, asked)| {
            vec![("name", name), ("what", brings), ("asked", at(asked))]
        }),
    ])
}

fn mail_and_looks(conn: &mut Conn, who: PersonId, email: &str) -> Result<Vec<Section>, StoreError> {
    // The text of a mail with a link in it is nobody's to keep: whoever has it has the account.
    let mails: Vec<(String, String, String, i64, String, bool)> = outbox::table
        .filter(outbox::recipient.eq(email))
        .order(outbox::id)
        .select((
            outbox::kind,
            outbox::subject,
            outbox::body_text,
            outbox::created_at,
            outbox::state,
            outbox::holds_token,
        ))
        .load(conn)?;
    let looks: Vec<(String, i64)> = view_record::table
        .inner_join(booking::table.on(booking::id.eq(view_record::booking_id)))
        .filter(view_record::person_id.eq(who.row()))
        .order(view_record::id)
        .select((booking::reference, view_record::at))
        .load(conn)?;
    Ok(vec![
        section("emails to you", mails, |(kind, subject, text, made, state, holds_token)| {
            let kind = MailKind::parse(&kind).map_or("", MailKind::words);
            let text = if holds_token { String::new() } else { text };
            vec![("about", kind.to_owned()), ("subject", subject), ("text", text), ("at", at(made)), ("state", state)]
        }),
        section("confidential bookings that you looked at as staff", looks, |(reference, seen)| {
            vec![("reference", shown(&reference)), ("at", at(seen))]
        }),
    ])
}
