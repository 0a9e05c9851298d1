//! The id that a user sees with an error finds the request in the log.

use crate::{
    harness::{TestApp, eventually},
    log,
};
use serde_json::Value;
use store::testing::rename_column;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_user_sees_is_in_the_log() {
    let app = TestApp::start("r2z2").await;
    let paths = ["/no-such-page", "/kill/1", "/api/v1/killmails/1", "/api/v1/no-such-path", "/api/fn/get_kill?id=1"];
    for path in paths {
        let request = app
            .client
            .get(app.url(path))
            .header("x-request-id", "made-up")
            .header("accept", "text/html, application/json");
        let response = request.send().await.expect("an answer");
        assert!(!response.status().is_success(), "{path}");
        let id = response.headers()["x-request-id"].to_str().expect("ASCII").to_owned();
        assert_ne!(id, "made-up", "an id that came along is not believed");
        let text = response.text().await.expect("a body");
        match serde_json::from_str::<Value>(&text) {
            Ok(error) => assert_eq!(error["request_id"], id.as_str(), "{path}"),
            Err(_) => assert!(text.contains(&format!("<code>{id}")), "{path}: {text}"),
        }
        let route = path.split('?').next().unwrap_or(path);
        eventually("it is in the log", || async { log::lines_with(&id).iter().any(|line| line.contains(route)) }).await;
    }
    assert!(log::lines_with("made-up").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_failed_is_in_the_log_of_its_request() {
    let app = TestApp::start("r2z2").await;
    rename_column(&app.database.store, "killmail_ids", "killmail_time", "killmail_time_of_later").await;
    for path in ["/api/v1/killmails/1", "/api/fn/get_kill?id=1"] {
        let response = app.get(path).await;
        assert_eq!(response.status().as_u16(), 500, "{path}");
        let id = response.headers()["x-request-id"].to_str().expect("ASCII").to_owned();
        let is_told = || log::lines_with(&id).iter().any(|line| line.contains("database query failed"));
        eventually("the failure is in the log", || async { is_told() }).await;
    }
    app.stop().await;
}
