//! The race: 32 clients with sessions of their own ask for the same slot at once, 30 rounds. One wins each round; the rest get 409 with what is near.

use std::sync::{Arc, Barrier};

use crate::support::server::servers;
use crate::support::world::span;
use alcove::chance::Chance;
use alcove::domain::occurrence::Stage;
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
