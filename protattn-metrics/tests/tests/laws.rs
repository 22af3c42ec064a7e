//! The laws of the accumulator, and the fast path against three plain loops.

use proptest::prelude::*;
use protattn_io::Label;
use protattn_metrics::{ArcCounts, HeadCounts, Labels};

use crate::observations::{
    MIN_ATTENTION, N_CLASSES, N_HEADS, N_LAYERS, Observation, count, fresh, observation,
};

fn merged(a: &ArcCounts, b: &ArcCounts) -> ArcCounts {
    let mut sum = a.clone();
    sum.merge(b).unwrap();
    sum
}

fn label(labels: &Labels, from: usize, to: usize) -> Label {
    match labels {
        Labels::Residues(labels) => labels[to],
        Labels::Pairs(labels) => labels.get(from, to),
    }
}

/// The definition, written down as it is read.
fn by_definition(
    observations: &[Observation],
    class: usize,
    layer: usize,
    head: usize,
) -> HeadCounts {
    let mut counts = HeadCounts::default();
    for Observation {
        labels,
        n_read,
        attention,
    } in observations
    {
        for from in 0..*n_read {
            for to in 0..*n_read {
                if attention[layer][[head, from, to]] >= MIN_ATTENTION {
                    let label = label(labels, from, to);
                    counts.arcs_total += 1;
                    counts.arcs_eligible += u64::from(label != Label::UNDEFINED);
                    counts.arcs_in_class += u64::from(label.class() == Some(class));
                }
            }
        }
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_fast_path_is_the_definition(all in prop::collection::vec(observation(), 0..3)) {
        let counts = count(&all);
        for class in 0..N_CLASSES {
            for layer in 0..N_LAYERS {
                for head in 0..N_HEADS {
                    let expected = by_definition(&all, class, layer, head);
                    prop_assert_eq!(counts.head(class, layer, head).unwrap(), expected);
                }
            }
        }
    }

    #[test]
    fn the_background_is_what_a_head_that_sees_everything_would_find(one in observation()) {
        let mut everything = one.clone();
        for layer in &mut everything.attention {
            layer.fill(1.0);
        }
        let counts = count([&everything]);
        // A property of residues is seen once from each residue.
        let times = if matches!(one.labels, Labels::Residues(_)) { one.n_read as u64 } else { 1 };
        for class in 0..N_CLASSES {
            let head = counts.head(class, 0, 0).unwrap();
            prop_assert_eq!(counts.background_in_class(class) * times, head.arcs_in_class);
            prop_assert_eq!(counts.background_eligible() * times, head.arcs_eligible);
        }
    }

    #[test]
    fn merging_is_associative_and_commutative_and_fresh_counts_are_its_zero(
        a in observation(), b in observation(), c in observation(),
    ) {
        let [a, b, c] = [count([&a]), count([&b]), count([&c])];
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(merged(&a, &fresh()), a.clone());
        prop_assert_eq!(merged(&fresh(), &a), a);
    }

    #[test]
    fn proteins_can_be_divided_and_come_in_any_order(
        all in prop::collection::vec(observation(), 0..4), at in any::<prop::sample::Index>(),
    ) {
        let whole = count(&all);
        let (first, second) = all.split_at(at.index(all.len() + 1));
        prop_assert_eq!(merged(&count(second), &count(first)), whole.clone());
        prop_assert_eq!(count(all.iter().rev()), whole);
    }

    #[test]
    fn permuting_heads_permutes_their_counts(
        one in observation(), order in Just((0..N_HEADS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let counts = count([&one]);
        let permuted = count([&one.with_heads(&order)]);
        prop_assert_eq!(permuted.background_eligible(), counts.background_eligible());
        for class in 0..N_CLASSES {
            for layer in 0..N_LAYERS {
                for (new, &old) in order.iter().enumerate() {
                    let [new, old] = [
                        permuted.head(class, layer, new).unwrap(),
                        counts.head(class, layer, old).unwrap(),
                    ];
                    prop_assert_eq!(new, old);
                }
            }
        }
    }

    #[test]
    fn writing_then_reading_changes_nothing(one in observation()) {
        let counts = count([&one]);
        let text = serde_json::to_string(&counts).unwrap();
        prop_assert_eq!(serde_json::from_str::<ArcCounts>(&text).unwrap(), counts);
    }
}
