//! Values of a filter's fields as query strings have them: read, bounded, and written back.

use crate::{Timestamp, isk::Isk};
use chrono::DateTime;
use std::fmt;

/// More values than this in one field are refused.
pub const MAX_VALUES_PER_FIELD: usize = 100;

/// A query parameter that cannot be understood.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{field}: {reason}")]
pub struct FilterError {
    /// The parameter's name.
    pub field: String,
    pub reason: String,
}

impl FilterError {
    pub fn new(field: &str, reason: impl Into<String>) -> Self {
        Self { field: field.to_owned(), reason: reason.into() }
    }
}

pub(super) fn texts<T: fmt::Display>(values: &[T]) -> Vec<String> {
    values.iter().map(T::to_string).collect()
}

pub(super) fn plain_amount(isk: Isk) -> String {
    isk.full().replace(',', "").trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn push_bounded<T: PartialEq>(values: &mut Vec<T>, value: T, field: &str) -> Result<(), FilterError> {
    if values.contains(&value) {
        return Ok(());
    }
    if values.len() >= MAX_VALUES_PER_FIELD {
        return Err(FilterError::new(field, format!("takes at most {MAX_VALUES_PER_FIELD} values")));
    }
    values.push(value);
    Ok(())
}

pub(super) fn extend_ids<I: From<i64> + PartialEq>(
    ids: &mut Vec<I>,
    field: &str,
    value: &str,
) -> Result<(), FilterError> {
    for word in value.split(',') {
        let id: i64 = word
            .trim()
            .parse()
            .ok()
            .filter(|id| (1..=crate::ids::MAX_JSON_INTEGER).contains(id))
            .ok_or_else(|| FilterError::new(field, "is a list of positive integers separated by commas"))?;
        push_bounded(ids, I::from(id), field)?;
    }
    Ok(())
}

pub(super) fn amount(field: &str, value: &str) -> Result<Isk, FilterError> {
    Isk::parse_human(value).map_err(|_| FilterError::new(field, "is an amount of ISK such as 1500000 or 1.5b"))
}

/// Players, hit points or damage: a whole number, or one such as 1.5k or 2m.
pub(super) fn whole_number(field: &str, value: &str) -> Result<i64, FilterError> {
    Isk::parse_human(value)
        .map(|number| number.hundredths() / 100)
        .ok()
        .filter(|number| *number >= 0)
        .ok_or_else(|| FilterError::new(field, "is a number such as 25000 or 25k"))
}

pub(super) fn moment(field: &str, value: &str) -> Result<Timestamp, FilterError> {
    DateTime::parse_from_rfc3339(value)
        .map(|at| at.to_utc())
        .map_err(|_| FilterError::new(field, "is a time such as 2026-01-02T03:04:05Z"))
}

pub(super) fn yes_or_no(field: &str, value: &str) -> Result<bool, FilterError> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(FilterError::new(field, "is true or false")),
    }
}
