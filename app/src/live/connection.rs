//! The browser's socket to `/api/v1/stream`: connects, reconnects, hands messages to the store once per frame.
//! On the server it does nothing.

use super::{provider::LiveStore, reducer::Command};

#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
pub(super) fn start(_store: LiveStore) {}

#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
pub(super) fn run(_commands: Vec<Command>) {}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub(super) use browser::{run, start};

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod browser {
    use super::{Command, LiveStore};
    use crate::live::reducer::Input;
    use contract::{ClientMessage, ServerMessage};
    use futures::{
        FutureExt, SinkExt, StreamExt,
        channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
        select,
    };
    use gloo_net::websocket::{Message, futures::WebSocket};
    use gloo_timers::future::TimeoutFuture;
    use leptos::prelude::*;
    use std::{
        cell::{Cell, RefCell},
        time::Duration,
    };

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

    thread_local! {
        static OUTGOING: RefCell<Option<UnboundedSender<ClientMessage>>> = const { RefCell::new(None) };
        static QUEUE: RefCell<Vec<Input>> = const { RefCell::new(Vec::new()) };
        static IS_COMMIT_PLANNED: Cell<bool> = const { Cell::new(false) };
    }

    /// Runs until the page is left.
    pub fn start(store: LiveStore) {
        let (wake, woken) = unbounded();
        let on_online = {
            let wake = wake.clone();
            window_event_listener(leptos::ev::online, move |_| drop(wake.unbounded_send(())))
        };
        let on_visible = window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                drop(wake.unbounded_send(()));
                commit(store);
            }
        });
        on_cleanup(move || {
            on_online.remove();
            on_visible.remove();
        });
        leptos::task::spawn_local(connect(store, woken));
    }

    pub fn run(commands: Vec<Command>) {
        for command in coalesce(commands) {
            match command {
                Command::Send(message) => OUTGOING.with_borrow(|outgoing| {
                    if let Some(outgoing) = outgoing {
                        drop(outgoing.unbounded_send(message));
                    }
                }),
                Command::Reveal(id) => {
                    // After the row is drawn as selected.
                    request_animation_frame(move || crate::components::dom::reveal_row(id));
                }
            }
        }
    }

    async fn connect(store: LiveStore, mut woken: UnboundedReceiver<()>) {
        let mut failures = 0_u32;
        loop {
            store.apply(Input::Connecting);
            if serve(store, &mut woken).await {
                failures = 0;
            }
            OUTGOING.set(None);
            commit(store);
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
    async fn serve(store: LiveStore, woken: &mut UnboundedReceiver<()>) -> bool {
        let Some(mut socket) = address().and_then(|address| WebSocket::open(&address).ok()).map(StreamExt::fuse) else {
            return false;
        };
        let (outgoing, mut to_send) = unbounded();
        OUTGOING.set(Some(outgoing));
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
                            Ok(message) => enqueue(store, message),
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

    fn enqueue(store: LiveStore, message: ServerMessage) {
        let waiting = QUEUE.with_borrow_mut(|queue| {
            queue.push(Input::Message(Box::new(message)));
            queue.len()
        });
        if waiting >= QUEUE_LIMIT {
            commit(store);
        } else if !IS_COMMIT_PLANNED.replace(true) {
            if document().hidden() {
                set_timeout(move || commit(store), HIDDEN_COMMIT);
            } else {
                request_animation_frame(move || commit(store));
            }
        }
    }

    fn commit(store: LiveStore) {
        IS_COMMIT_PLANNED.set(false);
        let inputs = QUEUE.take();
        if !inputs.is_empty() {
            store.apply_all(inputs);
        }
    }

    /// Only the newest acknowledgement of a frame needs to be sent.
    fn coalesce(commands: Vec<Command>) -> Vec<Command> {
        let is_ack = |command: &Command| matches!(command, Command::Send(ClientMessage::Ack { .. }));
        let last_ack = commands.iter().rposition(is_ack);
        commands
            .into_iter()
            .enumerate()
            .filter(|(index, command)| !is_ack(command) || Some(*index) == last_ack)
            .map(|(_, command)| command)
            .collect()
    }
}
