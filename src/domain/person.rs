//! People: their address, name and password as typed. Not their rights, and not how a password is hashed.

use std::fmt;

use super::text::{self, TextFault};

/// An email address, kept in lower case. The shape is that of HTML's `input type=email`; whether it is theirs, a mail finds out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    const LONGEST: usize = 254;

    /// # Errors
    /// The words to show at the field.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        let plain = typed.trim().to_lowercase();
        if plain.is_empty() {
            return Err("Enter an email address");
        }
        let Some((local, domain)) = plain.split_once('@') else {
            return Err("Enter an email address with an @, like name@example.org");
        };
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        if plain.len() <= Self::LONGEST && local_ok && domain_ok {
            Ok(Self(plain))
        } else {
            Err("Enter an email address in full, like name@example.org")
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough to recognise one's own, too little to write to: `p…@example.org`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}…@{domain}")
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person's name as they write it.
///
/// # Errors
/// As [`text::required_line`].
pub fn name(typed: &str) -> Result<String, TextFault> {
    text::required_line(typed, 80)
}

pub const PASSWORD_SHORTEST: usize = 12;
const PASSWORD_LONGEST: usize = 200;

/// A password that is long enough and not easily guessed; it prints as nothing.
#[derive(Clone)]
pub struct NewPassword(String);

impl NewPassword {
    /// Reads a new password. `own` are words an attacker would try first: the person's name and address.
    ///
    /// # Errors
    /// The words to show at the field.
    pub fn parse(typed: &str, own: &[&str]) -> Result<Self, String> {
        let count = typed.chars().count();
        if count < PASSWORD_SHORTEST {
            return Err(format!("Use {PASSWORD_SHORTEST} characters or more. Three or four words work well"));
        }
        if PASSWORD_LONGEST < count {
            return Err(format!("Use {PASSWORD_LONGEST} characters or fewer"));
        }
        let mut inputs: Vec<&str> = own.iter().flat_map(|words| words.split(|c: char| !c.is_alphanumeric())).collect();
        inputs.extend(["alcove", "room", "booking"]);
        // Long passwords are cut for the estimate only: its time grows with the square of the length.
        let head: String = typed.chars().take(60).collect();
        let score = u8::from(zxcvbn::zxcvbn(&head, &inputs).score());
        if score < 3 || only_own_words(&head, &inputs) {
            return Err(
                "Choose another password: this one is easily guessed. Three or four unusual words work well".to_owned()
            );
        }
        Ok(Self(typed.to_owned()))
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Whether hardly anything is left when the words that belong to the person are taken away.
fn only_own_words(password: &str, own: &[&str]) -> bool {
    let mut rest = password.to_lowercase();
    for word in own.iter().filter(|word| 3 <= word.chars().count()) {
        rest = rest.replace(&word.to_lowercase(), "");
    }
    rest.chars().filter(|c| c.is_alphanumeric()).count() < 6
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_lower_case_and_wrong_ones_refused() {
        assert_eq!(Email::parse(" Priya.Nair@Example.ORG ").unwrap().as_str(), "priya.nair@example.org");
        for wrong in [
            "",
            "a",
            "a@",
            "@b.c",
            "a@b",
            "a b@c.d",
            "a@b..c",
            "a@-b.c",
            "a\r\nBcc: x@y.z",
            "a@b.c\0",
            ".a@b.c",
            "ä@b.c",
        ] {
            assert!(Email::parse(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(Email::parse("priya@example.org").unwrap().masked(), "p…@example.org");
    }

    #[test]
    fn short_and_common_passwords_are_refused() {
        for wrong in ["short", "password1234", "qwertyuiop12", "aaaaaaaaaaaaaaaa", "123456789012"] {
            assert!(NewPassword::parse(wrong, &[]).is_err(), "{wrong}");
        }
        assert!(NewPassword::parse("alcove demo world", &[]).is_ok());
        assert!(NewPassword::parse("priya nair priya", &["Priya Nair"]).is_err());
    }
}
