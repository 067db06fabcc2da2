//! The sessions of a week for whoever keeps a rota, with who is on each and who is missing. Not who may be put on them.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use crate::domain::duty::{Duty, clashes, gap};
use crate::domain::helping::Fit;
use crate::domain::hours::{day, local_date, local_time, weekday};
use crate::domain::ids::{BookingId, OrganisationId, PersonId};
use crate::domain::occurrence::Stage;
use crate::domain::span::Span;
use crate::store::occurrences::{self, Line, ListFilter};
use crate::store::organisations::{self, Member};
use crate::store::{Conn, StoreError, availability, duties};

/// Sites may be in any zone, so what is read is a day wider than a week; [`in_week`] holds what it is.
pub fn days_around(monday: NaiveDate) -> Option<Span> {
    let (from, to) = (monday.checked_sub_days(Days::new(1))?, monday.checked_add_days(Days::new(8))?);
    Span::new(day(Tz::UTC, from).ok()?.start(), day(Tz::UTC, to).ok()?.end())
}

/// Whether a session begins in the week that begins on this Monday, by its site's wall.
pub fn in_week(line: &Line, monday: NaiveDate) -> bool {
    let days = (local_date(line.zone, line.session.start()) - monday).num_days();
    (0..7).contains(&days)
}

/// The Monday of a date's week.
pub fn monday_of(date: NaiveDate) -> NaiveDate {
    date.checked_sub_days(Days::new(weekday(date).unsigned_abs().into())).unwrap_or(date)
}

/// An organisation's sessions of a week.
#[derive(Debug)]
pub struct Week {
    /// Those that take place or may, and those that were to, soonest first; one line a space.
    pub lines: Vec<Line>,
    pub duties: Vec<Duty>,
    pub needs: HashMap<BookingId, i32>,
}

impl Week {
    /// Loads it in two queries.
    pub fn load(conn: &mut Conn, organisation: OrganisationId, monday: NaiveDate) -> Result<Self, StoreError> {
        let Some(around) = days_around(monday) else {
            return Ok(Self { lines: Vec::new(), duties: Vec::new(), needs: HashMap::new() });
        };
        let filter = ListFilter {
            organisations: Some(&[organisation]),
            starts_after: Some(around.start()),
            starts_before: Some(around.end()),
            ..ListFilter::default()
        };
        let mut lines = occurrences::list(conn, &filter)?;
        lines.retain(|line| in_week(line, monday) && line.stage != Stage::Skipped);
        let mut bookings: Vec<BookingId> = lines.iter().map(|line| line.booking).collect();
        bookings.sort_unstable();
        bookings.dedup();
        let (needs, duties) = duties::with_needs(conn, &bookings, around)?;
        Ok(Self { lines, duties, needs })
    }

    pub fn on<'a>(&'a self, line: &Line) -> impl Iterator<Item = &'a Duty> {
        let (booking, ordinal) = (line.booking, line.ordinal);
        self.duties.iter().filter(move |one| one.is_on(booking, ordinal))
    }

    pub fn missing(&self, line: &Line) -> usize {
        if line.stage.is_active() {
            gap(self.needs.get(&line.booking).copied().unwrap_or_default(), self.on(line).count())
        } else {
            0
        }
    }
}

/// A member, as far as one date is concerned.
#[derive(Debug)]
pub struct Helper {
    pub member: Member,
    pub fit: Fit,
    /// On this date already.
    pub on: bool,
    /// On another duty then.
    pub elsewhere: bool,
}

/// One date of a booking: who is on, how many are needed, and who could be, those who can first.
#[derive(Debug)]
pub struct OfDate {
    /// Whether they stand or not.
    pub duties: Vec<Duty>,
    pub needed: i32,
    pub helpers: Vec<Helper>,
}

impl OfDate {
    /// Loads it in four queries.
    pub fn load(
        conn: &mut Conn,
        organisation: OrganisationId,
        (booking, ordinal): (BookingId, i32),
        (zone, session): (Tz, Span),
    ) -> Result<Self, StoreError> {
        let (needs, duties) = duties::with_needs(conn, &[booking], session.widened(1440, 1440))?;
        let members = organisations::members(conn, organisation)?;
        let people: Vec<PersonId> = members.iter().map(|one| one.person).collect();
        let local = local_time(zone, session.start());
        let said = availability::of(conn, &people, local.date)?;
        let busy = duties::busy(conn, &people, session)?;
        let ends = local.minute + i32::try_from(session.minutes()).unwrap_or_default();
        let duties: Vec<Duty> = duties.into_iter().filter(|one| one.ordinal == ordinal).collect();
        let helper = |member: Member| Helper {
            fit: said.get(&member.person).cloned().unwrap_or_default().fit(local.date, (local.minute, ends)),
            on: duties.iter().any(|one| one.stands() && one.person == member.person),
            elsewhere: clashes(&busy, member.person, (booking, ordinal), session),
            member,
        };
        let mut helpers: Vec<Helper> = members.into_iter().map(helper).collect();
        helpers.sort_by_key(|one| (one.elsewhere, one.fit));
        let needed = needs.get(&booking).copied().unwrap_or_default();
        Ok(Self { duties, needed, helpers })
    }

    /// How many more are needed.
    pub fn missing(&self) -> usize {
        gap(self.needed, self.duties.iter().filter(|one| one.stands()).count())
    }
}
