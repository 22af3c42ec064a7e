//! Secondary structure against mkdssp 4.2.2: its letters of whole entries (`dssp.txt`, by `dssp.py`)
//! and of ideal chains (`dssp_ideal.txt`, by `dssp_ideal.py`), and the records of the TAPE data.
//!
//! All 3,575 residues of the entries are equal in eight states. The TAPE records were made from the
//! ATOM records of one chain alone. From those, all eleven come out to the last letter; in their whole
//! entries two differ in 15 residues of 1,279:
//!
//! | chain | residues | why |
//! | --- | --- | --- |
//! | 1k6p.A | 2 to 4, 96 to 98 | strands that hold the dimer together: they are bonded to chain B |
//! | 1A8O.A | 184 to 188, 211 to 217 | near 185, 214 and 215, which are selenomethionine, and HETATM: without them the chain breaks |

use protattn_io::structure::Options;
use protattn_io::{Protein, Track, labels};

use super::archive::{folder, read};

/// "52A T": author number and letter of each residue that has one.
fn numbered(protein: &Protein) -> Vec<String> {
    let Some(Track::Classes(letters)) = protein.track(labels::SECONDARY_STRUCTURE_8) else {
        panic!("{} has no letters", protein.id())
    };
    let numbers = protein.numbering().unwrap().iter();
    let residues = numbers.zip(letters);
    residues
        .filter_map(|(number, letter)| Some(format!("{number} {}", letter.as_ref()?)))
        .collect()
}

/// The same from a line of `dssp.txt`.
fn expected(runs: &str) -> Vec<String> {
    let mut residues = Vec::new();
    for run in runs.split(' ') {
        let (first, letters) = run.split_once(':').unwrap();
        match first.parse::<i32>() {
            Ok(first) => residues.extend(
                (first..)
                    .zip(letters.chars())
                    .map(|(n, letter)| format!("{n} {letter}")),
            ),
            Err(_) => residues.push(format!("{first} {letters}")),
        }
    }
    residues
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn entries_are_as_mkdssp_has_them() {
    let folder = folder();
    let mut residues = 0;
    for line in include_str!("dssp.txt").lines() {
        let mut fields = line.splitn(3, ' ');
        let mut field = || fields.next().unwrap();
        let (file, chain, runs) = (field(), field(), expected(field()));
        let structure = read(&folder, file, &Options::default()).unwrap();
        let is_chain = |protein: &&Protein| protein.id().ends_with(&format!(".{chain}"));
        let protein = structure.chains.iter().find(is_chain).unwrap();
        assert_eq!(numbered(protein), runs, "{file} {chain}");
        residues += runs.len();
    }
    assert_eq!(residues, 3575);
}

#[cfg(feature = "lmdb")]
mod tape {
    use std::path::Path;

    use protattn_io::structure;

    use super::*;

    /// File and chain of each record.
    const RECORDS: [(&str, &str); 11] = [
        ("1ubq.pdb", "A"),
        ("1BC8.pdb", "C"),
        ("101m.cif", "A"),
        ("1yyf.pdb", "C"),
        ("2N2U.pdb", "A"),
        ("1aki.pdb", "A"),
        ("1k6p.pdb", "A"),
        ("3o5r.pdb", "A"),
        ("5zng.pdb", "A"),
        ("1dix.pdb", "A"),
        ("1A8O.pdb", "A"),
    ];

    fn records(folder: &Path) -> Vec<Protein> {
        let set = "../tape/secondary_structure/secondary_structure_casp12.lmdb";
        let reader = protattn_io::lmdb::Reader::open(folder.join(set)).unwrap();
        reader.map(Result::unwrap).collect()
    }

    /// What a record was made from: of a PDB file, the ATOM records of the chain.
    fn alone(folder: &Path, file: &str, chain: &str) -> Protein {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let is_kept = |line: &&str| match line.get(..6) {
            Some("ATOM  ") => line.get(21..22) == Some(chain),
            Some(record) => ["MODEL ", "ENDMDL"].contains(&record),
            None => false,
        };
        let text = if file.ends_with(".pdb") {
            text.split_inclusive('\n').filter(is_kept).collect()
        } else {
            text
        };
        let options = Options::default();
        let structure = structure::parse(text.as_bytes(), Path::new(file), &options).unwrap();
        structure.chains.into_iter().next().unwrap()
    }

    #[test]
    #[ignore = "needs the reference data: set PROTATTN_SHARED"]
    fn records_come_out_of_their_chains() {
        let folder = folder();
        for (record, (file, chain)) in records(&folder).iter().zip(RECORDS) {
            let protein = alone(&folder, file, chain);
            assert_eq!(protein.sequence(), record.sequence(), "{file}");
            for name in [labels::SECONDARY_STRUCTURE_8, labels::SECONDARY_STRUCTURE] {
                assert_eq!(protein.track(name), record.track(name), "{file}: {name}");
            }
        }
    }

    /// The table above: file, author number, letter in the whole entry, letter of the record.
    #[test]
    #[ignore = "needs the reference data: set PROTATTN_SHARED"]
    fn whole_entries_differ_where_other_chains_and_modified_residues_matter() {
        let folder = folder();
        let mut differences = Vec::new();
        for (file, chain) in RECORDS {
            let options = Options {
                chains: Some(vec![chain.to_owned()]),
                ..Options::default()
            };
            let whole = numbered(&read(&folder, file, &options).unwrap().chains[0]);
            for residue in numbered(&alone(&folder, file, chain)) {
                let (number, letter) = residue.split_at(residue.find(' ').unwrap() + 1);
                let in_whole = whole.iter().find(|other| other.starts_with(number));
                let in_whole = in_whole.unwrap();
                if *in_whole != residue {
                    differences.push(format!("{file} {in_whole} {letter}"));
                }
            }
        }
        let expected = [
            "1k6p.pdb 2 E -",
            "1k6p.pdb 3 E -",
            "1k6p.pdb 4 E -",
            "1k6p.pdb 96 E -",
            "1k6p.pdb 97 E -",
            "1k6p.pdb 98 E -",
            "1A8O.pdb 184 H -",
            "1A8O.pdb 186 H -",
            "1A8O.pdb 187 H -",
            "1A8O.pdb 188 T S",
            "1A8O.pdb 211 H S",
            "1A8O.pdb 212 H -",
            "1A8O.pdb 213 H -",
            "1A8O.pdb 216 H -",
            "1A8O.pdb 217 H T",
        ];
        assert_eq!(differences, expected);
    }
}
