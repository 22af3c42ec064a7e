//! What is written is what is read.

use proptest::collection::vec;
use proptest::prelude::*;
use protattn_io::{Point, Protein, ResidueNumber, Track, jsonl};

fn number() -> impl Strategy<Value = ResidueNumber> {
    let insertion = prop::option::of(prop::char::range('A', 'Z'));
    (any::<i32>(), insertion).prop_map(|(number, insertion)| ResidueNumber { number, insertion })
}

fn points(n: usize) -> impl Strategy<Value = Option<Vec<Option<Point>>>> {
    let coordinate = || prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO;
    let point = (coordinate(), coordinate(), coordinate()).prop_map(|(x, y, z)| [x, y, z]);
    prop::option::of(vec(prop::option::of(point), n))
}

fn track(n: usize) -> impl Strategy<Value = Track> {
    // A list of nulls alone reads as flags: nothing in it tells the two kinds apart.
    let classes = vec(prop::option::of("[a-z-]{0,8}"), n);
    let classes = classes.prop_filter("some class", |values| values.iter().any(Option::is_some));
    prop_oneof![
        vec(any::<Option<bool>>(), n).prop_map(Track::Flags),
        classes.prop_map(Track::Classes),
    ]
}

fn protein() -> impl Strategy<Value = Protein> {
    "[A-Z]{1,12}".prop_flat_map(|sequence| {
        let n = sequence.len();
        let numbering = prop::option::of(vec(number(), n));
        let tracks = prop::collection::btree_map("\\PC{0,8}", track(n), 0..3);
        (
            "\\PC{0,12}",
            Just(sequence),
            numbering,
            points(n),
            points(n),
            tracks,
        )
            .prop_map(|(id, sequence, numbering, ca, cb, tracks)| {
                let mut protein = Protein::new(id, &sequence).unwrap();
                numbering
                    .map_or(Ok(()), |numbers| protein.set_numbering(numbers))
                    .unwrap();
                ca.map_or(Ok(()), |points| protein.set_ca(points)).unwrap();
                cb.map_or(Ok(()), |points| protein.set_cb(points)).unwrap();
                for (name, track) in tracks {
                    protein.set_label(name, track).unwrap();
                }
                protein
            })
    })
}

proptest! {
    #[test]
    fn writing_then_reading_is_identity(proteins in vec(protein(), 1..5)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proteins.jsonl");
        let mut writer = jsonl::Writer::create(&path).unwrap();
        for protein in &proteins {
            writer.write(protein).unwrap();
        }
        writer.finish().unwrap();
        let again: Vec<Protein> = jsonl::Reader::open(&path).unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(again, proteins);
    }

    #[test]
    fn any_bytes_are_an_answer(bytes in vec(any::<u8>(), 0..200)) {
        let records = jsonl::Reader::new(bytes.as_slice(), "bytes").count();
        prop_assert!(records <= bytes.len() + 1);
    }
}
