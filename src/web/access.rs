//! Who is asking: found once a request from the cookie, demanded by extractors. What they may do to a thing is `domain::policy`.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::rc::Rc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::device::device;
use super::state::{Shared, State};
use super::{page, second_step, today_only};
use crate::chance::Token;
use crate::domain::ids::SessionId;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::error::Error;
use crate::store::sessions::{self, Opening, SecondStep};
use crate::urls;

/// A session ends this long after it began, whatever happens.
pub const SESSION_DAYS: i64 = 30;
/// And when nothing was heard for so long.
const IDLE_DAYS: i64 = 7;
/// Where it was not asked to last, it ends with the browser, and after so many hours in any case.
const SHORT_HOURS: i64 = 12;
/// Last-seen is written at most so often.
pub(super) const SEEN_EVERY_MINUTES: i64 = 10;

/// What a session may be used for.
pub const FULL: &str = "full";

/// The person behind a request.
#[derive(Debug)]
pub struct Who {
    pub session: SessionId,
    pub actor: Actor,
    /// Bookings that wait for this person's decision.
    pub waiting: i64,
    pub second_step: SecondStep,
}

/// Found by the middleware; absent where nobody is signed in.
#[derive(Debug, Clone)]
struct Found(Rc<Who>);

/// The token that this visit's forms must carry, and the cookie to set where there was none.
#[derive(Debug, Clone)]
pub struct FormToken {
    pub expected: String,
}

pub fn session_cookie(state: &State) -> &'static str {
    if state.secure { "__Host-alcove" } else { "alcove" }
}

fn visit_cookie(state: &State) -> &'static str {
    if state.secure { "__Host-alcove-visit" } else { "alcove-visit" }
}

/// A cookie of ours: not for scripts, not for other sites.
pub fn cookie(state: &State, name: &'static str, value: &str, days: Option<i64>) -> Cookie<'static> {
    let mut cookie = Cookie::build(name, value.to_owned())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.secure)
        .finish();
    if let Some(days) = days {
        cookie.set_max_age(actix_web::cookie::time::Duration::days(days));
    }
    cookie
}

/// A session not heard from since then has ended.
pub fn idle_since(now: Instant) -> Instant {
    now.plus_days(-IDLE_DAYS)
}

/// A new session for whoever may turn out to sign in by this request, and the cookie that opens it. The token is drawn
/// afresh each time. `lasting` sessions outlive the browser.
pub fn new_session(state: &State, request: &HttpRequest, lasting: bool) -> (Opening, Cookie<'static>) {
    let (token, now) = (state.chance.token(), state.clock.now());
    let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let opening = Opening {
        token_hash: token.hash(),
        scope: FULL,
        device: device(user_agent.unwrap_or_default()),
        ends_at: if lasting { now.plus_days(SESSION_DAYS) } else { now.plus_hours(SHORT_HOURS) },
        replaces: Visitor::of(request).0.map(|who| who.session),
    };
    (opening, cookie(state, session_cookie(state), token.reveal(), lasting.then_some(SESSION_DAYS)))
}

/// The cookie that removes the session's from the browser.
pub fn no_session(state: &State) -> Cookie<'static> {
    cookie(state, session_cookie(state), "", Some(0))
}

/// Middleware: finds the person once, gives visitors a token for their forms, and notes when a session was last seen.
///
/// # Errors
/// The handler's own, or the store's.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let state = request.app_data::<Shared>().cloned().filter(|_| !request.path().starts_with("/static/"));
    let Some(state) = state else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let now = state.clock.now();
    let token = request.cookie(session_cookie(&state)).and_then(|cookie| Token::parse(cookie.value()));
    let mut signed_in = false;
    if let Some(token) = &token {
        signed_in = match find(&request, &state, token, now).await {
            Ok(found) => found,
            Err(error) => return Ok(request.error_response(error)),
        };
    }
    let waits = |who: &Rc<Who>| second_step::stands_before(request.path(), who);
    if request.extensions().get::<Found>().is_some_and(|found| waits(&found.0)) {
        return Ok(request.into_response(page::see_other(urls::SECOND_STEP)));
    }
    let mut new_visit = None;
    let mut by_link = false;
    if !signed_in {
        by_link = match today_only::find(&request, &state, now).await {
            Ok(found) => found,
            Err(error) => return Ok(request.error_response(error)),
        };
    }
    if !signed_in && !by_link {
        let known = request.cookie(visit_cookie(&state)).and_then(|cookie| Token::parse(cookie.value()));
        let token = known.unwrap_or_else(|| {
            let token = state.chance.token();
            new_visit = Some(token.clone());
            token
        });
        request.extensions_mut().insert(FormToken { expected: token.for_forms() });
    }
    let mut response = next.call(request).await?.map_into_boxed_body();
    // Only a page that shows a form needs the cookie; it says so by asking for the token.
    if let Some(token) = new_visit
        && response.request().extensions().get::<TokenWasAsked>().is_some()
    {
        let cookie = cookie(&state, visit_cookie(&state), token.reveal(), None);
        response.response_mut().add_cookie(&cookie)?;
    }
    let headers = response.response_mut().headers_mut();
    if signed_in || by_link {
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    }
    headers.append(header::VARY, header::HeaderValue::from_static("Cookie"));
    Ok(response)
}

/// Left in the request's extensions when a page put a form's token into itself.
struct TokenWasAsked;

async fn find(request: &ServiceRequest, state: &State, token: &Token, now: Instant) -> Result<bool, Error> {
    let (hash, idle_since) = (token.hash(), idle_since(now));
    let found = state.db.read(move |conn| sessions::find(conn, &hash, idle_since, now)).await?;
    let Some(found) = found.filter(|found| found.scope == FULL) else {
        return Ok(false);
    };
    // A page that refreshes itself must not keep a session alive.
    let by_script = request.headers().get("Sec-Fetch-Dest").is_some_and(|dest| dest == "empty");
    if SEEN_EVERY_MINUTES <= now.minutes_since(found.seen_at) && !by_script {
        let id = found.session;
        state.db.write(move |conn| sessions::touch(conn, id, now)).await?;
    }
    let who =
        Who { session: found.session, actor: found.actor, waiting: found.waiting, second_step: found.second_step };
    request.extensions_mut().insert(Found(Rc::new(who)));
    request.extensions_mut().insert(FormToken { expected: token.for_forms() });
    Ok(true)
}

/// Says that the page being made holds a form, so that a visitor gets the cookie that goes with its token.
pub fn ask_token(request: &HttpRequest) {
    request.extensions_mut().insert(TokenWasAsked);
}

/// The token that a sent form must carry.
pub fn expected_token(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<FormToken>().map(|token| token.expected.clone())
}

/// Anyone: signed in or not.
#[derive(Debug, Clone)]
pub struct Visitor(pub Option<Rc<Who>>);

impl Visitor {
    pub fn of(request: &HttpRequest) -> Self {
        Self(request.extensions().get::<Found>().map(|found| Rc::clone(&found.0)))
    }

    pub fn actor(&self) -> Option<&Actor> {
        self.0.as_deref().map(|who| &who.actor)
    }
}

impl FromRequest for Visitor {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// Somebody who is signed in; others are led to the sign-in page and back.
#[derive(Debug, Clone)]
pub struct SignedIn(Rc<Who>);

impl SignedIn {
    /// The same person, kept beyond the request.
    pub(super) fn shared(self) -> Rc<Who> {
        self.0
    }

    pub(super) fn of(request: &HttpRequest) -> Result<Self, Error> {
        Visitor::of(request).0.map(Self).ok_or_else(|| {
            // A form sent without a session leads back to the page it came from, not to an address that only takes forms.
            let next = if request.method() == actix_web::http::Method::GET {
                request.uri().path_and_query().map_or("/", |path| path.as_str())
            } else {
                urls::HOME
            };
            Error::SignIn { next: next.to_owned() }
        })
    }
}

impl Deref for SignedIn {
    type Target = Who;

    fn deref(&self) -> &Who {
        &self.0
    }
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// Somebody who may manage at some site; for others the page does not exist.
#[derive(Debug, Clone)]
pub struct Manager(SignedIn);

/// Somebody who may do everything; for others the page does not exist.
#[derive(Debug, Clone)]
pub struct Administrator(SignedIn);

impl Deref for Manager {
    type Target = Who;

    fn deref(&self) -> &Who {
        &self.0
    }
}

impl Deref for Administrator {
    type Target = Who;

    fn deref(&self) -> &Who {
        &self.0
    }
}

impl FromRequest for Manager {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            SignedIn::of(request)
                .and_then(|who| if who.actor.is_manager() { Ok(Self(who)) } else { Err(Error::NotFound) }),
        )
    }
}

impl FromRequest for Administrator {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            SignedIn::of(request)
                .and_then(|who| if who.actor.administrator { Ok(Self(who)) } else { Err(Error::NotFound) }),
        )
    }
}
