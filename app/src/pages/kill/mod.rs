//! The page of one kill: what happened, what it cost, what was fitted, who did it, and how we know.
//!
//! The kill is a blocking resource, so that the server knows it before it sends status, title and social card.

#[cfg(test)]
pub mod fixtures;

mod facts;
mod head;
mod headline;
mod provenance;
mod view;

use crate::{
    contract::{ApiError, ErrorCode},
    functions::get_kill,
    pages::not_found::ErrorPage,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/kill/{id}`
#[component]
pub fn KillPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").as_deref().and_then(killmail_id));
    let kill = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => get_kill(id).await,
                None => Err(ApiError::new(
                    ErrorCode::Invalid,
                    "That is not the id of a killmail: it is a whole number, like 128000001.",
                )),
            }
        },
    );
    view! {
        <Suspense fallback=|| view! { <p class="page-loading" role="status">"Loading the kill…"</p> }>
            {move || Suspend::new(async move {
                match kill.await {
                    Ok(kill) => view::kill_view(&kill),
                    Err(error) => view! { <ErrorPage error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn killmail_id(text: &str) -> Option<i64> {
    text.parse().ok().filter(|id| (1..=domain::ids::MAX_JSON_INTEGER).contains(id))
}
