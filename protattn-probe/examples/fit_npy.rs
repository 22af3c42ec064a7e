//! Fits a probe to features on disk, read again in every pass, and prints how it went:
//!
//! `cargo run --release -p protattn-probe --example fit_npy -- FEATURES.npy LABELS.npy C MEMORY WEIGHTS TOLERANCE OUTPUT`
//!
//! The features are singles `[sample, feature]`, the labels 64-bit integers, both as NumPy saves
//! them. MEMORY is `memory` to read the features once, or `stream` to keep none of them; WEIGHTS is
//! `balanced` or `uniform`. The
//! penalty is on the coefficients of the raw features, as scikit-learn has it. The probe is written
//! to OUTPUT, as safetensors. `benches/peers/scikit_learn.py` compares it with scikit-learn.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Mutex;
use std::time::Instant;

use protattn_probe::ndarray::Array2;
use protattn_probe::{ClassWeights, FeatureSource, LogisticRegression, SourceError};

/// An array file in row order, past its header.
struct Npy {
    file: Mutex<File>,
    shape: Vec<usize>,
    start: u64,
}

impl Npy {
    fn open(path: &str, kind: &str) -> Result<Self, SourceError> {
        let mut file = File::open(path)?;
        let mut lead = [0; 10];
        file.read_exact(&mut lead)?;
        let length = u16::from_le_bytes([lead[8], lead[9]]);
        let mut header = vec![0; usize::from(length)];
        file.read_exact(&mut header)?;
        let header = String::from_utf8(header)?;
        if !header.contains(kind) || header.contains("'fortran_order': True") {
            return Err(format!("{path} is no array of {kind} in row order: {header}").into());
        }
        let shape = header
            .split('(')
            .nth(1)
            .and_then(|rest| rest.split(')').next());
        let numbers = shape.unwrap_or_default().split(',').map(str::trim);
        let shape = numbers.filter(|number| !number.is_empty()).map(str::parse);
        Ok(Self {
            file: Mutex::new(file),
            shape: shape.collect::<Result<_, _>>()?,
            start: 10 + u64::from(length),
        })
    }

    fn bytes(&self, offset: usize, length: usize) -> Result<Vec<u8>, SourceError> {
        let mut bytes = vec![0; length];
        let mut file = self.file.lock().map_err(|_| "another reader failed")?;
        file.seek(SeekFrom::Start(self.start + offset as u64))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl FeatureSource for Npy {
    fn n_samples(&self) -> usize {
        self.shape[0]
    }

    fn n_features(&self) -> usize {
        self.shape[1]
    }

    fn rows<'a>(
        &'a self,
        rows: Range<usize>,
        buffer: &'a mut Vec<f32>,
    ) -> Result<&'a [f32], SourceError> {
        let width = 4 * self.shape[1];
        let bytes = self.bytes(rows.start * width, rows.len() * width)?;
        buffer.clear();
        buffer.extend(
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|word| f32::from_le_bytes(*word)),
        );
        Ok(buffer)
    }
}

fn main() -> Result<(), SourceError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [features, labels, c, memory, weights, tolerance, output] = arguments.as_slice() else {
        return Err("give FEATURES.npy LABELS.npy C MEMORY WEIGHTS TOLERANCE OUTPUT".into());
    };
    let source = Npy::open(features, "<f4")?;
    let labels = Npy::open(labels, "<i8")?;
    let bytes = labels.bytes(0, 8 * labels.shape[0])?;
    let words = bytes.as_chunks().0.iter();
    let labels: Vec<usize> = words
        .map(|word| u64::from_le_bytes(*word) as usize)
        .collect();
    let n_classes = labels.iter().max().map_or(0, |last| last + 1);
    let settings = LogisticRegression::builder()
        .inverse_penalty(c.parse()?)
        .standardize(false)
        .tolerance(tolerance.parse()?)
        .class_weights(match weights.as_str() {
            "balanced" => ClassWeights::Balanced,
            _ => ClassWeights::Uniform,
        })
        .build()?;
    let probe = if memory == "stream" {
        let start = Instant::now();
        let probe = settings.fit(&source, &labels, n_classes)?;
        report(start, probe.fit());
        probe
    } else {
        let mut buffer = Vec::new();
        source.rows(0..source.n_samples(), &mut buffer)?;
        let features = Array2::from_shape_vec((source.n_samples(), source.n_features()), buffer)?;
        let start = Instant::now();
        let probe = settings.fit(&features, &labels, n_classes)?;
        report(start, probe.fit());
        probe
    };
    probe.save(output)?;
    Ok(())
}

#[allow(clippy::print_stdout)]
fn report(start: Instant, fit: &protattn_probe::Fit) {
    println!(
        "{} {} {} {} {}",
        start.elapsed().as_secs_f64(),
        fit.objective,
        fit.iterations,
        fit.converged,
        fit.gradient_norm
    );
}
