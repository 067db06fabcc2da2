//! Calendar parts and files: a booking as iCalendar (RFC 5545) with an iTIP method (RFC 5546). Not the feeds.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use super::Mailer;
use super::bookings::BookingCase;
use super::zones::vtimezone;
use crate::domain::booking::Occurrence;
use crate::domain::hours::{instant_at, local_date, local_time};
use crate::domain::occurrence::Stage;
use crate::domain::rendered::CalendarPart;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::urls;

impl Mailer {
    /// The part of a mail that the booker's calendar reads: one attendee, a UID that stays, a SEQUENCE that rises.
    pub fn calendar_part(&self, case: BookingCase<'_>, method: &'static str, now: Instant) -> Option<CalendarPart> {
        // With nothing left of a series there is nothing to ask for but its end.
        let stands = case.booking.occurrences.iter().any(|one| one.state.stage().is_active());
        let method = if method == "REQUEST" && !stands { "CANCEL" } else { method };
        let method = if method == "REQUEST" && follows_no_rule(case) { "PUBLISH" } else { method };
        let text = self.calendar_text(case, Some(method), now);
        text.map(|text| CalendarPart { method, text })
    }

    /// Takes some dates out of the booker's calendar, or the whole booking when nothing of it stands any more.
    pub fn cancel_part(&self, case: BookingCase<'_>, ordinals: &[i32], now: Instant) -> Option<CalendarPart> {
        if case.booking.occurrences.iter().all(|one| !one.state.stage().is_active()) {
            return self.calendar_part(case, "CANCEL", now);
        }
        let looks = Looks { calendar: self, case, method: Some("CANCEL"), now };
        let mut calendar = heading(Some("CANCEL"));
        let gone = case.booking.occurrences.iter().filter(|one| ordinals.contains(&one.ordinal));
        for one in gone {
            calendar.push(looks.gone(one)?);
        }
        let zone = vtimezone(case.site.zone, whole(case)?);
        let text = calendar.to_string().replacen("BEGIN:VEVENT", &format!("{zone}BEGIN:VEVENT"), 1);
        Some(CalendarPart { method: "CANCEL", text })
    }

    /// The same as a file to download, without a method: it asks nothing of anybody.
    pub fn calendar_file(&self, case: BookingCase<'_>, now: Instant) -> Option<String> {
        self.calendar_text(case, None, now)
    }

    fn calendar_text(&self, case: BookingCase<'_>, method: Option<&str>, now: Instant) -> Option<String> {
        let mut calendar = heading(method);
        let one_event = Looks { calendar: self, case, method, now };
        if case.booking.repeat.is_some() {
            let events = one_event.series()?;
            let zone = vtimezone(case.site.zone, whole(case)?);
            for event in events {
                calendar.push(event);
            }
            let text = calendar.to_string();
            return Some(text.replacen("BEGIN:VEVENT", &format!("{zone}BEGIN:VEVENT"), 1));
        }
        let several = follows_no_rule(case);
        for one in case.booking.occurrences.iter().filter(|one| !several || one.state.stage().is_active()) {
            let uid = if several { one_event.uid_of(one) } else { one_event.uid() };
            calendar.push(one_event.single(one, &uid)?);
        }
        Some(calendar.to_string())
    }
}

pub(super) fn heading(method: Option<&str>) -> Calendar {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Alcove//Bookings//EN"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    if let Some(method) = method {
        calendar.append_property(Property::new("METHOD", method));
    }
    calendar
}

/// Several dates without a rule, which calendars take one by one.
fn follows_no_rule(case: BookingCase<'_>) -> bool {
    case.booking.repeat.is_none() && case.booking.is_series()
}

/// The site, or a paper, has not settled it yet.
fn is_tentative(one: &Occurrence) -> bool {
    matches!(one.state.stage(), Stage::Requested | Stage::Conditional)
}

/// From the first start to the last end of a booking.
fn whole(case: BookingCase<'_>) -> Option<Span> {
    let start = case.booking.occurrences.iter().map(|one| one.session.start()).min()?;
    Span::new(start, case.booking.occurrences.iter().map(|one| one.session.end()).max()?)
}

/// What all events of one calendar have in common.
#[derive(Clone, Copy)]
struct Looks<'a> {
    calendar: &'a Mailer,
    case: BookingCase<'a>,
    method: Option<&'a str>,
    now: Instant,
}

impl Looks<'_> {
    fn uid(&self) -> String {
        format!("{}@{}", self.case.booking.reference.stored().to_lowercase(), self.calendar.host())
    }

    fn uid_of(&self, one: &Occurrence) -> String {
        let reference = self.case.booking.reference.stored().to_lowercase();
        format!("{reference}-{}@{}", one.ordinal, self.calendar.host())
    }

    /// Rises with every change of any date.
    fn sequence(&self) -> u32 {
        let changes = self.case.booking.occurrences.iter().map(|one| i64::from(one.sequence)).max().unwrap_or_default();
        u32::try_from(changes.max(i64::from(self.case.booking.version) - 1)).unwrap_or_default()
    }

    /// What every event says, whichever date it is for. A confidential booking's purpose stands in nobody's calendar.
    fn event(&self, one: &Occurrence, uid: &str) -> Option<Event> {
        let case = self.case;
        let facility = case.facility_of(one)?;
        let place = format!("{}, {}", facility.name, case.site.name);
        let summary = match case.booking.privacy {
            Privacy::Confidential => place.clone(),
            _ => format!("{}: {place}", case.booking.purpose),
        };
        let mut event = Event::new();
        event
            .uid(uid)
            .sequence(self.sequence())
            .timestamp(utc(self.now)?)
            .summary(&summary)
            .location(&format!("{place}, {}", case.site.address()));
        if case.opens_pages() {
            event.url(&self.calendar.link(&urls::booking(&case.booking.reference)));
        }
        event.status(if self.method == Some("CANCEL") {
            EventStatus::Cancelled
        } else if one.state.stage() == Stage::Confirmed {
            EventStatus::Confirmed
        } else {
            EventStatus::Tentative
        });
        if self.method.is_some() {
            let organiser = Property::new("ORGANIZER", format!("mailto:bookings@{}", self.calendar.host()));
            event.append_property(organiser);
        }
        if matches!(self.method, Some("REQUEST" | "CANCEL")) {
            let to = case.to?;
            let mut attendee = Property::new("ATTENDEE", format!("mailto:{}", to.email));
            attendee.add_parameter("PARTSTAT", "ACCEPTED");
            attendee.add_parameter("ROLE", "REQ-PARTICIPANT");
            event.append_multi_property(attendee);
        }
        Some(event)
    }

    /// One date, in UTC.
    fn single(&self, one: &Occurrence, uid: &str) -> Option<Event> {
        let mut event = self.event(one, uid)?;
        event.starts(utc(one.session.start())?).ends(utc(one.session.end())?);
        Some(event)
    }

    /// One date of several that is no longer had: an exception to its rule, or an event of its own.
    fn gone(&self, one: &Occurrence) -> Option<Event> {
        let Some(pattern) = &self.case.booking.repeat else {
            return self.single(one, &self.uid_of(one));
        };
        let usual = self.usual()?;
        let mut event = self.event(one, &self.uid())?;
        let at = local_time(self.case.site.zone, one.session.start());
        let ruled = usize::try_from(one.ordinal - 1).ok().and_then(|place| pattern.dates().get(place).copied());
        let (date, minute) = ruled.map_or((at.date, at.minute), |date| (date, usual.from));
        event.append_property(self.local("RECURRENCE-ID", date, minute));
        event.append_property(self.local("DTSTART", at.date, at.minute));
        Some(event)
    }

    /// A series: the rule with the dates not had left out, and each date that differs as an exception to it.
    fn series(&self) -> Option<Vec<Event>> {
        let case = self.case;
        let pattern = case.booking.repeat.as_ref()?;
        let dates = pattern.dates();
        let usual = self.usual()?;
        let (mut left_out, mut moved, mut besides) = (Vec::new(), Vec::new(), Vec::new());
        for one in &case.booking.occurrences {
            let ruled = usize::try_from(one.ordinal - 1).ok().and_then(|place| dates.get(place));
            match (ruled, one.state.stage().is_active() || self.method == Some("CANCEL")) {
                (Some(date), false) => left_out.push(*date),
                (Some(date), true) if !self.is_usual(one, *date, &usual) => moved.push((*date, one)),
                (None, true) => besides.push(one),
                _ => {}
            }
        }
        let known =
            |place: usize| case.booking.occurrences.iter().any(|one| usize::try_from(one.ordinal - 1) == Ok(place));
        left_out.extend(dates.iter().enumerate().filter(|(place, _)| !known(*place)).map(|(_, date)| *date));
        let mut master = self.event(usual.occurrence, &self.uid())?;
        let first = *dates.first()?;
        master.append_property(self.local("DTSTART", first, usual.from));
        master.append_property(self.local("DTEND", first, usual.to));
        let last = dates.iter().rev().find_map(|date| instant_at(case.site.zone, *date, usual.from).ok())?;
        let until = utc(last)?.format("%Y%m%dT%H%M%SZ");
        let rule = pattern.repeat.rule();
        let open_ended = rule.split(';').filter(|part| !part.starts_with("UNTIL=") && !part.starts_with("COUNT="));
        let rule = open_ended.collect::<Vec<_>>().join(";");
        master.append_property(Property::new("RRULE", format!("{rule};UNTIL={until}")));
        for date in left_out {
            master.append_multi_property(self.local("EXDATE", date, usual.from));
        }
        for one in besides {
            let at = local_time(case.site.zone, one.session.start());
            master.append_multi_property(self.local("RDATE", at.date, at.minute));
        }
        let mut events = vec![master];
        for (date, one) in moved {
            let mut event = self.event(one, &self.uid())?;
            event.append_property(self.local("RECURRENCE-ID", date, usual.from));
            let (from, to) =
                (local_time(case.site.zone, one.session.start()), local_time(case.site.zone, one.session.end()));
            event.append_property(self.local("DTSTART", from.date, from.minute));
            event.append_property(self.local("DTEND", to.date, to.minute));
            events.push(event);
        }
        Some(events)
    }

    /// The place and the times that most dates of the series have.
    fn usual(&self) -> Option<Usual<'_>> {
        let all = &self.case.booking.occurrences;
        let of = |one: &Occurrence| {
            let (from, to) = self.minutes(one);
            (one.facility, from, to, is_tentative(one))
        };
        let occurrence = all.iter().max_by_key(|one| {
            let same = all.iter().filter(|other| of(other) == of(one)).count();
            (same, std::cmp::Reverse(one.ordinal))
        })?;
        let (from, to) = self.minutes(occurrence);
        Some(Usual { occurrence, from, to })
    }

    /// Start and end in minutes after local midnight of the date on which it starts.
    fn minutes(&self, one: &Occurrence) -> (i32, i32) {
        let zone = self.case.site.zone;
        let (from, to) = (local_time(zone, one.session.start()), local_time(zone, one.session.end()));
        let nights = i32::try_from((to.date - from.date).num_days()).unwrap_or_default();
        (from.minute, to.minute + nights * 1440)
    }

    fn is_usual(&self, one: &Occurrence, date: NaiveDate, usual: &Usual<'_>) -> bool {
        local_date(self.case.site.zone, one.session.start()) == date
            && self.minutes(one) == (usual.from, usual.to)
            && one.facility == usual.occurrence.facility
            && is_tentative(one) == is_tentative(usual.occurrence)
    }

    /// A time on the site's wall, with the name of its zone.
    fn local(&self, name: &str, date: NaiveDate, minute: i32) -> Property {
        let at = wall(date, minute).format("%Y%m%dT%H%M%S").to_string();
        let mut property = Property::new(name, at);
        property.add_parameter("TZID", self.case.site.zone.name());
        property
    }
}

struct Usual<'a> {
    occurrence: &'a Occurrence,
    from: i32,
    to: i32,
}

fn wall(date: NaiveDate, minute: i32) -> NaiveDateTime {
    date.and_time(chrono::NaiveTime::MIN) + chrono::Duration::minutes(minute.into())
}

pub(super) fn utc(instant: Instant) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(instant.seconds(), 0)
}
