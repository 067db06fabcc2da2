//! What Alcove knows without a database, a clock or a page: pure types and rules, in reading order. Not a place for input or output.

pub mod ids;
pub mod text;
pub mod typed;
pub mod words;

pub mod bank_holidays;
pub mod hours;
pub mod ics;
pub mod own_dates;
pub mod recurrence;
pub mod season;
pub mod span;

pub mod care;
pub mod closing;
pub mod daylight;
pub mod document;
pub mod drop_ins;
pub mod extras;
pub mod job;
pub mod kinds;
pub mod money;
pub mod named;
pub mod papers;
pub mod places;
pub mod rates;
pub mod rules;
pub mod safety;
pub mod services;

pub mod openers;
pub mod opening;

pub mod holder;
pub mod organisation;
pub mod person;
pub mod policy;
pub mod second_step;

pub mod alone;
pub mod arrivals;
pub mod attendance;
pub mod availability;
pub mod booking;
pub mod concern;
pub mod door;
pub mod duty;
pub mod fault;
pub mod feed;
pub mod grid;
pub mod health;
pub mod helping;
pub mod history;
pub mod judge;
pub mod keys;
pub mod leeway;
pub mod nearest;
pub mod needed;
pub mod notice;
pub mod occurrence;
pub mod plot_line;
pub mod plots;
pub mod quota;
pub mod redaction;
pub mod refusal;
pub mod rendered;
pub mod report;
pub mod slots;
pub mod statement;
pub mod tables;
pub mod tenancy;
pub mod terms;
pub mod unused;
pub mod upload;
pub mod waiting;

pub mod naming;

pub mod erasure;
pub mod history_search;
pub mod instance_words;
pub mod leaving;
pub mod own_data;
pub mod retention;
pub mod sheet;
pub mod viewing;
