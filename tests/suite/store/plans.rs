//! How each engine goes about the program's own statements: none may read a table through that grows with the years. Not how long that takes.
//!
//! The statements are those that a server sends while people and chores go about everything. They are planned with their values in a database
//! with many rows, because an engine chooses by both.

use crate::support::engines::{TestDatabase, engines, sqlite};
use crate::support::server::{Server, servers};
use crate::support::statements::Statements;
use crate::support::world::now;
use crate::web::matrix::cast::{Cast, Role};
use crate::web::matrix::table::ROWS;
use alcove::demo;
use alcove::store::outbox::{self, MailEnd};
use alcove::store::{Conn, Db, StoreError, engine};
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;

/// Tables that grow with the years. The others hold what an estate has, or are purged.
const LARGE: [&str; 5] = ["occupancy", "occurrence", "booking", "event", "outbox"];
/// Indexes of what waits or failed, which is little; reading one of them whole is reading what was asked for.
const OF_THE_FEW: [&str; 4] = ["occurrence_until", "occurrence_waiting", "outbox_queue", "outbox_failed"];
const OCCURRENCES: i64 = 20_000;

#[test]
fn no_statement_of_the_program_reads_a_large_table_through() {
    for server in servers() {
        let asked = asked(&server);
        let (_database, db) = with_many_rows(server.engine);
        let mut wrong = Vec::new();
        // A database is new and without statistics once, and has them from its first tidying on.
        for has_statistics in [false, true] {
            if has_statistics {
                db.write_now(engine::gather_statistics).unwrap();
            }
            for statement in asked.iter().filter(|statement| !is_the_newest(statement)) {
                let faults = faults(statement, &plan(&db, statement));
                wrong.extend(
                    faults.into_iter().map(|fault| format!("statistics: {has_statistics}, {fault}: {statement}")),
                );
            }
        }
        assert!(wrong.is_empty(), "{} faults on {}:\n{}", wrong.len(), server.engine, wrong.join("\n"));
    }
}

#[test]
fn the_guard_takes_one_step_into_its_index() {
    let database = sqlite();
    let db = database.open();
    let trigger = rows(&db, "SELECT sql AS line FROM sqlite_master WHERE name = 'occupancy_never_overlaps'").remove(0);
    let (_, question) = trigger.split_once("FROM (").unwrap();
    let (question, _) = question.split_once(')').unwrap();
    let plan = plan(&db, &question.replace("NEW.unit_id", "1").replace("NEW.starts_at", "1800000000"));
    assert_eq!(plan.len(), 1, "{plan:?}");
    assert!(plan[0].contains("COVERING INDEX occupancy_guard (unit_id=? AND ends_at>?)"), "{plan:?}");
}

/// Everything that a server asks while people of all kinds go through its pages and act, and its chores do theirs. What only inserts is left
/// out: it reads nothing but keys, and the guard has a test of its own.
fn asked(server: &Server) -> Vec<String> {
    let cast = Cast::new(server);
    let statements = Statements::of(&server.db);
    for role in [Role::Visitor, Role::Nobody, Role::Booker, Role::Manager, Role::Administrator] {
        let session = cast.session(role);
        for row in ROWS.iter().filter(|row| row.method == "GET") {
            session.browser.get(&cast.path(row.pattern));
        }
        for path in ["/find?date=2026-11-24&from=10:00&to=11:00", "/bookings?show=past", "/manage/mail?show=failed"] {
            session.browser.get(path);
        }
        for view in ["people", "value", "compare"] {
            let dates = format!("?view={view}&from=2026-11-01&to=2026-12-31");
            for pattern in ["/manage/reports", "/manage/sites/{site}/reports", "/organisations/{organisation}/reports"]
            {
                session.browser.get(&(cast.path(pattern) + &dates));
            }
        }
    }
    for role in [Role::Booker, Role::Administrator] {
        for row in ROWS.iter().filter(|row| row.is_act(role)) {
            let (session, admin) = (cast.session(role), cast.session(Role::Administrator));
            session.post(&cast.path(row.pattern), &cast.fields(row, role, &admin));
        }
    }
    chores(server);
    let heard = statements.heard(&server.db);
    let plans = ["SELECT", "UPDATE", "DELETE"];
    let heard: Vec<_> = heard.into_iter().filter(|text| plans.iter().any(|word| text.starts_with(word))).collect();
    for table in LARGE {
        let quoted = [format!("\"{table}\""), format!("`{table}`")];
        let known = heard.iter().any(|text| quoted.iter().any(|name| text.contains(name)));
        assert!(known, "nothing was asked of {table}");
    }
    heard
}

/// What happens by itself, at a time when something has run out; and the delivery of a mail, without its sending.
fn chores(server: &Server) {
    server.chores.run_once();
    server.clock.set(now().plus_days(3));
    server.chores.run_once();
    server.chores.tidy().unwrap();
    // By then somebody is asked whether a series is still needed, and then told that it ends.
    for days in [150, 200] {
        server.clock.set(now().plus_days(days));
        assert!(0 < server.chores.needed().unwrap(), "nobody was asked");
    }
    let now = server.clock.now();
    let deliver = |conn: &mut Conn| -> Result<(), StoreError> {
        for _ in 0..2 {
            let mail = outbox::lease_next(conn, now, now.plus_minutes(5))?.map(|leased| leased.id);
            let mail = mail.ok_or(StoreError::TryAgain)?;
            outbox::retry(conn, mail, "later", now)?;
            outbox::end(conn, mail, MailEnd::Delivered, "", now)?;
        }
        Ok(())
    };
    server.db.write_now(deliver).unwrap();
}

/// A database of this engine with the bench data, and for each of its occurrences an event and a mail.
fn with_many_rows(engine: &str) -> (TestDatabase, Db) {
    let database = engines().into_iter().find(|one| one.url.starts_with(engine)).unwrap();
    let db = database.open();
    demo::bench::fill_with(&db, "", now(), OCCURRENCES).unwrap();
    let history = "INSERT INTO event (at, kind, site_id, facility_id, booking_id, occurrence_id) \
                   SELECT state_at, 'booked', site_id, facility_id, booking_id, id FROM occurrence";
    let mails = "INSERT INTO outbox (kind, site_id, booking_id, recipient, reply_to, subject, body_text, body_html, \
                 message_id, holds_token, created_at, state, attempts, next_at, leased_until, ended_at, last_error) \
                 SELECT 'confirmed', site_id, booking_id, 'rob@alcove.test', '', '', CASE WHEN id % 5 = 0 THEN 'Hello' ELSE '' END, '', \
                 CAST(id AS TEXT), false, state_at, \
                 CASE WHEN id % 997 = 0 THEN 'failed' WHEN id % 991 = 0 THEN 'queued' ELSE 'delivered' END, 1, state_at, 0, \
                 CASE WHEN id % 991 = 0 AND id % 997 <> 0 THEN NULL ELSE state_at END, '' FROM occurrence";
    db.write_now(|conn| Ok(conn.batch_execute(history).and_then(|()| conn.batch_execute(mails))?)).unwrap();
    (database, db)
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(diesel::QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(diesel::QueryableByName)]
struct PlanLine {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

fn rows(db: &Db, statement: &str) -> Vec<String> {
    let rows: Vec<Line> = db.read_now(|conn| Ok(diesel::sql_query(statement).load(conn)?)).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// How the engine would go about a statement. PostgreSQL is told to search where it can, because it rightly reads through what is small.
fn plan(db: &Db, statement: &str) -> Vec<String> {
    let explain = |conn: &mut Conn| -> Result<Vec<String>, StoreError> {
        if matches!(conn, Conn::Sqlite(_)) {
            let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(conn)?;
            return Ok(steps.into_iter().map(|step| step.detail).collect());
        }
        conn.batch_execute("SET enable_seqscan = off; SET enable_mergejoin = off; SET enable_hashjoin = off")?;
        let lines: Vec<PlanLine> = diesel::sql_query(format!("EXPLAIN {statement}")).load(conn)?;
        Ok(lines.into_iter().map(|line| line.line).collect())
    };
    db.read_now(explain).unwrap_or_else(|error| panic!("{error}: {statement}"))
}

/// What is wrong with a plan: steps that read a large table through, and indexes that were made for a question and are not used for it.
fn faults(statement: &str, plan: &[String]) -> Vec<String> {
    let after = plan.iter().skip(1).map(String::as_str).chain([""]);
    let through = plan.iter().zip(after).filter(|(step, next)| reads_through(step, next));
    let mut faults: Vec<String> = through.map(|(step, _)| step.trim().to_owned()).collect();
    if statement.starts_with("SELECT") && statement.contains("is_long") {
        let unused = |index: &&str| !plan.iter().any(|step| step.contains(*index));
        let unused = ["occupancy_span", "occupancy_long"].into_iter().filter(unused);
        faults.extend(unused.map(|index| format!("{index} is not used in {plan:?}")));
    }
    let bare = statement.replace(['`', '"'], "");
    for column in ["needed_look_at", "needed_since"] {
        let index = format!("booking_{}", column.trim_end_matches("_at"));
        if bare.contains(&format!("booking.{column} <= ")) && !plan.iter().any(|step| step.contains(&index)) {
            faults.push(format!("{index} is not used in {plan:?}"));
        }
    }
    faults
}

/// Whether a step reads a large table, or an index of it, from one end to the other; the line after it says by what it searches.
fn reads_through(step: &str, next: &str) -> bool {
    let has = |name: &&str| step.split_whitespace().any(|word| word == *name);
    let of_large = |name: &&str| has(name) || step.contains(&format!(" on {name}_"));
    // The gate of the history holds one row while it is open, and else none.
    if step.contains("event_removal") || OF_THE_FEW.iter().any(has) || !LARGE.iter().any(of_large) {
        return false;
    }
    let through = step.starts_with("SCAN ") || step.contains(" AUTOMATIC ") || step.contains("Seq Scan on ");
    through || (step.contains("Index ") && step.contains("Scan") && !next.contains("Index Cond"))
}

/// A list of the newest, of everything or of some sites, which stops after so many rows: going back from the newest is right there.
fn is_the_newest(statement: &str) -> bool {
    let Some((before, _)) = statement.split_once(" DESC LIMIT ") else {
        return false;
    };
    let condition = before.split_once(" WHERE ").map_or("", |(_, condition)| condition);
    condition.is_empty() || (condition.contains("site_id") && !condition.contains(" AND "))
}
