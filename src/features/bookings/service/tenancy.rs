//! Where the address of a booking leads that is a tenancy: it has pages and acts of its own. Not those.

use crate::domain::ids::{Reference, Slug};
use crate::domain::plots::PlotNumber;
use crate::domain::policy::Actor;
use crate::enquiry::plots as enquiry;
use crate::store::{Db, StoreError, tenancies};

/// The page that shows it to this person.
#[derive(Debug)]
pub enum Leads {
    /// Their own.
    Own,
    /// The plot, for the site's manager.
    Plot(Slug, Slug, PlotNumber),
    /// The allotment, for the rest of the site's staff.
    Allotment(Slug, Slug),
}

/// Where it leads; `None` when it is no tenancy, or not for this person.
pub async fn tenancy(db: &Db, reference: Reference, actor: Actor) -> Result<Option<Leads>, StoreError> {
    db.read(move |conn| {
        let Some(tenancy) = tenancies::by_reference(conn, &reference)? else {
            return Ok(None);
        };
        let own = tenancy.key == crate::domain::tenancy::person_key(&actor.email);
        let organisation = tenancy.holder.organisation().is_some_and(|one| actor.sees_bookings_of(one.id));
        if own || organisation {
            return Ok(Some(Leads::Own));
        }
        let view = enquiry::own_plot(conn, tenancy)?.filter(|view| actor.is_staff(view.allotment.site.id));
        Ok(view.map(|view| {
            let (site, facility) = (view.allotment.site, view.allotment.facility);
            if actor.manages(site.id) {
                Leads::Plot(site.slug, facility.slug, view.plot.number)
            } else {
                Leads::Allotment(site.slug, facility.slug)
            }
        }))
    })
    .await
}
