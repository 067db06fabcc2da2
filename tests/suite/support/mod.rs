//! What the tests stand on: databases of both engines, a small world in them, and a server. Not any test.

pub mod browser;
pub mod engines;
pub mod server;
pub mod smtp;
pub mod statements;
pub mod tables;
pub mod world;
