//! Query strings and path ids of the JSON API.

use super::problem::Problem;
use contract::ApiError;
use contract::ports::Paging;
use domain::{Cursor, KillFilter};

/// Rows of an answer unless `limit` says otherwise.
pub const DEFAULT_LIMIT: u32 = 50;

/// A list request before its cursors are understood: they depend on the order.
pub struct FilterQuery {
    pub filter: KillFilter,
    pub before: Option<String>,
    pub after: Option<String>,
    pub limit: Option<u32>,
}

impl FilterQuery {
    /// # Errors
    /// Names the parameter that is unknown or malformed.
    pub fn parse(query: Option<&str>) -> Result<Self, Problem> {
        let query = query.unwrap_or_default();
        let filter = KillFilter::from_query(query, &["before", "after", "limit", "sort"])?;
        let mut parsed = Self { filter, before: None, after: None, limit: None };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "before" => parsed.before = Some(value.into_owned()),
                "after" => parsed.after = Some(value.into_owned()),
                "limit" => {
                    let limit = value.parse().map_err(|_| ApiError::invalid("limit", "is a number from 1 to 200"))?;
                    parsed.limit = Some(limit);
                }
                _ => {}
            }
        }
        Ok(parsed)
    }
}

/// A list request in the order of time: filter, cursors and limit.
pub struct ListQuery {
    pub filter: KillFilter,
    pub paging: Paging,
}

impl ListQuery {
    /// # Errors
    /// Names the parameter that is unknown or malformed.
    pub fn parse(query: Option<&str>) -> Result<Self, Problem> {
        let FilterQuery { filter, before, after, limit } = FilterQuery::parse(query)?;
        let paging = Paging {
            before: before.map(|value| cursor("before", &value)).transpose()?,
            after: after.map(|value| cursor("after", &value)).transpose()?,
            limit: limit.unwrap_or(DEFAULT_LIMIT),
        };
        Ok(Self { filter, paging })
    }
}

fn cursor(name: &str, value: &str) -> Result<Cursor, ApiError> {
    value.parse().map_err(|_| ApiError::invalid(name, "is not a cursor of this API"))
}

/// A positive id from a path.
///
/// # Errors
/// When it is not a positive integer.
pub fn path_id(name: &str, text: &str) -> Result<i64, Problem> {
    text.parse()
        .ok()
        .filter(|id| (1..=domain::ids::MAX_JSON_INTEGER).contains(id))
        .ok_or_else(|| ApiError::invalid(name, "is a positive integer").into())
}

/// One parameter of a query string.
pub fn parameter(query: Option<&str>, wanted: &str) -> Option<String> {
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}
