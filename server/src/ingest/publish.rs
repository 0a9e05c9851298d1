//! From an enriched kill to every open page. Nothing here waits: neither for the database nor for what is asked for.

use crate::{
    books::{Books, fits::Urgency},
    enrichment::Enriched,
};
use std::sync::Arc;

/// Puts a new kill on every open page and asks for the names, prices and fit statistics it lacks.
pub fn publish(kill: &Enriched, books: &Books) {
    let Enriched { record, static_data, wanted_fit, .. } = kill;
    let node = books.node();
    node.feed_monitor().arrived(record.source, record.received_at, record.killmail.killmail_time);
    let names = |id: i64| books.names().get(id);
    node.window().publish(Arc::clone(record), &names, static_data, false);
    books.prices().seen(record, static_data, node.now());
    books.names().request(record.killmail.player_ids());
    books.names().request_affiliations(record.killmail.participants().filter_map(|it| it.character_id));
    if let Some(job) = wanted_fit {
        books.fits().request(job.clone(), Urgency::Background);
    }
}
