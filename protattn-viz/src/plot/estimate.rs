//! A value and what is known of its precision.

use crate::error::{Error, Result};
use crate::layout;
use crate::scale::check_signed;

/// An interval may miss its value by this much: rounding at the ends of a range.
const TOLERANCE: f64 = 1e-6;

/// A value with an interval about it, in the unit of the figure that shows it.
///
/// Any number within a million of 0; a value that is NaN is missing, and so is an interval whose
/// ends are both NaN.
///
/// ```
/// use protattn_viz::Estimate;
///
/// assert_eq!(Estimate::new(0.5, 0.4, 0.7).high, 0.7);
/// assert!(Estimate::point(0.5).low.is_nan());
/// assert!(Estimate::MISSING.value.is_nan());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value, or NaN where there is none.
    pub value: f64,
    /// Lower end of the interval; NaN, with `high`, where none is known.
    pub low: f64,
    /// Upper end of the interval; NaN, with `low`, where none is known.
    pub high: f64,
}

impl Estimate {
    /// No value: nothing is drawn.
    pub const MISSING: Self = Self::point(f64::NAN);

    /// A value with its interval.
    #[must_use]
    pub const fn new(value: f64, low: f64, high: f64) -> Self {
        Self { value, low, high }
    }

    /// A value without an interval.
    #[must_use]
    pub const fn point(value: f64) -> Self {
        Self::new(value, f64::NAN, f64::NAN)
    }

    pub(crate) fn is_missing(&self) -> bool {
        self.value.is_nan()
    }

    pub(crate) fn has_interval(&self) -> bool {
        !self.is_missing() && !self.low.is_nan()
    }

    pub(crate) fn check(&self, what: impl Fn() -> String) -> Result<()> {
        for number in [self.value, self.low, self.high] {
            check_signed(number, &what)?;
        }
        let Self { value, low, high } = *self;
        let contains = low <= value + TOLERANCE && high >= value - TOLERANCE;
        if value.is_nan() || (low.is_nan() && high.is_nan()) || contains {
            return Ok(());
        }
        Err(Error::Estimate {
            what: what(),
            value,
            low,
            high,
        })
    }

    /// The numbers that an axis must hold.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = f64> + use<> {
        let ends = if self.has_interval() {
            [self.low, self.high]
        } else {
            [f64::NAN; 2]
        };
        std::iter::once(self.value).chain(ends)
    }

    /// `0.500 (0.400 to 0.700)`, with the unit behind each number.
    pub(crate) fn words(&self, unit: &str) -> String {
        let number = |value| layout::number(value, unit);
        if self.is_missing() {
            return "no value".to_owned();
        }
        let mut words = number(self.value);
        if self.has_interval() {
            words += &format!(" ({} to {})", number(self.low), number(self.high));
        }
        words
    }
}

/// The number, or none for NaN.
pub(crate) fn known(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}

/// The lowest and highest of the numbers that are not NaN, if there are any.
pub(crate) fn reach(numbers: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let known = numbers.into_iter().filter_map(known);
    known.fold(None, |reach, number| {
        let (low, high) = reach.unwrap_or((number, number));
        Some((low.min(number), high.max(number)))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn intervals_hold_their_value_and_have_two_ends() {
        let check = |estimate: Estimate| estimate.check(|| "head 1-2".to_owned());
        assert!(check(Estimate::new(0.5, 0.5, 0.5)).is_ok());
        assert!(check(Estimate::new(f64::NAN, 0.0, 1.0)).is_ok());
        // An upper end that rounding left just under its value.
        assert!(check(Estimate::new(1.0, 0.9, 1.0 - 1e-9)).is_ok());
        let error = check(Estimate::new(0.5, 0.6, 0.7)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "interval of head 1-2 is 0.6 to 0.7, expected it to contain the value 0.5"
        );
        assert!(check(Estimate::new(0.5, 0.4, f64::NAN)).is_err());
        let error = check(Estimate::point(f64::INFINITY)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "head 1-2 is inf, expected -1000000 to 1000000"
        );
    }

    #[test]
    fn reach_passes_over_what_is_missing() {
        assert_eq!(reach([f64::NAN, 2.0, -1.0]), Some((-1.0, 2.0)));
        assert_eq!(reach([f64::NAN]), None);
        let missing = Estimate::new(f64::NAN, 1.0, 2.0);
        assert_eq!(reach(missing.numbers()), None);
    }

    #[test]
    fn words_give_unit_and_interval() {
        assert_eq!(
            Estimate::new(50.0, 40.0, 70.0).words("%"),
            "50.0% (40.0% to 70.0%)"
        );
        assert_eq!(Estimate::point(-0.25).words(""), "\u{2212}0.250");
        assert_eq!(Estimate::MISSING.words("%"), "no value");
    }
}
