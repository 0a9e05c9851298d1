//! Numbers, times and ages as text. Free of locale and time zone, so that server and browser write the same.

use domain::Timestamp;

/// `12,345`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 kill`, `12,345 kills`
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Metres in an astronomical unit.
const AU_M: f64 = 149_597_870_700.0;

/// A distance in space as the game writes it: `12 km`, `5,300,000 km`, from a tenth of an astronomical unit `1.2 AU`.
pub fn distance(metres: f64) -> String {
    match metres.max(0.0) {
        near if near < 1_000.0 => "less than 1 km".to_owned(),
        near if near < AU_M / 10.0 => format!("{} km", count((near / 1_000.0).round() as u64)),
        far => format!("{:.1} AU", far / AU_M),
    }
}

fn two(number: i64) -> String {
    format!("{number:02}")
}

/// Time of day in EVE time (UTC): `20:34`.
pub fn clock(at: Timestamp) -> String {
    let seconds = at.timestamp().rem_euclid(86_400);
    format!("{}:{}", two(seconds / 3600), two(seconds % 3600 / 60))
}

/// `2026-11-23`
pub fn date(at: Timestamp) -> String {
    at.date_naive().to_string()
}

/// `2026-11-23 20:34:12`, EVE time.
pub fn date_time(at: Timestamp) -> String {
    let seconds = at.timestamp().rem_euclid(86_400);
    format!("{} {}:{}", date(at), clock(at), two(seconds % 60))
}

/// For the `datetime` attribute.
pub fn machine_time(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// A short age: `4s`, `12m`, `3h`, then the date. Times ahead of the clock (skew) read as `0s`.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    let seconds = (now - at).num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        86_400..2_592_000 => format!("{}d", seconds / 86_400),
        _ => date(at),
    }
}

/// A short age in words for screen readers and sentences: `4 seconds ago`.
pub fn age_in_words(at: Timestamp, now: Timestamp) -> String {
    let seconds = u64::try_from((now - at).num_seconds()).unwrap_or(0);
    let text = match seconds {
        0..60 => counted(seconds, "second", "seconds"),
        60..3_600 => counted(seconds / 60, "minute", "minutes"),
        3_600..86_400 => counted(seconds / 3_600, "hour", "hours"),
        _ => counted(seconds / 86_400, "day", "days"),
    };
    format!("{text} ago")
}

/// When a price was taken, seen from the kill: `12 minutes before the kill`.
pub fn before_or_after_kill(at: Timestamp, killed_at: Timestamp) -> String {
    let seconds = (at - killed_at).num_seconds();
    let span = match seconds.unsigned_abs() {
        0..60 => return "at the time of the kill".to_owned(),
        span @ 60..3_600 => counted(span / 60, "minute", "minutes"),
        span @ 3_600..172_800 => counted(span / 3_600, "hour", "hours"),
        span => counted(span / 86_400, "day", "days"),
    };
    format!("{span} {} the kill", if seconds < 0 { "before" } else { "after" })
}

/// A duration from milliseconds: `850 ms`, `4.2 s`, `3 min`.
pub fn lag(milliseconds: i64) -> String {
    match milliseconds.max(0) {
        ms @ 0..1_000 => format!("{ms} ms"),
        ms @ 1_000..10_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        ms @ 10_000..120_000 => format!("{} s", ms / 1_000),
        ms @ 120_000..7_200_000 => format!("{} min", ms / 60_000),
        ms => format!("{} h", ms / 3_600_000),
    }
}

/// A share as a percentage with one decimal: `12.5 %`.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share.clamp(0.0, 1.0) * 100.0)
}

/// `1.4 GB`
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if number < 1_000 {
        return format!("{number} B");
    }
    let mut scaled = number;
    let mut unit = 0;
    while scaled >= 1_000_000 && unit < UNITS.len() - 1 {
        scaled /= 1_000;
        unit += 1;
    }
    format!("{}.{} {}", scaled / 1_000, scaled % 1_000 / 100, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (metres, text) in [
            (-1.0, "less than 1 km"),
            (0.0, "less than 1 km"),
            (999.9, "less than 1 km"),
            (1_000.0, "1 km"),
            (12_400.0, "12 km"),
            (1_234_567_890.0, "1,234,568 km"),
            (14_959_787_000.0, "14,959,787 km"),
            (14_959_788_000.0, "0.1 AU"),
            (1_234_567_890_123.0, "8.3 AU"),
            (f64::NAN, "less than 1 km"),
        ] {
            assert_eq!(distance(metres), text);
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn numbers_and_times() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "kill", "kills"), "1 kill");
        assert_eq!(date_time(at(1_638_040_000)), "2021-11-27 19:06:40");
        assert_eq!(clock(at(1_638_040_000)), "19:06");
        assert_eq!(machine_time(at(0)), "1970-01-01T00:00:00Z");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_450_000_000), "1.4 GB");
        assert_eq!(percent(0.125), "12.5 %");
        assert_eq!(lag(4_250), "4.2 s");
        assert_eq!(lag(59_999), "59 s");
    }

    #[test]
    fn ages_never_go_negative() {
        let now = at(10_000_000);
        for (before, text) in [
            (-5, "0s"),
            (59, "59s"),
            (60, "1m"),
            (3_599, "59m"),
            (3_600, "1h"),
            (90_000, "1d"),
            (9_000_000, "1970-01-12"),
        ] {
            assert_eq!(age(at(10_000_000 - before), now), text, "{before}");
        }
        assert_eq!(age_in_words(at(9_999_999), now), "1 second ago");
    }
}
