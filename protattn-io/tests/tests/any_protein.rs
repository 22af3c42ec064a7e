//! Proteins of every kind, for the tests of what writes and reads them.

use proptest::collection::vec;
use proptest::prelude::*;
use protattn_io::{Point, Protein, ResidueNumber, Track};

fn number() -> impl Strategy<Value = ResidueNumber> {
    let insertion = prop::option::of(prop::char::range('A', 'Z'));
    (any::<i32>(), insertion).prop_map(|(number, insertion)| ResidueNumber { number, insertion })
}

fn points(n: usize) -> impl Strategy<Value = Option<Vec<Option<Point>>>> {
    let coordinate = || prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO;
    let point = (coordinate(), coordinate(), coordinate()).prop_map(|(x, y, z)| [x, y, z]);
    prop::option::of(vec(prop::option::of(point), n))
}

fn track(n: usize) -> impl Strategy<Value = (String, Track)> {
    // A list of nulls alone reads as flags: nothing in it tells the two kinds apart.
    let classes = vec(prop::option::of("[a-z-]{0,8}"), n);
    let classes = classes.prop_filter("some class", |values| values.iter().any(Option::is_some));
    let flags = vec(any::<Option<bool>>(), n).prop_map(Track::Flags);
    prop_oneof![
        ("f\\PC{0,8}", flags),
        ("c\\PC{0,8}", classes.prop_map(Track::Classes)),
    ]
}

/// Any protein. The first letter of a label says of which kind it is: `f` flags, `c` classes.
pub(crate) fn protein() -> impl Strategy<Value = Protein> {
    "[A-Z]{1,12}".prop_flat_map(|sequence| {
        let n = sequence.len();
        let numbering = prop::option::of(vec(number(), n));
        let tracks = vec(track(n), 0..3);
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
