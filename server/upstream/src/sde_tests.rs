use super::*;
use crate::testing::{http, serve};
use axum::{
    Router,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::get,
};

#[tokio::test]
async fn the_newest_build_is_asked_for_and_fetched() {
    let latest = |headers: HeaderMap| async move {
        if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag == "\"seven\"") {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        ([("etag", "\"seven\"")], "\n{\"_key\":\"sde\",\"buildNumber\":7,\"releaseDate\":\"2026-11-20T11:00:00Z\"}\n")
            .into_response()
    };
    let router = Router::new()
        .route("/sde/latest.jsonl", get(latest))
        .route("/sde/eve-online-static-data-7-jsonl.zip", get(|| async { "PK archive" }));
    let base = serve(router).await.join("/sde/").unwrap();
    let client = SdeClient::new(http(), base);
    let available = Latest::Available { build: 7, etag: Some("\"seven\"".to_owned()) };
    assert_eq!(client.latest(None).await, Ok(available.clone()));
    assert_eq!(client.latest(Some("\"six\"")).await, Ok(available));
    assert_eq!(client.latest(Some("\"seven\"")).await, Ok(Latest::Unchanged));
    let mut body = client.download(7).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.chunk().await.unwrap() {
        bytes.extend_from_slice(chunk.as_ref());
    }
    assert_eq!(bytes, b"PK archive");
    assert_eq!(client.download(8).await.err(), Some(UpstreamError::NotFound));
}

#[tokio::test]
async fn an_answer_without_a_build_is_malformed() {
    for text in ["", "{}", "<html>", r#"{"_key":"other","buildNumber":7}"#, r#"{"_key":"sde","buildNumber":0}"#] {
        let router = Router::new().route("/latest.jsonl", get(move || async move { text }));
        let client = SdeClient::new(http(), serve(router).await);
        let error = client.latest(None).await.unwrap_err();
        assert_eq!(error, UpstreamError::malformed("no build of the static data"), "{text}");
    }
}
