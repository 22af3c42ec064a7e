//! `protattn data split`: parts for training, validation and test.

use anyhow::{Result, bail};
use protattn_io::split::{Clusters, Split};
use protattn_io::{Protein, Selection};

use super::{Reading, Writer};
use crate::args::SplitArgs;
use crate::terminal::ending::{Outcome, Usage, tell};
use crate::{data, output};

/// The parts, in the order of their shares.
const PARTS: [&str; 3] = ["train", "valid", "test"];

/// Runs the command.
pub(crate) fn run(args: &SplitArgs) -> Result<Outcome> {
    if args.shares.len() != PARTS.len() {
        let message = format!(
            "--shares: {} shares, for train, valid and test",
            args.shares.len()
        );
        bail!(Usage(message));
    }
    let split =
        Split::new(&args.shares, args.seed).map_err(|error| Usage(format!("--shares: {error}")))?;
    let clusters = match &args.clusters {
        Some(path) => Clusters::read(path)?,
        None => Clusters::default(),
    };
    output::prepare(&args.output)?;
    let data = data::read(&args.data, &Reading::new(&args.read)?, &Selection::All)?;
    data::tell_warnings(&data.warnings, data::INSPECT);
    let parts = split.assign(data.proteins.iter().map(Protein::id), &clusters);
    let ending = if args.parquet { "parquet" } else { "jsonl" };
    for (part, name) in PARTS.iter().enumerate() {
        let path = args.output.join(format!("{name}.{ending}"));
        let mut writer = Writer::create(&path)?;
        let mut members = 0;
        for (protein, _) in data
            .proteins
            .iter()
            .zip(&parts)
            .filter(|(_, p)| **p == part)
        {
            writer.write(protein)?;
            members += 1;
        }
        writer.finish()?;
        tell(&format!("{}: {members} records", path.display()));
    }
    if args.clusters.is_some() {
        let alone = data
            .proteins
            .iter()
            .filter(|p| !clusters.contains(p.id()))
            .count();
        tell(&format!(
            "{alone} of {} records are in no cluster",
            data.proteins.len()
        ));
    }
    Ok(data::outcome(&data.skipped, args.strict))
}
