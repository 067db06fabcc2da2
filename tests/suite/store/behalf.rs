//! Booking for others: who may, whom it is written to, whose it is then, and rules set aside. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{
    self, Answer, Case, Change, ChangeAnswer, Dated, Dates, Decision, Draft, GiveUp, NewPlace, NewWords, RequestAnswer,
};
use alcove::domain::bank_holidays::Nation;
use alcove::domain::booking::Scope;
use alcove::domain::history::EventKind;
use alcove::domain::holder::{Contact, Holder, HolderId, Reach};
use alcove::domain::ids::{PersonId, Reference, SiteId};
use alcove::domain::occurrence::Stage;
use alcove::domain::organisation::Standing;
use alcove::domain::person::Email;
use alcove::domain::policy::{MemberRole, StaffRole};
use alcove::domain::refusal::Refusal;
use alcove::domain::rules::Privacy;
use alcove::domain::span::{Instant, Span};
use alcove::mail::Mailer;
use alcove::store::events::EventLine;
use alcove::store::sites::SiteFacts;
use alcove::store::{Conn, Db, StoreError, events, organisations, outbox, people, sites};

const DAY: &str = "2026-11-24";

struct Scene {
    db: Db,
    world: World,
    mailer: Mailer,
    reception: PersonId,
    _database: TestDatabase,
}

fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        let reception = person(&db, "reception@alcove.test");
        Scene { db, world, mailer: mailer(), reception, _database: database }
    })
}

fn person(db: &Db, address: &str) -> PersonId {
    let email = Email::parse(address).unwrap();
    db.read_now(|conn| people::by_email(conn, &email)).unwrap().unwrap().id
}

fn other_site(conn: &mut Conn) -> Result<SiteId, StoreError> {
    let facts = SiteFacts {
        slug: &slug("mill-lane"),
        name: "Mill Lane",
        street: "1 Mill Lane",
        town: "London",
        postcode: "N1 1AA",
        phone: "",
        about: "",
        arrival: "",
        zone: chrono_tz::Europe::London,
        position: None,
        nation: Nation::EnglandAndWales,
        step_free: true,
    };
    sites::insert(conn, &facts)
}

fn jo(contact: &str) -> HolderId {
    Holder::Person(Contact { name: "Jo Quill".to_owned(), reach: Reach::parse(contact).unwrap() })
}

impl Scene {
    /// What a member of staff asks for at 10am in this place.
    fn draft(&self, by: PersonId, holder: HolderId, facility: &str) -> Draft {
        Draft { booked_by: by, holder, ..self.world.draft(facility, span(DAY, "10:00", "11:00")) }
    }

    fn ask_at(&self, draft: &Draft, now: Instant) -> RequestAnswer {
        self.db.write_now(|conn| allocation::request(conn, circumstances(&self.mailer, now), draft)).unwrap()
    }

    fn ask(&self, draft: &Draft) -> RequestAnswer {
        self.ask_at(draft, now())
    }

    #[track_caller]
    fn book(&self, draft: &Draft) -> Case {
        match self.ask(draft) {
            RequestAnswer::Done { reference, .. } => self.case(&reference),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn refused(&self, draft: &Draft) -> Vec<Refusal> {
        match self.ask(draft) {
            RequestAnswer::Refused(dates) => dates.into_iter().flat_map(|(_, verdict)| verdict.refusals).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn not_allowed(&self, draft: &Draft) {
        let before = self.mails().len();
        let answer = self.ask(draft);
        assert!(matches!(answer, RequestAnswer::NotAllowed), "{answer:?}");
        assert_eq!(self.mails().len(), before);
    }

    fn case(&self, reference: &Reference) -> Case {
        self.db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
    }

    fn history(&self, case: &Case) -> Vec<EventLine> {
        self.db.read_now(|conn| events::of_booking(conn, case.booking.id)).unwrap()
    }

    fn cancel(&self, case: &Case, by: PersonId) -> Answer {
        let actor = self.world.actor(&self.db, by);
        let at = (&case.booking.reference, self.case(&case.booking.reference).booking.version);
        let what = GiveUp::all("");
        self.db
            .write_now(|conn| allocation::cancel(conn, circumstances(&self.mailer, now()), &actor, at, &what))
            .unwrap()
    }

    fn mails(&self) -> Vec<outbox::WholeMail> {
        self.db.read_now(|conn| outbox::whole(conn, None, 100)).unwrap()
    }

    /// Addresses and kinds of all mails, sorted.
    fn sent(&self) -> Vec<(String, String)> {
        let mut sent: Vec<_> = self.mails().into_iter().map(|mail| (mail.to, mail.kind.code().to_owned())).collect();
        sent.sort();
        sent
    }

    fn robin(&self) -> HolderId {
        Holder::Organisation(self.world.robin)
    }
}

#[test]
fn staff_book_for_any_approved_organisation_and_nobody_else_does() {
    for scene in scenes() {
        let case = scene.book(&scene.draft(scene.reception, scene.robin(), "cedar"));
        assert_eq!(case.booking.organisation_id(), Some(scene.world.robin));
        assert_eq!((case.booking.holder_name(), case.booking.on_behalf), ("Robin Trust", true));
        assert_eq!(case.booking.booked_by.as_ref().unwrap().name, "Rita Reception");
        // A booker of another organisation, and staff of another site, do not.
        scene.not_allowed(&scene.draft(scene.world.wren_booker, scene.robin(), "hall"));
        scene.not_allowed(&scene.draft(scene.world.wren_booker, jo("jo@example.org"), "hall"));
        scene.not_allowed(&scene.draft(scene.reception, Holder::Site, "hall"));
        let outsider = scene.db.write_now(|conn| {
            let site = other_site(conn)?;
            let person = world::add_person(conn, "Olive Out", "olive@alcove.test", None);
            sites::set_staff(conn, site, person, StaffRole::Manager, now())?;
            Ok(person)
        });
        let outsider = outsider.unwrap();
        scene.not_allowed(&scene.draft(outsider, scene.robin(), "hall"));
        scene.not_allowed(&scene.draft(outsider, jo("jo@example.org"), "hall"));
        // Nor for an organisation that may not book.
        let by = scene.world.manager;
        let suspend = (Standing::Approved, Standing::Suspended);
        scene
            .db
            .write_now(|conn| organisations::set_standing(conn, scene.world.robin, suspend, by, "", now()))
            .unwrap();
        scene.not_allowed(&scene.draft(scene.reception, scene.robin(), "hall"));
    }
}

#[test]
fn a_receptionists_request_needs_what_the_organisations_would_and_a_managers_does_not_wait() {
    for scene in scenes() {
        let wren = Holder::Organisation(scene.world.wren);
        let trusted = scene.book(&scene.draft(scene.reception, scene.robin(), "cedar"));
        assert_eq!(trusted.booking.stage(), Stage::Confirmed);
        let asked = scene.book(&scene.draft(scene.reception, wren.clone(), "hall"));
        assert_eq!(asked.booking.stage(), Stage::Requested);
        let decided = scene.book(&scene.draft(scene.world.manager, wren, "kitchen"));
        assert_eq!(decided.booking.stage(), Stage::Confirmed);
        let line = &scene.history(&decided)[0];
        assert_eq!((line.kind, line.actor.as_deref()), (EventKind::Booked, Some("Mary Manager")));
        // Nobody trusts a person.
        let person = scene.book(&scene.draft(scene.reception, jo("jo@example.org"), "tidy-room"));
        assert_eq!(person.booking.stage(), Stage::Requested);
    }
}

#[test]
fn mail_goes_to_the_coordinators_of_an_organisation_from_the_first_to_the_last() {
    for scene in scenes() {
        let second = scene.db.write_now(|conn| {
            let person = world::add_person(conn, "Rosa Robin", "rosa@alcove.test", None);
            organisations::set_member(conn, scene.world.robin, person, MemberRole::Coordinator, now())?;
            let booker = world::add_person(conn, "Bea Booker", "bea@alcove.test", None);
            organisations::set_member(conn, scene.world.robin, booker, MemberRole::Booker, now())?;
            Ok(person)
        });
        let case = scene.book(&scene.draft(scene.reception, scene.robin(), "cedar"));
        let to = |kind: &str| -> Vec<_> {
            ["rob@alcove.test", "rosa@alcove.test"].map(|to| (to.to_owned(), kind.to_owned())).to_vec()
        };
        assert_eq!(scene.sent(), to("confirmed"));
        for mail in scene.mails() {
            assert!(mail.text.contains("Booked by: Rita Reception, for Robin Trust"), "{}", mail.text);
            let calendar = mail.calendar.unwrap().replace("\r\n ", "");
            assert!(calendar.contains(&format!("mailto:{}", mail.to)) && calendar.matches("ATTENDEE").count() == 1);
        }
        // It is theirs: one of them cancels it, and both are told again.
        let done = scene.cancel(&case, second.unwrap());
        assert!(matches!(done, Answer::Done(_)), "{done:?}");
        let mut all = [to("confirmed"), to("cancelled")].concat();
        all.sort();
        assert_eq!(scene.sent(), all);
    }
}

#[test]
fn an_organisation_without_a_coordinator_hears_of_it_through_its_bookers() {
    for scene in scenes() {
        scene.book(&scene.draft(scene.world.manager, Holder::Organisation(scene.world.wren), "cedar"));
        assert_eq!(scene.sent(), [("wendy@alcove.test".to_owned(), "confirmed".to_owned())]);
    }
}

#[test]
fn what_a_booker_made_who_has_left_is_written_to_the_coordinators() {
    for scene in scenes() {
        let case = scene.book(&scene.world.draft("cedar", span(DAY, "10:00", "11:00")));
        scene
            .db
            .write_now(|conn| {
                let next = world::add_person(conn, "Will Wren", "will@alcove.test", None);
                organisations::set_member(conn, scene.world.wren, next, MemberRole::Coordinator, now())?;
                organisations::remove_member(conn, scene.world.wren, scene.world.wren_booker)
            })
            .unwrap();
        let (actor, at) = (scene.world.actor(&scene.db, scene.world.manager), (&case.booking.reference, 1));
        let yes = Decision::Approve { dates: Dates::All };
        scene
            .db
            .write_now(|conn| allocation::decide(conn, circumstances(&scene.mailer, now()), &actor, at, &yes))
            .unwrap();
        assert!(scene.sent().contains(&("will@alcove.test".to_owned(), "confirmed".to_owned())));
        assert!(!scene.sent().contains(&("wendy@alcove.test".to_owned(), "confirmed".to_owned())));
    }
}

#[test]
fn a_person_is_written_to_at_their_address_and_not_at_all_by_telephone() {
    for scene in scenes() {
        let case = scene.book(&scene.draft(scene.world.manager, jo("jo@example.org"), "cedar"));
        assert_eq!((case.booking.holder_name(), case.booking.privacy), ("Jo Quill", Privacy::Confidential));
        assert_eq!(case.booking.holder.id(), jo("jo@example.org"));
        assert_eq!(scene.sent(), [("jo@example.org".to_owned(), "confirmed".to_owned())]);
        let mail = scene.mails().remove(0);
        assert!(mail.text.contains("Jo Quill"), "{}", mail.text);
        assert!(mail.text.contains("Booked by: Mary Manager, Hunter Street Medical Centre"), "{}", mail.text);
        assert!(!mail.text.contains("/bookings/"), "no page opens for them: {}", mail.text);
        let calendar = mail.calendar.unwrap().replace("\r\n ", "");
        assert!(calendar.contains("mailto:jo@example.org") && !calendar.contains("/bookings/"));
        let by_telephone = scene.book(&scene.draft(scene.world.manager, jo("020 7946 0123"), "hall"));
        assert_eq!(by_telephone.booking.stage(), Stage::Confirmed);
        assert_eq!(scene.mails().len(), 1, "nobody can be written to");
    }
}

#[test]
fn a_persons_booking_is_the_staffs_to_change_and_nobody_elses() {
    for scene in scenes() {
        let case = scene.book(&scene.draft(scene.reception, jo("jo@example.org"), "cedar"));
        assert!(matches!(scene.cancel(&case, scene.world.robin_booker), Answer::NotFound));
        let words = NewWords {
            purpose: "Meeting".to_owned(),
            note: String::new(),
            people: 2,
            privacy: Privacy::Open,
            particulars: Default::default(),
        };
        let change = Change { from: 1, scope: Scope::All, place: NewPlace::default(), words: Some(words) };
        let (actor, at) = (scene.world.actor(&scene.db, scene.reception), (&case.booking.reference, 1));
        let done = scene
            .db
            .write_now(|conn| allocation::change(conn, circumstances(&scene.mailer, now()), &actor, at, &change))
            .unwrap();
        let ChangeAnswer::Done { case, .. } = done else { panic!("{done:?}") };
        assert_eq!((case.booking.purpose.as_str(), case.booking.privacy), ("Meeting", Privacy::Confidential));
        assert!(matches!(scene.cancel(&case, scene.reception), Answer::Done(_)));
    }
}

#[test]
fn who_waits_hears_that_the_staff_took_the_request_back() {
    for scene in scenes() {
        let case = scene.book(&scene.draft(scene.reception, jo("jo@example.org"), "cedar"));
        // What told of the request has left by now.
        scene.db.write_now(|conn| outbox::deliver_all_before(conn, now().plus_minutes(1))).unwrap();
        assert!(matches!(scene.cancel(&case, scene.reception), Answer::Done(_)));
        let withdrawn: Vec<_> = scene.sent().into_iter().filter(|(_, kind)| kind == "withdrawn").collect();
        let to = ["jo@example.org", "manager@alcove.test"].map(|to| (to.to_owned(), "withdrawn".to_owned()));
        assert_eq!(withdrawn, to);
    }
}

#[test]
fn a_receptionist_cancels_what_they_booked_for_an_organisation_and_not_what_it_booked_itself() {
    for scene in scenes() {
        let own = scene.book(&scene.world.trusted_draft("hall", span(DAY, "10:00", "11:00")));
        assert!(matches!(scene.cancel(&own, scene.reception), Answer::NotFound));
        let booked = scene.book(&scene.draft(scene.reception, scene.robin(), "cedar"));
        assert!(matches!(scene.cancel(&booked, scene.reception), Answer::Done(_)));
    }
}

/// Far beyond the horizon, at a time at which nothing starts.
fn against_the_rules() -> Span {
    span("2028-11-24", "06:10", "07:25")
}

#[test]
fn a_manager_sets_rules_aside_with_a_reason_that_is_kept() {
    for scene in scenes() {
        let date = Dated::at(against_the_rules());
        let draft = Draft { dates: vec![date], ..scene.draft(scene.world.manager, scene.robin(), "cedar") };
        let refusals = scene.refused(&draft);
        assert!(2 < refusals.len() && refusals.iter().all(Refusal::may_be_set_aside), "{refusals:?}");
        let draft = Draft { set_aside: Some("Agreed with the trustees".to_owned()), ..draft };
        let case = scene.book(&draft);
        assert_eq!(case.booking.stage(), Stage::Confirmed);
        let history = scene.history(&case);
        let line = history.iter().find(|line| line.kind == EventKind::RulesSetAside).unwrap();
        assert_eq!(line.message.as_deref(), Some("Agreed with the trustees"));
        assert_eq!(line.actor.as_deref(), Some("Mary Manager"));
    }
}

#[test]
fn a_reason_where_no_rule_refuses_leaves_no_trace() {
    for scene in scenes() {
        let reason = Some("Just in case".to_owned());
        let draft = Draft { set_aside: reason, ..scene.draft(scene.world.manager, scene.robin(), "cedar") };
        let case = scene.book(&draft);
        assert!(scene.history(&case).iter().all(|line| line.kind != EventKind::RulesSetAside));
    }
}

#[test]
fn nobody_but_a_manager_sets_rules_aside_and_never_for_their_own_organisation() {
    for scene in scenes() {
        let reason = || Some("Because".to_owned());
        scene.not_allowed(&Draft { set_aside: reason(), ..scene.draft(scene.reception, scene.robin(), "cedar") });
        scene
            .not_allowed(&Draft { set_aside: reason(), ..scene.draft(scene.reception, jo("jo@example.org"), "cedar") });
        let own = scene.world.trusted_draft("cedar", against_the_rules());
        scene.not_allowed(&Draft { set_aside: reason(), ..own });
        let manager = scene.world.manager;
        scene
            .db
            .write_now(|conn| organisations::set_member(conn, scene.world.robin, manager, MemberRole::Booker, now()))
            .unwrap();
        scene.not_allowed(&Draft { set_aside: reason(), ..scene.draft(manager, scene.robin(), "cedar") });
    }
}

#[test]
fn what_is_taken_closed_past_or_too_full_is_nobodys_to_set_aside() {
    for scene in scenes() {
        let all_the_same = |draft: Draft| Draft { set_aside: Some("Because".to_owned()), ..draft };
        scene.book(&scene.world.trusted_draft("cedar", span(DAY, "10:00", "11:00")));
        let asked = || all_the_same(scene.draft(scene.world.manager, jo("020 7946 0123"), "cedar"));
        assert!(matches!(scene.refused(&asked())[..], [Refusal::NotFree { .. }]));
        // Overlapping, and against every rule besides.
        let across = vec![Dated::at(span(DAY, "09:35", "10:05"))];
        assert!(matches!(scene.refused(&Draft { dates: across, ..asked() })[..], [Refusal::NotFree { .. }]));
        let past = vec![Dated::at(span("2026-11-19", "10:00", "11:00"))];
        assert!(scene.refused(&Draft { dates: past, ..asked() }).contains(&Refusal::InThePast));
        let afternoon = || vec![Dated::at(span(DAY, "14:00", "15:00"))];
        let crowd = Draft { people: 99, dates: afternoon(), ..asked() };
        assert!(matches!(scene.refused(&crowd)[..], [Refusal::TooManyPeople { .. }]));
        let (actor, closing) = (scene.world.actor(&scene.db, scene.world.manager), span(DAY, "13:00", "16:00"));
        let block = allocation::BlockDraft {
            site: slug("hunter-street"),
            facilities: vec![slug("cedar")],
            spans: vec![closing],
            reason: "Painting".to_owned(),
            seen: Vec::new(),
            instead: Vec::new(),
        };
        scene
            .db
            .write_now(|conn| allocation::block(conn, circumstances(&scene.mailer, now()), &actor, &block))
            .unwrap();
        assert!(matches!(scene.refused(&Draft { dates: afternoon(), ..asked() })[..], [Refusal::Blocked { .. }]));
    }
}

#[test]
fn a_series_for_others_is_judged_date_by_date_and_only_what_needed_it_is_noted() {
    for scene in scenes() {
        let dates = vec![Dated::at(span(DAY, "10:00", "11:00")), Dated::at(against_the_rules())];
        let draft = Draft { dates, ..scene.draft(scene.world.manager, jo("jo@example.org"), "cedar") };
        let RequestAnswer::Refused(refused) = scene.ask(&draft) else { panic!("the rules hold") };
        assert_eq!(refused.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1]);
        let case = scene.book(&Draft { set_aside: Some("Agreed".to_owned()), ..draft.clone() });
        let noted = scene.history(&case).iter().filter(|line| line.kind == EventKind::RulesSetAside).count();
        assert_eq!((case.booking.occurrences.len(), noted), (2, 1));
        // Nobody waits for others.
        let waits = Dated { wait: true, ..Dated::at(span(DAY, "10:00", "11:00")) };
        let dates = vec![Dated::at(span(DAY, "16:00", "17:00")), waits];
        scene.not_allowed(&Draft { dates, ..scene.draft(scene.reception, scene.robin(), "cedar") });
    }
}

#[test]
fn where_there_is_no_time_left_to_decide_a_manager_decides_and_a_receptionist_cannot() {
    for scene in scenes() {
        let soon = at("2026-11-24 09:30");
        let draft = scene.draft(scene.reception, jo("020 7946 0123"), "cedar");
        let RequestAnswer::Refused(refused) = scene.ask_at(&draft, soon) else { panic!("nobody could decide") };
        assert!(refused[0].1.refusals.contains(&Refusal::NoTimeToDecide));
        let answer = scene.ask_at(&Draft { booked_by: scene.world.manager, ..draft }, soon);
        assert!(matches!(answer, RequestAnswer::Done { confirmed: true, .. }), "{answer:?}");
    }
}

#[test]
fn the_same_form_sent_twice_books_once_for_others_too() {
    for scene in scenes() {
        let draft = scene.draft(scene.reception, scene.robin(), "cedar");
        let case = scene.book(&draft);
        let RequestAnswer::SentBefore(before) = scene.ask(&draft) else { panic!("it was sent before") };
        assert_eq!(before, case.booking.reference);
        assert_eq!(scene.mails().len(), 1);
    }
}
