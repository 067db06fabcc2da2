//! Blocks: that repeat, that meet bookings, holds and neighbours, and how they are lifted. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, BlockAnswer, BlockDraft, Case, Dated, Draft, RequestAnswer};
use alcove::domain::ids::Reference;
use alcove::domain::nearest::Instead;
use alcove::domain::occurrence::Stage;
use alcove::domain::rendered::MailKind;
use alcove::domain::span::{Instant, Span};
use alcove::enquiry::instead::{self, Lost};
use alcove::store::outbox::WholeMail;
use alcove::store::schema::{offer, proposal, waiting_entry};
use alcove::store::{Db, blocks, occupancies, outbox, sites};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

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

/// The same times on so many days from a Tuesday on, each so many days after the one before.
fn every(days: i64, number: i64, from: &str, to: &str) -> Vec<Span> {
    let first = span("2026-11-24", from, to);
    let later = |at: Instant, place: i64| at.plus_days(days * place);
    (0..number).map(|place| Span::new(later(first.start(), place), later(first.end(), place)).unwrap()).collect()
}

impl Scene {
    fn book(&self, draft: &Draft) -> Reference {
        let mailer = mailer();
        let ask = |conn: &mut _| allocation::request(conn, circumstances(&mailer, now()), draft);
        match self.db.write_now(ask).unwrap() {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        }
    }

    fn series(&self, facility: &str, spans: &[Span]) -> Reference {
        let dates = spans.iter().map(|span| Dated::at(*span)).collect();
        let first = *spans.first().unwrap();
        self.book(&Draft { dates, ..self.world.trusted_draft(facility, first) })
    }

    fn case(&self, reference: &Reference) -> Case {
        self.db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
    }

    fn stages(&self, reference: &Reference) -> Vec<Stage> {
        self.case(reference).booking.occurrences.iter().map(|one| one.state.stage()).collect()
    }

    fn draft(&self, facility: &str, spans: Vec<Span>) -> BlockDraft {
        BlockDraft {
            site: slug("hunter-street"),
            facilities: vec![slug(facility)],
            spans,
            reason: "Alarm test".to_owned(),
            seen: Vec::new(),
            instead: Vec::new(),
        }
    }

    fn block_at(&self, draft: &BlockDraft, now: Instant) -> BlockAnswer {
        let (mailer, actor) = (mailer(), self.world.actor(&self.db, self.world.manager));
        self.db.write_now(|conn| allocation::block(conn, circumstances(&mailer, now), &actor, draft)).unwrap()
    }

    /// Looks at what is in the way, then goes on.
    fn close_at(&self, draft: &BlockDraft, now: Instant) -> BlockAnswer {
        match self.block_at(draft, now) {
            BlockAnswer::WouldDisplace(seen) => self.block_at(&BlockDraft { seen, ..draft.clone() }, now),
            other => other,
        }
    }

    fn coming(&self) -> Vec<blocks::Block> {
        self.db.read_now(|conn| blocks::coming(conn, self.world.site, now())).unwrap()
    }

    fn mails(&self, kind: MailKind) -> Vec<WholeMail> {
        let mails = self.db.read_now(|conn| outbox::whole(conn, None, 500)).unwrap();
        mails.into_iter().filter(|mail| mail.kind == kind).collect()
    }

    fn held(&self, within: Span) -> Vec<Span> {
        let held = self.db.read_now(|conn| {
            let units = allocation::units_of(conn, &slug("hunter-street"), &[])?;
            occupancies::taken(conn, &units, within)
        });
        held.unwrap().into_iter().map(|one| one.span).collect()
    }

    fn run(&self, statement: &str) {
        self.db.write_now(|conn| Ok(conn.batch_execute(statement)?)).unwrap();
    }
}

#[test]
fn a_block_that_repeats_is_a_group_that_is_lifted_whole_or_by_its_dates() {
    for scene in scenes() {
        let weekly = every(7, 12, "09:00", "09:30");
        let answer = scene.close_at(&scene.draft("cedar", weekly.clone()), now());
        let BlockAnswer::Done { block, displaced: 0, cut_short: 0 } = answer else { panic!("{answer:?}") };
        let coming = scene.coming();
        assert_eq!(coming.iter().map(|one| one.span).collect::<Vec<_>>(), weekly);
        assert!(coming[0].id == block && coming.iter().all(|one| one.group == block && one.facilities == ["Cedar"]));
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let lift = |ids: &[_]| {
            let site = slug("hunter-street");
            scene
                .db
                .write_now(|conn| allocation::lift(conn, circumstances(&mailer, now()), &actor, &site, ids))
                .unwrap()
        };
        assert!(lift(&[coming[3].id]) && !lift(&[coming[3].id]));
        assert_eq!(scene.coming().len(), 11);
        assert!(scene.held(weekly[3]).is_empty() && !scene.held(weekly[4]).is_empty());
        let again = scene.block_at(&scene.draft("cedar", weekly.clone()), now());
        let BlockAnswer::InTheWay(closed) = again else { panic!("{again:?}") };
        assert_eq!(closed.len(), 11, "the date that was opened is free to close again");
        let rest: Vec<_> = scene.coming().iter().map(|one| one.id).collect();
        assert!(lift(&rest) && scene.coming().is_empty());
    }
}

#[test]
fn each_booker_is_told_once_however_many_dates_are_displaced() {
    for scene in scenes() {
        let mine = scene.series("cedar", &every(7, 10, "09:00", "10:00"));
        let theirs = scene.book(&scene.world.draft("cedar", span("2026-12-08", "10:00", "11:00")));
        let answer = scene.close_at(&scene.draft("cedar", every(14, 3, "08:00", "12:00")), now());
        assert!(matches!(answer, BlockAnswer::Done { displaced: 4, cut_short: 0, .. }), "{answer:?}");
        let stages = scene.stages(&mine);
        let displaced: Vec<usize> = (0..10).filter(|place| stages[*place] == Stage::Displaced).collect();
        assert_eq!(displaced, [0, 2, 4]);
        assert_eq!(scene.stages(&theirs), [Stage::Displaced]);
        let mails = scene.mails(MailKind::Displaced);
        assert_eq!(mails.len(), 2, "one a booking");
        let to_me = mails.iter().find(|mail| mail.to == "rob@alcove.test").unwrap();
        assert!(to_me.subject.ends_with("has lost its place on 3 dates"), "{}", to_me.subject);
        assert_eq!(to_me.calendar.as_ref().unwrap().matches("BEGIN:VEVENT").count(), 3);
        // Nobody is reminded to decide on what has lost its place.
        let reminders = scene.db.read_now(|conn| outbox::whole(conn, None, 99)).unwrap();
        let asked = reminders.iter().filter(|mail| mail.kind == MailKind::DecisionNeeded);
        assert!(asked.into_iter().all(|mail| mail.state == "dropped"));
    }
}

#[test]
fn what_has_begun_is_cut_short_and_keeps_its_booked_time() {
    for scene in scenes() {
        let mine = scene.book(&scene.world.trusted_draft("tidy-room", span("2026-11-24", "10:00", "11:30")));
        let later = at("2026-11-24 10:40");
        let draft = scene.draft("tidy-room", vec![Span::new(later, at("2026-11-24 15:00")).unwrap()]);
        let answer = scene.block_at(&draft, later);
        assert!(matches!(&answer, BlockAnswer::WouldDisplace(seen) if seen.len() == 1), "not before it was seen");
        let answer = scene.close_at(&draft, later);
        assert!(matches!(answer, BlockAnswer::Done { displaced: 0, cut_short: 1, .. }), "{answer:?}");
        let one = scene.case(&mine).booking.occurrences.remove(0);
        assert_eq!((one.state.stage(), one.ended_at), (Stage::Confirmed, Some(later)));
        assert_eq!(one.session, span("2026-11-24", "10:00", "11:30"), "the booked span stays");
        let held = scene.held(span("2026-11-24", "08:00", "20:00"));
        assert_eq!(held, [span("2026-11-24", "09:45", "10:40"), span("2026-11-24", "10:40", "15:00")]);
        let mails = scene.mails(MailKind::Changed);
        assert!(mails.len() == 1 && mails[0].subject.ends_with("has to end at 10:40am"), "{mails:?}");
    }
}

#[test]
fn tidying_after_a_session_that_is_over_is_cut_without_a_word() {
    for scene in scenes() {
        let mine = scene.book(&scene.world.trusted_draft("tidy-room", span("2026-11-24", "10:00", "11:30")));
        let later = at("2026-11-24 11:35");
        let draft = scene.draft("tidy-room", vec![Span::new(later, at("2026-11-24 15:00")).unwrap()]);
        let answer = scene.close_at(&draft, later);
        assert!(matches!(answer, BlockAnswer::Done { displaced: 0, cut_short: 0, .. }), "{answer:?}");
        assert_eq!(scene.case(&mine).booking.occurrences[0].ended_at, None);
        assert!(scene.mails(MailKind::Changed).is_empty() && scene.mails(MailKind::Displaced).is_empty());
    }
}

#[test]
fn a_neighbour_that_shared_an_edge_gets_its_set_up_back_only_up_to_the_block() {
    for scene in scenes() {
        let first = scene.book(&scene.world.trusted_draft("tidy-room", span("2026-11-24", "09:00", "10:30")));
        let second = scene.book(&scene.world.trusted_draft("tidy-room", span("2026-11-24", "10:30", "12:00")));
        let answer = scene.close_at(&scene.draft("tidy-room", vec![span("2026-11-24", "09:00", "10:20")]), now());
        assert!(matches!(answer, BlockAnswer::Done { displaced: 1, .. }), "{answer:?}");
        assert_eq!((scene.stages(&first), scene.stages(&second)), (vec![Stage::Displaced], vec![Stage::Confirmed]));
        let held = scene.held(span("2026-11-24", "08:00", "20:00"));
        assert_eq!(held, [span("2026-11-24", "09:00", "10:20"), span("2026-11-24", "10:20", "12:15")]);
    }
}

/// An offer and a proposal as another act would have made them, each holding Cedar for an hour.
fn holds(scene: &Scene) {
    let reference = scene.book(&scene.world.trusted_draft("cedar", span("2026-11-26", "09:00", "10:00")));
    let one = scene.case(&reference).booking.occurrences.remove(0);
    let (wren, person) = (scene.world.wren.row(), scene.world.wren_booker.row());
    let (facility, site) = (one.facility.row(), scene.world.site.row());
    let unit = format!("(SELECT unit_id FROM facility_unit WHERE facility_id = {facility})");
    let seconds = |text: &str| at(text).seconds();
    let (a, b, c, until) = (
        seconds("2026-11-24 09:00"),
        seconds("2026-11-24 10:00"),
        seconds("2026-11-24 11:00"),
        seconds("2026-11-23 09:00"),
    );
    scene.run(&format!(
        "INSERT INTO waiting_entry (id, reference, site_id, facility_id, organisation_id, person_id, starts_at, ends_at, \
         units_wanted, purpose, note, people, privacy, class, joined_at, state) VALUES (1, '7K2M94QT', {site}, {facility}, \
         {wren}, {person}, {a}, {b}, 'whole', 'Group', '', 2, 'organisation', 'charity', 0, 'offered'); \
         INSERT INTO offer (id, entry_id, made_at, until, state) VALUES (1, 1, 0, {until}, 'open'); \
         INSERT INTO proposal (id, occurrence_id, facility_id, starts_at, ends_at, occupied_from, occupied_to, units_wanted, \
         asked_at, until, state) VALUES (1, {}, {facility}, {b}, {c}, {b}, {c}, 'whole', 0, {until}, 'waiting'); \
         INSERT INTO occupancy (unit_id, starts_at, ends_at, is_long, offer_id, void_at) VALUES ({unit}, {a}, {b}, false, 1, {until}); \
         INSERT INTO occupancy (unit_id, starts_at, ends_at, is_long, proposal_id, void_at) VALUES ({unit}, {b}, {c}, false, 1, {until});",
        one.id.row()
    ));
}

#[test]
fn what_is_only_held_for_somebody_is_no_reason_to_refuse() {
    for scene in scenes() {
        for (place, when) in ["2026-11-20 09:00", "2026-11-23 10:00"].into_iter().enumerate() {
            // The second time the holds have run out, and still their places have to be given back.
            if place == 1 {
                scene.run("DELETE FROM occupancy; DELETE FROM proposal; DELETE FROM offer; DELETE FROM waiting_entry;");
            }
            holds(&scene);
            let spans = vec![span("2026-11-24", "08:00", "12:00")];
            let answer = scene.close_at(&scene.draft("cedar", spans.clone()), at(when));
            assert!(matches!(answer, BlockAnswer::Done { displaced: 0, .. }), "{answer:?}");
            assert_eq!(scene.held(spans[0]), spans);
            let ended = scene.db.read_now(|conn| {
                let offers = offer::table.filter(offer::state.eq("lapsed")).count().get_result::<i64>(conn)?;
                let proposals = proposal::table.filter(proposal::state.eq("lapsed")).count().get_result::<i64>(conn)?;
                let waiting = waiting_entry::table.filter(waiting_entry::state.eq("waiting"));
                Ok((offers, proposals, waiting.count().get_result::<i64>(conn)?))
            });
            // Who was offered the place waits again, but for whom the offer had run out before.
            let again = i64::from(place == 0);
            assert_eq!(ended.unwrap(), (1, 1, again));
        }
    }
}

#[test]
fn no_place_is_the_first_suggestion_of_two() {
    for scene in scenes() {
        let day = "2026-11-24";
        let mine: Vec<_> = (9..14)
            .map(|hour| {
                let session = span(day, &format!("{hour:02}:00"), &format!("{:02}:00", hour + 1));
                (scene.book(&scene.world.trusted_draft("open-room", session)), session)
            })
            .collect();
        let closing = [span(day, "08:00", "14:00")];
        let look = scene.db.read_now(|conn| {
            let site = sites::by_id(conn, scene.world.site)?.unwrap();
            let units = allocation::units_of(conn, &site.slug, &[slug("open-room")])?;
            let lost: Vec<Lost> = mine
                .iter()
                .map(|(reference, session)| {
                    let one = scene.case(reference).booking.occurrences.remove(0);
                    Lost {
                        occurrence: one.id,
                        facility: slug("open-room"),
                        session: *session,
                        wanted: one.wanted,
                        people: 2,
                        organisation: Some(scene.world.robin),
                    }
                })
                .collect();
            instead::look(conn, &site, (&units, &closing), &lost, now())
        });
        let found = look.unwrap();
        let firsts: Vec<&Instead> = found.iter().map(|(_, places)| &places[0]).collect();
        for (place, first) in firsts.iter().enumerate() {
            let clash = firsts[place + 1..]
                .iter()
                .any(|other| other.facility == first.facility && other.session.overlaps(first.session));
            assert!(!clash, "{firsts:?}");
            assert!(first.facility.as_str() != "open-room" || !first.session.overlaps(closing[0]), "{first:?}");
        }
        assert!(found.iter().all(|(_, places)| 1 < places.len() && places.len() <= 3));
    }
}

#[test]
fn a_hundred_dates_are_displaced_in_few_statements() {
    for scene in scenes() {
        let mine = scene.series("cedar", &every(1, 100, "09:00", "10:00"));
        let draft = scene.draft("cedar", every(1, 100, "08:00", "12:00"));
        let BlockAnswer::WouldDisplace(seen) = scene.block_at(&draft, now()) else { panic!("not shown first") };
        let draft = BlockDraft { seen, ..draft };
        let before = scene.db.queries();
        let answer = scene.block_at(&draft, now());
        assert!(matches!(answer, BlockAnswer::Done { displaced: 100, .. }), "{answer:?}");
        let statements = scene.db.queries() - before;
        assert!(scene.stages(&mine).iter().all(|stage| *stage == Stage::Displaced));
        assert_eq!(scene.mails(MailKind::Displaced).len(), 1);
        // One engine writes many rows in one statement; the other writes rows of occupancies, blocks and history singly.
        let most = if scene.db.url().shown().starts_with("sqlite") { 330 } else { 30 };
        assert!(statements <= most, "{statements} statements on {}", scene.db.url().shown());
    }
}
