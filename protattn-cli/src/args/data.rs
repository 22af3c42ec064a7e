//! The flags of `protattn data`, and those of everything that reads proteins.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use protattn_io::source::{self, Format};
use protattn_io::structure::{self, BindingSites, LIGAND_DISTANCE, SecondaryStructure};

use protattn_io::ReadSettings;

/// How data sets are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct ReadArgs {
    /// Read the data as this format instead of recognising it: fasta, structure, jsonl, lmdb, json
    /// (TAPE), proteinnet, netsurfp, uniprot, parquet or list.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) data_format: Option<Format>,
    /// A table of labels, joined to the proteins by identifier: TSV, CSV or Parquet with the columns
    /// id, position (from 1) or number (author's, 52A), label and value; or UniProt's features. Give
    /// the flag again for another table.
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Vec<PathBuf>,
    /// Use only the proteins that this file lists, by identifier or UniProt accession, with blanks
    /// or lines between them; `#` begins a comment.
    #[arg(long, value_name = "FILE")]
    pub(crate) ids: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) structure: StructureArgs,
    /// Download nothing: take what was downloaded before.
    #[arg(long)]
    pub(crate) offline: bool,
}

impl ReadArgs {
    /// The same, as the library has it.
    pub(crate) fn options(&self) -> source::Options {
        let mut options = source::Options::default();
        options.format = self.data_format;
        options.structure = self.structure.options();
        options
    }

    /// What a run says of them.
    pub(crate) fn settings(&self) -> ReadSettings {
        let mut settings = self.structure.settings();
        settings.data_format = self.data_format.map(|format| format.name().to_owned());
        settings
    }
}

/// What is taken from structures, and from where.
#[derive(Debug, Args)]
pub(crate) struct StructureArgs {
    /// Structures: where secondary structure is taken from.
    #[arg(long, value_name = "SOURCE", value_enum, default_value_t = SecondaryStructureSource::Dssp)]
    pub(crate) secondary_structure: SecondaryStructureSource,
    /// Structures: what binding sites are taken from.
    #[arg(long, value_name = "SOURCE", value_enum, default_value_t = BindingSiteSource::File)]
    pub(crate) binding_sites: BindingSiteSource,
    /// Structures: a residue this near to a ligand binds it, heavy atom to heavy atom, in Å.
    #[arg(long, value_name = "Å", default_value_t = LIGAND_DISTANCE, value_parser = distance)]
    pub(crate) ligand_distance: f32,
    /// Structures: take in the residues of the sequence that were not observed.
    #[arg(long)]
    pub(crate) unobserved: bool,
}

impl StructureArgs {
    /// The same, as the library has it.
    pub(crate) fn options(&self) -> structure::Options {
        let distance = self.ligand_distance;
        structure::Options {
            observed_only: !self.unobserved,
            secondary_structure: match self.secondary_structure {
                SecondaryStructureSource::Dssp => SecondaryStructure::Dssp,
                SecondaryStructureSource::File => SecondaryStructure::File,
            },
            binding_sites: match self.binding_sites {
                BindingSiteSource::File => BindingSites::File,
                BindingSiteSource::Ligands => BindingSites::Ligands { distance },
                BindingSiteSource::Either => BindingSites::Either { distance },
            },
            ..structure::Options::default()
        }
    }

    /// What a run says of them.
    pub(crate) fn settings(&self) -> ReadSettings {
        let mut settings = ReadSettings::default();
        settings.secondary_structure = format!("{:?}", self.secondary_structure).to_lowercase();
        settings.binding_sites = format!("{:?}", self.binding_sites).to_lowercase();
        settings.ligand_distance = self.ligand_distance;
        settings.unobserved = self.unobserved;
        settings
    }
}

/// Where the secondary structure of structures is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SecondaryStructureSource {
    /// Computed from the coordinates (Kabsch and Sander 1983).
    Dssp,
    /// The file's own records: HELIX and SHEET, struct_conf.
    File,
}

/// What the binding sites of structures are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BindingSiteSource {
    /// The file's own records: SITE, struct_site_gen.
    File,
    /// The distance to ligands; water and common buffer molecules are none.
    Ligands,
    /// The file's own records where there are any, ligands otherwise.
    Either,
}

fn distance(text: &str) -> Result<f32, String> {
    text.parse()
        .ok()
        .filter(|d: &f32| *d > 0.0 && d.is_finite())
        .ok_or_else(|| "a distance over 0 Å".to_owned())
}

#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Tell what data sets hold: records, lengths, labels, what is missing, what was odd.
    Inspect(InspectArgs),
    /// Write data sets as protattn's own records, with everything that is known of each residue.
    Convert(ConvertArgs),
    /// Divide data sets for training, validation and test.
    Split(SplitArgs),
    /// Download structures, and print where they are.
    Fetch(FetchArgs),
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Data sets, each told of for itself: files, folders, FILE:CHAIN, or `demo`.
    #[arg(value_name = "D", required = true)]
    pub(crate) data: Vec<String>,
    /// Write JSON, one object a data set, instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// Data sets: files, folders, FILE:CHAIN, or `demo`. Records of one identifier and sequence in
    /// several sets become one, with the labels of all.
    #[arg(value_name = "D", required = true)]
    pub(crate) data: Vec<String>,
    /// The file to write: NAME.jsonl or NAME.parquet, with the same columns.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Use only the first N records of each data set.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Exit with status 3 if any record was skipped.
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SplitArgs {
    /// Data sets: files, folders, FILE:CHAIN, or `demo`; taken together.
    #[arg(value_name = "D", required = true)]
    pub(crate) data: Vec<String>,
    /// Folder for the parts: train.jsonl, valid.jsonl and test.jsonl.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Write the parts as Parquet: train.parquet, valid.parquet and test.parquet.
    #[arg(long)]
    pub(crate) parquet: bool,
    /// Shares of training, validation and test; their sum is 1.
    #[arg(
        long,
        value_name = "TRAIN,VALID,TEST",
        value_delimiter = ',',
        num_args = 1,
        default_value = "0.8,0.1,0.1"
    )]
    pub(crate) shares: Vec<f64>,
    /// Seed of the draw.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Clusters that stay together: pairs of MMseqs2 or Foldseek, lists of identifiers, or CD-HIT's .clstr.
    #[arg(long, value_name = "FILE")]
    pub(crate) clusters: Option<PathBuf>,
    /// Exit with status 3 if any record was skipped.
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    /// Entries of the PDB (`7HVP`) or of the AlphaFold database (`AF-P69905`).
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// A file of identifiers, with blanks or lines between them; `#` begins a comment.
    #[arg(long, value_name = "FILE")]
    pub(crate) list: Option<PathBuf>,
    /// Download nothing: name what was downloaded before.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Exit with status 3 if any structure could not be had.
    #[arg(long)]
    pub(crate) strict: bool,
}
