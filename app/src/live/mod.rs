//! The live stream in the browser: a pure state machine ([`reducer`]), the signals that pages read and the way out of
//! them ([`LiveStore`]), and the socket (`connection`).

mod connection;
mod outbox;
pub mod reducer;
mod store;

pub use store::LiveStore;

use contract::FeedStatus;
use leptos::prelude::*;

/// Creates the store with what the server knew, and in the browser connects it.
pub fn provide_live(feed: FeedStatus) {
    let store = LiveStore::new(feed);
    provide_context(store);
    // Effects run in the browser only, once hydration is over.
    Effect::new(move |_| connection::start(store));
}
