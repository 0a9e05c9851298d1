//! The live list as signals. One store for the whole application; it outlives pages, as the socket does.

use super::{
    connection,
    reducer::{Connection, Input, LiveState, Row, UserAction, Watched},
};
use contract::{FeedStatus, LiveStats};
use domain::{Cursor, FitReport, KillFilter, KillSummary, KillmailId};
use leptos::prelude::*;
use std::sync::Arc;

/// Handle of the store, from the context. All writes go through [`LiveStore::apply`].
#[derive(Clone, Copy)]
pub struct LiveStore {
    state: RwSignal<LiveState>,
    pub epoch: Memo<u32>,
    pub rows: Memo<Vec<Row>>,
    /// How many kills wait for the reader.
    pub waiting: Memo<u64>,
    pub skipped: Memo<u64>,
    pub is_paused: Memo<bool>,
    pub is_scrolled: Memo<bool>,
    pub is_pointed_at: Memo<bool>,
    pub is_history: Memo<bool>,
    pub selected: Memo<Option<KillmailId>>,
    pub connection: Memo<Connection>,
    pub feed: Memo<FeedStatus>,
    pub stats: Memo<Option<LiveStats>>,
    pub notice: Memo<Option<String>>,
    /// The fit that a kill page waited for.
    pub fit: Memo<Option<(KillmailId, FitReport)>>,
    /// A kill page shows this, and there is something newer.
    pub outdated: Memo<Option<Watched>>,
}

/// Creates the store with what the server knew, and in the browser connects it.
pub fn provide_live(feed: FeedStatus) -> LiveStore {
    let state = RwSignal::new(LiveState::new(feed));
    let store = LiveStore {
        state,
        epoch: Memo::new(move |_| state.with(|s| s.epoch)),
        rows: Memo::new(move |_| state.with(|s| s.rows.clone())),
        waiting: Memo::new(move |_| state.with(LiveState::waiting_to_tell)),
        skipped: Memo::new(move |_| state.with(|s| s.skipped)),
        is_paused: Memo::new(move |_| state.with(|s| s.is_paused)),
        is_scrolled: Memo::new(move |_| state.with(|s| s.is_scrolled)),
        is_pointed_at: Memo::new(move |_| state.with(|s| s.is_pointed_at)),
        is_history: Memo::new(move |_| state.with(|s| s.is_history)),
        selected: Memo::new(move |_| state.with(|s| s.selected)),
        connection: Memo::new(move |_| state.with(|s| s.connection)),
        feed: Memo::new(move |_| state.with(|s| s.feed.clone())),
        stats: Memo::new(move |_| state.with(|s| s.stats.clone())),
        notice: Memo::new(move |_| state.with(|s| s.notice.clone())),
        fit: Memo::new(move |_| state.with(|s| s.fit.clone())),
        outdated: Memo::new(move |_| state.with(|s| s.outdated)),
    };
    provide_context(store);
    // Effects run in the browser only, once hydration is over.
    Effect::new(move |_| connection::start(store));
    store
}

impl LiveStore {
    /// Takes one input.
    pub fn apply(self, input: Input) {
        self.apply_all([input]);
    }

    /// Takes several inputs in one update of the page.
    pub fn apply_all(self, inputs: impl IntoIterator<Item = Input>) {
        let mut commands = Vec::new();
        self.state.update(|state| {
            for input in inputs {
                commands.extend(state.apply(input));
            }
        });
        connection::run(commands);
    }

    pub fn act(self, action: UserAction) {
        self.apply(Input::User(action));
    }

    /// Asks the server for the fit of a kill as soon as it is computed, and for news of it; `None` no longer asks.
    pub fn watch(self, kill: Option<Watched>) {
        self.apply(Input::Watch(kill));
    }

    pub fn selected_kill(self) -> Option<Arc<KillSummary>> {
        self.state.with_untracked(LiveState::selected_kill)
    }

    pub fn filter(self) -> KillFilter {
        self.state.with(|state| state.filter.clone())
    }

    pub fn filter_untracked(self) -> KillFilter {
        self.state.with_untracked(|state| state.filter.clone())
    }

    pub fn older_cursor(self) -> Option<Cursor> {
        self.state.with(LiveState::older_cursor)
    }
}
