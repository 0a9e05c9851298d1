//! How something is, as a shape: a disc, a triangle, a square say it without the colour.

use leptos::prelude::*;

/// `kind` is one of live, active, fallback, probing, down, failed; anything else is drawn as a ring.
#[component]
pub fn StateShape(kind: &'static str) -> impl IntoView {
    let d = match kind {
        "live" | "active" => "M6 1A5 5 0 1 1 6 11A5 5 0 1 1 6 1Z",
        "fallback" | "probing" => "M6 1L11.5 11H.5Z",
        "down" | "failed" => "M2 2H10V10H2Z",
        _ => "M6 1.5A4.5 4.5 0 1 1 6 10.5A4.5 4.5 0 1 1 6 1.5ZM6 4A2 2 0 1 0 6 8A2 2 0 1 0 6 4Z",
    };
    view! {
        <svg class="state-shape" data-state=kind viewBox="0 0 12 12" aria-hidden="true">
            <path d=d fill-rule="evenodd"/>
        </svg>
    }
}
