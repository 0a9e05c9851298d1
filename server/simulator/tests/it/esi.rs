//! ESI: shapes, validators, compatibility dates, limiters.

use crate::support::{client, config, get, get_json, post, start};
use serde_json::{Value, json};
use simulator::{Config, Fault, Limits, Simulator};
use std::time::Duration;

async fn sample() -> (Simulator, i64, Value, String) {
    let simulator = start(config()).await;
    let ids = simulator.emit(40);
    let (id, mail, hash) = ids
        .iter()
        .map(|id| {
            let (body, hash) = simulator.killmail(*id).unwrap();
            (*id, serde_json::from_str::<Value>(&body).unwrap(), hash)
        })
        .find(|(_, mail, _)| mail["victim"]["alliance_id"].is_i64() && mail["victim"]["character_id"].is_i64())
        .unwrap();
    (simulator, id, mail, hash)
}

#[tokio::test]
async fn killmail_by_id_and_hash() {
    let (simulator, id, _, hash) = sample().await;
    let path = format!("/esi/killmails/{id}/{hash}");
    let response = get(&simulator, &path).await;
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-ratelimit-group"), "killmail");
    assert_eq!(header("x-ratelimit-limit"), "1000000/15m");
    assert_eq!(header("x-ratelimit-used"), "2");
    assert!(!response.headers().contains_key("x-esi-error-limit-remain"));
    assert_eq!(header("cache-control"), "public, max-age=2592000");
    assert!(header("expires").ends_with(" GMT"));
    let tag = header("etag");
    assert_eq!(response.text().await.unwrap(), simulator.killmail(id).unwrap().0, "verbatim");
    let again =
        client().get(format!("{}{path}/", simulator.base_url())).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(again.headers()["x-ratelimit-used"], "1");
    let wrong = get(&simulator, &format!("/esi/killmails/{id}/{}", "0".repeat(40))).await;
    assert_eq!(wrong.status(), 422);
    assert_eq!(wrong.headers()["x-ratelimit-used"], "5");
    assert_eq!(wrong.json::<Value>().await.unwrap(), json!({"error": "Invalid killmail_id and/or killmail_hash"}));
}

#[tokio::test]
async fn names_and_affiliation() {
    let (simulator, _, mail, _) = sample().await;
    let victim = &mail["victim"];
    let ids = json!([
        victim["character_id"],
        victim["corporation_id"],
        victim["alliance_id"],
        500_001,
        1_000_125,
        587,
        mail["solar_system_id"]
    ]);
    let named: Value = post(&simulator, "/esi/universe/names", &ids).await.json().await.unwrap();
    let categories: Vec<_> = named.as_array().unwrap().iter().map(|row| row["category"].as_str().unwrap()).collect();
    assert_eq!(
        categories,
        ["character", "corporation", "alliance", "faction", "corporation", "inventory_type", "solar_system"]
    );
    assert!(named.as_array().unwrap().iter().all(|row| row["name"].as_str().unwrap().len() >= 3));
    let affiliation: Value =
        post(&simulator, "/esi/characters/affiliation", &json!([victim["character_id"]])).await.json().await.unwrap();
    assert_eq!(affiliation[0]["corporation_id"], victim["corporation_id"]);
    assert_eq!(affiliation[0]["alliance_id"], victim["alliance_id"]);
    for (path, body, status) in [
        ("/esi/universe/names", json!([587, 1]), 404),
        ("/esi/universe/names", json!([]), 400),
        ("/esi/universe/names", json!([587, 587]), 400),
        ("/esi/universe/names", json!((1..1_002).collect::<Vec<_>>()), 400),
        ("/esi/characters/affiliation", json!([victim["character_id"], 587]), 400),
    ] {
        assert_eq!(post(&simulator, path, &body).await.status(), status, "{path}");
    }
}

#[tokio::test]
async fn shapes_follow_the_compatibility_date() {
    let (simulator, _, mail, _) = sample().await;
    let fetch = async |path: String, date: &str| {
        let url = format!("{}/esi/{path}", simulator.base_url());
        client().get(url).header("x-compatibility-date", date).send().await.unwrap()
    };
    let character = format!("characters/{}", mail["victim"]["character_id"]);
    let corporation = format!("corporations/{}", mail["victim"]["corporation_id"]);
    let alliance = format!("alliances/{}", mail["victim"]["alliance_id"]);
    let old: Value = fetch(character.clone(), "2026-05-19").await.json().await.unwrap();
    let new: Value = fetch(character, "2026-08-18").await.json().await.unwrap();
    assert!(old.get("achievement_score").is_none() && new["achievement_score"].is_u64());
    let old: Value = fetch(corporation.clone(), "2026-07-20").await.json().await.unwrap();
    let new: Value = fetch(corporation.clone(), "2026-08-18").await.json().await.unwrap();
    assert!(old["tax_rate"].is_f64() && old.get("tax_rates").is_none());
    assert!(new["tax_rates"]["isk"].is_f64() && new.get("tax_rate").is_none());
    assert_eq!(new["type"], "player_owned");
    assert!((3..=5).contains(&new["ticker"].as_str().unwrap().len()));
    let alliance: Value = fetch(alliance, "2026-08-18").await.json().await.unwrap();
    assert!(alliance["ticker"].is_string() && alliance["name"].is_string());
    assert_eq!(fetch(corporation.clone(), "2099-01-01").await.status(), 400);
    assert_eq!(fetch(corporation, "yesterday").await.status(), 400);
    assert_eq!(get(&simulator, "/esi/characters/5").await.status(), 404);
}

#[tokio::test]
async fn static_data_prices_and_status() {
    let (simulator, ..) = sample().await;
    assert_eq!(get_json(&simulator, "/esi/universe/types/587").await["name"], "Rifter");
    let jita = get_json(&simulator, "/esi/universe/systems/30000142").await;
    assert_eq!((&jita["name"], &jita["constellation_id"]), (&json!("Jita"), &json!(20_000_020)));
    assert_eq!(get_json(&simulator, "/esi/universe/regions/10000002").await["name"], "The Forge");
    let response = get(&simulator, "/esi/markets/prices").await;
    assert!(response.headers().contains_key("x-esi-error-limit-remain"));
    let prices: Vec<Value> = response.json().await.unwrap();
    assert!(prices.len() > 15_000 && prices.iter().any(|row| row.get("average_price").is_none()));
    assert!(get_json(&simulator, "/esi/status").await["players"].is_i64());
    assert!(get_json(&simulator, "/esi/meta/status").await["routes"].is_array());
    assert_eq!(get(&simulator, "/esi/nowhere").await.status(), 404);
}

#[tokio::test]
async fn limiters() {
    let limits =
        Limits { esi_killmail_tokens: 6, esi_errors: 3, esi_error_window: Duration::from_mins(5), ..Limits::default() };
    let simulator = start(Config { limits, ..config() }).await;
    let id = simulator.emit(1)[0];
    let path = format!("/esi/killmails/{id}/{}", simulator.killmail(id).unwrap().1);
    for _ in 0..3 {
        assert_eq!(get(&simulator, &path).await.status(), 200);
    }
    let refused = get(&simulator, &path).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 800);
    assert_eq!(get(&simulator, "/esi/universe/types/587").await.status(), 200, "another limiter");
    for _ in 0..3 {
        assert_eq!(get(&simulator, "/esi/characters/5").await.status(), 404);
    }
    let refused = get(&simulator, "/esi/universe/types/587").await;
    assert_eq!(refused.status(), 420);
    assert_eq!(refused.headers()["x-esi-error-limit-remain"], "0");
    assert_eq!(get(&simulator, &path).await.status(), 420, "every route");
    let counters = simulator.counters();
    assert_eq!(counters.violations["esi killmail_tokens"], 1);
    assert_eq!(counters.violations["esi error_limit"], 2);
}

#[tokio::test]
async fn a_bad_id_fails_the_batch_for_as_long_as_the_fault_is_on() {
    let simulator = start(config()).await;
    let ids: Vec<i64> = (0..200).map(|index| 2_112_000_001 + index).collect();
    simulator.set_fault(Fault::NamesBadId, 0.02);
    assert_eq!(post(&simulator, "/esi/universe/names", &json!(ids)).await.status(), 404);
    let mut bad = 0;
    for id in &ids {
        bad += u32::from(post(&simulator, "/esi/universe/names", &json!([id])).await.status() == 404);
    }
    assert!((1..12).contains(&bad), "{bad} bad ids");
    simulator.set_fault(Fault::NamesBadId, 0.0);
    assert_eq!(post(&simulator, "/esi/universe/names", &json!(ids)).await.status(), 200);
}
