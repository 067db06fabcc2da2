//! Accounts: registering, signing in, and what people change about their own.

mod alerts;
mod hostile;
mod limits;
mod links;
mod own;
mod register;
mod second_step;
mod sign_in;

use crate::support::browser::{Browser, Form, Page};
use crate::support::server::Server;
use crate::support::world::PASSWORD;

/// Opens the sign-in page and fills in address and password.
fn sign_in_form(browser: &Browser, email: &str, password: &str) -> Form {
    let form = Form::from(browser.get("/sign-in").must_be(200));
    form.set("email", email).set("password", password).choose("with", "Sign in with a password")
}

fn sign_in(browser: &Browser, email: &str, password: &str) -> Page {
    browser.submit(sign_in_form(browser, email, password))
}

/// A browser in which this person has signed in by password.
fn signed_in(server: &Server, email: &str) -> Browser {
    let browser = server.visitor();
    sign_in(&browser, email, PASSWORD).must_be(303);
    browser
}

/// Whether somebody is signed in here.
fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").status == 200
}

fn register(browser: &Browser, name: &str, email: &str, password: &str) -> Page {
    let form = Form::from(browser.get("/register").must_be(200));
    browser.submit(form.set("name", name).set("email", email).set("password", password))
}
