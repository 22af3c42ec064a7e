//! The log loss of one sample.

/// Replaces the scores of a sample by the derivatives of its loss with respect to them, and gives
/// the loss, in nats.
///
/// One score is the log odds of class 1 against class 0 (logistic loss); several are those of
/// each class before the softmax (cross entropy).
pub(crate) fn replace_by_residuals(scores: &mut [f64], label: usize) -> f64 {
    let score_of_label = scores.get(label).copied().unwrap_or_default();
    if let [score] = scores {
        let loss = softplus(if label == 1 { -*score } else { *score });
        *score = sigmoid(*score) - label as f64;
        return loss;
    }
    let log_sum = softmax(scores);
    scores[label] -= 1.0;
    log_sum - score_of_label
}

/// Replaces scores by probabilities and gives the logarithm of the sum of their exponentials.
pub(crate) fn softmax(scores: &mut [f64]) -> f64 {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - largest).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
    largest + sum.ln()
}

/// 1 / (1 + exp(-x)), without overflow.
pub(crate) fn sigmoid(x: f64) -> f64 {
    let small = (-x.abs()).exp();
    let numerator = if x < 0.0 { small } else { 1.0 };
    numerator / (1.0 + small)
}

/// log(1 + exp(x)), without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_score_by_hand() {
        // Odds of 3 to 1 for class 1.
        let score = 3.0_f64.ln();
        let mut scores = [score];
        assert!((replace_by_residuals(&mut scores, 1) - (4.0_f64 / 3.0).ln()).abs() < 1e-15);
        assert!((scores[0] + 0.25).abs() < 1e-15);
        let mut scores = [score];
        assert!((replace_by_residuals(&mut scores, 0) - 4.0_f64.ln()).abs() < 1e-15);
        assert!((scores[0] - 0.75).abs() < 1e-15);
    }

    #[test]
    fn three_scores_by_hand() {
        // Probabilities 1/8, 2/8, 5/8.
        let mut scores = [1.0_f64.ln(), 2.0_f64.ln(), 5.0_f64.ln()];
        let loss = replace_by_residuals(&mut scores, 1);
        assert!((loss - 4.0_f64.ln()).abs() < 1e-15);
        for (found, expected) in scores.iter().zip([0.125, -0.75, 0.625]) {
            assert!((found - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn extreme_scores_stay_finite() {
        let mut one = [-1e6];
        assert_eq!(replace_by_residuals(&mut one, 1), 1e6);
        assert_eq!(one, [-1.0]);
        let mut three = [1e6, -1e6, 0.0];
        assert_eq!(replace_by_residuals(&mut three, 1), 2e6);
        assert_eq!(three, [1.0, -1.0, 0.0]);
    }
}
