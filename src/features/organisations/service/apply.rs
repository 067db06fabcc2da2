//! Applying: the applicant coordinates the organisation from the start; it books once an administrator has approved it.

use crate::allocation::Circumstances;
use crate::chance;
use crate::domain::history::EventKind;
use crate::domain::ids::{OrganisationId, PersonId, Slug};
use crate::domain::organisation::{Class, Register, Standing};
use crate::domain::policy::MemberRole;
use crate::error::Error;
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::organisations::{self, NewOrganisation};
use crate::store::{Conn, StoreError, people, submissions};
use crate::web::state::State;

/// So many applications of one person may wait at a time.
pub const MOST_WAITING: i64 = 3;

/// Names of pages that stand where an organisation's slug would.
const PAGES: [&str; 1] = ["apply"];

/// What somebody applies with, read and checked.
#[derive(Debug, Clone)]
pub struct NewApplication {
    pub name: String,
    pub about: String,
    pub register: Register,
    pub charity_number: String,
    pub unregistered_reason: String,
    pub class: Class,
}

/// What became of an application.
#[derive(Debug)]
pub enum Applied {
    /// It is in, or was when this form was first sent.
    Done(Slug),
    /// Others of this person still wait.
    TooMany,
}

pub async fn apply(state: &State, by: PersonId, new: NewApplication, nonce: &str) -> Result<Applied, Error> {
    let (shared, nonce) = (state.clone(), chance::nonce_hash("application", by, nonce));
    Ok(state.db.write(move |conn| write(conn, shared.circumstances(), by, &new, &nonce)).await?)
}

fn write(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    by: PersonId,
    new: &NewApplication,
    nonce: &str,
) -> Result<Applied, StoreError> {
    let now = circumstances.now;
    if let Some(before) = submissions::result(conn, nonce, by)?.and_then(|slug| Slug::parse(&slug)) {
        return Ok(Applied::Done(before));
    }
    if MOST_WAITING <= organisations::waiting_of(conn, by)? {
        return Ok(Applied::TooMany);
    }
    let slug = free_slug(conn, &new.name)?;
    let organisation = NewOrganisation {
        slug: &slug,
        name: &new.name,
        about: &new.about,
        register: new.register,
        charity_number: &new.charity_number,
        unregistered_reason: &new.unregistered_reason,
        class: new.class,
        standing: Standing::Applied,
        applied_by: Some(by),
    };
    let id = organisations::insert(conn, &organisation, now)?;
    organisations::set_member(conn, id, by, MemberRole::Coordinator, now)?;
    let event = NewEvent { organisation: Some(id), ..NewEvent::new(EventKind::OrganisationApplied, Some(by)) };
    events::insert(conn, &event, now)?;
    tell_administrators(conn, circumstances, id)?;
    submissions::record(conn, nonce, by, slug.as_str(), now)?;
    Ok(Applied::Done(slug))
}

fn tell_administrators(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    id: OrganisationId,
) -> Result<(), StoreError> {
    let Some(organisation) = organisations::by_id(conn, id)? else {
        return Ok(());
    };
    for one in people::administrators(conn)? {
        let to = Recipient { name: &one.name, email: &one.email };
        circumstances.post(conn, Some(circumstances.mailer.organisation_applied(&to, &organisation)))?;
    }
    Ok(())
}

/// The slug of a name, with a number behind it where the plain one is taken by another or by a page of ours.
fn free_slug(conn: &mut Conn, name: &str) -> Result<Slug, StoreError> {
    let nameless = || Slug::parse("organisation");
    let Some(plain) = Slug::from_name(name).or_else(nameless) else {
        return Err(StoreError::Duplicate);
    };
    if !PAGES.contains(&plain.as_str()) && organisations::by_slug(conn, &plain)?.is_none() {
        return Ok(plain);
    }
    for number in 2..1000 {
        let slug = plain.numbered(number);
        if organisations::by_slug(conn, &slug)?.is_none() {
            return Ok(slug);
        }
    }
    Err(StoreError::Duplicate)
}
