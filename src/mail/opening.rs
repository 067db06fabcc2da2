//! Mails to those who open or lock up a café or shop: put on a day, no longer on it, and the day before.

use super::Mailer;
use super::accounts::Recipient;
use super::letter::Letter;
use crate::domain::openers::{OnDay, Task};
use crate::domain::places::{Facility, Site};
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::{Instant, Span};
use crate::domain::words::{listed, local_clock, long_date, weekday_of};

/// "on every Tuesday", or "on Tuesday 24 November 2026".
fn on(day: OnDay) -> String {
    match day {
        OnDay::Weekday(day) => format!("every {}", weekday_of(day)),
        OnDay::Date(date) => format!("on {}", long_date(date)),
    }
}

impl Mailer {
    /// Somebody was put on a day, or is no longer on it.
    pub fn opening_changed(
        &self,
        (site, facility): (&Site, &Facility),
        to: &Recipient<'_>,
        (tasks, day): (&[Task], OnDay),
        put_on: bool,
    ) -> Rendered {
        let words: Vec<String> = tasks.iter().map(|task| task.to_you().to_owned()).collect();
        let (words, day) = (listed(&words), on(day));
        let letter = Letter {
            subject: if put_on {
                format!("You {words} {} {day}", facility.name)
            } else {
                format!("You no longer {words} {} {day}", facility.name)
            },
            heading: if put_on {
                format!("Thank you: you {words} {day}")
            } else {
                format!("You no longer {words} {day}")
            },
            facts: vec![("Where", format!("{}, {}", facility.name, site.name)), ("Address", site.address())],
            after: put_on
                .then(|| {
                    format!("If that cannot be, ring {} on {}, so that somebody else does it.", site.name, site.phone)
                })
                .into_iter()
                .collect(),
            ..Letter::default()
        };
        self.opening_mail(site, to, letter)
    }

    /// The day before somebody opens or locks up.
    pub fn opening_tomorrow(
        &self,
        (site, facility): (&Site, &Facility),
        to: &Recipient<'_>,
        tasks: &[Task],
        open: Span,
    ) -> Rendered {
        let at = |instant: Instant| local_clock(crate::domain::hours::local_time(site.zone, instant));
        let date = long_date(crate::domain::hours::local_date(site.zone, open.start()));
        let words: Vec<String> = tasks
            .iter()
            .map(|task| match task {
                Task::Opens => format!("open up at {}", at(open.start())),
                Task::Locks => format!("lock up at {}", at(open.end())),
            })
            .collect();
        let letter = Letter {
            subject: format!("{} on {date}", facility.name),
            heading: format!("You {} on {date}", listed(&words)),
            facts: vec![("Where", format!("{}, {}", facility.name, site.name)), ("Address", site.address())],
            after: vec![format!("If that cannot be, ring {} on {} today.", site.name, site.phone)],
            ..Letter::default()
        };
        let mail = self.opening_mail(site, to, letter);
        Rendered { not_after: Some(open.end()), ..mail }
    }

    fn opening_mail(&self, site: &Site, to: &Recipient<'_>, letter: Letter) -> Rendered {
        let why = format!("You get this because you help at {}. Questions? Ring {}.", site.name, site.phone);
        let letter = Letter { name: to.name.to_owned(), why, ..letter };
        Rendered { site: Some(site.id), ..self.render(MailKind::Opening, to.email, &letter) }
    }
}
