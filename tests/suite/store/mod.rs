//! The store and the one writer, each test on both engines.

mod allocation;
mod guard;
mod schema_parity;
