//! Turns feed events into records: drops repeats, fetches bodies that the feed left out, decodes, enriches, publishes
//! and queues for storage. Bodies are fetched concurrently, yet everything leaves in the feed's order. A body that ESI
//! does not give now is left to [`super::parked`], so that what comes behind it need not wait.

use super::{FeedPosition, PersistItem, publish::publish};
use crate::{
    books::Books,
    enrichment::{Arrived, Basis, Body, enrich_guarded},
    node::parked::ParkedKill,
};
use domain::{KillmailId, Timestamp};
use futures::StreamExt;
use std::{sync::Arc, time::Duration};
use store::{LetterKind, NewDeadLetter};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use upstream::{
    esi::EsiClient,
    feed::{FeedBody, FeedEvent},
    retry::{Backoff, BackoffPolicy},
};

/// Bodies fetched from ESI at a time.
const CONCURRENT_BODIES: usize = 16;
/// How long what comes behind waits for a body.
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// Between tries while no more kills can be parked.
const FULL: BackoffPolicy = BackoffPolicy { first: Duration::from_secs(1), max: Duration::from_secs(30) };

/// An event on its way through.
enum Resolved {
    /// With the kill whose body it was asked for as.
    Body {
        body: Body,
        asked_for: Option<KillmailId>,
        position: Option<FeedPosition>,
    },
    Refused {
        letter: NewDeadLetter,
        position: Option<FeedPosition>,
    },
    Parked {
        kill: ParkedKill,
        reason: String,
        position: Option<FeedPosition>,
    },
    Known {
        position: Option<FeedPosition>,
    },
}

/// Runs until the feeds' channel closes, then lets the persist queue drain by dropping its sender.
pub async fn run(
    events: mpsc::Receiver<FeedEvent>,
    persist: mpsc::Sender<PersistItem>,
    books: Arc<Books>,
    esi: Arc<EsiClient>,
    stop: CancellationToken,
) {
    let events = futures::stream::unfold(events, |mut events| async { events.recv().await.map(|e| (e, events)) });
    let mut resolved = Box::pin(
        events
            .map(|event| resolve(event, Arc::clone(&books), Arc::clone(&esi), stop.clone()))
            .buffered(CONCURRENT_BODIES),
    );
    while let Some(resolved) = resolved.next().await {
        let mut to_park = None;
        let item = match resolved {
            Resolved::Body { body, asked_for, position } => accept(body, asked_for, position, &books),
            Resolved::Refused { letter, position } => refuse(letter, position, &books),
            Resolved::Parked { kill, reason, position } => {
                let letter = waiting(&kill, reason, position);
                to_park = Some(kill);
                Some(letter)
            }
            Resolved::Known { position } => position.map(PersistItem::Position),
        };
        if let Some(item) = item
            && persist.send(item).await.is_err()
        {
            return;
        }
        // Behind its letter, so that what becomes of the kill is stored after it.
        if let Some(kill) = to_park {
            books.node().parked().park(kill);
        }
    }
}

async fn resolve(event: FeedEvent, books: Arc<Books>, esi: Arc<EsiClient>, stop: CancellationToken) -> Resolved {
    let FeedEvent { source, position, received_at, body } = event;
    let position = position.map(|position| FeedPosition { feed: source, position: position.0 });
    metrics::counter!(crate::meters::FEED_EVENTS_TOTAL, "feed" => source.as_str()).increment(1);
    match body {
        FeedBody::Killmail { hash, payload, reported, names, .. } => {
            books.names().learn(names);
            let body = Body { payload: Arc::from(payload), hash, source, received_at, reported };
            Resolved::Body { body, asked_for: None, position }
        }
        FeedBody::Reference { killmail_id, hash, reported, names } => {
            books.names().learn(names);
            if !books.node().dedupe().is_new(killmail_id) {
                return Resolved::Known { position };
            }
            let kill = ParkedKill { killmail_id, hash, source, reported };
            match fetch(&kill, &books, &esi, &stop).await {
                Fetched::Body(payload) => {
                    let body = fetched(kill, payload, received_at);
                    Resolved::Body { body, asked_for: Some(killmail_id), position }
                }
                Fetched::Later(reason) => Resolved::Parked { kill, reason, position },
                Fetched::Never(reason) => {
                    books.node().dedupe().forget(killmail_id);
                    Resolved::Refused { letter: kill.letter(LetterKind::Body, reason), position }
                }
            }
        }
        FeedBody::Malformed { payload, reason } => {
            let kind = LetterKind::Event;
            let letter = NewDeadLetter { kind, source, position: None, killmail_id: None, reason, payload };
            Resolved::Refused { letter, position }
        }
    }
}

enum Fetched {
    Body(Box<str>),
    /// ESI will give it.
    Later(String),
    Never(String),
}

/// Asks ESI for a body, unless that is of no use now. While no more kills can be parked it asks without end.
async fn fetch(kill: &ParkedKill, books: &Books, esi: &EsiClient, stop: &CancellationToken) -> Fetched {
    let mut backoff = Backoff::random(FULL);
    loop {
        let parked = books.node().parked();
        if parked.rest_until().is_some() && parked.has_room() {
            return Fetched::Later("ESI is left alone for a moment".to_owned());
        }
        let answer = tokio::select! {
            // What is parked is safe, and a stop should not wait for ESI.
            () = stop.cancelled() => return Fetched::Later("the server stopped".to_owned()),
            answer = timeout(BODY_PATIENCE, esi.killmail(kill.killmail_id, &kill.hash)) => answer,
        };
        let (reason, is_general, wait) = match answer {
            Ok(Ok(payload)) => return Fetched::Body(payload),
            Ok(Err(error)) if !error.is_retryable() => {
                return Fetched::Never(format!("body not to be had from ESI: {error}"));
            }
            Ok(Err(error)) => (error.to_string(), error.is_general(), error.retry_after()),
            Err(_) => ("ESI takes too long".to_owned(), true, None),
        };
        if is_general {
            parked.rest();
        }
        if parked.has_room() {
            return Fetched::Later(reason);
        }
        let pause = backoff.next_delay_after(wait.map(|wait| wait.min(FULL.max)));
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
}

fn fetched(kill: ParkedKill, payload: Box<str>, received_at: Timestamp) -> Body {
    let ParkedKill { killmail_id: _, hash, source, reported } = kill;
    Body { payload: Arc::from(payload), hash: Some(hash), source, received_at, reported }
}

/// A parked kill with its body. It counts as received now, so that a late one is not pushed to live pages.
pub(super) fn accept_fetched(
    kill: ParkedKill,
    payload: Box<str>,
    position: Option<FeedPosition>,
    books: &Books,
) -> Option<PersistItem> {
    let asked_for = Some(kill.killmail_id);
    accept(fetched(kill, payload, books.node().now()), asked_for, position, books)
}

/// Reads, enriches and publishes; what it returns is to be stored.
fn accept(
    body: Body,
    asked_for: Option<KillmailId>,
    position: Option<FeedPosition>,
    books: &Books,
) -> Option<PersistItem> {
    let arrived = match Arrived::read(body, asked_for, books.node().now()) {
        Ok(arrived) => arrived,
        Err(refused) => {
            if let Some(id) = asked_for {
                books.node().dedupe().forget(id);
            }
            return refuse(refused.into_letter(), position, books);
        }
    };
    let id = arrived.killmail.killmail_id;
    // A referenced kill was checked before its body was fetched; one that waits for its body has it now.
    if asked_for.is_none() && !books.node().dedupe().is_new(id) && !books.node().parked().take(id) {
        metrics::counter!(crate::meters::KILLMAILS_REPEATED_TOTAL, "feed" => arrived.body.source.as_str()).increment(1);
        return position.map(PersistItem::Position);
    }
    let kill = enrich_guarded(arrived, &Basis::of(books));
    // Whatever is to be found out about a kill before anybody sees it belongs between these two.
    publish(&kill, books);
    if kill.failure.is_some() {
        books.node().enrichments().request(id);
    }
    Some(PersistItem::Kill { record: kill.record, static_data: kill.static_data, position })
}

pub(super) fn refuse(letter: NewDeadLetter, position: Option<FeedPosition>, books: &Books) -> Option<PersistItem> {
    metrics::counter!(crate::meters::FEED_EVENTS_MALFORMED_TOTAL, "feed" => letter.source.as_str()).increment(1);
    tracing::debug!(feed = %letter.source, reason = letter.reason, "event refused");
    books.node().feed_monitor().malformed(letter.source);
    Some(PersistItem::DeadLetter { letter, position })
}

/// A parked kill's letter as an item for storage.
fn waiting(kill: &ParkedKill, reason: String, position: Option<FeedPosition>) -> PersistItem {
    metrics::counter!(crate::meters::KILLMAILS_PARKED_TOTAL).increment(1);
    PersistItem::DeadLetter { letter: kill.letter(LetterKind::Waiting, reason), position }
}
