//! Waiting lists through the one writer: joining, order, offers and their deadlines, taking and leaving. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, add_organisation, add_person, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{
    self, BlockAnswer, BlockDraft, Case, Dated, Draft, GiveUp, JoinAnswer, LeaveAnswer, RequestAnswer, TakeAnswer,
};
use alcove::domain::holder::Holder;
use alcove::domain::ids::{OrganisationId, PersonId, Reference};
use alcove::domain::occurrence::Stage;
use alcove::domain::organisation::Class;
use alcove::domain::policy::MemberRole;
use alcove::domain::refusal::Refusal;
use alcove::domain::rendered::MailKind;
use alcove::domain::span::{Instant, Span};
use alcove::domain::waiting::Standing;
use alcove::store::facilities::{self};
use alcove::store::{Db, occupancies, organisations, outbox, waiting};

struct Scene {
    db: Db,
    world: World,
    finch: OrganisationId,
    finch_booker: PersonId,
    _database: TestDatabase,
}

const DAY: &str = "2026-12-10";

fn session() -> Span {
    span(DAY, "10:00", "11:00")
}

fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        let (finch, finch_booker) = db
            .write_now(|conn| {
                let finch = add_organisation(conn, "Finch Club", Class::Community);
                let fay = add_person(conn, "Fay Finch", "fay@alcove.test", None);
                organisations::set_member(conn, finch, fay, MemberRole::Booker, now())?;
                Ok((finch, fay))
            })
            .unwrap();
        Scene { db, world, finch, finch_booker, _database: database }
    })
}

impl Scene {
    fn finch_draft(&self, facility: &str, session: Span) -> Draft {
        Draft {
            holder: Holder::Organisation(self.finch),
            booked_by: self.finch_booker,
            ..self.world.draft(facility, session)
        }
    }

    fn request(&self, draft: &Draft, now: Instant) -> RequestAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now), draft)).unwrap()
    }

    fn book(&self, draft: &Draft) -> Reference {
        match self.request(draft, now()) {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        }
    }

    fn try_join(&self, draft: &Draft, now: Instant) -> JoinAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::join(conn, circumstances(&mailer, now), draft)).unwrap()
    }

    fn join(&self, draft: &Draft, now: Instant) -> Reference {
        match self.try_join(draft, now) {
            JoinAnswer::Joined(reference) => reference,
            other => panic!("{other:?}"),
        }
    }

    fn cancel(&self, reference: &Reference, now: Instant) {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, self.world.manager));
        let version = self.case(reference).booking.version;
        let answer = self.db.write_now(|conn| {
            let how = circumstances(&mailer, now);
            allocation::cancel(conn, how, &actor, (reference, version), &GiveUp::all("Not needed"))
        });
        assert!(matches!(answer.unwrap(), allocation::Answer::Done(_)));
    }

    fn take(&self, person: PersonId, reference: &Reference, now: Instant) -> TakeAnswer {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, person));
        self.db.write_now(|conn| allocation::take(conn, circumstances(&mailer, now), &actor, reference)).unwrap()
    }

    fn leave(&self, person: PersonId, reference: &Reference, now: Instant) -> LeaveAnswer {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, person));
        self.db.write_now(|conn| allocation::leave(conn, circumstances(&mailer, now), &actor, reference)).unwrap()
    }

    fn chores(&self, now: Instant) -> usize {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::expire_due(conn, circumstances(&mailer, now), 100)).unwrap()
    }

    fn case(&self, reference: &Reference) -> Case {
        self.db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
    }

    fn standing(&self, reference: &Reference) -> Standing {
        self.db.read_now(|conn| waiting::by_reference(conn, reference)).unwrap().unwrap().standing
    }

    fn until(&self, reference: &Reference) -> Option<Instant> {
        let entry = self.db.read_now(|conn| waiting::by_reference(conn, reference)).unwrap().unwrap();
        entry.offer.map(|offer| offer.until)
    }

    fn mails(&self, to: &str) -> Vec<MailKind> {
        let all = self.db.read_now(|conn| outbox::whole(conn, None, 100)).unwrap();
        let of_person = all.into_iter().rev().filter(|mail| mail.to.starts_with(to));
        of_person.filter(|mail| mail.state == "queued").map(|mail| mail.kind).collect()
    }

    fn held(&self, within: Span) -> Vec<Span> {
        let units: Vec<_> = (1..20).map(alcove::domain::ids::UnitId::new).collect();
        self.db.read_now(|conn| occupancies::taken(conn, &units, within)).unwrap().iter().map(|one| one.span).collect()
    }
}

#[test]
fn only_a_time_that_others_have_is_waited_for_and_only_once() {
    for scene in scenes() {
        let draft = scene.world.draft("cedar", session());
        assert!(matches!(scene.try_join(&draft, now()), JoinAnswer::Free));
        scene.book(&scene.world.trusted_draft("cedar", session()));
        let first = scene.join(&draft, now());
        assert!(matches!(scene.try_join(&draft, now()), JoinAnswer::Before(one) if one == first), "the same form");
        let again = scene.world.draft("cedar", session());
        assert!(matches!(scene.try_join(&again, now()), JoinAnswer::Before(one) if one == first), "another form");
        let crowd = Draft { people: 99, ..scene.world.draft("cedar", span(DAY, "10:00", "12:00")) };
        let JoinAnswer::Refused(reasons) = scene.try_join(&crowd, now()) else { panic!("waits for what is never had") };
        assert!(reasons.contains(&Refusal::TooManyPeople { capacity: 12 }));
        let past = scene.world.draft("cedar", session());
        assert!(matches!(scene.try_join(&past, at("2026-12-10 10:00")), JoinAnswer::Before(_)));
        let not_own =
            Draft { holder: Holder::Organisation(scene.world.robin), ..scene.world.draft("cedar", session()) };
        assert!(matches!(scene.try_join(&not_own, now()), JoinAnswer::NotAllowed));
        let site = Draft { holder: Holder::Site, ..scene.world.draft("cedar", session()) };
        assert!(matches!(scene.try_join(&site, now()), JoinAnswer::NotAllowed));
    }
}

#[test]
fn who_asked_first_is_offered_first_unless_the_site_puts_a_class_first() {
    for scene in scenes() {
        for (classes, first) in [(vec![], "wren"), (vec![Class::Community], "finch")] {
            let session = if first == "wren" { session() } else { span(DAY, "14:00", "15:00") };
            scene.db.write_now(|conn| waiting::set_priorities(conn, scene.world.site, &classes)).unwrap();
            let had = scene.book(&scene.world.trusted_draft("cedar", session));
            let wren = scene.join(&scene.world.draft("cedar", session), now());
            let finch = scene.join(&scene.finch_draft("cedar", session), now().plus_minutes(1));
            scene.cancel(&had, now().plus_minutes(2));
            let expected = if first == "wren" {
                (Standing::Offered, Standing::Waiting)
            } else {
                (Standing::Waiting, Standing::Offered)
            };
            assert_eq!((scene.standing(&wren), scene.standing(&finch)), expected);
            assert_eq!(scene.held(session), [session], "one place, kept once");
        }
        assert_eq!(scene.mails("wendy"), [MailKind::Offer]);
        assert_eq!(scene.mails("fay"), [MailKind::Offer]);
    }
}

#[test]
fn an_offer_keeps_its_place_and_is_taken_once() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        let wren = scene.join(&scene.world.draft("cedar", session()), now());
        scene.cancel(&had, now());
        assert_eq!(scene.until(&wren), Some(now().plus_hours(72)));
        let refused = scene.request(&scene.world.trusted_draft("cedar", session()), now());
        assert!(matches!(refused, RequestAnswer::Refused(_)), "the place is kept");
        let stranger = scene.take(scene.world.robin_booker, &wren, now());
        assert!(matches!(stranger, TakeAnswer::NotFound));
        let TakeAnswer::Done { booking, confirmed } = scene.take(scene.world.wren_booker, &wren, now()) else {
            panic!("not taken")
        };
        assert!(!confirmed, "the site decides about this organisation");
        assert_eq!(scene.case(&booking).booking.stage(), Stage::Requested);
        assert_eq!((scene.standing(&wren), scene.held(session())), (Standing::Taken, vec![session()]));
        let again = scene.take(scene.world.wren_booker, &wren, now());
        assert!(matches!(again, TakeAnswer::Before(one) if one == booking));
        assert_eq!(scene.leave(scene.world.wren_booker, &wren, now()), LeaveAnswer::Over(Standing::Taken));
        assert_eq!(scene.mails("wendy"), [MailKind::RequestReceived], "the offer was still queued, and is overtaken");
    }
}

#[test]
fn who_needs_no_approval_has_it_at_once() {
    for scene in scenes() {
        let had = scene.book(&scene.world.draft("cedar", session()));
        let robin = scene.join(&scene.world.trusted_draft("cedar", session()), now());
        scene.cancel(&had, now());
        let answer = scene.take(scene.world.robin_booker, &robin, now());
        let TakeAnswer::Done { booking, confirmed: true } = answer else { panic!("{answer:?}") };
        assert_eq!(scene.case(&booking).booking.stage(), Stage::Confirmed);
        assert_eq!(scene.mails("rob"), [MailKind::Confirmed]);
    }
}

#[test]
fn a_lapsed_offer_goes_to_the_next_in_line_without_any_chore() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        let wren = scene.join(&scene.world.draft("cedar", session()), now());
        let finch = scene.join(&scene.finch_draft("cedar", session()), now().plus_minutes(1));
        scene.cancel(&had, now().plus_minutes(2));
        let later = now().plus_minutes(2).plus_hours(72);
        // Whoever writes next there, first writes down what has run out, and the next in line comes before them.
        let refused = scene.request(&scene.world.trusted_draft("cedar", session()), later);
        assert!(matches!(refused, RequestAnswer::Refused(_)));
        assert_eq!((scene.standing(&wren), scene.standing(&finch)), (Standing::Lapsed, Standing::Offered));
        assert_eq!(scene.mails("wendy"), [MailKind::OfferLapsed]);
        assert_eq!(scene.mails("fay"), [MailKind::Offer]);
        let late = scene.take(scene.world.wren_booker, &wren, later);
        assert!(matches!(late, TakeAnswer::Over(Standing::Lapsed)));
        assert!(matches!(scene.take(scene.finch_booker, &finch, later), TakeAnswer::Done { .. }));
    }
}

#[test]
fn taking_too_late_itself_hands_the_place_on() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        let wren = scene.join(&scene.world.draft("cedar", session()), now());
        let finch = scene.join(&scene.finch_draft("cedar", session()), now().plus_minutes(1));
        scene.cancel(&had, now().plus_minutes(2));
        let later = now().plus_hours(80);
        assert!(matches!(scene.take(scene.world.wren_booker, &wren, later), TakeAnswer::Over(Standing::Lapsed)));
        assert_eq!((scene.standing(&wren), scene.standing(&finch)), (Standing::Lapsed, Standing::Offered));
    }
}

#[test]
fn the_chore_lapses_once_and_ends_what_has_begun() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        let wren = scene.join(&scene.world.draft("cedar", session()), now());
        let other = span(DAY, "14:00", "15:00");
        scene.book(&scene.world.trusted_draft("cedar", other));
        let waits = scene.join(&scene.finch_draft("cedar", other), now());
        scene.cancel(&had, now());
        assert_eq!(scene.chores(now().plus_hours(71)), 0);
        assert_eq!((scene.chores(now().plus_hours(72)), scene.chores(now().plus_hours(73))), (1, 0));
        assert_eq!((scene.standing(&wren), scene.held(session())), (Standing::Lapsed, vec![]));
        assert_eq!((scene.chores(other.start()), scene.chores(other.start())), (1, 0));
        assert_eq!(scene.standing(&waits), Standing::Lapsed);
        assert!(matches!(scene.take(scene.finch_booker, &waits, other.start()), TakeAnswer::Over(Standing::Lapsed)));
    }
}

#[test]
fn saying_no_hands_the_place_on_and_leaving_ends_the_waiting() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        let wren = scene.join(&scene.world.draft("cedar", session()), now());
        let finch = scene.join(&scene.finch_draft("cedar", session()), now().plus_minutes(1));
        scene.cancel(&had, now().plus_minutes(2));
        let soon = now().plus_minutes(3);
        assert_eq!(scene.leave(scene.finch_booker, &wren, soon), LeaveAnswer::NotFound);
        assert_eq!(scene.leave(scene.world.wren_booker, &wren, soon), LeaveAnswer::Done);
        assert_eq!((scene.standing(&wren), scene.standing(&finch)), (Standing::Left, Standing::Offered));
        assert_eq!(scene.leave(scene.world.wren_booker, &wren, soon), LeaveAnswer::Over(Standing::Left));
        assert!(matches!(scene.take(scene.world.wren_booker, &wren, soon), TakeAnswer::Over(Standing::Left)));
        assert_eq!(scene.leave(scene.finch_booker, &finch, soon), LeaveAnswer::Done);
        assert_eq!(scene.held(session()), []);
    }
}

#[test]
fn with_under_four_hours_to_go_all_are_told_and_the_first_click_wins() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        let wren = scene.join(&scene.world.draft("cedar", session()), now());
        let finch = scene.join(&scene.finch_draft("cedar", session()), now().plus_minutes(1));
        let late = at("2026-12-10 06:30");
        scene.cancel(&had, late);
        assert_eq!(scene.held(session()), [], "nothing is kept");
        assert_eq!((scene.mails("wendy"), scene.mails("fay")), (vec![MailKind::Offer], vec![MailKind::Offer]));
        let won = scene.take(scene.finch_booker, &finch, late);
        assert!(matches!(won, TakeAnswer::Done { .. }), "{won:?}");
        let TakeAnswer::Refused(reasons) = scene.take(scene.world.wren_booker, &wren, late) else {
            panic!("had twice")
        };
        assert!(matches!(reasons[..], [Refusal::NotFree { .. }]));
        assert_eq!(scene.standing(&wren), Standing::Waiting);
    }
}

#[test]
fn only_where_the_whole_place_fits_is_there_an_offer() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        scene.book(&scene.world.trusted_draft("cedar", span(DAY, "11:00", "12:00")));
        let long = scene.join(&scene.world.draft("cedar", span(DAY, "10:00", "12:00")), now());
        let short = scene.join(&scene.finch_draft("cedar", session()), now().plus_minutes(1));
        scene.cancel(&had, now().plus_minutes(2));
        assert_eq!((scene.standing(&long), scene.standing(&short)), (Standing::Waiting, Standing::Offered));
    }
}

#[test]
fn whoever_waits_for_the_hall_is_offered_it_when_its_half_is_freed() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("half-hall", session()));
        let wren = scene.join(&scene.world.draft("hall", session()), now());
        scene.cancel(&had, now());
        assert_eq!(scene.standing(&wren), Standing::Offered);
        assert_eq!(scene.held(session()), [session(), session()], "both halves");
        let taken = scene.take(scene.world.wren_booker, &wren, now());
        assert!(matches!(taken, TakeAnswer::Done { .. }));
    }
}

#[test]
fn taking_is_judged_again_and_a_refusal_keeps_the_place_kept() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        let wren = scene.join(&Draft { people: 5, ..scene.world.draft("cedar", session()) }, now());
        scene.cancel(&had, now());
        scene
            .db
            .write_now(|conn| {
                let (_, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
                let rules = alcove::domain::rules::Rules { capacity: 4, ..cedar.rules.clone() };
                facilities::set_rules(conn, cedar.id, &rules)
            })
            .unwrap();
        let TakeAnswer::Refused(reasons) = scene.take(scene.world.wren_booker, &wren, now()) else {
            panic!("unjudged")
        };
        assert_eq!(reasons, [Refusal::TooManyPeople { capacity: 4 }]);
        assert_eq!((scene.standing(&wren), scene.held(session())), (Standing::Offered, vec![session()]));
    }
}

#[test]
fn a_date_of_a_series_waits_and_is_put_back_when_taken() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        let next = span("2026-12-17", "10:00", "11:00");
        let dates = vec![Dated { wait: true, ..Dated::at(session()) }, Dated::at(next)];
        let series = scene.book(&Draft { dates, ..scene.world.draft("cedar", session()) });
        let stages =
            || -> Vec<Stage> { scene.case(&series).booking.occurrences.iter().map(|one| one.state.stage()).collect() };
        assert_eq!(stages(), [Stage::Skipped, Stage::Requested]);
        let entry = || {
            let all =
                scene.db.read_now(|conn| waiting::of_organisations(conn, &[scene.world.wren], now(), 10)).unwrap();
            all.into_iter().next().unwrap()
        };
        assert_eq!((entry().ordinal, entry().standing), (Some(1), Standing::Waiting));
        scene.cancel(&had, now());
        assert_eq!(entry().standing, Standing::Offered);
        let taken = scene.take(scene.world.wren_booker, &entry().reference, now());
        assert!(matches!(taken, TakeAnswer::Done { booking, confirmed: false } if booking == series));
        assert_eq!(stages(), [Stage::Requested, Stage::Requested]);
        assert_eq!(scene.held(session()), [session()]);
    }
}

#[test]
fn a_date_that_waits_is_judged_by_every_other_rule_and_had_if_it_is_free() {
    for scene in scenes() {
        scene.book(&scene.world.trusted_draft("cedar", session()));
        let next = span("2026-12-17", "10:00", "11:00");
        let waits = |session: Span| Dated { wait: true, ..Dated::at(session) };
        let closed = span("2026-12-12", "21:00", "22:00");
        let dates = vec![waits(closed), Dated::at(next)];
        let answer = scene.request(&Draft { dates, ..scene.world.draft("cedar", session()) }, now());
        assert!(matches!(answer, RequestAnswer::Refused(dates) if dates.len() == 1), "never open then");
        let free = span("2026-12-18", "10:00", "11:00");
        let dates = vec![Dated::at(next), waits(free)];
        let had = scene.book(&Draft { dates, ..scene.world.draft("cedar", session()) });
        assert!(scene.case(&had).booking.occurrences.iter().all(|one| one.state.stage() == Stage::Requested));
        let dates = vec![waits(session())];
        let none = scene.request(&Draft { dates, ..scene.world.draft("cedar", session()) }, now());
        assert!(matches!(none, RequestAnswer::NoSuchPlace), "nothing to have");
    }
}

#[test]
fn dates_of_a_series_that_is_given_up_wait_no_more() {
    for scene in scenes() {
        scene.book(&scene.world.trusted_draft("cedar", session()));
        let dates = vec![Dated { wait: true, ..Dated::at(session()) }, Dated::at(span("2026-12-17", "10:00", "11:00"))];
        let series = scene.book(&Draft { dates, ..scene.world.draft("cedar", session()) });
        scene.cancel(&series, now());
        let all = scene.db.read_now(|conn| waiting::of_organisations(conn, &[scene.world.wren], now(), 10)).unwrap();
        assert_eq!(all.iter().map(|one| one.standing).collect::<Vec<_>>(), [Standing::Left]);
    }
}

#[test]
fn a_closure_takes_an_offer_back_and_lifting_it_offers_again() {
    for scene in scenes() {
        let had = scene.book(&scene.world.trusted_draft("cedar", session()));
        let wren = scene.join(&scene.world.draft("cedar", session()), now());
        scene.cancel(&had, now());
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let draft = BlockDraft {
            site: slug("hunter-street"),
            facilities: vec![slug("cedar")],
            spans: vec![span(DAY, "08:00", "12:00")],
            instead: Vec::new(),
            reason: "Boiler".to_owned(),
            seen: Vec::new(),
        };
        let how = circumstances(&mailer, now());
        let closed = scene.db.write_now(|conn| allocation::block(conn, how, &actor, &draft)).unwrap();
        assert!(matches!(closed, BlockAnswer::Done { displaced: 0, .. }), "{closed:?}");
        assert_eq!((scene.standing(&wren), scene.until(&wren)), (Standing::Waiting, None));
        assert_eq!(scene.mails("wendy"), [MailKind::OfferLapsed]);
        let lifted = scene.db.write_now(|conn| {
            let blocks = alcove::store::blocks::coming(conn, scene.world.site, now())?;
            allocation::lift(conn, how, &actor, &slug("hunter-street"), &[blocks[0].id])
        });
        assert!(lifted.unwrap());
        assert_eq!((scene.standing(&wren), scene.held(session())), (Standing::Offered, vec![session()]));
    }
}

#[test]
fn a_kept_place_leaves_the_edges_of_own_sessions_as_they_are() {
    for scene in scenes() {
        // Its own session before shares an edge with the one that Wren waits for, so the kept place is what is left beside it.
        scene.book(&scene.world.draft("tidy-room", span(DAY, "09:00", "10:00")));
        let had = scene.book(&scene.world.trusted_draft("tidy-room", span(DAY, "10:30", "11:30")));
        let wren = scene.join(&scene.world.draft("tidy-room", span(DAY, "10:00", "11:00")), now());
        scene.cancel(&had, now());
        assert_eq!(scene.standing(&wren), Standing::Offered);
        let around = span(DAY, "08:00", "21:00");
        assert_eq!(scene.held(around), [span(DAY, "08:45", "10:15"), span(DAY, "10:15", "11:15")]);
        assert!(matches!(scene.take(scene.world.wren_booker, &wren, now()), TakeAnswer::Done { .. }));
        assert_eq!(scene.held(around), [span(DAY, "08:45", "10:00"), span(DAY, "10:00", "11:15")]);
    }
}
