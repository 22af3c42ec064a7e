//! For each parser a function that takes any bytes and must return: the reader gives values or
//! errors, and what it gives keeps the promises of its type.
//!
//! `corpus` runs them on a few files; the crate `fuzz`, beside this one, includes this file and runs
//! them on bytes of its own.

use std::path::Path;

use protattn_io::compressed::Input;
use protattn_io::fetch::Identifier;
use protattn_io::label_table::LabelTable;
use protattn_io::pickle::{Tensor, Value};
use protattn_io::source::Format;
use protattn_io::split::Clusters;
use protattn_io::structure::dssp::{self, Backbone};
use protattn_io::structure::{self, BindingSites, LIGAND_DISTANCE, SecondaryStructure};
use protattn_io::{
    Error, Protein, Track, fasta, json, jsonl, lmdb, netsurfp, pickle, proteinnet, uniprot,
};

/// The name of a target, and what it runs.
type Parser = (&'static str, fn(&[u8]));

/// All of them.
pub(crate) const ALL: &[Parser] = &[
    ("clusters", clusters),
    ("dssp", dssp),
    ("fasta", fasta),
    ("format", format),
    ("identifiers", identifiers),
    ("jsonl", jsonl),
    ("label_table", label_table),
    ("lmdb_file", lmdb_file),
    ("lmdb_value", lmdb_value),
    ("mmcif", structure),
    ("netsurfp", netsurfp),
    ("pdb", structure),
    #[cfg(feature = "parquet")]
    ("parquet", parquet),
    ("pickle", pickle),
    ("proteinnet", proteinnet),
    ("structure_gzip", structure_gzip),
    ("tape_json", tape_json),
    ("uniprot_json", uniprot),
    ("uniprot_tsv", uniprot),
];

/// How many records of a file are looked at.
const MAX_RECORDS: usize = 1000;

/// How many values of a pickle are looked at: one that holds itself has no end.
const MAX_VALUES: usize = 1000;

fn fasta(data: &[u8]) {
    check_all(fasta::Reader::new(data, "x.fasta"));
}

fn jsonl(data: &[u8]) {
    check_all(jsonl::Reader::new(data, "x.jsonl"));
}

fn tape_json(data: &[u8]) {
    check_all(json::Reader::new(data, "x.json"));
}

/// As proteins, and as a table of results.
#[cfg(feature = "parquet")]
fn parquet(data: &[u8]) {
    use protattn_io::parquet;

    with_file("x.parquet", data, |path| {
        if let Ok(table) = parquet::Table::read(path) {
            let columns = table
                .names()
                .map(|name| table.column(name).expect("it is named"));
            columns.for_each(|column| assert_eq!(column.len(), table.n_rows()));
        }
        if let Ok(reader) = parquet::Reader::open(path) {
            check_all(reader);
        }
    });
}

fn proteinnet(data: &[u8]) {
    check_all(proteinnet::Reader::new(data, "x"));
}

/// UniProt's TSV and JSON, as proteins and as a table.
fn uniprot(data: &[u8]) {
    if let Ok(reader) = uniprot::Reader::new(data, "x") {
        check_all(reader);
    }
    label_table(data);
}

fn netsurfp(data: &[u8]) {
    with_file("x.npz", data, |path| {
        if let Ok(reader) = netsurfp::Reader::open(path) {
            check_all(reader);
        }
    });
}

fn lmdb_file(data: &[u8]) {
    with_file("data.mdb", data, |path| {
        if let Ok(reader) = lmdb::Reader::open(path) {
            // More records than have room would be a file that never ends.
            assert!(reader.len() <= data.len());
            check_all(reader);
        }
    });
}

/// The pickle of one record.
fn lmdb_value(data: &[u8]) {
    with_file("data.mdb", &lmdb_of(data), |path| {
        let reader = lmdb::Reader::open(path).expect("a file of one record");
        assert_eq!(reader.len(), 1);
        check_all(reader);
    });
}

/// What kind of file it is.
fn format(data: &[u8]) {
    with_file("x", data, |path| {
        if let Ok(format) = Format::detect(path) {
            assert!(Format::ALL.contains(&format));
        }
    });
}

fn label_table(data: &[u8]) {
    with_file("x", data, |path| {
        let Ok(table) = LabelTable::read(path) else {
            return;
        };
        for id in table.unmatched() {
            let mut protein = Protein::new(id, "MKTAYIAKQR").expect("a sequence");
            let before = protein.clone();
            match table.apply(&mut protein) {
                Ok(n) => assert_eq!(protein.tracks().count(), n),
                Err(_) => assert_eq!(protein, before),
            }
            check(&protein);
        }
        assert!(table.len() <= data.len());
    });
}

fn structure(data: &[u8]) {
    let path = Path::new("x");
    let default = structure::Options::default();
    let complete = structure::Options {
        observed_only: false,
        binding_sites: BindingSites::Either {
            distance: LIGAND_DISTANCE,
        },
        secondary_structure: SecondaryStructure::File,
        ..default.clone()
    };
    for options in [default, complete] {
        check_structure(structure::parse(data, path, &options));
    }
}

/// A file that may be compressed, read as text and as a structure.
fn structure_gzip(data: &[u8]) {
    use std::io::Read;

    with_file("x.pdb.gz", data, |path| {
        let mut text = Vec::new();
        let is_read = Input::open(path).is_ok_and(|input| {
            // No more than a test should take.
            input.take(1 << 20).read_to_end(&mut text).is_ok()
        });
        if is_read && text.len() < 1 << 20 {
            check_structure(structure::read(path, &structure::Options::default()));
        }
    });
}

fn clusters(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(clusters) = Clusters::parse(text) else {
        return;
    };
    for id in text.split_whitespace() {
        let name = clusters.name(id);
        assert_eq!(clusters.name(name), name);
        assert!(name <= id);
    }
}

fn identifiers(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(identifier) = text.parse::<Identifier>() else {
        return;
    };
    let again: Result<Identifier, _> = identifier.to_string().parse();
    assert_eq!(again.as_ref(), Ok(&identifier));
    let name = identifier.file_name();
    assert!(
        name.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    );
}

/// Each residue is 25 bytes: what it is, and its four atoms in units of 0.01 Å.
fn dssp(data: &[u8]) {
    let mut chains = vec![Vec::new()];
    for residue in data.chunks_exact(25) {
        let (kind, atoms) = (residue[0], &residue[1..]);
        if kind & 1 != 0 {
            chains.push(Vec::new());
        }
        let value = |index: usize| match kind {
            // Positions that no file has.
            0xf0.. => f32::from_le_bytes([atoms[index], kind, atoms[0], atoms[index + 1]]),
            _ => f32::from(i16::from_le_bytes([atoms[2 * index], atoms[2 * index + 1]])) / 100.0,
        };
        let point = |atom: usize| std::array::from_fn(|axis| value(3 * atom + axis));
        let backbone = Backbone {
            n: point(0),
            ca: point(1),
            c: point(2),
            o: point(3),
            is_proline: kind & 2 != 0,
        };
        let chain = chains.last_mut().expect("there is one");
        chain.push((kind & 4 == 0).then_some(backbone));
    }
    let states = dssp::assign(&chains);
    assert_eq!(states.len(), chains.len());
    for (chain, states) in chains.iter().zip(states) {
        assert_eq!(states.len(), chain.len());
        let is_known = |residue: &Option<Backbone>| {
            let atoms = residue.map(|r| [r.n, r.ca, r.c, r.o]);
            atoms.is_some_and(|atoms| atoms.as_flattened().iter().all(|v| v.is_finite()))
        };
        assert!(
            chain
                .iter()
                .map(is_known)
                .eq(states.iter().map(Option::is_some))
        );
    }
}

fn pickle(data: &[u8]) {
    let Ok(pickle) = pickle::read(data) else {
        return;
    };
    assert!(pickle.end() <= data.len());
    let mut open = vec![pickle.root()];
    for _ in 0..MAX_VALUES {
        let Some(value) = open.pop() else {
            break;
        };
        check_value(value);
        open.extend(value.items().into_iter().flatten());
        open.extend(
            value
                .entries()
                .into_iter()
                .flatten()
                .flat_map(|(k, v)| [k, v]),
        );
    }
    pickle.storages().take(MAX_VALUES).for_each(|storage| {
        assert!(storage.element.size() > 0);
    });
}

fn check_value(value: Value<'_, '_>) {
    if let Some(tensor) = value.tensor() {
        check_tensor(&tensor);
    }
    if let Some((shape, values)) = value.floats() {
        assert_eq!(shape.iter().product::<usize>(), values.len());
    }
    let kind = value.kind();
    let is_list = value.items().is_some();
    assert_eq!(is_list, matches!(kind, "a list" | "a tuple"), "{kind}");
    assert!(value.ints().is_none() || is_list || kind == "an array");
    assert!(value.flags().is_none() || kind == "an array");
}

/// All elements lie in the storage, and are no more than it has.
fn check_tensor(tensor: &Tensor<'_>) {
    assert_eq!(tensor.shape.len(), tensor.strides.len());
    if tensor.shape.contains(&0) {
        return;
    }
    let axes = tensor.shape.iter().zip(&tensor.strides);
    let last = axes
        .map(|(length, stride)| (length - 1) * stride)
        .sum::<usize>();
    assert!(tensor.offset + last < tensor.storage.len);
    assert!(tensor.shape.iter().product::<usize>() <= tensor.storage.len);
}

fn check_structure(structure: Result<structure::Structure, Error>) {
    let Ok(structure) = structure else {
        return;
    };
    assert!(!structure.chains.is_empty());
    structure.chains.iter().for_each(check);
    structure.warnings.iter().for_each(|warning| {
        assert!(!warning.to_string().is_empty());
    });
}

fn check_all(reader: impl Iterator<Item = Result<Protein, Error>>) {
    for record in reader.take(MAX_RECORDS) {
        match record {
            Ok(protein) => check(&protein),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// What every protein promises; and that it is the same when it is written and read.
fn check(protein: &Protein) {
    let n = protein.len();
    let sequence = protein.sequence();
    assert!(n > 0 && sequence.len() == n);
    assert!(sequence.bytes().all(|letter| letter.is_ascii_uppercase()));
    assert!(protein.numbering().is_none_or(|numbers| numbers.len() == n));
    for points in [protein.ca(), protein.cb()].into_iter().flatten() {
        assert_eq!(points.len(), n);
        let values = points.iter().flatten().flatten();
        assert!(values.into_iter().all(|value| value.is_finite()));
    }
    assert!(protein.tracks().all(|(_, track)| track.len() == n));
    let written = serde_json::to_vec(protein).expect("a protein can be written");
    let read: Protein = serde_json::from_slice(&written).expect("and read");
    let mut expected = protein.clone();
    for (name, track) in protein.tracks() {
        // Classes without a value are written as flags are.
        if track.defined() == 0 {
            let flags = Track::Flags(vec![None; n]);
            expected.set_label(name, flags).expect("of this length");
        }
    }
    assert_eq!(read, expected);
}

/// An LMDB file whose record 0 is these bytes.
fn lmdb_of(value: &[u8]) -> Vec<u8> {
    const PAGE: usize = 512;
    let mut file = vec![0; 4 * PAGE + 16 + value.len()];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    for meta in [0, PAGE] {
        put(meta + 10, &8_u16.to_le_bytes()); // a meta page
        put(meta + 16, &0xBEEF_C0DE_u32.to_le_bytes());
        put(meta + 20, &1_u32.to_le_bytes());
        put(meta + 40, &(PAGE as u32).to_le_bytes());
        put(meta + 120, &2_u64.to_le_bytes()); // two keys
        put(meta + 128, &2_u64.to_le_bytes()); // the root is page 2
    }
    let leaf = 2 * PAGE;
    put(leaf + 10, &2_u16.to_le_bytes());
    put(leaf + 12, &20_u16.to_le_bytes()); // the end of the list of two nodes
    let mut node =
        |index: usize, start: usize, size: usize, flags: u16, key: &[u8], data: &[u8]| {
            put(leaf + 16 + 2 * index, &(start as u16).to_le_bytes());
            put(leaf + start, &(size as u32).to_le_bytes());
            put(leaf + start + 4, &flags.to_le_bytes());
            put(leaf + start + 6, &(key.len() as u16).to_le_bytes());
            put(leaf + start + 8, key);
            put(leaf + start + 8 + key.len(), data);
        };
    // Its data are on page 3 and those that follow.
    node(0, 100, value.len(), 1, b"0", &3_u64.to_le_bytes());
    node(1, 200, 4, 0, b"num_examples", b"I1\n.");
    put(3 * PAGE + 10, &4_u16.to_le_bytes());
    put(3 * PAGE + 16, value);
    file
}

fn with_file(name: &str, data: &[u8], run: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a folder for files");
    let path = folder.path().join(name);
    std::fs::write(&path, data).expect("a file can be written");
    run(&path);
}
