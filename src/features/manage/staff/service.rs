//! The use cases of a site's staff: the list, giving somebody a post, taking it back.

use crate::allocation::{Circumstances, restore_right};
use crate::chance::Chance;
use crate::domain::history::EventKind;
use crate::domain::ids::{PersonId, Slug};
use crate::domain::person::Email;
use crate::domain::places::Site;
use crate::domain::policy::{Actor, StaffRole};
use crate::domain::span::Instant;
use crate::error::Error;
use crate::mail::Mailer;
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::unused::{self, Lapsed};
use crate::store::{Conn, Db, StoreError, concerns, engine, people, second_factor, sites};
use crate::web::state::State;

pub use crate::store::sites::StaffMember;

/// A site and who works there, by name.
#[derive(Debug)]
pub struct StaffView {
    pub site: Site,
    pub staff: Vec<StaffMember>,
    /// Those of them who lead on safeguarding.
    pub leads: Vec<PersonId>,
    /// Those of them who have a second step.
    pub with_second_step: Vec<PersonId>,
    /// Those whose post has lapsed unused.
    pub lapsed: Vec<Lapsed>,
}

/// The staff; `None` when the site is not there or not for this manager.
pub async fn staff(db: &Db, actor: Actor, slug: Slug) -> Result<Option<StaffView>, StoreError> {
    db.read(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(None);
        };
        let leads = concerns::leads(conn, site.id)?;
        let (staff, lapsed) = (sites::staff(conn, site.id)?, unused::of_site(conn, site.id)?);
        let people: Vec<PersonId> = staff.iter().map(|one| one.person).collect();
        let with_second_step = second_factor::of_people(conn, &people)?;
        Ok(Some(StaffView { staff, leads, with_second_step, lapsed, site }))
    })
    .await
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Done,
    NotFound,
    /// Nobody has an account with that address.
    NoAccount,
    /// Somebody has, but has not shown that the address is theirs.
    NotConfirmed,
    /// The site would be left without a manager, which only an administrator may do.
    LastManager,
}

/// Gives the person with that address a post, or takes it away where the role is `None`.
pub async fn set(
    db: &Db,
    actor: Actor,
    slug: Slug,
    (email, role): (Email, Option<StaffRole>),
    now: Instant,
) -> Result<Answer, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(Answer::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        let staff = sites::staff(conn, site.id)?;
        let there = staff.iter().find(|one| one.email == email).map(|one| one.person);
        let person = match (there, role) {
            (Some(person), _) => person,
            (None, None) => return Ok(Answer::NotFound),
            (None, Some(_)) => match account(conn, &email)? {
                Ok(person) => person,
                Err(answer) => return Ok(answer),
            },
        };
        if role != Some(StaffRole::Manager) && is_last_manager(&staff, person) && !actor.administrator {
            return Ok(Answer::LastManager);
        }
        match role {
            Some(role) => sites::set_staff(conn, site.id, person, role, now)?,
            None => {
                concerns::set_lead(conn, site.id, person, false, now)?;
                sites::remove_staff(conn, site.id, person)?;
            }
        }
        let event = NewEvent {
            site: Some(site.id),
            person: Some(person),
            ..NewEvent::new(EventKind::StaffChanged, Some(actor.person))
        };
        events::insert(conn, &event, now)?;
        sites::mark_changed(conn, site.id)?;
        Ok(Answer::Done)
    })
    .await
}

/// Names somebody of the staff as safeguarding lead, or no longer.
pub async fn set_lead(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    slug: Slug,
    (email, leads): (Email, bool),
) -> Result<Answer, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(Answer::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        let staff = sites::staff(conn, site.id)?;
        let Some(named) = staff.iter().find(|one| one.email == email) else {
            return Ok(Answer::NotFound);
        };
        let before = concerns::leads(conn, site.id)?;
        if before.contains(&named.person) == leads {
            return Ok(Answer::Done);
        }
        concerns::set_lead(conn, site.id, named.person, leads, now)?;
        let event = NewEvent {
            site: Some(site.id),
            person: Some(named.person),
            number: Some(leads.into()),
            ..NewEvent::new(EventKind::SafeguardingLead, Some(actor.person))
        };
        events::insert(conn, &event, now)?;
        // Whoever led before and whoever leads now hears of it, so that nobody takes it over unseen.
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        for one in staff.iter().filter(|one| before.contains(&one.person) || one.person == named.person) {
            let to = Recipient { name: &one.name, email: &one.email };
            let mail = circumstances.mailer.leads_changed(&site, &to, (&named.name, leads), &actor.name);
            circumstances.post(conn, Some(mail))?;
        }
        Ok(Answer::Done)
    })
    .await
}

/// Gives somebody their post back that has lapsed.
pub async fn restore(state: &State, actor: Actor, slug: Slug, email: Email) -> Result<Answer, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(Answer::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        let lapsed = unused::of_site(conn, site.id)?;
        if let Some(one) = lapsed.into_iter().find(|one| one.email == email) {
            restore_right(conn, shared.circumstances(), (one.person, one.right), actor.person)?;
        }
        Ok(Answer::Done)
    });
    Ok(done.await?)
}

/// Somebody who may be given a post.
fn account(conn: &mut Conn, email: &Email) -> Result<Result<PersonId, Answer>, StoreError> {
    let found = people::by_email(conn, email)?.filter(|account| !account.closed);
    Ok(match found {
        None => Err(Answer::NoAccount),
        Some(account) if !account.confirmed => Err(Answer::NotConfirmed),
        Some(account) => Ok(account.id),
    })
}

fn is_last_manager(staff: &[StaffMember], person: PersonId) -> bool {
    let mut managers = staff.iter().filter(|one| one.role == StaffRole::Manager);
    managers.next().is_some_and(|one| one.person == person) && managers.next().is_none()
}
