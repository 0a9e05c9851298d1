//! What the server puts into the context beside the ports: how a page sets its HTTP status, where the site is.

use std::sync::Arc;

/// What the server puts into the context so that a page can set its HTTP status.
#[derive(Clone)]
pub struct StatusHook(pub Arc<dyn Fn(u16) + Send + Sync>);

/// Sets the HTTP status of the page being rendered. Does nothing where no hook is in the context.
pub fn set_status(status: u16) {
    if let Some(hook) = leptos::prelude::use_context::<StatusHook>() {
        (hook.0)(status);
    }
}

/// What the server puts into the context so that an error can say in which request it happened.
#[derive(Clone)]
pub struct RequestId(pub Arc<str>);

/// The id of the request being answered.
pub fn request_id() -> Option<String> {
    leptos::prelude::use_context::<RequestId>().map(|RequestId(id)| id.to_string())
}

/// What the server puts into the context so that pages can write absolute addresses (link previews need them):
/// scheme and host without a slash at the end.
#[derive(Clone)]
pub struct PublicUrl(pub Arc<str>);
