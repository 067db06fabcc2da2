//! Who among the staff opened a confidential booking: written in batches, read by its organisation. Not the queue before that.

use diesel::prelude::*;

use super::schema::{booking, person};
use super::schema_privacy::view_record;
use super::{Conn, StoreError, sessions};
use crate::domain::ids::{BookingId, OrganisationId, SiteId};
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::viewing::{SAME_MINUTES, Viewing};

/// Keeps those of these looks that are to be kept: at a confidential booking, by the site's staff, and not by its own people.
/// Says how many those were.
pub fn write(conn: &mut Conn, seen: &[Viewing]) -> Result<usize, StoreError> {
    let mut written = 0;
    for one in seen {
        let found: Option<(i64, i64, Option<i64>, Option<i64>)> = booking::table
            .filter(booking::reference.eq(one.booking.stored()))
            .filter(booking::privacy.eq(Privacy::Confidential.code()))
            .select((booking::id, booking::site_id, booking::organisation_id, booking::second_organisation_id))
            .first(conn)
            .optional()?;
        let Some((id, site, own, second)) = found else {
            continue;
        };
        let Some(actor) = sessions::actor(conn, one.person, one.at)? else {
            continue;
        };
        let theirs = own.is_some_and(|id| actor.sees_bookings_of(OrganisationId::new(id)))
            || second.is_some_and(|id| actor.sees_shared_with(OrganisationId::new(id)));
        if theirs || !actor.is_staff(SiteId::new(site)) || is_known(conn, id, one)? {
            continue;
        }
        let post = actor.posts.iter().find(|post| post.site.row() == site);
        diesel::insert_into(view_record::table)
            .values((
                view_record::booking_id.eq(id),
                view_record::person_id.eq(one.person.row()),
                view_record::role.eq(post.map_or("administrator", |post| post.role.code())),
                view_record::at.eq(one.at.seconds()),
            ))
            .execute(conn)?;
        written += 1;
    }
    Ok(written)
}

/// Whether this person looked at it within the hour, as far as that is written down.
fn is_known(conn: &mut Conn, booking: i64, one: &Viewing) -> Result<bool, StoreError> {
    let (from, to) = (one.at.plus_minutes(-SAME_MINUTES).seconds(), one.at.plus_minutes(SAME_MINUTES).seconds());
    let same: Option<i64> = view_record::table
        .filter(view_record::booking_id.eq(booking).and(view_record::at.gt(from)).and(view_record::at.lt(to)))
        .filter(view_record::person_id.eq(one.person.row()))
        .select(view_record::id)
        .first(conn)
        .optional()?;
    Ok(same.is_some())
}

/// One look: who, as what, and when.
#[derive(Debug, Clone)]
pub struct Look {
    pub name: String,
    pub role: String,
    pub at: Instant,
}

/// The looks at a booking, the newest first.
pub fn of_booking(conn: &mut Conn, id: BookingId, most: i64) -> Result<Vec<Look>, StoreError> {
    let rows: Vec<(String, String, i64)> = view_record::table
        .inner_join(person::table)
        .filter(view_record::booking_id.eq(id.row()))
        .order((view_record::at.desc(), view_record::id.desc()))
        .limit(most)
        .select((person::name, view_record::role, view_record::at))
        .load(conn)?;
    let look = |(name, role, at)| Look { name, role, at: Instant::from_seconds(at) };
    Ok(rows.into_iter().map(look).collect())
}

/// Removes looks from before.
pub fn forget(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    Ok(diesel::delete(view_record::table.filter(view_record::at.lt(before.seconds()))).execute(conn)?)
}
