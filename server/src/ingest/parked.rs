//! Kills whose body ESI does not give now, but will: its budget is spent, it is down, it does not answer in time.
//!
//! A kill is parked by [`super::resolve`], which first sends a letter of kind [`LetterKind::Waiting`] to storage, in the
//! feed's order: the position that passes the kill is committed together with the letter or not at all. The letter goes
//! in the transaction that stores the kill, or becomes a dead letter when ESI's word is final. After a crash the kills
//! are read back from their letters.
//!
//! Bounded by [`CAPACITY`]: beyond it `resolve` holds the event itself and asks until there is room, so the feed waits.
//!
//! Considered races: the kill comes with its body by another feed meanwhile (whoever takes the id out first has it); it
//! is stored by another node (storing it again is harmless and ends the wait); a stop in the middle of a round (the
//! letters are stored or on their way).

use super::{PersistItem, resolve};
use crate::{
    books::Books,
    node::parked::{AT_ONCE, CAPACITY, ParkedKill},
};
use futures::StreamExt;
use std::{sync::Arc, time::Duration};
use store::LetterKind;
use tokio::{
    sync::mpsc,
    time::{sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;
use upstream::{
    esi::EsiClient,
    feed::{FeedBody, reread},
    retry::{Backoff, BackoffPolicy},
};

/// Between rounds in which ESI gave nothing. Asking a spent budget or an open breaker costs no request.
const RETRY: BackoffPolicy = BackoffPolicy { first: Duration::from_secs(1), max: Duration::from_secs(30) };

/// Asks for parked kills until `stop`.
pub async fn run(books: Arc<Books>, esi: Arc<EsiClient>, persist: mpsc::Sender<PersistItem>, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = work(&books, &esi, &persist) => {}
    }
}

async fn work(books: &Books, esi: &EsiClient, persist: &mpsc::Sender<PersistItem>) {
    load(books).await;
    let mut backoff = Backoff::random(RETRY);
    loop {
        if books.node().parked().is_empty() {
            books.node().parked().arrived().await;
            // It has failed a moment ago.
            sleep(backoff.next_delay()).await;
        }
        if let Some(until) = books.node().parked().rest_until() {
            sleep_until(until).await;
        }
        let round = books.node().parked().next_round();
        let asked = round.len();
        let mut answers = futures::stream::iter(round)
            .map(|kill| async move { (esi.killmail(kill.killmail_id, &kill.hash).await, kill) })
            .buffer_unordered(AT_ONCE);
        let mut failed = 0;
        while let Some((answer, kill)) = answers.next().await {
            let item = match answer {
                Err(error) if error.is_retryable() => {
                    failed += 1;
                    if error.is_general() {
                        books.node().parked().rest();
                    }
                    books.node().parked().put_back(kill);
                    continue;
                }
                // It came by another way.
                _ if !books.node().parked().take(kill.killmail_id) => continue,
                Ok(payload) => resolve::accept_fetched(kill, payload, None, books),
                Err(error) => {
                    books.node().dedupe().forget(kill.killmail_id);
                    let reason = format!("body not to be had from ESI: {error}");
                    resolve::refuse(kill.letter(LetterKind::Body, reason), None, books)
                }
            };
            if let Some(item) = item
                && persist.send(item).await.is_err()
            {
                return;
            }
        }
        if failed < asked {
            backoff.reset();
        } else if asked > 0 {
            sleep(backoff.next_delay()).await;
        }
    }
}

/// Parks again what was parked when the process before ended. Waits for the database.
async fn load(books: &Books) {
    let mut backoff = Backoff::random(RETRY);
    let letters = loop {
        match books.node().store().list_waiting_letters(2 * CAPACITY as u32).await {
            Ok(letters) => break letters,
            Err(error) => {
                tracing::warn!(%error, "kills that wait for their body cannot be read yet");
                sleep(backoff.next_delay()).await;
            }
        }
    };
    if !letters.is_empty() {
        tracing::info!(kills = letters.len(), "kills from before wait for their body");
    }
    for letter in letters {
        if let FeedBody::Reference { killmail_id, hash, reported, .. } = reread(&letter.payload)
            // Else a feed has brought it again, and it is on its way.
            && books.node().dedupe().is_new(killmail_id)
        {
            books.node().parked().park(ParkedKill { killmail_id, hash, source: letter.source, reported });
        }
    }
}
