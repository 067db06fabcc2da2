//! When people said that they can, and on which dates they are away. Not what follows from it.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::schema_rota::{availability, days_away};
use super::{Conn, StoreError};
use crate::domain::helping::{Availability, Part};
use crate::domain::ids::PersonId;

/// What these people said, absences only from a date on, in two queries. Who said nothing is not in it.
pub fn of(
    conn: &mut Conn,
    people: &[PersonId],
    from: NaiveDate,
) -> Result<HashMap<PersonId, Availability>, StoreError> {
    let ids: Vec<i64> = people.iter().map(|id| id.row()).collect();
    let mut said: HashMap<PersonId, Availability> = HashMap::new();
    let times: Vec<(i64, i32, String)> = availability::table
        .filter(availability::person_id.eq_any(&ids))
        .order((availability::person_id, availability::weekday))
        .select((availability::person_id, availability::weekday, availability::part))
        .load(conn)?;
    for (person, weekday, part) in times {
        let part = read(Part::parse(&part), "availability", person, "part")?;
        said.entry(PersonId::new(person)).or_default().times.push((weekday, part));
    }
    let away: Vec<(i64, i64, String, String)> = days_away::table
        .filter(days_away::person_id.eq_any(&ids).and(days_away::last_date.ge(from.to_string())))
        .order((days_away::first_date, days_away::id))
        .select((days_away::id, days_away::person_id, days_away::first_date, days_away::last_date))
        .load(conn)?;
    for (id, person, first, last) in away {
        let first = read(first.parse().ok(), "days_away", id, "first_date")?;
        let last = read(last.parse().ok(), "days_away", id, "last_date")?;
        said.entry(PersonId::new(person)).or_default().away.push((first, last));
    }
    Ok(said)
}

/// Writes what a person says of their week, in place of what they said before.
pub fn set_times(conn: &mut Conn, person: PersonId, times: &[(i32, Part)]) -> Result<(), StoreError> {
    diesel::delete(availability::table.filter(availability::person_id.eq(person.row()))).execute(conn)?;
    for (weekday, part) in times {
        diesel::insert_into(availability::table)
            .values((
                availability::person_id.eq(person.row()),
                availability::weekday.eq(weekday),
                availability::part.eq(part.code()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn add_away(conn: &mut Conn, person: PersonId, (first, last): (NaiveDate, NaiveDate)) -> Result<(), StoreError> {
    remove_away(conn, person, (first, last))?;
    diesel::insert_into(days_away::table)
        .values((
            days_away::person_id.eq(person.row()),
            days_away::first_date.eq(first.to_string()),
            days_away::last_date.eq(last.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn remove_away(
    conn: &mut Conn,
    person: PersonId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<usize, StoreError> {
    let one = days_away::table
        .filter(days_away::person_id.eq(person.row()))
        .filter(days_away::first_date.eq(first.to_string()).and(days_away::last_date.eq(last.to_string())));
    Ok(diesel::delete(one).execute(conn)?)
}

/// Forgets absences that were over before a date.
pub fn forget(conn: &mut Conn, before: NaiveDate) -> Result<usize, StoreError> {
    Ok(diesel::delete(days_away::table.filter(days_away::last_date.lt(before.to_string()))).execute(conn)?)
}
