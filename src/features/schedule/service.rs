//! What the timetables ask of the database. Not how they look.

use chrono::NaiveDate;

use crate::domain::ids::Slug;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::enquiry::day::day;
use crate::enquiry::week::week;
use crate::store::{Db, StoreError};

pub use crate::enquiry::day::{Day, Row};
pub use crate::enquiry::week::Week;

/// A site's day; today where no date is given.
pub async fn load_day(
    db: &Db,
    site: Slug,
    date: Option<NaiveDate>,
    actor: Option<Actor>,
    now: Instant,
) -> Result<Option<Day>, StoreError> {
    db.read(move |conn| day(conn, &site, date, actor.as_ref(), now)).await
}

/// A facility's week; this one where no date is given.
pub async fn load_week(
    db: &Db,
    (site, facility): (Slug, Slug),
    date: Option<NaiveDate>,
    actor: Option<Actor>,
    now: Instant,
) -> Result<Option<Week>, StoreError> {
    db.read(move |conn| week(conn, (&site, &facility), date, actor.as_ref(), now)).await
}
