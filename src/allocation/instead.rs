//! Another place for a date that lost its own, in the same booking: judged like any new date, taken with one click. Not how such places are found.

use super::Answer;
use super::case::{Case, Circumstances};
use super::decide::as_seen;
use super::undo::{Tell, judged_anew, put_back};
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::hours::local_time;
use crate::domain::ids::{Reference, Slug};
use crate::domain::occurrence::{NotPossible, Stage};
use crate::domain::places::Facility;
use crate::domain::policy::Actor;
use crate::domain::span::Span;
use crate::enquiry::series::elsewhere;
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, changes};

/// A place that somebody would have instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsteadOf {
    /// The date that lost its place.
    pub ordinal: i32,
    /// A facility of the same kind at the same site, the one for bad weather, or the same one at another time.
    pub facility: Slug,
    pub session: Span,
}

/// Gives a displaced date another place. What the rules allow by themselves, or a manager does, is confirmed at once.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn take_instead(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    wish: &InsteadOf,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let mut case = match as_seen(conn, (reference, version), |case| super::may_give_up(actor, case))? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let Some(old) = lost(&case, wish.ordinal).cloned() else {
        return Ok(Answer::NotPossible(NotPossible::Already(case.booking.stage()), Box::new(case)));
    };
    let Some(facility) = place(conn, actor, &case, &old, &wish.facility)? else {
        return Ok(Answer::NotFound);
    };
    let rules = &facility.rules;
    let moved = Occurrence {
        facility: facility.id,
        session: wish.session,
        occupied: wish.session.widened(rules.set_up_minutes.into(), rules.turnaround_minutes.into()),
        wanted: if facility.id == old.facility { old.wanted.clone() } else { elsewhere(&old.wanted, &facility) },
        ..old.clone()
    };
    if case.facilities.iter().all(|one| one.id != facility.id) {
        case.facilities.push(facility);
    }
    let state = match judged_anew(conn, circumstances, actor, &case, (&moved, now))? {
        Ok(state) => state,
        Err(answer) => return Ok(answer),
    };
    let zone = case.site.zone;
    let new = changes::NewPlace {
        facility: moved.facility,
        session: moved.session,
        occupied: moved.occupied,
        local: (local_time(zone, moved.session.start()), local_time(zone, moved.session.end())),
        wanted: &moved.wanted,
        until: None,
        // The site took the first place, so the price of that stays; not for more than was lost.
        price: old.price.filter(|_| moved.session.minutes() <= old.session.minutes()),
    };
    changes::set_place(conn, moved.id, &new)?;
    case.note(conn, (EventKind::Moved, Some(actor.person)), &moved, None, now)?;
    put_back(conn, circumstances, actor, case, &[(moved, state)], Tell::Moved(&old))
}

/// The date of a booking that lost its place, by its ordinal.
fn lost(case: &Case, ordinal: i32) -> Option<&Occurrence> {
    case.booking.occurrences.iter().find(|one| one.ordinal == ordinal && one.state.stage() == Stage::Displaced)
}

/// A facility that may be had in place of the old one: itself, the one for bad weather, or one of its kind that this person may see.
fn place(
    conn: &mut Conn,
    actor: &Actor,
    case: &Case,
    old: &Occurrence,
    slug: &Slug,
) -> Result<Option<Facility>, StoreError> {
    let filter = Filter { site: Some(&case.site.slug), slug: Some(slug), ..Filter::default() };
    let found = facilities::with_sites(conn, &filter)?.pop().map(|(_, facility)| facility);
    let own = case.facility_of(old);
    let fits = |one: &Facility| own.is_some_and(|own| own.kind == one.kind || own.fallback == Some(one.id));
    let seen = |one: &Facility| one.id == old.facility || one.listed || actor.sees_unlisted(case.site.id);
    Ok(found.filter(|one| fits(one) && seen(one)))
}
