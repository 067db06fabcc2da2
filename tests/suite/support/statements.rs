//! Listens to what a server asks its database: the text of every statement, as the engine gets it. Not how the engine goes about it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use alcove::store::{Conn, Db, StoreError};
use diesel::Connection;
use diesel::connection::InstrumentationEvent;

/// As many connections as a pool can have; one with more would be noticed, because its statements are still counted.
const READERS: usize = 4;
const WRITERS: usize = 8;

/// Everything that was asked while somebody listened.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<BTreeMap<String, String>>>);

impl Statements {
    /// Listens to every connection of a database. They stop counting for that.
    pub fn of(db: &Db) -> Self {
        let statements = Self::default();
        statements.listen_to_readers(db, READERS).unwrap();
        let writers = if db.url().shown().starts_with("sqlite") { 1 } else { WRITERS };
        statements.listen_to_writers(db, writers).unwrap();
        statements
    }

    /// The statements that read or change rows, each once. Fails when a connection was not listened to.
    pub fn heard(&self, db: &Db) -> Vec<String> {
        let before = db.queries();
        db.read_now(|conn| self.hear(conn)).unwrap();
        assert_eq!(before, db.queries(), "a connection still counts, so it was not listened to");
        self.0.lock().unwrap().values().cloned().collect()
    }

    /// Holds one connection while it asks for the next, so that each gets a turn.
    fn listen_to_readers(&self, db: &Db, left: usize) -> Result<(), StoreError> {
        db.read_now(|conn| {
            self.hear(conn)?;
            if left == 1 { Ok(()) } else { self.listen_to_readers(db, left - 1) }
        })
    }

    fn listen_to_writers(&self, db: &Db, left: usize) -> Result<(), StoreError> {
        db.write_now(|conn| {
            self.hear(conn)?;
            if left == 1 { Ok(()) } else { self.listen_to_writers(db, left - 1) }
        })
    }

    fn hear(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let heard = Arc::clone(&self.0);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                let text = query.to_string();

                let (text, binds) = text.split_once(" -- binds: ").unwrap_or((&text, "[]"));
                heard.lock().unwrap().entry(text.trim().to_owned()).or_insert_with(|| with_values(text.trim(), binds));
            }
        });
        Ok(())
    }
}

/// A statement with its values in their places, as the engine has them before it when it plans. Values may hold what looks like a place.
fn with_values(text: &str, binds: &str) -> String {
    let values: Vec<String> = elements(binds).into_iter().map(literal).collect();
    let (mut done, mut rest, mut nameless) = (String::new(), text, 0_usize);
    while let Some(at) = rest.find(['?', '$']) {
        let (before, mark) = rest.split_at(at);
        let digits = mark.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        let (place, length) = if mark.starts_with('?') {
            nameless += 1;
            (nameless, 1)
        } else {
            (mark[1..=digits].parse().unwrap_or(0), 1 + digits)
        };
        let value = place.checked_sub(1).and_then(|place| values.get(place));
        done = done + before + value.map_or(&mark[..length], String::as_str);
        rest = &mark[length..];
    }
    done + rest
}

/// A value as Rust shows it, as SQL writes it.
fn literal(value: &str) -> String {
    let value = bare(value);
    match value.chars().next() {
        Some('"') => format!("'{}'", value.trim_matches('"').replace('\'', "''")),
        Some('[') => {
            let inner: Vec<&str> = elements(value).into_iter().map(bare).collect();
            format!("'{{{}}}'", inner.join(",").replace('\'', "''"))
        }
        _ => value.to_owned(),
    }
}

/// What is in an `Option`.
fn bare(value: &str) -> &str {
    let inner = value.strip_prefix("Some(").and_then(|inner| inner.strip_suffix(')'));
    if value == "None" { "NULL" } else { inner.unwrap_or(value) }
}

/// The elements of a list as Rust shows it.
fn elements(list: &str) -> Vec<&str> {
    let inner = list.trim().strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or_default();
    let (mut found, mut start, mut depth, mut quoted, mut escaped) = (Vec::new(), 0, 0, false, false);
    for (at, letter) in inner.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '[' | '(' if !quoted => depth += 1,
            ']' | ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                found.push(inner.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.extend(inner.get(start..).map(str::trim).filter(|last| !last.is_empty()));
    found
}
