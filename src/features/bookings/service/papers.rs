//! Terms for the booking form and the booking's page. Not how they are written.

use crate::domain::ids::OrganisationId;
use crate::domain::places::{Facility, Site};
use crate::store::terms::{self, Version};
use crate::store::{Conn, StoreError};

/// The terms that hold, and those that the organisation accepted last.
#[derive(Debug, Clone)]
pub struct TermsAsked {
    pub holds: Version,
    pub last: Option<Version>,
}

/// What has to be accepted at a place; one query, and none where it has no terms.
pub(super) fn terms_asked(
    conn: &mut Conn,
    site: &Site,
    facility: &Facility,
    organisation: Option<OrganisationId>,
) -> Result<Option<TermsAsked>, StoreError> {
    let Some(current) = facility.terms else {
        return Ok(None);
    };
    let (holds, last) = terms::to_accept(conn, (site.id, current), organisation)?;
    Ok(holds.map(|holds| TermsAsked { holds, last }))
}
