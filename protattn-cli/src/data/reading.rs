//! How data sets are read: what every one of them goes through.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use protattn_io::fetch::Identifier;
use protattn_io::label_table::LabelTable;
use protattn_io::source::{self, Source};
use protattn_io::{DataRecord, Protein};
use protattn_model::run::describe_data;

use super::fetch;
use crate::args::ReadArgs;

/// Ids of a table that are named where no protein has them.
const NAMED_UNMATCHED: usize = 5;

/// The flags of reading, with the tables that they name.
pub(crate) struct Reading<'a> {
    args: &'a ReadArgs,
    tables: Vec<LabelTable>,
    /// The only proteins that are wanted, if not all are.
    ids: Option<HashSet<String>>,
    /// Threads that read structures; one a core unless given.
    threads: Option<NonZeroUsize>,
}

impl<'a> Reading<'a> {
    /// Reads the tables.
    pub(crate) fn new(args: &'a ReadArgs) -> Result<Self> {
        let tables = args.labels.iter().map(LabelTable::read);
        let tables = tables.collect::<Result<_, _>>()?;
        let ids = args.ids.as_deref().map(words_of).transpose()?;
        Ok(Self {
            args,
            tables,
            ids: ids.map(|ids| ids.into_iter().collect()),
            threads: None,
        })
    }

    /// Reads by so many threads.
    pub(crate) fn with_threads(self, threads: Option<NonZeroUsize>) -> Self {
        Self { threads, ..self }
    }

    /// Opens a path or, where there is none of the name, the structure of this identifier.
    pub(crate) fn open(&self, name: &str) -> Result<Source> {
        let path = locate(name, self.args.offline)?;
        let mut options = self.args.options();
        options.threads = self.threads;
        Ok(source::open_with(path, options)?)
    }

    /// Whether a protein is wanted.
    pub(crate) fn wants(&self, protein: &Protein) -> bool {
        let is_listed = |ids: &HashSet<String>| protein.names().any(|name| ids.contains(name));
        self.ids.as_ref().is_none_or(is_listed)
    }

    /// Gives a protein the labels of the tables.
    pub(crate) fn label(&self, protein: &mut Protein) -> Result<(), protattn_io::Error> {
        self.tables
            .iter()
            .try_for_each(|table| table.apply(protein).map(|_| ()))
    }

    /// The names of the labels of the tables.
    pub(crate) fn labels(&self) -> Vec<String> {
        let labels = self.tables.iter().flat_map(LabelTable::labels);
        labels.map(str::to_owned).collect()
    }

    /// What a run says of the tables, and of the list of proteins that are wanted.
    pub(crate) fn records(&self) -> Result<Vec<DataRecord>> {
        let tables = self.tables.iter().map(|table| (table.path(), table.len()));
        let wanted = self.args.ids.as_deref().zip(self.ids.as_ref());
        let list = wanted.map(|(path, ids)| (path, ids.len()));
        let record = |(path, records): (&Path, usize)| {
            let name = path.to_string_lossy();
            describe_data(&name, path, records)
                .with_context(|| format!("{name}: cannot be read again for its checksum"))
        };
        tables.chain(list).map(record).collect()
    }

    /// For each table with ids that no protein had, a warning; to be asked when all is read.
    pub(crate) fn unmatched(&self) -> Vec<String> {
        let warning = |table: &LabelTable| {
            let ids = table.unmatched();
            let named: Vec<_> = ids.iter().take(NAMED_UNMATCHED).copied().collect();
            let more = if ids.len() > named.len() { ", ..." } else { "" };
            (!ids.is_empty()).then(|| {
                format!(
                    "{}: {} of {} ids are of no protein: {}{more}",
                    table.path().display(),
                    ids.len(),
                    table.len(),
                    named.join(", ")
                )
            })
        };
        self.tables.iter().filter_map(warning).collect()
    }
}

/// A path or, where there is none of the name, that of the structure of this identifier; with the
/// chain after it if one is named.
pub(crate) fn locate(name: &str, offline: bool) -> Result<PathBuf> {
    let path = PathBuf::from(name);
    let Some(id) = name.parse::<Identifier>().ok().filter(|_| !path.exists()) else {
        return Ok(path);
    };
    let mut file = fetch::structure(&id, offline)?.into_os_string();
    if let Some(chain) = id.chain() {
        file.push(":");
        file.push(chain);
    }
    Ok(file.into())
}

/// The words of a file, with blanks or lines between them and comments after `#`.
pub(crate) fn words_of(path: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{}: cannot be read", path.display()))?;
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    Ok(lines
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect())
}
