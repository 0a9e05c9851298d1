//! What tests of this and of other packages share. Not part of the product.

use serde_json::{Value, json};

/// Spoils a mail.
pub type Change = fn(&mut Value);

/// Ways in which a killmail cannot be one: what the reason has to name, and the spoiling of a mail with an item and an
/// attacker.
pub const NONSENSE: [(&str, Change); 20] = [
    ("killmail_id", |mail| mail["killmail_id"] = 0.into()),
    ("killmail_id", |mail| mail["killmail_id"] = (-1).into()),
    ("killmail_id", |mail| mail["killmail_id"] = "1".into()),
    ("killmail_id", |mail| mail["killmail_id"] = (1_i64 << 60).into()),
    ("killmail_id", |mail| mail["killmail_id"] = 1.5.into()),
    ("killmail_time", |mail| mail["killmail_time"] = "yesterday".into()),
    ("killmail_time", |mail| mail["killmail_time"] = "1999-01-01T00:00:00Z".into()),
    ("killmail_time", |mail| mail["killmail_time"] = "2999-01-01T00:00:00Z".into()),
    ("killmail_time", |mail| mail["killmail_time"] = 5.into()),
    ("solar_system_id", |mail| mail["solar_system_id"] = 0.into()),
    ("solar_system_id", |mail| mail["solar_system_id"] = Value::Null),
    ("victim", |mail| mail["victim"] = json!([])),
    ("victim.ship_type_id", |mail| mail["victim"]["ship_type_id"] = (-587).into()),
    ("victim.character_id", |mail| mail["victim"]["character_id"] = (-2).into()),
    ("victim.items", |mail| mail["victim"]["items"] = 3.into()),
    ("victim.items[0].item_type_id", |mail| mail["victim"]["items"][0]["item_type_id"] = 0.into()),
    ("victim.items[0].quantity", |mail| mail["victim"]["items"][0]["quantity_destroyed"] = i64::MAX.into()),
    ("attackers", |mail| mail["attackers"] = json!([])),
    ("attackers[0].ship_type_id", |mail| mail["attackers"][0]["ship_type_id"] = (-1).into()),
    ("attackers[0].final_blow", |mail| mail["attackers"][0]["final_blow"] = "yes".into()),
];
