//! Facts: terms and what is known of them, one a line.

use leptos::prelude::*;

/// One line, for a `dl.facts`. It is dimmed when it is of the past.
pub fn fact(term: impl Into<String>, value: impl IntoAny, is_old: bool) -> AnyView {
    view! {
        <div class="fact" data-old=is_old.then_some("true")>
            <dt>{term.into()}</dt>
            <dd>{value.into_any()}</dd>
        </div>
    }
    .into_any()
}

/// A list of them.
pub fn facts(rows: impl IntoIterator<Item = (&'static str, AnyView)>) -> AnyView {
    let rows = rows.into_iter().map(|(term, value)| fact(term, value, false)).collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}
