//! The few places where the page is touched by hand: focus and scrolling. Browser only, empty elsewhere.

use domain::KillmailId;

/// Focuses a row's link and scrolls it into sight, if it is not. At once where the row is drawn already: a key pressed
/// before the next frame must not find the focus on the row before.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub fn reveal_row(id: KillmailId) {
    if !revealed(id) {
        leptos::prelude::request_animation_frame(move || {
            revealed(id);
        });
    }
}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
fn revealed(id: KillmailId) -> bool {
    use wasm_bindgen::JsCast;
    let Ok(Some(row)) = leptos::prelude::document().query_selector(&format!(".kill-row[data-kill=\"{id}\"]")) else {
        return false;
    };
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    row.scroll_into_view_with_scroll_into_view_options(&options);
    if let Ok(Some(link)) = row.query_selector(".kill-open") {
        focus(link.unchecked_ref());
    }
    true
}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
fn focus(element: &web_sys::HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    drop(element.focus_with_options(&options));
}

/// Scrolls the first element that matches into sight within its list.
pub fn reveal(selector: &str) {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    if let Ok(Some(element)) = leptos::prelude::document().query_selector(selector) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    let _ = selector;
}

/// Focuses the first element that matches.
pub fn focus_first(selector: &str) {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        use wasm_bindgen::JsCast;
        if let Ok(Some(element)) = leptos::prelude::document().query_selector(selector) {
            focus(element.unchecked_ref());
        }
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    let _ = selector;
}

/// Whether the event happened on the very element that listens, not on something inside it.
pub fn is_own_target(event: &leptos::ev::MouseEvent) -> bool {
    event.target().is_some() && event.target() == event.current_target()
}

/// Whether keys belong to what has the focus (a field, a dialog) and not to the page.
pub fn is_typing() -> bool {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        let document = leptos::prelude::document();
        let in_field = document.active_element().is_some_and(|element| {
            matches!(element.closest("input, textarea, select, [contenteditable]"), Ok(Some(_)))
        });
        in_field || matches!(document.query_selector("dialog[open]"), Ok(Some(_)))
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    false
}

/// Clicks the name that has the focus. Returns whether there is one.
pub fn click_focused_name() -> bool {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        use wasm_bindgen::JsCast;
        let focused = leptos::prelude::document().active_element();
        if let Some(element) = focused.filter(|element| element.class_list().contains("name-link")) {
            element.unchecked_ref::<web_sys::HtmlElement>().click();
            return true;
        }
    }
    false
}

/// Whether a focused link or button takes the Enter key itself.
pub fn is_control_focused() -> bool {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        leptos::prelude::document()
            .active_element()
            .is_some_and(|element| matches!(element.closest("a, button, summary"), Ok(Some(_))))
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    false
}

/// The kill of the row whose link (not one of its names) was clicked.
pub fn clicked_row(event: &leptos::ev::MouseEvent) -> Option<KillmailId> {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        use wasm_bindgen::JsCast;
        let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
        target.closest(".kill-open").ok()??;
        target.closest(".kill-row").ok()??.get_attribute("data-kill")?.parse().ok()
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    {
        let _ = event;
        None
    }
}

/// Whether the page is wide enough for the panel beside the list (the same width as in `live.css`).
pub fn is_wide() -> bool {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        leptos::prelude::window()
            .match_media("(min-width: 75rem)")
            .is_ok_and(|query| query.is_some_and(|query| query.matches()))
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    false
}

/// How far the page is scrolled down.
pub fn scroll_top() -> f64 {
    leptos::prelude::window().scroll_y().unwrap_or(0.0)
}

pub fn scroll_to_top() {
    leptos::prelude::window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Reads from the browser's storage, which may be closed to us.
pub fn load(key: &str) -> Option<String> {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        leptos::prelude::window().local_storage().ok()??.get_item(key).ok()?
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    {
        let _ = key;
        None
    }
}

pub fn save(key: &str, value: &str) {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    if let Ok(Some(storage)) = leptos::prelude::window().local_storage() {
        drop(storage.set_item(key, value));
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    let _ = (key, value);
}

/// Waits for the heading of the page navigated to, focuses it and passes on the document's title. Gives up after 3 s.
pub fn when_heading_appears(then: impl FnOnce(String) + 'static) {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        use wasm_bindgen::JsCast;
        let heading = || leptos::prelude::document().query_selector("main h1").ok().flatten();
        let previous = heading();
        leptos::task::spawn_local(async move {
            for attempt in 0..60 {
                gloo_timers::future::TimeoutFuture::new(50).await;
                // The same element after a while: the page has changed its content only.
                let Some(heading) = heading().filter(|now| attempt > 5 || Some(now) != previous.as_ref()) else {
                    continue;
                };
                drop(heading.set_attribute("tabindex", "-1"));
                focus(heading.unchecked_ref());
                then(leptos::prelude::document().title());
                return;
            }
        });
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    drop(then);
}

/// Takes the focus away from what has it.
pub fn blur() {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        use wasm_bindgen::JsCast;
        if let Some(element) = leptos::prelude::document().active_element() {
            drop(element.unchecked_ref::<web_sys::HtmlElement>().blur());
        }
    }
}
