//! Hashing and checking passwords with argon2id, two at a time. Not the rules for choosing one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::Error;

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
        Self { turns: Arc::new(Semaphore::new(2)), waiting: Arc::default(), decoy: decoy.into() }
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
            .take_turn(move || {
                PasswordHash::new(&hash)
                    .is_ok_and(|parsed| argon().verify_password(password.as_bytes(), &parsed).is_ok())
            })
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
fn argon() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes on this thread: for the command line and the demo.
///
/// # Errors
/// Only when the system has no randomness.
pub fn hash_now(password: &str) -> Result<String, Error> {
    let hash = argon().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| Error::Internal(anyhow::anyhow!("argon2: {error}")))
}
