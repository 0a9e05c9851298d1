//! Where the server is reached, and the built pages it gives out.

use super::{
    environment::Environment,
    error::ConfigError,
    variables::{BIND_ADDR, PUBLIC_URL, SITE_ROOT},
};
use std::{net::SocketAddr, path::PathBuf};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpConfig {
    pub bind_addr: SocketAddr,
    /// How browsers reach it, without a slash at its end.
    pub public_url: String,
    pub site_root: PathBuf,
}

impl HttpConfig {
    pub(super) fn read(environment: &Environment) -> Result<Self, ConfigError> {
        let bind_addr = environment.parsed(BIND_ADDR)?;
        Ok(Self {
            public_url: environment.optional_url(PUBLIC_URL)?.unwrap_or_else(|| format!("http://{bind_addr}")),
            bind_addr,
            site_root: PathBuf::from(environment.required(SITE_ROOT)?),
        })
    }
}
