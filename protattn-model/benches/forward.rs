//! A pass through layers of ProtBert's shape, random weights, all attention taken.

#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use protattn_model::ndarray::ArrayView3;
use protattn_model::{Model, Output, Sink, SinkError, Workspace};

/// ProtBert has 30; a pass takes as many times as long.
const LAYERS: usize = 4;

struct Corner(f32);

impl Sink for Corner {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Attention { .. })
    }

    fn attention(&mut self, _: usize, attention: ArrayView3<'_, f32>) -> Result<(), SinkError> {
        self.0 += attention[(0, 0, 0)];
        Ok(())
    }
}

fn forward(criterion: &mut Criterion) {
    let config = format!(
        r#"{{"model_type": "bert", "vocab_size": 30, "hidden_size": 1024, "num_hidden_layers":
        {LAYERS}, "num_attention_heads": 16, "intermediate_size": 4096,
        "max_position_embeddings": 1024}}"#
    );
    let model = Model::random(config.as_bytes(), None, 1).unwrap();
    let mut group = criterion.benchmark_group(format!("forward/prot_bert_{LAYERS}_layers"));
    group.sample_size(10);
    for residues in [64, 256, 510] {
        let sequence: String = "ACDEFGHIKLMNPQRSTVWY"
            .chars()
            .cycle()
            .take(residues)
            .collect();
        let tokens = model.tokenizer().encode(&sequence, None).unwrap();
        let mut workspace = Workspace::new();
        group.throughput(Throughput::Elements(residues as u64));
        group.bench_function(BenchmarkId::from_parameter(residues), |bencher| {
            bencher.iter(|| {
                let mut sink = Corner(0.0);
                model.forward(&tokens, &mut workspace, &mut sink).unwrap();
                sink.0
            });
        });
    }
    group.finish();
}

criterion_group!(benches, forward);
criterion_main!(benches);
