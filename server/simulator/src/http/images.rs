//! The image server: small deterministic pictures of the right sizes (upstreams.md 9).

mod picture;

use super::json;
use crate::{counters::Kind, hash, world::World};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::TypeId;
use picture::Subject;
use std::{collections::HashMap, sync::Arc};

pub(super) fn router() -> Router<Arc<World>> {
    Router::new().route("/{category}/{id}", get(variations)).route("/{category}/{id}/{variation}", get(image))
}

/// SDE categories with a rendered model: ships, drones, deployables, starbases, structures, fighters.
const RENDERED: [i64; 6] = [6, 18, 22, 23, 65, 87];

/// Variations an id has; `None` for an unknown category or type.
fn available(world: &World, category: &str, id: i64) -> Option<Vec<&'static str>> {
    Some(match category {
        "alliances" | "corporations" => vec!["logo"],
        "characters" => vec!["portrait"],
        "types" => {
            let info = world.galaxy.sde.type_info(TypeId(id))?;
            match info.category_id.0 {
                9 => vec!["bp", "bpc"],
                34 => vec!["relic"],
                // Some hulls lack their render.
                it if RENDERED.contains(&it) && !hash::mix(id as u64, 9).is_multiple_of(25) => vec!["render", "icon"],
                _ => vec!["icon"],
            }
        }
        _ => return None,
    })
}

fn refused() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain"), (header::CACHE_CONTROL, "public, max-age=7200")];
    (StatusCode::BAD_REQUEST, headers, "bad category or variation").into_response()
}

async fn variations(State(world): State<Arc<World>>, Path((category, id)): Path<(String, i64)>) -> Response {
    world.tally.add(Kind::Route, "images list");
    match available(&world, &category, id) {
        Some(variations) => json(StatusCode::OK, super::to_json(&variations)),
        None => refused(),
    }
}

async fn image(
    State(world): State<Arc<World>>,
    Path((category, id, variation)): Path<(String, i64, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    world.tally.add(Kind::Route, "images picture");
    if !available(&world, &category, id).is_some_and(|variations| variations.contains(&variation.as_str())) {
        return refused();
    }
    let original = if variation == "icon" { 64 } else { 512 };
    let size = match query.get("size") {
        None => original,
        Some(text) => match text.parse::<u32>() {
            Ok(size) if size.is_power_of_two() && (32..=1_024).contains(&size) => size,
            _ => return (StatusCode::BAD_REQUEST, "bad size").into_response(),
        },
    };
    let subject = match category.as_str() {
        "characters" => Subject::Portrait,
        "corporations" => Subject::Shield,
        "alliances" => Subject::Star,
        _ => match world.galaxy.sde.type_info(TypeId(id)).map_or(0, |info| info.category_id.0) {
            6 => Subject::Ship,
            18 | 87 => Subject::Drone,
            22 | 23 | 65 => Subject::Station,
            _ => Subject::Module,
        },
    };
    // Drawing the largest takes some 20 ms.
    let drawn = tokio::task::spawn_blocking(move || picture::draw(subject, id as u64, size)).await;
    match drawn {
        Ok(png) => {
            let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")];
            (headers, png).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
