//! The races: clients with sessions of their own want the same slot at once. One wins each round; nobody sees a fault.

use std::sync::{Arc, Barrier};

use crate::support::server::servers;
use crate::support::world::{now, span};
use alcove::chance::Chance;
use alcove::domain::occurrence::Stage;
use alcove::store::blocks;
use alcove::store::occurrences::{self, ListFilter};

const CLIENTS: usize = 32;
const ROUNDS: usize = 30;

#[test]
fn of_32_clients_one_books_each_round_and_nobody_sees_a_fault() {
    for server in servers() {
        let barrier = Arc::new(Barrier::new(CLIENTS));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let browser = server.signed_in(server.world.robin_booker);
                let token = browser
                    .get("/sites/hunter-street/cedar/book")
                    .must_be(200)
                    .attr("input[name=csrf]", "value")
                    .unwrap();
                let barrier = Arc::clone(&barrier);
                std::thread::spawn(move || {
                    (0..ROUNDS)
                        .map(|round| {
                            let (day, hour) = (1 + round / 10, 8 + round % 10);
                            let slot = span(
                                &format!("2026-12-{day:02}"),
                                &format!("{hour:02}:00"),
                                &format!("{:02}:00", hour + 1),
                            );
                            let (from, to) = (slot.start().seconds().to_string(), slot.end().seconds().to_string());
                            let nonce = Chance.token();
                            barrier.wait();
                            let page = browser.post(
                                "/sites/hunter-street/cedar/book",
                                &[
                                    ("csrf", &token),
                                    ("nonce", nonce.reveal()),
                                    ("from", &from),
                                    ("to", &to),
                                    ("organisation", "robin-trust"),
                                    ("purpose", "Group"),
                                    ("people", "2"),
                                    ("privacy", "organisation"),
                                    ("step", "yes"),
                                ],
                            );
                            (page.status, page.status != 409 || page.has("button[name=choose]"))
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let answers: Vec<Vec<(u16, bool)>> = clients.into_iter().map(|client| client.join().unwrap()).collect();
        for round in 0..ROUNDS {
            let of_round: Vec<(u16, bool)> = answers.iter().map(|client| client[round]).collect();
            let count = |status: u16| of_round.iter().filter(|(one, _)| *one == status).count();
            assert_eq!((count(303), count(409)), (1, CLIENTS - 1), "round {round} on {}: {of_round:?}", server.engine);
            assert!(of_round.iter().all(|(_, has_alternatives)| *has_alternatives), "round {round}");
        }
        let booked = server.db.read_now(|conn| occurrences::list(conn, &ListFilter::default())).unwrap();
        assert_eq!(booked.iter().filter(|line| line.stage == Stage::Confirmed).count(), ROUNDS);
    }
}

/// Half of the clients close the hour that the other half asks for.
#[test]
fn of_a_closure_and_a_request_for_the_same_hour_one_wins_and_nobody_sees_a_fault() {
    const EACH: usize = 8;
    const HOURS: usize = 20;
    for server in servers() {
        let barrier = Arc::new(Barrier::new(2 * EACH));
        let clients: Vec<_> = (0..2 * EACH)
            .map(|client| {
                let closes = client % 2 == 0;
                let person = if closes { server.world.manager } else { server.world.robin_booker };
                let path =
                    if closes { "/manage/sites/hunter-street/closures" } else { "/sites/hunter-street/cedar/book" };
                let browser = server.signed_in(person);
                let token = browser.get(path).must_be(200).attr("input[name=csrf]", "value").unwrap();
                let barrier = Arc::clone(&barrier);
                std::thread::spawn(move || {
                    let slot = |round: usize| (format!("2026-12-{:02}", 1 + round / 10), 8 + round % 10);
                    (0..HOURS)
                        .map(|round| {
                            let (date, hour) = slot(round);
                            let (from, to) = (format!("{hour:02}:00"), format!("{:02}:00", hour + 1));
                            let session = span(&date, &from, &to);
                            let (start, end) =
                                (session.start().seconds().to_string(), session.end().seconds().to_string());
                            let nonce = Chance.token();
                            let fields: Vec<(&str, &str)> = if closes {
                                vec![
                                    ("csrf", &token),
                                    ("scope", "some"),
                                    ("facility", "cedar"),
                                    ("from_date", &date),
                                    ("from_time", &from),
                                    ("to_date", &date),
                                    ("to_time", &to),
                                    ("reason", "Alarm test"),
                                    ("step", "close"),
                                ]
                            } else {
                                vec![
                                    ("csrf", &token),
                                    ("nonce", nonce.reveal()),
                                    ("from", &start),
                                    ("to", &end),
                                    ("organisation", "robin-trust"),
                                    ("purpose", "Group"),
                                    ("people", "2"),
                                    ("privacy", "organisation"),
                                    ("step", "yes"),
                                ]
                            };
                            barrier.wait();
                            browser.post(path, &fields).status
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let answers: Vec<Vec<u16>> = clients.into_iter().map(|client| client.join().unwrap()).collect();
        for round in 0..HOURS {
            let of_round: Vec<u16> = answers.iter().map(|client| client[round]).collect();
            let done = of_round.iter().filter(|status| **status == 303).count();
            assert_eq!(done, 1, "round {round} on {}: {of_round:?}", server.engine);
            // Who closes is shown the booking that came first; who asks is told that it is closed, or just taken.
            assert!(of_round.iter().all(|status| [200, 303, 409, 422].contains(status)), "{of_round:?}");
        }
        let booked = server.db.read_now(|conn| occurrences::list(conn, &ListFilter::default())).unwrap().len();
        let closed = server.db.read_now(|conn| blocks::coming(conn, server.world.site, now())).unwrap().len();
        assert_eq!(booked + closed, HOURS, "{booked} booked and {closed} closed on {}", server.engine);
    }
}
