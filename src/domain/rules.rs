//! The rules that a manager sets for a facility, and how they read in plain words. Not the judging: that is `judge`.

use super::named::NamedSession;
use super::papers::Required;
use super::season::Season;
use super::services::Access;
use super::words::{clock, counted, length};

/// Who has to say yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// What the rules allow is confirmed at once.
    NotNeeded,
    /// Organisations trusted at the site are confirmed at once, others wait for the manager.
    UnlessTrusted,
    /// A manager decides each request.
    Always,
}

/// Who sees what a booking is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Privacy {
    Open,
    Organisation,
    Confidential,
}

impl Approval {
    pub const ALL: [Self; 3] = [Self::NotNeeded, Self::UnlessTrusted, Self::Always];

    pub fn code(self) -> &'static str {
        match self {
            Self::NotNeeded => "none",
            Self::UnlessTrusted => "trusted",
            Self::Always => "always",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::NotNeeded => "Confirmed straight away",
            Self::UnlessTrusted => "Straight away for organisations trusted here, otherwise the site decides",
            Self::Always => "The site decides each request",
        }
    }
}

impl Privacy {
    pub const ALL: [Self; 3] = [Self::Confidential, Self::Organisation, Self::Open];

    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Organisation => "organisation",
            Self::Confidential => "confidential",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Confidential => "Private session",
            Self::Organisation => "Organisation’s name shown to people who book",
            Self::Open => "Shown to everyone",
        }
    }
}

/// One facility's rules. Lengths count occupied minutes: set-up, session and turnaround together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    pub step_minutes: i32,
    /// Allowed starts of a session in minutes after midnight; empty when any step will do.
    pub start_minutes: Vec<i32>,
    pub shortest_minutes: i32,
    pub longest_minutes: i32,
    pub set_up_minutes: i32,
    pub turnaround_minutes: i32,
    /// Sessions of one holder may follow each other without set-up and turnaround between.
    pub own_may_touch: bool,
    /// How long before its start a request must be made.
    pub notice_minutes: i32,
    pub horizon_days: i32,
    /// As `horizon_days`, for commissioned services; none where they have no other.
    pub horizon_commissioned_days: Option<i32>,
    pub capacity: i32,
    pub approval: Approval,
    pub holds_place: bool,
    /// How long a request waits (and holds its place, if it does) before it expires.
    pub hold_minutes: i32,
    pub late_cancel_minutes: i32,
    /// Most active bookings of one organisation in one week (Monday to Sunday).
    pub week_bookings: Option<i32>,
    pub week_minutes: Option<i32>,
    pub privacy: Privacy,
    /// The booker of a series is asked every so many weeks whether it is still needed; 0 for never.
    pub still_needed_weeks: i32,
    /// Open between sunrise and sunset only.
    pub daylight: bool,
    /// The part of the year in which it is open; none for all of it.
    pub season: Option<Season>,
    /// Booked in the named sessions of the site, where it has some.
    pub by_session: bool,
    /// Whoever books it is told where theirs would be the only occupied room in the building.
    pub warns_alone: bool,
    /// Least minutes between a start here and the start of another holder's confidential session in a like room; 0 for none.
    pub arrival_gap_minutes: i32,
    /// Papers of the organisation that must be on file before a booking is confirmed.
    pub papers: Required,
    /// For whom it is.
    pub access: Access,
}

impl Rules {
    /// A meeting room: half-hour steps from one hour, no gaps, 72 hours to decide.
    pub fn ordinary() -> Self {
        Self {
            step_minutes: 30,
            start_minutes: Vec::new(),
            shortest_minutes: 60,
            longest_minutes: 480,
            set_up_minutes: 0,
            turnaround_minutes: 0,
            own_may_touch: true,
            notice_minutes: 120,
            horizon_days: 365,
            horizon_commissioned_days: None,
            capacity: 12,
            approval: Approval::UnlessTrusted,
            holds_place: true,
            hold_minutes: 72 * 60,
            late_cancel_minutes: 24 * 60,
            week_bookings: None,
            week_minutes: None,
            privacy: Privacy::Organisation,
            still_needed_weeks: 8,
            daylight: false,
            season: None,
            by_session: false,
            warns_alone: false,
            arrival_gap_minutes: 0,
            papers: Required::NOTHING,
            access: Access::ALL,
        }
    }

    /// How many days ahead it is booked by commissioned services, or by others.
    pub fn horizon(&self, commissioned: bool) -> i32 {
        self.horizon_commissioned_days.filter(|_| commissioned).unwrap_or(self.horizon_days)
    }

    /// Minutes of set-up and turnaround that go with every session.
    pub fn around(&self) -> i32 {
        self.set_up_minutes + self.turnaround_minutes
    }

    /// The shortest and longest session that people see, in minutes.
    pub fn session_lengths(&self) -> (i32, i32) {
        (self.shortest_minutes - self.around(), self.longest_minutes - self.around())
    }

    /// Whether a session may start at this minute after local midnight.
    pub fn may_start_at(&self, minute: i32) -> bool {
        if self.start_minutes.is_empty() {
            (minute - self.set_up_minutes).rem_euclid(self.step_minutes.max(1)) == 0
        } else {
            self.start_minutes.contains(&minute)
        }
    }

    /// The starts that the rules allow on any day, in minutes after local midnight.
    pub fn starts(&self) -> Vec<i32> {
        (0..1440).filter(|minute| self.may_start_at(*minute)).collect()
    }

    /// How many sessions a span of so many occupied minutes holds, where sessions are the unit (counselling: 60 = 50 + 10).
    pub fn sessions_in(&self, occupied_minutes: i64) -> Option<(i64, i64)> {
        let step = i64::from(self.step_minutes);
        let around = i64::from(self.around());
        let countable = 0 < around && self.step_minutes == self.shortest_minutes && 0 < step;
        (countable && occupied_minutes % step == 0).then_some((occupied_minutes / step, step - around))
    }

    /// ", 3 sessions of 50 minutes" for a run of several, behind its times; nothing for one alone.
    pub fn run_in_words(&self, session_minutes: i64) -> String {
        let sessions = self.sessions_in(session_minutes + i64::from(self.around())).filter(|(number, _)| 1 < *number);
        sessions.map_or_else(String::new, |(number, minutes)| format!(", {number} sessions of {}", length(minutes)))
    }

    /// What does not hold together: the rule by the name of its field, and words for the manager who typed it.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if self.step_minutes < 5 || 1440 < self.step_minutes || self.step_minutes % 5 != 0 {
            faults.push(("step_minutes", "The step must be a multiple of 5 minutes, up to a day"));
        }
        if self.longest_minutes < self.shortest_minutes {
            faults.push(("longest_minutes", "The longest booking must not be shorter than the shortest"));
        }
        if self.shortest_minutes <= self.around() {
            faults.push(("shortest_minutes", "The shortest booking must leave time between set-up and turnaround"));
        }
        let uneven = |minutes: i32| 0 < self.step_minutes && minutes % self.step_minutes != 0;
        if uneven(self.shortest_minutes) {
            faults.push(("shortest_minutes", "The shortest booking must be a multiple of the step"));
        }
        if uneven(self.longest_minutes) {
            faults.push(("longest_minutes", "The longest booking must be a multiple of the step"));
        }
        if self.week_minutes.is_some_and(|most| most < self.shortest_minutes) {
            faults.push(("week_minutes", "The most a week must not be less than the shortest booking"));
        }
        faults
    }

    /// The rules as label and plain words, for the card beside a form; `sessions` are those it is booked in, if it is.
    pub fn in_words(&self, sessions: &[NamedSession]) -> Vec<(&'static str, String)> {
        let mut rows = vec![("Seats", self.capacity.to_string())];
        rows.extend(self.access.in_words().map(|words| ("For", words)));
        rows.extend(self.times_in_words(sessions));
        if 0 < self.set_up_minutes {
            rows.push(("Set-up", format!("{} before each booking, added for you", length(self.set_up_minutes.into()))));
        }
        if 0 < self.turnaround_minutes {
            rows.push((
                "Turnaround",
                format!("{} after each booking, added for you", length(self.turnaround_minutes.into())),
            ));
        }
        if self.daylight {
            rows.push(("Daylight", "Between sunrise and sunset".to_owned()));
        }
        if let Some(season) = self.season {
            rows.push(("Season", season.words()));
        }
        rows.push(("Notice", format!("Ask at least {} before", length(self.notice_minutes.into()))));
        rows.push(("Ahead", self.horizon_in_words()));
        rows.push(("Approval", self.approval.words().to_owned()));
        if self.approval != Approval::NotNeeded {
            let kept = if self.holds_place {
                "The place is held for you for up to"
            } else {
                "The place is not held. Answer within"
            };
            rows.push(("Waiting", format!("{kept} {}", length(self.hold_minutes.into()))));
        }
        rows.extend(self.papers.in_words().map(|words| ("Papers on file", words)));
        rows.push((
            "Cancel",
            format!("Up to {} before. Later counts as late.", length(self.late_cancel_minutes.into())),
        ));
        rows.extend(self.quota_words());
        if self.warns_alone {
            rows.push(("Alone", "We tell you when nobody else would be in the building".to_owned()));
        }
        if 0 < self.arrival_gap_minutes {
            let gap = length(self.arrival_gap_minutes.into());
            rows.push(("Arrivals", format!("At least {gap} between those for different sessions")));
        }
        if 0 < self.still_needed_weeks {
            let weeks = counted(self.still_needed_weeks.into(), "week", "weeks");
            rows.push(("Series", format!("Every {weeks} we ask whether it is still needed")));
        }
        rows
    }

    /// The sessions, or starts and lengths.
    fn times_in_words(&self, sessions: &[NamedSession]) -> Vec<(&'static str, String)> {
        if !sessions.is_empty() {
            let named: Vec<String> = sessions.iter().map(NamedSession::in_brackets).collect();
            return vec![("Sessions", named.join(", "))];
        }
        let (shortest, longest) = self.session_lengths();
        vec![
            ("Starts", self.starts_in_words()),
            ("Shortest", length(shortest.into())),
            ("Longest", length(longest.into())),
        ]
    }

    fn horizon_in_words(&self) -> String {
        let ahead = |days: i32| format!("up to {} ahead", days_ahead(days));
        match self.horizon_commissioned_days {
            Some(days) => {
                format!("NHS and council services {}, others {}", ahead(days), ahead(self.horizon_days))
            }
            None => format!("Up to {} ahead", days_ahead(self.horizon_days)),
        }
    }

    fn starts_in_words(&self) -> String {
        if self.start_minutes.is_empty() {
            return match self.step_minutes {
                60 if self.set_up_minutes % 60 == 0 => "On the hour".to_owned(),
                60 => "Every hour".to_owned(),
                step => format!("Every {}", length(step.into())),
            };
        }
        let starts: Vec<String> = self.start_minutes.iter().map(|minute| clock(*minute)).collect();
        super::words::listed(&starts)
    }

    fn quota_words(&self) -> Option<(&'static str, String)> {
        let bookings = self.week_bookings.map(|most| counted(most.into(), "booking", "bookings"));
        let time = self.week_minutes.map(|most| length(most.into()));
        let parts: Vec<String> = bookings.into_iter().chain(time).collect();
        (!parts.is_empty()).then(|| ("Most", format!("{} a week for each organisation", super::words::listed(&parts))))
    }
}

/// "42 days", and from a year on "640 days (about 21 months)".
pub fn days_ahead(days: i32) -> String {
    let plain = counted(days.into(), "day", "days");
    // A month is 30.4 days; half of one more rounds to the nearest.
    let months = (days * 10 + 152) / 304;
    if 365 < days { format!("{plain} (about {months} months)") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kinds::Kind;

    #[test]
    fn three_counselling_sessions_are_three_times_fifty_minutes() {
        let rules = Kind::Counselling.entry().default_rules();
        assert_eq!(rules.sessions_in(180), Some((3, 50)));
        assert_eq!(rules.sessions_in(90), None);
        assert_eq!(Rules::ordinary().sessions_in(120), None);
    }

    #[test]
    fn starts_follow_the_step_less_the_set_up() {
        let rules = Rules { set_up_minutes: 15, step_minutes: 60, ..Rules::ordinary() };
        assert!(rules.may_start_at(9 * 60 + 15));
        assert!(!rules.may_start_at(9 * 60));
        let named = Rules { start_minutes: vec![540, 810], ..Rules::ordinary() };
        assert_eq!(named.starts(), [540, 810]);
    }

    #[test]
    fn sessions_and_the_horizon_of_each_class_are_said_in_plain_words() {
        let rules = Kind::Consulting.entry().default_rules();
        let rows = rules.in_words(&crate::domain::named::usual());
        let row = |label: &str| rows.iter().find(|(one, _)| *one == label).map(|(_, words)| words.as_str());
        let sessions = "Morning (9am to 1pm), Afternoon (1pm to 5pm), Evening (5pm to 8pm), All day (9am to 5pm)";
        assert_eq!(row("Sessions"), Some(sessions));
        let ahead = "NHS and council services up to 640 days (about 21 months) ahead, others up to 457 days (about 15 months) ahead";
        assert_eq!(row("Ahead"), Some(ahead));
        assert_eq!((row("Starts"), row("Shortest")), (None, None));
        let by_the_hour = rules.in_words(&[]);
        assert!(by_the_hour.iter().any(|(label, _)| *label == "Starts"));
    }

    #[test]
    fn rules_that_contradict_themselves_are_named() {
        let rules = Rules { shortest_minutes: 90, longest_minutes: 60, ..Rules::ordinary() };
        assert_eq!(rules.faults().len(), 1);
        let rules = Rules { step_minutes: 7, ..Rules::ordinary() };
        assert!(!rules.faults().is_empty());
    }
}
