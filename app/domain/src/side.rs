//! The two sides of a loss: who lost the ship, and who shot it.

use serde::{Deserialize, Serialize};

/// On which side of a loss someone was, or must have been to match a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Victim,
    Attacker,
}

impl Side {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Victim => "victim",
            Self::Attacker => "attacker",
        }
    }
}
