//! Each engine has exactly the tables and columns that the program believes in.

use crate::support::engines::engines;
use crate::support::tables::columns;
use alcove::store::Conn;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::BTreeSet;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    tbl: String,
    #[diesel(sql_type = Text)]
    col: String,
}

#[test]
fn every_engine_has_the_columns_of_the_schema() {
    let believed = columns();
    assert!(100 < believed.len());
    for database in engines() {
        let db = database.open();
        let rows: Vec<Column> = db
            .read_now(|conn| {
                let statement = match conn {
                    Conn::Sqlite(_) => {
                        "SELECT m.name AS tbl, p.name AS col FROM sqlite_master m, pragma_table_info(m.name) p \
                         WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'"
                    }
                    #[cfg(feature = "postgres")]
                    Conn::Postgres(_) => {
                        "SELECT table_name::text AS tbl, column_name::text AS col FROM information_schema.columns \
                         WHERE table_schema = 'public' AND left(table_name, 2) <> '__'"
                    }
                };
                Ok(diesel::sql_query(statement).load(conn)?)
            })
            .unwrap();
        let there: BTreeSet<_> = rows.into_iter().map(|row| (row.tbl, row.col)).collect();
        assert_eq!(there, believed, "{}", database.url);
    }
}
