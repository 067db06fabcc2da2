//! What a request costs and how much of its week the organisation would have used, for whoever decides. Not how either is reckoned.

use super::service::Dossier;
use crate::domain::rates::{Price, total_words};

/// Heading, words, and whether to look at it.
pub fn facts(dossier: &Dossier) -> Vec<(&'static str, String, bool)> {
    let mut facts = Vec::new();
    if let Some(gauge) = dossier.gauge {
        facts.push(("Its week", format!("{}, this request counted", gauge.words()), gauge.is_full()));
    }
    let stands = dossier.case.booking.occurrences.iter().filter(|one| one.state.stage().is_active());
    let prices: Vec<Price> = stands.filter_map(|one| one.price).collect();
    facts.extend(total_words(&prices).map(|words| ("Cost", words, false)));
    facts
}
