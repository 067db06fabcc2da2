//! The tables that the program believes in, and everything that stands in them. Not what any of it means.

use std::collections::{BTreeMap, BTreeSet};

use alcove::store::Db;
use diesel::prelude::*;
use diesel::sql_types::Text;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The definitions of all tables.
pub const SCHEMA: [&str; 3] = [
    include_str!("../../../src/store/schema.rs"),
    include_str!("../../../src/store/schema_reception.rs"),
    include_str!("../../../src/store/schema_cafe.rs"),
];

/// Table and column names as `schema.rs` writes them.
pub fn columns() -> BTreeSet<(String, String)> {
    let mut table = String::new();
    let mut columns = BTreeSet::new();
    for line in SCHEMA.iter().flat_map(|text| text.lines()).map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = name.to_owned();
        } else if let Some((column, _)) = line.split_once(" -> ").filter(|(column, _)| !column.contains(['!', '('])) {
            columns.insert((table.clone(), column.to_owned()));
        }
    }
    columns
}

/// Every row of every table as a line of text, for telling whether anything was written.
pub fn contents(db: &Db) -> BTreeSet<String> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in columns() {
        tables.entry(table).or_default().push(format!("COALESCE(CAST(\"{column}\" AS TEXT), '-')"));
    }
    let of = |(table, columns): (String, Vec<String>)| {
        let statement = format!("SELECT '{table} ' || {} AS line FROM \"{table}\"", columns.join(" || '|' || "));
        let rows: Vec<Line> = db.read_now(|conn| Ok(diesel::sql_query(statement).load(conn)?)).unwrap();
        rows.into_iter().map(|row| row.line)
    };
    tables.into_iter().flat_map(of).collect()
}
