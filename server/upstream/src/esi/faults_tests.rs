//! The table of the module `esi`, row by row, against the simulated galaxy; and long runs under tight limits.

use super::*;
use crate::{HttpOptions, breaker::BreakerState};
use chrono::TimeDelta;
use domain::{AllianceId, CharacterId, CorporationId, KillmailHash, KillmailId};
use futures::StreamExt;
use simulator::{Config, Fault, Simulator};
use std::{sync::OnceLock, time::Instant};

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
    esi_over(simulator, http, change)
}

fn esi_over(simulator: &Simulator, http: HttpOptions, change: impl FnOnce(&mut EsiOptions)) -> EsiClient {
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
async fn answers_that_have_expired_already_cause_no_storm() {
    let simulator = galaxy(|_| {}).await;
    let (.., corporation) = sample(&simulator);
    let esi = esi(&simulator, |_| {});
    simulator.set_fault(Fault::EsiStale, 1.0);
    for _ in 0..20 {
        esi.corporation(corporation).await.unwrap();
    }
    assert_eq!(simulator.counters().request_count("esi"), 1);
}

#[tokio::test]
async fn a_forgotten_tag_costs_one_whole_answer() {
    let simulator = galaxy(|_| {}).await;
    let (.., corporation) = sample(&simulator);
    let (clock, hands) = crate::Clock::from(now).with_hands();
    let esi = esi_over(&simulator, HttpOptions::new("test@example.test", clock), |_| {});
    let first = esi.corporation(corporation).await.unwrap();
    let prices = esi.market_prices().await.unwrap();
    simulator.set_fault(Fault::EsiLostEtag, 1.0);
    hands.turn(TimeDelta::hours(2));
    for _ in 0..20 {
        let again = esi.corporation(corporation).await.unwrap();
        assert_eq!((again.freshness, again.value), (Freshness::Fresh, first.value.clone()));
        assert_eq!(esi.market_prices().await.unwrap().prices, prices.prices);
    }
    let counters = simulator.counters();
    assert_eq!(counters.faults["esi_lost_etag"].hits, 2, "the tag of each was sent, and forgotten");
    assert_eq!((counters.request_count("esi"), counters.responses["esi 200"]), (4, 4));
    assert_eq!(counters.violation_count(), 0, "{:?}", counters.violations);
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

/// Seconds of the long runs; ten real minutes are `ESI_SOAK_SECONDS=600`.
fn soak_seconds() -> Duration {
    let set = std::env::var("ESI_SOAK_SECONDS").ok().map(|text| text.parse().expect("ESI_SOAK_SECONDS is a number"));
    Duration::from_secs(set.unwrap_or(6))
}

const FAST: i32 = 100;

/// As fast as the galaxy's clock in the long runs, so that answers expire in them.
fn fast_now() -> domain::Timestamp {
    static START: OnceLock<(Instant, domain::Timestamp)> = OnceLock::new();
    let (begun, start) = START.get_or_init(|| (Instant::now(), now()));
    *start + TimeDelta::from_std(begun.elapsed()).unwrap() * FAST
}

/// Who calls in a long run.
#[derive(Clone, Copy, PartialEq)]
enum Callers {
    /// Some lose patience in the middle of a call, where its answer is not kept.
    Impatient,
    /// All hear every answer: among them invented bans. (One told to a caller that is gone reaches nobody.)
    Patient,
}

/// Forty callers on every route, under limits whose windows are two seconds of real time (headers cannot say much
/// less), so that each window empties and fills again and again. The galaxy's clock is a hundred times as fast: six
/// seconds of run are ten minutes of answers that expire.
async fn soak(callers: Callers) -> simulator::Counters {
    let simulator = galaxy(|config| {
        config.speed = f64::from(FAST);
        config.limits.esi_killmail_tokens = 150;
        config.limits.esi_status_tokens = 10;
        config.limits.esi_window = Duration::from_secs(2);
        config.limits.esi_errors = 20;
        config.limits.esi_error_window = Duration::from_secs(2);
        config.limits.esi_ban_grace = Duration::from_secs(1);
        config.timing.slow = Duration::from_millis(100);
        config.timing.retry_after = Duration::from_secs(2);
    })
    .await;
    let kills: Vec<_> = (0..20).map(|_| sample(&simulator)).collect();
    for (fault, probability) in
        [(Fault::Slow, 0.05), (Fault::Http5xx, 0.02), (Fault::EsiTruncated, 0.02), (Fault::NamesBadId, 0.03)]
    {
        simulator.set_fault(fault, probability);
    }
    if callers == Callers::Patient {
        simulator.set_fault(Fault::Http429, 0.02);
        simulator.set_fault(Fault::Http420, 0.005);
    }
    let esi = esi_over(&simulator, HttpOptions::new("test@example.test", fast_now), |_| {});
    let end = Instant::now() + soak_seconds();
    let tasks = (0..40_usize).map(|task| {
        let (esi, kills) = (&esi, &kills);
        async move {
            let mut done: usize = 0;
            while Instant::now() < end {
                let (id, hash, corporation) = &kills[(task + done) % kills.len()];
                let pilot = |index: usize| 2_112_000_001 + (task * 60 + done % 60 + index) as i64;
                let call = async {
                    match task % 8 {
                        0 => drop(esi.killmail(*id, hash).await),
                        1 => drop(esi.corporation(*corporation).await),
                        2 => drop(esi.names(&(0..60).map(pilot).collect::<Vec<_>>()).await),
                        // Now and then one who never was, which costs an error.
                        3 if done.is_multiple_of(4) => drop(esi.character(CharacterId(done as i64 % 40 + 5)).await),
                        3 => drop(esi.character(CharacterId(pilot(0))).await),
                        4 => drop(esi.affiliations(&(0..60).map(pilot).map(CharacterId).collect::<Vec<_>>()).await),
                        5 => drop(esi.market_prices().await),
                        6 => drop(esi.status().await),
                        _ => drop(esi.alliance(AllianceId(99_000_001 + done as i64 % 40)).await),
                    }
                };
                // In the end all go away at once. An answer that is kept is waited for: with its only caller it
                // would be lost, and asked for again too early.
                let is_kept = !matches!(task % 8, 0 | 2 | 4);
                let patience = match callers {
                    Callers::Impatient if !is_kept => Duration::from_millis(if done % 7 == 6 { 3 } else { 3_000 }),
                    _ => end - Instant::now(),
                };
                let _ = tokio::time::timeout(patience, call).await;
                done += 1;
                // An answer from memory does not wait, and must not keep the others waiting.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            done
        }
    });
    let done: usize = futures::stream::iter(tasks).buffer_unordered(40).collect::<Vec<_>>().await.into_iter().sum();
    let counters = simulator.counters();
    println!(
        "{} s: {done} calls, {} requests {:?}, answers {:?}, faults {:?}, violations {:?}",
        soak_seconds().as_secs(),
        counters.request_count("esi"),
        counters.routes,
        counters.responses,
        counters.faults,
        counters.violations,
    );
    assert_eq!(counters.violation_count(), 0, "{:?} {:?}", counters.violations, counters.responses);
    assert!(done > 200 && counters.request_count("esi") > 100, "{done} calls, {:?}", counters.requests);
    for route in ["killmail", "corporation", "names", "character", "affiliation", "prices", "status", "alliance"] {
        assert!(counters.routes.contains_key(&format!("esi {route}")), "{route}: {:?}", counters.routes);
    }
    counters
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_run_under_tight_limits_breaks_no_rule() {
    let counters = soak(Callers::Impatient).await;
    assert_eq!(counters.responses.get("esi 429"), None, "no bucket was ever empty: {:?}", counters.responses);
    assert_eq!(counters.responses.get("esi 420"), None, "nor the error window: {:?}", counters.responses);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_run_with_bans_breaks_no_rule() {
    let counters = soak(Callers::Patient).await;
    let answers = |status: &str| counters.responses.get(&format!("esi {status}")).copied().unwrap_or_default();
    assert!(answers("429") > 0, "{:?}", counters.responses);
    assert_eq!(answers("429"), counters.faults["429"].hits, "each was invented");
    assert_eq!(answers("420"), counters.faults.get("420").map_or(0, |fault| fault.hits), "each was invented");
}
