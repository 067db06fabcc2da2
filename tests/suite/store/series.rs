//! Series and their changes: asking, deciding on some dates, conditions, changing in three scopes, exchanging, adding dates. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{
    self, Answer, Case, Change, ChangeAnswer, ChangeDecision, Dated, Dates, Decision, Draft, GiveUp, MoreDates,
    NewPlace, NewWords, RequestAnswer, Side,
};
use alcove::domain::availability::Wanted;
use alcove::domain::bank_holidays::Nation;
use alcove::domain::booking::Scope;
use alcove::domain::hours::{WeeklyHours, instant_at, local_date};
use alcove::domain::ids::{PersonId, Reference};
use alcove::domain::kinds::Kind;
use alcove::domain::leeway::Leeway;
use alcove::domain::occurrence::Stage;
use alcove::domain::places::UnitChoice;
use alcove::domain::recurrence::{Pattern, Repeat};
use alcove::domain::rules::{Privacy, Rules};
use alcove::domain::span::{Instant, Span};
use alcove::enquiry::series::{Rung, SeriesWish, preview};
use alcove::store::sites::SiteFacts;
use alcove::store::{Db, occupancies, outbox, sites};
use chrono::NaiveDate;
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

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Weekly on Tuesdays from 24 November 2026, 10am to 11am.
fn tuesdays(number: u32) -> (Pattern, Vec<Span>) {
    let repeat = Repeat::parse(&format!("FREQ=WEEKLY;BYDAY=TU;COUNT={number}")).unwrap();
    let pattern = Pattern { first: date("2026-11-24"), repeat };
    let spans = pattern.dates().into_iter().map(|date| {
        let at = |minute| instant_at(London, date, minute).unwrap();
        Span::new(at(600), at(660)).unwrap()
    });
    let spans = spans.collect();
    (pattern, spans)
}

impl Scene {
    fn series(&self, draft: Draft, number: u32) -> Draft {
        let (pattern, spans) = tuesdays(number);
        Draft { repeat: Some(pattern), dates: spans.into_iter().map(Dated::at).collect(), ..draft }
    }

    fn wren(&self, facility: &str, number: u32) -> Draft {
        self.series(self.world.draft(facility, span("2026-11-24", "10:00", "11:00")), number)
    }

    fn robin(&self, facility: &str, number: u32) -> Draft {
        self.series(self.world.trusted_draft(facility, span("2026-11-24", "10:00", "11:00")), number)
    }

    fn ask(&self, draft: &Draft) -> RequestAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft)).unwrap()
    }

    fn book(&self, draft: &Draft) -> Reference {
        match self.ask(draft) {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        }
    }

    fn case(&self, reference: &Reference) -> Case {
        self.db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
    }

    fn stages(&self, reference: &Reference) -> Vec<Stage> {
        self.case(reference).booking.occurrences.iter().map(|one| one.state.stage()).collect()
    }

    fn starts(&self, reference: &Reference) -> Vec<Instant> {
        self.case(reference).booking.occurrences.iter().map(|one| one.session.start()).collect()
    }

    fn decide(&self, reference: &Reference, decision: &Decision) -> Answer {
        self.act(self.world.manager, reference, now(), |conn, how, actor, at| {
            allocation::decide(conn, how, actor, at, decision)
        })
    }

    fn act(
        &self,
        person: PersonId,
        reference: &Reference,
        now: Instant,
        what: impl Fn(
            &mut alcove::store::Conn,
            allocation::Circumstances<'_>,
            &alcove::domain::policy::Actor,
            (&Reference, i32),
        ) -> Result<Answer, alcove::store::StoreError>,
    ) -> Answer {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, person));
        let version = self.case(reference).booking.version;
        self.db.write_now(|conn| what(conn, circumstances(&mailer, now), &actor, (reference, version))).unwrap()
    }

    fn change(&self, person: PersonId, reference: &Reference, change: &Change) -> ChangeAnswer {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, person));
        let version = self.case(reference).booking.version;
        self.db
            .write_now(|conn| {
                allocation::change(conn, circumstances(&mailer, now()), &actor, (reference, version), change)
            })
            .unwrap()
    }

    /// How many units each occurrence holds.
    fn held(&self, reference: &Reference) -> Vec<usize> {
        let case = self.case(reference);
        self.db
            .read_now(|conn| {
                case.booking
                    .occurrences
                    .iter()
                    .map(|one| Ok(occupancies::of_occurrence(conn, one.id)?.len()))
                    .collect::<Result<Vec<_>, _>>()
            })
            .unwrap()
    }

    /// Kinds and calendar parts of the mail about a booking, in the order in which it was written.
    fn mail(&self, reference: &Reference) -> Vec<(String, String)> {
        let mut mails = self.db.read_now(|conn| outbox::whole(conn, None, 1_000)).unwrap();
        mails.reverse();
        mails.retain(|mail| mail.subject.contains(&reference.to_string()));
        // Long lines of a calendar are folded (RFC 5545, section 3.1).
        let unfolded = |text: Option<String>| text.unwrap_or_default().replace("\r\n ", "");
        mails.into_iter().map(|mail| (mail.kind.code().to_owned(), unfolded(mail.calendar))).collect()
    }
}

fn place(from: i32, scope: Scope, place: NewPlace) -> Change {
    Change { from, scope, place, words: None }
}

fn done(answer: ChangeAnswer) -> Case {
    match answer {
        ChangeAnswer::Done { case, .. } => *case,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_series_is_had_whole_or_not_at_all() {
    for scene in scenes() {
        let single = scene.world.trusted_draft("cedar", span("2026-12-08", "10:30", "11:30"));
        scene.book(&single);
        let draft = scene.wren("cedar", 12);
        let RequestAnswer::Refused(refused) = scene.ask(&draft) else { panic!() };
        assert_eq!(refused.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [2]);
        let mut left_out = draft.clone();
        left_out.dates[2].left_out = true;
        left_out.nonce = "second".to_owned();
        let reference = scene.book(&left_out);
        let mut expected = vec![Stage::Requested; 12];
        expected[2] = Stage::Skipped;
        assert_eq!(scene.stages(&reference), expected);
        assert_eq!(scene.held(&reference).iter().sum::<usize>(), 11);
        let case = scene.case(&reference);
        assert_eq!(case.booking.repeat.as_ref().unwrap().repeat.words(), "every Tuesday");
        assert!(matches!(scene.ask(&left_out), RequestAnswer::SentBefore(one) if one == reference));
    }
}

#[test]
fn a_date_next_door_belongs_to_the_same_booking() {
    for scene in scenes() {
        let mut draft = scene.robin("hall", 3);
        draft.dates[1].elsewhere = Some((slug("hunter-street"), slug("open-room")));
        let reference = scene.book(&draft);
        let case = scene.case(&reference);
        assert_eq!(case.facilities.len(), 2);
        // The open room always asks; the hall trusts.
        assert_eq!(scene.stages(&reference), [Stage::Confirmed, Stage::Requested, Stage::Confirmed]);
        assert_eq!(scene.held(&reference), [2, 0, 2]);
    }
}

/// A second site with one room of the same kind.
fn next_door(scene: &Scene) {
    let facts = SiteFacts {
        slug: &slug("mill-lane"),
        name: "Mill Lane",
        street: "Mill Lane",
        town: "London",
        postcode: "WC1N 2AA",
        phone: "",
        about: "",
        arrival: "",
        zone: London,
        position: None,
        nation: Nation::EnglandAndWales,
        step_free: true,
    };
    let build = |conn: &mut alcove::store::Conn| {
        let site = sites::insert(conn, &facts)?;
        let all: Vec<WeeklyHours> =
            (0..7).map(|weekday| WeeklyHours { facility: None, weekday, from_minute: 480, to_minute: 1260 }).collect();
        sites::set_hours(conn, site, None, &all)?;
        world::add_facility(
            conn,
            site,
            "Willow",
            Kind::Counselling,
            &["Willow"],
            UnitChoice::Whole,
            &Rules::ordinary(),
        );
        Ok(())
    };
    scene.db.write_now(build).unwrap();
}

#[test]
fn a_date_at_another_site_is_a_sibling_and_the_others_keep_their_numbers() {
    for scene in scenes() {
        next_door(&scene);
        let mut draft = scene.robin("cedar", 4);
        draft.dates[1].elsewhere = Some((slug("mill-lane"), slug("willow")));
        let reference = scene.book(&draft);
        let case = scene.case(&reference);
        assert_eq!(case.booking.occurrences.iter().map(|one| one.ordinal).collect::<Vec<_>>(), [1, 3, 4]);
        let calendar = scene.mail(&reference)[0].1.clone();
        assert!(calendar.contains("EXDATE;TZID=Europe/London:20261201T100000"), "{calendar}");
        assert!(!calendar.contains("RECURRENCE-ID"), "{calendar}");
        // With every date elsewhere there is no empty booking here.
        let mut draft = scene.robin("cedar", 2);
        for date in &mut draft.dates {
            date.session = Span::new(date.session.start().plus_hours(3), date.session.end().plus_hours(3)).unwrap();
            date.elsewhere = Some((slug("mill-lane"), slug("willow")));
        }
        let case = scene.case(&scene.book(&draft));
        assert_eq!((case.site.name.as_str(), case.booking.occurrences.len()), ("Mill Lane", 2));
        assert!(case.booking.kin.is_none());
    }
}

#[test]
fn some_dates_are_approved_some_on_a_condition_some_declined() {
    for scene in scenes() {
        let reference = scene.book(&scene.wren("cedar", 4));
        let dates = |ordinals: &[i32]| Dates::These(ordinals.to_vec());
        assert!(matches!(scene.decide(&reference, &Decision::Approve { dates: dates(&[1, 2]) }), Answer::Done(_)));
        let offer = Decision::Offer { dates: dates(&[3]), condition: "Leave by 11 sharp".to_owned() };
        assert!(matches!(scene.decide(&reference, &offer), Answer::Done(_)));
        let no = Decision::Decline { dates: dates(&[4]), reason: "Flushing".to_owned() };
        assert!(matches!(scene.decide(&reference, &no), Answer::Done(_)));
        let stages = [Stage::Confirmed, Stage::Confirmed, Stage::Conditional, Stage::Declined];
        assert_eq!(scene.stages(&reference), stages);
        assert_eq!(scene.held(&reference), [1, 1, 1, 0]);
        let accepted = scene.act(scene.world.wren_booker, &reference, now(), allocation::accept);
        assert!(matches!(accepted, Answer::Done(_)));
        assert_eq!(scene.stages(&reference)[2], Stage::Confirmed);
        let again = scene.act(scene.world.wren_booker, &reference, now(), allocation::accept);
        assert!(matches!(again, Answer::NotPossible(..)));
    }
}

#[test]
fn a_condition_that_nobody_accepts_lapses_and_frees_the_place() {
    for scene in scenes() {
        let reference = scene.book(&scene.wren("cedar", 1));
        let offer = Decision::Offer { dates: Dates::All, condition: "Leave by 11 sharp".to_owned() };
        assert!(matches!(scene.decide(&reference, &offer), Answer::Done(_)));
        let later = at("2026-11-24 09:30");
        let late = scene.act(scene.world.wren_booker, &reference, later, allocation::accept);
        assert!(matches!(late, Answer::NotPossible(..)));
        let mailer = mailer();
        let other = scene.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00"));
        let answer =
            scene.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, later), &other)).unwrap();
        assert!(matches!(answer, RequestAnswer::Done { confirmed: true, .. }), "the place is free without the chore");
        assert_eq!(scene.stages(&reference), [Stage::Expired]);
    }
}

#[test]
fn a_series_moved_by_half_an_hour_does_not_collide_with_itself() {
    for scene in scenes() {
        let reference = scene.book(&scene.robin("cedar", 5));
        let half_past = NewPlace { minutes: Some((630, 690)), ..NewPlace::default() };
        let case = done(scene.change(scene.world.robin_booker, &reference, &place(1, Scope::All, half_past)));
        assert_eq!(case.booking.reference, reference);
        let starts: Vec<Instant> = tuesdays(5).1.iter().map(|span| span.start().plus_minutes(30)).collect();
        assert_eq!(scene.starts(&reference), starts);
        assert_eq!(scene.held(&reference), [1; 5]);
        let sequences: Vec<i32> = case.booking.occurrences.iter().map(|one| one.sequence).collect();
        assert_eq!(sequences, [1; 5]);
    }
}

#[test]
fn this_and_following_cuts_the_booking_in_two() {
    for scene in scenes() {
        let reference = scene.book(&scene.robin("cedar", 6));
        let wednesday = NewPlace { date: Some(date("2026-12-09")), ..NewPlace::default() };
        let case = done(scene.change(scene.world.robin_booker, &reference, &place(3, Scope::Following, wednesday)));
        assert_ne!(case.booking.reference, reference);
        assert_eq!(scene.starts(&reference).len(), 2);
        let kept = scene.case(&reference);
        assert_eq!(kept.booking.repeat.as_ref().unwrap().repeat.rule(), "FREQ=WEEKLY;BYDAY=TU;COUNT=2");
        let rest = scene.case(&case.booking.reference);
        assert_eq!(rest.booking.repeat.as_ref().unwrap().repeat.rule(), "FREQ=WEEKLY;BYDAY=WE;COUNT=4");
        assert_eq!(rest.booking.occurrences.iter().map(|one| one.ordinal).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(scene.held(&case.booking.reference), [1; 4]);
        assert_eq!(rest.booking.kin, Some(kept.booking.reference));
        // A date that is not in the series leads nowhere.
        let nowhere = scene.change(
            scene.world.robin_booker,
            &reference,
            &place(9, Scope::Following, NewPlace { minutes: Some((630, 690)), ..NewPlace::default() }),
        );
        assert!(matches!(nowhere, ChangeAnswer::Not(Answer::NotFound)));
    }
}

#[test]
fn one_date_of_a_series_moves_alone() {
    for scene in scenes() {
        let reference = scene.book(&scene.robin("cedar", 3));
        let moved = NewPlace { date: Some(date("2026-12-03")), minutes: Some((720, 780)), ..NewPlace::default() };
        done(scene.change(scene.world.robin_booker, &reference, &place(2, Scope::This, moved)));
        let starts = scene.starts(&reference);
        assert_eq!(starts[1], at("2026-12-03 12:00"));
        assert_eq!((starts[0], starts[2]), (at("2026-11-24 10:00"), at("2026-12-08 10:00")));
        let calendar = scene.mail(&reference).last().unwrap().1.clone();
        assert!(calendar.contains("RECURRENCE-ID;TZID=Europe/London:20261201T100000"), "{calendar}");
        assert!(calendar.contains("DTSTART;TZID=Europe/London:20261203T120000"), "{calendar}");
        assert!(calendar.contains("BEGIN:VTIMEZONE"));
    }
}

#[test]
fn a_change_that_needs_a_decision_waits_beside_the_confirmed_place() {
    for scene in scenes() {
        let reference = scene.book(&scene.wren("cedar", 2));
        scene.decide(&reference, &Decision::Approve { dates: Dates::All });
        let later = NewPlace { minutes: Some((630, 690)), ..NewPlace::default() };
        let answer = scene.change(scene.world.wren_booker, &reference, &place(1, Scope::All, later.clone()));
        assert!(matches!(answer, ChangeAnswer::Done { waiting: 2, .. }));
        assert_eq!(scene.starts(&reference)[0], at("2026-11-24 10:00"), "the confirmed place stays");
        // The half hour that the change needs beyond it is kept.
        let rival = scene.world.trusted_draft("cedar", span("2026-11-24", "11:00", "12:00"));
        assert!(matches!(scene.ask(&rival), RequestAnswer::Refused(_)));
        let yes = scene.act(scene.world.manager, &reference, now(), |conn, how, actor, at| {
            allocation::decide_change(conn, how, actor, at, &ChangeDecision::Approve)
        });
        assert!(matches!(yes, Answer::Done(_)));
        assert_eq!(scene.starts(&reference)[0], at("2026-11-24 10:30"));
        assert_eq!(scene.held(&reference), [1, 1]);
        // Shorter within what one has needs nobody's yes.
        let shorter = NewPlace { minutes: Some((630, 690 - 30)), ..NewPlace::default() };
        let answer = scene.change(scene.world.wren_booker, &reference, &place(1, Scope::This, shorter));
        let shortened = matches!(answer, ChangeAnswer::Done { waiting: 0, .. });
        assert!(shortened || matches!(answer, ChangeAnswer::Not(Answer::Refused(..))), "{answer:?}");
    }
}

#[test]
fn a_series_asks_to_move_onto_its_own_days_and_beside_its_own_neighbour() {
    for scene in scenes() {
        let reference = scene.book(&scene.wren("cedar", 3));
        scene.decide(&reference, &Decision::Approve { dates: Dates::All });
        let a_week_on = NewPlace { date: Some(date("2026-12-01")), ..NewPlace::default() };
        let answer = scene.change(scene.world.wren_booker, &reference, &place(1, Scope::All, a_week_on));
        assert!(matches!(answer, ChangeAnswer::Done { waiting: 3, .. }), "{answer:?}");
        let beside = scene.book(&scene.world.draft("tidy-room", span("2026-11-24", "10:00", "11:00")));
        let moving = scene.book(&scene.world.draft("tidy-room", span("2026-11-24", "14:00", "15:00")));
        for one in [&beside, &moving] {
            scene.decide(one, &Decision::Approve { dates: Dates::All });
        }
        let after_it = NewPlace { minutes: Some((660, 720)), ..NewPlace::default() };
        let answer = scene.change(scene.world.wren_booker, &moving, &place(1, Scope::This, after_it));
        assert!(matches!(answer, ChangeAnswer::Done { waiting: 1, .. }), "{answer:?}");
        for one in [&reference, &moving] {
            let yes = scene.act(scene.world.manager, one, now(), |conn, how, actor, at| {
                allocation::decide_change(conn, how, actor, at, &ChangeDecision::Approve)
            });
            assert!(matches!(yes, Answer::Done(_)), "{yes:?}");
        }
        assert_eq!(scene.starts(&reference)[2], at("2026-12-15 10:00"));
        assert_eq!((scene.held(&reference), scene.held(&beside), scene.held(&moving)), (vec![1; 3], vec![1], vec![1]));
    }
}

#[test]
fn a_change_is_declined_taken_back_or_runs_out_and_frees_what_it_kept() {
    for scene in scenes() {
        let reference = scene.book(&scene.wren("cedar", 1));
        scene.decide(&reference, &Decision::Approve { dates: Dates::All });
        let later = NewPlace { minutes: Some((660, 720)), ..NewPlace::default() };
        let ask = || scene.change(scene.world.wren_booker, &reference, &place(1, Scope::All, later.clone()));
        let free = |now: Instant| {
            let place = span("2026-11-24", "11:00", "12:00");
            let units = scene.case(&reference).facilities[0].unit_ids();
            let taken = scene.db.read_now(|conn| occupancies::taken(conn, &units, place)).unwrap();
            taken.iter().all(|one| one.is_void(now))
        };
        assert!(matches!(ask(), ChangeAnswer::Done { waiting: 1, .. }) && !free(now()));
        let no = ChangeDecision::Decline { reason: "Another group".to_owned() };
        let declined = scene.act(scene.world.manager, &reference, now(), |conn, how, actor, at| {
            allocation::decide_change(conn, how, actor, at, &no)
        });
        assert!(matches!(declined, Answer::Done(_)) && free(now()));
        assert!(matches!(ask(), ChangeAnswer::Done { .. }) && !free(now()));
        let back = scene.act(scene.world.wren_booker, &reference, now(), allocation::withdraw_change);
        assert!(matches!(back, Answer::Done(_)) && free(now()));
        assert!(matches!(ask(), ChangeAnswer::Done { .. }));
        let mailer = mailer();
        let later = at("2026-11-24 09:30");
        assert!(free(later), "void at its deadline, whether or not anything has run");
        scene.db.write_now(|conn| allocation::expire_due(conn, circumstances(&mailer, later), 50)).unwrap();
        let kinds: Vec<String> = scene.mail(&reference).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "change_declined").count(), 2, "{kinds:?}");
        assert_eq!(scene.stages(&reference), [Stage::Confirmed]);
    }
}

#[test]
fn two_bookings_exchange_their_rooms_in_one_act() {
    for scene in scenes() {
        let one = scene.book(&scene.robin("hall", 1));
        let other = scene.book(&scene.world.trusted_draft("tidy-room", span("2026-11-24", "10:00", "11:00")));
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let side = |reference: &Reference| Side {
            reference: reference.clone(),
            version: scene.case(reference).booking.version,
            ordinal: 1,
        };
        let sides = (side(&one), side(&other));
        let answer = scene
            .db
            .write_now(|conn| allocation::exchange(conn, circumstances(&mailer, now()), &actor, (&sides.0, &sides.1)))
            .unwrap();
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
        let names = |reference: &Reference| scene.case(reference).facilities[0].name.clone();
        assert_eq!((names(&one), names(&other)), ("Tidy room".to_owned(), "Hall".to_owned()));
        assert_eq!((scene.held(&one), scene.held(&other)), (vec![1], vec![2]));
        for reference in [&one, &other] {
            assert_eq!(scene.mail(reference).last().unwrap().0, "changed");
        }
    }
}

#[test]
fn what_moves_at_once_does_not_go_where_another_date_stays_until_a_decision() {
    for scene in scenes() {
        let reference = scene.book(&scene.wren("cedar", 2));
        // The first date is still asked for and moves at once; the second is confirmed and stays until its change is decided.
        scene.decide(&reference, &Decision::Approve { dates: Dates::These(vec![2]) });
        let a_week_on = NewPlace { date: Some(date("2026-12-01")), ..NewPlace::default() };
        let answer = scene.change(scene.world.wren_booker, &reference, &place(1, Scope::All, a_week_on));
        let ChangeAnswer::Not(Answer::Refused(refused, _)) = answer else { panic!("{answer:?}") };
        assert_eq!(refused.iter().map(|one| one.ordinal).collect::<Vec<_>>(), [1]);
    }
}

#[test]
fn an_exchange_leaves_no_request_waiting_for_what_it_took() {
    for scene in scenes() {
        let hall = scene.book(&scene.world.trusted_draft("hall", span("2026-11-24", "10:00", "11:00")));
        let open = scene.book(&scene.world.trusted_draft("open-room", span("2026-11-24", "14:00", "15:00")));
        scene.decide(&open, &Decision::Approve { dates: Dates::All });
        let pending = scene.book(&scene.world.draft("open-room", span("2026-11-24", "10:00", "11:00")));
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let side = |reference: &Reference| Side {
            reference: reference.clone(),
            version: scene.case(reference).booking.version,
            ordinal: 1,
        };
        let sides = (side(&hall), side(&open));
        let answer = scene
            .db
            .write_now(|conn| allocation::exchange(conn, circumstances(&mailer, now()), &actor, (&sides.0, &sides.1)));
        assert!(matches!(answer.unwrap(), Answer::Done(_)));
        assert_eq!(scene.stages(&pending), [Stage::Declined]);
    }
}

#[test]
fn dates_are_given_up_in_three_scopes_and_put_back() {
    for scene in scenes() {
        let reference = scene.book(&scene.robin("cedar", 6));
        let give_up = |from: i32, scope: Scope| {
            let what = GiveUp { from: Some(from), scope, reason: String::new() };
            scene.act(scene.world.robin_booker, &reference, now(), |conn, how, actor, at| {
                allocation::cancel(conn, how, actor, at, &what)
            })
        };
        assert!(matches!(give_up(2, Scope::This), Answer::Done(_)));
        let calendar = scene.mail(&reference).last().unwrap().1.clone();
        assert!(calendar.contains("METHOD:CANCEL"), "{calendar}");
        assert!(calendar.contains("RECURRENCE-ID;TZID=Europe/London:20261201T100000"), "{calendar}");
        assert!(matches!(give_up(5, Scope::Following), Answer::Done(_)));
        let (yes, no) = (Stage::Confirmed, Stage::Cancelled);
        assert_eq!(scene.stages(&reference), [yes, no, yes, yes, no, no]);
        let back = scene.act(scene.world.robin_booker, &reference, now(), |conn, how, actor, at| {
            allocation::reinstate(conn, how, actor, at, 2)
        });
        assert!(matches!(back, Answer::Done(_)));
        assert_eq!(scene.stages(&reference), [yes, yes, yes, yes, no, no]);
        // Undo takes back the last act as a whole, whatever was put back since.
        assert!(matches!(scene.act(scene.world.robin_booker, &reference, now(), allocation::undo), Answer::Done(_)));
        assert_eq!(scene.stages(&reference), [yes; 6]);
        assert!(matches!(give_up(1, Scope::All), Answer::Done(_)));
        assert_eq!(scene.stages(&reference), [no; 6]);
        assert_eq!(scene.held(&reference), [0; 6]);
    }
}

#[test]
fn a_single_booking_becomes_a_series_and_a_series_grows() {
    for scene in scenes() {
        let reference = scene.book(&scene.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00")));
        let (pattern, spans) = tuesdays(4);
        let add = |more: MoreDates| {
            scene.act(scene.world.robin_booker, &reference, now(), |conn, how, actor, at| {
                allocation::add_dates(conn, how, actor, at, &more)
            })
        };
        let more = MoreDates { dates: spans[1..].iter().map(|span| (*span, false)).collect(), pattern: Some(pattern) };
        assert!(matches!(add(more.clone()), Answer::Done(_)));
        assert_eq!(scene.starts(&reference), spans.iter().map(|span| span.start()).collect::<Vec<_>>());
        assert_eq!(scene.held(&reference), [1; 4]);
        // The same dates again are taken by itself.
        assert!(matches!(add(MoreDates { pattern: None, ..more }), Answer::Refused(..)));
        let odd = MoreDates { dates: vec![(span("2026-11-26", "10:00", "11:00"), false)], pattern: None };
        assert!(matches!(add(odd), Answer::Done(_)));
        let calendar = scene.mail(&reference).last().unwrap().1.clone();
        assert!(calendar.contains("RDATE;TZID=Europe/London:20261126T100000"), "{calendar}");
    }
}

#[test]
fn words_of_the_dates_to_come_change_and_the_past_keeps_its_own() {
    for scene in scenes() {
        let reference = scene.book(&scene.robin("hall", 4));
        let words = NewWords {
            purpose: "Choir".to_owned(),
            note: String::new(),
            people: 3,
            privacy: Privacy::Open,
            particulars: Default::default(),
        };
        let change =
            Change { from: 3, scope: Scope::Following, place: NewPlace::default(), words: Some(words.clone()) };
        let rest = done(scene.change(scene.world.robin_booker, &reference, &change));
        assert_eq!(scene.case(&reference).booking.purpose, "Support group");
        assert_eq!(scene.case(&rest.booking.reference).booking.purpose, "Choir");
        let nothing = Change { from: 1, scope: Scope::All, place: NewPlace::default(), words: Some(words) };
        let answer = scene.change(scene.world.robin_booker, &rest.booking.reference, &nothing);
        assert!(matches!(answer, ChangeAnswer::Nothing(_)));
    }
}

#[test]
fn a_series_of_a_year_takes_few_statements() {
    for scene in scenes() {
        for week in [3, 9, 20, 31, 44] {
            let at = tuesdays(52).1[week];
            scene.book(&scene.world.trusted_draft("cedar", at));
        }
        let mut draft = scene.wren("cedar", 52);
        for week in [3, 9, 20, 31, 44] {
            draft.dates[week].left_out = true;
        }
        // The locks of site and organisation are counted with the statements, though they are none.
        let most = if scene.db.url().shown().starts_with("postgres") { 15 + 2 } else { 200 };
        let before = scene.db.queries();
        scene.book(&draft);
        let taken = scene.db.queries() - before;
        assert!(taken <= most, "{taken} statements on {}", scene.db.url().shown());
        // What is confirmed at once, and so declines what it leaves no room for, takes no more.
        let mut draft = Draft { dates: draft.dates, ..scene.world.trusted_draft("cedar", tuesdays(52).1[3]) };
        for date in &mut draft.dates {
            let (from, to) = (date.session.start().plus_minutes(120), date.session.end().plus_minutes(120));
            date.session = Span::new(from, to).unwrap();
        }
        let before = scene.db.queries();
        scene.book(&draft);
        let taken = scene.db.queries() - before;
        assert!(taken <= most, "{taken} statements on {}, confirmed at once", scene.db.url().shown());
    }
}

#[test]
fn the_preview_of_a_series_takes_at_most_twelve_queries() {
    for scene in scenes() {
        scene.book(&scene.world.trusted_draft("cedar", span("2026-12-08", "10:30", "11:30")));
        let (_, spans) = tuesdays(40);
        let wish = SeriesWish {
            site: slug("hunter-street"),
            facility: slug("cedar"),
            organisation: Some(scene.world.wren),
            leeway: Leeway::Nothing,
            wanted: Wanted::Whole,
            people: 2,
            brings: Default::default(),
            dates: spans.iter().map(|span| (local_date(London, span.start()), Ok(*span))).collect(),
        };
        let before = scene.db.queries();
        let found = scene.db.read_now(|conn| preview(conn, &wish, now())).unwrap().unwrap();
        let taken = scene.db.queries() - before;
        assert!(taken <= 12, "{taken} queries");
        let clashes: Vec<usize> = (0..40).filter(|place| !found.results[*place].is_free()).collect();
        assert_eq!(clashes, [2]);
        assert!(matches!(found.results[2].ladder.first(), Some(Rung::OtherTime(_))));
    }
}
