//! Names of the metrics that this package counts; `server/src/meters.rs` says what they mean.

pub const FIT_ENGINE_PANICS_TOTAL: &str = "fit_engine_panics_total";
