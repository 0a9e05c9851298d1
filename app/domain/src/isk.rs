//! Money. ISK are counted in integer hundredths, never in floating point.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, iter::Sum, ops::Add};

/// An amount of ISK in hundredths. The range (about ±92 quadrillion ISK) is 10,000 times the dearest battle known;
/// arithmetic saturates at its ends instead of wrapping.
///
/// JSON form: a plain number with at most two decimals. A number with more decimals is rounded half away from zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Isk(i64);

/// An amount that is not a finite number in range, or not written as one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an amount of ISK")]
pub struct InvalidIsk;

impl Isk {
    pub const ZERO: Self = Self(0);
    pub const MAX: Self = Self(i64::MAX);

    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// Whole ISK; saturates.
    pub const fn from_isk(isk: i64) -> Self {
        Self(isk.saturating_mul(100))
    }

    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Rounds to the nearest hundredth. Only for numbers that arrive as JSON doubles.
    ///
    /// # Errors
    /// When `value` is not finite or out of range.
    pub fn try_from_f64(value: f64) -> Result<Self, InvalidIsk> {
        let hundredths = (value * 100.0).round();
        if !hundredths.is_finite() || hundredths.abs() >= i64::MAX as f64 {
            return Err(InvalidIsk);
        }
        Ok(Self(hundredths as i64))
    }

    /// For charts and ratios only, where a rounding error does not matter.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// Price times quantity; saturates.
    #[must_use]
    pub fn times(self, quantity: i64) -> Self {
        Self(self.0.saturating_mul(quantity))
    }

    /// Reads what pilots type: `1500000`, `1.5m`, `2b`, `750k`, `1.2t`, with optional thousands commas or spaces.
    ///
    /// # Errors
    /// When the text is not such an amount, or is negative.
    pub fn parse_human(text: &str) -> Result<Self, InvalidIsk> {
        let cleaned: String =
            text.chars().filter(|c| !matches!(c, ',' | ' ' | '_' | '\u{a0}')).collect::<String>().to_ascii_lowercase();
        let cleaned = cleaned.strip_suffix("isk").unwrap_or(&cleaned);
        let (digits, scale) = match cleaned.chars().last() {
            Some('k') => (&cleaned[..cleaned.len() - 1], 1_000),
            Some('m') => (&cleaned[..cleaned.len() - 1], 1_000_000),
            Some('b') => (&cleaned[..cleaned.len() - 1], 1_000_000_000),
            Some('t') => (&cleaned[..cleaned.len() - 1], 1_000_000_000_000_i64),
            Some(_) => (cleaned, 1),
            None => return Err(InvalidIsk),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(InvalidIsk);
        }
        if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) || fraction.len() > 14 {
            return Err(InvalidIsk);
        }
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| InvalidIsk)? };
        let divisor = 10_i128.pow(fraction.len() as u32);
        let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse().map_err(|_| InvalidIsk)? };
        let hundredths = whole
            .checked_mul(i128::from(scale) * 100)
            .and_then(|w| w.checked_add(fraction * i128::from(scale) * 100 / divisor))
            .ok_or(InvalidIsk)?;
        i64::try_from(hundredths).map(Self).map_err(|_| InvalidIsk)
    }

    /// Short form for tables: `1.52b`, `340m`, `12.3k`, `900`. Three significant digits, truncated never rounded up
    /// past a unit, so a value just under a billion does not read as one.
    pub fn short(self) -> String {
        let negative = self.0 < 0;
        let isk = (self.0 / 100).unsigned_abs();
        let (unit, divisor) = match isk {
            0..1_000 => ("", 1),
            1_000..1_000_000 => ("k", 1_000),
            1_000_000..1_000_000_000 => ("m", 1_000_000),
            1_000_000_000..1_000_000_000_000 => ("b", 1_000_000_000),
            _ => ("t", 1_000_000_000_000_u64),
        };
        let whole = isk / divisor;
        let rest = isk % divisor;
        let text = match whole {
            _ if divisor == 1 => whole.to_string(),
            0..10 => format!("{whole}.{:02}{unit}", rest * 100 / divisor),
            10..100 => format!("{whole}.{}{unit}", rest * 10 / divisor),
            _ => format!("{whole}{unit}"),
        };
        if negative { format!("-{text}") } else { text }
    }

    /// Full form with thousands separators and two decimals: `1,234,567.80`.
    pub fn full(self) -> String {
        let whole = (self.0 / 100).unsigned_abs().to_string();
        let mut text = String::with_capacity(whole.len() + whole.len() / 3 + 4);
        if self.0 < 0 {
            text.push('-');
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text.push_str(&format!(".{:02}", (self.0 % 100).unsigned_abs()));
        text
    }
}

impl Add for Isk {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Isk {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Isk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full())
    }
}

impl Serialize for Isk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 { serializer.serialize_i64(self.0 / 100) } else { serializer.serialize_f64(self.as_f64()) }
    }
}

impl<'de> Deserialize<'de> for Isk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Isk;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount of ISK as a number")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Isk, E> {
                value.checked_mul(100).map(Isk).ok_or_else(|| E::custom(InvalidIsk))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Isk, E> {
                i64::try_from(value).map_err(|_| E::custom(InvalidIsk)).and_then(|v| self.visit_i64(v))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Isk, E> {
                Isk::try_from_f64(value).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Isk {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Isk".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "multipleOf": 0.01, "description": "ISK with two decimals" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_pilots_type() {
        for (text, isk) in [
            ("1500000", 1_500_000),
            ("1.5m", 1_500_000),
            ("2b", 2_000_000_000),
            ("750k", 750_000),
            ("1.2T", 1_200_000_000_000),
            ("1,000 isk", 1_000),
            (".5b", 500_000_000),
        ] {
            assert_eq!(Isk::parse_human(text), Ok(Isk::from_isk(isk)), "{text}");
        }
        for text in ["", "m", "-5", "1e9", "five", "1.2.3", "99999999999999999999t", "."] {
            assert_eq!(Isk::parse_human(text), Err(InvalidIsk), "{text}");
        }
    }

    #[test]
    fn short_form_keeps_three_digits_and_never_rounds_up() {
        for (isk, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1.00k"),
            (12_345, "12.3k"),
            (999_999_999, "999m"),
            (1_520_000_000, "1.52b"),
            (2_500_000_000_000, "2.50t"),
            (-1_500, "-1.50k"),
        ] {
            assert_eq!(Isk::from_isk(isk).short(), text);
        }
        assert_eq!(Isk::from_hundredths(123_456_780).full(), "1,234,567.80");
        assert_eq!(Isk::from_hundredths(-5).full(), "-0.05");
    }

    proptest! {
        #[test]
        fn json_round_trips(hundredths in -900_000_000_000_000_i64..900_000_000_000_000) {
            let isk = Isk::from_hundredths(hundredths);
            let text = serde_json::to_string(&isk).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Isk>(&text).expect("an amount"), isk);
        }
    }
}
