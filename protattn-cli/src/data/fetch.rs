//! `protattn data fetch`: structures by identifier, into the folder of downloads.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use protattn_io::Skipped;
use protattn_io::fetch::{Fetcher, Identifier, Options};

use super::reading::words_of;
use crate::args::FetchArgs;
use crate::data;
use crate::terminal::ending::{Outcome, Usage};
use crate::terminal::progress::Download;

/// Runs the command: the path of each structure goes to stdout.
pub(crate) fn run(args: &FetchArgs) -> Result<Outcome> {
    let ids = identifiers(args)?;
    let fetcher = fetcher(args.offline)?;
    let mut skipped = Vec::new();
    let mut out = std::io::stdout().lock();
    for id in &ids {
        match download(&fetcher, id) {
            Ok(path) => writeln!(out, "{}", path.display())?,
            Err(error) => skipped.push(Skipped::record(&id.to_string(), &error)),
        }
    }
    if let [first, ..] = skipped.as_slice()
        && skipped.len() == ids.len()
    {
        bail!(
            "no structure could be had; the first problem: {}",
            first.reason
        );
    }
    Ok(data::outcome(&skipped, args.strict))
}

/// The file of a structure, downloaded if it is not there, with the progress shown.
pub(crate) fn structure(id: &Identifier, offline: bool) -> Result<PathBuf> {
    Ok(download(&fetcher(offline)?, id)?)
}

fn fetcher(offline: bool) -> Result<Fetcher> {
    let options = Options::from_env()?;
    let offline = options.offline || offline;
    Ok(Fetcher::new(Options { offline, ..options }))
}

fn download(fetcher: &Fetcher, id: &Identifier) -> Result<PathBuf, protattn_io::Error> {
    let mut bar = None;
    fetcher.structure(id, &mut |progress| {
        bar.get_or_insert_with(|| Download::new(&id.to_string()))
            .show(progress.done, progress.total);
    })
}

/// Those of the command line, then those of the list; chains are of one file and asked for once.
fn identifiers(args: &FetchArgs) -> Result<Vec<Identifier>> {
    let mut names = args.ids.clone();
    if let Some(path) = &args.list {
        names.extend(words_of(path)?);
    }
    let mut ids: Vec<Identifier> = Vec::new();
    for name in &names {
        let id: Identifier = name.parse().map_err(Usage)?;
        if ids.iter().all(|known| known.file_name() != id.file_name()) {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        bail!(Usage(
            "no identifier is given; name some, or a file of them with --list".to_owned()
        ));
    }
    Ok(ids)
}
