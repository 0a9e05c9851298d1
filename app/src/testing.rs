//! A backend with made-up kills of real ships in real systems, and rendering of whole pages as the server does it.
//! For tests of this crate only.

use crate::{App, backend::StatusHook};
use async_trait::async_trait;
use contract::ports::{BackendHandle, Kills, Paging, Places, Status, Types};
use contract::{
    ApiError, FeedHealth, FeedStatus, FilterName, KillDetail, KillPage, LiveStats, MinuteBucket, PlaceKind, PlacePage,
    RankedPage, SearchHit, StatsWindow, StatusReport, TypePage,
};
use domain::{
    AllianceId, CharacterId, CorporationId, Cursor, FinalBlow, Isk, KillFilter, KillSummary, KillmailId, Named, Party,
    Place, ShipRef, Source, StaticData, Timestamp, TypeId,
    sort::{RankCursor, Ranking},
};
use futures::StreamExt;
use leptos::prelude::*;
use leptos_router::location::RequestUrl;
use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

const SHIPS: &[(&str, i64)] = &[
    ("Rifter", 1_240_000),
    ("Capsule", 10_000),
    ("Loki", 612_400_000),
    ("Stratios", 341_000_000),
    ("Astrahus", 2_140_000_000),
    ("Mobile Tractor Unit", 9_800_000),
    ("Dreadnought Blueprint", 0),
    ("Catalyst", 2_900_000),
    ("Tempest Fleet Issue", 712_000_000),
    ("Hulk", 298_000_000),
    ("Nyx", 31_500_000_000),
    ("Capsule", 1_420_000_000),
];
const SYSTEMS: &[&str] = &["Jita", "Tama", "1DQ1-A", "J100033", "Amamake", "Otela", "M-OEE8", "Thera"];
const PILOTS: &[&str] = &[
    "Ayla Voss",
    "Kestrel Nine",
    "Dmitri Ионов",
    "Sable Thorn",
    "Mirelle Oka",
    "Captain Longname The Extraordinary III",
];
const CORPORATIONS: &[&str] = &["Kinetic Dawn", "Void Cartographers", "Hollow Sun Industries", "Night Shift Logistics"];
const ALLIANCES: &[&str] = &["Pale Horizon", "Iron Concord"];

fn party(index: usize) -> Party {
    let corporation = index % CORPORATIONS.len();
    Party {
        character: Some(Named {
            id: CharacterId(90_000_000 + index as i64),
            name: (index % 17 != 16).then(|| PILOTS[index % PILOTS.len()].to_owned()),
        }),
        corporation: Some(Named {
            id: CorporationId(98_000_000 + corporation as i64),
            name: Some(CORPORATIONS[corporation].to_owned()),
        }),
        alliance: (!index.is_multiple_of(3))
            .then(|| Named { id: AllianceId(99_000_000), name: Some(ALLIANCES[index % ALLIANCES.len()].to_owned()) }),
        faction: None,
    }
}

/// The kill with this number; higher is newer.
pub fn kill(number: i64) -> KillSummary {
    let data = StaticData::bundled();
    let index = number.unsigned_abs() as usize;
    let (ship, value) = SHIPS[index % SHIPS.len()];
    let type_id = data.type_by_name(ship).map_or(TypeId(999_999_999), |info| info.id);
    let system = data.system_by_name(SYSTEMS[index % SYSTEMS.len()]).map(|system| system.id).unwrap();
    let is_npc = index % 9 == 4;
    let attacker = data.type_by_name(SHIPS[(index + 3) % SHIPS.len()].0).map(|info| ShipRef::new(info.id, &data));
    let at = Timestamp::from_timestamp(1_795_000_000 + number * 7, 0).unwrap();
    let attackers = [1, 1, 4, 12, 38, 2, 1, 214][index % 8];
    KillSummary {
        killmail_id: KillmailId(number),
        hash: None,
        killmail_time: at,
        place: Place::new(system, &data),
        location_id: None,
        war_id: None,
        victim: party(index * 5 + 1),
        ship: ShipRef::new(type_id, &data),
        final_blow: Some(FinalBlow {
            party: if is_npc { Party::default() } else { party(index * 7 + 3) },
            ship: attacker,
            weapon: None,
        }),
        attacker_count: attackers,
        player_attacker_count: if is_npc { 0 } else { attackers },
        total_value: (value > 0).then(|| Isk::from_isk(value + number % 1000)),
        unpriced_types: u32::from(index % 11 == 10),
        is_solo: attackers == 1 && !is_npc,
        is_npc,
        is_awox: index % 23 == 22,
        module_tags: ["T2", "High Slot", "Warp Scrambler", "Stasis Webifier", "Armor Plate", "T2 Guns"][..index % 7]
            .iter()
            .map(|tag| (*tag).to_owned())
            .collect(),
        ehp: None,
        dps: None,
        fit_is_lower_bound: false,
        tank: None,
        source: Source::R2z2,
        received_at: at,
        enrichment_failed: false,
    }
}

/// Answers every list with the kills 1 to 100 and knows no single kill.
pub struct FakeBackend {
    pub is_demo: bool,
}

#[async_trait]
impl Kills for FakeBackend {
    async fn list_kills(&self, filter: KillFilter, paging: Paging) -> Result<KillPage, ApiError> {
        if filter.solo == Some(false) {
            return Ok(KillPage::default());
        }
        let kills: Vec<KillSummary> = (1..=i64::from(paging.limit)).rev().map(kill).collect();
        let cursor = |kill: &KillSummary| Cursor { killmail_time: kill.killmail_time, killmail_id: kill.killmail_id };
        Ok(KillPage { next: kills.last().map(cursor), prev: kills.first().map(cursor), kills })
    }

    async fn list_ranked(
        &self,
        _: KillFilter,
        ranking: Ranking,
        before: Option<RankCursor>,
        limit: u32,
    ) -> Result<RankedPage, ApiError> {
        if before.is_some_and(|before| before.ranking != ranking) {
            return Err(ApiError::invalid("before", "is a cursor of another order"));
        }
        let fitted = |number: i64| KillSummary {
            ehp: Some(number * 1_000),
            dps: Some(number),
            fit_is_lower_bound: number % 5 == 0,
            ..kill(number)
        };
        let kills: Vec<KillSummary> = (1..=i64::from(limit)).rev().map(fitted).collect();
        let next = kills.last().map(|kill| RankCursor { ranking, key: 1_000, killmail_id: kill.killmail_id });
        Ok(RankedPage { ranking, kills, next })
    }

    async fn get_kill(&self, _: KillmailId) -> Result<KillDetail, ApiError> {
        Err(ApiError::not_found("This kill"))
    }

    async fn filter_names(&self, filter: &KillFilter) -> Result<Vec<FilterName>, ApiError> {
        let data = StaticData::bundled();
        let name = |id: &TypeId| FilterName {
            field: "ship_type_id".to_owned(),
            id: id.0,
            name: data.type_name(*id).unwrap_or_default().to_owned(),
        };
        Ok(filter.ship_type_id.iter().map(name).collect())
    }
}

#[async_trait]
impl Places for FakeBackend {
    async fn get_place(&self, _: PlaceKind, _: i64, _: Paging) -> Result<PlacePage, ApiError> {
        Err(ApiError::not_found("This place"))
    }

    async fn search(&self, _: &str) -> Result<Vec<SearchHit>, ApiError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Types for FakeBackend {
    async fn get_type(&self, id: i64, window: StatsWindow, _: Paging) -> Result<TypePage, ApiError> {
        let data = StaticData::bundled();
        let name = data.type_name(TypeId(id)).ok_or_else(|| ApiError::not_found("This type"))?;
        Ok(crate::pages::types::fixtures::quiet(name, window))
    }
}

#[async_trait]
impl Status for FakeBackend {
    async fn live_stats(&self) -> Result<LiveStats, ApiError> {
        let minutes = (0..60_u32)
            .map(|minute| MinuteBucket { kills: 8 + (minute * minute * 7 + minute * 3) % 23, isk: Isk::ZERO })
            .collect();
        Ok(LiveStats { minutes, kills_last_hour: 1_128, isk_last_hour: Isk::from_isk(412_380_000_000), watchers: 3 })
    }

    async fn status(&self) -> Result<StatusReport, ApiError> {
        Err(ApiError::not_found("The status"))
    }

    fn feed_status(&self) -> FeedStatus {
        FeedStatus {
            health: FeedHealth::Live,
            active: Some(Source::R2z2),
            lag_ms: Some(4_210),
            ..FeedStatus::default()
        }
    }

    fn is_demo(&self) -> bool {
        self.is_demo
    }
}

/// The body of the document at `path` and its status, as a browser without JavaScript gets them.
pub async fn render(path: &str, cookie: Option<&str>) -> (u16, String) {
    drop(any_spawner::Executor::init_tokio());
    let mut request = http::Request::builder().uri(path);
    if let Some(cookie) = cookie {
        request = request.header(http::header::COOKIE, cookie);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let status = Arc::new(AtomicU16::new(200));
    let owner = Owner::new_root(Some(Arc::new(hydration_context::SsrSharedContext::new())));
    let stream = owner.with(|| {
        provide_context(RequestUrl::new(path));
        provide_context(parts);
        provide_context::<BackendHandle>(Arc::new(FakeBackend { is_demo: true }));
        let hook = Arc::clone(&status);
        provide_context(StatusHook(Arc::new(move |code| hook.store(code, Ordering::Relaxed))));
        leptos_meta::provide_meta_context();
        App().to_html_stream_in_order()
    });
    let html: String = stream.collect().await;
    (status.load(Ordering::Relaxed), html)
}
