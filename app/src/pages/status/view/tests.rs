//! The status page as markup.

use super::*;
use crate::pages::kill::fixtures::at;
use contract::{
    CacheHealth, DataHealth, EnrichmentHealth, FeedStatus, PriceHealth, PriceSourceHealth, StaticDataStatus,
    StoreHealth, VersionCount,
};
use domain::{
    PriceSource,
    static_data::{Difference, Listing, StaticReport},
};

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
        tasks: Vec::new(),
        upstreams: Vec::new(),
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
        data: DataHealth::default(),
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
fn tells_how_fresh_and_complete_the_data_is() {
    let mut report = report();
    let html = status_view(&report, false).to_html();
    for text in ["The database could not be asked.", "No price is known yet.", "No cache reports."] {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
    report.data = DataHealth {
        enrichment: Some(EnrichmentHealth {
            current_version: 2,
            versions: vec![VersionCount { version: 2, kills: 30 }, VersionCount { version: 1, kills: 10 }],
            kills: 40,
            oldest: Some(at("2026-11-20T20:00:00Z")),
            failed: 1,
            unpriced: 4,
            worthless: 0,
            untagged: 2,
            counted_at: report.now,
        }),
        caches: vec![CacheHealth {
            name: "names".to_owned(),
            entries: 12,
            capacity: 300_000,
            hits: 9,
            misses: 1,
            evictions: 0,
        }],
    };
    let source = |source, is_in_use, last_error: Option<&str>| PriceSourceHealth {
        source,
        is_in_use,
        prices: 15_004,
        unknown: 0,
        oldest: Some(at("2026-11-23T17:00:00Z")),
        newest: Some(at("2026-11-23T19:30:00Z")),
        last_success_at: None,
        last_error_at: last_error.map(|_| report.now),
        last_error: last_error.map(str::to_owned),
    };
    report.prices.waiting = 3;
    report.prices.sources =
        vec![source(PriceSource::Janice, false, None), source(PriceSource::EsiAverage, true, Some("out of order"))];
    let html = status_view(&report, false).to_html();
    for text in [
        "Version 2",
        "current",
        "to be enriched again",
        "25.0 %",
        "newest 40 kills, since",
        "ESI average price",
        "15,004",
        "30m",
        "3h",
        "fails: out of order",
        "not in use: no key",
        "3 types wait",
        "12 / 300,000",
        "90.0 %",
    ] {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
}
