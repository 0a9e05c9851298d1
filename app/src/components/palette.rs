//! The search palette (Ctrl-K): a dialog with a combobox over everything that has a name, and recent picks.

use crate::{
    components::{
        combobox::Asked,
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
    let search = Search::new("palette-hit");
    let dialog = NodeRef::<html::Dialog>::new();
    let navigate = use_navigate();
    show_while(open, dialog, search);
    toggle_by_key(open);
    let pick = Callback::new(move |hit: SearchHit| {
        remember(&hit);
        open.set(false);
        navigate(&address(&hit), NavigateOptions::default());
    });
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
                {field(search, move |event| on_key(&event, open, search, pick))}
            </form>
            <p class="palette-message" role="status">{move || message(search)}</p>
            <HitList id="palette-hits" search=search on_pick=pick/>
            <p class="palette-keys" aria-hidden="true">
                <kbd>"↑"</kbd><kbd>"↓"</kbd>" choose "<kbd>"Enter"</kbd>" open "<kbd>"Esc"</kbd>" close"
            </p>
        </dialog>
    }
}

fn show_while(open: RwSignal<bool>, dialog: NodeRef<html::Dialog>, search: Search) {
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
}

/// Ctrl-K, or Cmd-K, anywhere.
fn toggle_by_key(open: RwSignal<bool>) {
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
}

fn on_key(event: &ev::KeyboardEvent, open: RwSignal<bool>, search: Search, pick: Callback<SearchHit>) {
    match search.combobox.press(event) {
        // Without a hit the form is sent: the search page says more.
        Some(Asked::Choose(index)) => match index.and_then(|index| search.hit(index)) {
            Some(hit) => {
                event.prevent_default();
                pick.run(hit);
            }
            None => open.set(false),
        },
        // The browser would only empty the field first.
        Some(Asked::Close) => {
            event.prevent_default();
            open.set(false);
        }
        Some(Asked::Move(_)) | None => {}
    }
}

fn field(search: Search, on_key: impl FnMut(ev::KeyboardEvent) + 'static) -> impl IntoView {
    view! {
        <input
            class="palette-input"
            type="search"
            name="q"
            role="combobox"
            aria-label="Search pilots, corporations, alliances, ships and places"
            aria-expanded=move || if search.hits.with(Vec::is_empty) { "false" } else { "true" }
            aria-controls="palette-hits"
            aria-autocomplete="list"
            aria-activedescendant=move || search.combobox.active_id()
            placeholder="Pilot, corporation, ship, system, kill id…"
            autocomplete="off"
            spellcheck="false"
            prop:value=move || search.text.get()
            on:input:target=move |event| search.typed(event.target().value())
            on:keydown=on_key
        />
    }
}

fn message(search: Search) -> String {
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
