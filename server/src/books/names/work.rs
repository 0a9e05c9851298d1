//! Finding what the book of names is asked for: in the database, then with ESI; and telling it to open pages and other
//! nodes.

use super::book::{Request, Requests};
use crate::{
    books::{Books, affiliations},
    cluster::bus::{News, Topic},
    live::window::Amendment,
};
use domain::{EntityKind, EntityName, KillRecord};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::broadcast::error::RecvError,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;
use upstream::esi::EsiClient;

/// ESI takes at most so many ids a call.
const BATCH: usize = 1_000;
const BATCH_TIME: Duration = Duration::from_millis(250);

impl Books {
    /// Names of everybody on the mail: cache first, then the database; what is missing is asked for.
    pub async fn names_of(&self, record: &KillRecord) -> HashMap<i64, String> {
        let mut names = HashMap::new();
        let mut missing = Vec::new();
        for participant in record.killmail.participants() {
            let ids = [
                participant.character_id.map(|id| id.0),
                participant.corporation_id.filter(|id| !id.is_npc()).map(|id| id.0),
                participant.alliance_id.map(|id| id.0),
            ];
            for id in ids.into_iter().flatten() {
                match self.names().get(id) {
                    Some(name) => drop(names.insert(id, name)),
                    None => missing.push(id),
                }
            }
        }
        self.names().request_affiliations(record.killmail.participants().filter_map(|it| it.character_id));
        missing.sort_unstable();
        missing.dedup();
        if !missing.is_empty() {
            match self.node().store().find_names(&missing).await {
                Ok(found) => names.extend(found.into_iter().map(|name| (name.id, name.name))),
                Err(error) => tracing::warn!(%error, "names of a kill cannot be read"),
            }
            self.names().request(missing.into_iter().filter(|id| !names.contains_key(id)));
        }
        names
    }
}

/// Looks up queued names in bulk until `stop`: database first, ESI for the rest.
pub async fn run(requests: Requests, books: Arc<Books>, esi: Arc<EsiClient>, stop: CancellationToken) {
    let Requests(mut requests) = requests;
    loop {
        let first = tokio::select! {
            () = stop.cancelled() => return,
            first = requests.recv() => match first {
                Some(first) => first,
                None => return,
            },
        };
        let deadline = Instant::now() + BATCH_TIME;
        let mut wanted = HashSet::new();
        let mut told = Vec::new();
        let mut pilots = Vec::new();
        let mut next = Some(first);
        while let Some(request) = next.take() {
            match request {
                Request::Find(id) => drop(wanted.insert(id)),
                Request::Keep(name) => told.push(name),
                Request::Affiliate(pilot) => pilots.push(pilot),
            }
            if wanted.len() + told.len() < BATCH && pilots.len() < BATCH {
                next = timeout_at(deadline, requests.recv()).await.ok().flatten();
            }
        }
        keep(&told, &books).await;
        let wanted: Vec<i64> = wanted.into_iter().filter(|id| books.names().get(*id).is_none()).collect();
        if !wanted.is_empty() {
            find(&wanted, &books, &esi).await;
        }
        if !pilots.is_empty() {
            affiliations::refresh(&pilots, &books, &esi).await;
        }
    }
}

/// Takes over what other nodes learn until `stop`.
pub async fn follow(books: Arc<Books>, stop: CancellationToken) {
    let mut news = books.node().bus().subscribe();
    loop {
        let news = tokio::select! {
            () = stop.cancelled() => return,
            news = news.recv() => news,
        };
        match news {
            Ok(news) if news.topic == Topic::Names && books.node().bus().is_foreign(&news) => take_over(&news, &books),
            Ok(news) if news.topic == Topic::Names => {}
            // News were lost: what open pages still miss is looked up again.
            Ok(_) | Err(RecvError::Lagged(_)) => {
                let missing = books.node().window().unnamed_ids();
                books.names().forget_asking(&missing);
                books.names().request(missing);
            }
            Err(RecvError::Closed) => return,
        }
    }
}

fn take_over(news: &News, books: &Books) {
    match serde_json::from_str::<Vec<(i64, String)>>(&news.payload) {
        Ok(pairs) => {
            books.names().remember(pairs.iter().map(|(id, name)| (*id, name.as_str())));
            show(&pairs, books);
        }
        Err(error) => tracing::debug!(%error, "names of another version"),
    }
}

async fn find(wanted: &[i64], books: &Books, esi: &EsiClient) {
    let stored = match books.node().store().find_names(wanted).await {
        Ok(names) => names,
        Err(error) => {
            tracing::warn!(%error, "stored names cannot be read");
            Vec::new()
        }
    };
    announce(&stored, books);
    let known: HashSet<i64> = stored.iter().map(|name| name.id).collect();
    let missing: Vec<i64> = wanted.iter().copied().filter(|id| !known.contains(id)).collect();
    if missing.is_empty() {
        return;
    }
    match esi.names(&missing).await {
        Ok(found) => {
            let names = found.names;
            announce(&names, books);
            tell_others(&names, books);
            keep(&names, books).await;
            books.names().forget_asking(&found.deferred);
        }
        Err(error) => {
            tracing::warn!(%error, names = missing.len(), "names cannot be resolved now");
            books.names().forget_asking(&missing);
        }
    }
}

/// Caches names and sends them to open pages.
fn announce(names: &[EntityName], books: &Books) {
    books.names().remember(names.iter().map(|name| (name.id, name.name.as_str())));
    let pairs: Vec<(i64, String)> = names.iter().map(|name| (name.id, name.name.clone())).collect();
    show(&pairs, books);
}

/// Sends names to open pages and fills them in where they are missing in memory.
fn show(names: &[(i64, String)], books: &Books) {
    let known: HashMap<i64, &str> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let lookup = |id: i64| known.get(&id).map(|name| (*name).to_owned());
    let kills = books.node().window().lacking_names(known.keys().copied());
    books.node().window().amend_all(kills.into_iter().map(|id| (id, Amendment::Names(&lookup))));
}

fn tell_others(names: &[EntityName], books: &Books) {
    let pairs: Vec<(i64, &str)> = names.iter().map(|name| (name.id, name.name.as_str())).collect();
    match serde_json::to_string(&pairs) {
        Ok(payload) if !pairs.is_empty() => books.node().bus().publish(Topic::Names, &payload),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "names cannot be written"),
    }
}

async fn keep(names: &[EntityName], books: &Books) {
    let names: Vec<EntityName> = names
        .iter()
        .filter(|name| matches!(name.kind, EntityKind::Character | EntityKind::Corporation | EntityKind::Alliance))
        .cloned()
        .collect();
    if names.is_empty() {
        return;
    }
    if let Err(error) = books.node().store().upsert_names(&names).await {
        tracing::warn!(%error, "names cannot be stored");
        // They stay in the cache; asking again later stores them.
        books.names().forget_asking(&names.iter().map(|name| name.id).collect::<Vec<_>>());
    }
}
