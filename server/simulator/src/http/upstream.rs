//! The services that are imitated, by name.

/// What switches R2Z2's history files off and leaves the numbered ones on.
pub(crate) const HISTORY_OUTAGE: &str = "r2z2-history";

/// A service that is imitated. Its name is its path prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upstream {
    Wanderer,
    R2z2,
    EveKill,
    Esi,
    Janice,
    Mutamarket,
    EveRef,
    Images,
}

impl Upstream {
    pub const ALL: [Self; 8] = [
        Self::Wanderer,
        Self::R2z2,
        Self::EveKill,
        Self::Esi,
        Self::Janice,
        Self::Mutamarket,
        Self::EveRef,
        Self::Images,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Wanderer => "wanderer",
            Self::R2z2 => "r2z2",
            Self::EveKill => "evekill",
            Self::Esi => "esi",
            Self::Janice => "janice",
            Self::Mutamarket => "mutamarket",
            Self::EveRef => "everef",
            Self::Images => "images",
        }
    }
}
