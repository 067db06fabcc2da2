//! The one writer, act by act: request, decide, cancel, undo, expire, block. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Answer, BlockAnswer, BlockDraft, Case, Dates, Decision, Draft, GiveUp, RequestAnswer};
use alcove::domain::availability::Wanted;
use alcove::domain::ids::{PersonId, Reference};
use alcove::domain::occurrence::Stage;
use alcove::domain::refusal::Refusal;
use alcove::domain::rendered::MailKind;
use alcove::domain::span::{Instant, Span};
use alcove::store::{Db, occupancies, outbox, sites};

struct Scene {
    db: Db,
    world: World,
    _database: TestDatabase,
}

fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        Scene { db, world, _database: database }
    })
}

impl Scene {
    fn ask_at(&self, draft: &Draft, now: Instant) -> RequestAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now), draft)).unwrap()
    }

    fn ask(&self, draft: &Draft) -> RequestAnswer {
        self.ask_at(draft, now())
    }

    fn book(&self, draft: &Draft) -> Reference {
        match self.ask(draft) {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        }
    }

    fn refused(&self, draft: &Draft) -> Vec<Refusal> {
        match self.ask(draft) {
            RequestAnswer::Refused(dates) => dates.into_iter().flat_map(|(_, verdict)| verdict.refusals).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn case(&self, reference: &Reference) -> Case {
        self.db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
    }

    fn stage(&self, reference: &Reference) -> Stage {
        self.case(reference).booking.stage()
    }

    fn act(&self, person: PersonId, reference: &Reference, now: Instant, what: &str) -> Answer {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, person));
        let version = self.case(reference).booking.version;
        let at = (reference, version);
        self.db
            .write_now(|conn| {
                let circumstances = circumstances(&mailer, now);
                match what {
                    "approve" => {
                        allocation::decide(conn, circumstances, &actor, at, &Decision::Approve { dates: Dates::All })
                    }
                    "decline" => allocation::decide(
                        conn,
                        circumstances,
                        &actor,
                        at,
                        &Decision::Decline { dates: Dates::All, reason: "Too loud".to_owned() },
                    ),
                    "cancel" => allocation::cancel(conn, circumstances, &actor, at, &GiveUp::all("Not needed")),
                    "undo" => allocation::undo(conn, circumstances, &actor, at),
                    other => panic!("{other}"),
                }
            })
            .unwrap()
    }

    fn mails(&self, to: &str) -> Vec<MailKind> {
        let all = self.db.read_now(|conn| outbox::whole(conn, None, 100)).unwrap();
        all.into_iter()
            .rev()
            .filter(|mail| mail.to.starts_with(to) && mail.state == "queued")
            .map(|mail| mail.kind)
            .collect()
    }

    fn held(&self, within: Span) -> Vec<Span> {
        let units: Vec<_> = (1..20).map(alcove::domain::ids::UnitId::new).collect();
        self.db.read_now(|conn| occupancies::taken(conn, &units, within)).unwrap().iter().map(|one| one.span).collect()
    }
}

const DAY: &str = "2026-11-24";

#[test]
fn a_trusted_organisation_is_confirmed_at_once_and_another_waits() {
    for scene in scenes() {
        let sure = scene.book(&scene.world.trusted_draft("cedar", span(DAY, "09:00", "10:00")));
        assert_eq!(scene.stage(&sure), Stage::Confirmed);
        let asked = scene.book(&scene.world.draft("cedar", span(DAY, "10:00", "11:00")));
        assert_eq!(scene.stage(&asked), Stage::Requested);
        assert_eq!(scene.mails("rob"), [MailKind::Confirmed]);
        assert_eq!(scene.mails("wendy"), [MailKind::RequestReceived]);
        assert_eq!(scene.mails("manager"), [MailKind::DecisionNeeded]);
        // A held request refuses the next, without saying whose it is.
        let refusals = scene.refused(&scene.world.trusted_draft("cedar", span(DAY, "10:30", "11:30")));
        assert!(matches!(refusals[..], [Refusal::NotFree { .. }]));
    }
}

#[test]
fn the_same_form_sent_twice_books_once() {
    for scene in scenes() {
        let draft = scene.world.trusted_draft("cedar", span(DAY, "09:00", "10:00"));
        let first = scene.book(&draft);
        assert!(matches!(scene.ask(&draft), RequestAnswer::SentBefore(reference) if reference == first));
    }
}

#[test]
fn approval_confirms_and_decline_frees_the_place() {
    for scene in scenes() {
        let session = span(DAY, "09:00", "10:00");
        let asked = scene.book(&scene.world.draft("cedar", session));
        let manager = scene.world.manager;
        assert!(matches!(scene.act(scene.world.wren_booker, &asked, now(), "approve"), Answer::NotFound));
        assert!(matches!(scene.act(manager, &asked, now(), "approve"), Answer::Done(_)));
        assert_eq!(scene.stage(&asked), Stage::Confirmed);
        assert!(matches!(scene.act(manager, &asked, now(), "approve"), Answer::NotPossible(..)));
        let other = scene.book(&scene.world.draft("cedar", span(DAY, "10:00", "11:00")));
        assert!(matches!(scene.act(manager, &other, now(), "decline"), Answer::Done(_)));
        assert_eq!(scene.stage(&other), Stage::Declined);
        assert_eq!(scene.held(span(DAY, "08:00", "21:00")), [session]);
        assert!(scene.mails("wendy").contains(&MailKind::Declined));
    }
}

#[test]
fn a_stale_decision_changes_nothing() {
    for scene in scenes() {
        let asked = scene.book(&scene.world.draft("cedar", span(DAY, "09:00", "10:00")));
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let answer = scene
            .db
            .write_now(|conn| {
                allocation::decide(
                    conn,
                    circumstances(&mailer, now()),
                    &actor,
                    (&asked, 0),
                    &Decision::Approve { dates: Dates::All },
                )
            })
            .unwrap();
        assert!(matches!(answer, Answer::Stale(_)));
        assert_eq!(scene.stage(&asked), Stage::Requested);
    }
}

#[test]
fn a_hold_runs_out_by_itself_and_the_next_writer_writes_it_down() {
    for scene in scenes() {
        let asked = scene.book(&scene.world.draft("cedar", span("2026-12-10", "09:00", "10:00")));
        let later = now().plus_hours(72);
        let place = |hours: i64| {
            let draft = scene.world.trusted_draft("cedar", span("2026-12-10", "09:00", "10:00"));
            scene.ask_at(&draft, now().plus_hours(hours))
        };
        assert!(matches!(place(71), RequestAnswer::Refused(_)));
        assert!(matches!(scene.act(scene.world.manager, &asked, later, "approve"), Answer::NotPossible(..)));
        assert!(matches!(place(72), RequestAnswer::Done { .. }), "no chore has run");
        assert_eq!(scene.stage(&asked), Stage::Expired);
        assert_eq!(scene.mails("wendy"), [MailKind::RequestReceived, MailKind::Expired]);
        assert_eq!(scene.mails("manager"), [], "what waited for a decision is dropped");
    }
}

#[test]
fn the_chore_expires_what_is_due_once() {
    for scene in scenes() {
        let asked = scene.book(&scene.world.draft("cedar", span("2026-12-10", "09:00", "10:00")));
        let mailer = mailer();
        let run = |hours: i64| {
            scene
                .db
                .write_now(|conn| allocation::expire_due(conn, circumstances(&mailer, now().plus_hours(hours)), 100))
                .unwrap()
        };
        assert_eq!((run(71), run(72), run(73)), (0, 1, 0));
        assert_eq!(scene.stage(&asked), Stage::Expired);
        assert_eq!(scene.held(span("2026-12-10", "08:00", "21:00")), []);
        // A manager may put it back: it waits for a decision again.
        assert!(matches!(scene.act(scene.world.manager, &asked, now().plus_hours(74), "undo"), Answer::Done(_)));
        assert_eq!(scene.stage(&asked), Stage::Requested);
        assert_eq!(scene.held(span("2026-12-10", "08:00", "21:00")).len(), 1);
    }
}

#[test]
fn reminders_are_mailed_once() {
    for scene in scenes() {
        scene.book(&scene.world.draft("cedar", span("2026-12-10", "09:00", "10:00")));
        let mailer = mailer();
        for hours in [49, 50, 51] {
            scene
                .db
                .write_now(|conn| allocation::remind(conn, circumstances(&mailer, now().plus_hours(hours)), 24))
                .unwrap();
        }
        assert_eq!(scene.mails("manager"), [MailKind::DecisionNeeded, MailKind::DecisionReminder]);
    }
}

#[test]
fn cancelling_frees_the_place_and_can_be_undone_while_it_is_free() {
    for scene in scenes() {
        let session = span(DAY, "09:00", "10:00");
        let mine = scene.book(&scene.world.trusted_draft("cedar", session));
        assert!(matches!(scene.act(scene.world.wren_booker, &mine, now(), "cancel"), Answer::NotFound));
        assert!(matches!(scene.act(scene.world.robin_booker, &mine, now(), "cancel"), Answer::Done(_)));
        assert_eq!(scene.held(span(DAY, "08:00", "21:00")), []);
        assert!(matches!(scene.act(scene.world.robin_booker, &mine, now(), "undo"), Answer::Done(_)));
        assert_eq!((scene.stage(&mine), scene.held(session).len()), (Stage::Confirmed, 1));
        scene.act(scene.world.robin_booker, &mine, now(), "cancel");
        scene.book(&scene.world.trusted_draft("cedar", session));
        assert!(matches!(scene.act(scene.world.robin_booker, &mine, now(), "undo"), Answer::Refused(..)));
        assert_eq!(scene.stage(&mine), Stage::Cancelled);
    }
}

#[test]
fn what_has_begun_cannot_be_cancelled() {
    for scene in scenes() {
        let mine = scene.book(&scene.world.trusted_draft("cedar", span(DAY, "09:00", "10:00")));
        let answer = scene.act(scene.world.robin_booker, &mine, at("2026-11-24 09:00"), "cancel");
        assert!(matches!(answer, Answer::NotPossible(..)));
        assert_eq!(scene.held(span(DAY, "08:00", "21:00")).len(), 1);
    }
}

#[test]
fn a_manager_takes_an_approval_back() {
    for scene in scenes() {
        let asked = scene.book(&scene.world.draft("cedar", span(DAY, "09:00", "10:00")));
        scene.act(scene.world.manager, &asked, now(), "approve");
        assert!(matches!(scene.act(scene.world.manager, &asked, now(), "undo"), Answer::Done(_)));
        assert_eq!(scene.stage(&asked), Stage::Requested);
        assert!(!scene.mails("wendy").contains(&MailKind::Confirmed), "the mail was still queued");
    }
}

#[test]
fn requests_that_hold_no_place_compete_and_the_outrun_are_told() {
    for scene in scenes() {
        let session = span(DAY, "09:00", "10:00");
        let one = scene.book(&scene.world.draft("open-room", session));
        let two = scene.book(&scene.world.trusted_draft("open-room", span(DAY, "09:30", "10:30")));
        let beside = scene.book(&scene.world.trusted_draft("open-room", span(DAY, "10:00", "11:00")));
        assert_eq!(scene.held(span(DAY, "08:00", "21:00")), []);
        assert!(matches!(scene.act(scene.world.manager, &one, now(), "approve"), Answer::Done(_)));
        assert_eq!(scene.stage(&two), Stage::Declined);
        assert_eq!(scene.stage(&beside), Stage::Requested);
        assert_eq!(scene.held(span(DAY, "08:00", "21:00")), [session]);
    }
}

#[test]
fn a_hall_and_its_half_exclude_each_other_and_benches_are_had_singly() {
    for scene in scenes() {
        let session = span(DAY, "09:00", "10:00");
        scene.book(&scene.world.trusted_draft("half-hall", session));
        assert!(!scene.refused(&scene.world.trusted_draft("hall", session)).is_empty());
        let benches = |wanted: Wanted| Draft { wanted, ..scene.world.trusted_draft("kitchen", session) };
        scene.book(&benches(Wanted::Any(3)));
        assert_eq!(scene.refused(&benches(Wanted::Any(2))), [Refusal::TooFewUnits { asked: 2, free: 1 }]);
        assert!(!scene.refused(&benches(Wanted::Whole)).is_empty());
        scene.book(&benches(Wanted::Any(1)));
    }
}

#[test]
fn own_sessions_touch_and_get_their_tidying_back() {
    for scene in scenes() {
        let around = span(DAY, "08:00", "21:00");
        let first = scene.book(&scene.world.trusted_draft("tidy-room", span(DAY, "09:00", "10:00")));
        let second = scene.book(&scene.world.trusted_draft("tidy-room", span(DAY, "10:00", "11:00")));
        assert_eq!(scene.held(around), [span(DAY, "08:45", "10:00"), span(DAY, "10:00", "11:15")]);
        scene.act(scene.world.robin_booker, &second, now(), "cancel");
        assert_eq!(scene.held(around), [span(DAY, "08:45", "10:15")]);
        // Another organisation has to leave set-up and turnaround between.
        assert!(!scene.refused(&scene.world.draft("tidy-room", span(DAY, "10:00", "11:00"))).is_empty());
        assert_eq!(scene.stage(&first), Stage::Confirmed);
        scene.book(&scene.world.draft("tidy-room", span(DAY, "10:30", "11:30")));
    }
}

#[test]
fn a_closure_displaces_what_the_manager_has_seen_and_tells_them_once() {
    for scene in scenes() {
        let mine = scene.book(&scene.world.trusted_draft("cedar", span(DAY, "09:00", "10:00")));
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let close = |seen: Vec<_>| {
            let draft = BlockDraft {
                site: slug("hunter-street"),
                facilities: Vec::new(),
                spans: vec![span(DAY, "08:00", "21:00")],
                reason: "Boiler".to_owned(),
                seen,
                instead: Vec::new(),
            };
            scene.db.write_now(|conn| allocation::block(conn, circumstances(&mailer, now()), &actor, &draft)).unwrap()
        };
        let BlockAnswer::WouldDisplace(seen) = close(Vec::new()) else { panic!("not shown first") };
        assert_eq!(scene.stage(&mine), Stage::Confirmed);
        assert!(matches!(close(seen), BlockAnswer::Done { displaced: 1, .. }));
        assert_eq!(scene.stage(&mine), Stage::Displaced);
        assert_eq!(scene.mails("rob"), [MailKind::Confirmed, MailKind::Displaced]);
        let refusals = scene.refused(&scene.world.trusted_draft("cedar", span(DAY, "11:00", "12:00")));
        assert!(matches!(&refusals[..], [Refusal::Blocked { reason, .. }] if reason == "Boiler"));
    }
}

#[test]
fn every_write_raises_the_number_that_pages_watch() {
    for scene in scenes() {
        let number = || scene.db.read_now(|conn| sites::by_id(conn, scene.world.site)).unwrap().unwrap().change_number;
        let before = number();
        scene.book(&scene.world.trusted_draft("cedar", span(DAY, "09:00", "10:00")));
        assert!(before < number());
    }
}

#[test]
fn a_closure_beside_a_session_that_shares_its_edge_displaces_only_what_is_in_the_way() {
    for scene in scenes() {
        let first = scene.book(&scene.world.trusted_draft("tidy-room", span("2026-11-24", "10:00", "11:00")));
        let second = scene.book(&scene.world.trusted_draft("tidy-room", span("2026-11-24", "11:00", "12:00")));
        let draft = BlockDraft {
            site: slug("hunter-street"),
            facilities: vec![slug("tidy-room")],
            spans: vec![span("2026-11-24", "10:00", "11:00")],
            instead: Vec::new(),
            reason: "Flushing".to_owned(),
            seen: vec![scene.case(&first).booking.occurrences[0].id],
        };
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let answer = scene.db.write_now(|conn| allocation::block(conn, circumstances(&mailer, now()), &actor, &draft));
        assert!(matches!(answer, Ok(BlockAnswer::Done { displaced: 1, .. })), "{answer:?}");
        assert_eq!((scene.stage(&first), scene.stage(&second)), (Stage::Displaced, Stage::Confirmed));
    }
}
