use super::*;
use crate::{
    breaker::BreakerState,
    rate::Pace,
    retry::BackoffPolicy,
    testing::{http, serve},
};
use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

const KEY: &str = "made-up-key-of-a-test";

fn row(id: i64, split: Option<f64>) -> Value {
    json!({
        "date": "2025-08-08T00:00:00Z", "market": {"id": 2, "name": "Jita 4-4"}, "buyOrderCount": 44,
        "immediatePrices": {"buyPrice": 3.78, "splitPrice": split, "sellPrice": 3.94, "splitPrice5DayMedian": 3.81},
        "top5AveragePrices": {"buyPrice": 3.6, "splitPrice": 3.8182, "sellPrice": 3.9},
        "itemType": {"eid": id, "name": "x", "volume": 0.01, "packagedVolume": 0.01},
    })
}

/// Status, `Retry-After`, body.
type Answer = (u16, Option<&'static str>, String);

/// Requests seen, and what to answer next; the last answer stays.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<Vec<Answer>>>,
    seen: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl Script {
    fn new(answers: &[Answer]) -> Self {
        let script = Self::default();
        script.answers.lock().unwrap().extend(answers.iter().rev().cloned());
        script
    }

    async fn client(&self, pace: Pace) -> JaniceClient {
        let url = serve(Router::new().route("/rest/v2/pricer", post(Self::answer)).with_state(self.clone())).await;
        let mut options = JaniceOptions::new(url.join("/rest/v2").unwrap(), KEY);
        let backoff = BackoffPolicy { first: Duration::from_millis(1), max: Duration::from_millis(5) };
        options.discipline = DisciplineOptions { pace: Some(pace), backoff, ..options.discipline };
        JaniceClient::new(http(), options)
    }

    async fn quick(&self) -> JaniceClient {
        self.client(Pace { per_second: 1_000, burst: 10 }).await
    }

    async fn answer(
        State(script): State<Self>,
        RawQuery(query): RawQuery,
        headers: HeaderMap,
        body: String,
    ) -> Response {
        assert_eq!(headers["x-apikey"], KEY);
        assert_eq!(headers["content-type"], "text/plain");
        assert_eq!(query.as_deref(), Some("market=2"));
        script.seen.lock().unwrap().push((Instant::now(), body));
        let mut answers = script.answers.lock().unwrap();
        let (status, retry_after, body) =
            if answers.len() > 1 { answers.pop().unwrap() } else { answers.last().unwrap().clone() };
        let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert("retry-after", seconds.parse().unwrap());
        }
        response
    }

    fn calls(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

fn ids(ids: &[i64]) -> Vec<TypeId> {
    ids.iter().copied().map(TypeId).collect()
}

#[tokio::test]
async fn ids_go_out_one_a_line_and_split_prices_come_back() {
    let body = json!([row(34, Some(3.86)), row(35, Some(0.0)), row(36, None), row(99, Some(1.0)), {"date": "x"}]);
    let script = Script::new(&[(200, None, body.to_string())]);
    let prices = script.quick().await.split_prices(&ids(&[34, 35, 36, 37])).await.unwrap();
    assert_eq!(prices, [(TypeId(34), Isk::from_hundredths(386))], "no orders, no price, not asked for, broken");
    assert_eq!(script.seen.lock().unwrap()[0].1, "34\n35\n36\n37");
    assert_eq!(script.quick().await.split_prices(&[]).await.unwrap(), []);
    assert_eq!(script.calls(), 1, "nothing to ask, nothing sent");
}

#[tokio::test]
async fn a_bad_key_is_final_and_a_busy_service_is_waited_for() {
    let script = Script::new(&[(401, None, r#"{"title":"Unauthorized","status":401}"#.to_owned())]);
    assert_eq!(script.quick().await.split_prices(&ids(&[34])).await, Err(UpstreamError::Refused));
    assert_eq!(script.calls(), 1);

    let good = json!([row(34, Some(5.5))]).to_string();
    let script = Script::new(&[(429, Some("0"), String::new()), (502, None, String::new()), (200, None, good)]);
    assert_eq!(script.quick().await.split_prices(&ids(&[34])).await.unwrap().len(), 1);
    assert_eq!(script.calls(), 3);

    let script = Script::new(&[(503, None, String::new())]);
    assert!(script.quick().await.split_prices(&ids(&[34])).await.is_err());
    assert_eq!(script.calls(), 3, "two retries");

    let script = Script::new(&[(429, Some("3000"), String::new())]);
    let client = script.quick().await;
    for _ in 0..2 {
        let error = client.split_prices(&ids(&[34])).await.unwrap_err();
        assert!(matches!(error, UpstreamError::RateLimited { retry_after: Some(wait) } if wait.as_secs() > 2_900));
    }
    assert_eq!(script.calls(), 1, "nothing is sent before the time is over");
}

#[tokio::test]
async fn a_service_that_is_down_is_left_alone_and_says_so() {
    let script = Script::new(&[(502, None, String::new())]);
    let client = script.quick().await;
    assert_eq!((client.health().host, client.health().breaker), ("janice", BreakerState::Closed));
    for _ in 0..20 {
        client.split_prices(&ids(&[34])).await.unwrap_err();
    }
    assert_eq!(script.calls(), 10, "failed ten times in a row");
    assert_eq!(client.health().breaker, BreakerState::Open);
    let refused = client.split_prices(&ids(&[34])).await;
    assert!(matches!(refused, Err(UpstreamError::CircuitOpen { .. })), "{refused:?}");
}

#[tokio::test]
async fn nonsense_is_an_error() {
    for body in ["", "{}", "<html>", r#"[{"eid": 34}]"#, r#"[{"itemType":{"eid":34},"immediatePrices":{"splitPrice":"#]
    {
        let script = Script::new(&[(200, None, body.to_owned())]);
        let answer = script.quick().await.split_prices(&ids(&[34])).await;
        assert!(matches!(answer, Err(UpstreamError::Malformed { .. })), "{body}: {answer:?}");
        assert_eq!(script.calls(), 1);
    }
    let too_many: Vec<TypeId> = (1..=201).map(TypeId).collect();
    let answer = Script::new(&[(200, None, "[]".to_owned())]).quick().await.split_prices(&too_many).await;
    assert!(matches!(answer, Err(UpstreamError::InvalidRequest { .. })));
}

#[tokio::test]
async fn calls_keep_their_distance() {
    let script = Script::new(&[(200, None, "[]".to_owned())]);
    let client = script.client(Pace { per_second: 10, burst: 1 }).await;
    let asked = ids(&[34]);
    let started = Instant::now();
    futures::future::join_all((0..4).map(|_| client.split_prices(&asked))).await;
    assert!(started.elapsed() >= Duration::from_millis(290), "{:?}", started.elapsed());
    assert_eq!(script.calls(), 4);
}

#[test]
fn the_key_is_not_in_debug_output() {
    let options = JaniceOptions::new("http://localhost".parse().unwrap(), KEY);
    let client = JaniceClient::new(http(), options.clone());
    assert!(!format!("{options:?} {client:?}").contains(KEY));
    let request = Request::get("janice", options.base_url.clone()).secret_header(KEY_HEADER, KEY).unwrap();
    assert!(!format!("{request:?}").contains(KEY));
}

#[test]
fn recorded_answers_are_understood() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/prices");
    let Ok(text) = std::fs::read_to_string(path.join("janice_pricer_v2_post.json")) else { return };
    let recorded: Value = serde_json::from_str(&text).unwrap();
    let asked = [TypeId(34), TypeId(35)].into();
    let prices = parse(recorded["response"].to_string().as_bytes(), &asked).unwrap();
    assert_eq!(prices.len(), 2);
    assert_eq!(prices[0], (TypeId(34), Isk::from_hundredths(386)));
}
