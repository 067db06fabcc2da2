//! The demo world: invented sites, people and three months of bookings, told through the one writer so that every history is real.

mod after;
mod behalf;
pub mod bench;
mod cafe;
mod care;
mod cast;
mod dice;
mod extras;
mod faults;
mod papers;
mod people;
mod places;
mod plan;
mod plots;
mod privacy;
mod purposes;
mod rates;
mod reception;
mod reports;
mod rota;
mod safe_rooms;
mod series;
mod sites_full;
mod sites_more;
mod slots;
mod stock;
mod story;
mod times;
mod unused;
mod waits;
mod world;

use crate::domain::ids::SiteId;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::{Conn, Db, StoreError, outbox, people as accounts, settings, sites, submissions, wipe};

use cast::Cast;
use world::{ORGANISATIONS, PEOPLE, SITES, SiteSeed};

/// What everybody in the demo world signs in with.
pub const PASSWORD: &str = "alcove demo world";

/// How long the world has been there when it is shown.
const AGE_DAYS: i64 = 400;
/// Texts of delivered mail are kept so long, as everywhere.
const TEXTS_KEPT_DAYS: i64 = 7;

/// What was filled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub sites: usize,
    pub facilities: usize,
    pub organisations: usize,
    pub people: usize,
    pub bookings: usize,
    /// Requests in the story that the rules refused, which left nothing behind.
    pub refused: usize,
}

/// Those who are meant to be tried out, as email and what they are; all have [`PASSWORD`].
pub fn sign_ins() -> Vec<(&'static str, &'static str)> {
    PEOPLE.iter().filter(|person| person.sign_in_shown).map(|person| (person.email, person.what)).collect()
}

/// What opens the screen beside the door of a room at Hunter Street.
pub fn door_token() -> String {
    after::door_token("alder")
}

/// Whether the demo may fill this database: there is nothing in it, or nothing but an earlier demo.
///
/// # Errors
/// The store's own.
pub fn is_demo_or_empty(db: &Db) -> Result<bool, StoreError> {
    db.read_now(|conn| Ok(settings::get(conn, settings::DEMO)?.is_some() || is_empty(conn)?))
}

fn is_empty(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(accounts::is_empty(conn)? && sites::all(conn)?.is_empty())
}

/// Deletes everything, so that the demo can start afresh. Ask [`is_demo_or_empty`] first.
///
/// # Errors
/// The store's own; nothing is deleted then.
pub fn empty_out(db: &Db) -> Result<(), StoreError> {
    db.write_now(wipe::everything)
}

/// Fills an empty database with the demo world as it stands at `now`, and marks it. `password_hash` is that of [`PASSWORD`].
///
/// It is marked before anything else, so that one that was interrupted may start afresh.
///
/// # Errors
/// `Duplicate` when the database is not empty, and nothing is changed then; the store's own otherwise.
pub fn fill(db: &Db, mailer: &Mailer, password_hash: &str, now: Instant) -> Result<Summary, StoreError> {
    let since = now.plus_days(-AGE_DAYS);
    let (cast, places) = db.write_now(|conn| {
        if !is_empty(conn)? {
            return Err(StoreError::Duplicate);
        }
        settings::set(conn, settings::DEMO, "1")?;
        // Only what begins in the last hour of the coming day is still to be reminded of.
        settings::set(conn, settings::REMINDED_UNTIL, &now.plus_hours(23).seconds().to_string())?;
        let built = build(conn, password_hash, since, now)?;
        rates::before_the_story(conn, since, now)?;
        Ok(built)
    })?;
    db.write_now(|conn| papers::file(conn, &cast, now))?;
    let mut summary = Summary {
        sites: places.len(),
        facilities: SITES.iter().map(|site| site.facilities.len()).sum(),
        organisations: ORGANISATIONS.len(),
        people: PEOPLE.len(),
        ..Summary::default()
    };
    for site in SITES {
        let plan = plan::of_site(site, now)?;
        let tally = db.write_now(|conn| {
            let tally = story::play(conn, (site, &cast, mailer), &plan, now)?;
            tidy_mail(conn, now)?;
            Ok(tally)
        })?;
        summary.bookings += tally.bookings;
        summary.refused += tally.refused;
    }
    db.write_now(|conn| {
        cast::suspend(conn, &cast, now)?;
        series::book(conn, &cast, mailer, now)?;
        behalf::book(conn, &cast, mailer, now)?;
        reception::note(conn, &cast, now)?;
        plots::settle_in(conn, &cast, mailer, now)?;
        papers::run_out(conn, &cast, mailer, now)?;
        cafe::fill(conn, &cast, mailer, now)?;
        faults::report(conn, &cast, mailer, now)?;
        tidy_mail(conn, now)?;
        waits::join(conn, &cast, mailer, now)?;
        safe_rooms::furnish(conn, &cast, mailer, now)?;
        care::add(conn, &cast, now)?;
        after::tell(conn, &cast, mailer, now)?;
        rota::fill(conn, &cast, mailer, now)?;
        unused::settle(conn, &cast, mailer, now)?;
        tidy_mail(conn, now)?;
        stock::set_out(conn, &cast, mailer, now)?;
        rates::after_the_story(conn, &cast, now)?;
        privacy::fill(conn, &cast, now)?;
        reports::fund(conn, now)?;
        submissions::purge(conn, now.plus_days(-1)).map(|_| ())
    })?;
    Ok(summary)
}

/// People, organisations and sites, as if they had been there for long.
fn build(
    conn: &mut Conn,
    password_hash: &str,
    since: Instant,
    now: Instant,
) -> Result<(Cast, Vec<SiteId>), StoreError> {
    let cast = cast::enter(conn, password_hash, since, now)?;
    let mut places = Vec::with_capacity(SITES.len());
    for site in SITES {
        let id = places::add_site(conn, site, &cast, since)?;
        cast::trust(conn, &cast, (id, site.slug), first_manager(site), since.plus_days(60))?;
        places.push(id);
    }
    Ok((cast, places))
}

fn first_manager(site: &SiteSeed) -> &'static str {
    site.managers.first().copied().unwrap_or_default()
}

/// What the story mailed in the past counts as delivered, and its texts are erased as they would have been. The mails of
/// the last hour stay queued, so that there is something to deliver.
fn tidy_mail(conn: &mut Conn, now: Instant) -> Result<(), StoreError> {
    outbox::deliver_all_before(conn, now.plus_hours(-1))?;
    outbox::erase_texts(conn, now.plus_days(-TEXTS_KEPT_DAYS))?;
    Ok(())
}
