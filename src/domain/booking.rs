//! A booking and its occurrences as loaded for a page or a decision. Not how they change: that is `occurrence` and the one writer.

use super::availability::Wanted;
use super::ids::{BookingId, FacilityId, OccurrenceId, OrganisationId, PersonId, Reference, SiteId, Slug};
use super::occurrence::{Stage, State};
use super::person::Email;
use super::rules::Privacy;
use super::span::{Instant, Span};

/// The organisation that holds a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub id: OrganisationId,
    pub slug: Slug,
    pub name: String,
}

/// The person who made a booking, whom its mail goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booker {
    pub id: PersonId,
    pub name: String,
    pub email: Email,
}

/// One holder's request at one site.
#[derive(Debug, Clone)]
pub struct Booking {
    pub id: BookingId,
    pub reference: Reference,
    pub site: SiteId,
    /// None where the site itself is the holder.
    pub organisation: Option<Holder>,
    pub booked_by: Option<Booker>,
    pub purpose: String,
    pub note: String,
    pub people: i32,
    pub privacy: Privacy,
    /// Rises with place, time, purpose and decision; forms carry it.
    pub version: i32,
    pub created_at: Instant,
    /// By ordinal, then start.
    pub occurrences: Vec<Occurrence>,
}

/// One facility for one span, with a state of its own.
#[derive(Debug, Clone)]
pub struct Occurrence {
    pub id: OccurrenceId,
    pub ordinal: i32,
    pub facility: FacilityId,
    pub session: Span,
    /// With set-up and turnaround as the rules were when it was asked for.
    pub occupied: Span,
    pub wanted: Wanted,
    pub state: State,
    /// Rises with each change that calendars must hear of (RFC 5545 SEQUENCE).
    pub sequence: i32,
}

impl Booking {
    pub fn organisation_id(&self) -> Option<OrganisationId> {
        self.organisation.as_ref().map(|holder| holder.id)
    }

    /// Whose it is, in words.
    pub fn holder_name(&self) -> &str {
        self.organisation.as_ref().map_or("The site", |holder| &holder.name)
    }

    /// Occurrences that wait for a decision and may still get one.
    pub fn waiting(&self, now: Instant) -> impl Iterator<Item = &Occurrence> {
        self.occurrences.iter().filter(move |one| one.state.stage() == Stage::Requested && !one.state.is_void(now))
    }

    /// The stage to show for the whole: the one stage of all, or the most hopeful of several.
    pub fn stage(&self) -> Stage {
        let has = |stage: Stage| self.occurrences.iter().any(|one| one.state.stage() == stage);
        Stage::ALL
            .into_iter()
            .filter(|stage| has(*stage))
            .min_by_key(|stage| (!stage.is_active(), *stage))
            .unwrap_or(Stage::Skipped)
    }
}
