//! The dialog that lists the keys.

use super::keys::KEYS;
use crate::components::{dom, icon::Icon};
use leptos::{html, prelude::*};

#[component]
pub fn HelpDialog(is_open: RwSignal<bool>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            match (is_open.get(), dialog.open()) {
                (true, false) => drop(dialog.show_modal()),
                (false, true) => dialog.close(),
                _ => {}
            }
        }
    });
    view! {
        <dialog
            class="dialog"
            aria-labelledby="keys-title"
            node_ref=dialog
            on:close=move |_| is_open.set(false)
            on:click=move |event| {
                if dom::is_own_target(&event) {
                    is_open.set(false);
                }
            }
        >
            <div class="dialog-body">
                <header class="dialog-head">
                    <h2 id="keys-title">"Keys"</h2>
                    <button
                        type="button"
                        class="button button-icon"
                        aria-label="Close"
                        on:click=move |_| is_open.set(false)
                    >
                        <Icon name="close"/>
                    </button>
                </header>
                <dl class="keys">
                    {KEYS
                        .iter()
                        .map(|(key, does)| view! { <div><dt><kbd>{*key}</kbd></dt><dd>{*does}</dd></div> })
                        .collect_view()}
                </dl>
                <p class="dialog-note">
                    "Click a row to see the kill beside the list, click it again to open its page. Click any name to
                    filter by it."
                </p>
            </div>
        </dialog>
    }
}
