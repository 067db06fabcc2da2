//! The promise of privacy: the words of a confidential booking are looked for in everything that others can open.

use crate::support::server::servers;
use crate::support::world::{circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, RequestAnswer};
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
