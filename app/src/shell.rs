//! The HTML document around the application; rendered on the server only.

use crate::{App, components::icon::ICON_SHEET};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

/// Where the built client lies. `version` is a content hash, so that files can be cached for ever.
#[derive(Clone, Debug)]
pub struct Assets {
    pub version: String,
}

/// The document.
pub fn shell(assets: Assets) -> impl IntoView {
    let version = assets.version;
    let js = format!("/pkg/frontend.js?v={version}");
    let wasm = format!("/pkg/frontend_bg.wasm?v={version}");
    let css = format!("/pkg/main.css?v={version}");
    let boot = format!(
        "import init, {{ hydrate }} from '{js}'; init({{ module_or_path: '{wasm}' }}).then(() => {{ hydrate(); document.documentElement.dataset.hydrated = ''; }});"
    );
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme="dark">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="dark"/>
                <meta name="theme-color" content="#0b0f14"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link
                    rel="preload"
                    href="/fonts/inter-latin-wght-normal.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="stylesheet" href=css/>
                <link rel="modulepreload" href=js/>
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <MetaTags/>
                <script type="module" nonce=use_nonce()>{boot}</script>
            </head>
            <body>
                <App/>
                // After the application, so that hydration does not meet it.
                <div hidden inner_html=ICON_SHEET></div>
            </body>
        </html>
    }
}
