//! What bookings say because their places ask for it, and inductions: loaded with a booking, and looked at before a yes. Not how they are recorded.

use super::DateRefused;
use super::behalf::Asker;
use super::case::Case;
use super::request::Draft;
use crate::domain::booking::Occurrence;
use crate::domain::care::{Brings, Particulars};
use crate::domain::hours::local_date;
use crate::domain::ids::FacilityId;
use crate::domain::judge::Proposal;
use crate::domain::person::Email;
use crate::domain::places::Facility;
use crate::domain::refusal::Refusal;
use crate::domain::waiting::Entry;
use crate::store::{Conn, StoreError, inductions, particulars};

/// What an entry of a waiting list says, and so brings when its turn comes.
pub(super) fn of_entry(conn: &mut Conn, entry: &Entry, place: &Facility) -> Result<(Particulars, Brings), StoreError> {
    let said = if place.care.asks() { particulars::of_entry(conn, entry.id)? } else { Particulars::default() };
    let contact = Some(entry.person.email.as_str().to_owned());
    let brings = Brings { labels: said.labels.clone(), contact, ..Brings::default() };
    Ok((said, brings))
}

impl Case {
    /// What it brings wherever it goes.
    pub fn brings(&self) -> Brings {
        let extras = self.booking.particulars.extras.clone();
        Brings { extras, ..self.bringing(&self.booking.particulars) }
    }

    /// As [`Case::brings`], with other particulars.
    pub fn bringing(&self, said: &Particulars) -> Brings {
        let booker = self.booking.booked_by.as_ref().filter(|_| !self.booking.on_behalf).map(|booker| &booker.email);
        Brings::of(&self.booking.holder.id(), booker, &said.labels)
    }
}

impl Asker {
    /// A proposal of a draft, with what whoever asks brings.
    pub(super) fn bringing(&self, draft: &Draft, proposal: &Proposal) -> Proposal {
        let email = Email::parse(&self.actor.email).ok().filter(|_| !self.on_behalf);
        let extras = proposal.brings.extras.clone();
        let brings = Brings { extras, ..Brings::of(&draft.holder, email.as_ref(), &draft.particulars.labels) };
        Proposal { brings, ..proposal.clone() }
    }
}

/// Those of some dates that need an induction which nobody of theirs has, as they stand now.
///
/// # Errors
/// Surprises of the store.
pub fn lacking_induction(conn: &mut Conn, case: &Case, dates: &[Occurrence]) -> Result<Vec<DateRefused>, StoreError> {
    let asks = |id: FacilityId| case.facilities.iter().any(|one| one.id == id && one.care.induction);
    let date = |one: &Occurrence| local_date(case.site.zone, one.session.start());
    let asked: Vec<&Occurrence> = dates.iter().filter(|one| asks(one.facility)).collect();
    let Some(first) = asked.iter().map(|one| date(one)).min() else {
        return Ok(Vec::new());
    };
    let brings = case.brings();
    if case.booking.organisation_id().is_none() && brings.contact.is_none() {
        return Ok(Vec::new());
    }
    let places: Vec<FacilityId> = asked.iter().map(|one| one.facility).collect();
    let known = inductions::valid_from(conn, &places, first)?;
    let (organisation, contact) = (case.booking.organisation_id(), brings.contact.as_deref());
    let has = |one: &Occurrence| {
        let here = known.iter().filter(|known| known.facility == one.facility);
        here.into_iter().any(|known| known.counts(organisation, contact, date(one)))
    };
    let lacking = asked.into_iter().filter(|one| !has(one));
    Ok(lacking.map(|one| DateRefused { ordinal: one.ordinal, refusals: vec![Refusal::NoInduction] }).collect())
}
