//! Keys and fobs on loan: lent, come back, listed. Not what they open.

use diesel::prelude::*;

use super::schema_reception::key_loan;
use super::{Conn, StoreError};
use crate::domain::ids::{KeyLoanId, PersonId, SiteId};
use crate::domain::keys::KeyLoan;
use crate::domain::span::Instant;

/// A loan to be noted.
#[derive(Debug)]
pub struct NewLoan<'a> {
    pub site: SiteId,
    pub item: &'a str,
    pub borrower: &'a str,
    pub reach: &'a str,
    pub by: PersonId,
}

type Row = (i64, String, String, String, i64, Option<i64>);

const COLUMNS: (
    key_loan::id,
    key_loan::item,
    key_loan::borrower,
    key_loan::reach,
    key_loan::lent_at,
    key_loan::back_at,
) = (key_loan::id, key_loan::item, key_loan::borrower, key_loan::reach, key_loan::lent_at, key_loan::back_at);

fn read((id, item, borrower, reach, lent_at, back_at): Row) -> KeyLoan {
    KeyLoan {
        id: KeyLoanId::new(id),
        item,
        borrower,
        reach,
        lent_at: Instant::from_seconds(lent_at),
        back_at: back_at.map(Instant::from_seconds),
    }
}

pub fn insert(conn: &mut Conn, new: &NewLoan<'_>, now: Instant) -> Result<KeyLoanId, StoreError> {
    let id: i64 = diesel::insert_into(key_loan::table)
        .values((
            key_loan::site_id.eq(new.site.row()),
            key_loan::item.eq(new.item),
            key_loan::borrower.eq(new.borrower),
            key_loan::reach.eq(new.reach),
            key_loan::lent_at.eq(now.seconds()),
            key_loan::lent_by.eq(new.by.row()),
        ))
        .returning(key_loan::id)
        .get_result(conn)?;
    Ok(KeyLoanId::new(id))
}

/// What is out at a site, the longest first.
pub fn out(conn: &mut Conn, site: SiteId) -> Result<Vec<KeyLoan>, StoreError> {
    let rows: Vec<Row> = key_loan::table
        .filter(key_loan::site_id.eq(site.row()).and(key_loan::back_at.is_null()))
        .order((key_loan::lent_at, key_loan::id))
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(read).collect())
}

/// What came back to a site, the latest first.
pub fn came_back(conn: &mut Conn, site: SiteId, most: i64) -> Result<Vec<KeyLoan>, StoreError> {
    let rows: Vec<Row> = key_loan::table
        .filter(key_loan::site_id.eq(site.row()).and(key_loan::back_at.is_not_null()))
        .order((key_loan::back_at.desc(), key_loan::id.desc()))
        .limit(most)
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(read).collect())
}

/// Notes that a loan came back, or with `None` that it did not after all; false when it stood so already.
pub fn set_back(conn: &mut Conn, id: KeyLoanId, back: Option<(Instant, PersonId)>) -> Result<bool, StoreError> {
    let one = key_loan::table.find(id.row()).filter(key_loan::back_at.is_null().eq(back.is_some()));
    let changed = diesel::update(one)
        .set((
            key_loan::back_at.eq(back.map(|(at, _)| at.seconds())),
            key_loan::back_by.eq(back.map(|(_, by)| by.row())),
        ))
        .execute(conn)?;
    Ok(0 < changed)
}

/// Blanks who had what came back before an instant.
pub fn forget_borrowers(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let named = key_loan::table.filter(key_loan::borrower.ne("").and(key_loan::back_at.lt(before.seconds())));
    Ok(diesel::update(named).set((key_loan::borrower.eq(""), key_loan::reach.eq(""))).execute(conn)?)
}
