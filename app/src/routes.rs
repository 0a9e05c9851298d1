//! Paths of pages. Nobody else writes a path by hand.

use domain::{ConstellationId, EntityKind, KillFilter, KillmailId, RegionId, SolarSystemId, TypeId, sort::Ranking};

/// Query parameters of pages that are not part of the filter.
pub const NON_FILTER_PARAMETERS: &[&str] = &["before", "after", "kill", "density", "q", "limit", "paused"];

/// The same of the lists that are not by time.
pub const RANKED_PARAMETERS: &[&str] = &["before", "after", "kill", "density", "q", "limit", "paused", "sort"];

pub const LIVE: &str = "/";
pub const SEARCH: &str = "/search";
pub const STATUS: &str = "/status";
pub const API_DOCS: &str = "/api/docs";

pub fn live(filter: &KillFilter) -> String {
    let query = filter.to_query();
    if query.is_empty() { LIVE.to_owned() } else { format!("/?{query}") }
}

/// The losses of a filter, largest first.
pub fn ranked(filter: &KillFilter, ranking: Ranking) -> String {
    let query = filter.to_query();
    let joint = if query.is_empty() { "" } else { "&" };
    format!("/ranked?{query}{joint}sort={}", ranking.as_str())
}

pub fn kill(id: KillmailId) -> String {
    format!("/kill/{id}")
}

pub fn system(id: SolarSystemId) -> String {
    format!("/system/{id}")
}

pub fn constellation(id: ConstellationId) -> String {
    format!("/constellation/{id}")
}

pub fn region(id: RegionId) -> String {
    format!("/region/{id}")
}

/// The page of a ship or another type.
pub fn of_type(id: TypeId) -> String {
    format!("/type/{id}")
}

/// The page of a search hit; kinds without a page of their own lead to the live list filtered by them.
pub fn entity(kind: EntityKind, id: i64) -> String {
    match kind {
        EntityKind::System => format!("/system/{id}"),
        EntityKind::Constellation => format!("/constellation/{id}"),
        EntityKind::Region => format!("/region/{id}"),
        EntityKind::Character => format!("/?character_id={id}"),
        EntityKind::Corporation => format!("/?corporation_id={id}"),
        EntityKind::Alliance => format!("/?alliance_id={id}"),
        EntityKind::Type => format!("/type/{id}"),
        EntityKind::Group => format!("/?group_id={id}"),
        EntityKind::Faction => LIVE.to_owned(),
    }
}

/// An image of the game's image server, by way of our own `/images` proxy.
/// `category` is `types`, `characters`, `corporations` or `alliances`; `size` a power of two from 32 to 512.
pub fn image(category: &str, id: i64, variation: &str, size: u32) -> String {
    format!("/images/{category}/{id}/{variation}?size={size}")
}
