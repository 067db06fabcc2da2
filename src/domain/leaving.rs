//! What stands in the way of erasing somebody, and to whom their bookings can go. Not the erasing.

use super::ids::{Reference, Slug};
use super::span::Instant;

/// One thing that has to be settled first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Nobody else could manage the people of this organisation.
    LastCoordinator {
        slug: Slug,
        name: String,
    },
    LastAdministrator,
    /// Bookings to come of which they are the contact, for one organisation or one site.
    Bookings(Contacts),
    /// A booking to come that the site's staff made for them as a private person.
    Held {
        reference: Reference,
        site: String,
    },
    /// A place in the line for a plot.
    InLine {
        reference: Reference,
        place: String,
    },
}

/// Bookings to come that somebody is the contact of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contacts {
    pub of: ContactOf,
    pub name: String,
    /// With the first start to come, soonest first.
    pub bookings: Vec<(Reference, Instant)>,
    /// Who could take them over: name, and a handle for the form.
    pub others: Vec<(String, String)>,
}

/// Whose bookings those are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactOf {
    Organisation(Slug),
    Site(Slug),
}

impl ContactOf {
    /// As a form carries it.
    pub fn code(&self) -> String {
        match self {
            Self::Organisation(slug) => format!("organisation {slug}"),
            Self::Site(slug) => format!("site {slug}"),
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        let (of, slug) = code.split_once(' ')?;
        let slug = Slug::parse(slug)?;
        match of {
            "organisation" => Some(Self::Organisation(slug)),
            "site" => Some(Self::Site(slug)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_bookings_are_handed_over_is_read_back() {
        let slug = Slug::parse("wren-support").unwrap();
        for of in [ContactOf::Organisation(slug.clone()), ContactOf::Site(slug)] {
            assert_eq!(ContactOf::parse(&of.code()), Some(of));
        }
        assert_eq!(ContactOf::parse("person x"), None);
    }
}
