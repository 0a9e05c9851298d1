//! How long an answer may be used without asking again.

use super::HttpResponse;
use chrono::DateTime;
use domain::Timestamp;
use std::time::Duration;

/// From `Cache-Control: max-age` less `Age`, and from `Expires`; the longer of both, since asking too early is what
/// hosts forbid. `None` when neither gives a time in the future: the answer names no lifetime, or clocks disagree.
pub(crate) fn lifetime(response: &HttpResponse, now: Timestamp) -> Option<Duration> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let age = response.header("age").and_then(number).unwrap_or(0);
    let by_age = response
        .header("cache-control")
        .and_then(|control| control.split(',').find_map(|part| number(part.trim().strip_prefix("max-age=")?)))
        .map(|seconds| Duration::from_secs(seconds.saturating_sub(age)));
    let by_date = response
        .header("expires")
        .and_then(|text| DateTime::parse_from_rfc2822(text).ok())
        .and_then(|at| (at.to_utc() - now).to_std().ok());
    by_age.max(by_date).filter(|lifetime| !lifetime.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::now;

    #[test]
    fn the_longer_of_both_counts() {
        for (headers, expected) in [
            (vec![], None),
            (vec![("expires", "Fri, 02 Jan 2026 03:11:00 GMT")], Some(60)),
            (vec![("expires", "Fri, 02 Jan 2026 03:09:00 GMT")], None),
            (vec![("cache-control", "public, max-age=30")], Some(30)),
            (vec![("cache-control", "public, max-age=30"), ("age", "20")], Some(10)),
            (vec![("cache-control", "max-age=30"), ("age", "99")], None),
            (vec![("cache-control", "max-age=5"), ("expires", "Fri, 02 Jan 2026 03:11:00 GMT")], Some(60)),
            (vec![("cache-control", "no-store"), ("expires", "soon")], None),
        ] {
            let map = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            let response = HttpResponse { status: 200, headers: map, body: Vec::new(), received_at: now() };
            assert_eq!(lifetime(&response, now()), expected.map(Duration::from_secs), "{headers:?}");
        }
    }
}
