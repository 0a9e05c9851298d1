//! What a tag speaks of, and whose static data it asks.

/// What a tag speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    Tech,
    Slot,
    Weapon,
    Support,
    Tackle,
    /// Technology and class of one and the same item.
    Pair,
}

impl Family {
    pub const ALL: [Self; 6] = [Self::Tech, Self::Slot, Self::Weapon, Self::Support, Self::Tackle, Self::Pair];

    pub fn label(self) -> &'static str {
        match self {
            Self::Tech => "Technology",
            Self::Slot => "Slots",
            Self::Weapon => "Weapons",
            Self::Support => "Defence and support",
            Self::Tackle => "Propulsion and tackle",
            Self::Pair => "Technology of weapons and tank",
        }
    }
}

/// Whose static data a tag asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A fitted module, or a drone or fighter in its bay.
    Item,
    /// The ship or structure that was lost.
    Hull,
}
