//! The data set to measure with: 21 sites of ten facilities, and occurrences by the hundred thousand over two years. Not to be lived in.

use chrono::NaiveDate;
use chrono_tz::Europe::London;

use super::dice::Dice;
use super::is_empty;
use super::places::seeded;
use super::times::on;
use crate::domain::availability::Wanted;
use crate::domain::bank_holidays::Nation;
use crate::domain::holder::{Holder, HolderId};
use crate::domain::hours::{LocalTime, WeeklyHours, local_date};
use crate::domain::ids::{FacilityId, OrganisationId, PersonId, REFERENCE_ALPHABET, Reference, SiteId, Slug, UnitId};
use crate::domain::kinds::{Kind, Need};
use crate::domain::occurrence::{State, hold_deadline};
use crate::domain::organisation::{Class, Register, Standing};
use crate::domain::papers::Required;
use crate::domain::person::Email;
use crate::domain::places::UnitChoice;
use crate::domain::policy::{MemberRole, StaffRole};
use crate::domain::rules::{Privacy, Rules};
use crate::domain::span::{Instant, Span};
use crate::store::bookings::NewBooking;
use crate::store::bulk::{BulkBooking, insert_bookings_in_bulk};
use crate::store::facilities::{self, FacilityFacts};
use crate::store::organisations::{self, NewOrganisation};
use crate::store::people::{self, NewPerson};
use crate::store::sites::{self, SiteFacts};
use crate::store::{Conn, Db, StoreError};

const SITES: i32 = 21;
const ORGANISATIONS: i64 = 40;
const OCCURRENCES: i64 = 400_000;
/// Days with occurrences, half of them behind and half ahead.
const DAYS: i64 = 730;
const OPENS: i32 = 7 * 60;
const CLOSES: i32 = 22 * 60;
/// No occurrence is shorter, so that many fit into a day.
const SHORTEST: i32 = 15;
/// Rows of one statement where an engine takes many, and of one transaction.
const BATCH: usize = 20_000;

/// What each site has: a kind and how many units.
const FACILITIES: [(Kind, i32); 10] = [
    (Kind::Counselling, 1),
    (Kind::Counselling, 1),
    (Kind::Counselling, 1),
    (Kind::Consulting, 1),
    (Kind::Group, 1),
    (Kind::Group, 1),
    (Kind::Kitchen, 4),
    (Kind::Sensory, 1),
    (Kind::Outdoor, 2),
    (Kind::Group, 1),
];

const PURPOSES: [&str; 6] = ["Drop-in", "Support group", "Course", "Clinic", "Training", "Meeting"];

/// One unit to be filled.
#[derive(Debug, Clone, Copy)]
struct Spot {
    site: SiteId,
    facility: FacilityId,
    unit: UnitId,
    privacy: Privacy,
}

#[derive(Debug)]
struct Ground {
    spots: Vec<Spot>,
    organisations: Vec<OrganisationId>,
    booker: PersonId,
}

/// Fills an empty database and says how many facilities and occurrences there are now: 210, and `times` times 400,000.
/// One person for each role can sign in with the password of the hash: admin, manager, reception, coordinator, booker and
/// volunteer at example.org.
///
/// # Errors
/// `Duplicate` when the database is not empty, and nothing is changed then; the store's own otherwise.
pub fn fill(db: &Db, password_hash: &str, now: Instant, times: u32) -> Result<(usize, usize), StoreError> {
    fill_with(db, password_hash, now, OCCURRENCES * i64::from(times))
}

/// As [`fill`], with about so many occurrences; fewer where they no longer fit into the days.
///
/// # Errors
/// As [`fill`].
pub fn fill_with(db: &Db, password_hash: &str, now: Instant, wanted: i64) -> Result<(usize, usize), StoreError> {
    let ground = db.write_now(|conn| {
        if !is_empty(conn)? {
            return Err(StoreError::Duplicate);
        }
        build(conn, password_hash, now.plus_days(-DAYS))
    })?;
    let spots = i64::try_from(ground.spots.len()).unwrap_or(1);
    let first = local_date(London, now) - chrono::Duration::days(DAYS / 2);
    let mut filler = Filler { ground: &ground, now, first, dice: Dice::new("bench"), written: 0 };
    let mut batch = Vec::with_capacity(BATCH + 100);
    for (spot, number) in ground.spots.iter().zip(0..) {
        let share = wanted * (number + 1) / spots - wanted * number / spots;
        for day in 0..DAYS {
            let on_this_day = share * (day + 1) / DAYS - share * day / DAYS;
            filler.fill_day(*spot, day, on_this_day, &mut batch)?;
            if BATCH <= batch.len() {
                filler.write(db, &mut batch)?;
            }
        }
    }
    filler.write(db, &mut batch)?;
    Ok((usize::try_from(SITES).unwrap_or_default() * FACILITIES.len(), filler.written))
}

struct Filler<'a> {
    ground: &'a Ground,
    now: Instant,
    first: NaiveDate,
    dice: Dice,
    written: usize,
}

/// An occurrence before it has a reference of its own to lend out.
struct Draft {
    reference: Reference,
    spot: Spot,
    holder: HolderId,
    purpose: &'static str,
    session: Span,
    occupied: Span,
    local: (LocalTime, LocalTime),
    state: State,
    created_at: Instant,
}

impl Filler<'_> {
    /// So many occurrences on one day of a unit, each in a part of the day of its own.
    fn fill_day(&mut self, spot: Spot, day: i64, number: i64, batch: &mut Vec<Draft>) -> Result<(), StoreError> {
        let number = i32::try_from(number).unwrap_or_default().min((CLOSES - OPENS) / SHORTEST);
        if number == 0 {
            return Ok(());
        }
        let date = self.first + chrono::Duration::days(day);
        let part = (CLOSES - OPENS) / number / 5 * 5;
        let organisation = seeded(self.dice.pick(&self.ground.organisations), "organisation")?;
        for index in 0..number {
            let occupied = seeded(self.dice.pick(&[60, 60, 120, 180]), "minutes")?.min(part);
            let room = i64::from((part - occupied) / 30);
            let start = OPENS + index * part + 30 * i32::try_from(self.dice.between(0, room)).unwrap_or_default();
            let index = u64::try_from(self.written + batch.len()).unwrap_or_default();
            if let Some(draft) = self.draft(spot, organisation, (date, start, occupied), index) {
                batch.push(draft);
            }
        }
        Ok(())
    }

    fn draft(
        &mut self,
        spot: Spot,
        organisation: OrganisationId,
        (date, minute, occupied): (NaiveDate, i32, i32),
        index: u64,
    ) -> Option<Draft> {
        let start = on(date, minute)?;
        let turnaround = if SHORTEST < occupied { 10 } else { 0 };
        let session = Span::new(start, start.plus_minutes((occupied - turnaround).into()))?;
        let lately = self.now.plus_minutes(-self.dice.between(60, 2 * 1440));
        let created_at = start.plus_minutes(-self.dice.between(7 * 1440, 60 * 1440)).min(lately);
        let soon = self.now < start && start < self.now.plus_days(30) && self.dice.percent(2);
        let (state, created_at) = match hold_deadline(lately, 72 * 60, start).filter(|until| soon && self.now < *until)
        {
            Some(until) => (State::Requested { at: lately, until }, lately),
            None => (State::Confirmed { at: created_at, by: None }, created_at),
        };
        let wall = |minute| LocalTime { date, minute, second_time: false };
        Some(Draft {
            reference: reference(index)?,
            spot,
            holder: Holder::Organisation(organisation),
            purpose: self.dice.pick(&PURPOSES)?,
            session,
            occupied: session.widened(0, turnaround.into()),
            local: (wall(minute), wall(minute + occupied - turnaround)),
            state,
            created_at,
        })
    }

    fn write(&mut self, db: &Db, batch: &mut Vec<Draft>) -> Result<(), StoreError> {
        let new: Vec<BulkBooking<'_>> = batch.iter().map(|draft| draft.bulk(self.ground.booker)).collect();
        db.write_now(|conn| insert_bookings_in_bulk(conn, &new))?;
        self.written += new.len();
        batch.clear();
        Ok(())
    }
}

impl Draft {
    fn bulk(&self, booker: PersonId) -> BulkBooking<'_> {
        let booking = NewBooking {
            reference: &self.reference,
            site: self.spot.site,
            holder: &self.holder,
            booked_by: Some(booker),
            purpose: self.purpose,
            note: "",
            people: 2,
            privacy: self.spot.privacy,
            repeat: None,
            sibling_of: None,
            split_from: None,
            terms: None,
        };
        BulkBooking {
            booking,
            facility: self.spot.facility,
            unit: self.spot.unit,
            session: self.session,
            occupied: self.occupied,
            local: self.local,
            wanted: Wanted::Any(1),
            state: self.state,
            created_at: self.created_at,
        }
    }
}

/// The references in an order that looks drawn: counting in steps that share no factor with their number visits each once.
fn reference(index: u64) -> Option<Reference> {
    const STEP: u64 = 100_000_000_003;
    let letters = u64::try_from(REFERENCE_ALPHABET.len()).ok()?;
    let mut rest = index.wrapping_mul(STEP) % letters.pow(8);
    let mut text = String::with_capacity(8);
    for _ in 0..8 {
        let letter = REFERENCE_ALPHABET.get(usize::try_from(rest % letters).ok()?)?;
        text.push(char::from(*letter));
        rest /= letters;
    }
    Reference::parse(&text)
}

fn build(conn: &mut Conn, password_hash: &str, since: Instant) -> Result<Ground, StoreError> {
    let person = |conn: &mut Conn, role: &str| {
        let email = seeded(Email::parse(&format!("{role}@example.org")).ok(), "email")?;
        let (name, password_hash, administrator) = (format!("Bench {role}"), Some(password_hash), role == "admin");
        let new = NewPerson { name: &name, email: &email, password_hash, confirmed: true, administrator };
        people::insert(conn, &new, since)
    };
    person(conn, "admin")?;
    let staff = [(person(conn, "manager")?, StaffRole::Manager), (person(conn, "reception")?, StaffRole::Receptionist)];
    let booker = person(conn, "booker")?;
    let members = [
        (booker, MemberRole::Booker),
        (person(conn, "coordinator")?, MemberRole::Coordinator),
        (person(conn, "volunteer")?, MemberRole::Volunteer),
    ];
    let organisations = (1..=ORGANISATIONS).map(|number| add_organisation(conn, number, since));
    let organisations = organisations.collect::<Result<Vec<_>, _>>()?;
    for (member, role) in members {
        let first = seeded(organisations.first().copied(), "organisation")?;
        organisations::set_member(conn, first, member, role, since)?;
    }
    let mut spots = Vec::new();
    for number in 1..=SITES {
        let site = add_site(conn, number)?;
        for (person, role) in staff {
            sites::set_staff(conn, site, person, role, since)?;
        }
        for organisation in organisations.iter().step_by(2) {
            organisations::set_trust(conn, *organisation, site, true, since)?;
        }
        for ((kind, units), position) in FACILITIES.into_iter().zip(1..) {
            add_facility(conn, site, (kind, units, position), &mut spots)?;
        }
    }
    Ok(Ground { spots, organisations, booker })
}

fn add_organisation(conn: &mut Conn, number: i64, since: Instant) -> Result<OrganisationId, StoreError> {
    let new = NewOrganisation {
        slug: &seeded(Slug::parse(&format!("bench-organisation-{number}")), "slug")?,
        name: &format!("Bench organisation {number}"),
        about: "Made up to measure with.",
        register: Register::NotRegistered,
        charity_number: "",
        unregistered_reason: "Made up",
        class: Class::Charity,
        standing: Standing::Approved,
        applied_by: None,
    };
    organisations::insert(conn, &new, since)
}

fn add_site(conn: &mut Conn, number: i32) -> Result<SiteId, StoreError> {
    let facts = SiteFacts {
        slug: &seeded(Slug::parse(&format!("bench-{number}")), "slug")?,
        name: &format!("Bench site {number:02}"),
        street: &format!("{number} Measure Street"),
        town: "Benchtown",
        postcode: "BE1 1NC",
        phone: "01632 960000",
        about: "Made up to measure with.",
        arrival: "Main door.",
        zone: London,
        position: Some((50.0 + 0.2 * f64::from(number), -3.0 + 0.1 * f64::from(number))),
        nation: Nation::EnglandAndWales,
        step_free: number % 3 != 0,
    };
    let site = sites::insert(conn, &facts)?;
    let hours = |weekday| WeeklyHours { facility: None, weekday, from_minute: OPENS, to_minute: CLOSES };
    sites::set_hours(conn, site, None, &(0..7).map(hours).collect::<Vec<_>>())?;
    Ok(site)
}

fn add_facility(
    conn: &mut Conn,
    site: SiteId,
    (kind, units, position): (Kind, i32, i32),
    spots: &mut Vec<Spot>,
) -> Result<(), StoreError> {
    let name = format!("Room {position}");
    let needs: Vec<Need> = Need::all().step_by(usize::try_from(position).unwrap_or(1)).collect();
    let facts = FacilityFacts {
        site,
        slug: &seeded(Slug::parse(&format!("room-{position}")), "slug")?,
        name: &name,
        kind,
        room: "",
        floor: "First floor",
        about: "Made up to measure with.",
        arrival: "",
        needs: &needs,
        choice: if 1 < units { UnitChoice::Any } else { UnitChoice::Whole },
        listed: true,
        position,
    };
    // What is measured is the finding of places; nobody in it has papers.
    let rules = Rules { papers: Required::NOTHING, ..kind.entry().default_rules() };
    let facility = facilities::insert(conn, &facts, &rules)?;
    for number in 1..=units {
        let unit = facilities::unit_named(conn, site, &format!("{name}, place {number}"))?;
        facilities::add_unit(conn, facility, unit, number)?;
        spots.push(Spot { site, facility, unit, privacy: rules.privacy });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_do_not_come_twice() {
        let mut drawn: Vec<Reference> = (0..50_000).filter_map(reference).collect();
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 50_000);
    }
}
