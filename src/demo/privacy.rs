//! Privacy in the demo world: statements that are filled in, and looks of the staff at confidential bookings.

use super::cast::Cast;
use super::places::seeded;
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::instance_words::BLANKS;
use crate::domain::occurrence::Stage;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::viewing::Viewing;
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, StoreError, settings, sites, views};

/// What the demo's administrator has filled in.
const WORDS: [(&str, &str); 5] = [
    ("controller", "Alcove Demonstration Rooms"),
    ("address", "1 Example Street, Sampleton ZZ1 1ZZ"),
    ("contact", "the data protection lead, data@example.org"),
    ("accessibility_contact", "Write to access@example.org or ring the site"),
    ("accessibility_reply", "within 5 working days"),
];
/// Who looks, so many hours ago and so many hours apart.
const LOOKERS: [(&str, i64, i64); 2] = [("reception@example.org", 3, 5), ("manager@example.org", 20, 31)];
const SITE: &str = "hunter-street";

pub fn fill(conn: &mut Conn, cast: &Cast, now: Instant) -> Result<(), StoreError> {
    for blank in &BLANKS {
        if let Some((_, words)) = WORDS.iter().find(|(field, _)| *field == blank.field) {
            settings::set(conn, &blank.setting(), words)?;
        }
    }
    let tested = local_date(chrono_tz::Europe::London, now.plus_days(-40)).format("%-d %B %Y, by hand and by program");
    settings::set(conn, "statement/accessibility_tested", &tested.to_string())?;
    look(conn, cast, now)
}

/// The confidential bookings of the next days were opened now and then.
fn look(conn: &mut Conn, cast: &Cast, now: Instant) -> Result<(), StoreError> {
    let Some(site) = sites::by_slug(conn, &seeded(Slug::parse(SITE), "slug")?)? else {
        return Ok(());
    };
    let filter = ListFilter {
        sites: Some(&[site.id]),
        stages: Some(&[Stage::Confirmed, Stage::Requested]),
        ends_after: Some(now.plus_days(-2)),
        starts_before: Some(now.plus_days(4)),
        most: 300,
        ..ListFilter::default()
    };
    let lines = occurrences::list(conn, &filter)?;
    let mut references: Vec<_> =
        lines.into_iter().filter(|line| line.privacy == Privacy::Confidential).map(|line| line.reference).collect();
    references.dedup();
    for (who, ago, apart) in LOOKERS {
        let person = cast.person(who)?;
        let seen = references.iter().step_by(2).zip(0..);
        let seen: Vec<Viewing> = seen
            .map(|(booking, number)| Viewing {
                booking: booking.clone(),
                person,
                at: now.plus_hours(-ago).plus_minutes(-number * apart),
            })
            .collect();
        views::write(conn, &seen)?;
    }
    Ok(())
}
