//! A form filled from an earlier booking: where and when it could be had again, and its words.

use chrono::NaiveDate;

use super::sees;
use crate::allocation::{Case, NewWords};
use crate::domain::holder::HolderId;
use crate::domain::hours::local_date;
use crate::domain::ids::{Reference, Slug};
use crate::domain::judge::Proposal;
use crate::domain::nearest;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::enquiry;
use crate::store::{Db, StoreError, changes};

/// Where a booking could be had again: the place, and date and minutes of the next free time like it.
#[derive(Debug)]
pub struct Again {
    pub site: Slug,
    pub facility: Slug,
    pub times: Option<(NaiveDate, i32, i32)>,
}

/// The next date of the same weekday on which the time of a booking's last date is free. `None` when this person may not see it.
pub async fn next_free(db: &Db, reference: Reference, actor: Actor, now: Instant) -> Result<Option<Again>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)?.filter(|case| sees(&actor, case)) else {
            return Ok(None);
        };
        let last = case.booking.occurrences.iter().max_by_key(|one| one.session);
        let Some((last, facility)) = last.and_then(|one| Some((one, case.facility_of(one)?))) else {
            return Ok(None);
        };
        let zone = case.site.zone;
        let (was, today) = (local_date(zone, last.session.start()), local_date(zone, now));
        let weekly = was.iter_days().step_by(7).skip_while(|date| *date < today || *date <= was);
        let dates: Vec<NaiveDate> = weekly.take(12).collect();
        let range = (today, dates.last().copied().unwrap_or(today));
        let organisation = case.booking.organisation_id();
        // Whether it would need a decision is of no account for whether it is free.
        let known = enquiry::Known { trusted: Some(false), papers: Some(&[]), ..enquiry::Known::default() };
        let loaded = enquiry::load_known(conn, &case.site, &[facility], (organisation, known), range)?;
        let proposal = Proposal {
            session: last.session,
            wanted: last.wanted.clone(),
            people: case.booking.people,
            organisation,
            besides: Vec::new(),
            asked: now,
            brings: case.brings(),
        };
        let free = nearest::other_days(&loaded.facts(facility), &proposal, now, &dates, 1);
        let times = free.first().map(|span| {
            let from = crate::domain::hours::local_time(zone, span.start());
            (from.date, from.minute, crate::domain::hours::local_time(zone, span.end()).minute)
        });
        Ok(Some(Again { site: case.site.slug.clone(), facility: facility.slug.clone(), times }))
    })
    .await
}

/// The words of an earlier booking, for a form that is filled from it; `None` when this person may not see it.
pub async fn words_of(db: &Db, reference: Reference, actor: Actor) -> Result<Option<(HolderId, NewWords)>, StoreError> {
    db.read(move |conn| {
        let found = changes::words_of(conn, &reference)?;
        Ok(found.filter(|(site, holder, _)| actor.may_book_at(*site, holder)).map(|(_, holder, words)| (holder, words)))
    })
    .await
}
