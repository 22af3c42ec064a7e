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

mod ahead;
mod files;
mod format;
mod location;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use ahead::Ahead;
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
    /// The files of a folder or list that come after it.
    files: Ahead,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("format", &self.format)
            .field("warnings", &self.warnings)
            .field("files_left", &self.files.left())
            .finish_non_exhaustive()
    }
}

/// How a source is to be read.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// What it is, or what the files of a folder are. Default: `None`, that is found out.
    pub format: Option<Format>,
    /// What is wanted of each structure. A chain that stands after a path comes before
    /// [`chains`](crate::structure::Options::chains).
    #[cfg(feature = "structure")]
    pub structure: crate::structure::Options,
    /// The threads that read the structures of a folder or list. Their order, and what is odd of
    /// each, is the same for any number. Default: `None`, one a core.
    pub threads: Option<NonZeroUsize>,
}

/// Opens a file, folder or list. Of a structure the chain may be named after it: `1ubq.cif:A`.
///
/// `format` is what it is, or what the files of a folder are; without it that is found out. Files
/// may be compressed with gzip.
///
/// A folder's files are read in the order of their names, then the PDB and mmCIF files, by the ends
/// of their names (`.pdb`, `.ent`, `.cif`, `.mmcif`, each also before `.gz`), of the folders in it.
/// What is hidden is passed over.
///
/// A list is a text whose name ends in `.list`, `.lst` or `.txt`. Each line names a file, from the
/// folder of the list, and with `:A` after it a chain; blank lines and lines that begin with `#` are
/// passed over. A `.txt` or `.lst` whose first line names no file is no list.
///
/// # Errors
///
/// If it does not exist, cannot be read, or is not of its format; if it is of no known kind, or of
/// one whose feature is off; if a chain is named of anything but a structure, or is not there; if
/// a folder holds no files, or a list names none.
pub fn open(path: impl AsRef<Path>, format: Option<Format>) -> Result<Source, Error> {
    let options = Options {
        format,
        ..Options::default()
    };
    open_with(path, options)
}

/// Opens a file, folder or list as [`open`] does, read as the options say.
///
/// # Errors
///
/// As [`open`].
pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Source, Error> {
    let location = Location::parse(path.as_ref());
    let is_folder = location.path.is_dir();
    let format = match options.format {
        Some(Format::Lmdb) => Format::Lmdb,
        Some(_) if is_folder => Format::Folder,
        Some(given) => given,
        None => Format::detect_file(&location.path)?,
    };
    match format {
        Format::Folder if is_folder => open_files(&location, format, options),
        Format::List => open_files(&location, format, options),
        format => open_file(&location, format, &options),
    }
}

/// The files that [`open`] reads of a path, in its order, without the names of chains; the list
/// itself comes before the files that it names.
///
/// # Errors
///
/// If the path, or a folder in it, does not exist or cannot be read.
pub fn files(path: impl AsRef<Path>) -> Result<Vec<PathBuf>, Error> {
    let path = Location::parse(path.as_ref()).path;
    let paths = |locations: Vec<Location>| locations.into_iter().map(|location| location.path);
    if path.is_dir() {
        let lmdb = path.join("data.mdb");
        if lmdb.is_file() {
            return Ok(vec![lmdb]);
        }
        return Ok(paths(files::of_folder(&path)?.0).collect());
    }
    // A file of no known kind can be opened as one that is given.
    if matches!(Format::detect_file(&path), Ok(Format::List)) {
        let named = files::of_list(&path)?;
        return Ok(std::iter::once(path).chain(paths(named)).collect());
    }
    Ok(vec![path])
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
            match self.files.next()? {
                Ok(file) => {
                    self.warnings.extend(file.warnings);
                    self.records = file.records;
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Opens the files of a folder or list, each when its turn comes.
fn open_files(location: &Location, format: Format, options: Options) -> Result<Source, Error> {
    refuse_chain(location)?;
    // The format that a folder is opened with is that of its files; that of a list is its own.
    let (files, warnings, given) = match format {
        Format::List => (files::of_list(&location.path)?, Vec::new(), None),
        _ => {
            let (files, warnings) = files::of_folder(&location.path)?;
            let given = options.format.filter(|given| *given != Format::Folder);
            (files, warnings, given)
        }
    };
    let options = Options {
        format: given,
        ..options
    };
    Ok(Source {
        path: location.path.clone(),
        format,
        warnings,
        records: Box::new(std::iter::empty()),
        files: Ahead::new(files, options),
    })
}

/// Opens a file of a folder or list.
fn open_listed(location: &Location, options: &Options) -> Result<Source, Error> {
    let format = match options.format {
        Some(format) => format,
        None => Format::detect_file(&location.path)?,
    };
    open_file(location, format, options)
}

fn refuse_chain(location: &Location) -> Result<(), Error> {
    match &location.chain {
        None => Ok(()),
        Some(chain) => Err(Error::format(
            &location.path,
            format!("chain {chain} is asked for, and only structures have chains"),
        )),
    }
}

fn open_file(location: &Location, format: Format, options: &Options) -> Result<Source, Error> {
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
        Format::Structure => structure(location, options, &mut warnings)?,
        Format::Parquet => parquet(&location.path)?,
        Format::Folder if location.path.is_dir() => {
            return Err(Error::format(
                &location.path,
                "a list names files, and this is a folder",
            ));
        }
        Format::Folder => return Err(Error::format(&location.path, "it is a file, not a folder")),
        Format::List => {
            let message = "it is a list, which is read only where it is named itself";
            return Err(Error::format(&location.path, message));
        }
    };
    Ok(Source {
        path: location.path.clone(),
        format,
        warnings,
        records,
        files: Ahead::none(),
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
            Err(Error::feature_off(path, $feature))
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
fn structure(
    location: &Location,
    options: &Options,
    warnings: &mut Vec<String>,
) -> Result<Records, Error> {
    let mut options = options.structure.clone();
    if let Some(chain) = &location.chain {
        options.chains = Some(vec![chain.clone()]);
    }
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
fn structure(location: &Location, _: &Options, _: &mut Vec<String>) -> Result<Records, Error> {
    Err(Error::feature_off(&location.path, "structure"))
}
