//! Fresh databases: an SQLite file always, a PostgreSQL database where `ALCOVE_TEST_POSTGRES` names a server. In CI a missing engine is a failure.

use std::sync::atomic::{AtomicU32, Ordering};

use alcove::store::{DatabaseUrl, Db};

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A database that goes with the test.
pub struct TestDatabase {
    pub url: String,
    drop_at: Option<String>,
}

impl TestDatabase {
    pub fn open(&self) -> Db {
        Db::open(&DatabaseUrl::parse(&self.url).unwrap()).unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.drop_at {
            Some(server) => {
                let name = self.url.rsplit('/').next().unwrap_or_default();
                psql(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
            None => {
                let path = self.url.trim_start_matches("sqlite://");
                for end in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{path}{end}"));
                }
            }
        }
    }
}

fn name() -> String {
    format!("alcove_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

pub fn sqlite() -> TestDatabase {
    let path = std::env::temp_dir().join(format!("{}.db", name()));
    TestDatabase { url: format!("sqlite://{}", path.display()), drop_at: None }
}

/// One fresh database an engine.
pub fn engines() -> Vec<TestDatabase> {
    let mut engines = vec![sqlite()];
    match server() {
        Some(server) => engines.push(postgres(&server)),
        None if std::env::var_os("CI").is_some() => panic!("CI needs ALCOVE_TEST_POSTGRES and the feature postgres"),
        None => {}
    }
    engines
}

fn server() -> Option<String> {
    std::env::var("ALCOVE_TEST_POSTGRES").ok().filter(|_| cfg!(feature = "postgres"))
}

fn postgres(server: &str) -> TestDatabase {
    let name = name();
    psql(server, &format!("CREATE DATABASE {name}"));
    let base = server.rsplit_once('/').unwrap().0;
    TestDatabase { url: format!("{base}/{name}"), drop_at: Some(server.to_owned()) }
}

#[cfg(feature = "postgres")]
fn psql(server: &str, statement: &str) {
    use diesel::Connection;
    use diesel::connection::SimpleConnection;
    diesel::PgConnection::establish(server).unwrap().batch_execute(statement).unwrap();
}

#[cfg(not(feature = "postgres"))]
fn psql(_: &str, _: &str) {}
