//! The upstreams that are asked for single answers: are they asked, and what do they still allow.

use crate::{
    components::{facts::fact, state_shape::StateShape},
    format,
};
use contract::UpstreamState;
use leptos::prelude::*;

pub fn upstreams(upstreams: &[UpstreamState]) -> AnyView {
    let rows = upstreams
        .iter()
        .map(|upstream| {
            let state =
                view! { <span class="state"><StateShape kind=glyph(upstream)/> " " {sentence(upstream)}</span> };
            fact(label(&upstream.name), state, false)
        })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

fn label(name: &str) -> &str {
    match name {
        "esi" => "ESI",
        "images" => "Images",
        other => other,
    }
}

fn glyph(upstream: &UpstreamState) -> &'static str {
    match upstream.state.as_str() {
        "open" => "failed",
        "half open" => "probing",
        _ if upstream.banned_seconds > 0 => "probing",
        _ => "active",
    }
}

fn sentence(upstream: &UpstreamState) -> String {
    let left = upstream
        .errors_left
        .map(|left| format!(", {} errors left in its window", format::count(left.max(0).unsigned_abs())))
        .unwrap_or_default();
    match upstream.state.as_str() {
        "open" => "Down: left alone for a moment".to_owned(),
        "half open" => "Down: being tried again".to_owned(),
        _ if upstream.banned_seconds > 0 => format!("Asked us to wait {} s", upstream.banned_seconds),
        _ => format!("Asked{left}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_own_words() {
        let state = |state: &str, errors_left, banned_seconds| {
            sentence(&UpstreamState { name: "esi".into(), state: state.into(), errors_left, banned_seconds })
        };
        assert_eq!(state("closed", None, 0), "Asked");
        assert_eq!(state("closed", Some(93), 0), "Asked, 93 errors left in its window");
        assert_eq!(state("closed", Some(0), 40), "Asked us to wait 40 s");
        assert_eq!(state("open", Some(93), 0), "Down: left alone for a moment");
        assert_eq!(state("half open", None, 0), "Down: being tried again");
    }
}
