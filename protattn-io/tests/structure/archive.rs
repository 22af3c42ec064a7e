//! Entries of the Protein Data Bank, where the shared data are at hand.

use std::path::{Path, PathBuf};

use protattn_io::hash::fnv1a;
use protattn_io::structure::{self, Options, SecondaryStructure, Structure};
use protattn_io::{Error, Point, Protein};

use super::{numbers, warnings};

/// File, chain, residues, digest of the sequence, digest of the Cα positions: those of the TAPE
/// records of the same chains, as `tape_digests.py` prints them.
const TAPE: [(&str, &str, usize, u64, u64); 11] = [
    ("1ubq.pdb", "A", 76, 0xb3569d42cb3c6d78, 0xa3fe78859b46d66e),
    ("1BC8.pdb", "C", 93, 0xed95c2916aa38bdd, 0x8ad0c26bf8c699c4),
    ("101m.cif", "A", 154, 0xcc6d75e7bb67368c, 0x6d806829b7dc35e7),
    ("1yyf.pdb", "C", 180, 0xa60b618bbd146d75, 0xb799e575a88960cc),
    ("2N2U.pdb", "A", 67, 0x09cca0b8e8255301, 0x936cc67eab2ed1a3),
    ("1aki.pdb", "A", 129, 0x17a3f3f4e452da97, 0xa647e900162cbeb3),
    ("1k6p.pdb", "A", 99, 0xd96056942440d729, 0xfbebf6785c1bb360),
    ("3o5r.pdb", "A", 128, 0x71a71991d5f114fc, 0xef50ecdce6e6f46c),
    ("5zng.pdb", "A", 79, 0xc122263fae430722, 0x07f8eb59fe8997aa),
    ("1dix.pdb", "A", 208, 0xa2d1fa3bab7a115d, 0xd445a60d29ac1100),
    ("1A8O.pdb", "A", 66, 0xb64f82b87474290b, 0xb18a9fbb7935cbe4),
];

/// Entries in both formats. (The PDB file of 1ubq is another refinement than the mmCIF one.)
const BOTH: [&str; 6] = ["1A8O", "1aki", "1dix", "1k6p", "3o5r", "5zng"];

/// The folder of the structures. Tests that need it are ignored unless they are asked for.
pub(crate) fn folder() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("PROTATTN_SHARED").map_or_else(beside, PathBuf::from);
    let folder = shared.join("data/structures");
    let message = "is not there (set PROTATTN_SHARED)";
    assert!(folder.is_dir(), "{} {message}", folder.display());
    folder
}

pub(super) fn read(folder: &Path, name: &str, options: &Options) -> Result<Structure, Error> {
    structure::read(&folder.join(name), options)
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn chains_equal_the_tape_records() {
    let folder = folder();
    for (file, chain, residues, sequence, ca) in TAPE {
        let options = Options {
            chains: Some(vec![chain.to_owned()]),
            ..Options::default()
        };
        let structure = read(&folder, file, &options).unwrap();
        let protein = &structure.chains[0];
        // The record of 1A8O was made without its four residues of selenomethionine, and it has no
        // other methionine.
        let is_in = |letter: char| file != "1A8O.pdb" || letter != 'M';
        let all = protein
            .sequence()
            .chars()
            .zip(protein.ca().unwrap().iter().flatten());
        let (letters, points): (String, Vec<&Point>) =
            all.filter(|(letter, _)| is_in(*letter)).unzip();
        assert_eq!(letters.len(), residues, "{file}");
        assert_eq!(fnv1a(letters.bytes()), sequence, "{file}: {letters}");
        let values = points.into_iter().flatten().copied();
        assert_eq!(fnv1a(values.flat_map(f32::to_le_bytes)), ca, "{file}");
    }
}

/// Selenomethionine is HETATM, and part of the chain: the whole sequence is that of `entity_poly`.
#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn selenomethionine_is_in_its_chain() {
    let folder = folder();
    let expected = "MDIRQGPKEPFRDYVDRFYKTLRAEQASQEVKNWMTETLLVQNANPDCKTILKALGPGATLEEMMTACQG";
    for file in ["1A8O.pdb", "1A8O.cif"] {
        let structure = read(&folder, file, &Options::default()).unwrap();
        assert_eq!(structure.chains[0].sequence(), expected, "{file}");
        assert!(
            structure.chains[0]
                .ca()
                .unwrap()
                .iter()
                .all(Option::is_some),
            "{file}"
        );
    }
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn both_formats_of_an_entry_give_the_same_chains() {
    let folder = folder();
    for entry in BOTH {
        for observed_only in [true, false] {
            let options = Options {
                observed_only,
                ..Options::default()
            };
            let pdb = read(&folder, &format!("{entry}.pdb"), &options).unwrap();
            let cif = read(&folder, &format!("{entry}.cif"), &options).unwrap();
            assert!(
                pdb.warnings.is_empty() && cif.warnings.is_empty(),
                "{entry}"
            );
            assert_eq!(
                pdb.chains, cif.chains,
                "{entry}, observed only: {observed_only}"
            );
        }
    }
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn unobserved_residues_are_placed() {
    let folder = folder();
    let options = Options {
        observed_only: false,
        ..Options::default()
    };
    let full = read(&folder, "1yyf.pdb", &options).unwrap();
    let observed = read(&folder, "1yyf.pdb", &Options::default()).unwrap();
    // As SEQRES counts them.
    assert_eq!(
        full.chains.iter().map(Protein::len).collect::<Vec<_>>(),
        [443, 443, 181, 181]
    );
    assert!(full.warnings.is_empty());
    for (full, observed) in full.chains.iter().zip(&observed.chains) {
        let kept: Vec<_> = full
            .ca()
            .unwrap()
            .iter()
            .filter(|ca| ca.is_some())
            .collect();
        assert_eq!(kept, observed.ca().unwrap().iter().collect::<Vec<_>>());
        let numbers: Vec<i32> = full.numbering().unwrap().iter().map(|n| n.number).collect();
        assert!(
            numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]),
            "{numbers:?}"
        );
    }
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn every_structure_is_read_or_refused_with_a_reason() {
    let folder = folder();
    let refused = |name| {
        let message = read(&folder, name, &Options::default())
            .unwrap_err()
            .to_string();
        message.rsplit_once(": there is").unwrap().1.to_owned()
    };
    assert_eq!(
        refused("ions.pdb"),
        " no protein, only other molecules (chains: A)"
    );
    assert_eq!(
        refused("nucleic.pdb"),
        " no protein, only nucleic acid (chains: B)"
    );
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !["ions.pdb", "nucleic.pdb"].contains(&name.as_str()) {
            read(&folder, &name, &Options::default()).unwrap();
        }
    }
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn odd_structures_are_read_with_warnings() {
    let folder = folder();
    let one = |name| {
        // Most have less than a backbone.
        let options = Options {
            secondary_structure: SecondaryStructure::None,
            ..Options::default()
        };
        let structure = read(&folder, name, &options).unwrap();
        let protein = &structure.chains[0];
        let text = format!("{} {}", protein.sequence(), numbers(protein));
        (text, warnings(&structure).join("; "))
    };
    let no_end = "the file does not end as it should; it may be cut short";

    assert_eq!(
        one("disordered.pdb"),
        ("MSRNTT 25 26 27 28 29 30".to_owned(), String::new())
    );
    assert_eq!(
        one("occupancy.pdb"),
        ("D 152".to_owned(), no_end.to_owned())
    );
    let expected = "chain A, residue 465A has C twice; the first was used; \
        chain A, residue 465B has CD2 twice; the first was used; \
        chain A, residue 465B (HIS) has no CA; its position is undefined";
    assert_eq!(
        one("insertion_codes.pdb"),
        ("HH 465A 465B".to_owned(), format!("{no_end}; {expected}"))
    );
    let expected = "model 0 was used and 5 others ignored; \
        chain A, residue 1 is IL0, which no table lists; read as X; \
        chain A, residue 1 (IL0) has no CA; its position is undefined";
    assert_eq!(
        one("models.pdb"),
        ("X 1".to_owned(), format!("{no_end}; {expected}"))
    );
    let expected = "model 1 was used and 2 others ignored; \
        chain B is nucleic acid (11 nucleotides); skipped; \
        chain C is nucleic acid (11 nucleotides); skipped";
    assert_eq!(one("1LCD.pdb").1, expected);
    assert_eq!(one("1l2y.cif").1, "model 1 was used and 37 others ignored");
}
