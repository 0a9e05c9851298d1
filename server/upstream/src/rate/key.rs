//! Whose allowance a call uses up.
//!
//! The pooling rules (ESI docs, "rate limiting"): a public route without a token is counted by our address, with a
//! token by the address and the application; a route that needs a token by application and character. So public data
//! is always asked without a token, from the one pool all tasks share, and a character's allowance is spent only on
//! what that character alone may see: never to get round an empty public pool.

use domain::CharacterId;
use std::{fmt, sync::Arc};

/// Who is charged for a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Everybody behind our address.
    Address,
    /// One character's token of one application.
    Character { application: Arc<str>, character: CharacterId },
}

/// One allowance: the route group that ESI counts together, and who is charged.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RateKey {
    pub group: &'static str,
    pub owner: Owner,
}

impl RateKey {
    /// For data that needs no token.
    pub fn public(group: &'static str) -> Self {
        Self { group, owner: Owner::Address }
    }

    /// For what only this character may see.
    pub fn of_character(group: &'static str, application: Arc<str>, character: CharacterId) -> Self {
        Self { group, owner: Owner::Character { application, character } }
    }
}

impl From<&'static str> for RateKey {
    fn from(group: &'static str) -> Self {
        Self::public(group)
    }
}

/// For keys shared between nodes; of the fixed alphabet of groups, application ids and numbers.
impl fmt::Display for RateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.owner {
            Owner::Address => write!(f, "{}", self.group),
            Owner::Character { application, character } => write!(f, "{}:{application}:{character}", self.group),
        }
    }
}
