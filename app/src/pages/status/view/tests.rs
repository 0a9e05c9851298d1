//! The status page as markup.

use super::*;
use crate::{
    contract::{FeedStatus, PriceHealth, PriceSourceHealth, StoreHealth},
    pages::kill::fixtures::at,
};
use domain::PriceSource;

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

#[test]
fn price_sources_stand_in_order_with_age_and_trouble() {
    let source = |source, is_in_use, prices| PriceSourceHealth {
        source,
        is_in_use,
        prices,
        unknown: 0,
        oldest: None,
        newest: None,
        last_success_at: None,
        last_error_at: None,
        last_error: None,
    };
    let janice = PriceSourceHealth {
        oldest: Some(at("2026-11-23T17:00:00Z")),
        last_success_at: Some(at("2026-11-23T19:00:00Z")),
        last_error_at: Some(at("2026-11-23T19:59:00Z")),
        last_error: Some("the upstream refused the request".to_owned()),
        unknown: 17,
        ..source(PriceSource::Janice, true, 1_234)
    };
    let mut report = report();
    report.prices.sources = vec![janice, source(PriceSource::EsiAverage, true, 15_000)];
    let html = status_view(&report, false).to_html();
    for text in ["1,234", "17", "Failing", "3 hours ago", "the upstream refused the request, 1 minute ago", "In use"] {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
    assert!(html.find("Janice, Jita 4-4 split") < html.find("ESI average price"));
    report.prices.sources = vec![source(PriceSource::Janice, false, 0)];
    assert!(status_view(&report, false).to_html().contains("No key"));
}
