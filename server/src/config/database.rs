//! Where the data are, how long they are kept, and what nodes share beside them.

use super::{
    environment::{Environment, invalid},
    error::ConfigError,
    variables::{DATA_DIR, DATABASE_URL, EMBEDDED_PG_BIN, REDIS_URL, RETENTION_MONTHS},
};
use std::path::PathBuf;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabasePlace {
    Url(String),
    /// A private PostgreSQL below the data folder.
    Embedded {
        data_dir: PathBuf,
        bin_dir: Option<PathBuf>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseConfig {
    pub place: DatabasePlace,
    /// Absent: everything is kept.
    pub retention_months: Option<u32>,
    /// Of nodes that share limits and news.
    pub redis_url: Option<String>,
}

impl DatabaseConfig {
    pub(super) fn read(environment: &Environment) -> Result<Self, ConfigError> {
        let place = match environment.text(DATABASE_URL) {
            Some(url) => DatabasePlace::Url(url),
            None => DatabasePlace::Embedded {
                data_dir: PathBuf::from(environment.required(DATA_DIR)?),
                bin_dir: environment.text(EMBEDDED_PG_BIN).map(PathBuf::from),
            },
        };
        Ok(Self {
            place,
            retention_months: environment.optional(RETENTION_MONTHS)?,
            redis_url: environment.text(REDIS_URL).map(redis_url).transpose()?,
        })
    }
}

/// Errors hold no part of the value: it may hold a password.
fn redis_url(value: String) -> Result<String, ConfigError> {
    match url::Url::parse(&value) {
        Ok(url) if url.scheme() == "redis" && url.host().is_some() => Ok(value),
        _ => Err(invalid(REDIS_URL, "is not of the form redis://[user:password@]host[:port][/number]")),
    }
}
