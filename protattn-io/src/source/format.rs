//! What kind of file a source is.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::files;
use super::location::Location;
use crate::Error;
use crate::compressed::read_up_to;

/// The bytes at the start of a file that are looked at.
const SNIFFED: u64 = 1 << 16;

/// The names of the records that PDB files start with, or that such a file may be cut down to.
const PDB_RECORDS: [&str; 17] = [
    "HEADER", "OBSLTE", "TITLE ", "SPLIT ", "CAVEAT", "COMPND", "SOURCE", "KEYWDS", "EXPDTA",
    "REMARK", "SEQRES", "CRYST1", "ORIGX1", "SCALE1", "MODEL ", "ATOM  ", "HETATM",
];

/// A kind of source. Every kind is known always; whether it can be opened depends on the features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// FASTA (feature `fasta`).
    Fasta,
    /// This project's own records, one a line (feature `jsonl`).
    Jsonl,
    /// A set of TAPE as a list in JSON (feature `json`).
    Json,
    /// Text records of ProteinNet (feature `proteinnet`).
    ProteinNet,
    /// The arrays of NetSurfP-2.0 (feature `netsurfp`).
    NetSurfP,
    /// Entries of UniProt as TSV or JSON (feature `uniprot`).
    UniProt,
    /// An LMDB folder of pickled records, or its `data.mdb` (feature `lmdb`).
    Lmdb,
    /// A PDB or mmCIF file (feature `structure`).
    Structure,
    /// Proteins in Parquet (feature `parquet`).
    Parquet,
    /// A folder of files of any of the kinds above.
    Folder,
    /// A text that names a file of any of the kinds above on each line.
    List,
}

impl Format {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Fasta,
        Self::Jsonl,
        Self::Json,
        Self::ProteinNet,
        Self::NetSurfP,
        Self::UniProt,
        Self::Lmdb,
        Self::Structure,
        Self::Parquet,
        Self::Folder,
        Self::List,
    ];

    /// The name under which a person chooses it: `fasta`, `jsonl`, `json`, `proteinnet`, `netsurfp`,
    /// `uniprot`, `lmdb`, `structure`, `parquet`, `folder`, `list`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fasta => "fasta",
            Self::Jsonl => "jsonl",
            Self::Json => "json",
            Self::ProteinNet => "proteinnet",
            Self::NetSurfP => "netsurfp",
            Self::UniProt => "uniprot",
            Self::Lmdb => "lmdb",
            Self::Structure => "structure",
            Self::Parquet => "parquet",
            Self::Folder => "folder",
            Self::List => "list",
        }
    }

    /// Finds out what a file or folder is: by its content and, where that does not tell, by the
    /// end of its name, in a compressed file too. A chain after the name (`1ubq.cif:A`) is left out.
    ///
    /// # Errors
    ///
    /// If it does not exist, cannot be read or unpacked, or is nothing that is known.
    pub fn detect(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::detect_file(&Location::parse(path.as_ref()).path)
    }

    pub(super) fn detect_file(path: &Path) -> Result<Self, Error> {
        if path.is_dir() {
            let is_lmdb = path.join("data.mdb").is_file();
            return Ok(if is_lmdb { Self::Lmdb } else { Self::Folder });
        }
        let start = read_up_to(path, SNIFFED)?;
        if files::is_list(path, &start) {
            return Ok(Self::List);
        }
        let found = Self::of_content(&start).or_else(|| Self::of_name(path));
        found.ok_or_else(|| Error::format(path, unknown(&start)))
    }

    /// What the content of a file tells.
    #[cfg(feature = "labels")]
    pub(crate) fn sniff(path: &Path) -> Result<Option<Self>, Error> {
        Ok(Self::of_content(&read_up_to(path, SNIFFED)?))
    }

    fn of_content(start: &[u8]) -> Option<Self> {
        if start.get(16..20) == Some(&0xBEEF_C0DE_u32.to_le_bytes()) {
            return Some(Self::Lmdb);
        }
        if start.starts_with(b"PAR1") {
            return Some(Self::Parquet);
        }
        if start.starts_with(b"PK\x03\x04") {
            // The name of the first member comes after thirty bytes.
            let name = start.get(30..).unwrap_or_default();
            let is_set = ["data.npy", "pdbids.npy"].map(|n| name.starts_with(n.as_bytes()));
            return is_set.contains(&true).then_some(Self::NetSurfP);
        }
        let text = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start);
        let mut lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_start);
        let line = lines.find(|line| !line.is_empty() && line[0] != b'#')?;
        let starts = |prefix: &str| {
            line.get(..prefix.len())
                .is_some_and(|word| word.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        match line[0] {
            b'>' => Some(Self::Fasta),
            b'[' if line.trim_ascii_end() == b"[ID]" => Some(Self::ProteinNet),
            b'{' | b'[' => Self::of_json(text),
            _ if is_uniprot_header(line) => Some(Self::UniProt),
            _ if starts("data_") => Some(Self::Structure),
            _ if PDB_RECORDS.iter().any(|name| starts(name)) => Some(Self::Structure),
            _ => None,
        }
    }

    /// UniProt's is told by what stands in it, and TAPE's by being a list of objects.
    fn of_json(text: &[u8]) -> Option<Self> {
        let without_space = text.iter().filter(|b| !b.is_ascii_whitespace());
        let start: Vec<u8> = without_space.take(16).copied().collect();
        let is_uniprot = start.starts_with(b"{\"results\":[")
            || text.windows(18).any(|key| key == b"\"primaryAccession\"");
        match start.as_slice() {
            _ if is_uniprot => Some(Self::UniProt),
            [b'{', ..] => Some(Self::Jsonl),
            [b'[', b'{' | b']', ..] => Some(Self::Json),
            _ => None,
        }
    }

    fn of_name(path: &Path) -> Option<Self> {
        match files::ending(path)?.as_str() {
            "fasta" | "fas" | "fa" | "faa" => Some(Self::Fasta),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "npz" => Some(Self::NetSurfP),
            "parquet" => Some(Self::Parquet),
            "mdb" => Some(Self::Lmdb),
            _ if files::is_structure(path) => Some(Self::Structure),
            _ => None,
        }
    }
}

/// Whether a line has tabs, and a column of accessions under one of UniProt's names.
fn is_uniprot_header(line: &[u8]) -> bool {
    let mut columns = line.split(|b| *b == b'\t').map(<[u8]>::trim_ascii);
    line.contains(&b'\t') && columns.any(|name| name == b"Entry" || name == b"accession")
}

/// Whether a line is the header of a table of labels.
fn is_label_header(line: &[u8]) -> bool {
    let mut columns = line
        .split(|b| matches!(b, b'\t' | b','))
        .map(<[u8]>::trim_ascii);
    columns.any(|name| name.eq_ignore_ascii_case(b"label"))
}

/// Why a file is refused, and what would not be.
fn unknown(start: &[u8]) -> String {
    let found = match start {
        [] => "it is empty",
        [b'[', ..] => "it is a JSON list, and not of objects",
        [b'P', b'K', 3, 4, ..] => "it is a zip archive without `data.npy` and `pdbids.npy`",
        _ if start
            .split(|b| *b == b'\n')
            .next()
            .is_some_and(is_label_header) =>
        {
            "it is a table of labels, to be joined to a source of sequences"
        }
        _ => "its content is of no known kind",
    };
    format!(
        "{found}; known are FASTA, PDB, mmCIF, records in JSON lines or Parquet, LMDB folders, TAPE's JSON, \
         ProteinNet's text, NetSurfP's .npz, UniProt's TSV and JSON, and folders and lists of such files"
    )
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    /// The format of this [`name`](Self::name); the error lists them.
    fn from_str(name: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| format!("{name:?} is no data format; known are {}", names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells() {
        for (start, format) in [
            (&b"\n  >a\nAC"[..], Some(Format::Fasta)),
            (b"\xef\xbb\xbf{\"id\":1}", Some(Format::Jsonl)),
            (b"# made by hand\n#\nDATA_1UBQ\n", Some(Format::Structure)),
            (b"HEADER    SIGNALING", Some(Format::Structure)),
            (b"ATOM      1  N   MET A", Some(Format::Structure)),
            (b"ATOMS", None),
            (b"\n [ID]\r\nTBM#T0366\n", Some(Format::ProteinNet)),
            (b"[\n {\"id\": \"a\"", Some(Format::Json)),
            (
                b"[{\"entryType\":\"x\",\"primaryAccession\":\"P1\"",
                Some(Format::UniProt),
            ),
            (
                b"{\"entryType\":\"x\",\"primaryAccession\":\"P1\"",
                Some(Format::UniProt),
            ),
            (b"{ \"results\": [", Some(Format::UniProt)),
            (b"From\tEntry\tBinding site\r\n", Some(Format::UniProt)),
            (b"Entry,Binding site\n", None),
            (
                b"PK\x03\x04..........................data.npy",
                Some(Format::NetSurfP),
            ),
            (b"PK\x03\x04..........................arr_0.npy", None),
            (b"PK\x03\x04", None),
            (b"PAR1", Some(Format::Parquet)),
            (b"[1]", None),
            (b"", None),
            (b"#", None),
        ] {
            assert_eq!(Format::of_content(start), format, "{start:?}");
        }
    }

    #[test]
    fn the_name_tells_where_the_content_does_not() {
        let of_name = |name: &str| Format::of_name(Path::new(name));
        assert_eq!(of_name("a.b/x.FAA"), Some(Format::Fasta));
        assert_eq!(of_name("pdb1ubq.ent"), Some(Format::Structure));
        assert_eq!(of_name("x.fa.gz"), Some(Format::Fasta));
        assert_eq!(of_name("fasta"), None);
    }

    #[test]
    fn every_format_has_a_name_of_its_own() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let error = "pdb".parse::<Format>().expect_err("no name of a format");
        assert_eq!(
            error,
            "\"pdb\" is no data format; known are fasta, jsonl, json, proteinnet, netsurfp, uniprot, \
             lmdb, structure, parquet, folder, list"
        );
    }
}
