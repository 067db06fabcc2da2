//! What can be typed: the commands and how each ends. Exit code 2 for a wrong setting or use, 1 for what went wrong.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::Application;
use crate::clock::Clock;
use crate::config::{Options, Settings};
use crate::store::links::{self, LinkPurpose, NewLink};
use crate::store::{Db, people};
use crate::{telemetry, urls};

/// Booking of rooms and facilities at health and community sites.
#[derive(Debug, Parser)]
#[command(name = "alcove", version, about)]
struct Line {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves (the default).
    Serve,
    /// Brings the database up to this program and stops.
    Migrate,
}

/// How a command failed.
enum Failure {
    /// A wrong setting or use.
    Usage(Vec<String>),
    Other(String),
}

impl From<String> for Failure {
    fn from(words: String) -> Self {
        Self::Other(words)
    }
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let line = Line::parse();
    match obey(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(faults)) => {
            for fault in faults {
                eprintln!("alcove: {fault}");
            }
            ExitCode::from(2)
        }
        Err(Failure::Other(words)) => {
            eprintln!("alcove: {words}");
            ExitCode::FAILURE
        }
    }
}

fn obey(line: Line) -> Result<(), Failure> {
    let settings = |demo| line.options.read(demo).map_err(Failure::Usage);
    match line.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(&settings(false)?),
        Command::Migrate => {
            open(&settings(false)?)?;
            println!("The database is up to date.");
            Ok(())
        }
    }
}

fn open(settings: &Settings) -> Result<Db, Failure> {
    Db::open(&settings.database)
        .map_err(|error| Failure::Other(format!("DATABASE_URL: cannot open {}: {error}", settings.database.shown())))
}

fn serve(settings: &Settings) -> Result<(), Failure> {
    telemetry::start_log(settings.json_log);
    start(settings, open(settings)?, |application| {
        offer_first_administrator(application).map_err(|error| error.to_string())
    })
}

/// Builds, says where it serves, and runs until it is told to stop.
fn start(settings: &Settings, db: Db, greet: impl FnOnce(&Application) -> Result<(), String>) -> Result<(), Failure> {
    let ran: Result<(), String> = actix_web::rt::System::new().block_on(async {
        let application = Application::with_db(settings, Clock::real(), db)?;
        // The first line is the address, so that whoever starts us on port 0 can read it.
        println!("http://{}", application.address());
        greet(&application)?;
        application.run().await.map_err(|error| error.to_string())
    });
    ran.map_err(Failure::Other)
}

/// The first start of an empty database prints a link that makes the first administrator.
fn offer_first_administrator(application: &Application) -> Result<(), crate::store::StoreError> {
    let state = application.state();
    let (now, token) = (state.clock.now(), state.chance.token());
    let offered = state.db.write_now(|conn| {
        if !people::is_empty(conn)? {
            return Ok(false);
        }
        let hash = token.hash();
        let link = NewLink {
            token_hash: &hash,
            purpose: LinkPurpose::FirstAdministrator,
            person: None,
            organisation: None,
            email: "",
            ends_at: now.plus_hours(1),
        };
        links::insert(conn, &link, now)?;
        Ok(true)
    })?;
    if offered {
        println!(
            "Nobody is registered yet. This link makes the first administrator, once, within an hour:\n{}{}",
            application.base_url(),
            urls::first_administrator(token.reveal())
        );
    }
    Ok(())
}
