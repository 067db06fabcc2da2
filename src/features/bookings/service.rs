//! The use cases of a booker: one function a page, one transaction a deed. Not how anything looks.

mod again;
mod care;
mod form;
mod instead;
mod listing;
mod papers;
mod safe;
mod tenancy;

use chrono::{Days, NaiveDate};

use crate::allocation::{self, Circumstances};
use crate::domain::holder::OrganisationName;
use crate::domain::hours::local_date;
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
use crate::store::facilities::Filter;
use crate::store::{Conn, Db, StoreError, facilities, notices, terms};

pub use crate::allocation::{
    Answer, Case, Change, ChangeAnswer, Dated, Draft, GiveUp, InsteadOf, JoinAnswer, MoreDates, NewPlace, NewWords,
    Plan, PlannedDate, RequestAnswer, ShareAnswer, Waiting, dates_to_offer, may_give_up, may_leave, may_put_back,
    may_share, may_undo,
};
pub use crate::allocation::{Ticked, Ticks};
pub use crate::store::jobs::Around;
pub use again::{next_free, words_of};
pub use care::{CareSeen, Checklist, Others, checklist, tick};
pub use form::form;
pub use instead::{InsteadView, instead};
pub use safe::alone;

pub use crate::enquiry::series::{DateResult, Preview, Rung, SeriesWish, Surroundings, previewed};
pub use crate::store::events::EventLine;
pub use crate::store::occurrences::Line;
pub use crate::store::terms::Version;
pub use listing::{Lists, Looking, Opening, is_there, list};
pub use papers::TermsAsked;
pub use tenancy::{Leads, tenancy};

/// A facility with the facts of a date, for the form.
#[derive(Debug)]
pub struct Form {
    pub site: Site,
    pub facility: Facility,
    pub loaded: Loaded,
    pub now: Instant,
    pub date: NaiveDate,
    /// What people who are there on that date must know.
    pub notices: Vec<Notice>,
    /// The organisation that the facts are of.
    pub organisation: Option<OrganisationId>,
    /// All that the site's staff may book for; nobody else is told of them.
    pub others: Vec<OrganisationName>,
    /// What has to be accepted; none where the place has no terms.
    pub terms: Option<TermsAsked>,
    /// Whose papers are shown, for those who may see them.
    pub organisation_slug: Option<Slug>,
    /// What a series is previewed from, where its dates were looked at.
    pub around: Option<Box<Surroundings>>,
}

/// What is looked at for a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing is open then: for a form that is sent on to be judged.
    Nothing,
    /// Its date.
    Day,
    /// All dates of a series for so many people, and what could be had instead.
    Series { people: i32 },
}

/// On which date a form opens, today at the site where none is given, and the last date of its series.
pub type Dates = (Option<NaiveDate>, Option<NaiveDate>);

/// For whom the form is filled in.
#[derive(Debug, Clone)]
pub enum Whose {
    /// The first organisation that this person books for.
    First,
    /// The organisation of this slug, as far as this person may book for it.
    Named(String),
    /// A person, or the site itself.
    NoOrganisation,
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
    let found = find(conn, &wish, std::slice::from_ref(site), now)?;
    // Where a session serves the time, it is not the very time.
    let very = |fit: &enquiry::find::Fit| !fit.facility.by_session() || fit.free.contains(&proposal.session);
    let fits = found.fits.into_iter().filter(very).map(|fit| fit.facility);
    Ok(fits.filter(|one| one.id != facility.id).take(3).collect())
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
    let answer = db.write(move |conn| allocation::request(conn, means.circumstances(), &draft)).await?;
    if let RequestAnswer::Refused(dates) = &answer {
        for refusal in dates.iter().flat_map(|(_, verdict)| &verdict.refusals) {
            metrics::counter!("alcove_refusals_total", "rule" => refusal.code()).increment(1);
        }
    }
    Ok(answer)
}

/// Joins the waiting list for the one session of a draft.
pub async fn join(db: &Db, means: Means, draft: Draft) -> Result<JoinAnswer, StoreError> {
    db.write(move |conn| allocation::join(conn, means.circumstances(), &draft)).await
}

/// A booking with its history, for people who may see all of it.
#[derive(Debug)]
pub struct View {
    pub case: Case,
    pub history: Vec<EventLine>,
    /// Changes that wait for a decision.
    pub changes: Vec<Waiting>,
    /// The date that runs now, for those who may end it or make it longer.
    pub running: Option<i32>,
    /// What its people must know about its dates to come; only where it was asked for.
    pub notices: Vec<Notice>,
    /// Sessions to come that would be alone in the building, likewise.
    pub alone: Vec<Span>,
    /// The terms that it was made under.
    pub terms: Option<Version>,
    /// What they must know of the day; also only where it was asked for.
    pub care: CareSeen,
}

/// One booking; `None` when it is not there or not for this person.
pub async fn view(db: &Db, reference: Reference, actor: Actor, now: Instant) -> Result<Option<View>, StoreError> {
    db.read(move |conn| whole_view(conn, &reference, &actor, now)).await
}

fn whole_view(conn: &mut Conn, reference: &Reference, actor: &Actor, now: Instant) -> Result<Option<View>, StoreError> {
    let Some(case) = Case::by_reference(conn, reference)?.filter(|case| sees(actor, case)) else {
        return Ok(None);
    };
    let history = events::of_booking(conn, case.booking.id)?;
    let changes = allocation::changes_waiting(conn, &case, now)?;
    let running = case.booking.occurrences.iter().find(|one| allocation::runs(one, now)).map(|one| one.ordinal);
    let running = running.filter(|_| may_give_up(actor, &case));
    let terms = case.booking.terms.map_or(Ok(None), |id| terms::by_id(conn, id))?;
    let (notices, alone, care) = (Vec::new(), Vec::new(), CareSeen::default());
    Ok(Some(View { case, history, changes, running, notices, alone, terms, care }))
}

/// A booking of which a date runs now, with the minutes by which that could be made longer at once.
#[derive(Debug)]
pub struct RunningView {
    pub case: Case,
    pub ordinal: i32,
    pub minutes: Vec<i64>,
}

/// What runs now of a booking; `None` when nothing does, or this person may not change it.
pub async fn running(
    db: &Db,
    reference: Reference,
    actor: Actor,
    now: Instant,
) -> Result<Option<RunningView>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)?.filter(|case| may_give_up(&actor, case)) else {
            return Ok(None);
        };
        let Some(one) = case.booking.occurrences.iter().find(|one| allocation::runs(one, now)).cloned() else {
            return Ok(None);
        };
        let minutes = allocation::minutes_longer(conn, &case, &one, now)?;
        Ok(Some(RunningView { ordinal: one.ordinal, minutes, case }))
    })
    .await
}

/// A booking with the facilities that it could be moved to: those of the same kinds at its site.
#[derive(Debug)]
pub struct ChangeView {
    pub case: Case,
    pub facilities: Vec<Facility>,
}

/// What the form for a change needs; `None` when this person may not change it.
pub async fn change_view(db: &Db, reference: Reference, actor: Actor) -> Result<Option<ChangeView>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)?.filter(|case| may_give_up(&actor, case)) else {
            return Ok(None);
        };
        let filter = Filter { site: Some(&case.site.slug), ..Filter::default() };
        let like = |one: &Facility| {
            let own = case.facilities.iter().any(|own| own.id == one.id);
            let seen = one.listed || actor.sees_unlisted(case.site.id);
            own || (seen && case.facilities.iter().any(|own| own.kind == one.kind))
        };
        let all = facilities::with_sites(conn, &filter)?.into_iter().map(|(_, facility)| facility);
        Ok(Some(ChangeView { facilities: all.filter(like).collect(), case }))
    })
    .await
}

/// Every date of a change before and after. `None` when there is no such date for this person.
pub async fn plan(
    db: &Db,
    actor: Actor,
    reference: Reference,
    change: Change,
    now: Instant,
) -> Result<Option<Plan>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)? else {
            return Ok(None);
        };
        allocation::plan(conn, &actor, &case, &change, now)
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
        let Some(view) = whole_view(conn, &reference, &actor, now)? else {
            return Ok(None);
        };
        let notices = case_notices(conn, &view.case, now)?;
        let alone = safe::dates_alone(conn, &view.case, now)?;
        let care = care::seen(conn, &view.case, &actor, now)?;
        Ok(Some(View { notices, alone, care, ..view }))
    })
    .await
}

/// Changes dates of a booking.
pub async fn change(
    db: &Db,
    means: Means,
    actor: Actor,
    (reference, version): (Reference, i32),
    change: Change,
) -> Result<ChangeAnswer, StoreError> {
    db.write(move |conn| allocation::change(conn, means.circumstances(), &actor, (&reference, version), &change)).await
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
    let shared_with = case.booking.shared_with.as_ref().map(|holder| holder.id);
    audience(Some(actor), case.site.id, (case.booking.organisation_id(), shared_with)) == Audience::Insider
}

/// What can be done to a booking by its own people.
#[derive(Debug, Clone)]
pub enum Deed {
    Cancel(GiveUp),
    Undo,
    /// Put one date back.
    Reinstate(i32),
    /// Another place for a date that lost its own.
    TakeInstead(InsteadOf),
    /// Say yes to the manager's condition.
    Accept,
    /// Take back the changes that wait.
    WithdrawChange,
    AddDates(MoreDates),
    /// Say that a series is still needed.
    StillNeeded,
    /// End the sharing with a second organisation, from either side.
    EndShare,
    /// "We need longer": a running date, by so many minutes.
    Longer {
        ordinal: i32,
        minutes: i64,
    },
    /// "We have finished": a running date.
    Finish {
        ordinal: i32,
    },
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
            Deed::TakeInstead(wish) => allocation::take_instead(conn, means.circumstances(), &actor, at, wish),
            Deed::WithdrawChange => allocation::withdraw_change(conn, means.circumstances(), &actor, at),
            Deed::Longer { ordinal, minutes } => {
                allocation::longer(conn, means.circumstances(), &actor, at, (*ordinal, *minutes))
            }
            Deed::Finish { ordinal } => allocation::finish(conn, means.circumstances(), &actor, at, *ordinal),
            Deed::AddDates(more) => allocation::add_dates(conn, means.circumstances(), &actor, at, more),
            Deed::StillNeeded => allocation::answer_needed(conn, means.circumstances(), &actor, at.0),
            Deed::EndShare => allocation::end_share(conn, means.circumstances(), &actor, at),
            Deed::Accept => allocation::accept(conn, means.circumstances(), &actor, at),
            Deed::Undo => allocation::undo(conn, means.circumstances(), &actor, at),
        }
    })
    .await
}

/// Shares a booking with the organisation of this name or charity number.
pub async fn share(
    db: &Db,
    means: Means,
    actor: Actor,
    (reference, version): (Reference, i32),
    typed: String,
) -> Result<ShareAnswer, StoreError> {
    db.write(move |conn| allocation::share(conn, means.circumstances(), &actor, (&reference, version), &typed)).await
}

/// Whether this person may give the booking up now.
pub fn may_cancel(actor: &Actor, case: &Case, now: Instant) -> bool {
    let live = case.booking.occurrences.iter().any(|one| {
        let active = matches!(one.state.stage(), Stage::Requested | Stage::Conditional | Stage::Confirmed);
        active && !one.state.is_void(now) && now < one.session.start()
    });
    live && may_give_up(actor, case)
}
