//! Arrays of NetSurfP-2.0, made by `fixtures/netsurfp/make.py`, good, bad and damaged.

use std::fs;

use protattn_io::netsurfp::Reader;
use protattn_io::source::{self, Format};
use protattn_io::{Protein, Track, labels};

use crate::fixture;

fn classes(protein: &Protein, name: &str) -> Vec<String> {
    let Some(Track::Classes(classes)) = protein.track(name) else {
        panic!("no classes {name}")
    };
    let known = |class: &Option<String>| class.clone().unwrap_or_else(|| "?".into());
    classes.iter().map(known).collect()
}

fn disorder(protein: &Protein) -> String {
    let Some(Track::Flags(flags)) = protein.track(labels::DISORDER) else {
        panic!("no flags")
    };
    let sign = |flag: &Option<bool>| flag.map_or('?', |yes| if yes { '1' } else { '0' });
    flags.iter().map(sign).collect()
}

#[test]
fn what_a_set_holds_does_not_depend_on_how_it_is_packed() {
    for name in ["deflated", "stored", "of_64"] {
        let path = fixture("netsurfp/valid").join(name).with_extension("npz");
        let source = source::open(&path, None).unwrap();
        assert_eq!(source.format(), Format::NetSurfP);
        let proteins: Vec<Protein> = source.map(Result::unwrap).collect();
        let [first, second, third] = proteins.as_slice() else {
            panic!("three proteins in {name}")
        };

        assert_eq!((first.id(), first.sequence()), ("1abc-A", "YAXCW"));
        assert_eq!(disorder(first), "0010?");
        let eight = labels::SECONDARY_STRUCTURE_8;
        assert_eq!(classes(first, eight), ["G", "H", "?", "B", "?"]);
        let four = ["helix", "helix", "?", "strand", "?"];
        assert_eq!(classes(first, labels::SECONDARY_STRUCTURE), four);

        assert_eq!((second.id(), second.sequence()), ("2xyz-B", "KS"));
        assert_eq!(classes(second, eight), ["S", "T"]);
        let four = ["turn-bend", "turn-bend"];
        assert_eq!(classes(second, labels::SECONDARY_STRUCTURE), four);

        assert_eq!((third.sequence(), disorder(third).as_str()), ("MLV", "001"));
        assert_eq!(classes(third, eight), ["-", "?", "?"]);
    }
}

#[test]
fn what_is_no_set_is_refused() {
    for (name, message) in [
        (
            "no_ids",
            "there is no `pdbids.npy` among its members: data.npy",
        ),
        (
            "two_ids",
            "`data`: the shape is [3, 6, 68], not [2, residues, 68] for 2 `pdbids`",
        ),
        (
            "ids_are_objects",
            "`pdbids`: it is Python objects, which are not read: save it as text",
        ),
        (
            "ids_are_floats",
            "`pdbids`: it is f4 of the shape [68], not a list of text",
        ),
        (
            "integers",
            "`data`: its type is \"'<i4', 'fortran_orde\", none of f4, f8, U and S",
        ),
        (
            "fortran",
            "`data`: it is f4 in Fortran's order, not f4 or f8 in C's",
        ),
        (
            "columns_57",
            "`data`: the shape is [3, 6, 57], not [3, residues, 68] for 3 `pdbids`",
        ),
        (
            "array_cut",
            "`data`: the shape is [3, 6, 68], and there are 4892 bytes",
        ),
        ("no_array", "`data`: it is no array of NumPy"),
        (
            "bzip2",
            "`pdbids.npy`: compressed by method 12, neither stored nor deflated",
        ),
    ] {
        let path = fixture("netsurfp/invalid").join(name).with_extension("npz");
        let error = Reader::open(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}: {message}", path.display()));
    }
}

#[test]
fn a_bad_protein_is_named_and_the_next_one_read() {
    let path = fixture("netsurfp/invalid/proteins.npz");
    let reader = Reader::open(&path).unwrap();
    assert_eq!((reader.len(), reader.is_empty()), (3, false));
    let found: Vec<_> = reader
        .map(|r| r.map(|p| p.id().to_owned()).map_err(|e| e.to_string()))
        .collect();
    let error = |message: &str| Err(format!("{}: {message}", path.display()));
    let expected = [
        error("1abc-A: residue 2 has a 1 for A and for C in columns 0 to 19"),
        error("2xyz-B: 2xyz-B: the sequence is empty"),
        Ok("3unk-C".to_owned()),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_damaged_file_ends_with_an_error() {
    let path = fixture("netsurfp/invalid/checksum.npz");
    let found: Vec<_> = Reader::open(&path).unwrap().collect();
    assert_eq!(found.iter().filter(|r| r.is_ok()).count(), 3);
    let message = "the checksum of an array is wrong: the file is damaged";
    let error = found[3].as_ref().unwrap_err().to_string();
    assert_eq!(error, format!("{}: {message}", path.display()));
    assert_eq!(found.len(), 4);
}

/// The directory is at the end, so a cut file has none; nor may any changed byte be a panic.
#[test]
fn a_file_cut_or_changed_anywhere_is_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npz");
    for name in ["deflated", "of_64"] {
        let whole = fs::read(fixture("netsurfp/valid").join(name).with_extension("npz")).unwrap();
        let step = if name == "deflated" { 1 } else { 97 };
        for end in (0..whole.len()).step_by(step) {
            fs::write(&path, &whole[..end]).unwrap();
            let error = Reader::open(&path).unwrap_err().to_string();
            assert!(
                error.ends_with("it is no zip archive, or only a part of one"),
                "cut to {end} bytes: {error}"
            );
            let mut changed = whole.clone();
            changed[end] ^= 0xff;
            fs::write(&path, &changed).unwrap();
            if let Ok(reader) = Reader::open(&path) {
                assert!(reader.count() <= 4);
            }
        }
    }
}
