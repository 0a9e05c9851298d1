//! What rendering needs of the HTTP request and answer around it: cookies in, a status out.
//! In the browser cookies come from the document and a status means nothing.

/// The value of a cookie; `None` when it is not set or nothing is being served (route list at start).
pub fn cookie(name: &str) -> Option<String> {
    let all = cookies()?;
    all.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

#[cfg(feature = "ssr")]
fn cookies() -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    parts.headers.get(http::header::COOKIE)?.to_str().ok().map(str::to_owned)
}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
fn cookies() -> Option<String> {
    use wasm_bindgen::JsCast;
    leptos::prelude::document().dyn_into::<web_sys::HtmlDocument>().ok()?.cookie().ok()
}

#[cfg(not(any(feature = "ssr", feature = "hydrate")))]
fn cookies() -> Option<String> {
    None
}

/// Remembers a choice for a year; in the browser only.
pub fn set_cookie(name: &str, value: &str) {
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        use wasm_bindgen::JsCast;
        if let Ok(document) = leptos::prelude::document().dyn_into::<web_sys::HtmlDocument>() {
            // A browser that refuses cookies keeps the choice until the page is left.
            let _ = document.set_cookie(&format!("{name}={value}; path=/; max-age=31536000; samesite=lax"));
        }
    }
    #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
    let _ = (name, value);
}

/// Sets the status of the page being rendered (404 for an unknown kill). Call it while rendering, before the first
/// byte is sent: in a route with `SsrMode::Async`.
pub fn set_status(code: u16) {
    #[cfg(feature = "ssr")]
    crate::backend::set_status(code);
    #[cfg(not(feature = "ssr"))]
    let _ = code;
}

/// The id of the request that the page came with; `None` for a page made in the browser. A page calls it by way of a
/// `SharedValue`, for the browser does not know.
pub fn id() -> Option<String> {
    #[cfg(feature = "ssr")]
    return crate::backend::request_id();
    #[cfg(not(feature = "ssr"))]
    None
}
