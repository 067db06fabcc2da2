//! Mails about a booking: to its own people at every step, and to the managers who decide. Subjects never carry a sensitive word.

use chrono::NaiveDate;

use super::Mailer;
use super::accounts::Recipient;
use super::letter::Letter;
use crate::domain::booking::{Booking, Occurrence};
use crate::domain::holder::{Holder, Reader};
use crate::domain::hours::{local_date, local_time};
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::places::{Facility, Site};
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, date_and_times, length, local_clock, long_date, times};
use crate::urls;

/// A booking with the places that its occurrences are in.
#[derive(Debug, Clone, Copy)]
pub struct BookingCase<'a> {
    pub booking: &'a Booking,
    pub site: &'a Site,
    pub facilities: &'a [Facility],
    /// Who reads it, where it goes to one of its own people.
    pub to: Option<&'a Reader>,
    pub inducts: bool, // some of its dates wait for an induction
}

impl<'a> BookingCase<'a> {
    pub fn facility_of(&self, occurrence: &Occurrence) -> Option<&'a Facility> {
        self.facilities.iter().find(|facility| facility.id == occurrence.facility)
    }

    /// Whether the reader can sign in: to a private person no page of ours opens.
    pub fn opens_pages(&self) -> bool {
        !self.booking.holder.is_person()
    }

    /// "Cedar", or "Cedar and Birch".
    pub fn facility_names(&self) -> String {
        let names: Vec<String> = self
            .facilities
            .iter()
            .filter(|facility| self.booking.occurrences.iter().any(|one| one.facility == facility.id))
            .map(|facility| facility.name.clone())
            .collect();
        crate::domain::words::listed(&names)
    }

    /// Counselling: "9am to 11:50am, 3 sessions of 50 minutes".
    pub fn when(&self, occurrence: &Occurrence) -> String {
        let shown = date_and_times(self.site.zone, occurrence.session);
        let shown = match occurrence.ended_at {
            Some(at) => format!("{shown}, ended at {}", local_clock(local_time(self.site.zone, at))),
            None => shown,
        };
        format!("{shown}{}", self.run(occurrence))
    }

    fn run(&self, occurrence: &Occurrence) -> String {
        let facility = self.facility_of(occurrence);
        facility.map_or_else(String::new, |facility| facility.rules.run_in_words(occurrence.session.minutes()))
    }

    /// The one date, or the rule and number of several: "every Tuesday, 2:30pm to 4pm, 12 dates from Tuesday 24 November 2026".
    pub fn when_all(&self) -> String {
        match self.booking.occurrences.as_slice() {
            [] => String::new(),
            [one] => self.when(one),
            [first, ..] => {
                let number =
                    counted(i64::try_from(self.booking.occurrences.len()).unwrap_or_default(), "date", "dates");
                match &self.booking.repeat {
                    Some(pattern) => format!(
                        "{}, {}{}, {number} from {}",
                        pattern.repeat.words(),
                        times(self.site.zone, first.session),
                        self.run(first),
                        long_date(local_date(self.site.zone, first.session.start()))
                    ),
                    None => format!("{} and {number} in all", self.when(first)),
                }
            }
        }
    }

    /// One date of several: when, where if it is not where the first is, and how it stands.
    fn date_line(&self, occurrence: &Occurrence) -> String {
        let first = self.booking.occurrences.first().map(|one| one.facility);
        let elsewhere = self.facility_of(occurrence).filter(|_| first != Some(occurrence.facility));
        let place = elsewhere.map_or_else(String::new, |facility| format!(", in {}", facility.name));
        format!("{}{place}: {}", self.when(occurrence), occurrence.state.stage().words().to_lowercase())
    }

    /// The date on the site's wall.
    pub(super) fn date_of(&self, occurrence: &Occurrence) -> NaiveDate {
        local_date(self.site.zone, occurrence.session.start())
    }

    pub(super) fn place(&self, occurrence: &Occurrence) -> String {
        let Some(facility) = self.facility_of(occurrence) else {
            return format!("{}, {}", self.site.name, self.site.address());
        };
        let parts = [facility.name.clone(), facility.place(), self.site.name.clone(), self.site.address()];
        parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
    }
}

impl Mailer {
    pub fn request_received(&self, case: BookingCase<'_>, now: Instant) -> Option<Rendered> {
        let until = case.booking.waiting(now).filter_map(|one| one.state.until()).min();
        let until =
            until.map(|until| format!("They answer by {} at the latest.", date_and_clock(case.site.zone, until)));
        let letter = Letter {
            subject: format!("We have your request {}", case.booking.reference),
            heading: match case.booking.booked_by.as_ref().filter(|_| case.booking.on_behalf) {
                Some(booker) => format!("{} asked for {} for you", booker.name, case.facility_names()),
                None => format!("You asked for {}", case.facility_names()),
            },
            state: Some(format!("Requested. Reference {}", case.booking.reference)),
            before: [format!("{} has your request and will decide.", case.site.name)]
                .into_iter()
                .chain(until)
                .chain(some_confirmed(case))
                .chain(super::induction::to_booker(case))
                .collect(),
            after: vec!["Nothing more to do now. We email you when it is decided.".to_owned()],
            ..Letter::default()
        };
        self.to_reader(MailKind::RequestReceived, case, letter)
    }

    pub fn confirmed(&self, case: BookingCase<'_>, now: Instant) -> Option<Rendered> {
        let all = case.booking.occurrences.iter().all(|one| one.state.stage() == Stage::Confirmed);
        let (word, how) =
            if all { ("Confirmed", "confirmed your booking") } else { ("Partly confirmed", "settled your dates") };
        let letter = Letter {
            subject: format!(
                "Your booking {} is {}confirmed",
                case.booking.reference,
                if all { "" } else { "partly " }
            ),
            heading: format!("{} is booked for you", case.facility_names()),
            state: Some(format!("{word}. Reference {}", case.booking.reference)),
            before: [format!("{} has {how}.", case.site.name)].into_iter().chain(standing(case)).collect(),
            after: vec!["The calendar file is attached.".to_owned(), late_words(case)],
            ..Letter::default()
        };
        let calendar = self.calendar_part(case, "REQUEST", now);
        self.to_reader(MailKind::Confirmed, case, letter).map(|mail| Rendered { calendar, ..mail })
    }

    pub fn reinstated(&self, case: BookingCase<'_>, now: Instant) -> Option<Rendered> {
        let letter = Letter {
            subject: format!("Your booking {} is back", case.booking.reference),
            heading: format!("{} is yours again", case.facility_names()),
            state: Some(format!("{}. Reference {}", case.booking.stage().words(), case.booking.reference)),
            before: vec![format!("{} has put your booking back.", case.site.name)],
            ..Letter::default()
        };
        let calendar = self.calendar_part(case, "REQUEST", now);
        self.to_reader(MailKind::Reinstated, case, letter).map(|mail| Rendered { calendar, ..mail })
    }

    /// A yes that the booker has to accept first.
    pub fn conditional(&self, case: BookingCase<'_>, condition: &str) -> Option<Rendered> {
        let until = case.booking.occurrences.iter().filter(|one| one.state.stage() == Stage::Conditional);
        let until = until.filter_map(|one| one.state.until()).min();
        let how = if case.opens_pages() { "Accept it" } else { "Ring the site to accept it" };
        let by = until.map(|until| {
            format!("{how} by {}. After that your request lapses by itself.", date_and_clock(case.site.zone, until))
        });
        let letter = Letter {
            subject: format!("Your request {} is approved on a condition", case.booking.reference),
            heading: format!("{} is yours on a condition", case.facility_names()),
            state: Some(format!("Waiting for your yes. Reference {}", case.booking.reference)),
            before: [format!("{} says yes, on this condition:", case.site.name), condition.to_owned()]
                .into_iter()
                .chain(by)
                .collect(),
            ..Letter::default()
        };
        let mail = self.to_reader(MailKind::Conditional, case, letter)?;
        Some(Rendered { not_after: until, ..mail })
    }

    /// `reason` is what the manager wrote; none where another request took the place.
    pub fn declined(&self, case: BookingCase<'_>, reason: Option<&str>, now: Instant) -> Option<Rendered> {
        let before = match reason {
            Some(reason) => {
                vec![format!("{} declined your request, for this reason:", case.site.name), reason.to_owned()]
            }
            None => vec![
                "The time you asked for has been given to somebody else. Your request did not hold its place."
                    .to_owned(),
            ],
        };
        let stands =
            case.booking.occurrences.iter().any(|one| one.state.stage().is_active() && !one.state.is_void(now));
        let part = if stands { "partly " } else { "" };
        let letter = Letter {
            subject: format!("Your request {} was {part}declined", case.booking.reference),
            heading: format!("Your request for {} was {part}declined", case.facility_names()),
            state: Some(format!(
                "{}. Reference {}",
                if part.is_empty() { "Declined" } else { "Partly declined" },
                case.booking.reference
            )),
            before: before.into_iter().chain(standing(case).filter(|_| !part.is_empty())).collect(),
            after: self.other_times(case).into_iter().collect(),
            ..Letter::default()
        };
        self.to_reader(MailKind::Declined, case, letter)
    }

    pub fn expired(&self, case: BookingCase<'_>) -> Option<Rendered> {
        let letter = Letter {
            subject: format!("Your request {} ran out", case.booking.reference),
            heading: format!("Your request for {} ran out", case.facility_names()),
            state: Some(format!("Expired. Reference {}", case.booking.reference)),
            before: vec![format!(
                "{} did not answer in time, so the place is free again. We are sorry.",
                case.site.name
            )],
            after: [format!("You can ask again, or ring the site on {}.", case.site.phone)]
                .into_iter()
                .chain(self.other_times(case))
                .collect(),
            ..Letter::default()
        };
        self.to_reader(MailKind::Expired, case, letter)
    }

    /// Confirmed dates that the booking's own people or the site cancelled, by their ordinals.
    pub fn cancelled(
        &self,
        case: BookingCase<'_>,
        ordinals: &[i32],
        reason: Option<&str>,
        now: Instant,
    ) -> Option<Rendered> {
        let stands = case.booking.occurrences.iter().any(|one| one.state.stage().is_active());
        let mut before = if stands {
            let dates = counted(i64::try_from(ordinals.len()).unwrap_or_default(), "date", "dates");
            let are = if ordinals.len() == 1 { "is" } else { "are" };
            vec![format!("{dates} of this booking at {} {are} cancelled. The others stand.", case.site.name)]
        } else {
            vec![format!("This booking at {} is cancelled.", case.site.name)]
        };
        before.extend(reason.map(|reason| format!("Reason: {reason}")));
        let part = if stands { "partly " } else { "" };
        let letter = Letter {
            subject: format!("Your booking {} is {part}cancelled", case.booking.reference),
            heading: format!("Your booking of {} is {part}cancelled", case.facility_names()),
            state: Some(format!(
                "{} Reference {}",
                if stands { "Partly cancelled." } else { "Cancelled." },
                case.booking.reference
            )),
            before,
            after: vec!["The calendar file attached takes it out of your calendar.".to_owned()],
            ..Letter::default()
        };
        let calendar = self.cancel_part(case, ordinals, now);
        self.to_reader(MailKind::Cancelled, case, letter).map(|mail| Rendered { calendar, ..mail })
    }

    /// Dates that are somewhere else or at another time now, each as it was and as it is.
    pub fn changed(&self, case: BookingCase<'_>, dates: &[(String, String)], now: Instant) -> Option<Rendered> {
        let mut before = vec![format!("Your booking at {} has changed. This is how it stands now.", case.site.name)];
        before.extend(dates.iter().map(|(was, is)| format!("Was: {was}. Now: {is}.")));
        let letter = Letter {
            subject: format!("Your booking {} has changed", case.booking.reference),
            heading: format!("Your booking of {} has changed", case.facility_names()),
            state: Some(format!("Changed. Reference {}", case.booking.reference)),
            before,
            after: vec!["The calendar file attached brings your calendar up to date.".to_owned()],
            ..Letter::default()
        };
        let calendar = self.calendar_part(case, "REQUEST", now);
        self.to_reader(MailKind::Changed, case, letter).map(|mail| Rendered { calendar, ..mail })
    }

    /// The first half of a booking that was cut in two, and where the rest is now.
    pub fn split(&self, case: BookingCase<'_>, rest: &Reference, now: Instant) -> Option<Rendered> {
        let letter = Letter {
            subject: format!("Your booking {} goes on as {rest}", case.booking.reference),
            heading: format!("Your booking of {} is in two parts now", case.facility_names()),
            state: Some(format!("Changed. Reference {}", case.booking.reference)),
            before: vec![format!("You changed it from one date on. The dates from there have the reference {rest}.")],
            ..Letter::default()
        };
        let calendar = self.calendar_part(case, "REQUEST", now);
        self.to_reader(MailKind::Changed, case, letter).map(|mail| Rendered { calendar, ..mail })
    }

    /// The change that was asked for is not made: declined for a reason, or not answered in time.
    pub fn change_declined(&self, case: BookingCase<'_>, reason: Option<&str>) -> Option<Rendered> {
        let before = match reason {
            Some(reason) => {
                vec![
                    format!("{} declined the change you asked for, for this reason:", case.site.name),
                    reason.to_owned(),
                ]
            }
            None => vec![format!("{} did not answer in time. We are sorry.", case.site.name)],
        };
        let letter = Letter {
            subject: format!("Your booking {} stays as it was", case.booking.reference),
            heading: format!("Your booking of {} stays as it was", case.facility_names()),
            state: Some(format!("{}. Reference {}", case.booking.stage().words(), case.booking.reference)),
            before,
            ..Letter::default()
        };
        self.to_reader(MailKind::ChangeDeclined, case, letter)
    }

    /// To a manager: somebody asks for a change.
    pub fn change_asked(&self, case: BookingCase<'_>, to: &Recipient<'_>) -> Rendered {
        let letter = Letter {
            subject: format!("Booking {} asks for a change", case.booking.reference),
            heading: "A change needs a decision".to_owned(),
            name: to.name.to_owned(),
            before: vec![format!(
                "{} asks to change a confirmed booking. It stays as it is until you decide.",
                case.booking.holder_name()
            )],
            facts: self.facts(case),
            action: Some(("Look at it and decide", self.link(&urls::request(&case.booking.reference)))),
            why: format!("You get this because you manage {}.", case.site.name),
            ..Letter::default()
        };
        let mail = self.render(MailKind::ChangeAsked, to.email, &letter);
        Rendered { site: Some(case.site.id), booking: Some(case.booking.id), ..mail }
    }

    /// To a manager: somebody waits for a decision.
    pub fn decision_needed(&self, case: BookingCase<'_>, to: &Recipient<'_>, reminder: bool) -> Rendered {
        let until = case.booking.occurrences.iter().filter_map(|one| one.state.until()).min();
        let mut before = vec![format!("{} asks for {}.", case.booking.holder_name(), case.facility_names())];
        before.extend(until.map(|until| {
            format!("Decide by {}. After that the request expires.", date_and_clock(case.site.zone, until))
        }));
        before.extend(super::induction::to_manager(case));
        let word = if reminder { "is still waiting" } else { "needs a decision" };
        let letter = Letter {
            subject: format!("Request {} {word}", case.booking.reference),
            heading: format!("A request {word}"),
            name: to.name.to_owned(),
            before,
            facts: self.facts(case),
            action: Some(("Look at it and decide", self.link(&urls::request(&case.booking.reference)))),
            why: format!("You get this because you manage {}.", case.site.name),
            ..Letter::default()
        };
        let kind = if reminder { MailKind::DecisionReminder } else { MailKind::DecisionNeeded };
        let mail = self.render(kind, to.email, &letter);
        Rendered { site: Some(case.site.id), booking: Some(case.booking.id), not_after: until, ..mail }
    }

    /// To a manager: a request that waited was withdrawn.
    pub fn withdrawn(&self, case: BookingCase<'_>, to: &Recipient<'_>) -> Rendered {
        let letter = Letter {
            subject: format!("Request {} was withdrawn", case.booking.reference),
            heading: "A request was withdrawn".to_owned(),
            name: to.name.to_owned(),
            before: vec![format!(
                "{} no longer asks for {}. Nothing to decide.",
                case.booking.holder_name(),
                case.facility_names()
            )],
            facts: self.facts(case),
            why: format!("You get this because you manage {}.", case.site.name),
            ..Letter::default()
        };
        let mail = self.render(MailKind::Withdrawn, to.email, &letter);
        Rendered { site: Some(case.site.id), booking: Some(case.booking.id), ..mail }
    }

    /// To its own people: somebody else, who looks after the site, withdrew what they waited for.
    pub fn withdrawn_for(&self, case: BookingCase<'_>) -> Option<Rendered> {
        let letter = Letter {
            subject: format!("Your request {} was withdrawn", case.booking.reference),
            heading: format!("Your request for {} was withdrawn", case.facility_names()),
            state: Some(format!("{}. Reference {}", case.booking.stage().words(), case.booking.reference)),
            before: vec![format!("{} has taken your request back. The place is free again.", case.site.name)],
            after: self.other_times(case).into_iter().collect(),
            ..Letter::default()
        };
        self.to_reader(MailKind::Withdrawn, case, letter)
    }

    pub(super) fn to_reader(&self, kind: MailKind, case: BookingCase<'_>, letter: Letter) -> Option<Rendered> {
        let to = case.to?;
        let letter = Letter {
            name: to.name.clone(),
            facts: if letter.facts.is_empty() { self.facts(case) } else { letter.facts },
            action: letter.action.filter(|_| case.opens_pages()).or_else(|| {
                case.opens_pages().then(|| ("See this booking", self.link(&urls::booking(&case.booking.reference))))
            }),
            why: format!("Questions? Ring {} on {}. {}", case.site.name, case.site.phone, why(case)),
            ..letter
        };
        let mail = self.render(kind, &to.email, &letter);
        Some(Rendered {
            site: Some(case.site.id),
            booking: Some(case.booking.id),
            person: to.person,
            thread: Some(format!("booking-{}@{}", case.booking.reference.stored().to_lowercase(), self.host())),
            ..mail
        })
    }

    fn facts(&self, case: BookingCase<'_>) -> Vec<(&'static str, String)> {
        let mut facts = Vec::new();
        match case.booking.occurrences.as_slice() {
            [one] => {
                facts.push(("When", case.when(one)));
                facts.push(("Where", case.place(one)));
            }
            several => {
                if let Some(first) = several.first() {
                    facts.push(("Where", case.place(first)));
                }
                facts.extend(case.booking.repeat.as_ref().map(|pattern| ("Repeats", pattern.repeat.words())));
                facts.extend(several.iter().map(|one| ("Date", case.date_line(one))));
            }
        }
        if case.to.is_some() {
            facts.extend(behalf(case).map(|words| ("Booked by", words)));
        }
        facts.extend(super::safety::lines(case).into_iter().chain(super::cost::line(case)));
        facts.push(("People", counted(case.booking.people.into(), "person", "people")));
        facts.extend(super::extras::lines(case));
        if case.booking.privacy == Privacy::Confidential {
            facts.push(("Private", "Other people see “Busy”".to_owned()));
        }
        facts
    }

    /// Where the reader finds other times; none for somebody who cannot sign in.
    pub(super) fn other_times(&self, case: BookingCase<'_>) -> Option<String> {
        let found = case.booking.occurrences.iter().find_map(|one| Some((one, case.facility_of(one)?)));
        let (one, facility) = found.filter(|_| case.opens_pages())?;
        let local = local_time(case.site.zone, one.session.start());
        let path = urls::book_at(&case.site.slug, &facility.slug, local.date, local.minute, None);
        Some(format!("See other times: {}", self.link(&path)))
    }
}

/// Why the reader gets a mail.
fn why(case: BookingCase<'_>) -> String {
    let holder = case.booking.holder_name();
    match (case.to.is_some_and(|to| to.shares), &case.booking.shared_with) {
        (true, Some(second)) => return format!("You get this because {holder} shares it with {}.", second.name),
        (true, None) => return format!("You get this because {holder} shared it with you."),
        (false, _) => {}
    }
    match &case.booking.holder {
        Holder::Person(_) => format!("You get this because {} booked it for you.", case.site.name),
        Holder::Organisation(one) if case.booking.on_behalf => {
            format!("You get this because you look after the bookings of {}.", one.name)
        }
        holder => format!("You get this because you book for {}.", holder.name()),
    }
}

/// Who booked it for the reader, where that was somebody else.
fn behalf(case: BookingCase<'_>) -> Option<String> {
    let booker = case.booking.booked_by.as_ref().filter(|_| case.booking.on_behalf)?;
    Some(match &case.booking.holder {
        Holder::Organisation(one) => format!("{}, for {}", booker.name, one.name),
        Holder::Person(_) | Holder::Site => format!("{}, {}", booker.name, case.site.name),
    })
}

/// "10 of 12 dates are confirmed", "All 12 dates are confirmed".
fn standing(case: BookingCase<'_>) -> Option<String> {
    let all = &case.booking.occurrences;
    let confirmed = all.iter().filter(|one| one.state.stage() == Stage::Confirmed).count();
    let number = if confirmed == all.len() { "All".to_owned() } else { format!("{confirmed} of") };
    (1 < all.len()).then(|| format!("{number} {} dates are confirmed.", all.len()))
}

/// Said in a request of which some dates need no decision.
fn some_confirmed(case: BookingCase<'_>) -> Option<String> {
    let any = case.booking.occurrences.iter().any(|one| one.state.stage() == Stage::Confirmed);
    standing(case).filter(|_| any)
}

fn late_words(case: BookingCase<'_>) -> String {
    let longest = case.facilities.iter().map(|facility| facility.rules.late_cancel_minutes).max().unwrap_or_default();
    let act = if case.opens_pages() { "cancel" } else { "ring us" };
    format!(
        "If plans change, {act} at least {} before, so that another group can use the space.",
        length(longest.into())
    )
}
