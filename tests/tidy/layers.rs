//! The table of layers: which module may use which, and which words it must not mention. Rooms of features never meet.
//! There is no rule here about sizes or names.

use std::path::Path;

use crate::source::{Source, mentions, sources};

/// One row of the table, its lists apart by spaces. A path is allowed when it begins with one in `may_use` or with the
/// file's own layer or room.
struct Layer {
    name: &'static str,
    may_use: &'static str,
    must_not_mention: &'static str,
}

/// A service is handed the state that all handlers share, and draws tokens and hashes passwords by what is in it.
/// `error` is only the enum and `clock` only the way in which time is handed down, so both may stand beside a layer that
/// returns the one or is given the other. Nothing but the store knows diesel, so every other row forbids it.
const LAYERS: [Layer; 9] = [
    row("domain", "", "diesel actix askama lettre Utc::now"),
    row("urls", "domain", "diesel actix askama lettre"),
    row("store", "domain error", "actix askama lettre"),
    row("mail", "domain urls error", "diesel actix"),
    row("enquiry", "store domain error", "diesel actix askama lettre insert_into .write("),
    row("allocation", "enquiry store mail domain error chance", "diesel actix askama lettre"),
    row("chores", "allocation enquiry mail store domain error clock chance", "diesel actix askama"),
    row("demo", "allocation enquiry store mail domain error chance", "diesel actix askama"),
    row(
        "web",
        "domain urls error clock chance allocation::Circumstances mail::Mailer passwords telemetry::RequestId store::Db store::sessions",
        "diesel lettre",
    ),
];
const SERVICE: Layer =
    row("a service", "allocation enquiry store mail domain error chance passwords web::state", "actix askama diesel");
const PAGE: Layer = row("a page", "web urls domain error", "diesel lettre");
/// The `mod.rs` of a room holds its routes, and may use whatever the room as a whole may use.
const DOOR: Layer = row("a room", "allocation enquiry store mail web urls domain error", "diesel");

const fn row(name: &'static str, may_use: &'static str, must_not_mention: &'static str) -> Layer {
    Layer { name, may_use, must_not_mention }
}

/// Every path and word that the table forbids.
pub fn layers(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources(root, "src") {
        let Some((layer, own)) = layer_of(&source) else {
            continue;
        };
        let is_allowed = |path: &str| {
            let mut starts = layer.may_use.split_whitespace().chain([own.as_str()]);
            starts.any(|start| path == start || path.starts_with(&format!("{start}::")))
        };
        for (offset, path) in source.crate_paths() {
            if !is_allowed(&path) {
                let (place, may_use) = (source.place(offset), layer.may_use);
                found.push(format!("{place} names {path}; {} may use {own} {may_use}", layer.name));
            }
        }
        for (word, offset) in mentions(&source.code, layer.must_not_mention) {
            found.push(format!("{} mentions {word}, which {} must not", source.place(offset), layer.name));
        }
    }
    found
}

/// The row that holds for a file, and the module that is the file's own.
fn layer_of(source: &Source) -> Option<(&'static Layer, String)> {
    let folders = source.folders();
    let top = folders.first().copied().unwrap_or(source.stem());
    if top != "features" {
        let layer = LAYERS.iter().find(|layer| layer.name == top);
        return layer.map(|layer| (layer, top.to_owned()));
    }
    let own = match folders.as_slice() {
        [_, "manage", room, ..] => format!("features::manage::{room}"),
        [_, room, ..] => format!("features::{room}"),
        // The list of the rooms names every room.
        [_] if source.stem() == "mod" => return None,
        _ => format!("features::{}", source.stem()),
    };
    let layer = match source.stem() {
        "service" => &SERVICE,
        _ if folders.last() == Some(&"service") => &SERVICE,
        "mod" => &DOOR,
        _ => &PAGE,
    };
    Some((layer, own))
}
