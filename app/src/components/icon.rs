//! Glyphs, drawn by us on a 16 by 16 grid. The sheet is put into the document once (`shell.rs`); icons refer to it.

use leptos::prelude::*;

/// A glyph of the sheet. Always decoration: the word stands beside it or in a label.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false" viewBox="0 0 16 16">
            <use href=format!("#i-{name}")></use>
        </svg>
    }
}

/// The sheet of all glyphs, as markup.
#[cfg(feature = "ssr")]
pub const ICON_SHEET: &str = include_str!("icons.svg");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_used_is_in_the_sheet() {
        for name in [
            "ship",
            "capsule",
            "structure",
            "deployable",
            "warning",
            "search",
            "pause",
            "play",
            "close",
            "filter",
            "up",
            "older",
            "newer",
            "keys",
            "external",
            "signal",
            "solo",
            "character",
            "corporation",
            "alliance",
            "system",
            "constellation",
            "region",
            "type",
            "group",
            "kill",
            "density",
            "panel",
            "chevron",
        ] {
            assert!(ICON_SHEET.contains(&format!("id=\"i-{name}\"")), "{name}");
        }
    }
}
