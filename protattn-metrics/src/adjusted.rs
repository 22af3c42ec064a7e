//! P-values adjusted for having made many tests.

/// P-values adjusted for the number of tests by Benjamini and Hochberg, in the order of `p_values`.
///
/// Calling significant whatever is at most q bounds the expected share of false ones among those
/// called so, the false discovery rate, by q, if tests are independent or depend on each other
/// positively (Benjamini and Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x). Of m tests, the
/// one of rank k from below becomes the least of p m / k of itself and of those ranked after it, and
/// at most 1. As SciPy's `false_discovery_control` and statsmodels' `multipletests`, method
/// `fdr_bh`.
///
/// NaN stays NaN and does not count as a test.
///
/// ```
/// use protattn_metrics::benjamini_hochberg;
///
/// let adjusted = benjamini_hochberg(&[0.5, f64::NAN, 0.0625, 0.125, 0.0625]);
/// assert_eq!(adjusted[0], 0.5); // 0.5 x 4 / 4
/// assert!(adjusted[1].is_nan());
/// assert_eq!(adjusted[2..], [0.125, 0.125 * 4.0 / 3.0, 0.125]); // ties are adjusted alike
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut descending: Vec<usize> = (0..p_values.len())
        .filter(|&index| !p_values[index].is_nan())
        .collect();
    descending.sort_by(|&a, &b| p_values[b].total_cmp(&p_values[a]));

    let m = descending.len();
    let mut adjusted = vec![f64::NAN; p_values.len()];
    let mut least = 1.0_f64;
    for (above, &index) in descending.iter().enumerate() {
        least = least.min(p_values[index] * m as f64 / (m - above) as f64);
        adjusted[index] = least;
    }
    adjusted
}
