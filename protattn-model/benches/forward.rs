//! A pass through layers of the shapes of ProtBert, ProtXLNet and ProtT5, random weights, all
//! attention taken; one layer of ProtBert to its end; and short proteins, alone and in one pass.

#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use protattn_model::ndarray::ArrayView3;
use protattn_model::{Model, Output, Sink, SinkError, SpecialTokens, Tokens, Workspace};

/// ProtBert and ProtXLNet have 30; a pass takes as many times as long.
const LAYERS: usize = 4;
const LETTERS: [char; 20] = [
    'L', 'A', 'G', 'V', 'E', 'S', 'I', 'K', 'R', 'D', 'T', 'P', 'N', 'Q', 'F', 'Y', 'M', 'H', 'C',
    'W',
];

const BERT: &[u8] = include_bytes!("../tests/reference/bert/vocab.txt");
const XLNET: &[u8] = include_bytes!("../tests/reference/xlnet/spm_model.model");
const T5: &[u8] = include_bytes!("../tests/reference/t5/spiece.model");

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

fn passes(
    criterion: &mut Criterion,
    name: &str,
    config: &str,
    tokenizer: &[u8],
    lengths: &[usize],
) {
    let model = Model::random(config.as_bytes(), Some(tokenizer), 1).unwrap();
    let mut group = criterion.benchmark_group(format!("forward/{name}_{LAYERS}_layers"));
    group.sample_size(10);
    for &residues in lengths {
        let tokens = encoded(&model, residues);
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

/// Takes what leaves the first layer.
struct Layer;

impl Sink for Layer {
    fn wants(&self, output: Output) -> bool {
        output == Output::HiddenStates { level: 1 }
    }
}

fn layer(criterion: &mut Criterion) {
    let model = Model::random(bert(1).as_bytes(), Some(BERT), 1).unwrap();
    let mut group = criterion.benchmark_group("layer/prot_bert");
    group.sample_size(10);
    for residues in [64, 256, 510] {
        let tokens = encoded(&model, residues);
        let mut workspace = Workspace::new();
        group.throughput(Throughput::Elements(residues as u64));
        group.bench_function(BenchmarkId::from_parameter(residues), |bencher| {
            bencher.iter(|| model.forward(&tokens, &mut workspace, &mut Layer).unwrap());
        });
    }
    group.finish();
}

/// Twelve peptides of 20 residues.
fn batch(criterion: &mut Criterion) {
    let model = Model::random(bert(LAYERS).as_bytes(), Some(BERT), 1).unwrap();
    let tokens = encoded(&model, 20);
    let mut group = criterion.benchmark_group("twelve_peptides");
    group.sample_size(10);
    for at_once in [1, 12] {
        let mut workspace = Workspace::new();
        group.bench_function(BenchmarkId::from_parameter(at_once), |bencher| {
            bencher.iter(|| {
                for _ in 0..12 / at_once {
                    let mut sinks: Vec<Corner> = (0..at_once).map(|_| Corner(0.0)).collect();
                    let mut batch: Vec<(&Tokens, &mut dyn Sink)> = sinks
                        .iter_mut()
                        .map(|sink| (&tokens, sink as &mut dyn Sink))
                        .collect();
                    model.forward_batch(&mut batch, SpecialTokens::Cut, &mut workspace);
                }
            });
        });
    }
    group.finish();
}

fn encoded(model: &Model, residues: usize) -> Tokens {
    let sequence: String = (0..residues).map(|i| LETTERS[i * i % 20]).collect();
    model.tokenizer().encode(&sequence, None).unwrap()
}

fn bert(layers: usize) -> String {
    format!(
        r#"{{"model_type": "bert", "vocab_size": 30, "hidden_size": 1024, "num_hidden_layers":
        {layers}, "num_attention_heads": 16, "intermediate_size": 4096,
        "max_position_embeddings": 1024}}"#
    )
}

fn forward(criterion: &mut Criterion) {
    passes(criterion, "prot_bert", &bert(LAYERS), BERT, &[64, 256, 510]);
    let xlnet = format!(
        r#"{{"model_type": "xlnet", "vocab_size": 37, "d_model": 1024, "n_layer": {LAYERS},
        "n_head": 16, "d_inner": 4096}}"#
    );
    passes(criterion, "prot_xlnet", &xlnet, XLNET, &[256, 510]);
    let t5 = format!(
        r#"{{"model_type": "t5", "vocab_size": 128, "d_model": 1024, "d_kv": 128, "num_heads": 32,
        "num_layers": {LAYERS}, "d_ff": 16384}}"#
    );
    passes(criterion, "prot_t5", &t5, T5, &[256]);
}

criterion_group!(benches, forward, layer, batch);
criterion_main!(benches);
