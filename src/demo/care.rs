//! What the demo world shows of kitchens and sensory rooms: allergens, a pair that is kept apart, inductions in every state, ticks made and missing.

use super::cast::Cast;
use crate::domain::care::{Care, Inducted, Induction, Particulars};
use crate::domain::hours::local_date;
use crate::domain::ids::FacilityId;
use crate::domain::job::{Job, JobKind};
use crate::domain::kinds::Kind;
use crate::domain::places::{Facility, Site};
use crate::domain::span::{Instant, Span};
use crate::store::facilities::{self, Filter};
use crate::store::inductions::{self, NewInduction};
use crate::store::jobs::{self, Around};
use crate::store::{Conn, StoreError, bookings, care, occurrences, particulars};

/// What kitchens of the demo handle, in turn: codes of allergens, a note, and labels.
const HANDLED: [(&[&str], &str, &[&str]); 4] = [
    (&["gluten", "eggs", "milk"], "Flour in the air until we have wiped down", &["Raw meat"]),
    (&[], "", &[]),
    (&["nuts", "sesame"], "Ground almonds, at our own benches only", &["Nuts"]),
    (&["fish", "mustard"], "", &[]),
];

/// Makes a facility one that asks for no induction for now, so that the story of the world is told as if all had had theirs.
pub fn before_the_story(conn: &mut Conn, id: FacilityId, kind: Kind) -> Result<(), StoreError> {
    match kind {
        Kind::Sensory => care::set(conn, id, &Care { induction: false, ..Care::of_kind(kind) }),
        _ => Ok(()),
    }
}

/// Adds it all to a world whose story has been told.
pub fn add(conn: &mut Conn, cast: &Cast, now: Instant) -> Result<(), StoreError> {
    for kind in [Kind::Kitchen, Kind::Sensory] {
        let filter = Filter { kind: Some(kind), ..Filter::default() };
        for (site, facility) in facilities::with_sites(conn, &filter)? {
            match kind {
                Kind::Kitchen => kitchen(conn, &facility, now)?,
                _ => sensory(conn, cast, (&site, &facility), now)?,
            }
        }
    }
    Ok(())
}

/// The sessions of a facility from some days ago to some weeks ahead.
fn around(conn: &mut Conn, facility: &Facility, now: Instant) -> Result<Vec<Around>, StoreError> {
    match Span::new(now.plus_days(-5), now.plus_days(35)) {
        Some(within) => jobs::around(conn, &[facility.id], within),
        None => Ok(Vec::new()),
    }
}

/// Who is there says what they handle; nuts and gluten-free food are kept apart from then on.
fn kitchen(conn: &mut Conn, facility: &Facility, now: Instant) -> Result<(), StoreError> {
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let own = Care {
        labels: lines(&["Nuts", "Raw meat", "Gluten-free"]),
        pairs: vec![("Nuts".to_owned(), "Gluten-free".to_owned())],
        ..Care::of_kind(Kind::Kitchen)
    };
    care::set(conn, facility.id, &own)?;
    let sessions = around(conn, facility, now)?;
    let mut known = Vec::new();
    for one in &sessions {
        if !known.contains(&one.booking) {
            known.push(one.booking);
            let Some((allergens, note, labels)) = HANDLED.iter().cycle().nth(known.len()) else {
                continue;
            };
            let said = Particulars {
                allergens: lines(allergens),
                allergen_note: (*note).to_owned(),
                labels: lines(labels),
                risk_assessed: None,
                ..Particulars::default()
            };
            particulars::set(conn, one.booking, &said)?;
        }
    }
    let past: Vec<&Around> = sessions.iter().filter(|one| one.end() <= now).collect();
    let number = past.len();
    for (place, one) in past.into_iter().enumerate() {
        // The last is not ticked yet, the one before in part, and one in five was forgotten.
        let ticked: Vec<usize> = match number - place {
            1 => continue,
            2 => vec![0, 1, 3],
            _ if place % 5 == 4 => continue,
            _ => (0..own.checklist.len()).collect(),
        };
        tick(conn, one, (JobKind::Checklist, &own.checklist, ticked), (5, "Leila", false))?;
    }
    Ok(())
}

/// Those who come often have had their induction, one has run out, and whoever asks now wants one.
fn sensory(conn: &mut Conn, cast: &Cast, (site, facility): (&Site, &Facility), now: Instant) -> Result<(), StoreError> {
    let sessions = around(conn, facility, now)?;
    care::set(conn, facility.id, &Care::of_kind(Kind::Sensory))?;
    let today = local_date(site.zone, now);
    let mut record = |whose: Inducted, name: &str, (given, until): (i64, i64)| {
        let date = |days: i64| today + chrono::Duration::days(days);
        let induction = Induction { facility: facility.id, whose, given_on: date(given), valid_until: date(until) };
        inductions::insert(conn, &NewInduction { induction: &induction, name, by: manager(cast)? }, now)
    };
    let mut known = Vec::new();
    for organisation in sessions.iter().filter_map(|one| one.organisation) {
        if !known.contains(&organisation) {
            known.push(organisation);
            record(Inducted::Organisation(organisation), "", (-120, 245))?;
        }
    }
    record(Inducted::Person("bhavna.solanki@example.org".to_owned()), "Bhavna Solanki", (-400, -35))?;
    let past: Vec<&Around> = sessions.iter().filter(|one| one.end() <= now).collect();
    let number = past.len();
    for (place, one) in past.into_iter().enumerate() {
        if 1 < number - place {
            tick(conn, one, (JobKind::Turnaround, &[], Vec::new()), (10, "Susan", true))?;
        }
    }
    let assessed = Particulars { risk_assessed: Some(today - chrono::Duration::days(40)), ..Particulars::default() };
    let mut said = Vec::new();
    for one in &sessions {
        if !said.contains(&one.booking) {
            said.push(one.booking);
            particulars::set(conn, one.booking, &assessed)?;
        }
    }
    wanted(conn, facility, &assessed, now)
}

/// What still waits gives its date, too.
fn wanted(conn: &mut Conn, facility: &Facility, assessed: &Particulars, now: Instant) -> Result<(), StoreError> {
    let filter = occurrences::ListFilter {
        facilities: Some(std::slice::from_ref(&facility.id)),
        stages: Some(&[crate::domain::occurrence::Stage::Requested]),
        starts_after: Some(now),
        ..Default::default()
    };
    let waiting = occurrences::list(conn, &filter)?;
    for line in waiting {
        if bookings::by_id(conn, line.booking)?.is_some_and(|booking| booking.particulars.is_empty()) {
            particulars::set(conn, line.booking, assessed)?;
        }
    }
    Ok(())
}

fn manager(cast: &Cast) -> Result<crate::domain::ids::PersonId, StoreError> {
    cast.person("susan.harbottle@example.org")
}

fn tick(
    conn: &mut Conn,
    one: &Around,
    (kind, lines, ticked): (JobKind, &[String], Vec<usize>),
    (minutes, name, by_staff): (i64, &str, bool),
) -> Result<(), StoreError> {
    let job = Job {
        occurrence: one.occurrence,
        kind,
        lines: lines.to_vec(),
        ticked,
        done_at: one.end().plus_minutes(minutes),
        done_name: name.to_owned(),
        by_staff,
    };
    jobs::set(conn, &job, None)
}
