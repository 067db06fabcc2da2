//! What an operator does about accounts that are there: listing them, ending one, opening it again. Not making one.

use super::Failure;
use crate::clock::Clock;
use crate::domain::person::Email;
use crate::store::{Db, people, sessions};

/// Prints a line for each: address, name, and what is special about it.
pub fn list(db: &Db) -> Result<(), Failure> {
    let all = db.read_now(people::all).map_err(|error| Failure::Other(error.to_string()))?;
    for one in all {
        let marks = [
            (one.administrator, "administrator"),
            (!one.confirmed, "address not confirmed"),
            (one.closed, "ended"),
            (one.password_hash.is_none(), "no password"),
        ];
        let words: Vec<&str> = marks.into_iter().filter(|(is, _)| *is).map(|(_, words)| words).collect();
        println!("{}\t{}\t{}", one.email, one.name, words.join(", "));
    }
    Ok(())
}

/// Ends an account with all its sessions, or opens it again.
pub fn set_open(db: &Db, email: &str, open: bool) -> Result<(), Failure> {
    let email = Email::parse(email).map_err(|words| Failure::Usage(vec![words.to_owned()]))?;
    let now = Clock::real().now();
    let found = db.write_now(|conn| {
        let Some(account) = people::by_email(conn, &email)? else {
            return Ok(false);
        };
        people::set_closed(conn, account.id, (!open).then_some(now))?;
        if !open {
            sessions::end_all(conn, account.id, None)?;
        }
        Ok(true)
    });
    match found.map_err(|error| Failure::Other(error.to_string()))? {
        true if open => println!("{email} can sign in again."),
        true => println!("{email} can no longer sign in."),
        false => return Err(Failure::Other(format!("nobody is registered as {email}"))),
    }
    Ok(())
}
