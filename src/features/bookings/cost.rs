//! What a booking costs and how much of its week an organisation has used, as lines beside the form, on the check pages and on the booking's
//! own. Not how either is reckoned.

use super::service::{Case, Draft, Form, Preview};
use super::{care, extras};
use crate::domain::judge::Verdict;
use crate::domain::quota::Gauge;
use crate::domain::rates::{Payer, Price, in_force, rate_words, total_words};

/// A line with its label.
type Line = (&'static str, String);

/// The rules beside the form, with what it costs whoever asks, and what they have used of the week.
pub fn rules(form: &Form) -> Vec<Line> {
    let mut rows = form.facility.rules_in_words();
    rows.extend(rate(form));
    rows.extend(gauge(form).map(|gauge| ("Your week", gauge.words())));
    rows
}

/// The rate of the organisation that asks; whoever asks for somebody else sees what that somebody pays on the next page.
fn rate(form: &Form) -> Option<Line> {
    let class = form.organisation.and(form.loaded.profile().class)?;
    let payer = Payer::Class(class);
    let words = rate_words(&form.facility.rates, payer, form.date)?;
    let paid = in_force(&form.facility.rates, payer, form.date).is_some_and(|rate| !rate.terms.price.is_zero());
    let charging = if paid { format!(". {}", form.site.charging.words()) } else { String::new() };
    Some(("Cost", format!("{words}{charging}")))
}

fn gauge(form: &Form) -> Option<Gauge> {
    form.loaded.gauge(&form.facility, [form.date])
}

/// What the check page says of a single booking beyond the answers.
pub fn said(form: &Form, draft: &Draft, verdict: &Verdict) -> Vec<Line> {
    let mut rows = care::said(&draft.particulars);
    rows.extend(verdict.price.map(|price| ("Cost", price.words())));
    let used = gauge(form).map(|gauge| gauge.words_with(verdict.occupied.minutes()));
    rows.extend(used.map(|words| ("Your week", words)));
    rows
}

/// The same of a series: the cost of the dates that can be had, and its fullest week.
pub fn said_of_series(draft: &Draft, preview: &Preview) -> Vec<Line> {
    let mut rows = care::said(&draft.particulars);
    let free = preview.results.iter().filter_map(|one| one.verdict.as_ref()).filter(|verdict| verdict.is_yes());
    let prices: Vec<Price> = free.filter_map(|verdict| verdict.price).collect();
    rows.extend(total_words(&prices).map(|words| ("Cost", words)));
    let fullest = preview.gauge.map(|gauge| format!("{}, with these dates", gauge.words()));
    rows.extend(fullest.map(|words| ("Your fullest week", words)));
    rows
}

/// What the booking's own page says: what was said because the place asks for it, and what its dates cost.
pub fn of_booking(case: &Case) -> Vec<Line> {
    let mut rows = extras::said(case);
    let stands = case.booking.occurrences.iter().filter(|one| one.state.stage().is_active());
    let prices: Vec<Price> = stands.filter_map(|one| one.price).collect();
    let Some(words) = total_words(&prices) else {
        return rows;
    };
    let paid = prices.iter().any(|price| !price.amount.is_zero());
    let charging = if paid { format!(". {}", case.site.charging.words()) } else { String::new() };
    rows.push(("Cost", format!("{words}{charging}")));
    rows
}

/// What giving a date up late costs, behind the words that it is late; empty where it costs nothing.
pub fn charged_late(case: &Case) -> &'static str {
    let paid = case.booking.occurrences.iter().filter_map(|one| one.price).any(|price| !price.amount.is_zero());
    match (paid, case.site.charging.late) {
        (false, _) => "",
        (true, true) => " Its price is charged all the same.",
        (true, false) => " It is not charged.",
    }
}
