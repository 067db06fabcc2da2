//! A baby bank with its streams, and the slots of one of them that can be had. Never those of both at once.

use crate::domain::hours::WeeklyHours;
use crate::domain::ids::Slug;
use crate::domain::kinds::Kind;
use crate::domain::places::{Facility, Site};
use crate::domain::slots::{Stream, StreamKind};
use crate::domain::span::{Instant, Span};
use crate::store::{Conn, StoreError, facilities, occupancies, sites, slots};

/// A baby bank.
#[derive(Debug, Clone)]
pub struct Bank {
    pub site: Site,
    pub facility: Facility,
    pub hours: Vec<WeeklyHours>,
    pub streams: Vec<Stream>,
}

impl Bank {
    pub fn stream(&self, kind: StreamKind) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.kind == kind)
    }

    /// The slots of a stream that begin in the days ahead, taken or not.
    pub fn slots(&self, stream: &Stream, now: Instant) -> Vec<Span> {
        stream.slots(&self.site, &self.facility, &self.hours, now)
    }
}

/// Loads it, in four queries. `None` when there is no baby bank of that name.
pub fn bank(conn: &mut Conn, (site, facility): (&Slug, &Slug)) -> Result<Option<Bank>, StoreError> {
    let found = facilities::by_slug(conn, site, facility)?;
    let Some((site, facility)) = found.filter(|(_, facility)| facility.kind == Kind::BabyBank) else {
        return Ok(None);
    };
    let hours = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours).collect();
    let streams = slots::streams(conn, facility.id)?;
    Ok(Some(Bank { site, facility, hours, streams }))
}

/// The slots of one stream that can be had now, in one more query.
pub fn free(conn: &mut Conn, bank: &Bank, kind: StreamKind, now: Instant) -> Result<Vec<Span>, StoreError> {
    let Some(stream) = bank.stream(kind) else {
        return Ok(Vec::new());
    };
    let slots = bank.slots(stream, now);
    let Some(within) = slots.iter().copied().reduce(Span::with) else {
        return Ok(Vec::new());
    };
    let taken = occupancies::taken(conn, &stream.units, within)?;
    Ok(slots.into_iter().filter(|slot| stream.free_unit(&taken, *slot, now).is_some()).collect())
}
