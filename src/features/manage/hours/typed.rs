//! The form of a week as it was sent: up to two spans a day, read into hours or faults. Raw text stops here.

use crate::domain::hours::WeeklyHours;
use crate::domain::typed::clock;
use crate::domain::words::{clock24, weekday_of};
use crate::error::Error;
use crate::web::forms::Faults;

/// The fields of a day: from, to, and the same again for a second span.
pub type DayIds = [&'static str; 4];

/// By weekday, 0 for Monday.
pub const IDS: [DayIds; 7] = [
    ["monday-from", "monday-to", "monday-from-2", "monday-to-2"],
    ["tuesday-from", "tuesday-to", "tuesday-from-2", "tuesday-to-2"],
    ["wednesday-from", "wednesday-to", "wednesday-from-2", "wednesday-to-2"],
    ["thursday-from", "thursday-to", "thursday-from-2", "thursday-to-2"],
    ["friday-from", "friday-to", "friday-from-2", "friday-to-2"],
    ["saturday-from", "saturday-to", "saturday-from-2", "saturday-to-2"],
    ["sunday-from", "sunday-to", "sunday-from-2", "sunday-to-2"],
];

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub struct TypedWeek {
    /// For a space: it is open as the site is.
    pub as_site: bool,
    pub days: [[String; 4]; 7],
}

impl TypedWeek {
    /// The form of hours as they stand.
    pub fn of(hours: &[WeeklyHours], as_site: bool) -> Self {
        let mut week = Self { as_site, ..Self::default() };
        for (day, weekday) in week.days.iter_mut().zip(0..) {
            let spans = hours.iter().filter(|one| one.weekday == weekday);
            let minutes = spans.flat_map(|one| [one.from_minute, one.to_minute % 1440]);
            for (field, minute) in day.iter_mut().zip(minutes) {
                *field = clock24(minute);
            }
        }
        week
    }

    /// Takes the fields as sent.
    ///
    /// # Errors
    /// `BadRequest` for a field that the form does not have.
    pub fn read(fields: &[(String, String)]) -> Result<Self, Error> {
        let mut week = Self::default();
        for (name, value) in fields {
            if name == "as" && ["site", "own"].contains(&value.as_str()) {
                week.as_site = value == "site";
                continue;
            }
            let ids = IDS.iter().flatten();
            let field = week.days.iter_mut().flatten().zip(ids).find(|(_, id)| *id == name).map(|(field, _)| field);
            let Some(field) = field else {
                return Err(Error::BadRequest("This form is not as the page made it. Open the page again".to_owned()));
            };
            field.clone_from(value);
        }
        Ok(week)
    }

    /// Reads the hours of the week, whosever they are.
    pub fn parse(&self, faults: &mut Faults) -> Vec<WeeklyHours> {
        let mut hours = Vec::new();
        for ((typed, ids), weekday) in self.days.iter().zip(&IDS).zip(0..) {
            let [from, to, from_2, to_2] = typed;
            let [from_id, to_id, from_2_id, to_2_id] = *ids;
            let first = span(faults, weekday, (from_id, from), (to_id, to));
            let second = span(faults, weekday, (from_2_id, from_2), (to_2_id, to_2));
            if let (Some(first), Some(second)) = (first, second)
                && second.from_minute < first.to_minute
            {
                let day = weekday_of(weekday);
                faults.add(from_2_id, format!("Begin {day}’s second hours when the first have ended, or clear them"));
            }
            hours.extend(first.into_iter().chain(second));
        }
        hours
    }
}

fn span(
    faults: &mut Faults,
    weekday: i32,
    (from_id, from): (&'static str, &str),
    (to_id, to): (&'static str, &str),
) -> Option<WeeklyHours> {
    let day = weekday_of(weekday);
    let (from, to) = (from.trim(), to.trim());
    if from.is_empty() && to.is_empty() {
        return None;
    }
    let mut time = |id: &'static str, typed: &str, what: &str| {
        let minute = clock(typed);
        if minute.is_none() {
            faults.add(id, format!("Enter when {day}’s hours {what}, like 09:00, or clear both times"));
        }
        minute
    };
    let (from_minute, to_minute) = (time(from_id, from, "begin"), time(to_id, to, "end"));
    let (from_minute, to_minute) = (from_minute?, to_minute?);
    if from_minute == to_minute && from_minute != 0 {
        faults.add(to_id, format!("End {day}’s hours at another time than they begin"));
        return None;
    }
    // An end at or before the start is on the next day; from midnight to midnight is the whole day.
    let to_minute = if to_minute <= from_minute { to_minute + 1440 } else { to_minute };
    Some(WeeklyHours { facility: None, weekday, from_minute, to_minute })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(fields: &[(&str, &str)]) -> TypedWeek {
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        TypedWeek::read(&fields).unwrap()
    }

    #[test]
    fn hours_are_read_as_they_are_shown() {
        let hour = |weekday, from_minute, to_minute| WeeklyHours { facility: None, weekday, from_minute, to_minute };
        let hours = [hour(0, 540, 720), hour(0, 780, 1020), hour(4, 1200, 1560), hour(5, 480, 1440), hour(6, 0, 1440)];
        let mut faults = Faults::none();
        assert_eq!(TypedWeek::of(&hours, false).parse(&mut faults), hours);
        assert!(faults.is_empty());
    }

    #[test]
    fn what_does_not_make_hours_is_said_at_its_field() {
        for (fields, field) in [
            (vec![("monday-from", "9am")], "monday-to"),
            (vec![("sunday-to-2", "17:00")], "sunday-from-2"),
            (vec![("monday-from", "soon"), ("monday-to", "17:00")], "monday-from"),
            (vec![("friday-from", "09:00"), ("friday-to", "09:00")], "friday-to"),
            (
                vec![
                    ("friday-from", "09:00"),
                    ("friday-to", "12:00"),
                    ("friday-from-2", "11:00"),
                    ("friday-to-2", "13:00"),
                ],
                "friday-from-2",
            ),
        ] {
            let mut faults = Faults::none();
            week(&fields).parse(&mut faults);
            assert!(faults.of(field).is_some(), "{fields:?}");
        }
        assert!(TypedWeek::read(&[("admin".to_owned(), "1".to_owned())]).is_err());
    }
}
