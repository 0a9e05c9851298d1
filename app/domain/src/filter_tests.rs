//! Filters read back from their own query strings, bounds take what lies between them, and what is malformed is named.

use super::*;
use crate::{
    Source,
    record::{Enrichment, KillRecord},
};
use proptest::prelude::*;
use std::sync::Arc;

/// A kill by one pilot, before anything of it is known.
fn kill() -> KillSummary {
    let payload = r#"{"killmail_id":5,"killmail_time":"2026-01-02T03:04:05Z","solar_system_id":30000142,
        "victim":{"ship_type_id":587},"attackers":[{"character_id":90000007,"final_blow":true}]}"#;
    let received_at = Timestamp::UNIX_EPOCH + chrono::TimeDelta::days(40_000);
    let record = KillRecord {
        killmail: Arc::new(Killmail::decode(payload, received_at).expect("a killmail")),
        payload: Arc::from(payload),
        hash: None,
        source: Source::R2z2,
        received_at,
        enrichment: Enrichment::default(),
    };
    KillSummary::new(&record, &|_| None, &StaticData::bundled())
}

fn read(query: &str) -> Result<KillFilter, FilterError> {
    KillFilter::from_query(query, &[])
}

/// Whether a filter of ids and bounds that are facts of the kill itself takes it.
fn takes(query: &str, kill: &KillSummary) -> bool {
    read(query).expect(query).matches(kill, &[])
}

#[test]
fn bounds_take_what_lies_between_them() {
    let valued = |isk: i64| KillSummary { total_value: Some(Isk::from_isk(isk)), ..kill() };
    let crowded = |players: i64| KillSummary { player_attacker_count: players as u32, ..kill() };
    let tanked = |ehp: i64| KillSummary { ehp: Some(ehp), ..kill() };
    for (least, greatest, of) in [
        ("min_value=10", "max_value=20", &valued as &dyn Fn(i64) -> KillSummary),
        ("min_attackers=10", "max_attackers=20", &crowded),
        ("min_ehp=10", "max_ehp=20", &tanked),
    ] {
        let both = format!("{least}&{greatest}");
        for (number, above, below) in
            [(0, false, true), (9, false, true), (10, true, true), (20, true, true), (21, true, false)]
        {
            let kill = of(number);
            assert_eq!(takes(least, &kill), above, "{least} of {number}");
            assert_eq!(takes(greatest, &kill), below, "{greatest} of {number}");
            assert_eq!(takes(&both, &kill), above && below, "{both} of {number}");
        }
        let swapped = both.replace("=10", "=21");
        let error = read(&swapped).expect_err(&swapped);
        assert!(error.field.starts_with("min_") && error.reason.starts_with("is above max_"), "{swapped}: {error}");
        assert!(read(&both.replace("=10", "=20")).is_ok(), "equal bounds are none too many");
    }
}

#[test]
fn what_is_unknown_passes_no_bound() {
    for query in ["min_value=0", "max_value=1b", "min_ehp=0", "max_ehp=1b", "min_dps=0", "tank=armor"] {
        assert!(!takes(query, &kill()), "{query}");
    }
    assert!(takes("", &kill()));
}

#[test]
fn wars_are_those_of_the_mail() {
    let of_war = |id| KillSummary { war_id: Some(WarId(id)), ..kill() };
    for (query, expected) in [("war_id=712000", true), ("war_id=1,712000", true), ("war_id=712001", false)] {
        assert_eq!(takes(query, &of_war(712_000)), expected, "{query}");
        assert!(!takes(query, &kill()), "{query}: no war");
    }
}

#[test]
fn locations_are_what_stood_nearest() {
    let at = |id| KillSummary { location_id: Some(CelestialId(id)), ..kill() };
    for (query, expected) in [("location=40009087", true), ("location=1,40009087", true), ("location=1", false)] {
        assert_eq!(takes(query, &at(40_009_087)), expected, "{query}");
        assert!(!takes(query, &kill()), "{query}: unknown");
    }
}

#[test]
fn malformed_values_are_refused_by_the_name_of_their_field() {
    for field in FilterField::ALL {
        let name = field.name();
        let odd: &[&str] = match field.shape() {
            FieldShape::Ids => &["0", "-1", "x", "1,,2", "1.5", "9007199254740992"],
            FieldShape::Words => &["no such word"],
            FieldShape::Amount => &["-1", "x", "1e400"],
            FieldShape::Moment => &["yesterday", "2026-01-02", "1"],
            FieldShape::Flag => &["yes", "2"],
        };
        for value in odd {
            assert_eq!(read(&format!("{name}={value}")).expect_err(value).field, name, "{value}");
        }
        assert_eq!(read(&format!("{name}=")), Ok(KillFilter::default()), "{name}: forms send empty fields");
    }
    assert_eq!(read("attackrs=5").expect_err("unknown").field, "attackrs");
    let many = (1..=MAX_VALUES_PER_FIELD + 1).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(read(&format!("system_id={many}")).expect_err("too many").field, "system_id");
}

/// A value of a field as an address may have it.
fn value_of(field: FilterField) -> BoxedStrategy<String> {
    let words = |words: &'static [&'static str]| {
        proptest::sample::subsequence(words, 1..=words.len()).prop_map(|words| words.join(",")).boxed()
    };
    match (field.shape(), field) {
        (FieldShape::Ids, _) => proptest::collection::vec(1..=crate::ids::MAX_JSON_INTEGER, 1..4)
            .prop_map(|ids| ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
            .boxed(),
        // No pair of bounds is reversed.
        (FieldShape::Amount, field) if field.name().starts_with("max_") => {
            (1_000_000..2_000_000_000_000_i64).prop_map(|number| number.to_string()).boxed()
        }
        (FieldShape::Amount, _) => (0..1_000_000_i64).prop_map(|number| number.to_string()).boxed(),
        (FieldShape::Moment, FilterField::To) => words(&["2026-01-02T03:04:05Z"]),
        (FieldShape::Moment, _) => words(&["2025-01-02T03:04:05Z"]),
        (FieldShape::Flag, _) => prop_oneof![Just("true".to_owned()), Just("false".to_owned())].boxed(),
        (FieldShape::Words, FilterField::Band) => words(&["highsec", "nullsec", "wspace"]),
        (FieldShape::Words, FilterField::Side) => {
            prop_oneof![Just("victim".to_owned()), Just("attacker".to_owned())].boxed()
        }
        (FieldShape::Words, FilterField::Tank) => words(&["shield_buffer", "armor_active", "hull"]),
        (FieldShape::Words, _) => words(&["Cloak", "T2"]),
    }
}

/// Query strings of any fields.
fn queries() -> impl Strategy<Value = String> {
    proptest::sample::subsequence(FilterField::ALL, 0..=FilterField::ALL.len()).prop_flat_map(|fields| {
        let pairs: Vec<_> = fields
            .into_iter()
            .map(|field| value_of(field).prop_map(move |value| format!("{}={value}", field.name())))
            .collect();
        pairs.prop_map(|pairs| pairs.join("&"))
    })
}

proptest! {
    #[test]
    fn a_filter_is_read_back_from_its_query_and_its_json(query in queries()) {
        let filter = read(&query).expect("made of good values");
        prop_assert_eq!(filter.is_empty(), query.is_empty());
        prop_assert_eq!(filter.parameters().count(), query.split('&').filter(|pair| !pair.is_empty()).count());
        let again = read(&filter.to_query()).expect("its own query");
        prop_assert_eq!(&again, &filter);
        let json = serde_json::to_string(&filter).expect("JSON");
        prop_assert_eq!(&serde_json::from_str::<KillFilter>(&json).expect("as written"), &filter);
    }

    #[test]
    fn a_field_that_is_cleared_is_gone(query in queries()) {
        let filter = read(&query).expect("made of good values");
        let mut rest = filter.clone();
        for (field, _) in filter.parameters() {
            rest.clear(field);
            prop_assert!(rest.parameters().all(|(other, _)| other != field));
        }
        prop_assert!(rest.is_empty());
    }
}
