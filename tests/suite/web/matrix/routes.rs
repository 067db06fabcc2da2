//! The routes that the program declares, read from its source, so that none is left out. It is no parser: a way of declaring routes that it
//! does not know fails the test instead of being passed over.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Ways of declaring a route that this file does not read.
const NOT_READ: [&str; 7] =
    ["web::scope(", "web::redirect(", "#[get(", "#[post(", "#[route(", "Resource::new(", "Scope::new("];
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Method and pattern of every route in the source tree.
pub fn declared() -> BTreeSet<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut urls = fs::read_to_string(root.join("urls.rs")).unwrap();
    urls.extend(rust_files(&root.join("urls")).iter().map(|path| fs::read_to_string(path).unwrap()));
    let mut found = BTreeSet::new();
    for path in rust_files(&root) {
        let text = without_spaces(&fs::read_to_string(&path).unwrap());
        for word in NOT_READ {
            assert!(!text.contains(word), "{} declares routes by {word}, which this test cannot read", path.display());
        }
        let in_place = text.split(".route(").skip(1).map(in_place);
        let resources = text.split(".service(").skip(1).map(resource);
        for (pattern, methods) in in_place.chain(resources).map(|read| read.unwrap_or_else(|| unread(&path))) {
            let pattern = pattern_of(&pattern, &urls).unwrap_or_else(|| unread(&path));
            found.extend(methods.into_iter().map(|method| (method.to_uppercase(), pattern.clone())));
        }
    }
    found
}

fn unread<T>(path: &Path) -> T {
    panic!("{} declares a route in a way that this test cannot read", path.display())
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = paths.map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    nested.flatten().filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The code without comments and white space, so that it does not matter where lines are broken.
fn without_spaces(text: &str) -> String {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    lines.flat_map(str::chars).filter(|letter| !letter.is_whitespace()).collect()
}

type Read = Option<(String, Vec<String>)>;

/// What stands behind `.route(`: a pattern and `web::method().to(…)`.
fn in_place(rest: &str) -> Read {
    let (pattern, rest) = rest.split_once(',')?;
    let (method, _) = rest.strip_prefix("web::")?.split_once("().to(")?;
    METHODS.contains(&method).then(|| (pattern.to_owned(), vec![method.to_owned()]))
}

/// What stands behind `.service(`: `web::resource(pattern)`, and `.method(handler)` once or more.
fn resource(rest: &str) -> Read {
    let (pattern, mut rest) = rest.strip_prefix("web::resource(")?.split_once(')')?;
    let mut methods = Vec::new();
    while let Some(call) = rest.strip_prefix('.') {
        let (method, after) = call.split_once('(')?;
        methods.push(METHODS.contains(&method).then(|| method.to_owned())?);
        rest = after.split_once(')')?.1;
    }
    (!methods.is_empty()).then(|| (pattern.to_owned(), methods))
}

/// A pattern in quotes, or the constant in `urls` that holds it.
fn pattern_of(argument: &str, urls: &str) -> Option<String> {
    let quoted = match argument.strip_prefix("urls::") {
        Some(name) => urls.split_once(&format!("pub const {name}: &str = "))?.1.split_once(';')?.0,
        None => argument,
    };
    Some(quoted.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}
