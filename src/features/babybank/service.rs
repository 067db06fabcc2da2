//! The use cases of a baby bank. Each loads one stream or the other for whoever asks, never both. Not how they look.

use crate::allocation::{self, Circumstances, Collection, Donation, GivenUpBy, SlotAnswer};
use crate::chance::{Chance, Token};
use crate::domain::history::EventKind;
use crate::domain::holder::OrganisationName;
use crate::domain::ids::{OrganisationId, Reference, Slug};
use crate::domain::policy::Actor;
use crate::domain::slots::{Pause, Stream, StreamKind, Visit};
use crate::domain::span::{Instant, Span};
use crate::enquiry::slots::{bank, free};
use crate::mail::Mailer;
use crate::store::events::{self, NewEvent};
use crate::store::slots::{self, StreamFacts, Which};
use crate::store::{Conn, Db, StoreError, engine, facilities, organisations, sites};

pub use crate::allocation::{Collection as CollectionDraft, Donation as DonationDraft, SlotAnswer as Answer};
pub use crate::enquiry::slots::Bank;

/// So many days back are shown to the site's staff.
const LOOK_BACK_DAYS: i64 = 1;

type Slugs = (Slug, Slug);

/// What a writer needs from outside.
#[derive(Clone)]
pub struct Outside {
    pub now: Instant,
    pub chance: Chance,
    pub mailer: Mailer,
}

impl Outside {
    fn circumstances(&self) -> Circumstances<'_> {
        Circumstances { now: self.now, chance: self.chance, mailer: &self.mailer }
    }
}

/// Runs an act on a slot. Two who want one slot are told apart by the guard: the second one finds it taken.
async fn act(
    db: &Db,
    work: impl FnMut(&mut Conn) -> Result<SlotAnswer, StoreError> + Send + 'static,
) -> Result<SlotAnswer, StoreError> {
    match db.write(work).await {
        Err(StoreError::Overlap) => Ok(SlotAnswer::Taken),
        done => done,
    }
}

fn bank_of(conn: &mut Conn, (site, facility): &Slugs) -> Result<Option<Bank>, StoreError> {
    bank(conn, (site, facility))
}

/// Where somebody is led who opens the baby bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Donor,
    Referrer,
    Staff,
}

/// Which way is whose; `None` when there is no such place.
pub async fn way(db: &Db, slugs: Slugs, actor: Option<Actor>) -> Result<Option<Way>, StoreError> {
    db.read(move |conn| {
        let Some(bank) = bank_of(conn, &slugs)? else {
            return Ok(None);
        };
        let Some(actor) = actor else {
            return Ok(bank.facility.listed.then_some(Way::Donor));
        };
        if actor.is_staff(bank.site.id) {
            return Ok(Some(Way::Staff));
        }
        let referrers = slots::referrers(conn, bank.facility.id)?;
        let refers = actor.books_for().any(|own| referrers.contains(&own.organisation));
        Ok(if refers { Some(Way::Referrer) } else { bank.facility.listed.then_some(Way::Donor) })
    })
    .await
}

/// A baby bank and the free slots for drop-offs.
pub async fn load_donate(db: &Db, slugs: Slugs, now: Instant) -> Result<Option<(Bank, Vec<Span>)>, StoreError> {
    db.read(move |conn| {
        let Some(bank) = bank_of(conn, &slugs)?.filter(|bank| bank.facility.listed) else {
            return Ok(None);
        };
        let free = free(conn, &bank, StreamKind::Donation, now)?;
        Ok(Some((bank, free)))
    })
    .await
}

pub async fn ask(db: &Db, outside: Outside, slugs: Slugs, draft: Donation) -> Result<SlotAnswer, StoreError> {
    act(db, move |conn| allocation::ask_donation(conn, outside.circumstances(), (&slugs.0, &slugs.1), &draft)).await
}

/// A mailed link, with the baby bank and the drop-off that it is about.
#[derive(Debug)]
pub struct Linked {
    pub site: crate::domain::places::Site,
    pub facility: crate::domain::places::Facility,
    pub visit: Visit,
}

/// What a link opens; none where it opens nothing (any more).
pub async fn linked(db: &Db, token: &str, confirms: bool, now: Instant) -> Result<Option<Linked>, StoreError> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    db.read(move |conn| {
        let hash = token.hash();
        let which = if confirms { Which::Confirm(&hash) } else { Which::Cancel(&hash) };
        let Some(visit) = slots::visits(conn, which)?.pop() else {
            return Ok(None);
        };
        let works = if confirms { visit.confirm_until.is_some_and(|until| now < until) } else { visit.is_coming(now) };
        let filter = facilities::Filter { ids: Some(&[visit.facility]), ..facilities::Filter::default() };
        let place = facilities::with_sites(conn, &filter)?.pop();
        Ok(place.filter(|_| works).map(|(site, facility)| Linked { site, facility, visit }))
    })
    .await
}

pub async fn confirm(db: &Db, outside: Outside, token: &str) -> Result<SlotAnswer, StoreError> {
    let Some(token) = Token::parse(token) else {
        return Ok(SlotAnswer::NotFound);
    };
    act(db, move |conn| allocation::confirm_donation(conn, outside.circumstances(), &token.hash())).await
}

pub async fn cancel_by_link(db: &Db, outside: Outside, token: &str) -> Result<SlotAnswer, StoreError> {
    let Some(token) = Token::parse(token) else {
        return Ok(SlotAnswer::NotFound);
    };
    act(db, move |conn| {
        let hash = token.hash();
        allocation::cancel_slot(conn, outside.circumstances(), GivenUpBy::Link, Which::Cancel(&hash))
    })
    .await
}

/// The organisations for which somebody may book collections, and the free slots. `None` for everybody else.
#[derive(Debug)]
pub struct CollectView {
    pub bank: Bank,
    pub organisations: Vec<(OrganisationId, Slug, String)>,
    pub free: Vec<Span>,
}

pub async fn load_collect(
    db: &Db,
    actor: Actor,
    slugs: Slugs,
    now: Instant,
) -> Result<Option<CollectView>, StoreError> {
    db.read(move |conn| {
        let Some(bank) = bank_of(conn, &slugs)? else {
            return Ok(None);
        };
        let referrers = slots::referrers(conn, bank.facility.id)?;
        let own = actor.books_for().filter(|own| referrers.contains(&own.organisation));
        let organisations: Vec<_> = own.map(|own| (own.organisation, own.slug.clone(), own.name.clone())).collect();
        if organisations.is_empty() {
            return Ok(None);
        }
        let free = free(conn, &bank, StreamKind::Collection, now)?;
        Ok(Some(CollectView { bank, organisations, free }))
    })
    .await
}

pub async fn collect(
    db: &Db,
    outside: Outside,
    actor: Actor,
    slugs: Slugs,
    draft: Collection,
) -> Result<SlotAnswer, StoreError> {
    act(db, move |conn| {
        allocation::book_collection(conn, outside.circumstances(), &actor, (&slugs.0, &slugs.1), &draft)
    })
    .await
}

/// The collections to come: a referrer's own, or all of them for the site's staff.
#[derive(Debug)]
pub struct VisitsView {
    pub bank: Bank,
    pub staff: bool,
    pub manages: bool,
    pub visits: Vec<Visit>,
}

pub async fn load_collections(
    db: &Db,
    actor: Actor,
    slugs: Slugs,
    now: Instant,
) -> Result<Option<VisitsView>, StoreError> {
    db.read(move |conn| {
        let Some(bank) = bank_of(conn, &slugs)? else {
            return Ok(None);
        };
        let (staff, manages) = (actor.is_staff(bank.site.id), actor.manages(bank.site.id));
        let refers = |organisation: OrganisationId| actor.may_book_for(organisation);
        if !staff && !slots::referrers(conn, bank.facility.id)?.into_iter().any(refers) {
            return Ok(None);
        }
        let which = Which::OfStream(bank.facility.id, StreamKind::Collection, now.plus_days(-LOOK_BACK_DAYS));
        let mut visits = slots::visits(conn, which)?;
        visits.retain(|one| staff || one.organisation.as_ref().is_some_and(|(id, _)| refers(*id)));
        Ok(Some(VisitsView { bank, staff, manages, visits }))
    })
    .await
}

/// The drop-offs to come, for the site's staff alone.
pub async fn load_donations(
    db: &Db,
    actor: Actor,
    slugs: Slugs,
    now: Instant,
) -> Result<Option<VisitsView>, StoreError> {
    db.read(move |conn| {
        let Some(bank) = bank_of(conn, &slugs)?.filter(|bank| actor.is_staff(bank.site.id)) else {
            return Ok(None);
        };
        let which = Which::OfStream(bank.facility.id, StreamKind::Donation, now.plus_days(-LOOK_BACK_DAYS));
        let visits = slots::visits(conn, which)?;
        Ok(Some(VisitsView { manages: actor.manages(bank.site.id), bank, staff: true, visits }))
    })
    .await
}

/// One collection with the slots that it could have instead, for its referrer and the site's staff.
pub async fn load_collection(
    db: &Db,
    actor: Actor,
    (slugs, reference): (Slugs, Reference),
    now: Instant,
) -> Result<Option<(Bank, Visit, Vec<Span>)>, StoreError> {
    db.read(move |conn| {
        let Some(bank) = bank_of(conn, &slugs)? else {
            return Ok(None);
        };
        let own = |visit: &Visit| {
            let refers = visit.organisation.as_ref().is_some_and(|(id, _)| actor.may_book_for(*id));
            let here = visit.facility == bank.facility.id && visit.kind == StreamKind::Collection;
            here && (refers || actor.is_staff(bank.site.id))
        };
        let Some(visit) = slots::visits(conn, Which::Reference(&reference))?.pop().filter(own) else {
            return Ok(None);
        };
        let free = free(conn, &bank, StreamKind::Collection, now)?;
        Ok(Some((bank, visit, free)))
    })
    .await
}

/// Gives a collection another slot, bundle or size.
pub async fn change(
    db: &Db,
    outside: Outside,
    actor: Actor,
    (reference, version): (Reference, i32),
    (slot, bundle, size): (Instant, String, String),
) -> Result<SlotAnswer, StoreError> {
    act(db, move |conn| {
        let what = (slot, bundle.as_str(), size.as_str());
        allocation::change_collection(conn, outside.circumstances(), &actor, (&reference, version), what)
    })
    .await
}

/// Gives up a slot of this stream, as its referrer or as the site's staff.
pub async fn cancel(
    db: &Db,
    outside: Outside,
    actor: Actor,
    (kind, reference): (StreamKind, Reference),
) -> Result<SlotAnswer, StoreError> {
    act(db, move |conn| {
        let found = slots::visits(conn, Which::Reference(&reference))?.pop();
        if found.is_none_or(|visit| visit.kind != kind) {
            return Ok(SlotAnswer::NotFound);
        }
        let by = GivenUpBy::Actor(&actor);
        allocation::cancel_slot(conn, outside.circumstances(), by, Which::Reference(&reference))
    })
    .await
}

/// Pauses drop-offs or opens them again; says how many donors that concerned.
pub async fn pause(
    db: &Db,
    outside: Outside,
    actor: Actor,
    slugs: Slugs,
    (pause, cancel): (Option<Pause>, bool),
) -> Result<Option<usize>, StoreError> {
    db.write(move |conn| {
        let slugs = (&slugs.0, &slugs.1);
        allocation::pause_donations(conn, outside.circumstances(), &actor, slugs, pause.as_ref(), cancel)
    })
    .await
}

/// A baby bank as its manager sees it.
#[derive(Debug)]
pub struct StreamsView {
    pub bank: Bank,
    pub referrers: Vec<OrganisationName>,
    /// Approved organisations that are no referrers yet.
    pub others: Vec<OrganisationName>,
}

pub async fn load_streams(db: &Db, actor: Actor, slugs: Slugs) -> Result<Option<StreamsView>, StoreError> {
    db.read(move |conn| {
        let Some(bank) = bank_of(conn, &slugs)?.filter(|bank| actor.manages(bank.site.id)) else {
            return Ok(None);
        };
        let ids = slots::referrers(conn, bank.facility.id)?;
        let (referrers, others) =
            organisations::approved_names(conn)?.into_iter().partition(|one| ids.contains(&one.id));
        Ok(Some(StreamsView { bank, referrers, others }))
    })
    .await
}

/// What a manager says of a stream.
#[derive(Debug, Clone)]
pub struct StreamDraft {
    pub kind: StreamKind,
    pub places: i32,
    pub days_ahead: i32,
    pub words: String,
    pub hours: Vec<(i32, i32, i32)>,
}

/// Writes a stream; units for more places are made, and those of fewer stay with what is booked in them.
pub async fn set_stream(
    db: &Db,
    actor: Actor,
    slugs: Slugs,
    draft: StreamDraft,
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(bank) = managed(conn, &actor, &slugs)? else {
            return Ok(false);
        };
        make_stream(conn, &bank, &draft)?;
        note(conn, &actor, &bank, now)?;
        Ok(true)
    })
    .await
}

fn make_stream(conn: &mut Conn, bank: &Bank, draft: &StreamDraft) -> Result<(), StoreError> {
    let StreamDraft { kind, places, days_ahead, words, hours } = draft;
    let facts = StreamFacts { places: *places, days_ahead: *days_ahead, words, hours };
    let id = slots::set_stream(conn, (bank.facility.id, *kind), &facts)?;
    let there = bank.stream(*kind).map_or(0, |stream: &Stream| stream.units.len());
    let first = i32::try_from(bank.facility.units.len()).unwrap_or_default();
    for place in i32::try_from(there).unwrap_or_default()..*places {
        let name = format!("{} {} {}", bank.facility.name, kind.purpose().to_lowercase(), place + 1);
        let unit = facilities::unit_named(conn, bank.site.id, &name)?;
        // A stream never shares a unit, so the numbers of the other do not matter.
        facilities::add_unit(conn, bank.facility.id, unit, first + place)?;
        slots::add_unit(conn, id, unit, place)?;
    }
    Ok(())
}

/// Makes an organisation a referrer or takes that back.
pub async fn set_referrer(
    db: &Db,
    actor: Actor,
    slugs: Slugs,
    (organisation, is): (Slug, bool),
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(bank) = managed(conn, &actor, &slugs)? else {
            return Ok(false);
        };
        let approved = organisations::approved_names(conn)?;
        let Some(one) = approved.into_iter().find(|one| one.slug == organisation) else {
            return Ok(false);
        };
        slots::set_referrer(conn, bank.facility.id, one.id, is)?;
        note(conn, &actor, &bank, now)?;
        Ok(true)
    })
    .await
}

fn managed(conn: &mut Conn, actor: &Actor, slugs: &Slugs) -> Result<Option<Bank>, StoreError> {
    let Some(id) = sites::ids(conn, &[&slugs.0])?.first().copied().filter(|id| actor.manages(*id)) else {
        return Ok(None);
    };
    engine::lock(conn, id, None)?;
    bank_of(conn, slugs)
}

fn note(conn: &mut Conn, actor: &Actor, bank: &Bank, now: Instant) -> Result<(), StoreError> {
    let event = NewEvent {
        site: Some(bank.site.id),
        facility: Some(bank.facility.id),
        ..NewEvent::new(EventKind::FacilityChanged, Some(actor.person))
    };
    events::insert(conn, &event, now)?;
    sites::mark_changed(conn, bank.site.id)
}
