//! A tracker beside the simulator asks the simulator, and nobody else.

use crate::harness;
use server::config::{
    Config,
    variables::{Preset, VARIABLES},
};
use simulator::Simulator;
use std::collections::BTreeMap;

/// The static data export is asked for by a command only, and has no simulated form.
const NOT_SIMULATED: [&str; 1] = ["SDE_URL"];

#[tokio::test]
async fn a_simulated_tracker_knows_no_real_upstream() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    let environment: BTreeMap<String, String> =
        simulator.tracker_environment().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let is_real = |preset: Preset| matches!(preset, Preset::Value(value) if value.starts_with("https://"));
    let real: Vec<&str> = VARIABLES.iter().filter(|row| is_real(row.preset)).map(|row| row.name).collect();
    assert!(real.len() > 5, "{real:?}");
    for name in real.into_iter().filter(|name| !NOT_SIMULATED.contains(name)) {
        let url = environment.get(name).map(String::as_str).unwrap_or_default();
        assert!(url.starts_with(&simulator.base_url()), "{name} of a simulated tracker is {url:?}");
    }
    let config = Config::from_variables(&environment).expect("variables of the tracker");
    assert!(config.is_demo);
    assert_eq!(config.feeds.order, [domain::Source::Wanderer, domain::Source::R2z2]);
    assert!(config.prices.janice_api_key.is_some());
    simulator.shutdown().await;
}
