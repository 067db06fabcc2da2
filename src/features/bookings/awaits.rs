//! On a booking's page: the papers that its dates wait for, and the terms that it was made under. Not the papers themselves.

use super::service::{Case, Version};
use crate::domain::hours::local_date;
use crate::domain::papers::PaperSet;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, long_date};
use crate::urls;

/// What dates wait for, and what happens otherwise.
pub(super) struct Awaits {
    pub words: String,
    pub then: String,
    /// Where the papers are, for those who add or accept them.
    pub papers: Option<String>,
}

impl Awaits {
    pub(super) fn of(actor: &Actor, case: &Case, now: Instant) -> Option<Self> {
        let all = case.booking.occurrences.iter();
        let dates: Vec<_> = all
            .filter(|one| one.state.awaited().is_some() && !one.state.is_void(now) && now < one.session.end())
            .collect();
        let first = dates.first()?;
        let missing = dates.iter().filter_map(|one| one.state.awaited()).fold(PaperSet::NONE, PaperSet::and);
        let until = dates.iter().filter_map(|one| one.state.until()).min();
        let what = match dates.len() {
            1 if !case.booking.is_series() => "This booking is".to_owned(),
            1 => format!("{} is", long_date(local_date(case.site.zone, first.session.start()))),
            many => format!("{} are", counted(i64::try_from(many).unwrap_or_default(), "date", "dates")),
        };
        let own = case.booking.holder.organisation();
        let sees = |id| actor.coordinates(id) || actor.manages(case.site.id);
        Some(Self {
            words: format!("{what} conditional: {} asks for your {}.", case.site.name, missing.words()),
            then: match until {
                Some(until) => format!(
                    "Once it is accepted, this is confirmed by itself. It lapses if that has not happened by {}.",
                    date_and_clock(case.site.zone, until)
                ),
                None => format!(
                    "Once it is accepted, this is confirmed by itself. Nothing is cancelled without a word; {} decides in the end.",
                    case.site.name
                ),
            },
            papers: own.filter(|own| sees(own.id)).map(|own| urls::documents(&own.slug)),
        })
    }

    /// "Version 2 of 1 April 2026", and where it can be read.
    pub(super) fn terms(case: &Case, version: Option<&Version>) -> Option<(String, String)> {
        let version = version?;
        let dated = long_date(local_date(case.site.zone, version.made_at));
        Some((format!("Version {} of {dated}", version.version), urls::terms(&case.site.slug)))
    }
}
