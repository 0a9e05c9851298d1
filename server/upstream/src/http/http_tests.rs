use super::*;
use crate::testing::{http, http_with, now, serve, serve_raw};
use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect},
    routing::{get, post},
};

/// 10 MB of zeroes, compressed by gzip to 10 kB (`head -c 10000000 /dev/zero | gzip -9`), built at run time.
fn gzip_bomb() -> Vec<u8> {
    use std::io::Write;
    let mut encoder = std::process::Command::new("gzip")
        .args(["-9", "-c"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = encoder.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&vec![0; 10_000_000]));
    let output = encoder.wait_with_output().unwrap().stdout;
    writer.join().unwrap().unwrap();
    output
}

#[tokio::test]
async fn identifies_itself_and_returns_every_status() {
    let router = Router::new()
        .route("/agent", get(|headers: HeaderMap| async move { headers["user-agent"].to_str().unwrap().to_owned() }))
        .route("/echo", post(|body: String| async move { (StatusCode::UNPROCESSABLE_ENTITY, body) }))
        .route("/moved", get(|| async { Redirect::temporary("/agent") }));
    let base = serve(router).await;
    let client = http();
    let agent = client.get("test", endpoint(&base, "/agent")).await.unwrap().into_text().unwrap();
    assert_eq!(agent, format!("eve-pvp-tracker/{} (test@example.test)", env!("CARGO_PKG_VERSION")));
    let echo = client.post_json("test", endpoint(&base, "/echo"), &[1, 2]).await.unwrap();
    assert_eq!((echo.status, echo.body.as_slice()), (422, &b"[1,2]"[..]));
    assert_eq!(client.get("test", endpoint(&base, "/moved")).await.unwrap().status, 307, "no redirects unless asked");
    let following = http_with(|options| options.max_redirects = 2);
    assert_eq!(following.get("test", endpoint(&base, "/moved")).await.unwrap().status, 200);
}

#[tokio::test]
async fn bodies_are_bounded_also_after_decompression() {
    let bomb = gzip_bomb();
    assert!(bomb.len() < 50_000);
    let error_bomb = bomb.clone();
    let gzip = [("content-encoding", "gzip")];
    let router = Router::new()
        .route("/plain", get(|| async { "x".repeat(2_000_000) }))
        .route("/bomb", get(move || async move { (gzip, bomb) }))
        .route("/error", get(move || async move { (StatusCode::BAD_GATEWAY, gzip, error_bomb) }))
        .route("/broken", get(move || async move { (gzip, "this is not gzip") }));
    let base = serve(router).await;
    let client = http_with(|options| options.max_body_bytes = 1_000_000);
    for path in ["/plain", "/bomb"] {
        let error = client.get("test", endpoint(&base, path)).await.unwrap_err();
        assert_eq!(error, UpstreamError::BodyTooLarge { limit_bytes: 1_000_000 }, "{path}");
    }
    let mut stream = client.stream(Request::get("test", endpoint(&base, "/bomb"))).await.unwrap();
    let error = loop {
        match stream.chunk().await {
            Ok(chunk) => assert!(chunk.is_some()),
            Err(error) => break error,
        }
    };
    assert_eq!(error, UpstreamError::BodyTooLarge { limit_bytes: 1_000_000 });
    let response = client.get("test", endpoint(&base, "/error")).await.unwrap();
    assert!(response.status == 502 && response.body.len() <= MAX_ERROR_BODY_BYTES);
    let error = client.get("test", endpoint(&base, "/broken")).await.unwrap_err();
    assert!(matches!(error, UpstreamError::Malformed { .. }), "{error:?}");
}

#[tokio::test]
async fn failures_have_names_without_urls() {
    let never = Router::new().route("/", get(std::future::pending::<()>));
    let base = serve(never).await;
    let quick = http_with(|options| options.read_timeout = Duration::from_millis(50));
    assert_eq!(quick.get("test", base.clone()).await.unwrap_err(), UpstreamError::Timeout);
    let quick = http_with(|options| options.total_timeout = Duration::from_millis(50));
    assert_eq!(quick.get("test", base).await.unwrap_err(), UpstreamError::Timeout);

    let truncated = serve_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort").await;
    assert_eq!(http().get("test", truncated).await.unwrap_err(), UpstreamError::Closed);
    let gibberish = serve_raw(b"SSH-2.0-OpenSSH\r\n\r\n").await;
    assert_eq!(http().get("test", gibberish).await.unwrap_err(), UpstreamError::Closed);

    let secret: Url = "http://127.0.0.1:1/?token=hunter2".parse().unwrap();
    let error = http().get("test", secret).await.unwrap_err();
    assert!(matches!(error, UpstreamError::Connect { .. }), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(!text.contains("hunter2") && !text.contains("127.0.0.1"), "{text}");
}

#[tokio::test]
async fn retry_after_is_read_in_both_forms_and_capped() {
    let router = Router::new().route(
        "/{wait}",
        get(|axum::extract::Path(wait): axum::extract::Path<String>| async move {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", wait)]).into_response()
        }),
    );
    let base = serve(router).await;
    for (text, expected) in [
        ("7", Some(7)),
        ("999999999", Some(3600)),
        ("Fri, 02 Jan 2026 03:10:30 GMT", Some(30)),
        ("Fri, 02 Jan 2026 03:00:00 GMT", Some(0)),
        ("soon", None),
        ("-1", None),
    ] {
        let response = http().get("test", endpoint(&base, &format!("/{text}"))).await.unwrap();
        let retry_after = expected.map(Duration::from_secs);
        assert_eq!(response.retry_after(), retry_after, "{text}");
        assert_eq!(response.into_success().unwrap_err(), UpstreamError::RateLimited { retry_after });
    }
    assert_eq!(http().now(), now());
}

#[test]
fn bad_configuration_is_refused() {
    assert!(HttpClient::new(HttpOptions::new("line\nbreak", now)).is_err());
    for text in ["", "r2z2.zkillboard.com", "ftp://x", "file:///etc/passwd", "http://"] {
        assert!(parse_base_url(text).is_err(), "{text}");
    }
    let base = parse_base_url("https://host:8/sub/path/?q=1#f").unwrap();
    assert_eq!(endpoint(&base, "/x.json").as_str(), "https://host:8/sub/path/x.json");
}
