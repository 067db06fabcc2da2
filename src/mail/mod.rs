//! Mails, one function a message: who gets it, what it says, what calendar part goes with it. It renders and sends nothing.

pub mod accounts;
pub mod alerts;
pub mod attendance;
pub mod bookings;
pub mod calendar;
mod cost;
pub mod displaced;
pub mod duties;
mod extras;
pub mod faults;
pub mod handover;
mod induction;
mod letter;
pub mod opening;
pub mod papers;
pub mod plots;
mod privacy;
mod safety;
pub mod series;
pub mod shared;
pub mod slots;
pub mod tomorrow;
pub mod waiting;
pub mod welcome;
mod zones;

pub use letter::Mailer;
