//! The browser's entry point: takes over the server-rendered page. Everything else is in `app`.

/// Called by the boot script of the document once the module is instantiated.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
