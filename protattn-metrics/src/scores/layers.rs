//! Scores of one layer after another.

/// Returns what each layer adds: each value, from the second on, less the one before it (the
/// differential score of Tenney, Das and Pavlick 2019, arXiv 1905.05950, section 3.3). NaN where
/// either is.
///
/// ```
/// use protattn_metrics::scores::gains;
///
/// assert_eq!(gains(&[0.25, 0.5, 0.375]), [0.25, -0.125]);
/// ```
pub fn gains(values: &[f64]) -> Vec<f64> {
    values.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// Returns the best row of each kind, the kind that comes first in front; of equal values the first.
/// Rows whose value is NaN or infinite are left out.
///
/// ```
/// use protattn_metrics::scores::best_of_each;
///
/// let rows = [("hidden", 0.2), ("hidden", 0.5), ("attention", f64::NAN), ("attention", 0.3)];
/// let best = best_of_each(rows, |row| row.0, |row| row.1);
/// assert_eq!(best, [("hidden", 0.5), ("attention", 0.3)]);
/// ```
pub fn best_of_each<T, K: PartialEq>(
    rows: impl IntoIterator<Item = T>,
    kind: impl Fn(&T) -> K,
    value: impl Fn(&T) -> f64,
) -> Vec<T> {
    let mut best: Vec<T> = Vec::new();
    for row in rows.into_iter().filter(|row| value(row).is_finite()) {
        match best.iter_mut().find(|known| kind(known) == kind(&row)) {
            Some(known) if value(&row) > value(known) => *known = row,
            Some(_) => {}
            None => best.push(row),
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_gains_nothing() {
        let gains = gains(&[0.2, 0.5, f64::NAN, 0.5]);
        assert!((gains[0] - 0.3).abs() < 1e-12 && gains[1].is_nan() && gains[2].is_nan());
        assert!(super::gains(&[]).is_empty());
    }

    #[test]
    fn of_equals_the_first_is_best() {
        let values = [0.2, 0.5, f64::NAN, 0.5, f64::INFINITY];
        let best = best_of_each(0..5, |_| (), |row| values[*row]);
        assert_eq!(best, [1]);
    }
}
