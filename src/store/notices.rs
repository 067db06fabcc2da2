//! Notices: written, changed, taken back, and found by their time. Not whom they are shown to.

use diesel::prelude::*;

use super::error::read;
use super::schema::notice;
use super::{Conn, StoreError};
use crate::domain::ids::{FacilityId, NoticeId, PersonId, SiteId};
use crate::domain::notice::{MOST_DAYS, Notice};
use crate::domain::span::{Instant, Span};

/// A notice to be written.
#[derive(Debug)]
pub struct NewNotice<'a> {
    pub site: SiteId,
    /// None for the whole site.
    pub facility: Option<FacilityId>,
    pub span: Span,
    pub words: &'a str,
    pub by: PersonId,
    /// The first of those that are given together; none for the first itself.
    pub group: Option<NoticeId>,
}

pub fn insert(conn: &mut Conn, new: &NewNotice<'_>, now: Instant) -> Result<NoticeId, StoreError> {
    let id: i64 = diesel::insert_into(notice::table)
        .values((
            notice::site_id.eq(new.site.row()),
            notice::facility_id.eq(new.facility.map(|id| id.row())),
            notice::starts_at.eq(new.span.start().seconds()),
            notice::ends_at.eq(new.span.end().seconds()),
            notice::words.eq(new.words),
            notice::group_id.eq(new.group.map(|id| id.row())),
            notice::created_at.eq(now.seconds()),
            notice::created_by.eq(new.by.row()),
        ))
        .returning(notice::id)
        .get_result(conn)?;
    Ok(NoticeId::new(id))
}

/// The notices of a site that stand anywhere in a span, in one query, soonest first.
pub fn within(conn: &mut Conn, site: SiteId, span: Span) -> Result<Vec<Notice>, StoreError> {
    between(conn, site, span.start(), Some(span.end()))
}

/// The notices of a site that have not ended, soonest first.
pub fn coming(conn: &mut Conn, site: SiteId, now: Instant) -> Result<Vec<Notice>, StoreError> {
    between(conn, site, now, None)
}

fn between(conn: &mut Conn, site: SiteId, from: Instant, to: Option<Instant>) -> Result<Vec<Notice>, StoreError> {
    // None lasts longer than the most, so the search in the index begins there and not with the first there ever was.
    let mut query = notice::table
        .filter(notice::site_id.eq(site.row()))
        .filter(notice::starts_at.gt(from.plus_days(-MOST_DAYS).seconds()))
        .filter(notice::ends_at.gt(from.seconds()).and(notice::lifted_at.is_null()))
        .into_boxed();
    if let Some(to) = to {
        query = query.filter(notice::starts_at.lt(to.seconds()));
    }
    let rows: Vec<(i64, Option<i64>, i64, i64, String, Option<i64>)> = query
        .order((notice::starts_at, notice::id))
        .select((notice::id, notice::facility_id, notice::starts_at, notice::ends_at, notice::words, notice::group_id))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, facility, from, to, words, group)| {
            let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
            Ok(Notice {
                id: NoticeId::new(id),
                facility: facility.map(FacilityId::new),
                span: read(span, "notice", id, "ends_at")?,
                words,
                group: NoticeId::new(group.unwrap_or(id)),
            })
        })
        .collect()
}

/// Writes other words over those of notices that stand.
pub fn set_words(conn: &mut Conn, site: SiteId, ids: &[NoticeId], words: &str) -> Result<usize, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let these = notice::table.filter(notice::id.eq_any(ids).and(notice::site_id.eq(site.row())));
    Ok(diesel::update(these.filter(notice::lifted_at.is_null())).set(notice::words.eq(words)).execute(conn)?)
}

/// Takes notices back, and says how many stood until now.
pub fn lift(conn: &mut Conn, site: SiteId, ids: &[NoticeId], now: Instant) -> Result<usize, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let these = notice::table.filter(notice::id.eq_any(ids).and(notice::site_id.eq(site.row())));
    let changed = diesel::update(these.filter(notice::lifted_at.is_null()))
        .set(notice::lifted_at.eq(now.seconds()))
        .execute(conn)?;
    Ok(changed)
}
