//! Leaving an organisation, or taking somebody out of it who looks after something: what happens is shown before it does.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Agreed, Change, Parting};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::person::Email;
use crate::domain::policy::MemberRole;
use crate::domain::words::{counted, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "organisations/leave.html")]
pub(super) struct LeavePage {
    chrome: Chrome,
    faults: Faults,
    organisation: String,
    /// Where one comes from.
    back: String,
    action: String,
    /// Whoever goes; none for oneself.
    who: Option<(String, String)>,
    /// Their role from then on.
    to: Option<MemberRole>,
    bookings: Vec<Line>,
    /// Those beyond the first few, folded up.
    more: Vec<Line>,
    duties: Option<String>,
    heirs: Vec<Choice>,
    is_last: bool,
}

/// So many bookings are shown at once.
const SHOWN: usize = 8;

struct Line {
    reference: String,
    href: String,
    purpose: String,
    when: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveForm {
    #[serde(default)]
    heir: String,
    #[serde(default, rename = "sure")]
    _sure: String,
}

/// Who takes over, as it was typed.
pub(super) fn agreed(heir: &str) -> Agreed {
    Agreed { heir: Email::parse(heir).ok() }
}

/// The page that shows what would happen. `own` where somebody leaves of themselves.
pub(super) fn shown(request: &HttpRequest, parting: Parting, own: bool, faults: Faults) -> LeavePage {
    let Parting { organisation, member, to, in_hand, heirs, is_last } = parting;
    let slug = &organisation.slug;
    let lines = in_hand.bookings.iter().map(|one| Line {
        reference: one.reference.to_string(),
        href: urls::booking(&one.reference),
        purpose: one.purpose.clone(),
        when: format!(
            "{} to come, the next on {}",
            counted(one.dates, "date", "dates"),
            long_date(local_date(one.zone, one.next))
        ),
    });
    let mut bookings: Vec<Line> = lines.collect();
    let more = bookings.split_off(bookings.len().min(SHOWN));
    let words = |role: MemberRole| role.words().to_lowercase();
    let action = match (own, to) {
        (true, _) => urls::leave(slug),
        (false, None) => format!("{}/remove", urls::organisation_people(slug)),
        (false, Some(_)) => format!("{}/role", urls::organisation_people(slug)),
    };
    LeavePage {
        chrome: Chrome::of(request),
        faults,
        back: if own { urls::organisation(slug) } else { urls::organisation_people(slug) },
        action,
        who: (!own).then(|| (member.name.clone(), member.email.to_string())),
        to,
        bookings,
        more,
        duties: (0 < in_hand.duties)
            .then(|| counted(i64::try_from(in_hand.duties).unwrap_or(i64::MAX), "duty", "duties")),
        heirs: heirs
            .iter()
            .enumerate()
            .map(|(place, one)| {
                Choice::new(one.email.to_string(), format!("{}, {}", one.name, words(one.role)), place == 0)
            })
            .collect(),
        is_last,
        organisation: organisation.name,
    }
}

pub async fn get(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let parting = service::parting(&state, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    page::ok(&shown(&request, parting, true, Faults::none()))
}

pub async fn post(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<LeaveForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    match service::leave(&state, who.actor.clone(), slug.clone(), agreed(&form.heir)).await? {
        Change::Done => return Ok(page::done(urls::ORGANISATIONS, "left")),
        Change::NoSuchOrganisation | Change::NoSuchMember => return Err(Error::NotFound),
        Change::LastCoordinator(_) => {
            faults.add("heir", "You are the only member. Invite somebody first, who can coordinate after you");
        }
        Change::Ask(_) | Change::NoSuchHeir(_) => faults.add("heir", NO_HEIR),
    }
    let parting = service::parting(&state, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown(&request, parting, true, faults))
}

/// What stands at the field where nobody, or nobody who can, is named.
pub(super) const NO_HEIR: &str = "Choose who takes over";
