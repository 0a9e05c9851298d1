//! Destroyed or dropped: the word, the glyph and the key of the colour, together everywhere.

use leptos::prelude::*;

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    Destroyed,
    Dropped,
    /// A stack of which part was left over.
    Both,
}

impl Fate {
    pub fn of(destroyed: i64, dropped: i64) -> Self {
        match (destroyed > 0, dropped > 0) {
            (true, true) => Self::Both,
            (false, true) => Self::Dropped,
            _ => Self::Destroyed,
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::Destroyed => "destroyed",
            Self::Dropped => "dropped",
            Self::Both => "both",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Destroyed => "Destroyed",
            Self::Dropped => "Dropped",
            Self::Both => "Partly dropped",
        }
    }
}

/// A cross for destroyed, an arrow onto a line for dropped; drawn around 0,0 within ±4.
pub fn fate_path(fate: Fate) -> &'static str {
    match fate {
        Fate::Destroyed => "M-3-3L3 3M3-3L-3 3",
        Fate::Dropped => "M0-4V2M-3-1L0 2L3-1M-3 4H3",
        Fate::Both => "M-4-3L0 1M0-3L-4 1M2-4V2M0 0L2 2L4 0M-2 4H4",
    }
}

/// Glyph and word.
pub fn fate_mark(fate: Fate) -> AnyView {
    view! {
        <span class="fate" data-fate=fate.key()>
            <svg class="fate-glyph" viewBox="-6 -6 12 12" aria-hidden="true">
                <path d=fate_path(fate)/>
            </svg>
            {fate.word()}
        </span>
    }
    .into_any()
}
