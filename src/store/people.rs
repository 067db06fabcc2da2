//! Accounts of people. Not their sessions, memberships or posts.

use diesel::prelude::*;

use super::error::read;
use super::schema::person;
use super::{Conn, StoreError};
use crate::domain::ids::PersonId;
use crate::domain::person::Email;
use crate::domain::span::Instant;

/// An account as its owner and the sign-in know it.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: PersonId,
    pub name: String,
    pub email: Email,
    pub confirmed: bool,
    /// An argon2 hash in PHC form; none for people who sign in by mailed link only.
    pub password_hash: Option<String>,
    pub administrator: bool,
    pub closed: bool,
}

#[derive(Queryable)]
struct Row {
    id: i64,
    name: String,
    email: String,
    email_confirmed_at: Option<i64>,
    password_hash: Option<String>,
    is_administrator: bool,
    #[expect(dead_code, reason = "read with the whole row")]
    created_at: i64,
    closed_at: Option<i64>,
    #[expect(dead_code, reason = "read with the whole row")]
    signed_in_at: i64,
    #[expect(dead_code, reason = "read with the whole row")]
    lapse_stage: i32,
    #[expect(dead_code, reason = "read with the whole row")]
    lapse_told_at: Option<i64>,
}

impl Row {
    fn account(self) -> Result<Account, StoreError> {
        Ok(Account {
            id: PersonId::new(self.id),
            email: read(Email::parse(&self.email).ok(), "person", self.id, "email")?,
            name: self.name,
            confirmed: self.email_confirmed_at.is_some(),
            password_hash: self.password_hash,
            administrator: self.is_administrator,
            closed: self.closed_at.is_some(),
        })
    }
}

/// A person to be added.
#[derive(Debug)]
pub struct NewPerson<'a> {
    pub name: &'a str,
    pub email: &'a Email,
    pub password_hash: Option<&'a str>,
    pub confirmed: bool,
    pub administrator: bool,
}

/// # Errors
/// `Duplicate` when the address is taken.
pub fn insert(conn: &mut Conn, new: &NewPerson<'_>, now: Instant) -> Result<PersonId, StoreError> {
    let id: i64 = diesel::insert_into(person::table)
        .values((
            person::name.eq(new.name),
            person::email.eq(new.email.as_str()),
            person::email_confirmed_at.eq(new.confirmed.then(|| now.seconds())),
            person::password_hash.eq(new.password_hash),
            person::is_administrator.eq(new.administrator),
            person::created_at.eq(now.seconds()),
            person::signed_in_at.eq(now.seconds()),
        ))
        .returning(person::id)
        .get_result(conn)?;
    Ok(PersonId::new(id))
}

pub fn by_email(conn: &mut Conn, email: &Email) -> Result<Option<Account>, StoreError> {
    let row: Option<Row> = person::table.filter(person::email.eq(email.as_str())).first(conn).optional()?;
    row.map(Row::account).transpose()
}

pub fn by_id(conn: &mut Conn, id: PersonId) -> Result<Option<Account>, StoreError> {
    let row: Option<Row> = person::table.find(id.row()).first(conn).optional()?;
    row.map(Row::account).transpose()
}

/// Whether anybody is registered at all.
pub fn is_empty(conn: &mut Conn) -> Result<bool, StoreError> {
    let first: Option<i64> = person::table.select(person::id).first(conn).optional()?;
    Ok(first.is_none())
}

pub fn confirm_email(conn: &mut Conn, id: PersonId, now: Instant) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row()).filter(person::email_confirmed_at.is_null()))
        .set(person::email_confirmed_at.eq(now.seconds()))
        .execute(conn)?;
    Ok(())
}

pub fn set_password(conn: &mut Conn, id: PersonId, hash: &str) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row())).set(person::password_hash.eq(hash)).execute(conn)?;
    Ok(())
}

/// Leaves a person without a password: they sign in by mailed link until they choose one.
pub fn clear_password(conn: &mut Conn, id: PersonId) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row())).set(person::password_hash.eq(None::<String>)).execute(conn)?;
    Ok(())
}

pub fn set_name(conn: &mut Conn, id: PersonId, name: &str) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row())).set(person::name.eq(name)).execute(conn)?;
    Ok(())
}

/// Gives a person another address, which a mail has confirmed.
///
/// # Errors
/// `Duplicate` when the address is taken.
pub fn set_email(conn: &mut Conn, id: PersonId, email: &Email, now: Instant) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row()))
        .set((person::email.eq(email.as_str()), person::email_confirmed_at.eq(now.seconds())))
        .execute(conn)?;
    Ok(())
}

pub fn make_administrator(conn: &mut Conn, id: PersonId) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row())).set(person::is_administrator.eq(true)).execute(conn)?;
    Ok(())
}

/// The administrators, for mail that belongs to no site.
pub fn administrators(conn: &mut Conn) -> Result<Vec<Account>, StoreError> {
    let rows: Vec<Row> = person::table
        .filter(person::is_administrator.eq(true).and(person::closed_at.is_null()))
        .order(person::id)
        .load(conn)?;
    rows.into_iter().map(Row::account).collect()
}

/// Everybody with an account by address, ended ones too.
pub fn all(conn: &mut Conn) -> Result<Vec<Account>, StoreError> {
    let rows: Vec<Row> = person::table.order(person::email).load(conn)?;
    rows.into_iter().map(Row::account).collect()
}

/// Ends an account, or opens it again.
pub fn set_closed(conn: &mut Conn, id: PersonId, at: Option<Instant>) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row())).set(person::closed_at.eq(at.map(Instant::seconds))).execute(conn)?;
    Ok(())
}
