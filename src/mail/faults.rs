//! Mails about faults: to managers that one is reported, to bookers near one, to the reporter when it is mended. And that there is
//! something to read, which says nothing else. None holds a reporter's own words.

use super::Mailer;
use super::accounts::Recipient;
use super::bookings::BookingCase;
use super::letter::Letter;
use crate::domain::booking::Occurrence;
use crate::domain::fault::Fault;
use crate::domain::person::Email;
use crate::domain::places::Site;
use crate::domain::rendered::{MailKind, Rendered};
use crate::urls;

impl Mailer {
    /// To those who lead on safeguarding at a site, or did: who leads has changed.
    pub fn leads_changed(&self, site: &Site, to: &Recipient<'_>, (who, leads): (&str, bool), by: &str) -> Rendered {
        let words = if leads {
            format!("{by} named {who} as a safeguarding lead of {}.", site.name)
        } else {
            format!("{by} noted that {who} is no longer a safeguarding lead of {}.", site.name)
        };
        let letter = Letter {
            subject: format!("Who leads on safeguarding at {} has changed", site.name),
            heading: "Who leads on safeguarding has changed".to_owned(),
            name: to.name.to_owned(),
            before: vec![
                words,
                "Leads read what people tell in confidence. If this is not right, ring the site.".to_owned(),
            ],
            why: format!("You get this because you lead, or led, on safeguarding at {}.", site.name),
            ..Letter::default()
        };
        Rendered { site: Some(site.id), ..self.render(MailKind::LeadsChanged, to.email, &letter) }
    }

    /// To a manager: a fault is reported.
    pub fn fault_reported(&self, site: &Site, fault: &Fault, to: &Recipient<'_>) -> Rendered {
        let letter = Letter {
            subject: format!("A fault is reported in {}", fault.facility_name),
            heading: format!("A fault is reported in {}", fault.facility_name),
            name: to.name.to_owned(),
            facts: vec![
                ("Where", format!("{}, {}", fault.facility_name, site.name)),
                ("What", fault.kind.words().to_owned()),
                ("The space", fault.usable.said().to_owned()),
                ("Reference", fault.reference.to_string()),
            ],
            action: Some(("See the fault", self.link(&urls::manage_fault(&site.slug, &fault.reference)))),
            why: format!("You get this because you manage {}.", site.name),
            ..Letter::default()
        };
        Rendered { site: Some(site.id), ..self.render(MailKind::FaultReported, to.email, &letter) }
    }

    /// To the people of a booking: what they must know of the place before they come. `dates` are those of the coming days.
    pub fn fault_near(&self, case: BookingCase<'_>, dates: &[&Occurrence], words: &str) -> Option<Rendered> {
        let when = |one: &&Occurrence| ("When", case.when(one));
        let mut facts: Vec<(&'static str, String)> = dates.iter().map(when).collect();
        facts.extend(dates.first().map(|one| ("Where", case.place(one))));
        let letter = Letter {
            subject: format!("Please read before your booking {}", case.booking.reference),
            heading: "Something to know before you come".to_owned(),
            state: Some(format!("{}. Reference {}", case.booking.stage().words(), case.booking.reference)),
            before: vec![format!("{} says: {words}.", case.site.name), "Your booking stays as it is.".to_owned()],
            facts,
            after: vec!["If it is no use to you like this, change or release it, or ring the site.".to_owned()],
            ..Letter::default()
        };
        let until = dates.iter().map(|one| one.session.start()).max();
        self.to_reader(MailKind::FaultNear, case, letter).map(|mail| Rendered { not_after: until, ..mail })
    }

    /// To whoever reported it and left an address.
    pub fn fault_mended(&self, site: &Site, fault: &Fault, to: &Email) -> Rendered {
        let letter = Letter {
            subject: format!("What you reported is mended ({})", fault.reference),
            heading: "What you reported is mended".to_owned(),
            before: vec![format!(
                "Thank you for telling {}. What you reported in {} is mended.",
                site.name, fault.facility_name
            )],
            facts: vec![("What", fault.kind.words().to_owned()), ("Reference", fault.reference.to_string())],
            why: format!(
                "You get this once, because somebody gave this address with the report. We erase it in 30 days. \
                 Questions? Ring {} on {}.",
                site.name, site.phone
            ),
            ..Letter::default()
        };
        Rendered { site: Some(site.id), ..self.render(MailKind::FaultMended, to, &letter) }
    }

    /// To somebody who reads what is told in confidence: that there is something, and nothing of it.
    pub fn something_to_read(&self, site: &Site, to: &Recipient<'_>) -> Rendered {
        let letter = Letter {
            subject: format!("There is something to read at {}", site.name),
            heading: format!("There is something to read at {}", site.name),
            name: to.name.to_owned(),
            before: vec!["Please sign in and read it today.".to_owned()],
            action: Some(("Read it", self.link(&urls::to_read(&site.slug)))),
            why: format!("You get this because of your work at {}.", site.name),
            ..Letter::default()
        };
        Rendered { site: Some(site.id), ..self.render(MailKind::ToRead, to.email, &letter) }
    }
}
