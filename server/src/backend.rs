//! The pages' port, answered by the services.

use crate::services::Services;
use app::{
    backend::{Backend, Paging},
    contract::{
        ApiError, FeedStatus, FilterName, KillDetail, KillPage, LiveStats, PlaceKind, PlacePage, SearchHit,
        StatsWindow, StatusReport, TypePage,
    },
};
use async_trait::async_trait;
use domain::{KillFilter, KillmailId};

#[async_trait]
impl Backend for Services {
    async fn list_kills(&self, filter: KillFilter, paging: Paging) -> Result<KillPage, ApiError> {
        if paging.before.is_none() && paging.after.is_none() {
            return self.newest_kills(&filter, paging.limit).await;
        }
        Services::list_kills(self, &filter, paging).await
    }

    async fn get_kill(&self, id: KillmailId) -> Result<KillDetail, ApiError> {
        Services::get_kill(self, id).await
    }

    async fn get_place(&self, kind: PlaceKind, id: i64, paging: Paging) -> Result<PlacePage, ApiError> {
        Services::get_place(self, kind, id, paging).await
    }

    async fn get_type(&self, id: i64, window: StatsWindow, paging: Paging) -> Result<TypePage, ApiError> {
        Services::get_type(self, id, window, paging).await
    }

    async fn search(&self, query: &str) -> Result<Vec<SearchHit>, ApiError> {
        Services::search(self, query).await
    }

    async fn live_stats(&self) -> Result<LiveStats, ApiError> {
        Ok(Services::live_stats(self))
    }

    async fn status(&self) -> Result<StatusReport, ApiError> {
        Ok(Services::status(self).await)
    }

    async fn filter_names(&self, filter: &KillFilter) -> Result<Vec<FilterName>, ApiError> {
        Services::filter_names(self, filter).await
    }

    fn feed_status(&self) -> FeedStatus {
        Services::feed_status(self)
    }

    fn is_demo(&self) -> bool {
        Services::is_demo(self)
    }
}
