//! `protattn demo`: the whole pipeline on the model and proteins built into the binary.

use std::io::Write;

use anyhow::Result;
use clap::Parser;

use crate::app::Own;
use crate::args::{Cli, Command, DemoArgs};
use crate::built_in::{FULL_NAME, SYNTHETIC};
use crate::ending::{Outcome, tell};
use crate::{align, probe, report, summary, tables};

/// What to do after the demo.
const NEXT: &str = "
Next, on structures of your own (PDB or mmCIF files, or a folder of them):
  protattn align --model demo --max-tokens 256 --data STRUCTURE.cif --output my-results
The built-in model knows synthetic proteins only: put a model's name in place of `demo`, and leave out
--max-tokens. `protattn model list` has the names; the model is downloaded when it is first used. A PDB
id (7HVP:A) or an AlphaFold accession (AF-P69905) stands for a structure in the same way.
";

/// Runs the command: `align` and `probe` as anyone would call them, then the report and a summary.
pub(crate) fn run(args: &DemoArgs, own: Own, line: Vec<String>) -> Result<Outcome> {
    let folder = args.output.to_string_lossy();
    let mut align = vec![
        "protattn",
        "align",
        "--model",
        FULL_NAME,
        "--data",
        FULL_NAME,
        "--output",
        &folder,
        "--metric",
        "all,contact-precision-combined",
        "--null",
        "rotate-labels,shuffle-sequence,random-weights",
        "--per-protein",
        // It takes seconds.
        "--save-every",
        "0",
    ];
    let probes = args.output.join(report::PROBES);
    let probes = probes.to_string_lossy();
    let mut probe = vec![
        "protattn",
        "probe",
        "--model",
        FULL_NAME,
        "--train",
        FULL_NAME,
        "--eval",
        FULL_NAME,
        // One family of each fold, and the other.
        "--train-records",
        "0-5,12-17,24-29,36-41",
        "--eval-records",
        "6-11,18-23,30-35,42-47",
        "--task",
        "secondary-structure,binding-site,contact",
        // Enough for a picture, in seconds.
        "--bootstrap",
        "200",
        "--output",
        &probes,
    ];
    let threads = args.threads.map(|n| n.to_string());
    for arguments in [&mut align, &mut probe] {
        arguments.extend(threads.iter().flat_map(|n| ["--threads", n]));
    }
    let align = Cli::try_parse_from(align)?.command;
    let probe = Cli::try_parse_from(probe)?.command;
    let (Command::Align(align), Command::Probe(probe)) = (align, probe) else {
        unreachable!("the arguments say align and probe");
    };
    tell(SYNTHETIC);
    align::analyse(&align, own, line.clone(), None)?;
    probe::analyse(&probe, Own::default(), line)?;
    report::draw(&args.output, &args.figures.format)?;

    let rows = tables::read_alignment(&args.output)?;
    let page = args.output.join(report::FILE_NAME);
    let best = summary::best_heads(&rows, 3);
    write!(
        std::io::stdout(),
        "{best}\nOpen {}.\n{NEXT}",
        page.display()
    )?;
    Ok(Outcome::Done)
}
