//! Accounts of the demo world: when people signed in last, and from what; one who has not for long, and rights that have lapsed.

use super::cast::Cast;
use super::world::PEOPLE;
use crate::allocation::{self, Circumstances};
use crate::chance::Chance;
use crate::domain::history::EventKind;
use crate::domain::ids::Slug;
use crate::domain::policy::{MemberRole, StaffRole};
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::events::{self, NewEvent};
use crate::store::unused::{self, Right};
use crate::store::{Conn, StoreError, devices, sites};

/// Everybody has signed in within so many days, from one of these.
const WITHIN_DAYS: i64 = 20;
const DEVICES: [&str; 4] = ["Firefox on Windows", "Chrome on Android", "Safari on iPhone", "Edge on Windows"];
/// A member who is told that their rights will lapse.
const SLEEPER: (&str, i64) = ("jean.westaway@example.org", 340);
/// Somebody who was a member and a receptionist, until they did not sign in for a year.
const GONE: &str = "joy.babatunde@example.org";
const GONE_FROM: (&str, &str) = ("lanternwick", "hunter-street");
const GONE_DAYS_AGO: i64 = 12;

/// Writes it down. Devices are noted in the order of time, so that the last sign-in stands.
///
/// # Errors
/// The store's, or a name that the seeds do not have.
pub fn settle(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    for (number, seed) in (0_i64..).zip(PEOPLE) {
        let person = cast.person(seed.email)?;
        let at = now.plus_hours(-24 * (number % WITHIN_DAYS + 1));
        let device = DEVICES.iter().cycle().nth(usize::try_from(number).unwrap_or_default()).copied();
        devices::note(conn, person, device.unwrap_or("A device"), at)?;
    }
    let (email, days) = SLEEPER;
    let sleeper = cast.person(email)?;
    unused::set_signed_in(conn, sleeper, now.plus_days(-days))?;
    let circumstances = Circumstances { now: now.plus_days(-2), chance: Chance, mailer };
    allocation::lapse_unused(conn, circumstances, sleeper)?;

    let (gone, at) = (cast.person(GONE)?, now.plus_days(-GONE_DAYS_AGO));
    let organisation = cast.organisation(GONE_FROM.0)?;
    let site = Slug::parse(GONE_FROM.1).map_or(Ok(None), |slug| sites::by_slug(conn, &slug))?;
    let event = NewEvent { person: Some(gone), ..NewEvent::new(EventKind::RightLapsed, None) };
    unused::keep(conn, gone, Right::Member(organisation, MemberRole::Volunteer), at)?;
    events::insert(conn, &NewEvent { organisation: Some(organisation), ..event }, at)?;
    if let Some(site) = site {
        unused::keep(conn, gone, Right::Staff(site.id, StaffRole::Receptionist), at)?;
        events::insert(conn, &NewEvent { site: Some(site.id), ..event }, at)?;
    }
    Ok(())
}
