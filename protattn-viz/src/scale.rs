//! Axes, the numbers that they can hold, and which of many labels to show.

use crate::error::{Error, Result};

/// The largest number, of either sign: the tick labels of larger ones would fit nowhere.
const MAX_MAGNITUDE: f64 = 1e6;

/// The smallest step an axis is divided into; all-zero data still get an axis.
const SMALLEST_STEP: f64 = 1e-3;

/// Wider than a hyphen, and not taken for the one of "8-12".
const MINUS: &str = "\u{2212}";

/// Labels that are thinned out anyway stand this many extents apart.
const AIR: f64 = 1.4;

/// An axis from a round number to a round number, in steps of 1, 2 or 5 times a power of ten.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis {
    step: f64,
    /// The near end of the axis, in steps.
    first: i64,
    intervals: usize,
    decimals: usize,
}

impl Axis {
    /// The shortest axis from 0 that reaches `max` in at most `intervals` (at least 1) steps.
    ///
    /// An axis for data that are all 0 ends at 1.
    pub(crate) fn from_zero(max: f64, intervals: usize) -> Self {
        Self::spanning(0.0, max, intervals)
    }

    /// The shortest axis that holds `low` and `high` in at most `intervals` steps: at least 1, and
    /// at least 2 where 0 lies between.
    ///
    /// Where `high` is not above `low`, it is taken to be 1 above.
    pub(crate) fn spanning(low: f64, high: f64, intervals: usize) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let fewest = if low < 0.0 && high > 0.0 { 2 } else { 1 };
        let intervals = intervals.max(fewest);
        let rough = ((high - low) / intervals as f64).max(SMALLEST_STEP);
        let mut exponent = rough.log10().floor() as i32;
        loop {
            for factor in [1.0, 2.0, 5.0] {
                let step = factor * 10f64.powi(exponent);
                // The slack keeps 0.30000000000000004 from asking for a step more than 0.3 does.
                let first = (low / step + 1e-9).floor() as i64;
                let last = (high / step - 1e-9).ceil() as i64;
                let needed = usize::try_from(last - first).unwrap_or(0).max(1);
                if step >= rough * (1.0 - 1e-9) && needed <= intervals {
                    return Self {
                        step,
                        first,
                        intervals: needed,
                        decimals: usize::try_from(-exponent).unwrap_or(0),
                    };
                }
            }
            exponent += 1;
        }
    }

    /// Where `value` lies on the axis, as a share from 0 to 1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        ((value / self.step - self.first as f64) / self.intervals as f64).clamp(0.0, 1.0)
    }

    /// The number at a share of the axis.
    pub(crate) fn value(&self, share: f64) -> f64 {
        (self.first as f64 + share * self.intervals as f64) * self.step
    }

    /// Ticks in rising order: share of the axis, label.
    pub(crate) fn ticks(&self) -> impl Iterator<Item = (f64, String)> + '_ {
        (0..=self.intervals).map(|i| {
            let steps = self.first + i as i64;
            let label = match steps {
                0 => "0".to_owned(),
                _ => signed(&format!("{:.*}", self.decimals, self.step * steps as f64)),
            };
            (i as f64 / self.intervals as f64, label)
        })
    }
}

/// A printed number with a minus sign where it has a hyphen: before it or before its exponent.
pub(crate) fn signed(number: &str) -> String {
    number.replace('-', MINUS)
}

/// Refuses what is not within a million of 0; NaN or none, which is no value, passes.
pub(crate) fn check_signed(
    value: impl Into<Option<f64>>,
    what: impl FnOnce() -> String,
) -> Result<()> {
    check_within(value, (-MAX_MAGNITUDE, MAX_MAGNITUDE), what)
}

/// Refuses what lies outside `low` to `high`; NaN or none, which is no value, passes.
pub(crate) fn check_within(
    value: impl Into<Option<f64>>,
    (low, high): (f64, f64),
    what: impl FnOnce() -> String,
) -> Result<()> {
    match value.into() {
        Some(value) if !value.is_nan() => check_number(value, (low, high), what),
        _ => Ok(()),
    }
}

/// Refuses what lies outside `low` to `high`, and NaN.
pub(crate) fn check_number(
    value: f64,
    (low, high): (f64, f64),
    what: impl FnOnce() -> String,
) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::Outside {
        what: what(),
        value,
        low,
        high,
    })
}

/// Refuses an index that is not below `count`.
pub(crate) fn check_index(found: usize, count: usize, what: impl FnOnce() -> String) -> Result<()> {
    check_number(found as f64, (0.0, count as f64 - 1.0), what)
}

/// Refuses what is not from 0 to a million; NaN or none, which is no value, passes.
pub(crate) fn check_unsigned(
    value: impl Into<Option<f64>>,
    what: impl FnOnce() -> String,
) -> Result<()> {
    check_within(value, (0.0, MAX_MAGNITUDE), what)
}

/// Which of `count` evenly spaced labels to show so that none touch.
///
/// Labels stand `pitch` apart and need `extent` each, more where not all show. Shown are every first, second, fifth, tenth,
/// ... counted so that 1-based multiples of the step show, and the very first where it has room.
pub(crate) fn thinned(count: usize, pitch: f64, extent: f64) -> Vec<usize> {
    thinned_from(1, count, pitch, extent)
}

/// The same where the labels are numbers from `first` on: multiples of the step show.
pub(crate) fn thinned_from(first: usize, count: usize, pitch: f64, extent: f64) -> Vec<usize> {
    let step = label_step(count, pitch, extent);
    let mut shown: Vec<usize> = (0..count)
        .filter(|i| (i + first).is_multiple_of(step))
        .collect();
    let first_has_room = shown
        .first()
        .is_none_or(|&next| next > 0 && next as f64 * pitch >= extent);
    if first_has_room && count > 0 {
        shown.insert(0, 0);
    }
    shown
}

/// Which of evenly spaced places to show by their own numbers, so that none touch: those that are
/// multiples of a round step; as [`thinned`] where their labels are no numbers of that kind.
pub(crate) fn thinned_numbers(labels: &[String], pitch: f64, extent: f64) -> Vec<usize> {
    let step = label_step(labels.len(), pitch, extent) as i64;
    let is_multiple = |label: &String| label.parse::<i64>().is_ok_and(|n| n % step == 0);
    let mut shown: Vec<usize> = Vec::new();
    for (i, _) in labels
        .iter()
        .enumerate()
        .filter(|(_, label)| is_multiple(label))
    {
        let has_room = shown
            .last()
            .is_none_or(|&last| (i - last) as f64 * pitch >= extent);
        if has_room {
            shown.push(i);
        }
    }
    if shown.is_empty() {
        return thinned(labels.len(), pitch, extent);
    }
    shown
}

fn label_step(count: usize, pitch: f64, extent: f64) -> usize {
    let mut decade = 1;
    loop {
        for step in [decade, 2 * decade, 5 * decade] {
            let needed = if step == 1 { extent } else { AIR * extent };
            if step as f64 * pitch >= needed || step >= count {
                return step;
            }
        }
        decade *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(max: f64, intervals: usize) -> Vec<String> {
        Axis::from_zero(max, intervals)
            .ticks()
            .map(|(_, label)| label)
            .collect()
    }

    #[test]
    fn axes_end_at_round_numbers() {
        assert_eq!(labels(44.7, 5), ["0", "10", "20", "30", "40", "50"]);
        assert_eq!(labels(44.7, 3), ["0", "20", "40", "60"]);
        assert_eq!(labels(100.0, 5), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(labels(9.1, 1), ["0", "10"]);
        assert_eq!(
            labels(0.023, 5),
            ["0", "0.005", "0.010", "0.015", "0.020", "0.025"]
        );
    }

    #[test]
    fn rounding_noise_adds_no_step() {
        assert_eq!(labels(0.1 + 0.2, 3), ["0", "0.1", "0.2", "0.3"]);
    }

    #[test]
    fn zero_data_get_an_axis() {
        assert_eq!(labels(0.0, 5), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(Axis::from_zero(1e-300, 5).value(1.0), 1e-3);
    }

    #[test]
    fn axes_may_begin_anywhere() {
        let labels = |low, high, intervals| -> Vec<String> {
            let axis = Axis::spanning(low, high, intervals);
            axis.ticks().map(|(_, label)| label).collect()
        };
        assert_eq!(labels(-0.31, 0.78, 4), ["\u{2212}0.5", "0", "0.5", "1.0"]);
        assert_eq!(
            labels(0.62, 0.78, 4),
            ["0.60", "0.65", "0.70", "0.75", "0.80"]
        );
        assert_eq!(labels(-1.0, 1.0, 1), ["\u{2212}1", "0", "1"]);
        assert_eq!(labels(-8.0, -3.0, 2), ["\u{2212}10", "\u{2212}5", "0"]);
        assert_eq!(labels(3.0, 3.0, 2), ["3.0", "3.5", "4.0"]);
        let axis = Axis::spanning(-1.0, 1.0, 4);
        assert_eq!(axis.share(0.0), 0.5);
        assert_eq!(axis.value(0.75), 0.5);
    }

    #[test]
    fn shares_follow_the_end_not_the_maximum() {
        let axis = Axis::from_zero(44.7, 5);
        assert_eq!(axis.share(25.0), 0.5);
        assert_eq!(axis.share(80.0), 1.0);
    }

    #[test]
    fn labels_thin_to_multiples_and_keep_the_first_where_it_fits() {
        assert_eq!(thinned(3, 10.0, 9.0), [0, 1, 2]);
        // Step 5, the first four places before 5: room for both.
        assert_eq!(thinned(12, 3.0, 10.0), [0, 4, 9]);
        // Step 2, the first one place before 2: no room.
        assert_eq!(thinned(5, 7.0, 9.0), [1, 3]);
        assert_eq!(thinned(1, 1.0, 50.0), [0]);
        assert_eq!(thinned(0, 1.0, 50.0), [0; 0]);
        // Numbered 0 to 12: 0, 5, 10; numbered 4 to 12: 4 has no room before 5.
        assert_eq!(thinned_from(0, 13, 3.0, 10.0), [0, 5, 10]);
        assert_eq!(thinned_from(4, 9, 3.0, 10.0), [1, 6]);
        let labels = |numbers: &[&str]| -> Vec<String> {
            numbers.iter().map(|&number| number.to_owned()).collect()
        };
        // A gap in the numbers, an insertion code, and letters only.
        let odd = labels(&["27", "28", "29", "30", "30A", "38", "39", "40", "41"]);
        assert_eq!(thinned_numbers(&odd, 3.0, 10.0), [3, 7]);
        assert_eq!(
            thinned_numbers(&labels(&["a", "b", "c"]), 10.0, 9.0),
            [0, 1, 2]
        );
        // Far too narrow: one label at most, never an endless search.
        assert_eq!(thinned(7, 0.001, 50.0), [0]);
    }
}
