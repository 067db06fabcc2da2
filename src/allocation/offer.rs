//! Freed places go to who waits for them, in order: kept until a deadline, or, at short notice, told to all. Not the taking of an offer.

use super::care::of_entry;
use super::case::{Case, Circumstances};
use super::duties::follow_freed;
use super::expire::write_down_void;
use super::lapse;
use crate::domain::availability::{Hold, Place, Taken, TakenBy, choose, free_units};
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{FacilityId, SiteId, UnitId};
use crate::domain::judge::{Needs, Proposal, Verdict, judge};
use crate::domain::occurrence::{Stage, hold_deadline};
use crate::domain::places::{Facility, Site};
use crate::domain::rendered::Rendered;
use crate::domain::span::{Instant, Span, joined, without};
use crate::domain::waiting::{Entry, Standing, offer_deadline, rank};
use crate::enquiry::facts::around;
use crate::enquiry::{self, Question};
use crate::mail::waiting::WaitingCase;
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, occupancies, sites, waiting};

/// What is written down as void while offering is offered in the next round; each round has less of it.
const MOST_ROUNDS: usize = 8;
/// So many entries are looked at for what one act freed.
const MOST_IN_QUEUE: i64 = 500;

/// Offers what was just freed at a site to who waits for it, in the transaction that freed it. Call it last, when everything that
/// the act itself takes has been taken. Times are half-open and include set-up and turnaround.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn offer_freed(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    site: SiteId,
    freed: &[NewOccupancy],
) -> Result<(), StoreError> {
    follow_freed(conn, circumstances, freed)?;
    offer_places(conn, circumstances, site, freed).map(drop)
}

/// As [`offer_freed`], and says what is kept for somebody now.
pub(super) fn offer_places(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    site: SiteId,
    freed: &[NewOccupancy],
) -> Result<Vec<Taken>, StoreError> {
    let (mut freed, mut kept) = (freed.to_vec(), Vec::new());
    for _ in 0..MOST_ROUNDS {
        if freed.is_empty() {
            break;
        }
        let Some(round) = Round::load(conn, circumstances, site, &freed)? else {
            break;
        };
        let (new, also_freed) = round.offer(conn)?;
        kept.extend(new);
        freed = also_freed;
    }
    if !kept.is_empty() {
        sites::mark_changed(conn, site)?;
    }
    Ok(kept)
}

/// Those who wait for what was freed, in order, and what is known about the places.
struct Round<'a> {
    circumstances: Circumstances<'a>,
    line: Vec<Entry>,
    places: Vec<(Site, Facility)>,
    /// What takes the units of a facility around a date, once each.
    looked_at: Vec<(FacilityId, chrono::NaiveDate)>,
    taken: Vec<Taken>,
    also_freed: Vec<NewOccupancy>,
    kept: Vec<Taken>,
}

impl<'a> Round<'a> {
    fn load(
        conn: &mut Conn,
        circumstances: Circumstances<'a>,
        site: SiteId,
        freed: &[NewOccupancy],
    ) -> Result<Option<Self>, StoreError> {
        let mut units: Vec<UnitId> = freed.iter().map(|one| one.unit).collect();
        units.sort_unstable();
        units.dedup();
        let from = freed.iter().map(|one| one.span.start()).min().unwrap_or(circumstances.now);
        let to = freed.iter().map(|one| one.span.end()).max().unwrap_or(circumstances.now);
        // Wider than what was freed: a session may be in reach with its set-up or turnaround only, or run on from the day before.
        let reach = (from.plus_days(-2).max(circumstances.now), to.plus_days(1));
        let mut line = waiting::queue(conn, (site, &units), reach, MOST_IN_QUEUE)?;
        if line.is_empty() {
            return Ok(None);
        }
        let mut ids: Vec<FacilityId> = line.iter().map(|entry| entry.facility).collect();
        ids.sort_unstable();
        ids.dedup();
        let places = facilities::with_sites(conn, &Filter { ids: Some(&ids), ..Filter::default() })?;
        let wants_freed = |entry: &Entry| {
            let Some((_, facility)) = places.iter().find(|(_, facility)| facility.id == entry.facility) else {
                return false;
            };
            let occupied = occupied(facility, entry.session);
            freed.iter().any(|one| facility.unit_ids().contains(&one.unit) && one.span.overlaps(occupied))
        };
        line.retain(wants_freed);
        let priorities = waiting::priorities_of(conn, &[site])?.pop().map_or_else(Vec::new, |(_, classes)| classes);
        line.sort_by_key(|entry| rank(&priorities, entry));
        Ok(Some(Self {
            circumstances,
            line,
            places,
            looked_at: Vec::new(),
            taken: Vec::new(),
            also_freed: Vec::new(),
            kept: Vec::new(),
        }))
    }

    /// Goes down the line once. Gives what is kept now, and what turned out to be void on the way.
    fn offer(mut self, conn: &mut Conn) -> Result<(Vec<Taken>, Vec<NewOccupancy>), StoreError> {
        for entry in std::mem::take(&mut self.line) {
            let place = self.places.iter().find(|(_, facility)| facility.id == entry.facility).cloned();
            let Some((site, facility)) = place else {
                continue;
            };
            self.look_at(conn, &site, &facility, entry.session)?;
            if !self.fits(&facility, &entry) || !still_wants(conn, self.circumstances, &entry)? {
                continue;
            }
            let verdict = verdict(conn, (&site, &facility), &entry, self.circumstances.now)?;
            if verdict.is_yes() {
                self.make(conn, (&site, &facility), &entry, &verdict)?;
            }
        }
        Ok((self.kept, self.also_freed))
    }

    fn look_at(&mut self, conn: &mut Conn, site: &Site, facility: &Facility, session: Span) -> Result<(), StoreError> {
        let date = local_date(site.zone, session.start());
        if self.looked_at.contains(&(facility.id, date)) {
            return Ok(());
        }
        self.looked_at.push((facility.id, date));
        if let Some(within) = around(site, date, date) {
            let mut taken = occupancies::taken(conn, &facility.unit_ids(), within)?;
            if let Some((_, freed)) = write_down_void(conn, self.circumstances, &mut taken)? {
                self.also_freed.extend(freed);
            }
            self.taken.extend(taken);
        }
        Ok(())
    }

    /// Whether the whole occupied span is free on as many units as are wanted, before anything more is loaded.
    fn fits(&self, facility: &Facility, entry: &Entry) -> bool {
        let place = Place {
            session: entry.session,
            occupied: occupied(facility, entry.session),
            may_touch: Some(entry.organisation.id).filter(|_| facility.rules.own_may_touch),
            besides: &[],
        };
        let free = free_units(facility, &self.taken, place, self.circumstances.now);
        choose(facility, &free, &entry.wanted).is_some()
    }

    /// Keeps the place for an entry, or only says that it is free.
    fn make(
        &mut self,
        conn: &mut Conn,
        (site, facility): (&Site, &Facility),
        entry: &Entry,
        verdict: &Verdict,
    ) -> Result<(), StoreError> {
        let (now, mailer) = (self.circumstances.now, self.circumstances.mailer);
        let case = WaitingCase { entry, site, facility };
        let Some(until) = offer_deadline(now, facility.rules.hold_minutes, entry.session.start()) else {
            return self.circumstances.post(conn, Some(mailer.first_click(case)));
        };
        if !waiting::set_standing(conn, entry.id, (Standing::Waiting, Standing::Offered), now)? {
            return Ok(());
        }
        let offer = waiting::insert_offer(conn, entry.id, until, now)?;
        let holder = OccupancyHolder::Offer(offer, until);
        let pieces: Vec<NewOccupancy> = verdict
            .units
            .iter()
            .flat_map(|unit| self.pieces(*unit, verdict.occupied).into_iter().map(|span| (*unit, span)))
            .map(|(unit, span)| NewOccupancy { unit, span, holder })
            .collect();
        insert_occupancies(conn, &pieces)?;
        let by = TakenBy::Held { hold: Hold::Offer(offer), until };
        let taken = pieces.iter().map(|one| Taken { unit: one.unit, span: one.span, by: by.clone() });
        let taken: Vec<Taken> = taken.collect();
        self.taken.extend(taken.iter().cloned());
        self.kept.extend(taken);
        events::insert(conn, &event(EventKind::OfferMade, entry), now)?;
        let mail = Rendered { once: Some(lapse::once_key(offer)), ..mailer.offer(case, until) };
        self.circumstances.post(conn, Some(mail))
    }

    /// What can be kept of a span on a unit: where sessions of the same holder share an edge, theirs stays as it is until this one
    /// is taken.
    fn pieces(&self, unit: UnitId, occupied: Span) -> Vec<Span> {
        let busy = joined(self.taken.iter().filter(|one| one.unit == unit).map(|one| one.span).collect());
        without(&[occupied], &busy)
    }
}

/// With the set-up and turnaround that the facility has now.
pub(super) fn occupied(facility: &Facility, session: Span) -> Span {
    session.widened(facility.rules.set_up_minutes.into(), facility.rules.turnaround_minutes.into())
}

/// A line of history about an entry.
pub(super) fn event(kind: EventKind, entry: &Entry) -> NewEvent {
    NewEvent {
        site: Some(entry.site),
        facility: Some(entry.facility),
        booking: entry.booking,
        organisation: Some(entry.organisation.id),
        person: Some(entry.person.id),
        ..NewEvent::new(kind, None)
    }
}

/// Whether the rules allow an entry now. Notice and horizon are counted from when it joined: who waits has asked in time.
fn verdict(
    conn: &mut Conn,
    (site, facility): (&Site, &Facility),
    entry: &Entry,
    now: Instant,
) -> Result<Verdict, StoreError> {
    let date = local_date(site.zone, entry.session.start());
    let organisation = Some(entry.organisation.id);
    let loaded = enquiry::load(conn, Question { site, facility, organisation, from: date, to: date })?;
    let (_, brings) = of_entry(conn, entry, facility)?;
    let proposal = Proposal {
        session: entry.session,
        wanted: entry.wanted.clone(),
        people: entry.people,
        organisation,
        besides: Vec::new(),
        asked: entry.joined_at,
        brings,
    };
    let mut verdict = judge(&loaded.facts(facility), &proposal, now);
    decide_from(&mut verdict, facility, entry.session, now);
    Ok(verdict)
}

/// Counts the time to decide from now, where something was asked for earlier.
pub(super) fn decide_from(verdict: &mut Verdict, facility: &Facility, session: Span, now: Instant) {
    use crate::domain::refusal::Refusal;
    if verdict.needs != Needs::Approval {
        return;
    }
    verdict.until = hold_deadline(now, facility.rules.hold_minutes, session.start());
    let known = [Refusal::NoTimeToDecide, Refusal::InThePast].iter().any(|one| verdict.refusals.contains(one));
    if verdict.until.is_none() && !known {
        verdict.refusals.push(Refusal::NoTimeToDecide);
    }
}

/// A left-out date that has been put back in another way waits no more; its entry ends without a word.
fn still_wants(conn: &mut Conn, circumstances: Circumstances<'_>, entry: &Entry) -> Result<bool, StoreError> {
    let Some((booking, ordinal)) = entry.of_series() else {
        return Ok(true);
    };
    let case = Case::by_id(conn, booking)?;
    let skipped = case.is_some_and(|case| {
        let own = |one: &&crate::domain::booking::Occurrence| one.ordinal == ordinal && one.facility == entry.facility;
        case.booking.occurrences.iter().find(own).is_some_and(|one| one.state.stage() == Stage::Skipped)
    });
    if !skipped {
        waiting::set_standing(conn, entry.id, (Standing::Waiting, Standing::Left), circumstances.now)?;
    }
    Ok(skipped)
}
