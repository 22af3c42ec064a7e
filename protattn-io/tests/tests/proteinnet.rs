//! Text records of ProteinNet, good, bad and many.

use std::cell::Cell;
use std::fs;
use std::io::{self, BufReader, Read};

use proptest::prelude::*;
use protattn_io::proteinnet::Reader;
use protattn_io::{ContactAtom, ContactRule, Protein, Track, contact_map, labels, source};

use crate::{fixture, shared};

fn valid() -> Vec<Protein> {
    let source = source::open(fixture("proteinnet/valid/small"), None).unwrap();
    assert_eq!(source.format(), source::Format::ProteinNet);
    source.map(Result::unwrap).collect()
}

fn classes(protein: &Protein, name: &str) -> Vec<Option<String>> {
    let Some(Track::Classes(classes)) = protein.track(name) else {
        panic!("no classes {name}")
    };
    classes.clone()
}

#[test]
fn a_record_gives_what_it_knows() {
    let proteins = valid();
    let ids: Vec<&str> = proteins.iter().map(Protein::id).collect();
    assert_eq!(
        ids,
        ["30#1ABC_1_A", "2CMY_d2cmyb1", "TBM#T0366", "1ABC_1_A"]
    );
    let [full, no_mask, no_structure, unobserved] = proteins.as_slice() else {
        panic!("four records")
    };

    // The Cα is the second of each three; picometres become Å.
    let expected = [
        None,
        Some([19.0, 0.125, 3.8]),
        None,
        Some([8.0, -0.05, 0.15]),
        Some([0.0; 3]),
    ];
    assert_eq!(full.ca(), Some(&expected[..]));
    assert!(full.cb().is_none());
    let some = |name: &str| Some(name.to_owned());
    let letters = [None, some("-"), None, some("E"), some("-")];
    assert_eq!(classes(full, labels::SECONDARY_STRUCTURE_8), letters);
    let names = [None, some("blank"), None, some("strand"), some("blank")];
    assert_eq!(classes(full, labels::SECONDARY_STRUCTURE), names);

    assert_eq!(no_mask.ca(), Some(&[None, Some([0.0; 3])][..]));
    assert_eq!(no_mask.tracks().count(), 0);
    assert!(no_structure.ca().is_none());
    assert_eq!((unobserved.sequence(), unobserved.ca()), ("A", None));
}

/// The numbers are those of `tests/proteinnet_sample.py`.
#[test]
#[ignore = "needs the reference data: set PROTATTN_SHARED"]
fn the_published_sample_is_read() {
    let path = shared("data/proteinnet/text_sample");
    let proteins: Vec<Protein> = source::open(path, None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let [protein] = proteins.as_slice() else {
        panic!("one record")
    };
    assert_eq!((protein.id(), protein.len()), ("TBM#T0366", 106));
    let ca = protein.ca().unwrap();
    let observed: Vec<[f32; 3]> = ca.iter().flatten().copied().collect();
    assert_eq!(observed.len(), SAMPLE_OBSERVED);
    assert_eq!((ca[9], ca[10]), (None, Some(SAMPLE_FIRST)));
    for (axis, expected) in SAMPLE_SUMS.into_iter().enumerate() {
        let sum: f64 = observed.iter().map(|point| f64::from(point[axis])).sum();
        assert!((sum - expected).abs() < 1e-3, "axis {axis}: {sum}");
    }
    let rule = ContactRule {
        atom: ContactAtom::Ca,
        distance: 8.0,
        min_separation: 6,
    };
    let contacts = contact_map(protein, &rule).unwrap();
    let is_contact = |label: &&protattn_io::Label| label.class().is_some();
    let n = contacts.view().iter().filter(is_contact).count();
    assert_eq!(n, 2 * SAMPLE_CONTACTS, "each counts in both directions");
}

const SAMPLE_OBSERVED: usize = 84;
const SAMPLE_FIRST: [f32; 3] = [16.077, 30.578, 10.599];
const SAMPLE_SUMS: [f64; 3] = [634.186, 1715.83, 1039.715];
const SAMPLE_CONTACTS: usize = 176;

#[test]
fn a_bad_record_is_named_with_its_line_and_the_next_one_read() {
    let path = fixture("proteinnet/invalid/records");
    let found: Vec<_> = Reader::open(&path).unwrap().collect();
    let expected = [
        "no sequence: line 3 comes before the sequence, `[PRIMARY]`",
        "short x: line 11 has 5 numbers, not 6: three for each of 2 residues",
        "two axes: `[TERTIARY]` has 2 lines, not three",
        "four axes: line 33 is a fourth of `[TERTIARY]`, which has three",
        "letters: line 40 has \"x\", not a number",
        "infinite: infinite: the ca position of residue 1 is not a finite number",
        "mask: line 58 has a sign at position 2 that is neither + nor -",
        "long mask: line 65 has 3 signs for 2 residues",
        "two masks: line 73 is a second line with a mask",
        "structure: residue 2 has 'Q', no letter of DSSP",
        "gap: gap: residue 2 is '-', not a letter from A to Z",
        "line 87: there is no id after `[ID]`",
        "no id after the blank line: line 96 is no `[ID]`, and a blank line ended the record before",
        "only an id: there is no sequence: no `[PRIMARY]`",
    ];
    let n = expected.len();
    for (found, expected) in found.iter().zip(expected) {
        let message = found.as_ref().unwrap_err().to_string();
        assert_eq!(message, format!("{}: {expected}", path.display()));
    }
    assert_eq!(found[n].as_ref().unwrap().id(), "good");
    let cut = found[n + 1].as_ref().unwrap_err().to_string();
    assert!(
        cut.ends_with("cut: the file ends within the record"),
        "{cut}"
    );
    assert_eq!(found.len(), n + 2);
}

#[test]
fn a_file_of_another_kind_is_one_error() {
    for (name, message) in [
        (
            "no_header",
            "line 1 is not `[ID]`, with which records begin",
        ),
        ("blank", "the file holds no records"),
    ] {
        let path = fixture("proteinnet/invalid").join(name);
        let found: Vec<_> = Reader::open(&path).unwrap().collect();
        let [Err(error)] = found.as_slice() else {
            panic!("one error: {found:?}")
        };
        assert_eq!(error.to_string(), format!("{}: {message}", path.display()));
    }
}

/// A cut file gives whole records and at most one error: a record without structure is all that the
/// format leaves in doubt, and a cut in it is seen by the blank line that is not there.
#[test]
fn a_cut_file_is_never_taken_for_a_whole_one() {
    let whole = fs::read(fixture("proteinnet/valid/small")).unwrap();
    let proteins = valid();
    for end in 0..whole.len() - 1 {
        let found: Vec<_> = Reader::new(&whole[..end], "cut").collect();
        let (last, before) = found.split_last().unwrap();
        let read: Vec<&Protein> = before.iter().map(|r| r.as_ref().unwrap()).collect();
        assert!(
            read.iter().zip(&proteins).all(|(a, b)| *a == b),
            "cut to {end} bytes"
        );
        if let Ok(last) = last {
            assert_eq!(last, &proteins[before.len()], "cut to {end} bytes");
        }
    }
}

/// Gives the same record again and again, and counts its bytes.
struct Repeated<'a> {
    record: &'a [u8],
    left: usize,
    given: &'a Cell<usize>,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.given.get() % self.record.len();
        let n = buffer.len().min(self.record.len() - at).min(self.left);
        buffer[..n].copy_from_slice(&self.record[at..at + n]);
        self.given.set(self.given.get() + n);
        self.left -= n;
        Ok(n)
    }
}

/// What has been read and not been given out is never more than a buffer and the next `[ID]`: so
/// the size of a file does not matter.
#[test]
fn a_large_file_is_read_as_it_is_asked_for() {
    let small = fs::read(fixture("proteinnet/valid/small")).unwrap();
    let end = small.windows(2).position(|pair| pair == b"\n\n").unwrap() + 2;
    let (record, n, given) = (&small[..end], 20_000, Cell::new(0));
    let input = Repeated {
        record,
        left: n * record.len(),
        given: &given,
    };
    let mut reader = Reader::new(BufReader::with_capacity(4096, input), "repeated");
    for count in 1..=n {
        assert_eq!(reader.next().unwrap().unwrap().len(), 5);
        let ahead = given.get() - count * record.len();
        assert!(ahead <= 4096 + 5, "{ahead} bytes after {count} records");
    }
    assert!(reader.next().is_none());
}

proptest! {
    #[test]
    fn any_lines_are_an_answer(
        lines in prop::collection::vec("\\[(ID|PRIMARY|TERTIARY|MASK|SECONDARY)\\]|[A-C]{0,2}|[-+]{1,2}|(1\t2\t3\t?){0,2}|", 0..30)
    ) {
        let text = lines.join("\n");
        let found = Reader::new(text.as_bytes(), "lines").count();
        prop_assert!(found <= lines.len() + 1);
    }
}
