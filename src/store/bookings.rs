//! Bookings and their occurrences: written, changed in state, and loaded whole. Not lists, and not the places they take.

use diesel::prelude::*;

use super::error::read;
use super::holders::{self, OrganisationColumns};
use super::proposals;
use super::schema::{booking, membership, occurrence, organisation, particulars, person, proposal};
use super::states::{StateColumns, columns_of, state_of};
use super::{Conn, StoreError, needed, particulars as said, price};
use crate::domain::availability::Wanted;
use crate::domain::booking::{Booker, Booking, Occurrence, Proposed};
use crate::domain::holder::{Holder, HolderId};
use crate::domain::hours::{LocalTime, weekday};
use crate::domain::ids::{BookingId, FacilityId, MessageId, OccurrenceId, PersonId, Reference, SiteId, TermsId};
use crate::domain::occurrence::State;
use crate::domain::person::Email;
use crate::domain::policy::MemberRole;
use crate::domain::rates::Price;
use crate::domain::recurrence::{Pattern, Repeat};
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};

pub use super::states::{set_state, set_states};

/// A booking to be written.
#[derive(Debug)]
pub struct NewBooking<'a> {
    pub reference: &'a Reference,
    pub site: SiteId,
    pub holder: &'a HolderId,
    pub booked_by: Option<PersonId>,
    pub purpose: &'a str,
    pub note: &'a str,
    pub people: i32,
    pub privacy: Privacy,
    /// How it repeats; none for single dates.
    pub repeat: Option<&'a Pattern>,
    /// The booking at another site that it was made with.
    pub sibling_of: Option<BookingId>,
    /// The booking that it was split from.
    pub split_from: Option<BookingId>,
    /// The terms that were accepted with it.
    pub terms: Option<TermsId>,
}

/// An occurrence to be written.
#[derive(Debug)]
pub struct NewOccurrence<'a> {
    pub booking: BookingId,
    pub site: SiteId,
    pub ordinal: i32,
    pub facility: FacilityId,
    pub session: Span,
    pub occupied: Span,
    /// What the site's clock shows at start and end.
    pub local: (LocalTime, LocalTime),
    pub wanted: &'a Wanted,
    pub state: State,
    pub price: Option<Price>,
}

/// # Errors
/// `Duplicate` when the reference is taken; draw another.
pub fn insert(conn: &mut Conn, new: &NewBooking<'_>, now: Instant) -> Result<BookingId, StoreError> {
    let (contact_name, contact) = holders::contact_columns(new.holder);
    let id: i64 = diesel::insert_into(booking::table)
        .values((
            booking::reference.eq(new.reference.stored()),
            booking::site_id.eq(new.site.row()),
            booking::holder.eq(new.holder.code()),
            booking::organisation_id.eq(new.holder.organisation().map(|id| id.row())),
            (booking::contact_name.eq(contact_name), booking::contact.eq(contact)),
            booking::booked_by.eq(new.booked_by.map(|id| id.row())),
            booking::purpose.eq(new.purpose),
            booking::note.eq(new.note),
            booking::people.eq(new.people),
            booking::privacy.eq(new.privacy.code()),
            booking::version.eq(1),
            booking::created_at.eq(now.seconds()),
            booking::rule.eq(new.repeat.map(|pattern| pattern.repeat.rule())),
            booking::rule_from.eq(new.repeat.map(|pattern| pattern.first.to_string())),
            booking::sibling_of.eq(new.sibling_of.map(|id| id.row())),
            booking::split_from.eq(new.split_from.map(|id| id.row())),
            booking::terms_id.eq(new.terms.map(|id| id.row())),
            booking::needed_look_at.eq(new.repeat.map(|_| now.seconds())),
        ))
        .returning(booking::id)
        .get_result(conn)?;
    Ok(BookingId::new(id))
}

pub fn insert_occurrence(conn: &mut Conn, new: &NewOccurrence<'_>) -> Result<OccurrenceId, StoreError> {
    let row = columns_of_new(new);
    let id: i64 = diesel::insert_into(occurrence::table)
        .values((
            (
                occurrence::booking_id.eq(row.booking),
                occurrence::ordinal.eq(row.ordinal),
                occurrence::site_id.eq(row.site),
                occurrence::facility_id.eq(row.facility),
                occurrence::starts_at.eq(row.session.start().seconds()),
                occurrence::ends_at.eq(row.session.end().seconds()),
                occurrence::occupied_from.eq(row.occupied.start().seconds()),
                occurrence::occupied_to.eq(row.occupied.end().seconds()),
                occurrence::local_date.eq(row.local_date),
                occurrence::weekday.eq(row.weekday),
                occurrence::from_minute.eq(row.from_minute),
                occurrence::to_minute.eq(row.to_minute),
                occurrence::units_wanted.eq(row.wanted),
            ),
            (
                occurrence::state.eq(row.stage),
                occurrence::state_at.eq(row.at),
                occurrence::state_by.eq(row.by),
                occurrence::state_until.eq(row.until),
                occurrence::state_late.eq(row.late),
                occurrence::state_reason.eq(columns_of(&new.state).reason.map(|id| id.row())),
                occurrence::sequence.eq(0),
                occurrence::papers.eq(row.papers),
                price::write(row.price),
            ),
        ))
        .returning(occurrence::id)
        .get_result(conn)?;
    Ok(OccurrenceId::new(id))
}

/// A new occurrence as its columns.
pub(super) struct OccurrenceColumns {
    pub booking: i64,
    pub ordinal: i32,
    pub site: i64,
    pub facility: i64,
    pub session: Span,
    pub occupied: Span,
    pub local_date: String,
    pub weekday: i32,
    pub from_minute: i32,
    pub to_minute: i32,
    pub wanted: String,
    pub stage: &'static str,
    pub at: i64,
    pub by: Option<i64>,
    pub until: Option<i64>,
    pub late: bool,
    pub papers: Option<String>,
    pub price: price::Columns,
}

pub(super) fn columns_of_new(new: &NewOccurrence<'_>) -> OccurrenceColumns {
    let state = columns_of(&new.state);
    let (from, to) = new.local;
    let nights = i32::try_from((to.date - from.date).num_days()).unwrap_or_default();
    OccurrenceColumns {
        booking: new.booking.row(),
        ordinal: new.ordinal,
        site: new.site.row(),
        facility: new.facility.row(),
        session: new.session,
        occupied: new.occupied,
        local_date: from.date.to_string(),
        weekday: weekday(from.date),
        from_minute: from.minute,
        to_minute: to.minute + nights * 1440,
        wanted: new.wanted.stored(),
        stage: new.state.stage().code(),
        at: state.at.seconds(),
        by: state.by.map(|id| id.row()),
        until: state.until.map(Instant::seconds),
        late: state.late,
        papers: state.papers,
        price: price::columns(new.price),
    }
}

/// As [`raise_version`], for many.
pub fn raise_versions(conn: &mut Conn, ids: &[BookingId]) -> Result<(), StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let these = booking::table.filter(booking::id.eq_any(ids));
    diesel::update(these).set(booking::version.eq(booking::version + 1)).execute(conn)?;
    Ok(())
}

/// Raises the version that forms carry.
pub fn raise_version(conn: &mut Conn, id: BookingId) -> Result<(), StoreError> {
    diesel::update(booking::table.find(id.row())).set(booking::version.eq(booking::version + 1)).execute(conn)?;
    Ok(())
}

#[derive(Queryable)]
struct BookingRow {
    id: i64,
    reference: String,
    site_id: i64,
    purpose: String,
    note: String,
    people: i32,
    privacy: String,
    version: i32,
    created_at: i64,
    rule: (Option<String>, Option<String>),
    kin: Option<String>,
    /// Its kind, and name and contact of a person.
    holder: (String, String, String),
    organisation: Option<OrganisationColumns>,
    booked_by: Option<(i64, String, String)>,
    /// What who booked is in the organisation.
    role: Option<String>,
    shared_with: Option<OrganisationColumns>,
    needed: needed::Columns,
    terms_id: Option<i64>,
    said: Option<said::Row>,
}

#[derive(Queryable)]
struct OccurrenceRow {
    id: i64,
    booking_id: i64,
    ordinal: i32,
    facility_id: i64,
    starts_at: i64,
    ends_at: i64,
    occupied_from: i64,
    occupied_to: i64,
    units_wanted: String,
    state: String,
    state_at: i64,
    state_by: Option<i64>,
    state_until: Option<i64>,
    state_late: bool,
    state_reason: Option<i64>,
    sequence: i32,
    ended_at: Option<i64>,
    papers: Option<String>,
    price: price::Columns,
}

impl OccurrenceRow {
    fn occurrence(self) -> Result<Occurrence, StoreError> {
        let (table, id) = ("occurrence", self.id);
        let span = |a, b| read(Span::new(Instant::from_seconds(a), Instant::from_seconds(b)), table, id, "ends_at");
        let columns = StateColumns {
            at: Instant::from_seconds(self.state_at),
            by: self.state_by.map(PersonId::new),
            until: self.state_until.map(Instant::from_seconds),
            late: self.state_late,
            reason: self.state_reason.map(MessageId::new),
            papers: self.papers,
        };
        Ok(Occurrence {
            id: OccurrenceId::new(id),
            ordinal: self.ordinal,
            facility: FacilityId::new(self.facility_id),
            session: span(self.starts_at, self.ends_at)?,
            occupied: span(self.occupied_from, self.occupied_to)?,
            wanted: read(Wanted::parse(&self.units_wanted), table, id, "units_wanted")?,
            state: state_of(id, &self.state, columns)?,
            sequence: self.sequence,
            ended_at: self.ended_at.map(Instant::from_seconds),
            price: price::read(id, self.price)?,
        })
    }
}

impl BookingRow {
    /// With its dates and the changes that wait for them.
    fn with_dates(self, rows: Vec<(OccurrenceRow, Option<proposals::Row>)>) -> Result<Booking, StoreError> {
        let (mut occurrences, mut changes) = (Vec::with_capacity(rows.len()), Vec::new());
        for (occurrence, change) in rows {
            occurrences.push(occurrence.occurrence()?);
            changes.extend(change.map(proposals::Row::proposed).transpose()?);
        }
        changes.sort_by_key(|change| change.session);
        self.booking(occurrences, changes)
    }

    fn booking(self, occurrences: Vec<Occurrence>, changes: Vec<Proposed>) -> Result<Booking, StoreError> {
        let (table, id) = ("booking", self.id);
        let kin = self.kin.map(|kin| read(Reference::parse(&kin), table, id, "split_from")).transpose()?;
        let holder = holders::holder(id, self.holder, self.organisation)?;
        let role = self.role.map(|role| read(MemberRole::parse(&role), "membership", id, "role")).transpose()?;
        let books = role.is_some_and(|role| MemberRole::Booker <= role);
        let shared_with = self.shared_with.map(holders::organisation_name).transpose()?;
        let repeat = match &self.rule {
            (Some(rule), Some(first)) => Some(Pattern {
                first: read(first.parse().ok(), table, id, "rule_from")?,
                repeat: read(Repeat::parse(rule).ok(), table, id, "rule")?,
            }),
            _ => None,
        };
        let booked_by = self
            .booked_by
            .map(|(row, name, email)| {
                let email = read(Email::parse(&email).ok(), "person", row, "email")?;
                Ok::<_, StoreError>(Booker { id: PersonId::new(row), name, email })
            })
            .transpose()?;
        Ok(Booking {
            id: BookingId::new(id),
            reference: read(Reference::parse(&self.reference), table, id, "reference")?,
            site: SiteId::new(self.site_id),
            on_behalf: !books && !matches!(holder, Holder::Site),
            holder,
            booked_by,
            purpose: self.purpose,
            note: self.note,
            people: self.people,
            privacy: read(Privacy::parse(&self.privacy), table, id, "privacy")?,
            version: self.version,
            created_at: Instant::from_seconds(self.created_at),
            repeat,
            kin,
            shared_with,
            needed: needed::read(self.needed),
            terms: self.terms_id.map(TermsId::new),
            particulars: self.said.map(said::of_row).transpose()?.unwrap_or_default(),
            occurrences,
            changes,
        })
    }
}

/// A booking with all its occurrences, in two queries.
pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<Booking>, StoreError> {
    Ok(load(conn, Key::Reference(reference))?.pop())
}

/// As [`by_reference`], by row.
pub fn by_id(conn: &mut Conn, id: BookingId) -> Result<Option<Booking>, StoreError> {
    Ok(load(conn, Key::Rows(&[id]))?.pop())
}

/// As [`by_reference`], many by their rows, in that order of rows and also in two queries.
pub fn by_ids(conn: &mut Conn, ids: &[BookingId]) -> Result<Vec<Booking>, StoreError> {
    if ids.is_empty() { Ok(Vec::new()) } else { load(conn, Key::Rows(ids)) }
}

/// By what a booking is looked up.
enum Key<'a> {
    Reference(&'a Reference),
    Rows(&'a [BookingId]),
}

fn load(conn: &mut Conn, key: Key<'_>) -> Result<Vec<Booking>, StoreError> {
    let (second, kin) = diesel::alias!(organisation as second_organisation, booking as kin);
    let own = membership::organisation_id.nullable().eq(booking::organisation_id);
    let own = own.and(membership::person_id.nullable().eq(booking::booked_by));
    let of_kin = kin.field(booking::id).nullable();
    let query = booking::table
        .left_join(organisation::table)
        .left_join(person::table.on(booking::booked_by.eq(person::id.nullable())))
        .left_join(membership::table.on(own))
        .left_join(particulars::table.on(particulars::booking_id.eq(booking::id.nullable())))
        .left_join(second.on(booking::second_organisation_id.eq(second.field(organisation::id).nullable())))
        .left_join(kin.on(of_kin.eq(booking::split_from).or(of_kin.eq(booking::sibling_of))))
        .into_boxed();
    let query = match key {
        Key::Reference(reference) => query.filter(booking::reference.eq(reference.stored())),
        Key::Rows(ids) => query.filter(booking::id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>())),
    };
    let rows: Vec<BookingRow> = query
        .order(booking::id)
        .select((
            booking::id,
            booking::reference,
            booking::site_id,
            booking::purpose,
            booking::note,
            booking::people,
            booking::privacy,
            booking::version,
            booking::created_at,
            (booking::rule, booking::rule_from),
            kin.field(booking::reference).nullable(),
            (booking::holder, booking::contact_name, booking::contact),
            (organisation::id, organisation::slug, organisation::name).nullable(),
            (person::id, person::name, person::email).nullable(),
            membership::role.nullable(),
            second.fields((organisation::id, organisation::slug, organisation::name)).nullable(),
            needed::COLUMNS,
            booking::terms_id,
            said::COLUMNS.nullable(),
        ))
        .load(conn)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut occurrences = occurrences_of(conn, ids)?.into_iter().peekable();
    rows.into_iter()
        .map(|row| {
            // Both lists are in order of the bookings' rows.
            let mut own = Vec::new();
            while let Some(one) = occurrences.next_if(|(one, _)| one.booking_id == row.id) {
                own.push(one);
            }
            row.with_dates(own)
        })
        .collect()
}

/// In order of their bookings' rows.
fn occurrences_of(
    conn: &mut Conn,
    bookings: Vec<i64>,
) -> Result<Vec<(OccurrenceRow, Option<proposals::Row>)>, StoreError> {
    let waits = proposal::occurrence_id.eq(occurrence::id).and(proposal::state.eq("waiting"));
    Ok(occurrence::table
        .left_join(proposal::table.on(waits))
        .filter(occurrence::booking_id.eq_any(bookings))
        .order((occurrence::booking_id, occurrence::ordinal, occurrence::starts_at))
        .select((
            (
                occurrence::id,
                occurrence::booking_id,
                occurrence::ordinal,
                occurrence::facility_id,
                occurrence::starts_at,
                occurrence::ends_at,
                occurrence::occupied_from,
                occurrence::occupied_to,
                occurrence::units_wanted,
                occurrence::state,
                occurrence::state_at,
                occurrence::state_by,
                occurrence::state_until,
                occurrence::state_late,
                occurrence::state_reason,
                occurrence::sequence,
                occurrence::ended_at,
                occurrence::papers,
                price::COLUMNS,
            ),
            proposals::columns().nullable(),
        ))
        .load(conn)?)
}
