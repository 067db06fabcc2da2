//! How past sessions of the demo world went: figures for most, some that nobody has filled in, one that nobody used; and screens beside doors.

use super::cast::Cast;
use super::dice::Dice;
use super::places::seeded;
use crate::allocation::{self, Circumstances, NoShowAnswer};
use crate::chance::{Chance, hash};
use crate::domain::attendance::{Figures, Heard, Outcome};
use crate::domain::history::EventKind;
use crate::domain::holder::Holder;
use crate::domain::ids::{PersonId, SiteId, Slug};
use crate::domain::kinds::Kind;
use crate::domain::occurrence::Stage;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::events::{self, NewEvent};
use crate::store::occurrences::{self, Line, ListFilter};
use crate::store::settings::{self, ATTENDANCE_ASKED, ATTENDANCE_REMINDED};
use crate::store::{Conn, StoreError, attendance, doors, facilities, sessions, sites};

/// Sites whose people fill in the form, and who sits at their receptions.
const SITES: [(&str, &str); 3] = [
    ("hunter-street", "reception@example.org"),
    ("axminster", "axminster@example.org"),
    ("tidewell-house", "callum.tranter@example.org"),
];
/// Figures reach so many days back.
const BACK_DAYS: i64 = 60;
/// The last sessions of each site that nobody has filled in yet.
const NOT_YET: usize = 6;
/// What was not left as found, now and then.
const LEFT: [&str; 3] =
    ["The projector lamp flickers", "Chairs were stacked in the corridor", "The bin was full when we came"];
/// The doors of Hunter Street that have a screen.
const DOORS: [&str; 4] = ["alder", "birch", "cedar", "willow"];

/// The address of a screen of the demo. It is no secret there, as its passwords are none.
pub fn door_token(facility: &str) -> String {
    hash(&format!("demo door {facility}")).chars().take(43).collect()
}

pub fn tell(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    // Those whose sessions ended lately are asked, and nobody is reminded of what was before that.
    settings::set(conn, ATTENDANCE_ASKED, &now.plus_hours(-2).seconds().to_string())?;
    settings::set(conn, ATTENDANCE_REMINDED, &now.plus_days(-3).seconds().to_string())?;
    for (slug, desk) in SITES {
        let Some(site) = sites::by_slug(conn, &seeded(Slug::parse(slug), "slug")?)? else {
            continue;
        };
        let lines = past(conn, site.id, now)?;
        let unused = if slug == DOORS_AT { nobody_came(conn, cast, (mailer, desk), &lines, now)? } else { None };
        let mut dice = Dice::new(&format!("attendance {slug}"));
        for (place, line) in lines.iter().enumerate() {
            if NOT_YET <= place && place % 7 != 3 && Some(line.occurrence) != unused {
                record(conn, line, &mut dice, now)?;
            }
        }
    }
    hang(conn, cast.person("manager@example.org")?, now)
}

const DOORS_AT: &str = "hunter-street";

/// Sessions of organisations that are over, the latest first; of two rooms on one date the first.
fn past(conn: &mut Conn, site: SiteId, now: Instant) -> Result<Vec<Line>, StoreError> {
    let filter = ListFilter {
        sites: Some(&[site]),
        stages: Some(&[Stage::Confirmed]),
        ends_after: Some(now.plus_days(-BACK_DAYS)),
        ends_by: Some(now),
        latest_first: true,
        most: 2_000,
        ..ListFilter::default()
    };
    let mut lines = occurrences::list(conn, &filter)?;
    lines.retain(|line| matches!(line.holder, Holder::Organisation(_)) && line.kind != Kind::Allotment);
    let mut known = std::collections::HashSet::new();
    lines.retain(|line| known.insert((line.booking, line.ordinal)));
    Ok(lines)
}

/// Reception notes of one session of the last days that nobody came.
fn nobody_came(
    conn: &mut Conn,
    cast: &Cast,
    (mailer, desk): (&Mailer, &str),
    lines: &[Line],
    now: Instant,
) -> Result<Option<crate::domain::ids::OccurrenceId>, StoreError> {
    let Some(actor) = sessions::actor(conn, cast.person(desk)?, now)? else {
        return Ok(None);
    };
    let circumstances = Circumstances { now, chance: Chance, mailer };
    for line in lines.iter().skip(NOT_YET) {
        let date = (&line.reference, line.ordinal);
        if allocation::note_no_show(conn, circumstances, &actor, date, false)? == NoShowAnswer::Done {
            return Ok(Some(line.occurrence));
        }
    }
    Ok(None)
}

fn record(conn: &mut Conn, line: &Line, dice: &mut Dice, now: Instant) -> Result<(), StoreError> {
    let few = |number: i64| i32::try_from(number).unwrap_or_default();
    let nobody = dice.percent(4);
    let people = if nobody { 0 } else { few(dice.between(i64::from(line.people) / 2 + 1, line.people.max(1).into())) };
    let new_people = few(dice.between(0, i64::from(people) / 3));
    let mut left = people;
    let mut part = |most: i32| {
        let number = few(dice.between(0, i64::from(left.min(most))));
        left -= number;
        number
    };
    let heard = Heard { gp: part(people / 2), link_worker: part(people / 3), own: part(people), other: 0 };
    let note = if dice.percent(5) { dice.pick(&LEFT).unwrap_or_default() } else { "" };
    let figures = Figures {
        outcome: if nobody { Outcome::Nobody } else { Outcome::Came },
        people,
        new_people,
        heard: Heard { other: left, ..heard },
        left_as_found: note.is_empty(),
        note: note.to_owned(),
    };
    let at = line.session.end().plus_minutes(40).seconds().min(now.seconds());
    let at = Instant::from_seconds(at);
    attendance::set(conn, (line.booking, line.ordinal), &figures, (None, at))?;
    let event = NewEvent {
        site: Some(line.site),
        facility: Some(line.facility),
        booking: Some(line.booking),
        occurrence: Some(line.occurrence),
        organisation: line.organisation,
        number: Some(people.into()),
        ..NewEvent::new(EventKind::AttendanceRecorded, None)
    };
    events::insert(conn, &event, at)
}

/// Hangs screens beside some doors.
fn hang(conn: &mut Conn, by: PersonId, now: Instant) -> Result<(), StoreError> {
    let site = seeded(Slug::parse(DOORS_AT), "slug")?;
    for door in DOORS {
        if let Some((_, facility)) = facilities::by_slug(conn, &site, &seeded(Slug::parse(door), "slug")?)? {
            doors::insert(conn, &hash(&door_token(door)), facility.id, (by, now.plus_days(-30)))?;
        }
    }
    Ok(())
}
