//! Killmails to store: the real ones beside the repository, when they are there, and made-up ones of every shape.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::{
    Enrichment, FitFacts, FitKey, Isk, KillRecord, Killmail, KillmailHash, KillmailId, PriceSource, Source, StaticData,
    Timestamp, TypeId, UnitPrice, classify::classify, fit_stats::Tank, static_data::Celestials,
    valuation::value_killmail,
};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use store::{InsertOutcome, KillBatch, Store, StoreError};

const REAL_KILLMAILS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/killmails");

/// Real killmails in their file's order; empty, with a message, where the files are missing.
pub fn real_records(file: &str, limit: usize) -> Vec<KillRecord> {
    let path = Path::new(REAL_KILLMAILS).join(file);
    let Ok(compressed) = std::fs::File::open(&path) else {
        eprintln!("{} is missing: this test runs on made-up killmails only", path.display());
        return Vec::new();
    };
    let lines = std::io::read_to_string(zstd::stream::read::Decoder::new(compressed).unwrap()).unwrap();
    let records = lines.lines().take(limit).map(|line| {
        let line: RealLine<'_> = serde_json::from_str(line).unwrap();
        let hash = line.hash.map(|hash| hash.parse().unwrap());
        let reported = line.zkb.and_then(|zkb| serde_json::from_value(zkb["totalValue"].clone()).ok());
        let mut record = record_of(line.killmail.get(), hash);
        record.enrichment.reported_value = reported;
        record
    });
    records.collect()
}

#[derive(serde::Deserialize)]
struct RealLine<'a> {
    hash: Option<String>,
    #[serde(borrow)]
    killmail: &'a serde_json::value::RawValue,
    zkb: Option<Value>,
}

/// A record as the pipeline would make it, with made-up prices and tags that depend on the mail only.
pub fn record_of(payload: &str, hash: Option<KillmailHash>) -> KillRecord {
    let static_data = StaticData::bundled();
    let killmail = Killmail::decode(payload, at(2027, 1, 1)).unwrap();
    let facts = classify(&killmail, &static_data);
    let price = |type_id: TypeId| {
        let price = Isk::from_hundredths(type_id.0 % 9_973 * 1_234_567 + 1);
        let priced = UnitPrice { price, source: PriceSource::EsiAverage, at: killmail.killmail_time };
        (type_id.0 % 7 != 0).then_some(priced)
    };
    let (valuation, unit_prices) = value_killmail(&killmail, &static_data, &price);
    let id = killmail.killmail_id.0;
    let tags = ["T1", "T2", "Microwarpdrive", "a \"quoted\" \\tag", "tab\there"];
    KillRecord {
        payload: Arc::from(payload),
        hash,
        source: Source::ALL[(id % 7) as usize],
        received_at: killmail.killmail_time + TimeDelta::milliseconds(4_321),
        enrichment: Enrichment {
            version: Enrichment::VERSION,
            enriched_at: killmail.killmail_time + TimeDelta::milliseconds(5_000),
            failed_at: (id % 11 == 0).then_some(killmail.killmail_time),
            valuation,
            reported_value: None,
            is_solo: facts.is_solo,
            is_npc: facts.is_npc,
            is_awox: facts.is_awox,
            player_attacker_count: facts.player_attacker_count,
            labels: vec!["pvp".to_owned(), format!("loc:{}", id % 3)],
            location_id: Celestials::bundled().nearest_to(&killmail, &static_data).and_then(|nearest| nearest.id),
            module_tags: (0..5).filter(|bit| id >> bit & 1 == 1).map(|bit| tags[bit as usize].to_owned()).collect(),
            // Every third fit was never looked at, every third has weapons.
            fit: FitFacts {
                hash: Some(FitKey::of(&killmail, &static_data).hash()),
                engine_build: (id % 3 != 0).then(|| "a build".to_owned()),
                ehp: (id % 3 != 0).then_some(id % 997 * 31),
                dps: (id % 3 == 1).then_some(id % 89),
                is_lower_bound: id % 6 == 1,
                tank: (id % 3 != 0).then_some(Tank::ALL[(id % 5) as usize]),
            },
            unit_prices,
        },
        killmail: Arc::new(killmail),
    }
}

/// A small mail at a time; everything else follows from the id.
pub fn made_up(id: i64, time: Timestamp) -> KillRecord {
    let ships = [587, 670, 24_690, 11_567, 35_832, 603, 999_999_999];
    let systems = [30_000_142, 30_002_187, 31_000_005, 30_045_344, 30_004_759, 99_999_999];
    let pick = |from: &[i64], salt: i64| from[(id / salt).rem_euclid(from.len() as i64) as usize];
    let attackers: Vec<Value> = (0..id % 4 + 1)
        .map(|n| {
            let mut attacker = json!({
                "damage_done": 100 * n,
                "final_blow": n == 0 && id % 5 != 0,
                "ship_type_id": pick(&ships, n + 1),
                "corporation_id": if n == 2 { 1_000_125 } else { 98_000_000 + id % 3 },
                "security_status": 1.5,
            });
            if n != 2 {
                attacker["character_id"] = json!(90_000_000 + (id + n) % 10);
                attacker["alliance_id"] = json!(99_000_000 + id % 2);
            }
            attacker
        })
        .collect();
    let mail = json!({
        "killmail_id": id,
        // Every fifth is of one of two wars; 0 means none.
        "war_id": if id % 5 == 0 { 712_000 + id % 2 } else { 0 },
        "killmail_time": time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "solar_system_id": pick(&systems, 3),
        "attackers": attackers,
        "victim": {
            "character_id": 90_000_000 + id % 10,
            "corporation_id": 98_000_000 + (id + 1) % 3,
            "ship_type_id": pick(&ships, 2),
            "damage_taken": 1_000,
            "position": {"x": 1.5e11, "y": -3.25, "z": 0.0},
            "items": [{"item_type_id": 2_048, "flag": 11, "singleton": 0, "quantity_destroyed": 1}],
        },
    });
    let hash = (id % 2 == 0).then(|| format!("{id:040x}").parse().unwrap());
    record_of(&mail.to_string(), hash)
}

/// So many small mails, one every `step`, numbered from `first_id`.
pub fn made_up_many(first_id: i64, count: i64, start: Timestamp, step: TimeDelta) -> Vec<KillRecord> {
    (0..count).map(|n| made_up(first_id + n, start + step * i32::try_from(n).unwrap())).collect()
}

pub fn at(year: i32, month: u32, day: u32) -> Timestamp {
    Utc.with_ymd_and_hms(year, month, day, 0, 0, 0).unwrap()
}

pub fn second(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

pub fn ids_of(records: &[KillRecord]) -> Vec<KillmailId> {
    records.iter().map(|record| record.killmail.killmail_id).collect()
}

/// Stores records in batches of 500, without positions.
pub async fn insert(store: &Store, records: &[KillRecord]) -> InsertOutcome {
    let mut whole = InsertOutcome::default();
    for records in records.chunks(500) {
        let outcome = try_insert(store, records).await.unwrap();
        whole.inserted.extend(outcome.inserted);
        whole.known.extend(outcome.known);
        whole.rejected.extend(outcome.rejected);
    }
    whole
}

pub async fn try_insert(store: &Store, records: &[KillRecord]) -> Result<InsertOutcome, StoreError> {
    let records: Vec<&KillRecord> = records.iter().collect();
    let batch = KillBatch { records: &records, static_data: &StaticData::bundled(), positions: &[], dead_letters: &[] };
    store.insert_batch(&batch).await
}

pub async fn count(pool: &sqlx::PgPool, table: &'static str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(pool).await.unwrap()
}

/// Numbers that look random and are the same in every run (SplitMix64).
pub struct Random(u64);

impl Random {
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % bound as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One to `most` of the values.
    pub fn some<T: Clone>(&mut self, from: &[T], most: usize) -> Vec<T> {
        (0..=self.below(most)).map(|_| self.pick(from).clone()).collect()
    }
}
