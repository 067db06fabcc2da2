//! Middleware: notes that somebody of the staff opened a page of a booking. It writes nothing; whether that is kept is found out later.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

use super::access::Visitor;
use super::state::Shared;
use crate::domain::viewing::{Viewing, booking_of_path, may_be_staff};

/// # Errors
/// The handler's own.
pub async fn note(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let seen = viewing(&request);
    let state = request.app_data::<Shared>().cloned();
    let response = next.call(request).await?.map_into_boxed_body();
    // What was not there for them was not seen.
    if let (Some(seen), Some(state)) = (seen, state)
        && response.status() == StatusCode::OK
    {
        state.db.note_view(seen);
    }
    Ok(response)
}

fn viewing(request: &ServiceRequest) -> Option<Viewing> {
    if *request.method() != Method::GET {
        return None;
    }
    let booking = booking_of_path(request.path())?;
    let visitor = Visitor::of(request.request());
    let actor = visitor.actor().filter(|actor| may_be_staff(actor))?;
    let at = request.app_data::<Shared>()?.clock.now();
    Some(Viewing { booking, person: actor.person, at })
}
