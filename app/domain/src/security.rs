//! Security of space: the number shown in game and the band it falls into.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Displayed security in tenths, -10 to 10 (domain.md 1: true security rounded half-up to one decimal, and anything
/// above 0 but below 0.05 shows as 0.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct SecurityStatus(pub i8);

impl SecurityStatus {
    /// From the true security of the static data.
    pub fn from_true_security(value: f64) -> Self {
        if value > 0.0 && value < 0.05 {
            return Self(1);
        }
        Self((value * 10.0 + 0.5).floor().clamp(-10.0, 10.0) as i8)
    }
}

impl fmt::Display for SecurityStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let tenths = self.0.unsigned_abs();
        write!(f, "{sign}{}.{}", tenths / 10, tenths % 10)
    }
}

/// The kind of space a kill happened in (domain.md 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SecurityBand {
    Highsec,
    Lowsec,
    Nullsec,
    Wspace,
    /// Abyssal deadspace and the void systems beside it.
    Abyssal,
    Pochven,
}

impl SecurityBand {
    pub const ALL: [Self; 6] = [Self::Highsec, Self::Lowsec, Self::Nullsec, Self::Wspace, Self::Abyssal, Self::Pochven];

    /// The word used in SQL, the API and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Highsec => "highsec",
            Self::Lowsec => "lowsec",
            Self::Nullsec => "nullsec",
            Self::Wspace => "wspace",
            Self::Abyssal => "abyssal",
            Self::Pochven => "pochven",
        }
    }

    /// The word shown to pilots.
    pub fn label(self) -> &'static str {
        match self {
            Self::Highsec => "High-sec",
            Self::Lowsec => "Low-sec",
            Self::Nullsec => "Null-sec",
            Self::Wspace => "Wormhole",
            Self::Abyssal => "Abyssal",
            Self::Pochven => "Pochven",
        }
    }
}

impl fmt::Display for SecurityBand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SecurityBand {
    type Err = crate::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|band| band.as_str() == text).ok_or(crate::UnknownWord)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displayed_security_follows_the_game() {
        for (value, text) in [
            (0.858_324, "0.9"),
            (0.45, "0.5"),
            (0.449, "0.4"),
            (0.04, "0.1"),
            (0.0, "0.0"),
            (-0.007, "0.0"),
            (-0.96, "-1.0"),
            (1.0, "1.0"),
        ] {
            assert_eq!(SecurityStatus::from_true_security(value).to_string(), text, "{value}");
        }
    }
}
