//! What every handler can reach: database, clock, chance, mail and settings. Not who is asking.

use actix_web::web::Data;

use crate::allocation::Circumstances;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::domain::health::Health;
use crate::mail::Mailer;
use crate::passwords::Passwords;
use crate::store::Db;
use crate::web::limits::Limits;

/// Shared by all handlers of a process.
#[derive(Clone)]
pub struct State {
    pub db: Db,
    pub clock: Clock,
    pub chance: Chance,
    pub mailer: Mailer,
    pub passwords: Passwords,
    pub limits: Limits,
    /// Cookies are marked `Secure` and named `__Host-…`, because the outside reaches us over TLS.
    pub secure: bool,
    /// The demo world: its mail can be read, and people can be tried out.
    pub demo: bool,
    /// Whether mail leaves at all.
    pub sends_mail: bool,
    /// How this process is doing.
    pub health: std::sync::Arc<Health>,
    pub trusted_proxies: std::sync::Arc<Vec<std::net::IpAddr>>,
}

pub type Shared = Data<State>;

impl State {
    /// Time, chance and mail, as the writers want them.
    pub fn circumstances(&self) -> Circumstances<'_> {
        Circumstances { now: self.clock.now(), chance: self.chance, mailer: &self.mailer }
    }
}
