//! What anyone may come to in some days: sessions that need no booking, and bookings that are open to everybody. Four queries.

use chrono::NaiveDate;

use crate::domain::holder::Holder;
use crate::domain::hours::{local_date, wall_span};
use crate::domain::ids::FacilityId;
use crate::domain::redaction::{Audience, Shown, redact};
use crate::domain::span::{Instant, Span};
use crate::store::drop_ins::{self, Place, Where};
use crate::store::{Conn, StoreError};

/// One session on one date.
#[derive(Debug, Clone)]
pub struct Session {
    pub place: Place,
    pub span: Span,
    pub date: NaiveDate,
    pub title: String,
    pub for_whom: String,
    /// The organisation that holds it; none for the site's own.
    pub holder: Option<String>,
    /// Whether one may simply come, or asks the holder first.
    pub needs_no_booking: bool,
}

/// The sessions of the dates `from ..= to` that are not over, in order of their start.
pub fn whats_on(conn: &mut Conn, (from, to): (NaiveDate, NaiveDate), now: Instant) -> Result<Vec<Session>, StoreError> {
    let mut found: Vec<Session> = Vec::new();
    let all = drop_ins::list(conn, Where::Everywhere)?;
    for (place, one) in &all {
        for date in from.iter_days().take_while(|date| *date <= to) {
            if let Some(span) = one.on(place.zone, date).filter(|span| now < span.end()) {
                found.push(Session {
                    place: place.clone(),
                    span,
                    date,
                    title: one.name.clone(),
                    for_whom: one.for_whom.clone(),
                    holder: None,
                    needs_no_booking: true,
                });
            }
        }
    }
    if let Some(within) = found.iter().map(|one| one.span).reduce(Span::with) {
        let mut ids: Vec<FacilityId> = found.iter().map(|one| one.place.facility).collect();
        ids.sort_unstable();
        ids.dedup();
        let closed = drop_ins::closures(conn, &ids, within)?;
        found.retain(|one| !closed.iter().any(|(id, span)| *id == one.place.facility && span.overlaps(one.span)));
    }
    found.extend(open_sessions(conn, (from, to), now)?);
    found.sort_by(|a, b| (a.span, &a.place.site_name, &a.title).cmp(&(b.span, &b.place.site_name, &b.title)));
    Ok(found)
}

fn open_sessions(
    conn: &mut Conn,
    (from, to): (NaiveDate, NaiveDate),
    now: Instant,
) -> Result<Vec<Session>, StoreError> {
    // A day more at each end, whatever the zones; each date is looked at by its own site's clock below.
    let edge = |date: NaiveDate| wall_span(chrono_tz::Tz::UTC, date, (0, 1440));
    let Some(within) = edge(from).zip(edge(to)).map(|(first, last)| first.with(last).widened(1440, 1440)) else {
        return Ok(Vec::new());
    };
    let open = drop_ins::open_sessions(conn, within)?;
    let dated = open.into_iter().filter_map(|one| {
        let date = local_date(one.place.zone, one.span.start());
        // What everybody reads goes the way of everything else that outsiders are shown.
        let holder = one.holder.clone().map_or(Holder::Site, Holder::Organisation);
        let Shown::Everything { purpose, .. } = redact(Audience::Visitor, one.privacy, false, &holder, &one.title)
        else {
            return None;
        };
        Some(Session {
            place: one.place,
            span: one.span,
            date,
            title: purpose,
            for_whom: one.for_whom,
            holder: one.holder,
            needs_no_booking: false,
        })
    });
    Ok(dated.filter(|one| from <= one.date && one.date <= to && now < one.span.end()).collect())
}
