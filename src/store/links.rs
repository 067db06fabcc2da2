//! Single-use links by mail, and failed sign-ins: what is counted for limits. Not their tokens, of which only hashes are kept.

use diesel::prelude::*;

use super::error::read;
use super::schema::{link, sign_in_failure};
use super::{Conn, StoreError};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::person::Email;
use crate::domain::policy::MemberRole;
use crate::domain::span::Instant;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    ConfirmEmail,
    SignIn,
    ResetPassword,
    /// To join an organisation in a role.
    Invitation,
    /// Opens the view of one's own sessions and nothing else.
    Today,
    /// Makes the first administrator of an empty database.
    FirstAdministrator,
    /// Gives an account the address that the link was mailed to.
    ChangeEmail,
    /// Gives it back the address that the link was mailed to.
    UndoEmail,
}

impl LinkPurpose {
    fn code(self) -> &'static str {
        match self {
            Self::ConfirmEmail => "confirm_email",
            Self::SignIn => "sign_in",
            Self::ResetPassword => "reset_password",
            Self::Invitation => "invitation",
            Self::Today => "today",
            Self::FirstAdministrator => "first_administrator",
            Self::ChangeEmail => "change_email",
            Self::UndoEmail => "undo_email",
        }
    }
}

/// A link to be made.
#[derive(Debug)]
pub struct NewLink<'a> {
    pub token_hash: &'a str,
    pub purpose: LinkPurpose,
    pub person: Option<PersonId>,
    pub organisation: Option<(OrganisationId, MemberRole)>,
    pub email: &'a str,
    pub ends_at: Instant,
}

/// A link that is good now.
#[derive(Debug, Clone)]
pub struct Link {
    id: i64,
    pub person: Option<PersonId>,
    pub organisation: Option<(OrganisationId, MemberRole)>,
    pub email: String,
}

pub fn insert(conn: &mut Conn, new: &NewLink<'_>, now: Instant) -> Result<(), StoreError> {
    diesel::insert_into(link::table)
        .values((
            link::token_hash.eq(new.token_hash),
            link::purpose.eq(new.purpose.code()),
            link::person_id.eq(new.person.map(|id| id.row())),
            link::organisation_id.eq(new.organisation.map(|(id, _)| id.row())),
            link::role.eq(new.organisation.map_or("", |(_, role)| role.code())),
            link::email.eq(new.email),
            link::created_at.eq(now.seconds()),
            link::ends_at.eq(new.ends_at.seconds()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The link of a token, unless it has been used or its time is over.
pub fn find(conn: &mut Conn, token_hash: &str, purpose: LinkPurpose, now: Instant) -> Result<Option<Link>, StoreError> {
    let row: Option<(i64, Option<i64>, Option<i64>, String, String)> = link::table
        .filter(link::token_hash.eq(token_hash).and(link::purpose.eq(purpose.code())))
        .filter(link::used_at.is_null().and(link::ends_at.gt(now.seconds())))
        .select((link::id, link::person_id, link::organisation_id, link::role, link::email))
        .first(conn)
        .optional()?;
    row.map(|(id, person, organisation, role, email)| {
        let organisation = organisation
            .map(|one| {
                Ok::<_, StoreError>((OrganisationId::new(one), read(MemberRole::parse(&role), "link", id, "role")?))
            })
            .transpose()?;
        Ok(Link { id, person: person.map(PersonId::new), organisation, email })
    })
    .transpose()
}

/// Whose link a token was that has been used, or whose time is over.
pub fn spent(conn: &mut Conn, token_hash: &str, purpose: LinkPurpose) -> Result<Option<PersonId>, StoreError> {
    let row: Option<Option<i64>> = link::table
        .filter(link::token_hash.eq(token_hash).and(link::purpose.eq(purpose.code())))
        .filter(link::used_at.is_not_null())
        .select(link::person_id)
        .first(conn)
        .optional()?;
    Ok(row.flatten().map(PersonId::new))
}

/// Voids every open link of a person, whatever for.
pub fn void_all(conn: &mut Conn, person: PersonId, now: Instant) -> Result<(), StoreError> {
    diesel::update(link::table.filter(link::person_id.eq(person.row()).and(link::used_at.is_null())))
        .set(link::used_at.eq(now.seconds()))
        .execute(conn)?;
    Ok(())
}

/// Uses a link up; false when somebody else did so first.
pub fn use_up(conn: &mut Conn, one: &Link, now: Instant) -> Result<bool, StoreError> {
    let changed = diesel::update(link::table.find(one.id).filter(link::used_at.is_null()))
        .set(link::used_at.eq(now.seconds()))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Voids all open links of a person for one purpose, so that only the newest works.
pub fn void(conn: &mut Conn, person: PersonId, purpose: LinkPurpose, now: Instant) -> Result<(), StoreError> {
    diesel::update(
        link::table
            .filter(link::person_id.eq(person.row()).and(link::purpose.eq(purpose.code())))
            .filter(link::used_at.is_null()),
    )
    .set(link::used_at.eq(now.seconds()))
    .execute(conn)?;
    Ok(())
}

/// Whether a person has an open link for a purpose.
pub fn has_open(conn: &mut Conn, person: PersonId, purpose: LinkPurpose, now: Instant) -> Result<bool, StoreError> {
    let first: Option<i64> = link::table
        .filter(link::person_id.eq(person.row()).and(link::purpose.eq(purpose.code())))
        .filter(link::used_at.is_null().and(link::ends_at.gt(now.seconds())))
        .select(link::id)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

/// Somebody who was invited to an organisation and has not answered yet.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub email: Email,
    pub role: MemberRole,
    pub created_at: Instant,
    pub ends_at: Instant,
}

/// The open invitations of an organisation by address.
pub fn invitations(conn: &mut Conn, to: OrganisationId, now: Instant) -> Result<Vec<Invitation>, StoreError> {
    let rows: Vec<(i64, String, String, i64, i64)> = link::table
        .filter(link::organisation_id.eq(to.row()).and(link::purpose.eq(LinkPurpose::Invitation.code())))
        .filter(link::used_at.is_null().and(link::ends_at.gt(now.seconds())))
        .order((link::email, link::id))
        .select((link::id, link::email, link::role, link::created_at, link::ends_at))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, email, role, created_at, ends_at)| {
            Ok(Invitation {
                email: read(Email::parse(&email).ok(), "link", id, "email")?,
                role: read(MemberRole::parse(&role), "link", id, "role")?,
                created_at: Instant::from_seconds(created_at),
                ends_at: Instant::from_seconds(ends_at),
            })
        })
        .collect()
}

/// Voids the open invitations of an address to an organisation, and says how many those were.
pub fn void_invitations(conn: &mut Conn, to: OrganisationId, email: &Email, now: Instant) -> Result<usize, StoreError> {
    let open = link::table
        .filter(link::organisation_id.eq(to.row()).and(link::purpose.eq(LinkPurpose::Invitation.code())))
        .filter(link::email.eq(email.as_str()).and(link::used_at.is_null()));
    Ok(diesel::update(open).set(link::used_at.eq(now.seconds())).execute(conn)?)
}

/// How many links were made for an address since then, whatever for: the limit on mail to one recipient.
pub fn count_since(conn: &mut Conn, email: &Email, since: Instant) -> Result<i64, StoreError> {
    let count = link::table
        .filter(link::email.eq(email.as_str()).and(link::created_at.gt(since.seconds())))
        .count()
        .get_result(conn)?;
    Ok(count)
}

/// In how many seconds fewer than `most` links of those in so many minutes count again; `None` where it is so now.
pub fn wait(
    conn: &mut Conn,
    email: &Email,
    (most, minutes): (i64, i64),
    now: Instant,
) -> Result<Option<u64>, StoreError> {
    let since = now.plus_minutes(-minutes).seconds();
    let oldest: Option<i64> = link::table
        .filter(link::email.eq(email.as_str()).and(link::created_at.gt(since)))
        .order((link::created_at.desc(), link::id.desc()))
        .offset(most - 1)
        .limit(1)
        .select(link::created_at)
        .first(conn)
        .optional()?;
    Ok(oldest.map(|at| u64::try_from(at - since).unwrap_or(1)))
}

pub fn record_failure(conn: &mut Conn, email: &str, now: Instant) -> Result<(), StoreError> {
    diesel::insert_into(sign_in_failure::table)
        .values((sign_in_failure::email.eq(email), sign_in_failure::at.eq(now.seconds())))
        .execute(conn)?;
    Ok(())
}

/// In how many seconds fewer than `most` failures count again, of those in so many minutes; `None` where it is so now.
pub fn failures_wait(
    conn: &mut Conn,
    email: &str,
    (most, minutes): (i64, i64),
    now: Instant,
) -> Result<Option<u64>, StoreError> {
    let since = now.plus_minutes(-minutes).seconds();
    let oldest: Option<i64> = sign_in_failure::table
        .filter(sign_in_failure::email.eq(email).and(sign_in_failure::at.gt(since)))
        .order((sign_in_failure::at.desc(), sign_in_failure::id.desc()))
        .offset(most - 1)
        .limit(1)
        .select(sign_in_failure::at)
        .first(conn)
        .optional()?;
    Ok(oldest.map(|at| u64::try_from(at - since).unwrap_or(1)))
}

pub fn forget_failures(conn: &mut Conn, email: &str) -> Result<(), StoreError> {
    diesel::delete(sign_in_failure::table.filter(sign_in_failure::email.eq(email))).execute(conn)?;
    Ok(())
}

/// Removes what nobody counts any more.
pub fn purge(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let links = diesel::delete(link::table.filter(link::ends_at.lt(before.seconds()))).execute(conn)?;
    let failures =
        diesel::delete(sign_in_failure::table.filter(sign_in_failure::at.lt(before.seconds()))).execute(conn)?;
    Ok(links + failures)
}
