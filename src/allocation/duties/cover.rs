//! Asking everybody who could come to help on a date on which somebody is missing. Not who is put on it.

use super::date_of;
use crate::allocation::case::{Case, Circumstances};
use crate::domain::helping::Fit;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::policy::Actor;
use crate::domain::rendered::Rendered;
use crate::enquiry::rota::OfDate;
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, StoreError, engine, outbox};

/// What became of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverAnswer {
    /// So many were asked.
    Asked(usize),
    /// They were asked today already.
    AskedToday,
    /// Everybody is on it, on another duty then, or away.
    NobodyLeft,
    /// Nobody is missing any more, or it has begun or is off.
    NoGap,
    NotFound,
}

/// Asks all members who are not on the date, have nothing else then and have not said that they cannot; at most once a day.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn ask_cover(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, ordinal): (&Reference, i32),
) -> Result<CoverAnswer, StoreError> {
    let Some(case) = Case::by_reference(conn, reference)? else {
        return Ok(CoverAnswer::NotFound);
    };
    let Some(organisation) = case.booking.organisation_id().filter(|id| actor.keeps_rota(*id)) else {
        return Ok(CoverAnswer::NotFound);
    };
    engine::lock(conn, case.site.id, Some(organisation))?;
    let now = circumstances.now;
    let Some(date) = date_of(&case, ordinal, now).filter(|date| date.stands && now < date.session.start()) else {
        return Ok(CoverAnswer::NoGap);
    };
    let of = OfDate::load(conn, organisation, (case.booking.id, ordinal), (case.site.zone, date.session))?;
    if of.missing() == 0 {
        return Ok(CoverAnswer::NoGap);
    }
    let could = |fit: Fit| matches!(fit, Fit::Can | Fit::NotSaid);
    let asked: Vec<_> = of.helpers.iter().filter(|one| !one.on && !one.elsewhere && could(one.fit)).collect();
    if asked.is_empty() {
        return Ok(CoverAnswer::NobodyLeft);
    }
    let today = local_date(case.site.zone, now);
    let mut told = 0;
    for one in asked {
        let once = format!("cover/{}/{ordinal}/{today}/{}", case.booking.id.row(), one.member.person.row());
        if outbox::is_known(conn, &once)? {
            continue;
        }
        let to = Recipient { name: &one.member.name, email: &one.member.email };
        let mail = circumstances.mailer.cover_asked(case.for_mail(), &to, date.occurrence);
        let not_after = Some(date.session.start());
        let person = Some(one.member.person);
        circumstances.post(conn, Some(Rendered { once: Some(once), not_after, person, ..mail }))?;
        told += 1;
    }
    if told == 0 {
        return Ok(CoverAnswer::AskedToday);
    }
    let number = i64::try_from(told).ok();
    let event = case.event((EventKind::CoverAsked, Some(actor.person)), date.occurrence, None);
    events::insert(conn, &NewEvent { number, ..event }, now)?;
    Ok(CoverAnswer::Asked(told))
}
