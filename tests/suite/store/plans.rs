//! The plans of the queries that everything hangs on: no engine may scan occupancies, occurrences or bookings for a page.

use crate::support::engines::sqlite;
use crate::support::world::{self, span};
use alcove::store::Conn;
use diesel::RunQueryDsl;
use diesel::sql_types::Text;

#[derive(diesel::QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// How the embedded engine would go about a statement.
fn plan(conn: &mut Conn, statement: &str) -> Vec<String> {
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(conn).unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}

#[test]
fn what_takes_units_is_searched_and_never_scanned() {
    let database = sqlite();
    let db = database.open();
    world::build(&db, None);
    let day = span("2026-11-24", "08:00", "21:00");
    let (from, to) = (day.start().seconds(), day.end().seconds());
    let statement = format!(
        "SELECT occupancy.id, organisation.name, block.reason FROM occupancy \
         LEFT JOIN occurrence ON occupancy.occurrence_id = occurrence.id \
         LEFT JOIN booking ON occurrence.booking_id = booking.id \
         LEFT JOIN organisation ON booking.organisation_id = organisation.id \
         LEFT JOIN block ON occupancy.block_id = block.id \
         WHERE (unit_id IN (1, 2, 3) AND occupancy.starts_at > {from} - 86400 AND occupancy.starts_at < {to} AND occupancy.ends_at > {from}) \
         OR (unit_id IN (1, 2, 3) AND is_long AND occupancy.ends_at > {from} AND occupancy.starts_at < {to})"
    );
    let steps = db.read_now(|conn| Ok(plan(conn, &statement))).unwrap();
    assert!(steps.iter().all(|step| !step.starts_with("SCAN") && !step.starts_with("MATERIALIZE")), "{steps:?}");
    assert!(
        steps.iter().any(|step| step.contains("occupancy_span (unit_id=? AND starts_at>? AND starts_at<?)")),
        "{steps:?}"
    );
    assert!(steps.iter().any(|step| step.contains("occupancy_long")), "{steps:?}");
}

#[test]
fn the_guard_takes_one_step_into_its_index() {
    let database = sqlite();
    let db = database.open();
    let statement =
        "SELECT starts_at FROM occupancy WHERE unit_id = 1 AND 1800000000 < ends_at ORDER BY ends_at LIMIT 1";
    let steps = db.read_now(|conn| Ok(plan(conn, statement))).unwrap();
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert!(steps[0].contains("COVERING INDEX occupancy_guard (unit_id=? AND ends_at>?)"), "{steps:?}");
}
