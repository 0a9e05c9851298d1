//! The port through which pages ask the server for data. `server` implements it; tests can too.
//! One method per use case, no SQL and no HTTP types.

use crate::contract::{
    ApiError, FeedStatus, KillDetail, KillPage, LiveStats, PlaceKind, PlacePage, RankedPage, SearchHit, StatsWindow,
    StatusReport, TypePage,
};
use async_trait::async_trait;
use domain::{
    Cursor, KillFilter, KillmailId,
    sort::{RankCursor, Ranking},
};
use std::sync::Arc;

/// How to page through a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    pub before: Option<Cursor>,
    pub after: Option<Cursor>,
    /// At most 200.
    pub limit: u32,
}

#[async_trait]
pub trait Backend: Send + Sync + 'static {
    async fn list_kills(&self, filter: KillFilter, paging: Paging) -> Result<KillPage, ApiError>;
    /// The losses that pass a filter and have the number, largest first; `before` is a page's `next`.
    async fn list_ranked(
        &self,
        filter: KillFilter,
        ranking: Ranking,
        before: Option<RankCursor>,
        limit: u32,
    ) -> Result<RankedPage, ApiError>;
    async fn get_kill(&self, id: KillmailId) -> Result<KillDetail, ApiError>;
    async fn get_place(&self, kind: PlaceKind, id: i64, paging: Paging) -> Result<PlacePage, ApiError>;
    async fn get_type(&self, id: i64, window: StatsWindow, paging: Paging) -> Result<TypePage, ApiError>;
    async fn search(&self, query: &str) -> Result<Vec<SearchHit>, ApiError>;
    async fn live_stats(&self) -> Result<LiveStats, ApiError>;
    async fn status(&self) -> Result<StatusReport, ApiError>;
    /// Names for ids used in a filter, so that the filter bar can say "Rifter", not 587. Keys are `field`, id.
    async fn filter_names(&self, filter: &KillFilter) -> Result<Vec<FilterName>, ApiError>;
    /// The line in the header. Answered from memory: every page asks.
    fn feed_status(&self) -> FeedStatus {
        FeedStatus::default()
    }
    /// Whether the data is simulated.
    fn is_demo(&self) -> bool;
}

pub use crate::contract::filter_name::FilterName;

/// What the server puts into the context of every page and server function.
pub type BackendHandle = Arc<dyn Backend>;

/// What the server puts into the context so that a page can set its HTTP status.
#[derive(Clone)]
pub struct StatusHook(pub Arc<dyn Fn(u16) + Send + Sync>);

/// Sets the HTTP status of the page being rendered. Does nothing where no hook is in the context.
pub fn set_status(status: u16) {
    if let Some(hook) = leptos::prelude::use_context::<StatusHook>() {
        (hook.0)(status);
    }
}

/// What the server puts into the context so that pages can write absolute addresses (link previews need them):
/// scheme and host without a slash at the end.
#[derive(Clone)]
pub struct PublicUrl(pub Arc<str>);
