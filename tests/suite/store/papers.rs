//! Dates that wait for papers, on both engines: conditional when asked for, confirmed when the paper is accepted, told of before it runs out.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Answer, AwaitedDecision, Draft, PaperAnswer, PaperDecision, RequestAnswer};
use alcove::allocation::{Dated, Dates, Decision};
use alcove::chance::Chance;
use alcove::domain::booking::Booking;
use alcove::domain::ids::{OrganisationId, Reference};
use alcove::domain::occurrence::{Stage, State};
use alcove::domain::papers::{PaperKind, PaperSet, PaperStanding, Required};
use alcove::domain::rendered::MailKind;
use alcove::domain::rules::{Approval, Rules};
use alcove::domain::span::Instant;
use alcove::store::papers::{self, NewDocument};
use alcove::store::{Conn, Db, bookings, facilities, organisations, outbox, people};

struct Scene {
    db: Db,
    world: World,
    _database: TestDatabase,
}

/// Cedar asks for insurance of five million.
fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        let scene = Scene { db, world, _database: database };
        scene.rules(|rules| Rules { papers: insurance(), ..rules });
        scene
    })
}

fn insurance() -> Required {
    Required { least_pounds: 5_000_000, ..Required::of([PaperKind::Liability]) }
}

const LACKS: &str = "public liability insurance";

impl Scene {
    fn rules(&self, change: impl Fn(Rules) -> Rules) {
        let set = |conn: &mut Conn| {
            let (_, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
            facilities::set_rules(conn, cedar.id, &change(cedar.rules))
        };
        self.db.write_now(set).unwrap();
    }

    fn ask(&self, draft: &Draft, at: Instant) -> RequestAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, at), draft)).unwrap()
    }

    fn book(&self, draft: &Draft) -> Reference {
        match self.ask(draft, now()) {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        }
    }

    fn booking(&self, reference: &Reference) -> Booking {
        self.db.read_now(|conn| bookings::by_reference(conn, reference)).unwrap().unwrap()
    }

    fn stages(&self, reference: &Reference) -> Vec<Stage> {
        self.booking(reference).occurrences.iter().map(|one| one.state.stage()).collect()
    }

    fn paper(&self, of: OrganisationId, pounds: i32, until: &str) -> Reference {
        let reference = Chance.reference();
        let new = NewDocument {
            reference: &reference,
            organisation: of,
            kind: PaperKind::Liability,
            pounds: Some(pounds),
            issuer: "Example Mutual",
            number: "",
            people: None,
            from: "2026-01-01".parse().unwrap(),
            until: Some(until.parse().unwrap()),
            by: None,
        };
        self.db.write_now(|conn| papers::insert(conn, &new, None, now())).unwrap();
        reference
    }

    fn decide(&self, of: OrganisationId, paper: &Reference, decision: &PaperDecision) -> PaperAnswer {
        let mailer = mailer();
        // An administrator may before there is any booking.
        let admin = alcove::domain::person::Email::parse("admin@alcove.test").unwrap();
        let admin = self.db.read_now(|conn| people::by_email(conn, &admin)).unwrap().unwrap().id;
        let manager = self.world.actor(&self.db, admin);
        let act = |conn: &mut Conn| {
            let organisation = organisations::by_id(conn, of)?.unwrap();
            allocation::decide_paper(conn, circumstances(&mailer, now()), &manager, (&organisation, paper), decision)
        };
        self.db.write_now(act).unwrap()
    }

    fn look(&self, at: Instant) -> usize {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::look_at_papers(conn, circumstances(&mailer, at), 50)).unwrap()
    }

    fn mails(&self, kind: MailKind) -> usize {
        let mails = self.db.read_now(|conn| outbox::whole(conn, None, 500)).unwrap();
        mails.into_iter().filter(|mail| mail.kind == kind).count()
    }

    /// Robin Trust, which is trusted, asks for Tuesdays from 24 November on.
    fn tuesdays(&self, number: i64) -> Draft {
        let first = span("2026-11-24", "10:00", "11:00");
        let week = |n: i64| {
            let days = |at: Instant| at.plus_days(7 * n);
            Dated::at(alcove::domain::span::Span::new(days(first.start()), days(first.end())).unwrap())
        };
        Draft { dates: (0..number).map(week).collect(), ..self.world.trusted_draft("cedar", first) }
    }
}

#[test]
fn a_date_without_its_paper_is_conditional_keeps_its_place_and_is_confirmed_once_it_is_accepted() {
    for scene in scenes() {
        let robin = scene.world.robin;
        let booking = scene.book(&scene.tuesdays(1));
        let one = scene.booking(&booking).occurrences.remove(0);
        let State::AwaitsPapers { missing, until, .. } = one.state else { panic!("{:?}", one.state) };
        assert_eq!((missing.words().as_str(), until.is_some()), (LACKS, true));
        assert_eq!(scene.mails(MailKind::PapersAwaited), 1);
        // Somebody else cannot have it meanwhile.
        let theirs = scene.world.draft("cedar", span("2026-11-24", "10:00", "11:00"));
        assert!(matches!(scene.ask(&theirs, now()), RequestAnswer::Refused(_)));
        // Too small an insurance changes nothing.
        let small = scene.paper(robin, 1_000_000, "2027-06-30");
        assert_eq!(scene.decide(robin, &small, &PaperDecision::Accept), PaperAnswer::Done);
        assert_eq!(scene.stages(&booking), [Stage::Conditional]);
        let paper = scene.paper(robin, 5_000_000, "2027-06-30");
        assert_eq!(scene.stages(&booking), [Stage::Conditional], "added is not accepted");
        assert_eq!(scene.decide(robin, &paper, &PaperDecision::Accept), PaperAnswer::Done);
        assert_eq!(scene.stages(&booking), [Stage::Confirmed]);
        assert_eq!((scene.mails(MailKind::PaperAccepted), scene.mails(MailKind::Confirmed)), (2, 1));
        let again = scene.decide(robin, &paper, &PaperDecision::Accept);
        assert_eq!(again, PaperAnswer::Already(PaperStanding::Accepted));
        // Sent back after all, it is conditional again and never lapses by itself.
        let back = PaperDecision::SendBack { reason: "It is another group's".to_owned() };
        assert_eq!(scene.decide(robin, &paper, &back), PaperAnswer::Done);
        assert_eq!(scene.stages(&booking), [Stage::Conditional]);
        assert_eq!(scene.booking(&booking).occurrences[0].state.until(), None);
    }
}

#[test]
fn dates_after_the_last_day_are_conditional_without_an_end_and_those_before_are_confirmed() {
    for scene in scenes() {
        let robin = scene.world.robin;
        let paper = scene.paper(robin, 6_000_000, "2026-12-01");
        scene.decide(robin, &paper, &PaperDecision::Accept);
        let booking = scene.book(&scene.tuesdays(4));
        use Stage::{Conditional, Confirmed};
        assert_eq!(scene.stages(&booking), [Confirmed, Confirmed, Conditional, Conditional]);
        assert!(scene.booking(&booking).occurrences[2..].iter().all(|one| one.state.until().is_none()));
        // Long after any hold would have run out they still stand.
        let mailer = mailer();
        let later = now().plus_days(10);
        scene.db.write_now(|conn| allocation::expire_due(conn, circumstances(&mailer, later), 50)).unwrap();
        assert_eq!(scene.stages(&booking), [Confirmed, Confirmed, Conditional, Conditional]);
        let newer = scene.paper(robin, 5_000_000, "2026-12-08");
        scene.decide(robin, &newer, &PaperDecision::Accept);
        assert_eq!(scene.stages(&booking), [Confirmed, Confirmed, Confirmed, Conditional]);
    }
}

#[test]
fn what_nobody_brings_papers_for_lapses_as_a_request_does() {
    for scene in scenes() {
        let booking = scene.book(&scene.tuesdays(3));
        let mailer = mailer();
        let later = now().plus_hours(73);
        scene.db.write_now(|conn| allocation::expire_due(conn, circumstances(&mailer, later), 50)).unwrap();
        assert_eq!(scene.stages(&booking), [Stage::Expired; 3]);
        assert!(matches!(
            scene.ask(&scene.world.draft("cedar", span("2026-12-01", "10:00", "11:00")), later),
            RequestAnswer::Done { .. }
        ));
    }
}

#[test]
fn a_request_is_decided_first_and_a_yes_without_papers_is_conditional() {
    for scene in scenes() {
        let wren = scene.world.wren;
        let booking = scene.book(&scene.world.draft("cedar", span("2026-12-02", "10:00", "11:00")));
        assert_eq!(scene.stages(&booking), [Stage::Requested]);
        let (mailer, manager) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let yes = Decision::Approve { dates: Dates::All };
        let act =
            |conn: &mut Conn| allocation::decide(conn, circumstances(&mailer, now()), &manager, (&booking, 1), &yes);
        assert!(matches!(scene.db.write_now(act).unwrap(), Answer::Done(_)));
        let state = scene.booking(&booking).occurrences[0].state;
        assert!(matches!(state, State::AwaitsPapers { by: Some(_), until: None, .. }), "{state:?}");
        let paper = scene.paper(wren, 5_000_000, "2027-06-30");
        scene.decide(wren, &paper, &PaperDecision::Accept);
        let state = scene.booking(&booking).occurrences[0].state;
        assert!(matches!(state, State::Confirmed { by: Some(_), .. }), "the yes is not asked for twice: {state:?}");
    }
}

#[test]
fn where_a_decision_is_needed_by_then_it_is_asked_for() {
    for scene in scenes() {
        let robin = scene.world.robin;
        let booking = scene.book(&scene.tuesdays(1));
        scene.rules(|rules| Rules { approval: Approval::Always, ..rules });
        let paper = scene.paper(robin, 5_000_000, "2027-06-30");
        scene.decide(robin, &paper, &PaperDecision::Accept);
        assert_eq!(scene.stages(&booking), [Stage::Requested]);
        assert_eq!(scene.mails(MailKind::DecisionNeeded), 1);
    }
}

#[test]
fn a_manager_confirms_without_the_papers_or_declines() {
    for scene in scenes() {
        let booking = scene.book(&scene.tuesdays(2));
        let (mailer, manager) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let decide = |version: i32, decision: &AwaitedDecision| {
            let act = |conn: &mut Conn| {
                allocation::decide_awaited(conn, circumstances(&mailer, now()), &manager, (&booking, version), decision)
            };
            scene.db.write_now(act).unwrap()
        };
        let aside = AwaitedDecision::SetAside { reason: "Seen at the desk".to_owned() };
        assert!(matches!(decide(7, &aside), Answer::Stale(_)));
        assert!(matches!(decide(1, &aside), Answer::Done(_)));
        assert_eq!(scene.stages(&booking), [Stage::Confirmed; 2]);
        // What was set aside stays so, whatever happens to papers.
        let paper = scene.paper(scene.world.robin, 1, "2027-06-30");
        scene.decide(scene.world.robin, &paper, &PaperDecision::Accept);
        assert_eq!(scene.stages(&booking), [Stage::Confirmed; 2]);
        let ids: Vec<_> = scene.booking(&booking).occurrences.iter().map(|one| one.id).collect();
        let kept = scene.db.read_now(|conn| papers::set_aside(conn, &ids)).unwrap();
        assert!(kept.iter().all(|(_, set)| *set == PaperSet::of([PaperKind::Liability])) && kept.len() == 2);
        let other = Draft { dates: vec![Dated::at(span("2026-11-26", "10:00", "11:00"))], ..scene.tuesdays(1) };
        let other = scene.book(&other);
        let no = AwaitedDecision::Decline { reason: "No".to_owned() };
        let act = |conn: &mut Conn| {
            allocation::decide_awaited(conn, circumstances(&mailer, now()), &manager, (&other, 1), &no)
        };
        assert!(matches!(scene.db.write_now(act).unwrap(), Answer::Done(_)));
        assert_eq!(scene.stages(&other), [Stage::Declined]);
    }
}

#[test]
fn people_are_told_once_each_time_and_dates_after_that_become_conditional() {
    for scene in scenes() {
        let robin = scene.world.robin;
        scene.rules(|rules| Rules { papers: Required::NOTHING, ..rules });
        let booking = scene.book(&scene.tuesdays(12));
        scene.rules(|rules| Rules { papers: insurance(), ..rules });
        let paper = scene.paper(robin, 5_000_000, "2027-01-31");
        scene.decide(robin, &paper, &PaperDecision::Accept);
        // 60 days before 31 January 2027 is 2 December 2026.
        assert_eq!(scene.look(world::at("2026-12-01 12:00")), 0);
        assert_eq!(scene.look(world::at("2026-12-02 12:00")), 1);
        assert_eq!(scene.look(world::at("2026-12-02 12:00")), 0);
        assert_eq!(scene.mails(MailKind::PaperRunsOut), 1);
        let stages = scene.stages(&booking);
        assert_eq!(stages.iter().filter(|stage| **stage == Stage::Conditional).count(), 2, "{stages:?}");
        for (day, soon, over) in [
            ("2027-01-01", 2, 0),
            ("2027-01-24", 3, 0),
            ("2027-01-31", 3, 0),
            ("2027-02-01", 3, 1),
            ("2027-03-01", 3, 1),
        ] {
            scene.look(world::at(&format!("{day} 12:00")));
            let told = (scene.mails(MailKind::PaperRunsOut), scene.mails(MailKind::PaperRanOut));
            assert_eq!(told, (soon, over), "{day}");
        }
        assert!(scene.stages(&booking).iter().all(|stage| matches!(stage, Stage::Confirmed | Stage::Conditional)));
    }
}

#[test]
fn a_year_of_dates_takes_no_statement_more_for_its_papers() {
    for scene in scenes() {
        let robin = scene.world.robin;
        let paper = scene.paper(robin, 5_000_000, "2027-03-31");
        scene.decide(robin, &paper, &PaperDecision::Accept);
        let counted = |draft: &Draft| {
            let before = scene.db.queries();
            let booking = scene.book(draft);
            (scene.db.queries() - before, booking)
        };
        let (without, _) = counted(&Draft { facility: slug("half-hall"), ..scene.tuesdays(52) });
        let (with, booking) = counted(&scene.tuesdays(52));
        assert!(with <= without, "{with} statements, {without} without, on {}", scene.db.url().shown());
        let stages = scene.stages(&booking);
        assert!(stages.contains(&Stage::Conditional) && stages.contains(&Stage::Confirmed), "{stages:?}");
    }
}
