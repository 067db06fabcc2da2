//! The mail of the day before: where to be and when, how to get in, and what people of that time must know.

use chrono::NaiveDate;

use super::Mailer;
use super::bookings::BookingCase;
use super::letter::Letter;
use crate::domain::alone::WARNING;
use crate::domain::booking::Occurrence;
use crate::domain::notice::Notice;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::Span;
use crate::domain::words::{from_until, long_date, times};
use crate::urls;

/// What the place asks its users to know of the day.
#[derive(Debug, Default)]
pub struct OfTheDay {
    /// Allergens that others handle there, with their times and never with whose they are.
    pub others: Vec<(Span, String)>,
    /// Whether something is to be ticked at the end.
    pub checklist: bool,
    /// The day whose closing list they tick, because they are the last out.
    pub last_out: Option<NaiveDate>,
}

impl Mailer {
    /// About one date; `notices` are those that touch it, and `alone` says that nobody else has a room in the building then.
    pub fn tomorrow(
        &self,
        case: BookingCase<'_>,
        one: &Occurrence,
        (notices, day, alone): (&[Notice], &OfTheDay, bool),
    ) -> Option<Rendered> {
        let date = long_date(case.date_of(one));
        let mut facts = vec![("When", case.when(one)), ("Where", case.place(one)), ("Address", case.site.address())];
        let own = case.facility_of(one).map(|facility| facility.arrival.clone());
        let arrival: Vec<String> =
            [Some(case.site.arrival.clone()), own].into_iter().flatten().filter(|words| !words.is_empty()).collect();
        if !arrival.is_empty() {
            facts.push(("Getting in", arrival.join(" ")));
        }
        if case.facility_of(one).is_some_and(|place| place.care.entry.is_some()) {
            facts.push(("Door", "The code stands on the page of your booking, never in an email.".to_owned()));
        }
        facts.extend(super::extras::lines_of(case, one));
        facts.extend(super::safety::lines_of(case, one));
        let notice = |one: &Notice| format!("Please note: {} ({}).", one.words, from_until(case.site.zone, one.span));
        let other = |(session, words): &(Span, String)| {
            format!("Allergens that others handle that day, {}: {words}.", times(case.site.zone, *session))
        };
        let letter = Letter {
            subject: format!("Your booking {} is on {date}", case.booking.reference),
            heading: format!("{} is yours on {date}", case.facility_of(one).map_or("Your place", |one| &one.name)),
            state: Some(format!("Confirmed. Reference {}", case.booking.reference)),
            before: notices
                .iter()
                .map(notice)
                .chain(day.others.iter().map(other))
                .chain(alone.then(|| format!("{WARNING}, as things stand now.")))
                .collect(),
            facts,
            after:
                ["If you do not need it after all, please release it, so that somebody else can have it.".to_owned()]
                    .into_iter()
                    .chain(self.at_the_end(case, one).filter(|_| day.checklist))
                    .chain(day.last_out.map(|date| self.last_out(case, date)))
                    .collect(),
            ..Letter::default()
        };
        let mail = self.to_reader(MailKind::Tomorrow, case, letter)?;
        Some(Rendered { not_after: Some(one.session.start()), ..mail })
    }

    /// Where the last out tick the closing list; to whom no page opens, that the site ticks it with them.
    fn last_out(&self, case: BookingCase<'_>, date: NaiveDate) -> String {
        let what = "Yours is the last session of the day there, as things stand now, so you are the last out";
        if case.opens_pages() {
            format!("{what}. Please tick the closing list: {}", self.link(&urls::closing(&case.site.slug, Some(date))))
        } else {
            format!("{what}. Please ring {} about the closing list.", case.site.name)
        }
    }

    /// Where the checklist is ticked; to whom no page opens, that the site ticks it with them.
    fn at_the_end(&self, case: BookingCase<'_>, one: &Occurrence) -> Option<String> {
        let link = self.link(&urls::booking_checklist(&case.booking.reference, one.ordinal));
        Some(if case.opens_pages() {
            format!("When you leave, please tick the checklist: {link}")
        } else {
            "When you leave, please ask the site to tick the checklist with you.".to_owned()
        })
    }
}
