//! The page of a type, mostly a ship: how it is fitted, what a loss costs, who loses and who kills it, latest losses.

#[cfg(test)]
pub mod fixtures;

mod fits;
mod involved;
mod view;

use crate::{functions::get_type, pages::not_found::ErrorPage};
use contract::{ApiError, ErrorCode};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// What the page depends on; `None` for an address without a proper id.
type Key = (Option<i64>, Option<String>, Option<String>, Option<String>);

/// `/type/{id}`
#[component]
pub fn TypePage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let key = Memo::new(move |_| -> Key {
        let id = params.read().get("id").and_then(|text| text.parse().ok());
        let query = query.read();
        let id = id.filter(|id| (1..=domain::ids::MAX_JSON_INTEGER).contains(id));
        (id, query.get("window"), query.get("before"), query.get("after"))
    });
    let page = Resource::new_blocking(
        move || key.get(),
        |(id, window, before, after)| async move {
            match id {
                Some(id) => get_type(id, window, before, after).await,
                None => Err(ApiError::new(
                    ErrorCode::Invalid,
                    "That is not the id of a type: it is a whole number, like 587.",
                )),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <p class="page-loading" role="status">"Loading the ship…"</p> }>
            {move || Suspend::new(async move {
                let (.., before, after) = key.get_untracked();
                match page.await {
                    Ok(page) => view::type_view(page, before.is_some() || after.is_some()),
                    Err(error) => view! { <ErrorPage error/> }.into_any(),
                }
            })}
        </Transition>
    }
}
