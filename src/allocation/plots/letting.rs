//! A manager lets a plot to somebody: judged under the lock, against the line and one plot for each holder. Not the offers to the line.

use chrono::NaiveDate;

use super::{AllotmentAt, Circumstances, begin, is_free, offers, opened, span_of, tell, turn};
use crate::chance;
use crate::domain::holder::HolderId;
use crate::domain::ids::{Reference, UnitId};
use crate::domain::plot_line::first_in_line;
use crate::domain::plots::{Plot, PlotNumber};
use crate::domain::policy::Actor;
use crate::domain::span::Span;
use crate::domain::tenancy::{self, NoLetting, judge_letting, key_of};
use crate::enquiry::plots::Allotment;
use crate::store::{Conn, StoreError, plot_line, submissions};

/// What a manager lets to whom.
#[derive(Debug, Clone)]
pub struct Letting {
    pub at: AllotmentAt,
    pub plot: PlotNumber,
    pub holder: HolderId,
    pub from: NaiveDate,
    /// Gets its next season by itself.
    pub rolling: bool,
    pub nonce: String,
}

/// What became of it.
#[derive(Debug)]
pub enum LetAnswer {
    Done(Reference),
    /// The same form was sent before and made this.
    Before(Reference),
    Refused(Vec<NoLetting>),
    NotFound,
}

/// Lets a plot from a day to the end of its season.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn let_plot(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    letting: &Letting,
) -> Result<LetAnswer, StoreError> {
    let now = circumstances.now;
    let Some(allotment) = opened(conn, circumstances, &letting.at)?.filter(|one| actor.manages(one.site.id)) else {
        return Ok(LetAnswer::NotFound);
    };
    let nonce = chance::hash(&letting.nonce);
    if let Some(made) = submissions::result(conn, &nonce, actor.person)? {
        return Ok(Reference::parse(&made).map_or(LetAnswer::NotFound, LetAnswer::Before));
    }
    let Some(plot) = allotment.plot(&letting.plot).cloned() else {
        return Ok(LetAnswer::NotFound);
    };
    let (_, turn) = allotment.rules.season.around(letting.from);
    let Some(span) = span_of(&allotment, (letting.from, turn)) else {
        return Ok(LetAnswer::Refused(vec![NoLetting::TooFar]));
    };
    let key = key_of(&letting.holder);
    let refused = judge_letting(&facts(conn, circumstances, (&allotment, &plot), (letting, &key), span)?);
    if !refused.is_empty() {
        return Ok(LetAnswer::Refused(refused));
    }
    let by = Some(actor.person);
    let tenancy = begin(conn, circumstances, (&allotment, &plot), &letting.holder, (span, letting.rolling), by)?;
    offers::has_plot_now(conn, circumstances, &allotment, &key)?;
    submissions::record(conn, &nonce, actor.person, tenancy.reference.stored(), now)?;
    tell::begun(conn, circumstances, (&allotment, &plot), &tenancy)?;
    turn::settle(conn, circumstances, allotment.facility.id)?;
    Ok(LetAnswer::Done(tenancy.reference))
}

fn facts(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (allotment, plot): (&Allotment, &Plot),
    (letting, key): (&Letting, &str),
    span: Span,
) -> Result<tenancy::Letting, StoreError> {
    let ids: Vec<_> = allotment.line.iter().map(|one| one.id).collect();
    let was_offered: Vec<(_, UnitId)> = plot_line::was_offered(conn, &ids)?;
    let has = |key: &str| allotment.plot_held(key, span.start()).is_some();
    let first = first_in_line(&allotment.line, (plot.unit, plot.size), has, &was_offered);
    // Who has it without an end has it for all seasons to come.
    let promised = allotment.tenancies_of(plot.unit).iter().any(|one| one.goes_on() && one.starts < span.end());
    Ok(tenancy::Letting {
        today: allotment.today(circumstances.now),
        from: letting.from,
        season: allotment.rules.season,
        resting: !plot.resting.is_empty(),
        taken: promised || !is_free(conn, plot, span)?,
        line_first: first.is_some_and(|one| one.key != key),
        has: allotment.plot_held(key, span.start()).map(|plot| plot.number.clone()),
        closed_from: allotment.facility.retired_from,
    })
}
