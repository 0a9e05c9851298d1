//! Janice, MutaMarket and a market that moves.

use crate::support::{client, config, get, get_json, start};
use serde_json::Value;
use simulator::{Config, Fault, JANICE_KEY, Limits, Simulator};

async fn ask(simulator: &Simulator, key: Option<&str>, content_type: &str, body: &str) -> reqwest::Response {
    let url = format!("{}/janice/pricer?market=2", simulator.base_url());
    let mut request = client().post(url).header("content-type", content_type).body(body.to_owned());
    if let Some(key) = key {
        request = request.header("x-apikey", key);
    }
    request.send().await.unwrap()
}

fn patient() -> Config {
    let config = config();
    Config { limits: Limits { price_service_burst: 1_000, ..config.limits.clone() }, ..config }
}

#[tokio::test]
async fn janice_prices_lines_of_ids_and_names_for_those_with_a_key() {
    let simulator = start(patient()).await;
    assert_eq!(ask(&simulator, None, "text/plain", "34").await.status(), 401);
    let refused = ask(&simulator, Some("wrong"), "text/plain", "34").await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(refused.json::<Value>().await.unwrap()["status"], 403);
    assert_eq!(ask(&simulator, Some(JANICE_KEY), "application/json", "34").await.status(), 415);
    assert_eq!(ask(&simulator, Some(JANICE_KEY), "text/plain", "\n\n").await.status(), 400);
    let too_many = "34\n".repeat(501);
    assert_eq!(ask(&simulator, Some(JANICE_KEY), "text/plain", &too_many).await.status(), 400);

    let answer = ask(&simulator, Some(JANICE_KEY), "text/plain", "34\n99999999\nrifter\n47408").await;
    let items: Vec<Value> = answer.json().await.unwrap();
    let ids: Vec<_> = items.iter().map(|item| item["itemType"]["eid"].as_i64().unwrap()).collect();
    assert_eq!(ids, [34, 587], "unknown and abyssal types are left out");
    let split = items[0]["immediatePrices"]["splitPrice"].as_f64().unwrap();
    assert_eq!(Some(split), simulator.jita_split_price(34));
    assert_eq!(simulator.counters().routes["janice lines"], 4);

    simulator.set_fault(Fault::MalformedPrices, 1.0);
    let answer = ask(&simulator, Some(JANICE_KEY), "text/plain", "34").await;
    assert!(answer.status() == 200 && answer.json::<Value>().await.is_err());
    simulator.set_fault(Fault::MalformedPrices, 0.0);
    simulator.set_outage("janice", true);
    assert_eq!(ask(&simulator, Some(JANICE_KEY), "text/plain", "34").await.status(), 503);
}

#[tokio::test]
async fn more_than_a_call_a_second_is_a_violation() {
    let simulator = start(config()).await;
    let mut last = 200;
    for _ in 0..4 {
        last = ask(&simulator, Some(JANICE_KEY), "text/plain", "34").await.status().as_u16();
    }
    assert_eq!(last, 429);
    for _ in 0..4 {
        last = get(&simulator, "/mutamarket/api/estimator-statistics").await.status().as_u16();
    }
    assert_eq!(last, 429);
    let counters = simulator.counters();
    assert_eq!((counters.violations["janice pace"], counters.violations["mutamarket pace"]), (1, 1));
}

#[tokio::test]
async fn prices_move_with_the_market() {
    let simulator = start(patient()).await;
    let lists = async || {
        let esi = get(&simulator, "/esi/markets/prices").await;
        let tag = esi.headers()["etag"].to_str().unwrap().to_owned();
        let muta = get_json(&simulator, "/mutamarket/api/estimator-statistics").await;
        (tag, muta, simulator.jita_split_price(34))
    };
    let before = lists().await;
    assert_eq!(before, lists().await);
    simulator.move_market();
    let after = lists().await;
    assert!(before.0 != after.0 && before.1 != after.1 && before.2 != after.2);
    let rows = after.1.as_array().unwrap();
    assert!(
        rows.len() > 50 && rows.iter().any(|row| row["mae"].is_null()) && rows.iter().any(|row| row["mae"].is_f64())
    );
}
