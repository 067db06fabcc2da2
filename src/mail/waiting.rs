//! Mails to those who wait: a place is kept for them, a place is free for the first click, an offer is over. Subjects name the reference only.

use super::Mailer;
use super::letter::Letter;
use crate::domain::places::{Facility, Site};
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::waiting::Entry;
use crate::domain::words::{counted, date_and_clock, date_and_times};
use crate::urls;

/// An entry with the place that it waits for.
#[derive(Debug, Clone, Copy)]
pub struct WaitingCase<'a> {
    pub entry: &'a Entry,
    pub site: &'a Site,
    pub facility: &'a Facility,
}

impl Mailer {
    /// The place is kept for them until the deadline.
    pub fn offer(&self, case: WaitingCase<'_>, until: Instant) -> Rendered {
        let letter = Letter {
            subject: format!("The place you wait for is free ({})", case.entry.reference),
            heading: format!("{} is free for you", case.facility.name),
            state: Some(format!("Kept for you until {}", date_and_clock(case.site.zone, until))),
            before: vec![
                "The time that you wait for has become free, and you are next in line. It is kept for you.".to_owned(),
                format!("Take it by {}. After that the next in line gets it.", date_and_clock(case.site.zone, until)),
            ],
            action: Some(("See the offer", self.link(&urls::waiting(&case.entry.reference)))),
            ..Letter::default()
        };
        Rendered { not_after: Some(until), ..self.to_waiting(MailKind::Offer, case, letter) }
    }

    /// It is too late to keep anything: all who wait are told, and the first click wins.
    pub fn first_click(&self, case: WaitingCase<'_>) -> Rendered {
        let letter = Letter {
            subject: format!("The place you wait for is free ({})", case.entry.reference),
            heading: format!("{} is free, for whoever is first", case.facility.name),
            state: Some("Free now, not kept for anybody".to_owned()),
            before: vec![
                "The time that you wait for has become free at short notice. Everyone who waits is told now, and the first to take it has it."
                    .to_owned(),
            ],
            action: Some(("See it and take it", self.link(&urls::waiting(&case.entry.reference)))),
            ..Letter::default()
        };
        Rendered { not_after: Some(case.entry.session.start()), ..self.to_waiting(MailKind::Offer, case, letter) }
    }

    pub fn offer_lapsed(&self, case: WaitingCase<'_>) -> Rendered {
        let letter = Letter {
            subject: format!("Your offer {} ran out", case.entry.reference),
            heading: format!("Your offer of {} ran out", case.facility.name),
            state: Some("Ran out".to_owned()),
            before: vec![
                "Nobody took it in time, so it has gone to the next in line. You are no longer on the waiting list."
                    .to_owned(),
            ],
            action: Some(("See your waiting list", self.link(urls::WAITING))),
            after: vec!["If you still want that time, join the waiting list again.".to_owned()],
            ..Letter::default()
        };
        self.to_waiting(MailKind::OfferLapsed, case, letter)
    }

    /// The site had to close the place while it was kept for them.
    pub fn offer_closed(&self, case: WaitingCase<'_>, reason: &str) -> Rendered {
        let letter = Letter {
            subject: format!("Your offer {} is taken back", case.entry.reference),
            heading: format!("{} is closed at that time", case.facility.name),
            state: Some("Waiting again".to_owned()),
            before: vec![
                format!("{} had to close it ({reason}). We are sorry.", case.site.name),
                "You are on the waiting list again, where you were. If it opens, we email you.".to_owned(),
            ],
            action: Some(("See your waiting list", self.link(urls::WAITING))),
            ..Letter::default()
        };
        self.to_waiting(MailKind::OfferLapsed, case, letter)
    }

    fn to_waiting(&self, kind: MailKind, case: WaitingCase<'_>, letter: Letter) -> Rendered {
        let (entry, site, facility) = (case.entry, case.site, case.facility);
        let place = [facility.name.clone(), facility.place(), site.name.clone(), site.address()];
        let mut facts = vec![
            ("When", date_and_times(site.zone, entry.session)),
            ("Where", place.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")),
            ("People", counted(entry.people.into(), "person", "people")),
        ];
        if entry.privacy == Privacy::Confidential {
            facts.push(("Private", "Other people see “Busy”".to_owned()));
        }
        let letter = Letter {
            name: entry.person.name.clone(),
            facts,
            why: format!(
                "Questions? Ring {} on {}. You get this because you put {} on the waiting list.",
                site.name, site.phone, entry.organisation.name
            ),
            ..letter
        };
        let mail = self.render(kind, &entry.person.email, &letter);
        Rendered { site: Some(site.id), person: Some(entry.person.id), ..mail }
    }
}
