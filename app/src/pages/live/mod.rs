//! The live page: the newest kills for the filter in the URL, rendered by the server, then kept live by the store.

mod address;
mod help;
mod keys;
mod list;
mod panel;
#[cfg(test)]
mod tests;
mod toolbar;

use crate::{
    components::{
        error_panel::ErrorPanel,
        filter_bar::{FilterBar, FilterChips},
    },
    functions,
    live::{LiveStore, reducer::Input},
    request,
};
use address::Address;
use contract::{ApiError, FilterName, KillPage, LiveStats};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_url;
use serde::{Deserialize, Serialize};

/// What the page asks the server for, in one go.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct LiveData {
    address: Address,
    page: Result<KillPage, ApiError>,
    stats: Option<LiveStats>,
    names: Vec<FilterName>,
}

async fn load(address: Address) -> LiveData {
    let (page, stats, names) = futures::join!(
        Box::pin(functions::list_kills(address.query.clone(), address.before.clone(), address.after.clone())),
        Box::pin(functions::get_live_stats()),
        Box::pin(functions::filter_names(address.query.clone())),
    );
    // The list is the page; numbers and names are worth having only.
    LiveData { address, page, stats: stats.ok(), names: names.unwrap_or_default() }
}

#[component]
pub fn LivePage() -> impl IntoView {
    let store = expect_context::<LiveStore>();
    let url = use_url();
    let address = Memo::new(move |previous: Option<&Address>| {
        url.with(|url| match previous {
            // On the way to another page the list stays as it was.
            Some(previous) if url.path() != crate::routes::LIVE => previous.clone(),
            _ => Address::read(url.search()),
        })
    });
    let filter = Memo::new(move |_| address.with(Address::filter));
    let data = Resource::new_blocking(move || address.get(), load);
    let is_help_open = RwSignal::new(false);

    keys::listen(store, is_help_open);
    list::hold_while_scrolled(store);
    on_cleanup(move || store.apply(Input::Leave));

    view! {
        <Title text="Live kills"/>
        <div class="live" data-panel=move || store.list.selected.get().map(|_| "open")>
            <toolbar::Toolbar store=store is_help_open=is_help_open filter=filter>
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        let stats = data.await.stats;
                        view! { <toolbar::Numbers store=store initial=stats/> }
                    })}
                </Transition>
            </toolbar::Toolbar>
            <FilterBar filter=filter/>
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let data = data.await;
                    view! { <FilterChips filter=data.address.filter() names=data.names/> }
                })}
            </Transition>
            <div class="live-columns">
                <div class="live-main">
                    <Transition fallback=list::Skeleton>
                        {move || Suspend::new(async move {
                            let LiveData { address, page, stats, .. } = data.await;
                            match page {
                                Ok(page) => {
                                    let is_history = address.is_history();
                                    store.apply(Input::Seed {
                                        filter: address.filter(),
                                        kills: page.kills,
                                        is_history,
                                        stats,
                                    });
                                    view! {
                                        <list::LiveList
                                            store=store
                                            base=address.filter()
                                            newer=page.prev.filter(|_| is_history)
                                            has_older=page.next.is_some()
                                        />
                                    }
                                    .into_any()
                                }
                                Err(error) => {
                                    request::set_status(error.code.http_status());
                                    let retry = Callback::new(move |()| data.refetch());
                                    view! { <ErrorPanel error=error on_retry=retry/> }.into_any()
                                }
                            }
                        })}
                    </Transition>
                </div>
                <panel::DetailPanel store=store/>
            </div>
            <help::HelpDialog is_open=is_help_open/>
        </div>
    }
}
