//! Router, providers and layout.

use crate::{
    components::{
        layout::{FrameInfo, Layout},
        palette::provide_palette,
        preferences::provide_preferences,
        time::provide_clock,
    },
    live::provide_live,
    pages::{
        kill::KillPage,
        live::LivePage,
        not_found::NotFound,
        place::{ConstellationPage, RegionPage, SystemPage},
        ranked::RankedLosses,
        search::SearchPage,
        status::StatusPage,
        types::TypePage,
    },
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{FlatRoutes, Route, Router},
    path,
};

/// The whole user interface.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_clock();
    provide_preferences();
    provide_palette();
    let frame = FrameInfo::load();
    provide_live(frame.feed);
    // Every page waits for its data: without JavaScript the document is complete, and a missing thing is a 404.
    view! {
        <Title formatter=|text: String| format!("{text} · EVE PvP Tracker")/>
        <Router>
            <Layout is_demo=frame.is_demo>
                <FlatRoutes fallback=NotFound>
                    <Route path=path!("/") view=LivePage ssr=SsrMode::Async/>
                    <Route path=path!("/kill/:id") view=KillPage ssr=SsrMode::Async/>
                    // Only for the server's list of addresses: the router takes the one above for both.
                    <Route path=(StaticSegment("kill"), ParamSegment("id"), StaticSegment("/")) view=KillPage ssr=SsrMode::Async/>
                    <Route path=path!("/type/:id") view=TypePage ssr=SsrMode::Async/>
                    <Route path=(StaticSegment("type"), ParamSegment("id"), StaticSegment("/")) view=TypePage ssr=SsrMode::Async/>
                    <Route path=path!("/system/:id") view=SystemPage ssr=SsrMode::Async/>
                    <Route path=path!("/constellation/:id") view=ConstellationPage ssr=SsrMode::Async/>
                    <Route path=path!("/region/:id") view=RegionPage ssr=SsrMode::Async/>
                    <Route path=path!("/ranked") view=RankedLosses ssr=SsrMode::Async/>
                    <Route path=path!("/search") view=SearchPage ssr=SsrMode::Async/>
                    <Route path=path!("/status") view=StatusPage ssr=SsrMode::Async/>
                </FlatRoutes>
            </Layout>
        </Router>
    }
}
