//! Mails to volunteers about their duties, each with the part that their calendar reads, and to coordinators about what came back. Subjects say nothing of what a session is.

use icalendar::{Component, Event, EventLike, EventStatus, Property};

use super::Mailer;
use super::accounts::Recipient;
use super::bookings::BookingCase;
use super::calendar::{heading, utc};
use super::letter::Letter;
use crate::domain::booking::Occurrence;
use crate::domain::hours::local_date;
use crate::domain::ids::{PersonId, Reference};
use crate::domain::occurrence::Stage;
use crate::domain::rendered::{CalendarPart, MailKind, Rendered};
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::words::{counted, long_date};
use crate::urls;

/// One of a volunteer's dates of a booking.
#[derive(Debug, Clone, Copy)]
pub struct DutyDate<'a> {
    pub handle: &'a Reference,
    /// Of this mail.
    pub sequence: i32,
    /// Where it is, or was.
    pub occurrence: &'a Occurrence,
    /// When and where it was before, in words, where it moved.
    pub was: Option<&'a str>,
}

/// Duties of one person in one booking.
#[derive(Debug, Clone, Copy)]
pub struct DutyCase<'a> {
    pub case: BookingCase<'a>,
    pub to: &'a Recipient<'a>,
    pub person: PersonId,
    pub dates: &'a [DutyDate<'a>],
}

/// Why duties of a volunteer are over, to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    HandedBack,
    TakenOff,
    /// They are no longer a member of the organisation.
    Left,
    SessionOff,
}

/// Why they are told that they are on duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    New,
    /// The session was off, and takes place after all.
    Again,
    /// The site has confirmed the session by now.
    Confirmed,
}

impl Mailer {
    /// They are on duty from now on, or would be if the site confirms the session.
    pub fn duty_given(&self, duties: DutyCase<'_>, given: Given, now: Instant) -> Option<Rendered> {
        let when = duties.when();
        let tentative = duties.tentative();
        let heading =
            if tentative { format!("You are put down for duty {when}") } else { format!("You are on duty {when}") };
        let before = match given {
            Given::New => None,
            Given::Again => Some("The session takes place after all, and you are on it again."),
            Given::Confirmed => Some("The site has confirmed the session."),
        };
        let waits = tentative.then_some("The site has not confirmed it yet. We will email you when it has.");
        let letter = Letter {
            subject: heading.clone(),
            heading,
            before: before.into_iter().chain(waits).map(str::to_owned).collect(),
            after: vec![
                "Your sessions, with how to get in and whom to ring, are on one page. The calendar file is attached."
                    .to_owned(),
                "If you cannot come, open that page and hand the duty back, so that somebody else can take it."
                    .to_owned(),
            ],
            ..Letter::default()
        };
        self.duty_mail(MailKind::DutyGiven, duties, letter, ("REQUEST", now))
    }

    /// Their sessions moved, and the duties with them.
    pub fn duty_changed(&self, duties: DutyCase<'_>, now: Instant) -> Option<Rendered> {
        let when = duties.when();
        let letter = Letter {
            subject: format!("Your duty has moved: now {when}"),
            heading: format!("Your duty has moved: now {when}"),
            after: vec!["If you cannot come then, open your sessions and hand the duty back.".to_owned()],
            ..Letter::default()
        };
        self.duty_mail(MailKind::DutyChanged, duties, letter, ("REQUEST", now))
    }

    /// They are no longer on duty.
    pub fn duty_ended(&self, duties: DutyCase<'_>, why: Over, now: Instant) -> Option<Rendered> {
        let when = duties.when();
        let words = match why {
            Over::HandedBack => "You handed it back. Your coordinator is told, and others can take it.",
            Over::Left => "You are no longer part of the organisation, so others take it over.",
            Over::TakenOff => "Your coordinator has changed the rota. You need not come.",
            Over::SessionOff => "The session does not take place. You need not come.",
        };
        let letter = Letter {
            subject: format!("You are no longer on duty {when}"),
            heading: format!("You are no longer on duty {when}"),
            before: vec![words.to_owned()],
            ..Letter::default()
        };
        self.duty_mail(MailKind::DutyEnded, duties, letter, ("CANCEL", now))
    }

    /// To a coordinator: somebody handed a duty back.
    pub fn duty_handed_back(
        &self,
        case: BookingCase<'_>,
        to: &Recipient<'_>,
        (who, one): (&str, &Occurrence),
    ) -> Rendered {
        let date = long_date(local_date(case.site.zone, one.session.start()));
        let letter = Letter {
            subject: format!("A duty on {date} was handed back"),
            heading: format!("{who} handed a duty back"),
            name: to.name.to_owned(),
            before: vec![
                "Others of your organisation see that it is free and can take it. You can put somebody on it, too."
                    .to_owned(),
            ],
            facts: vec![
                ("When", case.when(one)),
                ("Where", case.place(one)),
                ("Booking", case.booking.reference.to_string()),
            ],
            action: Some(("Put somebody on", self.link(&urls::rota_date(&case.booking.reference, one.ordinal)))),
            why: format!("You get this because you keep the rota of {}.", case.booking.holder_name()),
            ..Letter::default()
        };
        Rendered {
            site: Some(case.site.id),
            booking: Some(case.booking.id),
            ..self.render(MailKind::DutyHandedBack, to.email, &letter)
        }
    }

    /// To somebody who could help: a session of their organisation still needs people.
    pub fn cover_asked(&self, case: BookingCase<'_>, to: &Recipient<'_>, one: &Occurrence) -> Rendered {
        let date = long_date(local_date(case.site.zone, one.session.start()));
        let letter = Letter {
            subject: format!("Can you help on {date}?"),
            heading: format!("Can you help on {date}?"),
            name: to.name.to_owned(),
            before: vec![format!("{} still needs somebody then.", case.booking.holder_name())],
            facts: vec![("When", case.when(one)), ("Where", place(case, one, is_tentative(one)))],
            after: vec!["If you cannot, you need not do anything.".to_owned()],
            action: Some(("See it and take it", self.link(&urls::today_help(&case.booking.reference, one.ordinal)))),
            why: format!("You get this because you help {}.", case.booking.holder_name()),
            ..Letter::default()
        };
        Rendered {
            site: Some(case.site.id),
            booking: Some(case.booking.id),
            ..self.render(MailKind::CoverAsked, to.email, &letter)
        }
    }

    /// A link that opens one's own sessions, and nothing else.
    pub fn today_link(&self, to: &Recipient<'_>, token: &str) -> Rendered {
        let letter = Letter {
            subject: "Your link to your sessions".to_owned(),
            heading: "See your sessions".to_owned(),
            name: to.name.to_owned(),
            before: vec![
                "Use this link within 30 minutes, once. It opens a page with a button; after that this device shows your sessions for 30 days.".to_owned(),
                "It shows your sessions and nothing else of your account.".to_owned(),
            ],
            action: Some(("See my sessions", self.link(&urls::today_with(token)))),
            why: "You get this because somebody gave this address at Alcove. If it was not you, leave it be: nothing happens."
                .to_owned(),
            ..Letter::default()
        };
        self.render(MailKind::TodayLink, to.email, &letter)
    }

    fn duty_mail(
        &self,
        kind: MailKind,
        duties: DutyCase<'_>,
        letter: Letter,
        (method, now): (&'static str, Instant),
    ) -> Option<Rendered> {
        let case = duties.case;
        let mut facts: Vec<(&'static str, String)> =
            duties.dates.iter().map(|one| ("When", duties.line(one))).collect();
        let first = duties.dates.first()?;
        facts.push(("Where", place(case, first.occurrence, duties.tentative())));
        facts.push(("For", case.booking.holder_name().to_owned()));
        let letter = Letter {
            name: duties.to.name.to_owned(),
            facts,
            action: Some(("See your sessions", self.link(urls::TODAY))),
            why: format!("You get this because you help {}.", case.booking.holder_name()),
            ..letter
        };
        let mail = self.render(kind, duties.to.email, &letter);
        Some(Rendered {
            site: Some(case.site.id),
            booking: Some(case.booking.id),
            person: Some(duties.person),
            calendar: self.duty_part(duties, method, now),
            thread: Some(format!("duty-{}@{}", first.handle.stored().to_lowercase(), self.host())),
            ..mail
        })
    }

    /// One attendee, a UID that stays with the duty, a SEQUENCE that rises (RFC 5546). Several duties have several UIDs, which no
    /// request may hold; they are published.
    fn duty_part(&self, duties: DutyCase<'_>, method: &'static str, now: Instant) -> Option<CalendarPart> {
        let several = 1 < duties.dates.len();
        let sent = if several { "PUBLISH" } else { method };
        let mut calendar = heading(Some(sent));
        for one in duties.dates {
            calendar.push(self.duty_event(duties, one, (method, several), now)?);
        }
        Some(CalendarPart { method: sent, text: calendar.to_string() })
    }

    fn duty_event(
        &self,
        duties: DutyCase<'_>,
        one: &DutyDate<'_>,
        (method, several): (&str, bool),
        now: Instant,
    ) -> Option<Event> {
        let case = duties.case;
        let facility = case.facility_of(one.occurrence)?;
        let place = format!("{}, {}", facility.name, case.site.name);
        // As everywhere, what a confidential booking is for stands in nobody's calendar.
        let summary = match case.booking.privacy {
            Privacy::Confidential => format!("On duty: {place}"),
            _ => format!("On duty, {}: {place}", case.booking.purpose),
        };
        let mut event = Event::new();
        event
            .uid(&format!("duty-{}@{}", one.handle.stored().to_lowercase(), self.host()))
            .sequence(u32::try_from(one.sequence).unwrap_or_default())
            .timestamp(utc(now)?)
            .summary(&summary)
            .location(&if one.tentative() { place.clone() } else { format!("{place}, {}", case.site.address()) })
            .url(&self.link(urls::TODAY))
            .starts(utc(one.occurrence.session.start())?)
            .ends(utc(one.occurrence.session.end())?)
            .status(match method {
                "CANCEL" => EventStatus::Cancelled,
                _ if one.tentative() => EventStatus::Tentative,
                _ => EventStatus::Confirmed,
            });
        event.append_property(Property::new("ORGANIZER", format!("mailto:bookings@{}", self.host())));
        if !several {
            let mut attendee = Property::new("ATTENDEE", format!("mailto:{}", duties.to.email));
            attendee.add_parameter("PARTSTAT", "ACCEPTED");
            attendee.add_parameter("ROLE", "REQ-PARTICIPANT");
            event.append_multi_property(attendee);
        }
        Some(event)
    }
}

impl DutyDate<'_> {
    /// The site has not confirmed it yet.
    fn tentative(&self) -> bool {
        is_tentative(self.occurrence)
    }
}

/// The site has not confirmed it yet.
fn is_tentative(one: &Occurrence) -> bool {
    matches!(one.state.stage(), Stage::Requested | Stage::Conditional)
}

/// Where it is; without the address as long as the site has not confirmed it, because that is nobody's business yet.
fn place(case: BookingCase<'_>, one: &Occurrence, tentative: bool) -> String {
    match case.facility_of(one).filter(|_| tentative) {
        Some(facility) => format!("{}, {}", facility.name, case.site.name),
        None => case.place(one),
    }
}

impl DutyCase<'_> {
    /// The site has not confirmed some of it yet.
    fn tentative(&self) -> bool {
        self.dates.iter().any(DutyDate::tentative)
    }

    /// "on Tuesday 24 November 2026", or of several "on 12 dates from Tuesday 24 November 2026".
    fn when(&self) -> String {
        let dates = self.dates.iter().map(|one| local_date(self.case.site.zone, one.occurrence.session.start()));
        let first = dates.min().map(long_date).unwrap_or_default();
        match self.dates {
            [_] => format!("on {first}"),
            several => {
                format!(
                    "on {} from {first}",
                    counted(i64::try_from(several.len()).unwrap_or_default(), "date", "dates")
                )
            }
        }
    }

    /// When, where that is not where the first is, and when it was before.
    fn line(&self, one: &DutyDate<'_>) -> String {
        let first = self.dates.first().map(|one| one.occurrence.facility);
        let elsewhere = self.case.facility_of(one.occurrence).filter(|_| first != Some(one.occurrence.facility));
        let place = elsewhere.map_or_else(String::new, |facility| format!(", in {}", facility.name));
        let was = one.was.map_or_else(String::new, |was| format!(" (was {was})"));
        format!("{}{place}{was}", self.case.when(one.occurrence))
    }
}
