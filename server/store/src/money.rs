//! ISK between Rust and SQL: integer hundredths on the wire, `numeric(20, 2)` in tables, no floating point between.
//!
//! In SQL an amount goes in as `hundredths::numeric * 0.01` (exact; a division would be rounded to 16 digits) and
//! comes out as `(amount * 100)::bigint`. Sums are cut at the largest amount: `least(sum(x) * 100, 2^63 - 1)::bigint`.

use domain::Isk;

pub(crate) fn hundredths(amount: Option<Isk>) -> Option<i64> {
    amount.map(Isk::hundredths)
}

pub(crate) fn isk(hundredths: Option<i64>) -> Option<Isk> {
    hundredths.map(Isk::from_hundredths)
}
