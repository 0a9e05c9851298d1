//! Static data over ESI: types, systems, constellations, regions.

use super::{cache::cached, error};
use crate::{counters::Kind, hash, world::World};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{ConstellationId, RegionId, SolarSystemId, TypeId};
use serde_json::{Value, json};
use std::sync::Arc;

/// Seconds until 11:05 UTC, when the game's static data may change.
fn until_downtime(world: &World) -> i64 {
    let now = world.clock.now().timestamp().rem_euclid(86_400);
    (11 * 3_600 + 5 * 60 - now).rem_euclid(86_400).max(1)
}

/// Static positions are not part of the snapshot; these only have the right shape and size.
fn position(id: i64) -> Value {
    let axis = |salt| (hash::unit(id as u64, salt) - 0.5) * 5e17;
    json!({"x": axis(1).round(), "y": (axis(2) / 4.0).round(), "z": axis(3).round()})
}

fn answer(world: &World, headers: &HeaderMap, found: Option<Value>, what: &str) -> Response {
    world.tally.add(Kind::Route, "esi universe");
    match found {
        Some(body) => cached(world, headers, body.to_string(), until_downtime(world)),
        None => error(StatusCode::NOT_FOUND, &format!("{what} not found")),
    }
}

pub(super) async fn type_info(State(world): State<Arc<World>>, Path(id): Path<i64>, headers: HeaderMap) -> Response {
    let found = world.galaxy.sde.type_info(TypeId(id)).map(|info| {
        json!({
            "capacity": info.capacity_m3, "description": "", "group_id": info.group_id, "mass": info.mass_kg,
            "name": info.name, "portion_size": 1, "published": info.published, "type_id": info.id,
            "volume": info.volume_m3,
        })
    });
    let found = found.map(|mut body| {
        if let Some(body) = body.as_object_mut() {
            body.retain(|_, value| !value.is_null());
        }
        body
    });
    answer(&world, &headers, found, "Type")
}

pub(super) async fn system(State(world): State<Arc<World>>, Path(id): Path<i64>, headers: HeaderMap) -> Response {
    let found = world.galaxy.sde.system(SolarSystemId(id)).map(|info| {
        json!({
            "constellation_id": info.constellation_id, "name": info.name, "position": position(id),
            "security_status": info.true_security, "system_id": id,
        })
    });
    answer(&world, &headers, found, "Solar system")
}

pub(super) async fn constellation(
    State(world): State<Arc<World>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let sde = &world.galaxy.sde;
    let found = sde.constellation(ConstellationId(id)).map(|info| {
        let mut systems: Vec<_> = sde.systems().filter(|it| it.constellation_id == info.id).map(|it| it.id).collect();
        systems.sort_unstable();
        json!({
            "constellation_id": id, "name": info.name, "position": position(id), "region_id": info.region_id,
            "systems": systems,
        })
    });
    answer(&world, &headers, found, "Constellation")
}

pub(super) async fn region(State(world): State<Arc<World>>, Path(id): Path<i64>, headers: HeaderMap) -> Response {
    let sde = &world.galaxy.sde;
    let found = sde.region(RegionId(id)).map(|info| {
        let mut constellations: Vec<_> =
            sde.constellations().filter(|it| it.region_id == info.id).map(|it| it.id).collect();
        constellations.sort_unstable();
        json!({"constellations": constellations, "description": "", "name": info.name, "region_id": id})
    });
    answer(&world, &headers, found, "Region")
}
