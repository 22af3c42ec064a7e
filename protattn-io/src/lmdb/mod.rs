//! LMDB folders of Python pickles: the sets of TAPE and of the original analysis.
//!
//! Such a set is a folder with a file `data.mdb`. Its keys are `0`, `1`, ... and `num_examples`;
//! its values are pickled dicts. Each is read as a [`Protein`] by the keys it has, whichever set
//! it belongs to:
//!
//! | key | what it is | where it goes |
//! | --- | --- | --- |
//! | `id` | text or bytes | [`Protein::id`] |
//! | `primary` | one letter a residue | [`Protein::sequence`] |
//! | `positions` | an author number a residue | [`Protein::numbering`] |
//! | `sites` | author numbers | flags [`labels::BINDING_SITE`] |
//! | `modifications` | author numbers | flags [`labels::MODIFICATION`] |
//! | `tertiary` | L x 3, Cα in Å | [`Protein::ca`] |
//! | `ss3`, `ss8` | a number a residue | classes [`labels::SECONDARY_STRUCTURE`] and [`labels::SECONDARY_STRUCTURE_8`] |
//! | `valid_mask` | a flag a residue | where it is false, `tertiary`, `ss3` and `ss8` are undefined |
//!
//! A residue is a site (or modified) if its author number is in the list; every residue is either
//! yes or no. Author numbers can repeat: then all residues of that number are. The classes of
//! `ss3` (0, 1, 2) are helix, strand and turn-bend, and blank where `ss8` is 7; those of `ss8` are
//! the letters `GHIBEST` and `-`. These are the readings of Vig et al. 2021, but that the original
//! counts secondary structure where the mask is false too.
//!
//! ```no_run
//! let reader = protattn_io::lmdb::Reader::open("binding_site_valid.lmdb")?;
//! println!("{} proteins", reader.len());
//! for protein in reader {
//!     match protein {
//!         Ok(protein) => println!("{} {}", protein.id(), protein.len()),
//!         Err(error) => println!("skipped: {error}"),
//!     }
//! }
//! # Ok::<(), protattn_io::Error>(())
//! ```
//!
//! Nothing in the file is trusted. No pickled code is ever run: a record that asks for anything but
//! plain data, arrays and tensors is an error that names what it asked for. The file is read, not
//! mapped, and nothing is written, so a read-only file system will do.
//!
//! [`labels::BINDING_SITE`]: crate::labels::BINDING_SITE
//! [`labels::MODIFICATION`]: crate::labels::MODIFICATION
//! [`labels::SECONDARY_STRUCTURE`]: crate::labels::SECONDARY_STRUCTURE
//! [`labels::SECONDARY_STRUCTURE_8`]: crate::labels::SECONDARY_STRUCTURE_8

mod record;
mod tree;

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::{Error, Protein, pickle};
use tree::Tree;

const COUNT_KEY: &str = "num_examples";

/// Reads the proteins of a set, in the order of their keys as numbers: 0, 1, 2, ...
///
/// A record that cannot be used is one `Err` that names its key; the next call goes on with the
/// next record.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    tree: Tree<File>,
    next: usize,
    len: usize,
}

impl Reader {
    /// Opens a folder that holds a `data.mdb`, or such a file itself.
    ///
    /// # Errors
    ///
    /// If there is no such file, or it is not an LMDB file whose `num_examples` is the number of
    /// its records.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let file = if path.is_dir() {
            path.join("data.mdb")
        } else {
            path.clone()
        };
        let open = File::open(&file).map_err(Error::io(&file))?;
        let format = |message: String| Error::format(&file, message);
        let mut tree = Tree::open(open).map_err(|damage| format(damage.to_string()))?;
        let len = count(&mut tree).map_err(format)?;
        Ok(Self {
            path,
            tree,
            next: 0,
            len,
        })
    }

    /// The number of records in the set, read or not.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn read(&mut self, key: &str) -> Result<Protein, String> {
        let bytes = self
            .tree
            .get(key.as_bytes())
            .map_err(|damage| damage.to_string())?;
        let bytes = bytes.ok_or("there is no such record")?;
        let pickle = pickle::read(&bytes).map_err(|error| error.to_string())?;
        record::protein(pickle.root())
    }
}

impl Iterator for Reader {
    type Item = Result<Protein, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.len {
            return None;
        }
        let key = self.next.to_string();
        self.next += 1;
        let protein = self.read(&key);
        let located = |message| Error::record(&self.path, format!("record {key}"), message);
        Some(protein.map_err(located))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.len - self.next;
        (left, Some(left))
    }
}

/// What `num_examples` says, if the file can hold as many.
fn count(tree: &mut Tree<File>) -> Result<usize, String> {
    let bytes = tree
        .get(COUNT_KEY.as_bytes())
        .map_err(|damage| damage.to_string())?;
    let bytes = bytes
        .ok_or_else(|| format!("there is no `{COUNT_KEY}`, so this is no set of TAPE's kind"))?;
    let pickle = pickle::read(&bytes).map_err(|error| format!("`{COUNT_KEY}`: {error}"))?;
    let root = pickle.root();
    let said = root
        .int()
        .ok_or_else(|| format!("`{COUNT_KEY}` is {}, not a whole number", root.kind()))?;
    let held = tree.entries();
    usize::try_from(said)
        .ok()
        .filter(|n| *n as u64 <= held)
        .ok_or_else(|| format!("`{COUNT_KEY}` says {said} records, the file has {held} keys"))
}
