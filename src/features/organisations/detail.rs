//! One organisation: where it stands, what it is, who is in it. For its members, and for managers of any site.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::service::{self, Whole};
use crate::domain::ids::Slug;
use crate::domain::organisation::{Organisation, Standing};
use crate::domain::policy::{Actor, MemberRole};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "organisations/detail.html")]
struct DetailPage {
    chrome: Chrome,
    organisation: Organisation,
    people: Vec<Person>,
    /// Path and name of each site.
    trusted_by: Vec<(String, String)>,
    coordinates: bool,
    sees_bookings: bool,
    /// Where this person decides about it, if they do.
    manage_path: Option<String>,
    /// Where its papers are, for those who may see them.
    papers_path: Option<String>,
    /// Where its attendance is, for those who may see its bookings.
    attendance_path: Option<String>,
    /// Where its statement is, for those who may see it, and where it says what it offers.
    statement_path: Option<String>,
    services_path: Option<String>,
    /// Where its reports are, for those who coordinate it.
    reports_path: Option<String>,
}

struct Person {
    name: String,
    /// Only for those who may write to them.
    email: Option<String>,
    role: MemberRole,
}

/// The people whom an actor may see. Names of volunteers are for those who coordinate them and for themselves.
fn people(actor: &Actor, whole: &Whole) -> Vec<Person> {
    let id = whole.organisation.id;
    let coordinates = actor.coordinates(id);
    let least = match (coordinates, actor.is_member(id)) {
        (true, _) => MemberRole::Volunteer,
        (false, true) => MemberRole::Booker,
        (false, false) => MemberRole::Coordinator,
    };
    let seen = whole.members.iter().filter(|one| least <= one.role || one.person == actor.person);
    seen.map(|one| Person {
        name: one.name.clone(),
        email: (coordinates || one.role == MemberRole::Coordinator).then(|| one.email.to_string()),
        role: one.role,
    })
    .collect()
}

pub async fn get(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    slug: Path<String>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&slug).ok_or(Error::NotFound)?;
    let whole = service::whole(&state, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let (actor, id) = (&who.actor, whole.organisation.id);
    let manages = actor.administrator || (actor.is_manager() && whole.organisation.standing == Standing::Approved);
    page::ok(&DetailPage {
        chrome: Chrome::of(&request),
        people: people(actor, &whole),
        trusted_by: whole.trusted_by.iter().map(|one| (urls::site(&one.slug), one.name.clone())).collect(),
        coordinates: actor.coordinates(id),
        sees_bookings: actor.sees_bookings_of(id) || actor.is_manager(),
        manage_path: manages.then(|| urls::manage_organisation(&whole.organisation.slug)),
        attendance_path: (actor.sees_bookings_of(id) || actor.administrator)
            .then(|| urls::own_attendance(&whole.organisation.slug, None)),
        papers_path: (actor.coordinates(id) || actor.administrator).then(|| urls::documents(&whole.organisation.slug)),
        statement_path: (actor.coordinates(id) || actor.is_manager())
            .then(|| urls::statement(&whole.organisation.slug, None)),
        reports_path: actor.coordinates(id).then(|| urls::organisation_reports(&whole.organisation.slug)),
        services_path: actor.coordinates(id).then(|| urls::services(&whole.organisation.slug)),
        organisation: whole.organisation,
    })
}
