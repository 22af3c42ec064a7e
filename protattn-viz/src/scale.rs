//! Axes that start at 0, the numbers that they can hold, and which of many labels to show.

use crate::error::{Error, Result};

/// Larger numbers are no percentages, and their tick labels would fit nowhere.
const MAX_VALUE: f64 = 1e4;

/// The smallest step an axis is divided into; all-zero data still get an axis.
const SMALLEST_STEP: f64 = 1e-3;

/// Labels that are thinned out anyway stand this many extents apart.
const AIR: f64 = 1.4;

/// An axis from 0 to a round number, in steps of 1, 2 or 5 times a power of ten.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis {
    step: f64,
    intervals: usize,
    decimals: usize,
}

impl Axis {
    /// The shortest axis that reaches `max` in at most `intervals` (at least 1) steps.
    ///
    /// An axis for data that are all 0 ends at 1.
    pub(crate) fn from_zero(max: f64, intervals: usize) -> Self {
        let max = if max > 0.0 { max } else { 1.0 };
        let rough = (max / intervals.max(1) as f64).max(SMALLEST_STEP);
        let exponent = rough.log10().floor() as i32;
        // The slack keeps 0.30000000000000004 from asking for a step more than 0.3 does.
        let reaches = |factor: &f64| factor * 10f64.powi(exponent) >= rough * (1.0 - 1e-9);
        let factor = [1.0, 2.0, 5.0].into_iter().find(reaches);
        let (factor, exponent) = factor.map_or((1.0, exponent + 1), |factor| (factor, exponent));
        let step = factor * 10f64.powi(exponent);
        Self {
            step,
            intervals: ((max / step - 1e-9).ceil() as usize).max(1),
            decimals: usize::try_from(-exponent).unwrap_or(0),
        }
    }

    /// The number at the far end of the axis.
    pub(crate) fn end(&self) -> f64 {
        self.step * self.intervals as f64
    }

    /// Where `value` lies on the axis, as a share from 0 to 1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        (value / self.end()).clamp(0.0, 1.0)
    }

    /// Ticks in rising order: share of the axis, label.
    pub(crate) fn ticks(&self) -> impl Iterator<Item = (f64, String)> + '_ {
        (0..=self.intervals).map(|i| {
            let label = match i {
                0 => "0".to_owned(),
                _ => format!("{:.*}", self.decimals, self.step * i as f64),
            };
            (i as f64 / self.intervals as f64, label)
        })
    }
}

/// Refuses what is not from 0 to [`MAX_VALUE`], NaN among it.
pub(crate) fn check_range(value: f64, what: impl FnOnce() -> String) -> Result<()> {
    if (0.0..=MAX_VALUE).contains(&value) {
        Ok(())
    } else {
        Err(Error::Range {
            what: what(),
            value,
            max: MAX_VALUE,
        })
    }
}

/// Which of `count` evenly spaced labels to show so that none touch.
///
/// Labels stand `pitch` apart and need `extent` each, more where not all show. Shown are every first, second, fifth, tenth,
/// ... counted so that 1-based multiples of the step show, and the very first where it has room.
pub(crate) fn thinned(count: usize, pitch: f64, extent: f64) -> Vec<usize> {
    let step = label_step(count, pitch, extent);
    let mut shown: Vec<usize> = (0..count).filter(|i| (i + 1) % step == 0).collect();
    let first_has_room = shown
        .first()
        .is_none_or(|&next| next as f64 * pitch >= extent);
    if step > 1 && first_has_room {
        shown.insert(0, 0);
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
        assert_eq!(Axis::from_zero(1e-300, 5).end(), 1e-3);
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
        // Far too narrow: one label at most, never an endless search.
        assert_eq!(thinned(7, 0.001, 50.0), [0]);
    }
}
