//! News between nodes: names that became known. (Kills that were enriched again and static data that changed are told by
//! PostgreSQL, since commands without Redis change them too: `jobs::other_enrichments`, `jobs::static_data`.)
//!
//! Every subscriber of every node gets every piece of news, in this process at once, on other nodes by way of Redis
//! when there is one. It carries hints, not truth: the database has that. News may be lost while Redis is away, which
//! a node hears as [`Topic::Missed`] when it is back: whoever keeps a copy of something then looks again.
//! Publishing never waits: what does not fit into the queue towards Redis is dropped and counted.

use redis::{AsyncCommands, Client, aio::MultiplexedConnection};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{broadcast, mpsc},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use upstream::retry::{Backoff, BackoffPolicy};

/// News a slow subscriber may lag behind; it then hears that it lagged.
const CAPACITY: usize = 1_024;
/// News on their way to Redis.
const QUEUE: usize = 1_024;
/// Larger pieces are not sent to other nodes.
const MAX_PAYLOAD_BYTES: usize = 256 * 1024;
const CHANNEL: &str = "tracker:bus";
const PATIENCE: Duration = Duration::from_secs(2);

/// What a piece of news is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Names became known: `[[id, name], …]`.
    Names,
    /// News of other nodes may have been lost.
    Missed,
}

/// One piece of news.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    pub topic: Topic,
    pub payload: Arc<str>,
    /// The node that it comes from.
    pub node: Arc<str>,
}

/// Clones share the subscribers.
#[derive(Clone, Debug)]
pub struct Bus {
    node: Arc<str>,
    local: broadcast::Sender<News>,
    outbox: Arc<Mutex<Option<mpsc::Sender<News>>>>,
}

impl Bus {
    /// For one process, until [`run`] connects it with others.
    pub fn new(node: &str) -> Self {
        Self { node: Arc::from(node), local: broadcast::channel(CAPACITY).0, outbox: Arc::default() }
    }

    pub fn publish(&self, topic: Topic, payload: &str) {
        let news = News { topic, payload: Arc::from(payload), node: Arc::clone(&self.node) };
        if let Some(outbox) = &*self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
            && (payload.len() > MAX_PAYLOAD_BYTES || outbox.try_send(news.clone()).is_err())
        {
            metrics::counter!(crate::meters::BUS_NEWS_DROPPED_TOTAL).increment(1);
        }
        // Nobody may be listening, which is no failure.
        let _ = self.local.send(news);
    }

    /// Gets everything published from now on, by this node as well.
    pub fn subscribe(&self) -> broadcast::Receiver<News> {
        self.local.subscribe()
    }

    /// Whether a piece of news comes from another node.
    pub fn is_foreign(&self, news: &News) -> bool {
        news.node != self.node
    }

    fn deliver(&self, payload: &[u8]) {
        match serde_json::from_slice::<News>(payload) {
            Ok(news) if self.is_foreign(&news) => {
                metrics::counter!(crate::meters::BUS_NEWS_RECEIVED_TOTAL).increment(1);
                let _ = self.local.send(news);
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "news of another version"),
        }
    }
}

/// Connects the bus with other nodes until `stop`.
///
/// # Errors
/// When the URL is not one of a Redis.
pub fn connect(bus: &Bus, url: &str) -> Result<Link, BusError> {
    let client = Client::open(url).map_err(|_| BusError::Url)?;
    let (sender, outbox) = mpsc::channel(QUEUE);
    *bus.outbox.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
    Ok(Link { client, bus: bus.clone(), outbox })
}

/// A bus that cannot be connected.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("REDIS_URL is not usable")]
    Url,
}

/// The way to other nodes, for [`Link::run`].
pub struct Link {
    client: Client,
    bus: Bus,
    outbox: mpsc::Receiver<News>,
}

impl Link {
    pub async fn run(mut self, stop: CancellationToken) {
        let mut backoff = Backoff::random(BackoffPolicy::default());
        let mut was_up = false;
        loop {
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = self.session(was_up, &mut backoff) => ended,
            };
            was_up = was_up || ended.was_up;
            metrics::gauge!(crate::meters::BUS_CONNECTED).set(0);
            if backoff.failures() == 0 {
                tracing::warn!(reason = ended.reason, "Redis is away: other nodes hear nothing from here");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(backoff.next_delay()) => {}
            }
        }
    }

    /// One connection for publishing and one for listening, until either breaks.
    async fn session(&mut self, is_again: bool, backoff: &mut Backoff) -> Ended {
        let opened = timeout(PATIENCE, async {
            let publisher = self.client.get_multiplexed_async_connection().await?;
            let mut listener = self.client.get_async_pubsub().await?;
            listener.subscribe(CHANNEL).await?;
            Ok::<_, redis::RedisError>((publisher, listener))
        });
        let (publisher, listener) = match opened.await {
            Ok(Ok(both)) => both,
            Ok(Err(error)) => return Ended { was_up: false, reason: error.category().to_owned() },
            Err(_) => return Ended { was_up: false, reason: "no answer in time".to_owned() },
        };
        backoff.reset();
        metrics::gauge!(crate::meters::BUS_CONNECTED).set(1);
        if is_again {
            tracing::info!("Redis is back: nodes hear from each other");
            let missed = News { topic: Topic::Missed, payload: Arc::from(""), node: Arc::clone(&self.bus.node) };
            let _ = self.bus.local.send(missed);
        }
        let mut news = listener.into_on_message();
        loop {
            tokio::select! {
                message = futures::StreamExt::next(&mut news) => match message {
                    Some(message) => self.bus.deliver(message.get_payload_bytes()),
                    None => return Ended { was_up: true, reason: "the connection ended".to_owned() },
                },
                Some(news) = self.outbox.recv() => {
                    if let Err(error) = send(publisher.clone(), &news).await {
                        return Ended { was_up: true, reason: error.to_string() };
                    }
                }
            }
        }
    }
}

struct Ended {
    was_up: bool,
    reason: String,
}

#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error(transparent)]
    Encoding(#[from] serde_json::Error),
    // The whole text of such an error may name the address with its password.
    #[error("{}", .0.category())]
    Redis(#[from] redis::RedisError),
    #[error("no answer in time")]
    Late,
}

async fn send(mut publisher: MultiplexedConnection, news: &News) -> Result<(), SendError> {
    let text = serde_json::to_string(news)?;
    match timeout(PATIENCE, publisher.publish::<_, _, i64>(CHANNEL, text)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(SendError::Late),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn every_subscriber_of_a_process_hears_and_nobody_waits() {
        let bus = Bus::new("a");
        bus.publish(Topic::Names, "nobody listens");
        let (mut first, mut second) = (bus.subscribe(), bus.clone().subscribe());
        bus.publish(Topic::Names, "[7]");
        for subscriber in [&mut first, &mut second] {
            let news = subscriber.recv().await.expect("news");
            assert_eq!((news.topic, &*news.payload, bus.is_foreign(&news)), (Topic::Names, "[7]", false));
        }
        let _link = connect(&bus, "redis://127.0.0.1:1").expect("a Redis URL");
        for _ in 0..2 * QUEUE {
            bus.publish(Topic::Names, "[]");
        }
        assert!(connect(&bus, "http://127.0.0.1").is_err());
    }

    #[tokio::test]
    async fn nodes_hear_each_other_once_and_not_themselves_twice() {
        let Ok(url) = std::env::var("TEST_REDIS_URL") else {
            assert!(std::env::var_os("CI").is_none(), "TEST_REDIS_URL is not set");
            eprintln!("TEST_REDIS_URL is not set: nothing was tested");
            return;
        };
        let stop = CancellationToken::new();
        let names = [(); 2].map(|()| format!("test-{}", crate::node::new_id()));
        let buses = names.clone().map(|name| Bus::new(&name));
        let mut heard = buses.clone().map(|bus| bus.subscribe());
        let links = buses.clone().map(|bus| tokio::spawn(connect(&bus, &url).expect("url").run(stop.clone())));
        // A node that is not yet listening misses news, so say it until it is heard.
        let mut of_first = loop {
            buses[0].publish(Topic::Names, "[1]");
            match timeout(Duration::from_millis(50), heard[1].recv()).await {
                Ok(news) => break vec![news.expect("news")],
                Err(_) => continue,
            }
        };
        buses[1].publish(Topic::Names, "last");
        loop {
            let news = timeout(LONG, heard[1].recv()).await.expect("in time").expect("news");
            // Other tests may use the same Redis.
            match &news.node {
                node if **node == *names[1] => break,
                node if **node == *names[0] => of_first.push(news),
                _ => {}
            }
        }
        assert!(of_first.iter().all(|news| &*news.payload == "[1]" && news.topic == Topic::Names));
        let mut own = 0;
        loop {
            let news = timeout(LONG, heard[0].recv()).await.expect("in time").expect("news");
            own += usize::from(*news.node == *names[0]);
            if *news.node == *names[1] && &*news.payload == "last" {
                break;
            }
        }
        assert!(own >= of_first.len(), "{own}");
        stop.cancel();
        for link in links {
            timeout(LONG, link).await.expect("in time").expect("no panic");
        }
    }
}
