//! The integration tests: store on both engines, web conversations, mail and faults, in one binary. Not the pure rules, which are tested beside them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that surprises should stop"
)]

mod store;
mod support;
