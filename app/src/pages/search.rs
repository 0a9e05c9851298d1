//! The search page: one form, results by kind. Works without JavaScript; the palette is the quick way to the same.

use crate::{
    components::{
        error_panel::ErrorPanel,
        icon::Icon,
        type_image::{Picture, TypeImage},
    },
    format,
    functions::search,
    routes,
};
use contract::SearchHit;
use domain::EntityKind;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Shorter texts match too much to be of use; numbers are ids and exempt.
const MIN_LENGTH: usize = 2;

/// Kinds in the order of the page; `None` stands for kills.
const ORDER: [(Option<EntityKind>, &str); 10] = [
    (None, "Kills"),
    (Some(EntityKind::Character), "Pilots"),
    (Some(EntityKind::Corporation), "Corporations"),
    (Some(EntityKind::Alliance), "Alliances"),
    (Some(EntityKind::System), "Systems"),
    (Some(EntityKind::Constellation), "Constellations"),
    (Some(EntityKind::Region), "Regions"),
    (Some(EntityKind::Type), "Ships and items"),
    (Some(EntityKind::Group), "Groups"),
    (Some(EntityKind::Faction), "Factions"),
];

fn is_long_enough(query: &str) -> bool {
    query.chars().count() >= MIN_LENGTH || (!query.is_empty() && query.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `/search?q=`
#[component]
pub fn SearchPage() -> impl IntoView {
    let parameters = use_query_map();
    // The server reads the title when the page is rendered and its values may be gone: this one is not disposed.
    let lasting = ArcMemo::new(move |_| parameters.read().get("q").unwrap_or_default().trim().to_owned());
    let query = Memo::from(lasting.clone());
    let hits = Resource::new_blocking(
        move || query.get(),
        |query| async move { if is_long_enough(&query) { search(query).await } else { Ok(Vec::new()) } },
    );
    let title = move || match lasting.get() {
        query if query.is_empty() => "Search".to_owned(),
        query => format!("{query} · Search"),
    };
    view! {
        <Title text=title/>
        <article class="search-page">
            <h1>"Search"</h1>
            <form method="get" action=routes::SEARCH class="search-form" role="search">
                <label class="sr-only" for="search-query">"Pilot, corporation, ship, system or kill id"</label>
                <input
                    id="search-query"
                    type="search"
                    name="q"
                    value=query.get_untracked()
                    prop:value=move || query.get()
                    placeholder="Pilot, corporation, ship, system or kill id"
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="100"
                />
                <button type="submit" class="button button-primary"><Icon name="search"/> " Search"</button>
            </form>
            <Transition fallback=|| view! { <p class="page-loading" role="status">"Searching…"</p> }>
                {move || Suspend::new(async move {
                    let hits = hits.await;
                    let query = query.get_untracked();
                    match hits {
                        Ok(hits) => results(&query, &hits),
                        Err(error) => view! { <ErrorPanel error/> }.into_any(),
                    }
                })}
            </Transition>
        </article>
    }
}

fn results(query: &str, hits: &[SearchHit]) -> AnyView {
    if query.is_empty() {
        return view! {
            <p class="search-note">
                "Type a name or the start of one, or a killmail id. From anywhere: "<kbd>"Ctrl"</kbd>" "<kbd>"K"</kbd>"."
            </p>
        }
        .into_any();
    }
    if !is_long_enough(query) {
        return view! { <p class="search-note">"At least two letters, please: one matches nearly everything."</p> }
            .into_any();
    }
    if hits.is_empty() {
        return view! {
            <p class="search-note" role="status">
                "Nothing is called “" {query.to_owned()}
                "”. Names of pilots and corporations are known once they were on a kill seen here."
            </p>
        }
        .into_any();
    }
    let summary = format!("{} for “{query}”", format::counted(hits.len() as u64, "result", "results"));
    let groups: Vec<AnyView> = ORDER
        .iter()
        .filter_map(|(kind, heading)| {
            let rows: Vec<AnyView> = hits.iter().filter(|hit| hit.kind == *kind).map(hit_row).collect();
            let count = rows.len();
            (count > 0).then(|| {
                view! {
                    <section class="panel search-group">
                        <h2>{*heading} " " <span class="heading-count">{count}</span></h2>
                        <ul class="search-hits">{rows}</ul>
                    </section>
                }
                .into_any()
            })
        })
        .collect();
    view! {
        <p class="search-note" role="status">{summary}</p>
        <div class="search-groups">{groups}</div>
    }
    .into_any()
}

fn hit_row(hit: &SearchHit) -> AnyView {
    let (href, picture, glyph) = match hit.kind {
        None => (routes::kill(hit.id.into()), None, "kill"),
        Some(kind) => {
            let picture = match kind {
                EntityKind::Character => Some(Picture::Pilot(hit.id.into())),
                EntityKind::Corporation => Some(Picture::Corporation(hit.id.into())),
                EntityKind::Alliance => Some(Picture::Alliance(hit.id.into())),
                EntityKind::Type => Some(Picture::Icon(hit.id.into())),
                _ => None,
            };
            let glyph = match kind {
                EntityKind::Constellation => "constellation",
                EntityKind::Region => "region",
                EntityKind::Group => "group",
                EntityKind::Faction => "alliance",
                _ => "system",
            };
            (routes::entity(kind, hit.id), picture, glyph)
        }
    };
    let picture = match picture {
        Some(picture) => view! { <TypeImage picture size=32/> }.into_any(),
        None => view! { <span class="search-glyph"><Icon name=glyph/></span> }.into_any(),
    };
    view! {
        <li>
            <a class="search-hit" href=href>
                {picture}
                <span class="search-hit-words">
                    <span class="search-hit-name">
                        {hit.name.clone()}
                        {hit.ticker.clone().map(|ticker| view! { <span class="fact-aside">{format!("[{ticker}]")}</span> })}
                    </span>
                    {hit.detail.clone().map(|detail| view! { <span class="search-hit-detail">{detail}</span> })}
                </span>
            </a>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(kind: Option<EntityKind>, id: i64, name: &str) -> SearchHit {
        SearchHit { kind, id, name: name.to_owned(), ticker: None, detail: Some("The Citadel".to_owned()) }
    }

    #[test]
    fn groups_by_kind_and_links_kills_by_id() {
        let hits = [
            hit(Some(EntityKind::System), 30_002_813, "Tama"),
            hit(Some(EntityKind::Character), 90_000_001, "Tamara"),
            hit(None, 128_000_001, "Kill 128000001"),
        ];
        let html = results("tama", &hits).to_html();
        let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text} is missing in {html}"));
        assert!(at("/kill/128000001") < at("Tamara") && at("Tamara") < at("/system/30002813"));
        assert!(html.contains("3 results for “tama”"));
    }

    #[test]
    fn says_what_to_do_when_there_is_nothing_to_show() {
        assert!(results("", &[]).to_html().contains("Type a name"));
        assert!(results("a", &[]).to_html().contains("At least two letters"));
        assert!(results("<b>", &[]).to_html().contains("&lt;b&gt;"));
        assert!(is_long_enough("5") && !is_long_enough("x"));
    }
}
