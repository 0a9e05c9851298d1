//! The bar behind a row of a ranking: its share of the most.

use leptos::prelude::*;

pub fn rank_bar(value: u64, most: u64) -> AnyView {
    let width = if most > 0 { value as f64 / most as f64 * 100.0 } else { 0.0 };
    view! {
        <svg class="rank-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            <rect width=format!("{width:.1}") height="1"/>
        </svg>
    }
    .into_any()
}
