//! Delivery of mail: lease, send, and note what became of it. At least once: a crash after sending sends again, with the same Message-ID.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Message, SmtpTransport, Transport};

use crate::clock::Clock;
use crate::domain::span::Instant;
use crate::store::outbox::{self, Leased, MailEnd};
use crate::store::{Db, StoreError};

/// A mail that could not be handed over is tried again for so long.
const GIVE_UP_HOURS: i64 = 48;
/// A copy of the program that dies while sending loses its lease after so long.
const LEASE_MINUTES: i64 = 5;
const TIMEOUT: Duration = Duration::from_secs(30);
/// So many mails in one run, so that other chores get their turn.
const BATCH: usize = 50;

/// Where mail goes.
enum Way {
    Smtp(Box<SmtpTransport>),
    /// One file a mail.
    Folder(PathBuf),
    /// Nowhere: the demo keeps it where its own page shows it.
    Kept,
}

/// Hands mail over.
pub struct Deliverer {
    way: Way,
    from: Mailbox,
    /// Chores of one process take turns.
    turn: Mutex<()>,
}

enum Failure {
    /// Trying again may help.
    Later(String),
    /// The other side said no for good.
    Never(String),
}

/// Checks an SMTP URL without connecting.
///
/// # Errors
/// Says what it should be.
pub fn check_url(url: &str) -> Result<(), String> {
    transport(url, TIMEOUT).map(|_| ())
}

fn transport(url: &str, timeout: Duration) -> Result<SmtpTransport, String> {
    let shape =
        "it should be smtp://HOST:PORT, smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST:587?tls=required";
    let builder = SmtpTransport::from_url(url).map_err(|_| shape.to_owned())?;
    Ok(builder.timeout(Some(timeout)).build())
}

impl Deliverer {
    /// Over SMTP; TLS and STARTTLS by rustls, as the URL says.
    ///
    /// # Errors
    /// Says what is wrong with the URL or the sender.
    pub fn smtp(url: &str, from: &str) -> Result<Self, String> {
        Self::smtp_within(url, from, TIMEOUT)
    }

    /// As [`Deliverer::smtp`], giving up on a silent server after `timeout`.
    ///
    /// # Errors
    /// As [`Deliverer::smtp`].
    pub fn smtp_within(url: &str, from: &str, timeout: Duration) -> Result<Self, String> {
        Self::new(Way::Smtp(Box::new(transport(url, timeout)?)), from)
    }

    /// Into files of a folder.
    ///
    /// # Errors
    /// Says what is wrong with the sender.
    pub fn folder(path: PathBuf, from: &str) -> Result<Self, String> {
        Self::new(Way::Folder(path), from)
    }

    /// Nowhere: mail is marked as delivered and stays readable on the demo's page.
    ///
    /// # Errors
    /// Says what is wrong with the sender.
    pub fn kept(from: &str) -> Result<Self, String> {
        Self::new(Way::Kept, from)
    }

    fn new(way: Way, from: &str) -> Result<Self, String> {
        let from = from.parse().map_err(|_| format!("“{from}” is not an address"))?;
        Ok(Self { way, from, turn: Mutex::new(()) })
    }

    /// Delivers what is due, and says how many mails that concerned.
    ///
    /// # Errors
    /// The store's; what was leased is tried again when its lease is over.
    pub fn deliver_due(&self, db: &Db, clock: &Clock) -> Result<usize, StoreError> {
        let Ok(_turn) = self.turn.try_lock() else {
            return Ok(0);
        };
        let mut done = 0;
        while done < BATCH {
            let now = clock.now();
            let leased = db.write_now(|conn| outbox::lease_next(conn, now, now.plus_minutes(LEASE_MINUTES)))?;
            let Some(mail) = leased else {
                break;
            };
            self.deliver(db, &mail, now)?;
            done += 1;
        }
        Ok(done)
    }

    fn deliver(&self, db: &Db, mail: &Leased, now: Instant) -> Result<(), StoreError> {
        if mail.not_after.is_some_and(|not_after| not_after <= now) {
            return db.write_now(|conn| outbox::end(conn, mail.id, MailEnd::Dropped, "too late to be of use", now));
        }
        let sent = self.hand_over(mail);
        let kind = mail.kind.code();
        match sent {
            Ok(()) if matches!(self.way, Way::Kept) => db.write_now(|conn| outbox::end_kept(conn, mail.id, now)),
            Ok(()) => {
                metrics::counter!("alcove_mails_total", "result" => "delivered").increment(1);
                db.write_now(|conn| outbox::end(conn, mail.id, MailEnd::Delivered, "", now))
            }
            Err(Failure::Later(words)) if now.minutes_since(mail.created_at) < GIVE_UP_HOURS * 60 => {
                tracing::warn!(kind, "mail is tried again: {words}");
                metrics::counter!("alcove_mails_total", "result" => "retried").increment(1);
                let next_at = now.plus_minutes(pause_minutes(mail.attempts));
                db.write_now(|conn| outbox::retry(conn, mail.id, &words, next_at))
            }
            Err(Failure::Later(words) | Failure::Never(words)) => {
                tracing::warn!(kind, "mail failed: {words}");
                metrics::counter!("alcove_mails_total", "result" => "failed").increment(1);
                db.write_now(|conn| outbox::end(conn, mail.id, MailEnd::Failed, &words, now))
            }
        }
    }

    fn hand_over(&self, mail: &Leased) -> Result<(), Failure> {
        match &self.way {
            Way::Kept => Ok(()),
            Way::Folder(folder) => {
                let message = self.message(mail)?;
                let name = format!("{}.eml", mail.message_id.split('@').next().unwrap_or("mail"));
                std::fs::write(folder.join(name), message.formatted())
                    .map_err(|error| Failure::Later(error.to_string()))
            }
            Way::Smtp(transport) => transport.send(&self.message(mail)?).map(|_| ()).map_err(|error| {
                // Only the code and the kind are kept: a server's own words may quote the recipient.
                let code = error.status().map_or_else(|| "no answer".to_owned(), |code| format!("code {code}"));
                if error.is_permanent() { Failure::Never(code) } else { Failure::Later(code) }
            }),
        }
    }

    fn message(&self, mail: &Leased) -> Result<Message, Failure> {
        let broken = |error: &dyn std::fmt::Display| Failure::Never(format!("cannot be written: {error}"));
        let to: Mailbox = mail.to.parse().map_err(|error: lettre::address::AddressError| broken(&error))?;
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.clone())
            .message_id(Some(format!("<{}>", mail.message_id)))
            .raw_header(header("Auto-Submitted", "auto-generated").map_err(|words| Failure::Never(words.to_owned()))?);
        if let Some(thread) = &mail.thread {
            builder = builder.references(format!("<{thread}>"));
        }
        if let Ok(reply_to) = mail.reply_to.parse::<Mailbox>() {
            builder = builder.reply_to(reply_to);
        }
        let mut parts = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
        if let Some(calendar) = &mail.calendar {
            // RFC 6047: the method stands in the content type too.
            let kind = format!("text/calendar; charset=utf-8; method={}", calendar.method);
            let kind = ContentType::parse(&kind).map_err(|error| broken(&error))?;
            parts = parts.singlepart(SinglePart::builder().header(kind).body(calendar.text.clone()));
        }
        builder.multipart(parts).map_err(|error| broken(&error))
    }
}

fn header(name: &'static str, value: &str) -> Result<lettre::message::header::HeaderValue, &'static str> {
    let name = lettre::message::header::HeaderName::new_from_ascii(name.to_owned()).map_err(|_| "header name")?;
    Ok(lettre::message::header::HeaderValue::new(name, value.to_owned()))
}

/// 1, 2, 4 … minutes, up to six hours.
fn pause_minutes(attempts: i32) -> i64 {
    let doublings = u32::try_from(attempts).unwrap_or_default().min(9);
    (1_i64 << doublings).min(360)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_six_hours() {
        assert_eq!([0, 1, 2, 8, 9, 50].map(pause_minutes), [1, 2, 4, 256, 360, 360]);
    }

    #[test]
    fn smtp_urls_are_checked_without_connecting() {
        for good in [
            "smtp://127.0.0.1:25",
            "smtps://user:pass@mail.example.org",
            "smtp://user:pass@mail.example.org:587?tls=required",
        ] {
            assert_eq!(check_url(good), Ok(()), "{good}");
        }
        for wrong in ["", "mail.example.org", "http://mail.example.org"] {
            assert!(check_url(wrong).is_err(), "{wrong}");
        }
    }
}
