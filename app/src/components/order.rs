//! The order of a list: links to the same kills, newest or largest first. Plain addresses, so they work without
//! JavaScript.

use crate::routes;
use domain::{KillFilter, sort::Ranking};
use leptos::prelude::*;

/// What a list is ordered by, as its heads and links say it.
pub fn word(ranking: Ranking) -> &'static str {
    match ranking {
        Ranking::Value => "ISK",
        Ranking::Ehp => "EHP",
        Ranking::Dps => "DPS",
    }
}

/// The orders of a list; `current` is none where it is by time, and `newest` leads there.
pub fn order_links(filter: &KillFilter, newest: String, current: Option<Ranking>) -> AnyView {
    let link = |href: String, word: &'static str, title: &'static str, is_current: bool| {
        view! {
            <a class="segment" href=href title=title aria-current=is_current.then_some("true")>{word}</a>
        }
    };
    let ranked = Ranking::ALL
        .into_iter()
        .map(|ranking| {
            let title = match ranking {
                Ranking::Value => "Dearest losses first",
                Ranking::Ehp => "Most hit points first",
                Ranking::Dps => "Most damage first",
            };
            link(routes::ranked(filter, ranking), word(ranking), title, current == Some(ranking))
        })
        .collect_view();
    view! {
        <nav class="segments" aria-label="Order">
            {link(newest, "Newest", "Newest kills first", current.is_none())} {ranked}
        </nav>
    }
    .into_any()
}
