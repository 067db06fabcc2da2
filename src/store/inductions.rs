//! Who has been inducted where, from when and until when. Not whether an induction is needed.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::schema::{induction, organisation};
use super::{Conn, StoreError};
use crate::domain::care::{Inducted, Induction};
use crate::domain::ids::{FacilityId, OrganisationId, PersonId};
use crate::domain::span::Instant;

/// An induction to be written. `name` is the person's; that of an organisation is its own.
#[derive(Debug)]
pub struct NewInduction<'a> {
    pub induction: &'a Induction,
    pub name: &'a str,
    pub by: PersonId,
}

pub fn insert(conn: &mut Conn, new: &NewInduction<'_>, now: Instant) -> Result<(), StoreError> {
    let (organisation, contact) = match &new.induction.whose {
        Inducted::Organisation(id) => (Some(id.row()), ""),
        Inducted::Person(contact) => (None, contact.as_str()),
    };
    diesel::insert_into(induction::table)
        .values((
            induction::facility_id.eq(new.induction.facility.row()),
            induction::organisation_id.eq(organisation),
            induction::name.eq(if organisation.is_some() { "" } else { new.name }),
            induction::contact.eq(contact),
            induction::given_on.eq(new.induction.given_on.to_string()),
            induction::valid_until.eq(new.induction.valid_until.to_string()),
            induction::created_at.eq(now.seconds()),
            induction::created_by.eq(new.by.row()),
        ))
        .execute(conn)?;
    Ok(())
}

/// An induction as a list shows it.
#[derive(Debug, Clone)]
pub struct Line {
    pub row: i64,
    pub induction: Induction,
    pub name: String,
}

type Row = (i64, i64, Option<i64>, String, String, String, String);

const COLUMNS: (
    induction::id,
    induction::facility_id,
    induction::organisation_id,
    induction::name,
    induction::contact,
    induction::given_on,
    induction::valid_until,
) = (
    induction::id,
    induction::facility_id,
    induction::organisation_id,
    induction::name,
    induction::contact,
    induction::given_on,
    induction::valid_until,
);

fn line((id, facility, organisation, name, contact, given, valid): Row) -> Result<Line, StoreError> {
    let date = |text: &str, column| read(text.parse().ok(), "induction", id, column);
    let whose = match organisation {
        Some(organisation) => Inducted::Organisation(OrganisationId::new(organisation)),
        None => Inducted::Person(contact),
    };
    let (given_on, valid_until) = (date(&given, "given_on")?, date(&valid, "valid_until")?);
    Ok(Line {
        row: id,
        induction: Induction { facility: FacilityId::new(facility), whose, given_on, valid_until },
        name,
    })
}

/// The inductions of facilities that count on any date from this one on, in one query.
pub fn valid_from(conn: &mut Conn, facilities: &[FacilityId], from: NaiveDate) -> Result<Vec<Induction>, StoreError> {
    let ids: Vec<i64> = facilities.iter().map(|id| id.row()).collect();
    let rows: Vec<Row> = induction::table
        .filter(induction::facility_id.eq_any(ids).and(induction::valid_until.ge(from.to_string())))
        .filter(induction::removed_at.is_null())
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(|row| Ok(line(row)?.induction)).collect()
}

/// All inductions of a facility that were not taken back, those that run out last first; organisations by their name.
pub fn of_facility(conn: &mut Conn, id: FacilityId) -> Result<Vec<Line>, StoreError> {
    let rows: Vec<(Row, Option<String>)> = induction::table
        .left_join(organisation::table)
        .filter(induction::facility_id.eq(id.row()).and(induction::removed_at.is_null()))
        .order((induction::valid_until.desc(), induction::id.desc()))
        .select((COLUMNS, organisation::name.nullable()))
        .limit(500)
        .load(conn)?;
    let named = |(row, own): (Row, Option<String>)| {
        let line = line(row)?;
        Ok(Line { name: own.unwrap_or(line.name), ..line })
    };
    rows.into_iter().map(named).collect()
}

/// Takes an induction of a facility back; false when there is none.
pub fn remove(conn: &mut Conn, facility: FacilityId, row: i64, now: Instant) -> Result<bool, StoreError> {
    let one = induction::table.find(row).filter(induction::facility_id.eq(facility.row()));
    let changed = diesel::update(one.filter(induction::removed_at.is_null()))
        .set(induction::removed_at.eq(now.seconds()))
        .execute(conn)?;
    Ok(0 < changed)
}
