//! Named sessions in the store and in the one writer: kept in their order, booked exactly, and how far ahead by class. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, add_facility, add_organisation, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::holder::Holder;
use alcove::domain::kinds::Kind;
use alcove::domain::named::{NamedSession, usual};
use alcove::domain::organisation::Class;
use alcove::domain::places::UnitChoice;
use alcove::domain::policy::MemberRole;
use alcove::domain::refusal::Refusal;
use alcove::domain::rules::Rules;
use alcove::domain::services::Profile;
use alcove::store::organisations::Regard;
use alcove::store::{Db, facilities, named, organisations, sites};

const DAY: &str = "2026-11-24";

struct Scene {
    db: Db,
    world: World,
    _database: TestDatabase,
}

/// A site with the usual sessions and a consulting room.
fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        let rules = Rules { notice_minutes: 0, ..Kind::Consulting.entry().default_rules() };
        db.write_now(|conn| {
            add_facility(conn, world.site, "Oak", Kind::Consulting, &["Oak"], UnitChoice::Whole, &rules);
            named::set(conn, world.site, &usual())
        })
        .unwrap();
        Scene { db, world, _database: database }
    })
}

impl Scene {
    fn refusals(&self, draft: &Draft) -> Vec<Refusal> {
        let mailer = mailer();
        let answer = self.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft)).unwrap();
        match answer {
            RequestAnswer::Done { .. } => Vec::new(),
            RequestAnswer::Refused(dates) => dates.into_iter().flat_map(|(_, verdict)| verdict.refusals).collect(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn sessions_are_kept_in_their_order_and_come_with_the_site_and_its_rooms() {
    for scene in scenes() {
        let all = [NamedSession::new("Late – 2nd half", 1320, 1800), NamedSession::new("Morning", 540, 780)];
        let before = scene.db.read_now(|conn| sites::by_id(conn, scene.world.site)).unwrap().unwrap();
        assert_eq!(*before.sessions, usual());
        scene.db.write_now(|conn| named::set(conn, scene.world.site, &all)).unwrap();
        let after = scene.db.read_now(|conn| sites::by_id(conn, scene.world.site)).unwrap().unwrap();
        assert_eq!(*after.sessions, all);
        assert!(before.change_number < after.change_number);
        let room =
            |name: &str| scene.db.read_now(|conn| facilities::by_slug(conn, &slug("hunter-street"), &slug(name)));
        assert_eq!(*room("oak").unwrap().unwrap().1.sessions, all);
        assert!(!room("cedar").unwrap().unwrap().1.by_session(), "other rooms are booked by the hour");
        scene.db.write_now(|conn| named::set(conn, scene.world.site, &[])).unwrap();
        assert!(!room("oak").unwrap().unwrap().1.by_session());
    }
}

#[test]
fn a_room_is_booked_for_exactly_one_session() {
    for scene in scenes() {
        let draft = |from: &str, to: &str| scene.world.trusted_draft("oak", span(DAY, from, to));
        assert!(matches!(scene.refusals(&draft("10:00", "11:00"))[..], [Refusal::NotASession { .. }]));
        assert_eq!(scene.refusals(&draft("09:00", "13:00")), []);
        assert_eq!(scene.refusals(&draft("13:00", "17:00")), []);
        assert!(matches!(scene.refusals(&draft("09:00", "17:00"))[..], [Refusal::NotFree { .. }]));
    }
}

#[test]
fn commissioned_services_book_further_ahead() {
    for scene in scenes() {
        let (clinic, charity) = (Class::Statutory, Class::Charity);
        let nhs = scene
            .db
            .write_now(|conn| {
                let nhs = add_organisation(conn, "Talking Therapies", clinic);
                organisations::set_member(conn, nhs, scene.world.robin_booker, MemberRole::Booker, now())?;
                Ok(nhs)
            })
            .unwrap();
        let regard = |id| scene.db.read_now(|conn| organisations::regard(conn, id, scene.world.site)).unwrap().0;
        assert_eq!(
            regard(nhs),
            Regard { trusted: false, profile: Profile { class: Some(clinic), ..Profile::default() } }
        );
        assert_eq!(
            regard(scene.world.robin),
            Regard { trusted: true, profile: Profile { class: Some(charity), ..Profile::default() } }
        );
        // 500 days ahead, and 700.
        let (near, far) = (at("2028-04-03 09:00"), at("2028-10-20 09:00"));
        let morning =
            |from: alcove::domain::span::Instant| alcove::domain::span::Span::new(from, from.plus_hours(4)).unwrap();
        let theirs = |at| Draft { holder: Holder::Organisation(nhs), ..scene.world.trusted_draft("oak", morning(at)) };
        let refused = scene.refusals(&scene.world.trusted_draft("oak", morning(near)));
        assert!(
            matches!(refused[..], [Refusal::TooFarAhead { horizon_days: 457, own_last: Some(_), .. }]),
            "{refused:?}"
        );
        assert_eq!(scene.refusals(&theirs(near)), []);
        assert!(matches!(scene.refusals(&theirs(far))[..], [Refusal::TooFarAhead { horizon_days: 640, .. }]));
    }
}
