//! Alcove: booking of rooms and facilities at health and community sites. This file is the map of the house and no code.
//!
//! Read it from the bottom up: what stands lower knows nothing of what stands higher.
//!
//! 1. `domain` is pure: words, times, rules, states. No clock, no database, no web.
//! 2. `store` is the only place that knows the database. The one invariant lives there: two occupancies of one unit never overlap.
//! 3. `enquiry` only reads. `allocation` is the one writer: lock, judge, one transaction. `mail` renders and sends nothing.
//! 4. `chores` happen by themselves; `features` are the pages, one room each; `web` is their toolkit.
//! 5. `app` puts it together, `cli` starts it.

pub mod chance;
pub mod clock;
pub mod demo;
pub mod domain;
pub mod urls;

pub mod store;

pub mod allocation;
pub mod enquiry;
pub mod mail;

pub mod chores;
pub mod error;
pub mod features;
pub mod passwords;
pub mod telemetry;
pub mod web;

pub mod app;
pub mod cli;
pub mod config;
