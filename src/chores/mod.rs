//! What happens by itself: delivering mail, expiring and reminding, tidying up. Each chore can run twice without harm, and in many copies.

pub mod deliver;

use std::sync::Arc;
use std::time::Duration;

use crate::allocation::{self, Circumstances};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::domain::health::Health;
use crate::domain::hours::local_date;
use crate::mail::Mailer;
use crate::store::{Db, StoreError, attempts, devices, engine, import_drafts};

use deliver::Deliverer;

/// Reminders go out when so many hours are left to decide.
const REMIND_HOURS: i64 = 24;
/// So many series are looked at in one run.
const MOST_SERIES: i64 = 50;
/// So many dates are reminded of in one run at the most.
const MOST_DATES: i64 = 1_000;
/// So many papers are looked at in one run.
const MOST_PAPERS: i64 = 50;
/// So many people are looked at in one run for rights that lapse.
const MOST_SLEEPERS: i64 = 100;
/// What somebody signed in from is known for so long.
const DEVICE_DAYS: i64 = 400;
/// The chore that removes what nobody needs any more.
const TIDY: &str = "tidy";

/// What the chores need.
#[derive(Clone)]
pub struct Chores {
    pub db: Db,
    pub clock: Clock,
    pub mailer: Mailer,
    pub deliverer: Option<Arc<Deliverer>>,
    pub health: Arc<Health>,
}

impl Chores {
    /// Runs everything that is due once; what fails is logged and tried again next time.
    pub fn run_once(&self) {
        self.try_one("expire", Self::expire);
        self.try_one("remind", Self::remind);
        self.try_one("needed", Self::needed);
        self.try_one("tomorrow", Self::tomorrow);
        self.try_one("plots", Self::plots);
        self.try_one("papers", Self::papers);
        self.try_one("openers", Self::openers);
        self.try_one("attendance", Self::attendance);
        self.try_one("duties", Self::duties);
        self.try_one("views", Self::views);
        self.try_one("deliver", Self::deliver);
    }

    fn try_one(&self, name: &'static str, chore: impl Fn(&Self) -> Result<usize, StoreError>) {
        let done = chore(self);
        let outcome = if done.is_ok() { "done" } else { "failed" };
        metrics::counter!("alcove_chore_runs_total", "chore" => name, "outcome" => outcome).increment(1);
        // Tidying comes about once an hour, so it is never late by the measure of the others.
        if name != TIDY {
            self.health.chore(name, done.is_ok(), self.clock.now());
        }
        match done {
            Ok(0) => {}
            Ok(done) => {
                metrics::counter!("alcove_chores_total", "chore" => name).increment(u64::try_from(done).unwrap_or(0));
                tracing::debug!(chore = name, done, "chore");
            }
            Err(error) => tracing::warn!(chore = name, "chore failed, it is tried again: {error}"),
        }
    }

    fn circumstances(&self) -> Circumstances<'_> {
        Circumstances { now: self.clock.now(), chance: Chance, mailer: &self.mailer }
    }

    /// Writes down what has run out. Holds are void without it; this frees the rows and tells people.
    pub fn expire(&self) -> Result<usize, StoreError> {
        self.db.write_now(|conn| allocation::expire_due(conn, self.circumstances(), 50))
    }

    /// Reminds managers of what is about to run out.
    pub fn remind(&self) -> Result<usize, StoreError> {
        self.db.write_now(|conn| allocation::remind(conn, self.circumstances(), REMIND_HOURS))
    }

    /// Asks whether series are still needed, and tells when they end soon.
    pub fn needed(&self) -> Result<usize, StoreError> {
        self.db.write_now(|conn| allocation::ask_needed(conn, self.circumstances(), MOST_SERIES))
    }

    /// Reminds the people of a booking the day before.
    pub fn tomorrow(&self) -> Result<usize, StoreError> {
        self.db.write_now(|conn| allocation::remind_of_tomorrow(conn, self.circumstances(), MOST_DATES))
    }

    /// Turns seasons on allotments, ends offers, asks who waits, offers what is vacant; each allotment by itself.
    pub fn plots(&self) -> Result<usize, StoreError> {
        let due = self.db.read_now(|conn| allocation::plots::plots_due(conn, self.clock.now()))?;
        let one = |id| self.db.write_now(|conn| allocation::plots::turn_season(conn, self.circumstances(), id));
        due.into_iter().try_fold(0, |done, id| Ok(done + one(id)?))
    }

    /// Tells of papers that run out, and makes the dates after that conditional.
    pub fn papers(&self) -> Result<usize, StoreError> {
        self.db.write_now(|conn| allocation::look_at_papers(conn, self.circumstances(), MOST_PAPERS))
    }

    /// Reminds those who open or lock up a café or shop tomorrow.
    pub fn openers(&self) -> Result<usize, StoreError> {
        self.db.write_now(|conn| allocation::remind_openers(conn, self.circumstances()))
    }

    /// Asks how sessions went that have ended, and reminds of it once.
    pub fn attendance(&self) -> Result<usize, StoreError> {
        self.db.write_now(|conn| allocation::ask_attendance(conn, self.circumstances(), MOST_DATES))
    }

    /// Lets duties follow sessions that have changed.
    pub fn duties(&self) -> Result<usize, StoreError> {
        self.db.write_now(|conn| allocation::follow_sessions(conn, self.circumstances(), MOST_DATES))
    }

    /// Tells people whose rights nobody uses, and lets the rights lapse. Seldom: it is a matter of days.
    pub fn unused(&self) -> Result<usize, StoreError> {
        let due = self.db.read_now(|conn| allocation::unused_due(conn, self.clock.now(), MOST_SLEEPERS))?;
        let one = |person| self.db.write_now(|conn| allocation::lapse_unused(conn, self.circumstances(), person));
        due.into_iter().try_fold(0, |done, person| Ok(done + usize::from(one(person)?)))
    }

    /// Delivers mail until nothing is due. Without a way to send, mail waits in the outbox.
    pub fn deliver(&self) -> Result<usize, StoreError> {
        match &self.deliverer {
            Some(deliverer) => deliverer.deliver_due(&self.db, &self.clock),
            None => Ok(0),
        }
    }

    /// Writes down who among the staff opened confidential bookings.
    pub fn views(&self) -> Result<usize, StoreError> {
        self.db.write_views()
    }

    /// Removes what nobody needs any more: what goes soon at each call, and once a day everything whose time is over.
    pub fn tidy(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let today = local_date(chrono_tz::Tz::UTC, now);
        let removed = self.db.write_now(|conn| {
            attempts::purge(conn, now.plus_days(-2))?;
            devices::forget(conn, now.plus_days(-DEVICE_DAYS))?;
            import_drafts::purge(conn, now.plus_days(-1))?;
            engine::gather_statistics(conn)?;
            let ran = allocation::retention_last_run(conn)?.map(|(at, _)| local_date(chrono_tz::Tz::UTC, at));
            if ran == Some(today) {
                allocation::remove_soon(conn, self.circumstances())
            } else {
                allocation::remove_all(conn, self.circumstances(), None)
            }
        })?;
        Ok(removed.iter().map(|(_, rows)| rows).sum())
    }
}

/// Runs the chores every so many seconds until the process stops.
pub async fn run(chores: Chores, every_seconds: u64) {
    let mut ticks = tokio::time::interval(Duration::from_secs(every_seconds));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut round = 0_u64;
    loop {
        ticks.tick().await;
        let chores = chores.clone();
        let tidies = round.is_multiple_of(720);
        round += 1;
        let done = tokio::task::spawn_blocking(move || {
            chores.run_once();
            if tidies {
                chores.try_one("unused", Chores::unused);
                chores.try_one(TIDY, Chores::tidy);
            }
        })
        .await;
        if let Err(error) = done {
            tracing::error!("a chore stopped: {error}");
        }
    }
}
