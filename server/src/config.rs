//! Configuration from the environment (and `.env` in development). The only place that reads variables.
//!
//! Every variable is one row of [`VARIABLES`]; the README's table is made from it and a test compares them.

use domain::{Source, access::Policy};
use std::{collections::BTreeMap, fmt, net::SocketAddr, path::PathBuf};

/// Name, default as shown to people, meaning.
pub const VARIABLES: &[(&str, &str, &str)] = &[
    ("BIND_ADDR", "127.0.0.1:3000", "address and port to listen on"),
    ("PUBLIC_URL", "http://BIND_ADDR", "how browsers reach the server; used in links and social cards"),
    ("DATABASE_URL", "embedded PostgreSQL", "PostgreSQL 15 or newer; without it a private one runs under DATA_DIR"),
    ("EMBEDDED_PG_BIN", "searched for", "folder with initdb and postgres, for the embedded PostgreSQL"),
    ("REDIS_URL", "none", "Redis that nodes behind one address share limits and news through; not needed for one node"),
    ("DATA_DIR", ".data", "where the embedded PostgreSQL keeps its data"),
    ("SITE_ROOT", "target/site", "folder with the built browser client (`pkg/`) and public files"),
    ("FEEDS", "wanderer,r2z2", "feeds in order of preference: wanderer, r2z2, evekill; wanderer only with its URL"),
    ("WANDERER_KILLS_URL", "none", "base URL of a wanderer-kills instance (there is no public one)"),
    ("R2Z2_URL", "https://r2z2.zkillboard.com", "zKillboard's numbered files, also used to close gaps"),
    ("EVE_KILL_URL", "https://eve-kill.com", "EVE-KILL's event stream"),
    ("EVEREF_URL", "https://data.everef.net", "day archives of killmails, for backfills"),
    ("ESI_URL", "https://esi.evetech.net", "the game's API"),
    ("ESI_COMPATIBILITY_DATE", "2026-08-18", "pinned version of the game's API"),
    ("IMAGE_SERVER_URL", "https://images.evetech.net", "ship, portrait and logo images, fetched by way of /images"),
    (
        "SDE_URL",
        "https://developers.eveonline.com/static-data/tranquility",
        "CCP's static data export, for `tracker import-sde --latest`",
    ),
    ("JANICE_URL", "https://janice.e-351.com/api/rest/v2", "Janice, what things trade for in Jita"),
    ("JANICE_API_KEY", "none", "key of Janice (secret); without it values begin with ESI's price list"),
    ("MUTAMARKET_URL", "https://mutamarket.com/api", "MutaMarket, what rolled modules sell for on average"),
    ("CONTACT", "none", "an e-mail or URL, part of every User-Agent: upstreams ask for one"),
    ("FEED_SILENCE_SECONDS", "60", "a feed without any sign of life for so long is replaced by the next"),
    ("R2Z2_POLL_SECONDS", "6", "wait before asking again for a file that is not there yet; zKillboard blocks below 6"),
    ("R2Z2_REQUESTS_PER_SECOND", "8", "pace of reading R2Z2 when behind; the real service bans above 15"),
    ("R2Z2_START_BACK", "100", "kills before the newest that a new installation begins with"),
    ("RETENTION_MONTHS", "keep all", "months of killmails to keep; older partitions are dropped"),
    ("ACCESS_POLICY", "standard", "standard, or open: guests of a private installation read everything"),
    ("DEMO", "false", "true when the upstreams are simulated: pages then say so"),
    ("LOG", "info", "log filter, as in tracing-subscriber's EnvFilter"),
    ("LOG_FORMAT", "text", "text or json"),
];

/// A variable that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    #[error("{name}: {reason}")]
    Invalid { name: &'static str, reason: String },
    #[error("{0} is not a variable of the tracker; see the table in README.md")]
    Unknown(String),
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseConfig {
    Url(String),
    /// A private PostgreSQL below the data folder.
    Embedded {
        data_dir: PathBuf,
        bin_dir: Option<PathBuf>,
    },
}

/// A value that no log or debug output shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub bind_addr: SocketAddr,
    pub public_url: String,
    pub database: DatabaseConfig,
    pub redis_url: Option<String>,
    pub site_root: PathBuf,
    /// In order of preference, without duplicates, never empty.
    pub feeds: Vec<Source>,
    pub wanderer_kills_url: Option<String>,
    pub r2z2_url: String,
    pub eve_kill_url: String,
    pub everef_url: String,
    pub esi_url: String,
    pub esi_compatibility_date: String,
    pub image_server_url: String,
    pub sde_url: String,
    pub janice_url: String,
    pub janice_api_key: Option<Secret>,
    pub mutamarket_url: String,
    pub contact: Option<String>,
    pub feed_silence: std::time::Duration,
    pub r2z2_poll: std::time::Duration,
    pub r2z2_requests_per_second: u32,
    pub r2z2_start_back: u64,
    pub retention_months: Option<u32>,
    pub access_policy: Policy,
    pub is_demo: bool,
    pub log: String,
    pub is_log_json: bool,
}

impl Config {
    /// Reads the process environment, after `.env` when that file exists (real variables win).
    ///
    /// # Errors
    /// When a variable is malformed, or a `TRACKER_*` variable is unknown.
    pub fn from_env() -> Result<Self, ConfigError> {
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        if let Ok(text) = std::fs::read_to_string(".env") {
            variables.extend(parse_dotenv(&text));
        }
        variables.extend(std::env::vars());
        Self::from_variables(&variables)
    }

    /// Variables may be given with or without the prefix `TRACKER_`; with it, an unknown name is an error.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn from_variables(variables: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        for name in variables.keys() {
            if let Some(bare) = name.strip_prefix("TRACKER_")
                && !VARIABLES.iter().any(|(known, ..)| *known == bare)
                && !bare.starts_with("WASM_")
            {
                return Err(ConfigError::Unknown(name.clone()));
            }
        }
        let get = |name: &str| {
            variables
                .get(&format!("TRACKER_{name}"))
                .or_else(|| variables.get(name))
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let bind_addr: SocketAddr = parsed("BIND_ADDR", get("BIND_ADDR").as_deref(), "127.0.0.1:3000")?;
        let wanderer_kills_url = url("WANDERER_KILLS_URL", get("WANDERER_KILLS_URL"))?;
        let data_dir = PathBuf::from(get("DATA_DIR").unwrap_or_else(|| ".data".to_owned()));
        let feeds = feeds(get("FEEDS").as_deref(), wanderer_kills_url.is_some())?;
        Ok(Self {
            public_url: url("PUBLIC_URL", get("PUBLIC_URL"))?.unwrap_or_else(|| format!("http://{bind_addr}")),
            bind_addr,
            database: match get("DATABASE_URL") {
                Some(url) => DatabaseConfig::Url(url),
                None => DatabaseConfig::Embedded { data_dir, bin_dir: get("EMBEDDED_PG_BIN").map(PathBuf::from) },
            },
            redis_url: redis_url(get("REDIS_URL"))?,
            site_root: PathBuf::from(get("SITE_ROOT").unwrap_or_else(|| "target/site".to_owned())),
            feeds,
            wanderer_kills_url,
            r2z2_url: url_or("R2Z2_URL", get("R2Z2_URL"), "https://r2z2.zkillboard.com")?,
            eve_kill_url: url_or("EVE_KILL_URL", get("EVE_KILL_URL"), "https://eve-kill.com")?,
            everef_url: url_or("EVEREF_URL", get("EVEREF_URL"), "https://data.everef.net")?,
            esi_url: url_or("ESI_URL", get("ESI_URL"), "https://esi.evetech.net")?,
            esi_compatibility_date: get("ESI_COMPATIBILITY_DATE").unwrap_or_else(|| "2026-08-18".to_owned()),
            image_server_url: url_or("IMAGE_SERVER_URL", get("IMAGE_SERVER_URL"), "https://images.evetech.net")?,
            sde_url: url_or("SDE_URL", get("SDE_URL"), "https://developers.eveonline.com/static-data/tranquility")?,
            janice_url: url_or("JANICE_URL", get("JANICE_URL"), "https://janice.e-351.com/api/rest/v2")?,
            janice_api_key: get("JANICE_API_KEY").map(Secret),
            mutamarket_url: url_or("MUTAMARKET_URL", get("MUTAMARKET_URL"), "https://mutamarket.com/api")?,
            contact: get("CONTACT"),
            feed_silence: seconds("FEED_SILENCE_SECONDS", get("FEED_SILENCE_SECONDS").as_deref(), "60")?,
            r2z2_poll: seconds("R2Z2_POLL_SECONDS", get("R2Z2_POLL_SECONDS").as_deref(), "6")?,
            r2z2_requests_per_second: parsed(
                "R2Z2_REQUESTS_PER_SECOND",
                get("R2Z2_REQUESTS_PER_SECOND").as_deref(),
                "8",
            )?,
            r2z2_start_back: parsed("R2Z2_START_BACK", get("R2Z2_START_BACK").as_deref(), "100")?,
            retention_months: get("RETENTION_MONTHS")
                .map(|text| parsed("RETENTION_MONTHS", Some(&text), ""))
                .transpose()?,
            access_policy: parsed("ACCESS_POLICY", get("ACCESS_POLICY").as_deref(), "standard")?,
            is_demo: match get("DEMO").as_deref() {
                None | Some("false" | "0") => false,
                Some("true" | "1") => true,
                Some(_) => return Err(invalid("DEMO", "is true or false")),
            },
            log: get("LOG").unwrap_or_else(|| "info".to_owned()),
            is_log_json: match get("LOG_FORMAT").as_deref() {
                None | Some("text") => false,
                Some("json") => true,
                Some(_) => return Err(invalid("LOG_FORMAT", "is text or json")),
            },
        })
    }
}

fn invalid(name: &'static str, reason: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { name, reason: reason.into() }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    name: &'static str,
    value: Option<&str>,
    default: &str,
) -> Result<T, ConfigError> {
    value.unwrap_or(default).parse().map_err(|error| invalid(name, format!("{error}")))
}

fn seconds(name: &'static str, value: Option<&str>, default: &str) -> Result<std::time::Duration, ConfigError> {
    let seconds: f64 = parsed(name, value, default)?;
    std::time::Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| invalid(name, "is a number of seconds above 0"))
}

fn url(name: &'static str, value: Option<String>) -> Result<Option<String>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let parsed = url::Url::parse(&value).map_err(|error| invalid(name, error.to_string()))?;
    if !matches!(parsed.scheme(), "http" | "https") || parsed.host().is_none() {
        return Err(invalid(name, "is not an http or https URL"));
    }
    Ok(Some(value.trim_end_matches('/').to_owned()))
}

/// Errors hold no part of the value: it may hold a password.
fn redis_url(value: Option<String>) -> Result<Option<String>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    match url::Url::parse(&value) {
        Ok(url) if url.scheme() == "redis" && url.host().is_some() => Ok(Some(value)),
        _ => Err(invalid("REDIS_URL", "is not of the form redis://[user:password@]host[:port][/number]")),
    }
}

fn url_or(name: &'static str, value: Option<String>, default: &str) -> Result<String, ConfigError> {
    Ok(url(name, value)?.unwrap_or_else(|| default.to_owned()))
}

fn feeds(value: Option<&str>, has_wanderer: bool) -> Result<Vec<Source>, ConfigError> {
    let is_default = value.is_none();
    let mut feeds = Vec::new();
    for word in value.unwrap_or("wanderer,r2z2").split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let source = match word.parse() {
            Ok(source @ (Source::Wanderer | Source::R2z2 | Source::EveKill)) => source,
            _ => return Err(invalid("FEEDS", format!("{word} is not one of wanderer, r2z2, evekill"))),
        };
        if source == Source::Wanderer && !has_wanderer {
            if is_default {
                continue;
            }
            return Err(invalid("FEEDS", "names wanderer, but WANDERER_KILLS_URL is not set"));
        }
        if !feeds.contains(&source) {
            feeds.push(source);
        }
    }
    if feeds.is_empty() {
        return Err(invalid("FEEDS", "names no feed"));
    }
    Ok(feeds)
}

/// `NAME=value` lines; `#` starts a comment line; quotes around the value are dropped.
fn parse_dotenv(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.lines().filter_map(|line| {
        let line = line.trim().strip_prefix("export ").unwrap_or(line.trim());
        if line.starts_with('#') {
            return None;
        }
        let (name, value) = line.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().trim_matches(['"', '\'']).to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_variables(
            &variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        )
    }

    #[test]
    fn defaults_skip_wanderer() {
        assert_eq!(config(&[]).map(|c| c.feeds), Ok(vec![Source::R2z2]));
        let with_url = config(&[("WANDERER_KILLS_URL", "http://localhost:4004/")]).expect("valid");
        assert_eq!(with_url.feeds, vec![Source::Wanderer, Source::R2z2]);
        assert_eq!(with_url.wanderer_kills_url.as_deref(), Some("http://localhost:4004"));
    }

    #[test]
    fn mistakes_are_named() {
        for (name, value) in [
            ("BIND_ADDR", "nowhere"),
            ("FEEDS", "zkillboard"),
            ("FEEDS", "wanderer"),
            ("ESI_URL", "ftp://x"),
            ("REDIS_URL", "http://x"),
            ("ACCESS_POLICY", "closed"),
            ("DEMO", "maybe"),
            ("LOG_FORMAT", "xml"),
            ("FEED_SILENCE_SECONDS", "0"),
            ("RETENTION_MONTHS", "-1"),
        ] {
            let error = config(&[(name, value)]).expect_err(name);
            assert!(error.to_string().starts_with(name), "{error}");
        }
        assert_eq!(config(&[("TRACKER_FEDS", "r2z2")]), Err(ConfigError::Unknown("TRACKER_FEDS".into())));
    }

    #[test]
    fn the_key_is_not_in_debug_output() {
        let config = config(&[("JANICE_API_KEY", "made-up-key")]).expect("valid");
        assert_eq!(config.janice_api_key.as_ref().map(Secret::expose), Some("made-up-key"));
        assert!(!format!("{config:?}").contains("made-up-key"));
    }

    #[test]
    fn readme_lists_every_variable() {
        let readme = include_str!("../../README.md");
        for (name, default, meaning) in VARIABLES {
            let row = format!("| `{name}` | {default} | {meaning} |");
            assert!(readme.contains(&row), "README.md lacks the row {row}");
        }
    }
}
