//! The terms beside the booking form: what has to be accepted, and what is different from what was accepted last. Not their text in full.

use super::draft::NewBooking;
use super::service::{Form, TermsAsked};
use crate::domain::hours::local_date;
use crate::domain::terms::{DiffKind, DiffLine, difference};
use crate::domain::words::long_date;
use crate::urls;
use crate::web::forms::Faults;

/// The question in the form.
pub(super) struct TermsView {
    /// The row of the version is never shown; its number in order says which was read.
    pub version: String,
    pub dated: String,
    pub href: String,
    pub chosen: bool,
    /// Where an older version was accepted last: what went and what came.
    pub changes: Vec<DiffLine>,
}

/// What is asked, where the place has terms.
pub(super) fn view(form: &Form, typed: &NewBooking) -> Option<TermsView> {
    let TermsAsked { holds, last } = form.terms.as_ref()?;
    let changed = last.as_ref().filter(|last| last.id != holds.id);
    let changes = changed.map_or_else(Vec::new, |last| difference(&last.body, &holds.body));
    Some(TermsView {
        version: holds.version.to_string(),
        dated: long_date(local_date(form.site.zone, holds.made_at)),
        href: urls::terms(&form.site.slug),
        chosen: typed.terms == holds.version.to_string(),
        changes: changes.into_iter().filter(|line| line.kind != DiffKind::Same).collect(),
    })
}

/// The version that was accepted, if it is the one that holds. Whoever books by telephone for others accepts for them.
pub(super) fn accepted(typed: &NewBooking, form: &Form, faults: &mut Faults) -> Option<crate::domain::ids::TermsId> {
    let asked = form.terms.as_ref()?;
    if typed.terms == asked.holds.version.to_string() {
        return Some(asked.holds.id);
    }
    let words = if typed.terms.is_empty() {
        "Read the terms and tick that you accept them"
    } else {
        "The terms have changed since you opened this page. Look at what is different and tick that you accept them"
    };
    faults.add("terms", words);
    None
}
