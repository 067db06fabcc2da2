//! Files out of one database and into another: what comes out of the second is what came out of the first; and what is refused, by line.

use crate::support::engines::engines;
use crate::support::tables::contents;
use crate::support::world::{self, World, circumstances, mailer, now, span};
use alcove::allocation::{self, Dated, Draft, GiveUp, ImportReport, Importer, RequestAnswer};
use alcove::chance::Chance;
use alcove::domain::availability::Wanted;
use alcove::domain::history::EventKind;
use alcove::domain::holder::{Contact, Holder, Reach};
use alcove::domain::ids::{BookingId, Reference};
use alcove::domain::occurrence::Stage;
use alcove::domain::rules::Privacy;
use alcove::domain::tables::bookings::BookingLine;
use alcove::domain::tables::facilities::FacilityLine;
use alcove::domain::tables::organisations::OrganisationLine;
use alcove::domain::tables::people::PersonLine;
use alcove::domain::tables::sites::SiteLine;
use alcove::domain::tables::{TableKind, write};
use alcove::enquiry::tables;
use alcove::store::{Conn, Db, StoreError, bookings, events, occupancies, outbox};

pub const EVERYTHING: Importer = Importer { person: None, sites: None, tells: false };

fn exported(db: &Db, kind: TableKind) -> String {
    let cells = |conn: &mut Conn| -> Result<Vec<Vec<String>>, StoreError> {
        Ok(match kind {
            TableKind::Sites => tables::site_lines(conn, None)?.iter().map(SiteLine::cells).collect(),
            TableKind::Facilities => tables::facility_lines(conn, None)?.iter().map(FacilityLine::cells).collect(),
            TableKind::Organisations => tables::organisation_lines(conn)?.iter().map(OrganisationLine::cells).collect(),
            TableKind::People => tables::person_lines(conn)?.iter().map(PersonLine::cells).collect(),
            TableKind::Bookings => {
                tables::booking_lines(conn, None, BookingId::new(0))?.0.iter().map(BookingLine::cells).collect()
            }
        })
    };
    write(kind, db.read_now(cells).unwrap(), true)
}

fn import(db: &Db, importer: &Importer, kind: TableKind, file: &str) -> ImportReport {
    let mailer = mailer();
    let report = |conn: &mut Conn| {
        allocation::import_file(conn, circumstances(&mailer, now()), importer, (kind, file.as_bytes()))
    };
    db.write_now(report).unwrap()
}

fn ask(db: &Db, draft: &Draft) -> Reference {
    let mailer = mailer();
    let answer = db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft)).unwrap();
    match answer {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

/// Bookings in several states, by an organisation, a person and the site, with parts of a kitchen and text that is hard to keep.
fn busy(db: &Db, world: &World) {
    let day = |date: &str, from: &str, to: &str| Dated::at(span(date, from, to));
    let two = vec![day("2026-11-24", "10:00", "11:00"), day("2026-12-01", "10:00", "11:00")];
    let robin = world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00"));
    ask(db, &Draft { dates: two, purpose: "=SUM(1)".to_owned(), note: "a, \"b\"\n-c".to_owned(), ..robin.clone() });
    ask(db, &world.draft("hall", span("2026-11-25", "10:00", "12:00")));
    ask(db, &Draft { wanted: Wanted::Any(2), ..world.trusted_draft("kitchen", span("2026-11-24", "10:00", "12:00")) });
    ask(db, &Draft { wanted: Wanted::Any(1), ..world.trusted_draft("kitchen", span("2026-11-24", "11:00", "13:00")) });
    let contact = Contact { name: "Jo Marsh".to_owned(), reach: Reach::parse("+44 20 7946 0123").unwrap() };
    let staff = Draft { booked_by: world.manager, ..world.draft("tidy-room", span("2026-11-26", "10:00", "11:00")) };
    ask(db, &Draft { holder: Holder::Person(contact), privacy: Privacy::Open, ..staff.clone() });
    let nonce = || Chance.token().reveal().to_owned();
    let site =
        Draft { holder: Holder::Site, dates: vec![day("2026-11-27", "19:00", "20:00")], nonce: nonce(), ..staff };
    ask(db, &site);
    let gone = ask(db, &Draft { dates: vec![day("2026-11-28", "10:00", "11:00")], nonce: nonce(), ..robin });
    let (mailer, actor) = (mailer(), world.actor(db, world.robin_booker));
    let all = GiveUp::all("");
    let cancel = |conn: &mut Conn| allocation::cancel(conn, circumstances(&mailer, now()), &actor, (&gone, 1), &all);
    db.write_now(cancel).unwrap();
}

#[test]
fn everything_that_goes_out_comes_in_again_and_goes_out_the_same() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        busy(&db, &world);
        let other =
            engines().into_iter().find(|one| one.url.split(':').next() == database.url.split(':').next()).unwrap();
        let fresh = other.open();
        for kind in TableKind::ALL {
            let file = exported(&db, kind);
            let report = import(&fresh, &EVERYTHING, kind, &file);
            assert_eq!(report.problems, [], "{kind:?}");
            assert_eq!(exported(&fresh, kind), file, "{kind:?}");
            assert!(0 < report.new && report.there == 0, "{kind:?}");
        }
        let bookings_file = exported(&db, TableKind::Bookings);
        assert!(bookings_file.contains("'=SUM(1)") && bookings_file.contains("'+44 20 7946 0123"), "{bookings_file}");
        for stage in ["confirmed", "requested", "cancelled"] {
            assert!(bookings_file.contains(stage), "{stage}");
        }
        // Once more, what is there is left alone, and bookings are not made twice.
        for kind in [TableKind::Sites, TableKind::Facilities, TableKind::Organisations, TableKind::People] {
            let report = import(&fresh, &EVERYTHING, kind, &exported(&db, kind));
            assert_eq!((report.problems.len(), report.new), (0, 0), "{kind:?}");
        }
        let again = import(&fresh, &EVERYTHING, TableKind::Bookings, &bookings_file);
        assert!(again.problems.iter().any(|one| one.words.contains("is there already")), "{:?}", again.problems);
        assert_eq!(fresh.read_now(outbox::waiting).unwrap().0, 0, "nobody is written to");
    }
}

const HEAD: &str = "booking,site,facility,date,from,to,units,organisation,person,contact,purpose,people,state\n";

#[test]
fn bookings_out_of_a_file_take_their_places_and_say_where_they_came_from() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        // Past and to come, beyond hours and horizon, two dates of one booking across a new year, and one that holds nothing.
        let file = format!(
            "{HEAD}A,hunter-street,cedar,2025-12-31,23:00,25:00,,wren-support,,,Night watch,2,\n\
             A,hunter-street,cedar,2029-01-01,10:00,11:00,,wren-support,,,Night watch,2,\n\
             ,hunter-street,kitchen,2026-11-24,10:00,12:00,Bench 3; Bench 4,,Jo Marsh,020 7946 0123,Cooking,2,confirmed\n\
             ,hunter-street,cedar,2026-11-24,10:00,11:00,,wren-support,,,Gone,2,cancelled\n\
             7K2M-94QT,hunter-street,cedar,2026-11-24,10:00,11:00,,wren-support,,,Group,2,\n\
             ,hunter-street,hall,2026-11-24,10:00,11:00,,wren-support,,,To decide,2,requested\n"
        );
        let importer = Importer { person: Some(world.manager), sites: Some(vec![world.site]), tells: true };
        let look = db
            .read_now(|conn| allocation::look_at_file(conn, now(), &importer, (TableKind::Bookings, file.as_bytes())))
            .unwrap();
        assert_eq!((look.problems.as_slice(), look.new, look.dates), ([].as_slice(), 5, 6));
        let report = import(&db, &importer, TableKind::Bookings, &file);
        assert_eq!(report, look);
        let kept = Reference::parse("7K2M-94QT").unwrap();
        let booking = db.read_now(|conn| bookings::by_reference(conn, &kept)).unwrap().unwrap();
        assert_eq!(booking.stage(), Stage::Confirmed);
        let (first, all) = db
            .read_now(|conn| {
                let ids = alcove::store::exports::bookings_after(conn, None, BookingId::new(0), 10)?;
                Ok((bookings::by_id(conn, ids[0])?.unwrap(), bookings::by_ids(conn, &ids)?))
            })
            .unwrap();
        assert_eq!(first.occurrences.iter().map(|one| one.ordinal).collect::<Vec<_>>(), [1, 2]);
        let ids: Vec<_> = all.iter().flat_map(|one| &one.occurrences).map(|one| one.id).collect();
        let held = db.read_now(|conn| occupancies::of_occurrences(conn, &ids)).unwrap();
        // Two nights, two benches, the group, and both halves of the hall; nothing for what was cancelled.
        assert_eq!(held.len(), 2 + 2 + 1 + 2);
        let history = db.read_now(|conn| events::of_booking(conn, booking.id)).unwrap();
        assert_eq!(history.iter().map(|line| line.kind).collect::<Vec<_>>(), [EventKind::Imported]);
        // Those of what is still to come are told, because it was wanted: the two bookings of the organisation.
        let mails = db.read_now(|conn| outbox::whole(conn, None, 50)).unwrap();
        assert!(mails.iter().any(|mail| mail.subject.contains("7K2M-94QT")), "{}", mails.len());
        assert!(mails.iter().all(|mail| !mail.text.contains("Gone")));
    }
}

#[test]
fn every_line_that_cannot_be_is_named_and_nothing_is_written() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        ask(&db, &world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00")));
        let line = |rest: &str| format!(",hunter-street,{rest}\n");
        let file = [
            HEAD.to_owned(),
            line("cedar,2026-11-24,10:30,11:30,,wren-support,,,Taken,2,"),
            line("hall,2026-11-24,10:00,12:00,,wren-support,,,First,2,"),
            line("half-hall,2026-11-24,11:00,13:00,,wren-support,,,Second,2,"),
            line("cedar,2026-11-25,10:00,11:00,,wren-support,,,Crowd,500,"),
            line("nowhere,2026-11-25,10:00,11:00,,wren-support,,,x,2,"),
            line("cedar,2026-11-26,10:00,11:00,,heron,,,x,2,"),
            line("cedar,2026-11-26,12:00,11:00,,wren-support,,,x,2,"),
            line("cedar,2027-03-28,01:30,02:30,,wren-support,,,x,2,"),
            line("kitchen,2026-11-26,12:00,13:00,Bench 9,wren-support,,,x,2,"),
            "A,hunter-street,cedar,2026-11-27,10:00,11:00,,wren-support,,,One,2,\n".to_owned(),
            "A,hunter-street,cedar,2026-11-28,10:00,11:00,,wren-support,,,Other,2,\n".to_owned(),
            line("cedar,2026-11-29,10:00,11:00,,wren-support,,,a\u{202e}b,2,perhaps"),
            line("cedar,2020-11-29,10:00,11:00,,wren-support,,,Late,2,requested"),
        ]
        .concat();
        let before = contents(&db);
        let report = import(&db, &EVERYTHING, TableKind::Bookings, &file);
        let said = |line: u64| -> String {
            let own = report.problems.iter().filter(|one| one.line == Some(line));
            own.map(|one| format!("{}: {}; ", one.column.unwrap_or_default(), one.words)).collect()
        };
        for (line, words) in [
            (2, "from: Cedar is not free then. It is taken until"),
            (4, "from: Half hall is not free then: line 3 of this file has it"),
            (5, "people: "),
            (6, "facility: “hunter-street” has no space “nowhere”"),
            (7, "organisation: There is no organisation “heron”"),
            (8, "to: Enter an end after the start"),
            (9, "from: There is no such time on that date"),
            (10, "units: Kitchen has these parts: Bench 1; Bench 2"),
            (12, "purpose: It is of the same booking as line 11"),
            (13, "state: Enter one of"),
            (13, "purpose: Type this again: it holds hidden characters"),
            (14, "state: There is no time left to decide"),
        ] {
            assert!(said(line).contains(words), "line {line}: {} not {words}", said(line));
        }
        assert!(said(3).is_empty() && said(11).is_empty());
        assert_eq!(contents(&db), before);
        // Somebody who manages another site only has no such site.
        let stranger = Importer { sites: Some(vec![]), ..EVERYTHING };
        let file = format!("{HEAD}{}", line("cedar,2026-12-24,10:30,11:30,,wren-support,,,x,2,"));
        assert!(import(&db, &stranger, TableKind::Bookings, &file).problems[0].words.contains("that you manage"));
        let people = import(&db, &stranger, TableKind::People, "email,name\na@example.org,Ada\n");
        assert_eq!(people.problems[0].words, "Only an administrator imports such a file");
    }
}

#[test]
fn places_and_parties_that_do_not_fit_are_named() {
    for database in engines() {
        let db = database.open();
        world::build(&db, None);
        let before = contents(&db);
        for (kind, file, words) in [
            (
                TableKind::Sites,
                "site,name,street,town,postcode\nnew,New,1 High Street,Leeds,LS1\n",
                "a word of the program’s own",
            ),
            (
                TableKind::Sites,
                "name,street,town,postcode\nHunter Street,x,y,z\nHunter Street,x,y,z\n",
                "The same stands in line 2",
            ),
            (
                TableKind::Sites,
                "site,name,street,town,postcode\nhunter-street,Hunter,x,y,z\n",
                "A site of that name is there already",
            ),
            (TableKind::Facilities, "site,name,kind\nnowhere,Room,group\n", "There is no site “nowhere”"),
            (TableKind::Facilities, "site,name,kind\nhunter-street,Room,hall\n", "“hall” is none of them"),
            (
                TableKind::Facilities,
                "site,name,kind,shortest_minutes,longest_minutes\nhunter-street,Room,group,120,60\n",
                "do not go together",
            ),
            (
                TableKind::Facilities,
                "site,name,kind,fallback\nhunter-street,Garden,outdoor,barn\n",
                "“barn” is no space of that site",
            ),
            (
                TableKind::Organisations,
                "name,register,charity_number,class\nHeron,england_wales,12,charity\n",
                "Enter 6 or 7 digits",
            ),
            (
                TableKind::Organisations,
                "name,register,class,trusted_at\nHeron,none,charity,barn\n",
                "There is no site “barn”",
            ),
            (
                TableKind::People,
                "email,name,sites\na@example.org,Ada,hunter-street: boss\n",
                "with one of manager, receptionist",
            ),
            (
                TableKind::People,
                "email,name,organisations\na@example.org,Ada,heron: booker\n",
                "There is none called “heron”",
            ),
            (TableKind::People, "email,name\nrob@alcove.test,Robert\n", "Somebody with that address is there already"),
        ] {
            let report = import(&db, &EVERYTHING, kind, file);
            assert!(report.problems.iter().any(|one| one.words.contains(words)), "{words}: {:?}", report.problems);
            assert_eq!(contents(&db), before, "{file}");
        }
        // Whoever is imported and told gets a link to a first password.
        let tells = Importer { tells: true, ..EVERYTHING };
        let report =
            import(&db, &tells, TableKind::People, "email,name,sites\nada@example.org,Ada,hunter-street: manager\n");
        assert_eq!((report.problems.len(), report.new), (0, 1));
        let mails = db.read_now(|conn| outbox::whole(conn, None, 50)).unwrap();
        assert!(
            mails.len() == 1 && mails[0].to == "ada@example.org" && mails[0].text.contains("/reset-password/"),
            "{:?}",
            mails[0].text
        );
    }
}
