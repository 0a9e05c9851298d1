//! Sixty real killmails with their tags, masses and totals, as reckoned by `../check_mails.py` from the tables alone.
//!
//! How they were checked: the script chose the mails for variety (every tag it could cover, hull groups, holds, nested
//! containers, blueprint copies, years) and wrote `expected_mails.tsv`; it shares no code and few predicates with the
//! crate. Both were compared over all 2,280 mails of the curated file, and every difference was looked up in the mail
//! and the static data: the civilian guns of corvettes (this crate was wrong: the tables leave out effects of unpublished
//! types, so turrets now go by hardpoint), the structures' anticapital launchers and support fighters (the script was
//! wrong). None is left.
//! The mails themselves are not ours to publish; the test reads them beside the checkout and says so when it cannot.

use domain::{
    Isk, Killmail, PriceSource, StaticData, Timestamp, TypeId, UnitPrice, metrics, tags, valuation::value_killmail,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    path::Path,
};

const EXPECTED: &str = include_str!("expected_mails.tsv");

#[derive(Deserialize)]
struct Line {
    killmail_id: i64,
    killmail: Box<RawValue>,
}

/// The curated file; absent without the data beside the checkout.
fn real_mails() -> Option<HashMap<i64, Killmail>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/killmails/killmails_curated.jsonl.zst");
    let file = std::fs::File::open(path).ok()?;
    let now = Timestamp::from_timestamp(1_800_000_000, 0).expect("a time");
    let mails = BufReader::new(zstd::Decoder::new(file).expect("zstd"))
        .lines()
        .map(|line| {
            let line: Line = serde_json::from_str(&line.expect("UTF-8")).expect("JSON");
            (line.killmail_id, Killmail::decode(line.killmail.get(), now).expect("a killmail"))
        })
        .collect();
    Some(mails)
}

/// The made-up price of the script: every 17th type has none.
fn price(type_id: TypeId) -> Option<UnitPrice> {
    (type_id.0 % 17 != 0).then(|| UnitPrice {
        price: Isk::from_hundredths(type_id.0 * 7_919 % 100_003_000 + 1),
        source: PriceSource::EsiAverage,
        at: Timestamp::UNIX_EPOCH,
    })
}

fn shown(isk: Option<Isk>) -> String {
    isk.map_or_else(|| "-".to_owned(), |isk| isk.hundredths().to_string())
}

#[test]
fn sixty_real_mails_have_their_tags_masses_and_totals() {
    let Some(mails) = real_mails() else {
        println!("skipped: no real killmails beside the checkout");
        return;
    };
    let sde = StaticData::bundled();
    let rows: Vec<&str> = EXPECTED.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(rows.len() >= 60, "{} mails", rows.len());
    let mut faults = Vec::new();
    for row in rows {
        let [id, tags, hull_kg, mass_kg, values, unpriced] =
            row.split('\t').collect::<Vec<_>>().try_into().expect("six columns");
        let killmail = &mails[&id.parse::<i64>().expect("an id")];
        let mut found = sde.tags_of(killmail);
        let place = |tag: &String| tags::vocabulary().iter().position(|info| info.tag == *tag);
        assert!(found.is_sorted_by_key(place), "{id}: {found:?} is not in the order of the vocabulary");
        found.sort();
        if found.join(";") != tags {
            let expected: Vec<&str> = tags.split(';').collect();
            let missing: Vec<_> = expected.iter().filter(|tag| !found.iter().any(|has| has == *tag)).collect();
            let extra: Vec<_> = found.iter().filter(|tag| !expected.contains(&tag.as_str())).collect();
            faults.push(format!("{id}: missing {missing:?}, too many {extra:?}"));
        }
        let hull = sde.type_info(killmail.victim.ship_type_id);
        let is_capsule = hull.is_some_and(|hull| hull.group_id == domain::sde::group::CAPSULE);
        let hull = hull.and_then(|hull| hull.mass_kg).filter(|_| !is_capsule).unwrap_or(0.0);
        let mass = metrics::fitted_mass_kg(killmail, &sde).unwrap_or(0.0);
        if format!("{hull:.3}") != hull_kg || format!("{mass:.3}") != mass_kg {
            faults.push(format!("{id}: weighs {hull:.3} and {mass:.3}, not {hull_kg} and {mass_kg}"));
        }
        let (valuation, _) = value_killmail(killmail, &sde, &price);
        let reckoned = [
            valuation.hull_value,
            valuation.fitted_value,
            valuation.destroyed_value,
            valuation.dropped_value,
            valuation.total_value,
        ]
        .map(shown)
        .join(",");
        if reckoned != values || valuation.unpriced_types.to_string() != unpriced {
            faults.push(format!(
                "{id}: {reckoned} and {} unpriced, not {values} and {unpriced}",
                valuation.unpriced_types
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
