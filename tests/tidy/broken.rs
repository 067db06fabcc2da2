//! Each check is shown a small tree that breaks its rule beside files that keep it, and must find only the former.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::layers::layers;
use crate::{engine_names, first_lines, inline_code, migrations, outside_world, sizes, templates};

static TREES: AtomicUsize = AtomicUsize::new(0);

/// A tree on disk that goes away with the value.
struct Tree(PathBuf);

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes the files, runs the check, and compares the places that it reports: the first word of each line.
#[track_caller]
fn finds(check: fn(&Path) -> Vec<String>, tree: &[(&str, &str)], places: &[&str]) {
    let name = format!("alcove-tidy-{}-{}", std::process::id(), TREES.fetch_add(1, Ordering::Relaxed));
    let root = Tree(std::env::temp_dir().join(name));
    for (path, text) in tree {
        let path = root.0.join(path);
        let folder = path.parent().unwrap_or(&root.0);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, text));
        assert!(written.is_ok(), "{}: {written:?}", path.display());
    }
    let found = check(&root.0);
    let found_places: Vec<_> = found.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(found_places, places, "{found:#?}");
}

#[test]
fn an_empty_tree_breaks_no_rule() {
    for check in [layers, first_lines, sizes, migrations, templates, outside_world, inline_code, engine_names] {
        finds(check, &[], &[]);
    }
}

#[test]
fn an_arrow_that_points_up_is_found() {
    let tree = [
        ("src/allocation/request.rs", "use crate::{\n    domain::{Span, ids},\n    web::{self as toolkit},\n};"),
        ("src/app.rs", "use crate::features::bookings; use diesel::prelude::*;"),
        ("src/demo/world.rs", "use crate::allocation; use crate::web::Page;"),
        (
            "src/domain/span.rs",
            "use super::ids;\nuse super::super::store::Db;\n#[cfg(test)] mod tests { use super::super::ids; }",
        ),
        (
            "src/domain/who.rs",
            "// diesel\nconst A: &str = \"diesel\"; fn f() { r#\"actix\"#; '\"'; chrono::Utc::now() }",
        ),
        ("src/enquiry/day.rs", "fn f(db: &Db) { writeln!(a); db.write(|c| c) }"),
        ("src/mail/mod.rs", "fn f() { crate::store::outbox::put() }"),
        ("src/store/mod.rs", "use diesel::prelude::*; use crate::enquiry; use lettre::Message;"),
        ("src/web/access.rs", "use crate::store::{Db, sessions::Session, bookings};"),
    ];
    let places = [
        "src/allocation/request.rs:1",
        "src/demo/world.rs:1",
        "src/domain/span.rs:2",
        "src/domain/who.rs:2",
        "src/enquiry/day.rs:1",
        "src/mail/mod.rs:1",
        "src/store/mod.rs:1",
        "src/store/mod.rs:1",
        "src/web/access.rs:1",
    ];
    finds(layers, &tree, &places);
}

#[test]
fn a_room_that_reaches_sideways_or_too_deep_is_found() {
    let tree = [
        (
            "src/features/bookings/mod.rs",
            "use actix_web::web; use crate::features::bookings::new; use crate::features::duties;",
        ),
        ("src/features/bookings/new.rs", "use super::service;\nuse crate::store::Db;\nuse super::super::duties;"),
        (
            "src/features/bookings/service.rs",
            "use crate::{allocation, store::Db};\nuse actix_web::web;\nuse crate::web;",
        ),
        (
            "src/features/manage/hours/edit.rs",
            "use crate::{features::manage::hours::service, web};\nuse crate::features::manage::blocks;",
        ),
        ("src/features/manage/mod.rs", "use crate::features::manage::{hours, blocks}; use askama::Template;"),
        ("src/features/mod.rs", "use crate::features::bookings;"),
    ];
    let places = [
        "src/features/bookings/mod.rs:1",
        "src/features/bookings/new.rs:2",
        "src/features/bookings/new.rs:3",
        "src/features/bookings/service.rs:3",
        "src/features/bookings/service.rs:2",
        "src/features/manage/hours/edit.rs:2",
    ];
    finds(layers, &tree, &places);
}

#[test]
fn a_file_that_does_not_say_what_it_is_is_found() {
    finds(first_lines, &[("src/a.rs", "//! A."), ("src/b/c.rs", "// No.\n//! C.")], &["src/b/c.rs:1"]);
}

#[test]
fn long_files_and_functions_are_found() {
    let lines = "    let a = \"}\"; // }\n    let b: &'a u8 = f('}', '\\'');\n".repeat(29);
    let fits = format!("fn fits<'a>(of: [u8; 2]) -> u8 {{\n{lines}}}\n");
    let long = fits.replace("fits", "long").replace("u8 {", "u8\n{");
    let longer = long.replace("long", "longer").replace("u8\n{", "u8\n\n{");
    let text =
        format!("{fits}trait T {{ fn none(); }}\n#[cfg(test)]\nmod tests {{\n{longer}}}\n/* {{ /* */ */\n{longer}");
    finds(
        sizes,
        &[("src/a.rs", &text), ("src/b.rs", &"\n".repeat(500)), ("src/c.rs", &"\n".repeat(501))],
        &["src/a.rs:128", "src/c.rs:1"],
    );
}

#[test]
fn a_migration_without_its_twin_is_found() {
    let tree = [
        ("migrations/README.md", ""),
        ("migrations/sqlite/1_a/up.sql", ""),
        ("migrations/postgres/1_a/up.sql", ""),
        ("migrations/sqlite/2_b/up.sql", ""),
        ("migrations/postgres/3_c/down.sql", ""),
        ("migrations/notes.txt", ""),
    ];
    let places = [
        "migrations/notes.txt",
        "migrations/postgres/2_b/up.sql",
        "migrations/sqlite/3_c/up.sql",
        "migrations/postgres/3_c/up.sql",
    ];
    finds(migrations, &tree, &places);
}

#[test]
fn a_template_without_a_page_is_found_and_a_page_without_a_template() {
    let tree = [
        (
            "src/features/bookings/new.rs",
            "#[template(path = \"bookings/new.html\")]\nstruct A;\n#[template(path = \"bookings/new_done.html\")]\nstruct B;",
        ),
        (
            "src/features/bookings/show.rs",
            "#[template(\n  ext = \"html\", path = \"bookings/new.html\")]\nstruct A;\n#[template(path = \"bookings/show.html\")]\nstruct B;",
        ),
        ("src/features/manage/site/edit.rs", "#[template(path = \"manage/site/edit.html\")]\nstruct A;"),
        ("src/web/error_page.rs", "#[template(path = \"error.html\")]\nstruct A;"),
        ("templates/bookings/_row.html", ""),
        ("templates/bookings/new.html", "{% extends \"layout/page.html\" %}{% include \"_row.html\" %}"),
        ("templates/bookings/new_done.html", ""),
        ("templates/bookings/old.html", "{% include \"bookings/old.html\" %}"),
        ("templates/error.html", ""),
        ("templates/layout/page.html", ""),
        ("templates/manage/site/edit.html", ""),
    ];
    let places = ["src/features/bookings/show.rs:1", "src/features/bookings/show.rs:4", "templates/bookings/old.html"];
    finds(templates, &tree, &places);
}

#[test]
fn a_clock_or_setting_read_elsewhere_is_found() {
    let all = "fn f() { Utc::now(); SystemTime::now(); Local::now(); Instant::now(); std::env::var(\"A\") }";
    let tree = [
        ("src/clock.rs", all),
        ("src/config.rs", "fn f() { std::env::var_os(\"A\") }"),
        ("src/telemetry.rs", all),
        ("src/web/mod.rs", "#[cfg(test)]\nmod tests {\n    fn f() { Instant::now() }\n}\nfn g() { Instant::now() }"),
    ];
    let places = [
        "src/clock.rs:1",
        "src/telemetry.rs:1",
        "src/telemetry.rs:1",
        "src/telemetry.rs:1",
        "src/telemetry.rs:1",
        "src/web/mod.rs:5",
    ];
    finds(outside_world, &tree, &places);
}

#[test]
fn inline_style_and_script_are_found() {
    let tree = [
        ("templates/a.html", "<p data-style=x>\n<p Style=\"x\">\n<a href='javascript:x' onclick=x>"),
        ("templates/mail/a.html", "<style>"),
    ];
    finds(inline_code, &tree, &["templates/a.html:2", "templates/a.html:3", "templates/a.html:3"]);
}

#[test]
fn an_engine_named_outside_its_place_is_found() {
    let tree = [
        (
            "src/store/bookings.rs",
            "// SQLite sorts so.\n#[cfg(feature = \"postgres\")] fn f() { SqliteConnection::x() }",
        ),
        ("src/store/engine.rs", "use PgConnection; \"postgres\""),
        ("src/cli.rs", "\"sqlite\""),
    ];
    finds(engine_names, &tree, &["src/store/bookings.rs:2", "src/store/bookings.rs:2"]);
}
