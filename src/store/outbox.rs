//! Mail that is rendered and waits to leave, and what became of it. Not its rendering, and not its delivery.

use diesel::prelude::*;

use super::error::read;
use super::schema::outbox;
use super::{Conn, StoreError};
use crate::domain::erasure::NOWHERE;
use crate::domain::ids::{BookingId, MailId, SiteId};
use crate::domain::person::Email;
use crate::domain::rendered::{CalendarPart, MailKind, Rendered};
use crate::domain::span::Instant;

/// Puts a mail into the queue, inside the transaction that caused it. A mail with a once-key that is there already is left out.
///
/// `message_id` is the unique left part of its `Message-ID`.
pub fn queue(conn: &mut Conn, mail: &Rendered, message_id: &str, now: Instant) -> Result<(), StoreError> {
    if mail.to.as_str().ends_with(NOWHERE) {
        return Ok(());
    }
    if let Some(key) = &mail.once {
        let there: Option<i64> =
            outbox::table.filter(outbox::once_key.eq(key)).select(outbox::id).first(conn).optional()?;
        if there.is_some() {
            return Ok(());
        }
    }
    diesel::insert_into(outbox::table)
        .values((
            (
                outbox::once_key.eq(mail.once.as_deref()),
                outbox::kind.eq(mail.kind.code()),
                outbox::site_id.eq(mail.site.map(|id| id.row())),
                outbox::booking_id.eq(mail.booking.map(|id| id.row())),
                outbox::person_id.eq(mail.person.map(|id| id.row())),
                outbox::recipient.eq(mail.to.as_str()),
                outbox::reply_to.eq(mail.reply_to.as_ref().map_or("", Email::as_str)),
                outbox::subject.eq(&mail.subject),
                outbox::body_text.eq(&mail.text),
                outbox::body_html.eq(&mail.html),
                outbox::calendar.eq(mail.calendar.as_ref().map(|part| part.text.as_str())),
                outbox::calendar_method.eq(mail.calendar.as_ref().map(|part| part.method)),
            ),
            (
                outbox::message_id.eq(message_id),
                outbox::thread_id.eq(mail.thread.as_deref()),
                outbox::holds_token.eq(mail.kind.holds_token()),
                outbox::created_at.eq(now.seconds()),
                outbox::not_after.eq(mail.not_after.map(Instant::seconds)),
                outbox::state.eq("queued"),
                outbox::attempts.eq(0),
                outbox::next_at.eq(now.seconds()),
                outbox::leased_until.eq(0),
                outbox::last_error.eq(""),
            ),
        ))
        .execute(conn)?;
    Ok(())
}

/// A mail that is leased to this copy of the program for delivery.
#[derive(Debug, Clone)]
pub struct Leased {
    pub id: MailId,
    pub kind: MailKind,
    pub to: String,
    pub reply_to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<CalendarPart>,
    pub message_id: String,
    pub thread: Option<String>,
    pub created_at: Instant,
    pub not_after: Option<Instant>,
    pub attempts: i32,
}

#[derive(Queryable)]
struct LeasedRow {
    id: i64,
    kind: String,
    recipient: String,
    reply_to: String,
    subject: String,
    body_text: String,
    body_html: String,
    calendar: Option<String>,
    calendar_method: Option<String>,
    message_id: String,
    thread_id: Option<String>,
    created_at: i64,
    not_after: Option<i64>,
    attempts: i32,
}

/// Leases the next mail that is due, if any. Mails of one booking to one recipient leave in order: a later one waits while an
/// earlier one is queued.
pub fn lease_next(conn: &mut Conn, now: Instant, until: Instant) -> Result<Option<Leased>, StoreError> {
    let earlier = diesel::alias!(outbox as earlier);
    let waits = diesel::dsl::exists(
        earlier
            .filter(earlier.field(outbox::state).eq("queued"))
            .filter(earlier.field(outbox::booking_id).eq(outbox::booking_id))
            .filter(earlier.field(outbox::recipient).eq(outbox::recipient))
            .filter(earlier.field(outbox::id).lt(outbox::id)),
    );
    let ids: Vec<i64> = outbox::table
        .filter(outbox::state.eq("queued").and(outbox::next_at.le(now.seconds())))
        .filter(outbox::leased_until.le(now.seconds()))
        .filter(diesel::dsl::not(waits))
        .order((outbox::next_at, outbox::id))
        .limit(8)
        .select(outbox::id)
        .load(conn)?;
    for id in ids {
        let mine = diesel::update(
            outbox::table.find(id).filter(outbox::state.eq("queued").and(outbox::leased_until.le(now.seconds()))),
        )
        .set(outbox::leased_until.eq(until.seconds()))
        .execute(conn)?;
        if mine == 1 {
            return leased(conn, id).map(Some);
        }
    }
    Ok(None)
}

fn leased(conn: &mut Conn, id: i64) -> Result<Leased, StoreError> {
    let row: LeasedRow = outbox::table
        .find(id)
        .select((
            outbox::id,
            outbox::kind,
            outbox::recipient,
            outbox::reply_to,
            outbox::subject,
            outbox::body_text,
            outbox::body_html,
            outbox::calendar,
            outbox::calendar_method,
            outbox::message_id,
            outbox::thread_id,
            outbox::created_at,
            outbox::not_after,
            outbox::attempts,
        ))
        .first(conn)?;
    let calendar = row
        .calendar
        .zip(row.calendar_method)
        .map(|(text, method)| CalendarPart { text, method: if method == "CANCEL" { "CANCEL" } else { "REQUEST" } });
    Ok(Leased {
        id: MailId::new(row.id),
        kind: read(MailKind::parse(&row.kind), "outbox", row.id, "kind")?,
        to: row.recipient,
        reply_to: row.reply_to,
        subject: row.subject,
        text: row.body_text,
        html: row.body_html,
        calendar,
        message_id: row.message_id,
        thread: row.thread_id,
        created_at: Instant::from_seconds(row.created_at),
        not_after: row.not_after.map(Instant::from_seconds),
        attempts: row.attempts,
    })
}

/// How a mail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEnd {
    Delivered,
    Failed,
    Dropped,
}

/// Notes how a mail ended. The text of one that carries a link is erased at once.
///
/// # Errors
/// The store's.
pub fn end(conn: &mut Conn, id: MailId, end: MailEnd, error: &str, now: Instant) -> Result<(), StoreError> {
    set_end(conn, id, end, error, now)?;
    diesel::update(outbox::table.find(id.row()).filter(outbox::holds_token.eq(true)))
        .set((outbox::body_text.eq(""), outbox::body_html.eq("")))
        .execute(conn)?;
    Ok(())
}

/// As [`end`], with the link kept: for the demo, where mail is read on its page and nowhere else.
pub fn end_kept(conn: &mut Conn, id: MailId, now: Instant) -> Result<(), StoreError> {
    set_end(conn, id, MailEnd::Delivered, "", now)
}

fn set_end(conn: &mut Conn, id: MailId, end: MailEnd, error: &str, now: Instant) -> Result<(), StoreError> {
    let state = match end {
        MailEnd::Delivered => "delivered",
        MailEnd::Failed => "failed",
        MailEnd::Dropped => "dropped",
    };
    diesel::update(outbox::table.find(id.row()))
        .set((
            outbox::state.eq(state),
            outbox::ended_at.eq(now.seconds()),
            outbox::attempts.eq(outbox::attempts + 1),
            outbox::last_error.eq(error),
        ))
        .execute(conn)?;
    Ok(())
}

/// Puts a mail back for a later try.
pub fn retry(conn: &mut Conn, id: MailId, error: &str, next_at: Instant) -> Result<(), StoreError> {
    diesel::update(outbox::table.find(id.row()))
        .set((
            outbox::attempts.eq(outbox::attempts + 1),
            outbox::last_error.eq(error),
            outbox::next_at.eq(next_at.seconds()),
            outbox::leased_until.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Withdraws what is still queued of one kind for a booking, because what it says is no longer so.
pub fn drop_queued(conn: &mut Conn, booking: BookingId, kinds: &[MailKind], now: Instant) -> Result<usize, StoreError> {
    let codes: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
    let dropped = diesel::update(
        outbox::table
            .filter(outbox::booking_id.eq(booking.row()).and(outbox::state.eq("queued")))
            .filter(outbox::kind.eq_any(codes).and(outbox::leased_until.le(now.seconds()))),
    )
    .set((outbox::state.eq("dropped"), outbox::ended_at.eq(now.seconds()), outbox::last_error.eq("overtaken")))
    .execute(conn)?;
    Ok(dropped)
}

/// As [`drop_queued`], and says to whom those mails would have gone.
pub fn drop_queued_to(
    conn: &mut Conn,
    booking: BookingId,
    kinds: &[MailKind],
    now: Instant,
) -> Result<Vec<String>, StoreError> {
    let codes: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
    let to = outbox::table
        .filter(outbox::booking_id.eq(booking.row()).and(outbox::state.eq("queued")))
        .filter(outbox::kind.eq_any(codes).and(outbox::leased_until.le(now.seconds())))
        .select(outbox::recipient)
        .load(conn)?;
    drop_queued(conn, booking, kinds, now)?;
    Ok(to)
}

/// Whether a mail with this once-key was ever written.
pub fn is_known(conn: &mut Conn, key: &str) -> Result<bool, StoreError> {
    let there: Option<i64> =
        outbox::table.filter(outbox::once_key.eq(key)).select(outbox::id).first(conn).optional()?;
    Ok(there.is_some())
}

/// As [`drop_queued`], for the one mail that has this once-key.
pub fn drop_once(conn: &mut Conn, key: &str, now: Instant) -> Result<usize, StoreError> {
    let there = outbox::table.filter(outbox::once_key.eq(key).and(outbox::state.eq("queued")));
    let dropped = diesel::update(there.filter(outbox::leased_until.le(now.seconds())))
        .set((outbox::state.eq("dropped"), outbox::ended_at.eq(now.seconds()), outbox::last_error.eq("overtaken")))
        .execute(conn)?;
    Ok(dropped)
}

/// An envelope as staff see it: never the text.
#[derive(Debug, Clone)]
pub struct Envelope {
    pub id: MailId,
    /// The unique left part of its `Message-ID`; pages show a hash of it, never this.
    pub message_id: String,
    pub kind: MailKind,
    pub to: Email,
    pub state: String,
    pub attempts: i32,
    pub created_at: Instant,
    pub ended_at: Option<Instant>,
    pub next_at: Instant,
    pub last_error: String,
    pub may_resend: bool,
}

/// The newest envelopes of some sites, or of everything; of those that failed only, where that is asked.
pub fn envelopes(
    conn: &mut Conn,
    sites: Option<&[SiteId]>,
    failed_only: bool,
    most: i64,
) -> Result<Vec<Envelope>, StoreError> {
    let mut query = outbox::table.into_boxed();
    if failed_only {
        query = query.filter(outbox::state.eq("failed"));
    }
    if let Some(sites) = sites {
        query = query.filter(outbox::site_id.eq_any(sites.iter().map(|id| Some(id.row())).collect::<Vec<_>>()));
    }
    type Row = ((i64, String), String, String, String, i32, i64, Option<i64>, i64, String, (bool, bool), Option<i64>);
    let rows: Vec<Row> = query
        .order(outbox::id.desc())
        .limit(most)
        .select((
            (outbox::id, outbox::message_id),
            outbox::kind,
            outbox::recipient,
            outbox::state,
            outbox::attempts,
            outbox::created_at,
            outbox::ended_at,
            outbox::next_at,
            outbox::last_error,
            (outbox::holds_token, outbox::body_text.ne("")),
            outbox::site_id,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(key, kind, to, state, attempts, created_at, ended_at, next_at, last_error, text, site)| {
            let ((id, message_id), (holds_token, has_text)) = (key, text);
            let ended = state == "failed" || state == "delivered";
            Ok(Envelope {
                id: MailId::new(id),
                message_id,
                kind: read(MailKind::parse(&kind), "outbox", id, "kind")?,
                to: read(Email::parse(&to).ok(), "outbox", id, "recipient")?,
                may_resend: ended && !holds_token && has_text && site.is_some(),
                state,
                attempts,
                created_at: Instant::from_seconds(created_at),
                ended_at: ended_at.map(Instant::from_seconds),
                next_at: Instant::from_seconds(next_at),
                last_error,
            })
        })
        .collect()
}

/// Queues a mail again as it was; false when it is not there, not of these sites, holds a link or has been erased.
pub fn send_again(conn: &mut Conn, id: MailId, sites: Option<&[SiteId]>, now: Instant) -> Result<bool, StoreError> {
    let site: Option<Option<i64>> = outbox::table
        .find(id.row())
        .filter(outbox::holds_token.eq(false).and(outbox::state.eq_any(["failed", "delivered"])))
        .filter(outbox::body_text.ne(""))
        .select(outbox::site_id)
        .first(conn)
        .optional()?;
    let Some(Some(site)) = site else {
        return Ok(false);
    };
    if !sites.is_none_or(|sites| sites.contains(&SiteId::new(site))) {
        return Ok(false);
    }
    diesel::update(outbox::table.find(id.row()))
        .set((
            outbox::state.eq("queued"),
            outbox::attempts.eq(0),
            outbox::created_at.eq(now.seconds()),
            outbox::next_at.eq(now.seconds()),
            outbox::leased_until.eq(0),
            outbox::ended_at.eq(None::<i64>),
            outbox::not_after.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(true)
}

/// A whole mail, for the demo's own page and for tests.
#[derive(Debug, Clone)]
pub struct WholeMail {
    pub id: MailId,
    pub kind: MailKind,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub calendar: Option<String>,
    pub state: String,
    pub created_at: Instant,
}

/// The newest mails with their text, newest first.
pub fn whole(conn: &mut Conn, only: Option<MailId>, most: i64) -> Result<Vec<WholeMail>, StoreError> {
    let mut query = outbox::table.into_boxed();
    if let Some(id) = only {
        query = query.filter(outbox::id.eq(id.row()));
    }
    type Row = (i64, String, String, String, String, Option<String>, String, i64);
    let rows: Vec<Row> = query
        .order(outbox::id.desc())
        .limit(most)
        .select((
            outbox::id,
            outbox::kind,
            outbox::recipient,
            outbox::subject,
            outbox::body_text,
            outbox::calendar,
            outbox::state,
            outbox::created_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, kind, to, subject, text, calendar, state, created_at)| {
            Ok(WholeMail {
                id: MailId::new(id),
                kind: read(MailKind::parse(&kind), "outbox", id, "kind")?,
                to,
                subject,
                text,
                calendar,
                state,
                created_at: Instant::from_seconds(created_at),
            })
        })
        .collect()
}

/// How many mails wait, and since when the oldest does.
pub fn waiting(conn: &mut Conn) -> Result<(i64, Option<Instant>), StoreError> {
    let row: (i64, Option<i64>) = outbox::table
        .filter(outbox::state.eq("queued"))
        .select((diesel::dsl::count_star(), diesel::dsl::min(outbox::created_at)))
        .first(conn)?;
    Ok((row.0, row.1.map(Instant::from_seconds)))
}

/// Notes everything that was due before as delivered, in one statement: for a history that is told after the fact, whose
/// mails must not leave now. Says how many those were.
pub fn deliver_all_before(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let delivered =
        diesel::update(outbox::table.filter(outbox::state.eq("queued").and(outbox::next_at.lt(before.seconds()))))
            .set((
                outbox::state.eq("delivered"),
                outbox::attempts.eq(1),
                outbox::ended_at.eq((outbox::created_at + 30).nullable()),
            ))
            .execute(conn)?;
    Ok(delivered)
}

/// Erases the texts of mails that left before.
pub fn erase_texts(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let erased =
        diesel::update(outbox::table.filter(outbox::ended_at.lt(before.seconds()).and(outbox::body_text.ne(""))))
            .set((outbox::body_text.eq(""), outbox::body_html.eq(""), outbox::calendar.eq(None::<String>)))
            .execute(conn)?;
    Ok(erased)
}
