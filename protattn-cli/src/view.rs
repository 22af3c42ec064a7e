//! `protattn view`: the attention of some heads on a structure.

mod arcs;
mod files;
mod molecule;

use anyhow::{Context, Result};
use protattn_model::{Model, Workspace};
use protattn_viz::structure::{Arc, HeadsOverview, View};

use crate::args::{NumberSelection, ViewArgs};
use crate::ending::{Outcome, Usage, tell};
use crate::parallel;
use crate::text::number;
use crate::{checkpoint, data, output};
use arcs::{Collector, MAX_ARCS, Wanted};
use files::Files;
use molecule::Molecule;

/// Runs the command.
pub(crate) fn run(args: &ViewArgs, line: Vec<String>) -> Result<Outcome> {
    output::prepare(&args.output)?;
    let molecule = Molecule::read(args)?;
    let region = args.region.as_ref();
    let region = region.map(|region| molecule.region(region)).transpose()?;
    let mut files = Files::new(args, &molecule)?;
    let checkpoint = checkpoint::of_args(&args.model, args.offline)?;
    let wanted = wanted(args, &checkpoint.model)?;
    let rest = format!("all of them are in {}", files::RECORD);
    data::tell_warnings(&molecule.warnings, &rest);
    let found = find(&checkpoint.model, &molecule, &wanted, args)?;
    found.notes.iter().for_each(|note| tell(note));

    let residues = molecule.residues();
    let title = title(args, &molecule, &found);
    let [x, y, z] = args.rotate;
    let view = View::new(&residues, &found.arcs)?
        .rotate(x, y, z)
        .title(&title)
        .notes(&found.notes)
        .colouring(args.colour.into());
    files.view(&view)?;
    if let Some(region) = region {
        files.picture("sequence", &view.sequence_svg(region)?)?;
    }
    if args.head == NumberSelection::All {
        files.picture("heads", &overview(&molecule, &wanted, &found, &title)?)?;
    }
    files.record(&checkpoint, &wanted, &found, line)?;
    tell(&format!(
        "{} arcs; {} are in {}",
        number(found.arcs.len() as u64),
        files.written(),
        args.output.display()
    ));
    Ok(Outcome::Done)
}

fn wanted(args: &ViewArgs, model: &Model) -> Result<Wanted> {
    let info = model.info();
    let layers = args.layer.of(info.n_layers, "--layer", "layer");
    let heads = args.head.of(info.n_heads, "--head", "head");
    Ok(Wanted {
        layers: layers.map_err(Usage)?,
        heads: heads.map_err(Usage)?,
        min_attention: args.min_attention,
        directed: args.directed,
    })
}

/// What the model gave.
struct Attention {
    arcs: Vec<Arc>,
    /// Attention that every arc is over, where those from the threshold on were too many.
    over: Option<f32>,
    /// What there is to say of them, a sentence each.
    notes: Vec<String>,
}

/// Runs each chain through the model; those of one sequence once.
fn find(model: &Model, molecule: &Molecule, wanted: &Wanted, args: &ViewArgs) -> Result<Attention> {
    let mut workspace = Workspace::with_threads(parallel::threads(None));
    let mut collector = Collector::new(wanted, MAX_ARCS);
    let mut notes = Vec::new();
    let chains = &molecule.chains;
    let sequence = |place: &usize| chains[*place].protein.sequence();
    let mut places: Vec<usize> = (0..chains.len()).collect();
    places.sort_by_key(sequence);
    for alike in places.chunk_by(|a, b| sequence(a) == sequence(b)) {
        let chain = &chains[alike[0]];
        let failed = || format!("{}: chain {}", molecule.path.display(), chain.name);
        let tokens = model
            .tokenizer()
            .encode(chain.protein.sequence(), Some(args.max_tokens))
            .with_context(failed)?;
        let read = tokens.residues().len();
        if read < chain.protein.len() {
            notes.extend(alike.iter().map(|place| {
                format!(
                    "Chain {} has {} residues, and those after the first {read} have no arcs (--max-tokens {}).",
                    chains[*place].name,
                    chain.protein.len(),
                    args.max_tokens
                )
            }));
        }
        collector.chains(alike);
        model
            .forward(&tokens, &mut workspace, &mut collector)
            .with_context(failed)?;
    }
    notes.sort();
    let over = collector.over();
    let arcs = collector.finish(&molecule.chains);
    let least = args.min_attention;
    if let Some(over) = over {
        notes.push(format!(
            "Over {} arcs have attention from {least} on: only those over {over} are shown.",
            number(MAX_ARCS as u64)
        ));
    } else if arcs.is_empty() {
        notes.push(format!(
            "There are no arcs: no attention between two residues reaches {least} (--min-attention)."
        ));
    }
    Ok(Attention { arcs, over, notes })
}

/// What is shown: structure and chains, heads, threshold.
fn title(args: &ViewArgs, molecule: &Molecule, found: &Attention) -> String {
    let names: Vec<&str> = molecule.chains.iter().map(|chain| &*chain.name).collect();
    let noun = if names.len() == 1 { "chain" } else { "chains" };
    let heads = match (&args.layer, &args.head) {
        (NumberSelection::All, NumberSelection::All) => "all heads".to_owned(),
        (layer, head) if layer.is_one() && head.is_one() => format!("head {layer}-{head}"),
        (layer, head) => {
            let noun = |selection: &NumberSelection, noun: &str| {
                let plural = if selection.is_one() { "" } else { "s" };
                match selection {
                    NumberSelection::All => format!("all {noun}s"),
                    NumberSelection::Ranges(_) => format!("{noun}{plural} {selection}"),
                }
            };
            format!("{}, {}", noun(layer, "layer"), noun(head, "head"))
        }
    };
    let threshold = match found.over {
        Some(over) => format!("over {over}"),
        None => format!("from {}", args.min_attention),
    };
    let (stem, names) = (&molecule.stem, names.join(", "));
    format!("{stem}, {noun} {names}: {heads}, attention {threshold}")
}

fn overview(
    molecule: &Molecule,
    wanted: &Wanted,
    found: &Attention,
    title: &str,
) -> protattn_viz::Result<String> {
    let contacts = molecule.contacts();
    let best = arcs::best(&found.arcs);
    let (layers, heads) = (wanted.layers.len(), wanted.heads.len());
    HeadsOverview::new(layers, heads, molecule.len(), &found.arcs)
        .layers(&wanted.layers)
        .contacts(&contacts)
        .best(&best)
        .title(title)
        .to_svg()
}
