//! The search palette (Ctrl-K): a dialog with a combobox over everything that has a name, and recent picks.

use crate::{
    components::{
        dom,
        search_box::{HitList, Search, address},
    },
    routes,
};
use contract::SearchHit;
use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

const RECENT_KEY: &str = "recent-searches";
const RECENT_LIMIT: usize = 8;

/// Whether the palette is open.
#[derive(Clone, Copy)]
struct PaletteOpen(RwSignal<bool>);

/// Must be called above the [`Palette`] and everything that opens it.
pub fn provide_palette() {
    provide_context(PaletteOpen(RwSignal::new(false)));
}

/// Setting it opens the palette.
pub fn use_palette() -> RwSignal<bool> {
    use_context::<PaletteOpen>().map_or_else(|| RwSignal::new(false), |open| open.0)
}

#[component]
pub fn Palette() -> impl IntoView {
    let open = use_palette();
    let search = Search::new();
    let dialog = NodeRef::<html::Dialog>::new();
    let navigate = use_navigate();

    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            match (open.get(), dialog.open()) {
                (true, false) => {
                    search.clear();
                    search.hits.set(recent());
                    drop(dialog.show_modal());
                }
                (false, true) => dialog.close(),
                _ => {}
            }
        }
    });
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            let is_k = event.key().eq_ignore_ascii_case("k");
            if is_k && (event.ctrl_key() || event.meta_key()) && !event.shift_key() && !event.alt_key() {
                event.prevent_default();
                open.update(|open| *open = !*open);
            }
        });
        on_cleanup(move || listener.remove());
    });

    let pick = Callback::new(move |hit: SearchHit| {
        remember(&hit);
        open.set(false);
        navigate(&address(&hit), NavigateOptions::default());
    });
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            search.step(1);
        }
        "ArrowUp" => {
            event.prevent_default();
            search.step(-1);
        }
        "Enter" => {
            // Without a hit the form is sent: the search page says more.
            if let Some(hit) = search.active_hit() {
                event.prevent_default();
                pick.run(hit);
            } else {
                open.set(false);
            }
        }
        // The browser would only empty the field first.
        "Escape" => {
            event.prevent_default();
            open.set(false);
        }
        _ => {}
    };
    let message = move || {
        if let Some(error) = search.error.get() {
            error.message
        } else if search.is_busy.get() {
            "Searching…".to_owned()
        } else if search.hits.with(Vec::is_empty) {
            if search.text.with(|text| text.trim().chars().count() < 2) {
                "Type at least two letters.".to_owned()
            } else {
                "Nothing found.".to_owned()
            }
        } else if search.text.with(String::is_empty) {
            "Recent searches".to_owned()
        } else {
            let count = search.hits.with(Vec::len) as u64;
            crate::format::counted(count, "hit", "hits")
        }
    };
    view! {
        <dialog
            class="palette"
            aria-label="Search"
            node_ref=dialog
            // The event comes late: by then the dialog may have been opened again.
            on:close=move |_| {
                if dialog.get_untracked().is_none_or(|dialog| !dialog.open()) {
                    open.set(false);
                }
            }
            // A click on the dialog itself is one on its backdrop.
            on:click=move |event| {
                if dom::is_own_target(&event) {
                    open.set(false);
                }
            }
        >
            <form class="palette-form" action=routes::SEARCH method="get" role="search">
                <input
                    class="palette-input"
                    type="search"
                    name="q"
                    role="combobox"
                    aria-label="Search pilots, corporations, alliances, ships and places"
                    aria-expanded=move || if search.hits.with(Vec::is_empty) { "false" } else { "true" }
                    aria-controls="palette-hits"
                    aria-autocomplete="list"
                    aria-activedescendant=move || {
                        (!search.hits.with(Vec::is_empty)).then(|| format!("palette-hit-{}", search.active.get()))
                    }
                    placeholder="Pilot, corporation, ship, system, kill id…"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || search.text.get()
                    on:input:target=move |event| search.typed(event.target().value())
                    on:keydown=on_key
                />
            </form>
            <p class="palette-message" role="status">{message}</p>
            <HitList id="palette" search=search on_pick=pick/>
            <p class="palette-keys" aria-hidden="true">
                <kbd>"↑"</kbd><kbd>"↓"</kbd>" choose "<kbd>"Enter"</kbd>" open "<kbd>"Esc"</kbd>" close"
            </p>
        </dialog>
    }
}

fn recent() -> Vec<SearchHit> {
    dom::load(RECENT_KEY).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn remember(hit: &SearchHit) {
    let mut hits = recent();
    hits.retain(|other| (other.kind, other.id) != (hit.kind, hit.id));
    hits.insert(0, hit.clone());
    hits.truncate(RECENT_LIMIT);
    if let Ok(text) = serde_json::to_string(&hits) {
        dom::save(RECENT_KEY, &text);
    }
}
