//! Conversations over real HTTP, on both engines.

mod frame;
