//! The frame around every page: menu, who is signed in, notices, the token for forms. Not what stands inside.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::access::{Visitor, ask_token, expected_token};
use super::assets::{self, Paths};
use super::done;
use super::state::Shared;
use crate::error::Error;
use crate::urls;

/// One entry of the menu.
#[derive(Debug, Clone)]
pub struct NavLink {
    pub href: String,
    pub label: &'static str,
    pub icon: &'static str,
    pub current: bool,
    /// How many things wait there.
    pub count: i64,
}

/// Everything that the layout needs.
#[derive(Debug, Clone)]
pub struct Chrome {
    pub nav: Vec<NavLink>,
    /// The person's name and what they are here for.
    pub who: Option<(String, String)>,
    pub form_token: String,
    pub assets: Paths,
    pub demo: bool,
    /// A timetable wants the whole width.
    pub wide: bool,
    /// A support service's page: with a way out at once, and nothing telling in its title.
    pub exit: bool,
    /// A sentence about what has just been done, from a fixed list.
    pub done: Option<&'static str>,
}

impl Chrome {
    pub fn of(request: &HttpRequest) -> Self {
        let visitor = Visitor::of(request);
        let demo = request.app_data::<Shared>().is_some_and(|state| state.demo);
        let done = request.query_string().split('&').find_map(|pair| pair.strip_prefix("done="));
        Self {
            nav: nav(&visitor, request.path()),
            who: visitor.actor().map(|actor| {
                let place = actor
                    .posts
                    .first()
                    .map(|post| post.name.clone())
                    .or_else(|| actor.memberships.first().map(|member| member.name.clone()))
                    .unwrap_or_else(|| {
                        if actor.administrator { "Administrator".to_owned() } else { "Your account".to_owned() }
                    });
                (actor.name.clone(), place)
            }),
            form_token: expected_token(request).unwrap_or_default(),
            assets: assets::paths(),
            demo,
            wide: false,
            exit: false,
            done: done.and_then(done::words),
        }
    }

    /// Whether this person manages anything at all.
    pub fn manages(&self) -> bool {
        self.nav.iter().any(|link| link.href == urls::MANAGE)
    }

    /// The same for a page on which somebody who is not signed in can send a form.
    #[must_use]
    pub fn with_visitor_form(self, request: &HttpRequest) -> Self {
        ask_token(request);
        self
    }

    /// The same for a page that may be about a support service.
    #[must_use]
    pub fn with_exit(self, exit: bool) -> Self {
        Self { exit, ..self }
    }

    /// The same for whoever may see nothing but their own sessions.
    #[must_use]
    pub fn with_today_only(mut self) -> Self {
        let link = NavLink { href: urls::TODAY.to_owned(), label: "Today", icon: "today", current: true, count: 0 };
        self.nav.insert(0, link);
        self
    }

    /// The same for a page with a timetable.
    #[must_use]
    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }
}

impl FromRequest for Chrome {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

fn nav(visitor: &Visitor, path: &str) -> Vec<NavLink> {
    let mut links: Vec<(String, &'static str, &'static str, i64)> = Vec::new();
    let find = || (urls::HOME.to_owned(), "Find a space", "search", 0);
    let sites = || (urls::SITES.to_owned(), "Sites", "site", 0);
    match visitor.0.as_deref() {
        // Whoever has yet to set a second step up is led there by what they look for.
        Some(who) if who.actor.is_manager() || who.second_step.is_wanted() => {
            links.push((urls::REQUESTS.to_owned(), "Requests", "inbox", who.waiting));
            if let Some(post) = who.actor.posts.first() {
                links.push((urls::schedule(&post.slug, None), "Schedule", "calendar", 0));
            }
            links.extend([find(), sites(), (urls::MANAGE.to_owned(), "Manage", "key", 0)]);
        }
        Some(who) => {
            if !who.actor.memberships.is_empty() {
                links.push((urls::TODAY.to_owned(), "Today", "today", 0));
            }
            links.extend([find(), sites()]);
            if let Some(post) = who.actor.posts.first() {
                links.push((urls::schedule(&post.slug, None), "Schedule", "calendar", 0));
                links.push((urls::reception(&post.slug, None), "Reception", "today", 0));
            }
            links.push((urls::BOOKINGS.to_owned(), "Bookings", "list", 0));
            if who.actor.rotas().next().is_some() {
                links.push((urls::ROTA.to_owned(), "Rota", "calendar", 0));
            }
            if let Some(member) = who.actor.memberships.first() {
                links.push((urls::organisation(&member.slug), "People", "people", 0));
            }
        }
        None => links.extend([find(), sites()]),
    }
    let current = links
        .iter()
        .map(|(href, ..)| href.as_str())
        .filter(|href| path == *href || (*href != urls::HOME && path.starts_with(&format!("{href}/"))))
        .max_by_key(|href| href.len())
        .unwrap_or(if path == urls::FIND { urls::HOME } else { "" })
        .to_owned();
    links
        .into_iter()
        .map(|(href, label, icon, count)| NavLink { current: href == current, href, label, icon, count })
        .collect()
}
