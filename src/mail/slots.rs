//! Mails about the slots of a baby bank: to a donor about a drop-off, to a referrer about a collection, each about their own alone.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use super::Mailer;
use super::accounts::Recipient;
use super::letter::Letter;
use crate::domain::places::{Facility, Site};
use crate::domain::rendered::{CalendarPart, MailKind, Rendered};
use crate::domain::slots::{BRINGS, Pause, SIZES, StreamKind, Visit, words_of};
use crate::domain::span::Instant;
use crate::domain::words::{date_and_times, date_without_year, listed, long_date};
use crate::urls;

/// A slot with its place.
#[derive(Debug, Clone, Copy)]
pub struct SlotCase<'a> {
    pub site: &'a Site,
    pub facility: &'a Facility,
    pub visit: &'a Visit,
}

impl SlotCase<'_> {
    fn facts(&self) -> Vec<(&'static str, String)> {
        let visit = self.visit;
        let mut facts = vec![
            ("When", date_and_times(self.site.zone, visit.slot)),
            ("Where", format!("{}, {}", self.facility.name, self.site.name)),
            ("Address", self.site.address()),
        ];
        match visit.kind {
            StreamKind::Collection => {
                facts.push(("Bundle", visit.bundle.clone()));
                facts.extend(words_of(&SIZES, &visit.size).map(|words| ("Size", words.to_owned())));
            }
            StreamKind::Donation => {
                let brings: Vec<String> =
                    visit.brings.iter().filter_map(|code| words_of(&BRINGS, code)).map(str::to_lowercase).collect();
                facts.push(("You bring", listed(&brings)));
            }
        }
        facts
    }

    fn what(&self) -> &'static str {
        match self.visit.kind {
            StreamKind::Collection => "collection",
            StreamKind::Donation => "drop-off",
        }
    }
}

impl Mailer {
    /// To a donor: confirm the drop-off that somebody asked for with this address.
    pub fn confirm_drop_off(&self, case: SlotCase<'_>, to: &Recipient<'_>, token: &str) -> Rendered {
        let letter = Letter {
            subject: "Confirm your drop-off".to_owned(),
            heading: "Confirm your drop-off".to_owned(),
            before: vec![
                "We keep this time for you for 30 minutes. Use the link to confirm it. After that it works for 24 hours, as long as the time is still free.".to_owned(),
            ],
            facts: case.facts(),
            action: Some(("Confirm my drop-off", self.link(&urls::donation_confirm(token)))),
            why: "You get this because somebody gave this address at a baby bank. If it was not you, leave it be: nothing happens.".to_owned(),
            ..Letter::default()
        };
        let mail = self.slot_mail(MailKind::SlotConfirm, case, to, letter);
        Rendered { not_after: Some(case.visit.slot.start()), ..mail }
    }

    /// To a donor: it is booked, with the link that cancels it.
    pub fn drop_off_booked(&self, case: SlotCase<'_>, to: &Recipient<'_>, token: &str, now: Instant) -> Rendered {
        let letter = Letter {
            subject: format!("Your drop-off is booked for {}", date_without_year(case.date())),
            heading: "Thank you. Your drop-off is booked".to_owned(),
            state: Some(format!("Confirmed. Reference {}", case.visit.reference)),
            facts: case.facts(),
            action: Some(("Cancel it if you cannot come", self.link(&urls::donation_cancel(token)))),
            after: arrival(case),
            ..Letter::default()
        };
        let mail = self.slot_mail(MailKind::SlotBooked, case, to, letter);
        Rendered { calendar: slot_calendar(self, case, to, "REQUEST", now), ..mail }
    }

    /// To a referrer: a collection is booked, or has changed.
    pub fn collection_booked(&self, case: SlotCase<'_>, to: &Recipient<'_>, changed: bool, now: Instant) -> Rendered {
        let word = if changed { "changed" } else { "booked" };
        let reference = &case.visit.reference;
        let letter = Letter {
            subject: format!("Collection {reference} is {word}"),
            heading: format!("Your collection is {word}"),
            state: Some(format!("Confirmed. Reference {reference}")),
            facts: case.facts(),
            action: Some(("See this collection", self.link(&self.collection_path(case)))),
            after: arrival(case),
            ..Letter::default()
        };
        let mail = self.slot_mail(MailKind::SlotBooked, case, to, letter);
        Rendered { calendar: slot_calendar(self, case, to, "REQUEST", now), ..mail }
    }

    /// To whoever had it: it is cancelled, by themselves or by the site, or lost its place.
    pub fn slot_cancelled(&self, case: SlotCase<'_>, to: &Recipient<'_>, why: Option<&str>, now: Instant) -> Rendered {
        let what = case.what();
        let again = match case.visit.kind {
            StreamKind::Collection => urls::collect(&case.site.slug, &case.facility.slug),
            StreamKind::Donation => urls::donate(&case.site.slug, &case.facility.slug),
        };
        let letter = Letter {
            subject: format!("Your {what} on {} is cancelled", date_without_year(case.date())),
            heading: format!("Your {what} is cancelled"),
            state: Some(format!("Cancelled. Reference {}", case.visit.reference)),
            before: why.map(|why| format!("{} had to cancel it: {why}", case.site.name)).into_iter().collect(),
            facts: case.facts(),
            action: Some(("Choose another time", self.link(&again))),
            ..Letter::default()
        };
        let mail = self.slot_mail(MailKind::SlotCancelled, case, to, letter);
        Rendered { calendar: slot_calendar(self, case, to, "CANCEL", now), ..mail }
    }

    /// To a donor who has a slot to come: drop-offs are paused, and theirs stands all the same.
    pub fn drop_offs_paused(&self, case: SlotCase<'_>, to: &Recipient<'_>, pause: &Pause) -> Rendered {
        let until = pause.until.map(|date| format!("Drop-offs are paused until {}.", long_date(date)));
        let letter = Letter {
            subject: "Drop-offs are paused".to_owned(),
            heading: "Drop-offs are paused. Yours still stands".to_owned(),
            before: [pause.words.clone()].into_iter().chain(until).collect(),
            facts: case.facts(),
            after: vec![
                "You can come at your time. If you would rather not, use the link in our earlier email to cancel it."
                    .to_owned(),
            ],
            ..Letter::default()
        };
        self.slot_mail(MailKind::SlotBooked, case, to, letter)
    }

    /// The day before.
    pub fn slot_tomorrow(&self, case: SlotCase<'_>, to: &Recipient<'_>) -> Rendered {
        let what = case.what();
        let path = (case.visit.kind == StreamKind::Collection).then(|| self.link(&self.collection_path(case)));
        let letter = Letter {
            subject: format!("Your {what} is on {}", date_without_year(case.date())),
            heading: format!("Your {what} is on {}", long_date(case.date())),
            state: Some(format!("Confirmed. Reference {}", case.visit.reference)),
            facts: case.facts(),
            action: path.map(|path| ("See this collection", path)),
            after: arrival(case),
            ..Letter::default()
        };
        let mail = self.slot_mail(MailKind::Tomorrow, case, to, letter);
        Rendered { not_after: Some(case.visit.slot.start()), ..mail }
    }

    fn collection_path(&self, case: SlotCase<'_>) -> String {
        urls::collection(&case.site.slug, &case.facility.slug, &case.visit.reference)
    }

    fn slot_mail(&self, kind: MailKind, case: SlotCase<'_>, to: &Recipient<'_>, letter: Letter) -> Rendered {
        let why = if letter.why.is_empty() {
            format!("Questions? Ring {} on {}.", case.site.name, case.site.phone)
        } else {
            letter.why.clone()
        };
        let letter = Letter { name: to.name.to_owned(), why, ..letter };
        let mail = self.render(kind, to.email, &letter);
        let reference = case.visit.reference.stored().to_lowercase();
        Rendered {
            site: Some(case.site.id),
            booking: Some(case.visit.booking),
            thread: Some(format!("booking-{reference}@{}", self.host())),
            ..mail
        }
    }
}

impl SlotCase<'_> {
    fn date(&self) -> chrono::NaiveDate {
        crate::domain::hours::local_date(self.site.zone, self.visit.slot.start())
    }
}

fn arrival(case: SlotCase<'_>) -> Vec<String> {
    let both = [&case.site.arrival, &case.facility.arrival];
    both.into_iter().filter(|words| !words.is_empty()).cloned().collect()
}

/// One event (RFC 5545) with an iTIP method (RFC 5546); it names the place, and nothing that is brought or collected.
fn slot_calendar(
    mailer: &Mailer,
    case: SlotCase<'_>,
    to: &Recipient<'_>,
    method: &'static str,
    now: Instant,
) -> Option<CalendarPart> {
    let utc = |at: Instant| DateTime::<Utc>::from_timestamp(at.seconds(), 0);
    let visit = case.visit;
    let mut event = Event::new();
    event
        .uid(&format!("{}@{}", visit.reference.stored().to_lowercase(), mailer.host()))
        .sequence(u32::try_from(visit.sequence).unwrap_or_default())
        .timestamp(utc(now)?)
        .summary(&format!("{}: {}", visit.kind.purpose(), case.site.name))
        .location(&format!("{}, {}, {}", case.facility.name, case.site.name, case.site.address()))
        .status(if method == "CANCEL" { EventStatus::Cancelled } else { EventStatus::Confirmed })
        .starts(utc(visit.slot.start())?)
        .ends(utc(visit.slot.end())?);
    event.append_property(Property::new("ORGANIZER", format!("mailto:bookings@{}", mailer.host())));
    let mut attendee = Property::new("ATTENDEE", format!("mailto:{}", to.email));
    attendee.add_parameter("PARTSTAT", "ACCEPTED");
    attendee.add_parameter("ROLE", "REQ-PARTICIPANT");
    event.append_multi_property(attendee);
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Alcove//Bookings//EN"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.append_property(Property::new("METHOD", method));
    calendar.push(event.done());
    Some(CalendarPart { method, text: calendar.to_string() })
}
