//! Arcs worked out anew: from the attention that `protattn attention` writes, and from the columns of
//! the structure file.

use std::collections::BTreeMap;
use std::path::Path;

use safetensors::SafeTensors;

use crate::common::{done, folder, text};

/// A residue as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Atom {
    pub chain: String,
    pub number: String,
    pub insertion: String,
    pub letter: char,
    pub at: [f64; 3],
}

/// The Cα atoms of the first model of a PDB file, by columns (PDB format 3.3, ATOM), or of the
/// `_atom_site` rows of an mmCIF file; of alternatives that with the highest occupancy. HETATM is passed
/// over.
pub fn alpha_carbons(text: &str, chains: &[&str]) -> Vec<Atom> {
    let atoms = if text.starts_with("data_") {
        of_mmcif(text)
    } else {
        of_pdb(text)
    };
    let of_chain = |chain: &&str| {
        atoms
            .iter()
            .filter(move |atom| atom.chain == **chain)
            .cloned()
            .collect::<Vec<_>>()
    };
    chains.iter().flat_map(of_chain).collect()
}

fn of_pdb(text: &str) -> Vec<Atom> {
    let model = text.lines().take_while(|line| !line.starts_with("ENDMDL"));
    let alpha = model.filter(|line| line.starts_with("ATOM  ") && &line[12..16] == " CA ");
    let mut lines: Vec<&str> = alpha.collect();
    let residue = |line: &str| line[21..27].to_owned();
    let occupancy = |line: &str| line[54..60].trim().parse::<f64>().unwrap();
    // Alternatives follow one another.
    lines.dedup_by(|next, kept| {
        let same = residue(next) == residue(kept);
        if same && occupancy(next) > occupancy(kept) {
            *kept = *next;
        }
        same
    });
    let atom = |line: &str| Atom {
        chain: line[21..22].trim().to_owned(),
        number: line[22..26].trim().to_owned(),
        insertion: line[26..27].trim().to_owned(),
        letter: letter(&line[17..20]),
        at: [30, 38, 46].map(|start| line[start..start + 8].trim().parse().unwrap()),
    };
    lines.into_iter().map(atom).collect()
}

fn of_mmcif(text: &str) -> Vec<Atom> {
    let names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("_atom_site."))
        .collect();
    let place = |name: &str| names.iter().position(|known| *known == name).unwrap();
    let mut atoms = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("ATOM ")) {
        let row: Vec<&str> = line.split_whitespace().collect();
        let value = |name: &str| row[place(name)];
        let first = matches!(value("label_alt_id"), "." | "A");
        if value("label_atom_id") == "CA" && value("pdbx_PDB_model_num") == "1" && first {
            atoms.push(Atom {
                chain: value("auth_asym_id").to_owned(),
                number: value("auth_seq_id").to_owned(),
                insertion: value("pdbx_PDB_ins_code").replace(['?', '.'], ""),
                letter: letter(value("label_comp_id")),
                at: ["Cartn_x", "Cartn_y", "Cartn_z"].map(|axis| value(axis).parse().unwrap()),
            });
        }
    }
    atoms
}

/// The three-letter names, in the order of the letters.
const NAMES: &str =
    "ALA CYS ASP GLU PHE GLY HIS ILE LYS LEU MET ASN PRO GLN ARG SER THR VAL TRP TYR";
pub const LETTERS: &str = "ACDEFGHIKLMNPQRSTVWY";

fn letter(name: &str) -> char {
    let place = NAMES.split(' ').position(|known| known == name);
    LETTERS.chars().nth(place.unwrap()).unwrap()
}

pub fn name(letter: char) -> &'static str {
    let place = LETTERS.chars().position(|known| known == letter);
    NAMES.split(' ').nth(place.unwrap()).unwrap()
}

/// What is asked of `view`.
#[derive(Clone, Copy)]
pub struct Asked {
    pub min_attention: f32,
    pub directed: bool,
}

/// A line of `arcs.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Chain, number, insertion code and letter of either end.
    pub ends: [[String; 4]; 2],
    pub attention: f32,
    pub distance: f64,
    /// `true`, `false` or nothing.
    pub contact: String,
    /// From 1.
    pub layer: usize,
    pub head: usize,
}

/// Those that the file and the built-in model imply: chain by chain, then by layer, head and residue.
pub fn rows(atoms: &[Atom], asked: Asked) -> Vec<Row> {
    let chains = atoms.chunk_by(|a, b| a.chain == b.chain);
    chains.flat_map(|chain| of_chain(chain, asked)).collect()
}

fn of_chain(atoms: &[Atom], asked: Asked) -> Vec<Row> {
    let sequence: String = atoms.iter().map(|atom| atom.letter).collect();
    let (shape, attention) = attention(&sequence);
    let [layers, heads, tokens] = shape;
    let read = atoms.len().min(tokens - 2);
    let mut rows = Vec::new();
    for (layer, head) in (0..layers).flat_map(|layer| (0..heads).map(move |head| (layer, head))) {
        // The first token is special.
        let of = |i: usize, j: usize| {
            attention[((layer * heads + head) * tokens + i + 1) * tokens + j + 1]
        };
        for (i, j) in (0..read).flat_map(|i| (0..read).map(move |j| (i, j))) {
            let value = if asked.directed {
                of(i, j)
            } else {
                of(i, j).max(of(j, i))
            };
            let wanted = if asked.directed { i != j } else { i < j };
            if wanted && value >= asked.min_attention {
                rows.push(row(atoms, (i, j), value, (layer + 1, head + 1)));
            }
        }
    }
    rows
}

fn row(atoms: &[Atom], (i, j): (usize, usize), attention: f32, head: (usize, usize)) -> Row {
    let (a, b) = (&atoms[i], &atoms[j]);
    let squares = a.at.iter().zip(&b.at).map(|(p, q)| (p - q).powi(2));
    let distance = squares.sum::<f64>().sqrt();
    let end = |atom: &Atom| {
        let letter = atom.letter.to_string();
        [&atom.chain, &atom.number, &atom.insertion, &letter].map(Clone::clone)
    };
    Row {
        ends: [end(a), end(b)],
        attention,
        distance,
        contact: match i.abs_diff(j) {
            0..6 => String::new(),
            _ => (distance < 8.0).to_string(),
        },
        layer: head.0,
        head: head.1,
    }
}

/// Layers, heads and tokens, and the attention of the built-in model with special tokens.
fn attention(sequence: &str) -> ([usize; 3], Vec<f32>) {
    let out = folder();
    let output = out.path().join("x.safetensors");
    done(&[
        "attention",
        "--model",
        "demo",
        "--max-tokens",
        "256",
        "--sequence",
        sequence,
        "--output",
        text(&output),
    ]);
    let bytes = std::fs::read(&output).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = tensors.tensor("attentions").unwrap();
    let values = tensor.data().chunks_exact(4);
    let values = values.map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
    let shape = [0, 1, 2].map(|axis| tensor.shape()[axis]);
    (shape, values.collect())
}

/// The rows of a table of arcs; no field of these tests is quoted.
pub fn read(folder: &Path) -> Vec<Row> {
    let table = std::fs::read_to_string(folder.join("arcs.csv")).unwrap();
    let header = "chain_from,number_from,insertion_from,residue_from,chain_to,number_to,insertion_to,\
                  residue_to,attention,distance,contact,layer,head";
    assert_eq!(table.lines().next(), Some(header));
    let row = |line: &str| {
        let f: Vec<&str> = line.split(',').collect();
        assert_eq!(f.len(), 13, "{line}");
        Row {
            ends: [0, 4].map(|start| [0, 1, 2, 3].map(|i| f[start + i].to_owned())),
            attention: f[8].parse().unwrap(),
            distance: f[9].parse().unwrap(),
            contact: f[10].to_owned(),
            layer: f[11].parse().unwrap(),
            head: f[12].parse().unwrap(),
        }
    };
    table.lines().skip(1).map(row).collect()
}

/// Fails unless the rows are the same: attention to the last bit, distances to a thousandth.
pub fn assert_same(found: &[Row], expected: &[Row]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found.distance - expected.distance).abs() < 1e-3);
        let distance = expected.distance;
        let found = Row {
            distance,
            ..found.clone()
        };
        assert_eq!(&found, expected);
    }
}

/// How many rows each head has.
pub fn by_head(rows: &[Row]) -> BTreeMap<(usize, usize), usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry((row.layer, row.head)).or_default() += 1;
    }
    counts
}
