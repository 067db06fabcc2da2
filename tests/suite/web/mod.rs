//! Conversations over real HTTP, on both engines.

mod account;
mod behalf;
mod bookings;
mod canary;
mod canary_walk;
mod closures;
mod counselling;
mod feeds;
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
mod plots;
mod race;
mod reception;
mod requests;
mod schedule;
mod series;
mod sessions;
mod share;
mod waiting;
