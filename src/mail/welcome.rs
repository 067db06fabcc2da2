//! The mail to somebody whose account was made by an import. Not what they may do with it.

use super::Mailer;
use super::accounts::Recipient;
use super::letter::Letter;
use crate::domain::rendered::{MailKind, Rendered};
use crate::urls;

impl Mailer {
    /// An account was made for them; the link leads to a first password and is good for 7 days.
    pub fn welcome(&self, to: &Recipient<'_>, token: &str) -> Rendered {
        let letter = Letter {
            subject: "You have an account at Alcove".to_owned(),
            heading: "You have an account at Alcove".to_owned(),
            name: to.name.to_owned(),
            before: vec![
                "An account was made for you with this address. Use this link within 7 days, once, to choose a password.".to_owned(),
                "Later you can ask for a sign-in link at any time; you need no password for that.".to_owned(),
            ],
            action: Some(("Choose a password", self.link(&urls::reset_password(token)))),
            why: "You get this because an administrator of Alcove made an account for you.".to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::ResetPassword, to.email, &letter)
    }
}
