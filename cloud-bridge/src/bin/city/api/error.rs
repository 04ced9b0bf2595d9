//! What goes wrong with a request, as JSON: `{"error": {"code": …, "message": …}}`.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::http::header::{ALLOW, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::store::{explain, is_poison};

/// Why a request is not answered.
#[derive(Debug)]
pub enum ApiError {
    /// A parameter is wrong; says which and how.
    BadRequest(String),
    Unauthorized,
    NotFound(String),
    MethodNotAllowed,
    /// The database can't be reached or took too long, or there is too much to do.
    Unavailable(String),
    Internal(String),
}

impl ApiError {
    /// The status, a name for programs, words for people.
    pub fn parts(self) -> (StatusCode, &'static str, String) {
        match self {
            Self::BadRequest(message) => (StatusCode::BAD_REQUEST, "bad_request", message),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "a bearer token is needed".to_owned()),
            Self::NotFound(message) => (StatusCode::NOT_FOUND, "not_found", message),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "only GET".to_owned()),
            Self::Unavailable(message) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", message),
            Self::Internal(message) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", message),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = self.parts();
        let body = Json(json!({"error": {"code": code, "message": message}}));
        match status {
            StatusCode::UNAUTHORIZED => (status, [(WWW_AUTHENTICATE, "Bearer")], body).into_response(),
            StatusCode::METHOD_NOT_ALLOWED => (status, [(ALLOW, "GET, HEAD")], body).into_response(),
            _ => (status, body).into_response(),
        }
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::BadRequest(rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::BadRequest(rejection.body_text())
    }
}

impl From<tokio_postgres::Error> for ApiError {
    fn from(error: tokio_postgres::Error) -> Self {
        if is_poison(&error) {
            return Self::BadRequest("a parameter holds what no text of the database can".to_owned());
        }
        tracing::warn!("api: {}", explain(&error));
        match error.code() {
            Some(code) if *code == tokio_postgres::error::SqlState::QUERY_CANCELED => {
                Self::Unavailable("this takes too long; ask for less".to_owned())
            }
            _ => Self::Unavailable("the database can't be used now".to_owned()),
        }
    }
}
