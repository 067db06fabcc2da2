//! The use cases of closures: those to come, what a closure would meet on each date, closing, opening again.

use chrono::NaiveDate;

use crate::allocation::{self, BlockDraft, Circumstances};
use crate::chance;
use crate::domain::bank_holidays::holiday;
use crate::domain::booking::Occurrence;
use crate::domain::fault::{Fault, FaultState};
use crate::domain::hours::NoSuchTime;
use crate::domain::ids::{OccurrenceId, Reference, SiteId, Slug, UnitId};
use crate::domain::kinds::Kind;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::enquiry::closing::{self, Met};
use crate::enquiry::instead::{self, Lost};
use crate::mail::Mailer;
use crate::store::blocks::{self, Block};
use crate::store::facilities::{self, Filter};
use crate::store::{Db, StoreError, faults, sites};

pub use crate::allocation::{BlockAnswer, Case};
pub use crate::enquiry::closing::Hit;

/// A site with its spaces and the closures that have not ended, soonest first; those made together stand together.
#[derive(Debug)]
pub struct ClosuresView {
    pub site: Site,
    pub facilities: Vec<Facility>,
    pub coming: Vec<Vec<Closure>>,
}

impl ClosuresView {
    /// The closure of a block, by which a form can name it.
    pub fn of(&self, block: &BlockAnswer) -> Option<&Closure> {
        let BlockAnswer::Done { block, .. } = block else {
            return None;
        };
        self.coming.iter().flatten().find(|closure| closure.block.id == *block)
    }
}

/// A closure, and what names it in a form.
#[derive(Debug)]
pub struct Closure {
    pub key: String,
    pub block: Block,
}

impl Closure {
    fn new(block: Block) -> Self {
        let (from, to) = (block.span.start().seconds(), block.span.end().seconds());
        let what = format!("{from}|{to}|{}|{}", block.reason, block.facilities.join("|"));
        Self { key: chance::hash(&what).chars().take(16).collect(), block }
    }
}

fn grouped(coming: Vec<Block>) -> Vec<Vec<Closure>> {
    let groups = blocks::in_groups(coming).into_iter();
    groups.map(|group| group.into_iter().map(Closure::new).collect()).collect()
}

/// The closures of a site; `None` when it is not there or not for this manager.
pub async fn closures(db: &Db, actor: Actor, slug: Slug, now: Instant) -> Result<Option<ClosuresView>, StoreError> {
    db.read(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(None);
        };
        let all = facilities::with_sites(conn, &Filter { site: Some(&slug), ..Filter::default() })?;
        Ok(Some(ClosuresView {
            facilities: all.into_iter().map(|(_, one)| one).filter(|one| one.kind != Kind::Allotment).collect(),
            coming: grouped(blocks::coming(conn, site.id, now)?),
            site,
        }))
    })
    .await
}

/// A fault of a site that is not mended, for the form that closes because of it.
pub async fn fault(db: &Db, site: SiteId, reference: Reference) -> Result<Option<Fault>, StoreError> {
    let found = db.read(move |conn| faults::by_reference(conn, &reference)).await?;
    Ok(found.filter(|fault| fault.site == site && fault.state != FaultState::Mended))
}

/// What is to be closed, as a form says it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Empty for the whole site.
    pub facilities: Vec<Slug>,
    /// In order; a time that the wall never shows is no time to close.
    pub dates: Vec<(NaiveDate, Result<Span, NoSuchTime>)>,
    pub reason: String,
    /// Only these parts of the spaces; all of them where none is named.
    pub units: Vec<UnitId>,
    /// The fault because of which it is closed.
    pub fault: Option<Reference>,
}

impl Wanted {
    /// The units to close, of those of the chosen spaces.
    fn only(&self, mut units: Vec<UnitId>) -> Vec<UnitId> {
        units.retain(|unit| self.units.is_empty() || self.units.contains(unit));
        units
    }

    /// The spans at these places in the list of dates, or all of them.
    pub fn spans(&self, places: Option<&[usize]>) -> Vec<Span> {
        let chosen = self.dates.iter().enumerate().filter(|(place, _)| places.is_none_or(|some| some.contains(place)));
        chosen.filter_map(|(_, (_, span))| span.ok()).collect()
    }
}

/// Every date with what a closure would meet then.
#[derive(Debug)]
pub struct Preview {
    pub dates: Vec<DateMet>,
    /// The bookings in the way.
    pub cases: Vec<Case>,
}

/// One date of it.
#[derive(Debug)]
pub struct DateMet {
    pub date: NaiveDate,
    pub met: Result<Met, NoSuchTime>,
    /// A bank holiday of the site's nation, or a date of its own list.
    pub holiday: Option<String>,
}

impl Preview {
    /// Whether all of it can be closed without anybody noticing.
    pub fn is_clear(&self) -> bool {
        self.dates.iter().all(|one| one.met.as_ref().is_ok_and(|met| met.closed.is_none() && met.hit.is_empty()))
    }

    /// The dates of bookings in the way of one of the spans, each with its booking.
    pub fn hit<'a>(&'a self, met: &'a Met) -> impl Iterator<Item = (Hit, &'a Case, &'a Occurrence)> {
        met.hit.iter().filter_map(|hit| {
            let case = self.cases.iter().find(|case| case.booking.id == hit.booking)?;
            let one = case.booking.occurrences.iter().find(|one| one.id == hit.occurrence)?;
            Some((*hit, case, one))
        })
    }

    fn every_hit(&self) -> impl Iterator<Item = (Hit, &Case, &Occurrence)> {
        self.dates.iter().filter_map(|one| one.met.as_ref().ok()).flat_map(|met| self.hit(met))
    }
}

/// How a form names a date of a booking that was seen.
pub fn seen_key(case: &Case, one: &Occurrence) -> String {
    format!("{}.{}", case.booking.reference.stored(), one.ordinal)
}

/// What a closure would meet, in a fixed number of queries. `None` when there is no such site for this manager.
pub async fn preview(
    db: &Db,
    actor: Actor,
    slug: Slug,
    wanted: Wanted,
    now: Instant,
) -> Result<Option<Preview>, StoreError> {
    db.read(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(None);
        };
        let units = wanted.only(allocation::units_of(conn, &slug, &wanted.facilities)?);
        let mut met = closing::look(conn, &units, &wanted.spans(None), now)?.into_iter();
        let mut bookings: Vec<_> = Vec::new();
        let mut dates: Vec<DateMet> = Vec::with_capacity(wanted.dates.len());
        for (date, span) in &wanted.dates {
            let met = match span {
                Ok(_) => met.next().ok_or(NoSuchTime::OutOfRange),
                Err(why) => Err(*why),
            };
            bookings.extend(met.iter().flat_map(|met| met.hit.iter().map(|hit| hit.booking)));
            dates.push(DateMet { date: *date, met, holiday: holiday(site.nation, *date).map(str::to_owned) });
        }
        if let (Some(first), Some(last)) = (wanted.dates.first(), wanted.dates.last()) {
            let own = sites::own_dates(conn, site.id, (first.0, last.0))?;
            for one in &mut dates {
                let name = own.iter().find(|(date, _)| *date == one.date).map(|(_, name)| name.clone());
                one.holiday = name.or(one.holiday.take());
            }
        }
        bookings.sort_unstable();
        bookings.dedup();
        let cases = Case::by_ids(conn, &bookings)?;
        Ok(Some(Preview { dates, cases }))
    })
    .await
}

/// Closes for a time, once or on the chosen dates. What is in the way and was not seen stops it. What the displaced could have
/// instead is looked for before anything is written, on a reader.
pub async fn close(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    (slug, wanted): (Slug, Wanted),
    (preview, spans, seen): (&Preview, Vec<Span>, &[String]),
) -> Result<BlockAnswer, StoreError> {
    let known = |case: &Case, one: &Occurrence| seen.contains(&seen_key(case, one));
    let seen: Vec<OccurrenceId> =
        preview.every_hit().filter(|(_, case, one)| known(case, one)).map(|(_, _, one)| one.id).collect();
    let lost = lost(preview, &spans, now);
    let instead = match lost.is_empty() {
        true => Vec::new(),
        false => {
            let (slug, spans, wanted) = (slug.clone(), spans.clone(), wanted.clone());
            db.read(move |conn| {
                let Some(site) = sites::by_slug(conn, &slug)? else {
                    return Ok(Vec::new());
                };
                let units = wanted.only(allocation::units_of(conn, &slug, &wanted.facilities)?);
                instead::look(conn, &site, (&units, &spans), &lost, now)
            })
            .await?
        }
    };
    let (fault, only) = (wanted.fault, wanted.units);
    let draft = BlockDraft { site: slug, facilities: wanted.facilities, spans, reason: wanted.reason, seen, instead };
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: chance::Chance, mailer: &mailer };
        match &fault {
            Some(fault) => allocation::block_for_fault(conn, circumstances, &actor, &draft, (fault, &only)),
            None => allocation::block(conn, circumstances, &actor, &draft),
        }
    })
    .await
}

/// The dates that the chosen spans would displace, each once.
fn lost(preview: &Preview, spans: &[Span], now: Instant) -> Vec<Lost> {
    let mut lost: Vec<Lost> = Vec::new();
    for (_, case, one) in preview.every_hit().filter(|(hit, _, one)| {
        !hit.begun && now < one.session.start() && spans.iter().any(|span| span.overlaps(one.occupied))
    }) {
        if let Some(facility) = case.facility_of(one).filter(|_| lost.iter().all(|known| known.occurrence != one.id)) {
            lost.push(Lost {
                occurrence: one.id,
                facility: facility.slug.clone(),
                session: one.session,
                wanted: one.wanted.clone(),
                people: case.booking.people,
                organisation: case.booking.organisation_id(),
            });
        }
    }
    lost
}

/// Opens again what a closure closed, or all dates to come that were closed together with it; false when there is none of
/// that key to come.
pub async fn open(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    slug: Slug,
    (key, all): (String, bool),
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(false);
        };
        let groups = grouped(blocks::coming(conn, site.id, now)?);
        let Some(group) = groups.iter().find(|group| group.iter().any(|closure| closure.key == key)) else {
            return Ok(false);
        };
        let chosen = group.iter().filter(|closure| all || closure.key == key);
        let ids: Vec<_> = chosen.map(|closure| closure.block.id).collect();
        let circumstances = Circumstances { now, chance: chance::Chance, mailer: &mailer };
        allocation::lift(conn, circumstances, &actor, &slug, &ids)
    })
    .await
}
