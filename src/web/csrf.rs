//! Forms that cannot be forged: a type that exists only when the token fits, and a check of where a form comes from. Not what a form asks.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::access::expected_token;
use super::state::Shared;
use crate::error::Error;

/// The name of the token's field.
pub const FIELD: &str = "csrf";

/// A form whose token fitted.
#[derive(Debug)]
pub struct ProtectedForm<T>(pub T);

impl<T> Deref for ProtectedForm<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for ProtectedForm<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        let expected = expected_token(request);
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        Box::pin(async move {
            let body = body.await.map_err(|_| Error::TooLarge)?;
            if !is_form {
                return Err(Error::BadRequest("Send the form as the page does".to_owned()));
            }
            parse(&body, expected.as_deref()).map(Self)
        })
    }
}

/// Takes the token out of the fields and reads the rest; fields that the form does not have are refused.
fn parse<T: DeserializeOwned>(body: &[u8], expected: Option<&str>) -> Result<T, Error> {
    let mut token = None;
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(body) {
        if name == FIELD {
            token = Some(value.into_owned());
        } else {
            rest.append_pair(&name, &value);
        }
    }
    if token.is_none() || token.as_deref() != expected {
        return Err(Error::Forged);
    }
    serde_html_form::from_str(&rest.finish())
        .map_err(|_| Error::BadRequest("This form is not as the page made it. Open the page again".to_owned()))
}

/// Middleware: refuses what changes something and comes from another site.
///
/// # Errors
/// `Forged`, or the handler's own.
pub async fn own_origin_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe && comes_from_elsewhere(&request) {
        return Ok(request.error_response(Error::Forged));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn comes_from_elsewhere(request: &ServiceRequest) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if text("Sec-Fetch-Site") == Some("cross-site") {
        return true;
    }
    let Some(origin) = text("Origin") else {
        return false;
    };
    let trusted = request
        .app_data::<Shared>()
        .is_some_and(|state| request.peer_addr().is_some_and(|peer| state.trusted_proxies.contains(&peer.ip())));
    let host = text("X-Forwarded-Host").filter(|_| trusted).or_else(|| text("Host"));
    let from = origin.split_once("://").map(|(_, host)| host);
    from.is_none() || from != host
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Form {
        name: String,
        #[serde(default)]
        needs: Vec<String>,
    }

    #[test]
    fn a_form_is_read_only_with_its_token() {
        let read = |body: &str| parse::<Form>(body.as_bytes(), Some("t"));
        let form = read("csrf=t&name=a+b&needs=x&needs=y").unwrap();
        assert_eq!(form, Form { name: "a b".to_owned(), needs: vec!["x".to_owned(), "y".to_owned()] });
        assert!(matches!(read("name=a"), Err(Error::Forged)));
        assert!(matches!(read("csrf=u&name=a"), Err(Error::Forged)));
        assert!(matches!(read("csrf=t&name=a&admin=1"), Err(Error::BadRequest(_))));
        assert!(matches!(parse::<Form>(b"csrf=&name=a", None), Err(Error::Forged)));
    }
}
