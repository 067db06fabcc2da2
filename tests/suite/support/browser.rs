//! A person's browser for conversations over real HTTP: cookies, links, forms and redirects, one request at a time. It
//! runs no script, loads no style, and follows a redirect only when asked to.
#![expect(clippy::panic, reason = "what tests share fails a test by panicking")]

pub mod form;
pub mod page;

pub use form::Form;
pub use page::Page;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ureq::http::{Request, Response};
use ureq::{Agent, Body};

/// How long a request may take, its answer included.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of an answer is read; an answer beyond it is a fault.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// One browser with its own cookies. It may be shared between threads, as two windows of one person.
pub struct Browser {
    agent: Agent,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
    headers: Mutex<Headers>,
}

/// Header names and values in order; a name is compared without regard to case.
type Headers = Vec<(String, String)>;

impl Browser {
    /// A browser without cookies for the server at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: &str) -> Browser {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .proxy(None)
            // A connection a request: one kept open to a server that has since restarted would fail the next request.
            .max_idle_connections(0)
            .user_agent("alcove-tests")
            .build();
        Browser {
            agent: config.new_agent(),
            base: base.trim_end_matches('/').to_owned(),
            cookies: Mutex::default(),
            headers: Mutex::default(),
        }
    }

    /// Sends this header with every later request, in place of an earlier one of that name and of the browser's own.
    pub fn header(&self, name: &str, value: &str) {
        set_header(&mut lock(&self.headers), name, value);
    }

    /// The value of a cookie that the server has set and not removed.
    pub fn cookie(&self, name: &str) -> Option<String> {
        lock(&self.cookies).get(name).cloned()
    }

    /// Puts a cookie in place, as if the server had set it.
    pub fn set_cookie(&self, name: &str, value: &str) {
        lock(&self.cookies).insert(name.to_owned(), value.to_owned());
    }

    /// The address of the server.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// All cookies as the header that a browser sends.
    pub fn cookies(&self) -> String {
        let pairs: Vec<String> = lock(&self.cookies).iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// Opens a path of the server, its query included.
    #[track_caller]
    pub fn get(&self, path: &str) -> Page {
        self.send("GET", path, &[], b"")
    }

    /// Posts fields as a form does, with an `Origin` that is the server's own.
    #[track_caller]
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut body = form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(fields).finish();
        let headers = [("Origin", self.base.as_str()), ("Content-Type", URL_ENCODED)];
        self.send("POST", path, &headers, body.as_bytes())
    }

    /// Posts any body with only these headers, the cookies and what [`Browser::header`] has set.
    #[track_caller]
    pub fn post_raw(&self, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Page {
        self.send("POST", path, headers, body.as_ref())
    }

    /// Sends a form with its fields as they stand; of a page, its one form (in `main`, if there are others outside).
    #[track_caller]
    pub fn submit(&self, form: impl Into<Form>) -> Page {
        let form = form.into();
        // A browser sends every line end in a field as CR LF, however it was typed.
        let line_ends = |value: &str| value.replace("\r\n", "\n").replace('\n', "\r\n");
        let fields = form.fields.iter().map(|(name, value)| (name.as_str(), line_ends(value)));
        if form.method == "post" {
            let fields: Vec<_> = fields.collect();
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            return self.post(&form.action, &fields);
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(fields).finish();
        let path = form.action.split('?').next().unwrap_or_default();
        self.get(&format!("{path}?{query}"))
    }

    /// Follows 302 and 303 to where they lead, at most five times and only on this server; other pages are returned as
    /// they are.
    #[track_caller]
    pub fn follow(&self, page: Page) -> Page {
        let (mut page, mut followed) = (page, 0);
        while [302, 303].contains(&page.status) {
            let location = page.location().unwrap_or_default();
            let path = page::resolve(&page.path, self.local(location));
            let is_ours = path.starts_with('/') && !path.starts_with("//") && !location.is_empty();
            assert!(is_ours, "a redirect to nowhere on this host: {page:?}");
            assert!(followed < 5, "redirected more than five times: {page:?}");
            page = self.get(&path);
            followed += 1;
        }
        page
    }

    /// The path in an address of this server; anything else as it is.
    fn local<'a>(&self, target: &'a str) -> &'a str {
        match target.strip_prefix(&self.base) {
            Some("") => "/",
            Some(path) if path.starts_with('/') => path,
            _ => target,
        }
    }

    #[track_caller]
    fn send(&self, method: &str, path: &str, given: &[(&str, &str)], body: &[u8]) -> Page {
        let path = self.local(path);
        assert!(path.starts_with('/'), "a path begins with a slash: {path}");
        // What follows the # stays in the browser.
        let path = path.split('#').next().unwrap_or_default();
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in self.headers_with(given) {
            request = request.header(name, value);
        }
        let sent = match request.body(body) {
            // A GET with a body, even an empty one, is not what a browser sends.
            Ok(request) if method == "GET" => self.agent.run(request.map(|_| ())),
            Ok(request) => self.agent.run(request),
            Err(error) => panic!("{method} {path} cannot be sent: {error}"),
        };
        let mut response = sent.unwrap_or_else(|error| panic!("{method} {path} had no answer: {error}"));
        let headers = headers_of(&response);
        for (_, line) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.keep_cookie(line);
        }
        let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
        let body = body.unwrap_or_else(|error| panic!("{method} {path} broke off: {error}"));
        Page {
            status: response.status().as_u16(),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            path: path.to_owned(),
        }
    }

    fn headers_with(&self, given: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::new();
        let cookies = lock(&self.cookies);
        if !cookies.is_empty() {
            let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.push(("Cookie".to_owned(), pairs.join("; ")));
        }
        for (name, value) in given {
            set_header(&mut headers, name, value);
        }
        for (name, value) in lock(&self.headers).iter() {
            set_header(&mut headers, name, value);
        }
        headers
    }

    /// Keeps or, for an empty value or an age of nothing, forgets a cookie. Paths and domains are not looked at, because
    /// there is one server and its cookies are for all of it.
    fn keep_cookie(&self, line: &str) {
        let mut pieces = line.split(';').map(str::trim);
        let Some((name, value)) = pieces.next().and_then(|pair| pair.split_once('=')) else {
            panic!("a Set-Cookie without a name: {line}");
        };
        let attributes = pieces.filter_map(|piece| piece.split_once('='));
        let ages = attributes.filter(|(key, _)| key.eq_ignore_ascii_case("Max-Age"));
        let is_spent = ages.filter_map(|(_, age)| age.parse::<i64>().ok()).any(|age| age <= 0);
        let mut cookies = lock(&self.cookies);
        if is_spent || value.is_empty() {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn set_header(headers: &mut Headers, name: &str, value: &str) {
    headers.retain(|(earlier, _)| !earlier.eq_ignore_ascii_case(name));
    headers.push((name.to_owned(), value.to_owned()));
}

fn headers_of(response: &Response<Body>) -> Headers {
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    headers.collect()
}

/// A test that failed in one thread must not hide its message behind a poisoned lock in another.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::Browser;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    /// Answers `answers` requests, each on a connection of its own, with what `route` makes of the request's text.
    fn serve(answers: usize, route: fn(&str) -> String) -> std::io::Result<Browser> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let base = format!("http://{}/", listener.local_addr()?);
        thread::spawn(move || {
            for stream in listener.incoming().take(answers).flatten() {
                let _ = answer(&stream, route);
            }
        });
        Ok(Browser::new(&base))
    }

    fn answer(mut stream: &TcpStream, route: fn(&str) -> String) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let (mut request, mut length) = (String::new(), 0);
        while !request.ends_with("\r\n\r\n") {
            let start = request.len();
            reader.read_line(&mut request)?;
            let line = request.get(start..).unwrap_or_default().to_ascii_lowercase();
            length = line.strip_prefix("content-length:").and_then(|value| value.trim().parse().ok()).unwrap_or(length);
        }
        reader.take(length).read_to_string(&mut request)?;
        stream.write_all(format!("HTTP/1.1 {}", route(&request)).as_bytes())
    }

    /// Repeats the request as the page, so that a test can look at what was sent.
    fn echo(request: &str) -> String {
        format!("200 OK\r\nConnection: close\r\n\r\n{request}")
    }

    #[test]
    fn cookies_are_kept_until_the_server_removes_them() -> std::io::Result<()> {
        let browser = serve(4, |request| {
            let cookies = match request.split(' ').nth(1) {
                Some("/in") => "Set-Cookie: session=abc; Path=/; HttpOnly\r\nSet-Cookie: flash=hi; Max-Age=60\r\n",
                Some("/half") => "Set-Cookie: flash=\r\n",
                Some("/out") => "Set-Cookie: session=gone; Max-Age=0\r\n",
                _ => "",
            };
            format!("200 OK\r\nConnection: close\r\n{cookies}\r\n{request}")
        })?;
        assert!(!browser.get("/in#top").body.contains("ookie"));
        assert!(browser.get("/half").body.contains("flash=hi; session=abc"));
        assert_eq!(browser.cookie("flash"), None);
        assert!(browser.get("/out").body.contains("ookie: session=abc\r\n"));
        assert_eq!(browser.cookie("session"), None);
        Ok(())
    }

    #[test]
    fn posts_carry_the_origin_unless_they_are_raw() -> std::io::Result<()> {
        let browser = serve(4, echo)?;
        let posted = browser.post("/a?b", &[("name", "Zoë & co"), ("plus", "+")]).must_be(200);
        assert!(
            posted.body.starts_with("POST /a?b HTTP/1.1\r\n")
                && posted.body.ends_with("\r\n\r\nname=Zo%C3%AB+%26+co&plus=%2B")
        );
        assert_eq!(posted.path, "/a?b");
        assert!(posted.body.contains(&format!("\r\norigin: {}\r\n", browser.base)), "{posted:?}");
        let raw = browser.post_raw("/", &[("Content-Type", "text/plain")], "<raw>");
        assert!(raw.body.ends_with("\r\n\r\n<raw>") && !raw.body.contains("origin"), "{raw:?}");
        browser.header("origin", "http://elsewhere.example");
        assert!(browser.post("/", &[]).body.contains("\r\norigin: http://elsewhere.example\r\n"));
        assert!(browser.get("/").body.contains("\r\norigin: http://elsewhere.example\r\n"));
        Ok(())
    }

    /// Counts down to a page by redirects, `/hop/2` to `/hop/1` in full and by name; `/away` leads to another host.
    fn hop(request: &str) -> String {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let host = request.lines().find_map(|line| line.strip_prefix("host: "));
        let location = match path.strip_prefix("/hop/").map(str::parse::<u8>) {
            Some(Ok(0)) => {
                return "404 Not Found\r\nConnection: close\r\n\r\n<title>Not here</title>".to_owned();
            }
            Some(Ok(2)) => format!("http://{}/hop/1", host.unwrap_or_default()),
            Some(Ok(hops)) => format!("{}", hops - 1),
            _ => "http://elsewhere.example/".to_owned(),
        };
        format!("303 See Other\r\nConnection: close\r\nLocation: {location}\r\n\r\n")
    }

    #[test]
    fn redirects_are_followed_only_when_asked() -> std::io::Result<()> {
        let browser = serve(6, hop)?;
        let page = browser.get("/hop/5").must_be(303);
        assert_eq!(page.location(), Some("4"));
        let page = browser.follow(page).must_be(404);
        assert_eq!((page.path.as_str(), page.title().as_str()), ("/hop/0", "Not here"));
        Ok(())
    }

    #[test]
    #[should_panic(expected = "redirected more than five times: 303 for /hop/1 to 0")]
    fn redirects_are_not_followed_for_ever() {
        let page = serve(6, hop).map(|browser| browser.follow(browser.get("/hop/6")));
        assert!(page.is_err(), "six redirects were followed");
    }

    #[test]
    #[should_panic(expected = "a redirect to nowhere on this host: 303 for /away to http://elsewhere.example/")]
    fn redirects_are_not_followed_to_another_host() {
        let page = serve(1, hop).map(|browser| browser.follow(browser.get("/away")));
        assert!(page.is_err(), "another host was asked");
    }

    #[test]
    fn a_form_is_sent_with_its_own_method_and_line_ends() -> std::io::Result<()> {
        let browser = serve(3, |request| {
            if request.starts_with("GET /page") {
                let form = |method| {
                    format!("<form method={method} action='to?old=1'><textarea name=note>a\nb</textarea></form>")
                };
                return format!("200 OK\r\nConnection: close\r\n\r\n<main>{}</main>{}", form("post"), form("get"));
            }
            echo(request)
        })?;
        let page = browser.get("/page");
        let sent = browser.submit(&page).body;
        assert!(sent.starts_with("POST /to?old=1 ") && sent.ends_with("note=a%0D%0Ab"), "{sent}");
        let sent = browser.submit(page.form("body > form")).body;
        assert!(sent.starts_with("GET /to?note=a%0D%0Ab "), "{sent}");
        Ok(())
    }
}
