//! The use cases of a booker: one function a page, one transaction a deed. Not how anything looks.

use chrono::{Days, NaiveDate};

use crate::allocation::{self, Circumstances};
use crate::domain::hours::{day, local_date};
use crate::domain::ids::{OrganisationId, Reference, Slug};
use crate::domain::judge::Proposal;
use crate::domain::nearest;
use crate::domain::notice::Notice;
use crate::domain::occurrence::Stage;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::Audience;
use crate::domain::span::{Instant, Span};
use crate::enquiry::find::{Wish, find};
use crate::enquiry::{self, Loaded, Question};
use crate::mail::Mailer;
use crate::store::events;
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, Db, StoreError, facilities, notices};

pub use crate::allocation::{Answer, Case, Dated, Draft, GiveUp, RequestAnswer, may_give_up, may_put_back, may_undo};
pub use crate::enquiry::series::{DateResult, Preview, Rung, SeriesWish};
pub use crate::store::events::EventLine;
pub use crate::store::occurrences::Line;

/// A facility with the facts of a date, for the form.
#[derive(Debug)]
pub struct Form {
    pub site: Site,
    pub facility: Facility,
    pub loaded: Loaded,
    pub date: NaiveDate,
    /// What people who are there on that date must know.
    pub notices: Vec<Notice>,
}

/// Loads what the form needs; today at the site where no date is given. `None` where this person sees no such space, and
/// where there is no form because it is not booked by the hour.
pub async fn form(
    db: &Db,
    (site, facility): (Slug, Slug),
    date: Option<NaiveDate>,
    (actor, organisation): (Actor, Option<OrganisationId>),
    now: Instant,
) -> Result<Option<Form>, StoreError> {
    db.read(move |conn| {
        let found = facilities::by_slug(conn, &site, &facility)?;
        let sees = |site: &Site, facility: &Facility| facility.listed || actor.sees_unlisted(site.id);
        let Some((site, facility)) =
            found.filter(|(site, facility)| facility.kind.entry().by_the_hour && sees(site, facility))
        else {
            return Ok(None);
        };
        let date = date.unwrap_or_else(|| local_date(site.zone, now));
        let question = Question { site: &site, facility: &facility, organisation, from: date, to: date };
        let loaded = enquiry::load(conn, question)?;
        let day = day(site.zone, date).ok();
        let mut notices = day.map_or(Ok(Vec::new()), |day| notices::within(conn, site.id, day))?;
        notices.retain(|one| one.touches(facility.id, one.span));
        Ok(Some(Form { site, facility, loaded, date, notices }))
    })
    .await
}

/// The nearest yes to what could not be had: other times, other days, other facilities of the site.
#[derive(Debug, Default)]
pub struct Alternatives {
    pub same_day: Vec<Span>,
    pub other_days: Vec<Span>,
    pub elsewhere: Vec<Facility>,
}

/// Looks for alternatives on a reader, after the refusal, so that no writer waits for it.
pub async fn alternatives(
    db: &Db,
    (site, facility): (Slug, Slug),
    proposal: Proposal,
    now: Instant,
) -> Result<Alternatives, StoreError> {
    db.read(move |conn| {
        let Some((site, facility)) = facilities::by_slug(conn, &site, &facility)? else {
            return Ok(Alternatives::default());
        };
        let date = local_date(site.zone, proposal.session.start());
        let until = date.checked_add_days(Days::new(14)).unwrap_or(date);
        let question =
            Question { site: &site, facility: &facility, organisation: proposal.organisation, from: date, to: until };
        let loaded = enquiry::load(conn, question)?;
        let facts = loaded.facts(&facility);
        let bent = Proposal { session: enquiry::find::nearest_length(&facts, proposal.session), ..proposal.clone() };
        let dates: Vec<NaiveDate> = date.iter_days().take(15).collect();
        Ok(Alternatives {
            same_day: nearest::same_day(&facts, &bent, now, 4),
            other_days: nearest::other_days(&facts, &bent, now, &dates, 3),
            elsewhere: elsewhere(conn, &site, &facility, &proposal, now)?,
        })
    })
    .await
}

/// Facilities of the same kind at the same site that are free at the very time.
fn elsewhere(
    conn: &mut Conn,
    site: &Site,
    facility: &Facility,
    proposal: &Proposal,
    now: Instant,
) -> Result<Vec<Facility>, StoreError> {
    let from = crate::domain::hours::local_time(site.zone, proposal.session.start());
    let to = crate::domain::hours::local_time(site.zone, proposal.session.end());
    let wish = Wish {
        kind: Some(facility.kind),
        site: Some(site.slug.clone()),
        date: from.date,
        times: Some((from.minute, to.minute)),
        people: proposal.people,
        needs: Vec::new(),
        organisation: proposal.organisation,
    };
    let found = find(conn, &wish, now)?;
    Ok(found.fits.into_iter().map(|fit| fit.facility).filter(|one| one.id != facility.id).take(3).collect())
}

/// Time and the means to write, taken along to another thread.
#[derive(Debug, Clone)]
pub struct Means {
    pub now: Instant,
    pub mailer: Mailer,
}

impl Means {
    fn circumstances(&self) -> Circumstances<'_> {
        Circumstances { now: self.now, chance: crate::chance::Chance, mailer: &self.mailer }
    }
}

/// Every date of a series with its own result. `None` when there is no such place.
pub async fn preview(db: &Db, wish: SeriesWish, now: Instant) -> Result<Option<Preview>, StoreError> {
    db.read(move |conn| enquiry::series::preview(conn, &wish, now)).await
}

/// Asks for a place.
pub async fn request(db: &Db, means: Means, draft: Draft) -> Result<RequestAnswer, StoreError> {
    db.write(move |conn| allocation::request(conn, means.circumstances(), &draft)).await
}

/// A booking with its history, for people who may see all of it.
#[derive(Debug)]
pub struct View {
    pub case: Case,
    pub history: Vec<EventLine>,
    /// What its people must know about its dates to come; only where it was asked for.
    pub notices: Vec<Notice>,
}

/// One booking; `None` when it is not there or not for this person.
pub async fn view(db: &Db, reference: Reference, actor: Actor) -> Result<Option<View>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)?.filter(|case| sees(&actor, case)) else {
            return Ok(None);
        };
        let history = events::of_booking(conn, case.booking.id)?;
        Ok(Some(View { case, history, notices: Vec::new() }))
    })
    .await
}

/// As [`view`], with the notices that its people must know of.
pub async fn view_and_notices(
    db: &Db,
    reference: Reference,
    actor: Actor,
    now: Instant,
) -> Result<Option<View>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)?.filter(|case| sees(&actor, case)) else {
            return Ok(None);
        };
        let history = events::of_booking(conn, case.booking.id)?;
        let notices = case_notices(conn, &case, now)?;
        Ok(Some(View { case, history, notices }))
    })
    .await
}

/// The notices that touch one of its dates to come.
fn case_notices(conn: &mut Conn, case: &Case, now: Instant) -> Result<Vec<Notice>, StoreError> {
    let coming = || {
        let all = case.booking.occurrences.iter();
        all.filter(|one| one.state.stage().is_active() && !one.state.is_void(now) && now < one.session.end())
    };
    let last = coming().map(|one| one.session.end()).max();
    let Some(span) = last.and_then(|last| Span::new(now, last)) else {
        return Ok(Vec::new());
    };
    let mut notices = notices::within(conn, case.site.id, span)?;
    notices.retain(|notice| coming().any(|one| notice.touches(one.facility, one.session)));
    Ok(notices)
}

fn sees(actor: &Actor, case: &Case) -> bool {
    audience(Some(actor), case.site.id, case.booking.organisation_id()) == Audience::Insider
}

/// The bookings of the organisations that this person books for.
pub async fn list(db: &Db, actor: &Actor, past: bool, now: Instant) -> Result<Vec<Line>, StoreError> {
    let own: Vec<OrganisationId> = actor
        .memberships
        .iter()
        .map(|member| member.organisation)
        .filter(|organisation| actor.sees_bookings_of(*organisation))
        .collect();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    db.read(move |conn| {
        let filter = ListFilter {
            organisations: Some(&own),
            ends_after: (!past).then_some(now),
            ends_by: past.then_some(now),
            latest_first: past,
            most: 200,
            ..ListFilter::default()
        };
        occurrences::list(conn, &filter)
    })
    .await
}

/// What can be done to a booking by its own people.
#[derive(Debug, Clone)]
pub enum Deed {
    Cancel(GiveUp),
    Undo,
    /// Put one date back.
    Reinstate(i32),
    /// Say yes to the manager's condition.
    Accept,
}

pub async fn act(
    db: &Db,
    means: Means,
    actor: Actor,
    (reference, version): (Reference, i32),
    deed: Deed,
) -> Result<Answer, StoreError> {
    db.write(move |conn| {
        let at = (&reference, version);
        match &deed {
            Deed::Cancel(what) => allocation::cancel(conn, means.circumstances(), &actor, at, what),
            Deed::Reinstate(ordinal) => allocation::reinstate(conn, means.circumstances(), &actor, at, *ordinal),
            Deed::Accept => allocation::accept(conn, means.circumstances(), &actor, at),
            Deed::Undo => allocation::undo(conn, means.circumstances(), &actor, at),
        }
    })
    .await
}

/// Whether this person may give the booking up now.
pub fn may_cancel(actor: &Actor, case: &Case, now: Instant) -> bool {
    let own = case.booking.organisation_id().is_some_and(|organisation| actor.may_book_for(organisation));
    let live = case.booking.occurrences.iter().any(|one| {
        let active = matches!(one.state.stage(), Stage::Requested | Stage::Conditional | Stage::Confirmed);
        active && !one.state.is_void(now) && now < one.session.start()
    });
    live && (own || actor.manages(case.site.id))
}
