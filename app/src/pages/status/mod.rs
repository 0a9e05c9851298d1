//! The status page: are kills coming in, from where, how late, and is anything filling up.
//!
//! Rendered once by the server; after hydration it asks again every five seconds and changes numbers in place. When
//! asking fails, the last numbers stay and a note says so.

mod data;
mod static_data;
mod tasks;
mod upstreams;
mod view;

use crate::{functions::get_status, pages::not_found::ErrorPage};
use contract::StatusReport;
use leptos::prelude::*;
use leptos_meta::Title;
use std::time::Duration;

const REFRESH: Duration = Duration::from_secs(5);

/// `/status`
#[component]
pub fn StatusPage() -> impl IntoView {
    let first = Resource::new_blocking(|| (), |()| get_status());
    let newest = RwSignal::new(None::<StatusReport>);
    let is_stale = RwSignal::new(false);
    // Effects run in the browser only, after hydration.
    Effect::new(move |_| {
        let ticking = set_interval_with_handle(move || refresh(newest, is_stale), REFRESH);
        on_cleanup(move || {
            if let Ok(handle) = ticking {
                handle.clear();
            }
        });
    });
    view! {
        <Title text="Status"/>
        <Suspense fallback=|| view! { <p class="page-loading" role="status">"Loading the status…"</p> }>
            {move || Suspend::new(async move {
                match first.await {
                    Ok(first) => {
                        view! {
                            <article class="status-page">
                                {move || view::status_view(&newest.get().unwrap_or_else(|| first.clone()), is_stale.get())}
                            </article>
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorPage error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn refresh(newest: RwSignal<Option<StatusReport>>, is_stale: RwSignal<bool>) {
    leptos::task::spawn_local(async move {
        let report = get_status().await;
        // The page may be gone by now.
        is_stale.try_set(report.is_err());
        if let Ok(report) = report {
            newest.try_set(Some(report));
        }
    });
}
