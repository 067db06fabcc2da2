//! The form that closes for a time as it was sent, read into a wish or faults. Raw text stops here.

use chrono::NaiveDate;
use serde::Deserialize;

use super::service::{ClosuresView, Wanted};
use crate::domain::hours::{instant_at, local_date, local_time};
use crate::domain::ids::{Reference, Slug};
use crate::domain::places::Site;
use crate::domain::span::{Instant, Span};
use crate::domain::typed::clock;
use crate::web::forms::{Choice, Faults, clock_value};

/// A closure lasts so many days at most; what is for good is retired instead.
const MOST_DAYS: i64 = 366;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CloseForm {
    /// "site" for all of it, "some" for the ticked facilities.
    pub scope: String,
    pub facility: Vec<String>,
    pub from_date: String,
    pub from_time: String,
    pub to_date: String,
    pub to_time: String,
    pub reason: String,
    /// References of bookings that were shown to be in the way.
    pub seen: Vec<String>,
    /// "change" goes back to the form.
    pub step: String,
}

impl CloseForm {
    /// A form that begins with the next full hour.
    pub fn empty(site: &Site, now: Instant) -> Self {
        let next = Instant::from_seconds((now.seconds().div_euclid(3600) + 1) * 3600);
        let at = local_time(site.zone, next);
        Self {
            from_date: at.date.to_string(),
            from_time: clock_value(at.minute),
            to_date: at.date.to_string(),
            ..Self::default()
        }
    }

    pub fn is_whole_site(&self) -> bool {
        self.scope == "site"
    }

    pub fn is_some(&self) -> bool {
        self.scope == "some"
    }

    pub fn facilities(&self, view: &ClosuresView) -> Vec<Choice> {
        let ticked = |slug: &Slug| self.facility.iter().any(|one| one == slug.as_str());
        view.facilities.iter().map(|one| Choice::new(one.slug.as_str(), &one.name, ticked(&one.slug))).collect()
    }

    /// Reads the form. A start earlier on the same day means now.
    pub fn parse(&self, view: &ClosuresView, now: Instant) -> Result<Wanted, Faults> {
        let mut faults = Faults::none();
        let facilities = self.read_facilities(view, &mut faults);
        let from = instant(&view.site, ("from_date", &self.from_date), ("from_time", &self.from_time), &mut faults);
        let to = instant(&view.site, ("to_date", &self.to_date), ("to_time", &self.to_time), &mut faults);
        let span = from.zip(to).and_then(|(from, to)| span(&view.site, from, to, now, &mut faults));
        let reason = faults.line("reason", &self.reason, "a reason, in words for everybody", 120);
        match span {
            Some(span) if faults.is_empty() => Ok(Wanted {
                facilities,
                span,
                reason,
                seen: self.seen.iter().filter_map(|typed| Reference::parse(typed)).collect(),
            }),
            _ => Err(faults),
        }
    }

    fn read_facilities(&self, view: &ClosuresView, faults: &mut Faults) -> Vec<Slug> {
        if self.is_whole_site() {
            if view.facilities.is_empty() {
                faults.add("scope", "Add a space first: there is nothing here to close");
            }
            return Vec::new();
        }
        if !self.is_some() {
            faults.add("scope", "Choose what to close");
            return Vec::new();
        }
        let all = view.facilities.iter().map(|one| &one.slug);
        let ticked: Vec<Slug> =
            all.filter(|slug| self.facility.iter().any(|one| one == slug.as_str())).cloned().collect();
        if ticked.is_empty() {
            faults.add("facility", "Tick the spaces to close, or choose the whole site");
        }
        ticked
    }
}

fn instant(
    site: &Site,
    (date_id, date): (&'static str, &str),
    (time_id, time): (&'static str, &str),
    faults: &mut Faults,
) -> Option<Instant> {
    let date: Option<NaiveDate> = date.trim().parse().ok();
    if date.is_none() {
        faults.add(date_id, "Enter a date");
    }
    let minute = clock(time);
    if minute.is_none() {
        faults.add(time_id, "Enter a time like 09:00 or 5:30pm");
    }
    instant_at(site.zone, date?, minute?).map_err(|fault| faults.add(time_id, fault.to_string())).ok()
}

fn span(site: &Site, from: Instant, to: Instant, now: Instant, faults: &mut Faults) -> Option<Span> {
    let now = Instant::from_seconds(now.seconds().div_euclid(60) * 60);
    if from < now && local_date(site.zone, from) < local_date(site.zone, now) {
        faults.add("from_date", "Begin today or later: what is past cannot be closed");
        return None;
    }
    if to <= now {
        faults.add("to_date", "End it later than now");
        return None;
    }
    let Some(span) = Span::new(from.max(now), to) else {
        faults.add("to_time", "End it later than it begins");
        return None;
    };
    if from.plus_days(MOST_DAYS) < to {
        faults.add("to_date", "End it within a year. What ends for good is better retired on its own page");
        return None;
    }
    Some(span)
}
