//! The use cases of an allotment's manager: plots, rules, the line, and everything about one plot.

use chrono::NaiveDate;

use crate::allocation::plots::{self as writer, Joining};
use crate::allocation::{Circumstances, plots};
use crate::chance::Chance;
use crate::domain::history::EventKind;
use crate::domain::holder::{HolderId, OrganisationName};
use crate::domain::ids::{PlotKeyId, Reference};
use crate::domain::plot_line::Wish;
use crate::domain::plots::{AllotmentRules, Found, Inspection, Plot, PlotNumber, Size};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::enquiry::plots as enquiry;
use crate::mail::Mailer;
use crate::store::events::{self, NewEvent};
use crate::store::tenancies;
use crate::store::{Conn, Db, StoreError, engine, facilities, organisations, plot_line, plots as store, sites};

pub use crate::allocation::plots::{
    AllotmentAt, JoinLineAnswer, LetAnswer, Letting, LineAct, LineAnswer, NoticeAnswer, NoticeWish, PlotOfferAnswer,
};
pub use crate::enquiry::plots::{Allotment, PlotView};

/// Time and mail, for what acts.
pub type Means = (Instant, Mailer);

/// An allotment; `None` when it is not there or not for this manager.
pub async fn all(db: &Db, actor: Actor, at: AllotmentAt, now: Instant) -> Result<Option<Allotment>, StoreError> {
    db.read(move |conn| managed(conn, &actor, &at, now)).await
}

fn managed(conn: &mut Conn, actor: &Actor, at: &AllotmentAt, now: Instant) -> Result<Option<Allotment>, StoreError> {
    Ok(enquiry::by_slugs(conn, &at.site, &at.facility, now)?.filter(|one| actor.manages(one.site.id)))
}

/// One plot with the organisations that it could be let to; `None` when it is not there or not for this manager.
pub async fn one(
    db: &Db,
    actor: Actor,
    at: AllotmentAt,
    number: PlotNumber,
    now: Instant,
) -> Result<Option<(PlotView, Vec<OrganisationName>)>, StoreError> {
    db.read(move |conn| {
        let found = enquiry::one_plot(conn, (&at.site, &at.facility), &number)?;
        let Some(view) = found.filter(|view| actor.manages(view.allotment.site.id)) else {
            return Ok(None);
        };
        // Only where it can be let are the names wanted.
        let free = view.allotment.free_from(&view.plot, now).is_some();
        let names = if free { organisations::approved_names(conn)? } else { Vec::new() };
        Ok(Some((view, names)))
    })
    .await
}

/// What a manager says of a plot.
#[derive(Debug, Clone)]
pub struct PlotFacts {
    pub number: PlotNumber,
    pub size: Size,
    pub place: Option<(i32, i32)>,
    pub notes: String,
    pub resting: String,
}

/// What became of adding or changing a plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Done,
    /// Another plot has that number.
    NumberTaken,
    NotFound,
}

/// Adds a plot, or changes the one of the old number.
pub async fn keep(
    db: &Db,
    (now, mailer): Means,
    actor: Actor,
    at: AllotmentAt,
    (old, facts): (Option<PlotNumber>, PlotFacts),
) -> Result<Kept, StoreError> {
    db.write(move |conn| {
        let Some(before) = managed(conn, &actor, &at, now)? else {
            return Ok(Kept::NotFound);
        };
        engine::lock(conn, before.site.id, None)?;
        let Some(one) = managed(conn, &actor, &at, now)? else {
            return Ok(Kept::NotFound);
        };
        let there = old.as_ref().map(|old| one.plot(old).map(|plot| plot.unit));
        let unit = match there {
            Some(None) => return Ok(Kept::NotFound),
            Some(Some(unit)) => Some(unit),
            None => None,
        };
        let name = format!("Plot {}", facts.number);
        let other = one.facility.units.iter().any(|known| known.name == name && Some(known.id) != unit);
        if other || one.plot(&facts.number).is_some_and(|plot| Some(plot.unit) != unit) {
            return Ok(Kept::NumberTaken);
        }
        let unit = match unit {
            Some(unit) => unit,
            None => {
                let unit = facilities::unit_named(conn, one.site.id, &name)?;
                let last = store::last_position(conn, one.facility.id)?;
                facilities::add_unit(conn, one.facility.id, unit, last + 1)?;
                unit
            }
        };
        store::rename_unit(conn, unit, &name)?;
        let PlotFacts { number, size, place, notes, resting } = facts.clone();
        store::set(conn, &Plot { unit, facility: one.facility.id, number, size, place, notes, resting })?;
        note(conn, &actor, &one, EventKind::PlotChanged, now)?;
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        plots::turn_season(conn, circumstances, one.facility.id)?;
        Ok(Kept::Done)
    })
    .await
}

/// Sets the season and the rules; false when there is no such allotment for this manager.
pub async fn set_rules(
    db: &Db,
    now: Instant,
    actor: Actor,
    at: AllotmentAt,
    rules: AllotmentRules,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(one) = managed(conn, &actor, &at, now)? else {
            return Ok(false);
        };
        engine::lock(conn, one.site.id, None)?;
        store::set_rules(conn, one.facility.id, &rules)?;
        note(conn, &actor, &one, EventKind::RulesChanged, now)?;
        Ok(true)
    })
    .await
}

fn note(conn: &mut Conn, actor: &Actor, one: &Allotment, kind: EventKind, now: Instant) -> Result<(), StoreError> {
    let (site, facility) = (Some(one.site.id), Some(one.facility.id));
    events::insert(conn, &NewEvent { site, facility, ..NewEvent::new(kind, Some(actor.person)) }, now)?;
    sites::mark_changed(conn, one.site.id)
}

/// Lets a plot.
pub async fn let_plot(db: &Db, (now, mailer): Means, actor: Actor, letting: Letting) -> Result<LetAnswer, StoreError> {
    db.write(move |conn| {
        plots::let_plot(conn, Circumstances { now, chance: Chance, mailer: &mailer }, &actor, &letting)
    })
    .await
}

/// Somebody whom a manager puts on the line.
#[derive(Debug, Clone)]
pub struct NewInLine {
    pub holder: HolderId,
    pub wish: Wish,
    pub note: String,
    pub since: Option<Instant>,
}

/// Puts somebody on the line.
pub async fn join(
    db: &Db,
    (now, mailer): Means,
    actor: Actor,
    at: AllotmentAt,
    new: NewInLine,
) -> Result<JoinLineAnswer, StoreError> {
    db.write(move |conn| {
        if managed(conn, &actor, &at, now)?.is_none() {
            return Ok(JoinLineAnswer::NotFound);
        }
        let NewInLine { holder, wish, note, since } = new.clone();
        let joining = Joining { at: at.clone(), holder, wish, note, since, person: actor.person };
        plots::join_line(conn, Circumstances { now, chance: Chance, mailer: &mailer }, &joining)
    })
    .await
}

/// What a manager does for somebody in the line.
#[derive(Debug, Clone, Copy)]
pub enum LineDeed {
    Act(LineAct),
    Take,
    Refuse,
}

/// Does it; false when it is not possible as they stand. `None` when there is no such entry for this manager.
pub async fn in_line(
    db: &Db,
    (now, mailer): Means,
    actor: Actor,
    at: AllotmentAt,
    (reference, deed): (Reference, LineDeed),
) -> Result<Option<bool>, StoreError> {
    db.write(move |conn| {
        let one = managed(conn, &actor, &at, now)?;
        let entry = plot_line::by_reference(conn, &reference)?;
        if one.zip(entry).is_none_or(|(one, entry)| entry.facility != one.facility.id) {
            return Ok(None);
        }
        let (how, by) = (Circumstances { now, chance: Chance, mailer: &mailer }, Some(actor.person));
        Ok(Some(match deed {
            LineDeed::Act(act) => {
                matches!(plots::act_in_line(conn, how, &reference, act, by)?, LineAnswer::Done)
            }
            LineDeed::Take => matches!(plots::take_plot(conn, how, &reference, by)?, PlotOfferAnswer::Taken(_)),
            LineDeed::Refuse => matches!(plots::refuse_plot(conn, how, &reference, by)?, PlotOfferAnswer::Refused(_)),
        }))
    })
    .await
}

/// Something done on a plot's page.
#[derive(Debug, Clone)]
pub enum Deed {
    Notice(NoticeWish),
    TakeBack,
    GiveKey { number: String, given: NaiveDate, deposit_pence: i32 },
    KeyBack { key: PlotKeyId, on: NaiveDate, pence: i32 },
    Inspect { date: NaiveDate, found: Found, note: String },
}

/// Does it with the plot's open tenancy, or with the plot itself. `NotFound` where there is none.
pub async fn act(
    db: &Db,
    (now, mailer): Means,
    actor: Actor,
    at: AllotmentAt,
    (number, deed): (PlotNumber, Deed),
) -> Result<NoticeAnswer, StoreError> {
    db.write(move |conn| {
        let found = enquiry::one_plot(conn, (&at.site, &at.facility), &number)?;
        let Some(view) = found.filter(|view| actor.manages(view.allotment.site.id)) else {
            return Ok(NoticeAnswer::NotFound);
        };
        engine::lock(conn, view.allotment.site.id, None)?;
        let all = tenancies::of_unit(conn, view.plot.unit)?;
        let open = all.iter().filter(|one| one.is_open(now)).min_by_key(|one| one.starts);
        let how = Circumstances { now, chance: Chance, mailer: &mailer };
        match (&deed, open) {
            (Deed::Notice(wish), Some(tenancy)) => return plots::give_notice(conn, how, &tenancy.reference, *wish),
            (Deed::TakeBack, Some(tenancy)) => {
                return writer::take_notice_back(conn, how, &tenancy.reference, Some(actor.person));
            }
            (Deed::GiveKey { number, given, deposit_pence }, Some(tenancy)) => {
                store::give_key(conn, tenancy.id, number, *given, *deposit_pence)?;
            }
            (Deed::KeyBack { key, on, pence }, _) if view.keys.iter().any(|one| one.id == *key) => {
                store::take_key_back(conn, *key, *on, *pence)?;
            }
            (Deed::Inspect { date, found, note }, open) => {
                // The note is for whoever has the plot now.
                let tenancy = open.filter(|one| one.starts <= now).map(|one| one.id);
                let (unit, date, found, note) = (view.plot.unit, *date, *found, note.clone());
                store::inspect(conn, &Inspection { unit, tenancy, date, found, note }, actor.person)?;
            }
            _ => return Ok(NoticeAnswer::NotFound),
        }
        note(conn, &actor, &view.allotment, EventKind::PlotChanged, now)?;
        Ok(NoticeAnswer::Done(None))
    })
    .await
}
