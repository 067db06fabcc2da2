//! Chance: random tokens, references and identifiers, drawn in one place and handed in from outside. Not what they open.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::domain::ids::{PersonId, Reference};
use crate::domain::span::Instant;

/// Draws from the system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chance;

/// A random 256-bit token as it stands in a cookie or a link. Only its hash is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Chance {
    /// Random bytes.
    ///
    /// # Panics
    /// When the system has no randomness to give, where going on would be unsafe.
    #[expect(clippy::expect_used, reason = "without randomness nothing that follows would be safe")]
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).expect("the system gives randomness");
        bytes
    }

    pub fn token(self) -> Token {
        Token(URL_SAFE_NO_PAD.encode(self.bytes::<32>()))
    }

    /// A reference for a booking; the database refuses one that is taken, and another is drawn then.
    pub fn reference(self) -> Reference {
        loop {
            if let Some(reference) = Reference::from_random(&self.bytes::<32>()) {
                return reference;
            }
        }
    }

    /// A short identifier for a page with an error and the log line that goes with it.
    pub fn short(self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<6>())
    }
}

impl Token {
    /// Reads a token from a cookie or a link; `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let valid = text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        valid.then(|| Self(text.to_owned()))
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// SHA-256 in hexadecimal: what is stored. The token has 256 bits of its own, so no salt is needed.
    pub fn hash(&self) -> String {
        hash(&self.0)
    }

    /// A second token that belongs to this one and does not reveal it: for forms.
    pub fn for_forms(&self) -> String {
        hash(&format!("form:{}", self.0))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

/// SHA-256 in hexadecimal.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut out, byte| {
        use std::fmt::Write as _;
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// What is stored of a form's nonce. It is of one form and one person, so that a nonce taken from elsewhere is a new one here.
pub fn nonce_hash(form: &str, person: PersonId, nonce: &str) -> String {
    hash(&format!("{form}:{}:{nonce}", person.row()))
}

/// What names an account in an administrator's links: it says nothing about the person.
pub fn person_handle(person: PersonId, made_at: Instant) -> String {
    hash(&format!("person:{}:{}", person.row(), made_at.seconds())).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_read_back() {
        let (one, other) = (Chance.token(), Chance.token());
        assert!(one != other);
        assert_eq!(Token::parse(one.reveal()), Some(one.clone()));
        assert_eq!(one.hash().len(), 64);
        assert_ne!(one.hash(), one.for_forms());
        assert_eq!(Token::parse("short"), None);
    }
}
