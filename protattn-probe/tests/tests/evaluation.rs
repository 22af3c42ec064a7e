//! Scores over proteins against those of the samples of all of them, and by hand.

use protattn_metrics::scores::{self, PrecisionAtL, Separation};
use protattn_probe::ndarray::{Array2, array};
use protattn_probe::{ControlTask, Error, Evaluation, LogisticRegression, Resampling, Score};

use crate::data::samples;

/// Probabilities and labels of 8 proteins of unequal length, three classes, with ties.
fn proteins() -> Vec<(Array2<f64>, Vec<usize>)> {
    let mut start = 0;
    let (features, labels) = samples(500, 4, 3);
    let settings = LogisticRegression::builder()
        .max_iterations(1)
        .build()
        .unwrap();
    let probe = settings.fit(&features, &labels, 3).unwrap();
    let rounded = probe
        .predict_proba(&features)
        .unwrap()
        .mapv(|p| (p * 20.0).round() / 20.0);
    let lengths = [20, 30, 41, 52, 63, 74, 85, 135];
    let each = lengths.into_iter().map(|length| {
        let rows = start..start + length;
        start += length;
        let part = rounded.slice(protattn_probe::ndarray::s![rows.clone(), ..]);
        (part.to_owned(), labels[rows].to_vec())
    });
    each.collect()
}

fn evaluation(proteins: &[(Array2<f64>, Vec<usize>)]) -> Evaluation {
    let mut evaluation = Evaluation::new(3);
    for (probabilities, truth) in proteins {
        evaluation
            .push(truth.len(), probabilities.view(), truth)
            .unwrap();
    }
    evaluation
}

const SCORES: [Score; 7] = [
    Score::F1(1),
    Score::Precision(2),
    Score::Recall(0),
    Score::Accuracy,
    Score::Matthews,
    Score::AveragePrecision(1),
    Score::RocAuc(2),
];

/// The same scores by the functions of protattn-metrics, of all samples together.
fn expected(proteins: &[(Array2<f64>, Vec<usize>)]) -> [f64; 7] {
    let (mut predicted, mut truth, mut of_class) = (vec![], vec![], [vec![], vec![], vec![]]);
    for (probabilities, labels) in proteins {
        for row in probabilities.rows() {
            let best = (1..3).fold(
                0,
                |best, class| if row[class] > row[best] { class } else { best },
            );
            predicted.push(best);
            (0..3).for_each(|class| of_class[class].push(row[class]));
        }
        truth.extend(labels.iter().copied());
    }
    let is = |class: usize| {
        truth
            .iter()
            .map(|label| *label == class)
            .collect::<Vec<_>>()
    };
    [
        scores::f1(&predicted, &truth, &1).unwrap(),
        scores::precision(&predicted, &truth, &2).unwrap(),
        scores::recall(&predicted, &truth, &0).unwrap(),
        scores::accuracy(&predicted, &truth).unwrap(),
        scores::matthews(&predicted, &truth).unwrap(),
        scores::average_precision(&of_class[1], &is(1)).unwrap(),
        scores::roc_auc(&of_class[2], &is(2)).unwrap(),
    ]
}

#[test]
fn scores_are_those_of_all_samples() {
    let proteins = proteins();
    let evaluation = evaluation(&proteins);
    assert_eq!((evaluation.n_proteins(), evaluation.n_samples()), (8, 500));
    for (score, expected) in SCORES.into_iter().zip(expected(&proteins)) {
        let found = evaluation.score(score).unwrap();
        assert!(
            (found - expected).abs() < 1e-12,
            "{score:?}: {found}, {expected}"
        );
    }
}

/// The numbers of the reference implementation of SplitMix64, for the oracle below.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn intervals_are_those_of_proteins_drawn_and_copied() {
    let proteins = proteins();
    let resampling = Resampling {
        draws: 41,
        level: 0.9,
        seed: 11,
        ..Resampling::default()
    };
    let rows = evaluation(&proteins)
        .report(&SCORES, &[0.2, 0.5, 0.3], None, resampling)
        .unwrap();
    let mut state = 11;
    let mut draws: Vec<[f64; 7]> = Vec::new();
    for _ in 0..41 {
        let drawn: Vec<_> = (0..8)
            .map(|_| ((u128::from(split_mix(&mut state)) * 8) >> 64) as usize)
            .map(|index| proteins[index].clone())
            .collect();
        draws.push(expected(&drawn));
    }
    for (index, row) in rows.iter().enumerate() {
        let mut values: Vec<f64> = draws.iter().map(|draw| draw[index]).collect();
        values.sort_by(f64::total_cmp);
        // 0.05 and 0.95 of 40 steps.
        assert!((row.low - values[2]).abs() < 1e-12, "{row:?}");
        assert!((row.high - values[38]).abs() < 1e-12, "{row:?}");
        assert!(row.low <= row.value && row.value <= row.high, "{row:?}");
    }
}

fn at_l(class: usize, divisor: usize, separation: Option<Separation>) -> Score {
    let at = PrecisionAtL {
        divisor,
        separation,
        ..PrecisionAtL::OF_PROBES
    };
    Score::PrecisionAtL { class, at }
}

#[test]
fn the_majority_is_always_the_same_class_and_ranks_nothing() {
    let proteins = proteins();
    let mut scores = SCORES.to_vec();
    scores.push(at_l(1, 5, None));
    let rows = evaluation(&proteins)
        .report(&scores, &[20.0, 50.0, 30.0], None, Resampling::default())
        .unwrap();
    let all: Vec<usize> = proteins
        .iter()
        .flat_map(|(_, truth)| truth.clone())
        .collect();
    let share = all.iter().filter(|label| **label == 1).count() as f64 / 500.0;
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
    near(rows[0].majority, 2.0 * share / (1.0 + share));
    assert!(rows[1].majority.is_nan(), "class 2 is never predicted");
    near(rows[2].majority, 0.0);
    near(rows[3].majority, share);
    assert!(rows[4].majority.is_nan());
    near(rows[5].majority, share);
    near(rows[6].majority, 0.5);
    let mut hits = 0.0;
    let mut places = 0.0;
    for (_, truth) in &proteins {
        let k = scores::top_count(truth.len(), 5) as f64;
        hits += k * truth.iter().filter(|label| **label == 1).count() as f64 / truth.len() as f64;
        places += k;
    }
    near(rows[7].majority, hits / places);
}

#[test]
fn the_majority_is_the_same_probabilities_for_all_samples() {
    let proteins = proteins();
    let frequencies = [0.2, 0.5, 0.3];
    let constant: Vec<_> = proteins
        .iter()
        .map(|(probabilities, truth)| {
            let rows = probabilities.dim();
            let same = Array2::from_shape_fn(rows, |(_, class)| frequencies[class]);
            (same, truth.clone())
        })
        .collect();
    let constant = evaluation(&constant);
    let mut scores = SCORES.to_vec();
    scores.extend([1, 2].map(|class| at_l(class, 5, None)));
    let no_draws = Resampling {
        draws: 0,
        ..Resampling::default()
    };
    let rows = evaluation(&proteins)
        .report(&scores, &frequencies, None, no_draws)
        .unwrap();
    for row in rows {
        let expected = constant.score(row.score).unwrap();
        assert_eq!(row.majority.to_bits(), expected.to_bits(), "{row:?}");
        assert!(row.low.is_nan() && row.high.is_nan());
    }
}

#[test]
fn an_interval_over_one_protein_has_no_width() {
    let mut one = Evaluation::new(2);
    let probabilities = array![[0.2, 0.8], [0.4, 0.6]];
    one.push(2, probabilities.view(), &[1, 0]).unwrap();
    let scores = [Score::Accuracy];
    let rows = one
        .report(&scores, &[1.0, 1.0], None, Resampling::default())
        .unwrap();
    assert_eq!((rows[0].low, rows[0].high), (0.5, 0.5));
}

#[test]
fn pairs_are_counted_by_range() {
    let mut evaluation = Evaluation::new(2);
    // L = 10, so that L/5 is 2: pairs of separation 6, 6, 7, 12, 13 and 30.
    let pairs = [[0, 6], [1, 7], [0, 7], [0, 12], [13, 0], [0, 30]];
    let positive = array![0.1, 0.9, 0.8, 0.7, 0.6, 0.5];
    let probabilities = Array2::from_shape_fn((6, 2), |(pair, class)| match class {
        1 => positive[pair],
        _ => 1.0 - positive[pair],
    });
    let truth = [1, 1, 0, 0, 1, 1];
    evaluation
        .push_pairs(10, &pairs, probabilities.view(), &truth)
        .unwrap();
    let at = |separation, divisor| evaluation.score(at_l(1, divisor, separation)).unwrap();
    assert_eq!(at(Some(Separation::Short), 5), 0.5);
    assert_eq!(
        at(Some(Separation::Short), 1),
        2.0 / 3.0,
        "only three pairs"
    );
    assert_eq!(at(Some(Separation::Medium), 5), 0.5);
    assert_eq!(at(Some(Separation::Long), 5), 1.0);
    assert_eq!(at(None, 5), 0.5);
    assert!(at(None, 0).is_nan());
}

#[test]
fn selectivity_is_what_a_control_task_leaves() {
    // Features that say which of 20 residues it is, and a label that depends on something else.
    let types: Vec<u8> = (0..4000_usize)
        .map(|s| b"ACDEFGHIKLMNPQRSTVWY"[s * 7 % 20])
        .collect();
    let labels: Vec<usize> = (0..4000).map(|s| usize::from(s % 3 == 0)).collect();
    let features = Array2::from_shape_fn((4000, 21), |(s, feature)| match feature {
        20 => {
            if s % 3 == 0 {
                1.0
            } else {
                0.0
            }
        }
        _ => f32::from(u8::from(s * 7 % 20 == feature)),
    });
    let control = ControlTask::of_tokens(&types, &[2.0, 1.0], 5).unwrap();
    let controls: Vec<usize> = types
        .iter()
        .map(|residue| control.token(*residue))
        .collect();
    let evaluate = |labels: &[usize]| {
        let probe = LogisticRegression::default()
            .fit(&features, labels, 2)
            .unwrap();
        let mut evaluation = Evaluation::new(2);
        let probabilities = probe.predict_proba(&features).unwrap();
        evaluation.push(4000, probabilities.view(), labels).unwrap();
        evaluation
    };
    let (real, control) = (evaluate(&labels), evaluate(&controls));
    let rows = real
        .report(
            &[Score::Accuracy],
            &[2.0, 1.0],
            Some(&control),
            Resampling::default(),
        )
        .unwrap();
    // Both tasks can be solved from these features, so nothing is left.
    assert_eq!((rows[0].value, rows[0].control), (1.0, Some(1.0)));
    assert_eq!(rows[0].selectivity, Some(0.0));
    assert!((rows[0].majority - 2666.0 / 4000.0).abs() < 1e-12);
}

#[test]
fn a_label_never_seen_in_training_counts_as_wrong() {
    let mut evaluation = Evaluation::new(2);
    let probabilities = array![[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]];
    evaluation
        .push(3, probabilities.view(), &[0, 1, 2])
        .unwrap();
    assert_eq!(evaluation.score(Score::Accuracy).unwrap(), 2.0 / 3.0);
    assert_eq!(evaluation.score(Score::Precision(1)).unwrap(), 0.5);
    assert_eq!(evaluation.score(Score::Recall(1)).unwrap(), 1.0);
    let expected = scores::matthews(&[0, 1, 1], &[0, 1, 2]).unwrap();
    assert_eq!(evaluation.score(Score::Matthews).unwrap(), expected);
}

#[test]
fn fewer_than_two_classes_are_refused() {
    for n_classes in [0, 1] {
        let mut evaluation = Evaluation::new(n_classes);
        let probabilities = Array2::zeros((2, n_classes));
        let error = evaluation
            .push(2, probabilities.view(), &[0, 0])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the number of classes is {n_classes}: a classifier needs at least 2")
        );
        assert!(evaluation.score(Score::Accuracy).is_err());
    }
}

#[test]
fn predictions_that_cannot_be_scored_are_refused() {
    let mut evaluation = Evaluation::new(2);
    let message = |error: Error| error.to_string();
    assert_eq!(
        message(evaluation.score(Score::Accuracy).unwrap_err()),
        "no sample has a label"
    );
    let error = evaluation
        .push(1, array![[0.5, f64::NAN]].view(), &[0])
        .unwrap_err();
    assert_eq!(
        message(error),
        "the probability of class 1 for sample 0 (both 0-based) is not a number"
    );
    let error = evaluation
        .push(1, array![[0.5, 0.2, 0.3]].view(), &[0])
        .unwrap_err();
    assert_eq!(
        message(error),
        "the probabilities have the shape [1, 3], not [1, 2]"
    );
    assert!(
        evaluation
            .push(1, array![[0.5, 0.5]].view(), &[0, 1])
            .is_err()
    );
    let one = array![[0.5, 0.5]];
    assert!(evaluation.push_pairs(1, &[], one.view(), &[0]).is_err());
    evaluation.push(1, one.view(), &[0]).unwrap();
    let error = evaluation.score(Score::F1(2)).unwrap_err();
    assert_eq!(
        message(error),
        "there is no class 2 (counted from 0) among 2"
    );
    let error = evaluation
        .report(&[], &[1.0, f64::NAN], None, Resampling::default())
        .unwrap_err();
    assert_eq!(
        message(error),
        "frequencies is NaN: it must be a number for each class"
    );
    let error = evaluation
        .report(&[], &[1.0], None, Resampling::default())
        .unwrap_err();
    assert_eq!(
        message(error),
        "the frequencies have the shape [1], not [2]"
    );
}
