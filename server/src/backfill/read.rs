//! Reading an archive into chunks, ahead of the workers by a bounded number of them.

use super::{
    file::KillmailFile,
    outcome::{Archive, Ended},
};
use crate::lifecycle::spawn_child;
use chrono::NaiveDate;
use domain::{KillmailHash, KillmailId};
use std::{collections::HashMap, io, ops::ControlFlow};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use upstream::{
    UpstreamError,
    archive::PackedDay,
    feed::{DayEntry, FeedBody, RawDay},
};

/// Kills of one transaction.
const CHUNK_KILLS: usize = 500;
/// A chunk of unusually large kills is closed sooner.
const CHUNK_BYTES: usize = 8 * 1024 * 1024;
/// Chunks read ahead.
const QUEUE: usize = 2;

/// Kills to be stored together.
pub type Chunk = Vec<DayEntry>;

/// Chunks as they are read, and how the reading ended.
pub struct Chunks<E> {
    pub receiver: mpsc::Receiver<Chunk>,
    pub ended: JoinHandle<Result<Ended, E>>,
}

/// A day whose archive answers.
pub enum Opened {
    Packed(PackedDay),
    Raw { day: Box<RawDay>, hashes: HashMap<KillmailId, KillmailHash> },
}

impl Opened {
    pub fn etag(&self) -> Option<String> {
        match self {
            Self::Packed(day) => day.etag.clone(),
            Self::Raw { .. } => None,
        }
    }
}

/// Asks for a day; `None` when it is still the known edition.
pub async fn open(
    archive: &Archive,
    day: NaiveDate,
    known_etag: Option<&str>,
) -> Result<Option<Opened>, UpstreamError> {
    match archive {
        Archive::EveRef(client) => Ok(client.day(day, known_etag).await?.map(Opened::Packed)),
        Archive::R2z2(client) => {
            // Bodies come without their hashes; the day's index has those.
            let hashes = client.day(day).await?.into_iter().collect();
            Ok(Some(Opened::Raw { day: Box::new(client.raw_day(day).await?), hashes }))
        }
    }
}

/// Collects entries and passes them on by the chunk.
struct Chunker {
    sender: mpsc::Sender<Chunk>,
    chunk: Chunk,
    bytes: usize,
}

impl Chunker {
    fn new() -> (Self, mpsc::Receiver<Chunk>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self { sender, chunk: Vec::new(), bytes: 0 }, receiver)
    }

    /// Takes an entry; gives the chunk that is full with it.
    fn take(&mut self, entry: DayEntry) -> Option<Chunk> {
        self.bytes += match &entry.body {
            FeedBody::Killmail { payload, .. } => payload.len(),
            FeedBody::Malformed { payload, .. } => payload.len(),
            FeedBody::Reference { .. } => 0,
        };
        self.chunk.push(entry);
        (self.chunk.len() >= CHUNK_KILLS || self.bytes >= CHUNK_BYTES).then(|| self.rest())
    }

    fn rest(&mut self) -> Chunk {
        self.bytes = 0;
        std::mem::take(&mut self.chunk)
    }

    /// Passes an entry on from a thread that may block. Breaks off when nobody takes any more.
    fn blocking_push(&mut self, entry: DayEntry) -> ControlFlow<()> {
        match self.take(entry).map(|chunk| self.sender.blocking_send(chunk)) {
            Some(Err(_)) => ControlFlow::Break(()),
            None | Some(Ok(())) => ControlFlow::Continue(()),
        }
    }

    fn blocking_finish(mut self) {
        let rest = self.rest();
        // A receiver that is gone has failed and says so itself.
        drop(self.sender.blocking_send(rest));
    }
}

/// Reads a day until its end or `stop`.
pub fn start(opened: Opened, stop: CancellationToken) -> Chunks<UpstreamError> {
    let (chunker, receiver) = Chunker::new();
    let ended = match opened {
        Opened::Packed(day) => tokio::task::spawn_blocking(move || unpack(&day, chunker, &stop)),
        // Who reads the chunks ends it by taking no more.
        Opened::Raw { day, hashes } => spawn_child(stream(day, hashes, chunker, stop)).detach(),
    };
    Chunks { receiver, ended }
}

fn unpack(day: &PackedDay, mut chunker: Chunker, stop: &CancellationToken) -> Result<Ended, UpstreamError> {
    let mut ended = Ended::Whole;
    let outcome = day.unpack(|entry| {
        if stop.is_cancelled() {
            ended = Ended::Interrupted;
            return ControlFlow::Break(());
        }
        chunker.blocking_push(entry)
    });
    // What was read before the damage is good.
    chunker.blocking_finish();
    outcome.map(|()| ended)
}

async fn stream(
    mut day: Box<RawDay>,
    mut hashes: HashMap<KillmailId, KillmailHash>,
    mut chunker: Chunker,
    stop: CancellationToken,
) -> Result<Ended, UpstreamError> {
    let outcome = loop {
        let next = tokio::select! {
            () = stop.cancelled() => break Ok(Ended::Interrupted),
            next = day.next() => next,
        };
        let mut entry = match next {
            Ok(Some(entry)) => entry,
            Ok(None) => break Ok(Ended::Whole),
            Err(error) => break Err(error),
        };
        if let (Some(id), FeedBody::Killmail { hash, .. }) = (entry.killmail_id, &mut entry.body) {
            *hash = hashes.remove(&id);
        }
        if let Some(chunk) = chunker.take(entry)
            && chunker.sender.send(chunk).await.is_err()
        {
            return Ok(Ended::Interrupted);
        }
    };
    let rest = chunker.rest();
    // A receiver that is gone has failed and says so itself.
    drop(chunker.sender.send(rest).await);
    outcome
}

/// Reads a file until its end or `stop`.
pub fn start_file(file: KillmailFile, stop: CancellationToken) -> Chunks<io::Error> {
    let (mut chunker, receiver) = Chunker::new();
    let ended = tokio::task::spawn_blocking(move || {
        let outcome = pass_on(file, &mut chunker, &stop);
        chunker.blocking_finish();
        outcome
    });
    Chunks { receiver, ended }
}

fn pass_on(file: KillmailFile, chunker: &mut Chunker, stop: &CancellationToken) -> io::Result<Ended> {
    for entry in file {
        if stop.is_cancelled() || chunker.blocking_push(entry?).is_break() {
            return Ok(Ended::Interrupted);
        }
    }
    Ok(Ended::Whole)
}
