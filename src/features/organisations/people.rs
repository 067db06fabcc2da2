//! The people of an organisation, for those who coordinate it: inviting, roles, removing.

use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::leave::{self, NO_HEIR};
use super::service::{self, Change, Invite};
use crate::domain::ids::{PersonId, Slug};
use crate::domain::organisation::{Organisation, Standing};
use crate::domain::person::Email;
use crate::domain::policy::MemberRole;
use crate::domain::words::rough_length;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::error_page::wait;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "organisations/people.html")]
struct PeoplePage {
    chrome: Chrome,
    faults: Faults,
    organisation: Organisation,
    members: Vec<Line>,
    invitations: Vec<Waiting>,
    lapsed: Vec<Lapsed>,
    typed: InviteForm,
}

/// Somebody whose membership has lapsed unused.
struct Lapsed {
    name: String,
    email: String,
    ago: String,
}

struct Line {
    name: String,
    email: String,
    role: MemberRole,
    is_self: bool,
}

struct Waiting {
    email: String,
    role: MemberRole,
    left: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InviteForm {
    email: String,
    #[serde(default)]
    role: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleForm {
    person: String,
    role: String,
    /// Who takes over what they look after, and "yes" once that was shown.
    #[serde(default)]
    heir: String,
    #[serde(default)]
    sure: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonForm {
    person: String,
    #[serde(default)]
    heir: String,
    #[serde(default)]
    sure: String,
}

impl InviteForm {
    fn parse(&self) -> Result<(Email, MemberRole), Faults> {
        let mut faults = Faults::none();
        let email = faults.take("email", Email::parse(&self.email).map(Some));
        let role = faults.take("role", MemberRole::parse(&self.role).map(Some).ok_or("Choose a role"));
        email.zip(role).ok_or(faults)
    }
}

/// The organisation of a path, if its name could be one.
fn slug(path: &Path<String>) -> Result<Slug, Error> {
    Slug::parse(path).ok_or(Error::NotFound)
}

async fn show(
    request: &HttpRequest,
    state: &Shared,
    who: &SignedIn,
    slug: Slug,
    (faults, typed): (Faults, InviteForm),
) -> Result<PeoplePage, Error> {
    let found = service::people(state, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let (me, now): (PersonId, _) = (who.actor.person, state.clock.now());
    let members = found.members.into_iter().map(|one| Line {
        is_self: one.person == me,
        name: one.name,
        email: one.email.to_string(),
        role: one.role,
    });
    let invitations = found.invitations.into_iter().map(|one| Waiting {
        email: one.email.to_string(),
        role: one.role,
        left: rough_length(one.ends_at.minutes_since(now)),
    });
    let lapsed = found.lapsed.into_iter().map(|one| Lapsed {
        name: one.name,
        email: one.email.to_string(),
        ago: rough_length(now.minutes_since(one.at)),
    });
    Ok(PeoplePage {
        chrome: Chrome::of(request),
        faults,
        organisation: found.organisation,
        members: members.collect(),
        invitations: invitations.collect(),
        lapsed: lapsed.collect(),
        typed,
    })
}

pub async fn get(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let nothing = (Faults::none(), InviteForm::default());
    page::ok(&show(&request, &state, &who, slug(&path)?, nothing).await?)
}

pub async fn invite(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<InviteForm>,
) -> Result<HttpResponse, Error> {
    let slug = slug(&path)?;
    let mut faults = Faults::none();
    let mut seconds = None;
    match form.parse() {
        Err(wrong) => faults = wrong,
        Ok((email, role)) => match service::invite(&state, who.actor.clone(), slug.clone(), email, role).await? {
            Invite::Sent => return Ok(page::done(&urls::organisation_people(&slug), "invited")),
            Invite::NoSuchOrganisation => return Err(Error::NotFound),
            Invite::NotApproved => faults.add("email", "You can invite people once the organisation is approved"),
            Invite::IsMember => faults.add("email", "This person is a member already. Change their role below"),
            Invite::TooMany(left) => {
                seconds = Some(left);
                faults.add("email", format!("That is enough email for now. Try again in {}", wait(left)));
            }
        },
    }
    let shown = show(&request, &state, &who, slug, (faults, form.0)).await?;
    let Some(seconds) = seconds else {
        return page::unprocessable(&shown);
    };
    let mut response = page::with_status(StatusCode::TOO_MANY_REQUESTS, &shown)?;
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    Ok(response)
}

pub async fn change_role(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<RoleForm>,
) -> Result<HttpResponse, Error> {
    let role = MemberRole::parse(&form.role).ok_or_else(not_from_the_page)?;
    let typed = (form.person.as_str(), form.heir.as_str(), form.sure == "yes");
    change(&who, &request, &state, slug(&path)?, (typed, Some(role))).await
}

pub async fn remove(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<PersonForm>,
) -> Result<HttpResponse, Error> {
    let typed = (form.person.as_str(), form.heir.as_str(), form.sure == "yes");
    change(&who, &request, &state, slug(&path)?, (typed, None)).await
}

async fn change(
    who: &SignedIn,
    request: &HttpRequest,
    state: &Shared,
    slug: Slug,
    ((person, heir, sure), to): ((&str, &str, bool), Option<MemberRole>),
) -> Result<HttpResponse, Error> {
    let person = Email::parse(person).map_err(|_| not_from_the_page())?;
    let leaves = to.is_none() && person.as_str() == who.actor.email && !who.actor.administrator;
    let agreed = sure.then(|| leave::agreed(heir));
    match service::change(state, who.actor.clone(), (slug.clone(), person), to, agreed).await? {
        Change::Ask(parting) => page::ok(&leave::shown(request, *parting, false, Faults::none())),
        Change::NoSuchHeir(parting) => {
            let mut faults = Faults::none();
            faults.add("heir", NO_HEIR);
            page::unprocessable(&leave::shown(request, *parting, false, faults))
        }
        // Whoever has left sees the organisation no more.
        Change::Done if leaves => Ok(page::done(urls::ORGANISATIONS, "left")),
        Change::Done | Change::NoSuchMember => {
            let done = if to.is_some() { "saved" } else { "removed" };
            Ok(page::done(&urls::organisation_people(&slug), done))
        }
        Change::NoSuchOrganisation => Err(Error::NotFound),
        Change::LastCoordinator(name) => {
            let mut faults = Faults::none();
            faults.add("people", format!("{name} is the only coordinator. Make somebody else a coordinator first"));
            let shown = show(request, state, who, slug, (faults, InviteForm::default())).await?;
            page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

pub async fn withdraw(
    who: SignedIn,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<PersonForm>,
) -> Result<HttpResponse, Error> {
    let slug = slug(&path)?;
    let email = Email::parse(&form.person).map_err(|_| not_from_the_page())?;
    if !service::withdraw(&state, who.actor.clone(), slug.clone(), email).await? {
        return Err(Error::NotFound);
    }
    Ok(page::done(&urls::organisation_people(&slug), "invitation-withdrawn"))
}

/// Gives a membership back that has lapsed unused.
pub async fn restore(
    who: SignedIn,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<PersonForm>,
) -> Result<HttpResponse, Error> {
    let slug = slug(&path)?;
    let email = Email::parse(&form.person).map_err(|_| not_from_the_page())?;
    if !service::restore(&state, who.actor.clone(), slug.clone(), email).await? {
        return Err(Error::NotFound);
    }
    Ok(page::done(&urls::organisation_people(&slug), "restored"))
}

fn not_from_the_page() -> Error {
    Error::BadRequest("This form is not as the page made it. Open the page again".to_owned())
}
