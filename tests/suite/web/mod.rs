//! Conversations over real HTTP, on both engines.

mod account;
mod frame;
mod manage_organisations;
mod organisations;
