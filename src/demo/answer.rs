//! What goes back to the caller, before anything is done to it on purpose.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// JSON of any status.
    Json(StatusCode, Value),
    /// A web page.
    Page(StatusCode, &'static str),
    /// A status alone: HaloPSA's 403 and 404 have no body.
    Nothing(StatusCode),
    /// 401 with the challenge that RFC 6750 asks for, and no body.
    Challenge,
    /// A file to save.
    File {
        /// Its name as the attachment bears it.
        name: String,
        /// Its media type.
        kind: &'static str,
        /// What is in it.
        bytes: Vec<u8>,
    },
}

/// What the web application serves for every path that is not the API's.
pub(crate) const WEB_APP: &str =
    "<!doctype html><html lang=\"en\"><head><title>Halo</title></head><body><div id=\"root\"></div></body></html>";

/// What the server answers when the tenant of a token request is not known.
pub(crate) const SERVER_ERROR_PAGE: &str = "<!DOCTYPE html><html><head><title>500 - Internal server error.</title></head>\
     <body><h2>500 - Internal server error.</h2></body></html>";

impl Answer {
    /// JSON with status 200.
    pub(crate) fn ok(value: Value) -> Self {
        Self::Json(StatusCode::OK, value)
    }

    /// Status 404, no body.
    pub(crate) fn missing() -> Self {
        Self::Nothing(StatusCode::NOT_FOUND)
    }

    /// An error of the token endpoint (RFC 6749, section 5.2).
    pub(crate) fn oauth(status: StatusCode, error: &str, description: &str) -> Self {
        Self::Json(status, json!({"error": error, "error_description": description}))
    }

    /// HaloPSA's answer to too many requests.
    pub(crate) fn throttled(limit: u32) -> Self {
        let text = format!("Rate Limit Reached - {limit} Requests per rolling 5 minute window");
        Self::Json(StatusCode::TOO_MANY_REQUESTS, json!({"error": text}))
    }

    /// A .NET exception, serialised.
    pub(crate) fn exception() -> Self {
        let exception = json!({
            "ClassName": "System.NullReferenceException",
            "Message": "Object reference not set to an instance of an object.",
            "Data": null,
            "InnerException": null,
            "HResult": -2_147_467_261,
        });
        Self::Json(StatusCode::INTERNAL_SERVER_ERROR, exception)
    }

    /// Status, media type and bytes.
    pub(crate) fn into_parts(self) -> (StatusCode, &'static str, Vec<u8>) {
        match self {
            Self::Json(status, value) => (status, "application/json; charset=utf-8", value.to_string().into_bytes()),
            Self::Page(status, page) => (status, "text/html; charset=utf-8", page.as_bytes().to_vec()),
            Self::Nothing(status) => (status, "", Vec::new()),
            Self::Challenge => (StatusCode::UNAUTHORIZED, "", Vec::new()),
            Self::File { kind, bytes, .. } => (StatusCode::OK, kind, bytes),
        }
    }

    /// The answer as HTTP.
    pub(crate) fn into_response(self) -> Response<Body> {
        let extra = match &self {
            Self::Challenge => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))),
            Self::File { name, .. } => Some((header::CONTENT_DISPOSITION, disposition(name))),
            _ => None,
        };
        let (status, kind, bytes) = self.into_parts();
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        if !kind.is_empty() {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some((name, value)) = extra {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// `Content-Disposition` for any file name (RFC 6266).
fn disposition(name: &str) -> HeaderValue {
    let escaped: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let value = format!("attachment; filename*=UTF-8''{}", escaped.replace('+', "%20"));
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}
