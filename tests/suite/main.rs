//! The integration tests: store on both engines, web conversations, mail and faults, in one binary. Not the pure rules, which are tested beside them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that surprises should stop, and may read its own settings"
)]

mod faults;
mod journeys;
mod mail;
mod operations;
mod recurrence;
mod store;
mod support;
mod web;
