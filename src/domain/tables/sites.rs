//! A line about a site. Not its spaces, staff and closures.

use chrono_tz::Tz;

use super::cells::yes;
use super::{Cells, Column, may, must, week};
use crate::domain::bank_holidays::Nation;
use crate::domain::hours::WeeklyHours;
use crate::domain::ids::Slug;
use crate::domain::named::NamedSession;
use crate::domain::places::{SITE_WORDS, Site};
use crate::domain::safety::Safety;

pub const COLUMNS: &[Column] = &[
    may("site", "How it stands in addresses; made of the name where it is empty", "hunter-street"),
    must("name", "Its name", "Hunter Street Medical Centre"),
    must("street", "Street and number", "8 Hunter Street"),
    must("town", "The town", "London"),
    must("postcode", "The postcode", "WC1N 1BN"),
    may("phone", "Its telephone number", "020 7946 0001"),
    may("about", "What it is, for everybody; may have several lines", "Rooms on the third floor."),
    may("arrival", "How to get in, for people who have a booking", "Main door, then the lift."),
    may("time_zone", "Its time zone; Europe/London where it is empty", "Europe/London"),
    may("nation", "Whose bank holidays it keeps: england-and-wales, scotland or northern-ireland", "england-and-wales"),
    may("latitude", "In degrees; both or neither", "51.5246"),
    may("longitude", "In degrees", "-0.1228"),
    may("step_free", "Whether it can be reached without steps: yes or no", "yes"),
    may("hours", "When it is open; 26:00 is 2am the next day", "mon-fri 08:00-21:00; sat 09:00-13:00, 14:00-17:00"),
    may("sessions", "Its named sessions, if it has some", "Morning 09:00-13:00; Afternoon 13:00-17:00"),
    may("duty_contact", "Whom to ring from its rooms for private sessions", "Duty manager"),
    may("duty_phone", "Their number", "020 7946 0002"),
    may("alarm_place", "Where the panic alarm is", "By the door, below the light switch"),
];

/// What a line says of a site.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteLine {
    pub slug: Slug,
    pub name: String,
    pub street: String,
    pub town: String,
    pub postcode: String,
    pub phone: String,
    pub about: String,
    pub arrival: String,
    pub zone: Tz,
    pub nation: Nation,
    pub position: Option<(f64, f64)>,
    pub step_free: bool,
    pub hours: Vec<WeeklyHours>,
    pub sessions: Vec<NamedSession>,
    pub safety: Safety,
}

impl SiteLine {
    pub fn of(site: &Site, hours: &[WeeklyHours]) -> Self {
        Self {
            slug: site.slug.clone(),
            name: site.name.clone(),
            street: site.street.clone(),
            town: site.town.clone(),
            postcode: site.postcode.clone(),
            phone: site.phone.clone(),
            about: site.about.clone(),
            arrival: site.arrival.clone(),
            zone: site.zone,
            nation: site.nation,
            position: site.position,
            step_free: site.step_free,
            hours: hours.iter().filter(|one| one.facility.is_none()).copied().collect(),
            sessions: site.sessions.to_vec(),
            safety: site.safety.clone(),
        }
    }

    pub fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let name = cells.line("name", "the name of the site", 80);
        let slug = cells.slug("site", &name, &SITE_WORDS);
        let zone = match cells.raw("time_zone") {
            "" => Some(chrono_tz::Europe::London),
            typed => cells.take("time_zone", typed.parse().map_err(|_| "Enter a time zone like Europe/London")),
        };
        let nations: Vec<&str> = Nation::ALL.iter().map(|one| one.code()).collect();
        let nation = if cells.is_empty("nation") {
            Some(Nation::EnglandAndWales)
        } else {
            cells.code("nation", Nation::parse, &nations)
        };
        let hours = cells.raw("hours");
        let hours = cells.take("hours", week::hours(hours, None));
        let sessions = cells.raw("sessions");
        let sessions = cells.take("sessions", week::sessions(sessions));
        Some(Self {
            name,
            street: cells.line("street", "street and number", 120),
            town: cells.line("town", "the town", 80),
            postcode: cells.line("postcode", "the postcode", 12).to_uppercase(),
            phone: cells.optional_line("phone", 40),
            about: cells.paragraphs("about", 1_000),
            arrival: cells.paragraphs("arrival", 1_000),
            position: position(cells),
            step_free: cells.yes("step_free", false),
            safety: safety(cells),
            slug: slug?,
            zone: zone?,
            nation: nation?,
            hours: hours?,
            sessions: sessions?,
        })
    }

    pub fn cells(&self) -> Vec<String> {
        let degrees = |one: fn((f64, f64)) -> f64| self.position.map_or_else(String::new, |at| one(at).to_string());
        vec![
            self.slug.to_string(),
            self.name.clone(),
            self.street.clone(),
            self.town.clone(),
            self.postcode.clone(),
            self.phone.clone(),
            self.about.clone(),
            self.arrival.clone(),
            self.zone.name().to_owned(),
            self.nation.code().to_owned(),
            degrees(|at| at.0),
            degrees(|at| at.1),
            yes(self.step_free),
            week::hours_cell(&self.hours),
            week::sessions_cell(&self.sessions),
            self.safety.contact.clone(),
            self.safety.phone.clone(),
            self.safety.alarm.clone(),
        ]
    }
}

/// Duty contact, telephone and place of the panic alarm, of a site or a space.
pub(super) fn safety(cells: &mut Cells<'_>) -> Safety {
    Safety {
        contact: cells.optional_line("duty_contact", 80),
        phone: cells.optional_line("duty_phone", 40),
        alarm: cells.optional_line("alarm_place", 120),
    }
}

fn position(cells: &mut Cells<'_>) -> Option<(f64, f64)> {
    let (latitude, longitude) = (cells.raw("latitude"), cells.raw("longitude"));
    if latitude.is_empty() && longitude.is_empty() {
        return None;
    }
    let degrees = |typed: &str, most: f64| typed.parse::<f64>().ok().filter(|degrees| degrees.abs() <= most);
    let words = "Enter degrees like 51.5246, both latitude and longitude or neither";
    let latitude = cells.take("latitude", degrees(latitude, 90.0).ok_or(words));
    let longitude = cells.take("longitude", degrees(longitude, 180.0).ok_or(words));
    latitude.zip(longitude)
}
