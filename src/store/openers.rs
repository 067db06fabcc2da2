//! Who opens and locks up: written, removed and found. Not whom that is told.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::schema::{organisation, person};
use super::schema_cafe::opening_duty;
use super::{Conn, StoreError};
use crate::domain::ids::{FacilityId, OpeningDutyId, OrganisationId, PersonId};
use crate::domain::openers::{Keeper, OnDay, OpeningDuty, Task};

type Row =
    ((i64, i64, String, Option<i32>, Option<String>), Option<(i64, String)>, Option<(i64, String)>, (String, String));

fn duty((row, organisation, person, (name, reach)): Row) -> Result<OpeningDuty, StoreError> {
    let (id, facility, task, weekday, date) = row;
    let day = match (weekday, date) {
        (Some(weekday), _) => OnDay::Weekday(weekday),
        (None, date) => {
            let date = date.and_then(|text| text.parse::<NaiveDate>().ok());
            OnDay::Date(read(date, "opening_duty", id, "date")?)
        }
    };
    let keeper = match (organisation, person) {
        (Some((id, name)), _) => Keeper::Organisation(OrganisationId::new(id), name),
        (None, Some((id, name))) => Keeper::Person(PersonId::new(id), name),
        (None, None) if name.is_empty() => Keeper::Nobody,
        (None, None) => Keeper::Named(name, reach),
    };
    Ok(OpeningDuty {
        id: OpeningDutyId::new(id),
        facility: FacilityId::new(facility),
        task: read(Task::parse(&task), "opening_duty", id, "task")?,
        day,
        keeper,
    })
}

/// Whose duties are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    Facility(FacilityId),
    Everybody,
    /// Of a facility where one of these is concerned, or this person.
    Places(&'a [OrganisationId], PersonId),
}

/// All duties of the places concerned, weekdays before dates, in one query.
pub fn list(conn: &mut Conn, whose: Whose<'_>) -> Result<Vec<OpeningDuty>, StoreError> {
    let query = opening_duty::table
        .left_join(organisation::table.on(opening_duty::organisation_id.eq(organisation::id.nullable())))
        .left_join(person::table.on(opening_duty::person_id.eq(person::id.nullable())))
        .into_boxed();
    let query = match whose {
        Whose::Facility(id) => query.filter(opening_duty::facility_id.eq(id.row())),
        Whose::Everybody => query,
        Whose::Places(organisations, person) => {
            let own = diesel::alias!(opening_duty as own_duty);
            let rows: Vec<Option<i64>> = organisations.iter().map(|id| Some(id.row())).collect();
            let theirs = own
                .filter(
                    own.field(opening_duty::organisation_id)
                        .eq_any(rows)
                        .assume_not_null()
                        .or(own.field(opening_duty::person_id).eq(person.row()).assume_not_null()),
                )
                .select(own.field(opening_duty::facility_id));
            query.filter(opening_duty::facility_id.eq_any(theirs))
        }
    };
    let rows: Vec<Row> = query
        .select((
            (
                opening_duty::id,
                opening_duty::facility_id,
                opening_duty::task,
                opening_duty::weekday,
                opening_duty::date,
            ),
            (organisation::id, organisation::name).nullable(),
            (person::id, person::name).nullable(),
            (opening_duty::name, opening_duty::reach),
        ))
        .load(conn)?;
    let mut duties = rows.into_iter().map(duty).collect::<Result<Vec<_>, _>>()?;
    // The engines disagree on where nulls stand.
    duties.sort_by_key(|one| match one.day {
        OnDay::Weekday(day) => (false, day, NaiveDate::MIN, one.task),
        OnDay::Date(date) => (true, 0, date, one.task),
    });
    Ok(duties)
}

/// Puts somebody on a day in place of whoever was there.
pub fn set(
    conn: &mut Conn,
    (facility, task, day): (FacilityId, Task, OnDay),
    keeper: &Keeper,
) -> Result<(), StoreError> {
    remove_day(conn, (facility, task, day))?;
    let (weekday, date) = match day {
        OnDay::Weekday(weekday) => (Some(weekday), None),
        OnDay::Date(date) => (None, Some(date.to_string())),
    };
    let (organisation, person, name, reach) = match keeper {
        Keeper::Organisation(id, _) => (Some(id.row()), None, "", ""),
        Keeper::Person(id, _) => (None, Some(id.row()), "", ""),
        Keeper::Named(name, reach) => (None, None, name.as_str(), reach.as_str()),
        Keeper::Nobody => (None, None, "", ""),
    };
    diesel::insert_into(opening_duty::table)
        .values((
            opening_duty::facility_id.eq(facility.row()),
            opening_duty::task.eq(task.code()),
            opening_duty::weekday.eq(weekday),
            opening_duty::date.eq(date),
            opening_duty::organisation_id.eq(organisation),
            opening_duty::person_id.eq(person),
            opening_duty::name.eq(name),
            opening_duty::reach.eq(reach),
        ))
        .execute(conn)?;
    Ok(())
}

fn remove_day(conn: &mut Conn, (facility, task, day): (FacilityId, Task, OnDay)) -> Result<usize, StoreError> {
    let own = opening_duty::facility_id.eq(facility.row()).and(opening_duty::task.eq(task.code()));
    let query = opening_duty::table.filter(own);
    Ok(match day {
        OnDay::Weekday(day) => diesel::delete(query.filter(opening_duty::weekday.eq(day))).execute(conn)?,
        OnDay::Date(date) => diesel::delete(query.filter(opening_duty::date.eq(date.to_string()))).execute(conn)?,
    })
}

/// Takes a duty away; on a date the weekday's counts again then.
pub fn remove(conn: &mut Conn, id: OpeningDutyId) -> Result<(), StoreError> {
    diesel::delete(opening_duty::table.find(id.row())).execute(conn)?;
    Ok(())
}

/// Removes what was for dates before this one.
pub fn forget(conn: &mut Conn, before: NaiveDate) -> Result<usize, StoreError> {
    Ok(diesel::delete(opening_duty::table.filter(opening_duty::date.lt(before.to_string()))).execute(conn)?)
}
