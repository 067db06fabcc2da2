//! What a piece of a tenancy costs: the season's rent by the rate in force on its first day, and of part of a season its part by days.

use chrono::NaiveDate;

use crate::domain::holder::Holder;
use crate::domain::hours::local_date;
use crate::domain::ids::OrganisationId;
use crate::domain::rates::{Payer, Price, Quantity, in_force};
use crate::domain::span::Span;
use crate::enquiry::plots::Allotment;
use crate::store::{Conn, StoreError, organisations};

/// The price of a piece for its holder; `None` where there is no rate. Asks nothing where the allotment has none.
pub(super) fn of_piece<O, P>(
    conn: &mut Conn,
    allotment: &Allotment,
    holder: &Holder<O, P>,
    organisation: impl Fn(&O) -> OrganisationId,
    span: Span,
) -> Result<Option<Price>, StoreError> {
    let (rates, zone) = (&allotment.facility.rates, allotment.site.zone);
    if rates.is_empty() {
        return Ok(None);
    }
    let payer = match holder {
        Holder::Site => None,
        Holder::Person(_) => Some(Payer::Person),
        Holder::Organisation(one) => {
            let regard = organisations::regard(conn, organisation(one), allotment.site.id)?;
            regard.0.profile.class.map(Payer::Class)
        }
    };
    let (first, end) = (local_date(zone, span.start()), local_date(zone, span.end()));
    let season = allotment.rules.season.around(first);
    let days = |(from, to): (NaiveDate, NaiveDate)| (to - from).num_days();
    let quantity =
        Quantity { minutes: span.minutes(), sessions: 1, units: 1, days: (days((first, end)), days(season)) };
    Ok(payer.and_then(|payer| in_force(rates, payer, first)).map(|rate| Price::of(rate.terms, quantity)))
}
