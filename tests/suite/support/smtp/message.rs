//! A message that the sink has taken, taken apart: headers, parts and their text (RFC 5322, 2045 to 2047). It reads what
//! honest mailers write and refuses nothing.

/// A message as it came over the wire: the envelope, and the data with its CRLF line ends, dots unstuffed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The address in MAIL FROM; empty for a bounce.
    pub from: String,
    /// The addresses in RCPT TO, in order.
    pub to: Vec<String>,
    /// Headers and body.
    pub data: String,
}

impl Received {
    /// The first header of that name, unfolded and with its encoded words decoded (RFC 2047).
    pub fn header(&self, name: &str) -> Option<String> {
        find_header(&split_headers(&self.data).0, name)
    }

    /// Every leaf of the message in order, however deep the multiparts nest.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        collect_parts(&self.data, &mut parts);
        parts
    }

    /// The body of the first `text/plain` part, with plain `\n` line ends.
    pub fn text(&self) -> Option<String> {
        self.body_of("text/plain").map(|body| body.replace("\r\n", "\n"))
    }

    /// The body of the first `text/html` part, with plain `\n` line ends.
    pub fn html(&self) -> Option<String> {
        self.body_of("text/html").map(|body| body.replace("\r\n", "\n"))
    }

    /// The body of the first `text/calendar` part, its line ends untouched because RFC 5545 has rules for them.
    pub fn calendar(&self) -> Option<String> {
        self.body_of("text/calendar")
    }

    fn body_of(&self, content_type: &str) -> Option<String> {
        let mut parts = self.parts().into_iter();
        parts.find(|part| part.content_type == content_type).map(|part| part.body)
    }
}

/// One leaf of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The bare type in lower case, without parameters: `text/calendar`.
    pub content_type: String,
    /// The part's own headers, unfolded and decoded, as they were named.
    pub headers: Vec<(String, String)>,
    /// The body with its transfer encoding undone, read as UTF-8.
    pub body: String,
}

impl Part {
    /// The first header of that name, for parameters such as `method=REQUEST`.
    pub fn header(&self, name: &str) -> Option<String> {
        find_header(&self.headers, name)
    }
}

/// The headers of a message or part, unfolded and decoded, and what follows the empty line.
fn split_headers(entity: &str) -> (Vec<(String, String)>, &str) {
    let mut unfolded: Vec<String> = Vec::new();
    let mut rest = entity;
    while let Some(line) = rest.split_inclusive('\n').next() {
        rest = rest.strip_prefix(line).unwrap_or_default();
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            break;
        }
        match unfolded.last_mut() {
            Some(header) if line.starts_with([' ', '\t']) => header.push_str(line),
            _ => unfolded.push(line.to_owned()),
        }
    }
    let headers = unfolded.iter().filter_map(|header| header.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_owned(), decode_words(value.trim())));
    (headers.collect(), rest)
}

fn find_header(headers: &[(String, String)], name: &str) -> Option<String> {
    let mut headers = headers.iter();
    headers.find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
}

fn collect_parts(entity: &str, parts: &mut Vec<Part>) {
    let (headers, body) = split_headers(entity);
    let declared = find_header(&headers, "Content-Type").unwrap_or_else(|| "text/plain".to_owned());
    let content_type = declared.split(';').next().unwrap_or_default().trim();
    let content_type = content_type.to_ascii_lowercase();
    if content_type.starts_with("multipart/") {
        let boundary = parameter(&declared, "boundary").unwrap_or_default();
        for child in split_at_boundary(body, &boundary) {
            collect_parts(&child, parts);
        }
        return;
    }
    let encoding = find_header(&headers, "Content-Transfer-Encoding").unwrap_or_default();
    let body = match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => String::from_utf8_lossy(&decode_base64(body)).into_owned(),
        "quoted-printable" => String::from_utf8_lossy(&decode_quoted_printable(body)).into_owned(),
        _ => body.to_owned(),
    };
    parts.push(Part { content_type, headers, body });
}

/// The parts between the delimiter lines of RFC 2046; the line end before a delimiter belongs to the delimiter.
fn split_at_boundary(body: &str, boundary: &str) -> Vec<String> {
    let (delimiter, end) = (format!("--{boundary}"), format!("--{boundary}--"));
    let mut children: Vec<String> = Vec::new();
    for line in body.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare == end {
            break;
        }
        if bare == delimiter {
            children.push(String::new());
        } else if let Some(child) = children.last_mut() {
            child.push_str(line);
        }
    }
    for child in &mut children {
        let kept = child.strip_suffix('\n').unwrap_or(child);
        let kept = kept.strip_suffix('\r').unwrap_or(kept).len();
        child.truncate(kept);
    }
    children
}

fn parameter(header: &str, name: &str) -> Option<String> {
    let mut pairs = header.split(';').skip(1);
    pairs.find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let found = key.trim().eq_ignore_ascii_case(name);
        found.then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Decodes the encoded words of RFC 2047. Their bytes are joined before they are read as UTF-8, because some mailers
/// cut a character in two.
fn decode_words(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value;
    let mut follows_a_word = false;
    while let Some((before, word)) = rest.split_once("=?") {
        let decoded = decode_word(word);
        // White space between two encoded words is there only to fold the line.
        let only_folding = follows_a_word && decoded.is_some() && before.trim().is_empty();
        if !only_folding {
            bytes.extend_from_slice(before.as_bytes());
        }
        follows_a_word = decoded.is_some();
        if let Some((text, after)) = decoded {
            bytes.extend_from_slice(&text);
            rest = after;
        } else {
            bytes.extend_from_slice(b"=?");
            rest = word;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What stands after `=?`, decoded, and what follows the word.
fn decode_word(word: &str) -> Option<(Vec<u8>, &str)> {
    let (charset, word) = word.split_once('?')?;
    let (encoding, word) = word.split_once('?')?;
    let (payload, rest) = word.split_once("?=")?;
    if !["utf-8", "us-ascii"].contains(&charset.to_ascii_lowercase().as_str()) {
        return None;
    }
    match encoding {
        "B" | "b" => Some((decode_base64(payload), rest)),
        "Q" | "q" => Some((decode_quoted_printable(&payload.replace('_', " ")), rest)),
        _ => None,
    }
}

fn decode_quoted_printable(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [b'=', b'\r', b'\n', after @ ..] | [b'=', b'\n', after @ ..] => after,
            [b'=', high, low, after @ ..] if hexadecimal(*high, *low).is_some() => {
                bytes.extend(hexadecimal(*high, *low));
                after
            }
            [byte, after @ ..] => {
                bytes.push(*byte);
                after
            }
            [] => return bytes,
        };
    }
}

fn hexadecimal(high: u8, low: u8) -> Option<u8> {
    let digits = [high, low].map(|digit| char::from(digit).to_digit(16));
    let [Some(high), Some(low)] = digits else {
        return None;
    };
    u8::try_from(high * 16 + low).ok()
}

fn decode_base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut waiting, mut bits) = (0_usize, 0);
    let digits = text.bytes().filter_map(|byte| ALPHABET.iter().position(|letter| *letter == byte));
    for digit in digits {
        waiting = (waiting << 6) | digit;
        bits += 6;
        if 8 <= bits {
            bits -= 8;
            bytes.extend(u8::try_from(waiting >> bits));
            waiting &= (1 << bits) - 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::Received;

    #[test]
    fn nested_parts_are_found_and_decoded() {
        let data = "Subject: =?utf-8?Q?Caf=C3=A9?=\r\n =?UTF-8?B?IG9wZW4=?= at =?x?\r\n\
            Content-Type: multipart/mixed;\r\n boundary=\"outer\"\r\n\r\npreamble\r\n\
            --outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n\
            --inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            Caf=C3=A9 at 10=\r\n:00\r\nBring a cup\r\n--inner\r\n\
            Content-Type: TEXT/HTML\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+Q2Fmw6k8L3A+\r\n--inner--\r\n\
            --outer\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n\r\n--outer--\r\n";
        let message = Received { from: String::new(), to: vec![], data: data.to_owned() };
        assert_eq!(message.header("subject").as_deref(), Some("Café open at =?x?"));
        assert_eq!(message.text().as_deref(), Some("Café at 10:00\nBring a cup"));
        assert_eq!(message.html().as_deref(), Some("<p>Café</p>"));
        let calendar = message.calendar();
        assert_eq!(calendar.as_deref(), Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"));
        let parts = message.parts();
        let method = parts.last().and_then(|part| part.header("Content-Type"));
        assert_eq!((parts.len(), method.as_deref()), (3, Some("text/calendar; method=REQUEST")));
    }
}
