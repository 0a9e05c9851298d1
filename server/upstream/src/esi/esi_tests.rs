use super::*;
use crate::UpstreamError;
use crate::testing::{ESI_BODY, HASH, http, http_with, now, serve};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Request as AxumRequest, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::TimeDelta;
use domain::{
    AllianceId, CharacterId, CorporationId, EntityKind, EntityName, FactionId, Isk, KillmailHash, KillmailId,
    Timestamp, TypeId,
};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{
        Mutex as StdMutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

fn hash() -> KillmailHash {
    HASH.parse().unwrap()
}

async fn client(router: Router) -> EsiClient {
    client_with(router, |_| {}).await
}

async fn client_with(router: Router, change: impl FnOnce(&mut EsiOptions)) -> EsiClient {
    let mut options = EsiOptions::new(serve(router).await);
    options.backoff = BackoffPolicy { first: Duration::from_millis(1), max: Duration::from_millis(5) };
    change(&mut options);
    EsiClient::new(http(), options)
}

/// Status, headers, body.
type Answer<'a> = (u16, &'static [(&'static str, &'static str)], &'a str);

/// Gives the scripted answers one after the other, then the last for ever; counts the calls.
#[derive(Clone)]
struct Script {
    answers: Arc<StdMutex<VecDeque<Answer<'static>>>>,
    calls: Arc<AtomicUsize>,
}

impl Script {
    fn new(answers: &[Answer<'static>]) -> Self {
        let answers = answers.iter().copied().collect();
        Self { answers: Arc::new(StdMutex::new(answers)), calls: Arc::default() }
    }

    fn router(&self) -> Router {
        Router::new().fallback(Self::answer).with_state(self.clone())
    }

    async fn answer(State(script): State<Self>, request: AxumRequest) -> Response {
        assert_eq!(request.headers()["x-compatibility-date"], COMPATIBILITY_DATE);
        script.calls.fetch_add(1, Ordering::SeqCst);
        let mut answers = script.answers.lock().unwrap();
        let (status, headers, body) =
            if answers.len() > 1 { answers.pop_front().unwrap() } else { *answers.front().unwrap() };
        let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        response
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_killmail_comes_verbatim() {
    let router = Router::new().route(
        "/killmails/{id}/{hash}",
        get(|Path((id, hash)): Path<(i64, String)>| async move {
            match (id, hash.as_str()) {
                (130_000_001, HASH) => ESI_BODY.into_response(),
                (1, _) => StatusCode::NOT_FOUND.into_response(),
                (2, _) => "[]".into_response(),
                _ => (StatusCode::UNPROCESSABLE_ENTITY, r#"{"error":"Invalid killmail_id and/or killmail_hash"}"#)
                    .into_response(),
            }
        }),
    );
    let esi = client(router).await;
    assert_eq!(&*esi.killmail(KillmailId(130_000_001), &hash()).await.unwrap(), ESI_BODY);
    let wrong = esi.killmail(KillmailId(9), &hash()).await.unwrap_err();
    assert!(wrong == EsiError::WrongPair && !wrong.is_retryable());
    assert_eq!(esi.killmail(KillmailId(1), &hash()).await, Err(UpstreamError::NotFound.into()));
    let odd = esi.killmail(KillmailId(2), &hash()).await;
    assert!(matches!(odd, Err(EsiError::Upstream(UpstreamError::Malformed { .. }))));
}

#[tokio::test]
async fn failures_are_tried_again_three_times() {
    let script = Script::new(&[(500, &[], ""), (502, &[], ""), (504, &[], ""), (200, &[], ESI_BODY)]);
    let esi = client(script.router()).await;
    assert!(esi.killmail(KillmailId(1), &hash()).await.is_ok());
    assert_eq!(script.calls(), 4);

    let script = Script::new(&[(502, &[], "")]);
    let esi = client(script.router()).await;
    let error = esi.killmail(KillmailId(1), &hash()).await.unwrap_err();
    assert_eq!(error, UpstreamError::Status { status: 502, retry_after: None }.into());
    assert_eq!(script.calls(), 4);

    let script = Script::new(&[(400, &[], "")]);
    let esi = client(script.router()).await;
    assert!(esi.killmail(KillmailId(1), &hash()).await.is_err());
    assert_eq!(script.calls(), 1, "our own mistakes are not repeated");
}

#[tokio::test]
async fn timeouts_are_tried_again() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let router = Router::new().fallback(move || async move {
        if counter.fetch_add(1, Ordering::SeqCst) == 0 {
            std::future::pending::<()>().await;
        }
        ESI_BODY
    });
    let mut options = EsiOptions::new(serve(router).await);
    options.backoff.first = Duration::from_millis(1);
    let esi = EsiClient::new(http_with(|options| options.total_timeout = Duration::from_millis(200)), options);
    assert!(esi.killmail(KillmailId(1), &hash()).await.is_ok());
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn short_bans_are_waited_out_and_long_ones_refuse_everything() {
    let script = Script::new(&[(429, &[("retry-after", "0")], ""), (200, &[], ESI_BODY)]);
    let esi = client(script.router()).await;
    assert!(esi.killmail(KillmailId(1), &hash()).await.is_ok());
    assert_eq!(script.calls(), 2);

    let script = Script::new(&[(420, &[("retry-after", "120")], "")]);
    let esi = client(script.router()).await;
    let refused = esi.killmail(KillmailId(1), &hash()).await.unwrap_err();
    assert!(refused.is_retryable() && refused.retry_after() == Some(Duration::from_secs(120)));
    let again = esi.status().await.unwrap_err();
    assert!(again.retry_after() > Some(Duration::from_secs(110)));
    assert_eq!(script.calls(), 1, "nothing is sent while the ban lasts");
}

#[tokio::test]
async fn an_exhausted_window_is_not_called() {
    let low: &[(&str, &str)] = &[("x-esi-error-limit-remain", "4"), ("x-esi-error-limit-reset", "50")];
    let script = Script::new(&[(404, low, "")]);
    let esi = client_with(script.router(), |options| options.max_wait = Duration::from_secs(5)).await;
    assert_eq!(esi.character(CharacterId(5)).await.unwrap_err(), UpstreamError::NotFound.into());
    let refused = esi.character(CharacterId(6)).await.unwrap_err();
    assert!(matches!(refused, EsiError::Upstream(UpstreamError::RateLimited { .. })), "{refused:?}");
    assert_eq!(script.calls(), 1);
}

#[tokio::test]
async fn concurrency_is_bounded() {
    let (current, peak) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
    let (handler_current, handler_peak) = (Arc::clone(&current), Arc::clone(&peak));
    let router = Router::new().fallback(move || async move {
        handler_peak.fetch_max(handler_current.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        handler_current.fetch_sub(1, Ordering::SeqCst);
        ESI_BODY
    });
    let esi = client_with(router, |options| options.concurrency = 3).await;
    let hash = hash();
    let calls = (0..60).map(|id| esi.killmail(KillmailId(id), &hash));
    assert!(futures::future::join_all(calls).await.iter().all(Result::is_ok));
    assert!((1..=3).contains(&peak.load(Ordering::SeqCst)));
}

/// Knows ids below 10,000 that are not divisible by 500; refuses lists with others, duplicates or more than 1,000.
async fn names(body: Bytes) -> Response {
    let ids: Vec<i64> = serde_json::from_slice(&body).unwrap();
    assert!((1..=1000).contains(&ids.len()));
    let unique: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    if ids.iter().any(|id| *id >= 10_000 || id % 500 == 0) {
        return (StatusCode::NOT_FOUND, r#"{"error":"Ensure all IDs are valid before resolving."}"#).into_response();
    }
    let category = |id: i64| if id == 7 { "station" } else { "corporation" };
    let names = ids.iter().map(|id| json!({"id": id, "name": format!("Corp {id}"), "category": category(*id)}));
    Json(names.collect::<Vec<_>>()).into_response()
}

#[tokio::test]
async fn names_are_resolved_in_bulk_and_bad_ids_isolated() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let router = Router::new().route(
        "/universe/names",
        post(move |body: Bytes| async move {
            counter.fetch_add(1, Ordering::SeqCst);
            names(body).await
        }),
    );
    let esi = client(router).await;
    let ids: Vec<i64> = (1..=2500).chain(1..=100).chain([77_777, -4, 0, i64::MAX]).collect();
    let mut resolved = esi.names(&ids).await.unwrap();
    resolved.unresolved.sort_unstable();
    assert_eq!(resolved.unresolved, [-4, 0, 7, 500, 1000, 1500, 2000, 2500, 77_777, i64::MAX]);
    assert_eq!(resolved.names.len(), 2500 - 6);
    assert!(resolved.deferred.is_empty());
    assert_eq!(
        resolved.names[0],
        EntityName { kind: EntityKind::Corporation, id: 1, name: "Corp 1".into(), ticker: None }
    );
    assert!(calls.load(Ordering::SeqCst) < 130, "{calls:?}");
    assert_eq!(esi.names(&[]).await.unwrap(), ResolvedNames::default());
}

#[tokio::test]
async fn a_failure_amid_names_keeps_what_is_known() {
    let calls = Arc::new(AtomicUsize::new(0));
    let router = Router::new().fallback(move |body: Bytes| async move {
        match calls.fetch_add(1, Ordering::SeqCst) {
            0 => names(body).await,
            _ => StatusCode::BAD_GATEWAY.into_response(),
        }
    });
    let esi = client(router).await;
    let ids: Vec<i64> = (0..2500).map(|n| n % 499 + n / 499 * 500 + 1).filter(|id| id % 500 != 0).collect();
    let resolved = esi.names(&ids).await.unwrap();
    assert_eq!(resolved.names.len() + resolved.unresolved.len(), 1000);
    assert_eq!(resolved.deferred.len(), ids.len() - 1000);
    assert!(esi.names(&ids).await.is_err());
}

#[tokio::test]
async fn entities_are_read_in_both_shapes() {
    let router = Router::new()
        .route(
            "/corporations/{id}",
            get(|Path(id): Path<i64>| async move {
                Json(match id {
                    1 => json!({"name": "Old", "ticker": "OLD", "member_count": 3, "tax_rate": 0.1, "ceo_id": 90000001,
                        "creator_id": 2, "faction_id": 500001, "alliance_id": 99000001}),
                    _ => json!({"name": "New", "ticker": "NEW", "member_count": 3, "tax_rates":
                        {"isk": 0.25, "loyalty_point": 0}, "state": "active", "type": "player_owned",
                        "enlisted_faction_id": 500002, "friendly_fire": "legal", "date_founded": "2020-01-01T00:00:00Z"}),
                })
            }),
        )
        .route(
            "/characters/{id}",
            get(|| async {
                Json(json!({"name": "Pilot", "corporation_id": 98000001, "birthday": "2010-05-05T00:00:00Z",
                    "bloodline_id": 1, "race_id": 1, "gender": "male", "corporation_title": "x",
                    "achievement_score": 5, "security_status": -9.9}))
            }),
        )
        .route(
            "/alliances/{id}",
            get(|| async {
                Json(json!({"name": "Alliance", "ticker": "ALLY", "creator_id": 1, "creator_corporation_id": 2,
                    "date_founded": "2010-05-05T00:00:00Z", "executor_corporation_id": 98000001}))
            }),
        );
    let esi = client(router).await;
    let old = esi.corporation(CorporationId(1)).await.unwrap().value;
    assert_eq!((old.ticker.as_str(), old.faction_id, old.tax_rate), ("OLD", Some(FactionId(500_001)), Some(0.1)));
    assert_eq!((old.alliance_id, old.ceo_id), (Some(AllianceId(99_000_001)), Some(CharacterId(90_000_001))));
    let new = esi.corporation(CorporationId(2)).await.unwrap().value;
    assert_eq!((new.ticker.as_str(), new.faction_id, new.tax_rate), ("NEW", Some(FactionId(500_002)), Some(0.25)));
    assert!(new.alliance_id.is_none() && new.date_founded.is_some());
    let pilot = esi.character(CharacterId(5)).await.unwrap().value;
    assert_eq!((pilot.name.as_str(), pilot.corporation_id), ("Pilot", CorporationId(98_000_001)));
    let alliance = esi.alliance(AllianceId(5)).await.unwrap().value;
    assert_eq!((alliance.id, alliance.ticker.as_str()), (AllianceId(5), "ALLY"));
}

#[tokio::test]
async fn prices_are_asked_again_only_after_they_expire_and_by_etag() {
    let calls = Arc::new(StdMutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let router = Router::new().route(
        "/markets/prices",
        get(move |headers: HeaderMap| async move {
            let etag = headers.get("if-none-match").map(|value| value.to_str().unwrap().to_owned());
            seen.lock().unwrap().push(etag.clone());
            let made = ("last-modified", "Fri, 02 Jan 2026 03:00:00 GMT");
            let headers = [("etag", "\"v1\""), ("expires", "Fri, 02 Jan 2026 04:00:00 GMT"), made];
            if etag.as_deref() == Some("\"v1\"") {
                let headers = [("etag", "\"v1\""), ("expires", "Fri, 02 Jan 2026 05:00:00 GMT")];
                return (StatusCode::NOT_MODIFIED, headers).into_response();
            }
            let rows: Value = serde_json::from_str(
                r#"[{"type_id":34,"average_price":4.25,"adjusted_price":4.1},{"type_id":35,"adjusted_price":0},
                    {"type_id":36,"average_price":-3,"adjusted_price":1e300},{"average_price":1},{"type_id":"x"},7]"#,
            )
            .unwrap();
            (headers, Json(rows)).into_response()
        }),
    );
    let options = EsiOptions::new(serve(router).await);
    let (clock, hands) = crate::Clock::from(now).with_hands();
    let esi = EsiClient::new(http_with(|options| options.clock = clock), options);
    let first = esi.market_prices().await.unwrap();
    assert_eq!(
        first.prices[..],
        [
            MarketPrice {
                type_id: TypeId(34),
                average: Some(Isk::from_hundredths(425)),
                adjusted: Some(Isk::from_hundredths(410))
            },
            MarketPrice { type_id: TypeId(35), average: None, adjusted: Some(Isk::ZERO) },
            MarketPrice { type_id: TypeId(36), average: None, adjusted: None },
        ]
    );
    assert_eq!(first.listed_at, "2026-01-02T03:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(first.expires_at, "2026-01-02T04:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(esi.market_prices().await.unwrap(), first);
    hands.turn(TimeDelta::hours(1));
    let second = esi.clone().market_prices().await.unwrap();
    assert!(Arc::ptr_eq(&first.prices, &second.prices) && second.expires_at > first.expires_at);
    assert_eq!(second.listed_at, first.listed_at, "confirmed is not new");
    assert_eq!(*calls.lock().unwrap(), [None, Some("\"v1\"".to_owned())]);
}

#[tokio::test]
async fn a_price_list_without_prices_is_an_error_and_is_not_kept() {
    let good = r#"[{"type_id":34,"average_price":4.25}]"#;
    for nonsense in ["[]", "[1,2]", r#"[{"type":34,"average":4.25}]"#, r#"[{"type_id":34,"average":4.25}]"#] {
        let script = Script::new(&[(200, &[], nonsense), (200, &[("last-modified", "soon")], good)]);
        let esi = client(script.router()).await;
        let odd = esi.market_prices().await.unwrap_err();
        assert!(matches!(&odd, EsiError::Upstream(UpstreamError::Malformed { .. })), "{nonsense}: {odd:?}");
        let list = esi.market_prices().await.unwrap();
        assert_eq!((list.prices.len(), list.listed_at), (1, now()), "asked again; without a time of its own");
    }
}

#[tokio::test]
async fn status_and_nonsense() {
    let script = Script::new(&[(
        200,
        &[],
        r#"{"players":25000,"server_version":"3100000","start_time":"2026-01-02T11:05:00Z"}"#,
    )]);
    let status = client(script.router()).await.status().await.unwrap().value;
    assert_eq!((status.players, status.vip), (25_000, false));
    for nonsense in ["<html>", "{\"players\":", "[]", "{\"players\":\"many\"}", ""] {
        let script = Script::new(&[(200, &[], nonsense)]);
        let odd = client(script.router()).await.status().await.unwrap_err();
        assert!(matches!(&odd, EsiError::Upstream(UpstreamError::Malformed { .. })), "{nonsense}: {odd:?}");
        assert!(!odd.is_retryable() && script.calls() == 1);
    }
}

#[tokio::test]
async fn affiliations_come_in_bulk_and_bad_ids_are_not_asked_again() {
    let sizes = Arc::new(StdMutex::new(Vec::new()));
    let seen = Arc::clone(&sizes);
    let router = Router::new().route(
        "/characters/affiliation",
        post(move |body: Bytes| async move {
            let ids: Vec<i64> = serde_json::from_slice(&body).unwrap();
            seen.lock().unwrap().push(ids.len());
            if ids.iter().any(|id| id % 700 == 0) {
                return (StatusCode::BAD_REQUEST, r#"{"error":"Invalid character ID"}"#).into_response();
            }
            let rows = ids.iter().map(|id| match id % 2 {
                0 => json!({"character_id": id, "corporation_id": 1_000_001}),
                _ => json!({"character_id": id, "corporation_id": 98_000_001, "alliance_id": 99_000_001}),
            });
            Json(rows.collect::<Vec<_>>()).into_response()
        }),
    );
    let esi = client(router).await;
    let ids: Vec<CharacterId> = (1..=2_000).map(CharacterId).collect();
    let found = esi.affiliations(&ids).await.unwrap();
    assert_eq!((found.rows.len(), found.deferred.len()), (1_998, 0));
    assert_eq!(found.unresolved, [CharacterId(700), CharacterId(1_400)]);
    let first = found.rows.iter().find(|row| row.character_id == CharacterId(1)).unwrap();
    assert_eq!((first.corporation_id, first.alliance_id), (CorporationId(98_000_001), Some(AllianceId(99_000_001))));
    let calls = std::mem::take(&mut *sizes.lock().unwrap());
    assert!(calls.len() < 50 && calls.iter().all(|size| (1..=1000).contains(size)), "{calls:?}");
    let again = esi.affiliations(&ids).await.unwrap();
    assert_eq!((again.rows.len(), again.unresolved.len()), (1_998, 2));
    assert_eq!(*sizes.lock().unwrap(), [1_000, 998], "the bad ids are known");
}

#[tokio::test]
async fn isolating_bad_ids_leaves_errors_for_others() {
    let left = Arc::new(AtomicI64::new(100));
    let counter = Arc::clone(&left);
    let router = Router::new().route(
        "/universe/names",
        post(move |body: Bytes| async move {
            let mut response = names(body).await;
            let failed = i64::from(!response.status().is_success());
            let left = counter.fetch_sub(failed, Ordering::SeqCst) - failed;
            for (name, value) in [("x-esi-error-limit-remain", left), ("x-esi-error-limit-reset", 60)] {
                response.headers_mut().insert(name, value.into());
            }
            response
        }),
    );
    let esi = client(router).await;
    // Every tenth is bad: far more than a window's errors can isolate.
    let ids: Vec<i64> = (1..=900).map(|n| if n % 10 == 0 { 10_000 + n } else { n }).filter(|n| n % 500 != 0).collect();
    let first = esi.names(&ids).await.unwrap();
    assert_eq!(first.names.len() + first.unresolved.len() + first.deferred.len(), ids.len());
    assert!(!first.deferred.is_empty() && !first.names.is_empty());
    let left = left.load(Ordering::SeqCst);
    assert!((30..=34).contains(&left), "a third is left for others: {left}");
}
