//! A booking and its occurrences as loaded for a page or a decision. Not how they change: that is `occurrence` and the one writer.

use super::availability::Wanted;
use super::care::Particulars;
use super::holder::{Holder, OrganisationName};
use super::ids::{
    BookingId, FacilityId, OccurrenceId, OrganisationId, PersonId, ProposalId, Reference, SiteId, TermsId,
};
use super::occurrence::{Stage, State};
use super::person::Email;
use super::rates::Price;
use super::recurrence::Pattern;
use super::rules::Privacy;
use super::span::{Instant, Span};

/// The person who made a booking.
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
    pub holder: Holder,
    pub booked_by: Option<Booker>,
    /// Made by somebody who does not book for its holder: the site's staff, or a booker who has left.
    pub on_behalf: bool,
    pub purpose: String,
    pub note: String,
    pub people: i32,
    pub privacy: Privacy,
    /// Rises with place, time, purpose and decision; forms carry it.
    pub version: i32,
    pub created_at: Instant,
    /// How it repeats, on the site's wall; none for single dates.
    pub repeat: Option<Pattern>,
    /// The booking that it was split from, or that it was made beside at another site.
    pub kin: Option<Reference>,
    /// A second organisation that shares its sessions.
    pub shared_with: Option<OrganisationName>,
    /// Whether it was asked for and said that it is still needed; only of what repeats.
    pub needed: Needed,
    /// The terms that were accepted with it.
    pub terms: Option<TermsId>,
    /// What it says because its places ask for it.
    pub particulars: Particulars,
    /// By ordinal, then start.
    pub occurrences: Vec<Occurrence>,
    /// Changes that wait for a decision, whether or not their deadline has passed, in order of the new start.
    pub changes: Vec<Proposed>,
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
    /// When it really ended, where that was earlier than booked.
    pub ended_at: Option<Instant>,
    /// What it costs, by the rate when it was booked or last changed; none where there was no rate.
    pub price: Option<Price>,
}

/// A change to a confirmed date that waits for a decision; the confirmed place stays until then.
#[derive(Debug, Clone)]
pub struct Proposed {
    pub id: ProposalId,
    pub occurrence: OccurrenceId,
    pub facility: FacilityId,
    pub session: Span,
    /// With set-up and turnaround as the rules were when it was asked for.
    pub occupied: Span,
    pub wanted: Wanted,
    pub asked_at: Instant,
    pub asked_by: Option<PersonId>,
    /// Void at this instant, whether or not anything has run since.
    pub until: Instant,
}

/// What is known of whether a series is still needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needed {
    /// When its booker was last asked.
    pub asked_at: Option<Instant>,
    /// When somebody last said that it is.
    pub answered_at: Option<Instant>,
    /// Since when a question waits for an answer; none while there is none.
    pub since: Option<Instant>,
    /// The start of the last date of which the booker was told that the series ends with it.
    pub end_told: Option<Instant>,
}

/// Which dates of a booking an act is about, seen from one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This date only.
    This,
    /// This date and the ones after it.
    Following,
    /// All that are still to come.
    All,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::This, Self::Following, Self::All];

    pub fn code(self) -> &'static str {
        match self {
            Self::This => "this",
            Self::Following => "following",
            Self::All => "all",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::This => "This date only",
            Self::Following => "This date and the ones after it",
            Self::All => "All dates still to come",
        }
    }
}

impl Booking {
    /// The occurrences of a scope that have not begun, in order of their start; none when the date is not one of its own.
    pub fn in_scope(&self, ordinal: i32, scope: Scope, now: Instant) -> Vec<&Occurrence> {
        let Some(from) =
            self.occurrences.iter().filter(|one| one.ordinal == ordinal).map(|one| one.session.start()).min()
        else {
            return Vec::new();
        };
        let mut found: Vec<&Occurrence> = self
            .occurrences
            .iter()
            .filter(|one| match scope {
                Scope::This => one.ordinal == ordinal,
                Scope::Following => from <= one.session.start(),
                Scope::All => true,
            })
            .filter(|one| now < one.session.start())
            .collect();
        found.sort_by_key(|one| one.session);
        found
    }

    /// The first date that still stands and has not begun, or else the last of all.
    pub fn next(&self, now: Instant) -> Option<&Occurrence> {
        let coming = self.occurrences.iter().filter(|one| one.state.stage().is_active() && now < one.session.end());
        coming.min_by_key(|one| one.session).or_else(|| self.occurrences.iter().max_by_key(|one| one.session))
    }

    /// Whether it has more than one date.
    pub fn is_series(&self) -> bool {
        1 < self.occurrences.len()
    }

    pub fn organisation_id(&self) -> Option<OrganisationId> {
        self.holder.organisation().map(|organisation| organisation.id)
    }

    /// Whose it is, in words.
    pub fn holder_name(&self) -> &str {
        self.holder.name()
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
