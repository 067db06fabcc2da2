//! Organisations: applying, seeing, people, joining.

mod apply;
mod join;
mod leave;
mod people;

use crate::support::browser::{Browser, Page};
use crate::support::server::Server;

/// The coordinator of Robin Trust.
fn coordinator(server: &Server) -> Browser {
    server.signed_in(server.world.robin_booker)
}

fn administrator(server: &Server) -> Browser {
    server.signed_in(server.person("admin@alcove.test"))
}

fn invite(browser: &Browser, email: &str, role: &str) -> Page {
    let form = browser.get("/organisations/robin-trust/people").must_be(200).form("#invite");
    browser.submit(form.set("email", email).set("role", role))
}
