//! The paths of what is used in a way of its own: what is on, cafés and shops, baby banks, allotments. The others are in `urls`.

use chrono::NaiveDate;

use super::{MANAGE_SITES, PLOTS, SITES};
use crate::domain::ids::{Reference, Slug};

/// What anyone may come to.
pub const WHATS_ON: &str = "/whats-on";

/// What anyone may come to on a date.
pub fn whats_on_at(date: NaiveDate) -> String {
    format!("{WHATS_ON}?date={date}")
}

/// A café or shop: whether it is open, and what anyone may come to.
pub fn cafe(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/open")
}

/// Where the manager of a café or shop looks after its sessions; `act` names what is done to one.
pub fn drop_ins(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/drop-ins")
}

/// Who opens and locks up, for the site's staff.
pub fn openers(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/openers")
}

/// Where a manager puts somebody on a day.
pub fn openers_set(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/openers")
}

/// The way into a baby bank; whoever asks is led on to what is theirs.
pub fn baby_bank(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/baby-bank")
}

/// Where anybody books a drop-off.
pub fn donate(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/donate")
}

/// The drop-offs to come, for the site's staff.
pub fn donations(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/donations")
}

/// Where a referrer books a collection.
pub fn collect(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/collect")
}

/// The collections to come: a referrer's own, or all for the site's staff.
pub fn collections(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/collections")
}

/// One collection.
pub fn collection(site: &Slug, facility: &Slug, reference: &Reference) -> String {
    format!("{}/{reference}", collections(site, facility))
}

/// Where the manager of a baby bank looks after its two streams.
pub fn manage_streams(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/streams")
}

/// The mailed link that confirms a drop-off.
pub fn donation_confirm(token: &str) -> String {
    format!("/donate/confirm/{token}")
}

/// The mailed link that cancels a drop-off.
pub fn donation_cancel(token: &str) -> String {
    format!("/donate/cancel/{token}")
}

/// The plots of an allotment for everybody, and the way into its line.
pub fn plots(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/plots")
}

/// One's own tenancy, by its booking, or one's own place in a line.
pub fn plot(reference: &Reference) -> String {
    format!("{PLOTS}/{reference}")
}

/// The same, opened by a mailed link.
pub fn plot_link(token: &str) -> String {
    format!("{PLOTS}/link/{token}")
}

pub fn manage_plots(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/plots")
}

/// Where the season and the rules of an allotment are set.
pub fn manage_plots_rules(site: &Slug, facility: &Slug) -> String {
    format!("{}/rules", manage_plots(site, facility))
}

/// Where somebody is put on the line of an allotment, back into it or out of it.
pub fn manage_plots_line(site: &Slug, facility: &Slug) -> String {
    format!("{}/line", manage_plots(site, facility))
}

/// One plot by its number.
pub fn manage_plot(site: &Slug, facility: &Slug, number: &str) -> String {
    format!("{}/{number}", manage_plots(site, facility))
}
