//! Who waits in the demo world, so that its waiting lists have something to show: an offer, and places in two queues. Not the bookings.

use super::cast::Cast;
use super::places::seeded;
use crate::allocation::{self, Circumstances, Dated, Draft, GiveUp, JoinAnswer};
use crate::chance::Chance;
use crate::domain::availability::Wanted;
use crate::domain::booking::Scope;
use crate::domain::holder::Holder;
use crate::domain::ids::{Reference, Slug};
use crate::domain::occurrence::Stage;
use crate::domain::organisation::Class;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::bookings;
use crate::store::occurrences::{self, Line, ListFilter};
use crate::store::{Conn, StoreError, sessions, sites, waiting};

const SITE: &str = "hunter-street";
const WAITS: (&str, &str) = ("lanternwick", "booker@example.org");
const AHEAD: (&str, &str) = ("threadmoor", "simon.goodhew@example.org");
const MANAGER: &str = "manager@example.org";
/// So many times are waited for; the first of them is freed.
const TIMES: usize = 3;

/// Joins the queues of the first times that others have, frees one of them, and sets who comes first there.
pub fn join(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    let circumstances = Circumstances { now, chance: Chance, mailer };
    let Some(site) = sites::by_slug(conn, &seeded(Slug::parse(SITE), "slug")?)? else {
        return Ok(());
    };
    waiting::set_priorities(conn, site.id, &[Class::Charity, Class::Community])?;
    let filter = ListFilter {
        sites: Some(&[site.id]),
        stages: Some(&[Stage::Confirmed]),
        starts_after: Some(now.plus_days(4)),
        starts_before: Some(now.plus_days(15)),
        most: 400,
        ..ListFilter::default()
    };
    let own = [cast.organisation(WAITS.0)?, cast.organisation(AHEAD.0)?];
    let mut joined = 0;
    for line in occurrences::list(conn, &filter)? {
        let of_others = line.organisation.is_some_and(|id| !own.contains(&id));
        if !of_others || TIMES <= joined {
            continue;
        }
        // On the second list somebody else was first.
        if joined == 1 {
            let ahead = Circumstances { now: now.plus_hours(-20), ..circumstances };
            allocation::join(conn, ahead, &draft(cast, &line, AHEAD, "One to one support")?)?;
        }
        let since = Circumstances { now: now.plus_hours(-3), ..circumstances };
        let answer = allocation::join(conn, since, &draft(cast, &line, WAITS, "Drop-in counselling")?)?;
        if matches!(answer, JoinAnswer::Joined(_)) {
            joined += 1;
            if joined == 1 {
                free(conn, circumstances, cast, &line.reference, line.session.start())?;
            }
        }
    }
    Ok(())
}

fn draft(cast: &Cast, line: &Line, (slug, email): (&str, &str), purpose: &str) -> Result<Draft, StoreError> {
    Ok(Draft {
        site: line.site_slug.clone(),
        facility: line.facility_slug.clone(),
        holder: Holder::Organisation(cast.organisation(slug)?),
        booked_by: cast.person(email)?,
        dates: vec![Dated::at(line.session)],
        repeat: None,
        wanted: Wanted::Whole,
        purpose: purpose.to_owned(),
        note: String::new(),
        people: 2,
        privacy: Privacy::Confidential,
        set_aside: None,
        terms: None,
        particulars: Default::default(),
        nonce: Chance.token().reveal().to_owned(),
    })
}

/// The site's manager cancels one date.
fn free(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    cast: &Cast,
    reference: &Reference,
    start: Instant,
) -> Result<(), StoreError> {
    let manager = cast.person(MANAGER)?;
    let (Some(actor), Some(booking)) =
        (sessions::actor(conn, manager, circumstances.now)?, bookings::by_reference(conn, reference)?)
    else {
        return Ok(());
    };
    let date = booking.occurrences.iter().find(|one| one.session.start() == start).map(|one| one.ordinal);
    let what = GiveUp { from: date, scope: Scope::This, reason: String::new() };
    allocation::cancel(conn, circumstances, &actor, (reference, booking.version), &what).map(|_| ())
}
