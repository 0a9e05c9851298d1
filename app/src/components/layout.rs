//! The frame of every page: skip link, header with navigation and feed state, demo banner, footer, announcements.

use crate::{
    components::{
        dom,
        feed_pill::FeedPill,
        icon::Icon,
        palette::{Palette, use_palette},
    },
    routes,
};
use contract::FeedStatus;
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};
use serde::{Deserialize, Serialize};

/// What the frame needs to know from the server; carried in the page so that the browser renders the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FrameInfo {
    /// Simulated feeds: nothing shown is a real loss.
    pub is_demo: bool,
    pub feed: FeedStatus,
}

impl FrameInfo {
    /// From the backend on the server, from the page in the browser.
    pub fn load() -> Self {
        SharedValue::new(Self::ask).into_inner()
    }

    #[cfg(feature = "ssr")]
    fn ask() -> Self {
        use contract::ports::BackendHandle;
        // Absent when the server only lists the routes.
        let Some(backend) = use_context::<BackendHandle>() else { return Self::default() };
        let feed = FeedStatus { feeds: Vec::new(), ..backend.feed_status() };
        Self { is_demo: backend.is_demo(), feed }
    }

    #[cfg(not(feature = "ssr"))]
    fn ask() -> Self {
        Self::default()
    }
}

/// The frame; `children` is the page.
#[component]
pub fn Layout(is_demo: bool, children: Children) -> impl IntoView {
    view! {
        // `external` keeps the router away: the browser itself moves the focus.
        <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
        <Header/>
        {is_demo
            .then(|| {
                view! {
                    <aside class="demo-banner" aria-label="About the data">
                        <strong>"Simulated feed."</strong>
                        " Ships and systems are real, pilots and losses are made up."
                    </aside>
                }
            })}
        <main id="main" class="page" tabindex="-1">{children()}</main>
        <Footer/>
        <RouteAnnouncer/>
        <Palette/>
    }
}

#[component]
fn Header() -> impl IntoView {
    let palette = use_palette();
    let open = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        palette.set(true);
    };
    view! {
        <header class="site-header">
            <a class="wordmark" href=routes::LIVE aria-label="EVE PvP Tracker, live kills">
                <svg class="wordmark-sign" viewBox="0 0 28 28" aria-hidden="true">
                    <path d="M14 1.500 26.500 14 14 26.500 1.500 14z" fill="none" stroke="currentColor" stroke-width="2"></path>
                    <path class="wordmark-cut" d="M14 6v6.500M14 15.500V22M6 14h6.500M15.500 14H22"></path>
                    <circle class="wordmark-core" cx="14" cy="14" r="2.200"></circle>
                </svg>
                <span class="wordmark-text">"EVE "<b>"PvP"</b>" Tracker"</span>
            </a>
            <nav class="site-nav" aria-label="Main">
                <A href=routes::LIVE exact=true>"Live"</A>
                <A href=routes::SEARCH>"Search"</A>
                <A href=routes::STATUS>"Status"</A>
                <a href=routes::API_DOCS rel="external">"API"</a>
            </nav>
            <a class="search-button" href=routes::SEARCH on:click=open aria-label="Search, Control K">
                <Icon name="search"/>
                <span class="search-button-text" aria-hidden="true">"Pilot, ship, system…"</span>
                <kbd aria-hidden="true">"Ctrl K"</kbd>
            </a>
            <FeedPill/>
        </header>
    }
}

#[component]
fn Footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <p>"EVE Online and all related materials are property of CCP hf."</p>
            <p>"All times are EVE time (UTC). Press "<kbd>"?"</kbd>" on the live page for its keys."</p>
        </footer>
    }
}

/// After navigation in the browser, which loads no document, says the new page's title and moves the focus to its
/// heading, as loading a page would.
#[component]
fn RouteAnnouncer() -> impl IntoView {
    let path = use_location().pathname;
    let (text, set_text) = signal(String::new());
    Effect::new(move |previous: Option<String>| {
        let path = path.get();
        if previous.is_some_and(|previous| previous != path) {
            dom::when_heading_appears(move |title| set_text.set(title));
        }
        path
    });
    view! { <div class="sr-only" aria-live="polite" aria-atomic="true" id="route-announcer">{text}</div> }
}
