//! The use cases of papers: list, add, take back, open, decide. Not how they look.

use chrono::NaiveDate;

use crate::allocation::{self, may_decide_on_papers};
use crate::domain::document::Document;
use crate::domain::history::EventKind;
use crate::domain::holder::OrganisationName;
use crate::domain::hours::local_date;
use crate::domain::ids::{OrganisationId, Reference, SiteId, Slug};
use crate::domain::organisation::Organisation;
use crate::domain::papers::{PaperKind, PaperStanding};
use crate::domain::policy::{Actor, StaffRole};
use crate::domain::span::Instant;
use crate::domain::upload::SafeFile;
use crate::error::Error;
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::papers::{self, Decided, NewDocument};
use crate::store::{Conn, StoreError, engine, organisations, sites};
use crate::web::state::State;

pub use crate::allocation::{PaperAnswer, PaperDecision};

/// Papers belong to no site, so their days are those of the clock that all the sites go by.
pub fn today(now: Instant) -> NaiveDate {
    local_date(chrono_tz::Europe::London, now)
}

/// An organisation with its papers, and what this person may do about them.
#[derive(Debug)]
pub struct Whole {
    pub organisation: Organisation,
    pub documents: Vec<Document>,
    pub coordinates: bool,
    pub decides: bool,
}

/// The papers of an organisation; `None` when it is not there or not for this person.
pub async fn whole(state: &State, actor: Actor, slug: Slug) -> Result<Option<Whole>, Error> {
    let found = state.db.read(move |conn| {
        let Some((organisation, coordinates, decides)) = seen(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let documents = papers::of_organisation(conn, organisation.id)?;
        Ok(Some(Whole { organisation, documents, coordinates, decides }))
    });
    Ok(found.await?)
}

/// The organisation with whether this person coordinates it and whether they decide on its papers, if they see them at all.
fn seen(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<(Organisation, bool, bool)>, StoreError> {
    let Some(organisation) = organisations::by_slug(conn, slug)? else {
        return Ok(None);
    };
    let coordinates = actor.coordinates(organisation.id);
    let decides = may_decide_on_papers(conn, actor, organisation.id)?;
    Ok((coordinates || decides).then_some((organisation, coordinates, decides)))
}

/// What somebody adds, read and checked.
#[derive(Debug)]
pub struct NewPaper {
    pub kind: PaperKind,
    pub pounds: Option<i32>,
    pub issuer: String,
    pub number: String,
    pub people: Option<i32>,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub file: Option<SafeFile>,
}

/// What became of adding one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    Done,
    NotFound,
    /// So many wait to be looked at already.
    TooMany,
}

/// So many papers of one organisation may wait at a time, so that nobody fills the database.
const MOST_AWAITING: usize = 20;

/// Adds a paper; the managers of the sites where the organisation books are told.
pub async fn add(state: &State, actor: Actor, slug: Slug, new: NewPaper) -> Result<Added, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let found = organisations::by_slug(conn, &slug)?.filter(|one| actor.coordinates(one.id));
        let Some(organisation) = found else {
            return Ok(Added::NotFound);
        };
        engine::lock_all(conn, &[], Some(organisation.id))?;
        let waits = |one: &&Document| one.standing == PaperStanding::Awaiting;
        if MOST_AWAITING <= papers::of_organisation(conn, organisation.id)?.iter().filter(waits).count() {
            return Ok(Added::TooMany);
        }
        let circumstances = shared.circumstances();
        let reference = circumstances.chance.reference();
        let document = NewDocument {
            reference: &reference,
            organisation: organisation.id,
            kind: new.kind,
            pounds: new.pounds,
            issuer: &new.issuer,
            number: &new.number,
            people: new.people,
            from: new.from,
            until: new.until,
            by: Some(actor.person),
        };
        papers::insert(conn, &document, new.file.as_ref(), circumstances.now)?;
        note(conn, (EventKind::PaperAdded, &actor), organisation.id, circumstances.now)?;
        if let Some(document) = papers::by_reference(conn, &reference)? {
            for site in papers::sites_of(conn, organisation.id)? {
                let staff = sites::staff(conn, site)?;
                for manager in staff.iter().filter(|one| one.role == StaffRole::Manager) {
                    let to = Recipient { name: &manager.name, email: &manager.email };
                    let mail = circumstances.mailer.paper_to_look_at(&to, &organisation, &document);
                    // Whoever manages several of its sites hears of it once.
                    let once = Some(format!("paper-added/{}/{}", reference.stored(), manager.person.row()));
                    let mail = crate::domain::rendered::Rendered { once, site: Some(site), ..mail };
                    circumstances.post(conn, Some(mail))?;
                }
            }
        }
        Ok(Added::Done)
    });
    Ok(done.await?)
}

fn note(
    conn: &mut Conn,
    (kind, actor): (EventKind, &Actor),
    organisation: OrganisationId,
    now: Instant,
) -> Result<(), StoreError> {
    let line = NewEvent { organisation: Some(organisation), ..NewEvent::new(kind, Some(actor.person)) };
    events::insert(conn, &line, now)
}

/// Takes back a paper that nobody has accepted; false when it is not there, not theirs, or decided.
pub async fn withdraw(state: &State, actor: Actor, slug: Slug, reference: Reference) -> Result<bool, Error> {
    let now = state.clock.now();
    let done = state.db.write(move |conn| {
        let found = organisations::by_slug(conn, &slug)?.filter(|one| actor.coordinates(one.id));
        let Some(organisation) = found else {
            return Ok(false);
        };
        engine::lock_all(conn, &[], Some(organisation.id))?;
        let document = papers::by_reference(conn, &reference)?.filter(|one| one.organisation == organisation.id);
        let Some(document) = document else {
            return Ok(false);
        };
        let to = Decided { to: PaperStanding::Withdrawn, by: Some(actor.person), reason: None, look_on: None };
        if !papers::decide(conn, document.id, PaperStanding::Awaiting, to, now)? {
            return Ok(false);
        }
        note(conn, (EventKind::PaperWithdrawn, &actor), organisation.id, now)?;
        Ok(true)
    });
    Ok(done.await?)
}

/// The file of a paper; `None` when it is not there or not for this person.
pub async fn file(state: &State, actor: Actor, slug: Slug, reference: Reference) -> Result<Option<SafeFile>, Error> {
    let found = state.db.read(move |conn| {
        let Some((organisation, ..)) = seen(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let document = papers::by_reference(conn, &reference)?.filter(|one| one.organisation == organisation.id);
        match document.and_then(|one| one.file) {
            Some(facts) => papers::file(conn, facts.id),
            None => Ok(None),
        }
    });
    Ok(found.await?)
}

/// Accepts a paper or sends it back.
pub async fn decide(
    state: &State,
    actor: Actor,
    (slug, reference): (Slug, Reference),
    decision: PaperDecision,
) -> Result<PaperAnswer, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| match organisations::by_slug(conn, &slug)? {
        Some(organisation) => {
            let which = (&organisation, &reference);
            allocation::decide_paper(conn, shared.circumstances(), &actor, which, &decision)
        }
        None => Ok(PaperAnswer::NotFound),
    });
    Ok(done.await?)
}

/// What a manager has to look at: papers that wait, and accepted ones that have run out without a newer one.
#[derive(Debug)]
pub struct ToLookAt {
    pub awaiting: Vec<(OrganisationName, Document)>,
    pub over: Vec<(OrganisationName, Document)>,
}

pub async fn to_look_at(state: &State, actor: Actor) -> Result<ToLookAt, Error> {
    let today = today(state.clock.now());
    let found = state.db.read(move |conn| {
        let sites: Option<Vec<SiteId>> = (!actor.administrator)
            .then(|| actor.posts.iter().map(|post| post.site).filter(|site| actor.manages(*site)).collect());
        let awaiting = papers::in_standing(conn, PaperStanding::Awaiting, sites.as_deref(), None)?;
        let mut over = papers::in_standing(conn, PaperStanding::Accepted, sites.as_deref(), Some(today))?;
        let good = papers::in_force(conn, &over.iter().map(|(_, one)| one.organisation).collect::<Vec<_>>(), today)?;
        over.retain(|(_, one)| !good.contains(&(one.organisation, one.kind)));
        Ok(ToLookAt { awaiting, over })
    });
    Ok(found.await?)
}
