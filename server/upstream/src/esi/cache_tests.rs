use super::*;
use crate::{
    Clock, Hands,
    esi::{COMPATIBILITY_DATE, EsiClient, EsiOptions},
    testing::{http_with, now, serve},
};
use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use domain::CorporationId;
use std::sync::Mutex;

/// What the server was asked: path and tag.
type Log = Arc<Mutex<Vec<(String, Option<String>)>>>;

async fn client(answer: impl Fn(usize, Option<&str>) -> Response + Send + Sync + 'static) -> (EsiClient, Log, Hands) {
    let log = Log::default();
    let (seen, answer) = (Arc::clone(&log), Arc::new(answer));
    let router = Router::new().fallback(move |headers: HeaderMap, uri: axum::http::Uri| {
        let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
        async move {
            assert_eq!(headers["x-compatibility-date"], COMPATIBILITY_DATE);
            let tag = headers.get("if-none-match").map(|value| value.to_str().unwrap().to_owned());
            let index = {
                let mut seen = seen.lock().unwrap();
                seen.push((uri.path().to_owned(), tag.clone()));
                seen.len() - 1
            };
            tokio::task::yield_now().await;
            answer(index, tag.as_deref())
        }
    });
    let mut options = EsiOptions::new(serve(router).await);
    options.retries = 0;
    let (clock, hands) = Clock::from(now).with_hands();
    (EsiClient::new(http_with(|options| options.clock = clock), options), log, hands)
}

fn corporation(ticker: &str, tag: &'static str, max_age: u64) -> Response {
    let headers = [("etag", tag.to_owned()), ("cache-control", format!("public, max-age={max_age}"))];
    (headers, format!(r#"{{"name":"Corp","ticker":"{ticker}"}}"#)).into_response()
}

#[tokio::test]
async fn answers_are_used_until_they_expire_and_then_revalidated() {
    let (esi, log, hands) = client(|index, _| match index {
        0 => corporation("OLD", "\"a\"", 3600),
        1 => (StatusCode::NOT_MODIFIED, [("cache-control", "max-age=60")]).into_response(),
        _ => corporation("NEW", "\"b\"", 3600),
    })
    .await;
    let mut tickers = Vec::new();
    let mut turned = 0;
    for second in [0, 3599, 3600, 3659, 3660, 7259] {
        hands.turn(TimeDelta::seconds(second - turned));
        turned = second;
        let answer = esi.corporation(CorporationId(1)).await.unwrap();
        assert_eq!(answer.freshness, Freshness::Fresh);
        tickers.push(answer.value.ticker);
    }
    assert_eq!(tickers, ["OLD", "OLD", "OLD", "OLD", "NEW", "NEW"]);
    let tags: Vec<_> = log.lock().unwrap().iter().map(|(_, tag)| tag.clone()).collect();
    assert_eq!(tags, [None, Some("\"a\"".to_owned()), Some("\"a\"".to_owned())]);
}

#[tokio::test]
async fn an_expired_answer_stands_in_while_esi_is_away_and_says_so() {
    let (esi, log, hands) = client(|index, _| match index {
        0 => corporation("OLD", "\"a\"", 60),
        1 => StatusCode::BAD_GATEWAY.into_response(),
        2 => "<html>maintenance</html>".into_response(),
        _ => corporation("NEW", "\"b\"", 60),
    })
    .await;
    assert_eq!(esi.corporation(CorporationId(1)).await.unwrap().freshness, Freshness::Fresh);
    hands.turn(TimeDelta::seconds(100));
    for (ticker, freshness) in [("OLD", Freshness::Stale), ("OLD", Freshness::Stale), ("NEW", Freshness::Fresh)] {
        let answer = esi.corporation(CorporationId(1)).await.unwrap();
        assert_eq!((answer.value.ticker.as_str(), answer.freshness), (ticker, freshness));
    }
    assert_eq!(log.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn absence_is_remembered_and_refusals_are_not() {
    let (esi, log, _) = client(|index, _| match index {
        0 => StatusCode::BAD_REQUEST.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    })
    .await;
    let refused = esi.corporation(CorporationId(1)).await.unwrap_err();
    assert_eq!(refused, UpstreamError::Status { status: 400, retry_after: None }.into());
    for _ in 0..3 {
        assert_eq!(esi.corporation(CorporationId(1)).await.unwrap_err(), UpstreamError::NotFound.into());
    }
    assert_eq!(log.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_hundred_equal_calls_at_once_are_one_request() {
    let (esi, log, _) = client(|_, _| corporation("ONE", "\"a\"", 60)).await;
    let calls = (0..100).map(|index| esi.corporation(CorporationId(index % 2 + 1)));
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().value.ticker == "ONE"));
    let mut paths: Vec<_> = log.lock().unwrap().iter().map(|(path, _)| path.clone()).collect();
    paths.sort();
    assert_eq!(paths, ["/corporations/1", "/corporations/2"]);
}

#[tokio::test]
async fn large_answers_are_passed_on_and_not_kept() {
    let (esi, log, _) = client(|_, _| {
        let name = "x".repeat(MAX_ENTRY_BYTES);
        ([("cache-control", "max-age=60")], format!(r#"{{"name":"{name}","ticker":"BIG"}}"#)).into_response()
    })
    .await;
    for _ in 0..2 {
        assert_eq!(esi.corporation(CorporationId(1)).await.unwrap().value.ticker, "BIG");
    }
    assert_eq!(log.lock().unwrap().len(), 2);
}
