//! What pages of private sessions have besides: a way out, whom to ring, and that nobody else would be there. Not the rules behind it.

use chrono_tz::Tz;

use super::draft::NewBooking;
use super::service::{Case, Form, Preview};
use crate::domain::alone::WARNING;
use crate::domain::occurrence::Stage;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::domain::words::{counted, date_and_clock, date_and_times};
use crate::web::chrome::Chrome;

/// The frame of the booking form, with a way out where the room or the booking is private.
pub fn chrome(chrome: Chrome, form: &Form, typed: &NewBooking) -> Chrome {
    let private = form.facility.is_private() || Privacy::parse(&typed.privacy) == Some(Privacy::Confidential);
    chrome.with_exit(private)
}

/// The warning about sessions that would be alone in the building; none where there are none.
pub fn alone_words(sessions: Vec<Span>, zone: Tz) -> Option<String> {
    match sessions.as_slice() {
        [] => None,
        [_] if sessions.len() == 1 => Some(format!(
            "{WARNING} ({}), as things stand now. Think of who knows that you are there.",
            date_and_times(zone, *sessions.first()?)
        )),
        [first, ..] => {
            let number = counted(i64::try_from(sessions.len()).unwrap_or_default(), "date", "dates");
            Some(format!(
                "{WARNING}, as things stand now, on {number} from {}. Think of who knows that you are there.",
                date_and_times(zone, *first)
            ))
        }
    }
}

/// As [`alone_words`], of the dates of a series before it is asked for.
pub fn alone_dates(preview: &Preview) -> Option<String> {
    let alone = preview.results.iter().filter(|one| one.alone).filter_map(|one| one.session.ok());
    alone_words(alone.collect(), preview.site.zone)
}

/// Duty contact and panic alarm of a booking's rooms; where they differ, with the room's name. And what opens the door of the next date, or from
/// when on it stands here.
pub fn lines(case: &Case, now: Instant) -> Vec<(&'static str, String)> {
    entry(case, now).into_iter().chain(case.for_mail().safety()).collect()
}

fn entry(case: &Case, now: Instant) -> Option<(&'static str, String)> {
    let coming = case.booking.occurrences.iter().filter(|one| one.state.stage() == Stage::Confirmed);
    let locked = coming.filter(|one| now < one.session.end()).filter_map(|one| {
        let entry = case.facility_of(one).and_then(|place| place.care.entry.as_ref())?;
        Some((one.session, entry))
    });
    let (session, entry) = locked.min_by_key(|(session, _)| session.start())?;
    let words = if entry.is_released(session, now) {
        entry.words.clone()
    } else {
        format!("The code stands here from {}.", date_and_clock(case.site.zone, entry.from(session)))
    };
    Some(("Door", words))
}
