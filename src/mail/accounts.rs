//! Mails about accounts and organisations. Their links are used once and their texts are erased at delivery.

use super::Mailer;
use super::letter::Letter;
use crate::domain::organisation::Organisation;
use crate::domain::person::Email;
use crate::domain::policy::MemberRole;
use crate::domain::rendered::{MailKind, Rendered};
use crate::urls;

const ASKED: &str =
    "You get this because somebody gave this address at Alcove. If it was not you, leave it be: nothing happens.";

/// One person who gets mail.
#[derive(Debug, Clone)]
pub struct Recipient<'a> {
    pub name: &'a str,
    pub email: &'a Email,
}

impl Mailer {
    pub fn confirm_address(&self, to: &Recipient<'_>, token: &str) -> Rendered {
        let letter = Letter {
            subject: "Confirm your email address".to_owned(),
            heading: "Confirm your email address".to_owned(),
            name: to.name.to_owned(),
            before: vec!["Use this link within 24 hours to finish your account.".to_owned()],
            action: Some(("Confirm my address", self.link(&urls::confirm_email(token)))),
            why: ASKED.to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::ConfirmAddress, to.email, &letter)
    }

    /// For somebody who registers with an address that has an account: only its owner learns that.
    pub fn address_taken(&self, to: &Recipient<'_>) -> Rendered {
        let letter = Letter {
            subject: "You have an Alcove account already".to_owned(),
            heading: "You have an account already".to_owned(),
            name: to.name.to_owned(),
            before: vec!["Somebody tried to register with this address. If it was you, sign in instead. If you have forgotten the password, ask for a sign-in link on that page.".to_owned()],
            action: Some(("Sign in", self.link(urls::SIGN_IN))),
            why: ASKED.to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::AddressTaken, to.email, &letter)
    }

    /// `next` is the path of ours to go on to.
    pub fn sign_in_link(&self, to: &Recipient<'_>, token: &str, next: &str) -> Rendered {
        let letter = Letter {
            subject: "Your sign-in link".to_owned(),
            heading: "Sign in to Alcove".to_owned(),
            name: to.name.to_owned(),
            before: vec![
                "Use this link within 30 minutes, once. It opens a page with a button that signs you in.".to_owned(),
            ],
            action: Some(("Sign in", self.link(&urls::sign_in_with(token, next)))),
            why: ASKED.to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::SignInLink, to.email, &letter)
    }

    pub fn reset_password(&self, to: &Recipient<'_>, token: &str) -> Rendered {
        let letter = Letter {
            subject: "Choose a new password".to_owned(),
            heading: "Choose a new password".to_owned(),
            name: to.name.to_owned(),
            before: vec!["Use this link within 1 hour, once. You will be signed out everywhere else.".to_owned()],
            action: Some(("Choose a new password", self.link(&urls::reset_password(token)))),
            why: ASKED.to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::ResetPassword, to.email, &letter)
    }

    /// To an administrator: somebody would like to book for an organisation.
    pub fn organisation_applied(&self, to: &Recipient<'_>, organisation: &Organisation) -> Rendered {
        let letter = Letter {
            subject: "An organisation would like to book".to_owned(),
            heading: "An organisation would like to book".to_owned(),
            name: to.name.to_owned(),
            before: vec![format!("{} has applied. Look at it and approve or decline it.", organisation.name)],
            action: Some(("Decide", self.link(&urls::manage_organisation(&organisation.slug)))),
            why: "You get this because you are an administrator of Alcove.".to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::OrganisationApplied, to.email, &letter)
    }

    pub fn organisation_approved(&self, to: &Recipient<'_>, organisation: &Organisation) -> Rendered {
        let letter = Letter {
            subject: "Your organisation can book now".to_owned(),
            heading: format!("{} can book now", organisation.name),
            name: to.name.to_owned(),
            before: vec![
                "Your application was approved. You can book, and add the people who book with you.".to_owned(),
            ],
            action: Some(("Find a space", self.link(urls::HOME))),
            why: format!("You get this because you coordinate {}.", organisation.name),
            ..Letter::default()
        };
        self.render(MailKind::OrganisationApproved, to.email, &letter)
    }

    pub fn organisation_declined(&self, to: &Recipient<'_>, organisation: &Organisation, reason: &str) -> Rendered {
        let letter = Letter {
            subject: "Your organisation was not approved".to_owned(),
            heading: format!("{} was not approved", organisation.name),
            name: to.name.to_owned(),
            before: vec!["Your application was declined, for this reason:".to_owned(), reason.to_owned()],
            action: Some(("Apply again", self.link(urls::APPLY))),
            why: format!("You get this because you applied for {}.", organisation.name),
            ..Letter::default()
        };
        self.render(MailKind::OrganisationDeclined, to.email, &letter)
    }

    pub fn invitation(
        &self,
        to: &Email,
        organisation: &Organisation,
        role: MemberRole,
        by: &str,
        token: &str,
    ) -> Rendered {
        let letter = Letter {
            subject: format!("Join {} on Alcove", organisation.name),
            heading: format!("Join {} on Alcove", organisation.name),
            name: "there".to_owned(),
            before: vec![format!(
                "{by} has invited you to {} as {}. Use this link within 7 days.",
                organisation.name,
                role.words().to_lowercase()
            )],
            action: Some(("See the invitation", self.link(&urls::invitation(token)))),
            why: ASKED.to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::Invitation, to, &letter)
    }
}
