//! Holds the plan of the house against the source tree: arrows, first lines, sizes, twins and names. It reads text only,
//! compiles nothing, and skips folders that are not there.

#[path = "tidy/broken.rs"]
mod broken;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::path::Path;

use layers::layers;
use source::{Source, files, line_of, mentions, sources, text_of};

const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 60;
const ENGINES: [&str; 2] = ["sqlite", "postgres"];
/// The only files of the store that may tell the engines apart.
const KNOW_THE_ENGINES: [&str; 6] = ["engine.rs", "bulk.rs", "migrations.rs", "mod.rs", "conn.rs", "backup.rs"];

#[test]
fn dependencies_point_down_only() {
    hold(
        layers,
        "Move what two share down a layer, or call the layer in between; the table is in tests/tidy/layers.rs.",
    );
}

#[test]
fn every_file_says_what_it_is() {
    hold(first_lines, "Begin the file with a //! line that says what it is and what it is not.");
}

#[test]
fn files_and_functions_fit_in_the_head() {
    hold(sizes, "Split by what changes together: files to about 250 lines, functions to about 40.");
}

#[test]
fn every_migration_has_its_twin() {
    hold(migrations, "Give migrations/sqlite and migrations/postgres the same folders, each with an up.sql.");
}

#[test]
fn pages_and_templates_have_the_same_names() {
    hold(
        templates,
        "Name the template after the page, room/page.html or room/page_part.html; delete what nothing names.",
    );
}

#[test]
fn clock_and_environment_are_read_in_one_place() {
    hold(outside_world, "Take the time as an argument from clock.rs, and settings from config.rs.");
}

#[test]
fn templates_hold_no_inline_style_or_script() {
    hold(inline_code, "The content security policy forbids it: use a class in app.css or a hook in app.js.");
}

#[test]
fn engines_are_told_apart_in_one_place() {
    hold(engine_names, "Write one text for both engines, or put the difference into store/engine.rs.");
}

/// Runs a check on this tree and prints everything that it finds.
#[track_caller]
fn hold(check: fn(&Path) -> Vec<String>, remedy: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(root.join("Cargo.toml").is_file(), "no source tree at {}", root.display());
    let found = check(root);
    assert!(found.is_empty(), "{} times:\n{}\n{remedy}", found.len(), found.join("\n"));
}

fn first_lines(root: &Path) -> Vec<String> {
    let sources = sources(root, "src").into_iter();
    let silent = sources.filter(|source| !source.text.starts_with("//!"));
    silent.map(|source| format!("{} does not start with //!", source.place(0))).collect()
}

fn sizes(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources(root, "src") {
        let lines = source.text.lines().count();
        if LONGEST_FILE < lines {
            found.push(format!("{} has {lines} lines, over {LONGEST_FILE}", source.place(0)));
        }
        for function in source.functions() {
            if LONGEST_FUNCTION < function.lines {
                let (place, name) = (source.place(function.offset), function.name);
                found.push(format!("{place} {name} has {} lines, over {LONGEST_FUNCTION}", function.lines));
            }
        }
    }
    found
}

fn migrations(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let all = files(root, "migrations");
    let mut folders = BTreeSet::new();
    for path in &all {
        match path.split('/').collect::<Vec<_>>().as_slice() {
            [_, "README.md"] => {}
            [_, engine, folder, _] if ENGINES.contains(engine) => {
                folders.insert(*folder);
            }
            _ => found.push(format!("{path} is no engine/folder/file")),
        }
    }
    let wanted = folders.iter().flat_map(|folder| ENGINES.map(|engine| format!("migrations/{engine}/{folder}/up.sql")));
    let missing = wanted.filter(|path| !all.contains(path));
    found.extend(missing.map(|path| format!("{path} is missing")));
    found
}

fn templates(root: &Path) -> Vec<String> {
    let sources = sources(root, "src");
    let mut found = misnamed_templates(root, &sources);
    let paths = files(root, "templates");
    let texts: Vec<_> = paths.iter().map(|path| (path, text_of(root, path))).collect();
    for path in &paths {
        let (folder, name) = path.rsplit_once('/').unwrap_or_default();
        let whole = format!("\"{}\"", path.trim_start_matches("templates/"));
        // A template may name its neighbours by file name alone.
        let beside = format!("\"{name}\"");
        let by_code = sources.iter().any(|source| source.uncommented.contains(&whole));
        let by_template = texts
            .iter()
            .filter(|(other, _)| *other != path)
            .any(|(other, text)| text.contains(&whole) || (other.starts_with(folder) && text.contains(&beside)));
        if !by_code && !by_template {
            found.push(format!("{path} is named by no source file"));
        }
    }
    found
}

fn misnamed_templates(root: &Path, sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (offset, path) in source.template_paths() {
            let place = source.place(offset);
            if !root.join("templates").join(&path).is_file() {
                found.push(format!("{place} names templates/{path}, which does not exist"));
            }
            let Some(page) = page_name(source) else {
                continue;
            };
            let part = path.strip_prefix(&page).and_then(|rest| rest.strip_suffix(".html"));
            if !part.is_some_and(|part| part.is_empty() || part.starts_with('_')) {
                found.push(format!("{place} names {path}, not {page}.html or {page}_….html"));
            }
        }
    }
    found
}

/// `room/page`, or `manage/room/page`, for the file of a page.
fn page_name(source: &Source) -> Option<String> {
    let within = source.path.strip_prefix("src/features/")?.strip_suffix(".rs")?;
    let is_page = within.contains('/') && !["mod", "service"].contains(&source.stem());
    is_page.then(|| within.to_owned())
}

fn outside_world(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources(root, "src") {
        let forbidden = match source.path.as_str() {
            "src/clock.rs" => "env::var",
            "src/config.rs" => "Utc::now Local::now SystemTime::now Instant::now",
            "src/telemetry.rs" => "Utc::now Local::now SystemTime::now env::var",
            _ => "Utc::now Local::now SystemTime::now Instant::now env::var",
        };
        for (word, offset) in mentions(&source.code, forbidden) {
            // How long a test took is its own business.
            if word != "Instant::now" || !source.is_test(offset) {
                found.push(format!("{} calls {word}", source.place(offset)));
            }
        }
    }
    found
}

fn inline_code(root: &Path) -> Vec<String> {
    let forbidden = "style= <style <script> onclick= onchange= oninput= onsubmit= onload= javascript:";
    let mut found = Vec::new();
    let paths = files(root, "templates").into_iter();
    for path in paths.filter(|path| !path.starts_with("templates/mail/")) {
        let text = text_of(root, &path).to_lowercase();
        for (word, offset) in mentions(&text, forbidden) {
            // An attribute of our own such as data-style is no style.
            if !text.split_at(offset).0.ends_with('-') {
                found.push(format!("{path}:{} has {word}", line_of(&text, offset)));
            }
        }
    }
    found
}

fn engine_names(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources(root, "src/store") {
        let file = source.path.trim_start_matches("src/store/");
        if KNOW_THE_ENGINES.contains(&file) {
            continue;
        }
        let text = source.uncommented.to_lowercase();
        for engine in ENGINES {
            for (offset, _) in text.match_indices(engine) {
                found.push(format!("{}:{} names {engine}", source.path, line_of(&text, offset)));
            }
        }
    }
    found
}
