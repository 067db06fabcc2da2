//! A sign-in that waits for its code, by a cookie of its own that opens nothing else; and the way to the set-up page for those who manage
//! something where a second step is wanted of them. Not what a code is worth.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;

use super::access::{Who, cookie};
use super::page;
use super::state::State;
use crate::chance::Token;
use crate::domain::ids::Slug;
use crate::domain::policy::StaffRole;
use crate::urls;

fn name(state: &State) -> &'static str {
    if state.secure { "__Host-alcove-half" } else { "alcove-half" }
}

/// The hash of the token of a first step that was taken in this browser.
pub fn half(request: &HttpRequest, state: &State) -> Option<String> {
    let cookie = request.cookie(name(state))?;
    Token::parse(cookie.value()).map(|token| token.hash())
}

/// The cookie for a first step, in place of the session's own.
pub fn half_cookie(state: &State, session: &Cookie<'_>) -> Cookie<'static> {
    cookie(state, name(state), session.value(), None)
}

/// The cookie that removes it from the browser.
pub fn no_half(state: &State) -> Cookie<'static> {
    cookie(state, name(state), "", Some(0))
}

/// On to the page that asks for the code.
///
/// # Errors
/// Only for a cookie that no header can carry, which is a fault of the program.
pub fn ask_code(
    state: &State,
    session: &Cookie<'_>,
    (next, remember): (&str, bool),
) -> Result<actix_web::HttpResponse, crate::error::Error> {
    page::with_cookie(page::see_other(&urls::sign_in_code(next, remember)), &half_cookie(state, session))
}

/// Whether somebody must set a second step up before a page opens: all of managing and deciding, but for sites that they manage without.
pub(super) fn stands_before(path: &str, who: &Who) -> bool {
    let below = |root: &str| path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
    if !who.second_step.is_wanted() || !(below(urls::MANAGE) || below(urls::REQUESTS)) {
        return false;
    }
    let site = path.strip_prefix(urls::MANAGE_SITES).and_then(|rest| rest.strip_prefix('/'));
    let site = site.and_then(|rest| Slug::parse(rest.split('/').next().unwrap_or_default()));
    let manages =
        |slug: &Slug| who.actor.posts.iter().any(|post| post.slug == *slug && post.role == StaffRole::Manager);
    !site.is_some_and(|slug| manages(&slug))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{PersonId, SessionId, SiteId};
    use crate::domain::policy::{Actor, Post};
    use crate::store::sessions::SecondStep;

    #[test]
    fn only_managing_waits_for_a_second_step_and_only_where_it_is_wanted() {
        let slug = |text: &str| Slug::parse(text).unwrap();
        let post = |text: &str, role| Post { site: SiteId::new(1), slug: slug(text), name: String::new(), role };
        let mut who = Who {
            session: SessionId::new(1),
            actor: Actor {
                person: PersonId::new(1),
                name: String::new(),
                email: String::new(),
                administrator: false,
                memberships: Vec::new(),
                posts: vec![post("strict", StaffRole::Receptionist), post("lenient", StaffRole::Manager)],
            },
            waiting: 0,
            second_step: SecondStep { wanted_at: vec![(slug("strict"), String::new())], ..SecondStep::default() },
        };
        for (path, waits) in [
            ("/manage", true),
            ("/manage/mail", true),
            ("/manage/sites/strict", true),
            ("/manage/sites/strict/hours", true),
            ("/manage/sites/lenient/hours", false),
            ("/manage/sites/new", true),
            ("/requests", true),
            ("/requests/7K2M-94QT", true),
            ("/requestsish", false),
            ("/account/second-step", false),
            ("/bookings", false),
        ] {
            assert_eq!(stands_before(path, &who), waits, "{path}");
        }
        who.second_step = SecondStep::default();
        assert!(!stands_before("/manage", &who));
    }
}
