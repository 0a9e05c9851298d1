//! Pages of a system, a constellation and a region: how busy it is, what is lost there, the latest kills.

mod view;

use crate::{functions::get_place, pages::not_found::ErrorPage};
use contract::{ApiError, ErrorCode, PlaceKind};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// `/system/{id}`
#[component]
pub fn SystemPage() -> impl IntoView {
    place_page(PlaceKind::System)
}

/// `/constellation/{id}`
#[component]
pub fn ConstellationPage() -> impl IntoView {
    place_page(PlaceKind::Constellation)
}

/// `/region/{id}`
#[component]
pub fn RegionPage() -> impl IntoView {
    place_page(PlaceKind::Region)
}

/// What the page depends on; `None` for an address without a proper id.
type Key = (Option<i64>, Option<String>, Option<String>);

fn place_page(kind: PlaceKind) -> AnyView {
    let params = use_params_map();
    let query = use_query_map();
    let key = Memo::new(move |_| -> Key {
        let id = params.read().get("id").and_then(|text| text.parse().ok()).filter(|id| *id > 0);
        (id, query.read().get("before"), query.read().get("after"))
    });
    let page = Resource::new_blocking(
        move || key.get(),
        move |(id, before, after)| async move {
            match id {
                Some(id) => get_place(kind, id, before, after).await,
                None => Err(ApiError::new(
                    ErrorCode::Invalid,
                    format!("That is not the id of a {}: it is a whole number.", kind.as_str()),
                )),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <p class="page-loading" role="status">"Loading the place…"</p> }>
            {move || Suspend::new(async move {
                let (_, before, after) = key.get_untracked();
                match page.await {
                    Ok(page) => view::place_view(page, before.is_some() || after.is_some()),
                    Err(error) => view! { <ErrorPage error/> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}
