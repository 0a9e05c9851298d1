//! Types: ships, modules, everything that is lost or carried.

use super::Paging;
use crate::{ApiError, StatsWindow, TypePage};
use async_trait::async_trait;

#[async_trait]
pub trait Types: Send + Sync + 'static {
    async fn get_type(&self, id: i64, window: StatsWindow, paging: Paging) -> Result<TypePage, ApiError>;
}
