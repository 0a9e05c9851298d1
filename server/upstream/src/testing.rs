//! Helpers of this crate's tests: a scripted server on a free port and a client for it.

use crate::{HttpClient, HttpOptions};
use axum::Router;
use domain::Timestamp;
use std::time::Duration;
use url::Url;

pub const HASH: &str = "0123456789abcdef0123456789abcdef01234567";
pub const HASH_2: &str = "89abcdef0123456789abcdef0123456789abcdef";
pub const ESI_BODY: &str = r#"{"killmail_id":130000001,"killmail_time":"2026-01-02T03:04:05Z","solar_system_id":30000142,"war_id":700001, "victim":{"character_id":2112000001,"corporation_id":98000001,"alliance_id":99000001,"ship_type_id":587,"damage_taken":812, "position":{"x":-1.5e11,"y":2.25e10,"z":8.75e11}, "items":[{"flag":27,"item_type_id":484,"quantity_destroyed":1,"singleton":0}, {"flag":5,"item_type_id":3467,"quantity_dropped":1,"singleton":0, "items":[{"flag":0,"item_type_id":34,"quantity_dropped":500,"singleton":0}]}]}, "attackers":[{"character_id":2112000002,"corporation_id":98000002,"ship_type_id":588,"weapon_type_id":484, "damage_done":812,"final_blow":true,"security_status":-1.5}]}"#;

pub fn now() -> Timestamp {
    "2026-01-02T03:10:00Z".parse().unwrap()
}

pub fn http() -> HttpClient {
    http_with(|_| {})
}

pub fn http_with(change: impl FnOnce(&mut HttpOptions)) -> HttpClient {
    let mut options = HttpOptions::new("test@example.test", now);
    options.connect_timeout = Duration::from_secs(2);
    change(&mut options);
    HttpClient::new(options).unwrap()
}

/// Serves `router` until the test's runtime ends.
pub async fn serve(router: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url.parse().unwrap()
}

/// Answers every connection with these bytes and closes it.
pub async fn serve_raw(bytes: &'static [u8]) -> Url {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(bytes).await;
            let _ = socket.shutdown().await;
        }
    });
    url.parse().unwrap()
}
