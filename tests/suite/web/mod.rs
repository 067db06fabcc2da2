//! Conversations over real HTTP, on both engines.

mod bookings;
mod canary;
mod finding;
mod frame;
mod hostile;
mod race;
mod requests;
mod schedule;
