//! `protattn demo`: the whole pipeline on the model and proteins built into the binary.

use std::io::Write;

use anyhow::Result;
use clap::Parser;

use crate::app::Own;
use crate::args::{Cli, Command, DemoArgs};
use crate::built_in::{NAME, SYNTHETIC};
use crate::ending::{Outcome, tell};
use crate::{align, report, summary, tables};

/// What to do after the demo.
const NEXT: &str = "
Next, on structures of your own (PDB or mmCIF files, or a folder of them):
  protattn align --model demo --max-tokens 256 --data STRUCTURE.cif --output my-results
The built-in model knows synthetic proteins only: put a model's name in place of `demo`, and leave out
--max-tokens. `protattn model list` has the names; the model is downloaded when it is first used. A PDB
id (7HVP:A) or an AlphaFold accession (AF-P69905) stands for a structure in the same way.
";

/// Runs the command: `align` as anyone would call it, then the report and a summary.
pub(crate) fn run(args: &DemoArgs, own: Own, line: Vec<String>) -> Result<Outcome> {
    let folder = args.output.to_string_lossy();
    let mut align = vec![
        "protattn",
        "align",
        "--model",
        NAME,
        "--data",
        NAME,
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
    let threads = args.threads.map(|n| n.to_string());
    align.extend(threads.iter().flat_map(|n| ["--threads", n]));
    let Command::Align(align) = Cli::try_parse_from(align)?.command else {
        unreachable!("the arguments say align");
    };
    tell(SYNTHETIC);
    align::analyse(&align, own, line, None)?;
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
