//! The losses of a filter by value, hit points or damage, largest first: history, never live.

use crate::{
    components::{
        filter_bar::FilterChips,
        icon::Icon,
        kill_list::KillList,
        order::{order_links, word},
    },
    functions,
    pages::not_found::ErrorPage,
    routes,
};
use contract::{ApiError, FilterName, RankedPage};
use domain::{
    KillFilter,
    fit_stats::ASSUMPTIONS,
    sort::{RankCursor, Ranking},
};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::{use_query_map, use_url};
use serde::{Deserialize, Serialize};

/// The parts of the address that decide what is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Address {
    /// The filter in its canonical form; as written, when it is malformed (the server then says what is wrong).
    query: String,
    sort: Option<String>,
    before: Option<String>,
}

impl Address {
    fn read(search: &str, sort: Option<String>, before: Option<String>) -> Self {
        let search = search.strip_prefix('?').unwrap_or(search);
        let query = match KillFilter::from_query(search, routes::RANKED_PARAMETERS) {
            Ok(filter) => filter.to_query(),
            Err(_) => search.to_owned(),
        };
        Self { query, sort, before }
    }

    fn filter(&self) -> KillFilter {
        KillFilter::from_query(&self.query, routes::RANKED_PARAMETERS).unwrap_or_default()
    }
}

/// What the page asks the server for, in one go.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Data {
    address: Address,
    page: Result<RankedPage, ApiError>,
    names: Vec<FilterName>,
}

async fn load(address: Address) -> Data {
    let (page, names) = futures::join!(
        Box::pin(functions::list_ranked(address.query.clone(), address.sort.clone(), address.before.clone())),
        Box::pin(functions::filter_names(address.query.clone())),
    );
    // The list is the page; names are worth having only.
    Data { address, page, names: names.unwrap_or_default() }
}

/// `/ranked`
#[component]
pub fn RankedLosses() -> impl IntoView {
    let url = use_url();
    let query = use_query_map();
    let address = Memo::new(move |_| {
        let query = query.read();
        url.with(|url| Address::read(url.search(), query.get("sort"), query.get("before")))
    });
    let data = Resource::new_blocking(move || address.get(), load);
    view! {
        <Transition fallback=|| view! { <p class="page-loading" role="status">"Loading the losses…"</p> }>
            {move || Suspend::new(async move {
                let Data { address, page, names } = data.await;
                match page {
                    Ok(page) => ranked_view(page, address.filter(), names, address.before.is_some()),
                    Err(error) => view! { <ErrorPage error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn ranked_view(page: RankedPage, filter: KillFilter, names: Vec<FilterName>, is_paged: bool) -> AnyView {
    let RankedPage { ranking, kills, next } = page;
    let heading = format!("Losses by {}", word(ranking));
    let note = match ranking {
        Ranking::Value => "Losses of unknown value are left out.".to_owned(),
        Ranking::Ehp | Ranking::Dps => format!(
            "Of the victim\u{2019}s fit: {ASSUMPTIONS}. Losses whose fit has no such number, or none yet, are left out."
        ),
    };
    let list = if kills.is_empty() {
        view! { <p class="empty-note panel">"No loss with a known number passes this filter."</p> }.into_any()
    } else {
        let label = format!("{heading}, largest first");
        view! { <KillList kills=kills base=filter.clone() label=label ranking=ranking/> }.into_any()
    };
    let first = routes::ranked(&filter, ranking);
    let smaller = next.map(|cursor: RankCursor| {
        let href = format!("{first}&before={cursor}");
        view! { <a class="button" rel="next" href=href>"Smaller " <Icon name="older"/></a> }
    });
    let largest = is_paged.then(|| view! { <a class="button" href=first>"Largest"</a> });
    view! {
        <Title text=heading.clone()/>
        <Meta name="description" content=format!("{heading}, largest first.")/>
        <div class="ranked-page">
            <div class="section-head">
                <h1 class="live-title">{heading}</h1>
                {order_links(&filter, routes::live(&filter), Some(ranking))}
            </div>
            <FilterChips filter=filter names=names ranking=ranking/>
            <p class="section-aside">{note}</p>
            {list}
            <nav class="pager" aria-label="Pages of losses">{largest} {smaller}</nav>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use crate::testing::render;

    #[tokio::test]
    async fn a_ranked_list_can_be_ordered_narrowed_and_paged_without_javascript() {
        let (status, html) = render("/ranked?sort=ehp&solo=true&ship_type_id=587&before=ehp.10.7", None).await;
        assert_eq!(status, 200);
        for text in [
            "<h1 class=\"live-title\">Losses by EHP",
            "href=\"/?ship_type_id=587&amp;solo=true\"",
            "href=\"/ranked?ship_type_id=587&amp;solo=true&amp;sort=dps\"",
            "href=\"/ranked?ship_type_id=587&amp;sort=ehp\"",
            "href=\"/ranked?ship_type_id=587&amp;solo=true&amp;sort=ehp&amp;before=ehp.",
            ">Largest<",
            "all skills V",
            "or more",
        ] {
            assert!(html.contains(text), "{text} is missing in {html}");
        }
        assert_eq!(html.matches("aria-current=\"true\"").count(), 1);
        let (status, html) = render("/ranked", None).await;
        assert!(status == 200 && html.contains("Losses by ISK") && !html.contains(">Largest<"));
    }

    #[tokio::test]
    async fn an_order_a_place_or_a_filter_that_makes_no_sense_is_an_error() {
        for path in ["/ranked?sort=size", "/ranked?sort=ehp&before=dps.1.2", "/ranked?before=x", "/ranked?band=moon"] {
            assert_eq!(render(path, None).await.0, 400, "{path}");
        }
    }
}
