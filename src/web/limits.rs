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

/// The address of whoever asks: the peer, or what a trusted proxy says of it. What anybody else sends is not looked at.
pub fn client_address(state: &State, request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let mut forwarded = request.headers().get_all("X-Forwarded-For").filter_map(|value| value.to_str().ok());
    let lists: Vec<&str> = forwarded.by_ref().collect();
    Some(nearest(peer, &state.trusted_proxies, &lists.join(",")))
}

/// The nearest address that is not one of our proxies. Each appends on the right whom it was asked by, so that what stands left of the first
/// stranger is only a claim.
fn nearest(peer: IpAddr, trusted: &[IpAddr], forwarded: &str) -> IpAddr {
    let mut address = peer;
    let mut list = forwarded.rsplit(',').map(str::trim);
    while trusted.contains(&address) {
        let Some(before) = list.next().and_then(|one| one.parse::<IpAddr>().ok()) else {
            return address;
        };
        address = before;
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_say_who_asks() {
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let (inner, outer) = (at("10.0.0.1"), at("10.0.0.2"));
        for (peer, forwarded, expected) in [
            ("192.0.2.7", "", "192.0.2.7"),
            // A stranger may claim what they like.
            ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
            ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(nearest(at(peer), &[inner, outer], forwarded), at(expected), "{peer} {forwarded}");
        }
    }
}
