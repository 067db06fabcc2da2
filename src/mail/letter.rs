//! The one shape that all mails have, as text and as HTML. Not what any of them says.

use askama::Template;

use crate::domain::person::Email;
use crate::domain::rendered::{MailKind, Rendered};

/// Renders mails; it knows how the outside reaches this program.
#[derive(Debug, Clone)]
pub struct Mailer {
    base_url: String,
}

/// What a mail says, in the order in which it is read.
#[derive(Debug, Default)]
pub(super) struct Letter {
    pub subject: String,
    pub heading: String,
    pub state: Option<String>,
    pub name: String,
    pub before: Vec<String>,
    pub facts: Vec<(&'static str, String)>,
    pub action: Option<(&'static str, String)>,
    pub after: Vec<String>,
    /// Why the reader gets this.
    pub why: String,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", escape = "none")]
struct TextPart<'a> {
    heading: &'a str,
    state: &'a Option<String>,
    name: &'a str,
    before: &'a [String],
    facts: &'a [(&'static str, String)],
    action: &'a Option<(&'static str, String)>,
    after: &'a [String],
    why: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct HtmlPart<'a> {
    subject: &'a str,
    heading: &'a str,
    state: &'a Option<String>,
    name: &'a str,
    before: &'a [String],
    facts: &'a [(&'static str, String)],
    action: &'a Option<(&'static str, String)>,
    after: &'a [String],
    why: &'a str,
}

impl Mailer {
    /// `base_url` is how the outside reaches this program, without a slash at its end.
    pub fn new(base_url: &str) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned() }
    }

    /// A link that works outside.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The host part, for identifiers that must be unique in the world.
    pub fn host(&self) -> &str {
        let rest = self.base_url.split_once("://").map_or(self.base_url.as_str(), |(_, rest)| rest);
        rest.split(['/', ':']).next().unwrap_or(rest)
    }

    pub(super) fn render(&self, kind: MailKind, to: &Email, letter: &Letter) -> Rendered {
        let Letter { subject, heading, state, name, before, facts, action, after, why } = letter;
        let text = TextPart { heading, state, name, before, facts, action, after, why };
        let html = HtmlPart { subject, heading, state, name, before, facts, action, after, why };
        // Rendering into a string fails only where formatting a value does, and none of these can.
        let text = text.render().unwrap_or_else(|_| heading.clone());
        let html = html.render().unwrap_or_default();
        Rendered {
            kind,
            to: to.clone(),
            subject: subject.clone(),
            text,
            html,
            calendar: None,
            site: None,
            booking: None,
            person: None,
            reply_to: None,
            thread: None,
            not_after: None,
            once: None,
        }
    }
}
