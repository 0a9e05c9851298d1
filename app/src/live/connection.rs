//! The browser's socket to `/api/v1/stream`: connects, reconnects, hands messages to the store once per frame.
//! On the server it does nothing.

use super::store::LiveStore;

#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
pub(super) fn start(_store: LiveStore) {}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub(super) use browser::start;

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod browser {
    use super::LiveStore;
    use crate::live::reducer::Input;
    use contract::{ClientMessage, ServerMessage};
    use futures::{
        FutureExt, SinkExt, StreamExt,
        channel::mpsc::{UnboundedReceiver, unbounded},
        select,
    };
    use gloo_net::websocket::{Message, futures::WebSocket};
    use gloo_timers::future::TimeoutFuture;
    use leptos::prelude::*;
    use std::time::Duration;

    const CONNECT_TIMEOUT_MS: u32 = 10_000;
    /// Silence after which the socket is tested, and the time it gets to answer.
    const QUIET_MS: u32 = 25_000;
    const ANSWER_MS: u32 = 8_000;
    const FIRST_BACKOFF_MS: u32 = 500;
    const LONGEST_BACKOFF_MS: u32 = 20_000;
    /// A hidden tab gets no frames: it commits by timer.
    const HIDDEN_COMMIT: Duration = Duration::from_millis(1_000);
    /// More than this waiting is committed at once.
    const QUEUE_LIMIT: usize = 200;

    /// Frames that came in and are not shown yet: the page is drawn once for all of them.
    #[derive(Clone, Copy)]
    struct Inbox {
        store: LiveStore,
        frames: StoredValue<Vec<Input>>,
        is_commit_planned: StoredValue<bool>,
    }

    impl Inbox {
        fn new(store: LiveStore) -> Self {
            Self { store, frames: StoredValue::new(Vec::new()), is_commit_planned: StoredValue::new(false) }
        }

        fn put(self, message: ServerMessage) {
            let waiting = self
                .frames
                .try_update_value(|frames| {
                    frames.push(Input::Message(Box::new(message)));
                    frames.len()
                })
                .unwrap_or_default();
            if waiting >= QUEUE_LIMIT {
                self.commit();
            } else if !self.is_commit_planned.get_value() {
                self.is_commit_planned.set_value(true);
                if document().hidden() {
                    set_timeout(move || self.commit(), HIDDEN_COMMIT);
                } else {
                    request_animation_frame(move || self.commit());
                }
            }
        }

        fn commit(self) {
            self.is_commit_planned.set_value(false);
            let frames = self.frames.try_update_value(std::mem::take).unwrap_or_default();
            if !frames.is_empty() {
                self.store.apply_all(frames);
            }
        }
    }

    /// Runs until the page is left.
    pub fn start(store: LiveStore) {
        let inbox = Inbox::new(store);
        let (wake, woken) = unbounded();
        let on_online = {
            let wake = wake.clone();
            window_event_listener(leptos::ev::online, move |_| drop(wake.unbounded_send(())))
        };
        let on_visible = window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                drop(wake.unbounded_send(()));
                inbox.commit();
            }
        });
        on_cleanup(move || {
            on_online.remove();
            on_visible.remove();
        });
        leptos::task::spawn_local(connect(inbox, woken));
    }

    async fn connect(inbox: Inbox, mut woken: UnboundedReceiver<()>) {
        let store = inbox.store;
        let mut failures = 0_u32;
        loop {
            store.apply(Input::Connecting);
            if serve(inbox, &mut woken).await {
                failures = 0;
            }
            store.outbox.open(None);
            inbox.commit();
            store.apply(Input::Disconnected);
            let longest = FIRST_BACKOFF_MS.saturating_mul(1 << failures.min(8)).min(LONGEST_BACKOFF_MS);
            failures += 1;
            let wait = f64::from(longest) * (0.5 + js_sys::Math::random() / 2.0);
            while woken.try_recv().is_ok() {}
            select! {
                () = TimeoutFuture::new(wait as u32).fuse() => {}
                _ = woken.next() => {}
            }
        }
    }

    /// One connection, until it ends. Returns whether it ever worked.
    async fn serve(inbox: Inbox, woken: &mut UnboundedReceiver<()>) -> bool {
        let Some(mut socket) = address().and_then(|address| WebSocket::open(&address).ok()).map(StreamExt::fuse) else {
            return false;
        };
        let (outgoing, mut to_send) = unbounded();
        inbox.store.outbox.open(Some(outgoing));
        let mut has_worked = false;
        let mut is_being_tested = false;
        loop {
            let patience = match (has_worked, is_being_tested) {
                (false, _) => CONNECT_TIMEOUT_MS,
                (true, false) => QUIET_MS,
                (true, true) => ANSWER_MS,
            };
            select! {
                message = socket.next() => {
                    let Some(Ok(message)) = message else { return has_worked };
                    has_worked = true;
                    is_being_tested = false;
                    if let Message::Text(text) = message {
                        match serde_json::from_str::<ServerMessage>(&text) {
                            Ok(message) => inbox.put(message),
                            Err(error) => leptos::logging::warn!("stream frame not understood: {error}"),
                        }
                    }
                }
                message = to_send.next() => {
                    let Some(message) = message else { return has_worked };
                    let Ok(text) = serde_json::to_string(&message) else { continue };
                    if socket.send(Message::Text(text)).await.is_err() {
                        return has_worked;
                    }
                }
                () = TimeoutFuture::new(patience).fuse() => {
                    if !has_worked || is_being_tested {
                        return has_worked;
                    }
                    is_being_tested = true;
                    let _ = test(&mut socket).await;
                }
                // Back from sleep or offline: a socket that only looks open is found out now.
                _ = woken.next() => {
                    if has_worked && !is_being_tested {
                        is_being_tested = true;
                        let _ = test(&mut socket).await;
                    }
                }
            }
        }
    }

    async fn test(socket: &mut futures::stream::Fuse<WebSocket>) -> Option<()> {
        let text = serde_json::to_string(&ClientMessage::Ping { nonce: 0 }).ok()?;
        socket.send(Message::Text(text)).await.ok()
    }

    fn address() -> Option<String> {
        let location = window().location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        Some(format!("{scheme}://{}/api/v1/stream", location.host().ok()?))
    }
}
