//! The live feeds: which, in which order, where, and how they are read.

use super::{
    environment::{Environment, invalid},
    error::ConfigError,
    variables::{
        EVE_KILL_URL, FEED_SILENCE_SECONDS, FEEDS, R2Z2_POLL_SECONDS, R2Z2_REQUESTS_PER_SECOND, R2Z2_START_BACK,
        R2Z2_URL, WANDERER_KILLS_URL,
    },
};
use domain::Source;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedsConfig {
    /// In order of preference, without duplicates, never empty.
    pub order: Vec<Source>,
    /// A feed without a sign of life for so long is replaced.
    pub silence: Duration,
    pub wanderer_kills_url: Option<String>,
    pub eve_kill_url: String,
    pub r2z2: R2z2Config,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct R2z2Config {
    pub url: String,
    pub poll: Duration,
    pub requests_per_second: u32,
    /// Kills before the newest that a new installation begins with.
    pub start_back: u64,
}

impl FeedsConfig {
    pub(super) fn read(environment: &Environment) -> Result<Self, ConfigError> {
        let wanderer_kills_url = environment.optional_url(WANDERER_KILLS_URL)?;
        Ok(Self {
            order: order(environment, wanderer_kills_url.is_some())?,
            silence: environment.seconds(FEED_SILENCE_SECONDS)?,
            wanderer_kills_url,
            eve_kill_url: environment.url(EVE_KILL_URL)?,
            r2z2: R2z2Config {
                url: environment.url(R2Z2_URL)?,
                poll: environment.seconds(R2Z2_POLL_SECONDS)?,
                requests_per_second: environment.parsed(R2Z2_REQUESTS_PER_SECOND)?,
                start_back: environment.parsed(R2Z2_START_BACK)?,
            },
        })
    }
}

/// The default names wanderer-kills although nobody has a URL of it: there it is left out, else it is a mistake.
fn order(environment: &Environment, has_wanderer: bool) -> Result<Vec<Source>, ConfigError> {
    let mut feeds = Vec::new();
    for word in environment.required(FEEDS)?.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let source = match word.parse() {
            Ok(source @ (Source::Wanderer | Source::R2z2 | Source::EveKill)) => source,
            _ => return Err(invalid(FEEDS, format!("{word} is not one of wanderer, r2z2, evekill"))),
        };
        if source == Source::Wanderer && !has_wanderer {
            if environment.is_default(FEEDS) {
                continue;
            }
            return Err(invalid(FEEDS, "names wanderer, but WANDERER_KILLS_URL is not set"));
        }
        if !feeds.contains(&source) {
            feeds.push(source);
        }
    }
    if feeds.is_empty() {
        return Err(invalid(FEEDS, "names no feed"));
    }
    Ok(feeds)
}
