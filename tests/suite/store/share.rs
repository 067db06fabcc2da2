//! Sharing with a second organisation: who gets which mail, what a suspension and a split do to it, how it ends. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, add_organisation, add_person, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{
    self, Answer, BlockAnswer, BlockDraft, Case, Change, ChangeAnswer, Dated, Draft, GiveUp, NewPlace, RequestAnswer,
    ShareAnswer,
};
use alcove::domain::booking::Scope;
use alcove::domain::history::EventKind;
use alcove::domain::hours::instant_at;
use alcove::domain::ids::{OrganisationId, PersonId, Reference};
use alcove::domain::organisation::{Class, Register, Standing};
use alcove::domain::policy::{Actor, MemberRole};
use alcove::domain::recurrence::{Pattern, Repeat};
use alcove::domain::rendered::MailKind;
use alcove::domain::span::Span;
use alcove::store::organisations::NewOrganisation;
use alcove::store::outbox::MailEnd;
use alcove::store::{Db, StoreError, events, organisations, outbox};
use chrono_tz::Europe::London;

struct Scene {
    db: Db,
    world: World,
    finch: OrganisationId,
    /// Two coordinators of Finch Club.
    fay: PersonId,
    _database: TestDatabase,
}

/// The small world, and a Finch Club with two coordinators and a booker.
fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        let add = |conn: &mut _| {
            let finch = add_organisation(conn, "Finch Club", Class::Community);
            let fay = add_person(conn, "Fay Finch", "fay@alcove.test", None);
            organisations::set_member(conn, finch, fay, MemberRole::Coordinator, now())?;
            let fred = add_person(conn, "Fred Finch", "fred@alcove.test", None);
            organisations::set_member(conn, finch, fred, MemberRole::Coordinator, now())?;
            let fern = add_person(conn, "Fern Finch", "fern@alcove.test", None);
            organisations::set_member(conn, finch, fern, MemberRole::Booker, now())?;
            Ok((finch, fay))
        };
        let (finch, fay) = db.write_now(add).unwrap();
        Scene { db, world, finch, fay, _database: database }
    })
}

impl Scene {
    fn ask(&self, draft: &Draft) -> Reference {
        let mailer = mailer();
        let ask = |conn: &mut _| allocation::request(conn, circumstances(&mailer, now()), draft);
        match self.db.write_now(ask).unwrap() {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        }
    }

    /// One confirmed date of Robin Trust in Cedar.
    fn single(&self) -> Reference {
        self.ask(&self.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00")))
    }

    /// Another, the day after.
    fn another(&self) -> Reference {
        self.ask(&self.world.trusted_draft("cedar", span("2026-11-25", "14:00", "15:00")))
    }

    /// Four confirmed Tuesdays.
    fn series(&self) -> Reference {
        let repeat = Repeat::parse("FREQ=WEEKLY;BYDAY=TU;COUNT=4").unwrap();
        let pattern = Pattern { first: "2026-11-24".parse().unwrap(), repeat };
        let at = |date, minute| instant_at(London, date, minute).unwrap();
        let dates = pattern.dates().into_iter().map(|date| Span::new(at(date, 600), at(date, 660)).unwrap());
        let dates = dates.map(Dated::at).collect();
        let draft = self.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00"));
        self.ask(&Draft { dates, repeat: Some(pattern), ..draft })
    }

    fn case(&self, reference: &Reference) -> Case {
        self.db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
    }

    fn act<T>(
        &self,
        person: PersonId,
        reference: &Reference,
        what: impl Fn(
            &mut alcove::store::Conn,
            allocation::Circumstances<'_>,
            &Actor,
            (&Reference, i32),
        ) -> Result<T, StoreError>,
    ) -> T {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, person));
        let version = self.case(reference).booking.version;
        let how = circumstances(&mailer, now());
        self.db.write_now(|conn| what(conn, how, &actor, (reference, version))).unwrap()
    }

    fn share(&self, person: PersonId, reference: &Reference, typed: &str) -> ShareAnswer {
        self.act(person, reference, |conn, how, actor, at| allocation::share(conn, how, actor, at, typed))
    }

    fn end(&self, person: PersonId, reference: &Reference) -> Answer {
        self.act(person, reference, allocation::end_share)
    }

    fn cancel(&self, reference: &Reference) -> Answer {
        let all = GiveUp::all("");
        let rob = self.world.robin_booker;
        self.act(rob, reference, |conn, how, actor, at| allocation::cancel(conn, how, actor, at, &all))
    }

    /// The mail counts as delivered, so that only what comes after is found.
    fn deliver(&self) {
        self.db.write_now(|conn| outbox::deliver_all_before(conn, now().plus_hours(1))).unwrap();
    }

    /// Who got mail of a kind, in order.
    fn told(&self, kind: MailKind) -> Vec<String> {
        let mails = self.db.read_now(|conn| outbox::whole(conn, None, 1_000)).unwrap();
        let mut to: Vec<String> = mails.into_iter().filter(|mail| mail.kind == kind).map(|mail| mail.to).collect();
        to.sort();
        to
    }

    fn events(&self, reference: &Reference, kind: EventKind) -> usize {
        let id = self.case(reference).booking.id;
        let history = self.db.read_now(|conn| events::of_booking(conn, id)).unwrap();
        history.iter().filter(|line| line.kind == kind).count()
    }

    fn stand(&self, from: Standing, to: Standing) {
        let by = self.world.manager;
        let set = |conn: &mut _| organisations::set_standing(conn, self.finch, (from, to), by, "", now());
        assert!(self.db.write_now(set).unwrap());
    }
}

const BOTH: [&str; 2] = ["fay@alcove.test", "fred@alcove.test"];
const ALL: [&str; 3] = ["fay@alcove.test", "fred@alcove.test", "rob@alcove.test"];

#[test]
fn its_coordinators_are_told_and_get_a_copy_of_what_happens_then() {
    for scene in scenes() {
        let reference = scene.single();
        assert!(matches!(scene.share(scene.world.robin_booker, &reference, "finch club"), ShareAnswer::Done(_)));
        assert_eq!(scene.case(&reference).booking.shared_with.unwrap().id, scene.finch);
        assert_eq!(scene.told(MailKind::Shared), BOTH);
        assert_eq!(scene.told(MailKind::Confirmed), ["rob@alcove.test"], "what was before is not told again");
        let later = Change {
            from: 1,
            scope: Scope::All,
            place: NewPlace { minutes: Some((720, 780)), ..NewPlace::default() },
            words: None,
        };
        let rob = scene.world.robin_booker;
        let changed =
            scene.act(rob, &reference, |conn, how, actor, at| allocation::change(conn, how, actor, at, &later));
        assert!(matches!(changed, ChangeAnswer::Done { .. }), "{changed:?}");
        assert_eq!(scene.told(MailKind::Changed), ALL);
        scene.deliver();
        assert!(matches!(scene.cancel(&reference), Answer::Done(_)));
        assert_eq!(scene.told(MailKind::Cancelled), ALL);
        // Each copy is written for who reads it, with a calendar of their own.
        let mails = scene.db.read_now(|conn| outbox::whole(conn, None, 1_000)).unwrap();
        let copy = mails.iter().find(|mail| mail.kind == MailKind::Cancelled && mail.to == BOTH[0]).unwrap();
        assert!(copy.text.contains("Fay Finch"), "{}", copy.text);
        assert!(copy.text.contains("because Robin Trust shares it with Finch Club"), "{}", copy.text);
        let calendar = copy.calendar.clone().unwrap().replace("\r\n ", "");
        assert!(calendar.contains("METHOD:CANCEL") && calendar.contains("mailto:fay@alcove.test"), "{calendar}");
        assert!(!calendar.contains("rob@alcove.test"), "{calendar}");
    }
}

#[test]
fn an_approval_and_a_closure_are_told_to_both() {
    for scene in scenes() {
        let reference = scene.ask(&scene.world.draft("hall", span("2026-11-24", "10:00", "11:00")));
        assert!(matches!(scene.share(scene.world.wren_booker, &reference, "Finch Club"), ShareAnswer::Done(_)));
        let yes = allocation::Decision::Approve { dates: allocation::Dates::All };
        let manager = scene.world.manager;
        let decided =
            scene.act(manager, &reference, |conn, how, actor, at| allocation::decide(conn, how, actor, at, &yes));
        assert!(matches!(decided, Answer::Done(_)));
        let both = ["fay@alcove.test", "fred@alcove.test", "wendy@alcove.test"];
        assert_eq!(scene.told(MailKind::Confirmed), both);
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, manager));
        let mut draft = BlockDraft {
            site: slug("hunter-street"),
            facilities: vec![slug("hall")],
            spans: vec![span("2026-11-24", "09:00", "12:00")],
            reason: "Painting".to_owned(),
            seen: Vec::new(),
            instead: Vec::new(),
        };
        let how = circumstances(&mailer, now());
        let seen = scene.db.write_now(|conn| allocation::block(conn, how, &actor, &draft)).unwrap();
        let BlockAnswer::WouldDisplace(seen) = seen else { panic!("{seen:?}") };
        draft.seen = seen;
        scene.db.write_now(|conn| allocation::block(conn, how, &actor, &draft)).unwrap();
        assert_eq!(scene.told(MailKind::Displaced), both);
    }
}

#[test]
fn while_it_is_suspended_it_gets_no_mail_and_afterwards_it_does_again() {
    for scene in scenes() {
        let (first, second) = (scene.single(), scene.another());
        scene.share(scene.world.robin_booker, &first, "Finch Club");
        scene.share(scene.world.robin_booker, &second, "Finch Club");
        scene.stand(Standing::Approved, Standing::Suspended);
        scene.cancel(&first);
        assert_eq!(scene.told(MailKind::Cancelled), ["rob@alcove.test"]);
        scene.stand(Standing::Suspended, Standing::Approved);
        scene.cancel(&second);
        assert_eq!(scene.told(MailKind::Cancelled), [&ALL[..], &["rob@alcove.test"]].concat());
    }
}

#[test]
fn only_one_approved_organisation_of_that_name_or_number_is_meant() {
    for scene in scenes() {
        let reference = scene.single();
        let rob = scene.world.robin_booker;
        let add = |conn: &mut _, place: &str, number: &str, standing| {
            let new = NewOrganisation {
                slug: &slug(place),
                name: "Tern House",
                about: "",
                register: Register::EnglandAndWales,
                charity_number: number,
                unregistered_reason: "",
                class: Class::Charity,
                standing,
                applied_by: None,
            };
            organisations::insert(conn, &new, now())
        };
        scene.db.write_now(|conn| add(conn, "tern-house", "9111111", Standing::Applied)).unwrap();
        for typed in ["Tern House", "9111111", "Finch", "", "%", "'; DROP TABLE booking; --"] {
            assert!(matches!(scene.share(rob, &reference, typed), ShareAnswer::Unknown(_)), "{typed}");
        }
        scene.db.write_now(|conn| add(conn, "tern-house-2", "9222222", Standing::Approved)).unwrap();
        scene.db.write_now(|conn| add(conn, "tern-house-3", "9333333", Standing::Approved)).unwrap();
        assert!(matches!(scene.share(rob, &reference, "Tern House"), ShareAnswer::Several(_)));
        assert!(matches!(scene.share(rob, &reference, "Robin Trust"), ShareAnswer::Own(_)));
        assert!(scene.case(&reference).booking.shared_with.is_none());
        assert!(scene.told(MailKind::Shared).is_empty());
        assert!(matches!(scene.share(rob, &reference, "9 222 222"), ShareAnswer::Done(_)));
        assert_eq!(scene.case(&reference).booking.shared_with.unwrap().slug, slug("tern-house-2"));
        // One at a time.
        assert!(matches!(scene.share(rob, &reference, "Finch Club"), ShareAnswer::Not(_)));
    }
}

#[test]
fn who_may_change_it_shares_it_and_ends_that_and_nobody_else() {
    for scene in scenes() {
        let reference = scene.single();
        for stranger in [scene.world.wren_booker, scene.fay] {
            assert!(matches!(scene.share(stranger, &reference, "Finch Club"), ShareAnswer::NotFound));
            assert!(matches!(scene.end(stranger, &reference), Answer::NotFound));
        }
        assert!(matches!(scene.share(scene.world.manager, &reference, "Finch Club"), ShareAnswer::Done(_)));
        scene.deliver();
        assert!(matches!(scene.end(scene.world.wren_booker, &reference), Answer::NotFound));
        assert!(matches!(scene.end(scene.world.robin_booker, &reference), Answer::Done(_)));
        assert!(scene.case(&reference).booking.shared_with.is_none());
        assert_eq!(scene.told(MailKind::ShareEnded), BOTH);
        assert!(matches!(scene.end(scene.world.robin_booker, &reference), Answer::Stale(_)));
        scene.cancel(&reference);
        assert_eq!(scene.told(MailKind::Cancelled), ["rob@alcove.test"]);
        assert_eq!(scene.events(&reference, EventKind::Shared), 1);
        assert_eq!(scene.events(&reference, EventKind::ShareEnded), 1);
    }
}

#[test]
fn the_second_organisation_takes_itself_off_and_can_do_nothing_else() {
    for scene in scenes() {
        let reference = scene.series();
        scene.share(scene.world.robin_booker, &reference, "Finch Club");
        let all = GiveUp::all("");
        let cancelled =
            scene.act(scene.fay, &reference, |conn, how, actor, at| allocation::cancel(conn, how, actor, at, &all));
        assert!(matches!(cancelled, Answer::NotFound));
        scene.deliver();
        assert!(matches!(scene.end(scene.fay, &reference), Answer::Done(_)));
        assert_eq!(scene.told(MailKind::ShareEnded), ALL);
        let mails = scene.db.read_now(|conn| outbox::whole(conn, None, 1_000)).unwrap();
        let copy = mails.iter().find(|mail| mail.kind == MailKind::ShareEnded && mail.to == BOTH[0]).unwrap();
        assert!(copy.text.contains("because Robin Trust shared it with you"), "{}", copy.text);
        assert!(matches!(scene.end(scene.fay, &reference), Answer::NotFound));
        let case = scene.case(&reference);
        assert!(case.booking.occurrences.iter().all(|one| one.state.stage().is_active()));
    }
}

#[test]
fn both_halves_of_a_series_that_was_cut_are_shared() {
    for scene in scenes() {
        let reference = scene.series();
        scene.share(scene.world.robin_booker, &reference, "Finch Club");
        let later = Change {
            from: 3,
            scope: Scope::Following,
            place: NewPlace { minutes: Some((720, 780)), ..NewPlace::default() },
            words: None,
        };
        let rob = scene.world.robin_booker;
        let changed =
            scene.act(rob, &reference, |conn, how, actor, at| allocation::change(conn, how, actor, at, &later));
        let ChangeAnswer::Done { case: rest, .. } = changed else { panic!("{changed:?}") };
        assert_ne!(rest.booking.reference, reference);
        for half in [&reference, &rest.booking.reference] {
            assert_eq!(scene.case(half).booking.shared_with.unwrap().id, scene.finch);
        }
        let told = scene.told(MailKind::Changed);
        for one in ALL {
            assert_eq!(told.iter().filter(|to| *to == one).count(), 2, "{told:?}");
        }
    }
}

#[test]
fn what_is_over_is_shared_with_nobody() {
    for scene in scenes() {
        let reference = scene.single();
        let (mailer, rob) = (mailer(), scene.world.actor(&scene.db, scene.world.robin_booker));
        let how = circumstances(&mailer, at("2026-11-24 11:00"));
        let share = |conn: &mut _| allocation::share(conn, how, &rob, (&reference, 1), "Finch Club");
        assert!(matches!(scene.db.write_now(share).unwrap(), ShareAnswer::Not(_)));
    }
}

#[test]
fn who_never_heard_of_a_cancellation_is_not_told_that_it_was_taken_back() {
    for scene in scenes() {
        let reference = scene.single();
        let rob = scene.world.robin_booker;
        scene.share(rob, &reference, "Finch Club");
        scene.deliver();
        scene.cancel(&reference);
        // One copy does not get through; the others have left.
        let mails = scene.db.read_now(|conn| outbox::whole(conn, None, 1_000)).unwrap();
        for mail in mails.iter().filter(|mail| mail.kind == MailKind::Cancelled && mail.to != BOTH[0]) {
            scene.db.write_now(|conn| outbox::end(conn, mail.id, MailEnd::Delivered, "", now())).unwrap();
        }
        let undone = scene.act(rob, &reference, allocation::undo);
        assert!(matches!(undone, Answer::Done(_)), "{undone:?}");
        assert_eq!(scene.told(MailKind::Reinstated), ["fred@alcove.test", "rob@alcove.test"]);
    }
}
