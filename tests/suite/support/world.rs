//! A small world: one site with a room, a kitchen and a hall, two organisations and their people. Not the demo.

use alcove::allocation::{Circumstances, Dated, Draft};
use alcove::chance::Chance;
use alcove::domain::availability::Wanted;
use alcove::domain::bank_holidays::Nation;
use alcove::domain::care::Particulars;
use alcove::domain::holder::Holder;
use alcove::domain::hours::{WeeklyHours, instant_at};
use alcove::domain::ids::{FacilityId, OrganisationId, PersonId, SiteId, Slug};
use alcove::domain::kinds::{Kind, Need};
use alcove::domain::organisation::{Class, Register, Standing};
use alcove::domain::person::Email;
use alcove::domain::places::UnitChoice;
use alcove::domain::policy::{Actor, MemberRole, StaffRole};
use alcove::domain::rules::{Approval, Privacy, Rules};
use alcove::domain::span::{Instant, Span};
use alcove::mail::Mailer;
use alcove::store::facilities::{self, FacilityFacts};
use alcove::store::organisations::{self, NewOrganisation};
use alcove::store::people::{self, NewPerson};
use alcove::store::sites::{self, SiteFacts};
use alcove::store::{Conn, Db, sessions};
use chrono_tz::Europe::London;

pub const PASSWORD: &str = "correct horse battery";

/// Friday 20 November 2026, 9am in London: four days before the day that most tests book.
pub fn now() -> Instant {
    at("2026-11-20 09:00")
}

/// An instant in London, from "2026-11-24 10:00".
pub fn at(text: &str) -> Instant {
    let (date, time) = text.split_once(' ').unwrap();
    let (hour, minute) = time.split_once(':').unwrap();
    let minute = hour.parse::<i32>().unwrap() * 60 + minute.parse::<i32>().unwrap();
    instant_at(London, date.parse().unwrap(), minute).unwrap()
}

pub fn span(date: &str, from: &str, to: &str) -> Span {
    Span::new(at(&format!("{date} {from}")), at(&format!("{date} {to}"))).unwrap()
}

pub fn mailer() -> Mailer {
    Mailer::new("http://alcove.test")
}

pub fn circumstances(mailer: &Mailer, now: Instant) -> Circumstances<'_> {
    Circumstances { now, chance: Chance, mailer }
}

#[derive(Debug, Clone)]
pub struct World {
    pub site: SiteId,
    pub manager: PersonId,
    pub wren: OrganisationId,
    pub wren_booker: PersonId,
    pub robin: OrganisationId,
    pub robin_booker: PersonId,
}

pub fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

/// Adds a facility whose units have these names.
pub fn add_facility(
    conn: &mut Conn,
    site: SiteId,
    name: &str,
    kind: Kind,
    units: &[&str],
    choice: UnitChoice,
    rules: &Rules,
) -> FacilityId {
    let facts = FacilityFacts {
        site,
        slug: &Slug::from_name(name).unwrap(),
        name,
        kind,
        room: "",
        floor: "Third floor",
        about: "A quiet room.",
        arrival: "",
        needs: &[Need::parse("step_free").unwrap()],
        choice,
        listed: true,
        position: 1,
    };
    let id = facilities::insert(conn, &facts, rules).unwrap();
    for (position, name) in units.iter().enumerate() {
        let unit = facilities::unit_named(conn, site, name).unwrap();
        facilities::add_unit(conn, id, unit, position as i32).unwrap();
    }
    id
}

pub fn add_person(conn: &mut Conn, name: &str, email: &str, hash: Option<&str>) -> PersonId {
    let email = Email::parse(email).unwrap();
    let new = NewPerson {
        name,
        email: &email,
        password_hash: hash,
        confirmed: true,
        administrator: email.as_str().starts_with("admin@"),
    };
    people::insert(conn, &new, now()).unwrap()
}

pub fn add_organisation(conn: &mut Conn, name: &str, class: Class) -> OrganisationId {
    let new = NewOrganisation {
        slug: &Slug::from_name(name).unwrap(),
        name,
        about: "",
        register: Register::NotRegistered,
        charity_number: "",
        unregistered_reason: "A small group",
        class,
        standing: Standing::Approved,
        applied_by: None,
    };
    organisations::insert(conn, &new, now()).unwrap()
}

/// Builds the world. All people have the same password hash.
pub fn build(db: &Db, hash: Option<&str>) -> World {
    db.write_now(|conn| {
        let facts = SiteFacts {
            slug: &slug("hunter-street"),
            name: "Hunter Street Medical Centre",
            street: "8 Hunter Street",
            town: "London",
            postcode: "WC1N 1BN",
            phone: "020 7946 0001",
            about: "Rooms on the third floor.",
            arrival: "Main door, then the lift.",
            zone: London,
            position: Some((51.52, -0.12)),
            nation: Nation::EnglandAndWales,
            step_free: true,
        };
        let site = sites::insert(conn, &facts)?;
        let hours: Vec<_> =
            (0..7).map(|weekday| WeeklyHours { facility: None, weekday, from_minute: 480, to_minute: 1260 }).collect();
        sites::set_hours(conn, site, None, &hours)?;
        let ordinary = Rules { notice_minutes: 0, ..Rules::ordinary() };
        add_facility(
            conn,
            site,
            "Cedar",
            Kind::Counselling,
            &["Cedar"],
            UnitChoice::Whole,
            &Rules { privacy: Privacy::Confidential, ..ordinary.clone() },
        );
        add_facility(
            conn,
            site,
            "Kitchen",
            Kind::Kitchen,
            &["Bench 1", "Bench 2", "Bench 3", "Bench 4"],
            UnitChoice::Any,
            &ordinary,
        );
        add_facility(conn, site, "Hall", Kind::Group, &["Hall east", "Hall west"], UnitChoice::Whole, &ordinary);
        add_facility(conn, site, "Half hall", Kind::Group, &["Hall east"], UnitChoice::Whole, &ordinary);
        add_facility(
            conn,
            site,
            "Open room",
            Kind::Group,
            &["Open room"],
            UnitChoice::Whole,
            &Rules { holds_place: false, approval: Approval::Always, ..ordinary.clone() },
        );
        add_facility(
            conn,
            site,
            "Tidy room",
            Kind::Group,
            &["Tidy room"],
            UnitChoice::Whole,
            &Rules { set_up_minutes: 15, turnaround_minutes: 15, step_minutes: 15, ..ordinary },
        );
        let manager = add_person(conn, "Mary Manager", "manager@alcove.test", hash);
        sites::set_staff(conn, site, manager, StaffRole::Manager, now())?;
        let reception = add_person(conn, "Rita Reception", "reception@alcove.test", hash);
        sites::set_staff(conn, site, reception, StaffRole::Receptionist, now())?;
        add_person(conn, "Ada Admin", "admin@alcove.test", hash);
        let wren = add_organisation(conn, "Wren Support", Class::Charity);
        let wren_booker = add_person(conn, "Wendy Wren", "wendy@alcove.test", hash);
        organisations::set_member(conn, wren, wren_booker, MemberRole::Booker, now())?;
        let robin = add_organisation(conn, "Robin Trust", Class::Charity);
        let robin_booker = add_person(conn, "Rob Robin", "rob@alcove.test", hash);
        organisations::set_member(conn, robin, robin_booker, MemberRole::Coordinator, now())?;
        organisations::set_trust(conn, robin, site, true, now())?;
        Ok(World { site, manager, wren, wren_booker, robin, robin_booker })
    })
    .unwrap()
}

impl World {
    /// A world in which nothing is; its ids lead nowhere.
    pub fn empty() -> Self {
        let (person, organisation) = (PersonId::new(0), OrganisationId::new(0));
        Self {
            site: SiteId::new(0),
            manager: person,
            wren: organisation,
            wren_booker: person,
            robin: organisation,
            robin_booker: person,
        }
    }

    pub fn actor(&self, db: &Db, person: PersonId) -> Actor {
        db.read_now(|conn| sessions::actor(conn, person, now())).unwrap().unwrap()
    }

    /// A draft of an untrusted organisation for Cedar.
    pub fn draft(&self, facility: &str, session: Span) -> Draft {
        Draft {
            site: slug("hunter-street"),
            facility: slug(facility),
            holder: Holder::Organisation(self.wren),
            booked_by: self.wren_booker,
            dates: vec![Dated::at(session)],
            repeat: None,
            wanted: Wanted::Whole,
            purpose: "Support group".to_owned(),
            note: String::new(),
            people: 2,
            privacy: Privacy::Organisation,
            set_aside: None,
            terms: None,
            particulars: Particulars::default(),
            nonce: Chance.token().reveal().to_owned(),
        }
    }

    /// The same for the organisation that the site trusts.
    pub fn trusted_draft(&self, facility: &str, session: Span) -> Draft {
        Draft {
            holder: Holder::Organisation(self.robin),
            booked_by: self.robin_booker,
            ..self.draft(facility, session)
        }
    }
}
