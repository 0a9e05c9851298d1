//! Copies a text. With JavaScript: to the clipboard, said aloud. Without: the text stands below to be selected.

use leptos::prelude::*;

/// How the last copy went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Idle,
    Copied,
    Failed,
}

/// A button that copies `text`. `label` names what ("Copy fit").
#[component]
pub fn CopyButton(text: String, label: &'static str) -> impl IntoView {
    let outcome = RwSignal::new(Outcome::Idle);
    let text = StoredValue::new(text);
    let words = move || match outcome.get() {
        Outcome::Idle => "",
        Outcome::Copied => "Copied",
        Outcome::Failed => "The browser refused; select the text instead",
    };
    view! {
        <span class="copy">
            <button type="button" class="button" on:click=move |_| copy(text.get_value(), outcome)>
                {label}
            </button>
            <span class="copy-outcome" role="status">
                {words}
            </span>
        </span>
    }
}

#[cfg(feature = "hydrate")]
fn copy(text: String, outcome: RwSignal<Outcome>) {
    leptos::task::spawn_local(async move {
        // Absent outside a secure context.
        let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).unwrap_or_default();
        let copied = if clipboard.is_undefined() {
            false
        } else {
            let promise = window().navigator().clipboard().write_text(&text);
            js_sys::futures::JsFuture::from(promise).await.is_ok()
        };
        outcome.try_set(if copied { Outcome::Copied } else { Outcome::Failed });
        set_timeout(move || _ = outcome.try_set(Outcome::Idle), std::time::Duration::from_secs(4));
    });
}

#[cfg(not(feature = "hydrate"))]
fn copy(text: String, outcome: RwSignal<Outcome>) {
    // Handlers never run on the server.
    drop(text);
    let _ = (outcome, Outcome::Copied, Outcome::Failed);
}
