//! The use cases of plots for everybody: an allotment, joining its line, one's own tenancy or place and what is done with it.

use crate::allocation::plots::{self as writer, NoticeWish};
use crate::allocation::{Circumstances, plots};
use crate::chance::{Chance, Token};
use crate::domain::holder::{Contact, Holder, HolderId, Reach};
use crate::domain::ids::{PersonId, Reference, Slug};
use crate::domain::person::Email;
use crate::domain::plot_line::{PlotEntry, Wish};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::domain::tenancy::{Tenancy, key_of, person_key};
use crate::enquiry::plots as enquiry;
use crate::mail::Mailer;
use crate::store::statement::{self, Of};
use crate::store::tenancies::Opens;
use crate::store::{Conn, Db, StoreError, plot_line, tenancies};

pub use crate::allocation::plots::{AllotmentAt, JoinLineAnswer, LineAct, LineAnswer, NoticeAnswer, PlotOfferAnswer};
pub use crate::enquiry::plots::{Allotment, PlotView};
pub use crate::store::statement::Line as Rent;

/// An allotment for whoever looks; `None` when it is not there or not for them.
pub async fn allotment(
    db: &Db,
    (site, facility): (Slug, Slug),
    actor: Option<Actor>,
    now: Instant,
) -> Result<Option<Allotment>, StoreError> {
    let found = db.read(move |conn| enquiry::by_slugs(conn, &site, &facility, now)).await?;
    let sees = |site| actor.as_ref().is_some_and(|actor| actor.sees_unlisted(site));
    Ok(found.filter(|one| one.facility.listed || sees(one.site.id)))
}

/// The keys under which somebody holds plots: their own, and those of the organisations that they book for.
pub fn keys(actor: &Actor) -> Vec<String> {
    let own = actor.memberships.iter().map(|member| member.organisation);
    let own = own.filter(|organisation| actor.sees_bookings_of(*organisation));
    let organisations = own.map(|organisation| key_of(&Holder::Organisation(organisation)));
    std::iter::once(person_key(&actor.email)).chain(organisations).collect()
}

/// For whom somebody joins a line: themselves, or an organisation that they book for.
pub fn holder(actor: &Actor, organisation: &str) -> Option<HolderId> {
    if organisation.is_empty() {
        let email = Email::parse(&actor.email).ok()?;
        return Some(Holder::Person(Contact { name: actor.name.clone(), reach: Reach::Email(email) }));
    }
    let member = actor.books_for().find(|member| member.slug.as_str() == organisation)?;
    Some(Holder::Organisation(member.organisation))
}

/// Joins a line.
pub async fn join(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    at: AllotmentAt,
    (holder, wish): (HolderId, Wish),
    person: PersonId,
) -> Result<JoinLineAnswer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        let holder = holder.clone();
        let joining = writer::Joining { at: at.clone(), holder, wish, note: String::new(), since: None, person };
        plots::join_line(conn, circumstances, &joining)
    })
    .await
}

/// By what one's own page is opened.
#[derive(Debug, Clone)]
pub enum Key {
    Link(Token),
    Account(Reference, Actor),
}

impl Key {
    /// Reads the end of a mailed link.
    pub fn link(text: &str) -> Option<Self> {
        Token::parse(text).map(Self::Link)
    }
}

/// One's own place in a line, or one's own plot.
#[derive(Debug)]
pub enum Own {
    Entry { allotment: Box<Allotment>, entry: Box<PlotEntry> },
    Tenancy { view: Box<PlotView>, tenancy: Box<Tenancy>, rents: Vec<Rent> },
}

impl Own {
    pub fn reference(&self) -> &Reference {
        match self {
            Self::Entry { entry, .. } => &entry.reference,
            Self::Tenancy { tenancy, .. } => &tenancy.reference,
        }
    }
}

/// One's own page; `None` when there is nothing, or not for them.
pub async fn own(db: &Db, key: Key, now: Instant) -> Result<Option<Own>, StoreError> {
    db.read(move |conn| {
        let found = match &key {
            Key::Link(token) => by_link(conn, token, now)?,
            Key::Account(reference, actor) => by_account(conn, reference, actor)?,
        };
        match found {
            Some(Found::Entry(entry)) => {
                let allotment = enquiry::by_id(conn, entry.facility, now)?;
                Ok(allotment.map(|one| Own::Entry { allotment: Box::new(one), entry: Box::new(entry) }))
            }
            Some(Found::Tenancy(tenancy)) => {
                let view = enquiry::own_plot(conn, tenancy.clone())?;
                let rents = statement::lines(conn, Of::Booking(tenancy.booking))?;
                Ok(view.map(|view| Own::Tenancy { view: Box::new(view), tenancy: Box::new(tenancy), rents }))
            }
            None => Ok(None),
        }
    })
    .await
}

enum Found {
    Entry(PlotEntry),
    Tenancy(Tenancy),
}

fn by_link(conn: &mut Conn, token: &Token, now: Instant) -> Result<Option<Found>, StoreError> {
    Ok(match tenancies::link(conn, &token.hash(), now)? {
        Some(Opens::Entry(id)) => plot_line::by_id(conn, id)?.map(Found::Entry),
        Some(Opens::Tenancy(id)) => tenancies::by_id(conn, id)?.map(Found::Tenancy),
        None => None,
    })
}

fn by_account(conn: &mut Conn, reference: &Reference, actor: &Actor) -> Result<Option<Found>, StoreError> {
    let keys = keys(actor);
    if let Some(tenancy) = tenancies::by_reference(conn, reference)? {
        return Ok(Some(tenancy).filter(|one| keys.contains(&one.key)).map(Found::Tenancy));
    }
    let entry = plot_line::by_reference(conn, reference)?;
    Ok(entry.filter(|one| keys.contains(&one.key)).map(Found::Entry))
}

/// All that somebody has and waits for.
pub async fn all(db: &Db, actor: &Actor) -> Result<(Vec<Tenancy>, Vec<PlotEntry>), StoreError> {
    let keys = keys(actor);
    db.read(move |conn| Ok((tenancies::of_holders(conn, &keys)?, plot_line::of_holders(conn, &keys)?))).await
}

/// Something done on one's own page.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    Take,
    Refuse,
    Line(LineAct),
    Notice(chrono::NaiveDate),
}

/// What became of it.
#[derive(Debug)]
pub enum Done {
    Offer(PlotOfferAnswer),
    Line(LineAnswer),
    Notice(NoticeAnswer),
}

/// Does it; the page has been opened by whoever may.
pub async fn act(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    reference: Reference,
    deed: Deed,
    person: Option<PersonId>,
) -> Result<Done, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        Ok(match deed {
            Deed::Take => Done::Offer(plots::take_plot(conn, circumstances, &reference, person)?),
            Deed::Refuse => Done::Offer(plots::refuse_plot(conn, circumstances, &reference, person)?),
            Deed::Line(act) => Done::Line(plots::act_in_line(conn, circumstances, &reference, act, person)?),
            Deed::Notice(last_day) => {
                let wish = NoticeWish { by: crate::domain::tenancy::NoticeBy::Holder, last_day, person };
                Done::Notice(plots::give_notice(conn, circumstances, &reference, wish)?)
            }
        })
    })
    .await
}
