//! `protattn demo`: the whole pipeline on the model and proteins built into the binary.

use std::io::Write;

use anyhow::{Context, Result};
use clap::Parser;
use protattn_model::Model;

use crate::app::{Outcome, tell};
use crate::args::{Cli, Command, DemoArgs};
use crate::record::{self, DataRecord};
use crate::{align, report, summary, table};

/// The name of the built-in model, and of the built-in proteins.
pub(crate) const NAME: &str = "demo";

/// Said wherever the built-in model and proteins are shown.
pub(crate) const SYNTHETIC: &str = "The built-in proteins are synthetic: ideal folds and sequences \
    drawn for them, none of which occurs in nature. The built-in model was trained on sequences like \
    them, and on none of those shown. It shows what protattn does, not what proteins do.";

const CONFIG: &[u8] = include_bytes!("../assets/demo/config.json");
const WEIGHTS: &[u8] = include_bytes!("../assets/demo/model.safetensors");
const VOCABULARY: &[u8] = include_bytes!("../assets/demo/vocab.txt");
pub(crate) const PROTEINS: &[u8] = include_bytes!("../assets/demo/proteins.jsonl");

/// The built-in model.
pub(crate) fn model() -> Result<Model> {
    let model = Model::from_bytes(CONFIG, WEIGHTS, Some(VOCABULARY));
    Ok(model.context("the built-in model is damaged")?.named(NAME))
}

/// The checksum of the built-in model's weights.
pub(crate) fn weights_sha256() -> String {
    record::sha256(WEIGHTS)
}

/// What a run says of the built-in proteins.
pub(crate) fn data_record() -> DataRecord {
    let records = PROTEINS
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .count();
    DataRecord {
        path: NAME.to_owned(),
        records,
        sha256: record::sha256(PROTEINS),
    }
}

/// Runs the command: `align` as anyone would call it, then the report and a summary.
pub(crate) fn run(args: &DemoArgs, line: Vec<String>) -> Result<Outcome> {
    let folder = args.output.to_string_lossy();
    let mut align = vec![
        "protattn", "align", "--model", NAME, "--data", NAME, "--output", &folder,
    ];
    let threads = args.threads.map(|n| n.to_string());
    align.extend(threads.iter().flat_map(|n| ["--threads", n]));
    let Command::Align(align) = Cli::try_parse_from(align)?.command else {
        unreachable!("the arguments say align");
    };
    tell(SYNTHETIC);
    align::analyse(&align, Vec::new(), line)?;
    report::draw(&args.output)?;

    let rows = table::read(&args.output)?;
    let out = &mut std::io::stdout().lock();
    write!(out, "{}", summary::best_heads(&rows, 3))?;
    writeln!(
        out,
        "\nOpen {}.",
        args.output.join(report::FILE_NAME).display()
    )?;
    writeln!(
        out,
        "\nNext, on structures of your own (PDB or mmCIF files, or a folder of them):"
    )?;
    writeln!(
        out,
        "  protattn align --model {NAME} --data STRUCTURE.cif --output my-results"
    )?;
    writeln!(
        out,
        "with a folder that holds config.json, model.safetensors and vocab.txt of ProtBert or"
    )?;
    writeln!(
        out,
        "TapeBert in place of `{NAME}`, whose built-in model knows synthetic proteins only."
    )?;
    Ok(Outcome::Done)
}
