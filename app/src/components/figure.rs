//! The frame of a chart: a picture that says in words what it shows, the words below it, and the numbers as a table.

use crate::components::data_table::{Column, DataTable};
use leptos::prelude::*;

/// The children are the picture's parts, drawn in a space of `width` by `height`; `rows` those of the table.
#[component]
pub fn ChartFigure(
    class: &'static str,
    width: f64,
    height: f64,
    summary: String,
    /// Follows the summary below the picture.
    note: &'static str,
    #[prop(into)] caption: String,
    columns: &'static [Column],
    rows: AnyView,
    children: Children,
) -> impl IntoView {
    view! {
        <figure class=class>
            <svg viewBox=format!("0 0 {width} {height}") role="img" aria-label=summary.clone()>
                {children()}
            </svg>
            <figcaption>{summary} {note}</figcaption>
            <details class="fold">
                <summary>"As a table"</summary>
                <DataTable caption columns>{rows}</DataTable>
            </details>
        </figure>
    }
}
