//! Who funds what in the demo world, and a room that was added lately, so that reports have something to group by. Not what is booked.

use super::places::seeded;
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::span::Instant;
use crate::store::funding::{self, Funding};
use crate::store::{Conn, StoreError, facilities, sites};

const SITES: [(&str, &str); 3] = [
    ("hunter-street", "Bloomsbury Health Partnership"),
    ("axminster", "Axe Valley Fund"),
    ("tidewell-house", "Tidewell Town Council"),
];
const SPACES: [(&str, &str, &str); 2] =
    [("hunter-street", "maple", "Fernlight Foundation"), ("hunter-street", "willow", "Fernlight Foundation")];
/// A room that came so many days ago, and who may book it did so from then on.
const NEW: (&str, &str, i64) = ("hunter-street", "willow", 75);

pub fn fund(conn: &mut Conn, now: Instant) -> Result<(), StoreError> {
    let slug = |text: &str| seeded(Slug::parse(text), "slug");
    for (site, funder) in SITES {
        if let Some(site) = sites::by_slug(conn, &slug(site)?)? {
            funding::set_of_site(conn, site.id, funder)?;
        }
    }
    for (site, space, funder) in SPACES {
        if let Some((site, facility)) = facilities::by_slug(conn, &slug(site)?, &slug(space)?)? {
            let is_new = (site.slug.as_str(), facility.slug.as_str()) == (NEW.0, NEW.1);
            let in_use_from = is_new.then(|| local_date(site.zone, now.plus_days(-NEW.2)));
            funding::set_of_facility(conn, facility.id, &Funding { funder: funder.to_owned(), in_use_from })?;
        }
    }
    Ok(())
}
