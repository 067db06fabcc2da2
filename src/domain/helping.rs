//! When a volunteer can: weekdays and parts of the day as they said, and dates on which they are away. Advice to whoever keeps the rota, never a bar.

use chrono::NaiveDate;

use super::hours::weekday;

/// Somebody may note so many absences.
pub const MOST_AWAY: usize = 20;

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Until noon.
    Morning,
    /// From noon to 5pm.
    Afternoon,
    /// From 5pm on.
    Evening,
}

impl Part {
    pub const ALL: [Self; 3] = [Self::Morning, Self::Afternoon, Self::Evening];

    pub fn code(self) -> &'static str {
        match self {
            Self::Morning => "morning",
            Self::Afternoon => "afternoon",
            Self::Evening => "evening",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Morning => "Morning, until noon",
            Self::Afternoon => "Afternoon, noon to 5pm",
            Self::Evening => "Evening, from 5pm",
        }
    }

    /// From when to when, in minutes after midnight; the evening runs on.
    fn minutes(self) -> (i32, i32) {
        match self {
            Self::Morning => (0, 720),
            Self::Afternoon => (720, 1020),
            Self::Evening => (1020, i32::MAX),
        }
    }

    fn touches(self, (from, to): (i32, i32)) -> bool {
        let (begins, ends) = self.minutes();
        begins < to && from < ends
    }
}

/// What a person said of when they can.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Availability {
    /// Weekday, 0 for Monday, and part of the day; nothing at all where they have not said.
    pub times: Vec<(i32, Part)>,
    /// First and last date of each absence, in order.
    pub away: Vec<(NaiveDate, NaiveDate)>,
}

/// Whether a session fits what a person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Can,
    NotSaid,
    NotThen,
    Away,
}

impl Fit {
    pub fn words(self) -> &'static str {
        match self {
            Self::Can => "can then",
            Self::NotSaid => "has not said when",
            Self::NotThen => "said not at that time",
            Self::Away => "away that day",
        }
    }
}

impl Availability {
    /// For a session that begins on this date, in minutes after its midnight.
    pub fn fit(&self, date: NaiveDate, minutes: (i32, i32)) -> Fit {
        if self.is_away(date) {
            return Fit::Away;
        }
        if self.times.is_empty() {
            return Fit::NotSaid;
        }
        let said = |part: Part| self.times.contains(&(weekday(date), part));
        let can = Part::ALL.into_iter().filter(|part| part.touches(minutes)).all(said);
        if can { Fit::Can } else { Fit::NotThen }
    }

    pub fn is_away(&self, date: NaiveDate) -> bool {
        self.away.iter().any(|(first, last)| *first <= date && date <= *last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_fits_when_all_its_parts_were_said() {
        let monday = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let tuesday = monday.succ_opt().unwrap();
        let (nothing, mornings) = (
            Availability::default(),
            Availability { times: vec![(0, Part::Morning), (0, Part::Afternoon)], away: Vec::new() },
        );
        let away = Availability { away: vec![(monday, monday)], ..mornings.clone() };
        for (who, date, minutes, expected) in [
            (&nothing, monday, (600, 660), Fit::NotSaid),
            (&mornings, monday, (600, 720), Fit::Can),
            (&mornings, monday, (690, 750), Fit::Can),
            (&mornings, monday, (720, 1020), Fit::Can),
            (&mornings, monday, (1000, 1021), Fit::NotThen),
            (&mornings, tuesday, (600, 660), Fit::NotThen),
            (&mornings, monday, (1380, 1500), Fit::NotThen),
            (&away, monday, (600, 660), Fit::Away),
            (&away, tuesday, (600, 660), Fit::NotThen),
        ] {
            assert_eq!(who.fit(date, minutes), expected, "{date} {minutes:?}");
        }
    }

    #[test]
    fn parts_are_read_back_and_cover_the_day() {
        for part in Part::ALL {
            assert_eq!(Part::parse(part.code()), Some(part));
        }
        for minute in 0..1440 {
            let touched = Part::ALL.into_iter().filter(|part| part.touches((minute, minute + 1))).count();
            assert_eq!(touched, 1, "{minute}");
        }
    }
}
