//! What a probe tells apart.

use protattn_io::Label;

use super::ALL_CLASSES;
use super::features::FeatureSet;

/// A class from the rest, or these labels from each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    One(usize),
    All(Vec<Label>),
}

impl Target {
    /// The class of a label; at or above the number of classes for one that was never trained.
    pub(super) fn class(&self, label: Label) -> usize {
        match self {
            Self::One(class) => usize::from(label.class() == Some(*class)),
            Self::All(known) => {
                let place = known.iter().position(|other| *other == label);
                place.unwrap_or(known.len() + label.class().unwrap_or(Label::MAX_CLASSES))
            }
        }
    }

    pub(super) fn n_classes(&self) -> usize {
        match self {
            Self::One(_) => 2,
            Self::All(known) => known.len(),
        }
    }
}

/// What there is to tell apart of a task, with its name: each class that was seen in training and, of
/// several, all. Classes that were not are told in `warnings`.
pub(super) fn targets(
    set: &FeatureSet,
    task: usize,
    warnings: &mut Vec<String>,
) -> Vec<(String, Target)> {
    let labels = |proteins: &[super::features::ReadProtein]| {
        let labels = proteins
            .iter()
            .flat_map(|protein| &protein.samples[task].labels);
        seen(labels.copied())
    };
    let (train, eval) = set.sets();
    let (known, judged) = (labels(train), labels(eval));
    let task = &set.layout.tasks[task];
    let mut targets = Vec::new();
    for (index, class) in task.classes.iter().enumerate() {
        let is_class = |label: &Label| label.class() == Some(index);
        if known.iter().any(is_class) {
            targets.push((class.clone(), Target::One(index)));
        } else if judged.iter().any(is_class) {
            warnings.push(format!(
                "task {}: class {class} is in the evaluation, but no training sample has it: it has no \
                 probe, and counts as wrong",
                task.name
            ));
        }
    }
    if task.classes.len() > 1 && known.len() > 2 {
        targets.push((ALL_CLASSES.to_owned(), Target::All(known)));
    }
    targets
}

/// Each label once, in the order of the classes; that of none comes last.
fn seen(labels: impl Iterator<Item = Label>) -> Vec<Label> {
    let mut known: Vec<Label> = Vec::new();
    for label in labels {
        if !known.contains(&label) {
            known.push(label);
        }
    }
    known.sort_by_key(|label| label.class().unwrap_or(Label::MAX_CLASSES));
    known
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::features::{Layout, ReadProtein};
    use super::super::samples::{Samples, Task};
    use super::*;

    /// Proteins with labels of one task: the classes by their numbers, `None` for none of them.
    pub(in super::super) fn set(
        classes: &[&str],
        train: &[Option<usize>],
        eval: &[Option<usize>],
    ) -> FeatureSet {
        let protein = |(place, labels): (usize, &[Option<usize>])| ReadProtein {
            samples: vec![Samples {
                places: (0..labels.len()).map(|i| [i, i]).collect(),
                labels: labels
                    .iter()
                    .map(|class| class.map_or(Label::NONE, |c| Label::of_class(c).unwrap()))
                    .collect(),
            }],
            ..ReadProtein::new(place, &"A".repeat(labels.len()))
        };
        FeatureSet {
            layout: Layout {
                tasks: vec![Task {
                    name: "shape".to_owned(),
                    classes: classes.iter().map(ToString::to_string).collect(),
                    pairs: false,
                }],
                blocks: Vec::new(),
                n_train: 1,
            },
            proteins: [train, eval].into_iter().enumerate().map(protein).collect(),
            n_train: 1,
            file: None,
        }
    }

    #[test]
    fn classes_that_were_seen_are_told_apart_and_others_are_named() {
        let mut warnings = Vec::new();
        let classes = ["round", "long", "flat"];
        let of = set(&classes, &[None, Some(1), Some(0), Some(1)], &[Some(2)]);
        let found = targets(&of, 0, &mut warnings);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["round", "long", ALL_CLASSES]);
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].starts_with("task shape: class flat is in the evaluation"));
        let label = |class| Label::of_class(class).unwrap();
        let all = &found[2].1;
        // Those of no class come last, and what was never trained after all.
        let known = [label(0), label(1), Label::NONE, label(2)].map(|label| all.class(label));
        assert_eq!((known, all.n_classes()), ([0, 1, 2, 5], 3));
        let long = &found[1].1;
        assert_eq!(
            (long.class(label(1)), long.class(label(0)), long.n_classes()),
            (1, 0, 2)
        );
    }

    #[test]
    fn of_two_labels_there_is_one_question_each() {
        let of = set(&["round", "long"], &[Some(0), Some(1)], &[Some(0)]);
        assert_eq!(targets(&of, 0, &mut Vec::new()).len(), 2);
        let of = set(&["yes"], &[Some(0), None], &[None]);
        let found = targets(&of, 0, &mut Vec::new());
        assert_eq!(found, [("yes".to_owned(), Target::One(0))]);
    }
}
