//! Times forward passes that count arcs, a protein a worker, as `protattn align` runs them.
//!
//! ```sh
//! cargo run --release --example time_passes -- FOLDER PROTEINS PASSES WORKERS [PRECISION]
//! ```
//!
//! PROTEINS is a number of residues, for one made-up protein of that length, or a file of sequences, one
//! a line, of which at most 510 residues are used; PASSES is how often each is run, and PRECISION `f32`
//! (the default) or `bf16`. Printed is a line of JSON: the seconds that loading took, the seconds for one
//! pass over each protein, on all workers together and without loading, the arcs of one such pass, the
//! bytes of the weights, and the largest memory that the process ever had (null where the system does
//! not say it as Linux does).

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use protattn_model::{AttentionArc, Model, Output, Precision, Sink, SinkError, Tokens, Workspace};

const USAGE: &str = "usage: time_passes FOLDER PROTEINS PASSES WORKERS [f32|bf16]";
/// Of a sequence in a file: 512 tokens, with the special ones before and after.
const MAX_RESIDUES: usize = 510;

/// Counts the arcs at the threshold of Vig et al., 0.3.
#[derive(Default)]
struct Count(usize);

impl Sink for Count {
    fn wants(&self, output: Output) -> bool {
        matches!(output, Output::Arcs { .. })
    }

    fn arcs(&mut self, _: usize, arcs: &[AttentionArc]) -> Result<(), SinkError> {
        self.0 += arcs.len();
        Ok(())
    }
}

/// The sequences of a file, or one of so many residues.
fn sequences(proteins: &str) -> Result<Vec<String>, Box<dyn Error>> {
    if let Ok(residues) = proteins.parse::<usize>() {
        let letters = b"LAGVESIKRDTPNQFYMHCW";
        let letter = |i: usize| char::from(letters[i * i % letters.len()]);
        return Ok(vec![(0..residues).map(letter).collect()]);
    }
    let lines = fs::read_to_string(proteins).map_err(|error| format!("{proteins}: {error}"))?;
    let lines = lines.lines().filter(|line| !line.is_empty());
    let cut = |line: &str| line.chars().take(MAX_RESIDUES).collect();
    Ok(lines.map(cut).collect())
}

/// Their tokens, longest first: what is begun last should not be waited for long.
fn encode(model: &Model, sequences: &[String]) -> Result<Vec<Tokens>, protattn_model::Error> {
    let encoded = sequences
        .iter()
        .map(|sequence| model.tokenizer().encode(sequence, None));
    let mut proteins = encoded.collect::<Result<Vec<_>, _>>()?;
    proteins.sort_by_key(|tokens| std::cmp::Reverse(tokens.ids().len()));
    Ok(proteins)
}

/// Runs each protein so many times, shared out over the workers, and counts the arcs of all.
fn run(
    model: &Model,
    proteins: &[Tokens],
    passes: usize,
    workers: usize,
) -> Result<usize, Box<dyn Error>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut workspace, mut count) = (Workspace::new(), Count::default());
        // Each protein's passes follow each other, so that the longest still come first.
        while let Some(tokens) = proteins.get(next.fetch_add(1, Ordering::Relaxed) / passes) {
            model.forward(tokens, &mut workspace, &mut count)?;
        }
        Ok::<usize, protattn_model::Error>(count.0)
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut arcs = 0;
        for handle in handles {
            arcs += handle.join().map_err(|_| "a worker panicked")??;
        }
        Ok(arcs)
    })
}

/// The largest memory that this process ever had in RAM, in bytes, mapped files included.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, proteins, passes, workers, precision @ ..] = &arguments[..] else {
        return Err(USAGE.into());
    };
    let precision = match precision {
        [] => Precision::F32,
        [name] if name == "f32" => Precision::F32,
        [name] if name == "bf16" => Precision::Bf16,
        _ => return Err(USAGE.into()),
    };
    let (passes, workers): (usize, usize) = (passes.parse()?, workers.parse()?);
    if passes == 0 || workers == 0 {
        return Err(USAGE.into());
    }
    let sequences = sequences(proteins)?;
    if sequences.is_empty() {
        return Err(format!("{proteins}: no sequences").into());
    }
    let start = Instant::now();
    let model = Model::load_in(folder, precision)?;
    let load_seconds = start.elapsed().as_secs_f64();
    let proteins = encode(&model, &sequences)?;
    let start = Instant::now();
    let arcs = run(&model, &proteins, passes, workers)?;
    let seconds = start.elapsed().as_secs_f64() / passes as f64;
    let result = serde_json::json!({
        "load_seconds": load_seconds,
        "seconds": seconds,
        "arcs": arcs / passes,
        "weights_bytes": model.memory(MAX_RESIDUES + 2).map(|(weights, _)| weights),
        "peak_bytes": peak_memory(),
    });
    println!("{result}");
    Ok(())
}
