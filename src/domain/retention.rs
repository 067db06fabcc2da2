//! How long each kind of data is kept: what is usual, how far that may be changed, and why. Not how it is removed.

use super::fault::REPORTER_KEPT_DAYS;
use super::keys::NAMES_KEPT_DAYS;
use super::slots::DETAILS_KEPT_DAYS;

/// A kind of data with a time of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kept {
    Sessions,
    Links,
    Forms,
    MailTexts,
    MailEnvelopes,
    ArrivalNames,
    KeyHolders,
    Donors,
    Openers,
    DaysAway,
    FaultReporters,
    Views,
    BookingTexts,
    Messages,
    AttendanceNotes,
    Inductions,
    Accounts,
    History,
}

/// What is known of a kind; times are days.
#[derive(Debug)]
pub struct Rule {
    pub kind: Kept,
    pub code: &'static str,
    /// What goes, and from when its time is counted.
    pub what: &'static str,
    pub usual: i32,
    pub least: i32,
    pub most: i32,
    /// Why it is as long as it usually is.
    pub why: &'static str,
    /// Little and looked for by an index: it goes within the hour. The rest goes once a day.
    pub soon: bool,
}

const YEAR: i32 = 365;
/// As `i32`, because days of the other files are counted in `i64`.
const fn days(count: i64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a few weeks")]
    let count = count as i32;
    count
}

const fn rule(
    (kind, code): (Kept, &'static str),
    what: &'static str,
    (usual, least, most): (i32, i32, i32),
    soon: bool,
    why: &'static str,
) -> Rule {
    Rule { kind, code, what, usual, least, most, why, soon }
}

/// All kinds, in the order in which they are shown and removed.
pub const RULES: [Rule; 18] = [
    rule(
        (Kept::Sessions, "sessions"),
        "Sign-ins that have ended",
        (0, 0, 30),
        true,
        "A sign-in that has ended is of no use to anybody.",
    ),
    rule(
        (Kept::Links, "links"),
        "Mailed links, and wrong passwords that were tried",
        (7, 1, 30),
        true,
        "A week is enough to look into an attack, or to say why a link no longer works.",
    ),
    rule(
        (Kept::Forms, "forms"),
        "Marks of forms that were sent, so that none counts twice",
        (2, 1, 14),
        true,
        "Nobody sends the same form again after a day.",
    ),
    rule(
        (Kept::MailTexts, "mail_texts"),
        "What emails say, after they left",
        (7, 1, 30),
        true,
        "For a few days somebody may ask for it again. Then the recipient has it.",
    ),
    rule(
        (Kept::MailEnvelopes, "mail_envelopes"),
        "That an email was sent, to whom and about what",
        (400, 30, 3 * YEAR),
        false,
        "More than a year, so that it can be shown that somebody was told of a decision.",
    ),
    rule(
        (Kept::ArrivalNames, "arrivals"),
        "Names of visitors, after they came",
        (days(NAMES_KEPT_DAYS), 1, 90),
        true,
        "They are for an evacuation and for questions soon after. How many came is kept.",
    ),
    rule(
        (Kept::KeyHolders, "keys"),
        "Who had a key, after it came back",
        (days(NAMES_KEPT_DAYS), 1, YEAR),
        true,
        "For when a door was left open or a key was copied, which is found out within weeks.",
    ),
    rule(
        (Kept::Donors, "donors"),
        "Name and email of donors, after their drop-off",
        (days(DETAILS_KEPT_DAYS), 1, 90),
        true,
        "Only to tell them if something changes.",
    ),
    rule(
        (Kept::Openers, "openers"),
        "Who opened or locked up on a date",
        (days(NAMES_KEPT_DAYS), 7, YEAR),
        true,
        "For questions about what was left open.",
    ),
    rule(
        (Kept::DaysAway, "days_away"),
        "Days on which volunteers were away",
        (days(NAMES_KEPT_DAYS), 1, 90),
        true,
        "They are for planning, which looks ahead.",
    ),
    rule(
        (Kept::FaultReporters, "fault_reporters"),
        "Who reported a fault, after it is mended",
        (days(REPORTER_KEPT_DAYS), 1, YEAR),
        true,
        "To ask or thank them. The fault itself is kept for the building’s records.",
    ),
    rule(
        (Kept::Views, "views"),
        "Who among the staff opened a confidential booking",
        (YEAR, 90, 6 * YEAR),
        true,
        "Long enough for an organisation to notice and ask, and no longer: it is about the staff.",
    ),
    rule(
        (Kept::BookingTexts, "booking_texts"),
        "What bookings were for, their notes, and who private persons were, after the last date",
        (3 * YEAR, YEAR, 7 * YEAR),
        false,
        "For reports over three years to those who fund a site. Place, time and organisation are kept for the accounts.",
    ),
    rule(
        (Kept::Messages, "messages"),
        "Reasons and messages of people, after they were written",
        (3 * YEAR, YEAR, 7 * YEAR),
        false,
        "As long as the bookings that they explain.",
    ),
    rule(
        (Kept::AttendanceNotes, "attendance_notes"),
        "Remarks on how sessions went",
        (YEAR, 30, 3 * YEAR),
        false,
        "For putting things right in the building. The counts hold no names and are kept.",
    ),
    rule(
        (Kept::Inductions, "inductions"),
        "Inductions of persons, after they ran out",
        (YEAR, 30, 6 * YEAR),
        false,
        "To show that somebody was shown round, while an accident could still be claimed for.",
    ),
    rule(
        (Kept::Accounts, "accounts"),
        "Accounts that nobody has used and that belong to no organisation or site",
        (2 * YEAR, 180, 5 * YEAR),
        false,
        "Whoever has not signed in for so long, and can do nothing here, has no need of an account.",
    ),
    rule(
        (Kept::History, "history"),
        "Lines of the history",
        (7 * YEAR, 3 * YEAR, 10 * YEAR),
        false,
        "Six years within which a claim can be brought in England and Wales, and one more to answer it. The lines hold no names.",
    ),
];

/// What no time ends, with the reason.
pub const NEVER: [(&str, &str); 3] = [
    (
        "What was told to safeguarding leads, and who read it",
        "The law and those who look into it decide how long, not a program. The leads ask an administrator of the database to remove it.",
    ),
    (
        "Bookings themselves: which space, when, which organisation",
        "They are the accounts of the place, and name nobody once their texts are gone.",
    ),
    ("Papers of organisations", "They are about organisations. Their coordinators take them back."),
];

impl Kept {
    pub fn rule(self) -> &'static Rule {
        const FIRST: &Rule = &RULES[0];
        RULES.iter().find(|rule| rule.kind == self).unwrap_or(FIRST)
    }
}

impl Rule {
    /// The name of its setting.
    pub fn setting(&self) -> String {
        format!("retention/{}", self.code)
    }

    /// Reads what was typed.
    ///
    /// # Errors
    /// The words to show at the field.
    pub fn parse(&self, typed: &str) -> Result<i32, String> {
        let days = typed.trim().parse::<i32>().ok().filter(|days| self.least <= *days && *days <= self.most);
        days.ok_or_else(|| format!("{}: enter a number of days from {} to {}", self.what, self.least, self.most))
    }
}

/// The days of every kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times(Vec<(Kept, i32)>);

impl Times {
    /// Those that were set, as far as they are within limits, and the usual ones for the rest.
    pub fn from_settings(set: impl Fn(&str) -> Option<String>) -> Self {
        let days = |rule: &Rule| set(&rule.setting()).and_then(|text| rule.parse(&text).ok()).unwrap_or(rule.usual);
        Self(RULES.iter().map(|rule| (rule.kind, days(rule))).collect())
    }

    pub fn of(&self, kind: Kept) -> i32 {
        self.0.iter().find(|(one, _)| *one == kind).map_or(kind.rule().usual, |(_, days)| *days)
    }
}

/// "7 days", "2 years", "at once".
pub fn days_words(days: i32) -> String {
    match days {
        0 => "at once".to_owned(),
        1 => "1 day".to_owned(),
        YEAR => "1 year".to_owned(),
        _ if YEAR < days && days % YEAR == 0 => format!("{} years", days / YEAR),
        _ => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_is_within_the_limits_and_codes_stand_once() {
        for rule in &RULES {
            assert!(0 <= rule.least && rule.least <= rule.usual && rule.usual <= rule.most, "{rule:?}");
            assert_eq!(RULES.iter().filter(|one| one.code == rule.code || one.kind == rule.kind).count(), 1);
            assert!(rule.why.ends_with('.') && !rule.what.ends_with('.'), "{rule:?}");
            assert_eq!(rule.kind.rule().code, rule.code);
        }
    }

    #[test]
    fn a_time_outside_the_limits_is_refused_and_never_believed() {
        let rule = Kept::MailTexts.rule();
        for wrong in ["", "0", "31", "-1", "seven", "99999999999"] {
            assert!(rule.parse(wrong).is_err(), "{wrong}");
            let times = Times::from_settings(|_| Some(wrong.to_owned()));
            assert_eq!(times.of(Kept::MailTexts), 7, "{wrong}");
        }
        assert_eq!(rule.parse(" 14 "), Ok(14));
        let set = |name: &str| (name == "retention/mail_texts").then(|| "14".to_owned());
        assert_eq!(Times::from_settings(set).of(Kept::MailTexts), 14);
        assert_eq!(Times::from_settings(set).of(Kept::Views), 365);
    }

    #[test]
    fn days_are_said_plainly() {
        for (days, words) in
            [(0, "at once"), (1, "1 day"), (7, "7 days"), (365, "1 year"), (400, "400 days"), (1095, "3 years")]
        {
            assert_eq!(days_words(days), words);
        }
    }
}
