//! One entry of a waiting list as its own people see it. Who else waits is never said.

use super::service::Queued;
use crate::domain::span::Instant;
use crate::domain::waiting::{Standing, is_short_notice, place_words, rule_words};
use crate::domain::words::{counted, date_and_clock, date_and_times, rough_length};
use crate::urls;

pub struct Card {
    pub title: String,
    pub when: String,
    pub place: String,
    pub holder: String,
    pub people: String,
    pub standing: Standing,
    /// How it stands, in a sentence or two.
    pub words: String,
    pub href: String,
    pub take: String,
    pub leave: String,
    /// There is a place to be taken now.
    pub offered: bool,
    /// It is still in the queue.
    pub open: bool,
}

impl Card {
    /// `several` when the person books for more than one organisation, so that it has to be said which.
    pub fn of(one: &Queued, several: bool, now: Instant) -> Self {
        let (entry, zone) = (&one.entry, one.site.zone);
        Self {
            title: entry.purpose.clone(),
            when: date_and_times(zone, entry.session),
            place: format!("{}, {}", one.facility.name, one.site.name),
            holder: if several { entry.organisation.name.clone() } else { String::new() },
            people: counted(entry.people.into(), "person", "people"),
            standing: one.standing,
            words: words(one, now),
            href: urls::waiting(&entry.reference),
            take: urls::waiting_take(&entry.reference),
            leave: urls::waiting_leave(&entry.reference),
            offered: one.standing == Standing::Offered || one.first_click,
            open: one.standing.is_open(),
        }
    }
}

fn words(one: &Queued, now: Instant) -> String {
    let zone = one.site.zone;
    match (one.standing, one.entry.offer) {
        (Standing::Waiting, _) if one.first_click => {
            "It is free now and kept for nobody, because it starts soon. The first to take it has it.".to_owned()
        }
        (Standing::Waiting, _) if is_short_notice(now, one.entry.session.start()) => {
            "It starts soon. If it becomes free now, everyone who waits is told, and the first to take it has it."
                .to_owned()
        }
        (Standing::Waiting, _) => format!("{}. {}", place_words(one.place), rule_words(&one.priorities)),
        (Standing::Offered, Some(offer)) => format!(
            "It is free and kept for you until {}. You have {} to take it. After that the next in line gets it.",
            date_and_clock(zone, offer.until),
            rough_length(offer.until.minutes_since(now))
        ),
        (Standing::Offered, None) => "It is free and kept for you.".to_owned(),
        (Standing::Taken, _) => "You took it.".to_owned(),
        (Standing::Left, _) => "You no longer wait for this.".to_owned(),
        (Standing::Lapsed, _) => {
            "It ran out, so you no longer wait for this. Join the waiting list again if you still want it.".to_owned()
        }
    }
}
