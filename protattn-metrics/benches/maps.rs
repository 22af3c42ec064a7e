//! One layer of attention of ProtBert's shape: each statistic of whole maps.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use protattn_io::{Protein, Track, labels};
use protattn_metrics::ndarray::{Array3, Axis, s};
use protattn_metrics::{
    AttentionDistance, AttentionMass, ContactPrecision, Entropy, HeadAgreement, HeadValues, Labels,
    Metric, PROPERTY_NAMES, Property, PropertyOptions, Subject, by_name, labels_of,
};

const N_HEADS: usize = 16;

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

/// Softmax of random scores over the residues and two special tokens, which are cut.
fn attention(n: usize, random: &mut Random) -> Array3<f32> {
    let shape = (N_HEADS, n + 2, n + 2);
    let mut attention = Array3::from_shape_simple_fn(shape, || random.next() * 20.0);
    for mut row in attention.lanes_mut(Axis(2)) {
        row.mapv_inplace(f32::exp);
        let sum: f32 = row.iter().sum();
        row.mapv_inplace(|weight| weight / sum);
    }
    attention
}

/// A chain whose positions fill a ball, with every label.
fn protein(n: usize, random: &mut Random) -> Protein {
    const LETTERS: &[u8] = b"ACDEFGHIKLMNPQRSTVWY";
    const CLASSES: [&str; 4] = ["helix", "strand", "turn-bend", "blank"];
    let mut pick = |n: usize| (random.next() * n as f32) as usize;
    let sequence: String = (0..n).map(|_| char::from(LETTERS[pick(20)])).collect();
    let mut protein = Protein::new("random", &sequence).expect("letters");
    let ca = (0..n).map(|_| Some([0; 3].map(|_| pick(40) as f32)));
    protein.set_ca(ca.collect()).expect("one a residue");
    for name in [labels::BINDING_SITE, labels::MODIFICATION] {
        let flags = (0..n).map(|_| Some(pick(20) == 0)).collect();
        protein
            .set_label(name, Track::Flags(flags))
            .expect("one a residue");
    }
    let classes = (0..n).map(|_| Some(CLASSES[pick(4)].to_owned())).collect();
    let track = Track::Classes(classes);
    protein
        .set_label(labels::SECONDARY_STRUCTURE, track)
        .expect("one a residue");
    protein
}

fn maps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("maps");
    for n in [256, 510] {
        let mut random = Random(7);
        let (attention, protein) = (attention(n, &mut random), protein(n, &mut random));
        let cut = attention.slice(s![.., 1..=n, 1..=n]);
        let properties: Vec<Box<dyn Property>> = PROPERTY_NAMES
            .iter()
            .map(|name| by_name(name, &PropertyOptions::default()).expect("built in"))
            .collect();
        let labels: Vec<(&str, Labels)> = properties
            .iter()
            .filter_map(|p| Some((p.name(), labels_of(p.as_ref(), &protein).ok()??)))
            .collect();
        let subject = Subject::new(&protein, n, &labels);
        let mass = AttentionMass::new(properties.iter().map(AsRef::as_ref));
        let metrics: [&dyn Metric; 5] = [
            &mass,
            &Entropy,
            &AttentionDistance,
            &ContactPrecision,
            &HeadAgreement,
        ];
        group.throughput(Throughput::Elements((N_HEADS * n * n) as u64));
        for metric in metrics {
            let mut values = HeadValues::new(N_HEADS, metric.quantities(N_HEADS).len());
            group.bench_function(BenchmarkId::new(metric.name(), n), |bencher| {
                bencher.iter(|| {
                    metric
                        .observe(&subject, 0, black_box(cut), &mut values)
                        .expect("a map");
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, maps);
criterion_main!(benches);
