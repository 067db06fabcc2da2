//! Sessions that open one's own sessions and nothing else: looked for on their few pages only, so that no other page knows of them. The cookie
//! is one of its own and lives beside that of a full session, which goes before it.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::rc::Rc;

use actix_web::cookie::Cookie;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::access::{FormToken, SEEN_EVERY_MINUTES, SignedIn, Who, cookie};
use super::device::device;
use super::state::State;
use crate::chance::Token;
use crate::domain::span::Instant;
use crate::error::Error;
use crate::store::sessions::{self, Opening, TODAY};
use crate::urls;

/// Such a session ends this long after it began.
pub const TODAY_DAYS: i64 = 30;

#[derive(Debug, Clone)]
struct FoundToday(Rc<Who>);

fn today_cookie(state: &State) -> &'static str {
    if state.secure { "__Host-alcove-today" } else { "alcove-today" }
}

/// The pages that such a session opens, and the one that replaces it.
fn is_for(path: &str) -> bool {
    let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
    path == urls::TODAY || below(urls::TODAY) || below(urls::TODAY_LINK)
}

/// Looks for such a session where it would open something; true when there is one.
///
/// # Errors
/// The store's.
pub(super) async fn find(request: &ServiceRequest, state: &State, now: Instant) -> Result<bool, Error> {
    let token = request.cookie(today_cookie(state)).and_then(|cookie| Token::parse(cookie.value()));
    let Some(token) = token.filter(|_| is_for(request.path())) else {
        return Ok(false);
    };
    let (hash, idle_since) = (token.hash(), now.plus_days(-TODAY_DAYS));
    let found = state.db.read(move |conn| sessions::find(conn, &hash, idle_since, now)).await?;
    let Some(found) = found.filter(|found| found.scope == TODAY) else {
        return Ok(false);
    };
    let by_script = request.headers().get("Sec-Fetch-Dest").is_some_and(|dest| dest == "empty");
    if SEEN_EVERY_MINUTES <= now.minutes_since(found.seen_at) && !by_script {
        let id = found.session;
        if let Err(error) = state.db.write(move |conn| sessions::touch(conn, id, now)).await {
            tracing::warn!("a session cannot be marked as seen: {error}");
        }
    }
    let who = Who { session: found.session, actor: found.actor, waiting: 0, second_step: found.second_step };
    request.extensions_mut().insert(FoundToday(Rc::new(who)));
    request.extensions_mut().insert(FormToken { expected: token.for_forms() });
    Ok(true)
}

/// A new session of this kind for whoever used a link, and the cookie that opens it.
pub fn new_session(state: &State, request: &HttpRequest) -> (Opening, Cookie<'static>) {
    let (token, now) = (state.chance.token(), state.clock.now());
    let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let before = request.extensions().get::<FoundToday>().map(|found| found.0.session);
    let opening = Opening {
        token_hash: token.hash(),
        scope: TODAY,
        device: device(user_agent.unwrap_or_default()),
        ends_at: now.plus_days(TODAY_DAYS),
        replaces: before,
    };
    (opening, cookie(state, today_cookie(state), token.reveal(), Some(TODAY_DAYS)))
}

/// The cookie that removes it from the browser.
pub fn no_session(state: &State) -> Cookie<'static> {
    cookie(state, today_cookie(state), "", Some(0))
}

/// Somebody who may see their own sessions: signed in, or here by a link for that alone.
#[derive(Debug, Clone)]
pub struct ForToday {
    who: Rc<Who>,
    /// Nothing else is open to them.
    pub only: bool,
}

impl Deref for ForToday {
    type Target = Who;

    fn deref(&self) -> &Who {
        &self.who
    }
}

impl FromRequest for ForToday {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let by_link = request.extensions().get::<FoundToday>().map(|found| Rc::clone(&found.0));
        ready(match SignedIn::of(request) {
            Ok(full) => Ok(Self { who: full.shared(), only: false }),
            Err(_) => by_link
                .map(|who| Self { who, only: true })
                .ok_or_else(|| Error::SignIn { next: urls::TODAY.to_owned() }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_its_own_pages_is_looked_at() {
        for (path, expected) in [
            ("/today", true),
            ("/today/duty", true),
            ("/sign-in/today/abc", true),
            ("/sign-in/today", false),
            ("/todayish", false),
            ("/account", false),
            ("/bookings/today", false),
            ("/", false),
        ] {
            assert_eq!(is_for(path), expected, "{path}");
        }
    }
}
