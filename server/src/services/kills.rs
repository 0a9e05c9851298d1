//! Kill lists: stored history with the kills that are not stored yet on top.

use super::{Services, store_failure};
use crate::live::window::LiveKill;
use contract::ports::Paging;
use contract::{ApiError, KillPage, RankedPage};
use domain::{
    Cursor, KillFilter, KillSummary,
    sort::{RankCursor, Ranking},
};
use std::{collections::HashSet, sync::Arc};
use store::Page;

/// Most rows of one answer.
pub const MAX_LIMIT: u32 = 200;

fn cursor_of(kill: &KillSummary) -> Cursor {
    Cursor { killmail_time: kill.killmail_time, killmail_id: kill.killmail_id }
}

impl Services {
    /// A page of kills, newest first. Kills still waiting for the database are included.
    ///
    /// # Errors
    /// `Invalid` for contradictory paging, `Unavailable` when history cannot be read.
    pub(super) async fn list_kills(&self, filter: &KillFilter, paging: Paging) -> Result<KillPage, ApiError> {
        if paging.before.is_some() && paging.after.is_some() {
            return Err(ApiError::invalid("before", "cannot be combined with after"));
        }
        if !(1..=MAX_LIMIT).contains(&paging.limit) {
            return Err(ApiError::invalid("limit", format!("is a number from 1 to {MAX_LIMIT}")));
        }
        let page = Page { before: paging.before, after: paging.after, limit: paging.limit };
        // Looked up before the database: a kill that is stored between the two is found by both, never by neither.
        let is_newest = paging.before.is_none() && paging.after.is_none();
        let waiting = if is_newest { self.window().unstored() } else { Vec::new() };
        let stored =
            self.store().list_kills(filter, page, &self.static_data()).await.map_err(|error| store_failure(&error))?;
        let mut page = KillPage { kills: stored.kills, next: stored.next, prev: stored.prev };
        add_waiting(&mut page, &waiting, filter, paging.limit as usize);
        self.name(&mut page.kills);
        Ok(page)
    }

    /// A page of the kills that pass a filter, by a number of theirs, largest first. Only stored kills are in it.
    ///
    /// # Errors
    /// `Invalid` for a cursor of another order or a wrong limit, `Unavailable` when history cannot be read.
    pub(super) async fn list_ranked(
        &self,
        filter: &KillFilter,
        ranking: Ranking,
        before: Option<RankCursor>,
        limit: u32,
    ) -> Result<RankedPage, ApiError> {
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(ApiError::invalid("limit", format!("is a number from 1 to {MAX_LIMIT}")));
        }
        if before.is_some_and(|cursor| cursor.ranking != ranking) {
            return Err(ApiError::invalid("before", "is a cursor of another order"));
        }
        let static_data = self.static_data();
        let found = self.store().list_ranked(filter, ranking, before, limit, &static_data).await;
        let found = found.map_err(|error| store_failure(&error))?;
        let mut page = RankedPage { ranking, kills: found.kills, next: found.next };
        self.name(&mut page.kills);
        Ok(page)
    }

    /// The newest kills for a live page. When the database is away, the hot window alone.
    ///
    /// # Errors
    /// As [`Services::list_kills`], except for an unavailable database.
    pub(super) async fn newest_kills(&self, filter: &KillFilter, limit: u32) -> Result<KillPage, ApiError> {
        let paging = Paging { limit, ..Paging::default() };
        match self.list_kills(filter, paging).await {
            Err(error) if error.code == contract::ErrorCode::Unavailable => {
                let recent = self.window().since(0, filter, limit as usize);
                let mut kills: Vec<_> = recent.kills.iter().map(|kill| kill.summary.clone()).collect();
                kills.sort_by_key(|kill| std::cmp::Reverse(cursor_of(kill)));
                Ok(KillPage { kills, next: None, prev: None })
            }
            answer => answer,
        }
    }

    /// Fills names the database did not have, and asks for the rest.
    pub fn name(&self, kills: &mut [KillSummary]) {
        let names = |id: i64| self.names().get(id);
        for kill in kills {
            kill.fill_names(&names);
            self.names().request(kill.unnamed_ids().collect::<Vec<_>>());
        }
    }
}

/// Adds kills that wait for the database to the newest page.
fn add_waiting(page: &mut KillPage, waiting: &[Arc<LiveKill>], filter: &KillFilter, limit: usize) {
    let listed: HashSet<_> = page.kills.iter().map(|kill| kill.killmail_id).collect();
    let fresh = waiting
        .iter()
        .filter(|kill| !listed.contains(&kill.summary.killmail_id))
        .filter(|kill| filter.matches(&kill.summary, &kill.participants))
        .map(|kill| kill.summary.clone());
    let before = page.kills.len();
    page.kills.extend(fresh);
    if page.kills.len() == before {
        return;
    }
    page.kills.sort_by_key(|kill| std::cmp::Reverse(cursor_of(kill)));
    if page.kills.len() > limit {
        page.kills.truncate(limit);
        page.next = page.kills.last().map(cursor_of);
    }
}
