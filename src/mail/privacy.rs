//! Mail to whoever becomes the contact of somebody's bookings. Not to whom they belonged.

use super::Mailer;
use super::accounts::Recipient;
use super::letter::Letter;
use crate::domain::ids::Reference;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::words::counted;
use crate::urls;

impl Mailer {
    /// To the new contact: the bookings to come are theirs to look after. `of` is the organisation or the site.
    pub fn contact_of(&self, to: &Recipient<'_>, of: &str, bookings: &[Reference]) -> Rendered {
        let many = counted(i64::try_from(bookings.len()).unwrap_or_default(), "booking", "bookings");
        let letter = Letter {
            subject: format!("{many} handed over to you"),
            heading: format!("{many} handed over to you"),
            name: to.name.to_owned(),
            before: vec![format!("You are the contact of {of} for them from now on, and get the email about them.")],
            facts: bookings.iter().map(|one| ("Reference", one.to_string())).collect(),
            action: Some(("See your bookings", self.link(urls::BOOKINGS))),
            why: format!("You get this because you book for {of}."),
            ..Letter::default()
        };
        self.render(MailKind::HandedOver, to.email, &letter)
    }
}
