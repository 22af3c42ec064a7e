//! The scores of a probe, as rows of a table.

use protattn_metrics::scores::{PrecisionAtL, Separation};

use super::samples::Task;
use super::target::Target;
use crate::Score;

/// What L is divided by for contacts, first as the paper has it.
const CONTACT_DIVISORS: [usize; 3] = [5, 2, 1];
/// What L is divided by for residues.
const RESIDUE_DIVISOR: usize = 20;

/// The scores of a task, the one that figures show first.
pub(super) fn scores(task: &Task, target: &Target) -> Vec<Score> {
    if matches!(target, Target::All(_)) {
        return vec![Score::Accuracy, Score::Matthews];
    }
    let at = |divisor, separation| Score::PrecisionAtL {
        class: 1,
        at: PrecisionAtL {
            divisor,
            separation,
            ..PrecisionAtL::OF_PROBES
        },
    };
    let mut scores = vec![
        Score::F1(1),
        Score::Precision(1),
        Score::Recall(1),
        Score::Accuracy,
        Score::Matthews,
        Score::AveragePrecision(1),
        Score::RocAuc(1),
    ];
    if task.pairs {
        let ranges = std::iter::once(None).chain(Separation::ALL.map(Some));
        scores.extend(ranges.flat_map(|range| CONTACT_DIVISORS.map(|divisor| at(divisor, range))));
    } else {
        scores.push(at(RESIDUE_DIVISOR, None));
    }
    scores
}

/// The name of a score, the rule of its k and its range of separations, as a table has them; the last two
/// are empty for a score without a k.
pub(super) fn names(score: Score) -> [String; 3] {
    let name = match score {
        Score::F1(_) => "f1",
        Score::Precision(_) => "precision",
        Score::Recall(_) => "recall",
        Score::Accuracy => "accuracy",
        Score::Matthews => "matthews",
        Score::AveragePrecision(_) => "average_precision",
        Score::RocAuc(_) => "roc_auc",
        Score::PrecisionAtL { at, .. } => {
            let separation = at.separation_name().to_owned();
            return ["precision_at_k".to_owned(), at.k_rule(), separation];
        }
    };
    [name.to_owned(), String::new(), String::new()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_score_has_a_name_of_its_own() {
        let task = |pairs| Task {
            name: "contact".to_owned(),
            classes: vec!["yes".to_owned()],
            pairs,
        };
        let all = |pairs| -> Vec<String> {
            let scores = scores(&task(pairs), &Target::One(0));
            scores.iter().map(|score| names(*score).join(" ")).collect()
        };
        let (residues, mut pairs) = (all(false), all(true));
        assert_eq!(
            residues.last().map(String::as_str),
            Some("precision_at_k L/20 all")
        );
        assert!(
            pairs.contains(&"precision_at_k L long".to_owned()),
            "{pairs:?}"
        );
        let n = pairs.len();
        pairs.sort();
        pairs.dedup();
        assert_eq!((pairs.len(), residues.len()), (n, 8));
        assert_eq!(scores(&task(false), &Target::All(Vec::new())).len(), 2);
    }
}
