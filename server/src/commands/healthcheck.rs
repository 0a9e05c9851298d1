//! `tracker healthcheck`: asks the running server, for containers without other tools.

use crate::config::Config;
use anyhow::{Context, ensure};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Succeeds when `/readyz` answers 200.
///
/// # Errors
/// When the server does not answer or is not ready.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let ask = async {
        let mut stream = TcpStream::connect(config.http.bind_addr).await?;
        let request = format!("GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", config.http.bind_addr);
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        // The readiness document is small; more is not a tracker.
        stream.take(64 * 1024).read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = timeout(Duration::from_secs(5), ask).await.context("no answer in 5 s")?.context("no connection")?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    ensure!(status == "200", "not ready: {}", answer.lines().last().unwrap_or_default());
    println!("ready");
    Ok(())
}
