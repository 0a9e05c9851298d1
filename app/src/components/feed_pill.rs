//! State of the feed in the header: a glyph, the word, the source and the lag.

use crate::{
    format,
    live::{LiveStore, reducer::Connection},
    routes,
};
use contract::{FeedHealth, FeedStatus};
use domain::Source;
use leptos::prelude::*;

/// The word shown, and the tone that colours its glyph.
fn state(connection: Connection, feed: &FeedStatus) -> (&'static str, &'static str) {
    match (connection, feed.health) {
        (Connection::Lost, _) => ("Reconnecting", "lost"),
        (_, FeedHealth::Live) => (FeedHealth::Live.label(), "live"),
        (_, FeedHealth::Fallback) => (FeedHealth::Fallback.label(), "fallback"),
        (_, FeedHealth::Connecting) => (FeedHealth::Connecting.label(), "connecting"),
        (_, FeedHealth::Down) => (FeedHealth::Down.label(), "down"),
    }
}

#[component]
pub fn FeedPill() -> impl IntoView {
    let store = expect_context::<LiveStore>();
    let shown = Memo::new(move |_| store.feed.status.with(|feed| state(store.feed.connection.get(), feed)));
    let source = move || store.feed.status.with(|feed| feed.active.map(Source::label));
    let lag = move || store.feed.status.with(|feed| feed.lag_ms.map(format::lag));
    view! {
        <a class="feed-pill" href=routes::STATUS data-tone=move || shown.get().1 title="State of the feed">
            <svg class="feed-glyph" viewBox="0 0 12 12" aria-hidden="true">
                {move || match shown.get().1 {
                    "live" => view! { <circle cx="6" cy="6" r="4"></circle> }.into_any(),
                    "fallback" => view! { <path d="M6 1.500 10.500 10h-9z"></path> }.into_any(),
                    "down" | "lost" => view! { <path d="m2 2 8 8m0-8-8 8" class="feed-cross"></path> }.into_any(),
                    _ => view! { <circle cx="6" cy="6" r="3.500" class="feed-ring"></circle> }.into_any(),
                }}
            </svg>
            <span class="sr-only">"Feed: "</span>
            <span class="feed-word">{move || shown.get().0}</span>
            <span class="feed-source">{source}</span>
            <span class="feed-lag">
                {move || lag().map(|lag| view! { <span class="sr-only">"behind by "</span>{lag} })}
            </span>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_hides_what_the_feed_said_last() {
        let feed = FeedStatus { health: FeedHealth::Live, ..FeedStatus::default() };
        assert_eq!(state(Connection::Lost, &feed).0, "Reconnecting");
        assert_eq!(state(Connection::Idle, &feed).0, "Live");
    }
}
