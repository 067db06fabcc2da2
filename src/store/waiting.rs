//! Waiting-list entries and the offers made to them. Not the occupancies that an offer keeps: those are `occupancies`.

use diesel::prelude::*;

use super::error::read;
use super::schema::{facility_unit, offer, organisation, person, site, waiting_entry};
use super::{Conn, StoreError};
use crate::domain::availability::Wanted;
use crate::domain::booking::Booker;
use crate::domain::holder::OrganisationName;
use crate::domain::ids::{
    BookingId, FacilityId, OfferId, OrganisationId, PersonId, Reference, SiteId, Slug, UnitId, WaitingId,
};
use crate::domain::organisation::{Class, Standing as MayBook};
use crate::domain::person::Email;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::domain::waiting::{Entry, Offer, Standing, priorities, stored_priorities};

/// An entry to be written.
#[derive(Debug)]
pub struct NewEntry<'a> {
    pub reference: &'a Reference,
    pub site: SiteId,
    pub facility: FacilityId,
    pub organisation: OrganisationId,
    pub person: PersonId,
    /// The left-out date of a series that it stands for.
    pub series: Option<(BookingId, i32)>,
    pub session: Span,
    pub wanted: &'a Wanted,
    pub purpose: &'a str,
    pub note: &'a str,
    pub people: i32,
    pub privacy: Privacy,
    pub class: Class,
}

/// # Errors
/// `Duplicate` when the reference is taken; draw another.
pub fn insert(conn: &mut Conn, new: &NewEntry<'_>, now: Instant) -> Result<WaitingId, StoreError> {
    let id: i64 = diesel::insert_into(waiting_entry::table)
        .values((
            (
                waiting_entry::reference.eq(new.reference.stored()),
                waiting_entry::site_id.eq(new.site.row()),
                waiting_entry::facility_id.eq(new.facility.row()),
                waiting_entry::organisation_id.eq(new.organisation.row()),
                waiting_entry::person_id.eq(new.person.row()),
                waiting_entry::booking_id.eq(new.series.map(|(booking, _)| booking.row())),
                waiting_entry::ordinal.eq(new.series.map(|(_, ordinal)| ordinal)),
                waiting_entry::starts_at.eq(new.session.start().seconds()),
                waiting_entry::ends_at.eq(new.session.end().seconds()),
            ),
            (
                waiting_entry::units_wanted.eq(new.wanted.stored()),
                waiting_entry::purpose.eq(new.purpose),
                waiting_entry::note.eq(new.note),
                waiting_entry::people.eq(new.people),
                waiting_entry::privacy.eq(new.privacy.code()),
                waiting_entry::class.eq(new.class.code()),
                waiting_entry::joined_at.eq(now.seconds()),
                waiting_entry::state.eq(Standing::Waiting.code()),
            ),
        ))
        .returning(waiting_entry::id)
        .get_result(conn)?;
    Ok(WaitingId::new(id))
}

#[derive(Queryable)]
struct Row {
    entry: (i64, String, i64, i64, String, i64),
    series: (Option<i64>, Option<i32>),
    what: (i64, i64, String, String, String, i32, String, String),
    organisation: (i64, String, String),
    person: (i64, String, String),
    offer: Option<(i64, i64)>,
}

impl Row {
    fn entry(self) -> Result<Entry, StoreError> {
        let (id, reference, site, facility, state, joined_at) = self.entry;
        let (starts_at, ends_at, wanted, purpose, note, people, privacy, class) = self.what;
        let (organisation, slug, name) = self.organisation;
        let (person, person_name, email) = self.person;
        let table = "waiting_entry";
        let session = Span::new(Instant::from_seconds(starts_at), Instant::from_seconds(ends_at));
        Ok(Entry {
            id: WaitingId::new(id),
            reference: read(Reference::parse(&reference), table, id, "reference")?,
            site: SiteId::new(site),
            facility: FacilityId::new(facility),
            organisation: OrganisationName {
                id: OrganisationId::new(organisation),
                slug: read(Slug::parse(&slug), "organisation", organisation, "slug")?,
                name,
            },
            person: Booker {
                id: PersonId::new(person),
                name: person_name,
                email: read(Email::parse(&email).ok(), "person", person, "email")?,
            },
            booking: self.series.0.map(BookingId::new),
            ordinal: self.series.1,
            session: read(session, table, id, "ends_at")?,
            wanted: read(Wanted::parse(&wanted), table, id, "units_wanted")?,
            purpose,
            note,
            people,
            privacy: read(Privacy::parse(&privacy), table, id, "privacy")?,
            class: read(Class::parse(&class), table, id, "class")?,
            joined_at: Instant::from_seconds(joined_at),
            standing: read(Standing::parse(&state), table, id, "state")?,
            offer: self.offer.map(|(id, until)| Offer { id: OfferId::new(id), until: Instant::from_seconds(until) }),
        })
    }
}

/// What an entry is read from; an offer only while it is open.
#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    waiting_entry::table
        .inner_join(organisation::table.on(waiting_entry::organisation_id.eq(organisation::id)))
        .inner_join(person::table.on(waiting_entry::person_id.eq(person::id)))
        .left_join(offer::table.on(offer::entry_id.eq(waiting_entry::id).and(offer::ended_at.is_null())))
}

/// The columns of a row, in its order.
#[diesel::dsl::auto_type(no_type_alias)]
fn columns() -> _ {
    (
        (
            waiting_entry::id,
            waiting_entry::reference,
            waiting_entry::site_id,
            waiting_entry::facility_id,
            waiting_entry::state,
            waiting_entry::joined_at,
        ),
        (waiting_entry::booking_id, waiting_entry::ordinal),
        (
            waiting_entry::starts_at,
            waiting_entry::ends_at,
            waiting_entry::units_wanted,
            waiting_entry::purpose,
            waiting_entry::note,
            waiting_entry::people,
            waiting_entry::privacy,
            waiting_entry::class,
        ),
        (organisation::id, organisation::slug, organisation::name),
        (person::id, person::name, person::email),
        (offer::id, offer::until).nullable(),
    )
}

fn entries(rows: Vec<Row>) -> Result<Vec<Entry>, StoreError> {
    rows.into_iter().map(Row::entry).collect()
}

pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<Entry>, StoreError> {
    let found = joined().filter(waiting_entry::reference.eq(reference.stored()));
    let row: Option<Row> = found.select(columns()).first(conn).optional()?;
    row.map(Row::entry).transpose()
}

pub fn by_offer(conn: &mut Conn, id: OfferId) -> Result<Option<Entry>, StoreError> {
    let row: Option<Row> = joined().filter(offer::id.eq(id.row())).select(columns()).first(conn).optional()?;
    row.map(Row::entry).transpose()
}

/// The open entry of an organisation for this very session, if it has one.
pub fn same(
    conn: &mut Conn,
    organisation: OrganisationId,
    facility: FacilityId,
    session: Span,
) -> Result<Option<Reference>, StoreError> {
    let found: Option<(i64, String)> = waiting_entry::table
        .filter(waiting_entry::organisation_id.eq(organisation.row()))
        .filter(waiting_entry::facility_id.eq(facility.row()).and(waiting_entry::ended_at.is_null()))
        .filter(waiting_entry::starts_at.eq(session.start().seconds()))
        .filter(waiting_entry::ends_at.eq(session.end().seconds()))
        .select((waiting_entry::id, waiting_entry::reference))
        .first(conn)
        .optional()?;
    found.map(|(id, text)| read(Reference::parse(&text), "waiting_entry", id, "reference")).transpose()
}

/// How many entries of an organisation are still in a queue.
pub fn open_of(conn: &mut Conn, organisation: OrganisationId, now: Instant) -> Result<i64, StoreError> {
    let open = waiting_entry::table
        .filter(waiting_entry::organisation_id.eq(organisation.row()))
        .filter(waiting_entry::starts_at.gt(now.seconds()).and(waiting_entry::ended_at.is_null()));
    Ok(open.count().get_result(conn)?)
}

/// Those who wait at a site for a facility that has one of the units, for a session that begins in `(from, to)`, in order of
/// joining. Organisations that may not book now are passed over.
pub fn queue(
    conn: &mut Conn,
    (at, units): (SiteId, &[UnitId]),
    (from, to): (Instant, Instant),
    most: i64,
) -> Result<Vec<Entry>, StoreError> {
    let units: Vec<i64> = units.iter().map(|unit| unit.row()).collect();
    let having = facility_unit::table.filter(facility_unit::unit_id.eq_any(units)).select(facility_unit::facility_id);
    let rows: Vec<Row> = joined()
        .filter(waiting_entry::site_id.eq(at.row()).and(waiting_entry::facility_id.eq_any(having)))
        .filter(waiting_entry::starts_at.gt(from.seconds()).and(waiting_entry::starts_at.lt(to.seconds())))
        .filter(waiting_entry::ended_at.is_null().and(waiting_entry::state.eq(Standing::Waiting.code())))
        .filter(organisation::state.eq(MayBook::Approved.code()))
        .order((waiting_entry::joined_at, waiting_entry::id))
        .limit(most)
        .select(columns())
        .load(conn)?;
    entries(rows)
}

/// Everything still in the queues of some facilities for sessions that begin in `(from, to)`.
pub fn open_at(
    conn: &mut Conn,
    facilities: &[FacilityId],
    (from, to): (Instant, Instant),
) -> Result<Vec<Entry>, StoreError> {
    let ids: Vec<i64> = facilities.iter().map(|id| id.row()).collect();
    let rows: Vec<Row> = joined()
        .filter(waiting_entry::facility_id.eq_any(ids).and(waiting_entry::ended_at.is_null()))
        .filter(waiting_entry::starts_at.gt(from.seconds()).and(waiting_entry::starts_at.lt(to.seconds())))
        .select(columns())
        .load(conn)?;
    entries(rows)
}

/// The entries of organisations for sessions that have not begun, soonest first, whatever became of them.
pub fn of_organisations(
    conn: &mut Conn,
    ids: &[OrganisationId],
    now: Instant,
    most: i64,
) -> Result<Vec<Entry>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let rows: Vec<Row> = joined()
        .filter(waiting_entry::organisation_id.eq_any(ids).and(waiting_entry::starts_at.gt(now.seconds())))
        .order((waiting_entry::starts_at, waiting_entry::id))
        .limit(most)
        .select(columns())
        .load(conn)?;
    entries(rows)
}

/// What is still in the queues of a site, soonest session first.
pub fn of_site(conn: &mut Conn, id: SiteId, now: Instant, most: i64) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<Row> = joined()
        .filter(waiting_entry::site_id.eq(id.row()).and(waiting_entry::ended_at.is_null()))
        .filter(waiting_entry::starts_at.gt(now.seconds()))
        .order((waiting_entry::starts_at, waiting_entry::id))
        .limit(most)
        .select(columns())
        .load(conn)?;
    entries(rows)
}

/// Entries of a booking's left-out dates that are still in a queue.
pub fn of_booking(conn: &mut Conn, id: BookingId) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<Row> = joined()
        .filter(waiting_entry::booking_id.eq(id.row()).and(waiting_entry::ended_at.is_null()))
        .order(waiting_entry::id)
        .select(columns())
        .load(conn)?;
    entries(rows)
}

/// Entries whose time has come, and entries whose offer has run out: oldest first.
pub fn due(conn: &mut Conn, now: Instant, most: i64) -> Result<Vec<Entry>, StoreError> {
    let begun: Vec<Row> = joined()
        .filter(waiting_entry::starts_at.le(now.seconds()).and(waiting_entry::ended_at.is_null()))
        .order(waiting_entry::starts_at)
        .limit(most)
        .select(columns())
        .load(conn)?;
    let over: Vec<Row> = joined()
        .filter(offer::ended_at.is_null().and(offer::until.le(now.seconds())))
        .filter(waiting_entry::starts_at.gt(now.seconds()))
        .order(offer::until)
        .limit(most)
        .select(columns())
        .load(conn)?;
    entries(begun.into_iter().chain(over).collect())
}

/// Moves an entry on; false when it no longer stands at `from`.
pub fn set_standing(
    conn: &mut Conn,
    id: WaitingId,
    (from, to): (Standing, Standing),
    now: Instant,
) -> Result<bool, StoreError> {
    let there = waiting_entry::table.find(id.row()).filter(waiting_entry::state.eq(from.code()));
    let ended = (!to.is_open()).then_some(now.seconds());
    let changed = diesel::update(there)
        .set((waiting_entry::state.eq(to.code()), waiting_entry::ended_at.eq(ended)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes the booking that a taken entry led to.
pub fn set_booking(conn: &mut Conn, id: WaitingId, booking: BookingId) -> Result<(), StoreError> {
    let there = waiting_entry::table.find(id.row());
    diesel::update(there).set(waiting_entry::booking_id.eq(booking.row())).execute(conn)?;
    Ok(())
}

/// Writes an offer that stands until a deadline.
pub fn insert_offer(conn: &mut Conn, entry: WaitingId, until: Instant, now: Instant) -> Result<OfferId, StoreError> {
    let id: i64 = diesel::insert_into(offer::table)
        .values((
            offer::entry_id.eq(entry.row()),
            offer::made_at.eq(now.seconds()),
            offer::until.eq(until.seconds()),
            offer::state.eq("open"),
        ))
        .returning(offer::id)
        .get_result(conn)?;
    Ok(OfferId::new(id))
}

/// How an offer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferEnd {
    Taken,
    Declined,
    Lapsed,
}

/// Ends an offer; false when it has ended before.
pub fn end_offer(conn: &mut Conn, id: OfferId, end: OfferEnd, now: Instant) -> Result<bool, StoreError> {
    let state = match end {
        OfferEnd::Taken => "taken",
        OfferEnd::Declined => "declined",
        OfferEnd::Lapsed => "lapsed",
    };
    let changed = diesel::update(offer::table.find(id.row()).filter(offer::state.eq("open")))
        .set((offer::state.eq(state), offer::ended_at.eq(now.seconds())))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The classes that come first on the waiting lists of sites.
pub fn priorities_of(conn: &mut Conn, sites: &[SiteId]) -> Result<Vec<(SiteId, Vec<Class>)>, StoreError> {
    let ids: Vec<i64> = sites.iter().map(|id| id.row()).collect();
    let rows: Vec<(i64, String)> =
        site::table.filter(site::id.eq_any(ids)).select((site::id, site::priority_classes)).load(conn)?;
    Ok(rows.into_iter().map(|(id, stored)| (SiteId::new(id), priorities(&stored))).collect())
}

/// Sets which classes come first on the waiting lists of a site.
pub fn set_priorities(conn: &mut Conn, id: SiteId, classes: &[Class]) -> Result<(), StoreError> {
    let stored = stored_priorities(classes);
    diesel::update(site::table.find(id.row())).set(site::priority_classes.eq(stored)).execute(conn)?;
    Ok(())
}

/// The entries for one date of a series go with it, when it goes to another booking under another number.
pub fn hand_over(
    conn: &mut Conn,
    (booking, ordinal): (BookingId, i32),
    to: (BookingId, i32),
) -> Result<(), StoreError> {
    diesel::update(
        waiting_entry::table
            .filter(waiting_entry::booking_id.eq(booking.row()).and(waiting_entry::ordinal.eq(ordinal))),
    )
    .set((waiting_entry::booking_id.eq(to.0.row()), waiting_entry::ordinal.eq(to.1)))
    .execute(conn)?;
    Ok(())
}
