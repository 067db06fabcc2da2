//! What papers mean for a booking, in words: on the form, the check and the preview. Not the judging.

use super::service::Form;
use crate::domain::judge::{Needs, Verdict};
use crate::domain::papers::missing;
use crate::domain::places::{Facility, Site};
use crate::domain::words::{date_and_clock, long_date};

/// One paper that is asked for, with whether the organisation has it on that date.
pub(super) struct PaperLine {
    pub words: String,
    pub has: bool,
    /// "Good until 31 March 2027", or what is missing.
    pub standing: String,
}

/// What is asked for here, against what the organisation of the form has.
pub(super) fn held(form: &Form) -> Vec<PaperLine> {
    let required = form.facility.rules.papers;
    if form.organisation.is_none() {
        return Vec::new();
    }
    let held = form.loaded.papers();
    let lacks = missing(required, held, form.date, form.date).kinds;
    let line = |kind| {
        let good = held.iter().filter(|paper| paper.kind == kind && paper.covers(form.date));
        let has = !lacks.has(kind);
        let until = good.map(|paper| paper.until).max_by_key(|until| until.map_or(chrono::NaiveDate::MAX, |day| day));
        PaperLine {
            words: required.kind_in_words(kind),
            has,
            standing: match (has, until.flatten()) {
                (true, Some(until)) => format!("On file until {}", long_date(until)),
                (true, None) => "On file".to_owned(),
                (false, _) => "Not on file for this date, or not accepted yet".to_owned(),
            },
        }
    };
    required.kinds.iter().map(line).collect()
}

/// "needs: food hygiene evidence"; empty where nothing is missing.
pub(super) fn line(verdict: &Verdict) -> String {
    let missing = verdict.papers.kinds;
    if missing.is_empty() { String::new() } else { format!("needs: {}", missing.words()) }
}

/// Whether it would be conditional on papers, without anybody to decide.
pub(super) fn is_conditional(verdict: &Verdict) -> bool {
    verdict.needs == Needs::Nothing && !verdict.papers.kinds.is_empty()
}

/// What happens to a date that is conditional.
pub(super) fn then(verdict: &Verdict, site: &Site, facility: &Facility) -> String {
    let waits = format!("It is conditional until {} accepts your {}", site.name, verdict.papers.kinds.words());
    let held = if facility.rules.holds_place { ", and the place is held for you until then" } else { "" };
    match verdict.until {
        Some(until) => format!(
            "{waits}, by {} at the latest{held}. Then it is confirmed by itself.",
            date_and_clock(site.zone, until)
        ),
        None => format!("{waits}{held}. Nothing is cancelled by itself; {} decides in the end.", site.name),
    }
}
