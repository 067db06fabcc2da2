//! Every path of the program, written once. Not which handler answers it.

mod accounts;
mod costs;
mod doors;
mod extras;
mod faults;
mod own_ways;
mod privacy;
mod reports;
mod rota;
mod tables;

pub use accounts::*;
pub use costs::*;
pub use doors::*;
pub use extras::*;
pub use faults::*;
pub use own_ways::*;
pub use privacy::*;
pub use reports::*;
pub use rota::*;
pub use tables::*;

use chrono::NaiveDate;

use crate::domain::ids::{Reference, Slug};
use crate::domain::kinds::Kind;

pub const HOME: &str = "/";
pub const FIND: &str = "/find";
pub const SITES: &str = "/sites";
pub const BOOKINGS: &str = "/bookings";
pub const WAITING: &str = "/waiting";
pub const PLOTS: &str = "/plots";
pub const REQUESTS: &str = "/requests";
pub const SIGN_IN: &str = "/sign-in";
pub const SIGN_IN_LINK: &str = "/sign-in/link";
pub const SIGN_OUT: &str = "/sign-out";
pub const REGISTER: &str = "/register";
pub const FORGOTTEN: &str = "/forgotten-password";
pub const ACCOUNT: &str = "/account";
pub const ACCOUNT_NAME: &str = "/account/name";
pub const ACCOUNT_PASSWORD: &str = "/account/password";
pub const ACCOUNT_SESSION: &str = "/account/sessions/end";
pub const ACCOUNT_SESSIONS: &str = "/account/sessions/end-others";
pub const CALENDARS: &str = "/account/calendars";
pub const CALENDARS_END: &str = "/account/calendars/end";
pub const ORGANISATIONS: &str = "/organisations";
pub const APPLY: &str = "/organisations/apply";
pub const MANAGE: &str = "/manage";
pub const MANAGE_MAIL: &str = "/manage/mail";
pub const MANAGE_ORGANISATIONS: &str = "/manage/organisations";
pub const MANAGE_PAPERS: &str = "/manage/papers";
pub const MANAGE_SITES: &str = "/manage/sites";
pub const MANAGE_SITE_NEW: &str = "/manage/sites/new";
pub const DEMO_MAIL: &str = "/demo/mail";
pub const HELP: &str = "/help";
pub const PRIVACY: &str = "/privacy";
pub const ACCESSIBILITY: &str = "/accessibility";

pub fn site(site: &Slug) -> String {
    format!("{SITES}/{site}")
}

pub fn schedule(site: &Slug, date: Option<NaiveDate>) -> String {
    match date {
        Some(date) => format!("{SITES}/{site}/schedule?date={date}"),
        None => format!("{SITES}/{site}/schedule"),
    }
}

/// The day of a site on one sheet, for its staff.
pub fn reception(site: &Slug, date: Option<NaiveDate>) -> String {
    match date {
        Some(date) => format!("{SITES}/{site}/reception?date={date}"),
        None => format!("{SITES}/{site}/reception"),
    }
}

/// Who is in the building now.
pub fn evacuation(site: &Slug) -> String {
    format!("{SITES}/{site}/evacuation")
}

/// Where somebody makes a calendar feed of a facility.
pub fn calendars_of(site: &Slug, facility: &Slug) -> String {
    format!("{CALENDARS}?site={site}&facility={facility}")
}

/// A calendar feed, by its secret.
pub fn feed(token: &str) -> String {
    format!("/feeds/{token}.ics")
}

/// Keys and fobs on loan.
pub fn keys(site: &Slug) -> String {
    format!("{SITES}/{site}/keys")
}

/// Where a key that was lent is taken back.
pub fn keys_back(site: &Slug) -> String {
    format!("{}/back", keys(site))
}

/// Where a booking is opened to everybody.
pub fn booking_open(reference: &Reference) -> String {
    format!("{}/open", booking(reference))
}

pub fn facility(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}")
}

pub fn facility_week(site: &Slug, facility: &Slug, week: NaiveDate) -> String {
    format!("{SITES}/{site}/{facility}?week={week}")
}

/// The form for a booking.
pub fn book(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/book")
}

/// Sessions from a calendar file.
pub fn import(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/import")
}

/// The form for a change.
pub fn booking_change(reference: &Reference) -> String {
    format!("{}/change", booking(reference))
}

/// The form for a change, seen from one date.
pub fn booking_change_date(reference: &Reference, ordinal: i32) -> String {
    format!("{}?date={ordinal}", booking_change(reference))
}

/// Where changes that wait are taken back.
pub fn booking_change_withdraw(reference: &Reference) -> String {
    format!("{}/withdraw", booking_change(reference))
}

/// The form for more dates.
pub fn booking_more(reference: &Reference) -> String {
    format!("{}/more", booking(reference))
}

/// The form for more dates, filled with how many.
pub fn booking_more_dates(reference: &Reference, times: u32) -> String {
    format!("{}?times={times}", booking_more(reference))
}

/// Where somebody says whether a series is still needed.
pub fn booking_needed(reference: &Reference) -> String {
    format!("{}/needed", booking(reference))
}

/// Where one date is released with one click.
pub fn booking_release(reference: &Reference) -> String {
    format!("{}/release", booking(reference))
}

/// Where a booking is shared with a second organisation.
pub fn booking_share(reference: &Reference) -> String {
    format!("{}/share", booking(reference))
}

/// Where the sharing ends, from either side.
pub fn booking_share_end(reference: &Reference) -> String {
    format!("{}/end", booking_share(reference))
}

/// The list of bookings after one date was released there, with the way back; `page` is what was asked of the list.
pub fn bookings_after(reference: &Reference, ordinal: i32, page: &str) -> String {
    let known = form_urlencoded::parse(page.as_bytes()).filter(|(name, _)| ["from", "q", "page"].contains(&&**name));
    let query =
        form_urlencoded::Serializer::new(format!("undo={reference}&date={ordinal}")).extend_pairs(known).finish();
    format!("{BOOKINGS}?{query}")
}

/// The dates of a booking.
pub fn booking_dates(reference: &Reference) -> String {
    format!("{}#dates", booking(reference))
}

/// Where a manager decides on changes that wait.
pub fn request_change(reference: &Reference) -> String {
    format!("{}/change", request(reference))
}

/// Where a manager decides on dates that wait for papers.
pub fn request_papers(reference: &Reference) -> String {
    format!("{}/papers", request(reference))
}

/// The terms of a site, in all versions.
pub fn terms(site: &Slug) -> String {
    format!("{}/terms", self::site(site))
}

pub fn manage_terms(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/terms")
}

/// Where a manager exchanges the room of one date with another's.
pub fn request_exchange(reference: &Reference, ordinal: i32) -> String {
    format!("{}/exchange?date={ordinal}", request(reference))
}

/// Where a session that runs is made longer.
pub fn booking_longer(reference: &Reference) -> String {
    format!("{}/longer", booking(reference))
}

/// Where a session that runs is ended.
pub fn booking_finish(reference: &Reference) -> String {
    format!("{}/finish", booking(reference))
}

/// Leads to the form filled from a booking.
pub fn booking_again(reference: &Reference) -> String {
    format!("{}/again", booking(reference))
}

/// Where one date of a booking is put back.
pub fn booking_put_back(reference: &Reference) -> String {
    format!("{}/put-back", booking(reference))
}

/// Where one date that lost its place gets another.
pub fn booking_instead(reference: &Reference) -> String {
    format!("{}/instead", booking(reference))
}

/// Where the people of a booking tick what is done at the end of one of its dates.
pub fn booking_checklist(reference: &Reference, ordinal: i32) -> String {
    format!("{}/checklist?date={ordinal}", booking(reference))
}

/// The places that could be had for one date that lost its own.
pub fn booking_instead_date(reference: &Reference, ordinal: i32) -> String {
    format!("{}?date={ordinal}", booking_instead(reference))
}

/// Where a condition is accepted.
pub fn booking_accept(reference: &Reference) -> String {
    format!("{}/accept", booking(reference))
}

/// The page for giving up a booking, seen from one of its dates.
pub fn booking_cancel_date(reference: &Reference, ordinal: i32) -> String {
    format!("{}?date={ordinal}", booking_cancel(reference))
}

/// The form filled with a date and times in minutes after local midnight.
pub fn book_at(site: &Slug, facility: &Slug, date: NaiveDate, from: i32, to: Option<i32>) -> String {
    let base = book(site, facility);
    let to = to.map_or(String::new(), |to| format!("&to={}", typed(to)));
    format!("{base}?date={date}&from={}{to}", typed(from))
}

/// The search for places of a kind that are free on a date, with times in minutes after local midnight.
pub fn find_at(kind: Kind, date: NaiveDate, (from, to): (i32, i32), people: i32) -> String {
    format!("{FIND}?kind={}&date={date}&from={}&to={}&people={people}", kind.code(), typed(from), typed(to))
}

/// "14:30", as a query carries it.
fn typed(minute: i32) -> String {
    let minute = minute.rem_euclid(1440);
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

pub fn booking(reference: &Reference) -> String {
    format!("{BOOKINGS}/{reference}")
}

pub fn booking_cancel(reference: &Reference) -> String {
    format!("{BOOKINGS}/{reference}/cancel")
}

pub fn booking_undo(reference: &Reference) -> String {
    format!("{BOOKINGS}/{reference}/undo")
}

pub fn booking_calendar(reference: &Reference) -> String {
    format!("{BOOKINGS}/{reference}.ics")
}

/// One entry of a waiting list, with the offer made to it.
pub fn waiting(reference: &Reference) -> String {
    format!("{WAITING}/{reference}")
}

/// Where an offer is taken.
pub fn waiting_take(reference: &Reference) -> String {
    format!("{WAITING}/{reference}/take")
}

/// Where an offer is refused and a waiting list left.
pub fn waiting_leave(reference: &Reference) -> String {
    format!("{WAITING}/{reference}/leave")
}

/// Who waits at a site, and which classes come first.
pub fn manage_waiting(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/waiting")
}

pub fn request(reference: &Reference) -> String {
    format!("{REQUESTS}/{reference}")
}

pub fn organisation(slug: &Slug) -> String {
    format!("{ORGANISATIONS}/{slug}")
}

pub fn organisation_people(slug: &Slug) -> String {
    format!("{ORGANISATIONS}/{slug}/people")
}

/// The papers of an organisation.
pub fn documents(slug: &Slug) -> String {
    format!("{ORGANISATIONS}/{slug}/documents")
}

/// The file of a paper, or what is done to the paper; `act` names which.
pub fn document(slug: &Slug, reference: &Reference, act: &str) -> String {
    format!("{}/{reference}/{act}", documents(slug))
}

/// Where a role is changed, a member removed or an invitation withdrawn; `act` names which.
pub fn organisation_people_act(slug: &Slug, act: &str) -> String {
    format!("{ORGANISATIONS}/{slug}/people/{act}")
}

/// Where managers say which of their sites trust an organisation.
pub fn manage_organisation_trust(slug: &Slug) -> String {
    format!("{MANAGE_ORGANISATIONS}/{slug}/trust")
}

pub fn manage_organisation(slug: &Slug) -> String {
    format!("{MANAGE_ORGANISATIONS}/{slug}")
}

pub fn manage_site(slug: &Slug) -> String {
    format!("{MANAGE_SITES}/{slug}")
}

pub fn manage_site_hours(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/hours")
}

/// Where the named sessions of a site are added, changed and removed.
pub fn manage_site_sessions(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/sessions")
}

pub fn manage_site_staff(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/staff")
}

pub fn manage_closures(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/closures")
}

/// The closures after one was made, with a way back for it.
pub fn manage_closures_made(site: &Slug, key: Option<&str>) -> String {
    let made = key.map_or_else(String::new, |key| format!("?made={key}"));
    format!("{}{made}", manage_closures(site))
}

/// Where a closure is opened again.
pub fn manage_closures_open(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/closures/open")
}

/// Where the words of a notice are changed or it is taken back; `act` names which.
pub fn manage_notices_act(site: &Slug, act: &str) -> String {
    format!("{MANAGE_SITES}/{site}/notices/{act}")
}

/// Where notices of a site are given, changed and taken back.
pub fn manage_notices(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/notices")
}

/// What is to be done at a site at the end of its sessions, and what has been; today where no date is given.
pub fn manage_jobs(site: &Slug, date: Option<NaiveDate>) -> String {
    let date = date.map_or_else(String::new, |date| format!("?date={date}"));
    format!("{MANAGE_SITES}/{site}/jobs{date}")
}

/// What a facility asks of those who use it, beyond times.
pub fn manage_facility_care(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/care")
}

/// Who has had an induction for a facility.
pub fn manage_facility_inductions(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/inductions")
}

/// Where an induction is recorded and what waits for it is approved.
pub fn request_induction(reference: &Reference) -> String {
    format!("{}/induction", request(reference))
}

pub fn manage_facility_new(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/facilities/new")
}

pub fn manage_facility_hours(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/hours")
}

pub fn manage_facility_rules(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/rules")
}

pub fn manage_facility(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}")
}

pub fn confirm_email(token: &str) -> String {
    format!("/confirm/{token}")
}

/// The page of a mailed link, which leads on to `next`.
pub fn sign_in_with(token: &str, next: &str) -> String {
    if next == HOME {
        return format!("{SIGN_IN_LINK}/{token}");
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{SIGN_IN_LINK}/{token}?{query}")
}

pub fn reset_password(token: &str) -> String {
    format!("/reset-password/{token}")
}

pub fn invitation(token: &str) -> String {
    format!("/join/{token}")
}

pub fn first_administrator(token: &str) -> String {
    format!("/start/{token}")
}

/// A path to return to after signing in, if it is one of our own; anything else leads home.
pub fn own_path(typed: &str) -> &str {
    // Only what a header can carry as it is, so no controls and nothing outside ASCII: browsers escape those in a path.
    let plain = typed.len() <= LONGEST_OWN_PATH && typed.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let own = plain && typed.starts_with('/') && !typed.starts_with("//") && !typed.contains("://");
    if own { typed } else { HOME }
}

const LONGEST_OWN_PATH: usize = 2000;

/// The sign-in page that leads back to a path.
pub fn sign_in_then(path: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", path).finish();
    format!("{SIGN_IN}?{query}")
}

/// Whether somebody who goes on to this path may be about to book a private session, or to look at one.
pub fn may_be_private(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path.starts_with(BOOKINGS) || (path.starts_with(SITES) && path.ends_with("/book"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_returned_to() {
        assert_eq!(own_path("/bookings?x=1"), "/bookings?x=1");
        for foreign in [
            "https://example.org",
            "//example.org",
            "/\\example.org",
            "",
            "x",
            "/a\r\nb",
            "/é",
            "/\u{1}",
            "/x?u=http://y",
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }
}
