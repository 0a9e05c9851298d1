//! One WebSocket client.
//!
//! States: *connected* (said `hello`, has no subscription), *streaming* (frames go out as they come), *behind* (the
//! client has more than [`MAX_UNACKED`] batches unacknowledged: frames are dropped and at most once a second one
//! catch-up batch from the window goes out). A client that never acknowledges simply stays in *behind*: it loses
//! nothing but immediacy. A full queue means `resync`: the client subscribes again.
//!
//! Everything is bounded: the frame queue (hub), the size of client messages (upgrade limits), the time a write may
//! take ([`WRITE_TIMEOUT`]), the silence of a client ([`SILENCE_TIMEOUT`]).

use crate::services::asked::Asked;
use crate::{
    books::fits::Settled,
    live::{
        frame::{self, Frame},
        hub::Subscription,
        watchers::Watching,
    },
    services::Services,
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use chrono::TimeDelta;
use contract::{
    ApiError, ClientMessage, ErrorCode, PROTOCOL_VERSION, ServerMessage,
    live::{MAX_KILLS_PER_FRAME, Since},
};
use domain::{KillFilter, KillmailId, Timestamp};
use std::{sync::Arc, time::Duration};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, timeout};
use tokio_util::sync::CancellationToken;

/// Batches a client may leave unacknowledged before it counts as lagging.
const MAX_UNACKED: u32 = 16;
/// Pause between catch-up batches of a lagging client.
const CATCH_UP_INTERVAL: Duration = Duration::from_secs(1);
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Times of the database are less exact than those in memory; a recalculation is never as close as this.
const SAME_TIME: TimeDelta = TimeDelta::milliseconds(1);
/// Without any message, pong included, the client is gone.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(60);
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// Size limit of one client message; the largest sensible filter is far below.
pub const MAX_CLIENT_MESSAGE_BYTES: usize = 64 * 1024;

/// The socket is gone or too slow.
struct Closed;

struct Session {
    socket: WebSocket,
    services: Arc<Services>,
    /// The use cases, for whoever opened the socket.
    asked: Asked,
    subscription: Option<Subscription>,
    /// Newest seq sent.
    sent_seq: u64,
    unacked: u32,
    /// Frames were dropped since `sent_seq`.
    is_behind: bool,
    last_heard: Instant,
    watch: Option<WatchedKill>,
}

/// The one kill the client looks at.
struct WatchedKill {
    kill: Watching,
    /// While its fit is being computed.
    settled: Option<oneshot::Receiver<Arc<Settled>>>,
}

/// News of it.
enum News {
    Changed,
    /// `None` when the statistics will not come.
    Fit(Option<Arc<Settled>>),
}

/// Serves a client until it leaves or the server stops.
pub async fn serve(socket: WebSocket, services: Arc<Services>, asked: Asked, stop: CancellationToken) {
    let mut session = Session {
        socket,
        services,
        asked,
        subscription: None,
        sent_seq: 0,
        unacked: 0,
        is_behind: false,
        last_heard: Instant::now(),
        watch: None,
    };
    metrics::gauge!(crate::meters::LIVE_SOCKETS).increment(1.0);
    if session.hello().await.is_ok() {
        session.run(stop).await;
    }
    metrics::gauge!(crate::meters::LIVE_SOCKETS).decrement(1.0);
}

/// What woke the session up.
enum Wake {
    Stop,
    Client(Option<Result<Message, axum::Error>>),
    Frame(Option<Frame>),
    News(KillmailId, News),
    CatchUp,
    Ping,
}

impl Session {
    async fn hello(&mut self) -> Result<(), Closed> {
        let hello = ServerMessage::Hello {
            protocol: PROTOCOL_VERSION,
            node: self.services.node().id().to_owned(),
            time: self.services.now(),
        };
        self.send(&hello).await
    }

    async fn run(&mut self, stop: CancellationToken) {
        let mut catch_up = tokio::time::interval(CATCH_UP_INTERVAL);
        catch_up.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ping = tokio::time::interval(PING_INTERVAL);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let wake = tokio::select! {
                () = stop.cancelled() => Wake::Stop,
                message = self.socket.recv() => Wake::Client(message),
                frame = next_frame(&mut self.subscription) => Wake::Frame(frame),
                (id, news) = next_news(&mut self.watch) => Wake::News(id, news),
                _ = catch_up.tick(), if self.is_behind => Wake::CatchUp,
                _ = ping.tick() => Wake::Ping,
            };
            let outcome = match wake {
                Wake::Stop => {
                    // Code 1001: going away. The browser reconnects with its own jitter.
                    let close = CloseFrame { code: 1001, reason: Utf8Bytes::from_static("server restarts") };
                    drop(timeout(WRITE_TIMEOUT, self.socket.send(Message::Close(Some(close)))).await);
                    return;
                }
                Wake::Client(Some(Ok(message))) => self.receive(message).await,
                Wake::Client(_) => return,
                Wake::Frame(Some(frame)) => self.forward(frame).await,
                Wake::Frame(None) => self.resync("too slow").await,
                Wake::News(killmail_id, News::Changed) => self.send(&ServerMessage::Changed { killmail_id }).await,
                Wake::News(killmail_id, News::Fit(settled)) => self.tell_fit(killmail_id, settled).await,
                Wake::CatchUp => self.catch_up().await,
                Wake::Ping if self.last_heard.elapsed() > SILENCE_TIMEOUT => return,
                Wake::Ping => self.write(Message::Ping(Default::default())).await,
            };
            if outcome.is_err() {
                return;
            }
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), Closed> {
        self.last_heard = Instant::now();
        let text = match message {
            Message::Text(text) => text,
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(Closed),
            Message::Binary(_) => return self.refuse(ApiError::invalid(".", "binary frames are not understood")).await,
        };
        match parse(&text) {
            Ok(ClientMessage::Subscribe { filter, since }) => self.subscribe(filter, since).await,
            Ok(ClientMessage::Watch { killmail_id, enriched_at }) => self.watch(killmail_id, enriched_at).await,
            Ok(ClientMessage::Ack { seq }) => {
                if seq >= self.sent_seq {
                    self.unacked = 0;
                } else {
                    self.unacked = self.unacked.saturating_sub(1);
                }
                Ok(())
            }
            Ok(ClientMessage::Ping { nonce }) => self.send(&ServerMessage::Pong { nonce }).await,
            Err(error) => self.refuse(error).await,
        }
    }

    /// Subscribes first, then sends what was missed: nothing falls between.
    async fn subscribe(&mut self, filter: KillFilter, since: Option<Since>) -> Result<(), Closed> {
        let subscription = match self.services.hub().subscribe(filter) {
            Ok(subscription) => subscription,
            Err(_) => {
                let message = "Too many people are watching through this server. Try again in a minute.";
                return self.refuse(ApiError::new(ErrorCode::TooMany, message)).await;
            }
        };
        let filter = subscription.filter().clone();
        self.subscription = Some(subscription);
        self.unacked = 0;
        self.is_behind = false;
        let gap = since
            .filter(|since| since.node == self.services.node().id())
            .map(|since| self.services.window().since(since.seq, &filter, MAX_KILLS_PER_FRAME))
            .filter(|gap| gap.is_covered && gap.skipped == 0);
        if let Some(gap) = gap {
            let frame = frame::gap_fill(gap.seq, &gap.kills);
            self.sent_seq = frame.seq;
            self.write(Message::Text(frame.text)).await?;
        } else {
            self.snapshot(filter).await?;
        }
        self.send(&ServerMessage::Feed { status: self.services.feed_status() }).await?;
        match self.asked.live_stats() {
            Ok(stats) => self.send(&ServerMessage::Stats { stats }).await,
            Err(error) => self.refuse(error).await,
        }
    }

    /// Tells the fit of a kill at once when it is known, else when it is computed, and every change of the kill. It is
    /// registered first and looked at second, so that no change falls between.
    async fn watch(&mut self, killmail_id: Option<KillmailId>, known: Option<Timestamp>) -> Result<(), Closed> {
        self.watch = None;
        let Some(killmail_id) = killmail_id else { return Ok(()) };
        let kill = self.services.hub().watch(killmail_id);
        let found = self.asked.find_record(killmail_id).await;
        let asked = found.and_then(|record| self.asked.ask_for_fit(&record).map(|fit| (record, fit)));
        let (record, (report, waiting)) = match asked {
            Ok(answer) => answer,
            Err(error) => return self.refuse(error).await,
        };
        let is_known = report.outcome.is_some();
        self.watch = Some(WatchedKill { kill, settled: waiting.filter(|_| !is_known) });
        if known.is_some_and(|known| record.enrichment.enriched_at - known >= SAME_TIME) {
            self.send(&ServerMessage::Changed { killmail_id }).await?;
        }
        if is_known { self.send(&ServerMessage::Fit { killmail_id, report }).await } else { Ok(()) }
    }

    async fn tell_fit(&mut self, killmail_id: KillmailId, settled: Option<Arc<Settled>>) -> Result<(), Closed> {
        let Some(settled) = settled else { return Ok(()) };
        let report = self.services.report_of(&settled);
        self.send(&ServerMessage::Fit { killmail_id, report }).await
    }

    async fn snapshot(&mut self, filter: KillFilter) -> Result<(), Closed> {
        let seq = self.services.window().seq();
        match self.asked.newest_kills(&filter, MAX_KILLS_PER_FRAME as u32).await {
            Ok(page) => {
                self.sent_seq = seq;
                self.send(&ServerMessage::Snapshot { kills: page.kills, seq, is_gap_fill: false }).await
            }
            Err(error) => self.refuse(error).await,
        }
    }

    async fn forward(&mut self, frame: Frame) -> Result<(), Closed> {
        if frame.seq == 0 {
            return self.write(Message::Text(frame.text)).await;
        }
        if self.is_behind || self.unacked >= MAX_UNACKED {
            self.is_behind = true;
            return Ok(());
        }
        self.sent_seq = frame.seq;
        self.unacked += 1;
        self.write(Message::Text(frame.text)).await
    }

    /// One batch with what was dropped since the last one sent.
    async fn catch_up(&mut self) -> Result<(), Closed> {
        let Some(subscription) = &self.subscription else { return Ok(()) };
        let missed = self.services.window().since(self.sent_seq, subscription.filter(), MAX_KILLS_PER_FRAME);
        if !missed.is_covered {
            return self.resync("too far behind").await;
        }
        let frame = frame::batch(missed.seq, &missed.kills, missed.skipped, &[]);
        self.sent_seq = frame.seq;
        self.is_behind = self.unacked >= MAX_UNACKED;
        self.write(Message::Text(frame.text)).await
    }

    async fn resync(&mut self, reason: &str) -> Result<(), Closed> {
        self.subscription = None;
        self.is_behind = false;
        self.send(&ServerMessage::Resync { reason: reason.to_owned() }).await
    }

    async fn refuse(&mut self, error: ApiError) -> Result<(), Closed> {
        let path = error.problems.first().map(|problem| problem.path.clone());
        self.send(&ServerMessage::Error { code: error.code, message: error.message, path }).await
    }

    async fn send(&mut self, message: &ServerMessage) -> Result<(), Closed> {
        self.write(Message::Text(frame::encode(message))).await
    }

    async fn write(&mut self, message: Message) -> Result<(), Closed> {
        match timeout(WRITE_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Closed),
        }
    }
}

/// Waits for ever while there is no subscription.
async fn next_frame(subscription: &mut Option<Subscription>) -> Option<Frame> {
    match subscription {
        Some(subscription) => subscription.next().await,
        None => std::future::pending().await,
    }
}

/// Waits for ever while nothing is watched. Cancel-safe.
async fn next_news(watch: &mut Option<WatchedKill>) -> (KillmailId, News) {
    let Some(WatchedKill { kill, settled }) = watch else { return std::future::pending().await };
    let fit = async {
        match settled {
            Some(waiting) => waiting.await.ok(),
            None => std::future::pending().await,
        }
    };
    let news = tokio::select! {
        () = kill.changed() => News::Changed,
        fit = fit => News::Fit(fit),
    };
    if matches!(news, News::Fit(_)) {
        *settled = None;
    }
    (kill.killmail_id(), news)
}

fn parse(text: &str) -> Result<ClientMessage, ApiError> {
    let mut message: ClientMessage =
        serde_json::from_str(text).map_err(|error| ApiError::invalid(".", error.to_string()))?;
    if let ClientMessage::Subscribe { filter, .. } = &mut message {
        // The same limits and contradictions as in a URL, and the same spelling: tags are compared as they are stored.
        *filter = KillFilter::from_query(&filter.to_query(), &[]).map_err(ApiError::from)?;
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_subscribed_as_a_url_would_read_it() {
        let tags = |text: &str| {
            let message = format!(r#"{{"type":"subscribe","filter":{{"tags":{text}}}}}"#);
            match parse(&message) {
                Ok(ClientMessage::Subscribe { filter, .. }) => Ok(filter.tags),
                Ok(other) => panic!("{other:?}"),
                Err(error) => Err(error.problems[0].path.clone()),
            }
        };
        let known = domain::tags::canonical("t2 guns").expect("a tag").tag.clone().into_owned();
        assert_ne!(known, "t2 guns");
        assert_eq!(tags(r#"["t2 guns", " T2 GUNS "]"#), Ok(vec![known]));
        assert_eq!(tags(r#"["no such tag"]"#), Err("tags".to_owned()));
    }
}
