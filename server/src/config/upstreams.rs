//! Whom we ask beside the feeds and the sources of prices, and as whom.

use super::{
    environment::Environment,
    error::ConfigError,
    variables::{CONTACT, ESI_COMPATIBILITY_DATE, ESI_URL, EVEREF_URL, IMAGE_SERVER_URL, SDE_URL},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamsConfig {
    /// Part of every User-Agent.
    pub contact: Option<String>,
    pub esi_url: String,
    pub esi_compatibility_date: String,
    pub everef_url: String,
    pub image_server_url: String,
    pub sde_url: String,
}

impl UpstreamsConfig {
    pub(super) fn read(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            contact: environment.text(CONTACT),
            esi_url: environment.url(ESI_URL)?,
            esi_compatibility_date: environment.required(ESI_COMPATIBILITY_DATE)?,
            everef_url: environment.url(EVEREF_URL)?,
            image_server_url: environment.url(IMAGE_SERVER_URL)?,
            sde_url: environment.url(SDE_URL)?,
        })
    }
}
