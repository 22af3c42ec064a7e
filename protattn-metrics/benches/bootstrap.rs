//! The bootstrap over the proteins of a large data set, with the cells of one class of a model of 30
//! layers by 16 heads, and of 20,000 cells (all properties of such a model).

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use protattn_metrics::Bootstrap;
use protattn_metrics::ndarray::Array2;

const N_PROTEINS: usize = 1500;
const REPLICATES: usize = 1000;

/// Counts under `limit`, [protein, cell], from a linear congruential generator (Knuth's MMIX
/// constants).
fn counts(n_cells: usize, limit: u64, mut state: u64) -> Array2<f64> {
    Array2::from_shape_simple_fn((N_PROTEINS, n_cells), || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % limit) as f64
    })
}

fn bootstrap(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bootstrap");
    group.sample_size(10);
    let id = format!("{N_PROTEINS}x{REPLICATES}");
    group.bench_function(BenchmarkId::new("draw", &id), |b| {
        b.iter(|| Bootstrap::new(N_PROTEINS, REPLICATES, black_box(1)));
    });
    let resamples = Bootstrap::new(N_PROTEINS, REPLICATES, 1).expect("small");
    for n_cells in [480, 20_000] {
        let in_class = counts(n_cells, 50, 1);
        let arcs = counts(n_cells, 350, 2) + &in_class;
        let id = format!("{id}x{n_cells}");
        group.bench_function(BenchmarkId::new("ratio", id), |b| {
            b.iter(|| {
                resamples
                    .ratio(black_box(in_class.view()), arcs.view())
                    .expect("counts")
            });
        });
    }
    let observed = counts(480, 50, 1);
    let expected = counts(480, 50, 3);
    let arcs = counts(480, 350, 2) + &observed + &expected;
    group.bench_function(BenchmarkId::new("difference", format!("{id}x480")), |b| {
        b.iter(|| {
            let arcs = arcs.view();
            resamples
                .difference(black_box(observed.view()), arcs, expected.view(), arcs)
                .expect("counts")
        });
    });
    group.finish();
}

criterion_group!(benches, bootstrap);
criterion_main!(benches);
