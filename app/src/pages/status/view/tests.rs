//! The status page as markup.

use super::*;
use crate::{
    contract::{FeedStatus, PriceHealth, StoreHealth},
    pages::kill::fixtures::at,
};

fn report() -> StatusReport {
    let now = at("2026-11-23T20:00:00Z");
    StatusReport {
        version: "0.1.0".to_owned(),
        node: "a1".to_owned(),
        started_at: at("2026-11-23T18:30:00Z"),
        now,
        is_demo: true,
        feed: FeedStatus {
            health: FeedHealth::Fallback,
            active: Some(Source::R2z2),
            lag_ms: Some(21_000),
            last_kill_received_at: Some(at("2026-11-23T19:59:56Z")),
            feeds: vec![FeedState {
                source: Source::Wanderer,
                is_active: false,
                state: "failed".to_owned(),
                position: None,
                last_event_at: None,
                last_error: Some("connection refused".to_owned()),
                events: 12_345,
                malformed: 2,
                reconnects: 7,
            }],
        },
        queues: vec![QueueDepth { name: "persist".to_owned(), depth: 12, capacity: 0 }],
        upstreams: Vec::new(),
        store: StoreHealth::default(),
        static_build: "build 1".to_owned(),
        watchers: 3,
        prices: PriceHealth::default(),
    }
}

#[test]
fn tells_feed_lag_queue_database_and_prices() {
    let html = status_view(&report(), false).to_html();
    for text in [
        "The first feed fails; kills arrive from zKillboard R2Z2, 21 s after the kill.",
        "database is not reachable",
        "connection refused",
        "12,345",
        "1 h 30 min",
        "4 seconds ago",
        "<meter",
        "12 / 0",
        "not loaded yet",
    ] {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
    assert!(!html.contains("does not answer") && !html.contains(" style="));
    assert!(status_view(&report(), true).to_html().contains("does not answer"));
}
