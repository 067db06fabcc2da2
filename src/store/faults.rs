//! Faults with what was done about them: reported, listed, changed, and their reporters forgotten. Not who may do that.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::error::read;
use super::papers::insert_file;
use super::schema::{booking, facility, file, notice, person};
use super::schema_faults::{fault, fault_line, fault_notice};
use super::{Conn, StoreError};
use crate::domain::document::FileFacts;
use crate::domain::fault::{Fault, FaultAct, FaultKind, FaultLine, FaultState, Usable};
use crate::domain::ids::{
    BlockId, BookingId, FacilityId, FaultId, FileId, NoticeId, PersonId, Reference, SiteId, Slug,
};
use crate::domain::span::{Instant, Span};
use crate::domain::upload::SafeFile;

/// A fault to be written.
#[derive(Debug)]
pub struct NewFault<'a> {
    pub reference: &'a Reference,
    pub site: SiteId,
    pub facility: FacilityId,
    pub booking: Option<BookingId>,
    pub kind: FaultKind,
    pub usable: Usable,
    pub words: &'a str,
    pub photo: Option<&'a SafeFile>,
    pub reporter: Option<PersonId>,
    /// Where the reporter wants to hear back; empty for nowhere.
    pub email: &'a str,
}

/// # Errors
/// `Duplicate` when the reference is taken; draw another.
pub fn insert(conn: &mut Conn, new: &NewFault<'_>, now: Instant) -> Result<FaultId, StoreError> {
    let photo = new.photo.map(|photo| insert_file(conn, photo, now)).transpose()?;
    let id: i64 = diesel::insert_into(fault::table)
        .values((
            fault::reference.eq(new.reference.stored()),
            fault::site_id.eq(new.site.row()),
            fault::facility_id.eq(new.facility.row()),
            fault::booking_id.eq(new.booking.map(|id| id.row())),
            fault::kind.eq(new.kind.code()),
            fault::usable.eq(new.usable.code()),
            fault::words.eq(new.words),
            fault::file_id.eq(photo.map(|id| id.row())),
            fault::reporter_id.eq(new.reporter.map(|id| id.row())),
            fault::reporter_email.eq(new.email),
            fault::reported_at.eq(now.seconds()),
            fault::state.eq(FaultState::Open.code()),
        ))
        .returning(fault::id)
        .get_result(conn)?;
    Ok(FaultId::new(id))
}

#[derive(Queryable)]
struct Row {
    id: i64,
    reference: String,
    place: (i64, i64, String, String),
    booking: Option<String>,
    what: (String, String, String),
    file: Option<(i64, String, i64)>,
    reporter: (Option<i64>, String),
    times: (i64, Option<i64>),
    state: String,
    taken_by: Option<(i64, String)>,
    block_id: Option<i64>,
}

impl Row {
    fn fault(self) -> Result<Fault, StoreError> {
        let (table, id) = ("fault", self.id);
        let (site, facility, slug, name) = self.place;
        let (kind, usable, words) = self.what;
        Ok(Fault {
            id: FaultId::new(id),
            reference: read(Reference::parse(&self.reference), table, id, "reference")?,
            site: SiteId::new(site),
            facility: FacilityId::new(facility),
            facility_slug: read(Slug::parse(&slug), "facility", facility, "slug")?,
            facility_name: name,
            booking: match self.booking {
                Some(stored) => Some(read(Reference::parse(&stored), table, id, "booking_id")?),
                None => None,
            },
            kind: read(FaultKind::parse(&kind), table, id, "kind")?,
            usable: read(Usable::parse(&usable), table, id, "usable")?,
            words,
            photo: self.file.map(|(file, name, size)| FileFacts { id: FileId::new(file), name, size }),
            reporter: self.reporter.0.map(PersonId::new),
            email: self.reporter.1,
            at: Instant::from_seconds(self.times.0),
            state: read(FaultState::parse(&self.state), table, id, "state")?,
            mended_at: self.times.1.map(Instant::from_seconds),
            taken_by: self.taken_by.map(|(id, name)| (PersonId::new(id), name)),
            block: self.block_id.map(BlockId::new),
        })
    }
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    fault::table
        .inner_join(facility::table.on(facility::id.eq(fault::facility_id)))
        .left_join(booking::table.on(fault::booking_id.eq(booking::id.nullable())))
        .left_join(file::table.on(fault::file_id.eq(file::id.nullable())))
        .left_join(person::table.on(fault::taken_by.eq(person::id.nullable())))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn columns() -> _ {
    (
        fault::id,
        fault::reference,
        (fault::site_id, fault::facility_id, facility::slug, facility::name),
        booking::reference.nullable(),
        (fault::kind, fault::usable, fault::words),
        (file::id, file::name, file::size).nullable(),
        (fault::reporter_id, fault::reporter_email),
        (fault::reported_at, fault::mended_at),
        fault::state,
        (person::id, person::name).nullable(),
        fault::block_id,
    )
}

/// The faults of a site that are mended, or those that are not, the newest first.
pub fn of_site(conn: &mut Conn, site: SiteId, mended: bool, most: i64) -> Result<Vec<Fault>, StoreError> {
    let states: Vec<&str> = FaultState::ALL
        .into_iter()
        .filter(|state| (*state == FaultState::Mended) == mended)
        .map(FaultState::code)
        .collect();
    let rows: Vec<Row> = joined()
        .filter(fault::site_id.eq(site.row()).and(fault::state.eq_any(states)))
        .order((fault::reported_at.desc(), fault::id.desc()))
        .limit(most)
        .select(columns())
        .load(conn)?;
    rows.into_iter().map(Row::fault).collect()
}

pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<Fault>, StoreError> {
    let row: Option<Row> =
        joined().filter(fault::reference.eq(reference.stored())).select(columns()).first(conn).optional()?;
    row.map(Row::fault).transpose()
}

/// How many were reported of a space since an instant.
pub fn reported_since(conn: &mut Conn, facility: FacilityId, since: Instant) -> Result<i64, StoreError> {
    let recent = fault::table.filter(fault::facility_id.eq(facility.row()).and(fault::reported_at.ge(since.seconds())));
    Ok(recent.select(count_star()).first(conn)?)
}

/// Adds a line to what was done about it.
pub fn add_line(
    conn: &mut Conn,
    id: FaultId,
    (act, by): (FaultAct, Option<PersonId>),
    body: &str,
    now: Instant,
) -> Result<(), StoreError> {
    diesel::insert_into(fault_line::table)
        .values((
            fault_line::fault_id.eq(id.row()),
            fault_line::at.eq(now.seconds()),
            fault_line::by_id.eq(by.map(|by| by.row())),
            fault_line::act.eq(act.code()),
            fault_line::body.eq(body),
        ))
        .execute(conn)?;
    Ok(())
}

/// What was done about it, the newest first.
pub fn lines(conn: &mut Conn, id: FaultId) -> Result<Vec<FaultLine>, StoreError> {
    let rows: Vec<(i64, i64, Option<String>, String, String)> = fault_line::table
        .left_join(person::table.on(fault_line::by_id.eq(person::id.nullable())))
        .filter(fault_line::fault_id.eq(id.row()))
        .order(fault_line::id.desc())
        .select((fault_line::id, fault_line::at, person::name.nullable(), fault_line::act, fault_line::body))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, at, by, act, body)| {
            let act = read(FaultAct::parse(&act), "fault_line", id, "act")?;
            Ok(FaultLine { at: Instant::from_seconds(at), by, act, body })
        })
        .collect()
}

/// Sets how far it is, if it still stands at `from`; false when somebody else changed it first.
pub fn set_state(
    conn: &mut Conn,
    id: FaultId,
    (from, to): (FaultState, FaultState),
    now: Instant,
) -> Result<bool, StoreError> {
    let mended = (to == FaultState::Mended).then(|| now.seconds());
    let there = fault::table.find(id.row()).filter(fault::state.eq(from.code()));
    let changed = diesel::update(there).set((fault::state.eq(to.code()), fault::mended_at.eq(mended))).execute(conn)?;
    Ok(changed == 1)
}

pub fn set_taken(conn: &mut Conn, id: FaultId, by: PersonId) -> Result<(), StoreError> {
    diesel::update(fault::table.find(id.row())).set(fault::taken_by.eq(by.row())).execute(conn)?;
    Ok(())
}

/// Notes the block that was made because of it.
pub fn set_block(conn: &mut Conn, id: FaultId, block: BlockId) -> Result<(), StoreError> {
    diesel::update(fault::table.find(id.row())).set(fault::block_id.eq(block.row())).execute(conn)?;
    Ok(())
}

/// Notes a notice that was given because of it.
pub fn add_notice(conn: &mut Conn, id: FaultId, notice: NoticeId) -> Result<(), StoreError> {
    diesel::insert_into(fault_notice::table)
        .values((fault_notice::fault_id.eq(id.row()), fault_notice::notice_id.eq(notice.row())))
        .execute(conn)?;
    Ok(())
}

/// Its notices that stand and have not ended, each with its words and time.
pub fn notices(conn: &mut Conn, id: FaultId, now: Instant) -> Result<Vec<(NoticeId, String, Span)>, StoreError> {
    let rows: Vec<(i64, String, i64, i64)> = fault_notice::table
        .inner_join(notice::table.on(notice::id.eq(fault_notice::notice_id)))
        .filter(fault_notice::fault_id.eq(id.row()))
        .filter(notice::lifted_at.is_null().and(notice::ends_at.gt(now.seconds())))
        .order(notice::id)
        .select((notice::id, notice::words, notice::starts_at, notice::ends_at))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, words, from, to)| {
            let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
            Ok((NoticeId::new(id), words, read(span, "notice", id, "ends_at")?))
        })
        .collect()
}

/// Blanks who reported what was mended before an instant.
pub fn forget_reporters(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let known = fault::reporter_email.ne("").or(fault::reporter_id.is_not_null());
    let old = fault::table.filter(known).filter(fault::mended_at.lt(before.seconds()));
    Ok(diesel::update(old).set((fault::reporter_email.eq(""), fault::reporter_id.eq(None::<i64>))).execute(conn)?)
}
