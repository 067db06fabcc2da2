//! Faults: reported, taken in hand, told of, closed for, mended. What closes for one displaces as every block does. Not concerns for people.

use super::block::{self, BlockAnswer, BlockDraft};
use super::case::{Case, Circumstances};
use crate::domain::booking::Occurrence;
use crate::domain::fault::{Fault, FaultAct, FaultKind, FaultState, MOST_AN_HOUR, Usable};
use crate::domain::history::EventKind;
use crate::domain::ids::{BlockId, BookingId, FacilityId, NoticeId, PersonId, Reference, Slug, UnitId};
use crate::domain::occurrence::Stage;
use crate::domain::person::Email;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::{Actor, StaffRole};
use crate::domain::rendered::Rendered;
use crate::domain::span::{Instant, Span};
use crate::domain::upload::SafeFile;
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::faults::{self, NewFault};
use crate::store::notices::{self, NewNotice};
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, StoreError, blocks, engine, outbox, people, sites};

/// Stages of dates whose people are told.
const TOLD: [Stage; 2] = [Stage::Confirmed, Stage::Conditional];

/// A fault as its form says it.
#[derive(Debug)]
pub struct Report {
    pub kind: FaultKind,
    pub usable: Usable,
    pub words: String,
    pub photo: Option<SafeFile>,
    pub booking: Option<BookingId>,
    pub reporter: Option<PersonId>,
    pub email: Option<Email>,
}

/// Keeps a report and tells the managers; `None` where too many came of that space within the hour.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn report_fault(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (site, facility): (&Site, &Facility),
    report: &Report,
) -> Result<Option<Reference>, StoreError> {
    let now = circumstances.now;
    engine::lock(conn, site.id, None)?;
    if MOST_AN_HOUR <= faults::reported_since(conn, facility.id, now.plus_hours(-1))? {
        return Ok(None);
    }
    let reference = circumstances.chance.reference();
    let new = NewFault {
        reference: &reference,
        site: site.id,
        facility: facility.id,
        booking: report.booking,
        kind: report.kind,
        usable: report.usable,
        words: &report.words,
        photo: report.photo.as_ref(),
        reporter: report.reporter,
        email: report.email.as_ref().map_or("", Email::as_str),
    };
    let id = faults::insert(conn, &new, now)?;
    faults::add_line(conn, id, (FaultAct::Reported, None), "", now)?;
    note(conn, (EventKind::FaultReported, None), site, facility.id, now)?;
    if let Some(fault) = faults::by_reference(conn, &reference)? {
        for manager in told(conn, site)? {
            let to = Recipient { name: &manager.name, email: &manager.email };
            let mail = circumstances.mailer.fault_reported(site, &fault, &to);
            // Several reports of the same within an hour are one mail.
            let hour = now.seconds().div_euclid(3600);
            let what = format!("{}/{}/{hour}", fault.kind.code(), fault.usable.code());
            let once = format!("fault/{}/{what}/{}", facility.id.row(), manager.email);
            circumstances.post(conn, Some(Rendered { once: Some(once), ..mail }))?;
        }
    }
    Ok(Some(reference))
}

/// Who is told of a fault.
struct ToldOf {
    name: String,
    email: Email,
}

/// The managers of a site; where it has none, the administrators.
fn told(conn: &mut Conn, site: &Site) -> Result<Vec<ToldOf>, StoreError> {
    let staff = sites::staff(conn, site.id)?.into_iter().filter(|one| one.role == StaffRole::Manager);
    let managers: Vec<ToldOf> = staff.map(|one| ToldOf { name: one.name, email: one.email }).collect();
    if !managers.is_empty() {
        return Ok(managers);
    }
    let all = people::administrators(conn)?.into_iter();
    Ok(all.map(|one| ToldOf { name: one.name, email: one.email }).collect())
}

fn note(
    conn: &mut Conn,
    (kind, actor): (EventKind, Option<PersonId>),
    site: &Site,
    facility: FacilityId,
    now: Instant,
) -> Result<(), StoreError> {
    let line = NewEvent { site: Some(site.id), facility: Some(facility), ..NewEvent::new(kind, actor) };
    events::insert(conn, &line, now)
}

/// What a manager does about a fault.
#[derive(Debug, Clone)]
pub enum FaultDeed {
    /// Somebody of the site's staff looks after it, by their address.
    Take(Email),
    Note(String),
    /// Gives a notice for so many days, and mails those who have bookings then, the same words once each.
    Tell {
        words: String,
        days: i32,
    },
    /// Takes the notice back.
    EndNotice,
    /// Opens again what was closed because of it.
    Open,
    /// It is mended; with `open` the space opens again, too.
    Mend {
        open: bool,
    },
    Reopen,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultAnswer {
    Done,
    NotFound,
    /// It stands differently by now. Nothing was changed.
    Stale,
    /// Nobody of the site's staff has that address.
    NotStaff,
}

/// The fault at a site that this person manages, after the site is locked.
fn locked(
    conn: &mut Conn,
    actor: &Actor,
    (site, reference): (&Slug, &Reference),
) -> Result<Option<(Site, Fault)>, StoreError> {
    let Some(site) = sites::by_slug(conn, site)?.filter(|site| actor.manages(site.id)) else {
        return Ok(None);
    };
    engine::lock(conn, site.id, None)?;
    let fault = faults::by_reference(conn, reference)?.filter(|fault| fault.site == site.id);
    Ok(fault.map(|fault| (site, fault)))
}

/// Does it, all in one transaction.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn act_on_fault(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    which: (&Slug, &Reference),
    deed: &FaultDeed,
) -> Result<FaultAnswer, StoreError> {
    let Some((site, fault)) = locked(conn, actor, which)? else {
        return Ok(FaultAnswer::NotFound);
    };
    let mended = fault.state == FaultState::Mended;
    let still = !mended || matches!(deed, FaultDeed::Note(_) | FaultDeed::Reopen | FaultDeed::Open);
    if !still || (!mended && matches!(deed, FaultDeed::Reopen)) {
        return Ok(FaultAnswer::Stale);
    }
    let now = circumstances.now;
    let (act, body) = match deed {
        FaultDeed::Take(email) => {
            let staff = sites::staff(conn, site.id)?;
            let Some(who) = staff.into_iter().find(|one| one.email == *email) else {
                return Ok(FaultAnswer::NotStaff);
            };
            faults::set_taken(conn, fault.id, who.person)?;
            begin(conn, &fault, now)?;
            let given = format!("Given to {}", who.name);
            (FaultAct::Taken, if who.person == actor.person { String::new() } else { given })
        }
        FaultDeed::Note(words) => (FaultAct::Noted, words.clone()),
        FaultDeed::Tell { words, days } => {
            end_notices(conn, &site, &fault, now)?;
            begin(conn, &fault, now)?;
            let told = tell(conn, circumstances, (&site, &fault, actor), (words, *days))?;
            (FaultAct::Told, format!("{words} ({told})"))
        }
        FaultDeed::EndNotice if end_notices(conn, &site, &fault, now)? => (FaultAct::NoticeEnded, String::new()),
        FaultDeed::Open if open(conn, circumstances, actor, (&site, &fault))? => (FaultAct::Opened, String::new()),
        FaultDeed::EndNotice | FaultDeed::Open => return Ok(FaultAnswer::Stale),
        FaultDeed::Mend { open: opens } => {
            mend(conn, circumstances, actor, (&site, &fault), *opens)?;
            (FaultAct::Mended, String::new())
        }
        FaultDeed::Reopen => {
            faults::set_state(conn, fault.id, (FaultState::Mended, FaultState::Open), now)?;
            (FaultAct::Reopened, String::new())
        }
    };
    faults::add_line(conn, fault.id, (act, Some(actor.person)), &body, now)?;
    let kind = if act == FaultAct::Mended { EventKind::FaultMended } else { EventKind::FaultChanged };
    note(conn, (kind, Some(actor.person)), &site, fault.facility, now)?;
    Ok(FaultAnswer::Done)
}

/// What is being done about is in hand.
fn begin(conn: &mut Conn, fault: &Fault, now: Instant) -> Result<(), StoreError> {
    faults::set_state(conn, fault.id, (FaultState::Open, FaultState::InHand), now).map(|_| ())
}

/// Takes its notices back; false where none stood.
fn end_notices(conn: &mut Conn, site: &Site, fault: &Fault, now: Instant) -> Result<bool, StoreError> {
    let ids: Vec<NoticeId> = faults::notices(conn, fault.id, now)?.into_iter().map(|(id, ..)| id).collect();
    if ids.is_empty() {
        return Ok(false);
    }
    let lifted = notices::lift(conn, site.id, &ids, now)?;
    sites::mark_changed(conn, site.id)?;
    Ok(0 < lifted)
}

/// The blocks that stand because of it: the first of them, and those that were made together with it.
pub(super) fn standing(conn: &mut Conn, fault: &Fault, now: Instant) -> Result<Vec<BlockId>, StoreError> {
    let Some(first) = fault.block else {
        return Ok(Vec::new());
    };
    let coming = blocks::coming(conn, fault.site, now)?;
    Ok(coming.into_iter().filter(|one| one.group == first).map(|one| one.id).collect())
}

/// Opens again what was closed because of it; false where nothing was.
fn open(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (site, fault): (&Site, &Fault),
) -> Result<bool, StoreError> {
    let ids = standing(conn, fault, circumstances.now)?;
    if ids.is_empty() { Ok(false) } else { block::lift(conn, circumstances, actor, &site.slug, &ids) }
}

fn mend(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (site, fault): (&Site, &Fault),
    opens: bool,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    faults::set_state(conn, fault.id, (fault.state, FaultState::Mended), now)?;
    end_notices(conn, site, fault, now)?;
    if opens && open(conn, circumstances, actor, (site, fault))? {
        faults::add_line(conn, fault.id, (FaultAct::Opened, Some(actor.person)), "", now)?;
    }
    let Ok(email) = Email::parse(&fault.email) else {
        return Ok(());
    };
    // Whoever hears that it is mended hears so once, even if it turns out that it was not.
    let once = Some(format!("fault-mended/{}", fault.reference.stored()));
    let mail = circumstances.mailer.fault_mended(site, fault, &email);
    circumstances.post(conn, Some(Rendered { once, ..mail }))
}

/// Gives the notice to every space that shares a unit, and mails the people of the dates within; says in words whom.
fn tell(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (site, fault, actor): (&Site, &Fault, &Actor),
    (words, days): (&str, i32),
) -> Result<String, StoreError> {
    let now = circumstances.now;
    let until = now.plus_days(i64::from(days.max(1)));
    let ids = touched(conn, fault)?;
    if let Some(span) = Span::new(now, until) {
        for facility in &ids {
            let facility = Some(*facility);
            let new = NewNotice { site: site.id, facility, span, words, by: actor.person, group: None };
            let notice = notices::insert(conn, &new, now)?;
            faults::add_notice(conn, fault.id, notice)?;
        }
        sites::mark_changed(conn, site.id)?;
    }
    let filter = ListFilter {
        facilities: Some(&ids),
        stages: Some(&TOLD),
        ends_after: Some(now),
        starts_after: Some(now.plus_days(-1)),
        starts_before: Some(until),
        most: 1_000,
        ..ListFilter::default()
    };
    let mut bookings: Vec<BookingId> = occurrences::list(conn, &filter)?.into_iter().map(|line| line.booking).collect();
    bookings.sort_unstable();
    bookings.dedup();
    let mut told = 0_i64;
    // Other words are another mail; the same words come once.
    let what: String = crate::chance::hash(words).chars().take(12).collect();
    for case in Case::by_ids(conn, &bookings)?.into_iter().filter(|case| !case.is_tenancy() && !case.is_slot()) {
        let near = |one: &&Occurrence| {
            ids.contains(&one.facility)
                && TOLD.contains(&one.state.stage())
                && now < one.session.end()
                && one.session.start() < until
        };
        let dates: Vec<&Occurrence> = case.booking.occurrences.iter().filter(near).collect();
        let letters =
            case.letters_to_all(conn, circumstances, |mailer, case| mailer.fault_near(case, &dates, words))?;
        let mut new = false;
        for (number, mail) in letters.into_iter().enumerate() {
            let (of, to) = (fault.reference.stored(), case.booking.reference.stored());
            let once = format!("fault-near/{of}/{to}/{what}/{number}");
            if outbox::is_known(conn, &once)? {
                continue;
            }
            new = true;
            circumstances.post(conn, Some(Rendered { once: Some(once), ..mail }))?;
        }
        told += i64::from(new);
    }
    Ok(crate::domain::words::counted(told, "booking", "bookings"))
}

/// The spaces that a fault is felt in: its own, and those with which it shares a unit.
fn touched(conn: &mut Conn, fault: &Fault) -> Result<Vec<FacilityId>, StoreError> {
    let filter = Filter { ids: Some(&[fault.facility]), ..Filter::default() };
    let units: Vec<UnitId> =
        facilities::with_sites(conn, &filter)?.iter().flat_map(|(_, facility)| facility.unit_ids()).collect();
    let mut ids = facilities::sharing_units(conn, &units)?;
    ids.push(fault.facility);
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Closes because of a fault, all of its space or some of its units, as [`block::make`] does.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn block_for_fault(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    draft: &BlockDraft,
    (reference, only): (&Reference, &[UnitId]),
) -> Result<BlockAnswer, StoreError> {
    let now = circumstances.now;
    let found = locked(conn, actor, (&draft.site, reference))?;
    let Some((site, fault)) = found.filter(|(_, fault)| fault.state != FaultState::Mended) else {
        return Ok(BlockAnswer::NotFound);
    };
    if !standing(conn, &fault, now)?.is_empty() {
        return Ok(BlockAnswer::InTheWay(draft.spans.clone()));
    }
    let answer = block::make_part(conn, circumstances, actor, draft, only)?;
    if let BlockAnswer::Done { block, .. } = &answer {
        faults::set_block(conn, fault.id, *block)?;
        begin(conn, &fault, now)?;
        faults::add_line(conn, fault.id, (FaultAct::Closed, Some(actor.person)), &draft.reason, now)?;
        note(conn, (EventKind::FaultChanged, Some(actor.person)), &site, fault.facility, now)?;
    }
    Ok(answer)
}
