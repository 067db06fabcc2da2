//! Who gets what: every route of the program, for each role, with objects of their own, of others and of nobody. Not what the pages say.

pub mod cast;
mod objects;
mod routes;
mod smuggled;
pub mod table;
pub mod told;

use std::collections::BTreeSet;

use crate::support::browser::Page;
use crate::support::server::servers;
use crate::support::tables::contents;
use cast::{Cast, Role, Session};
use table::{ROWS, Row};

#[test]
fn the_table_has_every_route_of_the_program_and_no_other() {
    let there = routes::declared();
    let table: BTreeSet<_> = ROWS.iter().map(|row| (row.method.to_owned(), row.pattern.to_owned())).collect();
    assert_eq!(table.len(), ROWS.len(), "a row stands twice");
    let (missing, gone): (Vec<_>, Vec<_>) = (there.difference(&table).collect(), table.difference(&there).collect());
    assert!(missing.is_empty() && gone.is_empty(), "missing from the table: {missing:?}; not in the program: {gone:?}");
}

#[test]
fn visitors_get_what_is_public_and_are_led_to_sign_in_for_the_rest() {
    walk(&[Role::Visitor, Role::Nobody]);
}

#[test]
fn members_get_what_is_of_their_own_organisation() {
    walk(&[Role::Volunteer, Role::Booker, Role::Coordinator, Role::Rival]);
}

#[test]
fn staff_get_what_is_of_their_own_site() {
    walk(&[Role::Receptionist, Role::Manager, Role::Stranger]);
}

#[test]
fn administrators_get_everything_that_is_there() {
    walk(&[Role::Administrator]);
}

/// Goes through the whole table with each role, on each engine, and reports every answer that is not as the table says.
fn walk(roles: &[Role]) {
    let mut wrong = Vec::new();
    for role in roles {
        for server in servers() {
            let cast = Cast::new(&server);
            let mut walk = Walk { cast: &cast, role: *role, engine: server.engine, wrong: &mut wrong };
            let (session, admin) = (cast.session(*role), cast.session(Role::Administrator));
            let mut before = contents(&server.db);
            for row in ROWS {
                walk.look(row, &session, &admin);
                // That somebody tried another's link is a line of history by itself.
                let mut after = contents(&server.db);
                after.retain(|line| !line.contains("link_refused"));
                if after != before {
                    let lines: Vec<_> = after.symmetric_difference(&before).collect();
                    walk.wrong.push(format!("{} {} as {role:?} wrote {lines:?}", row.method, row.pattern));
                }
                before = after;
            }
            for row in ROWS.iter().filter(|row| row.is_act(*role)) {
                // A session of its own, because some acts end it or sign somebody else in.
                let (session, admin) = (cast.session(*role), cast.session(Role::Administrator));
                let page = session.post(&cast.path(row.pattern), &cast.fields(row, *role, &admin));
                walk.expect(row, &page, &[row.letter(*role)], "acting");
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers are not as the table says:\n{}", wrong.len(), wrong.join("\n"));
}

struct Walk<'a> {
    cast: &'a Cast<'a>,
    role: Role,
    engine: &'static str,
    wrong: &'a mut Vec<String>,
}

impl Walk<'_> {
    /// Everything about a row that must not change anything: pages, refusals, objects that are not there, and forms without a token.
    fn look(&mut self, row: &Row, session: &Session, admin: &Session) {
        let (letter, path) = (row.letter(self.role), self.cast.path(row.pattern));
        let astray = match letter {
            's' => 's',
            // A calendar, and a screen beside a door, is told no more than that there is nothing.
            _ if row.pattern.contains("{token}")
                && !row.pattern.ends_with(".ics")
                && !row.pattern.starts_with("/door/") =>
            {
                'g'
            }
            _ => 'n',
        };
        if row.method == "GET" {
            self.expect(row, &session.browser.get(&path), &[letter], "looking");
            for path in self.cast.astray(row.pattern) {
                self.expect(row, &session.browser.get(&path), &[astray], "looking astray");
            }
            return;
        }
        let fields = self.cast.fields(row, self.role, admin);
        if !row.is_act(self.role) {
            self.expect(row, &session.post(&path, &fields), &[letter], "trying");
        }
        for path in self.cast.astray(row.pattern) {
            self.expect(row, &session.post(&path, &fields), &[astray], "acting astray");
        }
        // Whom the page does not exist for may learn that before the token is looked at.
        let forged: &[char] = if ['s', 'n'].contains(&letter) { &['x', letter] } else { &['x'] };
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.expect(row, &session.browser.post(&path, &fields), forged, "acting without a token");
        let fields = [fields.as_slice(), &[("csrf", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]].concat();
        self.expect(row, &session.browser.post(&path, &fields), forged, "acting with another's token");
    }

    fn expect(&mut self, row: &Row, page: &Page, letters: &[char], how: &str) {
        let had = letter_of(page);
        if !letters.contains(&had) {
            let (role, engine, method) = (self.role, self.engine, row.method);
            self.wrong.push(format!(
                "{method} {} as {role:?} on {engine}, {how}: {} ({had}), not {letters:?}",
                page.path, page.status
            ));
        }
    }
}

/// The letter of an answer, as the table has them; `x` for a form that is refused as forged.
fn letter_of(page: &Page) -> char {
    let signs_in = page.location().is_some_and(|location| location.starts_with("/sign-in?next="));
    match page.status {
        200 => 'p',
        303 if signs_in => 's',
        301 | 303 => 'd',
        403 => 'x',
        404 => 'n',
        409 => 'c',
        410 => 'g',
        422 => 'f',
        _ => '?',
    }
}
