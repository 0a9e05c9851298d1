//! Pages of systems, constellations and regions.

use super::{Services, store_failure};
use chrono::{DurationRound, TimeDelta};
use contract::ports::Paging;
use contract::{ApiError, HourBucket, PlaceKind, PlacePage, PlaceRef, RankedEntry};
use domain::{ConstellationId, Isk, KillFilter, Place, RegionId, SolarSystemId, StaticData, TypeId};
use std::collections::HashMap;
use store::ActivityScope;

/// Hours of activity shown, the running one included.
const WINDOW_HOURS: i64 = 25;
const TOP_SHIPS: u32 = 8;
/// A region has up to 120 systems; the page lists the busiest.
const MAX_SYSTEMS: usize = 60;

/// What differs between the three kinds of place.
struct Scope {
    name: String,
    filter: KillFilter,
    activity: ActivityScope,
    place: Option<Place>,
    constellation: Option<ConstellationId>,
    region: Option<RegionId>,
    /// Neighbours of a system, or the systems inside.
    systems: Vec<SolarSystemId>,
}

impl Services {
    /// The page of a place.
    ///
    /// # Errors
    /// `NotFound` for an unknown place, `Unavailable` when the database does not answer.
    pub(super) async fn get_place(&self, kind: PlaceKind, id: i64, paging: Paging) -> Result<PlacePage, ApiError> {
        let static_data = self.static_data();
        let scope = Self::scope(kind, id, &static_data)?;
        let now = self.now();
        let this_hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
        let from = this_hour - TimeDelta::hours(WINDOW_HOURS - 1);
        let to = this_hour + TimeDelta::hours(1);
        let store = self.store();
        let (hours, by_system, ships, recent) = tokio::join!(
            store.activity_by_hour(scope.activity, from, to),
            store.count_kills_by_system(&scope.systems, from, to),
            store.list_top_ships(scope.activity, from, to, TOP_SHIPS),
            self.list_kills(&scope.filter, paging),
        );
        let hours = hours.map_err(|error| store_failure(&error))?;
        let by_system = by_system.map_err(|error| store_failure(&error))?;
        let ships = ships.map_err(|error| store_failure(&error))?;
        let by_hour: HashMap<_, _> = hours.into_iter().map(|bucket| (bucket.hour, bucket)).collect();
        let activity: Vec<HourBucket> = (0..WINDOW_HOURS)
            .map(|offset| from + TimeDelta::hours(offset))
            .map(|hour| {
                let bucket = by_hour.get(&hour);
                HourBucket {
                    hour,
                    kills: bucket.map_or(0, |bucket| bucket.kills),
                    isk: bucket.map_or(Isk::ZERO, |bucket| bucket.value),
                }
            })
            .collect();
        let kills_by_system: HashMap<SolarSystemId, u64> =
            by_system.into_iter().map(|ranked| (SolarSystemId(ranked.id), ranked.kills)).collect();
        let mut systems: Vec<PlaceRef> = scope
            .systems
            .iter()
            .filter_map(|id| system_ref(*id, kills_by_system.get(id).copied().unwrap_or(0), &static_data))
            .collect();
        systems.sort_by(|a, b| b.kills.cmp(&a.kills).then_with(|| a.name.cmp(&b.name)));
        systems.truncate(MAX_SYSTEMS);
        Ok(PlacePage {
            kind,
            id,
            name: scope.name,
            place: scope.place,
            constellation: scope.constellation.and_then(|id| static_data.constellation(id)).map(|info| PlaceRef {
                id: info.id.0,
                name: info.name.clone(),
                security: None,
                band: None,
                kills: 0,
            }),
            region: scope.region.and_then(|id| static_data.region(id)).map(|info| PlaceRef {
                id: info.id.0,
                name: info.name.clone(),
                security: None,
                band: None,
                kills: 0,
            }),
            systems,
            kills_in_window: activity.iter().map(|bucket| bucket.kills).sum(),
            isk_in_window: activity.iter().map(|bucket| bucket.isk).sum(),
            activity,
            window_hours: WINDOW_HOURS as u32,
            top_ships: ships
                .into_iter()
                .map(|ranked| RankedEntry {
                    id: ranked.id,
                    name: static_data
                        .type_name(TypeId(ranked.id))
                        .map_or_else(|| format!("Unknown type {}", ranked.id), str::to_owned),
                    kills: ranked.kills,
                    isk: ranked.value,
                })
                .collect(),
            recent: recent?,
        })
    }

    fn scope(kind: PlaceKind, id: i64, static_data: &StaticData) -> Result<Scope, ApiError> {
        match kind {
            PlaceKind::System => {
                let id = SolarSystemId(id);
                let info = static_data.system(id).ok_or_else(|| ApiError::not_found(&format!("System {id}")))?;
                Ok(Scope {
                    name: info.name.clone(),
                    filter: KillFilter { system_id: vec![id], ..KillFilter::default() },
                    activity: ActivityScope::System(id),
                    place: Some(Place::new(id, static_data)),
                    constellation: Some(info.constellation_id),
                    region: Some(info.region_id),
                    systems: static_data.neighbours(id).to_vec(),
                })
            }
            PlaceKind::Constellation => {
                let id = ConstellationId(id);
                let info =
                    static_data.constellation(id).ok_or_else(|| ApiError::not_found(&format!("Constellation {id}")))?;
                let inside = static_data.systems().filter(|system| system.constellation_id == id);
                Ok(Scope {
                    name: info.name.clone(),
                    filter: KillFilter { constellation_id: vec![id], ..KillFilter::default() },
                    activity: ActivityScope::Constellation(id),
                    place: None,
                    constellation: None,
                    region: Some(info.region_id),
                    systems: inside.map(|system| system.id).collect(),
                })
            }
            PlaceKind::Region => {
                let id = RegionId(id);
                let info = static_data.region(id).ok_or_else(|| ApiError::not_found(&format!("Region {id}")))?;
                let inside = static_data.systems().filter(|system| system.region_id == id);
                Ok(Scope {
                    name: info.name.clone(),
                    filter: KillFilter { region_id: vec![id], ..KillFilter::default() },
                    activity: ActivityScope::Region(id),
                    place: None,
                    constellation: None,
                    region: None,
                    systems: inside.map(|system| system.id).collect(),
                })
            }
        }
    }
}

fn system_ref(id: SolarSystemId, kills: u64, static_data: &StaticData) -> Option<PlaceRef> {
    static_data.system(id).map(|info| PlaceRef {
        id: id.0,
        name: info.name.clone(),
        security: Some(info.security),
        band: Some(info.band),
        kills,
    })
}
