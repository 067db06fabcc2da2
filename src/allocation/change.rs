//! Changing dates of a booking in three scopes: planned alike for the page that shows it and for the write. Past dates are never touched.

use super::case::{Case, Circumstances};
use super::decide::{in_the_way, locked};
use super::expire::clear_void;
use super::extras::note_without;
use super::offer::offer_freed;
use super::outrun::decline_outrun;
use super::proposals::propose;
use super::rearrange::{Move, rearrange};
use super::split::split;
use super::{Answer, DateRefused, may_give_up, papers};
use crate::domain::availability::Wanted;
use crate::domain::booking::{Occurrence, Scope};
use crate::domain::care::{Brings, Particulars};
use crate::domain::extras::plain;
use crate::domain::history::EventKind;
use crate::domain::hours::{NoSuchTime, instant_at, local_date, local_time};
use crate::domain::ids::{OccurrenceId, Reference, Slug};
use crate::domain::judge::{Needs, Proposal, Verdict};
use crate::domain::occurrence::{NotPossible, Stage, State};
use crate::domain::places::Facility;
use crate::domain::policy::Actor;
use crate::domain::recurrence::Pattern;
use crate::domain::refusal::Refusal;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::enquiry::series::elsewhere;
use crate::enquiry::{self, Loaded};
use crate::store::changes::{self, NewWords};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, particulars};

/// What is to be different; what is `None` stays as it is.
#[derive(Debug, Clone)]
pub struct Change {
    /// The date that it is seen from, by its ordinal.
    pub from: i32,
    pub scope: Scope,
    pub place: NewPlace,
    /// The words of the booking; they go for every date of it, so a single date of a series cannot have its own.
    pub words: Option<NewWords>,
}

/// Another facility, date or time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewPlace {
    pub facility: Option<Slug>,
    /// The new date of the one that it is seen from; the others of the scope move by as many days.
    pub date: Option<chrono::NaiveDate>,
    /// Start and end in minutes after local midnight; the end may lie past 1440.
    pub minutes: Option<(i32, i32)>,
    pub wanted: Option<Wanted>,
    /// Whether a date goes without the extras that it cannot have there.
    pub gives_way: bool,
}

/// A date before and after.
#[derive(Debug, Clone)]
pub struct PlannedDate {
    pub occurrence: Occurrence,
    pub facility: Facility,
    /// None where the wall never shows that time.
    pub session: Option<Span>,
    pub refusals: Vec<Refusal>,
    /// Whether it waits for a decision; the old place stays until then.
    pub decides: bool,
    /// Whether its extras are different.
    pub refits: bool,
    verdict: Option<Verdict>,
    wanted: Wanted,
}

impl Change {
    /// The same, with a private person's booking confidential whatever it says; and where the extras are as they were, so are the dates that go
    /// without one, which no form asks again.
    fn settled(&self, case: &Case) -> Self {
        let old = &case.booking.particulars;
        let settled = |words: &NewWords| {
            let mut words = words.clone();
            if case.booking.holder.is_person() {
                words.privacy = Privacy::Confidential;
            }
            if plain(&words.particulars.extras) == plain(&old.extras) {
                words.particulars.without.clone_from(&old.without);
            }
            words
        };
        Self { words: self.words.as_ref().map(settled), ..self.clone() }
    }
}

impl PlannedDate {
    /// The extras that it would go without, because they cannot be had.
    pub fn without(&self) -> &[Slug] {
        self.verdict.as_ref().map_or(&[], |verdict| &verdict.without)
    }

    /// Whether place or time are different.
    pub fn moves(&self) -> bool {
        self.session != Some(self.occurrence.session)
            || self.facility.id != self.occurrence.facility
            || self.wanted != self.occurrence.wanted
    }
}

/// Every date of the scope, before and after.
#[derive(Debug)]
pub struct Plan {
    pub dates: Vec<PlannedDate>,
    /// Whether the booking is cut in two before the first of them.
    pub splits: bool,
}

impl Plan {
    fn refused(&self) -> Vec<DateRefused> {
        let refused = self.dates.iter().filter(|one| !one.refusals.is_empty());
        refused.map(|one| DateRefused { ordinal: one.occurrence.ordinal, refusals: one.refusals.clone() }).collect()
    }
}

/// What became of a change.
#[derive(Debug)]
pub enum ChangeAnswer {
    Done {
        /// The booking that the changed dates belong to now.
        case: Box<Case>,
        /// How many dates wait for a decision.
        waiting: usize,
    },
    /// Nothing would be different.
    Nothing(Box<Case>),
    Not(Answer),
}

/// Works out a change without writing anything. `None` when there is no such booking or date for this person.
///
/// # Errors
/// Surprises of the store.
pub fn plan(
    conn: &mut Conn,
    actor: &Actor,
    case: &Case,
    change: &Change,
    now: Instant,
) -> Result<Option<Plan>, StoreError> {
    let change = &change.settled(case);
    let Some(mut sketch) = sketch(conn, actor, case, change, now)? else {
        return Ok(None);
    };
    Ok(Some(judged(actor, case, change, &mut sketch, now)))
}

/// Changes dates: all of the scope or none.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn change(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    change: &Change,
) -> Result<ChangeAnswer, StoreError> {
    let now = circumstances.now;
    let Some(case) = locked(conn, reference)? else {
        return Ok(ChangeAnswer::Not(Answer::NotFound));
    };
    let change = &change.settled(&case);
    let Some(mut sketch) = sketch(conn, actor, &case, change, now)? else {
        return Ok(ChangeAnswer::Not(Answer::NotFound));
    };
    if case.booking.version != version {
        return Ok(ChangeAnswer::Not(Answer::Stale(Box::new(case))));
    }
    if sketch.dates.is_empty() {
        let why = NotPossible::Already(case.booking.stage());
        return Ok(ChangeAnswer::Not(Answer::NotPossible(why, Box::new(case))));
    }
    clear_void(conn, circumstances, &mut sketch.loaded.taken)?;
    let taken = sketch.loaded.taken.clone();
    let plan = judged(actor, &case, change, &mut sketch, now);
    sketch.loaded.taken = taken;
    let refused = plan.refused();
    if !refused.is_empty() {
        return Ok(ChangeAnswer::Not(Answer::Refused(refused, Box::new(case))));
    }
    let words = change.words.as_ref().filter(|words| differ(&case, words));
    if words.is_none() && !plan.dates.iter().any(|one| one.moves() || one.refits) {
        return Ok(ChangeAnswer::Nothing(Box::new(case)));
    }
    carry_out(conn, circumstances, actor, case, &plan, words)
}

/// A date with where it would go.
type Sketched = (Occurrence, Facility, Result<Span, NoSuchTime>, Wanted);

/// The dates of a scope with where they would go, and the facts to judge them.
struct Sketch {
    dates: Vec<Sketched>,
    loaded: Loaded,
}

fn sketch(
    conn: &mut Conn,
    actor: &Actor,
    case: &Case,
    change: &Change,
    now: Instant,
) -> Result<Option<Sketch>, StoreError> {
    let seen_from = case.booking.occurrences.iter().find(|one| one.ordinal == change.from);
    let Some(seen_from) = seen_from.filter(|_| may_give_up(actor, case)) else {
        return Ok(None);
    };
    let target = match &change.place.facility {
        None => None,
        Some(slug) => {
            let filter = Filter { site: Some(&case.site.slug), slug: Some(slug), ..Filter::default() };
            let found = facilities::with_sites(conn, &filter)?.pop().map(|(_, facility)| facility);
            let sees = |one: &Facility| one.listed || actor.sees_unlisted(case.site.id);
            let Some(found) = found.filter(|one| one.kind.entry().by_the_hour && sees(one)) else {
                return Ok(None);
            };
            Some(found)
        }
    };
    let zone = case.site.zone;
    let days = change.place.date.map_or(0, |date| (date - local_date(zone, seen_from.session.start())).num_days());
    let live = case.booking.in_scope(change.from, change.scope, now).into_iter();
    let live = live.filter(|one| may_move(&one.state) && !one.state.is_void(now));
    let mut dates = Vec::new();
    for one in live {
        let Some(facility) = target.clone().or_else(|| case.facility_of(one).cloned()) else {
            continue;
        };
        let wanted = match &change.place.wanted {
            Some(wanted) => wanted.clone(),
            None if facility.id == one.facility => one.wanted.clone(),
            None => elsewhere(&one.wanted, &facility),
        };
        dates.push((one.clone(), facility, new_session(zone, one, days, change.place.minutes), wanted));
    }
    let new_dates = dates.iter().filter_map(|(_, _, session, _)| Some(local_date(zone, session.ok()?.start())));
    let (from, to) = (new_dates.clone().min(), new_dates.max());
    let mut places: Vec<&Facility> = Vec::new();
    for (_, facility, ..) in &dates {
        if places.iter().all(|one| one.id != facility.id) {
            places.push(facility);
        }
    }
    let today = local_date(zone, now);
    let range = (from.unwrap_or(today), to.unwrap_or(today));
    let loaded = enquiry::load_all(conn, &case.site, &places, case.booking.organisation_id(), range)?;
    Ok(Some(Sketch { dates, loaded }))
}

/// What waits for a yes of its own people is answered first; what waits for papers may move.
fn may_move(state: &State) -> bool {
    matches!(state.stage(), Stage::Requested | Stage::Confirmed) || state.awaited().is_some()
}

fn new_session(
    zone: chrono_tz::Tz,
    one: &Occurrence,
    days: i64,
    minutes: Option<(i32, i32)>,
) -> Result<Span, NoSuchTime> {
    if days == 0 && minutes.is_none() {
        return Ok(one.session);
    }
    let (from, to) = (local_time(zone, one.session.start()), local_time(zone, one.session.end()));
    let nights = i32::try_from((to.date - from.date).num_days()).unwrap_or_default();
    let (start, end) = minutes.unwrap_or((from.minute, to.minute + nights * 1440));
    let date = from.date.checked_add_signed(chrono::Duration::days(days)).ok_or(NoSuchTime::OutOfRange)?;
    Span::new(instant_at(zone, date, start)?, instant_at(zone, date, end)?).ok_or(NoSuchTime::ClocksGoForward)
}

/// Judges every date beside the others, and says whether the booking is cut in two.
fn judged(actor: &Actor, case: &Case, change: &Change, sketch: &mut Sketch, now: Instant) -> Plan {
    let (taken, used) = (sketch.loaded.taken.clone(), sketch.loaded.used.clone());
    let mut dates = planned(actor, case, change, sketch, (&[], now));
    // What waits for a decision stays where it is until then, and so is in the way of what moves at once.
    let staying: Vec<OccurrenceId> = dates.iter().filter(|one| one.decides).map(|one| one.occurrence.id).collect();
    if !staying.is_empty() && dates.iter().any(|one| one.moves() && !one.decides) {
        (sketch.loaded.taken, sketch.loaded.used) = (taken, used);
        dates = planned(actor, case, change, sketch, (&staying, now));
    }
    let words = change.words.as_ref().is_some_and(|words| differ(case, words));
    let earlier =
        |one: &Occurrence| dates.iter().all(|date| date.occurrence.id != one.id) && one.state.stage() != Stage::Skipped;
    let first = dates.iter().map(|one| one.occurrence.session.start()).min();
    let has_earlier = case.booking.occurrences.iter().any(|one| Some(one.session.start()) < first && earlier(one));
    let splits = has_earlier && !dates.is_empty() && (change.scope == Scope::Following || words);
    Plan { dates, splits: splits && change.scope != Scope::This }
}

/// What the dates ask for. Those that move are not in each other's way, but for those that stay until a decision.
fn asked<'a>(
    case: &Case,
    (people, said, gives_way): (i32, &Particulars, bool),
    dates: &'a [Sketched],
    (staying, now): (&[OccurrenceId], Instant),
) -> Vec<(&'a Facility, Proposal)> {
    let all: Vec<OccurrenceId> = dates.iter().map(|(one, ..)| one.id).collect();
    let going: Vec<OccurrenceId> = all.iter().copied().filter(|id| !staying.contains(id)).collect();
    let of = |(one, facility, session, wanted): &'a Sketched| {
        let proposal = Proposal {
            session: session.ok()?,
            wanted: wanted.clone(),
            people,
            organisation: case.booking.organisation_id(),
            besides: if staying.contains(&one.id) { all.clone() } else { going.clone() },
            asked: now,
            brings: Brings { gives_way, ..case.bringing_on(said, one) },
        };
        Some((facility, proposal))
    };
    dates.iter().filter_map(of).collect()
}

/// Every date before and after; what stays where it is needs no judging but for the number of people.
fn planned(
    actor: &Actor,
    case: &Case,
    change: &Change,
    sketch: &mut Sketch,
    (staying, now): (&[OccurrenceId], Instant),
) -> Vec<PlannedDate> {
    let manages = actor.manages(case.site.id);
    let people = change.words.as_ref().map_or(case.booking.people, |words| words.people);
    let said = change.words.as_ref().map_or(&case.booking.particulars, |words| &words.particulars);
    let asked = asked(case, (people, said, change.place.gives_way), &sketch.dates, (staying, now));
    let mut verdicts = sketch.loaded.judge_in_turn(&asked, now).into_iter();
    let mut dates = Vec::with_capacity(sketch.dates.len());
    for (one, facility, session, wanted) in &sketch.dates {
        let verdict = if session.is_ok() { verdicts.next() } else { None };
        let mut planned = PlannedDate {
            occurrence: one.clone(),
            facility: facility.clone(),
            session: session.ok(),
            refusals: Vec::new(),
            decides: false,
            refits: plain(&said.extras_on(one.ordinal)) != plain(&case.booking.particulars.extras_on(one.ordinal)),
            verdict,
            wanted: wanted.clone(),
        };
        let verdict = planned.verdict.as_ref();
        planned.refusals = match (session, verdict) {
            (Err(_), _) | (_, None) => vec![Refusal::NoSuchTime],
            (Ok(_), Some(verdict)) if !planned.moves() => standing(case, change, (people, &planned), verdict),
            // A manager may set the rules about who may ask aside; space is never set aside.
            (Ok(_), Some(verdict)) if manages => in_the_way(verdict),
            (Ok(_), Some(verdict)) => verdict.refusals.clone(),
        };
        let asks = verdict.is_some_and(|verdict| verdict.needs == Needs::Approval);
        let confirmed = one.state.stage() != Stage::Requested;
        planned.decides = planned.moves() && confirmed && asks && !manages && !gives_back_only(&planned);
        if planned.decides && planned.refits {
            planned.refusals.push(Refusal::ExtrasFirst);
        }
        dates.push(planned);
    }
    dates
}

/// What is said of a date that stays where it is: the number of people, and what is brought beside what is there, if that is new.
fn standing(case: &Case, change: &Change, (people, date): (i32, &PlannedDate), verdict: &Verdict) -> Vec<Refusal> {
    let capacity = date.facility.rules.capacity;
    let new = change.words.as_ref().is_some_and(|words| words.particulars.labels != case.booking.particulars.labels);
    let newly =
        |one: &&Refusal| (new && matches!(one, Refusal::KeptApart { .. })) || (date.refits && one.is_about_extras());
    let apart = verdict.refusals.iter().filter(newly).cloned();
    (capacity < people).then_some(Refusal::TooManyPeople { capacity }).into_iter().chain(apart).collect()
}

/// Shorter within the same place: nothing is taken that was not given before.
fn gives_back_only(planned: &PlannedDate) -> bool {
    let one = &planned.occurrence;
    planned.facility.id == one.facility
        && planned.wanted == one.wanted
        && planned.session.is_some_and(|session| one.session.contains(session))
}

fn differ(case: &Case, words: &NewWords) -> bool {
    let booking = &case.booking;
    words.particulars != case.booking.particulars
        || (&words.purpose, &words.note, words.people, words.privacy)
            != (&booking.purpose, &booking.note, booking.people, booking.privacy)
}

/// Cuts the booking where that is asked for, moves what may move by itself, and puts the rest to the manager.
fn carry_out(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: Case,
    plan: &Plan,
    words: Option<&NewWords>,
) -> Result<ChangeAnswer, StoreError> {
    let (now, by) = (circumstances.now, Some(actor.person));
    let first = plan.dates.iter().map(|one| one.occurrence.session.start()).min();
    let case = match first.filter(|_| plan.splits) {
        Some(first) => split(conn, circumstances, actor, case, first)?,
        None => case,
    };
    if let Some(words) = words {
        changes::set_words(conn, case.booking.id, words)?;
        let said = said_from_now(&case, plan, &words.particulars);
        if said != case.booking.particulars {
            particulars::set(conn, case.booking.id, &said)?;
        }
    }
    if let Some(pattern) = moved_rule(&case, plan) {
        changes::set_pattern(conn, case.booking.id, Some(&pattern))?;
    }
    let moving: Vec<&PlannedDate> = plan.dates.iter().filter(|one| one.moves() || one.refits).collect();
    let (waits, at_once): (Vec<&PlannedDate>, Vec<&PlannedDate>) = moving.into_iter().partition(|one| one.decides);
    let judged = at_once.iter().filter_map(|one| Some((&one.occurrence, one.verdict.as_ref()?)));
    note_without(conn, &case, judged)?;
    let moves: Vec<Move> = at_once.iter().filter_map(|one| as_move(actor, &case, one)).collect();
    let took: Vec<_> = moves.iter().filter(|one| one.holds).map(|one| (one.units.clone(), one.occupied)).collect();
    let freed = rearrange(conn, circumstances, &[(&case, moves)])?;
    propose(conn, circumstances, actor, &case, &waits)?;
    let facility_changes = |one: &&PlannedDate| one.facility.id != one.occurrence.facility;
    let kind = if at_once.iter().any(facility_changes) { EventKind::Moved } else { EventKind::Changed };
    let changed = at_once.iter().map(|one| &one.occurrence);
    if words.is_some() && at_once.is_empty() {
        case.note_all(conn, (EventKind::Changed, by), case.booking.occurrences.first(), None, now)?;
    }
    case.note_all(conn, (kind, by), changed, None, now)?;
    case.note_all(conn, (EventKind::ChangeAsked, by), waits.iter().map(|one| &one.occurrence), None, now)?;
    let before: Vec<Occurrence> = at_once.iter().map(|one| one.occurrence.clone()).collect();
    let case = papers::after_moves(conn, circumstances, case, &before)?.changed(conn)?;
    if words.is_some() || !before.is_empty() {
        let old = super::case::with_old_places(conn, &case, &before)?;
        case.tell_all(conn, circumstances, |mailer, case| mailer.changed(case, &old, now))?;
    }
    decline_outrun(conn, circumstances, Some(case.booking.id), &took)?;
    offer_freed(conn, circumstances, case.site.id, &freed)?;
    Ok(ChangeAnswer::Done { case: Box::new(case), waiting: waits.len() })
}

/// What a booking says from now on. Dates that are not changed go on without what they went without, and those of other extras with all.
fn said_from_now(case: &Case, plan: &Plan, new: &Particulars) -> Particulars {
    let old = &case.booking.particulars;
    if plain(&old.extras) == plain(&new.extras) {
        return new.clone();
    }
    let changed = |ordinal: i32| {
        let of = case.booking.occurrences.iter().filter(|one| one.ordinal == ordinal);
        of.into_iter().any(|one| plan.dates.iter().any(|date| date.occurrence.id == one.id))
    };
    let kept = old.without.iter().filter(|(ordinal, _)| !changed(*ordinal)).cloned().collect();
    Particulars { without: kept, ..new.clone() }
}

/// The rule of a booking all of whose standing dates move by as many days at once.
fn moved_rule(case: &Case, plan: &Plan) -> Option<Pattern> {
    let pattern = case.booking.repeat.as_ref()?;
    let zone = case.site.zone;
    let of = |one: &Occurrence| plan.dates.iter().find(|date| date.occurrence.id == one.id && !date.decides);
    let mut by = None;
    for one in case.booking.occurrences.iter().filter(|one| one.state.stage().is_active()) {
        let session = of(one)?.session?;
        let days = (local_date(zone, session.start()) - local_date(zone, one.session.start())).num_days();
        if *by.get_or_insert(days) != days {
            return None;
        }
    }
    by.filter(|days| *days != 0).and_then(|days| pattern.shifted(days))
}

/// What it costs follows the wishes of its own people; a site that moves them, or extras alone, change no price.
fn as_move(actor: &Actor, case: &Case, planned: &PlannedDate) -> Option<Move> {
    let (session, verdict) = (planned.session?, planned.verdict.as_ref()?);
    let rules = &planned.facility.rules;
    let one = &planned.occurrence;
    let confirmed = one.state.stage() != Stage::Requested;
    let as_long = session.minutes() == one.session.minutes();
    let keeps_price = !planned.moves() || (as_long && actor.manages(case.site.id));
    Some(Move {
        occurrence: one.clone(),
        facility: planned.facility.id,
        session,
        occupied: verdict.occupied,
        wanted: planned.wanted.clone(),
        units: verdict.units.clone(),
        shares: case.booking.organisation_id().filter(|_| rules.own_may_touch),
        holds: confirmed || rules.holds_place,
        price: if keeps_price { one.price } else { verdict.price },
    })
}

impl PlannedDate {
    /// What a change that waits for a decision is written from: the new session, the verdict and the units asked for.
    pub(super) fn as_judged(&self) -> Option<(Span, &Verdict, &Wanted)> {
        Some((self.session?, self.verdict.as_ref()?, &self.wanted))
    }
}
