//! What a booking's page asks and says of dates that are over: how they went. Read off its history, without another query.

use super::on_the_day::Card;
use super::service::View;
use crate::domain::attendance::{HeldDate, Standing};
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::span::Instant;
use crate::domain::words::date_without_year;
use crate::urls;

/// Of so many dates it is asked at a time.
const MOST_ASKED: usize = 2;

/// A card a date that nobody has said anything of yet, and one that leads to what was said.
pub fn attendance_cards(view: &View, now: Instant) -> Vec<Card> {
    let (booking, zone) = (&view.case.booking, view.case.site.zone);
    let over = HeldDate::begun(booking, now).into_iter().filter(|date| date.session.end() <= now);
    let over: Vec<HeldDate> = over.filter(|date| matches!(date.standing(now), Standing::Open(_))).collect();
    let day = |date: &HeldDate| date_without_year(local_date(zone, date.session.start()));
    let link = |date: &HeldDate, words| Some((urls::attendance(&booking.reference, date.ordinal), words));
    let asked = over.iter().filter(|date| !happened(view, date, EventKind::AttendanceRecorded)).map(|date| {
        if is_no_show(view, date) {
            let words = vec!["If that is a mistake, ring the site, so that it can take the note back.".to_owned()];
            let heading = format!("The site noted that nobody came on {}", day(date));
            return Card { shown: "declined", icon: "info", heading, words, link: link(date, "Say how it went") };
        }
        let words = vec!["How many people came? It takes half a minute, and asks for no names.".to_owned()];
        let heading = format!("How did it go on {}?", day(date));
        Card { shown: "requested", icon: "people", heading, words, link: link(date, "Say how it went") }
    });
    let mut cards: Vec<Card> = asked.take(MOST_ASKED).collect();
    let noted = over.iter().find(|date| happened(view, date, EventKind::AttendanceRecorded));
    if let Some(date) = noted {
        let heading = format!("How it went on {} is noted", day(date));
        let link = link(date, "See or correct it");
        cards.push(Card { shown: "confirmed", icon: "confirmed", heading, words: Vec::new(), link });
    }
    cards
}

/// Whether the history has a line of this kind about one of a date's places.
fn happened(view: &View, date: &HeldDate, kind: EventKind) -> bool {
    lines(view, date).any(|one| one == kind)
}

/// The site's last word on whether anybody came.
fn is_no_show(view: &View, date: &HeldDate) -> bool {
    let word = |kind: &EventKind| matches!(kind, EventKind::NoShow | EventKind::NoShowTakenBack);
    // The history is the newest first.
    lines(view, date).find(word) == Some(EventKind::NoShow)
}

fn lines(view: &View, date: &HeldDate) -> impl Iterator<Item = EventKind> {
    let ordinal = date.ordinal;
    let own = view.case.booking.occurrences.iter().filter(move |one| one.ordinal == ordinal);
    let own: Vec<_> = own.map(|one| one.id).collect();
    view.history.iter().filter(move |line| line.occurrence.is_some_and(|id| own.contains(&id))).map(|line| line.kind)
}
