//! What a feed claims about a kill: zKillboard's `zkb` block in all its spellings. Absent, odd or impossible values
//! are simply unknown; nothing here can fail.

use super::unusable::Unusable;
use domain::{EntityKind, EntityName, Isk, KillmailHash, KillmailId, ids::MAX_JSON_INTEGER};
use serde_json::{Map, Value};

/// zKillboard labels are short words; whatever is longer or more is not one of them.
const MAX_LABELS: usize = 64;
const MAX_LABEL_BYTES: usize = 64;
/// The game allows 37 characters for a pilot, 50 for a corporation.
pub(super) const MAX_NAME_CHARS: usize = 100;
const MAX_TICKER_CHARS: usize = 10;

/// The upstream's own figures, beside which ours are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    pub total_value: Option<Isk>,
    pub fitted_value: Option<Isk>,
    pub dropped_value: Option<Isk>,
    pub destroyed_value: Option<Isk>,
    pub points: Option<i32>,
    pub npc: Option<bool>,
    pub solo: Option<bool>,
    pub awox: Option<bool>,
    pub labels: Vec<String>,
    /// The nearest celestial.
    pub location_id: Option<i64>,
}

impl Reported {
    /// `None` when it is not an object.
    pub fn from_zkb(zkb: &Value) -> Option<Self> {
        let zkb = zkb.as_object()?;
        let value = |camel: &str, snake: &str| zkb.get(camel).or_else(|| zkb.get(snake));
        let isk = |camel, snake| value(camel, snake).and_then(isk);
        let flag = |name| zkb.get(name).and_then(Value::as_bool);
        Some(Self {
            total_value: isk("totalValue", "total_value"),
            fitted_value: isk("fittedValue", "fitted_value"),
            dropped_value: isk("droppedValue", "dropped_value"),
            destroyed_value: isk("destroyedValue", "destroyed_value"),
            points: zkb.get("points").and_then(Value::as_i64).and_then(|points| i32::try_from(points).ok()),
            npc: flag("npc"),
            solo: flag("solo"),
            awox: flag("awox"),
            labels: zkb.get("labels").and_then(Value::as_array).map(Vec::as_slice).map(labels).unwrap_or_default(),
            location_id: value("locationID", "location_id").and_then(Value::as_i64).filter(|id| is_id(*id)),
        })
    }
}

/// The killmail's number, or why it is none.
pub(super) fn killmail_id(value: Option<&Value>) -> Result<KillmailId, Unusable> {
    let value = value.ok_or("killmail_id is missing")?;
    value.as_i64().filter(|id| is_id(*id)).map(KillmailId).ok_or_else(|| "killmail_id is not an identifier".into())
}

/// A hash, or why it is none.
pub(super) fn killmail_hash(value: Option<&Value>, path: &str) -> Result<KillmailHash, Unusable> {
    let text = value.and_then(Value::as_str).ok_or_else(|| format!("{path} is missing"))?;
    text.parse().map_err(|_| format!("{path} is not 40 hexadecimal digits").into())
}

/// Adds the names of a pilot, corporation and alliance as wanderer-kills writes them into `party`.
pub(super) fn collect_names(party: &Map<String, Value>, names: &mut Vec<EntityName>) {
    for (kind, id_key, name_key, ticker_key) in [
        (EntityKind::Character, "character_id", "character_name", None),
        (EntityKind::Corporation, "corporation_id", "corporation_name", Some("corporation_ticker")),
        (EntityKind::Alliance, "alliance_id", "alliance_name", Some("alliance_ticker")),
    ] {
        let id = party.get(id_key).and_then(Value::as_i64).filter(|id| is_id(*id));
        if let (Some(id), Some(name)) = (id, text(party.get(name_key), MAX_NAME_CHARS)) {
            let ticker = ticker_key.and_then(|key| text(party.get(key), MAX_TICKER_CHARS));
            names.push(EntityName { kind, id, name, ticker });
        }
    }
}

/// A name as shown: trimmed, without control characters, of sensible length.
pub(super) fn clean_text(text: &str, max_chars: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= max_chars && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

fn text(value: Option<&Value>, max_chars: usize) -> Option<String> {
    clean_text(value?.as_str()?, max_chars)
}

fn isk(value: &Value) -> Option<Isk> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Isk::try_from_f64(number).ok().filter(|isk| *isk >= Isk::ZERO)
}

fn labels(values: &[Value]) -> Vec<String> {
    let words = values.iter().filter_map(Value::as_str).filter(|label| !label.is_empty());
    words
        .filter(|label| label.len() <= MAX_LABEL_BYTES && !label.chars().any(char::is_control))
        .take(MAX_LABELS)
        .map(str::to_owned)
        .collect()
}

pub(crate) fn is_id(id: i64) -> bool {
    (1..=MAX_JSON_INTEGER).contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn reads_both_spellings() {
        let expected = Reported {
            total_value: Some(Isk::from_isk(1_220_000)),
            fitted_value: Some(Isk::from_hundredths(90_000_050)),
            dropped_value: Some(Isk::ZERO),
            destroyed_value: None,
            points: Some(3),
            npc: Some(false),
            solo: Some(true),
            awox: None,
            labels: vec!["pvp".into(), "loc:highsec".into()],
            location_id: Some(50_001_248),
        };
        let camel = json!({"totalValue": 1220000.0, "fittedValue": 900000.5, "droppedValue": 0, "points": 3,
            "npc": false, "solo": true, "labels": ["pvp", "loc:highsec"], "locationID": 50001248, "href": "x"});
        let snake = json!({"total_value": 1220000.0, "fitted_value": "900000.5", "dropped_value": 0, "points": 3,
            "npc": false, "solo": true, "labels": ["pvp", "loc:highsec"], "location_id": 50001248});
        assert_eq!(Reported::from_zkb(&camel), Some(expected.clone()));
        assert_eq!(Reported::from_zkb(&snake), Some(expected));
    }

    #[test]
    fn impossible_values_are_unknown() {
        let odd = json!({"totalValue": 1e300, "fittedValue": "NaN", "droppedValue": -1, "destroyedValue": [],
            "points": 99999999999_i64, "npc": 1, "labels": [1, null, "", "a\nb", "ok"], "locationID": 0});
        assert_eq!(Reported::from_zkb(&odd), Some(Reported { labels: vec!["ok".into()], ..Reported::default() }));
        for not_an_object in [json!(null), json!([]), json!("zkb"), json!(5)] {
            assert_eq!(Reported::from_zkb(&not_an_object), None);
        }
    }

    proptest! {
        #[test]
        fn names_are_short_and_printable(text in "\\PC{0,120}|.{0,40}") {
            if let Some(clean) = clean_text(&text, 100) {
                prop_assert!(!clean.is_empty() && clean.chars().count() <= 100);
                prop_assert!(!clean.chars().any(char::is_control));
            }
        }
    }
}
