//! What the live page reads from its URL: the filter and the place in the history.

use crate::routes::NON_FILTER_PARAMETERS;
use domain::KillFilter;
use serde::{Deserialize, Serialize};

/// The parts of the query string that decide what is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The filter in its canonical form; as written, when it is malformed (the server then says what is wrong).
    pub query: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Address {
    pub fn read(search: &str) -> Self {
        let search = search.strip_prefix('?').unwrap_or(search);
        let cursor = |name: &str| {
            // Cursors are hexadecimal digits and a dot: nothing to unescape.
            search
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, value)| *key == name && !value.is_empty())
                .map(|(_, value)| value.to_owned())
        };
        let query = match KillFilter::from_query(search, NON_FILTER_PARAMETERS) {
            Ok(filter) => filter.to_query(),
            Err(_) => search.to_owned(),
        };
        Self { query, before: cursor("before"), after: cursor("after") }
    }

    /// The filter; empty when it is malformed.
    pub fn filter(&self) -> KillFilter {
        KillFilter::from_query(&self.query, NON_FILTER_PARAMETERS).unwrap_or_default()
    }

    pub fn is_history(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }
}

/// The live page with a filter and a cursor.
pub fn with_cursor(filter: &KillFilter, name: &str, cursor: domain::Cursor) -> String {
    let live = crate::routes::live(filter);
    let joint = if live.contains('?') { '&' } else { '?' };
    format!("{live}{joint}{name}={cursor}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_filter_and_cursor() {
        let address = Address::read("?min_value=1.5b&before=6192f0a0.5f5e100&kill=7");
        assert_eq!(address.query, "min_value=1500000000");
        assert_eq!(address.before.as_deref(), Some("6192f0a0.5f5e100"));
        assert!(address.is_history() && !Address::read("solo=true").is_history());
        let cursor = "6192f0a0.5f5e100".parse().unwrap();
        assert_eq!(with_cursor(&address.filter(), "before", cursor), "/?min_value=1500000000&before=6192f0a0.5f5e100");
        assert_eq!(Address::read("bogus=1").query, "bogus=1");
    }
}
