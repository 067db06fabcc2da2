//! The use cases of notices: those to come, giving one, changing its words, taking it back.

use chrono::NaiveDate;

use crate::chance;
use crate::domain::bank_holidays::holiday;
use crate::domain::history::EventKind;
use crate::domain::hours::NoSuchTime;
use crate::domain::ids::{FacilityId, NoticeId, SiteId, Slug};
use crate::domain::notice::{Notice, in_groups};
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::notices::{self, NewNotice};
use crate::store::{Conn, Db, StoreError, engine, sites};

/// A site with its spaces and the notices that have not ended, soonest first; those given together stand together.
#[derive(Debug)]
pub struct NoticesView {
    pub site: Site,
    pub facilities: Vec<Facility>,
    pub coming: Vec<Vec<Notice>>,
}

/// The notices of a site; `None` when it is not there or not for this manager.
pub async fn all(db: &Db, actor: Actor, slug: Slug, now: Instant) -> Result<Option<NoticesView>, StoreError> {
    db.read(move |conn| {
        let Some(site) = managed(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let all = facilities::with_sites(conn, &Filter { site: Some(&slug), ..Filter::default() })?;
        Ok(Some(NoticesView {
            facilities: all.into_iter().map(|(_, facility)| facility).collect(),
            coming: in_groups(notices::coming(conn, site.id, now)?),
            site,
        }))
    })
    .await
}

fn managed(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<Site>, StoreError> {
    Ok(sites::by_slug(conn, slug)?.filter(|site| actor.manages(site.id)))
}

/// What names a notice in a form.
pub fn key(notice: &Notice) -> String {
    chance::hash(&format!("notice {}", notice.id.row())).chars().take(16).collect()
}

/// A notice as a form asks for it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// None for the whole site.
    pub facility: Option<Slug>,
    pub dates: Vec<(NaiveDate, Result<Span, NoSuchTime>)>,
    pub words: String,
}

impl Wanted {
    /// The spans at these places in the list of dates, or all of them.
    pub fn spans(&self, places: Option<&[usize]>) -> Vec<Span> {
        let chosen = self.dates.iter().enumerate().filter(|(place, _)| places.is_none_or(|some| some.contains(place)));
        chosen.filter_map(|(_, (_, span))| span.ok()).collect()
    }
}

/// The bank holidays and own dates of a site among some dates, each with its name.
pub async fn holidays(db: &Db, site: Site, dates: Vec<NaiveDate>) -> Result<Vec<(NaiveDate, String)>, StoreError> {
    db.read(move |conn| {
        let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
            return Ok(Vec::new());
        };
        let mut found = sites::own_dates(conn, site.id, (*first, *last))?;
        let bank = dates.iter().filter_map(|date| Some((*date, holiday(site.nation, *date)?.to_owned())));
        found.extend(bank);
        Ok(found)
    })
    .await
}

/// Gives a notice on each of the spans; false when there is no such site or space for this manager.
pub async fn give(
    db: &Db,
    actor: Actor,
    slug: Slug,
    (wanted, spans): (Wanted, Vec<Span>),
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = managed(conn, &actor, &slug)? else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        let facility = match &wanted.facility {
            None => None,
            Some(facility) => match facilities::by_slug(conn, &slug, facility)? {
                Some((_, facility)) => Some(facility.id),
                None => return Ok(false),
            },
        };
        let mut group = None;
        for span in &spans {
            let new = NewNotice { site: site.id, facility, span: *span, words: &wanted.words, by: actor.person, group };
            let id = notices::insert(conn, &new, now)?;
            group = group.or(Some(id));
        }
        note(conn, (EventKind::NoticeMade, &actor), (site.id, facility), spans.len(), now)?;
        Ok(true)
    })
    .await
}

/// What is done to a notice that stands.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Other words on all dates to come that were given together.
    Words(String),
    /// This date is taken back, or all that are to come.
    Lift { all: bool },
}

/// Does it; false when there is no notice of that key to come at a site that this person manages.
pub async fn act(
    db: &Db,
    actor: Actor,
    slug: Slug,
    (wanted, deed): (String, Deed),
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = managed(conn, &actor, &slug)? else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        let groups = in_groups(notices::coming(conn, site.id, now)?);
        let Some(group) = groups.iter().find(|group| group.iter().any(|one| key(one) == wanted)) else {
            return Ok(false);
        };
        let every: Vec<NoticeId> = group.iter().map(|one| one.id).collect();
        let one: Vec<NoticeId> = group.iter().filter(|one| key(one) == wanted).map(|one| one.id).collect();
        let (kind, changed) = match &deed {
            Deed::Words(words) => (EventKind::NoticeMade, notices::set_words(conn, site.id, &every, words)?),
            Deed::Lift { all } => {
                let ids = if *all { &every } else { &one };
                (EventKind::NoticeLifted, notices::lift(conn, site.id, ids, now)?)
            }
        };
        let facility = group.first().and_then(|one| one.facility);
        note(conn, (kind, &actor), (site.id, facility), changed, now)?;
        Ok(0 < changed)
    })
    .await
}

/// A line of history with the number of dates; pages about the site know that something changed.
fn note(
    conn: &mut Conn,
    (kind, actor): (EventKind, &Actor),
    (site, facility): (SiteId, Option<FacilityId>),
    dates: usize,
    now: Instant,
) -> Result<(), StoreError> {
    let number = i64::try_from(dates).ok();
    let event = NewEvent { site: Some(site), facility, number, ..NewEvent::new(kind, Some(actor.person)) };
    events::insert(conn, &event, now)?;
    sites::mark_changed(conn, site)
}
