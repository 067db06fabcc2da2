//! The store and the one writer, each test on both engines.

mod allocation;
mod behalf;
mod blocks;
mod counselling;
mod demo;
mod duties;
mod extras;
mod faults;
mod guard;
mod kitchens;
mod needed;
mod papers;
mod plans;
mod plots;
mod races;
mod random;
mod rates;
mod reports;
mod running;
mod schema_parity;
mod series;
mod sessions;
mod share;
pub mod slots;
mod tomorrow;
mod waiting;
