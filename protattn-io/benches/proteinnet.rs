//! How fast a ProteinNet file of 100 MB is read, from a file in the page cache.
//!
//! The record is made up by a fixed rule: 256 residues with profile, coordinates and mask, in the
//! widths of the published sample.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use protattn_io::proteinnet::Reader;

const RESIDUES: usize = 256;
const BYTES: usize = 100_000_000;

fn record() -> String {
    let mut seed = 1_u64;
    let mut next = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        seed >> 33
    };
    let mut text = String::from("[ID]\n30#1ABC_1_A\n[PRIMARY]\n");
    let letters = b"ACDEFGHIKLMNPQRSTVWY";
    text.extend((0..RESIDUES).map(|_| char::from(letters[(next() % 20) as usize])));
    text.push_str("\n[EVOLUTIONARY]\n");
    for _ in 0..21 {
        let values: Vec<String> = (0..RESIDUES)
            .map(|_| (next() as f64 / (1_u64 << 31) as f64).to_string())
            .collect();
        text.push_str(&values.join("\t"));
        text.push('\n');
    }
    text.push_str("[TERTIARY]\n");
    for _ in 0..3 {
        let values: Vec<String> = (0..3 * RESIDUES)
            .map(|_| format!("{:.1}", next() as f64 % 9e4 / 10.0))
            .collect();
        text.push_str(&values.join("\t"));
        text.push('\n');
    }
    let mask = "+".repeat(RESIDUES);
    writeln!(text, "[MASK]\n{mask}\n").expect("memory");
    text
}

fn write(path: &Path) -> std::io::Result<u64> {
    let record = record();
    let mut file = BufWriter::new(File::create(path)?);
    for _ in 0..BYTES.div_ceil(record.len()) {
        file.write_all(record.as_bytes())?;
    }
    Ok(file.into_inner()?.metadata()?.len())
}

fn stream(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a writable folder");
    let path = folder.path().join("training_30");
    let bytes = write(&path).expect("room for 100 MB");
    let mut group = criterion.benchmark_group("proteinnet");
    group.throughput(Throughput::Bytes(bytes)).sample_size(10);
    group.bench_function(
        format!("{} MB, {RESIDUES} residues a record", bytes / 1_000_000),
        |b| {
            b.iter(|| {
                let records = Reader::open(&path).expect("the file");
                records
                    .map(|record| record.expect("a protein").len())
                    .sum::<usize>()
            });
        },
    );
    group.finish();
}

criterion_group!(benches, stream);
criterion_main!(benches);
