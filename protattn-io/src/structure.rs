//! Protein chains of PDB and mmCIF files.
//!
//! [`read`] gives each protein chain of a file as a [`Protein`]: its sequence, the
//! authors' numbering, and the Cα and Cβ positions in Å. Which of the two formats a file has is
//! seen from its content. What is odd and usable all the same comes back as [`Warning`]s; what is
//! malformed is an error that names the line.
//!
//! - Ids are `<stem>.<chain>`: the name of the file without `.pdb`, `.ent`, `.cif` or `.mmcif`, and the
//!   author chain (`auth_asym_id`). A blank PDB chain is `_`.
//! - A chain is its polymer: what has a place in the sequence in mmCIF (`label_seq_id`); in PDB the
//!   ATOM records, and the HETATM residues before TER that are amino acids. Water, ligands, ions,
//!   sugars and blocking groups (ACE, NH2, ...) are left out, and so are chains of nucleic acid.
//! - A modified residue has the letter of the parent that the file states (MODRES,
//!   `pdbx_struct_mod_residue`), or else that of a table of the common ones (MSE is M, SEP is S);
//!   selenocysteine is U, pyrrolysine O, and any other X.
//! - Of several alternative locations, each residue has the one with the highest occupancy, the
//!   first in the file among equals; its atoms all come from that one, as far as it has them.
//!   Amino acids that share one place are chosen from in the same way.
//! - One model is used: the first, unless [`Options::model`] says which.
//! - Residues that were not observed are left out unless [`Options::observed_only`] is false.
//! - Secondary structure is that of [`dssp`], from all protein chains of the file together, unless
//!   [`Options::secondary_structure`] says otherwise: the tracks [`labels::SECONDARY_STRUCTURE_8`],
//!   [`labels::SECONDARY_STRUCTURE`] and [`labels::SECONDARY_STRUCTURE_3`], undefined where a residue
//!   lacks N, Cα, C or O.
//!
//! What the file says of single residues becomes label tracks. A chain has a track if its file has a
//! record of that kind, whichever residue that is of; without any, nothing is known. Every residue
//! then has a value; one that was not observed is undefined, unless a record names it. A record that
//! is malformed, or names a residue that is not there, is a [`Warning`].
//!
//! | track | is of | from, in PDB | from, in mmCIF |
//! | --- | --- | --- | --- |
//! | [`BINDING_SITE`](labels::BINDING_SITE) | residues of a site, by whatever evidence; in a symmetry copy too | SITE | `struct_site_gen` |
//! | [`MODIFICATION`](labels::MODIFICATION) | residues that are modified or not standard, selenomethionine included | MODRES | `pdbx_struct_mod_residue`, `pdbx_modification_feature` |
//! | [`LINK`](labels::LINK), [`LINK_TYPE`](labels::LINK_TYPE) | residues with a disulfide bond, another covalent bond, or a metal | SSBOND, LINK | `struct_conn` (`disulf`, `covale`, `metalc`) |
//! | [`SECONDARY_STRUCTURE`](labels::SECONDARY_STRUCTURE), [`SECONDARY_STRUCTURE_3`](labels::SECONDARY_STRUCTURE_3) | elements, if [`Options::secondary_structure`] says so | HELIX, SHEET, TURN | `struct_conf`, `struct_sheet_range` |
//!
//! - [`Options::binding_sites`] takes the sites from the distance to ligands instead.
//! - A bond that makes the chain is no link: files list the peptide bonds of modified residues. It is
//!   a covalent bond between neighbours, from the C of the first or to the N of the second. Nor is one
//!   to a blocking group (ACE, NH2, ...). Hydrogen bonds and salt bridges are left out.
//! - A residue with several links has the type that comes first: disulfide, covalent, metal. PDB does
//!   not say whether a LINK is of a metal; the element of its atoms does.
//! - `pdbx_modification_feature` says more than MODRES: a group bound to a residue makes that residue
//!   modified. Its bonds between residues and to metals are links alone.
//!
//! The formats: *Protein Data Bank contents guide* 3.3 (wwPDB, 2012), and the PDBx/mmCIF dictionary.
//!
//! ```
//! use std::path::Path;
//! use protattn_io::structure::{self, Options};
//! use protattn_io::{Track, labels};
//!
//! let text = b"\
//! ATOM      1  N   GLY A   7      25.000  10.500   4.000  1.00 20.00           N
//! ATOM      2  CA  GLY A   7      26.500  10.500   4.000  1.00 20.00           C
//! ATOM      3  C   GLY A   7      27.000  12.000   4.000  1.00 20.00           C
//! ATOM      4  O   GLY A   7      26.250  13.000   4.000  1.00 20.00           O
//! HETATM    5  CA  MSE A   8      29.500  12.750   4.000  1.00 20.00           C
//! HETATM    6  CB AMSE A   8      30.000  13.000   5.250  0.40 20.00           C
//! HETATM    7  CB BMSE A   8      30.250  13.500   2.750  0.60 20.00           C
//! TER
//! HETATM    8  O   HOH A 101       1.000   1.000   1.000  1.00 20.00           O
//! END
//! ";
//! let structure = structure::parse(text, Path::new("1abc.pdb"), &Options::default())?;
//! let protein = &structure.chains[0];
//! assert_eq!((protein.id(), protein.sequence()), ("1abc.A", "GM"));
//! assert_eq!(protein.numbering().map(|numbers| numbers[1].to_string()), Some("8".to_owned()));
//! assert_eq!(protein.cb(), Some(&[Some([26.5, 10.5, 4.0]), Some([30.25, 13.5, 2.75])][..]));
//! // The second residue lacks most of its main chain.
//! let expected = Track::Classes(vec![Some("-".to_owned()), None]);
//! assert_eq!(protein.track(labels::SECONDARY_STRUCTURE_8), Some(&expected));
//! assert!(structure.warnings.is_empty());
//! # Ok::<(), protattn_io::Error>(())
//! ```

mod annotation;
mod assembly;
mod chain;
mod complete;
pub mod dssp;
mod format;
mod ligand;
mod mmcif;
mod neighbours;
mod pdb;
mod position;
mod record;
mod residue;
mod residue_name;
mod secondary_structure;
mod selection;
mod warning;

use std::path::Path;

pub use ligand::ADDITIVES;
pub use secondary_structure::SecondaryStructure;
pub use warning::Warning;

use crate::compressed::read_up_to;
#[cfg(doc)]
use crate::labels;
use crate::limits::raised;
use crate::{Error, Protein};
use assembly::Assembly;
pub use format::Format;

/// Files over 1 GiB are not read: the largest of the archive have about half of that.
const MAX_BYTES: u64 = 1 << 30;

/// What is wanted of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The author chains that are wanted; it is an error if one is not there or is no protein.
    /// Default: `None`, all protein chains.
    pub chains: Option<Vec<String>>,
    /// The number of the model, as in the file. Default: `None`, the first.
    pub model: Option<i32>,
    /// Whether a chain is its observed residues only. Default: true, as in the TAPE data.
    ///
    /// Otherwise residues without atoms are in the sequence too, with undefined positions, where the
    /// file says which they are: in mmCIF `pdbx_poly_seq_scheme`, in PDB SEQRES with REMARK 465.
    /// Where it does not, the chain is its observed residues and a [`Warning`] says so.
    pub observed_only: bool,
    /// What the binding sites are taken from. Default: the file's records.
    pub binding_sites: BindingSites,
    /// Where secondary structure is taken from. Default: DSSP.
    pub secondary_structure: SecondaryStructure,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            chains: None,
            model: None,
            observed_only: true,
            binding_sites: BindingSites::default(),
            secondary_structure: SecondaryStructure::default(),
        }
    }
}

/// What the binding sites of a chain are taken from.
///
/// A distance is in Å, greater than 0; [`LIGAND_DISTANCE`] is the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum BindingSites {
    /// The file's records (SITE, `struct_site_gen`), whoever they are by: the evidence code, SOFTWARE
    /// or AUTHOR, does not matter. The archive has stopped to add them to new entries.
    #[default]
    File,
    /// The residues with a heavy atom no further than this from one of a ligand.
    ///
    /// A ligand is what is in no polymer, metal ions and sugars included, also if it is bound
    /// covalently. Left out are water, blocking groups, and what comes from how a crystal was grown
    /// (glycerol, glycols, sulfate, chloride, common buffers and the like: [`ADDITIVES`]). So are peptides and nucleic acids, which are polymers. All alternative locations
    /// count, and symmetry copies do not. A file without any ligand has no track.
    Ligands {
        /// The greatest distance that counts.
        distance: f32,
    },
    /// The file's records if it has any, or else its ligands.
    Either {
        /// The greatest distance that counts.
        distance: f32,
    },
}

/// The usual distance within which a residue binds a ligand, heavy atom to heavy atom, in Å.
pub const LIGAND_DISTANCE: f32 = 4.0;

impl Options {
    /// Whether the atoms are wanted beyond the residues; or what is wrong with the distance.
    fn needs_atoms(&self) -> Result<bool, String> {
        match self.binding_sites {
            BindingSites::File => Ok(false),
            BindingSites::Ligands { distance } | BindingSites::Either { distance } => {
                let is_usable = distance.is_finite() && distance > 0.0;
                let message =
                    || format!("the distance of ligands is {distance}, not a number above 0");
                is_usable.then_some(true).ok_or_else(message)
            }
        }
    }
}

/// The protein chains of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// In the order in which they begin in the file; never empty.
    pub chains: Vec<Protein>,
    /// The format of the file.
    pub format: Format,
    /// The name of the file without its endings: what the ids of the chains begin with, before a dot
    /// and the name of the chain.
    pub stem: String,
    /// What is odd: of the file, then chain by chain. Chains that were not asked for are silent.
    pub warnings: Vec<Warning>,
}

/// Reads the protein chains of a PDB or mmCIF file, which may be compressed with gzip.
///
/// # Errors
///
/// If the file cannot be opened or unpacked, or has over 1 GiB, and as [`parse`].
pub fn read(path: &Path, options: &Options) -> Result<Structure, Error> {
    let limit = raised(MAX_BYTES);
    let length = std::fs::metadata(path).map_err(Error::io(path))?.len();
    let mut text = Vec::new();
    if length <= limit {
        // A file can grow, be compressed, or be a pipe, which has no length.
        text = read_up_to(path, limit.saturating_add(1))?;
    }
    let length = length.max(text.len() as u64);
    if length > limit {
        let message =
            format!("the file has {length} bytes or more; structures are read up to {limit}");
        return Err(Error::format(path, message));
    }
    parse(&text, path, options)
}

/// Reads the protein chains of the text of a PDB or mmCIF file; `path` names it in ids and messages.
///
/// # Errors
///
/// [`Error::Format`] if the text is of neither format, is malformed or ends in mid-record (with the
/// line), has no protein chain, or lacks a chain or model that was asked for (with those it has).
pub fn parse(text: &[u8], path: &Path, options: &Options) -> Result<Structure, Error> {
    let fail = |message| Error::format(path, message);
    let format = Format::of(text).map_err(fail)?;
    // Names of authors in old files are not UTF-8. Atom records are checked where they are read.
    let text = String::from_utf8_lossy(text);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut assembly = Assembly::new(options.model, options.needs_atoms().map_err(fail)?);
    match format {
        Format::Pdb => pdb::read(text, &mut assembly),
        Format::Mmcif => mmcif::read(text, &mut assembly),
    }
    .map_err(|Problem { line, message }| fail(format!("line {line}: {message}")))?;
    selection::proteins(assembly, format, path, options)
}

/// What is wrong in a line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Problem {
    /// Counted from 1.
    line: usize,
    message: String,
}
