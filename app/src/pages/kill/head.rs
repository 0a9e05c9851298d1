//! Title and social card of a kill, put into the document's head by the server.

use super::headline;
use crate::routes;
use contract::KillDetail;
use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};

/// Where the site is reached from outside; empty when the server was not told (links are then relative).
#[cfg(feature = "ssr")]
fn origin() -> String {
    use_context::<crate::backend::PublicUrl>().map(|url| url.0.to_string()).unwrap_or_default()
}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

#[cfg(not(any(feature = "ssr", feature = "hydrate")))]
fn origin() -> String {
    String::new()
}

pub fn kill_head(kill: &KillDetail) -> AnyView {
    let summary = &kill.summary;
    let origin = origin();
    let address = format!("{origin}{}", routes::kill(summary.killmail_id));
    let picture = format!("{origin}{}", routes::image("types", summary.ship.type_id.0, "render", 512));
    let sentence = headline::sentence(summary);
    let description = headline::description(kill);
    let alt = format!("Picture of the {}", summary.ship.display_name());
    view! {
        <Title text=headline::title(summary)/>
        <Link rel="canonical" href=address.clone()/>
        <Meta name="description" content=description.clone()/>
        <Meta property="og:type" content="article"/>
        <Meta property="og:site_name" content="EVE PvP Tracker"/>
        <Meta property="og:title" content=sentence.clone()/>
        <Meta property="og:description" content=description.clone()/>
        <Meta property="og:url" content=address/>
        <Meta property="og:image" content=picture.clone()/>
        <Meta property="og:image:width" content="512"/>
        <Meta property="og:image:height" content="512"/>
        <Meta property="og:image:alt" content=alt/>
        <Meta name="twitter:card" content="summary"/>
        <Meta name="twitter:title" content=sentence/>
        <Meta name="twitter:description" content=description/>
        <Meta name="twitter:image" content=picture/>
    }
    .into_any()
}
