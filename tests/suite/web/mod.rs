//! Conversations over real HTTP, on both engines.

mod account;
mod frame;
