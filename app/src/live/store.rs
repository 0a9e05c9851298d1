//! The live state as signals. One store for the whole application; it outlives pages, as the socket does.

use super::{
    outbox::Outbox,
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
    pub(super) outbox: Outbox,
    pub list: ListSignals,
    pub watch: WatchSignals,
    pub feed: FeedSignals,
}

/// What the live list shows.
#[derive(Clone, Copy)]
pub struct ListSignals {
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
}

impl ListSignals {
    fn of(state: RwSignal<LiveState>) -> Self {
        Self {
            epoch: Memo::new(move |_| state.with(|s| s.list.epoch)),
            rows: Memo::new(move |_| state.with(|s| s.list.rows.clone())),
            waiting: Memo::new(move |_| state.with(|s| s.list.waiting_to_tell())),
            skipped: Memo::new(move |_| state.with(|s| s.list.skipped)),
            is_paused: Memo::new(move |_| state.with(|s| s.list.is_paused)),
            is_scrolled: Memo::new(move |_| state.with(|s| s.list.is_scrolled)),
            is_pointed_at: Memo::new(move |_| state.with(|s| s.list.is_pointed_at)),
            is_history: Memo::new(move |_| state.with(|s| s.list.is_history)),
            selected: Memo::new(move |_| state.with(|s| s.list.selected)),
        }
    }
}

/// What came in about the kill of the open kill page.
#[derive(Clone, Copy)]
pub struct WatchSignals {
    /// The fit that the page waited for.
    pub fit: Memo<Option<(KillmailId, FitReport)>>,
    /// The page shows this, and there is something newer.
    pub outdated: Memo<Option<Watched>>,
}

impl WatchSignals {
    fn of(state: RwSignal<LiveState>) -> Self {
        Self {
            fit: Memo::new(move |_| state.with(|s| s.watch.fit.clone())),
            outdated: Memo::new(move |_| state.with(|s| s.watch.outdated)),
        }
    }
}

/// How connection and feed are, and what they tell.
#[derive(Clone, Copy)]
pub struct FeedSignals {
    pub connection: Memo<Connection>,
    pub status: Memo<FeedStatus>,
    pub stats: Memo<Option<LiveStats>>,
    pub notice: Memo<Option<String>>,
}

impl FeedSignals {
    fn of(state: RwSignal<LiveState>) -> Self {
        Self {
            connection: Memo::new(move |_| state.with(|s| s.feed.connection)),
            status: Memo::new(move |_| state.with(|s| s.feed.status.clone())),
            stats: Memo::new(move |_| state.with(|s| s.feed.stats.clone())),
            notice: Memo::new(move |_| state.with(|s| s.feed.notice.clone())),
        }
    }
}

impl LiveStore {
    /// With what the server knew of the feed.
    pub(super) fn new(feed: FeedStatus) -> Self {
        let state = RwSignal::new(LiveState::new(feed));
        Self {
            state,
            outbox: Outbox::new(),
            list: ListSignals::of(state),
            watch: WatchSignals::of(state),
            feed: FeedSignals::of(state),
        }
    }

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
        self.outbox.run(commands);
    }

    pub fn act(self, action: UserAction) {
        self.apply(Input::User(action));
    }

    /// Asks the server for the fit of a kill as soon as it is computed, and for news of it; `None` no longer asks.
    pub fn watch(self, kill: Option<Watched>) {
        self.apply(Input::Watch(kill));
    }

    pub fn selected_kill(self) -> Option<Arc<KillSummary>> {
        self.state.with_untracked(|state| state.list.selected_kill())
    }

    pub fn filter(self) -> KillFilter {
        self.state.with(|state| state.list.filter.clone())
    }

    pub fn filter_untracked(self) -> KillFilter {
        self.state.with_untracked(|state| state.list.filter.clone())
    }

    pub fn older_cursor(self) -> Option<Cursor> {
        self.state.with(|state| state.list.older_cursor())
    }
}
