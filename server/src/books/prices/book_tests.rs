use super::*;
use chrono::DateTime;
use domain::Isk;

fn at(minutes: i64) -> Timestamp {
    DateTime::from_timestamp(1_767_322_000, 0).expect("a time") + TimeDelta::minutes(minutes)
}

fn priced(ids: &[i64], source: PriceSource, minutes: i64) -> Vec<(TypeId, UnitPrice)> {
    ids.iter().map(|id| (TypeId(*id), UnitPrice { price: Isk::from_isk(5), source, at: at(minutes) })).collect()
}

fn ids(ids: &[i64]) -> Vec<TypeId> {
    ids.iter().copied().map(TypeId).collect()
}

fn book() -> PriceBook {
    let book = PriceBook::default();
    book.ask_janice();
    book
}

fn request(book: &PriceBook, types: &[i64], minutes: i64) -> Vec<TypeId> {
    book.request(ids(types), Urgency::Seen, &StaticData::bundled(), at(minutes));
    let taken = book.take(100);
    book.state().wanted.settle(&taken);
    taken
}

#[test]
fn fresh_prices_and_known_gaps_are_not_asked_for() {
    let book = book();
    assert_eq!(request(&book, &[34, 35, 34], 0), ids(&[34, 35]));
    let gaps = book.answered(&ids(&[34, 35]), &priced(&[34], PriceSource::Janice, 0), at(0));
    assert_eq!(gaps, [PriceGap { type_id: TypeId(35), source: PriceSource::Janice, asked_at: at(0) }]);
    assert_eq!(request(&book, &[34, 35], 59), []);
    assert_eq!(request(&book, &[34, 35], 60), ids(&[34]), "stale after an hour, the gap after a day");
    assert!(book.table().price(TypeId(34), at(60)).is_some(), "served while it is asked for");
    assert_eq!(request(&book, &[35], 24 * 60), ids(&[35]));
    assert_eq!(book.answered(&ids(&[35]), &priced(&[35], PriceSource::Janice, 1_440), at(1_440)), []);
    assert!(book.state().gaps.is_empty());
}

#[test]
fn rolled_modules_are_not_asked_for_nor_anything_without_a_key() {
    let rolled = StaticData::bundled().type_by_name("50MN Abyssal Microwarpdrive").expect("known").id;
    assert_eq!(request(&book(), &[rolled.0, 34], 0), ids(&[34]));
    assert_eq!(request(&PriceBook::default(), &[34], 0), []);
}

#[test]
fn only_a_better_source_is_an_improvement() {
    let book = book();
    let take = || book.take_improved().into_iter().collect::<Vec<_>>();
    book.replace(PriceSource::EsiAverage, &priced(&[34, 35], PriceSource::EsiAverage, 0), at(0)).expect("a list");
    assert_eq!(take(), ids(&[34, 35]), "there was nothing");
    book.replace(PriceSource::EsiAverage, &priced(&[34, 35, 36], PriceSource::EsiAverage, 60), at(60)).expect("a list");
    assert_eq!(take(), ids(&[36]), "moved is not improved");
    book.answered(&ids(&[34]), &priced(&[34], PriceSource::Janice, 61), at(61));
    assert_eq!(take(), ids(&[34]));
    book.answered(&ids(&[34]), &priced(&[34], PriceSource::Janice, 200), at(200));
    book.replace(PriceSource::Mutamarket, &priced(&[34], PriceSource::Mutamarket, 200), at(200)).expect("a list");
    assert_eq!(take(), []);
}

#[test]
fn a_list_that_lacks_most_of_the_last_one_is_not_believed() {
    let book = book();
    let esi = |ids: std::ops::Range<i64>, minutes| {
        book.replace(
            PriceSource::EsiAverage,
            &priced(&ids.collect::<Vec<_>>(), PriceSource::EsiAverage, minutes),
            at(minutes),
        )
    };
    let known = |id| book.table().price(TypeId(id), at(60)).map(|unit| unit.at);
    assert!(esi(0..0, 0).is_err(), "an empty list says nothing");
    esi(1..101, 0).expect("the first list");
    for (range, minutes) in [(1..1, 60), (1..2, 60), (1..50, 60)] {
        let found = range.clone().count();
        assert_eq!(esi(range, minutes), Err(ShrunkList { found, known: 100 }));
        assert_eq!((known(1), known(100)), (Some(at(0)), Some(at(0))), "the old list stays");
    }
    let health = book.health().sources[2].clone();
    assert_eq!((health.last_success_at, health.last_error_at), (Some(at(0)), Some(at(60))));
    assert_eq!(health.last_error.as_deref(), Some("the list has 49 prices where 100 were known; it is not used"));
    esi(1..51, 60).expect("half may go");
    assert_eq!((known(50), known(51)), (Some(at(60)), None));
    esi(1..2, 60 + 8 * 24 * 60).expect("better than a list of last week");
    // Each source by itself.
    book.replace(PriceSource::Mutamarket, &priced(&[7], PriceSource::Mutamarket, 0), at(0)).expect("its first");
    assert!(book.replace(PriceSource::Mutamarket, &[], at(1)).is_err());
    assert_eq!(book.health().sources[1].prices, 1);
}

#[test]
fn nominal_prices_follow_the_static_data() {
    let book = PriceBook::default();
    let sde = StaticData::bundled();
    let is_nominal = |info: &&domain::static_data::TypeInfo| info.base_price.is_some_and(|p| p.hundredths() > 0);
    let priced = sde.types().find(is_nominal).expect("one");
    book.adopt(&sde, at(0));
    let unit = book.table().price(priced.id, at(0)).expect("priced");
    assert_eq!((Some(unit.price), unit.source), (priced.base_price, PriceSource::StaticBase));
    assert!(book.take_improved().contains(&priced.id), "kills without any price get this one");
    book.adopt(&StaticData::new(domain::static_data::StaticRows::default()), at(1));
    assert_eq!(book.table().price(priced.id, at(1)), None);
}

#[test]
fn health_tells_each_source_apart() {
    let book = book();
    assert_eq!(book.health().source, "");
    book.replace(PriceSource::EsiAverage, &priced(&[34, 35], PriceSource::EsiAverage, 0), at(0)).expect("a list");
    book.failed(PriceSource::Janice, "the upstream refused the request".to_owned(), at(1));
    book.request(ids(&[34]), Urgency::Seen, &StaticData::bundled(), at(1));
    let health = book.health();
    assert_eq!((health.source.as_str(), health.types_priced, health.waiting), ("ESI average price", 2, 1));
    assert_eq!(health.refreshed_at, Some(at(0)));
    let janice = &health.sources[0];
    assert_eq!(janice.source, PriceSource::Janice);
    assert_eq!(janice.last_error.as_deref(), Some("the upstream refused the request"));
    assert_eq!((janice.last_success_at, janice.last_error_at), (None, Some(at(1))));
    book.answered(&ids(&[34, 36]), &priced(&[34], PriceSource::Janice, 2), at(2));
    let health = book.health();
    assert_eq!(health.source, "Janice, Jita 4-4 split");
    assert_eq!((health.sources[0].prices, health.sources[0].unknown), (1, 1));
    assert_eq!((health.sources[0].oldest, health.sources[0].last_success_at), (Some(at(2)), Some(at(2))));
}
