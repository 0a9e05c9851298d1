//! Where prices come from, beside ESI's list.

use super::{
    environment::Environment,
    error::ConfigError,
    secret::Secret,
    variables::{JANICE_API_KEY, JANICE_URL, MUTAMARKET_URL},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricesConfig {
    pub janice_url: String,
    /// Absent: Janice is not asked.
    pub janice_api_key: Option<Secret>,
    pub mutamarket_url: String,
}

impl PricesConfig {
    pub(super) fn read(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            janice_url: environment.url(JANICE_URL)?,
            janice_api_key: environment.text(JANICE_API_KEY).map(Secret::new),
            mutamarket_url: environment.url(MUTAMARKET_URL)?,
        })
    }
}
