//! How a tenancy ends: notice with a last day, by which its place is cut at once so that the plot can be offered, and the way back.

use chrono::NaiveDate;

use super::{Circumstances, add_piece, event, is_free, next_ordinal, opened_by_id, rent, span_of, tell, turn};
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::ids::{PersonId, Reference};
use crate::domain::occurrence::{Act, Stage};
use crate::domain::span::{Instant, Span};
use crate::domain::tenancy::{NoNotice, Notice, NoticeBy, Tenancy, judge_notice};
use crate::enquiry::plots::Allotment;
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, StoreError, bookings, changes, occupancies, sites, tenancies};

/// Notice as it is wished for.
#[derive(Debug, Clone, Copy)]
pub struct NoticeWish {
    pub by: NoticeBy,
    pub last_day: NaiveDate,
    /// Who typed it; none for a link without an account.
    pub person: Option<PersonId>,
}

/// What became of notice, or of taking it back.
#[derive(Debug)]
pub enum NoticeAnswer {
    /// The last day, or none where it goes on.
    Done(Option<NaiveDate>),
    Refused(NoNotice),
    /// The plot is promised to somebody else after the end.
    Promised,
    NotFound,
}

/// Gives notice of a tenancy. Who may, is for the caller to know.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn give_notice(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    reference: &Reference,
    wish: NoticeWish,
) -> Result<NoticeAnswer, StoreError> {
    let Some((allotment, tenancy)) = open_tenancy(conn, circumstances, reference)? else {
        return Ok(NoticeAnswer::NotFound);
    };
    let (now, today) = (circumstances.now, allotment.today(circumstances.now));
    if let Err(no) = judge_notice(&allotment.rules, wish.by, allotment.run(&tenancy), (today, wish.last_day)) {
        return Ok(NoticeAnswer::Refused(no));
    }
    let after = wish.last_day.succ_opt().unwrap_or(wish.last_day);
    let Some(kept) = span_of(&allotment, (today, after)) else {
        return Ok(NoticeAnswer::NotFound);
    };
    let ends = kept.end();
    cut(conn, circumstances, (&allotment, &tenancy), ends, wish.person)?;
    let notice = Notice { at: now, by: wish.by, ends };
    tenancies::set_notice(conn, tenancy.id, Some(notice), tenancy.covered_to.min(ends))?;
    note(conn, &allotment, &tenancy, (EventKind::TenancyNotice, wish.person), now)?;
    let tenancy = Tenancy { notice: Some(notice), ..tenancy };
    tell::notice_received(conn, circumstances, &allotment, &tenancy)?;
    turn::settle(conn, circumstances, allotment.facility.id)?;
    Ok(NoticeAnswer::Done(Some(wish.last_day)))
}

/// Takes notice back while nobody else is promised the plot; the tenancy gets the rest of its season again.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn take_notice_back(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    reference: &Reference,
    person: Option<PersonId>,
) -> Result<NoticeAnswer, StoreError> {
    let Some((allotment, tenancy)) = open_tenancy(conn, circumstances, reference)? else {
        return Ok(NoticeAnswer::NotFound);
    };
    let found = tenancy.notice.zip(allotment.plot_of(tenancy.unit).cloned());
    let (Some((_, plot)), now) = (found, circumstances.now) else {
        return Ok(NoticeAnswer::NotFound);
    };
    let from = allotment.run(&tenancy).covered_to;
    let (first, turn_date) = allotment.rules.season.around(from);
    // At the turn itself nothing of the season is left to be had back; the next comes by itself.
    let rest = if first == from { None } else { span_of(&allotment, (from, turn_date)) };
    let ahead = span_of(&allotment, (from, turn_date));
    if let Some(span) = rest.or(ahead)
        && !is_free(conn, &plot, span)?
    {
        return Ok(NoticeAnswer::Promised);
    }
    let mut covered_to = tenancy.covered_to;
    if let (Some(span), Some(booking)) = (rest, bookings::by_id(conn, tenancy.booking)?) {
        let what = (tenancy.booking, next_ordinal(&booking));
        // The rent of a season that had ended early was for all of it.
        let paid = booking.occurrences.iter().any(|one| one.ended_at.is_some() && one.session.overlaps(span));
        let price = rent::of_piece(conn, &allotment, &tenancy.holder, |one| one.id, span)?.filter(|_| !paid);
        add_piece(conn, circumstances, (&allotment, &plot), what, (span, price), (EventKind::TenancyRenewed, person))?;
        covered_to = span.end();
    }
    tenancies::set_notice(conn, tenancy.id, None, covered_to)?;
    note(conn, &allotment, &tenancy, (EventKind::TenancyGoesOn, person), now)?;
    turn::settle(conn, circumstances, allotment.facility.id)?;
    Ok(NoticeAnswer::Done(None))
}

/// The tenancy under the lock, while it has days left.
fn open_tenancy(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    reference: &Reference,
) -> Result<Option<(Allotment, Tenancy)>, StoreError> {
    let Some(before) = tenancies::by_reference(conn, reference)? else {
        return Ok(None);
    };
    let Some(allotment) = opened_by_id(conn, circumstances, before.facility)? else {
        return Ok(None);
    };
    let tenancy = tenancies::by_id(conn, before.id)?.filter(|one| one.is_open(circumstances.now));
    Ok(tenancy.map(|tenancy| (allotment, tenancy)))
}

/// Gives back what a tenancy has after an instant: what runs across it ends there, and what is later is cancelled.
fn cut(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (allotment, tenancy): (&Allotment, &Tenancy),
    ends: Instant,
    person: Option<PersonId>,
) -> Result<(), StoreError> {
    let Some(booking) = bookings::by_id(conn, tenancy.booking)? else {
        return Ok(());
    };
    let stands = |one: &&Occurrence| one.state.stage() == Stage::Confirmed;
    let until = |one: &&Occurrence| one.ended_at.unwrap_or(one.session.end());
    for one in booking.occurrences.iter().filter(stands).filter(|one| ends < until(one)) {
        let act = Act::Cancel { by: person, late: false, reason: None };
        match Span::new(one.session.start(), ends) {
            Some(kept) => {
                occupancies::delete_of_occurrence(conn, one.id)?;
                let holder = OccupancyHolder::Occurrence(one.id);
                insert_occupancies(conn, &[NewOccupancy { unit: tenancy.unit, span: kept, holder }])?;
                changes::set_ended(conn, one.id, ends)?;
            }
            None => {
                if let Ok(state) = one.state.apply(act, one.session, circumstances.now) {
                    bookings::set_state(conn, one.id, one.state.stage(), &state)?;
                    occupancies::delete_of_occurrence(conn, one.id)?;
                }
            }
        }
    }
    bookings::raise_version(conn, tenancy.booking)?;
    sites::mark_changed(conn, allotment.site.id)
}

fn note(
    conn: &mut Conn,
    allotment: &Allotment,
    tenancy: &Tenancy,
    (kind, person): (EventKind, Option<PersonId>),
    now: Instant,
) -> Result<(), StoreError> {
    let event = NewEvent { booking: Some(tenancy.booking), ..event(allotment, kind, person) };
    events::insert(conn, &event, now)
}
