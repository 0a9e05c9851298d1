//! Who is asking: found once for each request, and with every use case that the request asks for.

use super::AppState;
use crate::services::asked::Asked;
use axum::{
    extract::{FromRequestParts, Request},
    http::{Extensions, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::access::Viewer;
use std::convert::Infallible;

/// A middleware: marks the request with its viewer. Nobody can sign in yet.
pub async fn recognise(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Viewer::Guest);
    next.run(request).await
}

/// The viewer of a request; whoever was not recognised has the least rights.
pub fn of(request: &Extensions) -> Viewer {
    request.get::<Viewer>().cloned().unwrap_or_default()
}

/// The use cases, for the viewer of the request.
impl FromRequestParts<AppState> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        Ok(state.services.asked_by(of(&parts.extensions), state.access_policy))
    }
}
