//! Whose session is the last of a day at a site: they are the last out, and tick the closing list. Reads, never writes.

use chrono::NaiveDate;

use crate::domain::arrivals::first_and_last;
use crate::domain::hours::day;
use crate::domain::occurrence::Stage;
use crate::domain::places::Site;
use crate::domain::span::Span;
use crate::store::occurrences::{self, Line, ListFilter};
use crate::store::{Conn, StoreError};

/// So many sessions of a day are looked at; more is a fault of the site's.
const MOST_LINES: i64 = 500;

/// What is asked of a day, so that the sheet of a reception and the closing list mean the same sessions.
pub fn of_day<'a>(sites: &'a [crate::domain::ids::SiteId], span: Span) -> ListFilter<'a> {
    ListFilter {
        sites: Some(sites),
        stages: Some(&[Stage::Conditional, Stage::Confirmed]),
        ends_after: Some(span.start()),
        // What lasts longer than a day is nobody's session.
        ends_by: Some(span.end().plus_hours(24)),
        starts_before: Some(span.end()),
        most: MOST_LINES,
        ..ListFilter::default()
    }
}

/// The session of a day that ends last; `None` on a day without sessions.
///
/// # Errors
/// Surprises of the store.
pub fn last_out(conn: &mut Conn, site: &Site, date: NaiveDate) -> Result<Option<Line>, StoreError> {
    let Ok(day) = day(site.zone, date) else {
        return Ok(None);
    };
    let mut lines = occurrences::list(conn, &of_day(&[site.id], day))?;
    let spans: Vec<Span> = lines.iter().map(|line| line.session).collect();
    Ok(first_and_last(&spans).map(|(_, last)| lines.swap_remove(last)))
}
