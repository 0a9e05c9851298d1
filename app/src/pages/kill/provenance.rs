//! How we know: source and delay of the killmail, origin and age of its prices, static data, what is missing.

use crate::format;
use contract::{ItemRow, KillDetail};
use domain::{PriceSource, Timestamp};
use std::collections::BTreeMap;

/// The whole line.
pub fn provenance_line(kill: &KillDetail) -> String {
    let summary = &kill.summary;
    let delay = (summary.received_at - summary.killmail_time).num_milliseconds();
    let arrived =
        if delay < 0 { "arrived at once".to_owned() } else { format!("arrived {} after the kill", long_delay(delay)) };
    let mut parts = vec![format!("From {}, {arrived}", summary.source.label())];
    if let Some(prices) = prices(&kill.items) {
        parts.push(format!("values by {prices}"));
    }
    if summary.unpriced_types > 0 {
        parts.push(format!("{} without a price", format::counted(summary.unpriced_types.into(), "type", "types")));
    }
    parts.push(format!("static data: {}", kill.static_build));
    parts.join("; ") + "."
}

/// A delay that may be years for mails from the archive.
fn long_delay(milliseconds: i64) -> String {
    const DAY: i64 = 86_400_000;
    match milliseconds {
        ms if ms < 2 * DAY => format::lag(ms),
        ms => format::counted((ms / DAY).unsigned_abs(), "day", "days"),
    }
}

/// `ESI average price (12 types) and fixed rule (1 type), newest of 2026-11-23`; most used first.
fn prices(items: &[ItemRow]) -> Option<String> {
    let mut types: BTreeMap<i64, (PriceSource, Timestamp)> = BTreeMap::new();
    for row in items.iter().flat_map(|row| std::iter::once(row).chain(&row.contents)) {
        if let Some(unit) = row.unit_price {
            types.insert(row.item.type_id.0, (unit.source, unit.at));
        }
    }
    let newest = types.values().map(|(_, at)| *at).max()?;
    let mut counts: BTreeMap<PriceSource, u64> = BTreeMap::new();
    for (source, _) in types.values() {
        *counts.entry(*source).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let words: Vec<_> = counts
        .iter()
        .map(|(source, count)| format!("{} ({})", source.label(), format::counted(*count, "type", "types")))
        .collect();
    Some(format!("{}, newest of {}", words.join(" and "), format::date(newest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{at, capsule, fitted_frigate, nested_container, unknown_types};

    #[test]
    fn names_source_delay_prices_and_static_data() {
        assert_eq!(
            provenance_line(&fitted_frigate()),
            "From zKillboard R2Z2, arrived 21 s after the kill; values by ESI average price (5 types), newest of \
             2026-11-23; static data: types 2026-10-26 build 3650286."
        );
    }

    #[test]
    fn says_what_is_missing() {
        assert!(provenance_line(&unknown_types()).contains("3 types without a price"));
        assert!(!provenance_line(&capsule()).contains("values by"));
        assert!(provenance_line(&nested_container()).contains("(2 types)"));
    }

    #[test]
    fn old_mails_came_days_later() {
        let mut kill = fitted_frigate();
        kill.summary.killmail_time = at("2021-11-27T19:00:00Z");
        assert!(provenance_line(&kill).contains("arrived 1822 days") || provenance_line(&kill).contains("1,822 days"));
    }
}
