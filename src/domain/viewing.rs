//! That somebody of the staff opened a confidential booking. Not who may, and not how it is kept.

use super::ids::{PersonId, Reference};
use super::policy::Actor;
use super::span::Instant;

/// A second look by the same person within so many minutes is the same look.
pub const SAME_MINUTES: i64 = 60;

/// Somebody opened a page of a booking. Whether that is to be kept is found out when it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewing {
    pub booking: Reference,
    pub person: PersonId,
    pub at: Instant,
}

/// As what somebody of a site's staff looked.
pub fn role_words(role: &str) -> &'static str {
    match role {
        "manager" => "Manager of the site",
        "receptionist" => "Receptionist of the site",
        _ => "Administrator",
    }
}

/// The booking that a path of a page belongs to: `/bookings/7K2M-94QT`, `/bookings/7K2M-94QT/change`, `/requests/7K2M-94QT`.
pub fn booking_of_path(path: &str) -> Option<Reference> {
    let rest = path.strip_prefix("/bookings/").or_else(|| path.strip_prefix("/requests/"))?;
    let name = rest.split('/').next().unwrap_or_default();
    Reference::parse(name.strip_suffix(".ics").unwrap_or(name))
}

/// Whether this person could be one of the staff at all: others are never noted.
pub fn may_be_staff(actor: &Actor) -> bool {
    actor.is_staff_anywhere()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_booking() {
        for path in ["/bookings/7K2M-94QT", "/bookings/7k2m94qt.ics", "/requests/7K2M-94QT", "/bookings/7K2M-94QT/more"]
        {
            assert_eq!(booking_of_path(path).unwrap().to_string(), "7K2M-94QT", "{path}");
        }
        for path in ["/bookings", "/waiting/7K2M-94QT", "/bookings/", "/requests"] {
            assert!(booking_of_path(path).is_none(), "{path}");
        }
    }
}
