//! Reads Rust just well enough to hold the plan: what is code, which modules a file names, how long its functions are.
//! It is no parser: it expands no macro and resolves no name.

use std::fs;
use std::ops::Range;
use std::path::Path;

/// One Rust file. All offsets are bytes and the same in the three texts.
pub struct Source {
    /// From the root of the tree, with `/` between folders.
    pub path: String,
    pub text: String,
    /// The text with comments blanked.
    pub uncommented: String,
    /// The text with comments, strings and characters blanked.
    pub code: String,
    tests: Vec<Range<usize>>,
}

/// A function with a body.
pub struct Function {
    pub name: String,
    pub offset: usize,
    pub lines: usize,
}

/// Every Rust file under a folder, sorted by path.
pub fn sources(root: &Path, folder: &str) -> Vec<Source> {
    let paths = files(root, folder).into_iter();
    let paths = paths.filter(|path| Path::new(path).extension().is_some_and(|extension| extension == "rs"));
    paths.map(|path| Source::read(root, path)).collect()
}

/// Every file under a folder as a path from the root, sorted; none if there is no such folder.
pub fn files(root: &Path, folder: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let paths = names.iter().map(|name| format!("{folder}/{name}"));
    let nested = paths.map(|path| if root.join(&path).is_dir() { files(root, &path) } else { vec![path] });
    nested.flatten().collect()
}

/// The text of a file; one that cannot be read is empty, and an empty Rust file breaks a rule of its own.
pub fn text_of(root: &Path, path: &str) -> String {
    let bytes = fs::read(root.join(path)).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Where a word begins in a text, when it does not stand inside or at the end of a longer word.
pub fn words(text: &str, word: &str) -> Vec<usize> {
    let begins = |offset: &usize| {
        let before = text.get(..*offset).and_then(|before| before.chars().next_back());
        !before.is_some_and(|letter| is_name(letter) && word.starts_with(is_name))
    };
    text.match_indices(word).map(|(offset, _)| offset).filter(begins).collect()
}

/// Which of these words, apart by spaces, a text has, and where each begins.
pub fn mentions<'a>(text: &str, forbidden: &'a str) -> Vec<(&'a str, usize)> {
    let all = forbidden.split_whitespace();
    let found = all.flat_map(|word| words(text, word).into_iter().map(move |offset| (word, offset)));
    found.collect()
}

/// The line of an offset, counted from 1.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

impl Source {
    fn read(root: &Path, path: String) -> Source {
        let text = text_of(root, &path);
        let (uncommented, code) = (blank(&text, true), blank(&text, false));
        let marks = code.match_indices("#[cfg(test)]");
        let tests = marks.filter_map(|(start, mark)| Some(start..body_end(&code, start + mark.len())?));
        let tests = tests.collect();
        Source { path, text, uncommented, code, tests }
    }

    /// `path:line`, for a report.
    pub fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.path, line_of(&self.text, offset))
    }

    /// The name of the file without its ending.
    pub fn stem(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// The folders between `src` and the file.
    pub fn folders(&self) -> Vec<&str> {
        let mut folders: Vec<_> = self.path.split('/').skip(1).collect();
        folders.pop();
        folders
    }

    /// Whether an offset lies in the tests at the foot of the file, or the whole file is tests.
    pub fn is_test(&self, offset: usize) -> bool {
        self.stem() == "tests" || self.tests.iter().any(|range| range.contains(&offset))
    }

    /// Every path of this crate that the code names, through `crate::` or `super::`, with `{…}` spread out.
    pub fn crate_paths(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for offset in words(&self.code, "crate::") {
            self.expand_at(offset, "crate::", "", &mut found);
        }
        for offset in words(&self.code, "super::") {
            let (before, rest) = self.code.split_at(offset);
            if before.ends_with("::") {
                continue;
            }
            let climbs = rest.len() - rest.trim_start_matches("super::").len();
            let (start, _) = rest.split_at(climbs);
            let module = self.module(offset);
            let kept = module.len().saturating_sub(climbs / "super::".len());
            let above = module.iter().take(kept).fold(String::new(), |above, name| above + name + "::");
            self.expand_at(offset, start, &above, &mut found);
        }
        found
    }

    fn expand_at(&self, offset: usize, start: &str, above: &str, found: &mut Vec<(usize, String)>) {
        let (_, mut rest) = self.code.split_at(offset + start.len());
        let mut paths = Vec::new();
        expand(&mut rest, above, &mut paths);
        found.extend(paths.into_iter().map(|path| (offset, path)));
    }

    /// The module that an offset stands in, from the root of the crate.
    fn module(&self, offset: usize) -> Vec<&str> {
        let mut module = self.folders();
        if !["mod", "lib", "main"].contains(&self.stem()) {
            module.push(self.stem());
        }
        if self.tests.iter().any(|range| range.contains(&offset)) {
            module.push("tests");
        }
        module
    }

    /// Every function with a body, tests left out.
    pub fn functions(&self) -> Vec<Function> {
        let starts = words(&self.code, "fn ").into_iter().filter(|offset| !self.is_test(*offset));
        let function = |offset: usize| {
            let rest = self.code.get(offset + "fn ".len()..)?.trim_start();
            let name: String = rest.chars().take_while(|letter| is_name(*letter)).collect();
            let end = body_end(&self.code, offset)?;
            let lines = line_of(&self.text, end) + 1 - line_of(&self.text, offset);
            (!name.is_empty()).then_some(Function { name, offset, lines })
        };
        starts.filter_map(function).collect()
    }

    /// Every `path = "…"` in a `#[template(…)]`.
    pub fn template_paths(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (offset, mark) in self.code.match_indices("#[template(") {
            let rest = self.uncommented.get(offset + mark.len()..).unwrap_or_default();
            let attribute = rest.split(")]").next().unwrap_or_default();
            let at = words(attribute, "path").first().copied().unwrap_or(attribute.len());
            if let Some(path) = attribute.get(at..).and_then(|path| path.split('"').nth(1)) {
                found.push((offset, path.to_owned()));
            }
        }
        found
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Spreads the use tree at the start of `rest` into whole paths, and leaves `rest` behind it.
fn expand(rest: &mut &str, above: &str, found: &mut Vec<String>) {
    *rest = rest.trim_start();
    if let Some(inside) = rest.strip_prefix('{') {
        *rest = inside;
        loop {
            expand(rest, above, found);
            // What stands before the comma is at most a new name, `as toolkit`.
            let Some(end) = rest.find([',', '}']) else {
                return;
            };
            let (mark, after) = rest.split_at(end).1.split_at(1);
            let is_last = mark == "}";
            *rest = after;
            if is_last {
                return;
            }
        }
    }
    let name = rest.split(|letter| !is_name(letter)).next().unwrap_or_default();
    let after = rest.strip_prefix(name).unwrap_or_default();
    *rest = after;
    if let Some(deeper) = after.strip_prefix("::") {
        *rest = deeper;
        return expand(rest, &format!("{above}{name}::"), found);
    }
    match name {
        "" if after.starts_with('}') => {}
        "" | "self" => found.push(above.trim_end_matches("::").to_owned()),
        _ => found.push(format!("{above}{name}")),
    }
}

/// Where the braces close that open next at the level of `from`; nothing if the item ends in `;` before.
fn body_end(code: &str, from: usize) -> Option<usize> {
    let (mut braces, mut others) = (0_usize, 0_usize);
    for (offset, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' if braces == 0 => others += 1,
            b')' | b']' if braces == 0 => others = others.saturating_sub(1),
            b';' if braces == 0 && others == 0 => return None,
            b'{' if others == 0 => braces += 1,
            b'}' if braces == 1 => return Some(offset),
            b'}' => braces = braces.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The text with comments as spaces, and strings and characters too unless they are kept. Line ends stay.
fn blank(text: &str, keep_strings: bool) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let comment = comment_length(rest);
        let skipped = comment.or_else(|| literal_length(rest));
        let (piece, after) = rest.split_at(skipped.unwrap_or(first.len_utf8()));
        if skipped.is_none() || (comment.is_none() && keep_strings) {
            blanked.push_str(piece);
        } else {
            blanked.extend(piece.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        }
        rest = after;
    }
    blanked
}

fn comment_length(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    let mut inside = rest.strip_prefix("/*")?;
    let mut depth = 1;
    while 0 < depth {
        let Some(mark) = ["/*", "*/"].iter().filter_map(|mark| inside.find(mark)).min() else {
            return Some(rest.len());
        };
        let (mark, after) = inside.split_at(mark).1.split_at(2);
        depth = if mark == "/*" { depth + 1 } else { depth - 1 };
        inside = after;
    }
    Some(rest.len() - inside.len())
}

/// The length of the string or character that a text begins with. A lifetime is neither.
fn literal_length(rest: &str) -> Option<usize> {
    if let Some(raw) = rest.strip_prefix('r') {
        let inside = raw.trim_start_matches('#');
        let end = format!("\"{}", "#".repeat(raw.len() - inside.len()));
        let inside = inside.strip_prefix('"')?;
        let length = inside.find(&end).map_or(inside.len(), |found| found + end.len());
        return Some(rest.len() - inside.len() + length);
    }
    let quote = rest.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
    let third = rest.chars().nth(2);
    if quote == '\'' && !rest.starts_with("'\\") && third != Some('\'') {
        return None;
    }
    let mut is_escaped = false;
    for (offset, letter) in rest.char_indices().skip(1) {
        if letter == quote && !is_escaped {
            return Some(offset + 1);
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    Some(rest.len())
}
