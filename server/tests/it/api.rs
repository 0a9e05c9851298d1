//! The JSON API: answers, paging, and bad input as problem documents.

use crate::harness::{TestApp, eventually};
use serde_json::{Value, json};
use server::http::openapi;

async fn with_kills(count: usize) -> (TestApp, Vec<i64>) {
    let app = TestApp::start("r2z2").await;
    let emitted = app.simulator.emit(count);
    app.simulator.publish_sequence();
    eventually("all are stored", || async { app.stored().await == count as u64 }).await;
    (app, emitted)
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_a_problem_document_that_names_the_parameter() {
    let (app, emitted) = with_kills(1).await;
    let id = emitted[0];
    let cases: Vec<(String, u16, &str)> = [
        ("/api/v1/killmails?limit=0", 400, "limit"),
        ("/api/v1/killmails?limit=201", 400, "limit"),
        ("/api/v1/killmails?limit=x", 400, "limit"),
        ("/api/v1/killmails?before=x", 400, "before"),
        ("/api/v1/killmails?after=zz.zz", 400, "after"),
        ("/api/v1/killmails?before=1.1&after=1.1", 400, "before"),
        ("/api/v1/killmails?system_id=Jita", 400, "system_id"),
        ("/api/v1/killmails?system_id=0", 400, "system_id"),
        ("/api/v1/killmails?system_id=99999999999999999999", 400, "system_id"),
        ("/api/v1/killmails?character_id=1,,2", 400, "character_id"),
        ("/api/v1/killmails?band=moon", 400, "band"),
        ("/api/v1/killmails?side=both", 400, "side"),
        ("/api/v1/killmails?min_value=lots", 400, "min_value"),
        ("/api/v1/killmails?min_value=5&max_value=1", 400, "min_value"),
        ("/api/v1/killmails?from=yesterday", 400, "from"),
        ("/api/v1/killmails?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", 400, "from"),
        ("/api/v1/killmails?solo=maybe", 400, "solo"),
        ("/api/v1/killmails?nonsense=1", 400, "nonsense"),
        ("/api/v1/killmails?tags=%27%3B%20DROP%20TABLE%20killmails_raw%3B--&limit=-1", 400, "tags"),
        ("/api/v1/killmails?tags=T2,Web", 400, "tags"),
        ("/api/v1/killmails?limit=-1", 400, "limit"),
        ("/api/v1/killmails/abc", 400, "id"),
        ("/api/v1/killmails/-5", 400, "id"),
        ("/api/v1/killmails/9999999999999999999999", 400, "id"),
        ("/api/v1/systems/30000142?system_id=1", 400, "filter"),
        ("/api/v1/search", 400, "q"),
        ("/api/v1/types/587/stats?window=8", 400, "window"),
        ("/api/v1/types/x/stats", 400, "id"),
        ("/api/v1/types/999999999/stats", 404, ""),
        ("/api/v1/killmails/1", 404, ""),
        ("/api/v1/systems/1", 404, ""),
        ("/api/v1/regions/1", 404, ""),
        ("/api/v1/characters/1", 404, ""),
        ("/api/v1/nothing", 404, ""),
        ("/api/v1/moons/1/killmails", 404, ""),
        ("/api/elsewhere", 404, ""),
    ]
    .into_iter()
    .map(|(path, status, field)| (path.to_owned(), status, field))
    .chain([
        (format!("/api/v1/killmails/{id}/fit?format=png"), 400, "format"),
        (format!("/api/v1/search?q={}", "x".repeat(101)), 400, "q"),
        (format!("/api/v1/killmails?tags={}", "x".repeat(65)), 400, "tags"),
        (
            format!("/api/v1/killmails?system_id={}", (1..=101).map(|n| n.to_string()).collect::<Vec<_>>().join(",")),
            400,
            "system_id",
        ),
    ])
    .collect();
    for (path, status, field) in cases {
        let response = app.get(&path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        let id = response.headers()["x-request-id"].to_str().expect("ASCII").to_owned();
        let problem: Value = response.json().await.expect("JSON");
        assert_eq!(problem["request_id"], id.as_str(), "{path}");
        assert_eq!(problem["status"], status, "{path}");
        if !field.is_empty() {
            assert_eq!(problem["problems"][0]["path"], field, "{path}");
        }
    }
    let post = app.client.post(app.url("/api/v1/stats/live")).body("x").send().await.expect("answer");
    assert_eq!(post.status().as_u16(), 405);
    assert_eq!(post.headers()["content-type"], "application/problem+json");
    let huge = app.client.post(app.url("/api/v1/killmails")).body(vec![0; 1 << 20]).send().await.expect("answer");
    assert_eq!(huge.status().as_u16(), 413);
    app.stop().await;
}

/// They are public addresses too, and the browser shows what is wrong with which field.
#[tokio::test(flavor = "multi_thread")]
async fn a_users_mistake_has_its_status_in_server_functions_as_well() {
    let app = TestApp::start("r2z2").await;
    for (call, field) in [
        ("list_kills?query=system_id%3DJita", "system_id"),
        ("list_kills?query=&before=x", "before"),
        ("list_kills?query=&after=x", "after"),
        ("filter_names?query=band%3Dmoon", "band"),
        ("list_ranked?query=nonsense%3D1", "nonsense"),
        ("list_ranked?query=&sort=size", "sort"),
        ("get_place?kind=system&id=30000142&before=x", "before"),
        ("get_type?id=587&window=8", "window"),
        ("get_type?id=587&after=x", "after"),
        // Found before the function is called: nobody says which of its arguments it was.
        ("get_kill?id=abc", ""),
        ("get_kill", ""),
    ] {
        let response = app.get(&format!("/api/fn/{call}")).await;
        let status = response.status().as_u16();
        let error: Value = response.json().await.expect("JSON");
        assert_eq!((status, &error["code"]), (400, &json!("invalid")), "{call}: {error}");
        assert_eq!(error["problems"][0]["path"].as_str().unwrap_or_default(), field, "{call}: {error}");
        assert!(error["request_id"].is_string(), "{call}: {error}");
    }
    assert_eq!(app.get("/api/fn/get_kill?id=1").await.status().as_u16(), 404);
    assert_eq!(app.get("/api/fn/list_kills?query=").await.status().as_u16(), 200);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn posted_killmails_are_checked_and_come_in() {
    let (app, _) = with_kills(1).await;
    let posted = |body: String, kind: &'static str| {
        let request = app.client.post(app.url("/api/v1/killmails")).header("content-type", kind).body(body);
        async move { request.send().await.expect("answer") }
    };
    let post = |body: Value| posted(body.to_string(), "application/json");
    // The feed is down, so that only the post can bring the kill.
    app.simulator.set_outage("r2z2", true);
    let id = app.simulator.emit(1)[0];
    let (_, hash) = app.simulator.killmail(id).expect("just emitted");

    for (body, path) in [
        (json!({ "killmail_id": id }), "hash"),
        (json!({ "killmail_id": id, "hash": "0".repeat(40) }), "hash"),
        (json!({ "killmail_id": -1, "hash": hash }), "killmail_id"),
        (json!({ "link": "https://zkillboard.com/kill/5/" }), "link"),
        (json!({ "id": id }), "body"),
        (json!([1, 2]), "body"),
    ] {
        let answer = post(body.clone()).await;
        assert_eq!(answer.status(), 400, "{body}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(answer.json::<Value>().await.expect("JSON")["problems"][0]["path"], path, "{body}");
    }
    let form = posted(format!("killmail_id={id}&hash={hash}"), "application/x-www-form-urlencoded").await;
    assert_eq!(form.status(), 415, "another site's form is refused");

    let accepted = post(json!({ "link": format!("https://esi.evetech.net/killmails/{id}/{hash}/") })).await;
    assert_eq!(accepted.status(), 202);
    assert_eq!(accepted.json::<Value>().await.expect("JSON"), json!({ "killmail_id": id, "state": "accepted" }));
    eventually("it is listed", || async { app.get(&format!("/api/v1/killmails/{id}")).await.status() == 200 }).await;
    assert_eq!(app.json(&format!("/api/v1/killmails/{id}")).await["summary"]["source"], "manual");
    let again = post(json!({ "killmail_id": id, "hash": hash })).await;
    assert_eq!(
        (again.status().as_u16(), again.json::<Value>().await.expect("JSON")["state"].clone()),
        (200, json!("known"))
    );
    eventually("it is stored", || async { app.stored().await == 2 }).await;

    // Unknown ids cost a request each, and somebody who tries many is told to slow down.
    eventually("the pace bites", || async {
        let answer = post(json!({ "killmail_id": 7, "hash": "0".repeat(40) })).await;
        answer.status() == 429 && answer.headers().contains_key("retry-after")
    })
    .await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paging_visits_every_kill_once_in_both_directions() {
    let (app, mut emitted) = with_kills(60).await;
    let mut seen = Vec::new();
    let mut path = "/api/v1/killmails?limit=7".to_owned();
    let last = loop {
        let page = app.json(&path).await;
        let kills = page["kills"].as_array().expect("kills").clone();
        seen.extend(kills.iter().filter_map(|kill| kill["killmail_id"].as_i64()));
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/killmails?limit=7&before={next}"),
            None => break page,
        }
    };
    let forwards = seen.clone();
    seen.sort_unstable();
    emitted.sort_unstable();
    assert_eq!(seen, emitted);

    let mut back: Vec<i64> = ids(&last);
    let mut prev = last["prev"].as_str().map(str::to_owned);
    while let Some(cursor) = prev {
        let page = app.json(&format!("/api/v1/killmails?limit=7&after={cursor}")).await;
        back.splice(0..0, ids(&page));
        prev = page["prev"].as_str().map(str::to_owned);
    }
    assert_eq!(back, forwards);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_on_its_way_into_the_database_is_in_the_list_all_the_time() {
    const READERS: usize = 16;
    let app = TestApp::start("r2z2").await;
    for count in 1..=8 {
        let id = app.simulator.emit(1)[0];
        app.simulator.publish_sequence();
        eventually("it is known", || async { app.get(&format!("/api/v1/killmails/{id}")).await.status() == 200 }).await;
        // Many readers at once: the moment between "only in memory" and "only in the database" is short.
        let read_until_stored = async || {
            loop {
                let is_stored = app.stored().await == count;
                let page = app.json("/api/v1/killmails?limit=200").await;
                assert!(ids(&page).contains(&id), "kill {id} is missing while it is being stored");
                if is_stored {
                    break;
                }
            }
        };
        futures::future::join_all((0..READERS).map(|_| read_until_stored())).await;
    }
    app.stop().await;
}

fn ids(page: &Value) -> Vec<i64> {
    page["kills"].as_array().into_iter().flatten().filter_map(|kill| kill["killmail_id"].as_i64()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_given_and_found() {
    let (app, _) = with_kills(60).await;
    let all = app.json("/api/v1/killmails?limit=200").await;
    let tags_of = |kill: &Value| -> Vec<String> {
        kill["module_tags"].as_array().into_iter().flatten().filter_map(|tag| tag.as_str().map(str::to_owned)).collect()
    };
    let kills = all["kills"].as_array().expect("kills");
    let fitted: Vec<&Value> = kills.iter().filter(|kill| tags_of(kill).len() > 5).collect();
    assert!(fitted.len() > 10, "most generated ships have a fit");
    for kill in fitted.iter().take(5) {
        let tags = tags_of(kill);
        for tag in &tags {
            assert!(domain::tags::find(tag).is_some(), "{tag} is in the vocabulary");
        }
        let wanted = [tags[0].as_str(), tags[tags.len() - 1].as_str()];
        // The case of a tag does not matter to the filter.
        let query = wanted.join(",").to_lowercase().replace(' ', "%20");
        let found = app.json(&format!("/api/v1/killmails?limit=200&tags={query}")).await;
        let expected: Vec<i64> = kills
            .iter()
            .filter(|kill| wanted.iter().all(|tag| tags_of(kill).iter().any(|has| has == tag)))
            .filter_map(|kill| kill["killmail_id"].as_i64())
            .collect();
        assert_eq!(ids(&found), expected, "{query}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_tells_what_stood_nearest() {
    let (app, emitted) = with_kills(20).await;
    let mut told = 0;
    for id in &emitted {
        let kill = app.json(&format!("/api/v1/killmails/{id}")).await;
        // Abyssal deadspace has no celestials.
        let is_known = kill["position"].is_object() && kill["summary"]["place"]["band"] != "abyssal";
        assert_eq!(kill["nearest"].is_object(), is_known, "kill {id}");
        if let Some(name) = kill["nearest"]["name"].as_str() {
            told += 1;
            assert!(!name.is_empty() && kill["nearest"]["distance_m"].as_f64().is_some_and(|metres| metres >= 0.0));
            assert!(kill["nearest"]["id"].is_i64());
            let page = app.get(&format!("/kill/{id}")).await.text().await.expect("page");
            assert!(page.contains(name) || name.contains('\''), "{name} is on the page of kill {id}");
        }
    }
    assert!(told > 0, "generated kills have positions");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documented_paths_exist_and_answer() {
    let (app, emitted) = with_kills(40).await;
    let kill = app.json(&format!("/api/v1/killmails/{}", emitted[0])).await;
    let place = &kill["summary"]["place"];
    let party = kill["attackers"].as_array().into_iter().flatten().find(|row| row["party"]["character"].is_object());
    eventually("the names are stored", || async {
        match party {
            Some(row) => {
                app.get(&format!("/api/v1/characters/{}", row["party"]["character"]["id"])).await.status() == 200
            }
            None => true,
        }
    })
    .await;
    for operation in openapi::OPERATIONS {
        let id = match operation.path {
            path if path.starts_with("/killmails") => emitted[0].to_string(),
            path if path.starts_with("/systems") => place["solar_system_id"].to_string(),
            path if path.starts_with("/constellations") => place["constellation_id"].to_string(),
            path if path.starts_with("/regions") => place["region_id"].to_string(),
            "/types/{id}" | "/types/{id}/stats" => "587".to_owned(),
            "/groups/{id}" => "25".to_owned(),
            _ => "1000002".to_owned(),
        };
        let path = operation.path.replace("{kind}", "systems").replace("{id}", &id);
        let query = if operation.path == "/search" { "?q=rifter" } else { "" };
        let response = app.get(&format!("/api/v1{path}{query}")).await;
        match operation.path {
            // A plain GET is no WebSocket handshake.
            "/stream" => assert!(response.status().is_client_error()),
            // Whether this id is a pilot or an alliance, the path itself is served.
            "/characters/{id}" | "/alliances/{id}" => {
                let text = response.text().await.expect("text");
                assert!(!text.contains("no such API path"), "{path}");
            }
            _ => assert_eq!(response.status(), 200, "{path}"),
        }
    }
    assert_eq!(app.json("/api/v1/search?q=Jita").await[0]["name"], "Jita");
    assert!(app.get("/api/docs").await.text().await.expect("text").contains("/api/v1/killmails/{id}"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_whole_without_javascript_and_carry_a_policy() {
    let (app, emitted) = with_kills(12).await;
    let id = emitted[3];
    let kill = app.json(&format!("/api/v1/killmails/{id}")).await;
    let ship = kill["summary"]["ship"]["name"].as_str().expect("name").to_owned();
    let system = kill["summary"]["place"]["solar_system_id"].to_string();
    for (path, wanted) in [
        ("/".to_owned(), format!("/kill/{id}")),
        (format!("/kill/{id}"), ship.clone()),
        (format!("/kill/{id}/"), ship),
        (format!("/system/{system}"), format!("/kill/{id}")),
        ("/status".to_owned(), "r2z2".to_owned()),
        ("/search?q=jita".to_owned(), "/system/30000142".to_owned()),
    ] {
        let response = app.get(&path).await;
        assert_eq!(response.status(), 200, "{path}");
        let policy = response.headers()["content-security-policy"].to_str().expect("ASCII").to_owned();
        assert!(policy.contains("script-src 'nonce-") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        let html = response.text().await.expect("HTML");
        assert!(html.to_lowercase().contains(&wanted.to_lowercase()), "{path} lacks {wanted}");
    }
    for path in ["/nowhere", "/kill/1", "/kill/abc", "/system/1", "/region/x"] {
        assert!(app.get(path).await.status().is_client_error(), "{path}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_a_ship_are_those_of_its_losses() {
    let (app, _) = with_kills(120).await;
    let kills = app.json("/api/v1/killmails?limit=200").await;
    let mut losses: std::collections::BTreeMap<i64, Vec<&Value>> = std::collections::BTreeMap::new();
    for kill in kills["kills"].as_array().into_iter().flatten() {
        if let (Some(id), false) = (kill["ship"]["type_id"].as_i64(), kill["ship"]["group_name"] == "Capsule") {
            losses.entry(id).or_default().push(kill);
        }
    }
    let (id, losses) = losses.iter().max_by_key(|(_, losses)| losses.len()).expect("a ship");
    let stats = app.json(&format!("/api/v1/types/{id}/stats?window=7")).await;
    let number = |value: &Value| value.as_f64().expect("a number");
    assert_eq!((&stats["type_id"], &stats["window_days"]), (&Value::from(*id), &Value::from(7)));
    assert_eq!(number(&stats["n"]) as usize, losses.len());
    assert_eq!(stats["is_cut"], false);
    let isk: f64 = losses.iter().filter_map(|kill| kill["total_value"].as_f64()).sum();
    assert!((number(&stats["isk_lost"]) - isk).abs() < 1.0, "{} is not {isk}", stats["isk_lost"]);
    let in_fits: f64 = stats["fits"].as_array().expect("fits").iter().map(|fit| number(&fit["losses"])).sum();
    assert!(in_fits >= 1.0 && in_fits <= number(&stats["n"]));
    let fit = &stats["fits"][0];
    let example = app.json(&format!("/api/v1/killmails/{}", fit["example"])).await;
    assert_eq!(example["summary"]["ship"]["type_id"], *id);
    assert_eq!(fit["eft"], example["eft"]);
    let best = &stats["killers"]["corporations"][0];
    assert!(number(&best["losses"]) >= 1.0, "{best}");

    let page = app.get(&format!("/type/{id}?window=7")).await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.expect("HTML");
    let newest = losses[0]["killmail_id"].to_string();
    assert!(html.contains(&format!("/kill/{newest}")) && html.contains("Usual fits"), "the page of {id}");

    // The numbers are kept for a minute, the list of losses is not.
    let again = app.json(&format!("/api/v1/types/{id}/stats?window=7")).await;
    assert_eq!(again["computed_at"], stats["computed_at"]);

    let status = app.get("/status").await.text().await.expect("HTML");
    assert!(status.contains("ship statistics") && status.contains("Version "), "the data panel");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ship_addresses_of_other_sites_lead_to_the_type() {
    let app = TestApp::start("r2z2").await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("client");
    for (path, wanted) in
        [("/ship/587", "/type/587"), ("/ship/587/", "/type/587/"), ("/ship/587?window=7", "/type/587?window=7")]
    {
        let answer = client.get(app.url(path)).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 308, "{path}");
        assert_eq!(answer.headers()["location"], wanted, "{path}");
    }
    assert_eq!(app.get("/ship/587/").await.status(), 200);
    for (path, wanted) in
        [("/type/999999999", 404), ("/type/abc", 400), ("/ship/abc", 400), ("/type/587?window=8", 400)]
    {
        assert_eq!(app.get(path).await.status().as_u16(), wanted, "{path}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_and_metrics() {
    let (app, _) = with_kills(3).await;
    assert_eq!(app.get("/healthz").await.text().await.expect("text"), "ok");
    let ready = app.json("/readyz").await;
    assert_eq!((&ready["ready"], &ready["feed"]["health"]), (&Value::from(true), &Value::from("live")));
    let metrics = app.get("/metrics").await.text().await.expect("text");
    for name in [
        "killmails_stored_total",
        "feed_events_total",
        "queue_depth",
        "process_resident_memory_bytes",
        "cache_hits_total{cache=\"fits\"}",
        "cache_entries{cache=\"fits\"}",
    ] {
        assert!(metrics.contains(name), "{name}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn images_come_from_our_origin_and_never_break() {
    let app = TestApp::start("r2z2").await;
    let image = app.get("/images/types/587/icon?size=64").await;
    assert_eq!(
        (image.status().as_u16(), &image.headers()["content-type"]),
        (200, &"image/png".parse().expect("header"))
    );
    app.simulator.set_outage("images", true);
    let placeholder = app.get("/images/types/588/icon?size=64").await;
    assert_eq!(placeholder.headers()["content-type"], "image/svg+xml");
    for path in
        ["/images/types/587/icon?size=63", "/images/secrets/1/icon", "/images/types/0/icon", "/images/types/x/icon"]
    {
        assert_eq!(app.get(path).await.status(), 404, "{path}");
    }
    app.stop().await;
}
