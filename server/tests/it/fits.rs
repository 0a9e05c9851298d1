//! Fit statistics from the feed to the API, the database, the lists and the socket.

use crate::harness::{TestApp, eventually, real_killmails};
use contract::{ClientMessage, ServerMessage};
use domain::{FitKey, FitOutcome, KillFilter, Killmail, KillmailId, StaticData, fit_stats::ImpossibleFit};
use fitting::Engine;
use futures::{SinkExt, StreamExt};
use std::{collections::HashSet, time::Duration};
use tokio::time::timeout;
use tokio_tungstenite::{connect_async, tungstenite::Message};

#[tokio::test(flavor = "multi_thread")]
async fn statistics_appear_in_the_api_the_lists_and_on_the_socket() {
    let app = TestApp::start("r2z2").await;
    let emitted = app.simulator.emit(12);
    app.simulator.publish_sequence();
    eventually("all are stored", || async { app.stored().await == emitted.len() as u64 }).await;

    // A page that is open from the start is told.
    let (mut socket, _) = connect_async(app.url("/api/v1/stream").replace("http", "ws")).await.expect("socket");
    for id in &emitted {
        let watch = ClientMessage::Watch { killmail_id: Some(KillmailId(*id)), enriched_at: None };
        socket.send(Message::text(serde_json::to_string(&watch).expect("JSON"))).await.expect("sent");
        let told = loop {
            let message = timeout(Duration::from_secs(60), socket.next()).await.expect("in time").expect("open");
            let Message::Text(text) = message.expect("a frame") else { continue };
            if let ServerMessage::Fit { killmail_id, report } = serde_json::from_str(&text).expect("a message") {
                break (killmail_id, report);
            }
        };
        assert_eq!(told.0, KillmailId(*id));
        assert!(told.1.outcome.is_some() && told.1.engine_build.contains("data build"));
    }

    let mut with_numbers = 0;
    for id in &emitted {
        let detail = app.json(&format!("/api/v1/killmails/{id}")).await;
        let outcome: FitOutcome = serde_json::from_value(detail["fit"]["outcome"].clone()).expect("an outcome");
        match outcome {
            FitOutcome::Computed { stats } => {
                assert!(stats.ehp > 0.0 && stats.cold.mass > 0.0);
                with_numbers += 1;
            }
            FitOutcome::Impossible { reason } => assert_ne!(reason, ImpossibleFit::EngineFailed),
        }
    }
    assert!(with_numbers > 0);

    // The database has them: lists filter and order by them.
    eventually("every kill with statistics is in the list by EHP", || async {
        let page = app.json("/api/v1/killmails?sort=ehp").await;
        page["kills"].as_array().map(Vec::len) == Some(with_numbers)
    })
    .await;
    let first = app.json("/api/v1/killmails?sort=ehp&limit=1").await;
    let largest = first["kills"][0]["ehp"].as_i64().expect("a number");
    let mut listed = vec![largest];
    let mut next = first["next"].clone();
    while let Some(cursor) = next.as_str() {
        let page = app.json(&format!("/api/v1/killmails?sort=ehp&limit=1&before={cursor}")).await;
        listed.push(page["kills"][0]["ehp"].as_i64().expect("a number"));
        next = page["next"].clone();
    }
    assert_eq!(listed.len(), with_numbers);
    assert!(listed.is_sorted_by(|a, b| a >= b), "{listed:?}");
    let mut by_tank = 0;
    for tank in ["shield", "armor", "hull"] {
        let page = app.json(&format!("/api/v1/killmails?tank={tank}")).await;
        let kills = page["kills"].as_array().expect("kills");
        assert!(kills.iter().all(|kill| kill["tank"].as_str().is_some_and(|kind| kind.starts_with(tank))), "{tank}");
        by_tank += kills.len();
    }
    assert_eq!(by_tank, with_numbers, "every fit with statistics has one kind of tank");
    let page = app.get("/ranked?sort=ehp").await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.expect("a page");
    let shown: Vec<i64> = html
        .split("<data ")
        .skip(1)
        .filter(|data| data.contains("fit-number"))
        .filter_map(|data| data.split("value=\"").nth(1)?.split('"').next()?.parse().ok())
        .collect();
    assert_eq!(shown, listed, "the page shows the same order");
    let above = app.json(&format!("/api/v1/killmails?min_ehp={largest}")).await;
    assert!(
        above["kills"]
            .as_array()
            .is_some_and(|kills| !kills.is_empty() && kills.iter().all(|kill| kill["ehp"].as_i64() >= Some(largest)))
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_asks_for_hit_points_gets_kills_when_they_are_known() {
    let app = TestApp::start("r2z2").await;
    let (mut socket, _) = connect_async(app.url("/api/v1/stream").replace("http", "ws")).await.expect("socket");
    let filter = KillFilter { min_ehp: Some(1), ..KillFilter::default() };
    let subscribe = ClientMessage::Subscribe { filter, since: None };
    socket.send(Message::text(serde_json::to_string(&subscribe).expect("JSON"))).await.expect("sent");
    app.simulator.emit(8);
    app.simulator.publish_sequence();
    let kills = loop {
        let message = timeout(Duration::from_secs(60), socket.next()).await.expect("in time").expect("open");
        let Message::Text(text) = message.expect("a frame") else { continue };
        match serde_json::from_str(&text).expect("a message") {
            ServerMessage::Batch { kills, .. } if !kills.is_empty() => break kills,
            _ => {}
        }
    };
    assert!(kills.iter().all(|kill| kill.ehp.is_some_and(|ehp| ehp > 0)));
    app.stop().await;
}

/// The simulated galaxy's ships, as the engine sees them.
#[tokio::test(flavor = "multi_thread")]
async fn simulated_ships_have_statistics() {
    let simulator = simulator::Simulator::start(crate::harness::simulator_config()).await.expect("simulator");
    let sde = StaticData::bundled();
    let engine = Engine::bundled();
    let ids = simulator.emit(120);
    let (mut computed, mut clean, mut armed) = (0, 0, 0);
    for (body, _) in ids.iter().filter_map(|id| simulator.killmail(*id)) {
        let killmail: Killmail = serde_json::from_str(&body).expect("a killmail");
        let key = FitKey::of(&killmail, &sde);
        if FitOutcome::without_engine(&key, &sde).is_some() {
            continue;
        }
        if let FitOutcome::Computed { stats } = engine.outcome(&key) {
            computed += 1;
            clean += usize::from(stats.warnings.is_empty());
            armed += usize::from(stats.damage.is_some());
        }
    }
    println!("{computed} fits, {clean} break no rule, {armed} do damage");
    assert!(computed > 40 && armed * 2 > computed, "{armed} of {computed} do damage");
    assert!(clean * 10 > computed * 8, "{clean} of {computed} break no fitting rule");
    simulator.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_refuse_what_does_not_go_with_them() {
    let app = TestApp::start("r2z2").await;
    for (query, path) in [
        ("sort=size", "sort"),
        ("sort=ehp&after=1.2", "after"),
        ("sort=ehp&before=dps.1.2", "before"),
        ("sort=ehp&before=6192f0a0.5f5e100", "before"),
        ("sort=dps&limit=0", "limit"),
        ("before=ehp.1.2", "before"),
        ("min_ehp=many", "min_ehp"),
        ("min_ehp=2k&max_ehp=1k", "min_ehp"),
        ("min_dps=-1", "min_dps"),
        ("tank=speed", "tank"),
    ] {
        let response = app.get(&format!("/api/v1/killmails?{query}")).await;
        assert_eq!(response.status(), 400, "{query}");
        let problem: serde_json::Value = response.json().await.expect("JSON");
        assert_eq!(problem["problems"][0]["path"], path, "{query}");
    }
    for sort in ["time", "value", "ehp", "dps"] {
        assert!(app.json(&format!("/api/v1/killmails?sort={sort}")).await["kills"].is_array());
    }
    app.stop().await;
}

/// Every 5th of the curated mails, which hold each rare class, some hundred fits: none fails, few are in doubt.
#[test]
fn real_killmails_have_statistics_or_a_reason() {
    let Some(path) = real_killmails("killmails_curated.jsonl.zst") else { return };
    let text = zstd::decode_all(std::fs::File::open(path).expect("file")).expect("zstd");
    let text = String::from_utf8(text).expect("UTF-8");
    let sde = StaticData::bundled();
    let mut seen = HashSet::new();
    let keys: Vec<FitKey> = text
        .lines()
        .step_by(5)
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            serde_json::from_value::<Killmail>(line["killmail"].clone()).expect("a killmail")
        })
        .map(|killmail| FitKey::of(&killmail, &sde))
        .filter(|key| seen.insert(key.hash()))
        .collect();
    let engine = Engine::bundled();
    let work = |keys: &[FitKey]| {
        let (mut computed, mut clean) = (0, 0);
        for key in keys.iter().filter(|key| FitOutcome::without_engine(key, &sde).is_none()) {
            match engine.outcome(key) {
                FitOutcome::Computed { stats } => {
                    assert!(stats.ehp > 0.0 && stats.shield.hp >= 0.0, "{key:?}");
                    computed += 1;
                    clean += usize::from(stats.warnings.is_empty());
                }
                FitOutcome::Impossible { reason } => {
                    assert!(
                        matches!(reason, ImpossibleFit::NotAHull | ImpossibleFit::NoHitPoints),
                        "{reason:?}: {key:?}"
                    );
                }
            }
        }
        (computed, clean)
    };
    let (left, right) = keys.split_at(keys.len() / 2);
    let ((computed, clean), (more_computed, more_clean)) = std::thread::scope(|scope| {
        let left = scope.spawn(|| work(left));
        (work(right), left.join().expect("no assertion failed"))
    });
    let (computed, clean) = (computed + more_computed, clean + more_clean);
    println!("{computed} fits, {clean} without doubt");
    assert!(computed > 100 && clean * 2 > computed, "{clean} of {computed}");
}
