//! One layer of attention: finding the arcs, and counting them for the five built-in properties.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use protattn_io::{Protein, Track, labels};
use protattn_metrics::ndarray::{Array3, Axis};
use protattn_metrics::{
    ArcCounts, AttentionArc, Labels, PROPERTY_NAMES, Property, PropertyOptions, by_name, find_arcs,
    labels_of,
};

const N_HEADS: usize = 16;
const MIN_ATTENTION: f32 = 0.3;

/// Uniform numbers in [0, 1) from a linear congruential generator (Knuth's MMIX constants).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }
}

/// Softmax of random scores, spread so widely that most rows have an arc or two.
fn random_attention(n: usize, random: &mut Random) -> Array3<f32> {
    let mut attention = Array3::from_shape_simple_fn((N_HEADS, n, n), || random.next() * 200.0);
    for mut row in attention.lanes_mut(Axis(2)) {
        let max = row.iter().copied().fold(f32::MIN, f32::max);
        row.mapv_inplace(|score| (score - max).exp());
        let sum: f32 = row.iter().sum();
        row.mapv_inplace(|weight| weight / sum);
    }
    attention
}

/// A random protein of which everything is known: a chain whose positions fill a ball.
fn random_protein(n: usize, random: &mut Random) -> Protein {
    const LETTERS: &[u8] = b"ACDEFGHIKLMNPQRSTVWY";
    const CLASSES: [&str; 4] = ["helix", "strand", "turn-bend", "blank"];
    let mut pick = |n: usize| (random.next() * n as f32) as usize;
    let sequence: String = (0..n).map(|_| char::from(LETTERS[pick(20)])).collect();
    let mut protein = Protein::new("random", &sequence).expect("letters");
    let ca = (0..n)
        .map(|_| Some([0; 3].map(|_| pick(40) as f32)))
        .collect();
    protein.set_ca(ca).expect("one a residue");
    for name in [labels::BINDING_SITE, labels::MODIFICATION] {
        let flags = (0..n).map(|_| Some(pick(20) == 0)).collect();
        protein
            .set_label(name, Track::Flags(flags))
            .expect("one a residue");
    }
    let classes = (0..n).map(|_| Some(CLASSES[pick(4)].to_owned())).collect();
    protein
        .set_label(labels::SECONDARY_STRUCTURE, Track::Classes(classes))
        .expect("one a residue");
    protein
}

fn accumulators(protein: &Protein) -> Vec<(ArcCounts, Labels)> {
    let accumulator = |name: &&str| {
        let property: Box<dyn Property> =
            by_name(name, &PropertyOptions::default()).expect("built in");
        let labels = labels_of(property.as_ref(), protein)
            .expect("valid")
            .expect("known");
        (
            ArcCounts::new(property.as_ref(), vec![0], N_HEADS).expect("small"),
            labels,
        )
    };
    PROPERTY_NAMES.iter().map(accumulator).collect()
}

fn counting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("counting");
    for n in [256, 512] {
        let mut random = Random(20_210_504);
        let attention = random_attention(n, &mut random);
        let protein = random_protein(n, &mut random);
        let mut accumulators = accumulators(&protein);
        let mut arcs: Vec<AttentionArc> = Vec::new();
        group.throughput(Throughput::Bytes(
            (attention.len() * size_of::<f32>()) as u64,
        ));

        group.bench_function(
            BenchmarkId::new("find_arcs", format!("{N_HEADS}x{n}x{n}")),
            |b| {
                b.iter(|| find_arcs(black_box(attention.view()), MIN_ATTENTION, &mut arcs));
            },
        );
        find_arcs(attention.view(), MIN_ATTENTION, &mut arcs).expect("softmax");
        let id = format!("{} arcs, 5 properties", arcs.len());
        group.bench_function(BenchmarkId::new("observe_arcs", id), |b| {
            b.iter(|| {
                for (counts, labels) in &mut accumulators {
                    counts
                        .observe_arcs(0, black_box(&arcs), labels)
                        .expect("in range");
                }
            });
        });
        group.bench_function(BenchmarkId::new("observe_protein", n), |b| {
            b.iter(|| {
                for (counts, labels) in &mut accumulators {
                    counts
                        .observe_protein(black_box(labels), n)
                        .expect("in range");
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, counting);
criterion_main!(benches);
