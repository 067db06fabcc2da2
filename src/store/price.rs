//! The price of an occurrence as its columns, and its way there and back. Not what it is reckoned from.

use diesel::prelude::*;

use super::StoreError;
use super::error;
use super::schema::occurrence;
use crate::domain::money::Pence;
use crate::domain::rates::{Price, Terms};

/// The terms, the price and the value, all three or none.
pub(super) type Columns = (Option<String>, Option<i64>, Option<i64>);

/// The columns, in that order.
pub(super) const COLUMNS: (occurrence::rate, occurrence::price_pence, occurrence::value_pence) =
    (occurrence::rate, occurrence::price_pence, occurrence::value_pence);

/// A price as its columns.
pub(super) fn columns(price: Option<Price>) -> Columns {
    (price.map(|one| one.terms.stored()), price.map(|one| one.amount.whole()), price.map(|one| one.value.whole()))
}

type Set = (
    diesel::dsl::Eq<occurrence::rate, Option<String>>,
    diesel::dsl::Eq<occurrence::price_pence, Option<i64>>,
    diesel::dsl::Eq<occurrence::value_pence, Option<i64>>,
);

/// What writes a price, in an insert or an update.
pub(super) fn set(price: Option<Price>) -> Set {
    write(columns(price))
}

/// The same of columns that are there already.
pub(super) fn write((rate, amount, value): Columns) -> Set {
    (occurrence::rate.eq(rate), occurrence::price_pence.eq(amount), occurrence::value_pence.eq(value))
}

/// Reads the columns of a row.
pub(super) fn read(id: i64, (rate, amount, value): Columns) -> Result<Option<Price>, StoreError> {
    let (Some(rate), Some(amount), Some(value)) = (rate, amount, value) else {
        return Ok(None);
    };
    let terms = error::read(Terms::parse(&rate), "occurrence", id, "rate")?;
    Ok(Some(Price { terms, amount: Pence::new(amount), value: Pence::new(value) }))
}
