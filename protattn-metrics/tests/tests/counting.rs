//! Counting by hand, and errors that leave the counts as they were.

use protattn_io::{Label, PairLabels};
use protattn_metrics::{ArcCounts, AttentionArc, Error, HeadCounts, Labels, TrackClasses};

/// Three classes, layers 2 and 5 of a model, two heads.
fn fresh() -> ArcCounts {
    let property = TrackClasses::new("three", "track", ["a", "b", "c"]).unwrap();
    ArcCounts::new(&property, vec![2, 5], 2).unwrap()
}

fn class(index: usize) -> Label {
    Label::of_class(index).unwrap()
}

fn arc(head: usize, from: usize, to: usize) -> AttentionArc {
    AttentionArc {
        head,
        from,
        to,
        weight: 0.5,
    }
}

/// a, undefined, none, c, b.
fn residues() -> Labels {
    Labels::Residues(vec![
        class(0),
        Label::UNDEFINED,
        Label::NONE,
        class(2),
        class(1),
    ])
}

/// Three residues: only 0 to 1 is c, only 1 to 0 is none, the rest is undefined.
fn pairs() -> Labels {
    let mut pairs = PairLabels::undefined(3);
    pairs.set(0, 1, class(2));
    pairs.set(1, 0, Label::NONE);
    Labels::Pairs(pairs)
}

fn of(arcs_in_class: u64, arcs_eligible: u64, arcs_total: u64) -> HeadCounts {
    HeadCounts {
        arcs_in_class,
        arcs_eligible,
        arcs_total,
    }
}

#[test]
fn arcs_count_by_the_residue_they_go_to() {
    let mut counts = fresh();
    let arcs = [
        arc(1, 3, 0),
        arc(1, 0, 1),
        arc(1, 0, 2),
        arc(1, 1, 3),
        arc(1, 2, 3),
        arc(0, 3, 4),
    ];
    counts.observe_arcs(5, &arcs, &residues()).unwrap();
    assert_eq!(counts.head(0, 5, 1).unwrap(), of(1, 4, 5));
    assert_eq!(counts.head(1, 5, 1).unwrap(), of(0, 4, 5));
    assert_eq!(counts.head(2, 5, 1).unwrap(), of(2, 4, 5));
    assert_eq!(counts.head(1, 5, 0).unwrap(), of(1, 1, 1));
    assert_eq!(counts.head(2, 2, 1).unwrap(), of(0, 0, 0));
}

#[test]
fn arcs_between_pairs_have_a_direction() {
    let mut counts = fresh();
    let arcs = [arc(0, 0, 1), arc(0, 1, 0), arc(0, 1, 0), arc(0, 2, 2)];
    counts.observe_arcs(2, &arcs, &pairs()).unwrap();
    assert_eq!(counts.head(2, 2, 0).unwrap(), of(1, 3, 4));
}

#[test]
fn the_background_is_of_what_was_read() {
    let mut counts = fresh();
    counts.observe_protein(&residues(), 4).unwrap();
    assert_eq!(counts.background_eligible(), 3);
    assert_eq!(
        [0, 1, 2].map(|class| counts.background_in_class(class)),
        [1, 0, 1]
    );

    let mut counts = fresh();
    counts.observe_protein(&pairs(), 3).unwrap();
    counts.observe_protein(&pairs(), 1).unwrap();
    assert_eq!(counts.proteins(), 2);
    assert_eq!(counts.background_eligible(), 2);
    assert_eq!(
        [0, 1, 2].map(|class| counts.background_in_class(class)),
        [0, 0, 1]
    );
}

#[test]
fn what_is_out_of_range_is_named_and_nothing_is_counted() {
    let mut counts = fresh();
    let mut message = |layer, arc, labels: &Labels| {
        let arcs = [
            AttentionArc {
                head: 0,
                from: 0,
                to: 0,
                weight: 0.5,
            },
            arc,
        ];
        let error = counts.observe_arcs(layer, &arcs, labels).unwrap_err();
        assert_eq!(counts, fresh());
        error.to_string()
    };
    let few = "property three labels 5 residues, where 6 are needed";
    assert_eq!(message(2, arc(0, 5, 0), &residues()), few);
    assert_eq!(message(2, arc(0, 0, 5), &residues()), few);
    let few = "property three labels 3 residues, where 4 are needed";
    assert_eq!(message(2, arc(0, 3, 0), &pairs()), few);
    let head = "an arc is of head 2 (counted from 0), but 2 heads are counted";
    assert_eq!(message(2, arc(2, 0, 0), &residues()), head);
    let layer = "layer 3 (counted from 0) is not counted; counted are [2, 5]";
    assert_eq!(message(3, arc(0, 0, 0), &residues()), layer);
    let odd = Labels::Residues(vec![Label::NONE, class(3)]);
    let no_class = "property three gives class 3 (counted from 0) but has 3";
    assert_eq!(message(2, arc(0, 0, 1), &odd), no_class);

    assert_eq!(
        counts.observe_protein(&odd, 2).unwrap_err().to_string(),
        no_class
    );
    let few = "property three labels 2 residues, where 3 are needed";
    assert_eq!(
        counts.observe_protein(&odd, 3).unwrap_err().to_string(),
        few
    );
    assert_eq!(counts, fresh());
}

#[test]
fn what_cannot_be_counted_is_refused_before_memory_is_taken() {
    let property = TrackClasses::new("three", "track", ["a", "b", "c"]).unwrap();
    let error = ArcCounts::new(&property, vec![0, 3, 3], 2).unwrap_err();
    assert_eq!(
        error.to_string(),
        "layers to count must ascend, but 3 follows 3 (counted from 0)"
    );
    let error = ArcCounts::new(&property, vec![0, 1], usize::MAX / 8).unwrap_err();
    assert!(matches!(error, Error::Overflow { .. }), "{error}");
}

#[test]
fn counts_of_different_things_do_not_merge() {
    let with = |name: &str, classes: &[&str], layers: &[usize], n_heads| {
        let property = TrackClasses::new(name, "track", classes.to_vec()).unwrap();
        ArcCounts::new(&property, layers.to_vec(), n_heads).unwrap()
    };
    let message = |other| {
        let mut counts = fresh();
        let error = counts.merge(&other).unwrap_err();
        assert_eq!(counts, fresh());
        let prefix = "counts of property three cannot be merged: ";
        error.to_string().strip_prefix(prefix).unwrap().to_owned()
    };
    let abc = ["a", "b", "c"];
    let expected = "the property is three in one and four in the other";
    assert_eq!(message(with("four", &abc, &[2, 5], 2)), expected);
    let expected = "the list of classes is a b c in one and a c b in the other";
    assert_eq!(
        message(with("three", &["a", "c", "b"], &[2, 5], 2)),
        expected
    );
    let expected = "the list of layers (counted from 0) is [2, 5] in one and [2] in the other";
    assert_eq!(message(with("three", &abc, &[2], 2)), expected);
    let expected = "the number of heads is 2 in one and 3 in the other";
    assert_eq!(message(with("three", &abc, &[2, 5], 3)), expected);
}
