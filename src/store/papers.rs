//! Papers of organisations and their files: added, decided, listed, and what of them counts. Not who may see them.

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use super::error::read;
use super::holders::{OrganisationColumns, organisation_name};
use super::schema::{booking, document, facility_rules, file, message, occurrence, organisation, person};
use super::{Conn, StoreError};
use crate::domain::document::{Document, FileFacts};
use crate::domain::holder::OrganisationName;
use crate::domain::ids::{
    BookingId, DocumentId, FileId, MessageId, OccurrenceId, OrganisationId, PersonId, Reference, SiteId,
};
use crate::domain::occurrence::Stage;
use crate::domain::papers::{Paper, PaperKind, PaperSet, PaperStanding};
use crate::domain::span::Instant;
use crate::domain::upload::{Media, SafeFile};

/// A paper as far as judging goes, as its columns.
pub(super) type PaperRow = (i64, String, Option<i32>, String, Option<String>);
type PaperColumns = (document::id, document::kind, document::pounds, document::valid_from, document::valid_until);
pub(super) const PAPER: PaperColumns =
    (document::id, document::kind, document::pounds, document::valid_from, document::valid_until);

fn day(text: &str, id: i64, column: &'static str) -> Result<NaiveDate, StoreError> {
    read(text.parse().ok(), "document", id, column)
}

pub(super) fn paper((id, kind, pounds, from, until): PaperRow) -> Result<Paper, StoreError> {
    Ok(Paper {
        kind: read(PaperKind::parse(&kind), "document", id, "kind")?,
        pounds,
        from: day(&from, id, "valid_from")?,
        until: until.map(|until| day(&until, id, "valid_until")).transpose()?,
    })
}

/// The accepted papers of an organisation, whether or not they are still good.
pub fn accepted(conn: &mut Conn, id: OrganisationId) -> Result<Vec<Paper>, StoreError> {
    let rows: Vec<PaperRow> = document::table
        .filter(document::organisation_id.eq(id.row()).and(document::standing.eq(PaperStanding::Accepted.code())))
        .select(PAPER)
        .load(conn)?;
    rows.into_iter().map(paper).collect()
}

/// A paper to be added.
#[derive(Debug)]
pub struct NewDocument<'a> {
    pub reference: &'a Reference,
    pub organisation: OrganisationId,
    pub kind: PaperKind,
    pub pounds: Option<i32>,
    pub issuer: &'a str,
    pub number: &'a str,
    pub people: Option<i32>,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub by: Option<PersonId>,
}

/// # Errors
/// `Duplicate` when the reference is taken; draw another.
pub fn insert(
    conn: &mut Conn,
    new: &NewDocument<'_>,
    added: Option<&SafeFile>,
    now: Instant,
) -> Result<DocumentId, StoreError> {
    let file = added.map(|added| insert_file(conn, added, now)).transpose()?;
    let id: i64 = diesel::insert_into(document::table)
        .values((
            document::reference.eq(new.reference.stored()),
            document::organisation_id.eq(new.organisation.row()),
            document::kind.eq(new.kind.code()),
            document::pounds.eq(new.pounds),
            document::issuer.eq(new.issuer),
            document::number.eq(new.number),
            document::people.eq(new.people),
            document::valid_from.eq(new.from.to_string()),
            document::valid_until.eq(new.until.map(|until| until.to_string())),
            document::file_id.eq(file.map(|file| file.row())),
            document::added_at.eq(now.seconds()),
            document::added_by.eq(new.by.map(|by| by.row())),
            document::standing.eq(PaperStanding::Awaiting.code()),
        ))
        .returning(document::id)
        .get_result(conn)?;
    Ok(DocumentId::new(id))
}

pub(super) fn insert_file(conn: &mut Conn, added: &SafeFile, now: Instant) -> Result<FileId, StoreError> {
    let id: i64 = diesel::insert_into(file::table)
        .values((
            file::name.eq(&added.name),
            file::media_type.eq(added.media.media_type()),
            file::size.eq(i64::try_from(added.bytes.len()).unwrap_or(i64::MAX)),
            file::bytes.eq(&added.bytes),
            file::added_at.eq(now.seconds()),
        ))
        .returning(file::id)
        .get_result(conn)?;
    Ok(FileId::new(id))
}

/// A file with its bytes.
pub fn file(conn: &mut Conn, id: FileId) -> Result<Option<SafeFile>, StoreError> {
    let row: Option<(String, String, Vec<u8>)> =
        file::table.find(id.row()).select((file::name, file::media_type, file::bytes)).first(conn).optional()?;
    row.map(|(name, media, bytes)| {
        Ok(SafeFile { name, media: read(Media::parse(&media), "file", id.row(), "media_type")?, bytes })
    })
    .transpose()
}

#[derive(Queryable)]
struct Row {
    id: i64,
    reference: String,
    organisation_id: i64,
    kind: String,
    amounts: (Option<i32>, Option<i32>),
    words: (String, String),
    dates: (String, Option<String>),
    file: Option<(i64, String, i64)>,
    added: (i64, Option<String>),
    standing: String,
    decided_at: Option<i64>,
    reason: Option<String>,
}

impl Row {
    fn document(self) -> Result<Document, StoreError> {
        let (table, id) = ("document", self.id);
        Ok(Document {
            id: DocumentId::new(id),
            reference: read(Reference::parse(&self.reference), table, id, "reference")?,
            organisation: OrganisationId::new(self.organisation_id),
            kind: read(PaperKind::parse(&self.kind), table, id, "kind")?,
            pounds: self.amounts.0,
            people: self.amounts.1,
            issuer: self.words.0,
            number: self.words.1,
            from: day(&self.dates.0, id, "valid_from")?,
            until: self.dates.1.map(|until| day(&until, id, "valid_until")).transpose()?,
            file: self.file.map(|(file, name, size)| FileFacts { id: FileId::new(file), name, size }),
            added_at: Instant::from_seconds(self.added.0),
            added_by: self.added.1,
            standing: read(PaperStanding::parse(&self.standing), table, id, "standing")?,
            decided_at: self.decided_at.map(Instant::from_seconds),
            reason: self.reason,
        })
    }
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    document::table
        .left_join(file::table.on(document::file_id.eq(file::id.nullable())))
        .left_join(person::table.on(document::added_by.eq(person::id.nullable())))
        .left_join(message::table.on(document::reason_id.eq(message::id.nullable())))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn columns() -> _ {
    (
        document::id,
        document::reference,
        document::organisation_id,
        document::kind,
        (document::pounds, document::people),
        (document::issuer, document::number),
        (document::valid_from, document::valid_until),
        (file::id, file::name, file::size).nullable(),
        (document::added_at, person::name.nullable()),
        document::standing,
        document::decided_at,
        message::body.nullable(),
    )
}

/// All papers of an organisation, the newest first, in one query and without the bytes.
pub fn of_organisation(conn: &mut Conn, id: OrganisationId) -> Result<Vec<Document>, StoreError> {
    let rows: Vec<Row> = joined()
        .filter(document::organisation_id.eq(id.row()))
        .order(document::id.desc())
        .select(columns())
        .load(conn)?;
    rows.into_iter().map(Row::document).collect()
}

pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<Document>, StoreError> {
    let row: Option<Row> =
        joined().filter(document::reference.eq(reference.stored())).select(columns()).first(conn).optional()?;
    row.map(Row::document).transpose()
}

/// Accepted papers about which there is something new to say by a date.
pub fn due(conn: &mut Conn, today: NaiveDate, most: i64) -> Result<Vec<Document>, StoreError> {
    let rows: Vec<Row> = joined()
        .filter(document::look_on.le(today.to_string()))
        .order(document::id)
        .limit(most)
        .select(columns())
        .load(conn)?;
    rows.into_iter().map(Row::document).collect()
}

/// Sets the date on which the chore looks at a paper again; none where there is nothing more to say.
pub fn set_look(conn: &mut Conn, id: DocumentId, on: Option<NaiveDate>) -> Result<(), StoreError> {
    let on = on.map(|on| on.to_string());
    diesel::update(document::table.find(id.row())).set(document::look_on.eq(on)).execute(conn)?;
    Ok(())
}

/// A decision on a paper.
#[derive(Debug, Clone, Copy)]
pub struct Decided {
    pub to: PaperStanding,
    pub by: Option<PersonId>,
    pub reason: Option<MessageId>,
    /// When the chore looks at it.
    pub look_on: Option<NaiveDate>,
}

/// Sets where a paper stands, if it still stands at `from`; false when somebody else changed it first.
pub fn decide(
    conn: &mut Conn,
    id: DocumentId,
    from: PaperStanding,
    decided: Decided,
    now: Instant,
) -> Result<bool, StoreError> {
    let changed = diesel::update(document::table.find(id.row()).filter(document::standing.eq(from.code())))
        .set((
            document::standing.eq(decided.to.code()),
            document::decided_at.eq(now.seconds()),
            document::decided_by.eq(decided.by.map(|by| by.row())),
            document::reason_id.eq(decided.reason.map(|reason| reason.row())),
            document::look_on.eq(decided.look_on.map(|on| on.to_string())),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Whether an organisation has or had a booking at one of these sites.
pub fn books_at(conn: &mut Conn, id: OrganisationId, sites: &[SiteId]) -> Result<bool, StoreError> {
    let rows: Vec<i64> = sites.iter().map(|site| site.row()).collect();
    let own = booking::table.filter(booking::organisation_id.eq(id.row()).and(booking::site_id.eq_any(rows)));
    Ok(diesel::select(exists(own)).get_result(conn)?)
}

/// The sites where an organisation has or had bookings.
pub fn sites_of(conn: &mut Conn, id: OrganisationId) -> Result<Vec<SiteId>, StoreError> {
    let own = booking::table.filter(booking::organisation_id.eq(id.row()));
    let rows: Vec<i64> = own.select(booking::site_id).distinct().order(booking::site_id).load(conn)?;
    Ok(rows.into_iter().map(SiteId::new).collect())
}

/// How many papers wait to be looked at, of organisations that book at these sites; of all where none are given.
pub fn count_awaiting(conn: &mut Conn, sites: Option<&[SiteId]>) -> Result<i64, StoreError> {
    let query =
        document::table.filter(document::standing.eq(PaperStanding::Awaiting.code())).select(count_star()).into_boxed();
    let query = match sites {
        Some(sites) => {
            let rows: Vec<i64> = sites.iter().map(|site| site.row()).collect();
            let here = booking::organisation_id.eq(document::organisation_id.nullable());
            query.filter(exists(booking::table.filter(here.and(booking::site_id.eq_any(rows)))))
        }
        None => query,
    };
    Ok(query.first(conn)?)
}

/// Papers in a standing with their organisations, the longest wait first: of organisations that book at these sites, or of all.
pub fn in_standing(
    conn: &mut Conn,
    standing: PaperStanding,
    sites: Option<&[SiteId]>,
    until_before: Option<NaiveDate>,
) -> Result<Vec<(OrganisationName, Document)>, StoreError> {
    let mut query = joined()
        .inner_join(organisation::table.on(document::organisation_id.eq(organisation::id)))
        .filter(document::standing.eq(standing.code()))
        .into_boxed();
    if let Some(sites) = sites {
        let rows: Vec<i64> = sites.iter().map(|site| site.row()).collect();
        let here = booking::organisation_id.eq(document::organisation_id.nullable());
        query = query.filter(exists(booking::table.filter(here.and(booking::site_id.eq_any(rows)))));
    }
    if let Some(day) = until_before {
        query = query.filter(document::valid_until.lt(day.to_string()));
    }
    let rows: Vec<(OrganisationColumns, Row)> = query
        .order((document::added_at, document::id))
        .limit(200)
        .select(((organisation::id, organisation::slug, organisation::name), columns()))
        .load(conn)?;
    rows.into_iter().map(|(own, row)| Ok((organisation_name(own)?, row.document()?))).collect()
}

/// Bookings of an organisation with dates to come, confirmed or conditional, in places that ask for papers.
pub fn bookings_to_review(conn: &mut Conn, id: OrganisationId, now: Instant) -> Result<Vec<BookingId>, StoreError> {
    let rows: Vec<i64> = booking::table
        .inner_join(occurrence::table)
        .inner_join(facility_rules::table.on(facility_rules::facility_id.eq(occurrence::facility_id)))
        .filter(booking::organisation_id.eq(id.row()).and(occurrence::starts_at.gt(now.seconds())))
        .filter(occurrence::state.eq_any([Stage::Confirmed.code(), Stage::Conditional.code()]))
        .filter(facility_rules::papers.ne("").or(occurrence::papers.is_not_null()))
        .select(booking::id)
        .distinct()
        .order(booking::id)
        .load(conn)?;
    Ok(rows.into_iter().map(BookingId::new).collect())
}

/// Which papers were set aside for which of these occurrences.
pub fn set_aside(conn: &mut Conn, ids: &[OccurrenceId]) -> Result<Vec<(OccurrenceId, PaperSet)>, StoreError> {
    let rows: Vec<(i64, Option<String>)> = occurrence::table
        .filter(occurrence::id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .filter(occurrence::state.eq(Stage::Confirmed.code()).and(occurrence::papers.is_not_null()))
        .select((occurrence::id, occurrence::papers))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, codes)| {
            let papers = codes.as_deref().and_then(PaperSet::parse);
            Ok((OccurrenceId::new(id), read(papers, "occurrence", id, "papers")?))
        })
        .collect()
}

/// Keeps which papers were set aside for a date that is confirmed without them.
pub fn note_set_aside(conn: &mut Conn, id: OccurrenceId, papers: PaperSet) -> Result<(), StoreError> {
    let confirmed = occurrence::table.find(id.row()).filter(occurrence::state.eq(Stage::Confirmed.code()));
    diesel::update(confirmed).set(occurrence::papers.eq(papers.stored())).execute(conn)?;
    Ok(())
}

/// Of which kinds these organisations have an accepted paper that is good on a day.
pub fn in_force(
    conn: &mut Conn,
    ids: &[OrganisationId],
    on: NaiveDate,
) -> Result<Vec<(OrganisationId, PaperKind)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, i64, String)> = document::table
        .filter(document::organisation_id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .filter(document::standing.eq(PaperStanding::Accepted.code()))
        .filter(document::valid_until.is_null().or(document::valid_until.ge(on.to_string())))
        .select((document::id, document::organisation_id, document::kind))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, of, kind)| Ok((OrganisationId::new(of), read(PaperKind::parse(&kind), "document", id, "kind")?)))
        .collect()
}
