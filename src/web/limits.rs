//! Limits per address, in memory: how often one machine may try a door. Limits per account are counted in the database.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::HttpRequest;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::state::State;
use crate::error::Error;

/// One limiter for all doors: sign-in, registration, forgotten passwords.
#[derive(Clone)]
pub struct Limits {
    doors: Arc<DefaultKeyedRateLimiter<IpAddr>>,
}

impl Limits {
    /// So many tries in a burst, then as many a minute.
    pub fn new(per_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self { doors: Arc::new(RateLimiter::keyed(quota)) }
    }

    /// Counts one try from the request's address.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn try_door(&self, state: &State, request: &HttpRequest) -> Result<(), Error> {
        let Some(address) = client_address(state, request) else {
            return Ok(());
        };
        self.doors
            .check_key(&address)
            .map_err(|not_until| Error::TooMany(not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1))
    }

    /// Forgets addresses that have not been seen for a while, so that memory stays flat.
    pub fn tidy(&self) {
        self.doors.retain_recent();
    }
}

/// The address of whoever asks: the peer, or what a trusted proxy says of it.
pub fn client_address(state: &State, request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    if !state.trusted_proxies.contains(&peer) {
        return Some(peer);
    }
    let forwarded = request.headers().get("X-Forwarded-For").and_then(|value| value.to_str().ok());
    // The nearest proxy appends on the right; addresses further left are only claims.
    let nearest = forwarded.and_then(|list| list.rsplit(',').map(str::trim).find_map(|one| one.parse::<IpAddr>().ok()));
    nearest.or(Some(peer))
}
