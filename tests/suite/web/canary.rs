//! The promise of privacy: the words of a confidential booking are looked for in everything that others can open.

use super::matrix::cast::{Cast, Role};
use super::matrix::table::ROWS;
use crate::support::server::servers;
use crate::support::tables::contents;
use crate::support::world::{circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::holder::{Contact, Holder, Reach};
use alcove::domain::rules::Privacy;
use alcove::store::outbox;

const CANARY: &str = "Canaryword group";

#[test]
fn a_confidential_booking_is_busy_everywhere_but_to_its_own_people_and_the_staff() {
    for server in servers() {
        let mailer = mailer();
        let draft = Draft {
            privacy: Privacy::Confidential,
            purpose: CANARY.to_owned(),
            ..server.world.trusted_draft("half-hall", span("2026-11-24", "10:00", "11:00"))
        };
        let answer =
            server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
        let RequestAnswer::Done { reference, .. } = answer else { panic!("{answer:?}") };
        let paths = [
            "/".to_owned(),
            "/sites/hunter-street".to_owned(),
            "/sites/hunter-street/schedule?date=2026-11-24".to_owned(),
            "/sites/hunter-street/half-hall?week=2026-11-24".to_owned(),
            "/sites/hunter-street/hall?week=2026-11-24".to_owned(),
            "/find?kind=group&date=2026-11-24&from=10:00&to=11:00".to_owned(),
            "/find?kind=group&date=2026-11-24".to_owned(),
            "/bookings".to_owned(),
            format!("/bookings/{reference}"),
            format!("/bookings/{reference}.ics"),
            format!("/bookings/{reference}/cancel"),
            format!("/requests/{reference}"),
            "/sites/hunter-street/half-hall/book?date=2026-11-24&from=10:00&to=11:00".to_owned(),
        ];
        for browser in [server.visitor(), server.signed_in(server.world.wren_booker)] {
            for path in &paths {
                let page = browser.get(path);
                assert!(!page.body.contains("Canaryword"), "{path}");
                assert!(!page.body.contains("Robin Trust"), "{path}");
                assert!(!page.body.contains(&reference.to_string()) || path.contains(&reference.to_string()), "{path}");
            }
        }
        for person in [server.world.robin_booker, server.world.manager] {
            let page = server.signed_in(person).get(&paths[2]).must_be(200);
            assert!(page.body.contains("Canaryword"));
        }
        for mail in server.db.read_now(|conn| outbox::whole(conn, None, 50)).unwrap() {
            assert!(!mail.subject.contains("Canaryword") && !mail.calendar.unwrap_or_default().contains("Canaryword"));
        }
    }
}

const NAME: &str = "Canaryname Quill";
const ADDRESS: &str = "canaryaddress@example.org";

#[test]
fn name_and_contact_of_a_person_are_nowhere_but_with_the_staff_and_in_mail_to_them() {
    for server in servers() {
        let mailer = mailer();
        let contact = Contact { name: NAME.to_owned(), reach: Reach::parse(ADDRESS).unwrap() };
        let draft = Draft {
            holder: Holder::Person(contact),
            booked_by: server.world.manager,
            privacy: Privacy::Open,
            purpose: CANARY.to_owned(),
            ..server.world.draft("half-hall", span("2026-11-24", "10:00", "11:00"))
        };
        let answer =
            server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
        let RequestAnswer::Done { reference, .. } = answer else { panic!("{answer:?}") };
        let cast = Cast::new(&server);
        let own = |path: &str| path.replace("{reference}", &reference.to_string());
        let mut paths: Vec<String> =
            ROWS.iter().filter(|row| row.method == "GET").map(|row| cast.path(row.pattern)).collect();
        paths.extend(
            ROWS.iter()
                .filter(|row| row.method == "GET" && row.pattern.contains("{reference}"))
                .map(|row| own(row.pattern)),
        );
        paths.extend(
            ["schedule?date=2026-11-24", "half-hall?week=2026-11-24", "hall?week=2026-11-24"]
                .map(|rest| format!("/sites/hunter-street/{rest}")),
        );
        paths.push(format!("/bookings?reference={reference}"));
        for role in
            [Role::Visitor, Role::Nobody, Role::Volunteer, Role::Booker, Role::Coordinator, Role::Rival, Role::Stranger]
        {
            let session = cast.session(role);
            for path in &paths {
                let page = session.browser.get(path);
                for word in ["Canaryname", "canaryaddress", "Canaryword"] {
                    assert!(!page.body.contains(word), "{word} in {path} for {role:?}");
                }
            }
        }
        for mail in server.db.read_now(|conn| outbox::whole(conn, None, 500)).unwrap() {
            let theirs = mail.to == ADDRESS || mail.to == "manager@alcove.test";
            assert!(theirs || !(mail.text.contains("Canaryname") || mail.text.contains("Canaryword")), "{}", mail.to);
            assert!(!mail.subject.contains("Canary") && !mail.calendar.unwrap_or_default().contains("Canaryname"));
        }
        let lines = contents(&server.db);
        let kept: Vec<_> =
            lines.iter().filter(|line| line.contains("canaryaddress") || line.contains("Canaryname")).collect();
        assert!(kept.iter().all(|line| line.starts_with("booking ") || line.starts_with("outbox ")), "{kept:?}");
        assert!(!kept.is_empty());
    }
}
