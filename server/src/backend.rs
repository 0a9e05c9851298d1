//! The pages' port, answered by the services.
//!
//! Pages are rendered on threads of their own (`http::render`), and what a service opens there, such as a connection of
//! the shared pool, would be tied to such a thread. So a service works on the server's own runtime, and only its answer
//! comes back.

use crate::services::{Services, asked::Asked};
use async_trait::async_trait;
use contract::ports::{Kills, Paging, Places, Status, Types};
use contract::{
    ApiError, ErrorCode, FeedStatus, FilterName, KillDetail, KillPage, LiveStats, PlaceKind, PlacePage, RankedPage,
    SearchHit, StatsWindow, StatusReport, TypePage,
};
use domain::{
    KillFilter, KillmailId,
    sort::{RankCursor, Ranking},
};
use std::{panic, sync::Arc};
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument, Span};

/// The use cases for one viewer, asked from anywhere and working on the runtime this was made on.
pub struct Pages {
    services: Arc<Services>,
    asked: Asked,
    runtime: Handle,
    request_id: Option<Arc<str>>,
    /// Of the request: the renderer's own tasks are outside of it.
    span: Span,
}

impl Pages {
    /// For one request.
    pub fn of(services: Arc<Services>, asked: Asked, request_id: Option<Arc<str>>, runtime: Handle) -> Self {
        Self { services, asked, runtime, request_id, span: Span::current() }
    }

    /// Lets whoever sees an error find the request in the log.
    fn identify(&self, mut error: ApiError) -> ApiError {
        error.request_id = self.request_id.as_deref().map(str::to_owned);
        error
    }

    /// Runs a use case; a page that is given up gives it up too.
    async fn ask<T, F>(&self, use_case: impl FnOnce(Asked) -> F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>> + Send + 'static,
        T: Send + 'static,
    {
        let task =
            AbortOnDropHandle::new(self.runtime.spawn(use_case(self.asked.clone()).instrument(self.span.clone())));
        match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(answer) => answer.map_err(|error| self.identify(error)),
            Err(Ok(payload)) => panic::resume_unwind(payload),
            Err(Err(_)) => {
                let stopping = ApiError::new(ErrorCode::Unavailable, "The server is stopping. Try again in a moment.");
                Err(self.identify(stopping))
            }
        }
    }
}

#[async_trait]
impl Kills for Pages {
    async fn list_kills(&self, filter: KillFilter, paging: Paging) -> Result<KillPage, ApiError> {
        self.ask(|asked| async move {
            if paging.before.is_none() && paging.after.is_none() {
                return asked.newest_kills(&filter, paging.limit).await;
            }
            asked.list_kills(&filter, paging).await
        })
        .await
    }

    async fn list_ranked(
        &self,
        filter: KillFilter,
        ranking: Ranking,
        before: Option<RankCursor>,
        limit: u32,
    ) -> Result<RankedPage, ApiError> {
        self.ask(|asked| async move { asked.list_ranked(&filter, ranking, before, limit).await }).await
    }

    async fn get_kill(&self, id: KillmailId) -> Result<KillDetail, ApiError> {
        self.ask(|asked| async move { asked.get_kill(id).await }).await
    }

    async fn filter_names(&self, filter: &KillFilter) -> Result<Vec<FilterName>, ApiError> {
        let filter = filter.clone();
        self.ask(|asked| async move { asked.filter_names(&filter).await }).await
    }
}

#[async_trait]
impl Places for Pages {
    async fn get_place(&self, kind: PlaceKind, id: i64, paging: Paging) -> Result<PlacePage, ApiError> {
        self.ask(|asked| async move { asked.get_place(kind, id, paging).await }).await
    }

    async fn search(&self, query: &str) -> Result<Vec<SearchHit>, ApiError> {
        let query = query.to_owned();
        self.ask(|asked| async move { asked.search(&query).await }).await
    }
}

#[async_trait]
impl Types for Pages {
    async fn get_type(&self, id: i64, window: StatsWindow, paging: Paging) -> Result<TypePage, ApiError> {
        self.ask(|asked| async move { asked.get_type(id, window, paging).await }).await
    }
}

#[async_trait]
impl Status for Pages {
    async fn live_stats(&self) -> Result<LiveStats, ApiError> {
        self.asked.live_stats().map_err(|error| self.identify(error)) // from memory
    }

    async fn status(&self) -> Result<StatusReport, ApiError> {
        self.ask(|asked| async move { asked.status().await }).await
    }

    fn feed_status(&self) -> FeedStatus {
        self.services.feed_status()
    }

    fn is_demo(&self) -> bool {
        self.services.is_demo()
    }
}
