//! Whose booking it is: an organisation, a person without an account, or the site itself. Not who made it, and not who may see it.

use std::fmt;

use super::ids::{OrganisationId, PersonId, Slug};
use super::person::Email;

/// An organisation by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationName {
    pub id: OrganisationId,
    pub slug: Slug,
    pub name: String,
}

/// The holder of a booking. What is known of an organisation or a person depends on where it stands: whole in a booking,
/// an id in what is asked for, a name in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder<O = OrganisationName, P = Contact> {
    Organisation(O),
    /// For whom the site's staff book.
    Person(P),
    Site,
}

/// The holder as it stands in what is asked for.
pub type HolderId = Holder<OrganisationId>;

/// The holder as it stands in a list or a timetable.
pub type HolderName = Holder<String, String>;

impl<O, P> Holder<O, P> {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Organisation(_) => "organisation",
            Self::Person(_) => "person",
            Self::Site => "site",
        }
    }

    pub fn organisation(&self) -> Option<&O> {
        match self {
            Self::Organisation(organisation) => Some(organisation),
            Self::Person(_) | Self::Site => None,
        }
    }

    pub fn person(&self) -> Option<&P> {
        match self {
            Self::Person(person) => Some(person),
            Self::Organisation(_) | Self::Site => None,
        }
    }

    pub fn is_person(&self) -> bool {
        self.person().is_some()
    }
}

const SITE: &str = "The site";

impl Holder {
    /// Whose it is, in words.
    pub fn name(&self) -> &str {
        match self {
            Self::Organisation(organisation) => &organisation.name,
            Self::Person(contact) => &contact.name,
            Self::Site => SITE,
        }
    }

    /// The same for the site's staff, with the contact of a person.
    pub fn with_contact(&self) -> String {
        match self {
            Self::Person(contact) => format!("{}, {}", contact.name, contact.reach),
            Self::Organisation(_) | Self::Site => self.name().to_owned(),
        }
    }

    pub fn id(&self) -> HolderId {
        match self {
            Self::Organisation(organisation) => Holder::Organisation(organisation.id),
            Self::Person(contact) => Holder::Person(contact.clone()),
            Self::Site => Holder::Site,
        }
    }
}

impl HolderName {
    /// Whose it is, in words.
    pub fn name(&self) -> &str {
        match self {
            Self::Organisation(name) | Self::Person(name) => name,
            Self::Site => SITE,
        }
    }
}

/// A person without an account, with the one way in which they are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    pub reach: Reach,
}

/// How somebody without an account is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    Email(Email),
    Telephone(Telephone),
}

impl Reach {
    /// # Errors
    /// The words to show at the field.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        if typed.contains('@') {
            Email::parse(typed).map(Self::Email)
        } else {
            Telephone::parse(typed).map(Self::Telephone)
        }
    }

    pub fn email(&self) -> Option<&Email> {
        match self {
            Self::Email(email) => Some(email),
            Self::Telephone(_) => None,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Telephone(number) => &number.0,
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A telephone number as people write it, with single spaces; 7 to 15 digits (ITU-T E.164).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telephone(String);

impl Telephone {
    /// # Errors
    /// The words to show at the field.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        let plain = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        if plain.is_empty() {
            return Err("Enter an email address or a telephone number");
        }
        let rest = plain.strip_prefix('+').unwrap_or(&plain);
        let digits = rest.bytes().filter(u8::is_ascii_digit).count();
        let readable = rest.bytes().all(|b| b.is_ascii_digit() || b" ()-".contains(&b));
        if readable && (7..=15).contains(&digits) && plain.len() <= 30 {
            Ok(Self(plain))
        } else {
            Err("Enter a whole telephone number, like 020 7946 0123, or an email address, like name@example.org")
        }
    }
}

impl fmt::Display for Telephone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody who is written to about a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// None for a person without an account, to whom no page of ours opens.
    pub person: Option<PersonId>,
    pub name: String,
    pub email: Email,
    /// Of the organisation with which the booking is shared.
    pub shares: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_an_address_or_a_telephone_number() {
        for good in ["020 7946 0123", " +44 (0)20  7946-0123 ", "2079460123"] {
            assert!(matches!(Reach::parse(good), Ok(Reach::Telephone(_))), "{good}");
        }
        assert_eq!(Reach::parse(" +44 (0)20  7946-0123 ").unwrap().to_string(), "+44 (0)20 7946-0123");
        assert_eq!(Reach::parse("Jo@Example.org").unwrap().email().unwrap().as_str(), "jo@example.org");
        for wrong in [
            "",
            "  ",
            "12345",
            "ring the bell",
            "020 7946 0123 0123 0123",
            "jo@",
            "020\u{202e}79460123",
            "++4420794601",
        ] {
            assert!(Reach::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_stored_is_read_back() {
        for text in ["020 7946 0123", "+44 20 7946 0123", "jo@example.org"] {
            let reach = Reach::parse(text).unwrap();
            assert_eq!(Reach::parse(reach.as_str()), Ok(reach));
        }
    }
}
