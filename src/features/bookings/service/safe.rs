//! Who else would be in the building: of a time that is asked for, and of a booking's dates to come. Not how it is said.

use super::{Case, Form};
use crate::domain::occurrence::Stage;
use crate::domain::span::{Instant, Span};
use crate::enquiry::alone::dates;
use crate::store::{Conn, Db, StoreError};

/// The session itself, where nobody else would be in the building and the rules say that people are told so.
pub async fn alone(db: &Db, form: &Form, session: Span, now: Instant) -> Result<Vec<Span>, StoreError> {
    if !form.facility.rules.warns_alone {
        return Ok(Vec::new());
    }
    let (site, facility) = (form.site.clone(), form.facility.clone());
    let look = move |conn: &mut Conn| {
        let sessions = [(facility.id, session)];
        dates(conn, &site, std::slice::from_ref(&facility), &sessions, now)
    };
    db.read(look).await
}

/// The confirmed and requested dates to come of which that is so.
pub(super) fn dates_alone(conn: &mut Conn, case: &Case, now: Instant) -> Result<Vec<Span>, StoreError> {
    let stands = [Stage::Requested, Stage::Conditional, Stage::Confirmed];
    let coming = case
        .booking
        .occurrences
        .iter()
        .filter(|one| stands.contains(&one.state.stage()) && !one.state.is_void(now) && now < one.session.end());
    let sessions: Vec<_> = coming.map(|one| (one.facility, one.session)).collect();
    dates(conn, &case.site, &case.facilities, &sessions, now)
}
