//! `protattn demo`: the whole pipeline on the model and proteins built into the binary.

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use clap::Parser;

use crate::args::{Cli, Command, DemoArgs};
use crate::built_in::SYNTHETIC;
use crate::own::Own;
use crate::running::Invocation;
use crate::terminal::ending::{Outcome, tell};
use crate::{
    commands::{align, probe},
    report,
    report::summary,
    tables,
};

/// What to do after the demo.
const NEXT: &str = "
Next, on structures of your own (PDB or mmCIF files, or a folder of them):
  protattn align --model demo --max-tokens 256 --data STRUCTURE.cif --output my-results
The built-in model knows synthetic proteins only: put a model's name in place of `demo`, and leave out
--max-tokens. `protattn model list` has the names; the model is downloaded when it is first used. A PDB
id (7HVP:A) or an AlphaFold accession (AF-P69905) stands for a structure in the same way.
";

/// The alignment as anyone would call it, without its output.
const ALIGN: &str = "protattn align --model built-in:demo --data built-in:demo \
    --metric all,contact-precision-combined --null rotate-labels,shuffle-sequence,random-weights \
    --per-protein --save-every 0";

/// The probes: one family of each fold to train on, and the other; enough draws for a picture.
const PROBE: &str = "protattn probe --model built-in:demo --train built-in:demo --eval built-in:demo \
    --train-records 0-5,12-17,24-29,36-41 --eval-records 6-11,18-23,30-35,42-47 \
    --task secondary-structure,binding-site,contact --bootstrap 200 --save-every 0";

/// Runs the command: `align` and `probe` as anyone would call them, then the report and a summary.
pub(crate) fn run(args: &DemoArgs, own: Own, line: &[String]) -> Result<Outcome> {
    let invocation = |words: &[String]| Invocation::new(line.to_vec()).calling(words.to_vec());
    let align = words(ALIGN, &args.output, args);
    let probe = words(PROBE, &args.output.join(report::PROBES), args);
    let parsed = [&align, &probe].map(|words| Cli::try_parse_from(words).map(|cli| cli.command));
    let [Ok(Command::Align(of_align)), Ok(Command::Probe(of_probe))] = parsed else {
        bail!("the demo's arguments are not those of align and probe");
    };
    tell(SYNTHETIC);
    align::analyse(&of_align, own, invocation(&align))?;
    probe::analyse(&of_probe, Own::default(), invocation(&probe))?;
    report::draw(&args.output, &args.figures.format)?;

    let rows = tables::read(&args.output)?;
    let page = args.output.join(report::FILE_NAME);
    let best = summary::best_heads(&rows, 3);
    write!(
        std::io::stdout(),
        "{best}\nOpen {}.\n{NEXT}",
        page.display()
    )?;
    Ok(Outcome::Done)
}

/// The words of a command with its output and the demo's own threads.
fn words(command: &str, output: &Path, args: &DemoArgs) -> Vec<String> {
    let output = ["--output".to_owned(), output.to_string_lossy().into_owned()];
    let threads = args
        .threads
        .map(|n| ["--threads".to_owned(), n.to_string()]);
    let words = command.split_whitespace().map(str::to_owned).chain(output);
    words.chain(threads.into_iter().flatten()).collect()
}
