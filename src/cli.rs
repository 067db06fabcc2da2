//! What can be typed: the commands and how each ends. Exit code 2 for a wrong setting or use, 1 for what went wrong.

mod accounts;
mod files;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::allocation::{self, Circumstances, reset_second_step};
use crate::app::Application;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::config::{Options, Settings};
use crate::domain::person::Email;
use crate::mail::Mailer;
use crate::store::links::{self, LinkPurpose, NewLink};
use crate::store::people::{self, NewPerson};
use crate::store::{Db, StoreError, engine};
use crate::{demo, passwords, telemetry, urls};

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
    /// Fills an empty database with the demo world, then serves it. Sends no mail.
    Demo {
        /// Serve it on an address that others can reach.
        #[arg(long)]
        public: bool,
    },
    /// Brings the database up to this program and stops.
    Migrate,
    /// Makes an account, or a link for somebody who cannot sign in; lists accounts, and ends or opens one.
    User {
        #[command(subcommand)]
        act: UserAct,
    },
    /// Removes what has been kept for its time, as the daily chore does.
    Purge {
        /// Only says what would go.
        #[arg(long)]
        dry_run: bool,
    },
    /// Fills an empty database with the set that performance is measured on.
    BenchData {
        /// So many times 400,000 occurrences.
        #[arg(long, default_value_t = 1)]
        times: u32,
    },
    /// Writes what there is into a new folder, a CSV file a kind, with the columns of `import`.
    Export { folder: PathBuf },
    /// Imports a CSV file, all of it or nothing.
    Import {
        /// sites, facilities, organisations, people or bookings.
        kind: String,
        file: PathBuf,
        /// Say what would come of it and import nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Copies the database into a new file while it is in use, with a checksum beside it.
    Backup { file: PathBuf },
    /// Looks at a backup without changing it; exit code 1 when it must not be restored.
    RestoreCheck { file: PathBuf },
}

#[derive(Debug, Subcommand)]
enum UserAct {
    /// Makes an account and prints a link to choose its password.
    Create {
        email: String,
        #[arg(long)]
        name: String,
        /// With every right.
        #[arg(long)]
        administrator: bool,
    },
    /// Prints a link to choose a new password.
    Reset { email: String },
    /// Removes the second step of somebody who has lost it, signs them out everywhere and tells them by mail.
    ResetSecondFactor { email: String },
    /// Lists everybody who has an account.
    List,
    /// Ends an account: nobody signs in with it any more.
    Disable { email: String },
    /// Opens an account that was ended.
    Enable { email: String },
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
        Command::Demo { public } => demo(&settings(true)?, public),
        Command::User { act: UserAct::List } => accounts::list(&open(&settings(false)?)?),
        Command::User { act: UserAct::Disable { email } } => {
            accounts::set_open(&open(&settings(false)?)?, &email, false)
        }
        Command::User { act: UserAct::Enable { email } } => accounts::set_open(&open(&settings(false)?)?, &email, true),
        Command::Export { folder } => files::export(&open(&settings(false)?)?, &folder),
        Command::Import { kind, file, dry_run } => files::import(&settings(false)?, (&kind, &file), dry_run),
        Command::Backup { file } => files::backup(&settings(false)?, &file),
        Command::RestoreCheck { file } => files::restore_check(&file),
        Command::User { act } => user(&settings(false)?, act),
        Command::Purge { dry_run } => purge(&settings(false)?, dry_run),
        Command::BenchData { times } => bench_data(&settings(false)?, times),
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

/// Fills the demo's database afresh and serves it.
fn demo(settings: &Settings, public: bool) -> Result<(), Failure> {
    telemetry::start_log(settings.json_log);
    if !settings.listen.ip().is_loopback() && !public {
        return Err(Failure::Usage(vec![format!(
            "ALCOVE_LISTEN: {} can be reached from outside; add --public if the demo shall be",
            settings.listen
        )]));
    }
    // Asked before anything is emptied: where another demo runs, its database is left alone.
    std::net::TcpListener::bind(settings.listen)
        .map_err(|error| Failure::Other(format!("ALCOVE_LISTEN: cannot listen on {}: {error}", settings.listen)))?;
    let db = open(settings)?;
    let failed = |error: StoreError| Failure::Other(format!("the demo world cannot be made: {error}"));
    if !demo::is_demo_or_empty(&db).map_err(failed)? {
        return Err(Failure::Usage(vec![format!(
            "DATABASE_URL: {} holds data that is not the demo's; name another database",
            settings.database.shown()
        )]));
    }
    demo::empty_out(&db).map_err(failed)?;
    let hash = passwords::hash_now(demo::PASSWORD).map_err(|error| Failure::Other(error.to_string()))?;
    let base_url = settings.base_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen));
    demo::fill(&db, &Mailer::new(&base_url), &hash, Clock::real().now()).map_err(failed)?;
    start(settings, db, |application| {
        println!("Everybody here has the password “{}”. Who can sign in:", demo::PASSWORD);
        for (email, what) in demo::sign_ins() {
            println!("  {email:28} {what}");
        }
        println!("A door display: {}{}", application.base_url(), urls::door(&demo::door_token()));
        Ok(())
    })
}

/// Removes everything whose time is over, or says what would go.
fn purge(settings: &Settings, dry_run: bool) -> Result<(), Failure> {
    let db = open(settings)?;
    let base_url = settings.base_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen));
    let mailer = Mailer::new(&base_url);
    let circumstances = Circumstances { now: Clock::real().now(), chance: Chance, mailer: &mailer };
    let removed = if dry_run {
        db.rehearse_now(|conn| allocation::remove_all(conn, circumstances, None))
    } else {
        db.write_now(|conn| allocation::remove_all(conn, circumstances, None))
    };
    let removed = removed.map_err(|error| Failure::Other(error.to_string()))?;
    for (kind, rows) in removed.iter().filter(|(_, rows)| 0 < *rows) {
        println!("{rows:8}  {}", kind.rule().what);
    }
    let all: usize = removed.iter().map(|(_, rows)| rows).sum();
    let words = if dry_run { "would go. Nothing was changed." } else { "are gone." };
    println!("{all:8}  entries in all {words}");
    Ok(())
}

fn user(settings: &Settings, act: UserAct) -> Result<(), Failure> {
    let db = open(settings)?;
    let (now, token) = (Clock::real().now(), Chance.token());
    let hash = token.hash();
    let (typed, new) = match &act {
        UserAct::ResetSecondFactor { email } => return reset_second_factor(settings, &db, email),
        UserAct::Create { email, name, administrator } => (email, Some((name, *administrator))),
        UserAct::Reset { email } => (email, None),
        UserAct::List | UserAct::Disable { .. } | UserAct::Enable { .. } => return Ok(()),
    };
    let email = Email::parse(typed).map_err(|words| Failure::Usage(vec![words.to_owned()]))?;
    let made = db.write_now(|conn| {
        let there = people::by_email(conn, &email)?.map(|account| account.id);
        let person = match (there, new) {
            (Some(_), Some(_)) | (None, None) => return Ok(false),
            (Some(id), None) => id,
            (None, Some((name, administrator))) => {
                let person = NewPerson { name, email: &email, password_hash: None, confirmed: true, administrator };
                people::insert(conn, &person, now)?
            }
        };
        let link = NewLink {
            token_hash: &hash,
            purpose: LinkPurpose::ResetPassword,
            person: Some(person),
            organisation: None,
            email: email.as_str(),
            ends_at: now.plus_hours(24),
        };
        links::insert(conn, &link, now)?;
        Ok(true)
    });
    match made.map_err(|error| Failure::Other(error.to_string()))? {
        true => {
            let base = settings.base_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen));
            println!("Choose a password within a day:\n{base}{}", urls::reset_password(token.reveal()));
            Ok(())
        }
        false if new.is_some() => {
            Err(Failure::Other(format!("{email} has an account already; use `alcove user reset`")))
        }
        false => Err(Failure::Other(format!("nobody is registered as {email}"))),
    }
}

fn reset_second_factor(settings: &Settings, db: &Db, typed: &str) -> Result<(), Failure> {
    let email = Email::parse(typed).map_err(|words| Failure::Usage(vec![words.to_owned()]))?;
    let base = settings.base_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen));
    let mailer = Mailer::new(&base);
    let circumstances = Circumstances { now: Clock::real().now(), chance: Chance, mailer: &mailer };
    let removed = db.write_now(|conn| match people::by_email(conn, &email)? {
        Some(account) => reset_second_step(conn, circumstances, account.id, None),
        None => Ok(false),
    });
    match removed.map_err(|error| Failure::Other(error.to_string()))? {
        true => {
            println!("{email} signs in without a second step now, and is told by mail.");
            Ok(())
        }
        false => Err(Failure::Other(format!("nobody registered as {email} has a second step"))),
    }
}

fn bench_data(settings: &Settings, times: u32) -> Result<(), Failure> {
    let db = open(settings)?;
    let failed = |error: StoreError| Failure::Other(format!("the set cannot be made: {error}"));
    if !db.read_now(people::is_empty).map_err(failed)? {
        return Err(Failure::Usage(vec![format!("DATABASE_URL: {} is not empty", settings.database.shown())]));
    }
    let hash = passwords::hash_now(demo::PASSWORD).map_err(|error| Failure::Other(error.to_string()))?;
    let (facilities, occurrences) = demo::bench::fill(&db, &hash, Clock::real().now(), times).map_err(failed)?;
    db.write_now(engine::gather_statistics).map_err(failed)?;
    println!("{facilities} facilities, {occurrences} occurrences");
    Ok(())
}

/// The first start of an empty database prints a link that makes the first administrator.
fn offer_first_administrator(application: &Application) -> Result<(), StoreError> {
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
