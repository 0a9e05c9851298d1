//! Has the names looked up that a backfill found nobody knowing: a batch a minute through the same queue as everybody
//! else's, so that ESI's budget is kept. An id ESI does not know is asked for again only when its kill is looked at.

use crate::{
    books::Books,
    lifecycle::{Job, JobOutcome, Next},
};
use async_trait::async_trait;
use std::sync::Arc;

/// Two of ESI's calls.
const BATCH: u32 = 2_000;

pub struct WantedNames(pub Arc<Books>);

#[async_trait]
impl Job for WantedNames {
    async fn run(&mut self) -> JobOutcome {
        let ids = self.0.node().store().take_wanted_names(BATCH).await?;
        self.0.names().request(ids);
        Ok(Next::InAPeriod)
    }
}
