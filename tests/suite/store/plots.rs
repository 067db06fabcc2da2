//! Allotments on both engines: a season's turn, one plot for each holder, the strict line, notice, and two managers who let one plot.

use std::sync::{Arc, Barrier};

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, add_facility, at, circumstances, mailer, now, slug};
use alcove::allocation::plots::{
    self, Allotment, AllotmentAt, JoinLineAnswer, Joining, LetAnswer, Letting, LineAct, LineAnswer, NoticeAnswer,
    NoticeWish, PlotOfferAnswer, allotment_at,
};
use alcove::allocation::{BlockAnswer, BlockDraft, Case};
use alcove::domain::holder::{Contact, Holder, HolderId, Reach};
use alcove::domain::ids::Reference;
use alcove::domain::kinds::Kind;
use alcove::domain::places::UnitChoice;
use alcove::domain::plot_line::Wish;
use alcove::domain::plots::PlotNumber;
use alcove::domain::rendered::MailKind;
use alcove::domain::rules::Rules;
use alcove::domain::span::Instant;
use alcove::domain::tenancy::{NoLetting, NoNotice, NoticeBy, Standing as Plot};
use alcove::domain::waiting::Standing;
use alcove::store::outbox::WholeMail;
use alcove::store::{Db, outbox, plot_line, tenancies};
use chrono::NaiveDate;

struct Scene {
    db: Db,
    world: World,
    _database: TestDatabase,
}

fn build(database: TestDatabase) -> Scene {
    let db = database.open();
    let world = world::build(&db, None);
    let names: Vec<String> = (1..=20).map(|number| format!("Plot {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let add = |conn: &mut _| {
        add_facility(conn, world.site, "Plots", Kind::Allotment, &names, UnitChoice::Any, &Rules::ordinary());
        Ok(())
    };
    db.write_now(add).unwrap();
    Scene { db, world, _database: database }
}

fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(build)
}

fn here() -> AllotmentAt {
    AllotmentAt { site: slug("hunter-street"), facility: slug("plots") }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn number(text: &str) -> PlotNumber {
    PlotNumber::parse(text).unwrap()
}

fn person(name: &str) -> HolderId {
    let reach = Reach::parse(&format!("{}@plots.test", name.to_lowercase())).unwrap();
    Holder::Person(Contact { name: name.to_owned(), reach })
}

impl Scene {
    fn letting(&self, plot: &str, holder: HolderId, from: &str) -> Letting {
        let nonce = format!("{plot}/{holder:?}/{from}");
        Letting { at: here(), plot: number(plot), holder, from: date(from), rolling: true, nonce }
    }

    fn try_let(&self, letting: &Letting, at: Instant) -> LetAnswer {
        let (mailer, mary) = (mailer(), self.world.actor(&self.db, self.world.manager));
        self.db.write_now(|conn| plots::let_plot(conn, circumstances(&mailer, at), &mary, letting)).unwrap()
    }

    fn let_to(&self, plot: &str, name: &str, from: &str) -> Reference {
        match self.try_let(&self.letting(plot, person(name), from), now()) {
            LetAnswer::Done(reference) => reference,
            other => panic!("{plot} to {name}: {other:?}"),
        }
    }

    fn join_as(&self, name: &str, wish: Wish, at: Instant) -> JoinLineAnswer {
        let (mailer, person) = (mailer(), person(name));
        let joining =
            Joining { at: here(), holder: person, wish, note: String::new(), since: None, person: self.world.manager };
        self.db.write_now(|conn| plots::join_line(conn, circumstances(&mailer, at), &joining)).unwrap()
    }

    fn join(&self, name: &str, at: Instant) -> Reference {
        match self.join_as(name, Wish::Any, at) {
            JoinLineAnswer::Joined(reference) => reference,
            other => panic!("{name}: {other:?}"),
        }
    }

    fn notice(&self, reference: &Reference, by: NoticeBy, last: &str, at: Instant) -> NoticeAnswer {
        let (mailer, wish) = (mailer(), NoticeWish { by, last_day: date(last), person: None });
        self.db.write_now(|conn| plots::give_notice(conn, circumstances(&mailer, at), reference, wish)).unwrap()
    }

    fn turn(&self, at: Instant) -> usize {
        let (mailer, due) = (mailer(), self.db.read_now(|conn| plots::plots_due(conn, at)).unwrap());
        let one = |id| self.db.write_now(|conn| plots::turn_season(conn, circumstances(&mailer, at), id)).unwrap();
        due.into_iter().map(one).sum()
    }

    fn take(&self, reference: &Reference, at: Instant) -> PlotOfferAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| plots::take_plot(conn, circumstances(&mailer, at), reference, None)).unwrap()
    }

    fn refuse(&self, reference: &Reference, at: Instant) -> PlotOfferAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| plots::refuse_plot(conn, circumstances(&mailer, at), reference, None)).unwrap()
    }

    fn act(&self, reference: &Reference, act: LineAct, at: Instant) -> LineAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| plots::act_in_line(conn, circumstances(&mailer, at), reference, act, None)).unwrap()
    }

    fn allotment(&self, at: Instant) -> Allotment {
        let found = self.db.read_now(|conn| allotment_at(conn, &here().site, &here().facility, at));
        found.unwrap().unwrap()
    }

    fn standing(&self, plot: &str, at: Instant) -> Plot {
        let one = self.allotment(at);
        one.standing(one.plot(&number(plot)).unwrap(), at)
    }

    fn in_line(&self, reference: &Reference) -> Standing {
        self.db.read_now(|conn| plot_line::by_reference(conn, reference)).unwrap().unwrap().standing
    }

    fn mails(&self, kind: MailKind) -> Vec<WholeMail> {
        let mut mails = self.db.read_now(|conn| outbox::whole(conn, None, 1_000)).unwrap();
        mails.retain(|mail| mail.kind == kind);
        mails
    }
}

/// 20 plots let, 3 leave at the turn, 8 wait: 17 go on by themselves, and the three freed plots go to the first three in line.
#[test]
fn a_season_turns_with_twenty_plots_three_leavers_and_eight_waiting() {
    for scene in scenes() {
        let tenants: Vec<Reference> =
            (1..=20).map(|plot| scene.let_to(&plot.to_string(), &format!("Tenant{plot}"), "2026-04-01")).collect();
        let waiting: Vec<Reference> =
            (1..=8).map(|place| scene.join(&format!("Waiter{place}"), now().plus_minutes(place))).collect();
        assert_eq!(scene.turn(now().plus_hours(1)), 0, "nothing is free and nothing is due");
        // Three give notice for the last day of the season, in good time.
        let early = at("2026-12-01 10:00");
        for plot in [4, 9, 17] {
            let answer = scene.notice(&tenants[plot - 1], NoticeBy::Holder, "2027-03-31", early);
            assert!(matches!(answer, NoticeAnswer::Done(Some(day)) if day == date("2027-03-31")), "{answer:?}");
        }
        assert_eq!(scene.mails(MailKind::TenancyNotice).len(), 3);
        assert!(matches!(scene.standing("9", early), Plot::Ending(day) if day == date("2027-03-31")));
        assert_eq!(scene.turn(at("2027-01-30 12:00")), 0, "neither a renewal nor an offer is due");
        // Sixty days before the turn.
        let turn = at("2027-01-31 09:00");
        assert_eq!(scene.turn(turn), 17 + 3);
        assert_eq!(scene.turn(turn), 0, "running it twice does no harm");
        assert_eq!(scene.mails(MailKind::TenancyRenewed).len(), 17);
        let ends: Vec<_> = scene.allotment(turn).offers.iter().map(|offer| offer.until).collect();
        assert_eq!(ends, [at("2027-02-14 23:59"); 3], "offers end with a local day");
        let offered = scene.mails(MailKind::PlotOffer);
        let mut to: Vec<&str> = offered.iter().map(|mail| mail.to.as_str()).collect();
        to.sort_unstable();
        assert_eq!(to, ["waiter1@plots.test", "waiter2@plots.test", "waiter3@plots.test"]);
        // The first takes it, the second says no and keeps the place, the third says nothing.
        let soon = turn.plus_days(2);
        let PlotOfferAnswer::Taken(tenancy) = scene.take(&waiting[0], soon) else { panic!("not taken") };
        assert_eq!(tenancy.starts, at("2027-04-01 00:00"));
        assert_eq!(tenancy.covered_to, at("2028-04-01 00:00"));
        assert!(matches!(scene.refuse(&waiting[1], soon), PlotOfferAnswer::Refused(Standing::Waiting)));
        let offers = scene.allotment(soon).offers;
        let next = |offer: &alcove::domain::tenancy::PlotOffer| {
            scene.allotment(soon).line.iter().find(|one| one.id == offer.entry).unwrap().reference.clone()
        };
        let holders: Vec<Reference> = offers.iter().map(next).collect();
        assert!(holders.contains(&waiting[3]), "what the second refused went to the fourth");
        assert_eq!(scene.in_line(&waiting[1]), Standing::Waiting);
        let late = turn.plus_days(15);
        // Both the third's and, a little later, the fourth's offers run out; each goes on down the line.
        assert!(0 < scene.turn(late));
        assert_eq!(scene.in_line(&waiting[2]), Standing::Lapsed);
        assert_eq!(scene.mails(MailKind::PlotOfferLapsed).len(), 1);
        let again = scene.take(&waiting[2], late);
        assert!(matches!(again, PlotOfferAnswer::Over(Standing::Lapsed)), "{again:?}");
        // The second, who kept the place, is first for what the third let go.
        assert_eq!(scene.in_line(&waiting[1]), Standing::Offered);
        assert!(matches!(scene.take(&waiting[1], late), PlotOfferAnswer::Taken(_)));
        assert!(matches!(scene.take(&waiting[3], late), PlotOfferAnswer::Taken(_)));
        // The new season: all twenty are let, each to one holder, and four still wait.
        let season = at("2027-04-01 08:00");
        scene.turn(season);
        let one = scene.allotment(season);
        assert!(one.plots.iter().all(|plot| one.standing(plot, season) == Plot::Let));
        let mut keys: Vec<&str> =
            one.tenancies.iter().filter(|one| one.is_open(season)).map(|one| one.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 20);
        assert_eq!(one.line.len(), 4);
    }
}

#[test]
fn a_holder_has_one_plot_by_account_or_by_contact() {
    for scene in scenes() {
        scene.let_to("1", "Jo", "2026-12-01");
        let again = scene.try_let(&scene.letting("2", person("JO"), "2026-12-01"), now());
        let LetAnswer::Refused(no) = again else { panic!("{again:?}") };
        assert_eq!(no, [NoLetting::HasPlot(number("1"))]);
        assert!(matches!(scene.join_as("jo", Wish::Any, now()), JoinLineAnswer::HasPlot(_)));
        let wren = Holder::Organisation(scene.world.wren);
        assert!(matches!(scene.try_let(&scene.letting("2", wren.clone(), "2026-12-01"), now()), LetAnswer::Done(_)));
        let twice = scene.try_let(&scene.letting("3", wren, "2026-12-01"), now());
        assert!(matches!(twice, LetAnswer::Refused(no) if no == [NoLetting::HasPlot(number("2"))]));
        let taken = scene.try_let(&scene.letting("1", person("Kim"), "2027-06-01"), now());
        assert!(matches!(taken, LetAnswer::Refused(no) if no == [NoLetting::Taken]), "a rolling tenancy goes on");
    }
}

#[test]
fn a_plot_that_two_managers_let_at_once_has_one_holder() {
    for database in engines() {
        let scene = Arc::new(build(database));
        for plot in ["1", "2", "3", "4", "5"] {
            let barrier = Arc::new(Barrier::new(4));
            let threads: Vec<_> = (0..4)
                .map(|racer| {
                    let (scene, barrier) = (Arc::clone(&scene), Arc::clone(&barrier));
                    let letting = scene.letting(plot, person(&format!("Racer{plot}x{racer}")), "2026-12-01");
                    std::thread::spawn(move || {
                        barrier.wait();
                        scene.try_let(&letting, now())
                    })
                })
                .collect();
            let got: Vec<LetAnswer> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            assert_eq!(got.iter().filter(|one| matches!(one, LetAnswer::Done(_))).count(), 1, "{got:?}");
            let clear = |one: &&LetAnswer| matches!(one, LetAnswer::Refused(no) if *no == [NoLetting::Taken]);
            assert_eq!(got.iter().filter(clear).count(), 3, "{got:?}");
        }
    }
}

#[test]
fn one_holder_who_is_let_two_plots_at_once_has_one() {
    for database in engines() {
        let scene = Arc::new(build(database));
        let barrier = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (1..=4)
            .map(|plot: i32| {
                let (scene, barrier) = (Arc::clone(&scene), Arc::clone(&barrier));
                let letting = scene.letting(&plot.to_string(), person("Jo"), "2026-12-01");
                std::thread::spawn(move || {
                    barrier.wait();
                    scene.try_let(&letting, now())
                })
            })
            .collect();
        let got: Vec<LetAnswer> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(got.iter().filter(|one| matches!(one, LetAnswer::Done(_))).count(), 1, "{got:?}");
    }
}

#[test]
fn early_notice_frees_the_plot_from_the_day_after_and_can_be_taken_back_while_it_is_free() {
    for scene in scenes() {
        let jo = scene.let_to("1", "Jo", "2026-04-01");
        let soon = scene.notice(&jo, NoticeBy::Holder, "2026-12-01", now());
        assert!(matches!(soon, NoticeAnswer::Refused(NoNotice::TooSoon(day)) if day == date("2026-12-18")));
        assert!(matches!(scene.notice(&jo, NoticeBy::Holder, "2026-12-31", now()), NoticeAnswer::Done(_)));
        let back = |at| {
            let mailer = mailer();
            let take = |conn: &mut _| plots::take_notice_back(conn, circumstances(&mailer, at), &jo, None);
            scene.db.write_now(take).unwrap()
        };
        assert!(matches!(back(now()), NoticeAnswer::Done(None)));
        let tenancy = || scene.db.read_now(|conn| tenancies::by_reference(conn, &jo)).unwrap().unwrap();
        assert_eq!((tenancy().covered_to, tenancy().notice), (at("2027-04-01 00:00"), None));
        // Again, and now somebody else is let it from the day after.
        assert!(matches!(scene.notice(&jo, NoticeBy::Agreed, "2027-01-15", now()), NoticeAnswer::Done(_)));
        scene.let_to("1", "Kim", "2027-01-16");
        assert!(matches!(back(now()), NoticeAnswer::Promised));
        assert!(matches!(scene.standing("1", at("2027-01-15 12:00")), Plot::Ending(_)));
        assert_eq!(scene.standing("1", at("2027-01-16 12:00")), Plot::Let);
    }
}

#[test]
fn who_waits_is_asked_once_a_year_and_who_does_not_answer_lapses_and_can_be_put_back() {
    for scene in scenes() {
        for plot in 1..=20 {
            scene.let_to(&plot.to_string(), &format!("Tenant{plot}"), "2026-04-01");
        }
        let (first, second) = (scene.join("First", now()), scene.join("Second", now().plus_hours(1)));
        let year = now().plus_days(365);
        scene.turn(year.plus_hours(2));
        assert_eq!(scene.turn(year.plus_hours(3)), 0);
        assert_eq!(scene.mails(MailKind::StillInterested).len(), 2);
        let by: Vec<_> = scene.allotment(year.plus_hours(3)).line.iter().map(|one| one.answer_by).collect();
        assert_eq!(by, [Some(at("2027-12-18 23:59")); 2], "answers are waited for until the end of a local day");
        assert!(matches!(scene.act(&second, LineAct::StillInterested, year.plus_days(5)), LineAnswer::Done));
        scene.turn(year.plus_days(27));
        assert_eq!(scene.in_line(&first), Standing::Waiting);
        scene.turn(year.plus_days(29));
        assert_eq!([scene.in_line(&first), scene.in_line(&second)], [Standing::Lapsed, Standing::Waiting]);
        let told = scene.mails(MailKind::LineLapsed);
        assert_eq!(told.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["first@plots.test"]);
        assert!(matches!(
            scene.act(&first, LineAct::StillInterested, year.plus_days(30)),
            LineAnswer::Over(Standing::Lapsed)
        ));
        // Back where they were: before the second.
        assert!(matches!(scene.act(&first, LineAct::PutBack, year.plus_days(30)), LineAnswer::Done));
        let line = scene.allotment(year.plus_days(30)).line;
        assert_eq!(line.iter().map(|one| one.reference.clone()).collect::<Vec<_>>(), [first, second]);
    }
}

#[test]
fn neither_a_closure_nor_the_acts_of_other_bookings_touch_a_tenancy() {
    for scene in scenes() {
        let jo = scene.let_to("1", "Jo", "2026-12-01");
        assert!(scene.db.read_now(|conn| Case::by_reference(conn, &jo)).unwrap().is_none());
        let (mailer, mary) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let draft = |facilities| BlockDraft {
            site: slug("hunter-street"),
            facilities,
            spans: vec![world::span("2026-12-24", "09:00", "18:00")],
            reason: "Christmas".to_owned(),
            seen: Vec::new(),
            instead: Vec::new(),
        };
        let close = |facilities| {
            let draft = draft(facilities);
            let close = |conn: &mut _| alcove::allocation::block(conn, circumstances(&mailer, now()), &mary, &draft);
            scene.db.write_now(close).unwrap()
        };
        assert!(matches!(close(Vec::new()), BlockAnswer::Done { displaced: 0, cut_short: 0, .. }));
        assert!(matches!(close(vec![slug("plots")]), BlockAnswer::NotFound));
        assert_eq!(scene.standing("1", at("2026-12-24 12:00")), Plot::Let);
    }
}
