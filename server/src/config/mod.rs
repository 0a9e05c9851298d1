//! Configuration from the environment (and `.env` in development). The only place that reads variables.
//!
//! Every variable is declared once, in [`variables`]; a section for each concern says what is made of it.

mod database;
mod environment;
mod error;
mod feeds;
mod http;
mod log;
mod prices;
mod secret;
mod upstreams;
pub mod variables;

pub use database::{DatabaseConfig, DatabasePlace};
pub use error::ConfigError;
pub use feeds::{FeedsConfig, R2z2Config};
pub use http::HttpConfig;
pub use log::LogConfig;
pub use prices::PricesConfig;
pub use secret::Secret;
pub use upstreams::UpstreamsConfig;

use environment::{Environment, parse_dotenv};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub http: HttpConfig,
    pub database: DatabaseConfig,
    pub feeds: FeedsConfig,
    pub upstreams: UpstreamsConfig,
    pub prices: PricesConfig,
    pub log: LogConfig,
    /// The upstreams are simulated, and pages say so.
    pub is_demo: bool,
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
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        variables.extend(std::env::vars());
        Self::from_variables(&variables)
    }

    /// Variables may be given with or without the prefix `TRACKER_`; with it, an unknown name is an error.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn from_variables(variables: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let environment = Environment::new(variables)?;
        let truth = [("false", false), ("0", false), ("true", true), ("1", true)];
        Ok(Self {
            http: HttpConfig::read(&environment)?,
            database: DatabaseConfig::read(&environment)?,
            feeds: FeedsConfig::read(&environment)?,
            upstreams: UpstreamsConfig::read(&environment)?,
            prices: PricesConfig::read(&environment)?,
            log: LogConfig::read(&environment)?,
            is_demo: environment.word(variables::DEMO, &truth, "is true or false")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{
        variables::{Preset, VARIABLES},
        *,
    };
    use domain::Source;

    fn config(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_variables(
            &variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        )
    }

    #[test]
    fn defaults_skip_wanderer() {
        assert_eq!(config(&[]).map(|c| c.feeds.order), Ok(vec![Source::R2z2]));
        let with_url = config(&[("WANDERER_KILLS_URL", "http://localhost:4004/")]).expect("valid");
        assert_eq!(with_url.feeds.order, vec![Source::Wanderer, Source::R2z2]);
        assert_eq!(with_url.feeds.wanderer_kills_url.as_deref(), Some("http://localhost:4004"));
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
        assert_eq!(config.prices.janice_api_key.as_ref().map(Secret::expose), Some("made-up-key"));
        assert!(!format!("{config:?}").contains("made-up-key"));
    }

    /// The table is the declaration: nobody has to believe what it says of the defaults.
    #[test]
    fn an_empty_environment_is_the_defaults_of_the_table_said_aloud() {
        let said: Vec<(&str, &str)> = VARIABLES
            .iter()
            .filter_map(|variable| match variable.preset {
                // Set by hand, the order of feeds means what it says, and wanderer-kills has no URL.
                Preset::Value(_) if variable.name == "FEEDS" => None,
                Preset::Value(value) => Some((variable.name, value)),
                Preset::Nothing(_) => None,
            })
            .collect();
        assert!(said.len() > 15, "{said:?}");
        assert_eq!(config(&said), config(&[]));
        let config = config(&[]).expect("valid");
        assert_eq!(config.http.public_url, "http://127.0.0.1:3000");
        assert_eq!((config.database.retention_months, config.upstreams.contact), (None, None));
    }

    #[test]
    fn the_prefix_wins_and_an_empty_value_is_none() {
        let config = config(&[("LOG", "debug"), ("TRACKER_LOG", "warn"), ("ESI_URL", " "), ("TRACKER_DEMO", "1")]);
        let config = config.expect("valid");
        assert_eq!(config.log.filter, "warn");
        assert_eq!(config.upstreams.esi_url, variables::ESI_URL.shown());
        assert!(config.is_demo);
    }

    #[test]
    fn readme_lists_every_variable_and_no_other() {
        let rows = VARIABLES.iter().map(|row| format!("| `{}` | {} | {} |", row.name, row.shown(), row.meaning));
        let readme = include_str!("../../../README.md");
        let table = readme.lines().skip_while(|line| *line != "| variable | default | meaning |").skip(2);
        let table: Vec<&str> = table.take_while(|line| line.starts_with('|')).collect();
        assert_eq!(table, rows.collect::<Vec<_>>());
    }

    #[test]
    fn the_example_of_a_dotenv_file_names_known_variables_and_their_defaults_are_valid() {
        let lines: Vec<(String, String)> = parse_dotenv(include_str!("../../../.env.example")).collect();
        assert!(lines.len() > 5, "{lines:?}");
        for (name, _) in &lines {
            assert!(VARIABLES.iter().any(|variable| variable.name == name), "{name} is not a variable");
        }
        assert!(Config::from_variables(&lines.into_iter().collect()).is_ok());
    }
}
