//! Who asks and for what: a browser for each role, and the paths and forms of each row with what the world holds. Not what anybody gets.

use crate::support::browser::{Browser, Page};
use crate::support::server::Server;
use crate::support::world::{at, now};
use alcove::domain::ids::Reference;
use alcove::store::bookings;
use alcove::store::outbox::{self, MailEnd};

use super::table::{Form, ROWS, Row};
use super::{objects, told};

/// Who asks. The organisation is Wren Support and the site Hunter Street, everywhere in the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Visitor,
    Nobody,
    Volunteer,
    Booker,
    Coordinator,
    /// Coordinates another organisation.
    Rival,
    Receptionist,
    Manager,
    /// Manages another site.
    Stranger,
    Administrator,
}

impl Role {
    pub const ALL: [Self; 10] = [
        Self::Visitor,
        Self::Nobody,
        Self::Volunteer,
        Self::Booker,
        Self::Coordinator,
        Self::Rival,
        Self::Receptionist,
        Self::Manager,
        Self::Stranger,
        Self::Administrator,
    ];

    fn address(self) -> Option<&'static str> {
        match self {
            Self::Visitor => None,
            Self::Nobody => Some("nobody@alcove.test"),
            Self::Volunteer => Some("volunteer@alcove.test"),
            Self::Booker => Some("wendy@alcove.test"),
            Self::Coordinator => Some("coordinator@alcove.test"),
            Self::Rival => Some("rob@alcove.test"),
            Self::Receptionist => Some("reception@alcove.test"),
            Self::Manager => Some("manager@alcove.test"),
            Self::Stranger => Some("stranger@alcove.test"),
            Self::Administrator => Some("admin@alcove.test"),
        }
    }

    /// Whom this role says that it books for.
    fn holder(self) -> &'static str {
        match self {
            Self::Rival => "robin-trust",
            Self::Manager | Self::Stranger | Self::Administrator => "hunter-street",
            _ => "wren-support",
        }
    }
}

/// Somebody's browser, with the token that forms carry in it.
pub struct Session {
    pub browser: Browser,
    csrf: String,
}

impl Session {
    /// Sends fields with the token.
    pub fn post(&self, path: &str, fields: &[(String, String)]) -> Page {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        self.browser.post(path, &all)
    }
}

/// A server with everything that the table names.
pub struct Cast<'a> {
    server: &'a Server,
    stylesheet: String,
    /// The booking and the token of each pattern that names one.
    bookings: Vec<(&'static str, Reference)>,
    tokens: Vec<(&'static str, String)>,
    documents: Vec<(&'static str, Reference)>,
}

impl<'a> Cast<'a> {
    pub fn new(server: &'a Server) -> Self {
        server.db.write_now(|conn| objects::people_and_places(conn, server)).unwrap();
        let stylesheet = server.visitor().get("/help").attr("link[rel=stylesheet]", "href").unwrap();
        let stylesheet = stylesheet.trim_start_matches("/static/").to_owned();
        let mut patterns: Vec<&str> = ROWS.iter().map(|row| row.pattern).collect();
        patterns.dedup();
        let named = |name: &'static str| patterns.iter().copied().filter(move |pattern| pattern.contains(name));
        let bookings = named("{reference}").zip(24..).map(|(pattern, day)| {
            let of_bank = pattern.contains("/collections/");
            let make = if of_bank { objects::collection } else { objects::booking };
            (pattern, make(server, pattern, day))
        });
        let tokens = named("{token}").map(|pattern| (pattern, objects::token(server, pattern)));
        let documents = named("{document}").map(|pattern| (pattern, objects::paper(server)));
        let faults = named("{fault}").map(|pattern| (pattern, told::fault(server)));
        let concerns = named("{concern}").map(|pattern| (pattern, told::concern(server, "Somebody worries.")));
        let documents = documents.chain(faults).chain(concerns).collect();
        objects::terms(server);
        let (bookings, tokens) = (bookings.collect(), tokens.collect());
        // A mail of this site that could not be delivered, which its managers may send again.
        let mail = server.mails_to("wendy@alcove.test").first().unwrap().id;
        server.db.write_now(|conn| outbox::end(conn, mail, MailEnd::Failed, "550", now())).unwrap();
        for site in ["hunter-street", "mill-lane"] {
            objects::close(server, site);
            objects::notice(server, site);
            objects::lend(server, site);
            objects::lend_extras(server, site);
        }
        Self { server, stylesheet, bookings, tokens, documents }
    }

    pub fn session(&self, role: Role) -> Session {
        let Some(address) = role.address() else {
            let browser = self.server.visitor();
            let csrf = browser.get("/sign-in").attr("input[name=csrf]", "value").unwrap();
            return Session { browser, csrf };
        };
        let browser = self.server.signed_in(self.server.person(address));
        let csrf = browser.get("/account").must_be(200).attr("input[name=csrf]", "value").unwrap();
        Session { browser, csrf }
    }

    /// A pattern with the objects that are there.
    pub fn path(&self, pattern: &'static str) -> String {
        let names = [
            "site",
            "facility",
            "organisation",
            "reference",
            "token",
            "plot",
            "file",
            "document",
            "fault",
            "concern",
            "extra",
            "person",
            "kind",
        ];
        names
            .iter()
            .fold(pattern.to_owned(), |path, name| path.replace(&format!("{{{name}}}"), &self.real(name, pattern)))
    }

    fn real(&self, name: &str, pattern: &str) -> String {
        match name {
            "site" => "hunter-street".to_owned(),
            "facility" => objects::facility(pattern).to_owned(),
            "plot" => "1".to_owned(),
            "extra" => "projector".to_owned(),
            "person" => objects::handle(self.server, "nobody@alcove.test"),
            "kind" => "bookings".to_owned(),
            "organisation" => "wren-support".to_owned(),
            "reference" => self.reference(pattern).map(Reference::to_string).unwrap_or_default(),
            "document" | "fault" | "concern" => self
                .documents
                .iter()
                .find(|(one, _)| *one == pattern)
                .map(|(_, reference)| reference.to_string())
                .unwrap_or_default(),
            "token" => {
                self.tokens.iter().find(|(one, _)| *one == pattern).map(|(_, token)| token.clone()).unwrap_or_default()
            }
            _ => self.stylesheet.clone(),
        }
    }

    fn reference(&self, pattern: &str) -> Option<&Reference> {
        self.bookings.iter().find(|(one, _)| *one == pattern).map(|(_, reference)| reference)
    }

    /// The same pattern with each of its objects in turn one that is not there, or not here.
    pub fn astray(&self, pattern: &'static str) -> Vec<String> {
        let mut paths = Vec::new();
        for (name, others) in [
            // The last two are there, but have no such space and are no site.
            ("site", vec!["no-such-site", "%00", "wren-support"]),
            ("facility", vec!["no-such-room", "%00", "willow", "cafe"]),
            ("organisation", vec!["no-such-group", "%00", "hunter-street"]),
            ("reference", vec!["ZZZZ-ZZZZ", "%00", "1"]),
            ("document", vec!["ZZZZ-ZZZZ", "%00", "1"]),
            ("fault", vec!["ZZZZ-ZZZZ", "%00", "1"]),
            ("concern", vec!["ZZZZ-ZZZZ", "%00", "1"]),
            ("token", vec!["x", "%00", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]),
            ("plot", vec!["99", "%00", "rules-2"]),
            ("extra", vec!["no-such-extra", "%00"]),
            ("person", vec!["0123456789abcdef", "%00", "1"]),
            ("kind", vec!["no-such-kind", "%00"]),
            ("file", vec!["no-such-file.css", "%00", "..%2fapp.css"]),
        ] {
            let mark = format!("{{{name}}}");
            // What is booked in a way of its own has no form for hours, but everything else.
            let there = |other: &&str| {
                (*other != "cafe" || pattern.ends_with("/book") || pattern.contains("/plots"))
                    && *other != objects::facility(pattern)
            };
            for other in others.into_iter().filter(|_| pattern.contains(&mark)).filter(there) {
                let real = self.path(pattern);
                paths.push(real.replacen(&self.real(name, pattern), other, 1));
            }
        }
        if pattern.contains("{site}/{facility}") {
            paths.push(self.path(pattern).replace("hunter-street", "mill-lane"));
        }
        paths
    }

    /// What a role sends with a row; `admin` is an administrator, who sees the forms that rows name.
    pub fn fields(&self, row: &Row, role: Role, admin: &Session) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        let typed = match row.form {
            Form::Nothing => "",
            Form::Fields(typed) => typed,
            Form::Page(page, css, typed) => {
                let form = admin.browser.get(&self.path(page)).must_be(200).form(css);
                fields.extend(form.options("key").into_iter().take(1).map(|(key, _)| ("key".to_owned(), key)));
                fields.extend(form.fields.into_iter().filter(|(name, _)| name != "csrf"));
                typed
            }
        };
        let typed = self.typed(&typed.replace("{holder}", role.holder()).replace("{version}", &self.version(row)));
        fields.retain(|(name, _)| typed.iter().all(|(other, _)| other != name));
        fields.extend(typed);
        fields
    }

    /// Fields as they stand in a table, the times of a booking put in.
    pub fn typed(&self, typed: &str) -> Vec<(String, String)> {
        let time = |text: &str| at(text).seconds().to_string();
        let typed = typed.replace("{from}", &time("2026-12-22 10:00")).replace("{to}", &time("2026-12-22 11:00"));
        let pairs = typed.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The version of a row's booking as it stands; nothing where the row has none.
    fn version(&self, row: &Row) -> String {
        let reference = self.reference(row.pattern);
        let find = |reference| self.server.db.read_now(|conn| bookings::by_reference(conn, reference)).unwrap();
        reference.and_then(find).map_or_else(String::new, |booking| booking.version.to_string())
    }
}
