//! Keys of the live page. They never fire while a field or a dialog has the focus.

use crate::{
    components::{dom, filter_link::narrowed},
    live::{LiveStore, reducer::UserAction},
    routes,
};
use domain::EntityKind;
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Key and what it does, for the help dialog.
pub const KEYS: &[(&str, &str)] = &[
    ("j", "Next kill"),
    ("k", "Previous kill"),
    ("Enter", "Open the selected kill"),
    ("x", "Close the selected kill"),
    ("f", "Filter by the focused name, else by the selected kill's ship"),
    ("p", "Pause or go on"),
    ("/", "Type a filter"),
    ("Ctrl K", "Search everything"),
    ("?", "This help"),
];

/// Listens while the page is open. Browser only, as effects are.
pub fn listen(store: LiveStore, is_help_open: RwSignal<bool>) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() || dom::is_typing()
            {
                return;
            }
            match event.key().as_str() {
                "j" => store.act(UserAction::SelectNext),
                "k" => store.act(UserAction::SelectPrevious),
                "x" | "Escape" => store.act(UserAction::Select(None)),
                "p" => store.act(UserAction::TogglePause),
                "/" => dom::focus_first("#filter-entity"),
                "?" => is_help_open.set(true),
                "f" => {
                    if !dom::click_focused_name()
                        && let Some(kill) = store.selected_kill()
                    {
                        let filter = store.filter_untracked();
                        let ship = narrowed(&filter, EntityKind::Type, kill.ship.type_id.0);
                        navigate(&ship, NavigateOptions::default());
                    }
                }
                "Enter" => {
                    if let (Some(id), false) = (store.list.selected.get_untracked(), dom::is_control_focused()) {
                        navigate(&routes::kill(id), NavigateOptions::default());
                    }
                    return;
                }
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || listener.remove());
    });
}
