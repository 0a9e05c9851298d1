//! wanderer-kills: self-hosted server-sent events, enriched with names but without items.
//!
//! Two routes. *Standard* really sends unnamed messages, one killmail each, and `: ping` comments; *enhanced* sends
//! `connected`, `batch`, `transition`, `killmail`, `heartbeat` and `error`. The project's own guide describes the
//! events of the second for the first too, so both routes accept everything. Neither has ids or replay: events carry
//! no position, and what is missed while disconnected comes from history. Kills arrive more than once (the service
//! publishes each twice); duplicates are the pipeline's concern. As items are missing, every kill is a `Reference`.

use super::{
    Feed, FeedBody, FeedEvent, FeedItem, FeedStream, Position, Reported,
    eventsource::{EventSourceConnection, Limits},
    reported::{collect_names, killmail_hash, killmail_id},
    sse::SseItem,
    unusable::Unusable,
};
use crate::{
    UpstreamError,
    http::{HttpClient, endpoint},
};
use async_trait::async_trait;
use domain::{CharacterId, EntityName, Isk, SolarSystemId, Source};
use serde_json::Value;
use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};
use url::Url;

/// The service refuses longer lists (upstreams.md 1.2).
const MAX_FILTER_IDS: usize = 100;

/// Which of the service's two streams to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WandererRoute {
    /// `/api/v1/kills/stream`: what the shipped build is known to deliver.
    #[default]
    Standard,
    /// `/api/v1/kills/stream/enhanced`: with preload.
    Enhanced,
}

#[derive(Clone, Debug)]
pub struct WandererOptions {
    /// `http://host:4004`, with or without `/api/v1`.
    pub base_url: Url,
    pub route: WandererRoute,
    pub system_ids: Vec<SolarSystemId>,
    /// Applied by the service on the enhanced route only, like `min_value` and `preload_days`.
    pub character_ids: Vec<CharacterId>,
    pub min_value: Option<Isk>,
    pub preload_days: u8,
    /// Longest time without a single byte, the answer's head included; pings come every 10 s, heartbeats every 30 s.
    pub silence: Duration,
    pub max_event_bytes: usize,
}

impl WandererOptions {
    pub fn new(base_url: Url) -> Self {
        Self {
            base_url,
            route: WandererRoute::default(),
            system_ids: Vec::new(),
            character_ids: Vec::new(),
            min_value: None,
            preload_days: 0,
            silence: Duration::from_secs(45),
            // A batch of 50 kills with some hundred attackers each.
            max_event_bytes: 8 * 1024 * 1024,
        }
    }
}

pub struct WandererFeed {
    http: HttpClient,
    stream_client: reqwest::Client,
    options: WandererOptions,
    stream_url: Url,
    ping_url: Url,
}

struct WandererStream {
    http: HttpClient,
    connection: EventSourceConnection,
    ready: VecDeque<FeedItem>,
    silence: Duration,
}

impl WandererFeed {
    /// # Errors
    /// When a filter is longer than the service takes, or the client cannot be built.
    pub fn new(http: HttpClient, options: WandererOptions) -> Result<Self, UpstreamError> {
        if options.system_ids.len() > MAX_FILTER_IDS || options.character_ids.len() > MAX_FILTER_IDS {
            return Err(UpstreamError::invalid_request(format!("more than {MAX_FILTER_IDS} ids in a filter")));
        }
        let stream_client = http.event_stream_client(options.silence)?;
        let (stream_url, ping_url) = (stream_url(&options), endpoint(&root(&options.base_url), "/ping"));
        Ok(Self { http, stream_client, options, stream_url, ping_url })
    }
}

#[async_trait]
impl Feed for WandererFeed {
    fn source(&self) -> Source {
        Source::Wanderer
    }

    /// `from` is ignored: the service cannot replay.
    async fn open(&self, _from: Option<Position>) -> Result<Box<dyn FeedStream>, UpstreamError> {
        let request = self.stream_client.get(self.stream_url.clone());
        let silence = self.options.silence;
        let limits = Limits { silence, max_event_bytes: self.options.max_event_bytes };
        let connection = EventSourceConnection::open(request, limits, &self.http).await?;
        let ready = VecDeque::from([FeedItem::Connected]);
        Ok(Box::new(WandererStream { http: self.http.clone(), connection, ready, silence }))
    }

    async fn probe(&self) -> Result<(), UpstreamError> {
        self.http.get("wanderer", self.ping_url.clone()).await?.into_success().map(drop)
    }
}

#[async_trait]
impl FeedStream for WandererStream {
    async fn next(&mut self) -> Result<FeedItem, UpstreamError> {
        if let Some(item) = self.ready.pop_front() {
            return Ok(item);
        }
        let bodies = loop {
            match self.connection.next(&self.http).await? {
                SseItem::Quiet => return Ok(FeedItem::Idle { within: self.silence }),
                SseItem::Spoiled { start, reason, .. } => break vec![FeedBody::malformed(&start, reason)],
                // A greeting says no more than the answer's head did.
                SseItem::Message { name, .. } if name == "connected" => {}
                SseItem::Message { name, data, .. } => break parse_event(&name, &data),
            }
        };
        let received_at = self.http.now();
        self.ready.extend(
            bodies
                .into_iter()
                .map(|body| FeedItem::Event(FeedEvent { source: Source::Wanderer, position: None, received_at, body })),
        );
        Ok(self.ready.pop_front().unwrap_or(FeedItem::Idle { within: Duration::ZERO }))
    }
}

/// What one event holds: nothing for heartbeats and the like.
pub(super) fn parse_event(name: &str, data: &str) -> Vec<FeedBody> {
    if matches!(name, "connected" | "heartbeat" | "transition") {
        return Vec::new();
    }
    if name == "error" {
        metrics::counter!(crate::meters::UPSTREAM_FEED_ERROR_EVENTS_TOTAL, "source" => "wanderer").increment(1);
        tracing::warn!("wanderer-kills sent an error event");
        return Vec::new();
    }
    let value = match serde_json::from_str(data) {
        Ok(value) => value,
        Err(error) => return vec![FeedBody::malformed(data.as_bytes(), format!("not JSON: {error}"))],
    };
    let Value::Object(event) = &value else {
        return vec![FeedBody::malformed(data.as_bytes(), "not a JSON object")];
    };
    if let Some(kills) = event.get("kills").filter(|_| !event.contains_key("killmail_id")) {
        return match kills {
            Value::Array(kills) => kills.iter().map(|kill| parse_kill(kill, &kill.to_string())).collect(),
            _ => vec![FeedBody::malformed(data.as_bytes(), "kills is not a list")],
        };
    }
    let is_notice = !event.contains_key("killmail_id") && !event.contains_key("zkb");
    let known_name = matches!(name, "message" | "killmail" | "batch" | "");
    let is_test = event.get("type").and_then(Value::as_str) == Some("test");
    if is_notice && (!known_name || is_test) {
        metrics::counter!(crate::meters::UPSTREAM_FEED_UNKNOWN_EVENTS_TOTAL, "source" => "wanderer").increment(1);
        return Vec::new();
    }
    vec![parse_kill(&value, data)]
}

fn parse_kill(kill: &Value, text: &str) -> FeedBody {
    reference(kill).unwrap_or_else(|reason| FeedBody::malformed(text.as_bytes(), reason))
}

fn reference(kill: &Value) -> Result<FeedBody, Unusable> {
    let kill = kill.as_object().ok_or("the killmail is not a JSON object")?;
    let killmail_id = killmail_id(kill.get("killmail_id"))?;
    let zkb = kill.get("zkb");
    let hash = killmail_hash(zkb.and_then(|zkb| zkb.get("hash")), "zkb.hash")?;
    let mut names = Vec::new();
    let attackers = kill.get("attackers").and_then(Value::as_array).into_iter().flatten();
    for party in kill.get("victim").into_iter().chain(attackers).filter_map(Value::as_object) {
        collect_names(party, &mut names);
    }
    let mut seen = HashSet::new();
    names.retain(|name: &EntityName| seen.insert((name.kind, name.id)));
    Ok(FeedBody::Reference { killmail_id, hash, reported: zkb.and_then(Reported::from_zkb), names })
}

/// The service's root, whether or not configuration names the API below it.
fn root(base: &Url) -> Url {
    let mut root = base.clone();
    let path = base.path().trim_end_matches('/');
    root.set_path(path.strip_suffix("/api/v1").unwrap_or(path));
    root
}

fn stream_url(options: &WandererOptions) -> Url {
    let path = match options.route {
        WandererRoute::Standard => "/api/v1/kills/stream",
        WandererRoute::Enhanced => "/api/v1/kills/stream/enhanced",
    };
    let mut url = endpoint(&root(&options.base_url), path);
    let join = |ids: Vec<String>| ids.join(",");
    let mut parameters = Vec::new();
    if !options.system_ids.is_empty() {
        parameters.push(("system_ids", join(options.system_ids.iter().map(ToString::to_string).collect())));
    }
    if !options.character_ids.is_empty() {
        parameters.push(("character_ids", join(options.character_ids.iter().map(ToString::to_string).collect())));
    }
    if let Some(min_value) = options.min_value {
        parameters.push(("min_value", format!("{:.2}", min_value.as_f64())));
    }
    if options.preload_days > 0 && options.route == WandererRoute::Enhanced {
        parameters.push(("preload_days", options.preload_days.to_string()));
    }
    if !parameters.is_empty() {
        url.query_pairs_mut().extend_pairs(parameters);
    }
    url
}

#[cfg(test)]
#[path = "wanderer_tests.rs"]
mod tests;
