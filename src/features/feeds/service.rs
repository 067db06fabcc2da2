//! The use cases of calendar feeds: one's own feeds, making and ending one, and what stands in one now. Not its text.

use std::collections::HashMap;

use crate::chance::{Token, hash};
use crate::domain::duty::Ended;
use crate::domain::feed::{DAYS_AHEAD, DAYS_BACK, Feed, FeedOf, MOST, MOST_FEEDS, USED_EVERY_MINUTES};
use crate::domain::ids::{BookingId, FeedId, OccurrenceId, OrganisationId, PersonId, Slug};
use crate::domain::occurrence::Stage;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::{Audience, Shown, redact};
use crate::domain::span::Instant;
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, Db, StoreError, duties, facilities, feeds, sessions};

pub use crate::store::feeds::{Extra, FeedLine};
pub use crate::store::occurrences::Line;

/// What is listed of the past is no older than a day more than it is shown, so that nights are seen.
const NIGHT_HOURS: i64 = 24;

/// The page of one's own feeds: those there are, and the facility that it was opened from.
#[derive(Debug)]
pub struct Own {
    pub feeds: Vec<FeedLine>,
    pub facility: Option<(Site, Facility)>,
}

pub async fn own(db: &Db, actor: Actor, from: Option<(Slug, Slug)>) -> Result<Own, StoreError> {
    db.read(move |conn| {
        let facility = match from {
            Some((site, facility)) => facilities::by_slug(conn, &site, &facility)?,
            None => None,
        };
        let facility = facility.filter(|(site, one)| one.listed || actor.sees_unlisted(site.id));
        Ok(Own { feeds: feeds::of_person(conn, actor.person)?, facility })
    })
    .await
}

/// What names a feed in a form.
pub fn feed_key(id: FeedId) -> String {
    hash(&format!("feed {}", id.row())).chars().take(16).collect()
}

/// What somebody chose to have a feed of.
#[derive(Debug, Clone)]
pub enum Wanted {
    Own,
    Organisation(Slug),
    Site(Slug),
    Facility(Slug, Slug),
}

/// What became of making one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MakeAnswer {
    Made,
    TooMany,
    NotFound,
}

/// Makes a feed under a token that the caller drew.
pub async fn make(db: &Db, actor: Actor, wanted: Wanted, token: Token, now: Instant) -> Result<MakeAnswer, StoreError> {
    db.write(move |conn| {
        let Some(of) = wish(conn, &actor, &wanted)? else {
            return Ok(MakeAnswer::NotFound);
        };
        if MOST_FEEDS <= feeds::of_person(conn, actor.person)?.len() {
            return Ok(MakeAnswer::TooMany);
        }
        feeds::insert(conn, &token.hash(), (actor.person, of), now)?;
        Ok(MakeAnswer::Made)
    })
    .await
}

/// What was chosen, as far as this person may see it.
fn wish(conn: &mut Conn, actor: &Actor, wanted: &Wanted) -> Result<Option<FeedOf>, StoreError> {
    Ok(match wanted {
        Wanted::Own => Some(FeedOf::Person),
        Wanted::Organisation(slug) => {
            let of = actor.memberships.iter().find(|one| one.slug == *slug).map(|one| one.organisation);
            of.filter(|one| actor.sees_bookings_of(*one)).map(FeedOf::Organisation)
        }
        Wanted::Site(slug) => actor.posts.iter().find(|post| post.slug == *slug).map(|post| FeedOf::Site(post.site)),
        Wanted::Facility(site, facility) => {
            let found = facilities::by_slug(conn, site, facility)?;
            let found = found.filter(|(site, one)| one.listed || actor.sees_unlisted(site.id));
            found.map(|(_, one)| FeedOf::Facility(one.id))
        }
    })
}

/// Ends a feed; false when this person has none of that key.
pub async fn end(db: &Db, person: PersonId, key: String) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let own = feeds::of_person(conn, person)?;
        let found = own.iter().find(|one| feed_key(one.feed.id) == key);
        found.map_or(Ok(false), |one| feeds::end(conn, person, one.feed.id))
    })
    .await
}

/// A feed with whoever made it, and what tells whether anything in it may have changed.
#[derive(Debug)]
pub struct Opened {
    pub feed: Feed,
    pub actor: Actor,
    pub tag: String,
}

/// Opens a feed by its token; `None` when it is ended, or its person's account is closed.
pub async fn open(db: &Db, token: &str, now: Instant) -> Result<Option<Opened>, StoreError> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let opened = db
        .read(move |conn| {
            let Some(feed) = feeds::by_token(conn, &token.hash())? else {
                return Ok(None);
            };
            let Some(actor) = sessions::actor(conn, feed.person, now)? else {
                return Ok(None);
            };
            let tag = tag(&feed, &actor, feeds::changes(conn)?, now);
            Ok(Some(Opened { feed, actor, tag }))
        })
        .await?;
    let stale = |opened: &Opened| opened.feed.used_at.is_none_or(|used| used.plus_minutes(USED_EVERY_MINUTES) <= now);
    if let Some(id) = opened.as_ref().filter(|opened| stale(opened)).map(|opened| opened.feed.id) {
        db.write(move |conn| feeds::touch(conn, id, now)).await?;
    }
    Ok(opened)
}

/// The same for the same rights, the same state of all sites, and the same day, on which some things leave a feed.
fn tag(feed: &Feed, actor: &Actor, changes: i64, now: Instant) -> String {
    let day = now.seconds().div_euclid(86_400);
    let rights = format!("{:?} {:?} {}", actor.memberships, actor.posts, actor.administrator);
    let all = format!("{} {changes} {day} {rights} {}", feed.id.row(), env!("CARGO_PKG_VERSION"));
    hash(&all).chars().take(24).collect()
}

/// One session of a feed, as its person may see it.
#[derive(Debug)]
pub struct Entry {
    pub line: Line,
    pub shown: Shown,
    pub extra: Extra,
    /// Stays the same for as long as the session is known by it.
    pub uid: String,
    /// Whether its person may open the booking.
    pub inside: bool,
    /// Whether its person is on duty there.
    pub on_duty: bool,
}

/// What stands in a feed, soonest first.
pub async fn entries(db: &Db, opened: Opened, now: Instant) -> Result<Vec<Entry>, StoreError> {
    db.read(move |conn| {
        let mut lines = lines(conn, &opened, now)?;
        let mine = if opened.feed.of == FeedOf::Person { own_duties(conn, &opened.actor, now)? } else { Vec::new() };
        add_duties(conn, &mut lines, &mine)?;
        let ids: Vec<OccurrenceId> = lines.iter().map(|line| line.occurrence).collect();
        let mut extras = if ids.is_empty() { HashMap::new() } else { feeds::extras(conn, &ids)? };
        let entry = |line: Line| {
            let extra = extras.remove(&line.occurrence)?;
            let audience = audience(Some(&opened.actor), line.site, (line.organisation, line.shared_with));
            let (inside, on_duty) = (audience == Audience::Insider, mine.contains(&(line.booking, line.ordinal)));
            // Whoever is on duty knows of the session what its organisation's people know.
            let audience = if on_duty { Audience::Insider } else { audience };
            let shown = redact(audience, line.privacy, false, &line.holder, &line.purpose);
            Some(Entry { uid: uid(&line, inside || on_duty), line, shown, extra, inside, on_duty })
        };
        Ok(lines.into_iter().filter_map(entry).collect())
    })
    .await
}

/// The dates of bookings that a person is on, as far as a feed reaches.
fn own_duties(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<(BookingId, i32)>, StoreError> {
    let own = duties::of_person(conn, actor.person, now.plus_days(-DAYS_BACK))?;
    let until = now.plus_days(DAYS_AHEAD);
    let shown = own.iter().filter(|one| one.session.start() < until && actor.helps(one.organisation));
    let stood = shown.filter(|one| one.ended.is_none_or(|(why, _)| why == Ended::SessionOff));
    Ok(stood.map(|one| (one.booking, one.ordinal)).collect())
}

/// The sessions that somebody is on, where the feed does not have them anyway.
fn add_duties(conn: &mut Conn, lines: &mut Vec<Line>, mine: &[(BookingId, i32)]) -> Result<(), StoreError> {
    let there = |key: &&(BookingId, i32)| lines.iter().any(|line| (line.booking, line.ordinal) == **key);
    let missing: Vec<(BookingId, i32)> = mine.iter().filter(|key| !there(key)).copied().collect();
    let mut bookings: Vec<BookingId> = missing.iter().map(|(booking, _)| *booking).collect();
    bookings.sort_unstable();
    bookings.dedup();
    if bookings.is_empty() {
        return Ok(());
    }
    let filter = ListFilter { bookings: Some(&bookings), most: MOST, ..ListFilter::default() };
    let found = occurrences::list(conn, &filter)?;
    lines.extend(found.into_iter().filter(|line| missing.contains(&(line.booking, line.ordinal))));
    lines.sort_by_key(|line| (line.session, line.occurrence));
    Ok(())
}

/// An outsider is told nothing by which two dates could be known for those of one booking.
fn uid(line: &Line, inside: bool) -> String {
    if inside {
        format!("{}-{}-feed", line.reference.stored().to_lowercase(), line.occurrence.row())
    } else {
        let secret = hash(&format!("entry {}", line.occurrence.row()));
        format!("{}-feed", secret.chars().take(24).collect::<String>())
    }
}

fn lines(conn: &mut Conn, opened: &Opened, now: Instant) -> Result<Vec<Line>, StoreError> {
    let actor = &opened.actor;
    let stages: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| *stage != Stage::Skipped).collect();
    let from = now.plus_days(-DAYS_BACK);
    let filter = ListFilter {
        stages: Some(&stages),
        ends_after: Some(from),
        starts_after: Some(from.plus_hours(-NIGHT_HOURS)),
        starts_before: Some(now.plus_days(DAYS_AHEAD)),
        most: MOST,
        ..ListFilter::default()
    };
    let own: Vec<OrganisationId> = match opened.feed.of {
        FeedOf::Person => actor.memberships.iter().map(|one| one.organisation).collect(),
        FeedOf::Organisation(id) => vec![id],
        FeedOf::Site(id) if actor.is_staff(id) => {
            return occurrences::list(conn, &ListFilter { sites: Some(&[id]), ..filter });
        }
        FeedOf::Site(_) => return Ok(Vec::new()),
        FeedOf::Facility(id) => {
            let mut lines = occurrences::list(conn, &ListFilter { facilities: Some(&[id]), ..filter })?;
            // Outsiders see when it is taken, not what once was asked for.
            lines.retain(|line| {
                line.stage.is_active()
                    || audience(Some(actor), line.site, (line.organisation, line.shared_with)) == Audience::Insider
            });
            return Ok(lines);
        }
    };
    let own: Vec<OrganisationId> = own.into_iter().filter(|one| actor.sees_bookings_of(*one)).collect();
    let shared: Vec<OrganisationId> = own.iter().copied().filter(|one| actor.sees_shared_with(*one)).collect();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    occurrences::list(conn, &ListFilter { organisations: Some(&own), or_shared_with: &shared, ..filter })
}
