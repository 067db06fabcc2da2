//! Reminding managers of requests that nobody has answered, once each, before they expire.

use super::case::{Case, Circumstances};
use crate::domain::occurrence::Stage;
use crate::domain::policy::StaffRole;
use crate::domain::rendered::Rendered;
use crate::mail::accounts::Recipient;
use crate::store::occurrences::ListFilter;
use crate::store::{Conn, StoreError, occurrences, sites};

/// Mails a reminder for what expires within so many hours. The once-key of each keeps a second run from mailing again.
pub fn remind(conn: &mut Conn, circumstances: Circumstances<'_>, within_hours: i64) -> Result<usize, StoreError> {
    let filter = ListFilter {
        stages: Some(&[Stage::Requested]),
        until_after: Some(circumstances.now),
        until_by: Some(circumstances.now.plus_hours(within_hours)),
        ..ListFilter::default()
    };
    let mut bookings: Vec<_> = occurrences::list(conn, &filter)?.into_iter().map(|line| line.booking).collect();
    bookings.sort_unstable();
    bookings.dedup();
    for booking in &bookings {
        let Some(case) = Case::by_id(conn, *booking)? else {
            continue;
        };
        let until = case.booking.waiting(circumstances.now).find_map(|one| one.state.until());
        let deadline = until.map_or(0, crate::domain::span::Instant::seconds);
        for manager in sites::staff(conn, case.site.id)?.iter().filter(|one| one.role == StaffRole::Manager) {
            let to = Recipient { name: &manager.name, email: &manager.email };
            let mail = circumstances.mailer.decision_needed(case.for_mail(), &to, true);
            let once = format!("decision-reminder/{}/{deadline}/{}", case.booking.reference, manager.person.row());
            circumstances.post(conn, Some(Rendered { once: Some(once), ..mail }))?;
        }
    }
    Ok(bookings.len())
}
