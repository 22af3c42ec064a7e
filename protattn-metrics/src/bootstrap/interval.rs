//! The interval of one cell.

use ndarray::ArrayView1;

use super::Estimate;
use crate::normal::{cdf, quantile, two_sided_quantile};

/// The estimate from the value, its replicates, and its values without each cluster.
pub(super) fn estimate(
    value: f64,
    replicates: ArrayView1<'_, f64>,
    without: ArrayView1<'_, f64>,
    confidence: f64,
) -> Estimate {
    let none = Estimate {
        value: if value.is_finite() { value } else { f64::NAN },
        ..Estimate::NONE
    };
    let is_finite = |value: &f64| value.is_finite();
    let mut kept: Vec<f64> = replicates.iter().copied().filter(is_finite).collect();
    // Nine in ten.
    if !value.is_finite() || (kept.len() as f64) < 0.9 * replicates.len() as f64 {
        return none;
    }
    let standard_error = deviation(&kept);
    kept.sort_unstable_by(f64::total_cmp);
    let [Some(&least), Some(&most)] = [kept.first(), kept.last()] else {
        return none;
    };
    if least == most {
        return Estimate {
            value,
            low: least,
            high: most,
            standard_error: 0.0,
        };
    }
    let below = kept.partition_point(|replicate| *replicate < value);
    let up_to = kept.partition_point(|replicate| *replicate <= value);
    let bias = quantile((below + up_to) as f64 / (2 * kept.len()) as f64);
    let (low, high) = levels(bias, acceleration(without), confidence);
    Estimate {
        value,
        low: quantile_of(&kept, low),
        high: quantile_of(&kept, high),
        standard_error,
    }
}

/// The standard deviation, with n - 1.
fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|value| (value - mean).powi(2));
    (squares.sum::<f64>() / (n - 1.0)).sqrt()
}

/// a, from the values without each cluster, where there are such.
fn acceleration(without: ArrayView1<'_, f64>) -> f64 {
    let values = || without.iter().filter(|value| value.is_finite());
    let mean = values().sum::<f64>() / values().count() as f64;
    let (squares, cubes) = values().fold((0.0, 0.0), |(squares, cubes), value| {
        let under = mean - value;
        (squares + under * under, cubes + under * under * under)
    });
    if squares > 0.0 {
        cubes / (6.0 * squares * f64::sqrt(squares))
    } else {
        0.0
    }
}

/// Which quantiles of the replicates are the ends.
fn levels(bias: f64, acceleration: f64, confidence: f64) -> (f64, f64) {
    let z = two_sided_quantile(1.0 - confidence);
    let shrink = |z: f64| 1.0 - acceleration * (bias + z);
    if !(bias.is_finite() && shrink(-z) > 0.0 && shrink(z) > 0.0) {
        return ((1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0);
    }
    let level = |z: f64| cdf(bias + (bias + z) / shrink(z));
    (level(-z), level(z))
}

/// The quantile of ascending values at `level`, linear between two of them.
fn quantile_of(ascending: &[f64], level: f64) -> f64 {
    let last = ascending.len() - 1;
    let place = level * last as f64;
    let index = (place as usize).min(last);
    let next = ascending[(index + 1).min(last)];
    ascending[index] + (next - ascending[index]) * (place - index as f64)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// Values without each cluster that show no spread.
    const EVEN: [f64; 2] = [0.5, 0.5];

    fn of(value: f64, replicates: &[f64], without: &[f64]) -> Estimate {
        estimate(value, replicates.into(), without.into(), 0.5)
    }

    #[test]
    fn without_bias_and_acceleration_the_ends_are_quantiles() {
        let found = of(3.0, &[5.0, 1.0, 3.0, 2.0, 4.0], &EVEN);
        assert!((found.low - 2.0).abs() < 1e-12, "a quarter of the way");
        assert!((found.high - 4.0).abs() < 1e-12);
        assert_eq!(found.standard_error, 2.5_f64.sqrt());
    }

    #[test]
    fn a_value_beyond_all_replicates_has_the_quantiles_too() {
        let found = of(9.0, &[5.0, 1.0, 3.0, 2.0, 4.0], &[0.1, 0.7, 0.2]);
        assert_eq!((found.low, found.high), (2.0, 4.0));
    }

    #[test]
    fn an_acceleration_that_turns_the_scale_over_has_the_quantiles_too() {
        assert_eq!(levels(0.5, 2.0, 0.5), (0.25, 0.75));
    }

    #[test]
    fn one_in_ten_replicates_may_be_undefined_and_no_more() {
        let mut replicates: Vec<f64> = (0..20).map(f64::from).collect();
        replicates[3] = f64::NAN;
        replicates[7] = f64::INFINITY;
        let found = of(9.0, &replicates, &EVEN);
        assert!(found.low < 9.0 && found.high > 9.0);
        replicates[11] = f64::NAN;
        let found = of(9.0, &replicates, &EVEN);
        assert_eq!(found.value, 9.0);
        assert!(found.low.is_nan() && found.high.is_nan() && found.standard_error.is_nan());
    }

    #[test]
    fn equal_replicates_have_no_width() {
        // Whose mean, summed and divided, is not 0.1.
        let found = of(0.1, &[0.1; 10], &EVEN);
        assert_eq!(
            (found.low, found.high, found.standard_error),
            (0.1, 0.1, 0.0)
        );
        assert!(found.z_test(0.0).z.is_nan());
    }

    #[test]
    fn a_value_that_does_not_exist_has_no_estimate() {
        let found = of(f64::NAN, &[0.1, 0.2], &EVEN);
        assert!(found.value.is_nan() && found.low.is_nan() && found.standard_error.is_nan());
    }

    #[test]
    fn the_jackknife_is_that_of_the_values_that_exist() {
        // Mean 2: d = 1, 1, -2; cubes -6, squares 6.
        let expected = -6.0 / (6.0 * 6.0_f64.powf(1.5));
        assert!((acceleration(array![1.0, 1.0, 4.0].view()) - expected).abs() < 1e-15);
        assert!((acceleration(array![1.0, f64::NAN, 1.0, 4.0].view()) - expected).abs() < 1e-15);
        assert_eq!(acceleration(array![f64::NAN].view()), 0.0);
    }
}
