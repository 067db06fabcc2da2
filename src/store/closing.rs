//! The list that the last one out of a site ticks, and what has been ticked of it by day. Not who may tick.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::care::lines;
use super::error::read;
use super::schema::site;
use super::schema_extras::{closing, closing_list};
use super::schema_faults::{concern, safeguarding_lead};
use super::schema_reception::key_loan;
use super::{Conn, StoreError};
use crate::domain::closing::Closing;
use crate::domain::ids::{PersonId, SiteId};
use crate::domain::span::Instant;

/// The lines of a site's list; none where it has none.
pub fn list(conn: &mut Conn, site: SiteId) -> Result<Vec<String>, StoreError> {
    let text: Option<String> =
        closing_list::table.find(site.row()).select(closing_list::lines).first(conn).optional()?;
    Ok(text.map(|text| lines(&text)).unwrap_or_default())
}

/// Replaces a site's list. Days that were begun keep the list as it was.
pub fn set_list(conn: &mut Conn, site: SiteId, new: &[String]) -> Result<(), StoreError> {
    diesel::delete(closing_list::table.find(site.row())).execute(conn)?;
    if !new.is_empty() {
        diesel::insert_into(closing_list::table)
            .values((closing_list::site_id.eq(site.row()), closing_list::lines.eq(new.join("\n"))))
            .execute(conn)?;
    }
    Ok(())
}

type Row = (i64, String, String, i64, String, bool);

const COLUMNS: (closing::id, closing::lines, closing::ticked, closing::done_at, closing::done_name, closing::by_staff) =
    (closing::id, closing::lines, closing::ticked, closing::done_at, closing::done_name, closing::by_staff);

fn of_row((id, text, ticked, at, name, by_staff): Row) -> Result<Closing, StoreError> {
    let places: Result<Vec<usize>, _> = ticked.split_whitespace().map(str::parse).collect();
    Ok(Closing {
        lines: lines(&text),
        ticked: read(places.ok(), "closing", id, "ticked")?,
        done_at: Instant::from_seconds(at),
        done_name: name,
        by_staff,
    })
}

/// What has been ticked on a day.
pub fn on(conn: &mut Conn, site: SiteId, date: NaiveDate) -> Result<Option<Closing>, StoreError> {
    let there = closing::table.filter(closing::site_id.eq(site.row()).and(closing::closed_on.eq(date.to_string())));
    let row: Option<Row> = there.select(COLUMNS).first(conn).optional()?;
    row.map(of_row).transpose()
}

/// What a reception sees beside its sheet.
#[derive(Debug, Default)]
pub struct Desk {
    /// How many keys are out.
    pub keys_out: i64,
    /// Whether the last one out has a list to tick.
    pub has_list: bool,
    pub closing: Option<Closing>,
    /// How much waits to be read in confidence, for somebody who leads on safeguarding; none for everybody else.
    pub to_read: Option<i64>,
}

/// The desk of a site on a day, for one of its people, in one query.
pub fn desk(conn: &mut Conn, (id, person): (SiteId, PersonId), date: NaiveDate) -> Result<Desk, StoreError> {
    let leads = safeguarding_lead::table.find((id.row(), person.row()));
    let told = concern::table.filter(concern::site_id.eq(id.row()).and(concern::closed_at.is_null()));
    let out = key_loan::table.filter(key_loan::site_id.eq(id.row()).and(key_loan::back_at.is_null()));
    let of_day = closing::site_id.eq(site::id).and(closing::closed_on.eq(date.to_string()));
    type Counts = (Option<i64>, Option<i64>, Option<i64>);
    let row: Option<(Counts, Option<i64>, Option<Row>)> = site::table
        .left_join(closing_list::table.on(closing_list::site_id.eq(site::id)))
        .left_join(closing::table.on(of_day))
        .filter(site::id.eq(id.row()))
        .select((
            (out.count().single_value(), leads.count().single_value(), told.count().single_value()),
            closing_list::site_id.nullable(),
            COLUMNS.nullable(),
        ))
        .first(conn)
        .optional()?;
    let Some(((keys_out, leads, told), list, closing)) = row else {
        return Ok(Desk::default());
    };
    let closing = closing.map(of_row).transpose()?;
    let to_read = told.filter(|_| leads.is_some_and(|number| 0 < number));
    Ok(Desk { keys_out: keys_out.unwrap_or_default(), has_list: list.is_some(), closing, to_read })
}

/// Writes how a day stands, whether or not somebody had ticked some of it.
pub fn set(
    conn: &mut Conn,
    (site, date): (SiteId, NaiveDate),
    new: &Closing,
    by: Option<PersonId>,
) -> Result<(), StoreError> {
    let there = closing::table.filter(closing::site_id.eq(site.row()).and(closing::closed_on.eq(date.to_string())));
    diesel::delete(there).execute(conn)?;
    let ticked: Vec<String> = new.ticked.iter().map(ToString::to_string).collect();
    diesel::insert_into(closing::table)
        .values((
            closing::site_id.eq(site.row()),
            closing::closed_on.eq(date.to_string()),
            closing::lines.eq(new.lines.join("\n")),
            closing::ticked.eq(ticked.join(" ")),
            closing::done_at.eq(new.done_at.seconds()),
            closing::done_name.eq(&new.done_name),
            closing::done_by.eq(by.map(|id| id.row())),
            closing::by_staff.eq(new.by_staff),
        ))
        .execute(conn)?;
    Ok(())
}
