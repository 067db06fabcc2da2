//! Mails that tell the owner of an account what happened to it, and those of a change of address. They belong to no site.

use chrono_tz::Europe::London;

use super::Mailer;
use super::accounts::Recipient;
use super::letter::Letter;
use crate::domain::person::Email;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock};
use crate::urls;

const WHY: &str = "You get this because it concerns how you sign in to Alcove. It cannot be switched off.";
const NOT_YOU: &str = "If this was not you, choose a new password now: that signs everybody out who is in with the old one. Then tell an administrator of the sites that you use.";

/// What happened.
#[derive(Debug, Clone, Copy)]
pub enum Alert<'a> {
    /// A sign-in from a device, in words, that was not seen before.
    NewDevice(&'a str),
    PasswordChanged,
    SecondStepOn,
    SecondStepOff,
    SecondStepReset,
    RecoveryCodesMade,
    /// So many are left.
    RecoveryCodeUsed(i64),
    /// To the new address.
    AddressIsNew,
    AddressPutBack,
}

impl Alert<'_> {
    /// Subject and heading, and what it says.
    fn words(self, when: &str) -> (&'static str, String) {
        match self {
            Self::NewDevice(device) => (
                "A new sign-in to your account",
                format!(
                    "Somebody signed in to your account on {when}, from a device that we had not seen before: {device}."
                ),
            ),
            Self::PasswordChanged => (
                "Your password was changed",
                format!("The password of your account was changed on {when}. Every other device was signed out."),
            ),
            Self::SecondStepOn => (
                "Your second step is on",
                format!(
                    "A second step was set up for your account on {when}. Signing in asks for a code of your authenticator app from now on. Keep your recovery codes in a safe place."
                ),
            ),
            Self::SecondStepOff => (
                "Your second step is off",
                format!(
                    "The second step of your account was turned off on {when}. Signing in asks for no code any more."
                ),
            ),
            Self::SecondStepReset => (
                "Your second step was removed",
                format!(
                    "An administrator removed the second step of your account on {when}, as is done for people who have lost their telephone. You were signed out everywhere. Set up a new one under Your account."
                ),
            ),
            Self::RecoveryCodesMade => (
                "New recovery codes were made",
                format!("New recovery codes were made for your account on {when}. Older ones work no more."),
            ),
            Self::RecoveryCodeUsed(left) => (
                "A recovery code was used",
                format!(
                    "Somebody signed in to your account with a recovery code on {when}. {} left. You can make new ones under Your account.",
                    counted(left, "code is", "codes are")
                ),
            ),
            Self::AddressIsNew => (
                "This is your email address now",
                format!(
                    "The email address of your Alcove account was changed to this one on {when}. Sign in with it from now on."
                ),
            ),
            Self::AddressPutBack => (
                "Your email address was put back",
                format!(
                    "The email address of your Alcove account was changed back to this one on {when}. Everybody was signed out and the password was removed: sign in by a mailed link, then choose a new password."
                ),
            ),
        }
    }
}

impl Mailer {
    /// Tells the owner of an account what happened to it.
    pub fn account_alert(&self, to: &Recipient<'_>, alert: Alert<'_>, now: Instant) -> Rendered {
        let (subject, said) = alert.words(&date_and_clock(London, now));
        let action = match alert {
            Alert::SecondStepReset | Alert::AddressIsNew | Alert::AddressPutBack => {
                ("Sign in", self.link(urls::SIGN_IN))
            }
            _ => ("Choose a new password", self.link(urls::FORGOTTEN)),
        };
        let after = match alert {
            Alert::AddressIsNew | Alert::AddressPutBack => Vec::new(),
            Alert::SecondStepReset => {
                vec!["If you did not ask for this, tell an administrator of the sites that you use.".to_owned()]
            }
            _ => vec!["If this was you, there is nothing to do.".to_owned()],
        };
        let mut before = vec![said];
        before.extend((action.0 == "Choose a new password").then(|| NOT_YOU.to_owned()));
        let letter = Letter {
            subject: subject.to_owned(),
            heading: subject.to_owned(),
            name: to.name.to_owned(),
            before,
            action: Some(action),
            after,
            why: WHY.to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::AccountAlert, to.email, &letter)
    }

    /// To an address that somebody would like to use from now on.
    pub fn confirm_new_address(&self, to: &Recipient<'_>, token: &str) -> Rendered {
        let letter = Letter {
            subject: "Confirm your new email address".to_owned(),
            heading: "Confirm your new email address".to_owned(),
            name: to.name.to_owned(),
            before: vec!["Use this link within 24 hours, once, to sign in to Alcove with this address from now on. Until then your account keeps the address that it has.".to_owned()],
            action: Some(("Use this address", self.link(&urls::new_address(token)))),
            why: "You get this because somebody with an Alcove account gave this address as their new one. If it was not you, leave it be: nothing happens.".to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::ConfirmNewAddress, to.email, &letter)
    }

    /// To the address that an account had until now.
    pub fn address_changed(&self, to: &Recipient<'_>, new: &Email, token: &str, now: Instant) -> Rendered {
        let letter = Letter {
            subject: "Your email address was changed".to_owned(),
            heading: "Your email address was changed".to_owned(),
            name: to.name.to_owned(),
            before: vec![
                format!(
                    "Your Alcove account was signed in to with this address until {}. From now on it is {}.",
                    date_and_clock(London, now),
                    new.masked()
                ),
                "If this was you, there is nothing to do. If it was not, use this link within 7 days: it puts this address back, signs everybody out and removes the password.".to_owned(),
            ],
            action: Some(("Put this address back", self.link(&urls::old_address(token)))),
            after: vec!["If that does not help, ask an administrator of the sites that you use.".to_owned()],
            why: WHY.to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::AddressChanged, to.email, &letter)
    }
}
