//! Any source of proteins, recognised and opened.
//!
//! [`open`] finds out what a path is (a [`Format`]) and gives a [`Source`]: an iterator over its
//! proteins. A record or a file of a folder that cannot be used is one `Err`, and the rest go on.
//! What is odd but usable is kept as a warning: see [`Source::take_warnings`].
//!
//! ```
//! # #[cfg(feature = "fasta")] {
//! use protattn_io::source::{self, Format};
//!
//! let folder = tempfile::tempdir().expect("a writable folder");
//! std::fs::write(folder.path().join("a.fasta"), ">first\nACD\n>second\nEF\n").expect("writable");
//! std::fs::write(folder.path().join("b.txt"), "no sequence").expect("writable");
//!
//! let source = source::open(folder.path(), None)?;
//! assert_eq!(source.format(), Format::Folder);
//! let (good, bad): (Vec<_>, Vec<_>) = source.partition(Result::is_ok);
//! assert_eq!((good.len(), bad.len()), (2, 1));
//! # }
//! # Ok::<(), protattn_io::Error>(())
//! ```

mod format;
mod location;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

pub use format::Format;
use location::Location;

use crate::{Error, Protein};

type Records = Box<dyn Iterator<Item = Result<Protein, Error>> + Send>;

/// The proteins of a source, one after another.
pub struct Source {
    path: PathBuf,
    format: Format,
    warnings: Vec<String>,
    /// Those of the file that is open.
    records: Records,
    /// The files of a folder that come after it.
    files: VecDeque<PathBuf>,
    /// What the files of a folder are, if that is not to be found out.
    file_format: Option<Format>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            format,
            warnings,
            files,
            ..
        } = self;
        f.debug_struct("Source")
            .field("format", format)
            .field("warnings", warnings)
            .field("files", files)
            .finish_non_exhaustive()
    }
}

/// Opens a file or folder. Of a structure the chain may be named after it: `1ubq.cif:A`.
///
/// `format` is what it is, or what the files of a folder are; without it that is found out. A
/// folder's files are read in the order of their names; hidden files are passed over, and folders
/// in it with a warning.
///
/// # Errors
///
/// If it does not exist, cannot be read, or is not of its format; if it is of no known kind, or of
/// one whose feature is off; if a chain is named of anything but a structure, or is not there; if
/// a folder holds no files.
pub fn open(path: impl AsRef<Path>, format: Option<Format>) -> Result<Source, Error> {
    let location = Location::parse(path.as_ref());
    let is_folder = location.path.is_dir();
    let format = match format {
        Some(Format::Lmdb) => Format::Lmdb,
        Some(given) if is_folder => {
            return open_folder(
                &location,
                Some(given).filter(|format| *format != Format::Folder),
            );
        }
        Some(given) => given,
        None => Format::detect_file(&location.path)?,
    };
    match format {
        Format::Folder if is_folder => open_folder(&location, None),
        Format::Folder => Err(refused(&location.path, "it is a file, not a folder")),
        format => open_file(&location, format),
    }
}

impl Source {
    /// The file or folder, without the name of a chain.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What was odd in what has been read since the last call, each with the path of its file.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }
}

impl Iterator for Source {
    type Item = Result<Protein, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.records.next() {
                return Some(record);
            }
            let location = Location {
                path: self.files.pop_front()?,
                chain: None,
            };
            let format = self
                .file_format
                .map_or_else(|| Format::detect_file(&location.path), Ok);
            match format.and_then(|format| open_file(&location, format)) {
                Ok(file) => {
                    self.warnings.extend(file.warnings);
                    self.records = file.records;
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn refused(path: &Path, message: impl Into<String>) -> Error {
    Error::Format {
        path: path.to_owned(),
        message: message.into(),
    }
}

fn open_folder(location: &Location, file_format: Option<Format>) -> Result<Source, Error> {
    refuse_chain(location)?;
    let path = &location.path;
    let entries = std::fs::read_dir(path).and_then(|entries| {
        let paths: std::io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
        paths
    });
    let mut paths = entries.map_err(|error| Error::io(path, &error))?;
    paths.retain(|path| {
        path.file_name()
            .is_some_and(|name| !name.as_encoded_bytes().starts_with(b"."))
    });
    paths.sort();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    if files.is_empty() {
        return Err(refused(path, "the folder holds no files"));
    }
    let passed_over =
        |path: &PathBuf| format!("{}: a folder in a folder was passed over", path.display());
    let warnings = folders.iter().map(passed_over).collect();
    let files = files.into();
    let records = Box::new(std::iter::empty());
    Ok(Source {
        path: location.path.clone(),
        format: Format::Folder,
        warnings,
        records,
        files,
        file_format,
    })
}

fn refuse_chain(location: &Location) -> Result<(), Error> {
    match &location.chain {
        None => Ok(()),
        Some(chain) => Err(refused(
            &location.path,
            format!("chain {chain} is asked for, and only structures have chains"),
        )),
    }
}

fn open_file(location: &Location, format: Format) -> Result<Source, Error> {
    if format != Format::Structure {
        refuse_chain(location)?;
    }
    let mut warnings = Vec::new();
    let records = match format {
        Format::Fasta => fasta(&location.path)?,
        Format::Jsonl => jsonl(&location.path)?,
        Format::Json => json(&location.path)?,
        Format::ProteinNet => proteinnet(&location.path)?,
        Format::NetSurfP => netsurfp(&location.path)?,
        Format::UniProt => uniprot(&location.path)?,
        Format::Lmdb => lmdb(&location.path)?,
        Format::Structure => structure(location, &mut warnings)?,
        Format::Parquet => parquet(&location.path)?,
        Format::Folder => return Err(refused(&location.path, "it is a file, not a folder")),
    };
    Ok(Source {
        path: location.path.clone(),
        format,
        warnings,
        records,
        files: VecDeque::new(),
        file_format: None,
    })
}

/// For each kind of file, a function that opens it, or says that it could be.
macro_rules! opener {
    ($name:ident, $feature:literal, $open:expr) => {
        #[cfg(feature = $feature)]
        fn $name(path: &Path) -> Result<Records, Error> {
            Ok(Box::new($open(path)?))
        }

        #[cfg(not(feature = $feature))]
        fn $name(path: &Path) -> Result<Records, Error> {
            Err(feature_off(path, $feature))
        }
    };
}

opener!(fasta, "fasta", crate::fasta::Reader::open);
opener!(jsonl, "jsonl", crate::jsonl::Reader::open);
opener!(json, "json", crate::json::Reader::open);
opener!(proteinnet, "proteinnet", crate::proteinnet::Reader::open);
opener!(netsurfp, "netsurfp", crate::netsurfp::Reader::open);
opener!(uniprot, "uniprot", crate::uniprot::Reader::open);
opener!(parquet, "parquet", crate::parquet::Reader::open);
opener!(lmdb, "lmdb", crate::lmdb::Reader::open);

#[cfg(feature = "structure")]
fn structure(location: &Location, warnings: &mut Vec<String>) -> Result<Records, Error> {
    let chains = location.chain.clone().map(|chain| vec![chain]);
    let options = crate::structure::Options {
        chains,
        ..Default::default()
    };
    let structure = crate::structure::read(&location.path, &options)?;
    let path = location.path.display();
    warnings.extend(
        structure
            .warnings
            .iter()
            .map(|warning| format!("{path}: {warning}")),
    );
    Ok(Box::new(structure.chains.into_iter().map(Ok)))
}

#[cfg(not(feature = "structure"))]
fn structure(location: &Location, _: &mut Vec<String>) -> Result<Records, Error> {
    Err(feature_off(&location.path, "structure"))
}

#[cfg(not(all(
    feature = "fasta",
    feature = "json",
    feature = "jsonl",
    feature = "lmdb",
    feature = "netsurfp",
    feature = "parquet",
    feature = "proteinnet",
    feature = "structure",
    feature = "uniprot"
)))]
fn feature_off(path: &Path, feature: &str) -> Error {
    refused(
        path,
        format!("protattn-io was built without the feature `{feature}`, which reads it"),
    )
}
