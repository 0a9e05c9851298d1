//! A list of kills with its column heads: static for place pages; the live page fills the same frame from its store.

use crate::components::{kill_row::KillRow, order::word, preferences::use_density};
use domain::{KillFilter, KillSummary, sort::Ranking};
use leptos::prelude::*;

/// The list's frame: heads, density, and the rows as children (`<li>`).
#[component]
pub fn KillListFrame(
    /// What the list is, for assistive technology.
    #[prop(into)]
    label: String,
    /// What the list is ordered by, if not by time: the column of numbers shows it.
    #[prop(optional)]
    ranking: Option<Ranking>,
    children: Children,
) -> impl IntoView {
    let density = use_density();
    view! {
        <div class="kill-table" data-density=move || density.get().as_str()>
            <div class="kill-head" aria-hidden="true">
                <span></span>
                <span class="kill-head-ship">"Ship"</span>
                <span class="kill-head-value">{word(ranking.unwrap_or(Ranking::Value))}</span>
                <span>"Victim"</span>
                <span>"Final blow"</span>
                <span>"Place"</span>
                <span class="kill-head-age">"Age"</span>
            </div>
            <ol class="kill-list" role="list" aria-label=label>{children()}</ol>
        </div>
    }
}

/// Rows that do not change.
#[component]
pub fn KillList(
    kills: Vec<KillSummary>,
    /// The filter that links in the rows narrow; a place page passes its place.
    #[prop(optional)]
    base: KillFilter,
    #[prop(into)] label: String,
    /// What the list is ordered by, if not by time.
    #[prop(optional)]
    ranking: Option<Ranking>,
) -> impl IntoView {
    let rows = kills
        .into_iter()
        .map(|kill| view! { <KillRow kill=kill base=base.clone() ranking=ranking.unwrap_or(Ranking::Value)/> })
        .collect_view();
    view! {
        <KillListFrame label=label ranking=ranking.unwrap_or(Ranking::Value)>{rows}</KillListFrame>
    }
}
