//! The booking form as it was sent, read into a draft or faults. Raw text stops here.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use serde::Deserialize;

use super::service::{Dated, Draft};
use crate::domain::availability::Wanted;
use crate::domain::hours::{NoSuchTime, instant_at, local_date, local_time, weekday};
use crate::domain::ids::{OrganisationId, UnitId};
use crate::domain::places::{Facility, Site, UnitChoice};
use crate::domain::policy::Actor;
use crate::domain::recurrence::{End, Every, MOST_DATES, Pattern, Repeat};
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::web::forms::Faults;

/// What a form asks for: the draft, the session that was chosen, and every date of a series with its session.
#[derive(Debug, Clone)]
pub struct Wanting {
    pub draft: Draft,
    pub session: Span,
    pub dates: Vec<(NaiveDate, Result<Span, NoSuchTime>)>,
}

/// The same times of day on other dates, as the wall shows them there.
pub fn wall_dates(zone: Tz, session: Span, dates: &[NaiveDate]) -> Vec<(NaiveDate, Result<Span, NoSuchTime>)> {
    let (from, to) = (local_time(zone, session.start()), local_time(zone, session.end()));
    let nights = i32::try_from((to.date - from.date).num_days()).unwrap_or_default();
    let on = |date: NaiveDate| {
        // The date that was chosen keeps the very instants, also where the wall shows a time twice.
        if date == from.date {
            return Ok(session);
        }
        let start = instant_at(zone, date, from.minute)?;
        Span::new(start, instant_at(zone, date, to.minute + nights * 1440)?).ok_or(NoSuchTime::ClocksGoForward)
    };
    dates.iter().map(|date| (*date, on(*date))).collect()
}

/// The form as sent. Times are instants that the server has put into the lists.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewBooking {
    pub date: String,
    pub from: String,
    pub to: String,
    pub organisation: String,
    pub purpose: String,
    pub people: String,
    pub privacy: String,
    pub note: String,
    pub count: String,
    pub unit: Vec<String>,
    /// How it repeats: "", "daily", "weekly", "date" of the month, or "weekday" of the month.
    pub repeat: String,
    pub every: String,
    /// Weekdays of a weekly series, 0 for Monday.
    pub on: Vec<String>,
    /// "times" or "until".
    pub ends: String,
    pub times: String,
    pub until: String,
    /// "leave" to leave out bank holidays and the site's own dates.
    pub holidays: String,
    /// What to do with dates of a series, "place=choice".
    pub pick: Vec<String>,
    pub nonce: String,
    /// "check" shows the answers, "yes" sends them, "change" goes back to the form.
    pub step: String,
    /// A suggested time, "from-to", in place of the ones in the lists.
    pub choose: String,
}

impl NewBooking {
    /// The times of the form, or of a suggestion that was pressed.
    pub fn session(&self) -> Result<Span, (&'static str, String)> {
        let (from, to) = self.choose.split_once('-').unwrap_or((&self.from, &self.to));
        let instant = |text: &str| text.parse().ok().map(Instant::from_seconds).filter(|at| at.is_bookable());
        let Some(start) = instant(from) else {
            return Err(("from", "Choose when it starts".to_owned()));
        };
        let Some(end) = instant(to) else {
            return Err(("to", "Choose when it ends".to_owned()));
        };
        Span::new(start, end).ok_or_else(|| ("to", "The end must be after the start".to_owned()))
    }

    /// Which organisation it is for, if this person may book for it. The site's own staff may book for the site.
    pub fn organisation(&self, actor: &Actor, site: &Site) -> Option<Option<OrganisationId>> {
        if self.organisation == site.slug.as_str() && actor.manages(site.id) {
            return Some(None);
        }
        actor.books_for().find(|one| one.slug.as_str() == self.organisation).map(|one| Some(one.organisation))
    }

    /// Reads the form.
    pub fn parse(&self, actor: &Actor, site: &Site, facility: &Facility) -> Result<Wanting, Faults> {
        let mut faults = Faults::none();
        let session = match self.session() {
            Ok(session) => Some(session),
            Err((field, words)) => {
                faults.add(field, words);
                None
            }
        };
        let organisation = self.organisation(actor, site);
        if organisation.is_none() {
            faults.add("organisation", "Choose whom you book for");
        }
        let pattern = session.and_then(|session| self.pattern(local_date(site.zone, session.start()), &mut faults));
        let dates = match (session, &pattern) {
            (Some(session), Some(pattern)) => wall_dates(site.zone, session, &pattern.dates()),
            (Some(session), None) => vec![(local_date(site.zone, session.start()), Ok(session))],
            (None, _) => Vec::new(),
        };
        let purpose = faults.line("purpose", &self.purpose, "what the booking is for", 80);
        let people = faults.number("people", &self.people, "how many people you expect", (1, 10_000));
        let note = faults.paragraphs("note", &self.note, 500);
        let privacy = faults.take("privacy", Privacy::parse(&self.privacy).map(Some).ok_or("Choose who may see it"));
        let wanted = self.wanted(facility, &mut faults);
        match (session, organisation, privacy) {
            (Some(session), Some(organisation), Some(privacy)) if faults.is_empty() => {
                let draft = Draft {
                    site: site.slug.clone(),
                    facility: facility.slug.clone(),
                    organisation,
                    booked_by: actor.person,
                    dates: vec![Dated::at(session)],
                    repeat: pattern,
                    wanted,
                    purpose,
                    note,
                    people,
                    privacy,
                    nonce: self.nonce.clone(),
                };
                Ok(Wanting { draft, session, dates })
            }
            _ => Err(faults),
        }
    }

    /// The rule of a series, counted from the first date that it names; none for a single date.
    fn pattern(&self, date: NaiveDate, faults: &mut Faults) -> Option<Pattern> {
        let every = match self.repeat.as_str() {
            "" | "none" => return None,
            "daily" => Every::Day,
            "weekly" => {
                let mut days: Vec<i32> =
                    self.on.iter().filter_map(|day| day.parse().ok()).filter(|day| (0..7).contains(day)).collect();
                if days.is_empty() {
                    days.push(weekday(date));
                }
                days.sort_unstable();
                days.dedup();
                Every::Week(days)
            }
            "date" => Every::MonthDate(date.day()),
            "weekday" => Every::same_weekday_of_month(date),
            _ => {
                faults.add("repeat", "Choose how it repeats from the list");
                return None;
            }
        };
        let interval = match self.every.as_str() {
            "" => 1,
            typed => u32::try_from(faults.number("every", typed, "how often it repeats", (1, 12))).unwrap_or(1),
        };
        let end = match self.ends.as_str() {
            "until" => match self.until.parse::<NaiveDate>() {
                Ok(date) => End::On(date),
                Err(_) => {
                    faults.add("until", "Enter the last date, or choose a number of dates");
                    return None;
                }
            },
            _ => {
                let most = i32::try_from(MOST_DATES).unwrap_or(200);
                let times = faults.number("times", &self.times, "how many dates you want", (2, most));
                End::After(u32::try_from(times).unwrap_or(1))
            }
        };
        if !faults.is_empty() {
            return None;
        }
        let repeat = Repeat { every, interval, end };
        match repeat.dates(date) {
            Ok(dates) => Some(Pattern { first: dates.first().copied().unwrap_or(date), repeat }),
            Err(why) => {
                faults.add(if self.ends == "until" { "until" } else { "times" }, why.to_string());
                None
            }
        }
    }

    /// Some by name, or so many of them. Units are named by their place in the facility's list.
    fn wanted(&self, facility: &Facility, faults: &mut Faults) -> Wanted {
        if facility.choice == UnitChoice::Whole || facility.units.len() < 2 {
            return Wanted::Whole;
        }
        let named: Vec<UnitId> = self
            .unit
            .iter()
            .filter_map(|place| facility.units.get(place.parse::<usize>().ok()?))
            .map(|unit| unit.id)
            .collect();
        if !named.is_empty() {
            return Wanted::These(named);
        }
        let most = i32::try_from(facility.units.len()).unwrap_or(1);
        let count = faults.number("count", &self.count, "how many you need", (1, most));
        Wanted::Any(usize::try_from(count).unwrap_or(1))
    }
}
