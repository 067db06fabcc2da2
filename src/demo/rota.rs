//! Volunteers of the demo world on this week's sessions: who is on, where somebody is missing, a duty handed back, and when people can. Given days
//! ago, so that there is something to see on whatever day the demo starts.

use chrono::NaiveDate;

use super::cast::Cast;
use super::places::seeded;
use crate::allocation::{self, Circumstances, Giving};
use crate::chance::Chance;
use crate::domain::booking::Scope;
use crate::domain::helping::Part;
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::person::Email;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::occurrences::{self, Line, ListFilter};
use crate::store::{Conn, StoreError, availability, duties, organisations, sessions};

/// The rota was made so many days ago.
const MADE_DAYS_AGO: i64 = 6;
const DAYS_AHEAD: i64 = 9;

/// An organisation, who keeps its rota, and who helps it; the first of them is on something every day.
const ROTAS: [(&str, &str, &[&str]); 2] = [
    (
        "lanternwick",
        "coordinator@example.org",
        &["volunteer@example.org", "eleanor.dunmore@example.org", "tariq.sheikh@example.org", "ngozi.eze@example.org"],
    ),
    ("ladlesworth", "", &["joy.babatunde@example.org", "jean.westaway@example.org"]),
];

/// When people said that they can: weekdays and parts of the day.
const SAID: [(&str, &[i32], &[Part]); 3] = [
    ("volunteer@example.org", &[0, 1, 2, 3, 4, 5, 6], &[Part::Morning, Part::Afternoon, Part::Evening]),
    ("eleanor.dunmore@example.org", &[0, 2, 4], &[Part::Morning, Part::Afternoon]),
    ("tariq.sheikh@example.org", &[1, 3, 5], &[Part::Afternoon, Part::Evening]),
];

/// Who is away from the day after tomorrow on.
const AWAY: &str = "ngozi.eze@example.org";
/// Who handed a duty back this morning.
const HANDS_BACK: &str = "tariq.sheikh@example.org";

pub fn fill(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    for (person, days, parts) in SAID {
        let times: Vec<(i32, Part)> = days.iter().flat_map(|day| parts.iter().map(|part| (*day, *part))).collect();
        availability::set_times(conn, cast.person(person)?, &times)?;
    }
    let away = local_date(chrono_tz::Europe::London, now.plus_days(2));
    let back = local_date(chrono_tz::Europe::London, now.plus_days(5));
    availability::add_away(conn, cast.person(AWAY)?, (away, back))?;
    for (organisation, keeper, helpers) in ROTAS {
        let Some(keeper) = keeper_of(conn, cast, organisation, keeper, now)? else {
            continue;
        };
        let rota = Rota { keeper: &keeper, helpers, mailer };
        rota.make(conn, cast, organisation, now)?;
    }
    hand_back(conn, cast, mailer, now)
}

/// The named one, or the first coordinator that the organisation has.
fn keeper_of(
    conn: &mut Conn,
    cast: &Cast,
    organisation: &str,
    keeper: &str,
    now: Instant,
) -> Result<Option<Actor>, StoreError> {
    let person = if keeper.is_empty() {
        let members = organisations::members(conn, cast.organisation(organisation)?)?;
        members.into_iter().max_by_key(|one| one.role).map(|one| one.person)
    } else {
        Some(cast.person(keeper)?)
    };
    person.map_or(Ok(None), |person| sessions::actor(conn, person, now))
}

struct Rota<'a> {
    keeper: &'a Actor,
    helpers: &'a [&'a str],
    mailer: &'a Mailer,
}

impl Rota<'_> {
    fn make(&self, conn: &mut Conn, cast: &Cast, organisation: &str, now: Instant) -> Result<(), StoreError> {
        let made = now.plus_days(-MADE_DAYS_AGO);
        let filter = ListFilter {
            organisations: Some(&[cast.organisation(organisation)?]),
            stages: Some(&[Stage::Confirmed]),
            starts_after: Some(made),
            starts_before: Some(now.plus_days(DAYS_AHEAD)),
            ..ListFilter::default()
        };
        let lines = occurrences::list(conn, &filter)?;
        let mut day: Option<NaiveDate> = None;
        for (number, line) in lines.iter().enumerate() {
            let date = local_date(line.zone, line.session.start());
            let first = day.replace(date) != Some(date);
            let needed = if first { 2 } else { 1 };
            let circumstances = Circumstances { now: made, chance: Chance, mailer: self.mailer };
            allocation::set_need(conn, circumstances, self.keeper, (&line.reference, needed))?;
            if first {
                self.give(conn, line, 0, made)?;
                self.give(conn, line, 1 + number, made)?;
            } else if number % 3 != 1 {
                // Every third has nobody yet.
                self.give(conn, line, 1 + number, made)?;
            }
        }
        Ok(())
    }

    /// Puts one on; who is somewhere else then stays there, and the gap stays a gap.
    fn give(&self, conn: &mut Conn, line: &Line, number: usize, made: Instant) -> Result<(), StoreError> {
        let others = self.helpers.len().saturating_sub(1).max(1);
        let place = if number == 0 { 0 } else { 1 + number % others };
        let Some(person) = self.helpers.get(place) else {
            return Ok(());
        };
        let person = seeded(Email::parse(person).ok(), "email")?;
        let giving = Giving { person, ordinal: line.ordinal, scope: Scope::This };
        let circumstances = Circumstances { now: made, chance: Chance, mailer: self.mailer };
        allocation::give(conn, circumstances, self.keeper, &line.reference, &giving).map(drop)
    }
}

/// One duty comes back this morning, so that there is a gap with a story.
fn hand_back(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    let person = cast.person(HANDS_BACK)?;
    let mine: Vec<Reference> = duties::of_person(conn, person, now)?
        .into_iter()
        .filter(|one| now < one.session.start())
        .map(|one| one.handle)
        .collect();
    let (Some(handle), Some(actor)) = (mine.first(), sessions::actor(conn, person, now)?) else {
        return Ok(());
    };
    let circumstances = Circumstances { now: now.plus_minutes(-40), chance: Chance, mailer };
    allocation::hand_back(conn, circumstances, &actor, handle).map(drop)
}
