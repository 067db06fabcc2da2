//! Surprises and refusals at the edge, as one enum. Not how they look: `web::error_page` draws them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::store::StoreError;

/// Why a request ends without its page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not for this person; which of the two is not said.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in; leads to the sign-in page and back.
    #[error("sign in first")]
    SignIn { next: String },
    /// The request cannot be understood, with words for the person.
    #[error("bad request: {0}")]
    BadRequest(String),
    /// A form without the right token, or from another site.
    #[error("the form's token does not fit")]
    Forged,
    #[error("too large")]
    TooLarge,
    #[error("too many, retry after {0} s")]
    TooMany(u64),
    #[error("unavailable: {0}")]
    Unavailable(String),
    #[error(transparent)]
    Internal(anyhow::Error),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(words) => Self::Unavailable(words),
            StoreError::TryAgain | StoreError::Overlap => Self::Unavailable(error.to_string()),
            other => Self::Internal(other.into()),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Forged => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            Self::SignIn { next } => {
                response.insert_header(("Location", crate::urls::sign_in_then(next)));
            }
            Self::TooMany(seconds) => {
                response.insert_header(("Retry-After", seconds.to_string()));
            }
            Self::Unavailable(_) => {
                response.insert_header(("Retry-After", "5"));
            }
            _ => {}
        }
        response.finish()
    }
}
