//! The kernels that a pass is made of, on one thread, at ProtBert's shape: products with packed weights
//! and attention with its arcs found. Elements are multiplications, so that criterion's Gelem/s, doubled,
//! are GFLOP/s; `cargo run --release --example fma_peak -- 1` says what the processor can do.

#![allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    unused_imports,
    clippy::unwrap_used
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kernel::{
    Given, Heads, Means, PackedWeights, Precision, Relative, Scratch, Tail, Wanted, WantedArcs,
    attention, linear,
};
use protattn_model::ndarray::Array2;

// The kernels are nobody's business but the crate's; they are compiled again here.
#[path = "../src/kernel/mod.rs"]
mod kernel;

const TOKENS: [usize; 3] = [66, 258, 512];

/// Uneven values of both signs, some tenths in size.
fn values(count: usize) -> Vec<f32> {
    (0..count)
        .map(|i| ((i * 29) % 23) as f32 / 50.0 - 0.2)
        .collect()
}

fn product(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("product");
    for (inputs, outputs) in [(1024, 3072), (1024, 4096), (4096, 1024)] {
        let weights = Array2::from_shape_vec((outputs, inputs), values(outputs * inputs)).unwrap();
        let bias = vec![0.0; outputs];
        for (name, precision) in [("f32", Precision::F32), ("bf16", Precision::Bf16)] {
            let packed = PackedWeights::pack(precision, &[weights.view()]);
            for tokens in TOKENS {
                let x = values(tokens * inputs);
                let mut y = vec![0.0; tokens * outputs];
                let mut means = Means::default();
                group.throughput(Throughput::Elements((tokens * inputs * outputs) as u64));
                let name = format!("{name}/{inputs}x{outputs}");
                group.bench_function(BenchmarkId::new(name, tokens), |bencher| {
                    bencher.iter(|| {
                        linear(
                            &x,
                            &packed,
                            &bias,
                            Tail::Bias,
                            &mut means,
                            black_box(&mut y),
                        )
                    });
                });
            }
        }
    }
    group.finish();
}

fn heads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("attention");
    for tokens in TOKENS {
        let shape = Heads {
            tokens,
            heads: 16,
            head_width: 64,
            scale: 0.125,
        };
        let width = 1024;
        let qkv = values(tokens * 3 * width);
        let wanted = Wanted {
            values: true,
            maps: false,
            arcs: Some(WantedArcs {
                min_attention: 0.3,
                window: 1..tokens - 1,
            }),
        };
        let mut scratch = [Scratch::default()];
        let (mut arcs, mut context) = (vec![], vec![0.0; tokens * width]);
        group.throughput(Throughput::Elements((2 * tokens * tokens * width) as u64));
        group.bench_function(BenchmarkId::from_parameter(tokens), |bencher| {
            bencher.iter(|| {
                let given = Given {
                    maps: &mut [],
                    arcs: &mut arcs,
                    context: black_box(&mut context),
                };
                let qkv = (qkv.as_slice(), 3 * width);
                attention(qkv, &shape, Relative::Nothing, &mut scratch, &wanted, given).unwrap();
            });
        });
    }
    group.finish();
}

criterion_group!(benches, product, heads);
criterion_main!(benches);
