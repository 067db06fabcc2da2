//! Extras in the one writer: taken with the room by one at a time, on every path, and never by two who race. On both engines.

use std::sync::{Arc, Barrier};

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{
    self, Answer, Case, Change, ChangeAnswer, Dated, Dates, Decision, Draft, GiveUp, NewPlace, NewWords, RequestAnswer,
};
use alcove::domain::booking::Scope;
use alcove::domain::care::Particulars;
use alcove::domain::extras::Asked;
use alcove::domain::ids::{FacilityId, Reference, UnitId};
use alcove::domain::occurrence::Stage;
use alcove::domain::refusal::Refusal;
use alcove::domain::span::{Instant, Span};
use alcove::store::extras::{self, NewExtra};
use alcove::store::facilities::{self, Filter};
use alcove::store::{Conn, Db, StoreError, occupancies};

const DAY: &str = "2026-11-24";

struct Scene {
    db: Db,
    world: World,
    _database: TestDatabase,
}

/// A world with one projector for all its rooms.
fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        let scene = Scene { db, world, _database: database };
        scene.lend("Projector", 1);
        scene
    })
}

fn spaces(conn: &mut Conn) -> Result<Vec<FacilityId>, StoreError> {
    let all = facilities::with_sites(conn, &Filter { site: Some(&slug("hunter-street")), ..Filter::default() })?;
    Ok(all.into_iter().map(|(_, one)| one.id).collect())
}

fn with(draft: Draft, name: &str, number: usize) -> Draft {
    let extra = slug(&name.to_lowercase());
    let asked = Asked { extra, name: name.to_owned(), number };
    let mut particulars = draft.particulars.clone();
    particulars.extras.push(asked);
    Draft { particulars, ..draft }
}

fn ask(db: &Db, draft: &Draft, at: Instant) -> Result<Reference, Vec<Refusal>> {
    let mailer = mailer();
    match db.write_now(|conn| allocation::request(conn, circumstances(&mailer, at), draft)).unwrap() {
        RequestAnswer::Done { reference, .. } => Ok(reference),
        RequestAnswer::Refused(dates) => Err(dates.into_iter().flat_map(|(_, verdict)| verdict.refusals).collect()),
        other => panic!("{other:?}"),
    }
}

fn lacks_extra(refusals: &[Refusal]) -> bool {
    matches!(refusals, [Refusal::ExtraTaken { .. } | Refusal::TooFewExtras { .. }])
}

impl Scene {
    fn lend(&self, name: &str, number: usize) {
        let lend = |conn: &mut Conn| {
            let facilities = spaces(conn)?;
            let slug = slug(&name.to_lowercase());
            let new = NewExtra { slug: &slug, name, for_all: true, facilities: &facilities };
            extras::insert(conn, self.world.site, &new, number)
        };
        self.db.write_now(lend).unwrap();
    }

    fn robin(&self, room: &str, session: Span) -> Draft {
        with(self.world.trusted_draft(room, session), "Projector", 1)
    }

    fn ask(&self, draft: &Draft) -> Result<Reference, Vec<Refusal>> {
        ask(&self.db, draft, now())
    }

    fn case(&self, reference: &Reference) -> Case {
        self.db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
    }

    /// How many units each of its dates has.
    fn held(&self, reference: &Reference) -> Vec<usize> {
        let case = self.case(reference);
        let of = |id| self.db.read_now(|conn| occupancies::of_occurrence(conn, id)).unwrap().len();
        case.booking.occurrences.iter().map(|one| of(one.id)).collect()
    }

    fn change(&self, reference: &Reference, change: &Change) -> ChangeAnswer {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, self.world.robin_booker));
        let version = self.case(reference).booking.version;
        let how = circumstances(&mailer, now());
        self.db.write_now(|conn| allocation::change(conn, how, &actor, (reference, version), change)).unwrap()
    }

    fn items(&self) -> Vec<UnitId> {
        let kept = self.db.read_now(|conn| extras::of_site(conn, self.world.site)).unwrap();
        kept[0].extra.items.iter().map(|item| item.unit).collect()
    }
}

#[test]
fn an_extra_goes_with_one_room_at_a_time_and_is_no_unit_of_any() {
    for scene in scenes() {
        let first = scene.ask(&scene.robin("cedar", span(DAY, "10:00", "12:00"))).unwrap();
        assert_eq!(scene.held(&first), [2]);
        let refused = scene.ask(&scene.robin("tidy-room", span(DAY, "11:00", "13:00"))).unwrap_err();
        assert!(lacks_extra(&refused), "{refused:?}");
        assert!(
            matches!(&refused[0], Refusal::ExtraTaken { taken: Some(taken), free: 0, .. } if *taken == span(DAY, "10:00", "12:00"))
        );
        scene.ask(&scene.world.trusted_draft("tidy-room", span(DAY, "11:00", "12:00"))).unwrap();
        scene.ask(&scene.robin("hall", span(DAY, "13:00", "14:00"))).unwrap();
        let kitchen = |conn: &mut Conn| facilities::by_slug(conn, &slug("hunter-street"), &slug("kitchen"));
        let (_, kitchen) = scene.db.read_now(kitchen).unwrap().unwrap();
        assert_eq!((kitchen.units.len(), kitchen.extras.len()), (4, 1));
        // A space that is added later may ask for it too.
        let add = |conn: &mut Conn| {
            use alcove::domain::{kinds::Kind, places::UnitChoice, rules::Rules};
            world::add_facility(
                conn,
                scene.world.site,
                "Attic",
                Kind::Group,
                &["Attic"],
                UnitChoice::Whole,
                &Rules::ordinary(),
            );
            facilities::by_slug(conn, &slug("hunter-street"), &slug("attic"))
        };
        assert_eq!(scene.db.write_now(add).unwrap().unwrap().1.extras.len(), 1);
        let unknown = with(scene.world.trusted_draft("cedar", span(DAY, "16:00", "17:00")), "Piano", 1);
        assert!(matches!(scene.ask(&unknown).unwrap_err()[..], [Refusal::TooFewExtras { there: 0, .. }]));
    }
}

#[test]
fn of_two_in_different_rooms_who_race_for_the_last_one_wins() {
    for scene in scenes() {
        for round in 0..10 {
            let session = {
                let first = span(DAY, "10:00", "11:00");
                Span::new(first.start().plus_days(round), first.end().plus_days(round)).unwrap()
            };
            let barrier = Arc::new(Barrier::new(4));
            let racers: Vec<_> = ["cedar", "tidy-room", "hall", "kitchen"]
                .map(|room| {
                    let (db, barrier, draft) = (scene.db.clone(), Arc::clone(&barrier), scene.robin(room, session));
                    std::thread::spawn(move || {
                        barrier.wait();
                        ask(&db, &draft, now())
                    })
                })
                .into_iter()
                .collect();
            let got: Vec<_> = racers.into_iter().map(|racer| racer.join().unwrap()).collect();
            assert_eq!(got.iter().filter(|one| one.is_ok()).count(), 1, "{got:?}");
            assert!(got.iter().filter_map(|one| one.as_ref().err()).all(|refused| lacks_extra(refused)), "{got:?}");
        }
    }
}

#[test]
fn a_date_of_a_series_may_go_without_and_cancelling_frees_what_it_had() {
    for scene in scenes() {
        let there = scene.ask(&scene.robin("cedar", span("2026-12-01", "10:00", "11:00"))).unwrap();
        let days = ["2026-11-24", "2026-12-01", "2026-12-08"];
        let dates = days.map(|day| Dated::at(span(day, "10:00", "11:00")));
        let draft = Draft { dates: dates.to_vec(), ..scene.robin("tidy-room", dates[0].session) };
        assert!(lacks_extra(&scene.ask(&draft).unwrap_err()));
        let mut dates = dates.to_vec();
        dates[1].without.push(slug("projector"));
        let draft = Draft { dates, nonce: "again".to_owned(), ..draft };
        let series = scene.ask(&draft).unwrap();
        assert_eq!(scene.held(&series), [2, 1, 2]);
        let said = scene.case(&series).booking.particulars;
        assert_eq!((said.to_set_out(1), said.to_set_out(2)), ("Projector".to_owned(), String::new()));
        // A change that asks for the same extras leaves it at that, and a corrected note takes nothing and cuts nothing.
        let case = scene.case(&series);
        let same = Particulars { without: Vec::new(), ..case.booking.particulars.clone() };
        let words = NewWords {
            purpose: case.booking.purpose.clone(),
            note: "The side door, please".to_owned(),
            people: case.booking.people,
            privacy: case.booking.privacy,
            particulars: same,
        };
        let change = Change { from: 1, scope: Scope::All, place: NewPlace::default(), words: Some(words) };
        let ChangeAnswer::Done { case: same, .. } = scene.change(&series, &change) else { panic!() };
        assert_eq!(same.booking.reference, series);
        assert_eq!(scene.held(&series), [2, 1, 2]);
        assert_eq!(same.booking.particulars.without, [(2, slug("projector"))]);
        // Split in two, each half keeps what is its own.
        let later = NewPlace { minutes: Some((780, 840)), ..NewPlace::default() };
        let change = Change { from: 2, scope: Scope::Following, place: later, words: None };
        let ChangeAnswer::Done { case: half, .. } = scene.change(&series, &change) else { panic!() };
        assert_eq!(scene.held(&half.booking.reference), [1, 2]);
        assert_eq!(half.booking.particulars.without, [(1, slug("projector"))]);
        assert!(scene.case(&series).booking.particulars.without.is_empty(), "new dates get these numbers again");
        assert!(scene.case(&series).booking.particulars.extras_on(1).len() == 1);
        // What is cancelled can be had again.
        let again = scene.robin("hall", span("2026-12-01", "10:00", "11:00"));
        assert!(lacks_extra(&scene.ask(&again).unwrap_err()));
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.robin_booker));
        let give_up = GiveUp { from: None, scope: Scope::All, reason: String::new() };
        let answer = scene
            .db
            .write_now(|conn| allocation::cancel(conn, circumstances(&mailer, now()), &actor, (&there, 1), &give_up))
            .unwrap();
        assert!(matches!(answer, Answer::Done(_)));
        scene.ask(&Draft { nonce: "third".to_owned(), ..again }).unwrap();
    }
}

#[test]
fn a_change_that_loses_the_extra_is_refused_unless_it_goes_without() {
    for scene in scenes() {
        scene.ask(&scene.robin("tidy-room", span(DAY, "14:00", "15:00"))).unwrap();
        let mine = scene.ask(&scene.robin("cedar", span(DAY, "10:00", "11:00"))).unwrap();
        let two = |gives_way| Change {
            from: 1,
            scope: Scope::This,
            place: NewPlace { minutes: Some((840, 900)), gives_way, ..NewPlace::default() },
            words: None,
        };
        let ChangeAnswer::Not(Answer::Refused(refused, _)) = scene.change(&mine, &two(false)) else { panic!() };
        assert!(lacks_extra(&refused[0].refusals));
        assert_eq!(scene.held(&mine), [2], "nothing has changed");
        assert!(matches!(scene.change(&mine, &two(true)), ChangeAnswer::Done { .. }));
        assert_eq!(scene.held(&mine), [1]);
        assert_eq!(scene.case(&mine).booking.particulars.without, [(1, slug("projector"))]);
        // Asked for anew it is judged anew, and had once there is one.
        let words = |number: usize| {
            let case = scene.case(&mine);
            let extra = Asked { extra: slug("screen"), name: "Screen".to_owned(), number };
            let extras = if number == 0 { Vec::new() } else { vec![extra] };
            let said = Particulars { extras, ..Particulars::default() };
            let (purpose, note) = (case.booking.purpose.clone(), case.booking.note.clone());
            let (people, privacy) = (case.booking.people, case.booking.privacy);
            let words = NewWords { purpose, note, people, privacy, particulars: said };
            Change { from: 1, scope: Scope::All, place: NewPlace::default(), words: Some(words) }
        };
        scene.lend("Screen", 2);
        assert!(matches!(scene.change(&mine, &words(3)), ChangeAnswer::Not(Answer::Refused(..))));
        assert!(matches!(scene.change(&mine, &words(2)), ChangeAnswer::Done { waiting: 0, .. }));
        assert_eq!(scene.held(&mine), [3]);
        assert!(scene.case(&mine).booking.particulars.without.is_empty());
        assert!(matches!(scene.change(&mine, &words(0)), ChangeAnswer::Done { .. }));
        assert_eq!(scene.held(&mine), [1]);
    }
}

#[test]
fn a_request_that_holds_its_place_holds_its_extras_and_one_that_does_not_is_judged_when_it_is_approved() {
    for scene in scenes() {
        let asked = with(scene.world.draft("cedar", span(DAY, "10:00", "11:00")), "Projector", 1);
        let held = scene.ask(&asked).unwrap();
        assert_eq!((scene.case(&held).booking.stage(), scene.held(&held)), (Stage::Requested, vec![2]));
        assert!(lacks_extra(&scene.ask(&scene.robin("hall", span(DAY, "10:00", "11:00"))).unwrap_err()));
        let open = with(scene.world.draft("open-room", span(DAY, "10:00", "11:00")), "Projector", 1);
        let refused = scene.ask(&open).unwrap_err();
        assert!(lacks_extra(&refused), "{refused:?}");
        let open = with(scene.world.draft("open-room", span(DAY, "12:00", "13:00")), "Projector", 1);
        let loose = scene.ask(&open).unwrap();
        assert_eq!(scene.held(&loose), [0]);
        scene.ask(&scene.robin("hall", span(DAY, "12:00", "13:00"))).unwrap();
        let (mailer, manager) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let approve = |reference: &Reference| {
            let version = scene.case(reference).booking.version;
            let how = circumstances(&mailer, now());
            let yes = Decision::Approve { dates: Dates::All };
            scene.db.write_now(|conn| allocation::decide(conn, how, &manager, (reference, version), &yes)).unwrap()
        };
        assert!(matches!(approve(&held), Answer::Done(_)));
        assert_eq!(scene.held(&held), [2]);
        let Answer::Refused(refused, _) = approve(&loose) else { panic!() };
        assert!(lacks_extra(&refused[0].refusals));
    }
}

#[test]
fn on_the_day_it_gets_longer_with_its_extra_or_not_at_all() {
    for scene in scenes() {
        let mine = scene.ask(&scene.robin("cedar", span(DAY, "10:00", "11:00"))).unwrap();
        scene.ask(&scene.robin("hall", span(DAY, "12:00", "13:00"))).unwrap();
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.robin_booker));
        let how = circumstances(&mailer, at("2026-11-24 10:30"));
        let longer = |minutes: i64| {
            let version = scene.case(&mine).booking.version;
            scene.db.write_now(|conn| allocation::longer(conn, how, &actor, (&mine, version), (1, minutes))).unwrap()
        };
        let Answer::Refused(refused, _) = longer(90) else { panic!() };
        assert!(lacks_extra(&refused[0].refusals), "{refused:?}");
        assert!(matches!(longer(60), Answer::Done(_)));
        assert_eq!(scene.held(&mine), [2]);
        let version = scene.case(&mine).booking.version;
        scene.db.write_now(|conn| allocation::finish(conn, how, &actor, (&mine, version), 1)).unwrap();
        let other = Draft { nonce: "x".to_owned(), ..scene.robin("tidy-room", span(DAY, "11:00", "11:45")) };
        ask(&scene.db, &other, at("2026-11-24 10:31")).unwrap();
    }
}

#[test]
fn what_is_retired_is_not_lent_any_more_and_what_is_booked_stays() {
    for scene in scenes() {
        let booked = scene.ask(&scene.robin("cedar", span("2026-12-01", "10:00", "11:00"))).unwrap();
        let items = scene.items();
        let retire = |from: Option<&str>| {
            let from = from.map(|from| from.parse().unwrap());
            scene.db.write_now(|conn| extras::retire(conn, &items, from)).unwrap();
        };
        retire(Some("2026-12-01"));
        assert_eq!(scene.held(&booked), [2]);
        let lent = scene.db.read_now(|conn| extras::lent(conn, &items, now(), 10)).unwrap();
        assert_eq!(lent.iter().map(|one| one.reference.clone()).collect::<Vec<_>>(), [booked]);
        let after = scene.robin("hall", span("2026-12-02", "10:00", "11:00"));
        assert!(matches!(scene.ask(&after).unwrap_err()[..], [Refusal::TooFewExtras { there: 0, .. }]));
        scene.ask(&scene.robin("hall", span("2026-11-30", "10:00", "11:00"))).unwrap();
        retire(None);
        scene.ask(&Draft { nonce: "again".to_owned(), ..after }).unwrap();
    }
}

#[test]
fn a_series_with_extras_takes_one_statement_more_than_one_without() {
    for scene in scenes() {
        if scene.db.url().shown().starts_with("sqlite") {
            continue;
        }
        let dates = |hour: u32| -> Vec<Dated> {
            let first = span(DAY, &format!("{hour}:00"), &format!("{}:00", hour + 1));
            let week =
                |week: i64| Span::new(first.start().plus_days(week * 7), first.end().plus_days(week * 7)).unwrap();
            (0i64..16).map(|number| Dated::at(week(number))).collect()
        };
        let count = |draft: &Draft| {
            let before = scene.db.queries();
            scene.ask(draft).unwrap();
            scene.db.queries() - before
        };
        let plain = scene.world.trusted_draft("hall", span(DAY, "10:00", "11:00"));
        let without = count(&Draft { dates: dates(10), ..plain.clone() });
        let extra = count(&Draft { dates: dates(14), nonce: "b".to_owned(), ..with(plain, "Projector", 1) });
        assert!(extra <= without + 1, "{extra} instead of {without}");
    }
}
