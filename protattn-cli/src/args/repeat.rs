//! The arguments that give the same numbers again, and those of `repeat`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{AlignArgs, FigureArgs, LongRunArgs, ReadArgs, StructureArgs};

/// The arguments of `repeat`.
#[derive(Debug, Args)]
pub(crate) struct RepeatArgs {
    /// The `run.json` of the run to repeat.
    #[arg(value_name = "RUN.JSON")]
    pub(crate) run: PathBuf,
    /// Folder for tables and figures.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) long: LongRunArgs,
    /// Workers; one a core unless given.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Exit with status 3 if any record was skipped.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Write the tables and draw nothing.
    #[arg(long)]
    pub(crate) no_figures: bool,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
}

/// Arguments as they are gathered.
#[derive(Default)]
struct Line(Vec<String>);

impl Line {
    fn value(&mut self, flag: &str, value: impl ToString) {
        self.0.extend([flag.to_owned(), value.to_string()]);
    }

    fn values(&mut self, flag: &str, values: impl IntoIterator<Item = impl ToString>) {
        values.into_iter().for_each(|value| self.value(flag, value));
    }

    fn name(&mut self, flag: &str, value: &impl ValueEnum) {
        let name = value.to_possible_value();
        self.values(
            flag,
            name.iter().map(clap::builder::PossibleValue::get_name),
        );
    }

    fn flag(&mut self, flag: &str, is_set: bool) {
        self.0.extend(is_set.then(|| flag.to_owned()));
    }
}

impl AlignArgs {
    /// All arguments that decide the numbers, with those that were not given: from any folder and with
    /// other defaults they ask for the same. `commit` is that of a model of the hub, if it is known.
    ///
    /// Where results go, and how the work is done, is not among them.
    pub(crate) fn arguments(&self, commit: Option<&str>) -> Vec<String> {
        // Every field is named, so that none can be forgotten.
        let Self {
            model,
            data,
            property,
            metric,
            null,
            null_draws,
            bootstrap,
            per_protein,
            output: _,
            long: _,
            min_attention,
            min_arcs,
            max_tokens,
            layers,
            limit,
            sample,
            seed,
            threads: _,
            contact,
            strict: _,
            no_figures: _,
            figures: _,
            read,
        } = self;
        let mut line = Line::default();
        line.value("--model", absolute(&model.model));
        line.values("--revision", commit.or(model.revision.as_deref()));
        line.value("--precision", model.precision.name());
        line.values("--data", data.iter().map(|name| absolute(name)));
        line.values("--property", property.iter().flatten());
        line.values("--metric", metric);
        null.iter().for_each(|null| line.name("--null", null));
        line.values("--null-draws", null_draws);
        line.value("--bootstrap", bootstrap);
        line.flag("--per-protein", *per_protein);
        line.value("--min-attention", min_attention);
        line.value("--min-arcs", min_arcs);
        line.value("--max-tokens", max_tokens);
        line.value("--layers", layers.to_string().replace(", ", ","));
        line.values("--limit", limit);
        line.values("--sample", sample);
        line.value("--seed", seed);
        line.name("--contact-atom", &contact.contact_atom);
        line.value("--min-separation", contact.min_separation);
        line.value("--contact-distance", contact.contact_distance);
        read.add_to(&mut line);
        line.0
    }
}

impl ReadArgs {
    fn add_to(&self, line: &mut Line) {
        let Self {
            data_format,
            labels,
            ids,
            structure,
            offline,
        } = self;
        let StructureArgs {
            secondary_structure,
            binding_sites,
            ligand_distance,
            unobserved,
        } = structure;
        let path = |path: &PathBuf| absolute(&path.to_string_lossy());
        line.values("--data-format", data_format.map(|format| format.name()));
        line.values("--labels", labels.iter().map(path));
        line.values("--ids", ids.iter().map(path));
        line.name("--secondary-structure", secondary_structure);
        line.name("--binding-sites", binding_sites);
        line.value("--ligand-distance", ligand_distance);
        line.flag("--unobserved", *unobserved);
        line.flag("--offline", *offline);
    }
}

/// A name as it is found from any folder, if it is that of a file or folder, or of a chain of one.
fn absolute(name: &str) -> String {
    let of_path = |path: &str| {
        let path = PathBuf::from(path);
        let found = path.exists().then(|| std::path::absolute(&path).ok());
        found
            .flatten()
            .map(|path| path.to_string_lossy().into_owned())
    };
    let of_chain = || {
        let (path, chain) = name.rsplit_once(':')?;
        Some(format!("{}:{chain}", of_path(path)?))
    };
    of_path(name)
        .or_else(of_chain)
        .unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Cli, Command};

    fn parsed(arguments: &[String]) -> AlignArgs {
        let program = ["protattn", "align", "--output", "out"].map(str::to_owned);
        let line = [&program[..], arguments].concat();
        match Cli::try_parse_from(line).unwrap().command {
            Command::Align(args) => *args,
            _ => unreachable!("the arguments say align"),
        }
    }

    #[test]
    fn arguments_ask_for_the_same_again() {
        let least = "--model demo --data demo";
        let most = "--model org/name --revision main --data demo 7HVP:A Cargo.toml:B --property \
            contact,a-label --metric all --null rotate-labels,random-weights --null-draws 3 \
            --bootstrap 0 --per-protein --min-attention 0.1 --min-arcs 7 --max-tokens 99 --layers \
            1-3,5 --limit 10 --seed 8 --contact-atom cb --min-separation 4 --contact-distance 7.25 \
            --data-format structure --labels Cargo.toml --ids Cargo.toml --secondary-structure file \
            --binding-sites either --ligand-distance 3.7 --unobserved --offline";
        for line in [least, most, "--model demo --data demo --sample 3"] {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let asked = parsed(&words);
            let again = parsed(&asked.arguments(None));
            let shown = |args: &AlignArgs| {
                let folder = std::env::current_dir().unwrap();
                let folder = format!("{}/", folder.to_string_lossy());
                format!("{args:?}").replace(&folder, "")
            };
            assert_eq!(shown(&again), shown(&asked));
            assert_eq!(again.arguments(None), asked.arguments(None));
            assert!(
                asked
                    .arguments(Some("abc"))
                    .join(" ")
                    .contains("--revision abc")
            );
        }
    }
}
