//! Tiles: a few numbers that sum a page up, each with its label and what it is of. They stand in a `dl.tiles`.

use leptos::prelude::*;

pub fn tile(label: &'static str, value: impl IntoAny, aside: impl Into<String>) -> AnyView {
    view! {
        <div class="tile">
            <dt>{label}</dt>
            <dd>{value.into_any()} <span class="tile-aside">{aside.into()}</span></dd>
        </div>
    }
    .into_any()
}
