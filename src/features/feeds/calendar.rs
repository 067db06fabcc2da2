//! The text of a feed: one VEVENT an occurrence, in UTC, never a rule, because calendars disagree about those at clock changes (RFC 5545, RFC 7986).

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Class, Component, Event, EventLike, EventStatus, Property};

use super::service::Entry;
use crate::domain::feed::{Status, status};
use crate::domain::redaction::Shown;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::urls;

/// The whole calendar. `base` is how the outside reaches the program, without a slash at its end.
pub fn text(name: &str, base: &str, entries: &[Entry], now: Instant) -> String {
    let mut calendar = Calendar::empty();
    let properties =
        [("VERSION", "2.0"), ("PRODID", "-//Alcove//Feeds//EN"), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH")];
    for (key, value) in properties {
        calendar.append_property(Property::new(key, value));
    }
    // The name stands in both the standard's property and the one that older calendars read.
    calendar.append_property(text_property("NAME", name));
    calendar.append_property(text_property("X-WR-CALNAME", name));
    let mut refresh = Property::new("REFRESH-INTERVAL", "PT1H");
    refresh.add_parameter("VALUE", "DURATION");
    calendar.append_property(refresh);
    calendar.append_property(Property::new("X-PUBLISHED-TTL", "PT1H"));
    for entry in entries {
        if let Some(event) = event(base, entry, now) {
            calendar.push(event);
        }
    }
    calendar.to_string()
}

fn text_property(key: &str, value: &str) -> Property {
    let escaped = value.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
    Property::new(key, escaped)
}

fn event(base: &str, entry: &Entry, now: Instant) -> Option<Event> {
    let (line, extra) = (&entry.line, &entry.extra);
    let status = status(line.stage, extra.since, now)?;
    let place = format!("{}, {}", line.facility_name, line.site_name);
    // As in mails, what a confidential booking is for stands in nobody's calendar.
    let summary = match (&entry.shown, line.privacy) {
        (Shown::Everything { .. }, Privacy::Confidential) => place.clone(),
        (Shown::Everything { purpose, .. }, _) if !purpose.is_empty() => format!("{purpose}: {place}"),
        (shown, _) => format!("{}: {place}", shown.title()),
    };
    let summary = if entry.on_duty { format!("On duty: {summary}") } else { summary };
    let host = base.split_once("://").map_or(base, |(_, host)| host);
    let mut event = Event::new();
    let changed = utc(extra.since)?;
    event
        .uid(&format!("{}@{host}", entry.uid))
        .sequence(u32::try_from(extra.sequence).unwrap_or_default())
        .timestamp(changed)
        .last_modified(changed)
        .summary(&summary)
        .location(&format!("{place}, {}", extra.address))
        .starts(utc(line.session.start())?)
        .ends(utc(extra.ended_at.unwrap_or(line.session.end()).max(line.session.start()))?)
        .status(match status {
            Status::Tentative => EventStatus::Tentative,
            Status::Confirmed => EventStatus::Confirmed,
            Status::Cancelled => EventStatus::Cancelled,
        });
    if line.privacy == Privacy::Confidential {
        event.class(Class::Confidential);
    }
    if entry.inside {
        event.url(&format!("{base}{}", urls::booking(&line.reference)));
    }
    if entry.on_duty && !entry.inside {
        event.url(&format!("{base}{}", urls::TODAY));
    }
    if status == Status::Cancelled {
        event.append_property(Property::new("TRANSP", "TRANSPARENT"));
    }
    Some(event)
}

fn utc(at: Instant) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.seconds(), 0)
}
