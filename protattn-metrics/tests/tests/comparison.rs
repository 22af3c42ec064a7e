//! Heads of planted truth against backgrounds and null models.

use std::num::NonZeroUsize;

use protattn_io::random::SplitMix64;
use protattn_io::{Label, PairLabels};
use protattn_metrics::{
    AttentionArc, ByProtein, ComparisonOptions, ComparisonRow, Contact, Labels, Verdict, agreement,
    compare, null,
};

const N: usize = 80;
const PROTEINS: usize = 40;

/// Contacts that are more frequent between residues near along the chain, and in some proteins.
fn contacts(random: &mut SplitMix64) -> PairLabels {
    let mut pairs = PairLabels::undefined(N);
    let density = 0.5 + random.unit();
    for i in 0..N {
        for j in i + 6..N {
            let chance = density * if j - i < 10 { 0.3 } else { 0.02 };
            let label = Label::from_flag(Some(random.unit() < chance));
            pairs.set(i, j, label);
            pairs.set(j, i, label);
        }
    }
    pairs
}

/// Arcs of three heads: 0 looks at neighbours 6 to 9 away, 1 at contacts half of the time, 2 anywhere.
fn arcs(pairs: &PairLabels, random: &mut SplitMix64) -> Vec<AttentionArc> {
    let mut arcs = Vec::new();
    for from in 0..N {
        let near = from + 6 + random.below(4);
        let touching: Vec<usize> = (0..N)
            .filter(|to| pairs.get(from, *to).class() == Some(0))
            .collect();
        let known = match touching.len() {
            n if n > 0 && random.unit() < 0.5 => touching[random.below(n)],
            _ => random.below(N),
        };
        for (head, to) in [near, known, random.below(N)].into_iter().enumerate() {
            if to < N {
                arcs.push(AttentionArc {
                    head,
                    from,
                    to,
                    weight: 0.5,
                });
            }
        }
    }
    arcs
}

/// Counts of the heads, and of the same under rotated labels for the proteins of `rotated`.
fn counted(rotated: impl Fn(usize) -> bool) -> (ByProtein, ByProtein) {
    let mut random = SplitMix64::new(11);
    let new = |matched| ByProtein::new(&Contact::default(), vec![2], 3, matched).unwrap();
    let (mut observed, mut null) = (new(true), new(false));
    let sequence = "A".repeat(N);
    for protein in 0..PROTEINS {
        let id = format!("p{protein:02}");
        let pairs = contacts(&mut random);
        let arcs = arcs(&pairs, &mut random);
        let labels = Labels::Pairs(pairs);
        let mut one = observed.fresh();
        one.observe_protein(&labels, &sequence, N).unwrap();
        one.observe_arcs(2, &arcs, &labels).unwrap();
        observed.push(&id, &mut one).unwrap();
        if rotated(protein) {
            let mut one = null.fresh();
            for draw in 0..5 {
                let labels = null::rotated(&labels, N, null::rotation(&id, N, 1, draw));
                one.observe_protein(&labels, &sequence, N).unwrap();
                one.observe_arcs(2, &arcs, &labels).unwrap();
            }
            null.push(&id, &mut one).unwrap();
        }
    }
    (observed, null)
}

fn verdicts(rows: &[ComparisonRow], against: &str) -> Vec<Verdict> {
    let of = rows.iter().filter(|row| row.against == against);
    of.map(|row| row.verdict).collect()
}

#[test]
fn a_head_of_near_neighbours_falls_to_the_matched_background() {
    let (observed, null) = counted(|_| true);
    let nulls = [("rotate-labels", &null)];
    let found = compare(&observed, &nulls, &ComparisonOptions::default()).unwrap();
    let of = |against| verdicts(&found.rows, against);
    use Verdict::{Fails, Survives};
    assert_eq!(of("background"), [Survives, Survives, Fails]);
    assert_eq!(of("matched-background"), [Fails, Survives, Fails]);
    // The rotation keeps how far apart contacts are.
    assert_eq!(of("rotate-labels"), [Fails, Survives, Fails]);
    assert_eq!(found.rows.len(), 9);

    let row = &found.rows[4];
    assert_eq!(
        (row.against.as_str(), row.layer, row.head),
        ("matched-background", 2, 1)
    );
    assert!(row.ci_low < row.difference && row.difference < row.ci_high);
    assert!((row.value - row.reference - row.difference).abs() < 1e-15);
    assert!(row.p_value < row.p_bh && row.p_bh <= row.p_bonferroni && row.p_bonferroni < 1e-9);
}

#[test]
fn shares_and_backgrounds_are_those_of_the_counts() {
    let (observed, _) = counted(|_| true);
    let found = compare(&observed, &[], &ComparisonOptions::default()).unwrap();
    let rows = agreement(&observed.total().unwrap(), &Default::default());
    for (row, compared) in rows.iter().zip(&found.rows[..3]) {
        assert_eq!(compared.value, row.proportion_eligible);
        assert_eq!(compared.reference, row.background);
    }
    for (row, interval) in rows.iter().zip(&found.intervals) {
        assert_eq!(interval.value, row.proportion);
        assert!(interval.low < row.proportion && row.proportion < interval.high);
    }
}

#[test]
fn proteins_without_a_null_model_are_left_out_of_its_comparison() {
    let (observed, null) = counted(|protein| protein % 2 == 0);
    let found = compare(
        &observed,
        &[("rotate-labels", &null)],
        &ComparisonOptions::default(),
    )
    .unwrap();
    let mut half = ByProtein::new(&Contact::default(), vec![2], 3, false).unwrap();
    let mut kept = 0;
    observed.for_each(|id, counts| {
        let number: usize = id[1..].parse().unwrap();
        if number.is_multiple_of(2) {
            kept += counts.counts().head(0, 2, 1).unwrap().arcs_eligible;
        }
    });
    half.merge(null.clone()).unwrap();
    assert_eq!(half.len(), PROTEINS / 2);
    let row = found
        .rows
        .iter()
        .find(|row| row.against == "rotate-labels" && row.head == 1)
        .unwrap();
    let arcs = row.value * kept as f64;
    assert!(
        (arcs - arcs.round()).abs() < 1e-6,
        "a share of the arcs of every other protein"
    );
    assert_eq!(row.verdict, Verdict::Survives);
}

#[test]
fn threads_change_nothing_and_little_data_is_not_judged() {
    let (observed, null) = counted(|_| true);
    let nulls = [("rotate-labels", &null)];
    let options = ComparisonOptions::default().replicates(200);
    let one = compare(&observed, &nulls, &options).unwrap();
    let threads = NonZeroUsize::new(3).unwrap();
    let three = compare(&observed, &nulls, &options.threads(threads)).unwrap();
    assert_eq!(format!("{one:?}"), format!("{three:?}"));

    let unscored = compare(&observed, &nulls, &options.min_arcs(1_000_000)).unwrap();
    assert!(
        unscored
            .rows
            .iter()
            .all(|row| row.verdict == Verdict::Untested)
    );
    let empty = ByProtein::new(&Contact::default(), vec![2], 3, true).unwrap();
    let nothing = compare(&empty, &[], &options).unwrap();
    assert_eq!(nothing.rows.len(), 6);
    assert!(
        nothing
            .rows
            .iter()
            .all(|row| row.value.is_nan() && row.p_bh.is_nan())
    );
}
