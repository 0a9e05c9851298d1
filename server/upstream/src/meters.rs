//! Names of the metrics that this package counts; `server/src/meters.rs` says what they mean.

pub const UPSTREAM_REQUESTS_TOTAL: &str = "upstream_requests_total";
pub const UPSTREAM_REQUEST_SECONDS: &str = "upstream_request_seconds";
pub const UPSTREAM_RETRIES_TOTAL: &str = "upstream_retries_total";
pub const UPSTREAM_BREAKER_REFUSALS_TOTAL: &str = "upstream_breaker_refusals_total";
pub const UPSTREAM_BREAKER_STATE: &str = "upstream_breaker_state";
pub const UPSTREAM_BREAKER_CHANGES_TOTAL: &str = "upstream_breaker_changes_total";
pub const UPSTREAM_ERROR_BUDGET_REMAINING: &str = "upstream_error_budget_remaining";
pub const UPSTREAM_BUCKET_REMAINING: &str = "upstream_bucket_remaining";
pub const UPSTREAM_SHARED_BUDGET_UP: &str = "upstream_shared_budget_up";
pub const UPSTREAM_RATE_REFUSALS_TOTAL: &str = "upstream_rate_refusals_total";
pub const UPSTREAM_RATE_WAIT_SECONDS: &str = "upstream_rate_wait_seconds";
pub const UPSTREAM_R2Z2_SEQUENCE_UPDATES_TOTAL: &str = "upstream_r2z2_sequence_updates_total";
pub const UPSTREAM_R2Z2_SKIPPED_TOTAL: &str = "upstream_r2z2_skipped_total";
pub const UPSTREAM_R2Z2_JUMPS_TOTAL: &str = "upstream_r2z2_jumps_total";
pub const UPSTREAM_FEED_ERROR_EVENTS_TOTAL: &str = "upstream_feed_error_events_total";
pub const UPSTREAM_FEED_UNKNOWN_EVENTS_TOTAL: &str = "upstream_feed_unknown_events_total";
pub const ESI_BAD_IDS_TOTAL: &str = "esi_bad_ids_total";
pub const ESI_BISECTIONS_DEFERRED_TOTAL: &str = "esi_bisections_deferred_total";
pub const CACHE_REQUESTS_TOTAL: &str = "cache_requests_total";
