//! The live store as a pure state machine: state and input in, new state and effects out. Knows no clock, no socket
//! and no signal, so all of it is tested natively.
//!
//! Each topic keeps its own state and takes what concerns it: [`list`] the kills, [`watch`] the open kill page, [`feed`]
//! connection and feed. This file hands round.

mod exchange;
mod feed;
mod list;
mod rows;
#[cfg(test)]
mod tests;
mod watch;

pub use exchange::{Command, Input, UserAction};
pub use feed::{Connection, FeedState};
pub use list::{ListState, MAX_ROWS};
pub use rows::Row;
pub use watch::{WatchState, Watched};

use contract::FeedStatus;

#[derive(Clone, Debug, Default)]
pub struct LiveState {
    pub list: ListState,
    pub watch: WatchState,
    pub feed: FeedState,
}

impl LiveState {
    /// Before anything is listed.
    pub fn new(status: FeedStatus) -> Self {
        Self { feed: FeedState { status, ..FeedState::default() }, ..Self::default() }
    }

    /// Takes one input.
    pub fn apply(&mut self, input: Input) -> Vec<Command> {
        match input {
            Input::Seed { filter, kills, is_history, stats } => {
                self.list.seed(filter, kills, is_history);
                self.feed.stats = stats.or_else(|| self.feed.stats.take());
                self.subscribe_if_online()
            }
            Input::Leave => {
                self.list.leave();
                self.subscribe_if_online()
            }
            Input::Connecting => {
                self.feed.connecting();
                Vec::new()
            }
            Input::Disconnected => {
                self.list.disconnected();
                self.feed.disconnected();
                Vec::new()
            }
            Input::Message(message) => {
                self.feed.take(&message);
                let watched = self.watch.take(&message).map(Command::Send);
                self.list.take(*message).into_iter().chain(watched).collect()
            }
            Input::Watch(kill) => {
                self.watch.watch(kill);
                // Without a connection the next one is told.
                self.feed.is_online().then(|| Command::Send(self.watch.request())).into_iter().collect()
            }
            Input::User(action) => self.list.act(action).into_iter().collect(),
        }
    }

    fn subscribe_if_online(&mut self) -> Vec<Command> {
        self.feed.is_online().then(|| self.list.subscribe()).into_iter().collect()
    }
}
