//! A calendar month, by which killmails are partitioned.

use chrono::{Datelike, Months, NaiveDate, NaiveTime};
use domain::Timestamp;
use std::{fmt, str::FromStr};

/// A calendar month in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(NaiveDate);

/// A text that is not a month such as `2026-11`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a month is written as 2026-11")]
pub struct InvalidMonth;

impl Month {
    pub fn of(time: Timestamp) -> Self {
        Self::containing(time.date_naive())
    }

    pub(crate) fn containing(date: NaiveDate) -> Self {
        Self(date.with_day(1).unwrap_or(date))
    }

    /// The first moment of the month.
    pub fn start(self) -> Timestamp {
        self.0.and_time(NaiveTime::MIN).and_utc()
    }

    /// The month so many months later.
    #[must_use]
    pub fn plus(self, months: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(months)).unwrap_or(self.0))
    }

    /// The month so many months before.
    #[must_use]
    pub fn minus(self, months: u32) -> Self {
        Self(self.0.checked_sub_months(Months::new(months)).unwrap_or(self.0))
    }

    pub(crate) fn first_day(self) -> NaiveDate {
        self.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;
    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let (year, month) = text.split_once('-').ok_or(InvalidMonth)?;
        let is_number = |text: &str, digits| text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(year, 4) || !is_number(month, 2) {
            return Err(InvalidMonth);
        }
        let date = year.parse().ok().zip(month.parse().ok()).and_then(|(y, m)| NaiveDate::from_ymd_opt(y, m, 1));
        date.map(Self).ok_or(InvalidMonth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_read_as_they_are_written() {
        for text in ["2003-05", "2026-12", "1999-01"] {
            assert_eq!(text.parse::<Month>().map(|month| month.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "2026", "2026-13", "2026-1", "26-01", "2026-01-01", "+026-01"] {
            assert_eq!(text.parse::<Month>(), Err(InvalidMonth), "{text}");
        }
        let december: Month = "2026-12".parse().unwrap();
        assert_eq!(december.plus(1).to_string(), "2027-01");
        assert_eq!(december.minus(12).to_string(), "2025-12");
    }
}
