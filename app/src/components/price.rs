//! Where a unit price comes from and how old it was, in words.

use crate::format;
use domain::{PriceSource, Timestamp, UnitPrice};

/// `Janice, Jita 4-4 split, 2026-11-23 18:31:00, 50 minutes before the kill`. Fixed prices have no age.
pub fn price_origin(unit: UnitPrice, is_estimate: bool, killed_at: Timestamp) -> String {
    let source = unit.source.label();
    if unit.source == PriceSource::Rule {
        return source.to_owned();
    }
    // MutaMarket's label says it already.
    let estimate = if is_estimate && !unit.source.is_estimate() { ", an estimate" } else { "" };
    let age = format::before_or_after_kill(unit.at, killed_at);
    format!("{source}{estimate}, {}, {age}", format::date_time(unit.at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::at;
    use domain::Isk;

    #[test]
    fn tells_source_time_and_age() {
        let killed_at = at("2026-11-23T20:00:00Z");
        let origin = |source, time: &str, is_estimate| {
            price_origin(UnitPrice { price: Isk::from_isk(1), source, at: at(time) }, is_estimate, killed_at)
        };
        for (source, time, is_estimate, text) in [
            (PriceSource::Rule, "2026-11-23T20:00:00Z", false, "fixed rule"),
            (
                PriceSource::Janice,
                "2026-11-23T20:00:30Z",
                false,
                "Janice, Jita 4-4 split, 2026-11-23 20:00:30, at the time of the kill",
            ),
            (
                PriceSource::Mutamarket,
                "2026-11-23T20:01:00Z",
                true,
                "MutaMarket type estimate, 2026-11-23 20:01:00, 1 minute after the kill",
            ),
            (
                PriceSource::EsiAdjusted,
                "2026-11-20T20:00:00Z",
                true,
                "ESI adjusted price, an estimate, 2026-11-20 20:00:00, 3 days before the kill",
            ),
        ] {
            assert_eq!(origin(source, time, is_estimate), text);
        }
    }
}
