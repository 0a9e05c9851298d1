//! How a number is spread over losses: quartiles and a histogram with round boundaries. Whole numbers only.

use serde::{Deserialize, Serialize};

/// Bars of a histogram, about; never more than two above it.
const BINS: i128 = 10;

/// Values further from the middle half than so many times its width are outliers.
const FAR: i128 = 3;

/// Quartiles (nearest rank, so each is a value that occurred) and histogram of `n` values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Distribution<T> {
    /// How many values.
    pub n: u64,
    pub min: T,
    pub lower_quartile: T,
    pub median: T,
    pub upper_quartile: T,
    pub max: T,
    /// In order and without gaps. All are as wide, except that the first and the last reach to the extremes.
    pub bins: Vec<Bin<T>>,
}

/// One bar: `from` is inclusive, `to` exclusive, except in the last bar, which includes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bin<T> {
    pub from: T,
    pub to: T,
    pub count: u64,
}

impl<T> Distribution<T> {
    /// The same with the values in another unit of the same order.
    pub fn map<U>(self, to: impl Fn(T) -> U) -> Distribution<U> {
        Distribution {
            n: self.n,
            min: to(self.min),
            lower_quartile: to(self.lower_quartile),
            median: to(self.median),
            upper_quartile: to(self.upper_quartile),
            max: to(self.max),
            bins: self
                .bins
                .into_iter()
                .map(|bin| Bin { from: to(bin.from), to: to(bin.to), count: bin.count })
                .collect(),
        }
    }
}

impl Distribution<i64> {
    /// `None` without a value. The order of the values does not matter.
    pub fn of(values: impl IntoIterator<Item = i64>) -> Option<Self> {
        let mut values: Vec<i64> = values.into_iter().collect();
        values.sort_unstable();
        let (min, max) = (*values.first()?, *values.last()?);
        Some(Self {
            n: values.len() as u64,
            min,
            lower_quartile: rank(&values, 25),
            median: rank(&values, 50),
            upper_quartile: rank(&values, 75),
            max,
            bins: bins(&values, min, max),
        })
    }
}

/// The median alone; `None` without a value.
pub fn median(values: impl IntoIterator<Item = i64>) -> Option<i64> {
    let mut values: Vec<i64> = values.into_iter().collect();
    values.sort_unstable();
    (!values.is_empty()).then(|| rank(&values, 50))
}

/// The value at a percentage of a sorted, non-empty list.
fn rank(sorted: &[i64], percent: usize) -> i64 {
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

fn bins(sorted: &[i64], min: i64, max: i64) -> Vec<Bin<i64>> {
    if min == max {
        return vec![Bin { from: min, to: max, count: sorted.len() as u64 }];
    }
    // A few outliers must not squeeze the rest into one bar.
    let (mut low, mut high) = match (rank(sorted, 3), rank(sorted, 97)) {
        (low, high) if low < high => (i128::from(low), i128::from(high)),
        _ => (i128::from(min), i128::from(max)),
    };
    let (lower, upper) = (i128::from(rank(sorted, 25)), i128::from(rank(sorted, 75)));
    if lower < upper {
        let far = FAR * (upper - lower);
        (low, high) = (low.max(lower - far), high.min(upper + far));
    }
    let step = round_up(((high - low + BINS - 1) / BINS).max(1));
    let start = low.div_euclid(step) * step;
    let count = ((high - start) / step + 1) as usize;
    let bin_of = |value: i64| ((i128::from(value) - start).div_euclid(step)).clamp(0, count as i128 - 1) as usize;
    let mut counts = vec![0_u64; count];
    for value in sorted {
        counts[bin_of(*value)] += 1;
    }
    let narrow = |value: i128| value.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
    let edge = |nth: usize| narrow(start + step * nth as i128);
    counts
        .into_iter()
        .enumerate()
        .map(|(nth, bin_count)| Bin {
            from: if nth == 0 { edge(0).min(min) } else { edge(nth) },
            to: if nth + 1 == count { edge(count).max(max) } else { edge(nth + 1) },
            count: bin_count,
        })
        .collect()
}

/// The next of 1, 2, 5, 10, 20, 50 … that is not below a positive number.
fn round_up(number: i128) -> i128 {
    let mut power = 1;
    loop {
        for digit in [1, 2, 5] {
            if digit * power >= number {
                return digit * power;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quartiles_are_values_that_occurred_and_bars_have_round_ends() {
        let spread = Distribution::of((1..=100).rev()).expect("values");
        assert_eq!((spread.min, spread.lower_quartile, spread.median), (1, 25, 50));
        assert_eq!((spread.upper_quartile, spread.max, spread.n), (75, 100, 100));
        let ends: Vec<(i64, i64, u64)> = spread.bins.iter().map(|bin| (bin.from, bin.to, bin.count)).collect();
        assert_eq!(ends[..2], [(0, 10, 9), (10, 20, 10)]);
        assert_eq!(ends.last(), Some(&(90, 100, 11)));
        assert_eq!(median([3, 1, 2]), Some(2));
        assert_eq!(median([]), None);
        assert_eq!(Distribution::of([]), None);
    }

    #[test]
    fn outliers_go_to_the_last_bar_instead_of_squeezing_the_rest() {
        let spread = Distribution::of((0..200).chain([1_000_000])).expect("values");
        assert!(spread.bins.len() > 8, "{:?}", spread.bins);
        assert_eq!(spread.bins.last().map(|bin| bin.to), Some(1_000_000));
        // Four of seventeen Confessors were fitted ten times as dear as the rest.
        let spread = Distribution::of((0..13).map(|n| 130 + n).chain([980, 1_080, 2_370, 2_550])).expect("values");
        assert!(spread.bins.iter().filter(|bin| bin.count > 0).count() > 2, "{:?}", spread.bins);
        assert_eq!(spread.bins.last().map(|bin| (bin.to, bin.count)), Some((2_550, 4)));
    }

    proptest! {
        #[test]
        fn every_value_is_in_one_bar(values in proptest::collection::vec(any::<i64>(), 1..80), small in any::<bool>()) {
            let values: Vec<i64> = if small { values.iter().map(|value| value % 50).collect() } else { values };
            let spread = Distribution::of(values.iter().copied()).expect("values");
            prop_assert_eq!(spread.bins.iter().map(|bin| bin.count).sum::<u64>(), values.len() as u64);
            prop_assert!(spread.bins.len() as i128 <= BINS + 2, "{}", spread.bins.len());
            prop_assert!(spread.bins.windows(2).all(|pair| pair[0].to == pair[1].from));
            let quartiles = [spread.min, spread.lower_quartile, spread.median, spread.upper_quartile, spread.max];
            prop_assert!(quartiles.is_sorted() && quartiles.iter().all(|value| values.contains(value)));
            let last = spread.bins.len() - 1;
            for (nth, bin) in spread.bins.iter().enumerate() {
                let inside = values.iter().filter(|value| (bin.from..bin.to).contains(value) || nth == last && **value == bin.to);
                prop_assert_eq!(inside.count() as u64, bin.count);
            }
            let mut turned = values;
            turned.reverse();
            prop_assert_eq!(Distribution::of(turned), Some(spread));
        }
    }
}
