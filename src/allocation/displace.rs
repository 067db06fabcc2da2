//! Bookings in the way of a block: what is to come loses its place, what has begun is cut short, and each booker is told once.

use super::case::{Case, Circumstances};
use super::ground;
use super::lapse::{self, Why};
use super::proposals::give_back;
use super::slots_told;
use crate::domain::availability::Hold;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::ids::{BookingId, OccurrenceId, OrganisationId, PersonId};
use crate::domain::nearest::Instead;
use crate::domain::occurrence::{Act, Stage};
use crate::domain::rendered::MailKind;
use crate::domain::span::{Instant, Span};
use crate::enquiry::closing::Hit;
use crate::mail::displaced::Displaced;
use crate::store::engine::{NewOccupancy, insert_occupancies};
use crate::store::proposals::{self, Ended};
use crate::store::{Conn, StoreError, bookings, bulk, changes, events, occupancies, outbox};

/// What takes the place, and of whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closing<'a> {
    pub by: PersonId,
    pub spans: &'a [Span],
    /// In order of their bookings.
    pub hit: &'a [Hit],
    pub reason: &'a str,
    pub instead: &'a [(OccurrenceId, Vec<Instead>)],
}

impl Closing<'_> {
    fn is_hit(&self, occurrence: OccurrenceId, begun: bool) -> bool {
        self.hit.iter().any(|one| one.occurrence == occurrence && one.begun == begun)
    }

    /// When a date that has begun has to end: when the first span that reaches into it starts.
    fn cut(&self, one: &Occurrence) -> Option<Instant> {
        let reaching = self.spans.iter().filter(|span| span.overlaps(one.occupied));
        reaching.map(|span| span.start()).min()
    }
}

/// Ends what is kept for somebody: a block does not wait for an answer.
pub(super) fn clear_holds(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    kept: impl Iterator<Item = Hold>,
    reason: &str,
) -> Result<Vec<NewOccupancy>, StoreError> {
    let mut kept: Vec<Hold> = kept.collect();
    kept.sort_unstable();
    kept.dedup();
    let mut freed = Vec::new();
    for hold in kept {
        match hold {
            Hold::Offer(offer) => {
                let ended = lapse::end_by_id(conn, circumstances, offer, Why::Closed(reason))?;
                freed.extend(ended.map_or_else(Vec::new, |(_, freed)| freed));
            }
            Hold::Proposal(change) => {
                freed.extend(give_back(conn, &[change])?);
                proposals::end(conn, &[change], (Ended::Lapsed, None), None, circumstances.now)?;
            }
            // Closures leave plots alone.
            Hold::PlotOffer(_) => {}
        }
    }
    Ok(freed)
}

/// What was given back, by whose it was. Neighbours get their set-up and turnaround back once the block stands, so that
/// they grow no further than up to it.
#[derive(Debug)]
pub(super) struct Cleared(Vec<(Option<OrganisationId>, Vec<NewOccupancy>)>);

impl Cleared {
    /// All that was given back, whoever had it.
    pub fn places(&self) -> impl Iterator<Item = NewOccupancy> {
        self.0.iter().flat_map(|(_, held)| held.iter().copied())
    }

    pub fn settle(self, conn: &mut Conn) -> Result<(), StoreError> {
        self.0.iter().try_for_each(|(organisation, held)| ground::restore(conn, held, *organisation))
    }
}

/// Takes the places away and writes states and history, in a number of statements that does not grow with the dates.
pub(super) fn clear(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    closing: &Closing<'_>,
    cases: &[Case],
) -> Result<Cleared, StoreError> {
    if closing.hit.is_empty() {
        return Ok(Cleared(Vec::new()));
    }
    let (now, by) = (circumstances.now, Some(closing.by));
    let reason = events::write_message(conn, None, closing.reason, by, now)?;
    let ids: Vec<OccurrenceId> = closing.hit.iter().map(|one| one.occurrence).collect();
    let dropped = ground::drop_proposals(conn, &ids, now)?;
    let held = occupancies::of_occurrences(conn, &ids)?;
    occupancies::delete_of_occurrences(conn, &ids)?;
    let mut lines = Vec::new();
    let mut kept: Vec<NewOccupancy> = Vec::new();
    for (case, one) in dates(cases).filter(|(_, one)| closing.is_hit(one.id, true)) {
        let Some(cut) = closing.cut(one) else {
            continue;
        };
        let own = held.iter().filter(|(of, _)| *of == one.id).map(|(_, place)| *place);
        kept.extend(own.filter_map(|place| {
            Some(NewOccupancy { span: Span::new(place.span.start(), place.span.end().min(cut))?, ..place })
        }));
        // Where only its turnaround is in the way, the session itself is over by then.
        if cut < one.session.end() {
            changes::set_ended(conn, one.id, cut)?;
            // Nobody pays for what the site took back.
            if let Some(price) = one.price {
                let had = cut.minutes_since(one.session.start());
                changes::set_price(conn, one.id, price.share(had, one.session.minutes()))?;
            }
            lines.push(case.event((EventKind::CutShort, by), one, Some(reason)));
        }
    }
    insert_occupancies(conn, &kept)?;
    for stage in [Stage::Requested, Stage::Conditional, Stage::Confirmed] {
        let of_stage = dates(cases).filter(|(_, one)| one.state.stage() == stage && closing.is_hit(one.id, false));
        let mut displaced: Vec<OccurrenceId> = Vec::new();
        let mut became = None;
        for (case, one) in of_stage {
            let Ok(state) = one.state.apply(Act::Displace { by, reason: Some(reason) }, one.session, now) else {
                continue;
            };
            became = Some(state);
            displaced.push(one.id);
            lines.push(case.event((EventKind::Displaced, by), one, Some(reason)));
        }
        if let Some(state) = became {
            bookings::set_states(conn, &displaced, stage, &state)?;
        }
    }
    bulk::insert_events(conn, &lines, now)?;
    bookings::raise_versions(conn, &cases.iter().map(|case| case.booking.id).collect::<Vec<_>>())?;
    let mut cleared = by_organisation(cases, &held);
    cleared.push((None, dropped));
    Ok(Cleared(cleared))
}

fn dates(cases: &[Case]) -> impl Iterator<Item = (&Case, &Occurrence)> {
    cases.iter().flat_map(|case| case.booking.occurrences.iter().map(move |one| (case, one)))
}

fn by_organisation(
    cases: &[Case],
    held: &[(OccurrenceId, NewOccupancy)],
) -> Vec<(Option<OrganisationId>, Vec<NewOccupancy>)> {
    let mut cleared: Vec<(Option<OrganisationId>, Vec<NewOccupancy>)> = Vec::new();
    for case in cases {
        let organisation = case.booking.organisation_id();
        let own = held.iter().filter(|(of, _)| case.booking.occurrences.iter().any(|one| one.id == *of));
        let own = own.map(|(_, place)| *place);
        match cleared.iter_mut().find(|(whose, _)| *whose == organisation) {
            Some((_, places)) => places.extend(own),
            None => cleared.push((organisation, own.collect())),
        }
    }
    cleared
}

/// One mail a booking, made of what was written; says how many dates were displaced and how many cut short.
pub(super) fn tell(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    closing: &Closing<'_>,
    before: Vec<Case>,
) -> Result<(usize, usize), StoreError> {
    let now = circumstances.now;
    let ids: Vec<BookingId> = before.iter().map(|case| case.booking.id).collect();
    let mut after = bookings::by_ids(conn, &ids)?;
    let (mut displaced, mut cut_short) = (0, 0);
    for old in before {
        let was =
            |id: OccurrenceId| old.booking.occurrences.iter().find(|one| one.id == id).map(|one| one.state.stage());
        let Some(place) = after.iter().position(|booking| booking.id == old.booking.id) else {
            continue;
        };
        let booking = after.swap_remove(place);
        let (lost, cut): (Vec<&Occurrence>, Vec<&Occurrence>) = booking
            .occurrences
            .iter()
            .filter(|one| closing.is_hit(one.id, false) || (closing.is_hit(one.id, true) && one.ended_at.is_some()))
            .partition(|one| one.state.stage() == Stage::Displaced);
        displaced += lost.len();
        cut_short += cut.len();
        let had = |stage: Stage| lost.iter().any(|one| was(one.id) == Some(stage));
        let (was_confirmed, was_asked) = (had(Stage::Confirmed), had(Stage::Requested));
        let words = Displaced {
            reason: closing.reason,
            was_confirmed,
            lost: lost.iter().map(|one| one.id).collect(),
            cut: cut.iter().filter_map(|one| one.ended_at).min(),
            instead: closing.instead,
        };
        if was_asked {
            outbox::drop_queued(conn, booking.id, &[MailKind::DecisionNeeded, MailKind::DecisionReminder], now)?;
        }
        let case = Case { booking: booking.clone(), site: old.site.clone(), facilities: old.facilities.clone() };
        if case.is_slot() {
            slots_told::tell_displaced(conn, circumstances, (&case, closing.reason), was_confirmed)?;
            continue;
        }
        case.tell_all(conn, circumstances, |mailer, case| mailer.displaced(case, &words, now))?;
    }
    Ok((displaced, cut_short))
}
