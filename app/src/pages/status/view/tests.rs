//! The status page as markup.

use super::*;
use crate::{
    contract::{FeedStatus, PriceHealth, StaticDataStatus, StoreHealth},
    pages::kill::fixtures::at,
};
use domain::static_data::{Difference, Listing, StaticReport};

fn renamed() -> Difference {
    Difference {
        id: 587,
        name: "Rifter Mk2".to_owned(),
        what: "name".to_owned(),
        before: "Rifter".to_owned(),
        after: "Rifter Mk2".to_owned(),
    }
}

#[test]
fn tells_what_the_last_import_changed() {
    let html = status_view(&report(), false).to_html();
    for text in ["2026-11-20 (build 2)", "build 1", "Types renamed: 1,201", "Rifter → Rifter Mk2", "and 1,200 more"] {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
    assert!(!html.contains("Types added"));
    let mut bundled = report();
    bundled.static_data = StaticDataStatus { build: "build 1".to_owned(), ..StaticDataStatus::default() };
    assert!(status_view(&bundled, false).to_html().contains("part of this version"));
}

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
        static_data: StaticDataStatus {
            build: "2026-11-20 (build 2)".to_owned(),
            imported_at: Some(at("2026-11-21T10:00:00Z")),
            previous_build: Some("build 1".to_owned()),
            report: Some(StaticReport {
                types_renamed: Listing { total: 1_201, first: vec![renamed()] },
                ..StaticReport::default()
            }),
            ..StaticDataStatus::default()
        },
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
