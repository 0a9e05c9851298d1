//! Kills: lists, one kill, and the words for a filter's ids.

use crate::{ApiError, FilterName, KillDetail, KillPage, RankedPage};
use async_trait::async_trait;
use domain::{
    Cursor, KillFilter, KillmailId,
    sort::{RankCursor, Ranking},
};

/// How to page through a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    pub before: Option<Cursor>,
    pub after: Option<Cursor>,
    /// At most 200.
    pub limit: u32,
}

#[async_trait]
pub trait Kills: Send + Sync + 'static {
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
    /// Names for ids used in a filter, so that the filter bar can say "Rifter", not 587. Keys are `field`, id.
    async fn filter_names(&self, filter: &KillFilter) -> Result<Vec<FilterName>, ApiError>;
}
