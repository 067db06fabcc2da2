//! What is looked at for a booking form that was sent: as little as the next page needs. Not how it is read.

use chrono::NaiveDate;

use super::behalf;
use super::draft::NewBooking;
use super::service::{self, Dates, Form, Look};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::places::Site;
use crate::error::Error;
use crate::web::access::SignedIn;
use crate::web::forms::Faults;
use crate::web::state::State;

/// For a form as it came in: nothing where it is sent on to be judged, because that looks for itself.
pub fn first(typed: &NewBooking) -> Look {
    if typed.step == "yes" { Look::Nothing } else { whole(typed) }
}

/// All that a page about it needs: the dates of a series, or its one date.
fn whole(typed: &NewBooking) -> Look {
    let people = typed.people.trim().parse().unwrap_or(1);
    if typed.repeating().is_asked() && typed.step != "change" { Look::Series { people } } else { Look::Day }
}

/// Looks, on the dates that the form names.
pub async fn at(
    state: &State,
    who: &SignedIn,
    slugs: (Slug, Slug),
    typed: &NewBooking,
    look: Look,
) -> Result<Form, Error> {
    let whose = (who.actor.clone(), behalf::whose(typed));
    let typed = typed.clone();
    let dates = move |site: &Site| dates(&typed, site);
    service::form(&state.db, slugs, (look, dates), whose, state.clock.now()).await?.ok_or(Error::NotFound)
}

/// Looks, on the dates that are given.
pub async fn between(
    state: &State,
    who: &SignedIn,
    slugs: (Slug, Slug),
    typed: &NewBooking,
    (look, dates): (Look, Dates),
) -> Result<Form, Error> {
    let whose = (who.actor.clone(), behalf::whose(typed));
    let look = (look, move |_: &Site| dates);
    service::form(&state.db, slugs, look, whose, state.clock.now()).await?.ok_or(Error::NotFound)
}

/// The same form with everything looked at, where that was not done yet.
pub async fn again(state: &State, who: &SignedIn, found: Form, typed: &NewBooking) -> Result<Form, Error> {
    if typed.step != "yes" {
        return Ok(found);
    }
    at(state, who, (found.site.slug, found.facility.slug), typed, whole(typed)).await
}

/// The date of the session, else the one that was typed, and the last of a series that can be read.
fn dates(typed: &NewBooking, site: &Site) -> Dates {
    let session = typed.session().ok().map(|session| local_date(site.zone, session.start()));
    let first: Option<NaiveDate> = session.or_else(|| typed.date.parse().ok());
    let pattern = session.and_then(|first| typed.repeating().pattern(first, &mut Faults::none()));
    (first, pattern.and_then(|pattern| pattern.dates().last().copied()))
}
