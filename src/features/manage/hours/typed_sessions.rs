//! The form of a site's named sessions as it was sent, a row each, read into sessions or faults. Raw text stops here.

use crate::domain::named::NamedSession;
use crate::domain::typed::clock;
use crate::domain::words::clock24;
use crate::error::Error;
use crate::web::forms::Faults;

/// The fields of a row: name, from, to, and the tick that removes it.
pub type RowIds = [&'static str; 4];

/// A site has at most so many sessions as there are rows.
pub const IDS: [RowIds; 8] = [
    ["name-1", "from-1", "to-1", "remove-1"],
    ["name-2", "from-2", "to-2", "remove-2"],
    ["name-3", "from-3", "to-3", "remove-3"],
    ["name-4", "from-4", "to-4", "remove-4"],
    ["name-5", "from-5", "to-5", "remove-5"],
    ["name-6", "from-6", "to-6", "remove-6"],
    ["name-7", "from-7", "to-7", "remove-7"],
    ["name-8", "from-8", "to-8", "remove-8"],
];

const LONGEST_NAME: usize = 40;

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub struct TypedSessions {
    pub rows: [[String; 4]; 8],
    /// "usual" takes the usual four, anything else saves what was typed.
    pub step: String,
}

impl TypedSessions {
    /// The form of sessions as they stand.
    pub fn of(sessions: &[NamedSession]) -> Self {
        let mut typed = Self::default();
        for (row, one) in typed.rows.iter_mut().zip(sessions) {
            *row = [one.name.clone(), clock24(one.from_minute), clock24(one.to_minute % 1440), String::new()];
        }
        typed
    }

    /// Takes the fields as sent.
    ///
    /// # Errors
    /// `BadRequest` for a field that the form does not have.
    pub fn read(fields: &[(String, String)]) -> Result<Self, Error> {
        let mut typed = Self::default();
        for (name, value) in fields {
            if name == "step" {
                typed.step.clone_from(value);
                continue;
            }
            let ids = IDS.iter().flatten();
            let field = typed.rows.iter_mut().flatten().zip(ids).find(|(_, id)| *id == name).map(|(field, _)| field);
            let Some(field) = field else {
                return Err(Error::BadRequest("This form is not as the page made it. Open the page again".to_owned()));
            };
            field.clone_from(value);
        }
        Ok(typed)
    }

    /// How many rows to show: those that are filled and two to add.
    pub fn shown(&self) -> usize {
        let filled =
            self.rows.iter().rposition(|row| row.iter().any(|field| !field.is_empty())).map_or(0, |row| row + 1);
        (filled + 2).min(IDS.len())
    }

    /// Reads the sessions in their order; rows that are empty or ticked to be removed are left out.
    pub fn parse(&self, faults: &mut Faults) -> Vec<NamedSession> {
        let mut sessions: Vec<NamedSession> = Vec::new();
        for ([name, from, to, remove], ids) in self.rows.iter().zip(&IDS) {
            let empty = [name, from, to].iter().all(|field| field.trim().is_empty());
            if empty || !remove.is_empty() {
                continue;
            }
            let [name_id, from_id, to_id, _] = *ids;
            let name = faults.line(name_id, name, "a name for the session, like “Morning”", LONGEST_NAME);
            let Some((from, to)) = minutes(faults, (from_id, from), (to_id, to)) else {
                continue;
            };
            if let Some(other) = sessions.iter().find(|one| one.name.to_lowercase() == name.to_lowercase()) {
                faults.add(name_id, format!("There is a session “{}” already. Give this one another name", other.name));
            } else if let Some(other) = sessions.iter().find(|one| (one.from_minute, one.to_minute) == (from, to)) {
                faults.add(from_id, format!("“{}” is at the same time. Change the times or remove one", other.name));
            }
            sessions.push(NamedSession::new(name, from, to));
        }
        sessions
    }
}

fn minutes(
    faults: &mut Faults,
    (from_id, from): (&'static str, &str),
    (to_id, to): (&'static str, &str),
) -> Option<(i32, i32)> {
    let mut time = |id: &'static str, typed: &str, what: &str| {
        let minute = clock(typed);
        if minute.is_none() {
            faults.add(id, format!("Enter when the session {what}, like 09:00"));
        }
        minute
    };
    let (from, to) = (time(from_id, from, "begins"), time(to_id, to, "ends"));
    let (from, to) = (from?, to?);
    if from == to {
        faults.add(to_id, "End the session at another time than it begins");
        return None;
    }
    // An end before the start is on the next day.
    Some((from, if to < from { to + 1440 } else { to }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::named::usual;

    fn typed(fields: &[(&str, &str)]) -> TypedSessions {
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        TypedSessions::read(&fields).unwrap()
    }

    #[test]
    fn sessions_are_read_as_they_are_shown() {
        let mut all = usual();
        all.push(NamedSession::new("Night", 22 * 60, 30 * 60));
        all.push(NamedSession::new("Late", 20 * 60, 1440));
        let mut faults = Faults::none();
        assert_eq!(TypedSessions::of(&all).parse(&mut faults), all);
        assert!(faults.is_empty());
        assert_eq!((TypedSessions::of(&all).shown(), TypedSessions::default().shown()), (8, 2));
    }

    #[test]
    fn rows_are_removed_by_a_tick_or_by_clearing_them() {
        let form = typed(&[
            ("name-1", "Morning"),
            ("from-1", "09:00"),
            ("to-1", "13:00"),
            ("remove-1", "yes"),
            ("name-2", " "),
            ("name-3", "Evening"),
            ("from-3", "17:00"),
            ("to-3", "20:00"),
        ]);
        let mut faults = Faults::none();
        assert_eq!(form.parse(&mut faults), [NamedSession::new("Evening", 1020, 1200)]);
    }

    #[test]
    fn what_does_not_make_a_session_is_said_at_its_field() {
        for (fields, field) in [
            (vec![("name-1", "Morning")], "from-1"),
            (vec![("from-1", "09:00"), ("to-1", "13:00")], "name-1"),
            (vec![("name-1", "Morning"), ("from-1", "09:00"), ("to-1", "soon")], "to-1"),
            (vec![("name-1", "Morning"), ("from-1", "09:00"), ("to-1", "09:00")], "to-1"),
            (
                vec![
                    ("name-1", "Morning"),
                    ("from-1", "09:00"),
                    ("to-1", "13:00"),
                    ("name-2", "morning"),
                    ("from-2", "10:00"),
                    ("to-2", "13:00"),
                ],
                "name-2",
            ),
            (
                vec![
                    ("name-1", "Morning"),
                    ("from-1", "09:00"),
                    ("to-1", "13:00"),
                    ("name-2", "Early"),
                    ("from-2", "09:00"),
                    ("to-2", "13:00"),
                ],
                "from-2",
            ),
        ] {
            let mut faults = Faults::none();
            typed(&fields).parse(&mut faults);
            assert!(faults.of(field).is_some(), "{fields:?}");
        }
        assert!(TypedSessions::read(&[("admin".to_owned(), "1".to_owned())]).is_err());
    }
}
