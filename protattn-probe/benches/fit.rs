//! Fits on dense features: `cargo bench -p protattn-probe --bench fit`.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use protattn_probe::ndarray::{Array2, Axis};
use protattn_probe::{Evaluation, LogisticRegression, Resampling, Score};

const SEED: u64 = 1;

/// A reproducible sequence of numbers in [-1, 1) (splitmix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
    }
}

/// Features with what hidden states have: a part shared by all, and directions of unequal size.
/// Classes are cut from a noisy score at equal widths.
fn samples(n_samples: usize, n_features: usize, n_classes: usize) -> (Array2<f32>, Vec<usize>) {
    let mut noise = Noise(SEED);
    let mut features = Array2::zeros((n_samples, n_features));
    let mut labels = Vec::with_capacity(n_samples);
    for mut row in features.rows_mut() {
        let shared = noise.next();
        for (feature, value) in row.iter_mut().enumerate() {
            let size = 1.0 / (1.0 + feature as f32 / 50.0);
            *value = 1.0 + size * noise.next() + 0.5 * shared;
        }
        let score = (row[0] - row[1] + row[n_features / 2] - 1.0 + noise.next()).tanh();
        let class = ((score + 1.0) / 2.0 * n_classes as f32) as usize;
        labels.push(class.min(n_classes - 1));
    }
    (features, labels)
}

fn fit(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fit");
    group.sample_size(10);
    for (n_samples, n_features, n_classes) in
        [(20_000, 256, 2), (20_000, 256, 4), (50_000, 1024, 2)]
    {
        let (features, labels) = samples(n_samples, n_features, n_classes);
        let settings = LogisticRegression::default();
        let id = BenchmarkId::from_parameter(format!("{n_samples}x{n_features}x{n_classes}"));
        group.bench_function(id, |bencher| {
            bencher.iter(|| settings.fit(black_box(features.view()), &labels, n_classes));
        });
    }
    group.finish();
}

/// A penalty on absolute values, as for contacts from attention.
fn sparse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sparse");
    group.sample_size(10);
    for (n_samples, n_features, n_classes) in [(50_000, 144, 2), (20_000, 256, 4)] {
        let (features, labels) = samples(n_samples, n_features, n_classes);
        let settings = LogisticRegression::builder()
            .l1_ratio(1.0)
            .inverse_penalty(0.01);
        let Ok(settings) = settings.build() else {
            return;
        };
        let id = BenchmarkId::from_parameter(format!("{n_samples}x{n_features}x{n_classes}"));
        group.bench_function(id, |bencher| {
            bencher.iter(|| settings.fit(black_box(&features), &labels, n_classes));
        });
    }
    group.finish();
}

/// Scores of 100 proteins with their intervals.
fn report(criterion: &mut Criterion) {
    let (features, labels) = samples(30_000, 16, 2);
    let mut evaluation = Evaluation::new(2);
    let rows = features.axis_chunks_iter(Axis(0), 300);
    for (features, truth) in rows.zip(labels.chunks(300)) {
        let positive = features.column(0).mapv(f64::from);
        let shape = (truth.len(), 2);
        let probabilities = Array2::from_shape_fn(shape, |(sample, class)| match class {
            1 => positive[sample],
            _ => 1.0 - positive[sample],
        });
        if evaluation.push(300, probabilities.view(), truth).is_err() {
            return;
        }
    }
    let scores = [Score::F1(1), Score::Matthews, Score::AveragePrecision(1)];
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10);
    group.bench_function("30000x3 scores, 1000 draws", |bencher| {
        bencher.iter(|| evaluation.report(&scores, &[0.5, 0.5], None, Resampling::default()));
    });
    group.finish();
}

criterion_group!(benches, fit, sparse, report);
criterion_main!(benches);
