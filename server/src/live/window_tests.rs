//! The counters behind the sparkline.

use super::*;
use crate::{
    enrichment::{Arrived, Body, enrich},
    services::prices::PriceTable,
};
use domain::Source;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_timestamp(1_700_000_040 + minute * 60, 0).expect("a time")
}

/// A kill that happened and one that arrived at these minutes.
fn publish(window: &Window, static_data: &StaticData, id: i64, happened: i64, arrived: i64) {
    let payload = serde_json::json!({
        "killmail_id": id, "killmail_time": at(happened), "solar_system_id": 30_000_142,
        "victim": {"ship_type_id": 587, "damage_taken": 1},
        "attackers": [{"final_blow": true, "damage_done": 1, "security_status": 0.0}],
    })
    .to_string();
    let (source, received_at) = (Source::R2z2, at(arrived));
    let body = Body { payload: payload.into(), hash: None, source, received_at, reported: None };
    let arrived = Arrived::read(body, None, received_at).expect("a killmail");
    let record = enrich(arrived, static_data, &PriceTable::default(), received_at).record;
    window.publish(Arc::new(record), &|_| None, static_data, false);
}

#[test]
fn kills_count_for_the_minute_they_arrived_and_late_ones_for_that_of_the_loss() {
    let window = Window::new(broadcast::channel(100).0);
    let static_data = StaticData::bundled();
    let mut id = 0;
    let mut kill = |happened, arrived| {
        id += 1;
        publish(&window, &static_data, id, happened, arrived);
    };
    kill(58, 59); // usual
    kill(54, 59); // five minutes are usual as well
    kill(10, 59); // history that came at once
    kill(10, 59);
    kill(30, 59);
    kill(-70, 59); // longer ago than is shown
    let stats = window.stats(at(60), 0);
    let counted: Vec<(usize, u32)> =
        stats.minutes.iter().enumerate().filter(|(_, bucket)| bucket.kills > 0).map(|(i, b)| (i, b.kills)).collect();
    assert_eq!(counted, [(10, 2), (30, 1), (59, 2)]);
    assert_eq!(stats.kills_last_hour, 5);
}
