//! The environment that points a tracker at this galaxy. Whoever starts one beside a simulator takes it from here, so
//! that a new upstream reaches all of them, and no simulated tracker asks a real service.

use crate::{config::JANICE_KEY, http::Upstream};

/// Name and value of each variable of the tracker, for a simulator at `base_url` (without a slash at its end).
pub fn tracker_environment(base_url: &str) -> Vec<(&'static str, String)> {
    let urls = Upstream::ALL.map(|upstream| {
        let (variable, below) = location(upstream);
        (variable, format!("{base_url}/{}{below}", upstream.name()))
    });
    let others = [("FEEDS", "wanderer,r2z2"), ("JANICE_API_KEY", JANICE_KEY), ("TRACKER_DEMO", "true")];
    urls.into_iter().chain(others.map(|(name, value)| (name, value.to_owned()))).collect()
}

/// Which variable has an upstream's address, and what follows its prefix there.
fn location(upstream: Upstream) -> (&'static str, &'static str) {
    match upstream {
        Upstream::Wanderer => ("WANDERER_KILLS_URL", ""),
        Upstream::R2z2 => ("R2Z2_URL", ""),
        Upstream::EveKill => ("EVE_KILL_URL", ""),
        Upstream::Esi => ("ESI_URL", ""),
        Upstream::Janice => ("JANICE_URL", ""),
        Upstream::Mutamarket => ("MUTAMARKET_URL", "/api"),
        Upstream::EveRef => ("EVEREF_URL", ""),
        Upstream::Images => ("IMAGE_SERVER_URL", ""),
    }
}
