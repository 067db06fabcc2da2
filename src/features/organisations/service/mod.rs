//! Organisations and their people: what is read and what is written. Not how any page looks.

mod apply;
mod join;
mod leave;
mod people;

pub use apply::{Applied, NewApplication, apply};
pub use join::{Joined, invitation, join, join_new};
pub use leave::{Agreed, Change, Parting, change, leave, parting};
pub use people::{Invite, invite, people, restore, withdraw};

use crate::domain::ids::Slug;
use crate::domain::organisation::Organisation;
use crate::domain::policy::Actor;
use crate::error::Error;
use crate::store::organisations::{self, Member, TrustingSite};
use crate::store::{Conn, StoreError};
use crate::web::state::State;

/// An organisation with what its own page shows.
#[derive(Debug)]
pub struct Whole {
    pub organisation: Organisation,
    pub members: Vec<Member>,
    pub trusted_by: Vec<TrustingSite>,
}

/// An organisation, for those who may see it.
pub async fn whole(state: &State, actor: Actor, slug: Slug) -> Result<Option<Whole>, Error> {
    let found = state.db.read(move |conn| {
        let Some(organisation) = seen(conn, &slug, |organisation| actor.sees_organisation(organisation.id))? else {
            return Ok(None);
        };
        let members = organisations::members(conn, organisation.id)?;
        let trusted_by = organisations::trusted_by(conn, organisation.id)?;
        Ok(Some(Whole { organisation, members, trusted_by }))
    });
    Ok(found.await?)
}

fn seen(
    conn: &mut Conn,
    slug: &Slug,
    may: impl FnOnce(&Organisation) -> bool,
) -> Result<Option<Organisation>, StoreError> {
    Ok(organisations::by_slug(conn, slug)?.filter(may))
}
