//! The one error that leaves the server: JSON API, server functions and stream alike.

use serde::{Deserialize, Serialize};

/// Stable, machine-readable kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 400: a parameter or body is malformed; `problems` names each.
    Invalid,
    /// 401: signing in may help.
    Unauthenticated,
    /// 403: not for whoever asks.
    Forbidden,
    /// 404
    NotFound,
    /// 413
    TooLarge,
    /// 415: the body is not of the kind that is understood.
    UnsupportedKind,
    /// 429
    TooMany,
    /// 503: try again in a moment.
    Unavailable,
    /// 500
    Internal,
}

impl ErrorCode {
    pub fn http_status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::TooLarge => 413,
            Self::UnsupportedKind => 415,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::TooLarge => "too_large",
            Self::UnsupportedKind => "unsupported_kind",
            Self::TooMany => "too_many",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

/// One offending value of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldProblem {
    /// Path of the value (`min_value`, `rules[2].operator`).
    pub path: String,
    pub reason: String,
}

/// What a user may know about a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[error("{message}")]
pub struct ApiError {
    pub code: ErrorCode,
    /// A sentence for the user: what happened and what to do.
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FieldProblem>,
    /// Finds the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl ApiError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), problems: Vec::new(), request_id: None }
    }

    pub fn invalid(path: impl Into<String>, reason: impl Into<String>) -> Self {
        let problem = FieldProblem { path: path.into(), reason: reason.into() };
        Self {
            code: ErrorCode::Invalid,
            message: format!("{} {}", problem.path, problem.reason),
            problems: vec![problem],
            request_id: None,
        }
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("{what} is not known here."))
    }
}

impl From<domain::access::Denied> for ApiError {
    fn from(denied: domain::access::Denied) -> Self {
        let code = match denied {
            domain::access::Denied::SignIn => ErrorCode::Unauthenticated,
            domain::access::Denied::NotYours => ErrorCode::Forbidden,
        };
        Self::new(code, denied.to_string())
    }
}

impl From<domain::FilterError> for ApiError {
    fn from(error: domain::FilterError) -> Self {
        Self::invalid(error.field, error.reason)
    }
}

#[cfg(feature = "server-fn")]
impl server_fn::error::FromServerFnError for ApiError {
    type Encoder = server_fn::codec::JsonEncoding;

    fn from_server_fn_error(error: server_fn::error::ServerFnErrorErr) -> Self {
        use server_fn::error::ServerFnErrorErr;

        match error {
            ServerFnErrorErr::Request(_) => Self::new(
                ErrorCode::Unavailable,
                "The server could not be reached. Check the connection and try again.",
            ),
            ServerFnErrorErr::Args(reason) | ServerFnErrorErr::MissingArg(reason) => {
                Self::new(ErrorCode::Invalid, format!("The request is malformed: {reason}."))
            }
            _ => Self::new(ErrorCode::Internal, "Something went wrong on the server. Try again in a moment."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::Denied;

    #[test]
    fn who_is_denied_learns_whether_to_sign_in() {
        let status = |denied: Denied| ApiError::from(denied).code.http_status();
        assert_eq!((status(Denied::SignIn), status(Denied::NotYours)), (401, 403));
    }
}
