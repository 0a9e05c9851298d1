//! What is logged, and in which form.

use super::{
    environment::Environment,
    error::ConfigError,
    variables::{LOG, LOG_FORMAT},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// As in tracing-subscriber's `EnvFilter`.
    pub filter: String,
    pub is_json: bool,
}

impl LogConfig {
    pub(super) fn read(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            filter: environment.required(LOG)?,
            is_json: environment.word(LOG_FORMAT, &[("text", false), ("json", true)], "is text or json")?,
        })
    }
}
