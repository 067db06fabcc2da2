//! A calendar feed: what it is of, and how long it looks back and ahead. Not the calendar's text.

use super::ids::{FacilityId, FeedId, OrganisationId, PersonId, SiteId};
use super::occurrence::Stage;
use super::span::Instant;

/// What has ended, and what was cancelled, stays in a feed for so many days, so that calendars which ask seldom hear of it.
pub const DAYS_BACK: i64 = 30;
/// A feed looks so many days ahead: as far as anything can be booked.
pub const DAYS_AHEAD: i64 = 730;
/// So many sessions are in a feed at the most, the soonest first.
pub const MOST: i64 = 2_000;
/// So many feeds a person may have at a time.
pub const MOST_FEEDS: usize = 20;
/// When a feed was last asked for is written at most every so many minutes.
pub const USED_EVERY_MINUTES: i64 = 60;

/// What a feed is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedOf {
    /// Everything of the organisations that its person books for.
    Person,
    Organisation(OrganisationId),
    Site(SiteId),
    Facility(FacilityId),
}

/// A feed by its secret address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    pub id: FeedId,
    /// Whose it is: it shows what this person may see now, not what they might when it was made.
    pub person: PersonId,
    pub of: FeedOf,
    pub used_at: Option<Instant>,
}

/// How a session stands in a calendar (RFC 5545, section 3.8.1.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Tentative,
    Confirmed,
    Cancelled,
}

/// The status of an occurrence that has stood so since an instant; `None` where it has left the feed, or never was in it.
pub fn status(stage: Stage, since: Instant, now: Instant) -> Option<Status> {
    match stage {
        Stage::Requested | Stage::Conditional => Some(Status::Tentative),
        Stage::Confirmed => Some(Status::Confirmed),
        // A date that was left out never was a session.
        Stage::Skipped => None,
        Stage::Declined | Stage::Withdrawn | Stage::Expired | Stage::Cancelled | Stage::Displaced => {
            (now < since.plus_days(DAYS_BACK)).then_some(Status::Cancelled)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cancelled_stays_for_thirty_days() {
        let since = Instant::from_seconds(1_795_514_400);
        for stage in Stage::ALL {
            let (at_once, late) = (status(stage, since, since), status(stage, since, since.plus_days(30)));
            match stage {
                Stage::Requested | Stage::Conditional => assert_eq!(late, Some(Status::Tentative)),
                Stage::Confirmed => assert_eq!(late, Some(Status::Confirmed)),
                Stage::Skipped => assert_eq!((at_once, late), (None, None)),
                _ => assert_eq!((at_once, late), (Some(Status::Cancelled), None), "{stage:?}"),
            }
        }
    }
}
