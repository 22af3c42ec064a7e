//! `protattn model`: what checkpoints are, where they come from, and in one format.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use protattn_model::hub::{KNOWN, Origin};
use protattn_model::{IfExists, Model};
use serde_json::json;

use crate::args::{ConvertModelArgs, FetchModelArgs, InfoArgs};
use crate::checkpoint::{self, Checkpoint};
use crate::terminal::ending::{Outcome, tell};
use crate::terminal::text::{align, bytes, number};

/// The length for which memory is told, in residues.
const RESIDUES: usize = 512;
/// The small files that make a folder of weights a checkpoint.
const SMALL_FILES: [&str; 7] = [
    "config.json",
    "vocab.txt",
    "spiece.model",
    "spm_model.model",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
];

/// `protattn model info`.
pub(crate) fn info(args: &InfoArgs) -> Result<Outcome> {
    let checkpoint = checkpoint::load(&args.model, args.revision.as_deref(), args.offline)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", as_json(&checkpoint)?)?;
    } else {
        write!(out, "{}", as_text(&checkpoint)?)?;
    }
    Ok(Outcome::Done)
}

fn as_json(Checkpoint { model, source, .. }: &Checkpoint) -> Result<serde_json::Value> {
    let info = model.info();
    let (weights, worker) = memory(model)?;
    Ok(json!({
        "name": info.name,
        "source": source,
        "family": info.family.as_str(),
        "layers": info.n_layers,
        "heads": info.n_heads,
        "width": info.width,
        "head_width": info.head_width,
        "intermediate": info.intermediate,
        "parameters": info.parameters,
        "dtype": info.dtype.map(|dtype| dtype.to_string()),
        "files": model.weights_paths(),
        "positions": info.positions,
        "vocabulary": info.vocabulary,
        "tokenizer": model.tokenizer().alphabet(),
        "special_tokens": model.tokenizer().special_tokens(),
        "memory_bytes": { "weights": weights, "worker_at_512_residues": worker },
    }))
}

fn as_text(Checkpoint { model, source, .. }: &Checkpoint) -> Result<String> {
    let info = model.info();
    let (weights, worker) = memory(model)?;
    let tokenizer = model.tokenizer();
    let rows = [
        ("name", info.name.clone()),
        ("from", source.clone()),
        ("family", info.family.to_string()),
        ("layers", number(info.n_layers as u64)),
        (
            "heads",
            format!("{} a layer, {} wide", info.n_heads, info.head_width),
        ),
        (
            "width",
            format!(
                "{}, {} inside the feed-forward network",
                info.width, info.intermediate
            ),
        ),
        ("parameters", number(info.parameters)),
        ("weights", stored(model)),
        (
            "positions",
            match info.positions {
                Some(positions) => format!("{} tokens", number(positions as u64)),
                None => "any number of tokens".to_owned(),
            },
        ),
        (
            "tokens",
            format!(
                "{}, from {}; {} of them around each sequence",
                info.vocabulary,
                tokenizer.alphabet(),
                tokenizer.special_tokens()
            ),
        ),
        (
            "memory",
            format!(
                "{} for the weights, {} a worker at {RESIDUES} residues",
                bytes(weights),
                bytes(worker)
            ),
        ),
    ];
    let rows = rows.map(|(name, value)| [name.to_owned(), value]);
    Ok(align(&rows, [false, false]))
}

/// What the weights are stored as.
fn stored(model: &Model) -> String {
    let files = match model.weights_paths() {
        [] => "built in".to_owned(),
        [file] => file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        files => format!("{} files", files.len()),
    };
    match model.info().dtype {
        Some(dtype) => format!("{dtype}, {files}"),
        None => files,
    }
}

fn memory(model: &Model) -> Result<(u64, u64)> {
    let tokens = RESIDUES + model.tokenizer().special_tokens();
    model
        .memory(tokens)
        .context("the model is too large for this machine's addresses")
}

/// `protattn model fetch`: the folders go to stdout.
pub(crate) fn fetch(args: &FetchModelArgs) -> Result<Outcome> {
    let mut out = std::io::stdout().lock();
    for name in &args.models {
        let found = checkpoint::find(name, args.revision.as_deref(), false, args.update)?;
        tell(&format!("{name}: {}", found.source));
        writeln!(out, "{}", found.folder.display())?;
    }
    Ok(Outcome::Done)
}

/// `protattn model convert`.
pub(crate) fn convert(args: &ConvertModelArgs) -> Result<Outcome> {
    let path = Path::new(&args.model);
    let from = if path.exists() && args.revision.is_none() {
        path.to_owned()
    } else {
        checkpoint::find(&args.model, args.revision.as_deref(), args.offline, false)?.folder
    };
    let is_file = args
        .output
        .extension()
        .is_some_and(|end| end == "safetensors");
    if !is_file {
        fs::create_dir_all(&args.output)
            .with_context(|| format!("{}: cannot be made a folder", args.output.display()))?;
    }
    let if_exists = if args.force {
        IfExists::Replace
    } else {
        IfExists::Fail
    };
    let converted = protattn_model::convert(&from, &args.output, if_exists)?;
    if args.output.is_dir() && from.is_dir() {
        copy_small_files(&from, &args.output)?;
    }
    let dtypes: Vec<String> = converted
        .dtypes
        .iter()
        .map(|(dtype, tensors)| format!("{tensors} in {dtype}"))
        .collect();
    tell(&format!(
        "{}: {} tensors ({}), {}",
        converted.path.display(),
        converted.tensors,
        dtypes.join(", "),
        bytes(converted.bytes)
    ));
    Ok(Outcome::Done)
}

/// Copies what else a checkpoint needs, where it is not there already.
fn copy_small_files(from: &Path, to: &Path) -> Result<()> {
    for name in SMALL_FILES {
        let (from, to) = (from.join(name), to.join(name));
        if from.is_file() && !to.exists() {
            fs::copy(&from, &to).with_context(|| format!("{}: cannot be written", to.display()))?;
        }
    }
    Ok(())
}

/// `protattn model list`.
pub(crate) fn list() -> Result<Outcome> {
    let mut rows = vec![["name", "family", "from", "revision", "what"].map(str::to_owned)];
    for model in KNOWN {
        let (from, revision) = match model.origin {
            Origin::Hub { id, revision, .. } => (id, revision),
            _ => ("TAPE", ""),
        };
        // A commit is told by the digits that people know it by.
        let revision = if revision.len() == 40 {
            &revision[..7]
        } else {
            revision
        };
        rows.push([model.name, model.family, from, revision, model.note].map(str::to_owned));
    }
    write!(std::io::stdout(), "{}", align(&rows, [false; 5]))?;
    Ok(Outcome::Done)
}
