//! Hashing and checking passwords with argon2id, one at a time, so that a crowd at the door takes no more memory than one person. Not the rules for choosing one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::try_generate_salt;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

use crate::error::Error;

/// Room for so many blocks of 1 KiB is asked for, of which only those in use are ever resident. The allocator maps more than
/// 32 MiB by itself and gives it back at once; 19 MiB it would keep, once for each thread that ever hashed.
const ROOM: usize = 33 * 1024;

/// More than so many waiting to hash are turned away.
const WAITING: usize = 20;

/// Hashes on the blocking pool. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// What a wrong guess at an unknown account is checked against, so that it takes as long as any other.
    decoy: Arc<str>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    pub fn new() -> Self {
        let decoy = hash_now("nobody's password").unwrap_or_default();
        Self { turns: Arc::new(Semaphore::new(1)), waiting: Arc::default(), decoy: decoy.into() }
    }

    /// # Errors
    /// `Unavailable` when too many are waiting.
    pub async fn hash(&self, password: &str) -> Result<String, Error> {
        let password = password.to_owned();
        self.take_turn(move || hash_now(&password)).await?
    }

    /// Whether the password fits the hash; without a hash it takes as long and never does.
    ///
    /// # Errors
    /// `Unavailable` when too many are waiting.
    pub async fn fits(&self, password: &str, hash: Option<&str>) -> Result<bool, Error> {
        let (password, known) = (password.to_owned(), hash.is_some());
        let hash = hash.map_or_else(|| self.decoy.to_string(), str::to_owned);
        let fits = self
            .take_turn(move || PasswordHash::new(&hash).is_ok_and(|parsed| is_of(&parsed, password.as_bytes())))
            .await?;
        Ok(fits && known)
    }

    async fn take_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        if WAITING < self.waiting.fetch_add(1, Ordering::SeqCst) {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(Error::Unavailable("too many passwords to check".to_owned()));
        }
        let turn = self.turns.acquire().await;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let _turn = turn.map_err(|error| Error::Unavailable(error.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Unavailable(error.to_string()))
    }
}

/// 19 MiB, two passes, one lane: the least that OWASP's password storage advice allows for argon2id.
fn params() -> Params {
    Params::new(19 * 1024, 2, 1, None).unwrap_or_default()
}

/// Whether a hash is that of a password, by the parameters that it was made with. Outputs compare in constant time.
fn is_of(hash: &PasswordHash, password: &[u8]) -> bool {
    let ours = hash.algorithm == Algorithm::Argon2id.ident() && hash.version == Some(Version::V0x13.into());
    let (Some(salt), Some(output), Ok(params)) = (&hash.salt, &hash.hash, Params::try_from(hash)) else {
        return false;
    };
    ours && digest(password, salt, params).is_ok_and(|found| found == *output)
}

fn digest(password: &[u8], salt: &[u8], params: Params) -> Result<Output, anyhow::Error> {
    let mut memory = Vec::with_capacity(ROOM);
    memory.resize(params.block_count(), Block::new());
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into_with_memory(password, salt, &mut output, &mut memory)?;
    Ok(Output::new(&output)?)
}

/// Hashes on this thread: for the command line and the demo.
///
/// # Errors
/// Only when the system has no randomness.
pub fn hash_now(password: &str) -> Result<String, Error> {
    made(password.as_bytes()).map(|hash| hash.to_string()).map_err(|error| Error::Internal(error.context("argon2")))
}

fn made(password: &[u8]) -> Result<PasswordHash, anyhow::Error> {
    let (salt, params) = (Salt::new(&try_generate_salt()?)?, params());
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        hash: Some(digest(password, &salt, params)?),
        salt: Some(salt),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_and_no_other() {
        let hash = hash_now("three quiet words").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let parsed = PasswordHash::new(&hash).unwrap();
        assert!(is_of(&parsed, b"three quiet words") && !is_of(&parsed, b"three quiet word"));
        // Made by the reference implementation, with other parameters.
        let known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(is_of(&PasswordHash::new(known).unwrap(), b"password"));
        assert!(!is_of(&PasswordHash::new(&known.replace("argon2id", "argon2i")).unwrap(), b"password"));
    }
}
