//! Alcove: booking of rooms and facilities at health and community sites. This file is the map of the house and no code.

pub mod allocation;
pub mod chance;
pub mod clock;
pub mod domain;
pub mod enquiry;
pub mod mail;
pub mod store;
pub mod urls;
