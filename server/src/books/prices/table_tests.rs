use super::*;
use chrono::DateTime;
use domain::Isk;

const ID: TypeId = TypeId(34);

fn at(hours: i64) -> Timestamp {
    DateTime::from_timestamp(1_767_322_000, 0).expect("a time") + TimeDelta::hours(hours)
}

fn unit(source: PriceSource, hours: i64) -> UnitPrice {
    UnitPrice { price: Isk::from_isk(5), source, at: at(hours) }
}

fn list(source: PriceSource, hours: i64) -> Prices {
    [(ID, unit(source, hours))].into()
}

const CHAIN: [PriceSource; 4] =
    [PriceSource::Janice, PriceSource::Mutamarket, PriceSource::EsiAverage, PriceSource::StaticBase];

/// Every source has a price of hour 0.
fn full() -> PriceTable {
    CHAIN.into_iter().fold(PriceTable::default(), |table, source| table.with_list(source, list(source, 0)))
}

#[test]
fn the_chain_goes_from_the_best_evidence_to_the_nominal_price() {
    let mut table = full();
    assert_eq!(table.type_count(), 1);
    for source in CHAIN {
        assert_eq!(table.price(ID, at(0)).map(|unit| unit.source), Some(source));
        table = table.with_list(source, Prices::new());
    }
    assert_eq!(table.price(ID, at(0)), None, "unknown stays unknown");
    let adjusted = table.with_list(PriceSource::EsiAdjusted, list(PriceSource::EsiAdjusted, 0));
    assert_eq!(adjusted.price(ID, at(0)).map(|unit| unit.source), Some(PriceSource::EsiAdjusted));
    assert_eq!(PriceTable::default().price(ID, at(0)), None);
}

#[test]
fn a_stale_price_is_served_for_a_time_and_rather_an_outdated_one_than_none() {
    let table = full();
    let source = |table: &PriceTable, hours| table.price(ID, at(hours)).map(|unit| unit.source);
    assert_eq!(source(&table, 24), Some(PriceSource::Janice));
    assert_eq!(source(&table, 25), Some(PriceSource::Mutamarket));
    assert_eq!(source(&table, 24 * 7 + 1), Some(PriceSource::Janice), "all are outdated: the best of them");
    let renewed = table.with_list(PriceSource::EsiAverage, list(PriceSource::EsiAverage, 300));
    assert_eq!(renewed.price(ID, at(300)), Some(unit(PriceSource::EsiAverage, 300)), "with its own time");
}

#[test]
fn janice_is_asked_again_after_an_hour() {
    let table = PriceTable::default().with_janice(&[(ID, unit(PriceSource::Janice, 0))]);
    assert!(!table.lacks_janice(ID, at(0)) && table.lacks_janice(ID, at(1)) && table.lacks_janice(TypeId(35), at(0)));
    let renewed = table.with_janice(&[(ID, unit(PriceSource::Janice, 1))]);
    assert!(!renewed.lacks_janice(ID, at(1)));
}

#[test]
fn stored_prices_come_back_with_the_nominal_ones_below() {
    let sde = StaticData::bundled();
    let nominal = sde.types().find(|info| info.base_price.is_some_and(|p| p.hundredths() > 0)).expect("one").id;
    let rows = vec![
        (ID, unit(PriceSource::EsiAverage, 0)),
        (ID, unit(PriceSource::EsiAdjusted, 5)),
        (ID, unit(PriceSource::Rule, 9)),
        (TypeId(35), unit(PriceSource::Janice, 1)),
    ];
    let table = PriceTable::from_stored(rows, &sde, at(6));
    assert_eq!(table.price(ID, at(6)), Some(unit(PriceSource::EsiAdjusted, 5)), "the later list");
    assert_eq!(table.price(TypeId(35), at(6)), Some(unit(PriceSource::Janice, 1)));
    assert_eq!(table.price(nominal, at(6)).map(|unit| unit.source), Some(PriceSource::StaticBase));
    assert!(!table.is_without_market() && table.type_count() > 2);
    assert!(PriceTable::from_stored(Vec::new(), &sde, at(0)).is_without_market());
}
