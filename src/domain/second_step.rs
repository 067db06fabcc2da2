//! The second step of signing in: codes of an authenticator app (RFC 6238), and recovery codes for when it is lost. Not where they are kept.
//!
//! Codes have six digits, a step is 30 seconds and the hash is SHA-1, because that is what every app reads. A code counts in its own
//! step and in the one before and after, and each step counts once: the newest that was accepted is kept, and nothing up to it is taken again.

use totp_rs::{Builder, Secret, Totp};

use super::span::Instant;

/// What the app shows beside the address.
const ISSUER: &str = "Alcove";
const STEP_SECONDS: i64 = 30;
/// So many recovery codes are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Letters and digits that nobody takes for each other: 32, so that five bits draw one.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Twelve of them hold 60 bits.
const RECOVERY_LENGTH: usize = 12;

/// What a code is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// It is right, for this time step.
    Right(i64),
    /// It was right once, and was used or is older than one that was.
    Replayed,
    Wrong,
}

/// What somebody typed where a code is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Six digits of the app.
    App(String),
    /// A recovery code as it is kept: without spaces and hyphens, in lower case.
    Recovery(String),
    Neither,
}

impl Typed {
    pub fn read(text: &str) -> Self {
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-' && *c != '\u{2011}' && *c != '\u{2013}')
            .take(40)
            .flat_map(char::to_lowercase)
            .collect();
        if plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit()) {
            Self::App(plain)
        } else if plain.len() == RECOVERY_LENGTH && plain.bytes().all(|b| LETTERS.contains(&b)) {
            Self::Recovery(plain)
        } else {
            Self::Neither
        }
    }
}

/// A new secret out of 160 random bits, as RFC 4226 advises, in base32.
pub fn secret(random: [u8; 20]) -> String {
    Secret::new(Box::new(random)).to_base32()
}

fn app(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).build().ok()
}

/// Judges six digits; `last_step` is the newest step of which a code was accepted.
pub fn judge(secret: &str, digits: &str, last_step: i64, now: Instant) -> Code {
    let (Some(app), Ok(seconds)) = (app(secret), u64::try_from(now.seconds())) else {
        return Code::Wrong;
    };
    let step = app.check(digits, seconds).and_then(|step| i64::try_from(step).ok());
    match step {
        Some(step) if last_step < step => Code::Right(step),
        Some(_) => Code::Replayed,
        None => Code::Wrong,
    }
}

/// The code that an app shows at a time; `None` for what is no secret.
pub fn shown(secret: &str, at: Instant) -> Option<String> {
    let seconds = u64::try_from(at.seconds()).ok()?;
    app(secret).map(|app| app.generate(seconds).to_string())
}

/// The time step of an instant.
pub fn step(at: Instant) -> i64 {
    at.seconds().div_euclid(STEP_SECONDS)
}

/// What the QR code says: the key URI that authenticator apps read.
pub fn key_uri(secret: &str, email: &str) -> String {
    let escape = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!("otpauth://totp/{ISSUER}:{}?secret={secret}&issuer={ISSUER}", escape(email))
}

/// A secret in groups of four, for those who type it.
pub fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// A recovery code out of random bytes, as it is kept.
pub fn recovery_code(random: [u8; RECOVERY_LENGTH]) -> String {
    random.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 31))).map(|letter| char::from(*letter)).collect()
}

/// As people read it: `abcd-efgh-2345`.
pub fn hyphened(code: &str) -> String {
    grouped(code).replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B: "12345678901234567890".
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> Instant {
        Instant::from_seconds(seconds)
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        assert_eq!(secret(*b"12345678901234567890"), RFC);
        // The last six of the eight digits that the RFC prints.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(shown(RFC, at(seconds)).as_deref(), Some(code));
            assert_eq!(judge(RFC, code, 0, at(seconds)), Code::Right(seconds / 30));
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_late_and_once() {
        let now = 1_234_567_890;
        let code = shown(RFC, at(now)).unwrap();
        for (late, right) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let judged = judge(RFC, &code, 0, at(now + late));
            assert_eq!(judged == Code::Right(now / 30), right, "{late} s late");
        }
        assert_eq!(judge(RFC, &code, step(at(now)), at(now + 5)), Code::Replayed);
        assert_eq!(judge(RFC, &code, step(at(now)) + 1, at(now + 5)), Code::Replayed, "an older one than the last");
        assert_eq!(judge(RFC, "000000", 0, at(now)), Code::Wrong);
        assert_eq!(judge("not base32!", &code, 0, at(now)), Code::Wrong);
    }

    #[test]
    fn codes_are_read_however_they_are_typed() {
        assert_eq!(Typed::read(" 123 456 "), Typed::App("123456".to_owned()));
        let code = recovery_code([0, 1, 2, 3, 4, 5, 6, 7, 30, 31, 32, 255]);
        assert_eq!(code, "abcdefgh89a9");
        assert_eq!(hyphened(&code), "abcd-efgh-89a9");
        assert_eq!(Typed::read("ABCD-efgh 89a9"), Typed::Recovery(code));
        for neither in ["", "12345", "1234567", "abcd", "abcd-efgh-89o0", "<script>", &"1".repeat(9_000)] {
            assert_eq!(Typed::read(neither), Typed::Neither, "{neither}");
        }
    }

    #[test]
    fn the_key_uri_names_program_and_account() {
        let uri = key_uri(RFC, "a+b@example.org");
        assert_eq!(uri, format!("otpauth://totp/Alcove:a%2Bb%40example.org?secret={RFC}&issuer=Alcove"));
        assert_eq!(grouped("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}
