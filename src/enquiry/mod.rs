//! Reading only: the facts for facilities and dates in a fixed number of queries, answered with the pure rules of the domain.

pub mod alone;
mod care;
pub mod closing;
pub mod day;
pub mod door;
pub mod facts;
pub mod find;
pub mod instead;
pub mod last_out;
pub mod plots;
pub mod reports;
pub mod rota;
mod rows;
pub mod series;
pub mod slots;
pub mod tables;
pub mod today;
pub mod waiting;
pub mod week;
pub mod whats_on;

pub use facts::{Known, Loaded, Question, load, load_all, load_known};
