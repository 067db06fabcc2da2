//! The form of a space's rules as it was sent, read into rules or faults. Raw text stops here.

use serde::Deserialize;

use crate::domain::papers::{PaperKind, PaperSet, Required};
use crate::domain::rules::{Approval, Privacy, Rules};
use crate::domain::season::{Season, day_of_year, typed_day_of_year};
use crate::domain::services::{Access, ClassSet, ServiceSet};
use crate::domain::typed;
use crate::domain::words::{clock, length};
use crate::web::forms::Faults;

const HOUR: i32 = 60;
const DAY: i32 = 24 * HOUR;

/// All rules as typed. Each field is named like the rule, so that what contradicts is said at its field.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulesForm {
    pub step_minutes: String,
    pub start_minutes: String,
    pub shortest_minutes: String,
    pub longest_minutes: String,
    pub set_up_minutes: String,
    pub turnaround_minutes: String,
    pub own_may_touch: String,
    pub notice_minutes: String,
    pub horizon_days: String,
    pub capacity: String,
    pub approval: String,
    pub holds_place: String,
    pub hold_minutes: String,
    pub late_cancel_minutes: String,
    pub week_bookings: String,
    pub week_minutes: String,
    pub privacy: String,
    pub still_needed_weeks: String,
    pub daylight: String,
    pub season_from: String,
    pub season_to: String,
    pub by_session: String,
    pub horizon_commissioned_days: String,
    pub warns_alone: String,
    pub arrival_gap_minutes: String,
    /// The codes of the papers that must be on file.
    pub papers: Vec<String>,
    pub least_pounds: String,
    /// The codes of the classes and services that it is for; none for all.
    pub classes: Vec<String>,
    pub services: Vec<String>,
    /// "preview" shows the rules in words, "save" saves them.
    pub step: String,
}

impl RulesForm {
    /// The form of rules as they stand.
    pub fn of(rules: &Rules) -> Self {
        let minutes = |minutes: i32| length(minutes.into());
        let tick = |on: bool| if on { "yes".to_owned() } else { String::new() };
        Self {
            step_minutes: minutes(rules.step_minutes),
            start_minutes: rules.start_minutes.iter().map(|minute| clock(*minute)).collect::<Vec<_>>().join(", "),
            shortest_minutes: minutes(rules.shortest_minutes),
            longest_minutes: minutes(rules.longest_minutes),
            set_up_minutes: minutes(rules.set_up_minutes),
            turnaround_minutes: minutes(rules.turnaround_minutes),
            own_may_touch: tick(rules.own_may_touch),
            notice_minutes: minutes(rules.notice_minutes),
            horizon_days: rules.horizon_days.to_string(),
            capacity: rules.capacity.to_string(),
            approval: rules.approval.code().to_owned(),
            holds_place: tick(rules.holds_place),
            hold_minutes: minutes(rules.hold_minutes),
            late_cancel_minutes: minutes(rules.late_cancel_minutes),
            week_bookings: rules.week_bookings.map_or_else(String::new, |most| most.to_string()),
            week_minutes: rules.week_minutes.map_or_else(String::new, minutes),
            privacy: rules.privacy.code().to_owned(),
            still_needed_weeks: rules.still_needed_weeks.to_string(),
            daylight: tick(rules.daylight),
            season_from: rules.season.map_or_else(String::new, |season| day_of_year(season.from)),
            season_to: rules.season.map_or_else(String::new, |season| day_of_year(season.to)),
            by_session: tick(rules.by_session),
            horizon_commissioned_days: rules
                .horizon_commissioned_days
                .map_or_else(String::new, |days| days.to_string()),
            warns_alone: tick(rules.warns_alone),
            arrival_gap_minutes: minutes(rules.arrival_gap_minutes),
            papers: rules.papers.kinds.iter().map(|kind| kind.code().to_owned()).collect(),
            least_pounds: match rules.papers.least_pounds {
                0 => String::new(),
                pounds => pounds.to_string(),
            },
            classes: rules.access.classes.iter().map(|one| one.code().to_owned()).collect(),
            services: rules.access.services.iter().map(|one| one.code().to_owned()).collect(),
            step: String::new(),
        }
    }

    pub fn tells_of_being_alone(&self) -> bool {
        self.warns_alone == "yes"
    }

    pub fn by_daylight(&self) -> bool {
        self.daylight == "yes"
    }

    pub fn in_sessions(&self) -> bool {
        self.by_session == "yes"
    }

    pub fn may_touch(&self) -> bool {
        self.own_may_touch == "yes"
    }

    pub fn holds(&self) -> bool {
        self.holds_place == "yes"
    }

    /// Reads the rules. What contradicts is looked for once each field by itself is right.
    pub fn parse(&self) -> Result<Rules, Faults> {
        let mut faults = Faults::none();
        let rules = self.read(&mut faults);
        if faults.is_empty() {
            for (field, words) in rules.faults() {
                faults.add(field, words);
            }
        }
        if faults.is_empty() { Ok(rules) } else { Err(faults) }
    }

    fn read(&self, faults: &mut Faults) -> Rules {
        Rules {
            capacity: faults.number("capacity", &self.capacity, "how many people it takes", (1, 10_000)),
            step_minutes: minutes(faults, "step_minutes", &self.step_minutes, (5, DAY)),
            start_minutes: starts(faults, &self.start_minutes),
            shortest_minutes: minutes(faults, "shortest_minutes", &self.shortest_minutes, (5, 7 * DAY)),
            longest_minutes: minutes(faults, "longest_minutes", &self.longest_minutes, (5, 7 * DAY)),
            set_up_minutes: minutes(faults, "set_up_minutes", &self.set_up_minutes, (0, DAY)),
            turnaround_minutes: minutes(faults, "turnaround_minutes", &self.turnaround_minutes, (0, DAY)),
            own_may_touch: self.may_touch(),
            notice_minutes: minutes(faults, "notice_minutes", &self.notice_minutes, (0, 365 * DAY)),
            horizon_days: faults.number("horizon_days", &self.horizon_days, "a number of days", (1, 1_000)),
            approval: faults
                .take("approval", Approval::parse(&self.approval).map(Some).ok_or("Choose who says yes"))
                .unwrap_or(Approval::Always),
            holds_place: self.holds(),
            hold_minutes: minutes(faults, "hold_minutes", &self.hold_minutes, (HOUR, 60 * DAY)),
            late_cancel_minutes: minutes(faults, "late_cancel_minutes", &self.late_cancel_minutes, (0, 60 * DAY)),
            week_bookings: self.week_bookings(faults),
            week_minutes: Some(self.week_minutes.trim())
                .filter(|typed| !typed.is_empty())
                .map(|typed| minutes(faults, "week_minutes", typed, (5, 7 * DAY))),
            privacy: faults
                .take("privacy", Privacy::parse(&self.privacy).map(Some).ok_or("Choose who sees what it is for"))
                .unwrap_or(Privacy::Confidential),
            still_needed_weeks: faults.number(
                "still_needed_weeks",
                &self.still_needed_weeks,
                "a number of weeks",
                (0, 104),
            ),
            daylight: self.by_daylight(),
            season: self.season(faults),
            by_session: self.in_sessions(),
            horizon_commissioned_days: self.horizon_commissioned_days(faults),
            warns_alone: self.tells_of_being_alone(),
            arrival_gap_minutes: minutes(faults, "arrival_gap_minutes", &self.arrival_gap_minutes, (0, 4 * HOUR)),
            papers: self.papers(faults),
            access: self.access(faults),
        }
    }

    /// Both ends or neither.
    fn season(&self, faults: &mut Faults) -> Option<Season> {
        let mut read = |field: &'static str, typed: &str, other: &str| {
            if typed.trim().is_empty() && other.trim().is_empty() {
                return None;
            }
            let day = typed_day_of_year(typed);
            Some(faults.take(field, day.ok_or("Enter a day of the year like “1 April”, or leave both ends empty")))
        };
        let from = read("season_from", &self.season_from, &self.season_to)?;
        let to = read("season_to", &self.season_to, &self.season_from)?;
        Some(Season { from, to })
    }

    fn horizon_commissioned_days(&self, faults: &mut Faults) -> Option<i32> {
        let typed = Some(self.horizon_commissioned_days.trim()).filter(|typed| !typed.is_empty())?;
        Some(faults.number("horizon_commissioned_days", typed, "a number of days", (1, 1_000)))
    }

    /// The kinds that are ticked; an amount counts for insurance only.
    fn papers(&self, faults: &mut Faults) -> Required {
        let kinds: Option<Vec<PaperKind>> = self.papers.iter().map(|code| PaperKind::parse(code)).collect();
        let kinds = PaperSet::of(faults.take("papers", kinds.ok_or("Choose from the list of papers")));
        let typed: String = self.least_pounds.chars().filter(|c| !matches!(c, '£' | ',' | ' ')).collect();
        let typed = Some(typed).filter(|typed| !typed.is_empty() && kinds.has(PaperKind::Liability));
        let pounds = typed.map(|typed| faults.number("least_pounds", &typed, "whole pounds", (1, 100_000_000)));
        Required { kinds, least_pounds: pounds.unwrap_or_default() }
    }

    /// What is ticked; nothing ticked limits nothing.
    fn access(&self, faults: &mut Faults) -> Access {
        let classes = ClassSet::parse(&self.classes.join(" ")).ok_or("Choose from the list");
        let services = ServiceSet::parse(&self.services.join(" ")).ok_or("Choose from the list");
        Access { classes: faults.take("classes", classes), services: faults.take("services", services) }
    }

    fn week_bookings(&self, faults: &mut Faults) -> Option<i32> {
        let typed = Some(self.week_bookings.trim()).filter(|typed| !typed.is_empty())?;
        Some(faults.number("week_bookings", typed, "a number of bookings", (1, 1_000)))
    }
}

fn minutes(faults: &mut Faults, field: &'static str, typed: &str, (least, most): (i32, i32)) -> i32 {
    // A number alone counts minutes; where days are usual, whoever types “2” means something else.
    let alone = 7 * DAY < most && typed.trim().parse::<i32>().is_ok_and(|number| 0 < number);
    let read = typed::length(typed).filter(|minutes| !alone && least <= *minutes && *minutes <= most);
    let words = |minutes: i32| length(minutes.into());
    faults.take(
        field,
        read.ok_or_else(|| {
            format!("Enter a length like “90 minutes” or “2 hours”, from {} to {}", words(least), words(most))
        }),
    )
}

fn starts(faults: &mut Faults, typed: &str) -> Vec<i32> {
    let read = typed::clocks(typed);
    faults.take(
        "start_minutes",
        read.map_err(|piece| {
            format!("Enter times apart by commas, like “9am, 1:30pm” or “09:00, 13:30”. “{piece}” is no time")
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kinds::KINDS;

    #[test]
    fn the_rules_of_every_kind_are_read_as_they_are_shown() {
        for entry in &KINDS {
            let rules = entry.default_rules();
            assert_eq!(RulesForm::of(&rules).parse().unwrap(), rules, "{}", entry.code);
        }
        let rules = Rules {
            start_minutes: vec![0, 540, 720, 810],
            week_bookings: Some(3),
            week_minutes: Some(330),
            still_needed_weeks: 0,
            daylight: true,
            season: Some(Season { from: (4, 1), to: (9, 30) }),
            access: Access {
                classes: ClassSet::parse("charity statutory").unwrap(),
                services: ServiceSet::parse("advice arts").unwrap(),
            },
            ..Rules::ordinary()
        };
        assert_eq!(RulesForm::of(&rules).parse().unwrap(), rules);
    }

    #[test]
    fn every_fault_of_the_rules_stands_at_a_field_of_the_form() {
        let form = RulesForm { shortest_minutes: "90".to_owned(), ..RulesForm::of(&Rules::ordinary()) };
        let form = RulesForm { longest_minutes: "70 minutes".to_owned(), week_minutes: "1 hour".to_owned(), ..form };
        let faults = form.parse().unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["longest_minutes", "week_minutes"]);
        // Whoever types “2” where days are usual is asked of what.
        for (typed, is_fault) in [("2", true), ("0", false), ("2 hours", false), ("3 days", false)] {
            let form = RulesForm { notice_minutes: typed.to_owned(), ..RulesForm::of(&Rules::ordinary()) };
            assert_eq!(form.parse().is_err(), is_fault, "{typed}");
        }
    }
}
