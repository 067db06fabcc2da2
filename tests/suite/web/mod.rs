//! Conversations over real HTTP, on both engines.

mod account;
mod babybank;
mod behalf;
mod bookings;
mod cafe;
mod canary;
mod closures;
mod finding;
mod frame;
mod hostile;
mod manage;
mod manage_organisations;
pub mod matrix;
mod needed;
mod notices;
mod organisations;
mod outdoors;
mod race;
mod reception;
mod requests;
mod schedule;
mod series;
mod sessions;
mod share;
mod waiting;
