//! "Still needed?": who is asked when and how often, what an answer does, what is told at the end of a series. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Answer, Case, Dated, Draft, GiveUp, MoreDates, RequestAnswer};
use alcove::domain::booking::Scope;
use alcove::domain::history::EventKind;
use alcove::domain::hours::instant_at;
use alcove::domain::ids::Reference;
use alcove::domain::occurrence::Stage;
use alcove::domain::recurrence::{Pattern, Repeat};
use alcove::domain::rendered::MailKind;
use alcove::domain::rules::Rules;
use alcove::domain::span::{Instant, Span};
use alcove::store::outbox::WholeMail;
use alcove::store::{Db, events, facilities, needed, outbox};
use chrono_tz::Europe::London;

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

/// Weekly on Tuesdays from 24 November 2026 at this hour.
fn tuesdays(hour: i32, number: u32) -> (Pattern, Vec<Span>) {
    let repeat = Repeat::parse(&format!("FREQ=WEEKLY;BYDAY=TU;COUNT={number}")).unwrap();
    let pattern = Pattern { first: "2026-11-24".parse().unwrap(), repeat };
    let at = |date, minute| instant_at(London, date, minute).unwrap();
    let span = |date| Span::new(at(date, hour * 60), at(date, hour * 60 + 60)).unwrap();
    let spans = pattern.dates().into_iter().map(span).collect();
    (pattern, spans)
}

impl Scene {
    /// A confirmed series of the organisation that the site trusts.
    fn series_at(&self, hour: i32, number: u32) -> Reference {
        let (pattern, spans) = tuesdays(hour, number);
        let draft = self.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00"));
        let draft = Draft { repeat: Some(pattern), dates: spans.into_iter().map(Dated::at).collect(), ..draft };
        let mailer = mailer();
        let ask = |conn: &mut _| allocation::request(conn, circumstances(&mailer, now()), &draft);
        match self.db.write_now(ask).unwrap() {
            RequestAnswer::Done { reference, confirmed: true } => reference,
            other => panic!("{other:?}"),
        }
    }

    fn series(&self, number: u32) -> Reference {
        self.series_at(10, number)
    }

    /// What the chore does at a time; says how many questions and notes went out.
    fn run(&self, at: Instant) -> usize {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::ask_needed(conn, circumstances(&mailer, at), 50)).unwrap()
    }

    fn case(&self, reference: &Reference) -> Case {
        self.db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
    }

    fn mails(&self, kind: MailKind) -> Vec<WholeMail> {
        let mut mails = self.db.read_now(|conn| outbox::whole(conn, None, 1_000)).unwrap();
        mails.retain(|mail| mail.kind == kind);
        mails
    }

    fn answer(&self, reference: &Reference, at: Instant) -> Answer {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, self.world.robin_booker));
        let answer = |conn: &mut _| allocation::answer_needed(conn, circumstances(&mailer, at), &actor, reference);
        self.db.write_now(answer).unwrap()
    }

    fn events(&self, reference: &Reference, kind: EventKind) -> usize {
        let id = self.case(reference).booking.id;
        let history = self.db.read_now(|conn| events::of_booking(conn, id)).unwrap();
        history.iter().filter(|line| line.kind == kind).count()
    }

    fn ask_every(&self, weeks: i32) {
        let set = |conn: &mut _| {
            let (_, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
            facilities::set_rules(conn, cedar.id, &Rules { still_needed_weeks: weeks, ..cedar.rules })
        };
        self.db.write_now(set).unwrap();
    }

    fn unanswered(&self, at: Instant) -> Vec<Instant> {
        let found = self.db.read_now(|conn| needed::unanswered(conn, None, at.plus_days(-14), 50)).unwrap();
        found.into_iter().map(|one| one.since).collect()
    }
}

/// Eight weeks after the first date.
fn first_question() -> Instant {
    at("2027-01-19 10:00")
}

#[test]
fn the_booker_is_asked_once_and_again_after_as_many_weeks() {
    for scene in scenes() {
        let reference = scene.series(30);
        assert_eq!(scene.run(now()), 0);
        assert_eq!(scene.run(at("2027-01-18 11:00")), 0, "a day early");
        assert_eq!(scene.run(first_question()), 1);
        assert_eq!(scene.run(first_question()), 0);
        assert_eq!(scene.run(at("2027-01-21 10:00")), 0);
        let mails = scene.mails(MailKind::StillNeeded);
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, "rob@alcove.test");
        assert!(
            mails[0].text.contains(&format!("http://alcove.test/bookings/{reference}/needed")),
            "{}",
            mails[0].text
        );
        assert!(mails[0].text.contains("21 dates to come"), "{}", mails[0].text);
        let needed = scene.case(&reference).booking.needed;
        assert_eq!((needed.asked_at, needed.since), (Some(first_question()), Some(first_question())));
        // Eight weeks of silence later, on the other side of a clock change or not: the same length of time.
        let second = first_question().plus_days(56);
        assert_eq!(scene.run(second.plus_minutes(-1)), 0);
        assert_eq!(scene.run(second), 1);
        let needed = scene.case(&reference).booking.needed;
        assert_eq!((needed.asked_at, needed.since), (Some(second), Some(first_question())), "it is open all the time");
        assert_eq!(scene.mails(MailKind::StillNeeded).len(), 2);
        assert_eq!(scene.events(&reference, EventKind::NeededAsked), 2);
        // Nothing was cancelled by itself.
        let stages = scene.case(&reference).booking.occurrences;
        assert!(stages.iter().all(|one| one.state.stage() == Stage::Confirmed));
    }
}

#[test]
fn several_copies_of_the_chore_send_one_mail() {
    for scene in scenes() {
        let reference = scene.series(30);
        let sent: usize = std::thread::scope(|threads| {
            let copies: Vec<_> = (0..4).map(|_| threads.spawn(|| scene.run(first_question()))).collect();
            copies.into_iter().map(|copy| copy.join().unwrap()).sum()
        });
        assert_eq!(sent, 1);
        assert_eq!(scene.mails(MailKind::StillNeeded).len(), 1);
        assert_eq!(scene.events(&reference, EventKind::NeededAsked), 1);
    }
}

#[test]
fn an_answer_stops_the_question_for_as_many_weeks() {
    for scene in scenes() {
        let reference = scene.series(30);
        scene.run(first_question());
        let answered = first_question().plus_days(3);
        assert!(matches!(scene.answer(&reference, answered), Answer::Done(_)));
        let needed = scene.case(&reference).booking.needed;
        assert_eq!((needed.since, needed.answered_at), (None, Some(answered)));
        assert!(scene.unanswered(first_question().plus_days(30)).is_empty());
        // The button a second time finds nothing to answer.
        scene.answer(&reference, answered.plus_hours(1));
        assert_eq!(scene.case(&reference).booking.needed.answered_at, Some(answered));
        assert_eq!(scene.events(&reference, EventKind::NeededAnswered), 1);
        assert_eq!(scene.run(first_question().plus_days(56)), 0, "counted from the answer");
        assert_eq!(scene.run(answered.plus_days(56)), 1);
    }
}

#[test]
fn nobody_is_asked_about_fewer_than_two_dates_or_what_follows_no_rule() {
    for scene in scenes() {
        let mailer = mailer();
        // Ten dates: at the time of the question one is left.
        scene.series(10);
        let single = scene.world.trusted_draft("cedar", span("2027-06-22", "15:00", "16:00"));
        scene.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &single)).unwrap();
        for day in 0..4 {
            scene.run(first_question().plus_days(day));
        }
        assert!(scene.mails(MailKind::StillNeeded).is_empty());
    }
}

#[test]
fn a_rule_of_the_place_says_how_often_and_zero_means_never() {
    for scene in scenes() {
        scene.ask_every(0);
        let reference = scene.series(40);
        assert_eq!(scene.run(at("2027-04-06 10:00")), 0);
        scene.ask_every(3);
        assert_eq!(scene.run(at("2027-04-07 10:00")), 1);
        assert_eq!(scene.run(at("2027-04-28 10:00")), 1);
        scene.ask_every(0);
        scene.run(at("2027-04-30 10:00"));
        assert_eq!(scene.case(&reference).booking.needed.since, None, "nobody waits for an answer any more");
    }
}

#[test]
fn silence_is_shown_after_two_weeks_the_oldest_first() {
    for scene in scenes() {
        scene.series_at(10, 30);
        let later = scene.series_at(14, 30);
        scene.run(first_question());
        // Four hours later, because its first date was.
        assert_eq!(scene.run(first_question().plus_hours(4)), 1);
        assert!(scene.unanswered(first_question().plus_days(13)).is_empty());
        let both = scene.unanswered(first_question().plus_days(15));
        assert_eq!(both, [first_question(), first_question().plus_hours(4)]);
        scene.answer(&later, first_question().plus_days(15));
        assert_eq!(scene.unanswered(first_question().plus_days(16)), [first_question()]);
        let elsewhere = |conn: &mut _| needed::unanswered(conn, Some(&[]), first_question().plus_days(9), 50);
        assert!(scene.db.read_now(elsewhere).unwrap().is_empty());
    }
}

#[test]
fn one_run_looks_at_so_many_and_the_next_goes_on() {
    for scene in scenes() {
        for hour in [9, 10, 11] {
            scene.series_at(hour, 30);
        }
        let (mailer, at) = (mailer(), first_question().plus_hours(3));
        let run = || scene.db.write_now(|conn| allocation::ask_needed(conn, circumstances(&mailer, at), 2)).unwrap();
        assert_eq!([run(), run(), run()], [2, 1, 0]);
    }
}

#[test]
fn the_end_of_a_series_is_told_once_and_offers_as_many_dates_again() {
    for scene in scenes() {
        // Six Tuesdays, the last on 29 December.
        let reference = scene.series(6);
        assert_eq!(scene.run(at("2026-11-23 10:00")), 0);
        assert_eq!(scene.run(at("2026-11-24 12:00")), 0, "the end is five weeks off");
        assert_eq!(scene.run(at("2026-12-01 10:00")), 1);
        assert_eq!(scene.run(at("2026-12-02 10:00")), 0);
        let mails = scene.mails(MailKind::SeriesEnding);
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text.contains("The last date is Tuesday 29 December 2026."), "{}", mails[0].text);
        assert!(mails[0].text.contains(&format!("/bookings/{reference}/more?times=6")), "{}", mails[0].text);
        // Cancelling the last date makes another end, which is told as well.
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.robin_booker));
        let last = GiveUp { from: Some(6), scope: Scope::This, reason: String::new() };
        let version = scene.case(&reference).booking.version;
        let when = at("2026-12-02 11:00");
        let give_up =
            |conn: &mut _| allocation::cancel(conn, circumstances(&mailer, when), &actor, (&reference, version), &last);
        assert!(matches!(scene.db.write_now(give_up).unwrap(), Answer::Done(_)));
        assert_eq!(scene.run(at("2026-12-03 12:00")), 1);
        assert_eq!(scene.mails(MailKind::SeriesEnding).len(), 2);
    }
}

#[test]
fn more_dates_are_an_answer_and_move_the_end() {
    for scene in scenes() {
        scene.ask_every(2);
        let reference = scene.series(6);
        let asked = at("2026-12-08 10:00");
        assert_eq!(scene.run(asked), 2, "a question, and that it ends soon");
        let (pattern, spans) = tuesdays(10, 12);
        let more =
            MoreDates { dates: spans.into_iter().skip(6).map(|span| (span, false)).collect(), pattern: Some(pattern) };
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.robin_booker));
        let version = scene.case(&reference).booking.version;
        let how = circumstances(&mailer, asked.plus_hours(1));
        let add = |conn: &mut _| allocation::add_dates(conn, how, &actor, (&reference, version), &more);
        assert!(matches!(scene.db.write_now(add).unwrap(), Answer::Done(_)));
        assert_eq!(scene.case(&reference).booking.needed.since, None);
        assert_eq!(scene.events(&reference, EventKind::NeededAnswered), 1);
        assert_eq!(scene.run(asked.plus_hours(2)), 0);
        // Twelve dates end on 9 February; four weeks before is 12 January.
        scene.run(at("2027-01-12 10:00"));
        let ends: Vec<String> = scene.mails(MailKind::SeriesEnding).into_iter().map(|mail| mail.text).collect();
        assert_eq!(ends.len(), 2);
        assert!(ends.iter().any(|text| text.contains("Tuesday 9 February 2027")), "{ends:?}");
    }
}

#[test]
fn only_its_own_people_and_the_site_answer() {
    for scene in scenes() {
        let reference = scene.series(30);
        scene.run(first_question());
        let mailer = mailer();
        let answer = |person| {
            let actor = scene.world.actor(&scene.db, person);
            let how = circumstances(&mailer, first_question());
            scene.db.write_now(|conn| allocation::answer_needed(conn, how, &actor, &reference)).unwrap()
        };
        assert!(matches!(answer(scene.world.wren_booker), Answer::NotFound));
        assert!(scene.case(&reference).booking.needed.since.is_some());
        assert!(matches!(answer(scene.world.manager), Answer::Done(_)));
        assert_eq!(scene.case(&reference).booking.needed.since, None);
    }
}
