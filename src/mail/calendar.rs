//! Calendar parts and files: a booking as iCalendar (RFC 5545) with an iTIP method (RFC 5546). Not the feeds.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use super::Mailer;
use super::bookings::BookingCase;
use crate::domain::booking::Occurrence;
use crate::domain::occurrence::Stage;
use crate::domain::rendered::CalendarPart;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::urls;

impl Mailer {
    /// The part of a mail that the booker's calendar reads: one attendee, a UID that stays, a SEQUENCE that rises.
    pub fn calendar_part(&self, case: BookingCase<'_>, method: &'static str, now: Instant) -> Option<CalendarPart> {
        let text = self.calendar_text(case, Some(method), now);
        text.map(|text| CalendarPart { method, text })
    }

    /// The same as a file to download, without a method: it asks nothing of anybody.
    pub fn calendar_file(&self, case: BookingCase<'_>, now: Instant) -> Option<String> {
        self.calendar_text(case, None, now)
    }

    fn calendar_text(&self, case: BookingCase<'_>, method: Option<&str>, now: Instant) -> Option<String> {
        let mut calendar = Calendar::empty();
        calendar.append_property(Property::new("VERSION", "2.0"));
        calendar.append_property(Property::new("PRODID", "-//Alcove//Bookings//EN"));
        calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
        if let Some(method) = method {
            calendar.append_property(Property::new("METHOD", method));
        }
        for one in &case.booking.occurrences {
            calendar.push(self.event(case, one, method, now)?);
        }
        Some(calendar.to_string())
    }

    /// One VEVENT in UTC. A confidential booking's purpose stands in nobody's calendar.
    fn event(&self, case: BookingCase<'_>, one: &Occurrence, method: Option<&str>, now: Instant) -> Option<Event> {
        let facility = case.facility_of(one)?;
        let at = |instant: Instant| -> Option<DateTime<Utc>> { DateTime::from_timestamp(instant.seconds(), 0) };
        let place = format!("{}, {}", facility.name, case.site.name);
        let summary = match case.booking.privacy {
            Privacy::Confidential => place.clone(),
            _ => format!("{}: {place}", case.booking.purpose),
        };
        let reference = case.booking.reference.stored().to_lowercase();
        let mut event = Event::new();
        event
            .uid(&format!("{reference}-{}@{}", one.ordinal, self.host()))
            .sequence(u32::try_from(one.sequence).unwrap_or_default())
            .timestamp(at(now)?)
            .starts(at(one.session.start())?)
            .ends(at(one.session.end())?)
            .summary(&summary)
            .location(&format!("{place}, {}", case.site.address()))
            .url(&self.link(&urls::booking(&case.booking.reference)));
        event.status(if method == Some("CANCEL") {
            EventStatus::Cancelled
        } else if one.state.stage() == Stage::Confirmed {
            EventStatus::Confirmed
        } else {
            EventStatus::Tentative
        });
        if method.is_some() {
            let booker = case.booking.booked_by.as_ref()?;
            let organiser = Property::new("ORGANIZER", format!("mailto:bookings@{}", self.host()));
            event.append_property(organiser);
            let mut attendee = Property::new("ATTENDEE", format!("mailto:{}", booker.email));
            attendee.add_parameter("PARTSTAT", "ACCEPTED");
            attendee.add_parameter("ROLE", "REQ-PARTICIPANT");
            event.append_multi_property(attendee);
        }
        Some(event)
    }
}
