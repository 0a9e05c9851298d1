//! Every use case, for whoever asks: what it is about, and that this viewer may.
//!
//! A use case is private to the services; the only way to one from outside is an [`Asked`], which takes a viewer to
//! make, and the only way from there to the services is through the check. Work in the background has no viewer and
//! needs no use case: it uses the node and the database.
//!
//! Without a viewer this does not compile:
//!
//! ```compile_fail,E0624
//! async fn page(services: &server::services::Services) {
//!     let _ = services.get_kill(domain::KillmailId(1)).await;
//! }
//! ```
//!
//! With one it does:
//!
//! ```
//! use domain::access::{Policy, Viewer};
//! use std::sync::Arc;
//!
//! async fn page(services: Arc<server::services::Services>, viewer: Viewer) {
//!     let _ = services.asked_by(viewer, Policy::Standard).get_kill(domain::KillmailId(1)).await;
//! }
//! ```

use super::{
    Services,
    submit::{Intake, Submission, Submitted},
};
use crate::books::fits::Settled;
use contract::{
    ApiError, EntityCard, FilterName, KillDetail, KillPage, LiveStats, PlaceKind, PlacePage, RankedPage, SearchHit,
    StaticDataStatus, StatsWindow, StatusReport, TypePage, TypeStats, ports::Paging,
};
use domain::{
    EntityKind, FitReport, KillFilter, KillRecord, KillSummary, KillmailId, StaticData,
    access::{self, Policy, Resource, Viewer},
    sort::{RankCursor, Ranking},
};
use std::sync::Arc;
use tokio::sync::oneshot;
use tracing::instrument;

/// The use cases, for one viewer. Cheap to clone.
#[derive(Clone)]
pub struct Asked {
    services: Arc<Services>,
    viewer: Viewer,
    policy: Policy,
}

/// What is known of a fit, and who will tell when it is not known yet.
pub type FitSoFar = (FitReport, Option<oneshot::Receiver<Arc<Settled>>>);

/// A loss as exports of its fit want it.
pub struct FitSource {
    pub record: Arc<KillRecord>,
    /// The fit's title: whose and which loss.
    pub title: String,
    pub static_data: Arc<StaticData>,
}

impl Services {
    pub fn asked_by(self: &Arc<Self>, viewer: Viewer, policy: Policy) -> Asked {
        Asked { services: Arc::clone(self), viewer, policy }
    }
}

impl Asked {
    /// The services, for a use case about this.
    fn about(&self, resource: Resource) -> Result<&Services, ApiError> {
        access::check(self.policy, &self.viewer, resource)?;
        Ok(&self.services)
    }

    /// Whether the viewer may follow the live feed.
    ///
    /// # Errors
    /// When not.
    pub fn may_follow(&self) -> Result<(), ApiError> {
        self.about(Resource::Public).map(drop)
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn list_kills(&self, filter: &KillFilter, paging: Paging) -> Result<KillPage, ApiError> {
        self.about(Resource::Public)?.list_kills(filter, paging).await
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn newest_kills(&self, filter: &KillFilter, limit: u32) -> Result<KillPage, ApiError> {
        self.about(Resource::Public)?.newest_kills(filter, limit).await
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn list_ranked(
        &self,
        filter: &KillFilter,
        ranking: Ranking,
        before: Option<RankCursor>,
        limit: u32,
    ) -> Result<RankedPage, ApiError> {
        self.about(Resource::Public)?.list_ranked(filter, ranking, before, limit).await
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn get_kill(&self, id: KillmailId) -> Result<KillDetail, ApiError> {
        self.about(Resource::Public)?.get_kill(id).await
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn find_record(&self, id: KillmailId) -> Result<Arc<KillRecord>, ApiError> {
        self.about(Resource::Public)?.find_record(id).await.map(|(record, _)| record)
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn fit_source(&self, id: KillmailId) -> Result<FitSource, ApiError> {
        let services = self.about(Resource::Public)?;
        let (record, _) = services.find_record(id).await?;
        let names = services.names_of(&record).await;
        let static_data = services.static_data();
        let summary = KillSummary::new(&record, &|id| names.get(&id).cloned(), &static_data);
        Ok(FitSource { title: Services::fit_name(&summary), record, static_data })
    }

    pub fn ask_for_fit(&self, record: &KillRecord) -> Result<FitSoFar, ApiError> {
        Ok(self.about(Resource::Public)?.ask_for_fit(record))
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn filter_names(&self, filter: &KillFilter) -> Result<Vec<FilterName>, ApiError> {
        self.about(Resource::Public)?.filter_names(filter).await
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn submit(&self, intake: &Intake, submission: Submission) -> Result<Submitted, ApiError> {
        self.about(Resource::Public)?.submit(intake, submission).await
    }

    /// The name of a character, corporation or alliance: as public as the kills it stands on. Its page is not.
    #[instrument(level = "debug", skip_all)]
    pub async fn entity(&self, kind: EntityKind, id: i64) -> Result<EntityCard, ApiError> {
        self.about(Resource::Public)?.entity(kind, id).await
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn get_type(&self, id: i64, window: StatsWindow, paging: Paging) -> Result<TypePage, ApiError> {
        self.about(Resource::Public)?.get_type(id, window, paging).await
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn type_stats(&self, id: i64, window: StatsWindow) -> Result<Arc<TypeStats>, ApiError> {
        self.about(Resource::Public)?.type_stats(id, window).await
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn get_place(&self, kind: PlaceKind, id: i64, paging: Paging) -> Result<PlacePage, ApiError> {
        self.about(Resource::Public)?.get_place(kind, id, paging).await
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn search(&self, query: &str) -> Result<Vec<SearchHit>, ApiError> {
        self.about(Resource::Public)?.search(query).await
    }

    pub fn static_data(&self) -> Result<Arc<StaticData>, ApiError> {
        Ok(self.about(Resource::Public)?.static_data())
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn static_data_status(&self, rows: usize) -> Result<StaticDataStatus, ApiError> {
        Ok(self.about(Resource::Public)?.static_data_status(rows).await)
    }

    pub fn live_stats(&self) -> Result<LiveStats, ApiError> {
        Ok(self.about(Resource::Public)?.live_stats())
    }

    #[instrument(level = "debug", skip_all)]
    pub async fn status(&self) -> Result<StatusReport, ApiError> {
        Ok(self.about(Resource::Public)?.status().await)
    }
}
