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
    functions::get_kill,
    live::{LiveStore, reducer::Watched},
    pages::not_found::ErrorPage,
};
use contract::{ApiError, ErrorCode};
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
    let live = use_context::<LiveStore>();
    let shown = RwSignal::new(None::<Watched>);
    if let Some(live) = live {
        Effect::new(move |_| live.watch(shown.get()));
        on_cleanup(move || live.watch(None));
        // Such as with a price that came later: the page is brought up to date in place, or stays as it is.
        Effect::new(move |_| {
            let Some(outdated) = live.watch.outdated.get().filter(|outdated| shown.get_untracked() == Some(*outdated))
            else {
                return;
            };
            leptos::task::spawn_local(async move {
                let newer = get_kill(outdated.killmail_id.0).await;
                if newer.is_ok() && shown.try_get_untracked().flatten() == Some(outdated) {
                    kill.set(Some(newer));
                }
            });
        });
    }
    view! {
        <Transition fallback=|| view! { <p class="page-loading" role="status">"Loading the kill…"</p> }>
            {move || Suspend::new(async move {
                match kill.await {
                    Ok(kill) => {
                        shown.set(Some(Watched {
                            killmail_id: kill.summary.killmail_id,
                            enriched_at: kill.enriched_at,
                        }));
                        view::kill_view(&kill)
                    }
                    Err(error) => view! { <ErrorPage error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn killmail_id(text: &str) -> Option<i64> {
    text.parse().ok().filter(|id| (1..=domain::ids::MAX_JSON_INTEGER).contains(id))
}
