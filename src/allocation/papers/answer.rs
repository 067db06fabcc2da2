//! A manager's answer to a paper: accepted, or sent back with a reason. What that means for dates follows in the same transaction.

use super::super::case::Circumstances;
use super::review;
use crate::domain::document::Document;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{OrganisationId, Reference};
use crate::domain::organisation::Organisation;
use crate::domain::papers::{PaperStanding, next_look};
use crate::domain::policy::Actor;
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::papers::{self, Decided};
use crate::store::{Conn, StoreError, engine, share};

/// What a manager says to a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperDecision {
    Accept,
    SendBack { reason: String },
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperAnswer {
    Done,
    /// There is no such paper, or not for this person; which of the two is not said.
    NotFound,
    /// Somebody else was first.
    Already(PaperStanding),
    /// It has run out, so it cannot be accepted any more.
    IsOver,
}

/// Whether this person may look at the papers of an organisation and decide on them: administrators, and those who manage a site
/// where it books or asks to.
pub fn may_decide(conn: &mut Conn, actor: &Actor, id: OrganisationId) -> Result<bool, StoreError> {
    if actor.administrator {
        return Ok(true);
    }
    let sites: Vec<_> = actor.posts.iter().map(|post| post.site).filter(|site| actor.manages(*site)).collect();
    if sites.is_empty() { Ok(false) } else { papers::books_at(conn, id, &sites) }
}

/// Decides on a paper and looks at every date that depends on it.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn decide_paper(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (organisation, reference): (&Organisation, &Reference),
    decision: &PaperDecision,
) -> Result<PaperAnswer, StoreError> {
    let now = circumstances.now;
    if !may_decide(conn, actor, organisation.id)? {
        return Ok(PaperAnswer::NotFound);
    }
    let sites = papers::sites_of(conn, organisation.id)?;
    engine::lock_all(conn, &sites, Some(organisation.id))?;
    let found = papers::by_reference(conn, reference)?.filter(|one| one.organisation == organisation.id);
    let Some(document) = found else {
        return Ok(PaperAnswer::NotFound);
    };
    let today = local_date(super::look::ZONE, now);
    let open = match decision {
        PaperDecision::Accept if document.is_over(today) => return Ok(PaperAnswer::IsOver),
        PaperDecision::Accept => document.standing == PaperStanding::Awaiting,
        // What was accepted by mistake, or turned out to be wrong, is sent back, too.
        PaperDecision::SendBack { .. } => {
            matches!(document.standing, PaperStanding::Awaiting | PaperStanding::Accepted)
        }
    };
    if !open {
        return Ok(PaperAnswer::Already(document.standing));
    }
    let by = Some(actor.person);
    let (kind, decided) = match decision {
        PaperDecision::Accept => {
            // What has few days left is said at once, by the chore.
            let look_on = document.until.and_then(|until| next_look(until, today.pred_opt().unwrap_or(today)));
            (EventKind::PaperAccepted, Decided { to: PaperStanding::Accepted, by, reason: None, look_on })
        }
        PaperDecision::SendBack { reason } => {
            let reason = events::write_message(conn, None, reason, by, now)?;
            (EventKind::PaperReturned, Decided { to: PaperStanding::Returned, by, reason: Some(reason), look_on: None })
        }
    };
    if !papers::decide(conn, document.id, document.standing, decided, now)? {
        return Ok(PaperAnswer::Already(document.standing));
    }
    let line = NewEvent { organisation: Some(organisation.id), message: decided.reason, ..NewEvent::new(kind, by) };
    events::insert(conn, &line, now)?;
    tell(conn, circumstances, organisation, &document, decision)?;
    review(conn, circumstances, organisation.id)?;
    Ok(PaperAnswer::Done)
}

fn tell(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    organisation: &Organisation,
    document: &Document,
    decision: &PaperDecision,
) -> Result<(), StoreError> {
    for reader in share::coordinators(conn, organisation.id)? {
        let to = Recipient { name: &reader.name, email: &reader.email };
        let mail = match decision {
            PaperDecision::Accept => circumstances.mailer.paper_accepted(&to, organisation, document),
            PaperDecision::SendBack { reason } => {
                circumstances.mailer.paper_returned(&to, organisation, document, reason)
            }
        };
        circumstances.post(conn, Some(mail))?;
    }
    Ok(())
}
