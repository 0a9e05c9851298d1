//! Where the server is reached and by whom, and the built pages it gives out.

use super::{
    environment::Environment,
    error::ConfigError,
    variables::{ACCESS_POLICY, BIND_ADDR, PUBLIC_URL, SITE_ROOT},
};
use domain::access::Policy;
use std::{net::SocketAddr, path::PathBuf};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpConfig {
    pub bind_addr: SocketAddr,
    /// How browsers reach it, without a slash at its end.
    pub public_url: String,
    pub site_root: PathBuf,
    pub access_policy: Policy,
}

impl HttpConfig {
    pub(super) fn read(environment: &Environment) -> Result<Self, ConfigError> {
        let policies = [("standard", Policy::Standard), ("open", Policy::Open)];
        let bind_addr = environment.parsed(BIND_ADDR)?;
        Ok(Self {
            public_url: environment.optional_url(PUBLIC_URL)?.unwrap_or_else(|| format!("http://{bind_addr}")),
            bind_addr,
            site_root: PathBuf::from(environment.required(SITE_ROOT)?),
            access_policy: environment.word(ACCESS_POLICY, &policies, "is standard or open")?,
        })
    }
}
