//! The arguments that give the same numbers again, and those of `repeat`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, ArgMatches, Args, CommandFactory};

use super::{Cli, LongRunArgs, OutputArgs, StorageArgs};

/// The arguments of `repeat`.
#[derive(Debug, Args)]
pub(crate) struct RepeatArgs {
    /// The `run.json` of the run to repeat.
    #[arg(value_name = "RUN.JSON")]
    pub(crate) run: PathBuf,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) long: LongRunArgs,
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
}

/// Arguments that say where results go and how the work is done, and decide no number.
const HOW: [&str; 14] = [
    "output",
    "shard",
    "resume",
    "save_every",
    "threads",
    "strict",
    "no_figures",
    "format",
    "memory",
    "scratch",
    "save",
    "save_probes",
    "maps",
    "raise_limits",
];
/// Arguments that name files.
const PATHS: [&str; 8] = [
    "model", "data", "train", "eval", "fit", "labels", "ids", "head",
];

/// All arguments of a command line that decide the numbers, with those that were not given: from any
/// folder and with other defaults they ask for the same. `commit` is that of a model of the hub, if it
/// is known. None of a line that is not one of protattn's.
pub(crate) fn arguments(line: &[String], commit: Option<&str>) -> Vec<String> {
    let command = Cli::command();
    let matches = command.clone().try_get_matches_from(line);
    let matches = matches.as_ref().ok().and_then(ArgMatches::subcommand);
    let Some((name, matches)) = matches else {
        return Vec::new();
    };
    let mut again = Vec::new();
    let known = command.find_subcommand(name).into_iter();
    for argument in known.flat_map(clap::Command::get_arguments) {
        let id = argument.get_id().as_str();
        let Some(flag) = argument.get_long().filter(|_| !HOW.contains(&id)) else {
            continue;
        };
        let flag = format!("--{flag}");
        if matches!(argument.get_action(), ArgAction::SetTrue) {
            again.extend(matches.get_flag(id).then_some(flag));
            continue;
        }
        let given = matches.try_get_raw(id).ok().flatten().into_iter().flatten();
        let values: Vec<OsString> = match commit.filter(|_| id == "revision") {
            Some(commit) => vec![commit.into()],
            None => given.map(ToOwned::to_owned).collect(),
        };
        for value in values {
            let value = value.to_string_lossy();
            let value = match PATHS.contains(&id) {
                true => absolute(&value),
                false => value.into_owned(),
            };
            again.extend([flag.clone(), value]);
        }
    }
    again
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

    /// Holds the arguments of a command, as they are and as they are given again, against each other.
    fn asks_again(command: &str, line: &str) {
        let program = ["protattn", command, "--output", "out"].map(str::to_owned);
        let with = |arguments: &[String]| [&program[..], arguments].concat();
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let asked = with(&words);
        let again = with(&arguments(&asked, None));
        let shown = |line: &[String]| {
            let folder = std::env::current_dir().unwrap();
            let folder = format!("{}/", folder.to_string_lossy());
            let parsed = Cli::try_parse_from(line).unwrap();
            format!("{parsed:?}").replace(&folder, "")
        };
        assert_eq!(shown(&again), shown(&asked));
        assert_eq!(arguments(&again, None), arguments(&asked, None));
        let of_commit = arguments(&asked, Some("abc")).join(" ");
        assert!(of_commit.contains("--revision abc"), "{of_commit}");
        assert!(!of_commit.contains("--output"), "{of_commit}");
    }

    const READING: &str = "--data-format structure --labels Cargo.toml --ids Cargo.toml \
        --secondary-structure file --binding-sites either --ligand-distance 3.7 --unobserved --offline \
        --contact-atom cb --min-separation 4 --contact-distance 7.25";

    #[test]
    fn arguments_of_align_ask_for_the_same_again() {
        let most = "--model org/name --revision main --data demo 7HVP:A Cargo.toml:B --property \
            contact,a-label --metric all --null rotate-labels,random-weights --null-draws 3 \
            --bootstrap 0 --per-protein --min-attention 0.1 --min-arcs 7 --max-tokens 99 --layers \
            1-3,5 --limit 10 --seed 8";
        asks_again("align", "--model demo --data demo");
        asks_again("align", &format!("{most} {READING}"));
        asks_again("align", "--model demo --data demo --sample 3");
    }

    #[test]
    fn arguments_of_probe_ask_for_the_same_again() {
        let most = "--model org/name --train demo Cargo.toml --eval 7HVP:A --train-records 0-3,7 \
            --eval-records 5 --task contact,a-label --features attention --layers 0,2-3 --l2 0.1,10 \
            --folds 3 --class-weight balanced --no-standardize --negative-rate 0.5 --no-control \
            --bootstrap 0 --max-tokens 99 --seed 8";
        let least = "--model demo --train demo --eval demo --task contact";
        asks_again("probe", least);
        asks_again("probe", &format!("{least} --limit 3 --l1 2"));
        asks_again("probe", &format!("{most} {READING}"));
    }

    #[test]
    fn arguments_of_contacts_ask_for_the_same_again() {
        let most = "--model org/name --data demo 7HVP:A --data-records 0-3 --head Cargo.toml \
            --max-tokens 99";
        asks_again("contacts", "--model demo --data demo");
        asks_again("contacts", &format!("{most} {READING}"));
    }
}
