//! A galaxy to develop and test against: it invents or replays killmails and serves them as the real upstreams do.
//!
//! One HTTP server imitates wanderer-kills, R2Z2, EVE-KILL, ESI, Janice, MutaMarket, EVE Ref and the image server, each
//! under its own path prefix, with their quirks, limits and, on request, faults. Use it in process ([`Simulator`]) or
//! as the `simulator` binary.
//! It depends on `domain` for static data and the killmail's shape and on nothing else of the workspace, so that it
//! shares no mistake with the code it tests.

#![allow(clippy::disallowed_methods, reason = "a world of its own, which keeps its own time and tasks")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap fails its test"))]

mod clock;
pub mod config;
pub mod counters;
mod environment;
pub mod faults;
pub mod galaxy;
mod hash;
mod http;
mod ledger;
mod limiter;
mod market;
mod pacing;
pub mod replay;
mod world;

pub use config::{Config, Dates, JANICE_KEY, Limits, Mode, Pace, Replay, Rhythm, Timing};
pub use counters::Counters;
pub use faults::{Fault, FaultSettings};
pub use replay::{Recording, ReplayError};

use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinHandle};
use world::World;

/// How long [`Simulator::shutdown`] waits for open connections.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(3);

/// Why a galaxy did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the address cannot be bound")]
    Bind(#[source] std::io::Error),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error("preparing the galaxy failed")]
    Preparation(#[from] tokio::task::JoinError),
}

/// A running galaxy. Dropping it stops it without waiting; [`Simulator::shutdown`] waits.
#[derive(Debug)]
pub struct Simulator {
    world: Arc<World>,
    address: SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
}

impl Simulator {
    /// Builds the galaxy (about half a second), binds and serves it, and starts emitting as configured.
    ///
    /// # Errors
    /// When the address is taken or the replay file is unusable.
    pub async fn start(mut config: Config) -> Result<Self, StartError> {
        let listener = TcpListener::bind(config.bind).await.map_err(StartError::Bind)?;
        let address = listener.local_addr().map_err(StartError::Bind)?;
        let replay = config.replay.take();
        let mode = config.mode;
        let (world, recordings) = tokio::task::spawn_blocking(move || {
            let recordings = replay.map(|replay| replay::read_file(&replay.path).map(|read| (read, replay)));
            recordings.transpose().map(|recordings| (Arc::new(World::new(config)), recordings))
        })
        .await??;
        let router = http::router(&world);
        let stopping = world.stopping.clone();
        let server = tokio::spawn(async move {
            axum::serve(listener, router).with_graceful_shutdown(stopping.cancelled_owned()).await
        });
        if let Some((recordings, replay)) = recordings {
            world.tasks.spawn(pacing::replay(Arc::clone(&world), recordings, replay.pace, replay.dates));
        }
        if let Mode::Live { rate, rhythm } = mode {
            world.tasks.spawn(pacing::generate(Arc::clone(&world), rate, rhythm));
        }
        Ok(Self { world, address, server })
    }

    /// `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The variables of a tracker that has this galaxy for its upstreams.
    pub fn tracker_environment(&self) -> Vec<(&'static str, String)> {
        environment::tracker_environment(&self.base_url())
    }

    /// The base URL of one upstream: `wanderer`, `r2z2`, `evekill`, `esi`, `janice`, `mutamarket`, `everef` or `images`.
    pub fn upstream_url(&self, upstream: &str) -> String {
        format!("{}/{upstream}", self.base_url())
    }

    /// Emits generated kills at once and gives their ids in order.
    pub fn emit(&self, count: usize) -> Vec<i64> {
        self.world.emit(count)
    }

    /// Emits recorded kills at once and gives their ids in order.
    pub fn emit_replay(&self, recordings: impl IntoIterator<Item = Recording>, dates: Dates) -> Vec<i64> {
        self.world.emit_recordings(recordings, dates)
    }

    /// Ids of the kills emitted since the start (not the history) that are still kept, in order of emission.
    pub fn emitted(&self) -> Vec<i64> {
        self.world.ledger().ids(self.world.first_live)
    }

    /// Ids of the warm-up history, oldest first.
    pub fn history(&self) -> Vec<i64> {
        let ledger = self.world.ledger();
        let all = ledger.after(0, usize::MAX);
        all.iter().filter(|kill| kill.sequence < self.world.first_live).map(|kill| kill.killmail_id).collect()
    }

    /// The ESI body and hash of a kept kill.
    pub fn killmail(&self, killmail_id: i64) -> Option<(String, String)> {
        self.world.ledger().by_id(killmail_id).map(|kill| (kill.body.to_string(), kill.hash.clone()))
    }

    /// Returns once at least `count` kills were emitted since the start.
    pub async fn wait_until_emitted(&self, count: u64) {
        // The sender lives in the world, so waiting cannot fail.
        let _ = self.world.progress().wait_for(|progress| progress.emitted >= count).await;
    }

    /// Sets the probability of a fault from now on.
    pub fn set_fault(&self, fault: Fault, probability: f64) {
        self.world.faults.set(fault, probability);
    }

    /// Switches an upstream (`wanderer`, `r2z2`, `evekill`, `esi`, `janice`, `mutamarket`, `everef`, `images`) off or on,
    /// or R2Z2's history files alone (`r2z2-history`).
    pub fn set_outage(&self, upstream: &str, on: bool) {
        self.world.set_outage(upstream, on);
    }

    /// Moves every price on by a step, before its time.
    pub fn move_market(&self) {
        self.world.market.advance();
    }

    /// Jita's split price of a type now; absent for types that Janice does not know.
    pub fn jita_split_price(&self, type_id: i64) -> Option<f64> {
        let (step, ..) = self.world.market.state(self.world.clock.now());
        self.world.galaxy.prices.jita(domain::TypeId(type_id), step).map(|quote| quote.split)
    }

    /// Lets R2Z2's `sequence.json` catch up with the newest file, as if it had just been rewritten.
    pub fn publish_sequence(&self) {
        self.world.ledger().publish_head();
    }

    pub fn counters(&self) -> Counters {
        self.world.counters()
    }

    /// Stops emitting, ends every stream and the server, and waits for both.
    pub async fn shutdown(mut self) {
        self.world.stopping.cancel();
        self.world.tasks.close();
        let ended = async {
            self.world.tasks.wait().await;
            (&mut self.server).await
        };
        // An idle client may hold its connection open for longer than anyone wants to wait.
        if tokio::time::timeout(SHUTDOWN_PATIENCE, ended).await.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.world.stopping.cancel();
        self.server.abort();
    }
}
