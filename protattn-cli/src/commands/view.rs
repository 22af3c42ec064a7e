//! `protattn view`: the attention of some heads on a structure.

mod arcs;
mod files;
mod molecule;

use anyhow::{Context, Result, bail};
use protattn_io::Skipped;
use protattn_metrics::ArcSearch;
use protattn_model::Model;
use protattn_model::run::{Engine, Plan};
use protattn_viz::Figure;
use protattn_viz::structure::{HeadsOverview, ResidueArc, View};

use crate::args::{NumberSelection, ViewArgs};
use crate::terminal::ending::{Outcome, Usage, tell};
use crate::terminal::text::number;
use crate::{checkpoint, data, output};
use arcs::MAX_ARCS;
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
    let search = search(args, &checkpoint.model)?;
    let rest = format!("all of them are in {}", files::RECORD);
    data::tell_warnings(&molecule.warnings, &rest);
    let found = find(&checkpoint.model, &molecule, &search, args)?;
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
        files.picture("heads", &overview(&molecule, &search, &found, &title)?)?;
    }
    files.record(&checkpoint, &search, &found, line)?;
    tell(&format!(
        "{} arcs; {} are in {}",
        number(found.arcs.len() as u64),
        files.written(),
        args.output.display()
    ));
    Ok(Outcome::Done)
}

fn search(args: &ViewArgs, model: &Model) -> Result<ArcSearch> {
    let info = model.info();
    let layers = args.layer.of(info.n_layers, "--layer", "layer");
    let heads = args.head.of(info.n_heads, "--head", "head");
    let mut search = ArcSearch::new(layers.map_err(Usage)?, heads.map_err(Usage)?);
    search.min_attention = args.min_attention;
    search.directed = args.directed;
    search.most = MAX_ARCS;
    Ok(search)
}

/// What the model gave.
struct Attention {
    arcs: Vec<ResidueArc>,
    /// Attention that every arc is over, where those from the threshold on were too many.
    over: Option<f32>,
    /// What there is to say of them, a sentence each.
    notes: Vec<String>,
}

/// Runs each chain through the model; those of one sequence once.
fn find(
    model: &Model,
    molecule: &Molecule,
    search: &ArcSearch,
    args: &ViewArgs,
) -> Result<Attention> {
    let shown = molecule.path.display();
    let names = molecule
        .chains
        .iter()
        .map(|chain| format!("chain {}", chain.name));
    let names: Vec<String> = names.collect();
    let sequences = molecule.chains.iter().map(|chain| chain.protein.sequence());
    let records = names.iter().map(String::as_str).zip(sequences);
    let plan = Plan::new(model, records, args.max_tokens)?;
    if let Some((place, error)) = plan.untokenised().first() {
        let Skipped { record, reason } = Skipped::record(&names[*place], error);
        bail!("{shown}: {record}: {reason}");
    }
    let mut notes = Vec::new();
    for (chain, read) in molecule.chains.iter().zip(plan.n_read()) {
        let (name, length) = (&chain.name, chain.protein.len());
        if read < length {
            notes.push(format!(
                "Chain {name} has {length} residues, and those after the first {read} have no arcs (--max-tokens {}).",
                args.max_tokens
            ));
        }
    }
    notes.sort();
    let found = search.run(&Engine::new(model), &plan);
    let found = found.with_context(|| shown.to_string())?;
    let over = found.over();
    let arcs = arcs::drawn(found.into_arcs(), &molecule.chains, search.directed);
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
    search: &ArcSearch,
    found: &Attention,
    title: &str,
) -> protattn_viz::Result<String> {
    let contacts = molecule.contacts();
    let best = arcs::best(&found.arcs);
    let (layers, heads) = (search.layers.len(), search.heads.len());
    HeadsOverview::new(layers, heads, molecule.len(), &found.arcs)
        .layers(&search.layers)
        .contacts(&contacts)
        .best(&best)
        .title(title)
        .to_svg()
}
