//! Everything that is held about a person, in sections of plain words, for their own download (GDPR articles 15 and 20). Not where it stands.

/// One thing that is held: what it is called, and what it says.
pub type Fact = (&'static str, String);

/// Things of one kind.
#[derive(Debug, Clone)]
pub struct Section {
    pub name: &'static str,
    pub things: Vec<Vec<Fact>>,
}

impl Section {
    pub fn new(name: &'static str, things: Vec<Vec<Fact>>) -> Self {
        Self { name, things }
    }
}

/// The whole as JSON (RFC 8259), indented so that people can read it.
pub fn as_json(head: &[Fact], sections: &[Section]) -> String {
    let mut parts: Vec<String> = head.iter().map(|fact| format!("  {}", pair(fact))).collect();
    parts.extend(sections.iter().map(|section| {
        let things = section.things.iter().map(|facts| {
            let inner: Vec<String> = facts.iter().map(|fact| format!("      {}", pair(fact))).collect();
            format!("    {{\n{}\n    }}", inner.join(",\n"))
        });
        let things: Vec<String> = things.collect();
        let list = if things.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", things.join(",\n")) };
        format!("  {}: {list}", quoted(section.name))
    }));
    format!("{{\n{}\n}}\n", parts.join(",\n"))
}

fn pair((name, value): &Fact) -> String {
    format!("{}: {}", quoted(name), quoted(value))
}

fn quoted(text: &str) -> String {
    let mut done = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => done.push_str("\\\""),
            '\\' => done.push_str("\\\\"),
            '\n' => done.push_str("\\n"),
            '\r' => done.push_str("\\r"),
            '\t' => done.push_str("\\t"),
            control if control < ' ' => done.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => done.push(other),
        }
    }
    done + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_kind_are_whole() {
        let sections = [
            Section::new("bookings", vec![vec![("purpose", "a \"b\" \\ c\nd\u{1}".to_owned())]]),
            Section::new("none", Vec::new()),
        ];
        let text = as_json(&[("made", "now".to_owned())], &sections);
        let wanted = "{\n  \"made\": \"now\",\n  \"bookings\": [\n    {\n      \"purpose\": \"a \\\"b\\\" \\\\ c\\nd\\u0001\"\n    }\n  ],\n  \"none\": []\n}\n";
        assert_eq!(text, wanted);
    }
}
