//! Reasons why a time cannot be had, each in words that name the rule and how to put it right. Never who or what is in the way.

mod code;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::care::lengths_in_words;
use super::hours::local_time;
use super::named::NamedSession;
use super::papers::PaperSet;
use super::rules::days_ahead;
use super::season::Season;
use super::services::{ClassSet, ServiceSet};
use super::span::{Instant, Span};
use super::words::{clock, counted, date_and_clock, every, length, listed, long_date, times};

/// One reason; the numbers in it are the real ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    InThePast,
    /// The facility's open spans that day.
    Closed {
        open: Vec<Span>,
    },
    /// As `Closed`, where it is open by daylight only.
    Dark {
        open: Vec<Span>,
    },
    OutOfSeason {
        season: Season,
    },
    /// A closure with its public reason.
    Blocked {
        reason: String,
        until: Instant,
    },
    /// Taken by others; says no more than when it ends.
    NotFree {
        until: Option<Instant>,
    },
    /// Others arrive about then. It says no more than what is taken says.
    Arrival,
    /// Fewer units are free than were asked for.
    TooFewUnits {
        asked: usize,
        free: usize,
    },
    /// The units asked for by name are not those of this facility.
    NoSuchUnits,
    /// It is booked in these sessions only.
    NotASession {
        sessions: Vec<NamedSession>,
    },
    WrongStart {
        starts: Vec<i32>,
        step_minutes: i32,
    },
    WrongLength {
        step_minutes: i32,
    },
    TooShort {
        shortest_session: i32,
    },
    TooLong {
        longest_session: i32,
    },
    TooSoon {
        notice_minutes: i32,
        first: Instant,
    },
    /// A manager has to say yes and there is no time left for it.
    NoTimeToDecide,
    /// Papers are missing and there is no time left to look at any.
    NoTimeForPapers {
        missing: PaperSet,
    },
    TooFarAhead {
        horizon_days: i32,
        opens_on: NaiveDate,
        /// The last date for this holder, where not all have the same.
        own_last: Option<NaiveDate>,
    },
    TooManyPeople {
        capacity: i32,
    },
    WeekOfBookingsFull {
        most: i32,
    },
    WeekOfHoursFull {
        most_minutes: i32,
        used_minutes: i64,
    },
    Retired {
        from: NaiveDate,
    },
    /// The clocks go forward then.
    NoSuchTime,
    /// Sessions have one of these lengths, in minutes.
    NotALength {
        lengths: Vec<i32>,
    },
    /// These two may not be there at the same time; `theirs` is what is there then, or what is asked for beside it.
    KeptApart {
        ours: String,
        theirs: String,
        until: Option<Instant>,
    },
    /// Nobody of theirs has an induction that is valid on the date.
    NoInduction,
    /// Others have the extra, or so many of it that too few are left. It says no more than when.
    ExtraTaken {
        name: String,
        asked: usize,
        free: usize,
        taken: Option<Span>,
    },
    /// There are not so many of the extra on that date, or none that goes with this space.
    TooFewExtras {
        name: String,
        asked: usize,
        there: usize,
    },
    /// A change of extras cannot wait together with a move.
    ExtrasFirst,
    /// It is for organisations of these classes.
    NotForClass {
        classes: ClassSet,
    },
    /// It is for organisations that offer one of these.
    NotForServices {
        services: ServiceSet,
    },
}

/// Which question of the form a refusal is about, so that it stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Time,
    People,
    Units,
    /// What will be there.
    Labels,
    /// The extras that go with it.
    Extras,
}

impl Refusal {
    pub fn about(&self) -> About {
        match self {
            Self::TooManyPeople { .. } => About::People,
            Self::TooFewUnits { .. } | Self::NoSuchUnits => About::Units,
            Self::KeptApart { .. } => About::Labels,
            _ if self.is_about_extras() => About::Extras,
            _ => About::Time,
        }
    }

    /// Whether only an extra is in the way, so that going without it helps.
    pub fn is_about_extras(&self) -> bool {
        matches!(self, Self::ExtraTaken { .. } | Self::TooFewExtras { .. } | Self::ExtrasFirst)
    }

    /// Whether an extra cannot be had, and nothing else.
    pub fn is_lack_of_extras(&self) -> bool {
        self.is_about_extras() && *self != Self::ExtrasFirst
    }

    /// Whether it is about what was asked for, whatever the date: a length, a start, a number. Every date of a series has it alike.
    pub fn is_of_every_date(&self) -> bool {
        matches!(
            self,
            Self::NotASession { .. }
                | Self::WrongStart { .. }
                | Self::WrongLength { .. }
                | Self::TooShort { .. }
                | Self::TooLong { .. }
                | Self::TooManyPeople { .. }
                | Self::NoSuchUnits
                | Self::NotALength { .. }
                | Self::KeptApart { until: None, .. }
                | Self::NotForClass { .. }
                | Self::NotForServices { .. }
        )
    }

    /// Whether whoever manages the site may set the rule aside. What is taken, closed by name, gone or past, and how many people
    /// a place holds, is nobody's to set aside.
    pub fn may_be_set_aside(&self) -> bool {
        match self {
            Self::Closed { .. }
            | Self::NotASession { .. }
            | Self::WrongStart { .. }
            | Self::WrongLength { .. }
            | Self::TooShort { .. }
            | Self::TooLong { .. }
            | Self::TooSoon { .. }
            | Self::NoTimeToDecide
            | Self::NoTimeForPapers { .. }
            | Self::TooFarAhead { .. }
            | Self::Dark { .. }
            | Self::OutOfSeason { .. }
            | Self::Arrival
            | Self::WeekOfBookingsFull { .. }
            | Self::WeekOfHoursFull { .. }
            | Self::NotForClass { .. }
            | Self::NotForServices { .. }
            | Self::NotALength { .. } => true,
            Self::InThePast
            | Self::Blocked { .. }
            | Self::NotFree { .. }
            | Self::TooFewUnits { .. }
            | Self::NoSuchUnits
            | Self::TooManyPeople { .. }
            | Self::Retired { .. }
            | Self::NoSuchTime
            | Self::KeptApart { .. }
            | Self::NoInduction
            | Self::ExtraTaken { .. }
            | Self::TooFewExtras { .. }
            | Self::ExtrasFirst => false,
        }
    }

    /// Whether another time or place may help: true for all but what the form itself must put right.
    pub fn another_time_may_help(&self) -> bool {
        !matches!(
            self,
            Self::TooManyPeople { .. }
                | Self::NoSuchUnits
                | Self::Retired { .. }
                | Self::KeptApart { until: None, .. }
                | Self::NoInduction
                | Self::TooFewExtras { .. }
                | Self::ExtrasFirst
        )
    }

    /// The sentence for the person, with the facility's name and its site's clock.
    pub fn words(&self, facility: &str, zone: Tz) -> String {
        match self {
            Self::InThePast => "That time has passed. Choose a later one".to_owned(),
            Self::Closed { open } if open.is_empty() => {
                format!("{facility} is closed all that day. Choose another day")
            }
            Self::Closed { open } => {
                let hours: Vec<String> = open.iter().map(|span| times(zone, *span)).collect();
                format!("{facility} is open {} that day. Choose a time within that", listed(&hours))
            }
            Self::Dark { open } if open.is_empty() => {
                format!("{facility} is closed all that day. Choose another day")
            }
            Self::Dark { open } => {
                let hours: Vec<String> = open.iter().map(|span| times(zone, *span)).collect();
                format!("{facility} is open by daylight only, that day {}. Choose a time within that", listed(&hours))
            }
            Self::OutOfSeason { season } => {
                format!("{facility} is open from {}. Choose a date in that season", season.words())
            }
            Self::Blocked { reason, until } => {
                format!("{facility} is closed then ({reason}), until {}", date_and_clock(zone, *until))
            }
            Self::NotFree { until: Some(until) } => {
                format!("{facility} is not free then. It is taken until {}", clock(local_time(zone, *until).minute))
            }
            Self::NotFree { until: None } => format!("{facility} is not free then"),
            Self::Arrival => format!("{facility} is not free then. Choose another start"),
            Self::TooFewUnits { asked, free: 0 } => format!("None of the {asked} you asked for is free then"),
            Self::TooFewUnits { asked, free } => {
                format!("You asked for {asked} and {free} can be had then. Ask for {free} or choose another time")
            }
            Self::NoSuchUnits => format!("Choose from what {facility} has"),
            Self::WrongStart { starts, step_minutes } => wrong_start(facility, starts, *step_minutes),
            Self::NoTimeForPapers { missing } => no_time_for_papers(facility, *missing),
            Self::NotALength { .. } | Self::KeptApart { .. } | Self::NoInduction => self.care_words(facility, zone),
            Self::ExtraTaken { .. } | Self::TooFewExtras { .. } | Self::ExtrasFirst => self.extra_words(facility, zone),
            Self::NotForClass { .. } | Self::NotForServices { .. } => self.access_words(facility),
            _ => self.other_words(facility, zone),
        }
    }

    /// The rule alone, where nothing has to be put right: the sentence without the advice at its end, and the same for every date.
    pub fn rule_words(&self, facility: &str, zone: Tz) -> String {
        let mut words = self.words(facility, zone);
        for advice in [". Choose ", ". The first time ", ". This date opens "] {
            words.truncate(words.rfind(advice).unwrap_or(words.len()));
        }
        words
    }

    /// The sentences about whom a place is for, each with the way to a yes.
    fn access_words(&self, facility: &str) -> String {
        match self {
            Self::NotForServices { services } => format!(
                "{facility} is for organisations that offer {}. Choose another space, or if yours offers it, have its coordinator say so on its page",
                services.words()
            ),
            Self::NotForClass { classes } => {
                format!("{facility} is for {}. Choose another space, or ask the site", classes.words())
            }
            _ => String::new(),
        }
    }

    /// The sentences about what a place asks beyond times. What is there then is named, never whose it is.
    fn care_words(&self, facility: &str, zone: Tz) -> String {
        match self {
            Self::NotALength { lengths } => {
                format!("Sessions in {facility} last {}. Choose one of these", lengths_in_words(lengths))
            }
            Self::KeptApart { ours, theirs, until: Some(until) } => format!(
                "{ours} and {theirs} are never in {facility} at the same time. {theirs}: there until {}. Choose a later time, or leave {ours} out",
                date_and_clock(zone, *until)
            ),
            Self::KeptApart { ours, theirs, until: None } => {
                format!("{ours} and {theirs} are never in {facility} at the same time. Choose one of the two")
            }
            _ => format!("{facility} needs an induction that is valid on that date. Record it first"),
        }
    }

    /// The sentences about extras. When they are taken is said, never by whom.
    fn extra_words(&self, facility: &str, zone: Tz) -> String {
        match self {
            Self::ExtraTaken { name, free: 0, taken: Some(taken), .. } => {
                format!("{name} is taken {}", times(zone, *taken))
            }
            Self::ExtraTaken { name, asked, free, .. } => {
                format!("{name}: you asked for {asked} and {free} can be had then")
            }
            Self::TooFewExtras { name, there: 0, .. } => format!("{name} cannot be had with {facility} on that date"),
            Self::TooFewExtras { name, asked, there } => {
                format!("{name}: you asked for {asked} and there are {there} on that date")
            }
            _ => format!(
                "{facility} decides about the move. Change the extras first, and then the place or the time on their own"
            ),
        }
    }

    /// The rest of the sentences: length, notice, people and quotas.
    fn other_words(&self, facility: &str, zone: Tz) -> String {
        match self {
            Self::NotASession { sessions } => {
                let named: Vec<String> = sessions.iter().map(NamedSession::words).collect();
                format!("{facility} is booked by the session: {}. Choose one of those", named.join("; "))
            }
            Self::WrongLength { step_minutes } => {
                format!(
                    "{facility} is booked in steps of {}. Choose an end from the list",
                    length((*step_minutes).into())
                )
            }
            Self::TooShort { shortest_session } => {
                format!("{facility} is booked for at least {}. Choose a later end", length((*shortest_session).into()))
            }
            Self::TooLong { longest_session } => {
                format!("{facility} is booked for at most {}. Choose an earlier end", length((*longest_session).into()))
            }
            Self::TooSoon { notice_minutes, first } => format!(
                "{facility} is booked at least {} ahead. The first time is {}",
                length((*notice_minutes).into()),
                date_and_clock(zone, *first)
            ),
            Self::NoTimeToDecide => format!(
                "The site has to approve {facility} and there is no time left before that. Choose a later time or ring the site"
            ),
            Self::TooFarAhead { horizon_days, opens_on, own_last: Some(last) } => format!(
                "{facility} is booked up to {} ahead by organisations like this one, now until {}. This date opens on {}",
                days_ahead(*horizon_days),
                long_date(*last),
                long_date(*opens_on)
            ),
            Self::TooFarAhead { horizon_days, opens_on, own_last: None } => format!(
                "{facility} is booked up to {} ahead. This date opens on {}",
                counted((*horizon_days).into(), "day", "days"),
                long_date(*opens_on)
            ),
            Self::TooManyPeople { capacity } => {
                format!("{facility} takes {capacity}. Enter {capacity} people or fewer, or choose a larger space")
            }
            Self::WeekOfBookingsFull { most } => {
                format!(
                    "Your organisation has its {} here for that week. Choose another week",
                    counted((*most).into(), "booking", "bookings")
                )
            }
            Self::WeekOfHoursFull { most_minutes, used_minutes } => format!(
                "Your organisation has used {} of its {} here that week. Choose another week or a shorter time",
                length(*used_minutes),
                length((*most_minutes).into())
            ),
            Self::NoSuchTime => {
                "The clocks go forward then, so that time does not exist. Choose another time".to_owned()
            }
            Self::Retired { from } => {
                format!("{facility} is no longer booked from {}. Choose another space", long_date(*from))
            }
            _ => format!("{facility} is not free then"),
        }
    }
}

fn no_time_for_papers(facility: &str, missing: PaperSet) -> String {
    let missing = missing.words();
    format!(
        "{facility} needs your {missing} on file and there is no time left before that. Choose a later time or ring the site"
    )
}

fn wrong_start(facility: &str, starts: &[i32], step_minutes: i32) -> String {
    if starts.len() <= 6 {
        let named: Vec<String> = starts.iter().map(|minute| clock(*minute)).collect();
        return format!("Sessions in {facility} start at {}. Choose one of these", listed(&named));
    }
    let first = starts
        .iter()
        .find(|minute| 9 * 60 <= **minute)
        .map_or(String::new(), |minute| format!(", for example at {}", clock(*minute)));
    format!("Sessions in {facility} start {}{first}", every(step_minutes.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::London;

    #[test]
    fn an_extra_that_is_taken_is_said_with_its_times_and_never_with_whose_it_is() {
        let at = |hour: i64| Instant::from_seconds(1_795_478_400 + hour * 3600);
        let taken = Span::new(at(14), at(16));
        let name = || "Projector".to_owned();
        for (refusal, words) in [
            (Refusal::ExtraTaken { name: name(), asked: 1, free: 0, taken }, "Projector is taken 2pm to 4pm"),
            (
                Refusal::ExtraTaken { name: name(), asked: 2, free: 1, taken },
                "Projector: you asked for 2 and 1 can be had then",
            ),
            (
                Refusal::TooFewExtras { name: name(), asked: 1, there: 0 },
                "Projector cannot be had with Cedar on that date",
            ),
            (
                Refusal::TooFewExtras { name: name(), asked: 3, there: 2 },
                "Projector: you asked for 3 and there are 2 on that date",
            ),
        ] {
            assert_eq!(refusal.words("Cedar", London), words);
            assert!(refusal.is_about_extras() && refusal.about() == About::Extras && !refusal.may_be_set_aside());
        }
    }

    #[test]
    fn a_rule_is_said_without_advice_and_every_hour_without_a_number() {
        let short = Refusal::TooShort { shortest_session: 50 };
        assert_eq!(short.rule_words("Cedar", London), "Cedar is booked for at least 50 minutes");
        let starts = (8..20).map(|hour| hour * 60).collect();
        let start = Refusal::WrongStart { starts, step_minutes: 60 };
        assert_eq!(start.words("Cedar", London), "Sessions in Cedar start every hour, for example at 9am");
    }

    #[test]
    fn refusals_say_the_rule_and_the_way_out() {
        let said = Refusal::TooManyPeople { capacity: 4 }.words("Cedar", London);
        assert_eq!(said, "Cedar takes 4. Enter 4 people or fewer, or choose a larger space");
        let said = Refusal::WrongStart { starts: vec![540, 780], step_minutes: 60 }.words("Cedar", London);
        assert_eq!(said, "Sessions in Cedar start at 9am and 1pm. Choose one of these");
    }
}
