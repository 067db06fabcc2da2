//! A form with a file, read as it arrives: the token first, never more in memory than a file may have. Not what the file is.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use futures_util::{StreamExt, TryStreamExt};
use serde::de::DeserializeOwned;

use super::access::expected_token;
use super::csrf::{self, ProtectedForm};
use crate::domain::upload::LARGEST;
use crate::error::Error;

/// The text of a form is short.
const LARGEST_TEXT: usize = 4 * 1024;
const MOST_FIELDS: usize = 40;
/// What is too large is read on to here and thrown away, so that a browser gets to see the page that says so; a connection that is
/// cut while it still sends shows nothing. Past it the connection is cut.
const LARGEST_READ: usize = 32 * 1024 * 1024;

/// The file of a form.
#[derive(Debug)]
pub enum FileSent {
    /// None was chosen.
    None,
    /// By the name that the browser gave it.
    Whole(String, Vec<u8>),
    TooLarge,
}

/// A form with a file whose token fitted.
#[derive(Debug)]
pub struct ProtectedUpload<T> {
    pub form: T,
    pub file: FileSent,
}

impl<T: DeserializeOwned + 'static> FromRequest for ProtectedUpload<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            // A browser that sends no file may send the form plainly.
            let form = ProtectedForm::<T>::from_request(request, payload);
            return Box::pin(async move { form.await.map(|form| Self { form: form.0, file: FileSent::None }) });
        }
        let multipart = Multipart::from_request(request, payload);
        let expected = expected_token(request);
        let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or_default();
        Box::pin(async move {
            if LARGEST_READ < length {
                return Err(Error::TooLarge);
            }
            read(multipart.await.map_err(|_| broken())?, expected.as_deref()).await
        })
    }
}

fn broken() -> Error {
    Error::BadRequest("This form is not as the page made it. Open the page again".to_owned())
}

/// Reads field by field. Nothing of a file is read before the token fits, which the page sends first.
async fn read<T: DeserializeOwned>(mut parts: Multipart, expected: Option<&str>) -> Result<ProtectedUpload<T>, Error> {
    let mut rest = form_urlencoded::Serializer::new(String::new());
    let (mut known, mut file, mut fields) = (false, FileSent::None, 0);
    while let Some(mut field) = parts.try_next().await.map_err(|_| broken())? {
        fields += 1;
        let name = field.name().map(str::to_owned).filter(|_| fields <= MOST_FIELDS).ok_or_else(broken)?;
        if name == csrf::FIELD {
            known = expected.is_some() && expected == Some(text(&mut field).await?.as_str());
        } else if !known {
            return Err(Error::Forged);
        } else if let Some(of) = field.content_disposition().and_then(|one| one.get_filename()).map(str::to_owned) {
            if !matches!(file, FileSent::None) {
                return Err(broken());
            }
            file = whole(&mut field, of).await?;
        } else {
            rest.append_pair(&name, &text(&mut field).await?);
        }
    }
    if !known {
        return Err(Error::Forged);
    }
    let form = serde_html_form::from_str(&rest.finish()).map_err(|_| broken())?;
    Ok(ProtectedUpload { form, file })
}

async fn text(field: &mut Field) -> Result<String, Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|_| broken())?;
        if LARGEST_TEXT < bytes.len() + chunk.len() {
            return Err(Error::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| broken())
}

async fn whole(field: &mut Field, name: String) -> Result<FileSent, Error> {
    let (mut bytes, mut length) = (Vec::new(), 0_usize);
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|_| broken())?;
        length += chunk.len();
        if LARGEST_READ < length {
            return Err(Error::TooLarge);
        }
        if length <= LARGEST {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
    }
    Ok(match length {
        0 => FileSent::None,
        length if LARGEST < length => FileSent::TooLarge,
        _ => FileSent::Whole(name, bytes),
    })
}
