//! Mails about bookings that are handed to another member, and about rights that lapse because nobody uses them.

use chrono_tz::Tz;

use super::Mailer;
use super::accounts::Recipient;
use super::letter::Letter;
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::Instant;
use crate::domain::words::{counted, listed, long_date};
use crate::urls;

/// So many bookings are listed in a mail.
const SHOWN: usize = 20;

/// A booking that is handed over: its reference, its next date and how many dates are to come.
pub type Handed<'a> = (&'a Reference, (Tz, Instant), i64);

impl Mailer {
    /// To whoever looks after bookings from now on.
    pub fn handed_over(
        &self,
        to: &Recipient<'_>,
        (organisation, from): (&str, &str),
        bookings: &[Handed<'_>],
    ) -> Rendered {
        let many = i64::try_from(bookings.len()).unwrap_or(i64::MAX);
        let lines = bookings.iter().take(SHOWN).map(|(reference, (zone, next), dates)| {
            let dates = counted(*dates, "date", "dates");
            format!("{reference}: {dates} to come, the next on {}", long_date(local_date(*zone, *next)))
        });
        let letter = Letter {
            subject: format!("{} for you to look after", counted(many, "booking is", "bookings are")),
            heading: format!("{} for you to look after", counted(many, "booking is", "bookings are")),
            name: to.name.to_owned(),
            before: std::iter::once(format!(
                "{from} looked after these bookings of {organisation} until now. From now on you do, and get the email about them. Nothing else about them has changed."
            ))
            .chain(lines)
            .chain((SHOWN < bookings.len()).then(|| format!("And {} more.", bookings.len() - SHOWN)))
            .collect(),
            action: Some(("See your bookings", self.link(urls::BOOKINGS))),
            why: format!("You get this because you belong to {organisation}."),
            ..Letter::default()
        };
        self.render(MailKind::HandedOver, to.email, &letter)
    }

    /// Rights will lapse at a time unless their owner signs in.
    pub fn rights_will_lapse(&self, to: &Recipient<'_>, rights: &[String], at: Instant) -> Rendered {
        let day = long_date(local_date(chrono_tz::Europe::London, at));
        let letter = Letter {
            subject: format!("Sign in by {day} to keep your rights"),
            heading: format!("Sign in by {day} to keep your rights"),
            name: to.name.to_owned(),
            before: vec![
                "You have not signed in to Alcove for a long time. So that nobody keeps rights they do not use, yours end on that day unless you sign in before.".to_owned(),
                format!("This is about: {}.", listed(rights)),
            ],
            action: Some(("Sign in", self.link(urls::SIGN_IN))),
            after: vec!["If you do not need them any more, there is nothing to do. Your account stays.".to_owned()],
            why: "You get this because you have an Alcove account with rights.".to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::RightsLapse, to.email, &letter)
    }

    /// Rights have lapsed; `kept` are those that nobody else has.
    pub fn rights_lapsed(&self, to: &Recipient<'_>, (lapsed, kept): (&[String], &[String])) -> Rendered {
        let mut before = Vec::new();
        if !lapsed.is_empty() {
            before.push(format!(
                "You had not signed in for a long time, so these rights have ended: {}.",
                listed(lapsed)
            ));
            before.push("Your account stays. If you need them again, ask a coordinator of your organisation, a manager of the site or an administrator, who can restore them with one click.".to_owned());
        }
        if !kept.is_empty() {
            before.push(format!(
                "You keep these, because nobody else has them: {}. Sign in now and then, or name somebody else.",
                listed(kept)
            ));
        }
        let heading = if lapsed.is_empty() {
            "Nobody else can do this but you"
        } else {
            "Rights that you did not use have ended"
        };
        let letter = Letter {
            subject: heading.to_owned(),
            heading: heading.to_owned(),
            name: to.name.to_owned(),
            before,
            action: Some(("Sign in", self.link(urls::SIGN_IN))),
            why: "You get this because you have an Alcove account with rights.".to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::RightsLapse, to.email, &letter)
    }
}
