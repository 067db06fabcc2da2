//! Whether whoever asks is among those whom a facility is for, and what it costs them. Not times and places.

use super::{Facts, Proposal};
use crate::domain::hours::local_date;
use crate::domain::places::{Facility, UnitChoice};
use crate::domain::rates::{Payer, Price, Quantity, in_force};
use crate::domain::refusal::Refusal;
use crate::domain::span::Span;

/// Why an organisation may not book it at all. The site itself, and a person for whom its staff book, are not asked what they are.
pub(super) fn barred(facts: &Facts<'_>, proposal: &Proposal) -> Option<Refusal> {
    let access = facts.facility.rules.access;
    if proposal.organisation.is_none() || !access.is_limited() {
        return None;
    }
    if !access.admits_class(facts.profile) {
        return Some(Refusal::NotForClass { classes: access.classes });
    }
    (!access.admits(facts.profile)).then_some(Refusal::NotForServices { services: access.services })
}

/// Who pays: an organisation by its class, a person as one. The site pays nothing to itself.
fn payer(facts: &Facts<'_>, proposal: &Proposal) -> Option<Payer> {
    match proposal.organisation {
        Some(_) => facts.profile.class.map(Payer::Class),
        None => proposal.brings.contact.is_some().then_some(Payer::Person),
    }
}

/// What a date costs, by the rate in force on it; `None` where there is no rate.
pub fn price(facts: &Facts<'_>, proposal: &Proposal) -> Option<Price> {
    let rates = &facts.facility.rates;
    if rates.is_empty() {
        return None;
    }
    let date = local_date(facts.zone, proposal.session.start());
    let rate = in_force(rates, payer(facts, proposal)?, date)?;
    Some(Price::of(rate.terms, quantity(facts.facility, proposal.session, proposal.wanted.count(facts.facility))))
}

/// How much of a facility a session is. Of a run the minutes between its sessions are not counted: it costs what its sessions would.
pub fn quantity(facility: &Facility, session: Span, units: usize) -> Quantity {
    let rules = &facility.rules;
    let in_run = facility.care.lengths.is_empty() && !facility.by_session();
    let run = rules.sessions_in(session.minutes() + i64::from(rules.around())).filter(|_| in_run);
    let (sessions, minutes) = run.map_or((1, session.minutes()), |(number, each)| (number, number * each));
    let one_by_one = facility.choice == UnitChoice::Any && 1 < facility.units.len();
    let units = if one_by_one { i64::try_from(units).unwrap_or(1).max(1) } else { 1 };
    Quantity { minutes, sessions, units, days: (0, 0) }
}
