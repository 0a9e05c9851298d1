//! The table of the module `esi`, row by row, against the simulated galaxy; and a long run under tight limits.

use super::*;
use crate::{HttpOptions, breaker::BreakerState};
use domain::{AllianceId, CharacterId, CorporationId, KillmailHash, KillmailId};
use futures::StreamExt;
use simulator::{Config, Fault, Simulator};
use std::time::Instant;

fn now() -> domain::Timestamp {
    std::time::SystemTime::now().into()
}

async fn galaxy(change: impl FnOnce(&mut Config)) -> Simulator {
    let mut config = Config::default();
    config.timing.slow = Duration::from_secs(6);
    config.timing.retry_after = Duration::from_secs(1);
    change(&mut config);
    Simulator::start(config).await.unwrap()
}

fn esi(simulator: &Simulator, change: impl FnOnce(&mut EsiOptions)) -> EsiClient {
    let mut http = HttpOptions::new("test@example.test", now);
    http.total_timeout = Duration::from_millis(1_500);
    let mut options = EsiOptions::new(simulator.upstream_url("esi").parse().unwrap());
    options.backoff = BackoffPolicy { first: Duration::from_millis(1), max: Duration::from_millis(5) };
    change(&mut options);
    EsiClient::new(HttpClient::new(http).unwrap(), options)
}

/// A kill of the galaxy and somebody on it.
fn sample(simulator: &Simulator) -> (KillmailId, KillmailHash, CorporationId) {
    let id = simulator.emit(1)[0];
    let (body, hash) = simulator.killmail(id).unwrap();
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    (KillmailId(id), hash.parse().unwrap(), CorporationId(body["victim"]["corporation_id"].as_i64().unwrap()))
}

fn kind(error: &EsiError) -> &'static str {
    match error {
        EsiError::WrongPair => "wrong_pair",
        EsiError::Upstream(error) => error.kind(),
    }
}

/// Makes one call under the faults, and the same again after them.
async fn row(faults: &[Fault], ends_in: &str, requests: u64) {
    let simulator = galaxy(|_| {}).await;
    let (.., corporation) = sample(&simulator);
    let esi = esi(&simulator, |options| options.max_wait = Duration::from_secs(3));
    for fault in faults {
        simulator.set_fault(*fault, 1.0);
    }
    let outcome = esi.corporation(corporation).await.unwrap_err();
    assert_eq!(kind(&outcome), ends_in, "{faults:?}");
    let counters = simulator.counters();
    assert_eq!(counters.request_count("esi"), requests, "{faults:?}");
    assert_eq!(counters.violation_count(), 0, "{faults:?}: {:?}", counters.violations);
    for fault in faults {
        simulator.set_fault(*fault, 0.0);
    }
    if !faults.contains(&Fault::NoRetryAfter) {
        let answer = esi.corporation(corporation).await.unwrap();
        assert_eq!(answer.freshness, Freshness::Fresh, "{faults:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_ends_as_documented() {
    tokio::join!(
        row(&[Fault::EsiDisconnect], "closed", 4),
        row(&[Fault::EsiTruncated], "closed", 4),
        row(&[Fault::Slow], "timeout", 4),
        row(&[Fault::Http5xx], "status", 4),
        row(&[Fault::EsiMalformed], "malformed", 1),
        // Waited out as told, three times; in vain.
        row(&[Fault::Http420], "rate_limited", 4),
        row(&[Fault::Http429], "rate_limited", 4),
        // Ten seconds by default: longer than this client waits.
        row(&[Fault::Http429, Fault::NoRetryAfter], "rate_limited", 1),
    );
}

#[tokio::test]
async fn a_429_stops_its_group_and_a_420_everything() {
    let simulator = galaxy(|config| config.timing.retry_after = Duration::from_secs(60)).await;
    let (id, hash, corporation) = sample(&simulator);
    let esi = esi(&simulator, |options| options.max_wait = Duration::from_secs(3));
    simulator.set_fault(Fault::Http429, 1.0);
    assert_eq!(kind(&esi.killmail(id, &hash).await.unwrap_err()), "rate_limited");
    simulator.set_fault(Fault::Http429, 0.0);
    assert_eq!(kind(&esi.killmail(id, &hash).await.unwrap_err()), "rate_limited");
    esi.corporation(corporation).await.unwrap();
    // Without Retry-After the window's reset counts, which here is a minute.
    simulator.set_fault(Fault::Http420, 1.0);
    simulator.set_fault(Fault::NoRetryAfter, 1.0);
    let told = esi.status().await.unwrap_err();
    assert_eq!(kind(&told), "rate_limited");
    simulator.set_fault(Fault::Http420, 0.0);
    let asked = simulator.counters().request_count("esi");
    let refused = esi.alliance(AllianceId(99_000_001)).await.unwrap_err();
    assert!(refused.retry_after() > Some(Duration::from_secs(50)), "{refused:?}");
    assert_eq!(simulator.counters().request_count("esi"), asked, "nothing is sent during a ban");
}

#[tokio::test]
async fn answers_that_have_expired_already_or_forget_their_tag_cause_no_storm() {
    let simulator = galaxy(|_| {}).await;
    let (.., corporation) = sample(&simulator);
    let esi = esi(&simulator, |_| {});
    simulator.set_fault(Fault::EsiStale, 1.0);
    simulator.set_fault(Fault::EsiLostEtag, 1.0);
    for _ in 0..20 {
        esi.corporation(corporation).await.unwrap();
    }
    assert_eq!(simulator.counters().request_count("esi"), 1);
}

#[tokio::test]
async fn a_host_that_is_down_is_left_alone() {
    let simulator = galaxy(|_| {}).await;
    let esi = esi(&simulator, |options| options.retries = 0);
    simulator.set_fault(Fault::Http5xx, 1.0);
    for id in 0..50 {
        esi.character(CharacterId(2_112_000_001 + id)).await.unwrap_err();
    }
    assert_eq!(simulator.counters().request_count("esi"), 10);
    assert_eq!(esi.health().breaker, BreakerState::Open);
    let started = Instant::now();
    let refused = esi.status().await.unwrap_err();
    assert!(kind(&refused) == "circuit_open" && refused.is_retryable(), "{refused:?}");
    assert!(refused.retry_after().is_some() && started.elapsed() < Duration::from_secs(1));
}

/// Ten simulated minutes: a clock a hundred times as fast, and windows short enough that each empties and fills
/// again and again (headers cannot say less than a second).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_run_under_tight_limits_breaks_no_rule() {
    let simulator = galaxy(|config| {
        config.speed = 100.0;
        config.limits.esi_killmail_tokens = 150;
        config.limits.esi_status_tokens = 60;
        config.limits.esi_window = Duration::from_secs(2);
        config.limits.esi_errors = 20;
        config.limits.esi_error_window = Duration::from_secs(2);
        config.timing.slow = Duration::from_millis(100);
    })
    .await;
    let kills: Vec<_> = (0..20).map(|_| sample(&simulator)).collect();
    for (fault, probability) in
        [(Fault::Slow, 0.05), (Fault::Http5xx, 0.02), (Fault::EsiTruncated, 0.02), (Fault::NamesBadId, 0.03)]
    {
        simulator.set_fault(fault, probability);
    }
    let esi = esi(&simulator, |_| {});
    let end = Instant::now() + Duration::from_secs(6);
    let tasks = (0..40_usize).map(|task| {
        let (esi, kills) = (&esi, &kills);
        async move {
            let mut done = 0;
            while Instant::now() < end {
                let (id, hash, corporation) = &kills[(task + done) % kills.len()];
                let ids: Vec<i64> = (0..60).map(|index| 2_112_000_001 + (task * 60 + done + index) as i64).collect();
                let call = async {
                    match task % 4 {
                        0 => drop(esi.killmail(*id, hash).await),
                        1 => drop(esi.corporation(*corporation).await),
                        2 => drop(esi.names(&ids).await),
                        _ => drop(esi.character(CharacterId(done as i64 % 40 + 5)).await),
                    }
                };
                // Some callers lose patience in the middle of a call. (No invented bans here: one told to a caller
                // that is gone reaches nobody.)
                let _ = tokio::time::timeout(Duration::from_millis(if done % 7 == 6 { 3 } else { 3_000 }), call).await;
                done += 1;
                tokio::task::yield_now().await;
            }
            done
        }
    });
    let done: usize = futures::stream::iter(tasks).buffer_unordered(40).collect::<Vec<_>>().await.into_iter().sum();
    let counters = simulator.counters();
    assert_eq!(counters.violation_count(), 0, "{:?} {:?}", counters.violations, counters.responses);
    assert!(done > 200 && counters.request_count("esi") > 100, "{done} calls, {:?}", counters.requests);
}
