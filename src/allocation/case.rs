//! What every act has at hand: the time, chance and mail, and a booking with its places. Not any act.

use crate::chance::Chance;
use crate::domain::booking::{Booking, Occurrence};
use crate::domain::erasure::NOWHERE;
use crate::domain::history::EventKind;
use crate::domain::ids::{BookingId, FacilityId, MessageId, PersonId, Reference};
use crate::domain::kinds::Kind;
use crate::domain::occurrence::Stage;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::StaffRole;
use crate::domain::rendered::Rendered;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::mail::bookings::BookingCase;
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::sites::StaffMember;
use crate::store::{Conn, StoreError, bookings, bulk, outbox, sites};

/// Time, chance and the means to write: what comes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    pub now: Instant,
    pub chance: Chance,
    pub mailer: &'a Mailer,
}

impl Circumstances<'_> {
    /// Queues a mail in the transaction that caused it.
    pub fn post(&self, conn: &mut Conn, mail: Option<Rendered>) -> Result<(), StoreError> {
        let Some(mail) = mail else {
            return Ok(());
        };
        let id = format!("{}@{}", self.chance.token().reveal(), self.mailer.host());
        outbox::queue(conn, &mail, &id, self.now)
    }
}

impl Circumstances<'_> {
    /// Queues several mails without a once-key at once.
    pub(super) fn post_all(&self, conn: &mut Conn, mails: Vec<Rendered>) -> Result<(), StoreError> {
        let id = || format!("{}@{}", self.chance.token().reveal(), self.mailer.host());
        let there = mails.into_iter().filter(|mail| !mail.to.as_str().ends_with(NOWHERE));
        let mails: Vec<(Rendered, String)> = there.map(|mail| (mail, id())).collect();
        if mails.is_empty() { Ok(()) } else { bulk::queue_mails(conn, &mails, self.now) }
    }
}

/// A booking with its site and the facilities of its occurrences.
#[derive(Debug, Clone)]
pub struct Case {
    pub booking: Booking,
    pub site: Site,
    pub facilities: Vec<Facility>,
}

/// What dates were and what they are now, in words: "Tuesday 24 November 2026, 2:30pm to 4pm, in Cedar".
pub(super) fn with_old_places(
    conn: &mut Conn,
    case: &Case,
    before: &[Occurrence],
) -> Result<Vec<(String, String)>, StoreError> {
    let mut gone: Vec<FacilityId> = before.iter().map(|one| one.facility).collect();
    gone.retain(|id| case.facilities.iter().all(|facility| facility.id != *id));
    let old: Vec<Facility> = if gone.is_empty() {
        Vec::new()
    } else {
        let places = facilities::with_sites(conn, &Filter { ids: Some(&gone), ..Filter::default() })?;
        places.into_iter().map(|(_, facility)| facility).collect()
    };
    let words = |one: &Occurrence| {
        let place = case.facilities.iter().chain(&old).find(|facility| facility.id == one.facility);
        let name = place.map_or_else(String::new, |facility| format!(", in {}", facility.name));
        format!("{}{name}", crate::domain::words::date_and_times(case.site.zone, one.session))
    };
    let now = |id| case.booking.occurrences.iter().find(|one| one.id == id);
    Ok(before.iter().filter_map(|one| Some((words(one), words(now(one.id)?)))).collect())
}

/// Where a date was and where it is, in words; what still waits for a decision says so.
pub(super) fn move_in_words(
    conn: &mut Conn,
    case: &Case,
    old: &Occurrence,
) -> Result<Vec<(String, String)>, StoreError> {
    let waits = case.booking.occurrences.iter().any(|one| one.id == old.id && one.state.stage() == Stage::Requested);
    let mut words = with_old_places(conn, case, std::slice::from_ref(old))?;
    if waits {
        words.iter_mut().for_each(|(_, is)| is.push_str(&format!(", if {} says yes", case.site.name)));
    }
    Ok(words)
}

impl Case {
    /// Loads a booking whole, by its reference. A tenancy is none of these: it has acts of its own, and no other may change it.
    pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<Self>, StoreError> {
        let booking = bookings::by_reference(conn, reference)?;
        let case = booking.map_or(Ok(None), |booking| Self::complete(conn, booking))?;
        // Tenancies of plots, and slots of a baby bank, are opened and changed in ways of their own only; so a bank's two streams never meet.
        Ok(case.filter(|case| !case.is_tenancy() && !case.is_slot()))
    }

    /// Whether it is a tenancy of a plot, measured in days.
    pub fn is_tenancy(&self) -> bool {
        self.facilities.iter().any(|facility| facility.kind == Kind::Allotment)
    }

    /// As [`Case::by_reference`], by row.
    pub fn by_id(conn: &mut Conn, id: BookingId) -> Result<Option<Self>, StoreError> {
        let booking = bookings::by_id(conn, id)?;
        booking.map_or(Ok(None), |booking| Self::complete(conn, booking))
    }

    /// As [`Case::by_id`], for many in a fixed number of queries, in order of their rows.
    pub fn by_ids(conn: &mut Conn, ids: &[BookingId]) -> Result<Vec<Self>, StoreError> {
        let bookings = bookings::by_ids(conn, ids)?;
        if bookings.is_empty() {
            return Ok(Vec::new());
        }
        let mut of: Vec<FacilityId> =
            bookings.iter().flat_map(|one| &one.occurrences).map(|one| one.facility).collect();
        of.sort_unstable();
        of.dedup();
        let places = facilities::of_booking(conn, &of)?;
        let complete = |booking: Booking| {
            let own = |facility: &Facility| booking.occurrences.iter().any(|one| one.facility == facility.id);
            let site = places.iter().map(|(site, _)| site).find(|site| site.id == booking.site)?.clone();
            let facilities = places.iter().map(|(_, facility)| facility).filter(|one| own(one)).cloned().collect();
            Some(Self { booking, site, facilities })
        };
        Ok(bookings.into_iter().filter_map(complete).collect())
    }

    fn complete(conn: &mut Conn, booking: Booking) -> Result<Option<Self>, StoreError> {
        let mut ids: Vec<FacilityId> = booking.occurrences.iter().map(|one| one.facility).collect();
        // Where changes that wait would lead is shown with them.
        ids.extend(booking.changes.iter().map(|change| change.facility));
        ids.sort_unstable();
        ids.dedup();
        let places = facilities::of_booking(conn, &ids)?;
        let site = places.first().map(|(site, _)| site.clone());
        let facilities = places.into_iter().map(|(_, facility)| facility).collect();
        Ok(site.map(|site| Self { booking, site, facilities }))
    }

    /// Whether it is a slot of a baby bank.
    pub(super) fn is_slot(&self) -> bool {
        self.facilities.iter().any(|facility| facility.kind == Kind::BabyBank)
    }

    /// For the mails about it.
    pub fn for_mail(&self) -> BookingCase<'_> {
        BookingCase { booking: &self.booking, site: &self.site, facilities: &self.facilities, to: None, inducts: false }
    }

    pub fn facility_of(&self, occurrence: &Occurrence) -> Option<&Facility> {
        self.facilities.iter().find(|facility| facility.id == occurrence.facility)
    }

    /// A line of history about one of its occurrences.
    pub(super) fn event(
        &self,
        (kind, actor): (EventKind, Option<PersonId>),
        occurrence: &Occurrence,
        message: Option<MessageId>,
    ) -> NewEvent {
        NewEvent {
            site: Some(self.site.id),
            facility: Some(occurrence.facility),
            booking: Some(self.booking.id),
            occurrence: Some(occurrence.id),
            organisation: self.booking.organisation_id(),
            message,
            ..NewEvent::new(kind, actor)
        }
    }

    /// Adds a line about one of its occurrences to the history.
    pub(super) fn note(
        &self,
        conn: &mut Conn,
        what: (EventKind, Option<PersonId>),
        occurrence: &Occurrence,
        message: Option<MessageId>,
        now: Instant,
    ) -> Result<(), StoreError> {
        events::insert(conn, &self.event(what, occurrence, message), now)
    }

    /// The same line about several of them.
    pub(super) fn note_all<'a>(
        &self,
        conn: &mut Conn,
        what: (EventKind, Option<PersonId>),
        occurrences: impl IntoIterator<Item = &'a Occurrence>,
        message: Option<MessageId>,
        now: Instant,
    ) -> Result<(), StoreError> {
        let lines: Vec<NewEvent> = occurrences.into_iter().map(|one| self.event(what, one, message)).collect();
        bulk::insert_events(conn, &lines, now)
    }

    /// The managers of its site, for mail.
    pub(super) fn managers(&self, conn: &mut Conn) -> Result<Vec<StaffMember>, StoreError> {
        let staff = sites::staff(conn, self.site.id)?;
        Ok(staff.into_iter().filter(|one| one.role == StaffRole::Manager).collect())
    }

    /// After a change: the version that forms carry rises, and pages about the site know that something changed.
    /// Returns the booking as it stands now.
    pub(super) fn changed(self, conn: &mut Conn) -> Result<Self, StoreError> {
        bookings::raise_version(conn, self.booking.id)?;
        sites::mark_changed(conn, self.site.id)?;
        let booking = bookings::by_id(conn, self.booking.id)?.unwrap_or(self.booking);
        Ok(Self { booking, ..self })
    }
}
