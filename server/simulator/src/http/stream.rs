//! Server-sent event streams: one task a connection follows the ledger and writes frames, with the faults of streams.
//!
//! Guarantees: a stream without faults delivers every kill above its cursor, in order, once. A kill a fault withholds
//! is not delivered on that stream again; the history files have it. Backpressure is the bounded channel to the
//! socket; a reader that stops reading stops the task, which then finds the ledger moved on.

use super::Upstream;
use crate::{counters::Kind, faults::Fault, hash, ledger::Kill, world::World};
use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use std::{fmt::Write as _, io, sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::Instant};

/// Chunks waiting for a socket. A full channel makes the stream's task wait.
const CHUNKS: usize = 64;
/// Kills read from the ledger at a time.
const BATCH: usize = 256;
/// Frames are joined into chunks of about this many bytes.
const CHUNK_BYTES: usize = 32 << 10;

/// How one upstream words its stream.
pub(crate) trait Dialect: Send + Sync + 'static {
    fn upstream(&self) -> Upstream;

    /// What is written when the stream opens, chunk by chunk, with the pause after each.
    fn opening(&mut self, world: &World) -> Vec<(String, Duration)>;

    /// Where the live part begins; asked after the opening.
    fn cursor(&self, world: &World) -> u64;

    /// The JSON of a kill; `None` when this stream is not about it.
    fn data(&self, world: &World, kill: &Kill, hash: &str) -> Option<String>;

    /// Lines before the data (`event:`, `id:`), each with its line feed.
    fn head(&self, kill: &Kill) -> String;

    /// What keeps the connection alive, and when.
    fn keep_alive(&self, world: &World) -> Option<KeepAlive>;
}

/// The frame of an idle stream.
pub(crate) struct KeepAlive {
    pub every: Duration,
    /// Whether output of any kind puts it off.
    pub only_when_idle: bool,
    pub frame: String,
}

/// Why a stream ended.
enum End {
    /// The client left, the galaxy stops or the upstream went out.
    Quiet,
    /// The connection is to break.
    Broken,
}

/// Opens the stream; it lives until the client leaves, a fault ends it or the galaxy stops.
pub(crate) fn open(world: &Arc<World>, dialect: impl Dialect, headers: &[(HeaderName, &'static str)]) -> Response {
    let (sender, receiver) = mpsc::channel(CHUNKS);
    let task_world = Arc::clone(world);
    world.tasks.spawn(async move {
        let upstream = dialect.upstream().name();
        task_world.tally.add(Kind::OpenStream, upstream);
        let mut writer = Writer { sender, pending: String::new() };
        if let Err(End::Broken) = run(&task_world, dialect, &mut writer).await {
            // What was written before must reach the client first.
            tokio::time::sleep(super::BREAK_DELAY).await;
            let _ = writer.sender.send(Err(io::Error::other("the simulator breaks the connection"))).await;
        }
        task_world.tally.subtract(Kind::OpenStream, upstream);
    });
    let chunks = futures::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk: io::Result<Bytes>| (chunk, receiver))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    for (name, value) in headers {
        response.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

async fn run(world: &Arc<World>, mut dialect: impl Dialect, writer: &mut Writer) -> Result<(), End> {
    let upstream = dialect.upstream().name();
    let mut progress = world.progress();
    for (chunk, pause) in dialect.opening(world) {
        writer.pending.push_str(&chunk);
        writer.flush(world).await?;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
    let mut cursor = dialect.cursor(world);
    let mut last_output = Instant::now();
    let mut last_beat = Instant::now();
    loop {
        progress.mark_unchanged();
        if world.is_out(upstream) {
            return Err(End::Broken);
        }
        let kills = world.ledger().after(cursor, BATCH);
        for kill in &kills {
            cursor = kill.sequence;
            deliver(world, &dialect, writer, kill).await?;
        }
        if !writer.pending.is_empty() {
            writer.flush(world).await?;
            last_output = Instant::now();
        }
        let keep_alive = dialect.keep_alive(world);
        let due = keep_alive.as_ref().map_or_else(
            || Instant::now() + Duration::from_hours(1),
            |it| if it.only_when_idle { last_output } else { last_beat } + it.every,
        );
        if let Some(keep_alive) = keep_alive.filter(|_| Instant::now() >= due) {
            writer.pending.push_str(&keep_alive.frame);
            writer.flush(world).await?;
            last_output = Instant::now();
            last_beat = last_output;
        }
        if !kills.is_empty() {
            continue;
        }
        tokio::select! {
            changed = progress.changed() => if changed.is_err() { return Err(End::Quiet) },
            () = tokio::time::sleep_until(due) => {}
            () = writer.sender.closed() => return Err(End::Quiet),
            () = world.stopping.cancelled() => return Err(End::Quiet),
        }
    }
}

/// Writes one kill, or what a fault makes of it.
async fn deliver(world: &World, dialect: &impl Dialect, writer: &mut Writer, kill: &Kill) -> Result<(), End> {
    let faults = &world.faults;
    let wrong_hash = faults.strikes(Fault::WrongHash).then(|| hash::killmail_hash(0xbad, kill.killmail_id));
    let Some(data) = dialect.data(world, kill, wrong_hash.as_deref().unwrap_or(&kill.hash)) else { return Ok(()) };
    if faults.strikes(Fault::Silence) {
        writer.flush(world).await?;
        tokio::select! {
            () = tokio::time::sleep(world.config.timing.silence) => {}
            () = writer.sender.closed() => {}
            () = world.stopping.cancelled() => {}
        }
        return Err(End::Quiet);
    }
    if faults.strikes(Fault::Disconnect) {
        writer.flush(world).await?;
        return Err(End::Broken);
    }
    let head = dialect.head(kill);
    if faults.strikes(Fault::TruncatedChunk) {
        let half = data.len() / 2;
        let _ = write!(writer.pending, "{head}data: {}", data.get(..half).unwrap_or("{\"killmail_id\":"));
        writer.flush(world).await?;
        return Err(End::Broken);
    }
    if faults.strikes(Fault::HugeEvent) {
        let padding = "x".repeat(world.config.timing.huge_event_bytes);
        let _ = write!(writer.pending, "{head}data: {{\"padding\":\"{padding}\"}}\n\n");
    }
    if faults.strikes(Fault::MalformedJson) {
        let cut = data.len() * 2 / 3;
        let _ = write!(writer.pending, "{head}data: {}\n\n", data.get(..cut).unwrap_or("{\"killmail_id\":"));
    } else {
        let _ = write!(writer.pending, "{head}data: {data}\n\n");
        world.tally.add(Kind::Delivered, dialect.upstream().name());
    }
    if writer.pending.len() >= CHUNK_BYTES { writer.flush(world).await } else { Ok(()) }
}

struct Writer {
    sender: mpsc::Sender<io::Result<Bytes>>,
    pending: String,
}

impl Writer {
    async fn flush(&mut self, world: &World) -> Result<(), End> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::take(&mut self.pending));
        tokio::select! {
            sent = self.sender.send(Ok(chunk)) => sent.map_err(|_| End::Quiet),
            () = world.stopping.cancelled() => Err(End::Quiet),
        }
    }
}
