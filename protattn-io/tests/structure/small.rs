//! One made-up entry in both formats; what is expected is worked out by hand from
//! `fixtures/make_structures.py`.

use protattn_io::Point;
use protattn_io::structure::{self, Options};

use super::{fixture, numbers, warnings};

const FILES: [&str; 2] = ["pdb/valid/small.pdb", "mmcif/valid/small.cif"];

/// The position that the script gives atom `k` of the residue with this base.
fn at(base: f32, k: f32) -> Option<Point> {
    Some([base + k / 8.0, -base / 2.0, 0.5])
}

#[test]
fn chains_are_polymers_of_amino_acids() {
    for file in FILES {
        let structure = structure::read(&fixture(file), &Options::default()).unwrap();
        let ids: Vec<_> = structure
            .chains
            .iter()
            .map(|p| (p.id(), p.sequence()))
            .collect();
        assert_eq!(ids, [("small.A", "MGSSWXD"), ("small.C", "KK")], "{file}");
        assert_eq!(numbers(&structure.chains[0]), "1 2 2A 4 5 6 7", "{file}");
        assert_eq!(numbers(&structure.chains[1]), "-1 10", "{file}");
    }
}

#[test]
fn positions_are_of_the_likeliest_alternative() {
    let ca = [
        at(10.0, 1.0),
        at(20.0, 1.0),
        at(30.0, 1.0),
        at(50.0, 1.0),
        at(60.0, 1.0),
        at(70.0, 1.0),
        None,
    ];
    // Of M the second alternative, of G the Cα, of S the first of two equal ones, of X none.
    let cb = [
        at(10.0, 3.0),
        at(20.0, 1.0),
        at(30.0, 3.0),
        at(50.0, 2.0),
        at(60.0, 3.0),
        None,
        at(80.0, 1.0),
    ];
    for file in FILES {
        let structure = structure::read(&fixture(file), &Options::default()).unwrap();
        assert_eq!(structure.chains[0].ca(), Some(&ca[..]), "{file}");
        assert_eq!(structure.chains[0].cb(), Some(&cb[..]), "{file}");
    }
}

#[test]
fn what_is_odd_is_reported() {
    for file in FILES {
        let structure = structure::read(&fixture(file), &Options::default()).unwrap();
        let expected = [
            "model 1 was used and 1 others ignored",
            "chain A, residue 4 is SER and also THR; read as SER",
            "chain A, residue 6 is ZZZ, which no table lists; read as X",
            "chain A, residue 7 (ASP) has no CA; its position is undefined",
            "chain A: no residue has N, CA, C and O; its secondary structure is undefined",
            "chain B is nucleic acid (2 nucleotides); skipped",
            "chain C: no residue has N, CA, C and O; its secondary structure is undefined",
        ];
        assert_eq!(warnings(&structure), expected, "{file}");
    }
}

#[test]
fn unobserved_residues_are_in_when_asked_for() {
    let options = Options {
        observed_only: false,
        ..Options::default()
    };
    for file in FILES {
        let chain = &structure::read(&fixture(file), &options).unwrap().chains[0];
        assert_eq!(chain.sequence(), "MGSASWXDE", "{file}");
        assert_eq!(numbers(chain), "1 2 2A 3 4 5 6 7 8", "{file}");
        let ca = [
            at(10.0, 1.0),
            at(20.0, 1.0),
            at(30.0, 1.0),
            None,
            at(50.0, 1.0),
            at(60.0, 1.0),
            at(70.0, 1.0),
            None,
            None,
        ];
        assert_eq!(chain.ca(), Some(&ca[..]), "{file}");
    }
}

#[test]
fn a_chain_and_a_model_can_be_chosen() {
    let chains = Some(vec!["C".to_owned()]);
    let options = Options {
        chains,
        model: Some(2),
        ..Options::default()
    };
    for file in FILES {
        let structure = structure::read(&fixture(file), &options).unwrap();
        assert_eq!(structure.chains.len(), 1, "{file}");
        assert_eq!(
            structure.chains[0].ca().unwrap()[0],
            Some([1110.0, -55.0, 0.5]),
            "{file}"
        );
        assert_eq!(
            warnings(&structure),
            [
                "model 2 was used and 1 others ignored",
                "chain C: no residue has N, CA, C and O; its secondary structure is undefined",
            ],
            "{file}"
        );
    }
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let error = |file, options| {
        let path = fixture(file);
        let error = structure::read(&path, &options).unwrap_err().to_string();
        error
            .strip_prefix(&format!("{}: ", path.display()))
            .unwrap()
            .to_owned()
    };
    for file in FILES {
        let chain = |id: &str| Options {
            chains: Some(vec![id.to_owned()]),
            ..Options::default()
        };
        assert_eq!(
            error(file, chain("X")),
            "there is no chain X; protein chains: A, C"
        );
        assert_eq!(
            error(file, chain("B")),
            "chain B is nucleic acid; protein chains: A, C"
        );
        let model = Options {
            model: Some(7),
            ..Options::default()
        };
        assert_eq!(error(file, model), "there is no model 7; the file has 1, 2");
    }
}
