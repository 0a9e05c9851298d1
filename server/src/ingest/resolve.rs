//! Turns feed events into records: drops repeats, fetches bodies that the feed left out, decodes, enriches, publishes
//! and queues for storage. Bodies are fetched concurrently, yet everything leaves in the feed's order.

use super::{FeedPosition, Letter, PersistItem, enrich::Arrived, guard::enrich_guarded};
use crate::services::Services;
use domain::{Killmail, KillmailHash, KillmailId, Source, Timestamp};
use futures::StreamExt;
use std::sync::Arc;
use store::LetterKind;
use tokio::sync::mpsc;
use upstream::{
    esi::EsiClient,
    feed::{FeedBody, FeedEvent, Reported},
};

/// Bodies fetched from ESI at a time.
const CONCURRENT_BODIES: usize = 16;

/// An event on its way through.
enum Resolved {
    Body { body: Body, position: Option<FeedPosition> },
    Refused { letter: Letter, position: Option<FeedPosition> },
    Known { position: Option<FeedPosition> },
}

struct Body {
    killmail_id: Option<KillmailId>,
    payload: Arc<str>,
    hash: Option<KillmailHash>,
    source: Source,
    received_at: Timestamp,
    reported: Option<Reported>,
}

/// Runs until the feeds' channel closes, then lets the persist queue drain by dropping its sender.
pub async fn run(
    events: mpsc::Receiver<FeedEvent>,
    persist: mpsc::Sender<PersistItem>,
    services: Arc<Services>,
    esi: Arc<EsiClient>,
) {
    let events = futures::stream::unfold(events, |mut events| async { events.recv().await.map(|e| (e, events)) });
    let mut resolved = Box::pin(
        events.map(|event| resolve(event, Arc::clone(&services), Arc::clone(&esi))).buffered(CONCURRENT_BODIES),
    );
    while let Some(resolved) = resolved.next().await {
        let item = match resolved {
            Resolved::Body { body, position } => accept(body, position, &services),
            Resolved::Refused { letter, position } => refuse(letter, position, &services),
            Resolved::Known { position } => position.map(PersistItem::Position),
        };
        if let Some(item) = item
            && persist.send(item).await.is_err()
        {
            return;
        }
    }
}

async fn resolve(event: FeedEvent, services: Arc<Services>, esi: Arc<EsiClient>) -> Resolved {
    let FeedEvent { source, position, received_at, body } = event;
    let position = position.map(|position| FeedPosition { feed: source, position: position.0 });
    metrics::counter!("feed_events_total", "feed" => source.as_str()).increment(1);
    match body {
        FeedBody::Killmail { hash, payload, reported, names, .. } => {
            services.names().learn(names);
            let body = Body { killmail_id: None, payload: Arc::from(payload), hash, source, received_at, reported };
            Resolved::Body { body, position }
        }
        FeedBody::Reference { killmail_id, hash, reported, names } => {
            services.names().learn(names);
            if !services.dedupe().is_new(killmail_id) {
                return Resolved::Known { position };
            }
            match esi.killmail(killmail_id, &hash).await {
                Ok(payload) => {
                    let body = Body {
                        killmail_id: Some(killmail_id),
                        payload: Arc::from(payload),
                        hash: Some(hash),
                        source,
                        received_at,
                        reported,
                    };
                    Resolved::Body { body, position }
                }
                Err(error) => {
                    services.dedupe().forget(killmail_id);
                    let letter = Letter {
                        kind: LetterKind::Body,
                        source,
                        killmail_id: Some(killmail_id),
                        reason: format!("body not to be had from ESI: {error}"),
                        payload: format!(r#"{{"killmail_id":{killmail_id},"hash":"{hash}"}}"#),
                    };
                    Resolved::Refused { letter, position }
                }
            }
        }
        FeedBody::Malformed { payload, reason } => {
            let letter = Letter { kind: LetterKind::Event, source, killmail_id: None, reason, payload };
            Resolved::Refused { letter, position }
        }
    }
}

/// Decodes, enriches and publishes; what it returns is to be stored.
fn accept(body: Body, position: Option<FeedPosition>, services: &Services) -> Option<PersistItem> {
    let killmail = match Killmail::decode(&body.payload, services.now()) {
        Ok(killmail) => killmail,
        Err(error) => {
            if let Some(id) = body.killmail_id {
                services.dedupe().forget(id);
            }
            let letter = Letter {
                kind: LetterKind::Event,
                source: body.source,
                killmail_id: body.killmail_id,
                reason: error.to_string(),
                payload: body.payload.to_string(),
            };
            return refuse(letter, position, services);
        }
    };
    // A referenced kill was checked before its body was fetched.
    let is_new = match body.killmail_id {
        Some(referenced) if referenced != killmail.killmail_id => {
            services.dedupe().forget(referenced);
            let letter = Letter {
                kind: LetterKind::Event,
                source: body.source,
                killmail_id: body.killmail_id,
                reason: format!("killmail_id: asked for {referenced}, got {}", killmail.killmail_id),
                payload: body.payload.to_string(),
            };
            return refuse(letter, position, services);
        }
        Some(_) => true,
        None => services.dedupe().is_new(killmail.killmail_id),
    };
    if !is_new {
        metrics::counter!("killmails_repeated_total", "feed" => body.source.as_str()).increment(1);
        return position.map(PersistItem::Position);
    }
    let arrived = Arrived {
        killmail,
        payload: body.payload,
        hash: body.hash,
        source: body.source,
        received_at: body.received_at,
        reported: body.reported,
    };
    let enriched = enrich_guarded(arrived, services, services.now());
    let record = Arc::new(enriched.record);
    services.publish(&record);
    if enriched.failure.is_some() {
        services.enrichments().request(record.killmail.killmail_id);
    }
    Some(PersistItem::Kill { record, position })
}

fn refuse(letter: Letter, position: Option<FeedPosition>, services: &Services) -> Option<PersistItem> {
    metrics::counter!("feed_events_malformed_total", "feed" => letter.source.as_str()).increment(1);
    tracing::debug!(feed = %letter.source, reason = letter.reason, "event refused");
    services.feed_monitor().malformed(letter.source);
    Some(PersistItem::DeadLetter { letter, position })
}
