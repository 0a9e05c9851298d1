//! Every metric of the process: name, kind, labels and what it says. `/metrics` gives the texts along.
//!
//! A metric is counted under the constant of its name only, the name in capitals; those of other packages have theirs
//! in `meters.rs` there. A test compares this table with the places that count (`server/tests/tidy/meters.rs`).

/// How a metric moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, from the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Durations in buckets.
    Histogram,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    pub name: &'static str,
    pub kind: Kind,
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

/// Declares this package's names and the rows of all.
macro_rules! meters {
    (
        here { $($kind:ident $name:ident = $text:literal $labels:expr, $help:literal;)* }
        elsewhere { $($other_kind:ident $other:path, $other_labels:expr, $other_help:literal;)* }
    ) => {
        $(pub const $name: &str = $text;)*
        pub const TABLE: &[Meter] = &[
            $(Meter { name: $name, kind: Kind::$kind, labels: &$labels, help: $help },)*
            $(Meter { name: $other, kind: Kind::$other_kind, labels: &$other_labels, help: $other_help },)*
        ];
    };
}

meters! {
    here {
        Counter FEED_EVENTS_TOTAL = "feed_events_total" ["feed"], "Events that feeds brought";
        Counter FEED_EVENTS_MALFORMED_TOTAL = "feed_events_malformed_total" ["feed"],
            "Pieces of feeds that could not be understood and became dead letters";
        Counter FEED_FAILURES_TOTAL = "feed_failures_total" ["feed"], "Ends of a connection to a feed by a failure";
        Gauge FEED_ACTIVE = "feed_active" ["feed"], "1 for the feed that kills come from, 0 for the others";
        Gauge FEED_LAG_SECONDS_MEDIAN = "feed_lag_seconds_median" [],
            "Median time from a loss to its arrival here, of recent kills; not a number without any";
        Counter KILLMAILS_REPEATED_TOTAL = "killmails_repeated_total" ["feed"],
            "Kills that were known already when a feed brought them";
        Counter KILLMAILS_PARKED_TOTAL = "killmails_parked_total" [], "Kills put aside until ESI gives their body";
        Counter KILLMAILS_POSTED_TOTAL = "killmails_posted_total" [], "Kills that users posted and that were new";
        Counter KILLMAILS_ENRICHED_TOTAL = "killmails_enriched_total" [], "Kills classified and valued";
        Counter KILLMAIL_ENRICHMENT_FAILURES_TOTAL = "killmail_enrichment_failures_total" [],
            "Enrichments that panicked; the kill is kept and marked";
        Counter KILLMAILS_RE_ENRICHED_TOTAL = "killmails_re_enriched_total" [],
            "Stored kills enriched again after a change of rules or static data";
        Counter KILLMAILS_REVALUED_TOTAL = "killmails_revalued_total" [],
            "Kills valued again since a better price came";
        Counter KILLMAILS_STORED_TOTAL = "killmails_stored_total" [],
            "Kills written into the database that it did not have";
        Histogram PERSIST_BATCH_SECONDS = "persist_batch_seconds" [], "Time to write a batch of kills";
        Counter PERSIST_RETRIES_TOTAL = "persist_retries_total" [],
            "Batches tried again since the database did not take them";
        Gauge QUEUE_DEPTH = "queue_depth" ["queue"], "What waits in a queue";
        Gauge QUEUE_CAPACITY = "queue_capacity" ["queue"], "How much a queue holds";
        Gauge HISTORY_DAYS_OPEN = "history_days_open" [], "Days between the mark of complete history and today";
        Gauge DEAD_LETTERS_UNRESOLVED = "dead_letters_unresolved" [], "Dead letters that nobody has resolved";
        Counter DEAD_LETTERS_REPLAYED_TOTAL = "dead_letters_replayed_total" ["outcome"], "Dead letters tried again";
        Counter PRICES_USED_TOTAL = "prices_used_total" ["source"], "Unit prices that values were made of";
        Counter PRICES_MISSING_TOTAL = "prices_missing_total" [], "Types without a known price on enriched kills";
        Counter PRICE_REQUESTS_DROPPED_TOTAL = "price_requests_dropped_total" [],
            "Types not queued for a price since the queue was full";
        Gauge PRICE_REQUESTS_WAITING = "price_requests_waiting" [], "Types that wait for a price";
        Gauge PRICE_SOURCE_LAST_SUCCESS_TIMESTAMP_SECONDS = "price_source_last_success_timestamp_seconds" ["source"],
            "When a price source last answered, as Unix time";
        Gauge PRICES_KNOWN = "prices_known" ["source"], "Types with a price of this source in memory";
        Counter PRICE_REFRESHES_TOTAL = "price_refreshes_total" ["source", "outcome"],
            "Refreshes of a whole price source";
        Counter FITS_COMPUTED_TOTAL = "fits_computed_total" [], "Fits whose statistics the engine computed";
        Histogram FIT_COMPUTE_SECONDS = "fit_compute_seconds" [], "Time of the engine for one fit";
        Counter FIT_CACHE_HITS_TOTAL = "fit_cache_hits_total" [], "Fits whose statistics were in memory";
        Counter FIT_REQUESTS_DROPPED_TOTAL = "fit_requests_dropped_total" [],
            "Fits not queued since the queue was full; the sweep finds them";
        Counter ENTITY_REQUESTS_DROPPED_TOTAL = "entity_requests_dropped_total" [],
            "Corporations and alliances not queued for refreshing since the queue was full";
        Counter ENTITY_FAILURES_TOTAL = "entity_failures_total" [],
            "Refreshes of corporations and alliances that failed";
        Counter AFFILIATIONS_CONFIRMED_TOTAL = "affiliations_confirmed_total" [],
            "Pilots whose memberships ESI confirmed";
        Counter AFFILIATIONS_CHANGED_TOTAL = "affiliations_changed_total" [], "Pilots whose memberships had changed";
        Counter AFFILIATION_FAILURES_TOTAL = "affiliation_failures_total" [],
            "Rounds of confirming memberships that failed";
        Counter NAME_REQUESTS_DROPPED_TOTAL = "name_requests_dropped_total" [],
            "Names and memberships not queued since the queue was full";
        Counter CACHE_HITS_TOTAL = "cache_hits_total" ["cache"], "Look-ups that a cache in memory could answer";
        Counter CACHE_MISSES_TOTAL = "cache_misses_total" ["cache"], "Look-ups that a cache in memory could not answer";
        Counter CACHE_EVICTIONS_TOTAL = "cache_evictions_total" ["cache"],
            "Entries that a cache in memory dropped to make room";
        Gauge CACHE_ENTRIES = "cache_entries" ["cache"], "Entries of a cache in memory";
        Gauge CACHE_CAPACITY = "cache_capacity" ["cache"], "Entries that a cache in memory may have";
        Gauge IMAGE_CACHE_BYTES = "image_cache_bytes" [], "Pictures kept in memory, in bytes";
        Gauge STATIC_DATA_BUILD_INFO = "static_data_build_info" ["build"],
            "1 for the build of the static data in use, 0 for one in use before";
        Counter STATIC_DATA_SWAP_FAILURES_TOTAL = "static_data_swap_failures_total" [],
            "Imports of static data that could not be taken into use";
        Counter EMBEDDED_POSTGRES_RESTARTS_TOTAL = "embedded_postgres_restarts_total" [],
            "Starts of the embedded PostgreSQL after it had died";
        Gauge BUS_CONNECTED = "bus_connected" [], "1 while news are shared with other nodes";
        Counter BUS_NEWS_RECEIVED_TOTAL = "bus_news_received_total" [], "News that other nodes sent";
        Counter BUS_NEWS_DROPPED_TOTAL = "bus_news_dropped_total" [],
            "News not sent to other nodes since they were too long or the outbox was full";
        Gauge LIVE_SOCKETS = "live_sockets" [], "Open live connections";
        Counter LIVE_HUB_LAGGED_EVENTS_TOTAL = "live_hub_lagged_events_total" [],
            "Changes that the hub missed since it was too slow";
        Counter LIVE_SUBSCRIPTIONS_OVERFLOWED_TOTAL = "live_subscriptions_overflowed_total" [],
            "Subscriptions told to start over since their queue was full";
        Counter TASKS_ENDED_TOTAL = "tasks_ended_total" ["task", "outcome"], "Ends of long-lived tasks";
        Counter TASK_RUNS_TOTAL = "task_runs_total" ["task", "outcome"], "Runs of periodic tasks";
        Histogram TASK_DURATION_SECONDS = "task_duration_seconds" ["task"], "Time of one run of a periodic task";
        Gauge TASK_LAST_SUCCESS_TIMESTAMP_SECONDS = "task_last_success_timestamp_seconds" ["task"],
            "When a periodic task last ended well, as Unix time";
        Gauge PROCESS_RESIDENT_MEMORY_BYTES = "process_resident_memory_bytes" [],
            "Memory of this process that is in RAM";
    }
    elsewhere {
        Counter upstream::meters::UPSTREAM_REQUESTS_TOTAL, ["host", "route", "status"],
            "Answers of upstreams, by HTTP status or the kind of failure";
        Histogram upstream::meters::UPSTREAM_REQUEST_SECONDS, ["host", "route"],
            "Time until an upstream had answered in full";
        Counter upstream::meters::UPSTREAM_RETRIES_TOTAL, ["host"], "Requests sent again after a failure that may pass";
        Counter upstream::meters::UPSTREAM_BREAKER_REFUSALS_TOTAL, ["host"],
            "Requests not sent because the breaker of their host was open";
        Gauge upstream::meters::UPSTREAM_BREAKER_STATE, ["host"], "Breaker of a host: 0 closed, 1 half open, 2 open";
        Counter upstream::meters::UPSTREAM_BREAKER_CHANGES_TOTAL, ["host", "to"],
            "Changes of a breaker, by its new state";
        Gauge upstream::meters::UPSTREAM_ERROR_BUDGET_REMAINING, ["host"],
            "Errors that a host still allows in its window";
        Gauge upstream::meters::UPSTREAM_BUCKET_REMAINING, ["host", "group"],
            "Tokens left in a rate limit group of ESI";
        Gauge upstream::meters::UPSTREAM_SHARED_BUDGET_UP, ["host"],
            "1 while nodes share their accounts in Redis, 0 while each keeps its own";
        Counter upstream::meters::UPSTREAM_RATE_REFUSALS_TOTAL, ["group"],
            "Requests that the account of a rate limit group refused";
        Histogram upstream::meters::UPSTREAM_RATE_WAIT_SECONDS, ["group"],
            "Time that requests waited for tokens of their rate limit group";
        Counter upstream::meters::UPSTREAM_R2Z2_SEQUENCE_UPDATES_TOTAL, [], "Times that R2Z2 named a newer sequence";
        Counter upstream::meters::UPSTREAM_R2Z2_SKIPPED_TOTAL, [], "Sequences of R2Z2 given up as missing";
        Counter upstream::meters::UPSTREAM_R2Z2_JUMPS_TOTAL, [], "Times that R2Z2 was caught up with by a jump ahead";
        Counter upstream::meters::UPSTREAM_FEED_ERROR_EVENTS_TOTAL, ["source"],
            "Errors that a feed reported in its stream";
        Counter upstream::meters::UPSTREAM_FEED_UNKNOWN_EVENTS_TOTAL, ["source"],
            "Events of a kind that this version does not know";
        Counter upstream::meters::ESI_BAD_IDS_TOTAL, ["route"],
            "Ids that ESI refused and that were left out of their list";
        Counter upstream::meters::ESI_BISECTIONS_DEFERRED_TOTAL, ["route"],
            "Searches for a refused id put off to spare the error budget";
        Counter upstream::meters::CACHE_REQUESTS_TOTAL, ["cache", "outcome"],
            "Requests to a cache of answers, by what it had";
        Counter fitting::meters::FIT_ENGINE_PANICS_TOTAL, [], "Panics of the fit engine that were caught";
    }
}

/// Gives the recorder the texts.
pub fn describe() {
    for meter in TABLE {
        match meter.kind {
            Kind::Counter => metrics::describe_counter!(meter.name, meter.help),
            Kind::Gauge => metrics::describe_gauge!(meter.name, meter.help),
            Kind::Histogram => metrics::describe_histogram!(meter.name, meter.help),
        }
    }
}
