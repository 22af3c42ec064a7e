//! The real sets, against what `count_lmdb.py` counts with Python's own pickle.

use protattn_io::lmdb::Reader;
use protattn_io::{Protein, Track, labels};

use crate::shared;

fn proteins(name: &str) -> Vec<Protein> {
    let reader = Reader::open(shared(name)).unwrap();
    reader.map(Result::unwrap).collect()
}

/// The same as in `count_lmdb.py`: the order matters.
fn checksum(total: u64, text: &str) -> u64 {
    text.bytes().fold(total, |total, byte| {
        (total * 31 + u64::from(byte)) % 1_000_000_007
    })
}

#[derive(Debug, Default, PartialEq)]
struct Counts {
    proteins: usize,
    residues: usize,
    labelled: usize,
    without: usize,
    numbers: i64,
    checksum: u64,
}

fn count(proteins: &[Protein], label: &str) -> Counts {
    let mut counts = Counts {
        proteins: proteins.len(),
        ..Counts::default()
    };
    for protein in proteins {
        let Some(Track::Flags(flags)) = protein.track(label) else {
            panic!("no {label}")
        };
        let labelled = flags.iter().filter(|flag| **flag == Some(true)).count();
        counts.residues += protein.len();
        counts.labelled += labelled;
        counts.without += usize::from(labelled == 0);
        counts.numbers += protein
            .numbering()
            .unwrap()
            .iter()
            .map(|n| i64::from(n.number))
            .sum::<i64>();
        let digits = flags
            .iter()
            .map(|flag| if flag.unwrap() { '1' } else { '0' });
        let digits: String = digits.collect();
        counts.checksum = checksum(
            counts.checksum,
            &[protein.id(), protein.sequence(), &digits].concat(),
        );
    }
    counts
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn binding_sites_are_those_of_the_original() {
    let proteins = proteins("data/provis/binding_site_valid.lmdb");
    let expected = Counts {
        proteins: 1418,
        residues: 354_947,
        labelled: 17_600,
        without: 402,
        numbers: 89_152_486,
        checksum: 352_931_074,
    };
    assert_eq!(count(&proteins, labels::BINDING_SITE), expected);
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn modifications_are_those_of_the_original() {
    let proteins = proteins("data/provis/protein_modification_valid.lmdb");
    let expected = Counts {
        proteins: 1418,
        residues: 354_947,
        labelled: 2731,
        without: 891,
        numbers: 89_152_486,
        checksum: 586_489_891,
    };
    assert_eq!(count(&proteins, labels::MODIFICATION), expected);
}

/// Identifier, residues, and the sum of all coordinates.
const TERTIARY: [(&str, usize, f64); 11] = [
    ("1ubq.A", 76, 5696.212998628616),
    ("1bc8.C", 93, 809.5130071640015),
    ("101m.A", 154, 7929.473999865353),
    ("1yyf.C", 180, 51765.06294155121),
    ("2n2u.A", 67, 27.998003870248795),
    ("1aki.A", 129, 6826.8189835734665),
    ("1k6p.A", 99, 3539.684010758996),
    ("3o5r.A", 128, 9299.171010557562),
    ("5zng.A", 79, -1620.4120016098022),
    ("1dix.A", 208, 12933.702972501516),
    ("1a8o.A", 66, 4649.470980644226),
];

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn positions_are_those_of_the_set() {
    let proteins = proteins("data/tape/proteinnet/proteinnet_test.lmdb");
    assert_eq!(proteins.len(), TERTIARY.len());
    for (protein, (id, residues, sum)) in proteins.iter().zip(TERTIARY) {
        assert_eq!((protein.id(), protein.len()), (id, residues));
        let points: Vec<_> = protein.ca().unwrap().iter().flatten().collect();
        assert_eq!(points.len(), residues);
        let found: f64 = points.into_iter().flatten().map(|v| f64::from(*v)).sum();
        // Python sums in another order.
        assert!((found - sum).abs() < 1e-8, "{id}: {found}");
    }
}

/// Identifier, residues in helix, strand, turn-bend and blank, and a checksum of the eight letters.
const SECONDARY: [(&str, [usize; 4], u64); 11] = [
    ("1ubq.A", [18, 26, 16, 16], 911_358_481),
    ("1bc8.C", [40, 12, 26, 15], 48_943_032),
    ("101m.A", [121, 0, 14, 19], 500_644_911),
    ("1yyf.C", [60, 48, 39, 33], 101_680_634),
    ("2n2u.A", [24, 20, 15, 8], 11_782_011),
    ("1aki.A", [54, 14, 40, 21], 21_066_039),
    ("1k6p.A", [4, 50, 23, 22], 341_886_557),
    ("3o5r.A", [22, 46, 35, 25], 925_568_523),
    ("5zng.A", [24, 30, 15, 10], 604_033_676),
    ("1dix.A", [63, 40, 50, 55], 495_658_392),
    ("1a8o.A", [30, 0, 16, 20], 9_499_563),
];

fn classes<'a>(protein: &'a Protein, name: &str) -> &'a [Option<String>] {
    let Some(Track::Classes(classes)) = protein.track(name) else {
        panic!("no {name}")
    };
    classes
}

#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn secondary_structure_is_that_of_the_set() {
    let name = "data/tape/secondary_structure/secondary_structure_casp12.lmdb";
    let proteins = proteins(name);
    assert_eq!(proteins.len(), SECONDARY.len());
    for (protein, (id, counts, sum)) in proteins.iter().zip(SECONDARY) {
        assert_eq!(protein.id(), id);
        let of_four = classes(protein, labels::SECONDARY_STRUCTURE);
        let count = |class: &str| {
            of_four
                .iter()
                .filter(|c| c.as_deref() == Some(class))
                .count()
        };
        assert_eq!(
            ["helix", "strand", "turn-bend", "blank"].map(count),
            counts,
            "{id}"
        );
        let letters = classes(protein, labels::SECONDARY_STRUCTURE_8);
        let letters: String = letters
            .iter()
            .map(|letter| letter.as_deref().unwrap())
            .collect();
        assert_eq!(checksum(0, &letters), sum, "{id}");
    }
}
