//! Systems, constellations and regions, and finding anything by its name.

use super::Paging;
use crate::{ApiError, PlaceKind, PlacePage, SearchHit};
use async_trait::async_trait;

#[async_trait]
pub trait Places: Send + Sync + 'static {
    async fn get_place(&self, kind: PlaceKind, id: i64, paging: Paging) -> Result<PlacePage, ApiError>;
    async fn search(&self, query: &str) -> Result<Vec<SearchHit>, ApiError>;
}
