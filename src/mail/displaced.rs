//! The mail to those whose dates lost their place to a closure, with what could be had instead. One mail a booking, however many dates.

use super::Mailer;
use super::bookings::BookingCase;
use super::letter::Letter;
use crate::domain::booking::Occurrence;
use crate::domain::hours::local_time;
use crate::domain::ids::OccurrenceId;
use crate::domain::nearest::Instead;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_times, local_clock};
use crate::urls;

/// With so many dates or fewer, every place that was found is named for each of them; with more, the nearest.
const FEW: usize = 3;

/// What happened to a booking.
#[derive(Debug)]
pub struct Displaced<'a> {
    pub reason: &'a str,
    /// Whether any of the dates stood in calendars.
    pub was_confirmed: bool,
    pub lost: Vec<OccurrenceId>,
    /// When a date that had begun has to end.
    pub cut: Option<Instant>,
    /// What was found for each date.
    pub instead: &'a [(OccurrenceId, Vec<Instead>)],
}

impl Mailer {
    /// A booking that lost places to a closure, or has to end early for it.
    pub fn displaced(&self, case: BookingCase<'_>, what: &Displaced<'_>, now: Instant) -> Option<Rendered> {
        let lost: Vec<&Occurrence> =
            case.booking.occurrences.iter().filter(|one| what.lost.contains(&one.id)).collect();
        let ends = what.cut.map(|at| local_clock(local_time(case.site.zone, at)));
        if lost.is_empty() {
            return self.cut_short(case, what.reason, &ends?);
        }
        let number = counted(i64::try_from(lost.len()).unwrap_or_default(), "date", "dates");
        let mut before = vec![format!("{} had to close it ({}). We are sorry.", case.site.name, what.reason)];
        let all = lost.len() == case.booking.occurrences.len();
        if !all {
            before.push(format!("{number} of this booking lost the place. The others are as they were."));
        }
        before.extend(ends.map(|at| format!("The session that has begun has to end at {at}.")));
        let mut after = self.places_instead(case, &lost, what);
        after.extend(self.other_times(case));
        after.push(format!("{} the site on {}.", if case.opens_pages() { "Or ring" } else { "Ring" }, case.site.phone));
        let letter = Letter {
            subject: if all {
                format!("Your booking {} has lost its place", case.booking.reference)
            } else {
                format!("Your booking {} has lost its place on {number}", case.booking.reference)
            },
            heading: format!("{} is closed at your time", case.facility_names()),
            state: Some(format!("Place lost. Reference {}", case.booking.reference)),
            before,
            after,
            ..Letter::default()
        };
        let ordinals: Vec<i32> = lost.iter().map(|one| one.ordinal).collect();
        let calendar = if what.was_confirmed { self.cancel_part(case, &ordinals, now) } else { None };
        self.to_reader(MailKind::Displaced, case, letter).map(|mail| Rendered { calendar, ..mail })
    }

    fn cut_short(&self, case: BookingCase<'_>, reason: &str, ends: &str) -> Option<Rendered> {
        let letter = Letter {
            subject: format!("Your booking {} has to end at {ends}", case.booking.reference),
            heading: format!("{} has to close while you are there", case.facility_names()),
            state: Some(format!("Ends at {ends}. Reference {}", case.booking.reference)),
            before: vec![format!("{} has to close it ({reason}). We are sorry.", case.site.name)],
            after: vec![format!("Questions now? Ring the site on {}.", case.site.phone)],
            ..Letter::default()
        };
        self.to_reader(MailKind::Changed, case, letter)
    }

    /// One line a place, and for each date the page on which one of them is taken with a click. It looks again and holds nothing.
    fn places_instead(&self, case: BookingCase<'_>, lost: &[&Occurrence], what: &Displaced<'_>) -> Vec<String> {
        let most = if lost.len() <= FEW { usize::MAX } else { 1 };
        let found = |one: &Occurrence| what.instead.iter().find(|(of, _)| *of == one.id).map(|(_, places)| places);
        let mut lines = Vec::new();
        for one in lost {
            let places: Vec<String> = found(one)
                .into_iter()
                .flatten()
                .take(most)
                .map(|place| format!("{}, {}", place.name, date_and_times(case.site.zone, place.session)))
                .collect();
            if places.is_empty() {
                continue;
            }
            let of = if 1 < lost.len() {
                format!("In place of {}: ", date_and_times(case.site.zone, one.session))
            } else {
                String::new()
            };
            let page = self.link(&urls::booking_instead_date(&case.booking.reference, one.ordinal));
            let places = places.join("; or ");
            lines.push(if case.opens_pages() {
                format!("{of}{places}. Take one here: {page}")
            } else {
                format!("{of}{places}.")
            });
        }
        if !lines.is_empty() {
            let words = "These were free a moment ago. They are not held for you, so the first to take one has it.";
            lines.insert(0, words.to_owned());
        }
        lines
    }
}
