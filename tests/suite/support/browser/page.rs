//! One answer of the server, read as a person reads it: by what its elements say, not by comparing HTML.
#![expect(clippy::panic, reason = "what tests share fails a test by panicking")]

use std::fmt;

use scraper::{ElementRef, Html, Selector};

use super::form::Form;

/// How much of a page's body is worth printing beside a failure.
const EXCERPT: usize = 600;

/// A page as it arrived.
#[derive(Clone)]
pub struct Page {
    pub status: u16,
    /// All headers in order, their names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The path and query that were asked for.
    pub path: String,
}

impl Page {
    /// Fails unless the page has this status, and hands it on.
    #[track_caller]
    pub fn must_be(self, status: u16) -> Page {
        assert!(self.status == status, "expected {status}, had {self:?}");
        self
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Where a redirect leads, as the server wrote it.
    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// The words in `<title>`, empty without one.
    pub fn title(&self) -> String {
        self.text("title").unwrap_or_default()
    }

    /// The words of the first `h1`, empty without one.
    pub fn h1(&self) -> String {
        self.text("h1").unwrap_or_default()
    }

    /// The words of the first element that matches, with every run of white space as one space.
    #[track_caller]
    pub fn text(&self, css: &str) -> Option<String> {
        self.all_text(css).into_iter().next()
    }

    /// The words of every element that matches, in order.
    #[track_caller]
    pub fn all_text(&self, css: &str) -> Vec<String> {
        let html = self.html();
        html.select(&selector(css)).map(words_of).collect()
    }

    /// An attribute of the first element that matches.
    #[track_caller]
    pub fn attr(&self, css: &str, name: &str) -> Option<String> {
        let html = self.html();
        let element = html.select(&selector(css)).next()?;
        element.attr(name).map(str::to_owned)
    }

    /// Whether any element matches.
    #[track_caller]
    pub fn has(&self, css: &str) -> bool {
        self.html().select(&selector(css)).next().is_some()
    }

    /// The first form that matches, filled in as the page shows it. Panics with the forms there are if none does.
    #[track_caller]
    pub fn form(&self, css: &str) -> Form {
        let html = self.html();
        let Some(element) = html.select(&selector(css)).next() else {
            panic!("no form is `{css}` among {:?} of {self:?}", forms_in(&html));
        };
        Form::read(&html, element, &self.path)
    }

    pub(super) fn html(&self) -> Html {
        // Parsed anew each time, because a parsed document cannot be sent between threads and a page should be.
        Html::parse_document(&self.body)
    }
}

/// The one form that a page is about.
impl From<&Page> for Form {
    #[track_caller]
    fn from(page: &Page) -> Form {
        let html = page.html();
        for css in ["main form", "form"] {
            if html.select(&selector(css)).count() == 1 {
                return page.form(css);
            }
        }
        panic!("which form? {:?} of {page:?}", forms_in(&html));
    }
}

impl From<Page> for Form {
    #[track_caller]
    fn from(page: Page) -> Form {
        Form::from(&page)
    }
}

/// The status, the path and the beginning of the body: what one wants to see beside a failed assertion.
impl fmt::Debug for Page {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.html().select(&selector("body")).next().map(words_of).unwrap_or_default();
        // A page that is not HTML, or that is all markup, is shown as it is.
        let body = if body.is_empty() { &self.body } else { &body };
        let excerpt: String = body.chars().take(EXCERPT).collect();
        write!(formatter, "{} for {}", self.status, self.path)?;
        if let Some(location) = self.location() {
            write!(formatter, " to {location}")?;
        }
        write!(formatter, ", titled {:?}:\n{excerpt}\n", self.title())
    }
}

/// Where a link or form on the page at `path` leads. What names another host is returned as it is.
pub(super) fn resolve(path: &str, target: &str) -> String {
    let here = path.split('?').next().unwrap_or_default();
    if target.is_empty() {
        return path.to_owned();
    }
    if target.starts_with('/') || target.contains("://") {
        return target.to_owned();
    }
    if target.starts_with('?') {
        return format!("{here}{target}");
    }
    let folder = here.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/{target}")
}

#[track_caller]
pub(super) fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("`{css}` is no selector: {error}"))
}

pub(super) fn words_of(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The opening tags of the forms in a page, to choose from.
fn forms_in(html: &Html) -> Vec<String> {
    let form = selector("form");
    let opening = |form: ElementRef<'_>| form.html().split_inclusive('>').next().map(str::to_owned);
    html.select(&form).filter_map(opening).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Page {
        Page {
            status: 422,
            headers: vec![("x-one".to_owned(), "1".to_owned())],
            body: body.to_owned(),
            path: "/sites/a?date=1".to_owned(),
        }
    }

    #[test]
    fn a_page_is_read_by_selectors() {
        let page = page("<title>A\n page</title><h1>The <b>page</b></h1><p class=a id=x>1</p><p class=a>2</p>");
        assert_eq!((page.title().as_str(), page.h1().as_str()), ("A page", "The page"));
        assert_eq!(page.all_text("p.a"), ["1", "2"]);
        assert_eq!(page.text("p.b"), None);
        assert_eq!(page.attr("p", "id").as_deref(), Some("x"));
        assert!(page.has("p#x") && !page.has("p#y"));
        assert_eq!(page.header("X-One"), Some("1"));
        assert!(format!("{page:?}").starts_with("422 for /sites/a?date=1, titled \"A page\":\nThe page"));
    }

    #[test]
    fn targets_are_resolved_as_links_are() {
        let cases = [("", "/sites/a?date=1"), ("?date=2", "/sites/a?date=2"), ("b", "/sites/b"), ("/c", "/c")];
        for (target, expected) in cases {
            assert_eq!(resolve("/sites/a?date=1", target), expected);
        }
    }

    #[test]
    #[should_panic(expected = "expected 200, had 422 for /sites/a?date=1")]
    fn a_wrong_status_shows_the_page() {
        let _ = page("Error").must_be(200);
    }

    #[test]
    #[should_panic(expected = "which form? [\"<form id=\\\"a\\\">\", \"<form id=\\\"b\\\">\"] of 422")]
    fn a_page_with_two_forms_wants_to_be_told_which() {
        let _ = Form::from(page("<form id=a></form><form id=b></form>"));
    }
}
