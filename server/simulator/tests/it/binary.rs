//! The program: one line with the address, history from the start, a clean end on SIGTERM.

use crate::support::client;
use serde_json::Value;
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

#[tokio::test]
async fn starts_says_where_and_stops() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_simulator"))
        .args(["--bind", "127.0.0.1:0", "--rate", "50", "--seed", "3", "--history", "288", "--faults", "slow=0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(Duration::from_mins(1), lines.next_line()).await.unwrap().unwrap().unwrap();
    let url = line.strip_prefix("simulator listening on ").unwrap();
    assert!(url.starts_with("http://127.0.0.1:") && !url.ends_with(":0"), "{url}");
    let get =
        async |path: &str| client().get(format!("{url}{path}")).send().await.unwrap().json::<Value>().await.unwrap();
    let totals = get("/r2z2/history/totals.json").await;
    let count: u64 = totals.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert!(count >= 288, "{totals}");
    let sequence = get("/r2z2/ephemeral/sequence.json").await["sequence"].as_u64().unwrap();
    let document = get(&format!("/r2z2/ephemeral/{}.json", sequence - 10)).await;
    assert_eq!(document["sequence_id"], sequence - 10);
    let id = program.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let status = tokio::time::timeout(Duration::from_secs(10), program.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
}
