//! What is odd in a structure that could be read all the same.

use crate::ResidueNumber;

/// Something odd in a structure that could be read all the same.
///
/// `Display` says it in a sentence, without the path. Chains are author chains; residues have
/// author numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// The file has several models, and one was used.
    #[error("model {used} was used and {ignored} others ignored")]
    OtherModels {
        /// The number of the model that was used.
        used: i32,
        /// How many others there are.
        ignored: usize,
    },
    /// An mmCIF file has several data blocks, and only the first with atoms was used.
    #[error("only the first data block with atoms was used")]
    OtherBlocks,
    /// The file does not end as its kind should: a PDB file without END, an mmCIF file that stops in
    /// its atoms. It may be cut short.
    #[error("the file does not end as it should; it may be cut short")]
    NoEnd,
    /// A PDB file has atoms after END. They were ignored.
    #[error("{ignored} atoms after END were ignored")]
    AtomsAfterEnd {
        /// Atom records.
        ignored: usize,
    },
    /// A chain is no protein, and was skipped.
    #[error("chain {chain} {}; skipped", instead_of_protein(*nucleotides))]
    NotProtein {
        /// The chain.
        chain: String,
        /// Its nucleotides; if 0 it holds ligands, ions or sugars.
        nucleotides: usize,
    },
    /// A PDB chain goes on with ATOM records after the TER that should end it. They were used.
    #[error("chain {chain} goes on after TER; all of it was used")]
    ResiduesAfterTer {
        /// The chain.
        chain: String,
    },
    /// A residue of a protein chain is a nucleotide. It was left out.
    #[error("chain {chain}, residue {number} is the nucleotide {name}; left out")]
    Nucleotide {
        /// The chain.
        chain: String,
        /// The residue.
        number: ResidueNumber,
        /// Its name.
        name: String,
    },
    /// A residue's name is in no table, and the file states no parent. It is X in the sequence.
    #[error("chain {chain}, residue {number} is {name}, which no table lists; read as X")]
    UnknownResidue {
        /// The chain.
        chain: String,
        /// The residue.
        number: ResidueNumber,
        /// Its name.
        name: String,
    },
    /// A residue has no Cα. It is in the sequence and its position is undefined.
    #[error("chain {chain}, residue {number} ({name}) has no CA; its position is undefined")]
    NoAlphaCarbon {
        /// The chain.
        chain: String,
        /// The residue.
        number: ResidueNumber,
        /// Its name.
        name: String,
    },
    /// Different amino acids share one place in the chain; the one with the highest occupancy was
    /// used.
    #[error("chain {chain}, residue {number} is {used} and also {}; read as {used}", ignored.join(", "))]
    Microheterogeneity {
        /// The chain.
        chain: String,
        /// The residue.
        number: ResidueNumber,
        /// The residue name that was used.
        used: String,
        /// The others, in the order of the file.
        ignored: Vec<String>,
    },
    /// Two residues of a chain have the same author number. Both were used.
    #[error("chain {chain} has two residues {number}")]
    RepeatedNumber {
        /// The chain.
        chain: String,
        /// The number.
        number: ResidueNumber,
    },
    /// A residue has the same atom twice. The first was used.
    #[error("chain {chain}, residue {number} has {atom} twice; the first was used")]
    RepeatedAtom {
        /// The chain.
        chain: String,
        /// The residue.
        number: ResidueNumber,
        /// The atom that was met first.
        atom: String,
    },
    /// Unobserved residues were asked for, and the file does not say which they are. The chain is
    /// its observed residues.
    #[error(
        "chain {chain}: the file does not place its unobserved residues; only observed ones were used"
    )]
    NoFullSequence {
        /// The chain.
        chain: String,
    },
    /// A record that says something of residues cannot be used, or one residue of it. It was passed
    /// over.
    #[error("line {line}: {record} was passed over: {message}")]
    UnusableRecord {
        /// The record (`SITE`) or the category (`struct_conn`).
        record: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// A record names a residue that the file does not have. That residue was passed over.
    #[error("line {line}: {record} names {residue} of chain {chain}, which is not there")]
    NoSuchResidue {
        /// The record (`SITE`) or the category (`struct_conn`).
        record: String,
        /// The line, counted from 1.
        line: usize,
        /// The chain.
        chain: String,
        /// The residue's name and number.
        residue: String,
    },
    /// An unobserved residue has no author number in the file. The chain has no numbering.
    #[error("chain {chain}: an unobserved residue has no number; the chain is not numbered")]
    NoNumbering {
        /// The chain.
        chain: String,
    },
    /// No residue of a chain has all of N, Cα, C and O. Its secondary structure is undefined.
    #[error("chain {chain}: no residue has N, CA, C and O; its secondary structure is undefined")]
    NoBackbone {
        /// The chain.
        chain: String,
    },
}

/// What a chain is that is no protein.
fn instead_of_protein(nucleotides: usize) -> String {
    match nucleotides {
        0 => "has no amino acids".to_owned(),
        n => format!("is nucleic acid ({n} nucleotides)"),
    }
}
